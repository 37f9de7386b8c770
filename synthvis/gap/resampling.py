"""Resamples of images, intervals from them, and what chance alone would give."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvis.metrics.metric import MetricValue
from synthvis.metrics.resampling import LEVEL, interval, number, resample_counts
from synthvis.seeds import rng_for

__all__ = ["Draws", "Measure", "chance_level", "level_of", "make_draws", "with_interval"]

Floats = NDArray[np.float64]
Measure = Callable[[Floats, Floats], Floats]
"""Weights (B, N) of the images of one set and (B, M) of another: a distance for each row, (B,)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Draws:
    """Weights of images, one row a resample.

    Attributes:
        synthetic: (B, N) counts of a bootstrap over the synthetic images.
        real: (B, M) likewise over the real ones.
        halves: (H, M) 1 for the images of one half of the real set by chance, 0 for the other.
    """

    synthetic: Floats
    real: Floats
    halves: Floats


def make_draws(synthetic: int, real: int, *, resamples: int = 200, halves: int = 40, seed: int = 0) -> Draws:
    """Resamples of sets with that many images. The two sets are drawn independently."""
    rng = rng_for(seed, 1, "gap/halves")
    split = np.zeros((halves, real))
    for row in split:
        row[rng.permutation(real)[: real // 2]] = 1.0
    return Draws(
        synthetic=resample_counts(synthetic, resamples, seed),
        real=resample_counts(real, resamples, seed + 1),
        halves=split,
    )


def with_interval(value: float, drawn: Floats, least: float = -np.inf) -> MetricValue:
    """A value with the 95% interval of its bootstrap.

    A distance between two samples grows when both are resampled, as resamples have fewer distinct images. The drawn
    values are therefore moved so that their mean is the value itself (Efron and Tibshirani, "An Introduction to the
    Bootstrap", 1993, chapter 10, estimate of bias) before their percentiles are taken.

    Args:
        value: Of the sets as they are.
        drawn: (B,) of the resamples; those that are not defined are left out.
        least: Where the interval is cut off, as distances are not negative.
    """
    known = drawn[np.isfinite(drawn)]
    if len(known) < 2:
        return interval(value, known[:0])
    found = interval(value, known - known.mean() + value)
    low, high = (end if end is None else max(least, end) for end in (found.low, found.high))
    return MetricValue(found.value, low, high)


def chance_level(measure: Measure, halves: Floats) -> dict[str, float | None]:
    """Mean and 95% point of a distance between halves of the real set: what would be found were there no gap.

    Args:
        measure: Distance between two parts of the real set.
        halves: From `Draws`.
    """
    if not halves.any(axis=1).all() or not (1 - halves).any(axis=1).all():
        return {"mean": None, "high": None}
    return level_of(measure(halves, 1 - halves))


def level_of(drawn: Floats) -> dict[str, float | None]:
    """Mean and 95% point of what is defined of (H,) distances that chance gave."""
    known = drawn[np.isfinite(drawn)]
    if not len(known):
        return {"mean": None, "high": None}
    return {"mean": number(known.mean()), "high": number(np.quantile(known, LEVEL))}
