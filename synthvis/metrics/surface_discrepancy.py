"""VSD, the visible surface discrepancy of a pose: how much of what shows lies elsewhere (BOP Challenge 2020).

It compares depths only, so that poses that look alike have no error and what is hidden does not count.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvis.geometry import transform_points
from synthvis.labels.silhouette import NEAR_M, clip_to_near_plane

__all__ = ["VSD_TAUS", "model_depth_m", "vsd"]

Float = NDArray[np.float64]

VSD_TAUS = tuple(round(0.05 * k, 2) for k in range(1, 11))
"""Misalignments that are tolerated, as shares of the diameter."""

VISIBLE_BEHIND_M = 0.015
"""A model shows where it is not farther than this behind the measured depth."""

PIXELS_AT_ONCE = 4_000_000


@dataclass(frozen=True, slots=True, eq=False)
class _Pixels:
    """Pixels (P,) of the boxes of triangles: whose they are, and where."""

    triangle: NDArray[np.intp]
    x: NDArray[np.intp]
    y: NDArray[np.intp]


def model_depth_m(
    vertices_m: Float, faces: NDArray[np.int32], cam_from_object: Float, K: Float, image_hw: tuple[int, int]
) -> Float:
    """(H, W) depth of a model along the optical axis at the middles of pixels, metres; inf where it is not.

    A z-buffer without a loop over triangles: 1 / z is linear over the picture.

    Args:
        vertices_m: (V, 3), object frame.
        faces: (F, 3); orientation does not matter.
        cam_from_object: (4, 4).
        K: (3, 3) intrinsics, pixels; the middle of the top left pixel is (0.5, 0.5).
        image_hw: Height and width, pixels.
    """
    buffer = np.full(image_hw, math.inf)
    if not len(faces) or not np.isfinite(cam_from_object).all():
        return buffer
    triangles = clip_to_near_plane(transform_points(cam_from_object, vertices_m)[faces], NEAR_M)
    inverse = 1 / triangles[:, :, 2]
    corners = (triangles @ K.T)[:, :, :2] * inverse[:, :, None]
    low = np.ceil(np.clip(corners.min(axis=1), -1, (image_hw[1] + 1, image_hw[0] + 1)) - 0.5).astype(np.intp)
    high = np.floor(np.clip(corners.max(axis=1), -1, (image_hw[1] + 1, image_hw[0] + 1)) - 0.5).astype(np.intp)
    low = np.maximum(low, 0)
    sizes = np.maximum(np.minimum(high, (image_hw[1] - 1, image_hw[0] - 1)) - low + 1, 0)
    counts = sizes.prod(axis=1)
    for some in _chunks(counts):
        pixels = _pixels_of(some, low, sizes, counts)
        _fill(buffer, pixels, corners, inverse)
    return buffer


def vsd(
    estimate_depth_m: Float, ground_truth_depth_m: Float, scene_depth_m: Float, K: Float, diameter_m: float
) -> tuple[float, ...]:
    """The share of the surface that shows in either pose and lies elsewhere in the other, for each of `VSD_TAUS`.

    Args:
        estimate_depth_m: (H, W) of the model in the estimated pose, inf where it is not.
        ground_truth_depth_m: (H, W) in the true pose.
        scene_depth_m: (H, W) measured; not finite or 0 where nothing is known.
        K: (3, 3) intrinsics, pixels.
        diameter_m: Of the model.
    """
    stretch = _distance_of_depth(K, ground_truth_depth_m.shape)
    known = np.isfinite(scene_depth_m) & (scene_depth_m > 0)
    scene = np.where(known, scene_depth_m * stretch, math.inf)
    ground_truth, estimate = ground_truth_depth_m * stretch, estimate_depth_m * stretch
    shows_ground_truth = np.isfinite(ground_truth) & (ground_truth <= scene + VISIBLE_BEHIND_M)
    shows_estimate = np.isfinite(estimate) & ((estimate <= scene + VISIBLE_BEHIND_M) | shows_ground_truth)
    either, both = shows_ground_truth | shows_estimate, shows_ground_truth & shows_estimate
    count = int(either.sum())
    if not count:
        return (1.0,) * len(VSD_TAUS)
    apart = np.abs(ground_truth[both] - estimate[both]) / diameter_m
    alone = count - int(both.sum())
    return tuple(float((apart >= tau).sum() + alone) / count for tau in VSD_TAUS)


def _distance_of_depth(K: Float, image_hw: tuple[int, ...]) -> Float:
    """(H, W) distance from the camera of a point of depth 1 at the middle of each pixel."""
    x = (np.arange(image_hw[1]) + 0.5 - K[0, 2]) / K[0, 0]
    y = (np.arange(image_hw[0]) + 0.5 - K[1, 2]) / K[1, 1]
    return np.asarray(np.sqrt(1 + x[None] ** 2 + y[:, None] ** 2))


def _chunks(counts: NDArray[np.intp]) -> list[NDArray[np.intp]]:
    """Triangles that cover pixels, in groups of a bounded number of them."""
    there = np.flatnonzero(counts)
    group = counts[there].cumsum() // PIXELS_AT_ONCE
    return np.split(there, np.flatnonzero(np.diff(group)) + 1) if len(there) else []


def _pixels_of(
    some: NDArray[np.intp], low: NDArray[np.intp], sizes: NDArray[np.intp], counts: NDArray[np.intp]
) -> _Pixels:
    triangle = np.repeat(some, counts[some])
    ends = counts[some].cumsum()
    place = np.arange(ends[-1]) - np.repeat(ends - counts[some], counts[some])
    width = sizes[triangle, 0]
    return _Pixels(triangle, low[triangle, 0] + place % width, low[triangle, 1] + place // width)


def _fill(buffer: Float, pixels: _Pixels, corners_px: Float, inverse: Float) -> None:
    a, b, c = (corners_px[pixels.triangle, k] for k in range(3))
    x, y = pixels.x + 0.5, pixels.y + 0.5
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    safe = np.where(area == 0, 1.0, area)
    of_b = ((x - a[:, 0]) * (c[:, 1] - a[:, 1]) - (y - a[:, 1]) * (c[:, 0] - a[:, 0])) / safe
    of_c = ((b[:, 0] - a[:, 0]) * (y - a[:, 1]) - (b[:, 1] - a[:, 1]) * (x - a[:, 0])) / safe
    inside = (area != 0) & (of_b >= 0) & (of_c >= 0) & (of_b + of_c <= 1)
    own = inverse[pixels.triangle]
    nearness = own[:, 0] + of_b * (own[:, 1] - own[:, 0]) + of_c * (own[:, 2] - own[:, 0])
    np.minimum.at(buffer, (pixels.y[inside], pixels.x[inside]), 1 / nearness[inside])
