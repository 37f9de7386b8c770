"""Optical flow as the 16-bit RGB pixels of the KITTI benchmarks (Menze and Geiger, CVPR 2015).

Red and green hold the flow along x and y, blue whether there is any:

    red = round(64 flow_x + 32768)     green = round(64 flow_y + 32768)     blue = 1

and all three are 0 where there is no flow. So a step is 1/64 pixel, and flow from -512 to 511.98 pixels can be stored.
Blue is 2 in datasets of synthvis where the other picture does not show the point; the benchmarks, which have two files
in place of that, and their readers take every value above 0 for flow.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from synthvis.labels.flow.flow_map import FlowMap

__all__ = ["MATCHED", "MAX_FLOW_PX", "NO_FLOW", "OCCLUDED", "STEPS_PER_PX", "decode_flow_pixels", "encode_flow_pixels"]

STEPS_PER_PX = 64
ZERO = 32768
HIGHEST = 65535

NO_FLOW, MATCHED, OCCLUDED = 0, 1, 2
"""Values of the blue channel."""

MAX_FLOW_PX = (HIGHEST - ZERO) / STEPS_PER_PX
"""Longer flow, along x or along y, has no place in these pixels, and is stored as none."""


def encode_flow_pixels(flow: FlowMap) -> NDArray[np.uint16]:
    """(H, W, 3) uint16 RGB; black where there is no flow, or one too long to be stored."""
    with np.errstate(invalid="ignore"):
        steps = np.rint(flow.flow_xy_px.astype(np.float64) * STEPS_PER_PX + ZERO)
        is_stored = flow.is_valid & ((steps >= 0) & (steps <= HIGHEST)).all(axis=2)
    mark = np.where(flow.is_matched, MATCHED, OCCLUDED)
    return np.where(is_stored[..., None], np.dstack([steps, mark]), NO_FLOW).astype(np.uint16)


def decode_flow_pixels(pixels: NDArray[np.uint16], *, has_occlusion: bool) -> FlowMap:
    """Flow of (H, W, 3) uint16 RGB pixels.

    Args:
        pixels: As `encode_flow_pixels` makes them.
        has_occlusion: Blue tells what is occluded, as in datasets of synthvis.
    """
    mark = pixels[..., 2]
    is_valid = mark > NO_FLOW
    flow = (pixels[..., :2].astype(np.float64) - ZERO) / STEPS_PER_PX
    return FlowMap(
        flow_xy_px=np.where(is_valid[..., None], flow, 0.0).astype(np.float32),
        is_valid=is_valid,
        is_occluded=mark == OCCLUDED if has_occlusion else None,
    )
