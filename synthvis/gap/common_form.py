"""One size and one JPEG quality for all pictures, so that neither resolution nor codec is what is measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from synthvis.data.split import Split
from synthvis.errors import DatasetError
from synthvis.formats.json_file import Count, Record

__all__ = ["CommonForm", "common_form_of", "resized", "through_jpeg"]

Pixels = NDArray[np.uint8]

MAX_LONG_SIDE_PX = 256
MIN_LONG_SIDE_PX = 64
SHRUNK_SHARE = 0.05
"""Share of either set that may be smaller than the common size, and so be enlarged."""
JPEG_QUALITY = 85


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonForm(Record):
    """What every picture is brought to before it is measured.

    Attributes:
        long_side_px: Longer side.
        jpeg_quality: 1 to 100.
    """

    long_side_px: Count
    jpeg_quality: Count = JPEG_QUALITY

    def apply(self, rgb: Pixels) -> Pixels:
        """Bring (H, W, 3) to the common size and once through the codec; returns (h, w, 3)."""
        height, width = rgb.shape[:2]
        factor = self.long_side_px / max(height, width)
        size_hw = (max(round(height * factor), 1), max(round(width * factor), 1))
        return through_jpeg(resized(rgb, size_hw), self.jpeg_quality)


def common_form_of(splits: Sequence[Split], long_side_px: int | None = None) -> CommonForm:
    """The form for pictures of several sets: so small that hardly any of them has to be enlarged.

    Args:
        splits: The sets; sizes are those that their files state.
        long_side_px: A size to take instead.
    """
    if long_side_px is not None:
        return CommonForm(long_side_px=long_side_px)
    small = [np.quantile([max(image.image_hw) for image in split.images], SHRUNK_SHARE) for split in splits]
    side = int(np.clip(min(small), MIN_LONG_SIDE_PX, MAX_LONG_SIDE_PX))
    return CommonForm(long_side_px=side)


def resized(rgb: Pixels, size_hw: tuple[int, int]) -> Pixels:
    """The picture at another size, averaged over areas where it shrinks and bicubic where it grows."""
    if size_hw == rgb.shape[:2]:
        return rgb
    shrinks = size_hw[0] * size_hw[1] < rgb.shape[0] * rgb.shape[1]
    method = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(rgb, (size_hw[1], size_hw[0]), interpolation=method), dtype=np.uint8)


def through_jpeg(rgb: Pixels, quality: int) -> Pixels:
    """What a JPEG of that quality leaves of a picture.

    Raises:
        DatasetError: OpenCV cannot encode it.
    """
    done, stored = cv2.imencode(".jpg", np.ascontiguousarray(rgb[:, :, ::-1]), [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise DatasetError(f"cannot encode {rgb.shape[1]} x {rgb.shape[0]} pixels as JPEG")
    return np.ascontiguousarray(cv2.imdecode(stored, cv2.IMREAD_COLOR)[:, :, ::-1], dtype=np.uint8)
