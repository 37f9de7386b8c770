"""Light lost in the corners, from many photographs together: one alone cannot tell it from its scene."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["vignette_of", "vignette_of_scenes"]

MIN_PHOTOGRAPHS = 40
CONVINCING = 0.04
"""Least vignette that is told, and the doubt it must exceed twice."""
RESAMPLES = 60


def vignette_of_scenes(cells: Sequence[NDArray[np.float32]], made: float) -> tuple[float, float] | None:
    """What renders with a mean vignette of `made` seem to have beyond it, and its doubt; None of too few."""
    if len(cells) < MIN_PHOTOGRAPHS:
        return None
    stack = np.stack(cells)
    return _fitted(stack) - made, _doubt(stack)


def vignette_of(
    cells: Sequence[NDArray[np.float32]], of_scenes: float, doubt_of_scenes: float = 0.0
) -> tuple[float | None, str]:
    """Mean share of the light that the corners lack, or None with the reason.

    The median over the photographs of each cell's log light is fitted with log(1 - v r^2) (r = 1 in the corners) and
    a slope across and down, since skies are bright. Its doubt is the deviation over resampled sets of photographs.

    Args:
        cells: `tone.cells_of` of each photograph.
        of_scenes: What scenes alone, without any vignette, would seem to have.
        doubt_of_scenes: Standard deviation of that.
    """
    if len(cells) < MIN_PHOTOGRAPHS:
        return None, f"that takes {MIN_PHOTOGRAPHS} photographs"
    stack = np.stack(cells)
    found = _fitted(stack) - of_scenes
    doubt = math.hypot(_doubt(stack), doubt_of_scenes)
    if found < max(CONVINCING, 2 * doubt):
        return None, "the corners are no darker than scenes alone could make them"
    return found, ""


def _doubt(stack: NDArray[np.float32]) -> float:
    rng = np.random.default_rng(0)
    return float(np.std([_fitted(stack[rng.integers(0, len(stack), len(stack))]) for _ in range(RESAMPLES)]))


def _fitted(stack: NDArray[np.float32]) -> float:
    side = stack.shape[1]
    seen = np.isfinite(stack).sum(axis=0) >= max(5, 0.2 * len(stack))
    if np.count_nonzero(seen) < side * side // 2:
        return 0.0
    middle = np.nanmedian(np.where(seen, stack, np.float32(0)), axis=0)[seen]
    place = (np.arange(side) + 0.5) / side * 2 - 1
    x, y = np.meshgrid(place, place)
    radius2 = ((x**2 + y**2) / 2)[seen]
    best, least = 0.0, np.inf
    # Scenes may also be brighter towards their corners, which is a vignette below 0.
    for vignette in np.linspace(-0.8, 0.8, 161):
        rest = middle - np.log1p(-vignette * radius2)
        slopes = np.stack([x[seen], y[seen], np.ones_like(radius2)], axis=1)
        _, miss, *_ = np.linalg.lstsq(slopes, rest, rcond=None)
        if miss.size and float(miss[0]) < least:
            best, least = float(vignette), float(miss[0])
    return best
