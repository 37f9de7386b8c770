"""The best one-to-one assignment, by scipy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["EPSILON", "best_pairs"]

EPSILON = float(np.finfo(np.float64).eps)
"""By which the reference implementations let an overlap fall short of its threshold."""


def best_pairs(worth: NDArray[np.float64]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns of the assignment of (N, M) with the largest sum, min(N, M) pairs by row."""
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(worth, maximize=True)
    return np.asarray(rows, dtype=np.intp), np.asarray(columns, dtype=np.intp)
