"""Pieces furniture is made of: beams, boards, cushions, pillows and sheets, each closed by index.

Furniture faces +x, its left is +y. Every piece carries the attributes of `grained`, which let the surface "timber" run
the grain along it and give each board its own tone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synthvis.objects.mesh.meshes import Part, loft, revolve

__all__ = [
    "beam",
    "board",
    "copies",
    "curved",
    "cushion",
    "grained",
    "grounded",
    "oval",
    "pillow",
    "rectangle",
    "rod",
    "sheet",
    "sweep",
    "turned",
]

Float = NDArray[np.float64]

_CORNERS = np.array([(1, -1), (1, 1), (1, 1), (-1, 1), (-1, 1), (-1, -1), (-1, -1), (1, -1)], dtype=np.float64)
_CUT = np.array([(0, 1), (0, 1), (1, 0), (1, 0), (0, 1), (0, 1), (1, 0), (1, 0)], dtype=np.float64)


def grained(part: Part, direction: ArrayLike) -> Part:
    """The part with texture coordinates along and across `direction`, cut from its own place of the trunk."""
    x, y, z = (float(value) for value in np.asarray(direction, dtype=np.float64))
    length = math.sqrt(x * x + y * y + z * z)
    x, y, z = x / length, y / length, z / length
    # Any unit vector across will do; the lesser of two axes is never along.
    ax, ay = (0.0, 1.0) if abs(y) < 0.8 else (1.0, 0.0)
    lean = x * ax + y * ay
    px, py, pz = ax - lean * x, ay - lean * y, -lean * z
    norm = math.sqrt(px * px + py * py + pz * pz)
    px, py, pz = px / norm, py / norm, pz / norm
    axes = np.array([(x, y, z), (px, py, pz), (y * pz - z * py, z * px - x * pz, x * py - y * px)])
    first = part.vertices_m[0]
    luck = math.sin(float(first[0]) * 127.1 + float(first[1]) * 311.7 + float(first[2]) * 74.7 + len(first)) * 43758.5
    luck -= math.floor(luck)
    along, across, deep = axes @ part.vertices_m.T + luck * 7.0
    tone = np.full(len(along), luck)
    extra = {"grain_along": along, "grain_across": across, "grain_deep": deep, "tone": tone}
    return replace(part, attributes=extra)


@lru_cache(maxsize=64)
def _skin_faces(ring_count: int, segments: int) -> NDArray[np.int32]:
    faces = loft("", np.zeros((ring_count, segments, 3))).faces
    faces.flags.writeable = False
    return faces


def _capped(rings: Float) -> Float:
    """The points of rings and the middles of the first and the last one."""
    return np.concatenate([rings.reshape(-1, 3), rings[:1].mean(axis=1), rings[-1:].mean(axis=1)])


def _skinned(slot: str, rings: Float, start: Float, end: Float, direction: ArrayLike) -> Part:
    """`meshes.loft` without its attributes: furniture has dozens of bars, and most are alike in their faces."""
    vertices = np.concatenate([rings.reshape(-1, 3), start[None], end[None]])
    return grained(Part(slot=slot, vertices_m=vertices, faces=_skin_faces(*rings.shape[:2])), direction)


def _frames(curve: Float, up: ArrayLike | None) -> tuple[Float, Float]:
    """Side and over at each point of a curve: over leans towards `up`, by default z, or x on an upright curve."""
    tangent = np.empty_like(curve)
    tangent[1:-1] = curve[2:] - curve[:-2]
    tangent[0], tangent[-1] = curve[1] - curve[0], curve[-1] - curve[-2]
    tangent /= np.sqrt(np.einsum("ij,ij->i", tangent, tangent))[:, None]
    if up is None:
        chord = curve[-1] - curve[0]
        up = (1.0, 0.0, 0.0) if abs(chord[2]) > 0.7 * math.sqrt(float(chord @ chord)) else (0.0, 0.0, 1.0)
    towards = np.asarray(up, dtype=np.float64)
    over = towards - (tangent @ towards)[:, None] * tangent
    over /= np.sqrt(np.einsum("ij,ij->i", over, over))[:, None]
    side = np.empty_like(over)
    for k in range(3):
        a, b = (k + 1) % 3, (k + 2) % 3
        side[:, k] = over[:, a] * tangent[:, b] - over[:, b] * tangent[:, a]
    return side, over


def sweep(
    slot: str,
    curve_m: ArrayLike,
    width_m: ArrayLike,
    depth_m: ArrayLike,
    *,
    up: ArrayLike | None = None,
    bevel_m: float = 0.003,
) -> Part:
    """A bar of rectangular section with cut edges along a curve.

    Args:
        slot: Name of the surface.
        curve_m: (R, 3) centre line.
        width_m: Scalar or (R,), across `up`: the level extent of a level bar, the y extent of an upright one.
        depth_m: Scalar or (R,), along `up`: the upright extent of a level bar, the x extent of an upright one.
        up: Rough direction of the depth.
        bevel_m: Width of the cut edges.
    """
    curve = np.asarray(curve_m, dtype=np.float64)
    side, over = _frames(curve, up)
    half = np.empty((len(curve), 1, 2))
    half[:, 0, 0], half[:, 0, 1] = np.asarray(width_m) / 2, np.asarray(depth_m) / 2
    bevel = min(bevel_m, 0.4 * float(half.min()))
    flat = _CORNERS * (half - bevel * _CUT)
    rings = curve[:, None] + flat[..., :1] * side[:, None] + flat[..., 1:] * over[:, None]
    return _skinned(slot, rings, curve[0], curve[-1], curve[-1] - curve[0])


def beam(
    slot: str,
    start_m: Sequence[float],
    end_m: Sequence[float],
    width_m: float,
    depth_m: float,
    *,
    taper: float = 1.0,
    up: ArrayLike | None = None,
    bevel_m: float = 0.003,
) -> Part:
    """A straight bar, `taper` times as thick at its end; see `sweep` for width and depth."""
    share = np.array([1.0, taper])
    return sweep(slot, (start_m, end_m), width_m * share, depth_m * share, up=up, bevel_m=bevel_m)


def rod(slot: str, curve_m: ArrayLike, radius_m: ArrayLike, segments: int = 8, *, up: ArrayLike | None = None) -> Part:
    """A round bar along a curve; the radius is a scalar or (R,)."""
    curve = np.asarray(curve_m, dtype=np.float64)
    side, over = _frames(curve, up)
    angle = np.arange(segments) / segments * 2 * np.pi
    radius = np.broadcast_to(np.asarray(radius_m, dtype=np.float64), (len(curve),))[:, None, None]
    rings = curve[:, None] + radius * (
        np.cos(angle)[None, :, None] * side[:, None] + np.sin(angle)[None, :, None] * over[:, None]
    )
    return _skinned(slot, rings, curve[0], curve[-1], curve[-1] - curve[0])


def turned(slot: str, radius_m: ArrayLike, height_m: ArrayLike, segments: int = 14) -> Part:
    """A piece from the lathe about the z axis, its profile walked upwards; its ends are closed flat."""
    radius, height = np.asarray(radius_m, dtype=np.float64), np.asarray(height_m, dtype=np.float64)
    return grained(revolve(slot, radius, height, segments), (0.0, 0.0, 1.0))


def curved(points_m: ArrayLike, count: int) -> Float:
    """`count` points on a smooth curve through (P, 3) points (Catmull-Rom)."""
    points = np.asarray(points_m, dtype=np.float64)
    padded = np.concatenate([2 * points[:1] - points[1:2], points, 2 * points[-1:] - points[-2:-1]])
    at = np.linspace(0, len(points) - 1, count)
    row = np.minimum(at.astype(int), len(points) - 2)
    t = (at - row)[:, None]
    a, b, c, d = (padded[row + k] for k in range(4))
    found: Float = b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))
    return found


@lru_cache(maxsize=32)
def _round_corners(per_corner: int, edges: int) -> tuple[Float, Float]:
    """(N, 2) signs and unit normals: half sizes h and a radius r make the points signs * (h - r) + normals * r."""
    turn = np.linspace(0, np.pi / 2, per_corner)
    angles = turn + np.arange(4)[:, None] * np.pi / 2
    normals = np.stack([np.cos(angles), np.sin(angles)], axis=2)
    signs = np.repeat(np.array([(1, 1), (-1, 1), (-1, -1), (1, -1)], dtype=np.float64)[:, None], per_corner, axis=1)
    share = np.arange(1, edges + 1)[:, None] / (edges + 1)
    found = []
    for table in (signs, normals):
        spans = table[:, -1:] + share * (np.roll(table, -1, axis=0)[:, :1] - table[:, -1:])
        found.append(np.concatenate([table, spans], axis=1).reshape(-1, 2))
    return found[0], found[1]


def rectangle(size_x_m: float, size_y_m: float, corner_m: float, per_corner: int = 4, edges: int = 0) -> Float:
    """(N, 2) outline with round corners, counter-clockwise, with `edges` further points on every side."""
    corner_m = min(corner_m, 0.499 * size_x_m, 0.499 * size_y_m)
    signs, normals = _round_corners(per_corner, edges)
    return np.asarray(signs * (size_x_m / 2 - corner_m, size_y_m / 2 - corner_m) + corner_m * normals)


def oval(size_x_m: float, size_y_m: float, count: int = 32, power: float = 2.0) -> Float:
    """(count, 2) outline of a (super)ellipse."""
    angle = np.arange(count) / count * 2 * np.pi
    c, s = np.cos(angle), np.sin(angle)
    shape = np.stack([np.sign(c) * np.abs(c) ** (2 / power), np.sign(s) * np.abs(s) ** (2 / power)], axis=1)
    return np.asarray(shape * (size_x_m / 2, size_y_m / 2))


def board(
    slot: str,
    outline_m: Float,
    low_m: float,
    high_m: float,
    *,
    bevel_m: float = 0.004,
    grain: Sequence[float] = (0.0, 1.0, 0.0),
) -> Part:
    """A level plate over an outline seen whole from its centre, with cut edges."""
    center = outline_m.mean(axis=0)
    bevel = min(bevel_m, 0.45 * (high_m - low_m))
    away = outline_m - center
    reach = np.sqrt(np.einsum("ij,ij->i", away, away))[:, None]
    inner = center + away * (1 - bevel / reach)
    rows = ((inner, low_m), (outline_m, low_m + bevel), (outline_m, high_m - bevel), (inner, high_m))
    rings = np.stack([np.column_stack([row, np.full(len(row), z)]) for row, z in rows])
    return _skinned(slot, rings, rings[0].mean(axis=0), rings[-1].mean(axis=0), grain)


def cushion(
    slot: str,
    size_m: Sequence[float],
    *,
    edge_m: float,
    crown_m: float = 0.0,
    corner_m: float | None = None,
    bulge_m: float = 0.0,
    per_corner: int = 3,
) -> Part:
    """A soft block about the z axis from z = 0 up.

    Args:
        slot: Name of the surface.
        size_m: (3,) extents.
        edge_m: Radius of the edges at top and bottom.
        crown_m: Rise of the middle of the top.
        corner_m: Radius of the corners in plan, by default that of the edges.
        bulge_m: How far the middles of the sides swell.
        per_corner: Points on a corner.
    """
    size_x, size_y, height = size_m
    edge = min(edge_m, 0.49 * height)
    least = 0.5 * min(size_x, size_y)
    corner = min(edge if corner_m is None else corner_m, 0.98 * least)
    insets = np.array([1.0, 0.29, 0.0, 0.0, 0.29, 1.0]) * min(edge, 0.6 * least)
    levels = np.array([0.0, 0.29 * edge, edge, height - edge, height - 0.29 * edge, height, height, height])
    insets = np.append(insets, insets[-1] + np.array([0.35, 0.75]) * (least - insets[-1]))[:, None, None]
    signs, normals = _round_corners(per_corner, 2)
    # A corner stays round while the outline shrinks, but no rounder than the outline has room for.
    radius = np.minimum(np.maximum(corner - insets, 0.2 * corner), 0.98 * (least - insets))
    rings = np.empty((len(insets), len(signs), 3))
    rings[..., :2] = signs * (np.array([size_x / 2, size_y / 2]) - insets - radius) + radius * normals
    rings[..., 2] = levels[:, None]
    part = Part(slot=slot, vertices_m=_capped(rings), faces=_skin_faces(*rings.shape[:2]))
    x, y, z = part.vertices_m.T
    dome_x, dome_y = 1 - (2 * x / size_x) ** 2, 1 - (2 * y / size_y) ** 2
    lift = crown_m * np.clip(dome_x, 0, 1) * np.clip(dome_y, 0, 1) * (z / height)
    swell = bulge_m * np.sin(np.pi * z / height)
    vertices = np.stack(
        [x * (1 + 2 * swell * dome_y / size_x), y * (1 + 2 * swell * dome_x / size_y), z + lift], axis=1
    )
    return grained(replace(part, vertices_m=vertices), (0.0, 1.0, 0.0))


def pillow(slot: str, size_x_m: float, size_y_m: float, thick_m: float, *, power: float = 5.0) -> Part:
    """A pillow that lies about the origin: full in the middle, pinched at its corners, its sides drawn in."""
    angle = np.arange(20) / 20 * 2 * np.pi
    c, s = np.abs(np.cos(angle)), np.abs(np.sin(angle))
    reach = (c**power + s**power) ** (-1 / power)
    reach = reach * (1 - 0.05 * np.cos(2 * angle) ** 2)
    plan = np.stack([reach * np.cos(angle) * size_x_m / 2, reach * np.sin(angle) * size_y_m / 2], axis=1)
    share = np.array([0.3, 0.62, 0.86, 0.97, 1.0, 0.97, 0.86, 0.62, 0.3])
    side = np.array([-1, -1, -1, -1, 0, 1, 1, 1, 1])
    height = side * thick_m / 2 * (1 - share**2.4) ** 0.62
    rings = np.concatenate(
        [plan[None] * share[:, None, None], np.broadcast_to(height[:, None, None], (9, 20, 1))], axis=2
    )
    ends = [(0.0, 0.0, sign * thick_m / 2) for sign in (-1, 1)]
    return grained(loft(slot, rings, start_m=ends[0], end_m=ends[1]), (0.0, 1.0, 0.0))


def sheet(slot: str, grid_m: Float, thick_m: float) -> Part:
    """A thick sheet: (U, V, 3) points of its outer side, whose normal is that of u cross v, and as many within.

    The attributes "along" (0..1 over u) and "across" (-1..1 over v) go with it.
    """
    rows, columns = grid_m.shape[:2]
    du, dv = np.gradient(grid_m, axis=0), np.gradient(grid_m, axis=1)
    normal = np.cross(du, dv)
    normal /= np.linalg.norm(normal, axis=2, keepdims=True)
    inner = grid_m - thick_m * normal
    count = rows * columns
    a = (np.arange(rows - 1)[:, None] * columns + np.arange(columns - 1)).reshape(-1)
    b, c, d = a + columns, a + columns + 1, a + 1
    outer = np.concatenate([np.stack([a, b, c], axis=1), np.stack([a, c, d], axis=1)])
    index = np.arange(count).reshape(rows, columns)
    # Once around the rim, against the sense of the outer faces' edges.
    rim = np.concatenate([index[0, :-1], index[:-1, -1], index[-1, :0:-1], index[:0:-1, 0]])
    after = np.roll(rim, -1)
    walls = np.concatenate(
        [np.stack([rim, after, after + count], axis=1), np.stack([rim, after + count, rim + count], axis=1)]
    )
    faces = np.concatenate([outer, outer[:, ::-1] + count, walls]).astype(np.int32)
    part = grained(
        Part(slot=slot, vertices_m=np.concatenate([grid_m.reshape(-1, 3), inner.reshape(-1, 3)]), faces=faces),
        (0.0, 1.0, 0.0),
    )
    along = np.repeat(np.linspace(0, 1, rows), columns)
    across = np.tile(np.linspace(-1, 1, columns), rows)
    return replace(part, attributes={**part.attributes, "along": np.tile(along, 2), "across": np.tile(across, 2)})


def grounded(parts: Sequence[Part]) -> list[Part]:
    """The parts with what lies under z = 0 cut level: the feet of slanted legs."""
    floor = (-np.inf, -np.inf, 0.0)
    return [replace(part, vertices_m=np.maximum(part.vertices_m, floor)) for part in parts]


def copies(part: Part, rotations: Float, offsets_m: Float, scales: ArrayLike = 1.0, tones: ArrayLike = 0.5) -> Part:
    """Many of one part as one: (N, 3, 3) rotations, (N, 3) shifts, (N,) or (N, 3) scales, (N,) tones."""
    count, size = len(offsets_m), len(part.vertices_m)
    scale = (
        np.broadcast_to(np.asarray(scales, dtype=np.float64).reshape(-1, 1), (count, 3))
        if np.ndim(scales) < 2
        else np.asarray(scales)
    )
    vertices = np.einsum("nij,nvj->nvi", rotations, part.vertices_m[None] * scale[:, None]) + offsets_m[:, None]
    faces = (part.faces[None] + (np.arange(count) * size)[:, None, None]).reshape(-1, 3).astype(np.int32)
    attributes = {name: np.tile(values, count) for name, values in part.attributes.items()}
    attributes["tone"] = np.repeat(np.broadcast_to(np.asarray(tones, dtype=np.float64), (count,)), size)
    return Part(slot=part.slot, vertices_m=vertices.reshape(-1, 3), faces=faces, attributes=attributes)
