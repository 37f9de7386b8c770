"""Bodies of vehicles: rounded sections along x, smooth between the stations that are given."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synthvis.objects.mesh.joinery import curved
from synthvis.objects.mesh.meshes import Part, loft

__all__ = ["hull", "shifted", "superellipse"]

Float = NDArray[np.float64]


def superellipse(segments: int, power: float) -> Float:
    """(segments, 2) points of |y|^power + |z|^power = 1, from +y over +z."""
    turn = np.arange(segments) / segments * 2 * np.pi
    c, s = np.cos(turn), np.sin(turn)
    reach = (np.abs(c) ** power + np.abs(s) ** power) ** (-1 / power)
    found: Float = np.stack([reach * c, reach * s], axis=1)
    return found


def hull(
    slot: str, stations: Sequence[Sequence[float]], *, power: float = 2.6, segments: int = 16, count: int = 0
) -> Part:
    """A skin over rounded sections.

    Args:
        slot: Name of the surface.
        stations: For each its x, half width, lowest and highest z, and then, unless 0, the y of its middle; x grows.
        power: 2 makes ellipses, 5 rectangles with soft corners.
        segments: Points of a section.
        count: Sections on a smooth curve through the stations; 0: the stations alone.
    """
    rows = np.array([(*row, 0.0)[:5] for row in stations], dtype=np.float64)
    if count:
        rows = curved(rows, count)
    unit = superellipse(segments, power)
    rings = np.empty((len(rows), segments, 3))
    rings[..., 0] = rows[:, :1]
    rings[..., 1] = rows[:, 4:] + np.maximum(rows[:, 1:2], 1e-3) * unit[:, 0]
    rings[..., 2] = (rows[:, 2:3] + rows[:, 3:4]) / 2 + np.maximum(rows[:, 3:4] - rows[:, 2:3], 2e-3) / 2 * unit[:, 1]
    return loft(slot, rings)


def shifted(point_m: ArrayLike, x_m: float, y_m: float, z_m: float) -> Float:
    """(..., 3) points so far along each axis from where they are."""
    found: Float = np.asarray(point_m, dtype=np.float64) + np.array([x_m, y_m, z_m])
    return found
