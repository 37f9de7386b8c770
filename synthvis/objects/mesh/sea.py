"""The sea off a beach: a sheet that rises from the sand to its level, with breakers. Arrays only, no Blender."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.patches import grid_faces, plain_mesh

__all__ = ["sea"]

Float = NDArray[np.float64]

BEYOND_M = 200.0
"""Where it ends, behind what can be seen."""

RISE_M = 1.6
"""The water's edge is that wide."""


def sea(shore_m: float, level_m: float, crests: Float) -> Mesh:
    """Water at x > `shore_m`, with the vertex attribute "foam", 0 to 1.

    Args:
        shore_m: Mean distance of the water's edge from the origin.
        level_m: Height of the water above the sand.
        crests: (N, 4) breakers: x, y, length along y and height, in the sea's frame.
    """
    out = np.concatenate([np.arange(0.0, 26.0, 0.25), np.geomspace(26.0, BEYOND_M, 26)])
    side = np.concatenate([np.arange(0.0, 20.0, 0.4), np.geomspace(20.0, BEYOND_M, 14)])
    y = np.concatenate([-side[:0:-1], side])
    edge = shore_m + 0.5 * np.sin(0.31 * y + 1.0) + 0.25 * np.sin(0.83 * y) + 0.1 * np.sin(2.1 * y + 2.0)
    off, along = np.meshgrid(out, y, indexing="ij")
    x = edge + off
    share = np.clip(off / RISE_M, 0, 1)
    swell = 0.25 * level_m * (np.sin(1.3 * off + 0.4 * np.sin(0.5 * along)) + np.sin(0.7 * off + 0.35 * along))
    z = -0.02 + (level_m + 0.02 + np.clip(off / 12, 0, 1) * swell) * np.sqrt(share)
    # The edge is a line of foam, and so is what a breaker leaves before it.
    foam = np.exp(-((off / 0.55) ** 2))
    for place in crests:
        lift, white = _breaker(x, along, *place)
        z, foam = z + lift * share, np.maximum(foam, white)
    points = np.stack([x, along, z], axis=-1).reshape(-1, 3)
    mesh = plain_mesh(points, grid_faces(len(out), len(y)), "sea", smooth=True)
    return replace(mesh, attributes={"foam": foam.ravel().astype(np.float32)})


def _breaker(x: Float, y: Float, at: float, middle: float, length: float, height: float) -> tuple[Float, Float]:
    """Height and foam of one wave, steep towards the beach."""
    bend = at + 0.15 * height * np.sin(1.7 * y) + 0.004 * (y - middle) ** 2
    away = (x - bend) / height
    ends = np.exp(-((2 * (y - middle) / length) ** 4))
    lift = height * ends * np.exp(-((away / np.where(away < 0, 0.5, 1.6)) ** 2))
    torn = 0.6 + 0.4 * np.sin(2.3 * y + 4 * np.sin(0.7 * y))
    white = torn * ends * np.exp(-(((away + 0.35) / np.where(away < -0.35, 1.3, 0.5)) ** 2))
    return lift, white
