"""webdataset.json: the shards of each split, and what the fields of their images mean."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from synthvis.data.coco.files import is_safe_file_name
from synthvis.data.maps.files import (
    CLASS_MAPS,
    DEPTH_MAPS,
    FLOW_BACKWARD_MAPS,
    FLOW_MAPS,
    INSTANCE_MAPS,
    NORMAL_MAPS,
    SCENE_FLOW_MAPS,
    SEMANTIC_MAPS,
    MapKind,
)
from synthvis.errors import RealDataError
from synthvis.formats.depth import ENCODINGS
from synthvis.formats.json_file import Count, FileModel, Name, ShallowObject, read_json

__all__ = ["FIELDS", "INDEX_FILE", "ShardIndex", "SplitShards", "map_kind", "read_index"]

INDEX_FILE = "webdataset.json"

FIELDS: Mapping[str, MapKind] = {
    kind.name: kind
    for kind in (
        DEPTH_MAPS,
        NORMAL_MAPS,
        SEMANTIC_MAPS,
        INSTANCE_MAPS,
        CLASS_MAPS,
        FLOW_MAPS,
        FLOW_BACKWARD_MAPS,
        SCENE_FLOW_MAPS,
    )
}
"""Maps by the name of their field: "depth" of 000001.depth.png."""

HINT = "export the set again with `synthvis export --format webdataset`"


class SplitShards(FileModel):
    """One split.

    Attributes:
        shards: Names of its tar files.
        images: Images of all of them.
    """

    shards: list[Name]
    images: Count


class ShardIndex(FileModel):
    """What the file says.

    Attributes:
        splits: Shards by split.
        categories: COCO's category entries.
        depth: Name of the way in which depth maps are stored.
        class_names: Of pictures, or of the values of class maps; empty where objects are labelled.
        videos: COCO's entries of the films of each split that has some.
    """

    splits: Mapping[str, SplitShards]
    categories: list[ShallowObject]
    depth: Name = "png_1mm"
    class_names: Annotated[list[Name], Field(default_factory=list)]
    videos: Annotated[Mapping[str, list[ShallowObject]], Field(default_factory=dict)]

    def to_dict(self) -> dict[str, Any]:
        """For the file."""
        return self.model_dump(mode="json")


def read_index(path: Path) -> ShardIndex:
    """What webdataset.json says.

    Raises:
        RealDataError: It cannot be read, or a shard lies elsewhere.
    """
    index = read_json(path, ShardIndex, what="the index of shards", hint=HINT, error=RealDataError)
    names = [*index.splits, *(name for split in index.splits.values() for name in split.shards)]
    odd = next((name for name in names if not is_safe_file_name(name) or "/" in name or name.startswith(".")), None)
    if odd is not None:
        raise RealDataError(f"{path} names {odd[:80]!r}, which is no name of a file beside it", hint=HINT)
    if index.depth not in ENCODINGS:
        raise RealDataError(f"{path}: depth is stored as {index.depth[:40]!r}, which is not known", hint=HINT)
    return index


def map_kind(name: str, index: ShardIndex) -> MapKind:
    """How the maps of a field are stored."""
    return FIELDS[name].stored_with(ENCODINGS[index.depth])
