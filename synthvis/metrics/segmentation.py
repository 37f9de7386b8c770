"""Semantic segmentation: IoU, Dice and pixel accuracy from pixels that are counted image by image.

Definitions as in the Pascal VOC challenge (Everingham et al., IJCV 2010) and FCN (Long et al., CVPR 2015): with t true
pixels of a class, p predicted ones and c that are both, over all images, IoU = c / (t + p - c), Dice = 2c / (t + p),
accuracy = c / t. Means are over the classes that are there in ground truth or prediction; pixels to ignore
count nowhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthvis.metrics.image_sums import measures_of_sums
from synthvis.metrics.means import Floats, known_means, ratio
from synthvis.metrics.measures import ClassMeasures, Measures
from synthvis.metrics.metric import Metric, MetricValue
from synthvis.metrics.resampling import number

__all__ = ["IGNORE", "METRICS", "SegmentationMetrics"]

HEADLINE = "mIoU"
IGNORE = 255
"""Value of true pixels that nobody knows or that belong to no class."""


METRICS = (
    Metric(
        name="mIoU", title="Mean IoU",
        explanation="Mean over classes of the overlap of predicted and true pixels divided by their union.",
    ),
    Metric(
        name="mIoU_foreground", title="Mean IoU without background",
        explanation="Mean IoU of all classes but the background.",
    ),
    Metric(
        name="Dice", title="Dice",
        explanation="Mean over classes of twice the overlap divided by the sum of both areas.",
    ),
    Metric(name="pixel_accuracy", title="Pixel accuracy", explanation="Share of the pixels whose class is predicted."),
    Metric(
        name="mean_accuracy", title="Mean class accuracy",
        explanation="Mean over classes of the share of their pixels that are predicted as them.",
    ),
    Metric(
        name="IoU", title="IoU", explanation="Overlap of predicted and true pixels of a class divided by their union."
    ),
)  # fmt: skip


class SegmentationMetrics:
    """Counts pixels of one image after another.

    Args:
        class_names: Names of the classes 0, 1, ...
        background: Index of the class that is left out of `mIoU_foreground`; None: none is.
    """

    def __init__(self, class_names: Sequence[str], background: int | None = None) -> None:
        self._names, self._background = tuple(class_names), background
        self._rows: list[Floats] = []

    def add(self, ground_truth: NDArray[Any], predicted: NDArray[Any]) -> float | None:
        """Count one image.

        Args:
            ground_truth: (H, W) class indices, IGNORE where it is unknown.
            predicted: (H, W) class indices; a value that is no class is wrong wherever it stands.

        Returns:
            The image's own mean IoU, None where it has no pixel with a ground truth.

        Raises:
            ValueError: The shapes differ, or `ground_truth` has a value that is neither a class nor IGNORE.
        """
        if ground_truth.shape != predicted.shape:
            raise ValueError(f"ground truth is {ground_truth.shape}, prediction {predicted.shape}")
        known = ground_truth != IGNORE
        true, predicted = ground_truth[known].astype(np.int64), predicted[known].astype(np.int64)
        classes = len(self._names)
        if true.size and (true.min() < 0 or true.max() >= classes):
            raise ValueError(f"ground truth has the value {int(true.max())}, there are {classes} classes")
        predicted = np.where((predicted < 0) | (predicted >= classes), classes, predicted)
        confusion = np.bincount(true * (classes + 1) + predicted, minlength=classes * (classes + 1))
        confusion = confusion.reshape(classes, classes + 1).astype(np.float64)
        both = np.diagonal(confusion[:, :classes])
        row = np.concatenate([both, confusion.sum(axis=1), confusion[:, :classes].sum(axis=0)])
        self._rows.append(row)
        return number(self._values(row[None])["mIoU"][0])

    def summary(self, *, resamples: int = 200, seed: int = 0) -> Measures:
        """What all images together say, with intervals from `resamples` bootstrap resamples of them."""
        total = np.sum(self._rows, axis=0) if self._rows else np.zeros(3 * len(self._names))
        metrics, bootstrap = measures_of_sums(self._rows, self._values, HEADLINE, resamples=resamples, seed=seed)
        return Measures(
            images=len(self._rows),
            counts={"pixels": int(np.split(total, 3)[1].sum())},
            metrics=metrics,
            per_class=self._classes(total),
            bootstrap=bootstrap,
        )

    def _classes(self, total: Floats) -> dict[str, ClassMeasures]:
        both, true, predicted = np.split(total, 3)
        shares = dict(zip(("IoU", "Dice", "accuracy"), _per_class(both, true, predicted), strict=True))
        return {
            name: ClassMeasures(
                metrics={metric: MetricValue(number(share[k])) for metric, share in shares.items()},
                counts={"pixels": int(true[k])},
            )
            for k, name in enumerate(self._names)
        }

    def _values(self, sums: Floats) -> dict[str, Floats]:
        both, true, predicted = np.split(sums, 3, axis=1)
        iou, dice, accuracy = _per_class(both, true, predicted)
        values = {
            "mIoU": known_means(iou),
            "Dice": known_means(dice),
            "pixel_accuracy": ratio(both.sum(axis=1), true.sum(axis=1)),
            "mean_accuracy": known_means(accuracy),
        }
        if self._background is not None:
            values["mIoU_foreground"] = known_means(np.delete(iou, self._background, axis=1))
        return values


def _per_class(both: Floats, true: Floats, predicted: Floats) -> tuple[Floats, Floats, Floats]:
    return ratio(both, true + predicted - both), ratio(2 * both, true + predicted), ratio(both, true)
