"""Errors of one estimated pose of an object whose model is known, by the definitions of the field.

Poses are `cam_from_object`, (4, 4), metres. An estimate that is not finite has an infinite error.

| error | |
|---|---|
| ADD | mean distance of the model's points to themselves (Hinterstoisser et al., ACCV 2012) |
| ADD-S | mean distance of the model's points to the nearest point (likewise) |
| MSSD, MSPD | largest distance of the points in space, in the picture (BOP Challenge 2020) |
| reprojection | mean distance of the points in the picture (Brachmann et al., CVPR 2016) |
| rotation | angle of the rotation between the poses |

The last three rows take the least over the poses that look like the true one.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from synthvis.camera.pinhole import project
from synthvis.geometry import transform_points
from synthvis.objects.symmetry import Symmetries

__all__ = ["add_m", "adds_m", "mspd_px", "mssd_m", "reprojection_px", "rotation_error_deg", "translation_error_m"]

Float = NDArray[np.float64]

ROWS_AT_ONCE = 512


def add_m(estimate: Float, ground_truth: Float, points_m: Float) -> float:
    """Mean distance between the points (N, 3) in both poses, metres; NaN without points.

    Args:
        estimate: (4, 4).
        ground_truth: (4, 4).
        points_m: (N, 3) of the model, object frame.
    """
    if not len(points_m):
        return math.nan
    if not np.isfinite(estimate).all():
        return math.inf
    return float(_distances(transform_points(estimate, points_m), transform_points(ground_truth, points_m)).mean())


def adds_m(estimate: Float, ground_truth: Float, points_m: Float) -> float:
    """Mean distance from each point in the true pose to the nearest one in the estimate, metres; else as `add_m`."""
    if not len(points_m):
        return math.nan
    if not np.isfinite(estimate).all():
        return math.inf
    there, here = transform_points(ground_truth, points_m), transform_points(estimate, points_m)
    # About a common middle, so that the squares are of the size of the object.
    there, here = there - here.mean(axis=0), here - here.mean(axis=0)
    squares = (here**2).sum(axis=1)
    total = 0.0
    for start in range(0, len(there), ROWS_AT_ONCE):
        rows = there[start : start + ROWS_AT_ONCE]
        nearest = (squares - 2 * rows @ here.T).argmin(axis=1)
        # The product rounds; the pair does not.
        total += float(_distances(rows, here[nearest]).sum())
    return total / len(there)


def mssd_m(estimate: Float, equivalents: Float, points_m: Float) -> float:
    """Largest distance between the points in both poses, metres, the least over the equivalents of the true one.

    Args:
        estimate: (4, 4).
        equivalents: (S, 4, 4) poses that look like the true one.
        points_m: (N, 3) of the model, object frame.
    """
    if not len(points_m):
        return math.nan
    if not np.isfinite(estimate).all():
        return math.inf
    here = transform_points(estimate, points_m)
    return min(float(_distances(here, transform_points(one, points_m)).max()) for one in equivalents)


def mspd_px(estimate: Float, equivalents: Float, points_m: Float, K: Float) -> float:
    """Likewise of the points in the picture, pixels; infinite where a point of the estimate is not before the camera.

    Args:
        estimate: (4, 4).
        equivalents: (S, 4, 4).
        points_m: (N, 3).
        K: (3, 3) intrinsics, pixels.
    """
    return min((float(one.max()) for one in _offsets_px(estimate, equivalents, points_m, K)), default=math.nan)


def reprojection_px(estimate: Float, equivalents: Float, points_m: Float, K: Float) -> float:
    """Mean distance of the points in the picture, pixels; else as `mspd_px`."""
    return min((float(one.mean()) for one in _offsets_px(estimate, equivalents, points_m, K)), default=math.nan)


def rotation_error_deg(estimate: Float, ground_truth: Float, symmetries: Symmetries) -> float:
    """Angle of the rotation between two poses, degrees, the least over the symmetries of the object.

    Of an axis of any turn it is the angle between the two directions of the axis, which no steps round.
    """
    if not np.isfinite(estimate).all():
        return math.inf
    if symmetries.is_ball:
        return 0.0
    angles = []
    for turn in symmetries.matrices:
        true_rotation = ground_truth[:3, :3] @ turn[:3, :3]
        angles.append(_angle_deg(estimate[:3, :3].T @ true_rotation))
        for one in symmetries.continuous:
            axis = np.array(one.axis)
            a, b = estimate[:3, :3] @ axis, true_rotation @ axis
            angles.append(math.degrees(math.atan2(float(np.linalg.norm(np.cross(a, b))), float(a @ b))))
    return min(angles)


def translation_error_m(estimate: Float, equivalents: Float) -> float:
    """Distance between the origins of the object in both poses, metres, the least over the equivalents (S, 4, 4)."""
    if not np.isfinite(estimate).all():
        return math.inf
    return float(np.linalg.norm(equivalents[:, :3, 3] - estimate[:3, 3], axis=1).min())


def _offsets_px(estimate: Float, equivalents: Float, points_m: Float, K: Float) -> list[Float]:
    """(N,) distances in the picture, for each equivalent; infinite where one of both is not before the camera."""
    if not len(points_m):
        return []
    if not np.isfinite(estimate).all():
        return [np.array([math.inf])]
    here = project(transform_points(estimate, points_m), K)
    offsets = [_distances(here, project(transform_points(one, points_m), K)) for one in equivalents]
    return [np.where(np.isnan(one), math.inf, one) for one in offsets]


def _angle_deg(rotation: Float) -> float:
    """Of a rotation, exact near 0 and near a half turn."""
    skew = np.array([rotation[2, 1] - rotation[1, 2], rotation[0, 2] - rotation[2, 0], rotation[1, 0] - rotation[0, 1]])
    return math.degrees(math.atan2(float(np.linalg.norm(skew)), float(np.trace(rotation)) - 1))


def _distances(a: Float, b: Float) -> Float:
    return np.asarray(np.linalg.norm(a - b, axis=1))
