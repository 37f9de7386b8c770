"""Sets in shards: written from any set, and read as the COCO folder that they unpack to."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from synthvis.data.coco.films import film_entries
from synthvis.data.coco.writer import annotation_entries, category_entries, image_entry
from synthvis.data.contents import OBJECT_CONTENTS, Content
from synthvis.data.export.settings import ExportSettings
from synthvis.data.formats.base import DataFormat, ExportedImage, NamedSplit, SplitFiles, SplitSource, check_objects
from synthvis.data.formats.coco import COCO
from synthvis.data.formats.coco_keypoints import COCO_KEYPOINTS
from synthvis.data.formats.webdataset.index import FIELDS, INDEX_FILE, ShardIndex, SplitShards, map_kind, read_index
from synthvis.data.formats.webdataset.shards import ShardImage, unpacked, write_shard
from synthvis.data.maps.files import DEPTH_MAPS, MapFile
from synthvis.data.sample import Sample
from synthvis.data.split import Split
from synthvis.dataset.layout import write_json_atomic
from synthvis.errors import RealDataError, UsageError
from synthvis.formats.depth import ENCODINGS

__all__ = ["WEBDATASET", "WEBDATASET_KEYPOINTS", "WebDatasetFormat"]

DEFAULT_DEPTH = "png_1mm"


class WebDatasetFormat(DataFormat):
    """Objects and maps in tar files."""

    name = "webdataset"
    about = "a folder with webdataset.json and train-000000.tar"
    serves = frozenset({Content.BOXES, Content.MASKS, Content.TRACKS})
    holds = OBJECT_CONTENTS | {
        Content.CAMERAS,
        Content.DISTORTION,
        Content.DEPTH,
        Content.NORMALS,
        Content.PIXEL_CLASSES,
        Content.INSTANCE_MAPS,
        Content.FLOW,
        Content.SCENE_FLOW,
    }
    dots_in_names = False
    images_at_once = 500
    inside: DataFormat = COCO

    def find(self, path: Path) -> Mapping[str, SplitFiles] | None:
        """The splits of webdataset.json; no shard is opened."""
        file = path if path.name == INDEX_FILE else path / INDEX_FILE
        if not file.is_file():
            return None
        index = read_index(file)
        return {split: SplitFiles(pictures=file.parent, labels=file) for split in index.splits} or None

    def read(self, source: SplitSource) -> Split:
        """Unpack the shards of a split into the cache, once, and read them there.

        Raises:
            RealDataError: A shard is absent or damaged.
        """
        return self._unpacked(source, self.inside.read)

    def index(self, source: SplitSource) -> Split:
        """Likewise, with the unpacked labels on disk."""
        return self._unpacked(source, self.inside.index)

    def _unpacked(self, source: SplitSource, read: Callable[[SplitSource], Split]) -> Split:
        index = read_index(source.files.labels)
        folder = unpacked(source.root, source.split, index)
        found = self.inside.find(folder)
        if found is None or source.split not in found:
            raise RealDataError(f"{source.root}: the shards of {source.split} hold no labels of objects")
        split = read(replace(source, root=folder, files=found[source.split]))
        return split.changed(lambda image: _with_maps(image, folder, source.split, index))

    def check_writable(self, split: Split) -> None:
        """Objects must be labelled."""
        check_objects(split, self.name)

    def prepared(self, splits: Sequence[NamedSplit], settings: ExportSettings) -> DataFormat:
        """The form itself, for depth maps in one unit that it has a name for.

        Raises:
            UsageError: They are in others, as those of BOP sets may be.
        """
        maps = (image.maps.get(DEPTH_MAPS.name) for named in splits for image in named.split)
        units = {file.kind.encoding.name for file in maps if file is not None and file.kind.encoding is not None}
        if len(units) > 1 or not units <= ENCODINGS.keys():
            raise UsageError(
                f"{self.name} holds depth in one unit of {', '.join(ENCODINGS)}; here are {', '.join(sorted(units))}",
                hint="export to coco, which leaves depth out",
            )
        return super().prepared(splits, settings)

    def picture_path(self, split: str, file_name: str) -> PurePosixPath | None:
        """Pictures are in the shards."""
        return None

    def write_labels(self, images: Sequence[ExportedImage], folder: Path) -> None:
        """Write one shard."""
        first = images[0]
        number = first.position // self.images_at_once
        write_shard(folder / _shard_name(first.split.split, number), map(_shard_image, images))

    def finish(self, splits: Sequence[NamedSplit], folder: Path) -> None:
        """Write webdataset.json."""
        shards = {
            split.name: SplitShards(
                shards=[_shard_name(split.name, number) for number in range(-(-len(split) // self.images_at_once))],
                images=len(split),
            )
            for split in splits
        }
        index = ShardIndex(
            splits=shards,
            categories=category_entries(splits[0].split),
            depth=_depth_of(splits),
            class_names=[],
            videos={split.name: film_entries(split.split.films.values()) for split in splits if split.split.films},
        )
        write_json_atomic(folder / INDEX_FILE, index.to_dict())


class WebDatasetKeypoints(WebDatasetFormat):
    """Keypoints in tar files."""

    name = "webdataset-keypoints"
    serves = frozenset({Content.KEYPOINTS})
    # `webdataset` writes keypoints as well.
    holds = frozenset()
    inside = COCO_KEYPOINTS


WEBDATASET, WEBDATASET_KEYPOINTS = WebDatasetFormat(), WebDatasetKeypoints()


def _shard_name(split: str, number: int) -> str:
    return f"{split}-{number:06d}.tar"


def _shard_image(one: ExportedImage) -> ShardImage:
    # Numbers of annotations are those of a file; shards have none in common.
    labels = {"image": image_entry(one), "annotations": list(annotation_entries(one, itertools.repeat(None)))}
    files = {one.image.path.suffix.lower().removeprefix("."): one.image.path}
    for name, file in one.image.maps.items():
        files[f"{name}.{file.kind.suffix}"] = file.path
    return ShardImage(key=one.stem, labels=labels, files=files)


def _depth_of(splits: Sequence[NamedSplit]) -> str:
    maps = (image.maps.get(DEPTH_MAPS.name) for split in splits for image in split.split.images[:1])
    encodings = (file.kind.encoding for file in maps if file is not None)
    return next((encoding.name for encoding in encodings if encoding is not None), DEFAULT_DEPTH)


def _with_maps(image: Sample, folder: Path, split: str, index: ShardIndex) -> Sample:
    kinds = (map_kind(name, index) for name in FIELDS)
    files = ((kind, folder / kind.folder / split / f"{image.path.stem}.{kind.suffix}") for kind in kinds)
    maps = {kind.name: MapFile(path=path, kind=kind) for kind, path in files if path.is_file()}
    return replace(image, maps=maps) if maps else image
