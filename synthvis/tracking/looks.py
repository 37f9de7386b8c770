"""What an object looks like, in numbers that need no network: colours of the upper and the lower half of its box.

Objects that look alike have like histograms of colours. Their overlap is that of Bhattacharyya (Comaniciu, Ramesh and
Meer, "Kernel-based object tracking", PAMI 25, 2003): the cosine of vectors that hold the roots of shares.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["LOOK_NUMBERS", "color_looks", "look_distances"]

HALVES, CHANNELS, LEVELS = 2, 3, 8
LOOK_NUMBERS = HALVES * CHANNELS * LEVELS
MIDDLE_SHARE = 0.7
"""Of the width of a box: at its sides there is more of what is behind the object."""

MAX_SIDE_PX = 32
"""Larger halves are thinned out to about so many rows and columns."""

Floats = NDArray[np.float64]


def color_looks(image_rgb: NDArray[np.uint8], boxes_xywh_px: ArrayLike) -> NDArray[np.float32]:
    """(N, 48) float32 of length 1 for each box (N, 4) of an (H, W, 3) picture; 0 for a box outside the picture."""
    boxes = np.asarray(boxes_xywh_px, dtype=np.float64).reshape(-1, 4)
    looks = np.zeros((len(boxes), LOOK_NUMBERS), dtype=np.float32)
    for row, box in zip(looks, boxes, strict=True):
        parts = [_histogram(half) for half in _halves(image_rgb, box)]
        roots = np.sqrt(np.concatenate(parts))
        length = float(np.linalg.norm(roots))
        row[:] = roots / length if length else 0
    return looks


def look_distances(looks: NDArray[np.float32], others: NDArray[np.float32]) -> Floats:
    """(N, M) cosine distances of (N, 48) and (M, 48): 0 for equal colours, 1 for none in common, or for no look."""
    return np.asarray(np.clip(1.0 - looks.astype(np.float64) @ others.astype(np.float64).T, 0.0, 1.0))


def _halves(image_rgb: NDArray[np.uint8], box: Floats) -> list[NDArray[np.uint8]]:
    """The middle of the upper and of the lower half of a box, as far as the picture reaches."""
    x, y, width, height = box
    high, wide = image_rgb.shape[:2]
    margin = (1 - MIDDLE_SHARE) / 2 * width
    left, right = (int(np.clip(round(value), 0, wide)) for value in (x + margin, x + width - margin))
    top, middle, bottom = (int(np.clip(round(value), 0, high)) for value in (y, y + height / 2, y + height))
    return [_thinned(image_rgb[start:stop, left:right]) for start, stop in ((top, middle), (middle, bottom))]


def _thinned(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    down, across = (max(side // MAX_SIDE_PX, 1) for side in pixels.shape[:2])
    return pixels[::down, ::across]


def _histogram(pixels: NDArray[np.uint8]) -> Floats:
    """(24,) shares of levels of brightness and of two differences of colours; a value counts for its two levels."""
    rgb = pixels.reshape(-1, 3).astype(np.float64)
    if not len(rgb):
        return np.zeros(CHANNELS * LEVELS)
    red, green, blue = rgb.T
    values = np.stack([rgb.mean(axis=1), (red - green + 255) / 2, ((red + green) / 2 - blue + 255) / 2], axis=1)
    position = values / 255 * (LEVELS - 1)
    low = np.minimum(position.astype(np.int64), LEVELS - 2)
    share = position - low
    counts = np.zeros((CHANNELS, LEVELS))
    for channel in range(CHANNELS):
        for level, weight in ((low, 1 - share), (low + 1, share)):
            counts[channel] += np.bincount(level[:, channel], weights=weight[:, channel], minlength=LEVELS)
    return counts.ravel() / len(rgb)
