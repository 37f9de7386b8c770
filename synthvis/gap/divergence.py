"""How far two distributions lie apart, from weighted samples and histograms; all of it for many resamples at once.

A resample of images is a row of weights, one for each image, so a bootstrap and a split into halves are the same
arithmetic as the comparison itself.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "histogram_per_image",
    "jensen_shannon_bits",
    "quantile_edges",
    "robust_scale",
    "total_variation",
    "wasserstein",
    "weighted_quantiles",
]

Floats = NDArray[np.float64]

NORMAL_IQR = 1.349
"""Interquartile range of a normal distribution with deviation 1."""
NORMAL_MAD = 0.6745
"""Median absolute deviation of the same."""


def jensen_shannon_bits(first: Floats, second: Floats) -> Floats:
    """Jensen-Shannon divergence in bits: 0 for equal distributions, 1 for those that share nothing.

    Lin, "Divergence measures based on the Shannon entropy", IEEE Transactions on Information Theory 37(1), 1991.

    Args:
        first: (..., K) masses >= 0 of any total.
        second: (..., K) likewise.

    Returns:
        (...); NaN where either has no mass.
    """
    p, q = _normalised(first), _normalised(second)
    mean = (p + q) / 2
    return np.asarray((_relative_entropy_bits(p, mean) + _relative_entropy_bits(q, mean)) / 2)


def total_variation(first: Floats, second: Floats) -> Floats:
    """Half the summed difference of two distributions: the largest difference in probability of any event.

    Args:
        first: (..., K) masses >= 0 of any total.
        second: (..., K) likewise.

    Returns:
        (...) in 0..1; NaN where either has no mass.
    """
    return np.asarray(np.abs(_normalised(first) - _normalised(second)).sum(axis=-1) / 2)


def wasserstein(values: tuple[Floats, Floats], weights: tuple[Floats, Floats]) -> Floats:
    """1-D Wasserstein distance of order 1: the area between the two distribution functions.

    Args:
        values: (M,) of either sample, finite.
        weights: (B, M) >= 0 of either sample, for each of B resamples.

    Returns:
        (B,) in the unit of the values; NaN where a sample has no weight.
    """
    everything = np.concatenate(values)
    order = np.argsort(everything, kind="stable")
    gaps = np.diff(everything[order])
    owned = np.concatenate([np.zeros(len(values[0]), dtype=bool), np.ones(len(values[1]), dtype=bool)])[order]
    rows = len(weights[0])
    signed = np.zeros((rows, len(everything)))
    signed[:, ~owned] = _normalised(weights[0])[:, order[~owned]]
    signed[:, owned] = -_normalised(weights[1])[:, order[owned] - len(values[0])]
    if not len(gaps):
        return np.full(rows, np.nan)
    return np.asarray(np.abs(np.cumsum(signed, axis=1)[:, :-1]) @ gaps)


def quantile_edges(first: Floats, second: Floats, most_bins: int) -> Floats:
    """Inner borders of bins that hold equal shares of both samples, each sample counting half.

    Borders lie halfway between neighbouring values. Equal values stay in one bin, so there may be fewer bins than asked
    for.

    Args:
        first: (M,) finite values.
        second: (N,) likewise.
        most_bins: At least 1.

    Returns:
        Rising, at most `most_bins` - 1 of them.
    """
    values = np.concatenate([first, second])
    weights = np.concatenate([np.full(len(first), 1 / len(first)), np.full(len(second), 1 / len(second))])
    distinct = np.unique(values)
    last_below = np.unique(weighted_quantiles(values, weights, np.arange(1, most_bins) / most_bins))
    places = np.searchsorted(distinct, last_below)
    places = places[places + 1 < len(distinct)]
    return np.asarray((distinct[places] + distinct[places + 1]) / 2)


def weighted_quantiles(values: Floats, weights: Floats, shares: Floats) -> Floats:
    """The least values at or below which at least those shares of the weight lie."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    places = np.searchsorted(reached, np.asarray(shares) * reached[-1] * (1 - 1e-12), side="left")
    return np.asarray(values[order][np.minimum(places, len(values) - 1)])


def histogram_per_image(values: Floats, owner: NDArray[np.intp], images: int, edges: Floats) -> Floats:
    """(images, K) counts of values by bin, for the image that each belongs to."""
    bins = np.searchsorted(edges, values, side="right")
    counts = np.zeros((images, len(edges) + 1))
    np.add.at(counts, (owner, bins), 1.0)
    return counts


def robust_scale(values: Floats) -> float:
    """Deviation of the normal distribution with the same quartiles; where those meet, the next best.

    The next best are the median absolute deviation and the standard deviation; 1 for values that are all the same.
    """
    low, high = np.quantile(values, (0.25, 0.75))
    mad = float(np.median(np.abs(values - np.median(values))))
    for scale in (float(high - low) / NORMAL_IQR, mad / NORMAL_MAD, float(np.std(values))):
        if scale > 1e-12 * max(float(np.abs(values).max()), 1.0):
            return scale
    return 1.0


def _normalised(masses: Floats) -> Floats:
    total = masses.sum(axis=-1, keepdims=True)
    return np.asarray(np.where(total > 0, masses / np.where(total > 0, total, 1.0), np.nan))


def _relative_entropy_bits(p: Floats, q: Floats) -> Floats:
    ratio = np.where(p > 0, p, 1.0) / np.where(p > 0, q, 1.0)
    # An undefined distribution has NaN everywhere, which is not above 0 and must not become 0.
    return np.asarray((np.where(np.isnan(p), np.nan, p) * np.log2(ratio)).sum(axis=-1))
