"""The distorted picture from the wider pinhole picture that Blender rendered."""

from __future__ import annotations

import math
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from synthvis.camera.distortion import Coefficients, stretch
from synthvis.camera.enclosing import pinhole_coordinates, pinhole_pixels
from synthvis.camera.pinhole import K_of, directions_of
from synthvis.camera.spec import CameraSpec
from synthvis.labels.passes import Passes

__all__ = ["distort_passes"]

Float = NDArray[np.float64]
SQUEEZED = 1.3
"""Where so many pinhole pixels fall on one side of a distorted pixel, one sample is not enough."""
MAX_SAMPLES = 6
"""Along one side of a pixel."""


def distort_passes(passes: Passes, pinhole: CameraSpec, camera: CameraSpec) -> Passes:
    """What `camera` sees, from the passes of its `synthvis.camera.enclosing.enclosing_pinhole`.

    Colour is bilinear, and a mean of several samples where distortion squeezes; depth, normals and ids are those of the
    nearest pixel, so that no value is invented between two surfaces.
    """
    if camera.distortion is None:
        return passes
    rows, columns = pinhole_pixels(camera, pinhole)
    return replace(
        passes,
        rgb=_colours(passes.rgb, camera, pinhole),
        depth_m=passes.depth_m[rows, columns],
        normal_cam=passes.normal_cam[rows, columns],
        instance_id=passes.instance_id[rows, columns],
    )


def _colours(rgb: NDArray[np.float32], camera: CameraSpec, pinhole: CameraSpec) -> NDArray[np.float32]:
    positions = pinhole_coordinates(camera, pinhole)
    once = _bilinear(rgb, positions)
    squeeze = _squeeze(positions, camera, pinhole)
    if float(squeeze.max()) <= SQUEEZED:
        return once
    side = min(math.ceil(float(squeeze.max())), MAX_SAMPLES)
    offsets = (np.arange(side) + 0.5) / side
    several = np.zeros_like(once)
    for y in offsets:
        for x in offsets:
            several += _bilinear(rgb, pinhole_coordinates(camera, pinhole, (float(x), float(y))))
    return np.where(squeeze[..., None] > SQUEEZED, several / np.float32(side * side), once)


def _squeeze(positions: Float, camera: CameraSpec, pinhole: CameraSpec) -> Float:
    """(H, W) pinhole pixels that fall on one side of each distorted pixel, where it is worst."""
    finer = K_of(pinhole)[0, 0] / K_of(camera)[0, 0]
    least, _ = stretch(directions_of(positions, K_of(pinhole)), _coefficients(camera))
    return np.asarray(finer / least)


def _bilinear(rgb: NDArray[np.float32], positions: Float) -> NDArray[np.float32]:
    # OpenCV counts from pixel centres.
    x, y = (positions[..., axis].astype(np.float32) - np.float32(0.5) for axis in (0, 1))
    return np.asarray(cv2.remap(rgb, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), dtype=np.float32)


def _coefficients(camera: CameraSpec) -> Coefficients:
    if camera.distortion is None:
        raise ValueError("the camera has no distortion")
    return camera.distortion
