"""Half-open boxes (x, y, width, height) in pixels from the top-left origin."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["Box", "bbox_of_mask", "bbox_of_points"]

Box = tuple[float, float, float, float]
"""x, y, width, height of the half-open box [x, x + width) x [y, y + height), pixels."""


def bbox_of_mask(mask: NDArray[np.bool_]) -> Box:
    """Tight box of the set pixels of an (H, W) mask; all zeros for an empty one."""
    columns = np.flatnonzero(mask.any(axis=0))
    if columns.size == 0:
        return (0.0, 0.0, 0.0, 0.0)
    rows = np.flatnonzero(mask.any(axis=1))
    left, right, top, bottom = columns[0], columns[-1] + 1, rows[0], rows[-1] + 1
    return (float(left), float(top), float(right - left), float(bottom - top))


def bbox_of_points(points_px: NDArray[np.float64], limits_xyxy_px: Box | None = None) -> Box:
    """Box of (N, 2) pixel coordinates, clamped to `limits_xyxy_px` (left, top, right, bottom) where given.

    All zeros for no points, and where the clamped box is empty.
    """
    if len(points_px) == 0:
        return (0.0, 0.0, 0.0, 0.0)
    x, y = points_px[:, 0], points_px[:, 1]
    low, high = np.array([x.min(), y.min()]), np.array([x.max(), y.max()])
    if limits_xyxy_px is not None:
        corner_low, corner_high = limits_xyxy_px[:2], limits_xyxy_px[2:]
        low, high = np.clip(low, corner_low, corner_high), np.clip(high, corner_low, corner_high)
    width, height = high - low
    if width <= 0 or height <= 0:
        return (0.0, 0.0, 0.0, 0.0)
    return (float(low[0]), float(low[1]), float(width), float(height))
