"""One row of a YOLO label file: a class and the numbers of one object, as shares of the picture's width and height."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "MAX_SHARE",
    "PX_DIGITS",
    "BadRow",
    "box_of_shares",
    "numbers_of",
    "points_of_shares",
    "shares_of_box",
    "shares_of_points",
    "text_row",
]

SHARE_DIGITS = 12
"""Of boxes and keypoints, which come back to a millionth of a pixel."""

OUTLINE_DIGITS = 6
"""Outlines have many points, and none needs more than a hundredth of a pixel."""

PX_DIGITS = 6
MAX_NUMBERS = 200_000
"""Of one row: an outline through every second pixel of the largest picture has fewer."""

MAX_SHARE = 10.0
"""What lies further out belongs to no picture; up to there it is clipped."""

Box = tuple[float, float, float, float]


class BadRow(ValueError):
    """A row that cannot be used, with the reason in a few words."""


def text_row(class_index: int, shares: Sequence[float], digits: int = SHARE_DIGITS) -> str:
    """The row without its line break."""
    return " ".join([str(class_index), *(f"{share:.{digits}f}".rstrip("0").rstrip(".") or "0" for share in shares)])


def numbers_of(line: str) -> tuple[int, list[float]]:
    """Class index and numbers of a row.

    Raises:
        BadRow: It holds something else.
    """
    words = line.split(maxsplit=MAX_NUMBERS)
    if len(words) > MAX_NUMBERS:
        raise BadRow("too many numbers")
    try:
        numbers = [float(word) for word in words]
    except ValueError:
        raise BadRow("not numbers") from None
    if not numbers or not all(math.isfinite(number) for number in numbers):
        raise BadRow("not finite numbers")
    if numbers[0] != int(numbers[0]):
        raise BadRow("the class is not a whole number")
    return int(numbers[0]), numbers[1:]


def shares_of_box(box_xywh_px: Box, image_hw: tuple[int, int]) -> Box:
    """Centre and size of a box as shares of the picture."""
    (height, width), (x, y, box_width, box_height) = image_hw, box_xywh_px
    return (x + box_width / 2) / width, (y + box_height / 2) / height, box_width / width, box_height / height


def box_of_shares(shares: Sequence[float], image_hw: tuple[int, int]) -> Box:
    """Left, top, width, height in pixels of a box that is given by centre and size.

    Raises:
        BadRow: It has no area, or lies outside the picture.
    """
    _check_shares(shares)
    height, width = image_hw
    across, down, wide, high = shares
    x0, y0, x1, y1 = across - wide / 2, down - high / 2, across + wide / 2, down + high / 2
    if not (wide > 0 and high > 0):
        raise BadRow("the box has no area")
    if x0 >= 1 or y0 >= 1 or x1 <= 0 or y1 <= 0:
        raise BadRow("the box lies outside its picture")
    left, top = round(x0 * width, PX_DIGITS), round(y0 * height, PX_DIGITS)
    return left, top, round(x1 * width, PX_DIGITS) - left, round(y1 * height, PX_DIGITS) - top


def shares_of_points(points_px: NDArray[np.float64], image_hw: tuple[int, int]) -> list[float]:
    """x, y, x, y, ... as shares, of (N, 2) points in pixels."""
    height, width = image_hw
    flat: list[float] = (points_px / [width, height]).ravel().tolist()
    return flat


def points_of_shares(shares: Sequence[float], image_hw: tuple[int, int]) -> NDArray[np.float64]:
    """(N, 2) points in pixels.

    Raises:
        BadRow: They are no pairs, or belong to no picture.
    """
    if len(shares) % 2:
        raise BadRow("an odd number of coordinates")
    _check_shares(shares)
    height, width = image_hw
    return np.array(shares, dtype=np.float64).reshape(-1, 2) * [width, height]


def _check_shares(shares: Sequence[float]) -> None:
    if any(abs(share) > MAX_SHARE for share in shares):
        raise BadRow("coordinates are not shares of the picture")
