"""Crops of objects, as many of each class from either set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvis.data.sample import LabelledObject
from synthvis.data.split import Split, class_key
from synthvis.gap.common_form import resized, through_jpeg
from synthvis.gap.statistics import boxes_of
from synthvis.seeds import rng_for

__all__ = ["CROP_SIDE_PX", "MIN_LONG_SIDE_PX", "Crop", "choose_crops", "crop_pixels"]

Pixels = NDArray[np.uint8]

CROP_SIDE_PX = 96
"""Every crop is brought to this square."""
MIN_LONG_SIDE_PX = 32
"""Objects with a shorter long side are left out: enlarged so far they are a blur in either set."""
CONTEXT = 1.2
"""Side of the square around an object, over its long side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crop:
    """An object of a split.

    Attributes:
        image_index: Place of its image in the split.
        class_name: The class as the real set spells it.
        bbox_xywh_px: In pixels of the stored image.
    """

    image_index: int
    class_name: str
    bbox_xywh_px: tuple[float, float, float, float]


def choose_crops(
    synthetic: Split, real: Split, classes: Sequence[str], max_crops: int, seed: int
) -> tuple[tuple[Crop, ...], tuple[Crop, ...]]:
    """Crops of both sets, as many of each class in one as in the other, drawn by chance.

    So the distance of crops is one of appearance: how often a class occurs is measured elsewhere.

    Args:
        synthetic: The synthetic split.
        real: The real one.
        classes: Classes to compare.
        max_crops: Of a set; all classes are cut at the same number.
        seed: Of the draw.
    """
    ours, theirs = (_by_class(split, classes) for split in (synthetic, real))
    shared = {name: min(len(ours[name]), len(theirs[name])) for name in classes}
    limit = _limit(list(shared.values()), max_crops)
    chosen: tuple[list[Crop], list[Crop]] = ([], [])
    for name in classes:
        count = min(shared[name], limit)
        for side, found in enumerate((ours[name], theirs[name])):
            order = rng_for(seed, side + 1, f"gap/crops/{class_key(name)}").permutation(len(found))
            chosen[side].extend(found[place] for place in sorted(order[:count].tolist()))
    first, second = (tuple(sorted(side, key=lambda crop: crop.image_index)) for side in chosen)
    return first, second


def crop_pixels(rgb: Pixels, crop: Crop, jpeg_quality: int) -> Pixels:
    """(96, 96, 3): the square around an object, with a little of what is around it, once through the codec.

    The square is moved into the picture where it would reach out of it, and cut where it is larger than the picture.
    """
    height, width = rgb.shape[:2]
    x, y, box_width, box_height = crop.bbox_xywh_px
    side = max(box_width, box_height) * CONTEXT
    x0, x1 = _inside(x + box_width / 2, side, width)
    y0, y1 = _inside(y + box_height / 2, side, height)
    square = resized(np.ascontiguousarray(rgb[y0:y1, x0:x1]), (CROP_SIDE_PX, CROP_SIDE_PX))
    return through_jpeg(square, jpeg_quality)


def _by_class(split: Split, classes: Sequence[str]) -> Mapping[str, list[Crop]]:
    name_of = {class_key(name): name for name in classes}
    found: dict[str, list[Crop]] = {name: [] for name in classes}
    for index, image in enumerate(split.images):
        for box in boxes_of(image, tuple(name_of)):
            if _is_large_enough(box):
                name = name_of[class_key(box.class_name)]
                found[name].append(Crop(image_index=index, class_name=name, bbox_xywh_px=box.bbox_xywh_px))
    return found


def _is_large_enough(box: LabelledObject) -> bool:
    return max(box.bbox_xywh_px[2:]) >= MIN_LONG_SIDE_PX and min(box.bbox_xywh_px[2:]) >= 1


def _limit(counts: Sequence[int], max_crops: int) -> int:
    """The largest number a class at which all classes together stay within `max_crops`, at least 1."""
    limit = 1
    while limit < max(counts, default=1) and sum(min(count, limit + 1) for count in counts) <= max_crops:
        limit += 1
    return limit


def _inside(centre: float, side: float, size: int) -> tuple[int, int]:
    length = int(np.clip(round(side), 1, size))
    start = int(np.clip(round(centre - length / 2), 0, size - length))
    return start, start + length
