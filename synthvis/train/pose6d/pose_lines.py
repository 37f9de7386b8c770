"""The lines in a picture that show a pose: the edges of the box of the model, and its axes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from synthvis.data.camera import Camera
from synthvis.metrics.picture_predictions import PoseLine
from synthvis.train.pose6d.model_keypoints import BOX_CORNERS, project_px

__all__ = ["pose_lines"]

Float = NDArray[np.float64]

AXIS_OF_SIZE = 0.5
BOX_EDGES = tuple(
    (corner, corner | 1 << axis) for axis in range(3) for corner in range(BOX_CORNERS) if not corner >> axis & 1
)


def pose_lines(cam_from_object: Float, corners_m: Float, camera: Camera) -> tuple[PoseLine, ...]:
    """The edges of the box, and the axes from the origin, where both ends are before the camera.

    Args:
        cam_from_object: (4, 4).
        corners_m: (8, 3) of the box, as `ObjectModel.corners_m` has them.
        camera: Of the picture.
    """
    length_m = AXIS_OF_SIZE * float(np.ptp(corners_m, axis=0).max())
    points = np.concatenate([corners_m, np.zeros((1, 3)), length_m * np.eye(3)])
    pixels, ahead = project_px(points, cam_from_object, camera)
    wanted = [(a, b, None) for a, b in BOX_EDGES]
    wanted += [(BOX_CORNERS, BOX_CORNERS + 1 + axis, axis) for axis in range(3)]  # type: ignore[misc]
    return tuple(
        PoseLine(ends_xy_px=(*pixels[a].tolist(), *pixels[b].tolist()), axis=axis)
        for a, b, axis in wanted
        if ahead[a] and ahead[b]
    )
