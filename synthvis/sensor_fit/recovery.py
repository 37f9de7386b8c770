"""Which settings of a sensor can be told from photographs, found out by a test whose results are known.

A photograph is a product of scene and camera, so every estimate has two errors: a *spread* from one picture to the
next, which many photographs average out, and a *shift* when all of the scenes are of another sort, which no number of
photographs does. Both are measured on renders, whose settings are known: the error of each estimate, and how far its
median moves between renders with and without a class, an environment or surroundings, or with more and less of another
setting. A setting whose estimate is moved by more than a quarter of the range that it would be drawn from is not told.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvis.config.recipe import Sensor

__all__ = [
    "ENDS",
    "HAS_ZERO",
    "LOGARITHMIC",
    "SHIPPED",
    "Recovery",
    "default_width",
    "doubt_of",
    "recovery_of",
    "spread_of",
    "too_doubtful",
    "total_noise",
]

LOGARITHMIC = frozenset({"contrast", "saturation"})
"""Settings that multiply: their estimates, spreads and widths are those of the natural logarithm."""
ENDS = {
    "exposure_ev": (-6.0, 2.0),
    "contrast": (-1.6, 1.6),
    "blur_sigma_px": (-math.inf, 4.0),
    "sharpen": (-math.inf, 2.0),
    "noise": (-math.inf, 0.09),
}
"""The least and the most that an estimator can read; what reads as much may be anything beyond. That there is no blur,
no sharpening and no noise is no such end but a finding."""
HAS_ZERO = frozenset({"blur_sigma_px", "sharpen", "noise"})
MID_VALUE = 0.4
KNOWN_TO = 0.25
"""Largest doubt, as a share of a range's width."""
MIN_IN_PART = 8
"""Renders with and without a property, for a difference between them to count."""


@dataclass(frozen=True, slots=True)
class Recovery:
    """How an estimate stands to the setting that was used.

    Attributes:
        offset: Median error.
        spread: Deviation of the error from one picture to the next.
        shift: By how much the median error may be another one for other scenes.
    """

    offset: float
    spread: float
    shift: float


SHIPPED: Mapping[str, Recovery] = {
    "exposure_ev": Recovery(-0.10, 0.25, 0.25),
    "white_balance": Recovery(-0.03, 0.09, 0.085),
    "contrast": Recovery(-0.8, 0.7, 0.6),
    "saturation": Recovery(-0.8, 0.6, 0.5),
    "blur_sigma_px": Recovery(0.05, 0.20, 0.14),
    "sharpen": Recovery(0.2, 0.5, 0.3),
    "noise": Recovery(0.004, 0.005, 0.004),
}
"""Where no renders are named: measured on renders of the recipes fruit, cones, coco and orchard, the shift being the
largest within or between them."""
BY_CONTRAST = {"exposure_ev": 0.35}
"""By how much an unknown contrast moves an estimate, besides."""


def recovery_of(
    errors: Sequence[float], scenes: Sequence[frozenset[str]], settings: Sequence[frozenset[str]] | None = None
) -> Recovery:
    """The recovery test's result for one setting.

    Args:
        errors: Estimate less setting, of each render.
        scenes: What each render's scene has: classes, environment, surroundings.
        settings: Which other settings of each render are high; they, too, may move an estimate.
    """
    values = np.asarray(errors, dtype=np.float64)
    middle, shift = float(np.median(values)), 0.0
    properties = scenes if settings is None else [one | other for one, other in zip(scenes, settings, strict=True)]
    for name in sorted(frozenset[str]().union(*properties)):
        has = np.array([name in one for one in properties])
        if min(np.count_nonzero(has), np.count_nonzero(~has)) >= MIN_IN_PART:
            medians = float(np.median(values[has])), float(np.median(values[~has]))
            shift = max(shift, *(abs(median - middle) for median in medians))
    return Recovery(middle, spread_of(_within_sorts(values, scenes)), shift)


def spread_of(values: NDArray[np.float64]) -> float:
    """Deviation of a normal distribution with the same 10% and 90% points, which few odd pictures do not widen."""
    low, high = np.quantile(values, (0.1, 0.9))
    return float(high - low) / 2.563


def _within_sorts(errors: NDArray[np.float64], scenes: Sequence[frozenset[str]]) -> NDArray[np.float64]:
    """Errors less the median of their sort of scene, where there are enough of it: the rest is no shift."""
    result = errors - np.median(errors)
    for sort in set(scenes):
        of_sort = np.array([one == sort for one in scenes])
        if np.count_nonzero(of_sort) >= MIN_IN_PART:
            result[of_sort] = errors[of_sort] - np.median(errors[of_sort])
    return result


def total_noise(shot: float, read: float) -> float:
    """Standard deviation of both noises together at a value of `MID_VALUE`."""
    return math.sqrt(read**2 + MID_VALUE * shot**2)


def default_width(field: str) -> float:
    """Width of the range that a recipe draws a setting from when it says nothing."""
    sensor = Sensor()
    if field == "noise":
        return total_noise(sensor.shot_noise[1], sensor.read_noise[1])
    low, high = getattr(sensor, field)
    if field in LOGARITHMIC:
        return math.log(high / low)
    # Sharpening is off by default; the shipped recipes that sharpen go from nothing to 1.3 or 2.
    return float(high - low) or 1.0


def doubt_of(field: str, recovery: Recovery, count: int, *, contrast_is_told: bool) -> float:
    """By how much the middle of a range may be off."""
    by_contrast = 0.0 if contrast_is_told else BY_CONTRAST.get(field, 0.0)
    return math.hypot(recovery.shift, recovery.spread / math.sqrt(count), by_contrast)


def too_doubtful(
    field: str, recovery: Recovery, count: int, extent: float, *, contrast_is_told: bool = False
) -> str | None:
    """Why a setting cannot be told; None where it can.

    Args:
        field: Of the recipe's sensor, or "noise" for both of them.
        recovery: Its estimator's.
        count: Photographs behind it.
        extent: Upper end of the fitted range, for settings that start at 0.
        contrast_is_told: Whether the camera's contrast is known.
    """
    doubt = doubt_of(field, recovery, count, contrast_is_told=contrast_is_told)
    width = max(default_width(field), extent if field in HAS_ZERO else 0.0)
    if doubt <= KNOWN_TO * width:
        return None
    unit = " in the logarithm" if field in LOGARITHMIC else ""
    mover = "scenes and the contrast, which is not told," if field in BY_CONTRAST and not contrast_is_told else "scenes"
    return (
        f"{mover} alone move its estimate by {doubt:.2g}{unit}, a quarter of the range it is drawn from is "
        f"{KNOWN_TO * width:.2g}"
    )
