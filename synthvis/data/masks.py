"""Masks that a set lacks: those of boxes, and a word for who needs them."""

from __future__ import annotations

from collections.abc import Sequence

from synthvis.data.split import Split, class_key
from synthvis.errors import RealDataError
from synthvis.formats.rle import CompressedRle

__all__ = ["box_rle", "check_masks"]


def box_rle(bbox_xywh_px: tuple[float, float, float, float], image_hw: tuple[int, int]) -> CompressedRle:
    """The mask of a whole box, for regions that have nothing better."""
    height, width = image_hw
    x, y, box_width, box_height = bbox_xywh_px
    x0, x1 = (min(max(value, 0.0), float(width)) for value in (x, x + box_width))
    y0, y1 = (min(max(value, 0.0), float(height)) for value in (y, y + box_height))
    return CompressedRle.of_polygons([[x0, y0, x1, y0, x1, y1, x0, y1]], image_hw)


def check_masks(split: Split, class_names: Sequence[str]) -> None:
    """Refuse a set of which objects of these classes, crowds apart, lack masks.

    Raises:
        RealDataError: With the counts.
    """
    wanted = {class_key(name) for name in class_names}
    objects = [
        box
        for image in split.images
        for box in image.objects
        if class_key(box.class_name) in wanted and not box.is_crowd
    ]
    bare = sum(box.segmentation is None for box in objects)
    if bare:
        raise RealDataError(
            f"{bare} of {len(objects)} objects of {split.name}:{split.split} have no mask",
            hint="instances needs a segmentation of every object; coco-masks has them, or --task detection",
        )
