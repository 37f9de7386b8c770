"""Whether the point of a pixel can be seen in another frame: held against the depth that this other frame shows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from synthvis.labels.flow.frame import FrameGeometry

__all__ = ["depth_slope", "is_hidden"]

Float = NDArray[np.float64]
Pixels = tuple[NDArray[np.int64], NDArray[np.int64]]

TOLERANCE_M = 0.001
"""A depth map may be rounded to so much."""

FOOTPRINT_PX = 1.0
"""What is nearer by less than the width of so many pixels at that depth hides nothing: no picture can tell."""

SAMPLE_PX = 0.5
"""The depth of a pixel is that of a sample so far from its centre, at most, in each direction."""

SLOPE_DOUBT = 2.0
"""Two samples two pixels apart, jittered within their pixels, may be one pixel apart: slopes are up to twice as large
as they look."""


def is_hidden(
    ends_xy_px: Float, depth_m: Float, here: FrameGeometry, there: FrameGeometry, pixels: Pixels
) -> NDArray[np.bool_]:
    """Whether something in `there` is nearer than points of `here`, or they have left the picture.

    The pixel of `there` that holds the point shows a depth; that of the point itself must not be greater by more than
    the tolerance: the rounding of depth maps and the width of a pixel at the point's depth. Where the pixel shows the
    object of the point, what the depth of a surface changes between the samples of the two renders and the place that
    is asked for is added, so that no surface hides itself. Where it shows another one, that would only overlook what
    stands close to what it hides.

    Args:
        ends_xy_px: (N, 2) pixel coordinates of the points in `there`.
        depth_m: (N,) their depths in `there`.
        here: The frame whose pixels show them.
        there: The other frame.
        pixels: Rows and columns of the pixels of `here`, (N,) each.

    Returns:
        (N,) bool.
    """
    height, width = there.depth_m.shape
    columns, rows = np.floor(ends_xy_px).T
    is_outside = (columns < 0) | (columns >= width) | (rows < 0) | (rows >= height)
    at = np.where(is_outside, 0, rows).astype(np.int64), np.where(is_outside, 0, columns).astype(np.int64)
    # A sample and a place in one pixel are less than a pixel apart: twice the sample's distance from the centre.
    doubt_m = SLOPE_DOUBT * SAMPLE_PX * (2 * depth_slope(there)[at] + depth_slope(here)[pixels])
    is_own = there.instance_id[at] == here.instance_id[pixels]
    footprint_m = FOOTPRINT_PX * depth_m / there.projector.K[0, 0]
    tolerance_m = TOLERANCE_M + footprint_m + np.where(is_own, doubt_m, 0.0)
    hidden: NDArray[np.bool_] = is_outside | (there.depth_m[at] < depth_m - tolerance_m)
    return hidden


def depth_slope(frame: FrameGeometry) -> Float:
    """What the depth changes a pixel, along rows and along columns together, on the side where it changes less.

    So the far side of an edge counts for nothing. Neighbours that show another object do not count either.

    Returns:
        (H, W) float64, metres; 0 where nothing was hit, or no neighbour shows the same object.
    """
    depth = np.where(np.isfinite(frame.depth_m), frame.depth_m, np.nan).astype(np.float64)
    slope: Float = _slope_along_rows(frame.instance_id, depth) + _slope_along_rows(frame.instance_id.T, depth.T).T
    return slope


def _slope_along_rows(ids: NDArray[np.uint16], depth: Float) -> Float:
    left = _slope_before(ids, depth)
    right = _slope_before(ids[:, ::-1], depth[:, ::-1])[:, ::-1]
    least = np.fmin(left, right)
    return np.where(np.isnan(least), 0.0, least)


def _slope_before(ids: NDArray[np.uint16], depth: Float) -> Float:
    """Change of depth a pixel to the left of each one, over two pixels where both show the same object; NaN: none."""
    slope = np.full(depth.shape, np.nan)
    for reach in (1, 2):
        if depth.shape[1] <= reach:
            break
        own = ids[:, reach:] == ids[:, :-reach]
        change = np.where(own, np.abs(depth[:, reach:] - depth[:, :-reach]) / reach, np.nan)
        slope[:, reach:] = np.where(np.isnan(change), slope[:, reach:], change)
    return slope
