"""Convex pieces of a mesh that moves: parts that nest in each other and hang on each other need more than one hull.

The surface is cut along planes, where the mesh has faces of its own first, and neighbouring pieces are joined again as
long as their common hull takes up little more room. So a bracket is two plates, and a solid thing is one hull. No piece
leaves out any of the surface: what keeps clear of the hulls keeps clear of the mesh.

The joining is that of Mamou and Ghorbel, "A simple and efficient approach for 3D mesh approximate convex
decomposition", ICIP 2009, on the cells of a grid.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from synthvis.objects.mesh.mesh import Mesh
from synthvis.scene.collision_shapes import extremes, is_closed, solid_shape, thickened
from synthvis.scene.rigid_bodies import Ball, Hull, Shape

__all__ = ["convex_hulls"]

Float = NDArray[np.float64]

CELLS = 5
"""Cells along the longest side, at most."""
FACE_SHARE = 0.02
"""A plane along the axes that holds that share of the surface is a plane to cut along."""
EXCESS = 0.004
"""A joint hull may take up that much more room than its pieces, as a share of the box around the mesh."""
CONVEX = 1.02
"""A hull that is so many times the volume of a closed mesh is the mesh."""
MAX_POINTS = 300
"""Corners of a hull; more are thinned."""
MAX_CELLS = 250
"""Cells with something in them; a mesh with more is one hull: foliage, a lattice."""


def convex_hulls(mesh: Mesh) -> tuple[Shape, ...]:
    """Balls and hulls that cover a mesh, in its frame; equal meshes (the same object) are cut once."""
    return _pieces_of(mesh)


@lru_cache(maxsize=128)
def _pieces_of(mesh: Mesh) -> tuple[Shape, ...]:
    used = mesh.vertices_m[np.unique(mesh.faces)]
    whole = solid_shape(used)
    triangles = mesh.vertices_m[mesh.faces]
    closed = is_closed(_welded(mesh))
    if isinstance(whole, Ball) or (closed and _hull(used).volume_m3 <= CONVEX * abs(_volume_m3(triangles))):
        return (whole if isinstance(whole, Ball) else _shape(_hull(used)),)
    cells = _cells(triangles, closed=closed)
    if not cells:
        return (whole,)
    budget_m3 = EXCESS * float(np.prod(np.maximum(np.ptp(used, axis=0), 1e-6)))
    return tuple(_shape(piece) for piece in _joined(cells, budget_m3))


@dataclass(frozen=True, slots=True, eq=False)
class _Piece:
    """Corners of a convex hull."""

    points_m: Float
    volume_m3: float


def _hull(points_m: Float) -> _Piece:
    from scipy.spatial import ConvexHull, QhullError

    try:
        hull = ConvexHull(points_m)
    except QhullError:  # in one plane
        return _Piece(extremes(points_m), 0.0)
    return _Piece(points_m[np.sort(hull.vertices)], round(float(hull.volume), 15))


def _shape(piece: _Piece) -> Shape:
    points_m = piece.points_m if len(piece.points_m) <= MAX_POINTS else extremes(piece.points_m)
    return Hull(thickened(points_m))


def _welded(mesh: Mesh) -> NDArray[np.int64]:
    _, same = np.unique(np.round(mesh.vertices_m, 7), axis=0, return_inverse=True)
    corners = same.reshape(-1)[mesh.faces]
    thin = (corners == np.roll(corners, 1, axis=1)).any(axis=1)
    found: NDArray[np.int64] = corners[~thin]
    return found


def _volume_m3(triangles_m: Float) -> float:
    a, b, c = (triangles_m[:, corner] for corner in range(3))
    return float((a * np.cross(b, c)).sum() / 6)


def _cells(triangles_m: Float, *, closed: bool) -> dict[tuple[int, int, int], _Piece]:
    """What of the mesh is in each cell, by place in the grid; cells inside a closed mesh are full.

    Nothing of a mesh with more than `MAX_CELLS`.
    """
    planes = [_planes(triangles_m, axis) for axis in range(3)]
    for axis in range(3):
        for plane_m in planes[axis][1:-1]:
            triangles_m = _cut(triangles_m, axis, plane_m)
    middles = triangles_m.mean(axis=1)
    places = np.stack([np.searchsorted(planes[axis], middles[:, axis]) - 1 for axis in range(3)], axis=1)
    places = np.clip(places, 0, [len(one) - 2 for one in planes])
    found: dict[tuple[int, int, int], _Piece] = {}
    names, which = np.unique(places, axis=0, return_inverse=True)
    if len(names) > MAX_CELLS:
        return {}
    points = _with_inner_corners(triangles_m, planes) if closed else {}
    for number, name in enumerate(names):
        key = (int(name[0]), int(name[1]), int(name[2]))
        own = triangles_m[which.reshape(-1) == number].reshape(-1, 3)
        found[key] = _hull(np.unique(np.round(np.concatenate([own, *points.get(key, [])]), 9), axis=0))
    for key, corners in points.items():
        if key not in found and len(corners) == 8:
            found[key] = _hull(np.concatenate(corners))
    return found


def _planes(triangles_m: Float, axis: int) -> Float:
    """Where to cut along an axis, both ends included: faces first, then evenly."""
    low, high = float(triangles_m[:, :, axis].min()), float(triangles_m[:, :, axis].max())
    largest_m = float(np.ptp(triangles_m.reshape(-1, 3), axis=0).max())
    area = np.linalg.norm(
        np.cross(triangles_m[:, 1] - triangles_m[:, 0], triangles_m[:, 2] - triangles_m[:, 0]), axis=1
    )
    level = np.ptp(triangles_m[:, :, axis], axis=1) < 1e-6 * largest_m
    heights, which = np.unique(np.round(triangles_m[level, 0, axis], 7), return_inverse=True)
    share = np.bincount(which.reshape(-1), area[level], minlength=len(heights)) / area.sum()
    own = [float(height) for height, part in zip(heights, share, strict=True) if part >= FACE_SHARE]
    chosen = [low, *(h for h in own if low + 0.01 * largest_m < h < high - 0.01 * largest_m), high]
    step_m = largest_m / CELLS
    planes: list[float] = []
    for a, b in pairwise(chosen):
        count = max(1, round((b - a) / step_m)) if len(chosen) == 2 else max(1, int((b - a) / step_m))
        planes += [a + (b - a) * number / count for number in range(count)]
    return np.array([*planes, high])


def _cut(triangles_m: Float, axis: int, plane_m: float) -> Float:
    """(F, 3, 3) triangles, those on both sides of a plane in three pieces."""
    beyond = triangles_m[:, :, axis] - plane_m
    beyond[np.abs(beyond) < 1e-9] = 0.0
    crossing = (beyond.min(axis=1) < 0) & (beyond.max(axis=1) > 0)
    cut, over = triangles_m[crossing], beyond[crossing]
    # The corner alone on its side comes first; where one lies in the plane, that side is the one above zero.
    above = over > 0
    alone = np.where(above.sum(axis=1) == 1, above.argmax(axis=1), (over < 0).argmax(axis=1))
    order = (alone[:, None] + np.arange(3)) % 3
    cut = np.take_along_axis(cut, order[:, :, None], axis=1)
    over = np.take_along_axis(over, order, axis=1)
    a, b, c = (cut[:, corner] for corner in range(3))
    on_ab = a + (b - a) * (over[:, 0] / (over[:, 0] - over[:, 1]))[:, None]
    on_ac = a + (c - a) * (over[:, 0] / (over[:, 0] - over[:, 2]))[:, None]
    on_ab[:, axis] = on_ac[:, axis] = plane_m
    pieces = [np.stack(one, axis=1) for one in ((a, on_ab, on_ac), (on_ab, b, c), (on_ab, c, on_ac))]
    return np.concatenate([triangles_m[~crossing], *pieces])


def _with_inner_corners(triangles_m: Float, planes: list[Float]) -> dict[tuple[int, int, int], list[Float]]:
    """Corners of cells that are inside a closed mesh, by cell."""
    counts = [len(one) for one in planes]
    found: dict[tuple[int, int, int], list[Float]] = {}
    shift = 1e-6 * float(np.ptp(triangles_m.reshape(-1, 3), axis=0).max())
    for i in range(1, counts[0] - 1):
        for j in range(1, counts[1] - 1):
            crossed = _crossings(triangles_m, planes[0][i] + 1.37 * shift, planes[1][j] + shift)
            for k in range(1, counts[2] - 1):
                height_m = planes[2][k] + 1.7 * shift
                if not int((crossed > height_m).sum()) % 2:
                    continue
                corner = np.array([[planes[0][i], planes[1][j], planes[2][k]]])
                for a in (i - 1, i):
                    for b in (j - 1, j):
                        for c in (k - 1, k):
                            found.setdefault((a, b, c), []).append(corner)
    return found


def _crossings(triangles_m: Float, x_m: float, y_m: float) -> Float:
    """Heights at which an upright line crosses triangles."""
    low, high = triangles_m[:, :, :2].min(axis=1), triangles_m[:, :, :2].max(axis=1)
    near = (low[:, 0] <= x_m) & (x_m <= high[:, 0]) & (low[:, 1] <= y_m) & (y_m <= high[:, 1])
    a, b, c = (triangles_m[near, corner] for corner in range(3))
    at = np.array([x_m, y_m])
    weights = []
    for first, second in ((b, c), (c, a), (a, b)):
        u, v = first[:, :2] - at, second[:, :2] - at
        weights.append(u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0])
    wa, wb, wc = weights
    total = wa + wb + wc
    inside = (((wa > 0) & (wb > 0) & (wc > 0)) | ((wa < 0) & (wb < 0) & (wc < 0))) & (np.abs(total) > 0)
    height: Float = (wa * a[:, 2] + wb * b[:, 2] + wc * c[:, 2])[inside] / total[inside]
    return height


def _joined(cells: dict[tuple[int, int, int], _Piece], budget_m3: float) -> list[_Piece]:
    """Pieces after neighbours have been joined, the cheapest pair first."""
    names = {key: number for number, key in enumerate(sorted(cells))}
    pieces = {number: cells[key] for key, number in names.items()}
    steps = [(1, 0, 0), (0, 1, 0), (0, 0, 1)]
    pairs: dict[tuple[int, int], tuple[float, _Piece]] = {}
    for key, number in names.items():
        for step in steps:
            other = names.get((key[0] + step[0], key[1] + step[1], key[2] + step[2]))
            if other is not None:
                pairs[number, other] = _together(pieces[number], pieces[other])
    while pairs:
        pair = min(pairs, key=lambda one: (round(pairs[one][0], 12), one))
        cost, both = pairs[pair]
        if cost > budget_m3:
            break
        kept, gone = pair
        pieces[kept] = both
        del pieces[gone]
        touched = {name for other in pairs if set(other) & set(pair) for name in other} - {kept, gone}
        pairs = {other: value for other, value in pairs.items() if not set(other) & set(pair)}
        for name in sorted(touched):
            pairs[min(kept, name), max(kept, name)] = _together(pieces[kept], pieces[name])
    return [pieces[number] for number in sorted(pieces)]


def _together(one: _Piece, other: _Piece) -> tuple[float, _Piece]:
    both = _hull(np.concatenate([one.points_m, other.points_m]))
    return both.volume_m3 - one.volume_m3 - other.volume_m3, both
