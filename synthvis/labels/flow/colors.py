"""Optical flow as colours: the hue is the direction, the saturation the length.

By the colour circle of Baker et al., "A Database and Evaluation Methodology for Optical Flow", IJCV 2011, section 4.2:
six arcs between red, yellow, green, cyan, blue and magenta, of as many steps each as the eye tells apart. Motion to
the right is red, down yellow, to the left blue-green, up violet; no motion is white.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["circle_rgb", "flow_as_rgb"]

Float = NDArray[np.float64]

ARCS = (
    (15, (255, 0, 0), (255, 255, 0)),
    (6, (255, 255, 0), (0, 255, 0)),
    (4, (0, 255, 0), (0, 255, 255)),
    (11, (0, 255, 255), (0, 0, 255)),
    (13, (0, 0, 255), (255, 0, 255)),
    (6, (255, 0, 255), (255, 0, 0)),
)
"""Steps from a colour to the next one around the circle."""

TOO_LONG = 0.75
"""Flow longer than the longest that is told apart is this much darker."""


def circle_rgb() -> Float:
    """(55, 3) colours around the circle, 0..255, from motion to the right on by way of motion down."""
    arcs = [
        np.asarray(first) + np.sign(np.subtract(last, first)) * np.floor(255 * np.arange(steps) / steps)[:, None]
        for steps, first, last in ARCS
    ]
    return np.concatenate(arcs)


def flow_as_rgb(
    flow_xy_px: NDArray[np.float32], is_valid: NDArray[np.bool_], longest_px: float | None = None
) -> NDArray[np.uint8]:
    """Colours of a flow.

    Args:
        flow_xy_px: (H, W, 2).
        is_valid: (H, W) bool; the others become black.
        longest_px: Length with full colour, pixels; None: the longest valid flow there is.

    Returns:
        (H, W, 3) uint8 RGB.
    """
    flow = np.where(is_valid[..., None], np.asarray(flow_xy_px, dtype=np.float64), 0.0)
    length_px = np.hypot(flow[..., 0], flow[..., 1])
    longest = float(length_px.max(initial=0.0)) if longest_px is None else longest_px
    share = length_px / longest if longest > 0 else length_px
    circle = circle_rgb() / 255
    # 0 to the right, growing clockwise on the screen, up to the last colour just before it is right again.
    place = (np.arctan2(-flow[..., 1], -flow[..., 0]) / np.pi + 1) / 2 * (len(circle) - 1)
    before = np.floor(place).astype(np.int64)
    part = (place - before)[..., None]
    hue = (1 - part) * circle[before] + part * circle[(before + 1) % len(circle)]
    shade = np.where((share <= 1)[..., None], 1 - share[..., None] * (1 - hue), TOO_LONG * hue)
    rgb: NDArray[np.uint8] = np.floor(255 * np.where(is_valid[..., None], shade, 0.0)).astype(np.uint8)
    return rgb
