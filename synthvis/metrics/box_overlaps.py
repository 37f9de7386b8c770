"""How far boxes overlap: the one place, outside the networks, that asks for IoU of boxes; pycocotools computes it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pycocotools import mask as coco_mask

__all__ = ["box_iou", "box_overlaps"]


def box_overlaps(
    boxes_xywh_px: ArrayLike, others_xywh_px: ArrayLike, others_are_crowds: Sequence[bool] | None = None
) -> NDArray[np.float64]:
    """Intersection over union of each box with each other; 0 where both have no area.

    Args:
        boxes_xywh_px: (N, 4) left, top, width, height.
        others_xywh_px: (M, 4) likewise.
        others_are_crowds: Of which of the others the share of the box that lies in it is wanted instead, as COCO has it
            of regions to ignore; None: of none.

    Returns:
        (N, M) float64, 0 to 1.
    """
    boxes, others = (np.asarray(some, dtype=np.float64).reshape(-1, 4) for some in (boxes_xywh_px, others_xywh_px))
    if not len(boxes) or not len(others):
        return np.zeros((len(boxes), len(others)))
    crowds = [int(one) for one in others_are_crowds or [False] * len(others)]
    return np.nan_to_num(np.asarray(coco_mask.iou(boxes, others, crowds), dtype=np.float64))


def box_iou(first_xywh_px: Sequence[float], second_xywh_px: Sequence[float]) -> float:
    """Intersection over union of two boxes."""
    return float(box_overlaps([first_xywh_px], [second_xywh_px])[0, 0])
