"""The pinhole camera: intrinsics, pose and projection, in the frames of `synthvis.conventions`."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synthvis.camera.spec import CameraSpec
from synthvis.geometry import rigid, rotation_about

__all__ = ["K_from_focal_length", "K_of", "directions_of", "look_at", "pixels_of", "project"]

Float = NDArray[np.float64]


def K_from_focal_length(focal_mm: float, sensor_width_mm: float, image_hw: tuple[int, int]) -> Float:
    """Intrinsics of a pinhole with square pixels and its principal point at the image centre.

    The sensor's width spans the longer image side, as Blender's sensor fit AUTO has it.

    Returns:
        (3, 3) float64, pixels.
    """
    height_px, width_px = image_hw
    focal_px = focal_mm / sensor_width_mm * max(height_px, width_px)
    return np.array([[focal_px, 0.0, width_px / 2], [0.0, focal_px, height_px / 2], [0.0, 0.0, 1.0]])


def K_of(camera: CameraSpec) -> Float:
    """Intrinsics of a camera, the one source of K: as given in pixels, or else from its focal length.

    Returns:
        (3, 3) float64, pixels.
    """
    if camera.intrinsics_px is None:
        return K_from_focal_length(camera.focal_mm, camera.sensor_width_mm, camera.image_hw)
    fx, fy, cx, cy = camera.intrinsics_px
    return np.array([[fx, 0.0, cx], [0.0, fy, cy], [0.0, 0.0, 1.0]])


def look_at(eye_m: ArrayLike, target_m: ArrayLike, *, roll_rad: float = 0.0) -> Float:
    """(4, 4) `world_from_cam` of an OpenCV camera at `eye_m` that looks at `target_m` with world z up.

    Args:
        eye_m: (3,) camera centre in the world, metres.
        target_m: (3,) point on the optical axis, metres.
        roll_rad: Right-handed turn about the optical axis.

    Raises:
        ValueError: The eye and the target coincide.
    """
    eye = np.asarray(eye_m, dtype=np.float64)
    forward = np.asarray(target_m, dtype=np.float64) - eye
    distance = float(np.linalg.norm(forward))
    if distance == 0:
        raise ValueError("eye and target coincide")
    forward = forward / distance
    # Looking straight up or down leaves the horizon free: take world y for "up" then.
    up = np.array([0.0, 0.0, 1.0]) if abs(forward[2]) < 1 - 1e-9 else np.array([0.0, 1.0, 0.0])
    right = np.cross(forward, up)
    right /= np.linalg.norm(right)
    down = np.cross(forward, right)
    rotation = np.stack([right, down, forward], axis=1) @ rotation_about((0.0, 0.0, 1.0), roll_rad)
    return rigid(rotation, eye)


def project(points_cam_m: ArrayLike, K: ArrayLike) -> Float:
    """Pinhole projection of camera-frame points.

    Args:
        points_cam_m: (N, 3) metres, OpenCV camera frame.
        K: (3, 3) intrinsics, pixels.

    Returns:
        (N, 2) pixel coordinates (x, y); NaN where a point is not in front of the camera (z <= 0).
    """
    points = np.asarray(points_cam_m, dtype=np.float64).reshape(-1, 3)
    depth_m = np.where(points[:, 2] > 0, points[:, 2], np.nan)
    homogeneous = points @ np.asarray(K, dtype=np.float64).T
    pixels: Float = homogeneous[:, :2] / depth_m[:, None]
    return pixels


def pixels_of(directions: Float, K: Float) -> Float:
    """(..., 2) pixels of (..., 2) directions x / z, y / z."""
    return np.asarray(directions * (K[0, 0], K[1, 1]) + (K[0, 2], K[1, 2]))


def directions_of(pixels: Float, K: Float) -> Float:
    """(..., 2) directions x / z, y / z of (..., 2) pixels."""
    return np.asarray((pixels - (K[0, 2], K[1, 2])) / (K[0, 0], K[1, 1]))
