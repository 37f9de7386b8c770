"""A COCO split as pictures of one class: objects cut out with some context, or whole images of a single class."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from synthvis.data.sample import LabelledObject, Sample
    from synthvis.data.split import Split

__all__ = ["CONTEXT", "MIN_SIDE_PX", "Crop", "ExampleKind", "crops_of", "one_class_images"]

ExampleKind = Literal["crops", "images"]

CONTEXT = 0.1
"""A crop reaches this share of the box's longer side beyond the box, on every side."""

MIN_SIDE_PX = 6
"""Boxes with a shorter side below this, measured inside the frame, show too little to be named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crop:
    """A part of an image that stands for one class.

    Attributes:
        image: The image that it is cut from.
        image_index: Its place in the split.
        class_name: The split's name of the class.
        region_xyxy_px: Half-open, whole pixels, inside the frame.
        box_xyxy_px: The object in pixels of the region; the whole region where the object has no box.
    """

    image: Sample
    image_index: int
    class_name: str
    region_xyxy_px: tuple[int, int, int, int]
    box_xyxy_px: tuple[float, float, float, float]


def crops_of(split: Split, *, min_visible: float = 0.0, min_side_px: float = MIN_SIDE_PX) -> list[Crop]:
    """One crop an object, in the split's order; crowds, small objects and mostly hidden ones are left out.

    Args:
        split: Images with boxes.
        min_visible: Objects that show a smaller share of themselves are left out; photographs count as 1.
        min_side_px: Objects with a shorter side in the frame are left out.
    """
    found = []
    for index, image in enumerate(split.images):
        for box in image.objects:
            if not box.is_crowd and box.visible_fraction >= min_visible:
                inside = _inside(box, image.image_hw)
                if min(inside[2] - inside[0], inside[3] - inside[1]) >= min_side_px:
                    found.append(_crop(image, index, box.class_name, inside))
    return found


def one_class_images(split: Split) -> list[Crop]:
    """The whole images on which all that is labelled, crowds too, is of one class."""
    found = []
    for index, image in enumerate(split.images):
        names = {box.class_name for box in image.objects}
        if len(names) == 1:
            height, width = image.image_hw
            whole = (0, 0, width, height)
            found.append(
                Crop(image=image, image_index=index, class_name=names.pop(), region_xyxy_px=whole, box_xyxy_px=whole)
            )
    return found


def _inside(box: LabelledObject, image_hw: tuple[int, int]) -> tuple[float, float, float, float]:
    """The part of a box inside the frame, xyxy."""
    x, y, width, height = box.bbox_xywh_px
    return max(x, 0.0), max(y, 0.0), min(x + width, image_hw[1]), min(y + height, image_hw[0])


def _crop(image: Sample, index: int, class_name: str, box_xyxy_px: tuple[float, float, float, float]) -> Crop:
    x0, y0, x1, y1 = box_xyxy_px
    margin = CONTEXT * max(x1 - x0, y1 - y0)
    left, top = max(math.floor(x0 - margin), 0), max(math.floor(y0 - margin), 0)
    right, bottom = min(math.ceil(x1 + margin), image.image_hw[1]), min(math.ceil(y1 + margin), image.image_hw[0])
    return Crop(
        image=image,
        image_index=index,
        class_name=class_name,
        region_xyxy_px=(left, top, right, bottom),
        box_xyxy_px=(x0 - left, y0 - top, x1 - left, y1 - top),
    )
