"""Triangles and edges seen with distortion, which bends straight lines: in pieces too small for that to show."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from synthvis.camera.distortion import Distortion, distort
from synthvis.camera.pinhole import pixels_of

__all__ = ["distorted_edge", "distorted_triangles"]

Float = NDArray[np.float64]

TOLERANCE_PX = 0.02
"""How far a distorted edge may leave the straight one that stands for it."""
MAX_EDGE_PX = 64.0
"""Longer edges are cut in any case: one that curves both ways may meet its chord in the middle."""
MAX_CUTS = 14
STEP_PX = 16.0
"""Points along an edge are so far apart, before they are distorted."""


def distorted_triangles(triangles: Float, K: Float, distortion: Distortion) -> Float:
    """Pixel corners of triangles that cover what the given ones cover with distortion, to `TOLERANCE_PX`.

    Whether an edge is cut depends on that edge alone, so triangles that share one go on sharing it and no gap opens.

    Args:
        triangles: (T, 3, 2) corners as undistorted directions x / z, y / z; what lies beyond the bounds is cut off.
        K: (3, 3) intrinsics, pixels.
        distortion: The distortion.

    Returns:
        (T', 3, 2) corners, pixels.
    """
    pieces, done = _clipped(triangles, distortion), []
    for _ in range(MAX_CUTS):
        corners_px = pixels_of(distort(pieces, distortion.coefficients), K)
        middles = (pieces + np.roll(pieces, -1, axis=1)) / 2
        edges_px = np.roll(corners_px, -1, axis=1) - corners_px
        miss_px = (
            pixels_of(distort(middles, distortion.coefficients), K) - (corners_px + np.roll(corners_px, -1, axis=1)) / 2
        )
        is_cut = (_length(miss_px) > TOLERANCE_PX) | (_length(edges_px) > MAX_EDGE_PX)
        whole = ~is_cut.any(axis=1)
        done.append(corners_px[whole])
        pieces = _cut_edges(pieces[~whole], middles[~whole], is_cut[~whole])
        if len(pieces) == 0:
            break
    done.append(pixels_of(distort(pieces, distortion.coefficients), K))
    return np.concatenate(done)


def distorted_edge(start: Float, end: Float, K: Float, distortion: Distortion) -> Float:
    """Pixels along a straight edge in space.

    Args:
        start: (2,) undistorted direction x / z, y / z of one end.
        end: (2,) that of the other.
        K: (3, 3) intrinsics, pixels.
        distortion: The distortion.

    Returns:
        (N, 2) pixel coordinates (x, y) from end to end; what lies beyond the bounds is cut off, which may leave
        nothing.
    """
    first, last = _share_within(start, end, distortion)
    if first > last:
        return np.zeros((0, 2))
    steps = 1 + int((last - first) * _length((end - start) * (K[0, 0], K[1, 1])) / STEP_PX)
    shares = np.linspace(first, last, steps + 1)[:, None]
    return pixels_of(distort(start + shares * (end - start), distortion.coefficients), K)


def _share_within(start: Float, end: Float, distortion: Distortion) -> tuple[float, float]:
    """Where the way from a direction to another enters and leaves the bounds; the first is greater if it never does."""
    low, high = np.reshape(distortion.bounds, (2, 2))
    first, last = 0.0, 1.0
    # Heights over the four sides, at or above 0 inside.
    for at_start, at_end in zip(np.append(start - low, high - start), np.append(end - low, high - end), strict=True):
        if at_start < 0 and at_end < 0:
            return 1.0, 0.0
        if at_start < 0:
            first = max(first, at_start / (at_start - at_end))
        elif at_end < 0:
            last = min(last, at_start / (at_start - at_end))
    return first, last


def _length(vectors: Float) -> Float:
    return np.hypot(vectors[..., 0], vectors[..., 1])


def _clipped(triangles: Float, distortion: Distortion) -> Float:
    """Triangles cut at the four sides of the bounds."""
    if distortion.contains(triangles).all():
        return triangles
    for limit, axis, sign in zip(distortion.bounds, (0, 1, 0, 1), (1.0, 1.0, -1.0, -1.0), strict=True):
        triangles = _cut_at(triangles, sign * (triangles[:, :, axis] - limit))
    return triangles


def _cut_at(triangles: Float, height: Float) -> Float:
    """The parts of (T, 3, 2) triangles with `height` (T, 3) >= 0; height is linear over a triangle."""
    count = (height >= 0).sum(axis=1)
    kept = [triangles[count == 3]]
    for corners in (1, 2):
        chosen = count == corners
        if not chosen.any():
            continue
        some, its_height = triangles[chosen], height[chosen]
        is_apex = (its_height >= 0) if corners == 1 else (its_height < 0)
        a, b, c = np.moveaxis(_turned(some, np.argmax(is_apex, axis=1)), 1, 0)
        high = _turned(its_height[:, :, None], np.argmax(is_apex, axis=1))[:, :, 0]
        on_ab = a + (high[:, 0] / (high[:, 0] - high[:, 1]))[:, None] * (b - a)
        on_ac = a + (high[:, 0] / (high[:, 0] - high[:, 2]))[:, None] * (c - a)
        pieces = [(a, on_ab, on_ac)] if corners == 1 else [(on_ab, b, c), (on_ab, c, on_ac)]
        kept += [np.stack(piece, axis=1) for piece in pieces]
    return np.concatenate(kept)


def _turned(values: Float, first: NDArray[np.int64]) -> Float:
    """(T, 3, C) with the corners in turn, corner `first` (T,) in front."""
    order = (first[:, None] + np.arange(3)) % 3
    return np.take_along_axis(values, order[:, :, None], axis=1)


def _cut_edges(triangles: Float, middles: Float, is_cut: NDArray[np.bool_]) -> Float:
    """Each triangle in two, three or four by the middles of the edges to cut; edge i runs from corner i to the next."""
    count = is_cut.sum(axis=1)
    pieces = [np.zeros((0, 3, 2))]
    for cuts in (1, 2, 3):
        chosen = count == cuts
        # In front: the one edge that is cut, or the one that is not.
        first = np.argmax(is_cut[chosen] if cuts == 1 else ~is_cut[chosen], axis=1)
        a, b, c = np.moveaxis(_turned(triangles[chosen], first), 1, 0)
        ab, bc, ca = np.moveaxis(_turned(middles[chosen], first), 1, 0)
        parts = {
            1: [(a, ab, c), (ab, b, c)],
            2: [(a, b, bc), (a, bc, ca), (ca, bc, c)],
            3: [(a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca)],
        }[cuts]
        pieces += [np.stack(part, axis=1) for part in parts]
    return np.concatenate(pieces)
