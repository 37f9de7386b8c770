"""Surface normals: the angle between predicted and true directions, over the valid pixels of all images.

Mean and median in degrees and the shares of pixels within 11.25, 22.5 and 30 degrees, as introduced by Fouhey et al.
(ICCV 2013) and used since.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthvis.metrics.image_sums import measures_of_sums
from synthvis.metrics.means import Floats, ratio
from synthvis.metrics.measures import Measures
from synthvis.metrics.metric import Metric, MetricValue
from synthvis.metrics.resampling import interval, number, resample_counts

__all__ = ["METRICS", "NormalMetrics", "angles_deg"]

HEADLINE = "mean_deg"
WITHIN_DEG = {"within_11.25": 11.25, "within_22.5": 22.5, "within_30": 30.0}
BIN_DEG = 0.05
BINS = round(180 / BIN_DEG)
"""The resamples of the median are taken from histograms of this step, between the edges of a bin by proportion."""


METRICS = (
    Metric(
        name="mean_deg", title="Mean angle", unit="degrees", lower_is_better=True,
        explanation="Mean angle between predicted and true normals.",
    ),
    Metric(
        name="median_deg", title="Median angle", unit="degrees", lower_is_better=True,
        explanation="Median angle between predicted and true normals.",
    ),
    *(
        Metric(
            name=name, title=f"Within {limit:g} degrees",
            explanation=f"Share of the pixels whose normal is off by less than {limit:g} degrees.",
        )
        for name, limit in WITHIN_DEG.items()
    ),
)  # fmt: skip


class NormalMetrics:
    """Collects angles of one image after another."""

    def __init__(self) -> None:
        self._rows: list[Floats] = []
        self._histograms: list[NDArray[np.int32]] = []
        # The median of all pixels needs them all: four bytes each.
        self._angles: list[NDArray[np.float32]] = []

    def add(self, ground_truth: NDArray[Any], predicted: NDArray[Any]) -> dict[str, float | None]:
        """Take in one image.

        Args:
            ground_truth: (H, W, 3) directions, 0 where there is no surface.
            predicted: (H, W, 3) directions of any length.

        Returns:
            The image's own metrics.

        Raises:
            ValueError: The shapes differ or are no maps of directions.
        """
        if ground_truth.shape != predicted.shape or ground_truth.ndim != 3 or ground_truth.shape[2] != 3:
            raise ValueError(f"ground truth is {ground_truth.shape}, prediction {predicted.shape}; wanted is (H, W, 3)")
        valid = np.any(ground_truth != 0, axis=2) & np.all(np.isfinite(ground_truth), axis=2)
        angles = angles_deg(ground_truth[valid].astype(np.float64), predicted[valid].astype(np.float64))
        within = [float((angles < limit).sum()) for limit in WITHIN_DEG.values()]
        row = np.array([float(angles.size), angles.sum(), *within])
        self._rows.append(row)
        self._angles.append(angles.astype(np.float32))
        self._histograms.append(np.histogram(angles, BINS, (0.0, 180.0))[0].astype(np.int32))
        median = np.median(angles) if angles.size else np.nan
        return {"median_deg": number(median), **{name: number(value[0]) for name, value in _values(row[None]).items()}}

    def summary(self, *, resamples: int = 200, seed: int = 0) -> Measures:
        """What all images together say, with intervals from `resamples` bootstrap resamples of them."""
        metrics, bootstrap = measures_of_sums(self._rows, _values, HEADLINE, resamples=resamples, seed=seed)
        if self._rows:
            metrics["median_deg"] = self._median(resamples, seed)
        pixels = sum(len(angles) for angles in self._angles)
        return Measures(images=len(self._rows), counts={"pixels": pixels}, metrics=metrics, bootstrap=bootstrap)

    def _median(self, resamples: int, seed: int) -> MetricValue:
        angles = np.concatenate(self._angles)
        value = float(np.median(angles)) if len(angles) else np.nan
        counts = resample_counts(len(self._histograms), resamples, seed)
        return interval(value, _histogram_medians(counts @ np.stack(self._histograms)))


def angles_deg(ground_truth: Floats, predicted: Floats) -> Floats:
    """Angles between rows of two (P, 3) arrays, degrees; 90 where a prediction has no length and so no direction.

    By atan2 of cross and dot product, which keeps its digits near 0 and 180 degrees, where arccos loses half of them.
    """
    across = np.linalg.norm(np.cross(ground_truth, predicted), axis=1)
    along = (ground_truth * predicted).sum(axis=1)
    angles = np.degrees(np.arctan2(across, along))
    return np.where((predicted == 0).all(axis=1), 90.0, angles)


def _values(sums: Floats) -> dict[str, Floats]:
    pixels = sums[:, 0]
    shares = {name: ratio(sums[:, 2 + place], pixels) for place, name in enumerate(WITHIN_DEG)}
    return {"mean_deg": ratio(sums[:, 1], pixels), **shares}


def _histogram_medians(histograms: Floats) -> Floats:
    """Median of each row (B, BINS) of counts."""
    below = np.cumsum(histograms, axis=1)
    medians = np.full(len(histograms), np.nan)
    for row, counted in enumerate(below):
        if counted[-1] > 0:
            half = counted[-1] / 2
            place = int(np.searchsorted(counted, half))
            before = counted[place] - histograms[row, place]
            medians[row] = BIN_DEG * (place + (half - before) / histograms[row, place])
    return medians
