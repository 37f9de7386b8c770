"""Rigid transforms, in the frames of `synthvis.conventions`."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["invert_rigid", "rigid", "rotation_about", "transform_points"]

Float = NDArray[np.float64]


def rigid(rotation: ArrayLike, translation_m: ArrayLike) -> Float:
    """(4, 4) transform from a (3, 3) rotation and a (3,) translation in metres."""
    transform = np.eye(4)
    transform[:3, :3] = rotation
    transform[:3, 3] = translation_m
    return transform


def rotation_about(axis: ArrayLike, angle_rad: float) -> Float:
    """(3, 3) right-handed rotation by `angle_rad` about `axis` (Rodrigues' formula)."""
    x, y, z = np.asarray(axis, dtype=np.float64) / np.linalg.norm(axis)
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    rotation: Float = np.eye(3) + np.sin(angle_rad) * cross + (1 - np.cos(angle_rad)) * (cross @ cross)
    return rotation


def invert_rigid(a_from_b: ArrayLike) -> Float:
    """`b_from_a` of a rigid (4, 4) transform."""
    transform = np.asarray(a_from_b, dtype=np.float64)
    rotation = transform[:3, :3].T
    return rigid(rotation, -rotation @ transform[:3, 3])


def transform_points(a_from_b: ArrayLike, points_b: ArrayLike) -> Float:
    """(N, 3) points of frame b expressed in frame a, by a (4, 4) transform."""
    transform = np.asarray(a_from_b, dtype=np.float64)
    points: Float = np.asarray(points_b, dtype=np.float64) @ transform[:3, :3].T + transform[:3, 3]
    return points
