"""A tyre, and what tyres and rims are made of."""

from __future__ import annotations

import numpy as np

from synthvis.objects.mesh.meshes import Part, revolve
from synthvis.objects.spec import SurfaceSpec

__all__ = ["BLACK_RUBBER", "STEEL", "tyre"]

STEEL = SurfaceSpec(kind="metal", params={"color": (0.5, 0.51, 0.53), "roughness": 0.4})
BLACK_RUBBER = SurfaceSpec(kind="rubber", params={"color": (0.02, 0.02, 0.022), "roughness": 0.75})


def tyre(slot: str, radius_m: float, width_m: float, hole: float = 0.58) -> Part:
    """A tyre around the z axis, centred."""
    w = width_m / 2
    half = np.array([(hole, 0.8), (hole + 0.03, 0.95), (0.8, 1.05), (0.95, 0.95), (1, 0.7)])
    profile = np.concatenate([half * (1, -1), half[::-1]])
    return revolve(slot, radius_m * profile[:, 0], w * profile[:, 1], 40, loop=True)
