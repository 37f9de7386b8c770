"""One row of a gt.txt: a box of a track in a frame.

    frame, id, left, top, width, height, confidence, class, visibility

Frames and pixels count from 1. Confidence 0 means "not to be considered". Sets of 2015 have three world coordinates
in place of class and visibility, and so ten columns.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["NO_TRACK", "BadRow", "MotRow", "row_of", "text_of_row"]

MIN_COLUMNS, WITH_CONFIDENCE, WITH_CLASS, WITH_VISIBILITY, MAX_COLUMNS = 6, 7, 8, 9, 20
NO_TRACK = -1
"""In place of an id, of boxes without one."""

MAX_NUMBER = 2**53
MAX_COORDINATE = 1e7
DECIMALS = 6

Box = tuple[float, float, float, float]


class BadRow(ValueError):
    """A row that cannot be used, with the reason in a few words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MotRow:
    """What a row says.

    Attributes:
        frame: Number of its frame, from 1.
        track_id: Number of its track; None where it has none.
        bbox_xywh_px: Half-open box, left, top, width, height; pixels count from 0 here.
        is_considered: False where the confidence is 0.
        class_number: From 1; None where the row names none.
        visible_fraction: 0 to 1; 1 where the row does not say.
    """

    frame: int
    track_id: int | None
    bbox_xywh_px: Box
    is_considered: bool = True
    class_number: int | None = None
    visible_fraction: float = 1.0


def row_of(line: str) -> MotRow:
    """What a line says.

    Raises:
        BadRow: It is no such row.
    """
    words = line.split(",", MAX_COLUMNS)
    if not MIN_COLUMNS <= len(words) <= MAX_COLUMNS:
        raise BadRow("fewer than 6 columns, or more than 20")
    try:
        numbers = [float(word) for word in words[:WITH_VISIBILITY]]
    except ValueError:
        raise BadRow("not numbers with commas between") from None
    if not all(map(math.isfinite, numbers)):
        raise BadRow("numbers that are none")
    track_id = _whole(numbers[1], "the id")
    frame = _whole(numbers[0], "the frame")
    if frame < 1:
        raise BadRow("the frame is below 1")
    has_class = len(words) in (WITH_CLASS, WITH_VISIBILITY)
    return MotRow(
        frame=frame,
        track_id=None if track_id < 0 else track_id,
        bbox_xywh_px=_box_of(numbers[2:6]),
        is_considered=len(words) < WITH_CONFIDENCE or numbers[6] != 0,
        class_number=_class_of(numbers[7]) if has_class else None,
        visible_fraction=_share_of(numbers[8]) if len(words) == WITH_VISIBILITY else 1.0,
    )


def text_of_row(row: MotRow) -> str:
    """The line, with its line break."""
    x, y, width, height = row.bbox_xywh_px
    numbers = (x + 1, y + 1, width, height, float(row.is_considered))
    track_id = NO_TRACK if row.track_id is None else row.track_id
    words = [str(row.frame), str(track_id), *map(_text, numbers), str(row.class_number), _text(row.visible_fraction)]
    return f"{','.join(words)}\n"


def _text(value: float) -> str:
    return f"{value:.{DECIMALS}f}".rstrip("0").rstrip(".")


def _whole(value: float, what: str) -> int:
    if value != int(value) or abs(value) >= MAX_NUMBER:
        raise BadRow(f"{what} is not a whole number")
    return int(value)


def _box_of(numbers: list[float]) -> Box:
    left, top, width, height = numbers
    if max(map(abs, numbers)) >= MAX_COORDINATE:
        raise BadRow("a box of no picture")
    if width <= 0 or height <= 0:
        raise BadRow("a box without area")
    return left - 1, top - 1, width, height


def _class_of(value: float) -> int | None:
    number = _whole(value, "the class")
    return None if number < 0 else number


def _share_of(value: float) -> float:
    """Sets that do not know it write -1."""
    if value > 1:
        raise BadRow("the visibility is no share")
    return 1.0 if value < 0 else value
