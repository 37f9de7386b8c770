"""A class for each pixel: painted from COCO masks, or read from PNG maps beside pictures.

From masks: the background is a class of its own, called `background`; it takes all pixels that no mask covers. Larger
objects are painted first, so the smaller ones, which lie on them in photographs, stay whole; masks of renders share no
pixel, and the order changes nothing. Crowds of a known class are pixels to ignore, where no object is; of a crowd
without a mask that is its whole box.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from synthvis.config.validate import nearest
from synthvis.data.maps.files import CLASS_MAPS, MapFile
from synthvis.data.masks import box_rle
from synthvis.data.sample import LabelledObject, Sample, mask_of
from synthvis.data.split import LabelForm, Split, class_key
from synthvis.errors import DatasetError, RealDataError, UsageError

__all__ = [
    "BACKGROUND",
    "IGNORE",
    "SemanticSplit",
    "background_of",
    "check_class_count",
    "class_map",
    "painted",
    "pixel_class_names",
]

BACKGROUND = "background"
IGNORE = 255
"""Value of pixels whose class nobody knows; so there are at most 255 classes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SemanticSplit(Split):
    """Images whose pixels have classes: with masks in COCO's form, or each with a map.

    Attributes:
        map_names: Class of each value of the maps; empty where masks are painted, then `background` is the first class.
    """

    label_form: LabelForm = "pixels"
    map_names: tuple[str, ...] = ()

    @property
    def label_count(self) -> int:
        """What there is to learn from: masks of the classes, or maps."""
        known = {class_key(name) for name in self.class_names}
        return sum(1 if CLASS_MAPS.name in image.maps else _masks_of(image, known) for image in self.images)

    def of_classes(self, names: Iterable[str]) -> Self:
        """The same images with those classes only; the others become background, or are ignored where there is none.

        Raises:
            UsageError: The split has no class of such a name.
        """
        own = {class_key(name) for name in self.class_names}
        wanted = {class_key(BACKGROUND)}
        for name in names:
            if class_key(name) not in own:
                raise UsageError(f"{self.name} has no class {name!r}{nearest(name, self.class_names)}")
            wanted.add(class_key(name))
        return replace(self, class_names=tuple(name for name in self.class_names if class_key(name) in wanted))


def painted(split: Split) -> SemanticSplit:
    """A split of objects with masks as one of pixels with classes; one of class maps as it is.

    Raises:
        RealDataError: An object has no mask, or there are too many classes.
    """
    if isinstance(split, SemanticSplit):
        return split
    with_mask = Counter(
        one.segmentation is not None for image in split.images for one in image.objects if not one.is_crowd
    )
    if with_mask[False]:
        raise RealDataError(
            f"{with_mask[False]} of the {with_mask.total()} objects of {split.name}:{split.split} have no mask",
            hint="each needs a segmentation, polygons or RLE; of COCO, the set coco-masks has them all",
        )
    names = pixel_class_names(split)
    check_class_count(names, split.name)
    return SemanticSplit(
        name=split.name,
        kind=split.kind,
        split=split.split,
        images=split.images,
        class_names=names,
        left_out=split.left_out,
    )


def background_of(names: Sequence[str]) -> int | None:
    """Index of the background, if there is one."""
    keys = [class_key(name) for name in names]
    return keys.index(class_key(BACKGROUND)) if class_key(BACKGROUND) in keys else None


def pixel_class_names(split: Split) -> tuple[str, ...]:
    """Classes of the pixels of a split: `background`, unless it is one of the classes, then those of the split."""
    if isinstance(split, SemanticSplit) or class_key(BACKGROUND) in {class_key(name) for name in split.class_names}:
        return split.class_names
    return (BACKGROUND, *split.class_names)


def class_map(split: Split, image: Sample, class_names: Sequence[str]) -> NDArray[np.uint8]:
    """Index in `class_names` of each pixel's class.

    Classes that are not among them become `background` where that is one of them, else IGNORE. The split may be one of
    objects with masks, or of class maps.

    Returns:
        (H, W) uint8.

    Raises:
        DatasetError: A mask or map cannot be decoded, or a map has a value that is no class.
    """
    index_of = {class_key(name): index for index, name in enumerate(class_names)}
    other = index_of.get(class_key(BACKGROUND), IGNORE)
    if isinstance(split, SemanticSplit) and CLASS_MAPS.name in image.maps:
        return _looked_up(
            image.maps[CLASS_MAPS.name], [index_of.get(class_key(name), other) for name in split.map_names]
        )
    return _painted(image, index_of, other)


def _masks_of(image: Sample, known: Container[str]) -> int:
    return sum(not one.is_crowd and class_key(one.class_name) in known for one in image.objects)


def check_class_count(names: Sequence[str], where: str) -> None:
    """Refuse more classes than a map can tell apart, or none.

    Raises:
        RealDataError: With the count.
    """
    if not 1 <= len(names) <= IGNORE:
        raise RealDataError(f"{where} has {len(names)} classes; 1 to {IGNORE} can be told apart")


def _looked_up(file: MapFile, indices: Sequence[int]) -> NDArray[np.uint8]:
    values = file.read_pixels()
    table = np.full(IGNORE + 1, IGNORE, dtype=np.uint8)
    table[: len(indices)] = indices
    strange = np.unique(values[(values >= len(indices)) & (values != IGNORE)])
    if strange.size:
        raise DatasetError(
            f"{file.path} has the value {int(strange[0])}, classes.txt names {len(indices)} classes",
            hint="values count from 0 as the lines of classes.txt do; 255 is for pixels to ignore",
        )
    return np.asarray(table[values], dtype=np.uint8)


def _painted(image: Sample, index_of: Mapping[str, int], other: int) -> NDArray[np.uint8]:
    canvas = np.full(image.image_hw, other, dtype=np.uint8)
    crowds_first = sorted(image.objects, key=lambda box: (not box.is_crowd, -box.area_px))
    for box in crowds_first:
        index = index_of.get(class_key(box.class_name), other)
        if box.is_crowd and index == other:
            continue
        try:
            mask = _mask(box, image.image_hw)
        except DatasetError as error:
            raise DatasetError(f"{box.class_name} in {image.path.name}: {error.what}", hint=error.hint) from error
        canvas[mask] = IGNORE if box.is_crowd else index
    return canvas


def _mask(box: LabelledObject, image_hw: tuple[int, int]) -> NDArray[np.bool_]:
    if box.segmentation is None:
        return box_rle(box.bbox_xywh_px, image_hw).decode()
    return mask_of(box.segmentation, image_hw)
