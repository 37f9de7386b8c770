"""Masks in COCO's three forms (polygons, runs as a list, runs as a string), decoded when they are asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco_mask

from synthvis.dataset.coco_split import CocoSplit, Segmentation, class_key
from synthvis.errors import DatasetError, RealDataError
from synthvis.formats.rle import decode_mask

__all__ = ["box_rle", "mask_of", "require_masks", "rle_of"]

Rle = dict[str, Any]
"""Compressed runs: {"size": [H, W], "counts": str}."""

MIN_POLYGON_NUMBERS = 6


def mask_of(segmentation: Segmentation, image_hw: tuple[int, int]) -> NDArray[np.bool_]:
    """(H, W) bool mask of a segmentation.

    Raises:
        DatasetError: It is in none of COCO's forms, or of another size than the image.
    """
    return decode_mask(rle_of(segmentation, image_hw))


def rle_of(segmentation: Segmentation, image_hw: tuple[int, int]) -> Rle:
    """A segmentation as compressed runs.

    Raises:
        DatasetError: It is in none of COCO's forms, or of another size than the image.
    """
    height, width = image_hw
    try:
        if not isinstance(segmentation, Mapping):
            merged = coco_mask.merge(coco_mask.frPyObjects(_polygons(segmentation), height, width))
            return _with_text(merged)
        if tuple(int(side) for side in segmentation["size"]) != (height, width):
            raise ValueError(f"made for {segmentation['size']}, the image is {[height, width]}")
        counts = segmentation["counts"]
        if isinstance(counts, (str, bytes)):
            return _with_text(segmentation)
        runs = [int(run) for run in counts]
        if sum(runs) != height * width or min(runs) < 0:
            raise ValueError("the runs do not add up to the size")
        return _with_text(coco_mask.frPyObjects({"size": [height, width], "counts": runs}, height, width))
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise DatasetError(f"not a COCO segmentation: {error}") from error


def box_rle(bbox_xywh_px: tuple[float, float, float, float], image_hw: tuple[int, int]) -> Rle:
    """The mask of a whole box, for regions that have nothing better."""
    x, y, width, height = bbox_xywh_px
    corners = [x, y, x + width, y, x + width, y + height, x, y + height]
    return rle_of([corners], image_hw)


def _polygons(segmentation: Sequence[Sequence[float]]) -> list[list[float]]:
    polygons = [[float(value) for value in polygon] for polygon in segmentation]
    # pycocotools would take four numbers for a box, and reads past the end of an odd list.
    if not polygons or any(len(polygon) < MIN_POLYGON_NUMBERS or len(polygon) % 2 for polygon in polygons):
        raise ValueError("a polygon needs three corners of x and y")
    if not np.isfinite(np.concatenate(polygons)).all():
        raise ValueError("a polygon with numbers that are not finite")
    return polygons


def _with_text(rle: Mapping[str, Any]) -> Rle:
    counts = rle["counts"]
    text = counts.decode("ascii") if isinstance(counts, bytes) else str(counts)
    return {"size": [int(side) for side in rle["size"]], "counts": text}


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
