"""The square view of an image: scaled with its aspect kept, padded at the right and bottom."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["PAD_VALUE", "Letterbox", "letterbox_image"]

PAD_VALUE = 127
"""Grey that normalises to zero."""


@dataclass(frozen=True, slots=True)
class Letterbox:
    """Map between an image of `image_hw` and a square of `size` pixels; the top-left corners coincide."""

    image_hw: tuple[int, int]
    size: int

    @property
    def inner_hw(self) -> tuple[int, int]:
        """Pixels of the square that the image fills."""
        height, width = self.image_hw
        scale = self.size / max(height, width)
        return max(1, round(height * scale)), max(1, round(width * scale))

    @property
    def scale_xy(self) -> tuple[float, float]:
        """Square pixels for one image pixel; the axes differ by rounding only."""
        (height, width), (inner_height, inner_width) = self.image_hw, self.inner_hw
        return inner_width / width, inner_height / height

    def to_square(self, boxes_xyxy_px: NDArray[np.float32]) -> NDArray[np.float32]:
        """Boxes (N, 4) of the image in pixels of the square."""
        return np.asarray(boxes_xyxy_px * np.tile(self.scale_xy, 2), dtype=np.float32)

    def to_image(self, boxes_xyxy_px: NDArray[np.float32]) -> NDArray[np.float32]:
        """Boxes (N, 4) of the square in pixels of the image, clipped to it."""
        boxes = boxes_xyxy_px / np.tile(self.scale_xy, 2)
        height, width = self.image_hw
        return np.asarray(np.clip(boxes, 0, [width, height, width, height]), dtype=np.float32)


def letterbox_image(image_rgb: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """The (size, size, 3) square of an (H, W, 3) image."""
    height, width = Letterbox((image_rgb.shape[0], image_rgb.shape[1]), size).inner_hw
    square = np.full((size, size, 3), PAD_VALUE, dtype=np.uint8)
    shrinks = image_rgb.shape[0] > height
    square[:height, :width] = cv2.resize(
        image_rgb, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    )
    return square
