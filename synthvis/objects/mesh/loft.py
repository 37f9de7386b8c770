"""Closed skins whose cross-section changes from a circle to a polygon and whose bands wear different surfaces.

A profile keeps the solid on its left: up along an outer wall, over the rim, down along the inner one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import Part, merge, revolve

__all__ = ["Painted", "Profile", "assemble", "cross_section", "painted", "skin"]

Float = NDArray[np.float64]
Int = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Painted:
    """A part whose faces wear different surfaces.

    Attributes:
        part: The geometry; its own slot name is not used.
        slots: (F,) number of each face's slot.
    """

    part: Part
    slots: Int


@dataclass(slots=True)
class Profile:
    """Rows of a profile: radius, height, how far each takes the cross-section, and the slot that follows it."""

    radius_m: list[float]
    z_m: list[float]
    blend: list[float]
    slot: list[int]

    @classmethod
    def empty(cls) -> Profile:
        """A profile without rows."""
        return cls([], [], [], [])

    def add(self, radius_m: float, z_m: float, *, blend: float = 0.0, slot: int = 0) -> None:
        """Append one row: `blend` 0 is a circle of that radius, 1 the full cross-section of that inner radius."""
        self.radius_m.append(max(radius_m, 1e-5))
        self.z_m.append(z_m)
        self.blend.append(blend)
        self.slot.append(slot)


def cross_section(style: str, count: int, *, roundness: float = 0.2) -> Float:
    """Radius over angle of a polygon whose flat sides are at distance 1 from the centre.

    Args:
        style: "round", "square" (rounded corners), "chamfered" (square with cut corners), "octagon" or "hexagon".
        count: Samples over the full turn, starting at angle 0.
        roundness: Size of the corner's rounding or chamfer, as a share of the half-width.

    Returns:
        (count,) radii, >= 1 but for rounding.
    """
    angle = np.arange(count) * (2 * np.pi / count)
    if style == "round":
        return np.ones(count)
    if style in ("octagon", "hexagon"):
        half = np.pi / (8 if style == "octagon" else 6)
        return np.asarray(1.0 / np.cos((angle + half) % (2 * half) - half))
    c, s = np.abs(np.cos(angle)), np.abs(np.sin(angle))
    square = 1.0 / np.maximum(c, s)
    if style == "chamfered":
        return np.asarray(np.minimum(square, (2.0 - roundness) / (c + s)))
    inner = 1.0 - roundness
    # Distance along the ray to the corner's circle of radius `roundness` centred at (inner, inner).
    along = inner * (c + s)
    reach = along**2 - 2 * inner**2 + roundness**2
    arc = along + np.sqrt(np.maximum(reach, 0.0))
    in_corner = (np.minimum(c, s) * square > inner) & (reach > 0)
    return np.where(in_corner, arc, square)


def skin(profile: Profile, section: Float, *, loop: bool = False) -> Painted:
    """Closed skin over a profile's rows, each blended from a circle to `section` (N,) and painted in its row's slot.

    Args:
        profile: At least two rows.
        section: Radius over angle, see `cross_section`.
        loop: Join the last row to the first; otherwise both ends are closed by a flat cap in the slot next to it.
    """
    count, rows = len(section), len(profile.z_m)
    blend = np.asarray(profile.blend)[:, None]
    radius = np.asarray(profile.radius_m)[:, None] * (1.0 + blend * (section[None, :] - 1.0))
    part = revolve("painted", radius, profile.z_m, count, loop=loop)
    row = np.clip(part.faces // count, 0, rows - 1)
    low, high = row.min(axis=1), row.max(axis=1)
    low[part.faces.max(axis=1) == rows * count] = 0
    segment = np.where(high - low > 1, high, low)
    return Painted(part, np.asarray(profile.slot, dtype=np.int32)[np.minimum(segment, rows - 1)])


def painted(part: Part, slot: int) -> Painted:
    """A part in one slot."""
    return Painted(part, np.full(len(part.faces), slot, dtype=np.int32))


def assemble(pieces: Sequence[Painted], slots: tuple[str, ...], keypoints_m: ArrayLike, *, smooth: bool = True) -> Mesh:
    """One mesh of painted pieces, on z = 0, with only the slots that some face wears.

    Attributes: "along" is the height, 0 at the bottom and 1 at the top.

    Args:
        pieces: Parts with a slot number for each face.
        slots: Names by slot number.
        keypoints_m: (K, 3) in the frame of the parts.
        smooth: Shade smooth.
    """
    mesh = merge([piece.part for piece in pieces], keypoints_m, smooth=smooth)
    worn = np.concatenate([piece.slots for piece in pieces])
    present = np.unique(worn)
    z = mesh.vertices_m[:, 2]
    return replace(
        mesh,
        face_slots=np.searchsorted(present, worn).astype(np.int32),
        slots=tuple(slots[number] for number in present),
        attributes={"along": (z / z.max()).astype(np.float32)},
    )
