"""Convex shapes of meshes, for physics: one for what moves, many small ones for what stands and may be hollow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from synthvis.objects.mesh.mesh import Mesh
from synthvis.scene.physics import Ball, Box, Hull, Shape

__all__ = ["box_shape", "extremes", "hollow_shapes", "is_closed", "solid_shape", "thickened"]

Float = NDArray[np.float64]

ROUND = 0.015
"""A hull whose points are that near to a sphere, over its radius, is a ball: as a hull it would roll on its facets."""
CONVEX = 0.03
"""A part whose points stick out of the planes of its faces by at most that share of its size is convex."""
BLOCKS = 6
"""Blocks along the longest side of a hollow part; what lies in a block becomes one hull."""
THICK = 0.02
"""Thickness of a sheet, as a share of the size of its block."""
THIN_M = 0.0005
"""What is flatter than that gets a thickness: a hull needs one."""


def _directions(points: int) -> Float:
    """(N, 3) directions all over the sphere: from the centre of a cube to the points of a grid on its faces."""
    steps = np.linspace(-1.0, 1.0, points)
    grid = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(-1, 3)
    outer = grid[np.abs(grid).max(axis=1) == 1.0]
    found: Float = outer / np.linalg.norm(outer, axis=1, keepdims=True)
    return found


FINE, COARSE = _directions(11), _directions(5)
"""602 directions for what moves and 98 for a piece of what stands: a hull keeps the point that reaches farthest in
each, and is too small by half a percent or by two in between."""


def solid_shape(points_m: Float) -> Shape:
    """The convex shape around (N, 3) points: a ball where they lie on one, else a hull of at most 602 of them."""
    low, high = points_m.min(axis=0), points_m.max(axis=0)
    middle = (low + high) / 2
    away = np.linalg.norm(points_m - middle, axis=1)
    radius = float((high - low).mean() / 2)
    corners = extremes(points_m, FINE)
    reach = np.linalg.norm(corners - middle, axis=1)
    if len(points_m) >= 40 and away.max() <= radius * (1 + ROUND) and reach.min() >= radius * (1 - ROUND):
        return Ball(round(radius, 6), (float(middle[0]), float(middle[1]), float(middle[2])))
    return Hull(thickened(corners))


def hollow_shapes(meshes: Sequence[Mesh], most: int = 80) -> tuple[Shape, ...]:
    """Hulls that together follow the surface of meshes: each connected part that is convex, and else its pieces.

    Args:
        meshes: In one frame.
        most: Hulls at most; with more pieces the blocks grow.
    """
    parts = [part for mesh in meshes for part in _parts(mesh.vertices_m, mesh.faces)]
    for blocks in range(BLOCKS, 0, -1):
        shapes = tuple(shape for part in parts for shape in _hulls_of_part(*part, blocks))
        if len(shapes) <= most:
            return shapes
    return (solid_shape(np.concatenate([mesh.vertices_m for mesh in meshes])),)


def box_shape(points_m: Float) -> Box:
    """The box around (N, 3) points along the axes of their frame."""
    low, high = points_m.min(axis=0), points_m.max(axis=0)
    half, middle = np.maximum((high - low) / 2, THIN_M), (low + high) / 2
    return Box((float(half[0]), float(half[1]), float(half[2])), (float(middle[0]), float(middle[1]), float(middle[2])))


def extremes(points_m: Float, directions: Float = COARSE) -> Float:
    """The points that reach farthest in each direction."""
    # Products and sums one by one: a matrix product rounds by CPU, and symmetric meshes have many equals.
    x, y, z = (points_m[:, [axis]] * directions[:, axis] for axis in range(3))
    chosen = np.unique(np.round(x + y + z, 9).argmax(axis=0))
    corners: Float = points_m[chosen]
    return corners


def thickened(points_m: Float) -> Float:
    """The points, or for a flat sheet the points of both its sides."""
    centred = points_m - points_m.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False) if len(points_m) >= 3 else (0, 0, np.eye(3))
    spans = np.ptp(centred @ axes.T, axis=0)
    missing = [axis for axis, span in zip(axes, spans, strict=True) if span < THIN_M]
    for axis in missing:
        points_m = np.concatenate([points_m + THIN_M / 2 * axis, points_m - THIN_M / 2 * axis])
    return points_m


def _parts(vertices_m: Float, faces: NDArray[np.int32]) -> list[tuple[Float, NDArray[np.int64]]]:
    """Connected parts; vertices at one place are one vertex."""
    places, same = np.unique(np.round(vertices_m, 6), axis=0, return_inverse=True)
    corners = same.reshape(-1)[faces]
    label = np.arange(len(places))
    while True:
        lowest = label[corners].min(axis=1)
        spread = label.copy()
        np.minimum.at(spread, corners.ravel(), np.repeat(lowest, 3))
        spread = spread[spread]
        if (spread == label).all():
            break
        label = spread
    of_face = label[corners[:, 0]]
    return [(places, corners[of_face == name]) for name in np.unique(of_face)]


def _hulls_of_part(places_m: Float, corners: NDArray[np.int64], blocks: int) -> Iterator[Shape]:
    used = places_m[np.unique(corners)]
    size = float(np.ptp(used, axis=0).max())
    if blocks == 1 or (is_closed(corners) and _sticks_out(places_m, corners) <= CONVEX * size):
        yield Hull(thickened(extremes(used)))
        return
    middles = places_m[corners].mean(axis=1)
    key = np.floor((middles - used.min(axis=0)) / (size / blocks + 1e-9)).astype(int)
    _, cell = np.unique(key, axis=0, return_inverse=True)
    normals = np.cross(
        places_m[corners[:, 1]] - places_m[corners[:, 0]], places_m[corners[:, 2]] - places_m[corners[:, 0]]
    )
    for number in range(int(cell.max()) + 1):
        inside = cell.reshape(-1) == number
        points = places_m[np.unique(corners[inside])]
        inward = -normals[inside].sum(axis=0)
        length = float(np.linalg.norm(inward))
        if length > 0:
            points = np.concatenate([points, points + THICK * size / blocks / length * inward])
        yield Hull(thickened(extremes(points)))


def is_closed(corners: NDArray[np.int64]) -> bool:
    """Whether every edge belongs to two faces."""
    edges = np.sort(np.concatenate([corners[:, (0, 1)], corners[:, (1, 2)], corners[:, (2, 0)]]), axis=1)
    _, counts = np.unique(edges, axis=0, return_counts=True)
    return bool((counts > 1).all())


def _sticks_out(places_m: Float, corners: NDArray[np.int64]) -> float:
    """How far any of its points lies outside the plane of any of its faces, metres; 0: convex."""
    a, b, c = (places_m[corners[:, number]] for number in range(3))
    normals = np.cross(b - a, c - a)
    length = np.linalg.norm(normals, axis=1)
    large = length > 1e-12
    normals = normals[large] / length[large, None]
    step = max(1, len(normals) // 200)
    normals, a = normals[::step], a[large][::step]
    corners_m = extremes(places_m[np.unique(corners)])
    outside = corners_m @ normals.T - (a * normals).sum(axis=1)
    return float(outside.max(initial=0.0))
