"""Depth of single images: the errors of Eigen et al. (NeurIPS 2014), as they are and after a fit of scale and shift.

With d predicted and t true metres, sums over the valid pixels of all images:

| metric | |
|---|---|
| AbsRel, SqRel | mean of abs(d - t) / t, of (d - t)^2 / t |
| RMSE, RMSE_log | root of the mean of (d - t)^2, of (ln d - ln t)^2 |
| log10 | mean of abs(log10 d - log10 t) |
| delta1, delta2, delta3 | share of pixels with max(d / t, t / d) below 1.25, 1.25^2, 1.25^3 |
| SILog | 100 times the standard deviation of ln d - ln t within an image, mean over images (KITTI's measure) |

`_aligned` metrics forgive scale and shift: each image's disparity 1 / d is fitted by least squares to 1 / t (MiDaS,
Ranftl et al., TPAMI 2022), which is what a picture without known focal length can tell. Fitted disparities below that
of the image's farthest true pixel are raised to it, so that none is zero or negative.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthvis.metrics.image_sums import measures_of_sums
from synthvis.metrics.means import Floats, ratio
from synthvis.metrics.measures import Measures
from synthvis.metrics.metric import Metric
from synthvis.metrics.resampling import number

__all__ = ["METRICS", "MIN_DEPTH_M", "DepthMetrics", "align_disparity"]

MIN_DEPTH_M = 1e-3
"""Predictions below are raised to it: a logarithm needs a positive number, and PNG ground truth has no finer step."""

HEADLINE = "AbsRel"
DELTAS = (1.25, 1.25**2, 1.25**3)
SUMS = 8
"""Sums of `_error_sums`."""


_ERRORS = {
    "AbsRel": ("Relative error", "", "Mean of |d - t| / t, with d predicted and t true metres."),
    "SqRel": ("Squared relative error", "m", "Mean of (d - t)^2 / t, with d predicted and t true metres."),
    "RMSE": ("Root mean squared error", "m", "Root of the mean of (d - t)^2, with d predicted and t true metres."),
    "RMSE_log": ("Root mean squared error of logarithms", "", "Root of the mean of (ln d - ln t)^2."),
    "log10": ("Error of logarithms", "", "Mean of |log10 d - log10 t|."),
}
_SHARES = {
    f"delta{power}": (
        f"Share within 1.25^{power}",
        "",
        f"Share of the pixels with max(d / t, t / d) below {delta:.4g}.",
    )
    for power, delta in enumerate(DELTAS, start=1)
}

METRICS = (
    *(
        Metric(
            name=name + end, title=title + after, unit=unit, lower_is_better=name in _ERRORS,
            explanation=text if not end else f"{name} after a fit of scale and shift of the disparity of each image.",
        )
        for end, after in (("", ""), ("_aligned", ", aligned"))
        for name, (title, unit, text) in (_ERRORS | _SHARES).items()
    ),
    Metric(
        name="SILog", title="Scale-invariant error", lower_is_better=True,
        explanation="100 times the standard deviation of ln d - ln t within an image, mean over the images.",
    ),
)  # fmt: skip


class DepthMetrics:
    """Sums errors of one image after another."""

    def __init__(self) -> None:
        self._rows: list[Floats] = []

    def add(self, ground_truth_m: NDArray[Any], predicted_m: NDArray[Any]) -> dict[str, float | None]:
        """Sum the errors of one image.

        Args:
            ground_truth_m: (H, W) metres; what is not finite or not positive is unknown.
            predicted_m: (H, W) metres.

        Returns:
            The image's own metrics.

        Raises:
            ValueError: The shapes differ.
        """
        if ground_truth_m.shape != predicted_m.shape:
            raise ValueError(f"ground truth is {ground_truth_m.shape}, prediction {predicted_m.shape}")
        valid = np.isfinite(ground_truth_m) & (ground_truth_m > 0)
        ground_truth = ground_truth_m[valid].astype(np.float64)
        predicted = np.maximum(predicted_m[valid].astype(np.float64), MIN_DEPTH_M)
        aligned = align_disparity(ground_truth, predicted)
        spread = 100 * np.std(np.log(predicted) - np.log(ground_truth)) if ground_truth.size else 0.0
        counts = [float(ground_truth.size), spread, float(ground_truth.size > 0)]
        row = np.concatenate([counts, _error_sums(ground_truth, predicted), _error_sums(ground_truth, aligned)])
        self._rows.append(row)
        return {name: number(value[0]) for name, value in _values(row[None]).items()}

    def summary(self, *, resamples: int = 200, seed: int = 0) -> Measures:
        """What all images together say, with intervals from `resamples` bootstrap resamples of them."""
        metrics, bootstrap = measures_of_sums(self._rows, _values, HEADLINE, resamples=resamples, seed=seed)
        pixels = int(sum(row[0] for row in self._rows))
        return Measures(images=len(self._rows), counts={"pixels": pixels}, metrics=metrics, bootstrap=bootstrap)


def align_disparity(ground_truth_m: Floats, predicted_m: Floats) -> Floats:
    """Predicted metres after the scale and shift of 1 / metres that fit the ground truth best in least squares.

    Args:
        ground_truth_m: (P,) positive metres.
        predicted_m: (P,) positive metres.
    """
    if not ground_truth_m.size:
        return predicted_m
    target, disparity = 1 / ground_truth_m, 1 / predicted_m
    centred = disparity - disparity.mean()
    variance = (centred**2).mean()
    # A flat prediction has no scale to fit; the best shift is left.
    flat = variance <= np.finfo(np.float64).eps * (disparity**2).mean()
    scale = 0.0 if flat else (centred * (target - target.mean())).mean() / variance
    fitted = target.mean() + scale * centred
    return np.asarray(1 / np.maximum(fitted, target.min()), dtype=np.float64)


def _error_sums(ground_truth: Floats, predicted: Floats) -> Floats:
    difference, logs = predicted - ground_truth, np.log(predicted) - np.log(ground_truth)
    apart = np.maximum(predicted / ground_truth, ground_truth / predicted)
    return np.array(
        [
            (np.abs(difference) / ground_truth).sum(),
            (difference**2 / ground_truth).sum(),
            (difference**2).sum(),
            (logs**2).sum(),
            np.abs(logs).sum() / np.log(10),
            *((apart < delta).sum() for delta in DELTAS),
        ]
    )


def _values(sums: Floats) -> dict[str, Floats]:
    pixels, spreads, images = sums[:, 0], sums[:, 1], sums[:, 2]
    plain = _means(sums[:, 3 : 3 + SUMS], pixels)
    aligned = _means(sums[:, 3 + SUMS :], pixels)
    forgiving = {f"{name}_aligned": value for name, value in aligned.items()}
    return {**plain, "SILog": ratio(spreads, images), **forgiving}


def _means(sums: Floats, pixels: Floats) -> dict[str, Floats]:
    abs_rel, sq_rel, squares, log_squares, log10, *deltas = (ratio(column, pixels) for column in sums.T)
    return {
        "AbsRel": abs_rel,
        "SqRel": sq_rel,
        "RMSE": np.sqrt(squares),
        "RMSE_log": np.sqrt(log_squares),
        "log10": log10,
        **{f"delta{power}": share for power, share in enumerate(deltas, start=1)},
    }
