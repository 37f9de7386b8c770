"""A mesh as a file has it, before it is brought into the project's units and frame."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

__all__ = ["NotUsable", "RawMesh", "RawSlot", "joined"]

Float = NDArray[np.float64]


class NotUsable(Exception):
    """A file is broken or hostile; the message says how, in words for the user."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RawSlot:
    """A material.

    Attributes:
        name: As in the file.
        color_rgb: Linear; None where the file says nothing.
        roughness: 0..1, or None.
        metallic: 0..1.
        picture_rgb: (h, w, 3) uint8 sRGB, or None.
    """

    name: str
    color_rgb: tuple[float, float, float] | None = None
    roughness: float | None = None
    metallic: float = 0.0
    picture_rgb: NDArray[np.uint8] | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RawMesh:
    """A triangle mesh in the units and axes of its file.

    Attributes:
        vertices: (V, 3).
        faces: (F, 3).
        face_slots: (F,) index into `slots`.
        slots: Materials.
        corner_uv: (F, 3, 2) from the bottom left of the picture, or None.
        colors_rgb: (V, 3) linear 0..1, or None.
        notes: What the user should know.
    """

    vertices: Float
    faces: NDArray[np.int64]
    face_slots: NDArray[np.int64]
    slots: tuple[RawSlot, ...]
    corner_uv: Float | None = None
    colors_rgb: Float | None = None
    notes: tuple[str, ...] = field(default=())


def joined(parts: list[RawMesh], notes: tuple[str, ...] = ()) -> RawMesh:
    """Meshes as one; slots stay apart."""
    if not parts:
        raise NotUsable("no triangles in it")
    vertex_starts = np.cumsum([0, *(len(part.vertices) for part in parts[:-1])])
    slot_starts = np.cumsum([0, *(len(part.slots) for part in parts[:-1])])
    has_uv = any(part.corner_uv is not None for part in parts)
    has_colors = any(part.colors_rgb is not None for part in parts)
    uv = [np.zeros((len(p.faces), 3, 2)) if p.corner_uv is None else p.corner_uv for p in parts]
    colors = [np.full((len(p.vertices), 3), 0.6) if p.colors_rgb is None else p.colors_rgb for p in parts]
    return RawMesh(
        vertices=np.concatenate([part.vertices for part in parts]),
        faces=np.concatenate([part.faces + start for part, start in zip(parts, vertex_starts, strict=True)]),
        face_slots=np.concatenate([part.face_slots + start for part, start in zip(parts, slot_starts, strict=True)]),
        slots=tuple(slot for part in parts for slot in part.slots),
        corner_uv=np.concatenate(uv) if has_uv else None,
        colors_rgb=np.concatenate(colors) if has_colors else None,
        notes=notes,
    )
