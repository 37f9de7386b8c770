"""Where each keypoint is expected whatever the picture shows: its usual position in the box of its object.

It is what a network that is given the boxes has to beat.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from synthvis.data.keypoints import KeypointSplit, is_labelled
from synthvis.data.sample import LabelledObject
from synthvis.errors import CheckpointError
from synthvis.metrics.predictions import KeypointPrediction

__all__ = ["rows_of_usual_places", "usual_places"]

MIDDLE = 0.5
"""Of a keypoint that no training object shows."""


def usual_places(split: KeypointSplit) -> NDArray[np.float32]:
    """(K, 2) medians of x and y of each keypoint, in widths and heights of the box from its first corner.

    Args:
        split: One category.
    """
    objects = [box for image in split.images for box in image.objects if is_labelled(box)]
    positions = np.array([_in_box(box) for box in objects])
    usual = [_median(of_one[np.isfinite(of_one[:, 0])]) for of_one in positions.transpose(1, 0, 2)]
    return np.array(usual, dtype=np.float32)


def _median(positions: NDArray[np.float64]) -> list[float]:
    return list(np.median(positions, axis=0)) if len(positions) else [MIDDLE, MIDDLE]


def _in_box(box: LabelledObject) -> NDArray[np.float64]:
    """(K, 2), NaN for those that are not labelled."""
    x, y, width, height = box.bbox_xywh_px
    xyv = np.array(box.keypoints_xyv_px, dtype=np.float64)
    xyv[xyv[:, 2] == 0] = np.nan
    return (xyv[:, :2] - (x, y)) / (max(width, 1.0), max(height, 1.0))


def rows_of_usual_places(
    split: KeypointSplit, usual: NDArray[np.float32], known: Sequence[int]
) -> list[KeypointPrediction]:
    """The same place in every labelled box, as COCO results.

    Args:
        split: One category.
        usual: What `usual_places` found, of the keypoints of the network.
        known: Number of each of the split's keypoints among those.

    Raises:
        CheckpointError: It has another shape.
    """
    if usual.ndim != 2 or usual.shape[1] != 2 or len(usual) <= max(known):
        raise CheckpointError(f"the prior baseline of the weights is of {usual.shape}, not two numbers a keypoint")
    category = next(iter(split.category_ids.values()))
    return [
        KeypointPrediction(
            image_id=image.id,
            category_id=category,
            bbox=box.bbox_xywh_px,
            score=1.0,
            keypoints=_at(box, usual[list(known)]),
        )
        for image in split.images
        for box in image.objects
        if is_labelled(box)
    ]


def _at(box: LabelledObject, positions: NDArray[np.float32]) -> tuple[float, ...]:
    x, y, width, height = box.bbox_xywh_px
    return tuple(value for right, down in positions.tolist() for value in (x + right * width, y + down * height, 1.0))
