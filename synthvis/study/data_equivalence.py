"""How many labelled photographs a synthetic set is worth: where the curve of real training reaches its score."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvis.metrics.resampling import middle

__all__ = ["Worth", "data_equivalence_of", "equivalent_images", "never_falling"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """Photographs that reach the same score: infinite for more than were there, minus infinite for fewer than tried.

    Attributes:
        images: From the means over seeds.
        low: Lower end of the 95% interval; None where nothing was resampled.
        high: Upper end.
        smallest: Fewest photographs that were trained on.
        largest: Most.
    """

    images: float
    low: float | None
    high: float | None
    smallest: int
    largest: int


def data_equivalence_of(
    counts: Sequence[int], curve: Floats, level: float, curve_draws: Floats, level_draws: Floats
) -> Worth:
    """The worth of a synthetic set whose score is `level`.

    Args:
        counts: (K,) numbers of photographs, ascending.
        curve: (K,) scores of training on them alone; larger is better.
        level: Score of training on the synthetic set alone.
        curve_draws: (B, K) resampled curves.
        level_draws: (B,) levels on the same resamples.
    """
    pairs = zip(curve_draws, level_draws, strict=True)
    drawn = [equivalent_images(counts, row, one) for row, one in pairs if not (math.isnan(one) or np.isnan(row).any())]
    low, high = middle(np.array(drawn), between=False)
    return Worth(
        images=equivalent_images(counts, curve, level), low=low, high=high, smallest=counts[0], largest=counts[-1]
    )


def equivalent_images(counts: Sequence[int], curve: Floats, level: float) -> float:
    """Where a curve, made monotone and joined linearly over the logarithm of the count, first reaches `level`.

    Returns:
        Photographs; -inf where even the fewest do better, inf where all of them do worse.
    """
    rising = never_falling(curve)
    if level < rising[0]:
        return -math.inf
    if level > rising[-1]:
        return math.inf
    right = int(np.searchsorted(rising, level, side="left"))
    if rising[right] == level or right == 0:
        return float(counts[right])
    share = (level - rising[right - 1]) / (rising[right] - rising[right - 1])
    return float(counts[right - 1] * (counts[right] / counts[right - 1]) ** share)


def never_falling(values: Floats) -> Floats:
    """The non-decreasing sequence nearest to `values` in squares: pool adjacent violators (Ayer et al. 1955)."""
    pools: list[tuple[float, int]] = []
    for value in values.tolist():
        pools.append((value, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (left, left_size), (right, right_size) = pools[-2:]
            size = left_size + right_size
            pools[-2:] = [((left * left_size + right * right_size) / size, size)]
    return np.repeat([value for value, _ in pools], [size for _, size in pools]).astype(np.float64)
