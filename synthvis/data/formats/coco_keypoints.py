"""COCO keypoints: annotations/keypoints_SPLIT.json and images/SPLIT, or one JSON file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from synthvis.data.coco.reader import index_coco_split, read_coco_split
from synthvis.data.contents import Content
from synthvis.data.formats.base import SplitFiles, SplitSource, is_rendered
from synthvis.data.formats.coco import KEYPOINT_FILES, CocoFormat, absence_of_coco, coco_splits
from synthvis.data.keypoints import KeypointSplit, keypoint_classes
from synthvis.data.sample import KeypointNames, Sample
from synthvis.data.split import Split
from synthvis.dataset.manifest import open_rendered
from synthvis.errors import RealDataError

__all__ = ["COCO_KEYPOINTS", "CocoKeypoints"]


class CocoKeypoints(CocoFormat):
    """Objects of the categories that have keypoints."""

    name = "coco-keypoints"
    about = "a folder with annotations/keypoints_val.json and images/val, or the JSON file itself"
    serves = frozenset({Content.KEYPOINTS})
    # `coco` writes keypoints as well.
    holds = frozenset()

    def find(self, path: Path) -> Mapping[str, SplitFiles] | None:
        """Splits by annotation file."""
        return coco_splits(path, KEYPOINT_FILES)

    def absence(self, path: Path) -> RealDataError:
        """Names the file that is wanted."""
        return absence_of_coco(path, KEYPOINT_FILES)

    def read(self, source: SplitSource) -> KeypointSplit:
        """One split. Mirror pairs that the file does not name come from the dataset.json of a render.

        Raises:
            RealDataError: Its file is not COCO, or has no keypoints.
        """
        return _of_keypoints(read_coco_split(source.files.labels, source.files.pictures, **source.names), source)

    def index(self, source: SplitSource) -> KeypointSplit:
        """Likewise, with the annotations on disk."""
        return _of_keypoints(index_coco_split(source.files.labels, source.files.pictures, **source.names), source)


COCO_KEYPOINTS = CocoKeypoints()


def _of_keypoints(whole: Split, source: SplitSource) -> KeypointSplit:
    """Only what has keypoints; raises as `CocoKeypoints.read`."""
    if not whole.keypoints:
        raise RealDataError(
            f"{source.files.labels} names no keypoints in its categories",
            hint="name a COCO keypoints file such as annotations/keypoints_val.json",
        )
    pairs = _mirror_pairs(source)
    keypoints = {
        name: own if own.flip_pairs else replace(own, flip_pairs=pairs.get(name, ()))
        for name, own in whole.keypoints.items()
    }
    return KeypointSplit(
        name=whole.name,
        kind=whole.kind,
        split=whole.split,
        images=whole.changed(lambda image: _with_zeros(image, keypoints)).images,
        class_names=keypoint_classes(keypoints),
        keypoints=keypoints,
        category_ids={name: number for name, number in whole.category_ids.items() if name in keypoints},
        left_out=whole.left_out,
        source=whole.source,
    )


def _mirror_pairs(source: SplitSource) -> dict[str, tuple[tuple[int, int], ...]]:
    if not is_rendered(source.root):
        return {}
    return {category.name: category.flip_pairs for category in open_rendered(source.root).categories}


def _with_zeros(image: Sample, keypoints: Mapping[str, KeypointNames]) -> Sample:
    """Only objects of these categories; one without keypoints has them all, none labelled."""
    objects = [
        one
        if one.keypoints_xyv_px
        else replace(one, keypoints_xyv_px=((0.0, 0.0, 0),) * len(keypoints[one.class_name].names))
        for one in image.objects
        if one.class_name in keypoints
    ]
    return replace(image, objects=tuple(objects))
