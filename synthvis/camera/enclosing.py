"""The wider pinhole picture that a distorted one is made from, since Blender renders pinholes only."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from synthvis.camera.distortion import direction_grid, frame_view, intrinsics_px_of, named_coefficients, stretch
from synthvis.camera.pinhole import K_of, pixels_of
from synthvis.camera.projector import projector_of
from synthvis.camera.spec import CameraSpec
from synthvis.errors import UsageError

__all__ = ["MAX_WIDENING", "enclosing_pinhole", "pinhole_coordinates", "pinhole_pixels"]

Float = NDArray[np.float64]
Int = NDArray[np.int64]

MAX_WIDENING = 2.0
"""The pinhole picture may be so many times as wide or high as the distorted one."""
MARGIN_PX = 2


def enclosing_pinhole(camera: CameraSpec) -> CameraSpec:
    """The pinhole camera whose picture holds all that `camera` sees: itself when it has no distortion.

    Its pixels are as fine as the distorted ones where those are finest, and fall on them where the map does nothing.

    Raises:
        UsageError: The coefficients fold the picture over, or need a picture much wider than the distorted one.
    """
    if camera.distortion is None:
        return camera
    K = K_of(camera)
    view = frame_view(camera.distortion, intrinsics_px_of(K), camera.image_hw)
    left, top = np.floor(pixels_of(np.array(view[:2]), K)).astype(int) - MARGIN_PX
    right, bottom = np.ceil(pixels_of(np.array(view[2:]), K)).astype(int) + MARGIN_PX
    scale = float(np.clip(stretch(direction_grid(view), camera.distortion)[1].max(), 1.0, 2.0))
    height, width = math.ceil(scale * int(bottom - top)), math.ceil(scale * int(right - left))
    if width > MAX_WIDENING * camera.image_hw[1] or height > MAX_WIDENING * camera.image_hw[0]:
        raise UsageError(
            f"{named_coefficients(camera.distortion)} needs a render of {width} x {height} pixels for a picture of "
            f"{camera.image_hw[1]} x {camera.image_hw[0]}",
            hint="take a longer focal length or weaker camera.distortion",
        )
    intrinsics = (
        scale * float(K[0, 0]),
        scale * float(K[1, 1]),
        scale * (float(K[0, 2]) - int(left)),
        scale * (float(K[1, 2]) - int(top)),
    )
    return replace(camera, distortion=None, intrinsics_px=intrinsics, image_hw=(height, width))


def pinhole_coordinates(camera: CameraSpec, pinhole: CameraSpec, inside: tuple[float, float] = (0.5, 0.5)) -> Float:
    """Where the pixels of `camera` lie in the picture of its `enclosing_pinhole`.

    Args:
        camera: With or without distortion.
        pinhole: What `enclosing_pinhole` gives for it.
        inside: Point of each pixel (x, y), 0..1; the default is its centre.

    Returns:
        (H, W, 2) pixel coordinates (x, y) in the pinhole picture.
    """
    height, width = camera.image_hw
    pixels = np.stack(np.meshgrid(np.arange(width) + inside[0], np.arange(height) + inside[1]), axis=-1)
    return pixels_of(projector_of(camera).directions(pixels), K_of(pinhole))


def pinhole_pixels(camera: CameraSpec, pinhole: CameraSpec) -> tuple[Int, Int]:
    """Rows and columns, (H, W) each, of the pinhole picture's pixels that `camera` shows: those that hold its centres.

    Args:
        camera: With or without distortion.
        pinhole: What `enclosing_pinhole` gives for it.
    """
    height, width = pinhole.image_hw
    columns, rows = np.moveaxis(np.floor(pinhole_coordinates(camera, pinhole)).astype(np.int64), -1, 0)
    return np.clip(rows, 0, height - 1), np.clip(columns, 0, width - 1)
