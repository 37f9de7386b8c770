"""Semantic segmentation: IoU, Dice and pixel accuracy from pixels that are counted image by image.

Definitions as in the Pascal VOC challenge (Everingham et al., IJCV 2010) and FCN (Long et al., CVPR 2015): with t true
pixels of a class, p predicted ones and c that are both, over all images, IoU = c / (t + p - c), Dice = 2c / (t + p),
accuracy = c / t. Means are over the classes that are there in truth or prediction; pixels to ignore count nowhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthvis.metrics.image_sums import measures_of_sums
from synthvis.metrics.means import Floats, known_means, ratio
from synthvis.metrics.resampling import number

__all__ = ["IGNORE", "SegmentationMetrics"]

HEADLINE = "mIoU"
IGNORE = 255
"""Value of true pixels that nobody knows or that belong to no class."""


class SegmentationMetrics:
    """Counts pixels of one image after another.

    Args:
        class_names: Names of the classes 0, 1, ...
        background: Index of the class that is left out of `mIoU_foreground`; None: none is.
    """

    def __init__(self, class_names: Sequence[str], background: int | None = None) -> None:
        self._names, self._background = tuple(class_names), background
        self._rows: list[Floats] = []

    def add(self, truth: NDArray[Any], predicted: NDArray[Any]) -> float | None:
        """Count one image.

        Args:
            truth: (H, W) class indices, IGNORE where there is no truth.
            predicted: (H, W) class indices; a value that is no class is wrong wherever it stands.

        Returns:
            The image's own mean IoU, None where it has no pixel with a truth.

        Raises:
            ValueError: The shapes differ, or `truth` has a value that is neither a class nor IGNORE.
        """
        if truth.shape != predicted.shape:
            raise ValueError(f"truth is {truth.shape}, prediction {predicted.shape}")
        known = truth != IGNORE
        true, found = truth[known].astype(np.int64), predicted[known].astype(np.int64)
        classes = len(self._names)
        if true.size and (true.min() < 0 or true.max() >= classes):
            raise ValueError(f"truth has the value {int(true.max())}, there are {classes} classes")
        found = np.where((found < 0) | (found >= classes), classes, found)
        confusion = np.bincount(true * (classes + 1) + found, minlength=classes * (classes + 1))
        confusion = confusion.reshape(classes, classes + 1).astype(np.float64)
        both = np.diagonal(confusion[:, :classes])
        row = np.concatenate([both, confusion.sum(axis=1), confusion[:, :classes].sum(axis=0)])
        self._rows.append(row)
        return number(self._values(row[None])["mIoU"][0])

    def summary(self, *, resamples: int = 200, seed: int = 0) -> dict[str, Any]:
        """The "metrics" with intervals, "per_class", "bootstrap" and the counts "images" and "pixels"."""
        total = np.sum(self._rows, axis=0) if self._rows else np.zeros(3 * len(self._names))
        both, true, found = np.split(total, 3)
        iou, dice, accuracy = _per_class(both, true, found)
        per_class = {
            name: {
                "IoU": number(iou[k]),
                "Dice": number(dice[k]),
                "accuracy": number(accuracy[k]),
                "pixels": int(true[k]),
            }
            for k, name in enumerate(self._names)
        }
        return {
            "images": len(self._rows),
            "pixels": int(true.sum()),
            **measures_of_sums(self._rows, self._values, HEADLINE, resamples=resamples, seed=seed),
            "per_class": per_class,
        }

    def _values(self, sums: Floats) -> dict[str, Floats]:
        both, true, found = np.split(sums, 3, axis=1)
        iou, dice, accuracy = _per_class(both, true, found)
        values = {
            "mIoU": known_means(iou),
            "Dice": known_means(dice),
            "pixel_accuracy": ratio(both.sum(axis=1), true.sum(axis=1)),
            "mean_accuracy": known_means(accuracy),
        }
        if self._background is not None:
            values["mIoU_foreground"] = known_means(np.delete(iou, self._background, axis=1))
        return values


def _per_class(both: Floats, true: Floats, found: Floats) -> tuple[Floats, Floats, Floats]:
    return ratio(both, true + found - both), ratio(2 * both, true + found), ratio(both, true)
