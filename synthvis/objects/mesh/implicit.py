"""Closed skins of solids that are given by a distance: limbs that flow into a trunk, cloth that is cut at its hem.

A solid is a function from (N, 3) points, metres, to (N,) distances, negative inside. The distance may be an estimate
as long as it does not grow much faster than the way; then `skin_of` finds the surface while it looks at few points.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synthvis.objects.mesh.meshes import Part

__all__ = ["Solid", "ellipsoid_distance_m", "lengths_m", "meet", "round_cone_distance_m", "skin_of", "union"]

Float = NDArray[np.float64]
Solid = Callable[[Float], Float]

BLOCK = 4
"""Cells a side of the blocks that are looked at whole or not at all."""
STEEPEST = 1.6
"""No distance grows faster than this times the way."""
REPAIRS = 12


def lengths_m(vectors_m: Float) -> Float:
    """(N,) lengths of (N, 3) vectors: `np.linalg.norm` to the last bit, without its slow sum over a short axis."""
    x, y, z = vectors_m.T
    lengths: Float = np.sqrt(x * x + y * y + z * z)
    return lengths


def union(one_m: Float, other_m: Float, blend_m: ArrayLike) -> Float:
    """Distance from two solids that flow into each other over about `blend_m`.

    The cubic smooth minimum of Quilez ("Smooth minimum", iquilezles.org, 2013); `blend_m` may differ by point.
    """
    width = np.maximum(np.asarray(blend_m, dtype=np.float64), 1e-6)
    share = np.maximum(width - np.abs(one_m - other_m), 0.0) / width
    # Not `share**3`, which calls the power function for each number.
    joined: Float = np.minimum(one_m, other_m) - share * share * share * width / 6
    return joined


def meet(one_m: Float, other_m: Float, blend_m: ArrayLike) -> Float:
    """Distance from what is in both of two solids, its edges rounded over about `blend_m`."""
    return -union(-one_m, -other_m, blend_m)


def ellipsoid_distance_m(points_m: Float, centre_m: ArrayLike, radii_m: ArrayLike) -> Float:
    """Distance from an ellipsoid with axes along x, y and z, exact on its surface and estimated off it.

    The value of the form over the length of its gradient, as Quilez has it ("Ellipsoid distance estimation", 2008).
    """
    radii = np.asarray(radii_m, dtype=np.float64)
    away = (points_m - np.asarray(centre_m, dtype=np.float64)) / radii
    value, slope = lengths_m(away), lengths_m(away / radii)
    distance: Float = value * (value - 1) / np.maximum(slope, 1e-9)
    return np.where(value < 1e-6, -radii.min(), distance)


def round_cone_distance_m(
    points_m: Float, start_m: ArrayLike, end_m: ArrayLike, start_radius_m: float, end_radius_m: float
) -> Float:
    """Distance from a limb between two balls, its thickness taken across its axis."""
    start = np.asarray(start_m, dtype=np.float64)
    way = np.asarray(end_m, dtype=np.float64) - start
    away = points_m - start
    along = np.clip(away @ way / max(float(way @ way), 1e-12), 0.0, 1.0)
    return lengths_m(away - along[:, None] * way) - (start_radius_m + along * (end_radius_m - start_radius_m))


def skin_of(slot: str, solid: Solid, low_m: ArrayLike, high_m: ArrayLike, step_m: float) -> Part:
    """The closed skin of a solid, of triangles about `step_m` in size.

    Surface nets (Gibson, "Constrained elastic surface nets", 1998): one vertex in each cell that the surface crosses,
    in the middle of where it crosses the cell's edges, then drawn onto the surface along its slope.

    Args:
        slot: Name of the surface.
        solid: Its distance.
        low_m: (3,) corner of a box.
        high_m: (3,) opposite corner; what of the solid is beyond the box is cut off.
        step_m: Side of a cell.

    Raises:
        ValueError: No part of the solid is in the box.
    """
    low = np.asarray(low_m, dtype=np.float64) - 1.5 * step_m
    blocks = np.ceil((np.asarray(high_m, dtype=np.float64) + 1.5 * step_m - low) / (BLOCK * step_m)).astype(int)
    values = _sampled(solid, low, blocks, step_m)
    values[[0, -1]], values[:, [0, -1]], values[:, :, [0, -1]] = step_m, step_m, step_m
    _make_plain(values, step_m)
    corners, quads = _net(values)
    if not len(quads):
        raise ValueError("nothing of the solid is in the box")
    vertices = _settled(solid, low + corners * step_m, step_m)
    return Part(slot=slot, vertices_m=vertices, faces=_triangles(vertices, quads))


def _sampled(solid: Solid, low: Float, blocks: NDArray[np.int_], step_m: float) -> Float:
    """Distances at the nodes of a grid; far from the surface only their signs are right."""
    middles = np.stack(np.meshgrid(*(np.arange(count) for count in blocks), indexing="ij"), axis=-1).reshape(-1, 3)
    half = (BLOCK - 1) / 2
    rough = solid(low + (middles * BLOCK + half) * step_m)
    near = np.abs(rough) < STEEPEST * np.sqrt(3) * (half + 1.0) * step_m
    grid = np.repeat(rough[:, None], BLOCK**3, axis=1)
    inner = np.stack(np.meshgrid(*[np.arange(BLOCK)] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
    nodes = middles[near][:, None] * BLOCK + inner
    grid[near] = solid(low + nodes.reshape(-1, 3) * step_m).reshape(-1, BLOCK**3)
    shape = (*blocks, BLOCK, BLOCK, BLOCK)
    return np.ascontiguousarray(grid.reshape(shape).transpose(0, 3, 1, 4, 2, 5)).reshape(blocks * BLOCK)


def _make_plain(values: Float, step_m: float) -> None:
    """Fill nodes until no face of a cell has its inner corners across from each other: there two sheets would touch."""
    axes = ((0, 1), (0, 2), (1, 2))
    for _ in range(REPAIRS):
        inside = values < 0
        found = np.zeros_like(inside)
        for first, second in axes:
            a, b, c, d = (_window(inside, first, second, i, j) for i, j in ((0, 0), (0, 1), (1, 0), (1, 1)))
            crossed = (a == d) & (b == c) & (a != b)
            for i, j in ((0, 0), (0, 1), (1, 0), (1, 1)):
                _window(found, first, second, i, j)[...] |= crossed
        found &= ~inside
        if not found.any():
            return
        values[found] = -1e-3 * step_m
        values[[0, -1]], values[:, [0, -1]], values[:, :, [0, -1]] = step_m, step_m, step_m


def _window(grid: NDArray[np.bool_], first: int, second: int, i: int, j: int) -> NDArray[np.bool_]:
    index = [slice(None)] * 3
    index[first] = slice(i, grid.shape[first] - 1 + i)
    index[second] = slice(j, grid.shape[second] - 1 + j)
    return grid[tuple(index)]


def _net(values: Float) -> tuple[Float, NDArray[np.int64]]:
    """(V, 3) vertices in cells and (Q, 4) quads around the edges that the surface crosses."""
    shape = values.shape
    strides = np.array([shape[1] * shape[2], shape[2], 1])
    flat, inside = values.reshape(-1), values < 0
    crossings = []
    for axis in range(3):
        nodes = np.argwhere(np.diff(inside, axis=axis))
        index = nodes @ strides
        places = nodes.astype(np.float64)
        places[:, axis] += flat[index] / (flat[index] - flat[index + strides[axis]])
        u, v = strides[(axis + 1) % 3], strides[(axis + 2) % 3]
        crossings.append((places, np.stack([index, index - u, index - u - v, index - v], axis=1)))
    # Few cells hold any of the surface; sums are made for them alone.
    holds = np.zeros(len(flat), dtype=bool)
    for _, cells in crossings:
        holds[cells] = True
    number, count = np.cumsum(holds) - 1, int(holds.sum())
    total, crossed, quads = np.zeros((count, 3)), np.zeros(count), []
    for places, cells in crossings:
        numbered = number[cells]
        for column in numbered.T:
            for coordinate in range(3):
                total[:, coordinate] += np.bincount(column, places[:, coordinate], count)
            crossed += np.bincount(column, minlength=count)
        outwards = inside.reshape(-1)[cells[:, :1]]
        quads.append(np.where(outwards, numbered, numbered[:, ::-1]))
    return total / crossed[:, None], np.concatenate(quads)


def _settled(solid: Solid, points_m: Float, step_m: float) -> Float:
    """Points drawn onto the surface, by a quarter of a cell at most."""
    reach = 0.1 * step_m
    distance = solid(points_m)
    slope = np.stack([solid(points_m + reach * axis) - distance for axis in np.eye(3)], axis=1) / reach
    way = -distance[:, None] * slope / np.maximum((slope**2).sum(axis=1), 0.25)[:, None]
    share = np.minimum(1.0, 0.25 * step_m / np.maximum(lengths_m(way), 1e-12))
    settled: Float = points_m + way * share[:, None]
    return settled


def _triangles(vertices: Float, quads: NDArray[np.int64]) -> NDArray[np.int32]:
    """Two triangles a quad, parted along its shorter diagonal."""
    a, b, c, d = quads.T
    first = lengths_m(vertices[a] - vertices[c]) <= lengths_m(vertices[b] - vertices[d])
    one = np.where(first[:, None], quads[:, [0, 1, 2]], quads[:, [0, 1, 3]])
    two = np.where(first[:, None], quads[:, [0, 2, 3]], quads[:, [1, 2, 3]])
    faces: NDArray[np.int32] = np.concatenate([one, two]).astype(np.int32)
    return faces
