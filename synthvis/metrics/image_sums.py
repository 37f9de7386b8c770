"""Metrics that are functions of sums over images, with 95% intervals from a bootstrap over the images.

Each image is reduced to one row of sums. A resample of the images is then a weighted sum of rows, so the bootstrap is
exact and costs one matrix product.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from synthvis.metrics.means import Floats
from synthvis.metrics.resampling import bootstrap_facts, interval, resample_counts

__all__ = ["measures_of_sums"]


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
