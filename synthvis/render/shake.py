"""Camera shake: during the exposure the whole picture moves over the sensor along a straight or slightly bent path.

It blurs everything alike, as a hand that trembles does; things that move by themselves it does not show. Labels stay
where the middle of the path puts things: the mean shift is zero.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from synthvis.scene.spec import ShakeSpec

__all__ = ["shake", "shake_kernel", "shake_path"]

Float32 = NDArray[np.float32]
SAMPLES_PER_PX = 32


def shake_path(spec: ShakeSpec, points: int) -> NDArray[np.float64]:
    """(points, 2) shifts x, y in pixels at evenly spaced times, their mean at (0, 0)."""
    # At the middles of equal spans of time, so that equal weights are the integral.
    share = (np.arange(points) + 0.5) / points - 0.5
    bend, angle = math.radians(spec.bend_deg), math.radians(spec.angle_deg)
    if abs(bend) < 1e-6:
        path = spec.length_px * share[:, None] * np.array([math.cos(angle), math.sin(angle)])
    else:
        heading, radius = angle + bend * share, spec.length_px / bend
        path = radius * np.stack([np.sin(heading), -np.cos(heading)], axis=1)
    centred: NDArray[np.float64] = path - path.mean(axis=0)
    return centred


def shake_kernel(spec: ShakeSpec) -> Float32:
    """What becomes of one point of light: an odd (K, K) kernel that sums to 1, each moment shared by four pixels."""
    path = shake_path(spec, max(8, math.ceil(SAMPLES_PER_PX * spec.length_px)))
    reach = math.ceil(float(np.abs(path).max())) + 1
    size = 2 * reach + 1
    kernel = np.zeros((size, size))
    low = np.floor(path).astype(int)
    part = path - low
    for down in (0, 1):
        for right in (0, 1):
            weight = np.abs(1 - right - part[:, 0]) * np.abs(1 - down - part[:, 1])
            np.add.at(kernel, (low[:, 1] + down + reach, low[:, 0] + right + reach), weight)
    return np.asarray(kernel / kernel.sum(), dtype=np.float32)


def shake(light: Float32, spec: ShakeSpec) -> Float32:
    """The (H, W, 3) linear picture, moved along the path while the shutter is open."""
    # OpenCV correlates; turned by half a turn, that is a convolution.
    kernel = np.ascontiguousarray(shake_kernel(spec)[::-1, ::-1])
    return np.asarray(cv2.filter2D(light, -1, kernel, borderType=cv2.BORDER_REPLICATE), dtype=np.float32)
