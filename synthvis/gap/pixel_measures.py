"""Colour, contrast, sharpness, noise and spectrum of a picture, one number each."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = [
    "HUE_BINS",
    "HUE_NAMES",
    "Colour",
    "colour_planes",
    "hue_histogram",
    "hue_spread",
    "laplacian_log_variance",
    "noise_sigma",
    "spectrum_slope",
]

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float64]
Float32 = NDArray[np.float32]

LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)
"""Of encoded RGB: Recommendation ITU-R BT.601."""
HUE_BINS = 12
HUE_NAMES = (
    "red", "orange", "yellow", "yellow-green", "green", "blue-green",
    "cyan", "sky blue", "blue", "violet", "magenta", "rose",
)  # fmt: skip
IMMERKAER = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], dtype=np.float32)
LAPLACIAN = np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]], dtype=np.float32)
BLOCK = 8
FLAT_QUANTILE = 0.2
MIN_VARIANCE = 1e-8
SPECTRUM_SIDE_PX = 128
SPECTRUM_CYCLES = (4.0, 32.0)
"""Cycles a window that the slope is fitted over: coarser ones are the window's, finer ones the codec's."""


@dataclass(frozen=True, slots=True, eq=False)
class Colour:
    """Planes of a picture.

    Attributes:
        hue: (H, W) in 0..1, 0 is red.
        saturation: (H, W) in 0..1: HSV's, (max - min) / max.
        chroma: (H, W) in 0..1: max - min, by which a pixel's hue counts.
        luma: (H, W) in 0..1.
    """

    hue: Float32
    saturation: Float32
    chroma: Float32
    luma: Float32

    def window(self, rows: slice, columns: slice) -> Colour:
        """A part of it."""
        planes = (self.hue, self.saturation, self.chroma, self.luma)
        return Colour(*(plane[rows, columns] for plane in planes))


def colour_planes(rgb: Pixels) -> Colour:
    """Hue, saturation, chroma and luma of (H, W, 3) sRGB."""
    values = rgb.astype(np.float32) / 255
    hsv = cv2.cvtColor(values, cv2.COLOR_RGB2HSV)
    return Colour(
        hue=np.asarray(hsv[..., 0] / 360),
        saturation=np.asarray(hsv[..., 1]),
        chroma=np.ptp(values, axis=2),
        luma=values @ LUMA,
    )


def hue_histogram(colour: Colour) -> Floats:
    """(12,) shares of chroma by hue, the first bin centred on red; zeros for a picture without colour."""
    bins = np.floor(colour.hue * HUE_BINS + 0.5).astype(np.intp) % HUE_BINS
    masses = np.bincount(bins.ravel(), weights=colour.chroma.ravel(), minlength=HUE_BINS)
    total = float(masses.sum())
    return np.asarray(masses / total if total > 1e-6 * colour.hue.size else np.zeros(HUE_BINS), dtype=np.float64)


def hue_spread(colour: Colour) -> float:
    """Circular variance of hue weighted by chroma: 0 for one hue, 1 for hues all round; NaN without colour.

    Mardia and Jupp, "Directional Statistics", 2000, section 2.3.
    """
    total = float(colour.chroma.sum())
    if total <= 1e-6 * colour.hue.size:
        return math.nan
    angle = 2 * math.pi * colour.hue.astype(np.float64)
    resultant = math.hypot(float((colour.chroma * np.cos(angle)).sum()), float((colour.chroma * np.sin(angle)).sum()))
    return 1 - resultant / total


def laplacian_log_variance(luma: Float32) -> float:
    """Sharpness: log10 of the variance of the Laplacian of luma in 0..1.

    Pech-Pacheco et al., "Diatom autofocusing in brightfield microscopy", ICPR 2000. It depends on the size of the
    picture, so it compares pictures of one size only, and on what they show.
    """
    response = cv2.filter2D(luma, -1, LAPLACIAN, borderType=cv2.BORDER_REFLECT_101)
    return math.log10(max(float(np.var(response)), MIN_VARIANCE))


def noise_sigma(luma: Float32) -> float:
    """Deviation of the noise in 8-bit steps, from the flattest fifth of the picture's blocks.

    The response to the difference of two Laplacians, scaled so that white noise of deviation s answers s: Immerkaer,
    "Fast noise variance estimation", Computer Vision and Image Understanding 64(2), 1996. Taken by blocks, as texture
    answers too. NaN for a picture smaller than a block.
    """
    response = np.abs(cv2.filter2D(luma * 255, -1, IMMERKAER, borderType=cv2.BORDER_REFLECT_101))
    rows, columns = response.shape[0] // BLOCK, response.shape[1] // BLOCK
    if not rows or not columns:
        return math.nan
    blocks = response[: rows * BLOCK, : columns * BLOCK].reshape(rows, BLOCK, columns, BLOCK)
    sigma = math.sqrt(math.pi / 2) / 6 * blocks.mean(axis=(1, 3))
    return float(np.quantile(sigma, FLAT_QUANTILE))


def spectrum_slope(luma: Float32) -> float:
    """Exponent a of power ~ frequency^-a over the central square window; about 2 for natural scenes.

    Field, "Relations between the statistics of natural images and the response properties of cortical cells", JOSA A
    4(12), 1987. Power is averaged over rings, and the line fitted through their logarithms. NaN for a flat picture.
    """
    side = min(*luma.shape, SPECTRUM_SIDE_PX)
    top, left = (luma.shape[0] - side) // 2, (luma.shape[1] - side) // 2
    window = luma[top : top + side, left : left + side].astype(np.float64)
    taper = np.hanning(side)
    power = np.abs(np.fft.fft2((window - window.mean()) * np.outer(taper, taper))) ** 2
    cycles = np.fft.fftfreq(side) * side
    ring = np.round(np.hypot(cycles[:, None], cycles[None, :])).astype(np.intp)
    means = np.bincount(ring.ravel(), weights=power.ravel()) / np.bincount(ring.ravel())
    radii = np.arange(int(SPECTRUM_CYCLES[0]), min(int(SPECTRUM_CYCLES[1]), side // 2) + 1)
    if len(radii) < 3 or float(means[radii].min()) <= 1e-12:
        return math.nan
    slope, _ = np.polyfit(np.log(radii), np.log(means[radii]), 1)
    return -float(slope)
