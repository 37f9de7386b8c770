"""Masks in COCO's three forms (polygons, runs as a list, runs as a string), decoded when they are asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from synthvis.data.coco_split import CocoSplit, Segmentation, class_key
from synthvis.errors import RealDataError
from synthvis.formats.rle import CompressedRle

__all__ = ["box_rle", "mask_of", "require_masks", "rle_of"]


def mask_of(segmentation: Segmentation, image_hw: tuple[int, int]) -> NDArray[np.bool_]:
    """(H, W) bool mask of a segmentation.

    Raises:
        DatasetError: It is in none of COCO's forms, or of another size than the image.
    """
    return rle_of(segmentation, image_hw).decode()


def rle_of(segmentation: Segmentation, image_hw: tuple[int, int]) -> CompressedRle:
    """A segmentation as compressed runs.

    Raises:
        DatasetError: It is in none of COCO's forms, or of another size than the image.
    """
    if isinstance(segmentation, Mapping):
        return CompressedRle.of_json(segmentation, image_hw)
    return CompressedRle.of_polygons(segmentation, image_hw)


def box_rle(bbox_xywh_px: tuple[float, float, float, float], image_hw: tuple[int, int]) -> CompressedRle:
    """The mask of a whole box, for regions that have nothing better."""
    height, width = image_hw
    x, y, box_width, box_height = bbox_xywh_px
    x0, x1 = (min(max(value, 0.0), float(width)) for value in (x, x + box_width))
    y0, y1 = (min(max(value, 0.0), float(height)) for value in (y, y + box_height))
    return CompressedRle.of_polygons([[x0, y0, x1, y0, x1, y1, x0, y1]], image_hw)


def require_masks(split: CocoSplit, class_names: Sequence[str]) -> None:
    """Refuse a set of which objects of these classes, crowds apart, lack masks.

    Raises:
        RealDataError: With the counts.
    """
    wanted = {class_key(name) for name in class_names}
    objects = [
        box for image in split.images for box in image.boxes if class_key(box.class_name) in wanted and not box.is_crowd
    ]
    bare = sum(box.segmentation is None for box in objects)
    if bare:
        raise RealDataError(
            f"{bare} of {len(objects)} objects of {split.name}:{split.split} have no mask",
            hint="instances needs a segmentation of every object; coco-masks has them, or --task detection",
        )
