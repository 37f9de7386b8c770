"""How well an object can be seen in the stored picture: its contrast to what is around it, and within itself.

A label is learnt from pixels. An object that is lost in the dark, in a blown highlight or before something of the
same colour has pixels of its own in the index pass and none that anyone could tell from the rest. The measure is a
colour difference in CIELAB (CIE76: the Euclidean distance, CIE 15:2004), in which a step is as visible in the dark as
in the light, so one threshold holds for all pictures. It is given in just noticeable differences, which are 2.3 for
large fields (Mahy, Van Eycken and Oosterlinck, "Evaluation of uniform color differences developed after the adoption
of CIELAB and CIELUV", Color Research and Application 19(2), 1994) and more for small ones.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["MIN_CONTRAST", "VisibleColours", "contrasts_of"]

Float32 = NDArray[np.float32]
Bool = NDArray[np.bool_]

MIN_CONTRAST = 1.0
"""Just noticeable differences; an object with less cannot be seen."""
NOTICEABLE = 2.3
"""CIELAB difference that is just noticed on a large field."""
SMALLNESS = 2.4
"""An outline of n pixels needs 1 + this / sqrt(n) times as much: of 10 pixels 4.0. Set by eye: of the objects of 12
renders each of the recipes fruit, cones, coco and orchard none with less was found, most with a little more were."""
WINDOW_PX = 7
"""Side of the windows in which colours on both sides of an outline are compared."""
SEEN_SHARE = 0.25
"""The contrast is what this share of the outline has at least: a lit rim shows an object whose rest is in the dark."""
DETAIL_WINDOW_PX = 3
DETAIL_QUANTILES = (0.1, 0.9)
MIN_DETAIL_PX = 64
"""Smaller objects have no detail apart from their outline."""
NEIGHBOURS = np.ones((3, 3), dtype=np.uint8)
LAPLACIANS = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], dtype=np.float32)
NOISE_MARGIN = 1.25
"""Times the noise that is measured: means and spreads of few pixels are now and then larger than on average."""
OF_MEDIAN = 1 / 0.6745
"""Deviation of a normal distribution over the median of its absolute values."""


@dataclass(frozen=True, slots=True, eq=False)
class VisibleColours:
    """A stored picture, ready to be asked for contrasts.

    Attributes:
        lab: (H, W, 3) CIELAB under D65: L* 0..100, a*, b*.
        noise: Standard deviation of one pixel's noise as a colour difference, compression included.
    """

    lab: Float32
    noise: float

    @classmethod
    def of(cls, rgb: NDArray[np.uint8]) -> VisibleColours:
        """From a picture as it was decoded, (H, W, 3) uint8."""
        lab = np.asarray(cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), dtype=np.float32)
        # Immerkaer's operator, which neither planes nor most edges answer; its response to noise of 1 is 6. The
        # median over the picture belongs to its flatter half.
        response = np.abs(cv2.filter2D(lab, -1, LAPLACIANS, borderType=cv2.BORDER_REFLECT_101)) / 6
        channels = np.median(response.reshape(-1, 3), axis=0) * OF_MEDIAN
        return cls(lab, NOISE_MARGIN * float(np.linalg.norm(channels)))


def contrasts_of(picture: VisibleColours, masks: Mapping[int, Bool]) -> dict[int, float]:
    """Contrast of each mask in just noticeable differences: the larger of that at its outline and that within it.

    Args:
        picture: The stored picture.
        masks: (H, W) bool by any key; an empty one has contrast 0.
    """
    return {key: _contrast(picture, mask) if mask.any() else 0.0 for key, mask in masks.items()}


def _contrast(picture: VisibleColours, mask: Bool) -> float:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    top, left = max(rows[0] - WINDOW_PX, 0), max(columns[0] - WINDOW_PX, 0)
    around = np.s_[top : rows[-1] + WINDOW_PX + 1, left : columns[-1] + WINDOW_PX + 1]
    lab, inside = picture.lab[around], mask[around]
    # What is cut off by the border of the picture has no outline there.
    rim = inside & (cv2.erode(inside.astype(np.uint8), NEIGHBOURS, borderValue=(1,)) == 0)
    difference = max(_at_outline(lab, inside, rim, picture.noise), _within(lab, inside, picture.noise))
    length_px = max(int(np.count_nonzero(rim)), math.isqrt(int(np.count_nonzero(inside))))
    return difference / (NOTICEABLE * (1 + SMALLNESS / math.sqrt(length_px)))


def _at_outline(lab: Float32, inside: Bool, rim: Bool, noise: float) -> float:
    """Difference of the mean colours on both sides, in windows along the outline, less what noise makes of none."""
    if not rim.any():
        return 0.0
    (mean_in, count_in), (mean_out, count_out) = _window_means(lab, inside), _window_means(lab, ~inside)
    difference2 = ((mean_in - mean_out)[rim] ** 2).sum(axis=1)
    expected2 = noise**2 * (1 / count_in[rim] + 1 / count_out[rim])
    return float(np.quantile(np.sqrt(np.maximum(difference2 - expected2, 0)), 1 - SEEN_SHARE))


def _window_means(lab: Float32, chosen: Bool) -> tuple[Float32, Float32]:
    """Mean colour of the chosen pixels in the window about each pixel, and their number (at least 1)."""
    weights = chosen.astype(np.float32)
    counts, sums = (
        cv2.boxFilter(values, -1, (WINDOW_PX, WINDOW_PX), normalize=False, borderType=cv2.BORDER_CONSTANT)
        for values in (weights, lab * weights[..., None])
    )
    counts = np.maximum(counts, 1)
    return np.asarray(sums / counts[..., None], dtype=np.float32), np.asarray(counts, dtype=np.float32)


def _within(lab: Float32, inside: Bool, noise: float) -> float:
    """How far colours spread within an object, less what noise spreads them: the keys of a black keyboard."""
    if np.count_nonzero(inside) < MIN_DETAIL_PX:
        return 0.0
    smooth = cv2.blur(lab, (DETAIL_WINDOW_PX, DETAIL_WINDOW_PX))
    low, high = np.quantile(smooth[inside], DETAIL_QUANTILES, axis=0)
    spread2 = float(((high - low) ** 2).sum())
    # 10% and 90% points of a normal distribution are 2.563 deviations apart.
    return math.sqrt(max(spread2 - (2.563 * noise / DETAIL_WINDOW_PX) ** 2, 0.0))
