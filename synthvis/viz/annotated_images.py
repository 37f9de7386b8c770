"""Images of a set with their annotations, picked to be looked at: of rendered datasets and of any other form."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synthvis.data.coco.files import CocoFile, image_path, load_coco_json, parse_coco
from synthvis.data.coco.writer import coco_content
from synthvis.data.dataset import Dataset, find_dataset
from synthvis.data.formats.base import NamedSplit
from synthvis.data.formats.coco import CocoFormat
from synthvis.data.sample import mask_of
from synthvis.dataset.labelled_image import StoredImage
from synthvis.dataset.layout import SPLITS, DatasetLayout
from synthvis.errors import DatasetError, RealDataError
from synthvis.formats.coco_entries import AnnotationEntry, ImageEntry
from synthvis.viz.overlay import resized_mask
from synthvis.viz.palette import Color, class_colors

__all__ = ["AnnotatedImage", "evenly_spread", "select_images", "select_set_images"]

Skeleton = tuple[tuple[int, int], ...]

UNKNOWN_CLASS = "?"
COCO_HINT = "a set is a folder that `synthvis render` made, or one with annotations/ and images/ as COCO has them"


@dataclass(frozen=True, kw_only=True, eq=False)
class AnnotatedImage:
    """One image of a set, with its annotations.

    Attributes:
        layout: Folders of the set; only those of a rendered dataset hold more than images and annotations.
        split: Its split.
        path: The image file.
        entry: COCO image entry.
        annotations: COCO annotations of the image, with keypoints where it has them.
        class_names: Name of each class by COCO category id.
        skeletons: Lines between keypoints of each class that has some, by COCO category id; 0-based.
        class_colors: A colour for each class of the set, by name.
        is_rendered: Whether it is of a dataset that synthvis made.
    """

    layout: DatasetLayout
    split: str
    path: Path
    entry: ImageEntry
    annotations: tuple[AnnotationEntry, ...]
    class_names: Mapping[int, str]
    skeletons: Mapping[int, Skeleton]
    class_colors: Mapping[str, Color]
    is_rendered: bool = True

    @property
    def image_id(self) -> int:
        """COCO image id, which is the image's number."""
        return self.entry.id

    @property
    def image_hw(self) -> tuple[int, int]:
        """Height and width as the entry gives them, pixels."""
        return self.entry.image_hw

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Class name of each annotation."""
        return tuple(self.class_names.get(a.category_id, UNKNOWN_CLASS) for a in self.annotations)

    @cached_property
    def ignored(self) -> tuple[bool, ...]:
        """Whether each annotation is a region to ignore (COCO's iscrowd), not an object."""
        return tuple(bool(a.iscrowd) for a in self.annotations)

    @property
    def labelled(self) -> StoredImage:
        """As labels on request see it."""
        return StoredImage(layout=self.layout, split=self.split, entry=self.entry, annotations=self.annotations)

    @property
    def colors(self) -> list[Color]:
        """Colour of each annotation, by its class."""
        return [self.class_colors[name] for name in self.names]

    def zoom(self, image: NDArray[np.uint8]) -> float:
        """Pixels of the picture as it is drawn for one pixel of the annotations."""
        return image.shape[1] / float(self.entry.width)

    def boxes_px(self, image: NDArray[np.uint8]) -> list[tuple[float, float, float, float]]:
        """Box of each annotation, x, y, width and height in pixels of the picture as it is drawn."""
        zoom = self.zoom(image)
        boxes = (a.bbox_xywh_px for a in self.annotations)
        return [(x * zoom, y * zoom, width * zoom, height * zoom) for x, y, width, height in boxes]

    def sides_px(self, image: NDArray[np.uint8]) -> list[float]:
        """Square root of the area of each box, in pixels of the picture as it is drawn."""
        return [math.sqrt(max(width * height, 0.0)) for _, _, width, height in self.boxes_px(image)]

    def masks(self, image: NDArray[np.uint8]) -> list[NDArray[np.bool_]]:
        """(H, W) mask of each annotation in pixels of the picture as it is drawn, empty where it has none.

        Raises:
            DatasetError: A mask is damaged.
        """
        hw = image.shape[:2]
        none = np.zeros(hw, dtype=np.bool_)
        found = [a.segmentation for a in self.annotations]
        return [resized_mask(mask_of(one, self.image_hw), hw) if one else none for one in found]


def select_images(layout: DatasetLayout, count: int, splits: Iterable[str] = SPLITS) -> list[AnnotatedImage]:
    """`count` images of a rendered dataset, evenly spread over it by number; 0 for all.

    Raises:
        DatasetError: An annotation file is damaged, or there is no image.
    """
    found: list[AnnotatedImage] = []
    for split in splits:
        files = [layout.annotations(task, split) for task in ("instances", "keypoints")]
        found += _images_of(layout, split, files[0], files[1], None)
    if not found:
        raise DatasetError(
            f"{layout.root} has no annotated image",
            hint="repeat the `synthvis render` command that made it; it resumes",
        )
    return evenly_spread(found, count)


def select_set_images(found: Dataset, count: int) -> list[AnnotatedImage]:
    """`count` images of a split of any set of labelled objects, evenly spread over it by number; 0 for all.

    Raises:
        DatasetError: An annotation file is damaged, or there is no image.
    """
    split = found.default_split if found.default_split in found.files else found.splits[0]
    try:
        pictures = _coco_images(found, split) if isinstance(found.format, CocoFormat) else _other_images(found, split)
    except DatasetError as error:
        raise DatasetError(error.what, hint=error.hint or COCO_HINT) from error
    if not pictures:
        raise DatasetError(f"{found.root} lists no image", hint="name another split as DATASET:SPLIT")
    return evenly_spread(pictures, count)


def _coco_images(found: Dataset, split: str) -> list[AnnotatedImage]:
    """Straight from the file, whose entries may say more than samples carry."""
    annotations = found.files[split].labels
    layout, points = DatasetLayout(annotations.parent.parent), _keypoint_file(annotations, split)
    return _images_of(layout, split, annotations, points, found.files[split].pictures)


def _other_images(found: Dataset, split: str) -> list[AnnotatedImage]:
    read = found.index(split)
    coco = parse_coco(coco_content(NamedSplit(split=read, file_names=tuple(image.path.name for image in read.images))))
    paths = {image.id: image.path for image in read.images}
    return _with_labels(DatasetLayout(found.root), split, coco, CocoFile(), paths, is_rendered=False)


def evenly_spread(found: Sequence[AnnotatedImage], count: int) -> list[AnnotatedImage]:
    """`count` of these images, evenly spread over them by number; all of them for 0."""
    by_number = sorted(found, key=lambda picked: picked.image_id)
    wanted = min(count, len(by_number)) or len(by_number)
    return [by_number[position * len(by_number) // wanted] for position in range(wanted)]


def _keypoint_file(annotations: Path, split: str) -> Path | None:
    try:
        beside = find_dataset(annotations.parent.parent, formats=("coco-keypoints",))
    except RealDataError:
        return None
    return beside.files[split].labels if split in beside.files else None


def _images_of(
    layout: DatasetLayout, split: str, annotations: Path, keypoints: Path | None, image_dir: Path | None
) -> list[AnnotatedImage]:
    """All images of a split; `image_dir` is None for a rendered dataset, whose layout says where they are."""
    if not annotations.is_file():
        return []
    coco = parse_coco(load_coco_json(annotations))
    with_points = parse_coco(load_coco_json(keypoints)) if keypoints and keypoints.is_file() else CocoFile()
    paths = {
        image_id: image_dir / entry["file_name"] if image_dir else image_path(layout.root, split, entry["file_name"])
        for image_id, entry in coco.images.items()
    }
    return _with_labels(layout, split, coco, with_points, paths, is_rendered=image_dir is None)


def _with_labels(
    layout: DatasetLayout,
    split: str,
    coco: CocoFile,
    with_points: CocoFile,
    paths: Mapping[int, Path],
    *,
    is_rendered: bool,
) -> list[AnnotatedImage]:
    class_names = {i: str(entry["name"]) for i, entry in coco.categories.items()}
    skeletons = {i: _skeleton(entry) for file in (coco, with_points) for i, entry in file.categories.items()}
    points = {
        _key(AnnotationEntry.of(entry)): entry["keypoints"]
        for own in with_points.annotations.values()
        for entry in own
        if "keypoints" in entry
    }
    colors = class_colors([*class_names.values(), UNKNOWN_CLASS])
    return [
        AnnotatedImage(
            layout=layout,
            split=split,
            path=paths[image_id],
            entry=ImageEntry.of(entry),
            annotations=tuple(
                _with_keypoints(AnnotationEntry.of(values), points) for values in coco.annotations.get(image_id, ())
            ),
            class_names=class_names,
            skeletons=skeletons,
            class_colors=colors,
            is_rendered=is_rendered,
        )
        for image_id, entry in coco.images.items()
    ]


def _skeleton(category: Mapping[str, object]) -> Skeleton:
    """0-based, from a COCO category entry, whose keypoints count from 1."""
    found = category.get("skeleton") or ()
    try:
        return tuple((int(a) - 1, int(b) - 1) for a, b in found)  # type: ignore[attr-defined]
    except (TypeError, ValueError) as error:
        raise DatasetError(
            f"the skeleton of category {category.get('name')!r:.60} is not pairs of keypoints"
        ) from error


def _with_keypoints(entry: AnnotationEntry, points: Mapping[tuple[object, ...], object]) -> AnnotationEntry:
    """The annotation with its keypoints of the other file."""
    found = points.get(_key(entry))
    return entry if found is None else AnnotationEntry.of({**entry.values, "keypoints": found})


def _key(entry: AnnotationEntry) -> tuple[object, ...]:
    return entry.image_id, entry.bbox_xywh_px if entry.instance_id is None else entry.instance_id
