"""Metrics that are functions of sums over images, with 95% intervals from a bootstrap over the images.

Each image is reduced to one row of sums. A resample of the images is then a weighted sum of rows, so the bootstrap is
exact and costs one matrix product.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthvis.metrics.accumulate import resample_counts
from synthvis.metrics.interval import bootstrap_facts, interval

__all__ = ["Floats", "measures_of_sums", "ratio"]

Floats = NDArray[np.float64]


def measures_of_sums(
    rows: Sequence[Floats],
    values_of: Callable[[Floats], dict[str, Floats]],
    headline: str,
    *,
    resamples: int,
    seed: int,
) -> dict[str, Any]:
    """The "metrics", each as {"value", "low", "high"}, null where undefined, and the "bootstrap" behind them.

    Args:
        rows: One row of sums (k,) an image.
        values_of: Metrics (B,) by name of the sums (B, k) of B selections of images; NaN where undefined.
        headline: Metric whose values on the resamples are kept.
        resamples: Bootstrap resamples of the images; 0 leaves low and high null.
        seed: Seed of the resampling.
    """
    if not rows:
        return {"metrics": {}, "bootstrap": bootstrap_facts({}, resamples=resamples, seed=seed)}
    sums = np.stack(rows)
    exact = values_of(sums.sum(axis=0, keepdims=True))
    drawn = values_of(resample_counts(len(rows), resamples, seed) @ sums)
    return {
        "metrics": {name: interval(float(value[0]), drawn[name]) for name, value in exact.items()},
        "bootstrap": bootstrap_facts({headline: drawn[headline]}, resamples=resamples, seed=seed),
    }


def ratio(above: Floats, below: Floats) -> Floats:
    """Quotients, NaN where the divisor is 0."""
    above, below = np.broadcast_arrays(np.asarray(above, dtype=np.float64), np.asarray(below, dtype=np.float64))
    return np.divide(above, below, out=np.full(below.shape, np.nan), where=below != 0)
