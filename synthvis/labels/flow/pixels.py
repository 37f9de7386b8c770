"""Optical flow as the 16-bit RGB pixels of the KITTI benchmarks (Menze and Geiger, CVPR 2015).

Red and green hold the flow along x and y, blue whether there is any:

    red = round(64 flow_x + 32768)     green = round(64 flow_y + 32768)     blue = 1

and all three are 0 where no flow is known. So a step is 1/64 pixel, and flow from -512 to 511.98 pixels can be stored.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["MAX_FLOW_PX", "STEPS_PER_PX", "decode_flow_pixels", "encode_flow_pixels"]

STEPS_PER_PX = 64
ZERO = 32768
HIGHEST = 65535

MAX_FLOW_PX = (HIGHEST - ZERO) / STEPS_PER_PX
"""Longer flow, along x or along y, has no place in these pixels, and is stored as not known."""


def encode_flow_pixels(flow_xy_px: NDArray[np.float32], mark: NDArray[np.uint16]) -> NDArray[np.uint16]:
    """Pixels of a flow.

    Args:
        flow_xy_px: (H, W, 2) float32.
        mark: (H, W) uint16 for the blue channel, 0 where the flow is not valid.

    Returns:
        (H, W, 3) uint16 RGB; 0 also where the flow is too long to be stored.
    """
    with np.errstate(invalid="ignore"):
        steps = np.rint(np.asarray(flow_xy_px, dtype=np.float64) * STEPS_PER_PX + ZERO)
        is_stored = (mark > 0) & ((steps >= 0) & (steps <= HIGHEST)).all(axis=2)
    pixels = np.dstack([steps, mark])
    return np.where(is_stored[..., None], pixels, 0).astype(np.uint16)


def decode_flow_pixels(pixels: NDArray[np.uint16]) -> tuple[NDArray[np.float32], NDArray[np.uint16]]:
    """Flow, (H, W, 2) float32, 0 where none is known, and the blue channel, (H, W) uint16."""
    mark = pixels[..., 2]
    flow = (pixels[..., :2].astype(np.float64) - ZERO) / STEPS_PER_PX
    return np.where(mark[..., None] > 0, flow, 0.0).astype(np.float32), mark
