"""Camera and object poses of a scene, in the frames of `synthvis.conventions`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from synthvis.camera.spec import CameraSpec
from synthvis.geometry import invert_rigid
from synthvis.objects.spec import ObjectSpec

__all__ = ["cam_from_object"]


def cam_from_object(camera: CameraSpec, item: ObjectSpec) -> NDArray[np.float64]:
    """(4, 4) rigid transform from the object's frame to the OpenCV camera frame, metres."""
    transform: NDArray[np.float64] = invert_rigid(camera.world_from_cam) @ np.asarray(item.world_from_object)
    return transform
