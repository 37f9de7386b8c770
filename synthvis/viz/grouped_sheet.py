"""A sheet of tiles in groups, such as the groups of each object type or the images of each batch."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["BACKGROUND", "GAP_PX", "GROUP_GAP_PX", "close_up", "grouped_sheet"]

Image = NDArray[np.uint8]

COLUMNS = 6
GAP_PX = 4
GROUP_GAP_PX = 12
BACKGROUND = 24
ROOM = 1.15
"""Side of a close-up, in longer sides of what it shows."""


def close_up(image: Image, boxes_xywh_px: NDArray[np.float64], side_px: int) -> Image:
    """The square around all boxes, as a tile.

    Args:
        image: (S, S, 3) uint8, a square at least as large as the tile; one of the tile's size is shown whole.
        boxes_xywh_px: (N, 4); none: the whole image.
        side_px: Side of the tile.

    Returns:
        (side_px, side_px, 3) uint8; nothing is shown larger than it was rendered.
    """
    side = image.shape[0]
    if not len(boxes_xywh_px):
        return _shrunk(image, side_px)
    low, high = boxes_xywh_px[:, :2].min(axis=0), (boxes_xywh_px[:, :2] + boxes_xywh_px[:, 2:]).max(axis=0)
    cut = min(max(math.ceil(ROOM * float((high - low).max())), side_px), side)
    left, top = (int(np.clip(round(middle - cut / 2), 0, side - cut)) for middle in (low + high) / 2)
    return _shrunk(image[top : top + cut, left : left + cut], side_px)


def _shrunk(image: Image, side_px: int) -> Image:
    shrunk = cv2.resize(image, (side_px, side_px), interpolation=cv2.INTER_AREA)
    return np.asarray(shrunk, np.uint8)


def grouped_sheet(groups: Sequence[Sequence[Image]], columns: int = COLUMNS) -> Image:
    """Tiles of equal size, those of each group starting a new row; groups of one row stand side by side in a square.

    Args:
        groups: For each group its pictures, (H, W, 3) uint8 each.
        columns: Most tiles in a row of one group.

    Returns:
        (H, W, 3) uint8.
    """
    high, wide = groups[0][0].shape[:2]
    columns = min(columns, max(map(len, groups)))
    rows = [row for tiles in groups for row in _rows(tiles, columns)]
    beside = max(1, round(math.sqrt(len(rows) / columns))) if len(rows) == len(groups) else 1
    pitch, group_pitch = high + GAP_PX, columns * (wide + GAP_PX) + (GROUP_GAP_PX if beside > 1 else 0)
    height = math.ceil(len(rows) / beside) * pitch + GAP_PX
    sheet = np.full((height, beside * group_pitch + GAP_PX, 3), BACKGROUND, np.uint8)
    for number, row in enumerate(rows):
        down, across = divmod(number, beside)
        for column, tile in enumerate(row):
            top, left = GAP_PX + down * pitch, GAP_PX + across * group_pitch + column * (wide + GAP_PX)
            sheet[top : top + high, left : left + wide] = tile
    return sheet


def _rows(tiles: Sequence[Image], columns: int) -> list[Sequence[Image]]:
    return [tiles[start : start + columns] for start in range(0, len(tiles), columns)]
