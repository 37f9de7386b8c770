"""Masks as polygons that people can correct in an annotation tool."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from synthvis.labels.boxes import bbox_of_mask

__all__ = ["polygons_of_mask"]

ENLARGED, MAX_ENLARGED_PIXELS = 4, 4_000_000
"""Outlines are traced on a mask that is so many times larger, so that they run between pixels and not through them."""

TOLERANCE_PX, TOLERANCE_SHARE = 0.6, 0.006
"""How far an outline with fewer corners may lie from the mask: pixels, or a share of its size where that is more."""

MIN_SHARE = 0.02
"""Parts of a mask that are smaller than this share of it are left out: people would have to delete them one by one."""


def polygons_of_mask(mask: NDArray[np.bool_]) -> list[list[float]]:
    """The outer outlines of an (H, W) mask, the largest first: x, y, x, y, ... in pixels, as COCO has them.

    Holes are filled. A mask that is too small for an outline has its box; an empty one has none.
    """
    if not mask.any():
        return []
    x, y, width, height = (int(value) for value in bbox_of_mask(mask))
    inside = mask[y : y + height, x : x + width].astype(np.uint8)
    factor = ENLARGED if inside.size * ENLARGED**2 <= MAX_ENLARGED_PIXELS else 1
    large = inside.repeat(factor, axis=0).repeat(factor, axis=1)
    contours, _ = cv2.findContours(large, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    area_px = np.count_nonzero(inside)
    least, tolerance_px = MIN_SHARE * area_px * factor**2, max(TOLERANCE_PX, TOLERANCE_SHARE * math.sqrt(area_px))
    found: list[list[float]] = []
    for contour in sorted(contours, key=cv2.contourArea, reverse=True):
        corners = cv2.approxPolyDP(contour, tolerance_px * factor, True).reshape(-1, 2)
        if len(corners) > 2 and cv2.contourArea(contour) >= least:
            found.append(((corners + 0.5) / factor + (x, y)).round(2).ravel().tolist())
    return found or [[float(value) for value in (x, y, x + width, y, x + width, y + height, x, y + height)]]
