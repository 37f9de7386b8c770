"""Where tracked objects have been: a line behind each of them."""

from __future__ import annotations

from collections import deque

import cv2
import numpy as np
from numpy.typing import NDArray

from synthvis.metrics.picture_predictions import DetectedObjects
from synthvis.viz.overlay import color_of, line_width

__all__ = ["Trails"]

LENGTH = 60
"""Frames that a line reaches back."""

SHIFT_BITS = 4
Image = NDArray[np.uint8]


class Trails:
    """Remembers where the objects of a video were, by their tracks: the middle of the lower side of their boxes."""

    def __init__(self) -> None:
        self._points: dict[int, deque[tuple[int, NDArray[np.float64]]]] = {}
        self._frame = 0

    def add(self, found: DetectedObjects) -> None:
        """The next frame."""
        self._frame += 1
        for one in found.objects:
            if one.track_id is not None:
                x, y, width, height = one.bbox_xywh_px
                points = self._points.setdefault(one.track_id, deque(maxlen=LENGTH))
                points.append((self._frame, np.array([x + width / 2, y + height])))
        forgotten = [number for number, points in self._points.items() if points[-1][0] <= self._frame - LENGTH]
        for number in forgotten:
            del self._points[number]

    def draw(self, image: Image, zoom_xy: NDArray[np.float64]) -> Image:
        """The picture (H, W, 3) with the lines of the last frames, each in the colour of its track.

        Args:
            image: Of the frame, enlarged or reduced.
            zoom_xy: By how much.
        """
        drawn = image.copy()
        width = line_width(image, min(image.shape[:2]))
        for number, points in self._points.items():
            recent = [point for frame, point in points if frame > self._frame - LENGTH]
            places = np.round(np.array(recent) * zoom_xy * 2**SHIFT_BITS).astype(np.int32)
            cv2.polylines(drawn, [places.reshape(-1, 1, 2)], False, color_of(number), width, cv2.LINE_AA, SHIFT_BITS)
        return drawn
