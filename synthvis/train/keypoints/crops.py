"""The square around an object, as a single-object network sees it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from synthvis.train.views.letterbox import PAD_VALUE

__all__ = ["Crop"]

MARGIN = 1.25
"""Side of the square, in longer sides of the box: keypoints may lie on the box or outside it."""


@dataclass(frozen=True, slots=True)
class Crop:
    """A square of whole pixels of an image; it may reach beyond the frame, where it is grey."""

    x0_px: int
    y0_px: int
    side_px: int

    @classmethod
    def around(cls, bbox_xywh_px: tuple[float, float, float, float]) -> Crop:
        """The square centred on a box."""
        x, y, width, height = bbox_xywh_px
        side = max(1, math.ceil(MARGIN * max(width, height)))
        return cls(round(x + width / 2 - side / 2), round(y + height / 2 - side / 2), side)

    def pixels(self, image_rgb: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
        """(size, size, 3) of an (H, W, 3) image."""
        height, width = image_rgb.shape[:2]
        x1, y1 = self.x0_px + self.side_px, self.y0_px + self.side_px
        square = np.full((self.side_px, self.side_px, 3), PAD_VALUE, dtype=np.uint8)
        left, top, right, bottom = max(self.x0_px, 0), max(self.y0_px, 0), min(x1, width), min(y1, height)
        if right > left and bottom > top:
            inside = image_rgb[top:bottom, left:right]
            square[top - self.y0_px : bottom - self.y0_px, left - self.x0_px : right - self.x0_px] = inside
        method = cv2.INTER_AREA if self.side_px > size else cv2.INTER_CUBIC
        return np.asarray(cv2.resize(square, (size, size), interpolation=method), dtype=np.uint8)

    def to_crop(self, points_xy_px: NDArray[np.float64], size: int) -> NDArray[np.float64]:
        """Points (..., 2) of the image in pixels of the crop at `size`."""
        return np.asarray((points_xy_px - [self.x0_px, self.y0_px]) * (size / self.side_px))

    def to_image(self, points_xy_px: NDArray[np.float64], size: int) -> NDArray[np.float64]:
        """Points (..., 2) of the crop at `size` in pixels of the image."""
        return np.asarray(points_xy_px * (self.side_px / size) + [self.x0_px, self.y0_px])
