"""Noise of a photograph, by brightness.

Each block's deviation is Immerkaer's estimate ("Fast noise variance estimation", Computer Vision and Image
Understanding 64(2), 1996): the mean absolute response to the difference of two Laplacians, which planes and most edges
do not answer. The flattest blocks of each brightness speak for it. Compression and rounding hide part of the noise:
how much is found by sending flat pictures with known noise through the same quality and the same estimate.
"""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["measure_noise"]

Float = NDArray[np.float64]
Float32 = NDArray[np.float32]

LAPLACIANS = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], dtype=np.float32)
LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)
"""Of encoded RGB, as in JPEG."""
BLOCK = 16
CORE = 4
FLAT_SHARE = 0.2
MAX_STRUCTURE = 5.0
"""8-bit steps between the parts of a block that may still be called flat: a slow shade, no texture."""
MIN_BLOCKS = 6
LEVELS = np.linspace(0.08, 0.92, 8)
"""Borders of the brightness bins; nearer to black and white, noise is cut off."""
SIGMAS = np.array([0.0, 0.002, 0.004, 0.006, 0.008, 0.011, 0.015, 0.02, 0.028, 0.04, 0.06, 0.09])
HIDDEN = 0.12
"""In 8-bit steps: a response so little above that of no noise says nothing."""
MAX_SIDE_PX = 1536


def measure_noise(rgb: NDArray[np.uint8], jpeg_quality: int | None) -> tuple[float, float] | None:
    """Shot noise and read noise as the sensor model has them: variance read^2 + shot^2 * value, on values 0..1.

    Args:
        rgb: (H, W, 3).
        jpeg_quality: Of the file whose pixels these are; None when they are not as decoded.

    Returns:
        (shot, read), or None where nothing is flat enough to tell.
    """
    sigma, level, flatness = _blocks(_central(rgb))
    values, variances, weights = [], [], []
    for low, high in pairwise(LEVELS):
        chosen = (level >= low) & (level < high)
        if np.count_nonzero(chosen) < MIN_BLOCKS:
            continue
        flat = chosen & (flatness <= np.clip(np.quantile(flatness[chosen], FLAT_SHARE), 1e-6, MAX_STRUCTURE))
        if not flat.any():
            continue
        found = _before_compression(float(np.median(sigma[flat])), jpeg_quality)
        values.append(float(level[flat].mean()))
        variances.append(found**2)
        weights.append(math.sqrt(np.count_nonzero(flat)))
    return _shot_and_read(np.array(values), np.array(variances), np.array(weights)) if values else None


def _central(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The middle of a large picture, cut at multiples of a block of the JPEG."""
    height, width = rgb.shape[:2]
    top, left = (max(0, size - MAX_SIDE_PX) // 2 // BLOCK * BLOCK for size in (height, width))
    return rgb[top : top + MAX_SIDE_PX, left : left + MAX_SIDE_PX]


def _blocks(rgb: NDArray[np.uint8]) -> tuple[Float, Float, Float]:
    """Of each block: its deviation in 8-bit steps, its mean luma in 0..1, and how much structure it has."""
    luma: Float32 = rgb.astype(np.float32) @ LUMA
    height, width = (size // BLOCK * BLOCK for size in luma.shape)
    response = np.abs(cv2.filter2D(luma, -1, LAPLACIANS, borderType=cv2.BORDER_REFLECT_101))[:height, :width]
    luma = luma[:height, :width]
    rows, columns, cores = height // BLOCK, width // BLOCK, BLOCK // CORE
    sigma = math.sqrt(math.pi / 2) / 6 * response.reshape(rows, BLOCK, columns, BLOCK).mean(axis=(1, 3))
    coarse = luma.reshape(rows * cores, CORE, columns * cores, CORE).mean(axis=(1, 3))
    cells = coarse.reshape(rows, cores, columns, cores)
    level, flatness = cells.mean(axis=(1, 3)) / 255, cells.std(axis=(1, 3))
    return sigma.ravel().astype(np.float64), level.ravel().astype(np.float64), flatness.ravel().astype(np.float64)


def _before_compression(response: float, quality: int | None) -> float:
    """Noise of each channel, 0..1, that leaves `response` (8-bit steps) behind; 0 where it would be hidden."""
    responses = _responses(quality)
    if response <= responses[0] + HIDDEN:
        return 0.0
    speaking = np.flatnonzero(responses > responses[0] + HIDDEN)
    first = max(int(speaking[0]) - 1, 0)
    return float(np.interp(response, responses[first:], SIGMAS[first:]))


@lru_cache(maxsize=101)
def _responses(quality: int | None) -> Float:
    """Response to each of `SIGMAS` after rounding and compression, rising."""
    rng = np.random.default_rng(0)
    ramp = (
        np.linspace(90, 160, 128, dtype=np.float32)[:, None, None] + np.linspace(0, 9, 128, dtype=np.float32)[:, None]
    )
    found = []
    for sigma in SIGMAS:
        noisy = ramp + 255 * sigma * rng.standard_normal((128, 128, 3))
        pixels = np.clip(np.round(noisy), 0, 255).astype(np.uint8)
        if quality is not None:
            _, stored = cv2.imencode(".jpg", pixels[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
            pixels = cv2.imdecode(stored, cv2.IMREAD_COLOR)[:, :, ::-1]
        found.append(float(np.median(_blocks(np.ascontiguousarray(pixels))[0])))
    return np.asarray(np.maximum.accumulate(np.array(found)) + 1e-6 * np.arange(len(found)))


def _shot_and_read(values: Float, variances: Float, weights: Float) -> tuple[float, float]:
    """Weighted least squares of variance = read^2 + shot^2 * value with neither below 0."""
    columns = np.stack([values, np.ones_like(values)], axis=1)
    best, least = (0.0, 0.0), math.inf
    for used in ((0, 1), (0,), (1,)):
        if len(used) > len(values):
            continue
        found, *_ = np.linalg.lstsq(columns[:, used] * weights[:, None], variances * weights, rcond=None)
        if (found < 0).any():
            continue
        both = [0.0, 0.0]
        for index, value in zip(used, found, strict=True):
            both[index] = float(value)
        miss = float((((columns @ both) - variances) ** 2 * weights**2).sum())
        if miss < least - 1e-18:
            best, least = (math.sqrt(both[0]), math.sqrt(both[1])), miss
    return best
