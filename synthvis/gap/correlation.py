"""Rank correlation, for the question whether a distance orders recipes as their results on photographs do."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["exact_p", "ranks", "spearman"]

MAX_PERMUTED = 8


def spearman(first: Sequence[float], second: Sequence[float]) -> float:
    """Spearman's rank correlation, ties at their mean rank; NaN for fewer than two values or all of them equal."""
    one, other = ranks(first), ranks(second)
    if len(one) < 2 or float(one.std()) == 0 or float(other.std()) == 0:
        return math.nan
    return float(np.corrcoef(one, other)[0, 1])


def ranks(values: Sequence[float]) -> NDArray[np.float64]:
    """(N,) 1 for the least; equal values share the mean of their ranks."""
    array = np.asarray(values, dtype=np.float64)
    below = (array[None] < array[:, None]).sum(axis=1)
    equal = (array[None] == array[:, None]).sum(axis=1)
    return np.asarray(below + (equal + 1) / 2)


def exact_p(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Share of all orders that correlate at least as well: a one-sided test. None for more than eight values."""
    if not 2 <= len(first) <= MAX_PERMUTED or math.isnan(found := spearman(first, second)):
        return None
    drawn = [spearman(first, order) for order in itertools.permutations(second)]
    return sum(value >= found - 1e-12 for value in drawn) / len(drawn)
