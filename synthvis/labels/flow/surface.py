"""Where points on a surface go when the surface changes its shape and keeps its faces: a person who walks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

__all__ = ["carried_points"]

Float = NDArray[np.float64]
Index = NDArray[np.int64]

SPACING_M = 0.04
"""Large faces are looked for by several of their points, so far apart."""
MAX_POINTS = 12
"""A side of a face."""
NEIGHBOURS = 12


def carried_points(points_m: Float, vertices_m: Float, later_m: Float, faces: NDArray[np.int32]) -> Float:
    """(N, 3) places of points on or near a surface after it has changed.

    A point goes with the face that is nearest to it: it keeps its barycentric coordinates and its distance.

    Args:
        points_m: (N, 3) points.
        vertices_m: (V, 3) vertices of the surface.
        later_m: (V, 3) the same vertices after the change.
        faces: (F, 3) vertices of each face.
    """
    face, weights = _nearest(points_m, vertices_m, faces)
    before, after = vertices_m[faces[face]], later_m[faces[face]]
    off_m = points_m - np.einsum("nk,nkj->nj", weights, before)
    here, there = _frames(before), _frames(after)
    carried: Float = np.einsum("nk,nkj->nj", weights, after)
    carried += np.einsum("nij,nj->ni", there, np.einsum("nji,nj->ni", here, off_m))
    return carried


def _nearest(points_m: Float, vertices_m: Float, faces: NDArray[np.int32]) -> tuple[Index, Float]:
    """(N,) the nearest face of each point, and (N, 3) barycentric coordinates of the nearest place on it."""
    samples_m, owners = _samples(vertices_m, faces)
    _, near = cKDTree(samples_m).query(points_m, k=min(NEIGHBOURS, len(samples_m)))
    candidates = owners[np.asarray(near).reshape(len(points_m), -1)]
    corners = vertices_m[faces[candidates]]
    weights = _closest(points_m[:, None], corners)
    away = np.linalg.norm(points_m[:, None] - np.einsum("nck,nckj->ncj", weights, corners), axis=2)
    best = away.argmin(axis=1)
    rows = np.arange(len(points_m))
    return candidates[rows, best], weights[rows, best]


def _samples(vertices_m: Float, faces: NDArray[np.int32]) -> tuple[Float, Index]:
    """Points on the faces, more on large ones, and the face of each."""
    corners = vertices_m[faces]
    longest_m = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2).max(axis=1)
    sides = np.clip(np.ceil(longest_m / SPACING_M), 1, MAX_POINTS).astype(np.int64)
    points, owners = [], []
    for side in np.unique(sides):
        chosen = np.flatnonzero(sides == side)
        i, j = (axis.ravel() for axis in np.meshgrid(np.arange(side), np.arange(side)))
        first, second = ((axis[i + j < side] + 1 / 3) / side for axis in (i, j))
        weights = np.stack([1 - first - second, first, second], axis=1)
        points.append(np.einsum("wk,fkj->fwj", weights, corners[chosen]).reshape(-1, 3))
        owners.append(np.repeat(chosen, len(weights)))
    return np.concatenate(points), np.concatenate(owners)


def _closest(points_m: Float, corners_m: Float) -> Float:
    """(..., 3) barycentric coordinates of the place on each (..., 3, 3) triangle that is nearest to a point.

    The cases of Ericson, "Real-Time Collision Detection" (2005), section 5.1.5: inside, or else on the nearest edge.
    """
    a, b, c = (corners_m[..., corner, :] for corner in range(3))
    ab, ac, ap = b - a, c - a, points_m - a
    d00, d01, d11 = (_dot(ab, ab), _dot(ab, ac), _dot(ac, ac))
    d20, d21 = _dot(ap, ab), _dot(ap, ac)
    scale = np.maximum(d00 * d11 - d01 * d01, 1e-30)
    v, w = (d11 * d20 - d01 * d21) / scale, (d00 * d21 - d01 * d20) / scale
    inside = np.stack([1 - v - w, v, w], axis=-1)
    best, best_m = inside, np.where((inside >= 0).all(axis=-1), 0.0, np.inf)
    for start, end in ((0, 1), (1, 2), (2, 0)):
        first, way = corners_m[..., start, :], corners_m[..., end, :] - corners_m[..., start, :]
        share = np.clip(_dot(points_m - first, way) / np.maximum(_dot(way, way), 1e-30), 0.0, 1.0)
        away_m = np.linalg.norm(points_m - first - share[..., None] * way, axis=-1)
        on_edge = np.zeros_like(inside)
        on_edge[..., start], on_edge[..., end] = 1 - share, share
        nearer = away_m < best_m
        best, best_m = np.where(nearer[..., None], on_edge, best), np.where(nearer, away_m, best_m)
    return np.asarray(best)


def _frames(corners_m: Float) -> Float:
    """(N, 3, 3) an orthonormal frame of each triangle: its first edge, across it, its normal; the columns."""
    along = _unit(corners_m[:, 1] - corners_m[:, 0])
    normal = _unit(np.cross(along, corners_m[:, 2] - corners_m[:, 0]))
    return np.stack([along, np.cross(normal, along), normal], axis=2)


def _unit(vectors: Float) -> Float:
    found: Float = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return found


def _dot(one: Float, other: Float) -> Float:
    found: Float = np.einsum("...j,...j->...", one, other)
    return found
