"""Flat things with rounded corners: slabs, rows of keys and buttons, drawn strokes, closed hoops."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synthvis.objects.mesh.meshes import Part, loft

__all__ = ["UPRIGHT_FACE", "hoop", "mapped", "pads", "rounded_rectangle", "slab", "stacks", "strokes"]

Float = NDArray[np.float64]

UPRIGHT_FACE: Float = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])
"""Rotation that raises a face lying in the xy plane so that it looks along -y with its y upwards."""

_UNIT_CORNERS = np.array([(1.0, 1.0), (-1.0, 1.0), (-1.0, -1.0), (1.0, -1.0)])


def rounded_rectangle(size_m: tuple[float, float], corner_m: float, points: int = 6) -> Float:
    """(4 * points, 2) outline about the origin, counter-clockwise, `points` to each corner."""
    half = np.asarray(size_m, dtype=np.float64) / 2
    radius = min(corner_m, float(half.min()) * 0.999)
    quarter = np.linspace(0.0, np.pi / 2, points)
    turns = quarter[None, :] + np.arange(4)[:, None] * np.pi / 2
    arcs = radius * np.stack([np.cos(turns), np.sin(turns)], axis=2)
    outline: Float = (_UNIT_CORNERS[:, None, :] * (half - radius) + arcs).reshape(-1, 2)
    return outline


def slab(slot: str, outline_m: Float, levels_m: Sequence[tuple[float, float]]) -> Part:
    """Solid over a convex outline about the origin.

    Attributes: "u" and "v", -1..1 over the outline's extent in x and y.

    Args:
        slot: Name of the surface.
        outline_m: (S, 2), counter-clockwise.
        levels_m: (inset, z) from bottom to top; the inset is taken along the outline's normals.
    """
    edge = np.roll(outline_m, -1, axis=0) - outline_m
    along = edge / np.maximum(np.linalg.norm(edge, axis=1, keepdims=True), 1e-12)
    tangent = along + np.roll(along, 1, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    inward = np.stack([-tangent[:, 1], tangent[:, 0]], axis=1)
    rings = np.empty((len(levels_m), len(outline_m), 3))
    for row, (inset_m, z_m) in enumerate(levels_m):
        rings[row, :, :2] = outline_m + inset_m * inward
        rings[row, :, 2] = z_m
    return mapped(loft(slot, rings), np.abs(outline_m).max(axis=0))


def mapped(part: Part, half_m: ArrayLike, *, axes: tuple[int, int] = (0, 1), **more: float) -> Part:
    """The part with the attributes "u" and "v": position on two axes over half extents, and constants in `more`."""
    half = np.asarray(half_m, dtype=np.float64)
    attributes: dict[str, Float] = {
        name: part.vertices_m[:, axis] / half[k] for k, (name, axis) in enumerate(zip(("u", "v"), axes, strict=True))
    }
    constants = {name: np.full(len(part.vertices_m), value) for name, value in more.items()}
    return replace(part, attributes={**attributes, **constants})


def stacks(slot: str, rings_m: Float, attributes: Mapping[str, Float] | None = None) -> Part:
    """Many closed solids at once.

    Args:
        slot: Name of the surface.
        rings_m: (N, R, K, 3): N solids of R convex rings that run right-handed about the way they advance.
        attributes: (N, R, K) values by name.
    """
    count, rows, points = rings_m.shape[:3]
    low = (np.arange(rows - 1) * points)[:, None]
    here, after = np.arange(points), (np.arange(points) + 1) % points
    a, b, c, d = ((start + side).reshape(-1) for start in (low, low + points) for side in (here, after))
    fan = np.stack([np.zeros(points - 2, dtype=np.int64), np.arange(1, points - 1), np.arange(2, points)], axis=1)
    one = np.concatenate(
        [np.stack([a, b, d], axis=1), np.stack([a, d, c], axis=1), fan[:, ::-1], fan + (rows - 1) * points]
    )
    faces = (np.arange(count)[:, None, None] * rows * points + one).reshape(-1, 3).astype(np.int32)
    flat = {name: np.asarray(values, dtype=np.float64).reshape(-1) for name, values in (attributes or {}).items()}
    return Part(slot=slot, vertices_m=rings_m.reshape(-1, 3), faces=faces, attributes=flat)


def pads(
    slot: str,
    centres_m: ArrayLike,
    sizes_m: ArrayLike,
    height_m: ArrayLike,
    *,
    section: str = "rect",
    taper: float = 0.12,
    first: int = 0,
) -> Part:
    """Keys or buttons, one a row of `centres_m`, that stand up along z.

    Attributes: "u" and "v", -1..1 over each pad, and "pad", its number.

    Args:
        slot: Name of the surface.
        centres_m: (N, 3) middles of the undersides.
        sizes_m: (N, 2) or (2,) extents in x and y.
        height_m: (N,) or scalar.
        section: "rect", "round", or "soft" (a rectangle with rounded corners).
        taper: How much smaller the top is, as a share of the smaller extent.
        first: Number of the first pad.
    """
    centres = np.asarray(centres_m, dtype=np.float64).reshape(-1, 3)
    count = len(centres)
    sizes = np.broadcast_to(np.asarray(sizes_m, dtype=np.float64), (count, 2))
    heights = np.broadcast_to(np.asarray(height_m, dtype=np.float64), (count,))
    unit = _unit_section(section)
    inset = np.minimum(sizes[:, 0], sizes[:, 1]) * taper
    rims = np.stack([sizes, sizes, sizes - inset[:, None]], axis=1) / 2
    levels = np.stack([np.zeros(count), heights * 0.7, heights], axis=1)
    rings = np.empty((count, 3, len(unit), 3))
    rings[..., :2] = unit * rims[:, :, None, :] + centres[:, None, None, :2]
    rings[..., 2] = (centres[:, 2, None] + levels)[:, :, None]
    shape = rings.shape[:3]
    number = np.broadcast_to((first + np.arange(count, dtype=np.float64))[:, None, None], shape)
    u, v = (np.broadcast_to(unit[:, axis], shape) for axis in (0, 1))
    return stacks(slot, rings, {"u": u, "v": v, "pad": number})


def strokes(slot: str, segments_m: ArrayLike, width_m: ArrayLike, z_m: tuple[float, float]) -> Part:
    """Straight strokes in the xy plane as flat bars.

    Args:
        slot: Name of the surface.
        segments_m: (N, 2, 2) ends of the middle lines.
        width_m: (N,) or scalar, or (N, 2) for strokes that taper from one end to the other.
        z_m: Underside and top.
    """
    ends = np.asarray(segments_m, dtype=np.float64).reshape(-1, 2, 2)
    given = np.asarray(width_m, dtype=np.float64)
    width = np.broadcast_to(given if given.ndim == 2 else given[..., None], (len(ends), 2))
    along = ends[:, 1] - ends[:, 0]
    along = along / np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-12)
    side = np.stack([-along[:, 1], along[:, 0]], axis=1)
    start, end = (side * width[:, k, None] / 2 for k in (0, 1))
    corners = np.stack([ends[:, 0] - start, ends[:, 1] - end, ends[:, 1] + end, ends[:, 0] + start], axis=1)
    rings = np.empty((len(ends), 2, 4, 3))
    rings[..., :2] = corners[:, None]
    rings[..., 2] = np.asarray(z_m)[None, :, None]
    return stacks(slot, rings)


def hoop(slot: str, curve_m: Float, radius_m: ArrayLike, segments: int = 10, *, flat: float = 1.0) -> Part:
    """Closed tube along a loop in a plane z = const.

    Args:
        slot: Name of the surface.
        curve_m: (R, 3) middle line, counter-clockwise, its end not repeated.
        radius_m: (R,) or scalar, within the plane.
        segments: S, points of a ring.
        flat: Radius along z over that within the plane.
    """
    count = len(curve_m)
    tangent = np.roll(curve_m, -1, axis=0) - np.roll(curve_m, 1, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    outward = np.stack([tangent[:, 1], -tangent[:, 0], np.zeros(count)], axis=1)
    turn = np.arange(segments) / segments * 2 * np.pi
    radius = np.broadcast_to(np.asarray(radius_m, dtype=np.float64), (count,))[:, None, None]
    rings = curve_m[:, None] + radius * (
        np.cos(turn)[:, None] * outward[:, None] - flat * np.sin(turn)[:, None] * np.array([0.0, 0.0, 1.0])
    )
    row, here = np.arange(count)[:, None] * segments, np.arange(segments)
    after, upper = (here + 1) % segments, np.roll(row, -1, axis=0)
    a, b, c, d = ((start + side).reshape(-1) for start in (row, upper) for side in (here, after))
    faces = np.concatenate([np.stack([a, b, d], axis=1), np.stack([a, d, c], axis=1)]).astype(np.int32)
    return Part(slot=slot, vertices_m=rings.reshape(-1, 3), faces=faces)


def _unit_section(section: str) -> Float:
    if section == "rect":
        return _UNIT_CORNERS[[3, 0, 1, 2]]
    if section == "soft":
        return rounded_rectangle((2.0, 2.0), 0.45, 2)
    turn = np.arange(14) / 14 * 2 * np.pi
    return np.stack([np.cos(turn), np.sin(turn)], axis=1)
