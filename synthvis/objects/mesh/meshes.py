"""Closed triangle meshes from a few primitives: lofted rings, solids of revolution, swept tubes, boxes, leaf blades.

Every primitive returns a `Part` whose faces run counter-clockwise seen from outside, so its volume by the divergence
theorem is positive. `merge` joins parts to the `Mesh` of one object and sets it on z = 0.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synthvis.objects.mesh.mesh import Mesh

__all__ = [
    "Part",
    "box",
    "cylinder",
    "disk",
    "ellipsoid",
    "grid",
    "is_closed",
    "leaf_blade",
    "loft",
    "merge",
    "moved",
    "revolve",
    "ring_noise",
    "tube",
    "volume_m3",
]

Float = NDArray[np.float64]
TAU = 2 * np.pi


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Part:
    """One connected piece of a mesh that wears one surface.

    Attributes:
        slot: Name of the surface.
        vertices_m: (V, 3) float64, metres.
        faces: (F, 3) int32, counter-clockwise from outside.
        attributes: Per-vertex (V,) values.
    """

    slot: str
    vertices_m: Float
    faces: NDArray[np.int32]
    attributes: Mapping[str, Float] = field(default_factory=dict)


def loft(slot: str, rings_m: Float, *, start_m: ArrayLike | None = None, end_m: ArrayLike | None = None) -> Part:
    """Skin over a row of rings, closed by a fan at either end.

    Attributes: "along" 0..1 over the rings, "around_cos" and "around_sin" of the position in a ring (a plain angle
    would have a seam).

    Args:
        slot: Name of the surface.
        rings_m: (R, S, 3) points; each ring runs right-handed about the direction in which the rings advance.
        start_m: (3,) apex of the first fan, by default the mean of the first ring.
        end_m: (3,) apex of the last fan, by default the mean of the last ring.
    """
    ring_count, segments = rings_m.shape[:2]
    first = rings_m[0].mean(axis=0) if start_m is None else np.asarray(start_m, dtype=np.float64)
    last = rings_m[-1].mean(axis=0) if end_m is None else np.asarray(end_m, dtype=np.float64)
    vertices = np.concatenate([rings_m.reshape(-1, 3), first[None], last[None]])
    start, end = ring_count * segments, ring_count * segments + 1
    here = np.arange(segments)
    after = (here + 1) % segments
    top = start - segments
    fans = (
        np.stack([np.full(segments, start), after, here], axis=1),
        np.stack([np.full(segments, end), top + here, top + after], axis=1),
    )
    faces = np.concatenate([_side_faces(ring_count, segments, loop=False), *fans]).astype(np.int32)
    return Part(slot=slot, vertices_m=vertices, faces=faces, attributes=_ring_attributes(ring_count, segments, poles=2))


def revolve(slot: str, radius_m: ArrayLike, height_m: ArrayLike, segments: int = 32, *, loop: bool = False) -> Part:
    """Solid of revolution about z; an angle-dependent radius or height makes it lobed, dented or rough.

    Walk the profile so that the solid lies to its left: up along the outside and, for a vessel, over the rim and down
    along the inside. Two profile points close together make a crisp edge under smooth shading.

    Args:
        slot: Name of the surface.
        radius_m: (R,) or (R, S) distance from the axis. End points off the axis are closed by a flat fan.
        height_m: (R,) or (R, S) z.
        segments: S, points of a ring.
        loop: The profile is a closed curve off the axis, which makes a ring-shaped solid.

    Attributes of the part are those of `loft`; with 0-radius ends "along" counts the poles as its 0 and 1.
    """
    radius, height = (_over_ring(values, segments) for values in (radius_m, height_m))
    angle = np.arange(segments) / segments * TAU
    rings = np.stack([radius * np.cos(angle), radius * np.sin(angle), np.broadcast_to(height, radius.shape)], axis=2)
    if loop:
        faces = _side_faces(len(rings), segments, loop=True).astype(np.int32)
        attributes = _ring_attributes(len(rings), segments, poles=0)
        return Part(slot=slot, vertices_m=rings.reshape(-1, 3), faces=faces, attributes=attributes)
    start, end = (np.array([0.0, 0.0, height[row].mean()]) for row in (0, -1))
    inner = slice(1 if not radius[0].any() else 0, -1 if not radius[-1].any() else None)
    return loft(slot, rings[inner], start_m=start, end_m=end)


def tube(slot: str, curve_m: ArrayLike, radius_m: ArrayLike, segments: int = 12, *, up: ArrayLike = (0, 0, 1)) -> Part:
    """Closed tube swept along a curve, its cross-section free at every point.

    Args:
        slot: Name of the surface.
        curve_m: (R, 3) centre line.
        radius_m: Scalar, (R,), or (R, S) distances from the centre line, by point and by angle.
        segments: S, points of a ring.
        up: Rough direction of angle 90 degrees of the first ring; later rings turn with the curve without twist.

    Raises:
        ValueError: Fewer than two points, or a curve that starts along `up`.
    """
    curve = np.asarray(curve_m, dtype=np.float64)
    if len(curve) < 2:
        raise ValueError("a tube needs at least two points")
    radius = _over_ring(
        np.broadcast_to(np.asarray(radius_m, dtype=np.float64), _radius_shape(radius_m, curve)), segments
    )
    side, over = _frames(curve, np.asarray(up, dtype=np.float64))
    angle = np.arange(segments) / segments * TAU
    rings = (
        curve[:, None]
        + (radius * np.cos(angle))[..., None] * side[:, None]
        + (radius * np.sin(angle))[..., None] * over[:, None]
    )
    return loft(slot, rings, start_m=curve[0], end_m=curve[-1])


def ellipsoid(slot: str, radii_m: ArrayLike, segments: int = 32, rings: int = 16) -> Part:
    """Ellipsoid about the origin with (3,) half axes."""
    polar = np.linspace(-np.pi / 2, np.pi / 2, rings + 1)
    ball = revolve(slot, np.where(np.abs(np.sin(polar)) > 1 - 1e-12, 0.0, np.cos(polar)), np.sin(polar), segments)
    return replace(ball, vertices_m=ball.vertices_m * np.asarray(radii_m, dtype=np.float64))


def cylinder(slot: str, radius_m: float, height_m: float, segments: int = 32, *, bevel_m: float | None = None) -> Part:
    """Upright cylinder (z from 0 to `height_m`) with beveled rims, 2% of the radius unless told."""
    bevel = min(radius_m, height_m) * 0.02 if bevel_m is None else bevel_m
    r, h = radius_m, height_m
    radii = [0, r - 2 * bevel, r - bevel, r, r, r, r, r - bevel, r - 2 * bevel, 0]
    heights = [0, 0, 0, bevel, 2 * bevel, h - 2 * bevel, h - bevel, h, h, h]
    return revolve(slot, radii, heights, segments)


def box(slot: str, size_m: ArrayLike) -> Part:
    """Box centred in x and y, z from 0 to its height; corners are not shared, so its edges shade crisp.

    As its six sides share no vertex it is closed in space but not by index.
    """
    quads = []
    for axis, sign in ((axis, sign) for axis in range(3) for sign in (-1.0, 1.0)):
        u, v = ((axis + 1) % 3, (axis + 2) % 3) if sign > 0 else ((axis + 2) % 3, (axis + 1) % 3)
        corners = np.zeros((4, 3))
        corners[:, axis] = sign
        corners[:, u] = (-1, 1, 1, -1)
        corners[:, v] = (-1, -1, 1, 1)
        quads.append(corners)
    vertices = (np.concatenate(quads) + np.array([0.0, 0.0, 1.0])) / 2 * np.asarray(size_m, dtype=np.float64)
    faces = np.array([[4 * q + a, 4 * q + b, 4 * q + c] for q in range(6) for a, b, c in ((0, 1, 2), (0, 2, 3))])
    return Part(slot=slot, vertices_m=vertices, faces=faces.astype(np.int32))


def leaf_blade(
    slot: str,
    length_m: float,
    width_m: float,
    *,
    thickness_m: float = 0.0006,
    droop_rad: float = 0.5,
    fold: float = 0.2,
) -> Part:
    """Pointed leaf that starts at the origin, runs along +x and bends down; its upper side faces +z.

    Args:
        slot: Name of the surface.
        length_m: Along the midrib.
        width_m: At the widest place.
        thickness_m: At the midrib.
        droop_rad: How far the tip has turned down.
        fold: Rise of the margins above the midrib, as a share of the half width.

    Attributes: "along" from base to tip and "across", -1..1 between the margins.
    """
    along = np.linspace(0.02, 0.98, 13)[:, None]
    bend = droop_rad * np.linspace(0, 1, 13)
    step = length_m / 12
    x = np.concatenate([[0], np.cumsum(np.cos(bend[1:]) * step)])[:, None]
    z = np.concatenate([[0], -np.cumsum(np.sin(bend[1:]) * step)])[:, None]
    across = np.array([1, 0.55, 0, -0.55, -1, -0.55, 0, 0.55])
    upper = np.array([0, 0.8, 1, 0.8, 0, -0.8, -1, -0.8])
    half_width = width_m / 2 * np.sin(np.pi * along**0.8) ** 0.85
    # Seen along +x, +y lies to the left: the ring from +y over +z to -y is right-handed about +x.
    rings = np.stack(
        [
            np.broadcast_to(x, (13, 8)),
            across * half_width,
            z + upper * thickness_m / 2 + fold * np.abs(across) * half_width,
        ],
        axis=2,
    )
    part = loft(slot, rings)
    attributes = {"along": part.attributes["along"], "across": np.concatenate([np.tile(across, 13), [0, 0]])}
    return replace(part, attributes=attributes)


def grid(slot: str, size_xy_m: tuple[float, float], height_m: ArrayLike) -> Part:
    """Open height field centred on the origin, for grounds and cloths.

    Args:
        slot: Name of the surface.
        size_xy_m: Extent in x and y.
        height_m: (Ny, Nx) z at the grid points.
    """
    height = np.asarray(height_m, dtype=np.float64)
    rows, columns = height.shape
    x, y = (np.linspace(-size / 2, size / 2, n) for size, n in zip(size_xy_m, (columns, rows), strict=True))
    vertices = np.stack([*np.meshgrid(x, y), height], axis=2).reshape(-1, 3)
    a = (np.arange(rows - 1)[:, None] * columns + np.arange(columns - 1)).reshape(-1)
    b, c, d = a + 1, a + columns + 1, a + columns
    faces = np.concatenate([np.stack([a, b, c], axis=1), np.stack([a, c, d], axis=1)]).astype(np.int32)
    return Part(slot=slot, vertices_m=vertices, faces=faces)


def disk(slot: str, radius_m: float, segments: int = 32) -> Part:
    """Open flat disk at z = 0 that faces up."""
    angle = np.arange(segments) / segments * TAU
    rim = np.stack([radius_m * np.cos(angle), radius_m * np.sin(angle), np.zeros(segments)], axis=1)
    here = np.arange(segments)
    faces = np.stack([np.full(segments, segments), here, (here + 1) % segments], axis=1).astype(np.int32)
    return Part(slot=slot, vertices_m=np.concatenate([rim, np.zeros((1, 3))]), faces=faces)


def moved(part: Part, *, rotation: ArrayLike | None = None, offset_m: ArrayLike = (0, 0, 0)) -> Part:
    """The part after a (3, 3) rotation and then a (3,) shift."""
    vertices = part.vertices_m if rotation is None else part.vertices_m @ np.asarray(rotation, dtype=np.float64).T
    return replace(part, vertices_m=vertices + np.asarray(offset_m, dtype=np.float64))


def merge(
    parts: Sequence[Part],
    keypoints_m: ArrayLike = (),
    *,
    slots: tuple[str, ...] | None = None,
    smooth: bool = True,
    floor_m: float | None = None,
    appendage_slots: tuple[str, ...] = (),
) -> Mesh:
    """One mesh of all parts, shifted so that its lowest point is at z = 0.

    Args:
        parts: Pieces; several may wear the same slot.
        keypoints_m: (K, 3) in the frame of the parts; shifted with them.
        slots: Order of the surfaces, by default that of first use.
        smooth: Shade smooth.
        floor_m: Height that becomes z = 0 instead of the lowest point, for parts that ride on another mesh.
        appendage_slots: Those of the slots that belong to a stalk, a stem or leaves; the parts may lack some of them.

    An attribute that a part lacks is 0 on its vertices.
    """
    names = slots or tuple(dict.fromkeys(part.slot for part in parts))
    sizes = [len(part.vertices_m) for part in parts]
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    vertices = np.concatenate([part.vertices_m for part in parts])
    drop = np.array([0.0, 0.0, vertices[:, 2].min() if floor_m is None else floor_m])
    attributes = {
        name: np.concatenate(
            [part.attributes.get(name, np.zeros(size)) for part, size in zip(parts, sizes, strict=True)]
        ).astype(np.float32)
        for name in sorted({name for part in parts for name in part.attributes})
    }
    return Mesh(
        vertices_m=vertices - drop,
        faces=np.concatenate([part.faces + start for part, start in zip(parts, starts, strict=True)]).astype(np.int32),
        face_slots=np.concatenate([np.full(len(part.faces), names.index(part.slot), np.int32) for part in parts]),
        slots=names,
        keypoints_m=np.asarray(keypoints_m, dtype=np.float64).reshape(-1, 3) - drop,
        attributes=attributes,
        smooth=smooth,
        appendage_slots=tuple(name for name in names if name in appendage_slots),
    )


def ring_noise(seed: int, rings: int, segments: int, *, waves: int = 4, order: int = 4) -> Float:
    """Smooth noise over (ring, angle) without a seam, about -1..1.

    Args:
        seed: Decides the noise.
        rings: R.
        segments: S.
        waves: Number of summed waves.
        order: Highest count of waves around a ring.

    Returns:
        (R, S) float64.
    """
    rng = np.random.default_rng(seed)
    around = np.arange(segments) / segments * TAU
    along = np.linspace(0, np.pi, rings)[:, None]
    turns = rng.integers(1, order + 1, waves)
    climbs, phases = rng.uniform(-2, 2, waves), rng.uniform(0, TAU, waves)
    total = sum(np.sin(n * around + c * along + p) / n for n, c, p in zip(turns, climbs, phases, strict=True))
    noise: Float = np.asarray(total, dtype=np.float64) / np.sum(1 / turns)
    return noise


def volume_m3(vertices_m: Float, faces: NDArray[np.int32]) -> float:
    """Signed volume inside a closed mesh by the divergence theorem; negative when it is inside out."""
    a, b, c = (vertices_m[faces[:, corner]] for corner in range(3))
    return float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6)


def is_closed(faces: NDArray[np.int32]) -> bool:
    """Whether every directed edge is met exactly once by its opposite: a closed, consistently wound surface."""
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]).astype(np.int64)
    code = edges[:, 0] * (1 << 31) + edges[:, 1]
    reverse = edges[:, 1] * (1 << 31) + edges[:, 0]
    return len(np.unique(code)) == len(code) and bool(np.array_equal(np.sort(code), np.sort(reverse)))


def _side_faces(ring_count: int, segments: int, *, loop: bool) -> NDArray[np.int64]:
    rows = np.arange(ring_count if loop else ring_count - 1)[:, None]
    here = np.arange(segments)
    after = (here + 1) % segments
    low, high = rows * segments, (rows + 1) % ring_count * segments
    a, b, c, d = (
        (row + column).reshape(-1) for row, column in ((low, here), (low, after), (high, after), (high, here))
    )
    return np.concatenate([np.stack([a, b, c], axis=1), np.stack([a, c, d], axis=1)])


def _ring_attributes(ring_count: int, segments: int, *, poles: int) -> dict[str, Float]:
    angle = np.arange(segments) / segments * TAU
    ends = np.linspace(0.0, 1.0, poles) if poles else np.zeros(0)
    span = np.linspace(0, 1, ring_count + poles)[1:-1] if poles else np.linspace(0, 1, ring_count)
    return {
        "along": np.concatenate([np.repeat(span, segments), ends]),
        "around_cos": np.concatenate([np.tile(np.cos(angle), ring_count), np.zeros(poles)]),
        "around_sin": np.concatenate([np.tile(np.sin(angle), ring_count), np.zeros(poles)]),
    }


def _over_ring(values: ArrayLike, segments: int) -> Float:
    array = np.asarray(values, dtype=np.float64)
    table = array if array.ndim == 2 else np.repeat(array[:, None], segments, axis=1)
    if table.shape[1] != segments:
        raise ValueError(f"a ring has {segments} points, but values for {table.shape[1]} were given")
    return table


def _radius_shape(radius_m: ArrayLike, curve: Float) -> tuple[int, ...]:
    shape = np.shape(radius_m)
    return shape if len(shape) == 2 else (len(curve),)


def _frames(curve: Float, up: Float) -> tuple[Float, Float]:
    """Two unit normals at each point of a curve, (R, 3) each, carried along it without twist."""
    tangent = np.gradient(curve, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    over = np.empty_like(curve)
    x, y, z = (float(value) for value in up)
    # In plain floats: numpy takes ten times as long for three numbers.
    for row, (tx, ty, tz) in enumerate(tangent.tolist()):
        lean = x * tx + y * ty + z * tz
        x, y, z = x - lean * tx, y - lean * ty, z - lean * tz
        length = math.sqrt(x * x + y * y + z * z)
        if length < 1e-9:
            raise ValueError("the curve runs along `up`; choose another direction")
        x, y, z = x / length, y / length, z / length
        over[row] = x, y, z
    # side x over = tangent, so angles run right-handed about the direction of travel.
    return np.cross(over, tangent), over
