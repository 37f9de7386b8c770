"""COCO instances: annotations/instances_SPLIT.json and images/SPLIT, or one JSON file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from synthvis.data.coco.reader import index_coco_split, read_coco_split
from synthvis.data.coco.writer import write_coco_split
from synthvis.data.contents import OBJECT_CONTENTS, Content
from synthvis.data.formats.base import DataFormat, NamedSplit, SplitFiles, SplitSource, check_objects, is_rendered
from synthvis.data.maps.files import (
    DEPTH_MAPS,
    FLOW_BACKWARD_MAPS,
    FLOW_MAPS,
    INSTANCE_MAPS,
    NORMAL_MAPS,
    SCENE_FLOW_MAPS,
    SEMANTIC_MAPS,
    MapFile,
    MapKind,
)
from synthvis.data.sample import Sample
from synthvis.data.split import Split
from synthvis.dataset.manifest import open_rendered
from synthvis.errors import RealDataError

__all__ = ["COCO", "INSTANCE_FILES", "KEYPOINT_FILES", "CocoFormat", "absence_of_coco", "coco_splits"]

INSTANCE_FILES = ("instances_",)
KEYPOINT_FILES = ("keypoints_", "person_keypoints_")
"""How the names of annotation files begin."""

YEAR = "2017"

MAPS_OF_RENDERS = (
    DEPTH_MAPS, NORMAL_MAPS, SEMANTIC_MAPS, INSTANCE_MAPS, FLOW_MAPS, FLOW_BACKWARD_MAPS, SCENE_FLOW_MAPS
)  # fmt: skip
"""Those of films on request."""

OTHER_SUFFIXES = (".yaml", ".yml")
"""Of files that describe sets in other forms."""


class CocoFormat(DataFormat):
    """COCO's form of labelled objects; the maps of a rendered dataset come along."""

    name = "coco"
    about = "a folder with annotations/instances_val.json and images/val, or the JSON file itself"
    serves = frozenset({Content.BOXES, Content.MASKS, Content.POSES, Content.TRACKS})
    holds = OBJECT_CONTENTS | {Content.CAMERAS, Content.DISTORTION}

    def find(self, path: Path) -> Mapping[str, SplitFiles] | None:
        """Splits by annotation file."""
        return coco_splits(path, INSTANCE_FILES)

    def read(self, source: SplitSource) -> Split:
        """One split, of a rendered dataset with its maps."""
        return _with_maps(read_coco_split(source.files.labels, source.files.pictures, **source.names), source)

    def index(self, source: SplitSource) -> Split:
        """Likewise, with the annotations on disk."""
        return _with_maps(index_coco_split(source.files.labels, source.files.pictures, **source.names), source)

    def root_of(self, path: Path) -> Path:
        """Of a file in annotations/ the folder above."""
        if path.is_dir():
            return path
        return path.parent.parent if path.parent.name == "annotations" else path.parent

    def absence(self, path: Path) -> RealDataError:
        """Names the file that is wanted."""
        return absence_of_coco(path, INSTANCE_FILES)

    def check_writable(self, split: Split) -> None:
        """Objects must be labelled."""
        check_objects(split, self.name)

    def finish(self, splits: Sequence[NamedSplit], folder: Path) -> None:
        """Write annotations/instances_SPLIT.json."""
        for split in splits:
            write_coco_split(split, folder)


COCO = CocoFormat()


def coco_splits(path: Path, beginnings: tuple[str, ...]) -> Mapping[str, SplitFiles] | None:
    """Annotation file and picture folder by split, of a COCO folder or of one JSON file."""
    if path.suffix in OTHER_SUFFIXES:
        return None
    if path.is_file():
        root = path.parent.parent if path.parent.name == "annotations" else path.parent
        paths = [path]
    else:
        root = path
        paths = sorted(one for begin in beginnings for one in (path / "annotations").glob(f"{begin}*.json"))
    return {_split_name(one): SplitFiles(pictures=_image_dir(root, one), labels=one) for one in paths} or None


def absence_of_coco(path: Path, beginnings: tuple[str, ...]) -> RealDataError:
    """A folder without the files that are wanted."""
    return RealDataError(
        f"{path} is no COCO folder: it has no annotations/{beginnings[0]}*.json",
        hint=f"name a folder with annotations/{beginnings[0]}val.json and images/val, or the JSON file itself",
    )


def _split_name(path: Path) -> str:
    return _bare_stem(path).removesuffix(YEAR) or path.stem


def _bare_stem(path: Path) -> str:
    begin = next((begin for begin in (*INSTANCE_FILES, *KEYPOINT_FILES) if path.stem.startswith(begin)), "")
    return path.stem.removeprefix(begin)


def _image_dir(root: Path, annotations: Path) -> Path:
    full, short = _bare_stem(annotations), _split_name(annotations)
    candidates = [root / "images" / full, root / full, root / "images" / short, root / short, root / "images"]
    return next((folder for folder in candidates if folder.is_dir()), root)


def _with_maps(split: Split, source: SplitSource) -> Split:
    if not is_rendered(source.root):
        return split
    kinds = [kind for kind in MAPS_OF_RENDERS if _has(source, kind)]
    if DEPTH_MAPS in kinds:
        kinds[0] = DEPTH_MAPS.stored_with(open_rendered(source.root).layout.depth_encoding)
    return split.changed(lambda image: _with_map_files(image, source, kinds))


def _has(source: SplitSource, kind: MapKind) -> bool:
    return (source.root / kind.folder / source.split).is_dir()


def _with_map_files(image: Sample, source: SplitSource, kinds: Sequence[MapKind]) -> Sample:
    stem = image.path.stem
    maps = {
        kind.name: MapFile(path=source.root / kind.folder / source.split / f"{stem}.{kind.suffix}", kind=kind)
        for kind in kinds
    }
    return replace(image, maps=maps)
