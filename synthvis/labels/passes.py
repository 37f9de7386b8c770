"""The arrays of a render, from which labels are made."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Passes",
]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Passes:
    """The arrays of one Cycles render.

    Attributes:
        rgb: (H, W, 3) float32, scene-linear Rec.709, not clipped.
        depth_m: (H, W) float32, distance along the optical axis in metres; inf where nothing was hit.
        normal_cam: (H, W, 3) float32 unit normals in the OpenCV camera frame; 0 where nothing was hit.
        instance_id: (H, W) uint16, `ObjectSpec.instance_id` or 0 for stage and sky.
    """

    rgb: NDArray[np.float32]
    depth_m: NDArray[np.float32]
    normal_cam: NDArray[np.float32]
    instance_id: NDArray[np.uint16]
