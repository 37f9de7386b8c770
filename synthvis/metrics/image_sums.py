"""Metrics that are functions of sums over images, with 95% intervals from a bootstrap over the images.

Each image is reduced to one row of sums. A resample of the images is then a weighted sum of rows, so the bootstrap is
exact and costs one matrix product.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from synthvis.metrics.means import Floats
from synthvis.metrics.measures import Bootstrap
from synthvis.metrics.metric import MetricValue
from synthvis.metrics.resampling import interval, kept_draws, resample_counts

__all__ = ["measures_of_sums"]


def measures_of_sums(
    rows: Sequence[Floats],
    values_of: Callable[[Floats], dict[str, Floats]],
    headline: str,
    *,
    resamples: int,
    seed: int,
) -> tuple[dict[str, MetricValue], Bootstrap]:
    """The metrics by name, and how their intervals were drawn; none where there are no rows.

    Args:
        rows: One row of sums (k,) an image.
        values_of: Metrics (B,) by name of the sums (B, k) of B selections of images; NaN where undefined.
        headline: Metric whose values on the resamples are kept.
        resamples: Bootstrap resamples of the images; 0 leaves low and high None.
        seed: Seed of the resampling.
    """
    if not rows:
        return {}, Bootstrap(resamples=resamples, seed=seed)
    sums = np.stack(rows)
    exact = values_of(sums.sum(axis=0, keepdims=True))
    drawn = values_of(resample_counts(len(rows), resamples, seed) @ sums)
    metrics = {name: interval(float(value[0]), drawn[name]) for name, value in exact.items()}
    return metrics, Bootstrap(resamples=resamples, seed=seed, draws={headline: kept_draws(drawn[headline])})
