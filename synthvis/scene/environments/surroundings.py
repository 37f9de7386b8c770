"""What stands around for good: buildings, blocks and the crowns of trees, which a camera keeps out of."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from synthvis.objects.spec import Param, Vec3

__all__ = ["blocks_of_stage", "crowns_of_stage"]

LUMPS = 1.52
"""The lumps of a crown reach at most so many radii from its middle."""


def blocks_of_stage(params: Mapping[str, Param]) -> tuple[tuple[Vec3, Vec3], ...]:
    """Upright boxes (low and high corner, metres, frame of the environment) around the blocks of a stage.

    Args:
        params: Of a stage; "boxes" are (x, y, foot, width, depth, height, turn) each.
    """
    found = []
    for x_m, y_m, foot_m, width_m, depth_m, height_m, turn_rad in _rows(params, "boxes", 7):
        c, s = abs(np.cos(turn_rad)), abs(np.sin(turn_rad))
        half_x, half_y = (c * depth_m + s * width_m) / 2, (s * depth_m + c * width_m) / 2
        low = (float(x_m - half_x), float(y_m - half_y), float(foot_m))
        found.append((low, (float(x_m + half_x), float(y_m + half_y), float(foot_m + height_m))))
    return tuple(found)


def crowns_of_stage(params: Mapping[str, Param]) -> tuple[tuple[Vec3, float], ...]:
    """Balls (centre, radius, metres, frame of the environment) around the crowns of a stage's trees.

    Args:
        params: Of a stage; "crowns" are (x, y, z, radius) each.
    """
    rows = _rows(params, "crowns", 4)
    return tuple(((float(x_m), float(y_m), float(z_m)), LUMPS * float(radius)) for x_m, y_m, z_m, radius in rows)


def _rows(params: Mapping[str, Param], name: str, columns: int) -> NDArray[np.float64]:
    value = params.get(name, ())
    flat: NDArray[np.float64] = np.array(value if isinstance(value, tuple) else (), dtype=np.float64)
    return flat.reshape(-1, columns)
