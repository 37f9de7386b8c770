"""Wheels about the y axis: tyres, rims, wire spokes, cast spokes, hubs, brake discs, mudguards."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synthvis.geometry import rotation_about
from synthvis.objects.mesh.meshes import Part, moved, revolve
from synthvis.objects.mesh.outlines import stacks
from synthvis.objects.mesh.plates import sheet

__all__ = ["bars", "disc", "mudguard", "on_axle", "ring", "round_tyre", "shaped_spokes", "wire_spokes"]

Float = NDArray[np.float64]
TAU = 2 * np.pi


def on_axle(parts: Sequence[Part], middle_m: ArrayLike) -> list[Part]:
    """Parts made about the z axis, turned about the y axis and set with their origin at `middle_m`; +z becomes -y."""
    turn = rotation_about((1, 0, 0), np.pi / 2)
    return [moved(part, rotation=turn, offset_m=middle_m) for part in parts]


def bars(slot: str, starts_m: ArrayLike, ends_m: ArrayLike, radius_m: float, sides: int = 4) -> Part:
    """Many thin straight bars at once: spokes, wires of a basket.

    Args:
        slot: Name of the surface.
        starts_m: (N, 3).
        ends_m: (N, 3), each apart from its start.
        radius_m: Of all.
        sides: Of each.
    """
    start, end = (np.asarray(points, dtype=np.float64).reshape(-1, 3) for points in (starts_m, ends_m))
    along = end - start
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    least = np.eye(3)[np.abs(along).argmin(axis=1)]
    aside = np.cross(along, least)
    aside /= np.linalg.norm(aside, axis=1, keepdims=True)
    over = np.cross(along, aside)
    turn = np.arange(sides) / sides * TAU
    rim = radius_m * (np.cos(turn)[None, :, None] * aside[:, None] + np.sin(turn)[None, :, None] * over[:, None])
    return stacks(slot, np.stack([start[:, None] + rim, end[:, None] + rim], axis=1))


def round_tyre(slot: str, radius_m: float, width_m: float, segments: int = 36) -> Part:
    """A tyre of a cycle about the z axis: a round section, flatter towards the rim."""
    half = width_m / 2
    turn = np.array([-2.3, -1.3, -0.5, 0.0, 0.5, 1.3, 2.3])
    return revolve(slot, radius_m - half + half * np.cos(turn), half * np.sin(turn), segments, loop=True)


def ring(slot: str, inner_m: float, outer_m: float, width_m: float, segments: int = 36) -> Part:
    """A ring of rectangular section about the z axis."""
    half = width_m / 2
    radii, heights = (inner_m, outer_m, outer_m, inner_m), (-half, -half, half, half)
    return revolve(slot, radii, heights, segments, loop=True)


def disc(slot: str, radius_m: float, width_m: float, segments: int = 20) -> Part:
    """A round plate about the z axis, centred."""
    radii, heights = (0.0, radius_m, radius_m, 0.0), np.array([-1.0, -1.0, 1.0, 1.0]) * width_m / 2
    return revolve(slot, radii, heights, segments)


def wire_spokes(slot: str, hub_m: float, rim_m: float, hub_half_m: float, count: int, radius_m: float = 0.0011) -> Part:
    """Crossed wire spokes about the z axis, from both flanges of a hub to the rim."""
    number = np.arange(count)
    at = number / count * TAU
    lean = np.where(number // 2 % 2 == 0, 1.0, -1.0) * 1.1
    side = np.where(number % 2 == 0, 1.0, -1.0)
    starts = np.stack([hub_m * np.cos(at + lean), hub_m * np.sin(at + lean), side * hub_half_m], axis=1)
    ends = np.stack([rim_m * np.cos(at), rim_m * np.sin(at), 0.1 * side * hub_half_m], axis=1)
    return bars(slot, starts, ends, radius_m, 3)


def shaped_spokes(
    slot: str, hub_m: float, rim_m: float, count: int, widths_m: tuple[float, float], depths_m: tuple[float, float],
    *, twin_rad: float = 0.0, face_m: float = 0.0,
) -> Part:  # fmt: skip
    """Cast spokes about the z axis.

    Args:
        slot: Name of the surface.
        hub_m: Radius at which they start.
        rim_m: Radius at which they end.
        count: Spokes, or pairs of them.
        widths_m: At the hub and at the rim.
        depths_m: Likewise, along the axle.
        twin_rad: Angle between the two of a pair at the rim; 0: no pairs.
        face_m: How far their middles are along z.
    """
    turns = np.repeat(np.arange(count) / count * TAU, 2 if twin_rad else 1)
    leans = np.tile([-twin_rad / 2, twin_rad / 2], count) if twin_rad else np.zeros(count)
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) / 2
    rings = np.empty((len(turns), 2, 4, 3))
    for level, (radius, width, depth, lean) in enumerate(
        zip((hub_m, rim_m), widths_m, depths_m, (0.25 * leans, leans), strict=True)
    ):
        # Rings run right-handed about the way outwards.
        across, deep = corners[:, 0] * width, corners[:, 1] * depth + face_m
        cos, sin = np.cos(turns + lean)[:, None], np.sin(turns + lean)[:, None]
        rings[:, level, :, 0] = radius * cos - across * sin
        rings[:, level, :, 1] = radius * sin + across * cos
        rings[:, level, :, 2] = deep
    return stacks(slot, rings)


def mudguard(
    slot: str, middle_m: ArrayLike, radius_m: float, width_m: float, span_rad: tuple[float, float], *, arch: float = 0.5
) -> Part:
    """A guard over a wheel about the y axis, between two angles from -x over +z.

    Args:
        slot: Name of the surface.
        middle_m: (3,) of the wheel.
        radius_m: Of the guard.
        width_m: Across.
        span_rad: First and last angle.
        arch: How far its edges are nearer to the axle, in half widths.
    """
    angle = np.linspace(*span_rad, 13)[:, None]
    across = np.array([-1.0, -0.6, 0.0, 0.6, 1.0])[None, :]
    reach = radius_m - arch * width_m / 2 * across**2
    points = np.stack(
        [-reach * np.cos(angle), np.broadcast_to(across * width_m / 2, (13, 5)), reach * np.sin(angle)],
        axis=2,
    )
    return moved(sheet(slot, points, 0.0025), offset_m=middle_m)
