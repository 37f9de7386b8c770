"""Quotients and means that may be undefined."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Floats", "known_means", "ratio"]

Floats = NDArray[np.float64]


def ratio(above: ArrayLike, below: ArrayLike) -> Floats:
    """Quotients, NaN where the divisor is 0."""
    above, below = np.broadcast_arrays(np.asarray(above, dtype=np.float64), np.asarray(below, dtype=np.float64))
    return np.divide(above, below, out=np.full(below.shape, np.nan), where=below != 0)


def known_means(values: Floats) -> Floats:
    """Mean of what is not NaN in each of (B, ...) rows, (B,); NaN where nothing is."""
    flat = values.reshape(len(values), math.prod(values.shape[1:]))
    known = ~np.isnan(flat)
    return ratio(np.where(known, flat, 0.0).sum(axis=1), known.sum(axis=1))
