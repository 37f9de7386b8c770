"""Stored images as arrays: read, held to what the annotations say of them, and kept small in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from synthvis.data.sample import Sample
from synthvis.train.views.letterbox import Letterbox

__all__ = ["PixelCache", "at_most", "read_checked"]

CACHE_BYTES = 1 << 30
CACHE_SCALE = 1.25
"""Decoded images are kept at this multiple of the input size: enough for crops, small enough to keep."""


class PixelCache:
    """The images of a split, shrunk to what an input of `size` pixels needs; as many in memory as fit.

    `read` gives the pixels (H, W, 3) of an image; it must be a function of a module, as loader processes take it along.
    """

    def __init__(
        self, images: Sequence[Any], size: int, read: Callable[[Any], NDArray[np.uint8]] | None = None
    ) -> None:
        self._images, self._long_side_px, self._read = images, round(CACHE_SCALE * size), read or read_checked
        self._kept: dict[int, NDArray[np.uint8]] = {}
        self._kept_bytes = 0

    def __getitem__(self, index: int) -> NDArray[np.uint8]:
        """Pixels (H, W, 3) RGB of the image at `index`.

        Raises:
            DatasetError: The file is absent, damaged, or of another size.
        """
        if index in self._kept:
            return self._kept[index]
        pixels = at_most(self._read(self._images[index]), self._long_side_px)
        if self._kept_bytes + pixels.nbytes <= CACHE_BYTES:
            self._kept[index] = pixels
            self._kept_bytes += pixels.nbytes
        return pixels


def read_checked(entry: Sample) -> NDArray[np.uint8]:
    """(H, W, 3) RGB pixels, of the size that the labels state: a function of a module, for loader processes.

    Raises:
        DatasetError: The file is absent, damaged, or of another size.
    """
    return entry.image


def at_most(pixels: NDArray[np.uint8], long_side_px: int) -> NDArray[np.uint8]:
    """The image (H, W, 3), shrunk where its longer side is above `long_side_px`."""
    if max(pixels.shape[:2]) <= long_side_px:
        return pixels
    height, width = Letterbox((pixels.shape[0], pixels.shape[1]), long_side_px).inner_hw
    return np.asarray(cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)
