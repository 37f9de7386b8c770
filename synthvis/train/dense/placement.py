"""Where a picture and its map come to lie in the square: one scale, one corner, one mirror for both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from synthvis.train.views.letterbox import PAD_VALUE, Letterbox

__all__ = ["Placement", "draw_placement"]

SMALLEST_ZOOM = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """A picture mirrored or not, then scaled to `inner_hw`, then laid with its corner at `corner_xy` of a view.

    Attributes:
        inner_hw: Size of the scaled picture, pixels.
        corner_xy: Its top-left corner in the view; negative where the view cuts it.
        mirror: Left and right change places.
        zoom: How many times larger than in the plain letterbox.
        view_hw: Size of the view.
    """

    inner_hw: tuple[int, int]
    corner_xy: tuple[int, int]
    mirror: bool
    zoom: float
    view_hw: tuple[int, int]

    def of_picture(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """(H, W, 3) pixels as the (h, w, 3) view, grey where there is no picture."""
        shrinks = pixels.shape[0] > self.inner_hw[0]
        scaled = self._scaled(pixels, cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
        return np.asarray(self._laid(scaled, PAD_VALUE), dtype=np.uint8)

    def of_map(self, values: NDArray[Any], unknown: float) -> NDArray[Any]:
        """An (H, W) or (H, W, C) map as the view, `unknown` where there is none; no value is mixed with another."""
        return self._laid(self._scaled(values, cv2.INTER_NEAREST_EXACT), unknown)

    def _scaled(self, values: NDArray[Any], interpolation: int) -> NDArray[Any]:
        height, width = self.inner_hw
        source = np.ascontiguousarray(values[:, ::-1]) if self.mirror else values
        if source.shape[:2] == self.inner_hw:
            return source
        return np.asarray(cv2.resize(source, (width, height), interpolation=interpolation))

    def _laid(self, scaled: NDArray[Any], fill: float) -> NDArray[Any]:
        view = np.full((*self.view_hw, *scaled.shape[2:]), fill, dtype=scaled.dtype)
        to, source = [], []
        for corner, inner, side in zip(reversed(self.corner_xy), self.inner_hw, self.view_hw, strict=True):
            first, last = max(corner, 0), min(corner + inner, side)
            to.append(slice(first, last))
            source.append(slice(first - corner, last - corner))
        view[tuple(to)] = scaled[tuple(source)]
        return view


def draw_placement(image_hw: tuple[int, int], size: int, strength: float, rng: np.random.Generator) -> Placement:
    """A random placement in a square: half of them mirrored, smaller or larger with `strength`; 0: the letterbox."""
    if strength <= 0:
        inner_hw = Letterbox(image_hw, size).inner_hw
        return Placement(inner_hw=inner_hw, corner_xy=(0, 0), mirror=False, zoom=1.0, view_hw=(size, size))
    bounded = min(strength, 2.0)
    low, high = max(1 - 0.4 * bounded, SMALLEST_ZOOM), 1 + 0.5 * bounded
    mirror, zoom = bool(rng.random() < 0.5), float(np.exp(rng.uniform(np.log(low), np.log(high))))
    scale = zoom * size / max(image_hw)
    height, width = (max(1, round(side * scale)) for side in image_hw)
    x, y = (int(rng.integers(min(0, size - side), max(0, size - side) + 1)) for side in (width, height))
    return Placement(inner_hw=(height, width), corner_xy=(x, y), mirror=mirror, zoom=zoom, view_hw=(size, size))
