"""Resamples of images, the intervals that follow from them, and numbers as files carry them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthvis.metrics.metric import MetricValue

__all__ = ["DIGITS", "LEVEL", "difference_of", "interval", "kept_draws", "middle", "number", "resample_counts"]

Floats = NDArray[np.float64]

LEVEL = 0.95
DIGITS = 6


def resample_counts(image_count: int, resamples: int, seed: int) -> Floats:
    """How often each image appears in each bootstrap resample: (resamples, image_count)."""
    rng = np.random.default_rng(seed)
    return rng.multinomial(image_count, np.full(image_count, 1 / image_count), size=resamples).astype(np.float64)


def middle(drawn: Floats, *, between: bool = True) -> tuple[float | None, float | None]:
    """Ends of the middle 95% of what is not NaN; None, None where nothing is.

    Args:
        drawn: (B,) values of resamples.
        between: An end may lie between two draws. Without it ends are draws themselves, which may be infinite: between
            a number and infinity there is none.
    """
    known = drawn[~np.isnan(drawn)]
    if not len(known):
        return None, None
    tail = (1 - LEVEL) / 2
    low = np.quantile(known, tail, method="linear" if between else "lower")
    high = np.quantile(known, 1 - tail, method="linear" if between else "higher")
    return float(low), float(high)


def interval(value: float, drawn: Floats) -> MetricValue:
    """A value with the ends of its interval from the finite ones of its resamples (B,).

    All are None where the value is undefined.
    """
    low, high = middle(drawn[np.isfinite(drawn)]) if math.isfinite(value) else (None, None)
    return MetricValue(number(value), number(low), number(high))


def difference_of(first: MetricValue, second: MetricValue) -> MetricValue:
    """First minus second, with the 95% interval of the difference of independent estimates.

    The distances from each value to the ends of its own interval are added as squares: Zou and Donner, "Construction of
    confidence limits about effect measures", Statistics in Medicine 27, 2008. None where one has no value or interval.
    """
    if first.value is None or second.value is None:
        return MetricValue(None)
    apart = first.value - second.value
    if first.low is None or first.high is None or second.low is None or second.high is None:
        return MetricValue(round(apart, DIGITS))
    # A percentile interval may miss its own value by a hair.
    down = math.hypot(max(first.value - first.low, 0.0), max(second.high - second.value, 0.0))
    up = math.hypot(max(first.high - first.value, 0.0), max(second.value - second.low, 0.0))
    return MetricValue(round(apart, DIGITS), round(apart - down, DIGITS), round(apart + up, DIGITS))


def kept_draws(drawn: Floats) -> tuple[float | None, ...]:
    """Values of a metric on the resamples (B,) as files carry them."""
    return tuple(number(value) for value in drawn)


def number(value: float | Any) -> float | None:
    """A number as files carry it: six decimals, None for what is unknown or not finite."""
    return None if value is None or not math.isfinite(value) else round(float(value), DIGITS)
