"""The box of an object along its own axes, in the camera frame and in the image."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvis.camera.projector import Projector
from synthvis.geometry import transform_points
from synthvis.labels.silhouette import NEAR_M
from synthvis.objects.mesh.mesh import Mesh

__all__ = ["EDGES", "Box3D", "box3d_of"]

Float = NDArray[np.float64]

HIGH_ENDS = np.array([(i, j, k) for i in (0, 1) for j in (0, 1) for k in (0, 1)], dtype=np.float64)
"""Which end of x, y and z each corner is at."""

EDGES = tuple((low, low + step) for step in (4, 2, 1) for low in range(8) if not low & step)
"""The twelve pairs of corners an edge joins: four along x, four along y, four along z."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Box3D:
    """The box of one object along the axes of its own frame.

    Attributes:
        centre_m: (3,) float64, object frame.
        size_m: (3,) float64, lengths along the object's x, y and z.
        corners_cam_m: (8, 3) float64, camera frame; corner 4 i + 2 j + k is at the low (0) or high (1) end of the
            object's x (i), y (j) and z (k).
        corners_px: (8, 2) float64, their pixels, which may lie outside the frame; NaN for corners nearer to the camera
            plane than the near plane, or behind it, or where distortion has no place for them.
    """

    centre_m: NDArray[np.float64]
    size_m: NDArray[np.float64]
    corners_cam_m: NDArray[np.float64]
    corners_px: NDArray[np.float64]

    @property
    def diagonal_m(self) -> float:
        """Length of the box's space diagonal."""
        return float(np.linalg.norm(self.size_m))


def box3d_of(mesh: Mesh, cam_from_object: Float, projector: Projector) -> Box3D:
    """Tight box of a mesh along the axes of its object frame.

    Args:
        mesh: In the object frame; only vertices that a face uses count.
        cam_from_object: (4, 4) rigid transform.
        projector: Of the image.
    """
    surface_m = mesh.vertices_m[mesh.faces.reshape(-1)]
    low, high = surface_m.min(axis=0), surface_m.max(axis=0)
    corners_cam_m = transform_points(cam_from_object, low + HIGH_ENDS * (high - low))
    is_before = corners_cam_m[:, 2:] >= NEAR_M
    return Box3D(
        centre_m=(low + high) / 2,
        size_m=high - low,
        corners_cam_m=corners_cam_m,
        corners_px=np.where(is_before, projector.project(corners_cam_m), np.nan),
    )
