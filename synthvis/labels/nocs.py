"""Normalised object coordinates (Wang et al., CVPR 2019): where in its object's box the point lies that a pixel shows.

The box is that of `synthvis.labels.box3d`, along the object's own axes. Its centre is at (0.5, 0.5, 0.5) and its space
diagonal has length 1, so shapes keep their proportions and every object fits into the unit cube.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from synthvis.camera.projector import Projector
from synthvis.geometry import invert_rigid, transform_points
from synthvis.labels.box3d import Box3D

__all__ = ["back_projected", "nocs_map", "points_of_nocs"]

Float = NDArray[np.float64]


def nocs_map(
    depth_m: NDArray[np.float32],
    instance_id: NDArray[np.uint16],
    projector: Projector,
    poses: Mapping[int, Float],
    boxes: Mapping[int, Box3D],
) -> Float:
    """Normalised coordinates of every pixel of some objects.

    The point is the one on the ray through the pixel's centre at the depth that the render met in this pixel. So it
    projects to the pixel's centre, and lies off the surface by what the depth changes within half a pixel, or, with
    distortion, within a pixel of the render; where that takes it out of the unit cube, it is put back to its side.

    Args:
        depth_m: (H, W) along the optical axis, metres.
        instance_id: (H, W) index pass.
        projector: Of the image.
        poses: `cam_from_object`, (4, 4), of each object wanted, by instance id.
        boxes: Box of each of these.

    Returns:
        (H, W, 3) float64 in 0..1; 0 for pixels of no such object.
    """
    normalised = np.zeros((*instance_id.shape, 3))
    for wanted_id, cam_from_object in poses.items():
        rows, columns = np.nonzero((instance_id == wanted_id) & np.isfinite(depth_m))
        points_cam_m = back_projected(rows, columns, depth_m[rows, columns].astype(np.float64), projector)
        points_m = transform_points(invert_rigid(cam_from_object), points_cam_m)
        box = boxes[wanted_id]
        normalised[rows, columns] = np.clip((points_m - box.centre_m) / box.diagonal_m + 0.5, 0.0, 1.0)
    return normalised


def back_projected(rows: NDArray[np.int64], columns: NDArray[np.int64], depth_m: Float, projector: Projector) -> Float:
    """(N, 3) camera-frame points in metres, on the rays through pixel centres at (N,) depths along the optical axis."""
    return projector.rays(np.stack([columns + 0.5, rows + 0.5], axis=1)) * depth_m[:, None]


def points_of_nocs(normalised: Float, centre_m: Float, diagonal_m: float) -> Float:
    """Object-frame points in metres of normalised coordinates: the inverse of the map."""
    points: Float = (normalised - 0.5) * diagonal_m + centre_m
    return points
