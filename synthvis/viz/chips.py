"""Class names beside boxes, where there is room for them: no name hides an object that is not much larger than it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from synthvis.viz.overlay import FONT, font_scale
from synthvis.viz.palette import Color, ink_on

__all__ = ["draw_chips", "fitted", "plain_text", "text_width"]

Image = NDArray[np.uint8]
Rect = tuple[int, int, int, int]
"""Left, top, right, bottom."""

MAX_COVERED = 0.12
"""Share of a box that a name may cover."""

CUT_LETTERS = 8
"""A name too long for its box is cut to no fewer letters than this; without room for them it is left out."""

PAD_PX = 2
DOTS = ".."


def plain_text(text: str) -> str:
    """Text in the letters that OpenCV can draw: accents fall away, other scripts become question marks."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "replace").decode("ascii").replace("\n", " ")


def text_width(text: str, scale: float) -> int:
    """Pixels that a line takes."""
    return int(cv2.getTextSize(text, FONT, scale, 1)[0][0])


def fitted(text: str, width_px: float, scale: float) -> str:
    """The text, cut where it is wider than `width_px`; empty where fewer than 8 letters of it would be left."""
    if text_width(text, scale) <= width_px:
        return text
    for letters in range(min(len(text) - 1, int(width_px)), CUT_LETTERS - 1, -1):
        if text_width(text[:letters] + DOTS, scale) <= width_px:
            return text[:letters] + DOTS
    return ""


def draw_chips(
    image: Image, boxes_xywh_px: Sequence[Sequence[float]], colors: Sequence[Color], names: Sequence[str]
) -> Image:
    """The name of each box that is wide enough for it: above it, below it, or inside it where it is large.

    A name is left out where it would cover another name or more than 12% of any box; a legend says what the colours
    are.
    """
    drawn, scale = image.copy(), font_scale(image)
    rects = [(x, y, x + w, y + h) for x, y, w, h in boxes_xywh_px]
    used: list[Rect] = []
    for position in np.argsort([-w * h for _, _, w, h in boxes_xywh_px], kind="stable"):
        box = boxes_xywh_px[position]
        text = fitted(plain_text(names[position]), box[2] - 2 * PAD_PX, scale)
        if not text:
            continue
        chip = next((one for one in _candidates(box, text, scale) if _is_free(one, rects, used, image.shape)), None)
        if chip is not None:
            _draw(drawn, chip, text, scale, colors[position])
            used.append(chip)
    return drawn


def _candidates(box: Sequence[float], text: str, scale: float) -> Iterator[Rect]:
    (width, height), baseline = cv2.getTextSize(text, FONT, scale, 1)
    x, y, _, box_height = box
    wide, high = width + 2 * PAD_PX, height + baseline + 1
    for top in (round(y) - high - 1, round(y + box_height) + 1, round(y) + 1):
        yield round(x), top, round(x) + wide, top + high


def _is_free(
    chip: Rect, boxes: Sequence[tuple[float, float, float, float]], used: Sequence[Rect], shape: Sequence[int]
) -> bool:
    left, top, right, bottom = chip
    if left < 0 or top < 0 or right > shape[1] or bottom > shape[0] or any(_shared(chip, one) for one in used):
        return False
    return all(_shared(chip, box) <= MAX_COVERED * (box[2] - box[0]) * (box[3] - box[1]) for box in boxes)


def _shared(first: Sequence[float], second: Sequence[float]) -> float:
    """Pixels that two rectangles share."""
    width = min(first[2], second[2]) - max(first[0], second[0])
    height = min(first[3], second[3]) - max(first[1], second[1])
    return max(width, 0) * max(height, 0)


def _draw(drawn: Image, chip: Rect, text: str, scale: float, color: Color) -> None:
    left, top, right, bottom = chip
    drawn[top:bottom, left:right] = color
    baseline = cv2.getTextSize(text, FONT, scale, 1)[1]
    cv2.putText(drawn, text, (left + PAD_PX, bottom - baseline), FONT, scale, ink_on(color), 1, cv2.LINE_AA)
