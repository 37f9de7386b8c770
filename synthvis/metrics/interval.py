"""A metric with its 95% interval, and numbers as files carry them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["LEVEL", "bootstrap_facts", "interval", "number"]

LEVEL = 0.95


def interval(value: float, drawn: NDArray[np.float64]) -> dict[str, float | None]:
    """A value between the percentiles of its resamples, NaN ones left out."""
    known = drawn[np.isfinite(drawn)]
    if not math.isfinite(value) or not len(known):
        return {"value": number(value), "low": None, "high": None}
    tail = 100 * (1 - LEVEL) / 2
    low, high = np.percentile(known, [tail, 100 - tail])
    return {"value": number(value), "low": number(float(low)), "high": number(float(high))}


def bootstrap_facts(draws: Mapping[str, NDArray[np.float64]], *, resamples: int, seed: int) -> dict[str, Any]:
    """What an evaluation says of its intervals: how they were drawn, and (B,) values of metrics on the resamples.

    Networks that are measured on the same images share the resamples, so these values can be compared pair by pair.
    """
    values = {name: [number(value) for value in drawn] for name, drawn in draws.items()}
    return {"resamples": resamples, "seed": seed, "level": LEVEL, "draws": values}


def number(value: float | Any) -> float | None:
    """A number as files carry it: six decimals, None for what is no finite number."""
    return round(float(value), 6) if math.isfinite(value) else None
