"""The strip below a sheet of pictures (colour, name and number of objects of each class), and captions of tiles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from synthvis.viz.chips import fitted, plain_text, text_width
from synthvis.viz.overlay import FONT
from synthvis.viz.palette import Color

__all__ = ["CAPTION_PX", "DEPTH_NOTE", "NORMALS_NOTE", "TRACKS_NOTE", "captioned", "entries_strip", "legend_strip"]

Image = NDArray[np.uint8]

DEPTH_NOTE = "Depth: red is near, blue is far, black is unknown."
NORMALS_NOTE = "Normals: red is x to the right, green is y down, blue is z forward, as in the files; black is unknown."
TRACKS_NOTE = "Each track has a colour and a number; its line shows where it was in the last 60 frames."

BACKGROUND = 24
INK, DIM = (235, 235, 235), (160, 160, 160)
SCALE = 0.42
ROW_PX, SWATCH_PX, GAP_PX, MARGIN_PX = 20, 12, 6, 8
COLUMN_GAP_PX = 18
CAPTION_PX, CAPTION_SCALE = 16, 0.38
"""Height of a caption below a tile."""


def legend_strip(names: Iterable[str], colors: Mapping[str, Color], width_px: int, notes: Sequence[str] = ()) -> Image:
    """A strip with each class once, the most frequent first, then notes; without either it has no height.

    Args:
        names: Class of each object shown.
        colors: Of each class.
        width_px: Of the sheet; entries that do not fit into one line go on in the next.
        notes: Sentences below the classes.

    Returns:
        (H, width_px, 3) uint8.
    """
    counts = sorted(Counter(names).items(), key=lambda item: (-item[1], item[0]))
    return entries_strip([(colors[name], name, f"{count:,}") for name, count in counts], width_px, notes)


def entries_strip(entries: Sequence[tuple[Color, str, str]], width_px: int, notes: Sequence[str] = ()) -> Image:
    """A strip with a swatch, a name and a few figures for each entry, in their order, then notes.

    Args:
        entries: Colour, name and figures of each; a name is cut where it is too long, the figures are not.
        width_px: Of the picture above; entries that do not fit into one line go on in the next.
        notes: Sentences below the entries.

    Returns:
        (H, width_px, 3) uint8; without entries and notes it has no height.
    """
    room = width_px - 2 * MARGIN_PX
    rows = _rows([(color, _entry_text(name, figures, room)) for color, name, figures in entries], room)
    lines = _wrapped(" ".join(notes), room)
    height = ROW_PX * (len(rows) + len(lines)) + (MARGIN_PX if rows or lines else 0)
    strip = np.full((height, width_px, 3), BACKGROUND, np.uint8)
    for number, row in enumerate(rows):
        for left, color, text in row:
            _draw_entry(strip, (left, number * ROW_PX + MARGIN_PX // 2), color, text)
    for number, line in enumerate(lines, start=len(rows)):
        _write(strip, line, (MARGIN_PX, (number + 1) * ROW_PX), SCALE, DIM)
    return strip


def captioned(tile: Image, text: str) -> Image:
    """The tile with a line of text below it, so that nothing of the picture is hidden."""
    band = np.full((CAPTION_PX, tile.shape[1], 3), BACKGROUND, np.uint8)
    _write(band, _cut(plain_text(text), tile.shape[1] - 2, CAPTION_SCALE), (2, CAPTION_PX - 4), CAPTION_SCALE, INK)
    return np.concatenate([tile, band])


def _entry_text(name: str, figures: str, room_px: int) -> str:
    behind = f" {figures}" if figures else ""
    room_px -= SWATCH_PX + GAP_PX + text_width(behind, SCALE)
    return _cut(plain_text(name), room_px, SCALE) + behind


def _cut(text: str, width_px: int, scale: float) -> str:
    """The text, or as many letters of it as fit."""
    kept = fitted(text, width_px, scale) or text
    while kept and text_width(kept, scale) > width_px:
        kept = kept[:-1]
    return kept


def _rows(entries: Sequence[tuple[Color, str]], room_px: int) -> list[list[tuple[int, Color, str]]]:
    rows: list[list[tuple[int, Color, str]]] = []
    left = room_px + 1
    for color, text in entries:
        wide = SWATCH_PX + GAP_PX + text_width(text, SCALE)
        if not rows or left + wide > MARGIN_PX + room_px:
            rows.append([])
            left = MARGIN_PX
        rows[-1].append((left, color, text))
        left += wide + COLUMN_GAP_PX
    return rows


def _wrapped(text: str, width_px: int) -> list[str]:
    lines = [""]
    for word in plain_text(text).split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and text_width(longer, SCALE) > width_px:
            lines.append(word)
        else:
            lines[-1] = longer
    return [_cut(line, width_px, SCALE) for line in lines if line]


def _draw_entry(strip: Image, corner_px: tuple[int, int], color: Color, text: str) -> None:
    left, top = corner_px
    strip[top + 4 : top + 4 + SWATCH_PX, left : left + SWATCH_PX] = color
    _write(strip, text, (left + SWATCH_PX + GAP_PX, top + 4 + SWATCH_PX - 2), SCALE, INK)


def _write(image: Image, text: str, place_px: tuple[int, int], scale: float, ink: Color) -> None:
    cv2.putText(image, text, place_px, FONT, scale, ink, 1, cv2.LINE_AA)
