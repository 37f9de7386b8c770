"""Resamples of images, intervals from them, and the null level that halves of the real set give."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvis.formats.json_file import Number, Record
from synthvis.metrics.metric import MetricValue
from synthvis.metrics.resampling import LEVEL, interval, number, resample_counts
from synthvis.seeds import rng_for

__all__ = ["Draws", "Measure", "NullLevel", "make_draws", "null_level", "split_half_null", "with_interval"]

Floats = NDArray[np.float64]
Measure = Callable[[Floats, Floats], Floats]
"""Weights (B, N) of the images of one set and (B, M) of another: a distance for each row, (B,)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NullLevel(Record):
    """A distance between two halves of the real set: what would be measured if there were no gap.

    Attributes:
        mean: Over the splits into halves; None where the set is too small.
        high: The 95% point of the splits.
    """

    mean: Number | None = None
    high: Number | None = None

    def __str__(self) -> str:
        return "split-half null unknown" if self.high is None else f"split-half null up to {self.high:.3f}"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Draws:
    """Weights of images, one row a resample.

    Attributes:
        synthetic: (B, N) counts of a bootstrap over the synthetic images.
        real: (B, M) likewise over the real ones.
        halves: (H, M) 1 for the images of one random half of the real set, 0 for the other.
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


def with_interval(value: float, drawn: Floats, lowest: float = -np.inf) -> MetricValue:
    """A value with the 95% interval of its bootstrap.

    A distance between two samples grows when both are resampled, as resamples have fewer distinct images. The drawn
    values are therefore moved so that their mean is the value itself (Efron and Tibshirani, "An Introduction to the
    Bootstrap", 1993, chapter 10, estimate of bias) before their percentiles are taken.

    Args:
        value: Of the sets as they are.
        drawn: (B,) of the resamples; those that are not defined are left out.
        lowest: Where the interval is cut off, as distances are not negative.
    """
    known = drawn[np.isfinite(drawn)]
    if len(known) < 2:
        return interval(value, known[:0])
    found = interval(value, known - known.mean() + value)
    low, high = (end if end is None else max(lowest, end) for end in (found.low, found.high))
    return MetricValue(found.value, low, high)


def split_half_null(measure: Measure, halves: Floats) -> NullLevel:
    """The null level of a distance, from splits of the real set into halves.

    Args:
        measure: Distance between two parts of the real set.
        halves: From `Draws`.
    """
    if not halves.any(axis=1).all() or not (1 - halves).any(axis=1).all():
        return NullLevel()
    return null_level(measure(halves, 1 - halves))


def null_level(drawn: Floats) -> NullLevel:
    """Mean and 95% point of the null distribution (H,); what is not finite is left out."""
    known = drawn[np.isfinite(drawn)]
    if not len(known):
        return NullLevel()
    return NullLevel(mean=number(known.mean()), high=number(np.quantile(known, LEVEL)))
