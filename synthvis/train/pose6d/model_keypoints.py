"""The points of a mesh that a network looks for, and the one pose among equivalent ones that it learns."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from synthvis.data.camera import Camera
from synthvis.data.object_models import ObjectModel
from synthvis.geometry import rotation_about
from synthvis.objects.mesh.surface import farthest_points
from synthvis.objects.symmetry import Symmetries, nearest_equivalent

__all__ = ["BOX_CORNERS", "KEYPOINTS", "canonical_pose", "model_keypoints_m", "project_px"]

Float = NDArray[np.float64]

BOX_CORNERS, SURFACE_POINTS = 8, 12
KEYPOINTS = BOX_CORNERS + SURFACE_POINTS

CANONICAL = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, -1.0], [-1.0, 0.0, 0.0]])
"""Rotation of an object that stands upright and turns its x axis to the camera, seen level: z up, y to the right."""


def model_keypoints_m(model: ObjectModel) -> Float:
    """(KEYPOINTS, 3) corners of the box along the axes of the model, then vertices that are far apart."""
    return np.concatenate([model.corners_m, farthest_points(model.vertices_m, SURFACE_POINTS)])


def canonical_pose(cam_from_object: Float, symmetries: Symmetries) -> Float:
    """(4, 4) the equivalent pose whose rotation, as it looks from the ray to the object, is nearest to a fixed one.

    So one look has one pose: equal pictures would else have different targets (Pitteri et al., On object symmetries and
    6D pose estimation from images, 3DV 2019).

    Args:
        cam_from_object: (4, 4).
        symmetries: Of the object.
    """
    if not symmetries:
        return cam_from_object
    towards = cam_from_object[:3, :3] @ _fixed_point(symmetries) + cam_from_object[:3, 3]
    seen = _ray_rotation(towards).T @ cam_from_object[:3, :3]
    return np.asarray(cam_from_object @ nearest_equivalent(symmetries, seen, CANONICAL))


def project_px(points_m: Float, cam_from_object: Float, camera: Camera) -> tuple[Float, NDArray[np.bool_]]:
    """(N, 2) pixels of points of an object, the lens included, and (N,) whether they are before the camera."""
    cam_m = points_m @ cam_from_object[:3, :3].T + cam_from_object[:3, 3]
    ahead = cam_m[:, 2] > 0
    safe = np.where(ahead[:, None], cam_m, (0.0, 0.0, 1.0))
    distortion = np.zeros(5) if camera.distortion is None else camera.distortion
    pixels = cv2.projectPoints(safe, np.zeros(3), np.zeros(3), camera.K, distortion)[0].reshape(-1, 2)
    return np.asarray(pixels, dtype=np.float64), ahead


def _fixed_point(symmetries: Symmetries) -> Float:
    """(3,) a point that no symmetry moves: the origin of the object may lie beside the axis."""
    middle = symmetries.matrices[:, :3, 3].mean(axis=0)
    if not symmetries.continuous:
        return np.asarray(middle)
    one = symmetries.continuous[0]
    axis, offset = np.array(one.axis), np.array(one.offset_m)
    return np.asarray(offset + axis * float(axis @ (middle - offset)))


def _ray_rotation(towards_m: Float) -> Float:
    """(3, 3) the least rotation that takes the optical axis to the ray to a point."""
    length = float(np.linalg.norm(towards_m))
    ray = towards_m / length if length else np.array([0.0, 0.0, 1.0])
    across = np.cross((0.0, 0.0, 1.0), ray)
    sine = float(np.linalg.norm(across))
    if sine < 1e-12:
        return np.eye(3)
    return rotation_about(across, math.atan2(sine, float(ray[2])))
