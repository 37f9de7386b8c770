"""Blur or sharpening of a photograph from the edges that are sharpest.

At a step that a Gaussian of deviation s has blurred, the gradients of two copies, blurred again by a and b, stand in
the ratio R = sqrt((s^2 + b^2) / (s^2 + a^2)): Zhuo and Sim, "Defocus map estimation from a single image", Pattern
Recognition 44(9), 2011. Pixels have an area and gradients are differences, so R is turned into s by a table made from
steps of known blur rather than by the formula alone. Sharpening makes R larger than any step of light has it, so the
table goes on with steps that were sharpened.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from synthvis.render.sensor import sharpened, srgb_from_linear
from synthvis.sensor_fit.tone import LINEAR, linear_luminance

__all__ = ["Sharpness", "as_measured", "measure_sharpness"]

Float = NDArray[np.float64]
Float32 = NDArray[np.float32]

FIRST_PX, SECOND_PX = 0.8, 1.6
"""Deviations a and b."""
SHARPEST = 0.5
"""Quantile of R over the strong edges: things out of focus and soft shadows are not the lens."""
STRONG = 0.35
"""An edge is strong from this share of the strongest gradients on."""
ABOVE_NOISE = 4.0
"""Times the median gradient: what noise alone has one chance in a hundred thousand to reach."""
MIN_EDGES = 40
MIN_GRADIENT = 0.02
"""Of linear light a pixel; below, it is noise."""
BLURS_PX = np.array([0.0, 0.2, 0.35, 0.5, 0.65, 0.8, 1.0, 1.2, 1.5, 1.8, 2.2, 2.7, 3.3, 4.0])
AMOUNTS = np.array([0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0])
"""Further ones cannot be told apart: what overshoots is cut off at black and white."""
MAX_SIDE_PX = 1536
FINER = 8
ANGLES_RAD = np.linspace(0.1, 3.0, 8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharpness:
    """One photograph's; at most one of the two is not 0, for only their joint effect can be seen.

    Attributes:
        blur_sigma_px: Standard deviation of the blur in linear light, pixels.
        sharpen: Amount of the sharpening, as in `synthvis.render.sensor.sharpened`.
    """

    blur_sigma_px: float
    sharpen: float


def measure_sharpness(rgb: NDArray[np.uint8]) -> Sharpness | None:
    """Blur and sharpening of a photograph, (H, W, 3) uint8; None where there are too few edges to tell."""
    height, width = rgb.shape[:2]
    top, left = max(0, height - MAX_SIDE_PX) // 2, max(0, width - MAX_SIDE_PX) // 2
    found = _edge_ratios(linear_luminance(rgb[top : top + MAX_SIDE_PX, left : left + MAX_SIDE_PX]))
    if len(found) < MIN_EDGES:
        return None
    return _sharpness_of(float(np.quantile(found, SHARPEST)))


@lru_cache(maxsize=1024)
def as_measured(blur_sigma_px: float, sharpen: float) -> Sharpness:
    """What a picture with both settings should measure, for one undoes the other."""
    steps = [_sharp_step(angle, sharpen, blur_sigma_px) for angle in ANGLES_RAD]
    return _sharpness_of(_ratio_of(steps))


def _sharpness_of(ratio: float) -> Sharpness:
    blurred, sharper = _ratios()
    # np.interp wants rising abscissae, and R falls with the blur.
    blur_sigma_px = float(np.interp(ratio, blurred[::-1], BLURS_PX[::-1]))
    return Sharpness(blur_sigma_px=blur_sigma_px, sharpen=float(np.interp(ratio, sharper, AMOUNTS)))


def _edge_ratios(light: Float32) -> Float32:
    """R at each pixel of a strong edge."""
    first, second = (_gradient(light, sigma) for sigma in (FIRST_PX, SECOND_PX))
    ridge = _is_ridge(first)
    strongest = float(np.quantile(first, 0.998))
    noise = float(np.median(first))
    strong = ridge & (first > max(STRONG * strongest, MIN_GRADIENT, ABOVE_NOISE * noise))
    # The picture's rim has no gradient of its own.
    strong[:4], strong[-4:], strong[:, :4], strong[:, -4:] = False, False, False, False
    return np.asarray(first[strong] / np.maximum(second[strong], 1e-6))


def _gradient(light: Float32, blur_px: float) -> Float32:
    light = np.asarray(cv2.GaussianBlur(light, (0, 0), blur_px), dtype=np.float32)
    x = cv2.filter2D(light, -1, np.array([[-0.5, 0.0, 0.5]], dtype=np.float32))
    y = cv2.filter2D(light, -1, np.array([[-0.5], [0.0], [0.5]], dtype=np.float32))
    return np.hypot(x, y)


def _is_ridge(gradient: Float32) -> NDArray[np.bool_]:
    """Pixels whose gradient is the greatest of three along the rows or along the columns, and near it in the other."""
    along_row = cv2.dilate(gradient, np.ones((1, 3), np.uint8))
    along_column = cv2.dilate(gradient, np.ones((3, 1), np.uint8))
    ridge: NDArray[np.bool_] = (gradient >= along_row) | (gradient >= along_column)
    return ridge & (gradient >= 0.9 * np.minimum(along_row, along_column))


@lru_cache(maxsize=1)
def _ratios() -> tuple[Float, Float]:
    """R at steps blurred by each of `BLURS_PX`, falling, and sharpened by each of `AMOUNTS`, rising."""
    blurred = np.array([_ratio_of([_step(angle, float(blur)) for angle in ANGLES_RAD]) for blur in BLURS_PX])
    sharper = np.array([_ratio_of([_sharp_step(angle, float(one)) for angle in ANGLES_RAD]) for one in AMOUNTS])
    strictly = 1e-6 * np.arange(len(blurred))
    return (
        np.asarray(np.minimum.accumulate(blurred) - strictly),
        np.asarray(np.maximum.accumulate(sharper) + strictly[: len(sharper)]),
    )


def _ratio_of(steps: Sequence[Float32]) -> float:
    return float(np.quantile(np.concatenate([_edge_ratios(step) for step in steps]), SHARPEST))


def _sharp_step(angle_rad: float, amount: float, blur_px: float = 0.0) -> Float32:
    encoded = sharpened(srgb_from_linear(np.repeat(_step(angle_rad, blur_px)[..., None], 3, axis=2)), amount)
    return np.asarray(LINEAR[np.round(encoded[..., 0] * 255).astype(np.uint8)], dtype=np.float32)


def _step(angle_rad: float, blur_px: float) -> Float32:
    """A straight edge through a picture of 64 x 64 pixels, which are the means over their areas."""
    light = _sharp_edge(angle_rad)
    return np.asarray(cv2.GaussianBlur(light, (0, 0), blur_px) if blur_px > 0.05 else light, dtype=np.float32)


@lru_cache(maxsize=len(ANGLES_RAD))
def _sharp_edge(angle_rad: float) -> Float32:
    places = (np.arange(64 * FINER) + 0.5) / FINER - 32.3
    side = np.cos(angle_rad) * places[None, :] + np.sin(angle_rad) * places[:, None]
    fine = np.where(side > 0, 0.7, 0.15).astype(np.float32)
    return np.asarray(cv2.resize(fine, (64, 64), interpolation=cv2.INTER_AREA), dtype=np.float32)
