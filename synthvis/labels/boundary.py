"""Where objects end in the image, and which side of such a boundary is in front."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["BEHIND", "INSIDE", "IN_FRONT", "LEVELS", "TOUCHING", "boundary_map"]

INSIDE, TOUCHING, BEHIND, IN_FRONT = 0, 85, 170, 255
"""Levels of a pixel: no boundary; an instance boundary without a step in depth; the farther and the nearer side (the
owner) of an occlusion boundary, which is an instance boundary with a step in depth."""

LEVELS = (INSIDE, TOUCHING, BEHIND, IN_FRONT)

STEP_M = 0.005
"""Smaller differences of depth are no step."""

SLOPES = 3.0
"""A step is more than this many times what the surfaces beside it change from pixel to pixel: two neighbouring samples,
jittered within their pixels, are up to two pixels apart, and the slope itself is measured with jitter."""

Float = NDArray[np.float64]
Ids = NDArray[np.uint16]


def boundary_map(instance_id: Ids, depth_m: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Boundaries between a pixel and its four neighbours; a pixel with several of them gets the highest level.

    Args:
        instance_id: (H, W) index pass; all ids count, distractors and the stage (0) too.
        depth_m: (H, W) along the optical axis, metres; inf where nothing was hit.

    Returns:
        (H, W) uint8, one of `LEVELS`.
    """
    levels = np.full(instance_id.shape, INSIDE, dtype=np.uint8)
    depth = depth_m.astype(np.float64)
    _mark_along_rows(instance_id, depth, levels)
    # Views, so what is marked in the transposed map is marked in the map.
    _mark_along_rows(instance_id.T, depth.T, levels.T)
    return levels


def _mark_along_rows(ids: Ids, depth: Float, levels: NDArray[np.uint8]) -> None:
    """Compare each pixel with its right neighbour and raise the levels of both."""
    left, right = np.s_[:, :-1], np.s_[:, 1:]
    differs = ids[left] != ids[right]
    is_seen = np.isfinite(depth[left]) | np.isfinite(depth[right])
    rise = np.subtract(depth[right], depth[left], out=np.zeros(differs.shape), where=differs & is_seen)
    slope = np.maximum(_slope_before(ids, depth)[left], _slope_before(ids[:, ::-1], depth[:, ::-1])[:, ::-1][right])
    is_step = differs & (np.abs(rise) > STEP_M + SLOPES * slope)
    for side, is_near in ((left, rise > 0), (right, rise < 0)):
        found = np.where(is_step, np.where(is_near, IN_FRONT, BEHIND), np.where(differs, TOUCHING, INSIDE))
        levels[side] = np.maximum(levels[side], found)


def _slope_before(ids: Ids, depth: Float) -> Float:
    """How much the depth changes a pixel in the two pixels left of each one, as far as they show the same object."""
    slope = np.zeros(depth.shape)
    for reach in (1, 2):
        own = ids[:, reach:] == ids[:, :-reach]
        if reach == 2:
            own &= ids[:, 1:-1] == ids[:, 2:]
        own &= np.isfinite(depth[:, reach:]) & np.isfinite(depth[:, :-reach])
        change = np.subtract(depth[:, reach:], depth[:, :-reach], out=np.zeros(own.shape), where=own)
        # Over two pixels where they are there: jitter counts for less.
        slope[:, reach:] = np.where(own, np.abs(change) / reach, slope[:, reach:])
    return slope
