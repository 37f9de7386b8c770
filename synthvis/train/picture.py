"""A picture to predict on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvis.data.camera import Camera

__all__ = ["Picture"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Picture:
    """A picture to predict on.

    Attributes:
        pixels: (H, W, 3) uint8, RGB.
        boxes_xywh_px: Of the objects in it, for a network that looks at one object at a time; None: not known, and
            such a network takes the whole picture for one.
        camera: That took it, for a network that places objects in space; None: not known.
    """

    pixels: NDArray[np.uint8]
    boxes_xywh_px: tuple[tuple[float, float, float, float], ...] | None = None
    camera: Camera | None = None

    @property
    def image_hw(self) -> tuple[int, int]:
        """Height and width, pixels."""
        return self.pixels.shape[0], self.pixels.shape[1]
