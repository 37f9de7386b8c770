"""From points found in a picture to the pose of the model that has them."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from synthvis.data.camera import Camera
from synthvis.geometry import rigid
from synthvis.train.pose6d.model_keypoints import project_px

__all__ = ["likely_poses", "solve_pose"]

Float = NDArray[np.float64]

MIN_POINTS = 4
MIN_SHARE_OF_BEST = 0.25
"""Points of a lower score than this share of the third best are not believed."""

RANSAC_ROUNDS = 200
CONFIDENCE = 0.999
SAME_POINT_OF_SIZE = 1e-3
MAX_DISTANCE_SIZES = 1e4
"""Points that fell together fit an object at the end of the world."""


def likely_poses(peaks_xyv_px: Float, model_points_m: Float, camera: Camera, tolerance_px: float) -> tuple[Float, ...]:
    """Poses (4, 4) of an object whose points may be in several places each, those that fit most points first.

    From the first place of each point, and from all places together: where an object looks alike from two sides, some
    points are best found as if it were turned and some as if not, and only a mixture of both fits a pose.

    Args:
        peaks_xyv_px: (N, P, 3) x, y in pixels and a score, of P places of each point, the best first.
        model_points_m: (N, 3) object frame.
        camera: That took the picture.
        tolerance_px: How far a point may be off to agree.
    """
    places = peaks_xyv_px.shape[1]
    alternatives = [
        solve_pose(peaks_xyv_px[:, 0], model_points_m, camera, tolerance_px),
        solve_pose(peaks_xyv_px.reshape(-1, 3), np.repeat(model_points_m, places, axis=0), camera, tolerance_px),
    ]
    poses = [one for one in alternatives if one is not None]

    def fitting(pose: Float) -> int:
        pixels, _ = project_px(model_points_m, pose, camera)
        away = np.linalg.norm(peaks_xyv_px[:, :, :2] - pixels[:, None], axis=2)
        return int((away <= tolerance_px).any(axis=1).sum())

    return tuple(sorted(poses, key=fitting, reverse=True))


def solve_pose(points_xyv_px: Float, model_points_m: Float, camera: Camera, tolerance_px: float) -> Float | None:
    """(4, 4) `cam_from_object` that puts points of a model where they were found; None where there is none.

    RANSAC over minimal sets (AP3P), the better of both poses of a flat object (IPPE), then Levenberg-Marquardt over the
    points that agree.

    Args:
        points_xyv_px: (N, 3) x, y in pixels and a score.
        model_points_m: (N, 3) object frame; of points at one place that were found at one place the one of the best
            score is taken.
        camera: That took the picture.
        tolerance_px: How far a point may be off to agree.
    """
    chosen = _believed(points_xyv_px, model_points_m, tolerance_px)
    if len(chosen) < MIN_POINTS:
        return None
    pixels, points = points_xyv_px[chosen, :2], model_points_m[chosen]
    lens = np.zeros(5) if camera.distortion is None else camera.distortion
    cv2.setRNGSeed(0)
    try:
        found, turn, shift, agree = cv2.solvePnPRansac(
            points, pixels, camera.K, lens, iterationsCount=RANSAC_ROUNDS, reprojectionError=tolerance_px,
            confidence=CONFIDENCE, flags=cv2.SOLVEPNP_AP3P,
        )  # fmt: skip
        if not found or agree is None or len(agree) < MIN_POINTS:
            return None
        points, pixels = points[agree[:, 0]], pixels[agree[:, 0]]
        candidates = [(np.asarray(turn, float), np.asarray(shift, float)), *_flat_poses(points, pixels, camera.K, lens)]
        refined = [_refined(points, pixels, camera.K, lens, one) for one in candidates]
    except cv2.error:
        return None
    poses = [one for one in refined if one is not None]
    return min(poses, key=lambda one: one[0])[1] if poses else None


def _believed(points_xyv_px: Float, model_points_m: Float, tolerance_px: float) -> NDArray[np.intp]:
    """Indices of points that have a place and some score, the best scores first, and those that are the same once."""
    usable = np.isfinite(points_xyv_px).all(axis=1)
    scores = np.where(usable, points_xyv_px[:, 2], -1.0)
    order = np.argsort(-scores, kind="stable")
    least = MIN_SHARE_OF_BEST * float(scores[order[min(2, len(order) - 1)]]) if len(order) else 0.0
    size_m = float(np.ptp(model_points_m, axis=0).max()) if len(order) else 0.0
    chosen: list[int] = []
    for index in order.tolist():
        apart = np.linalg.norm(model_points_m[chosen] - model_points_m[index], axis=1) > SAME_POINT_OF_SIZE * size_m
        apart |= np.linalg.norm(points_xyv_px[chosen, :2] - points_xyv_px[index, :2], axis=1) > 2 * tolerance_px
        if scores[index] >= max(least, 0.0) and usable[index] and apart.all():
            chosen.append(index)
    return np.array(chosen, dtype=np.intp)


def _flat_poses(points: Float, pixels: Float, K: Float, lens: Float) -> list[tuple[Float, Float]]:
    """The two poses that fit a flat object; none where it is not flat."""
    centred = points - points.mean(axis=0)
    spread = np.linalg.svd(centred, compute_uv=True)
    if spread[1][2] > SAME_POINT_OF_SIZE * spread[1][0]:
        return []
    # IPPE wants z = 0.
    axes = spread[2] * (1.0 if np.linalg.det(spread[2]) > 0 else -1.0)
    flat = centred @ axes.T
    flat[:, 2] = 0.0
    _, turns, shifts, _ = cv2.solvePnPGeneric(flat, pixels, K, lens, flags=cv2.SOLVEPNP_IPPE)
    plane_from_object = rigid(axes, -axes @ points.mean(axis=0))
    poses = [
        rigid(cv2.Rodrigues(turn)[0], shift[:, 0]) @ plane_from_object
        for turn, shift in zip(turns, shifts, strict=True)
    ]
    return [(np.asarray(cv2.Rodrigues(pose[:3, :3])[0], float), pose[:3, 3:].copy()) for pose in poses]


def _refined(
    points: Float, pixels: Float, K: Float, lens: Float, start: tuple[Float, Float]
) -> tuple[float, Float] | None:
    """Mean square error in pixels and pose after refinement; None where it is not before the camera, or too far."""
    turn, shift = cv2.solvePnPRefineLM(points, pixels, K, lens, start[0].copy(), start[1].copy())
    pose = rigid(cv2.Rodrigues(turn)[0], np.ravel(shift))
    if not np.isfinite(pose).all() or (points @ pose[2, :3] + pose[2, 3]).min() <= 0:
        return None
    if np.abs(pose[:3, 3]).max() > MAX_DISTANCE_SIZES * float(np.ptp(points, axis=0).max()):
        return None
    projected = cv2.projectPoints(points, turn, shift, K, lens)[0].reshape(-1, 2)
    return float(((projected - pixels) ** 2).sum(axis=1).mean()), pose
