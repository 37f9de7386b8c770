"""A sheet of samples: one row of tiles, or several, for each kind of object."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["BACKGROUND", "GAP_PX", "KIND_GAP_PX", "kind_sheet"]

Image = NDArray[np.uint8]

COLUMNS = 6
GAP_PX = 4
KIND_GAP_PX = 12
BACKGROUND = 24


def kind_sheet(samples: Sequence[Sequence[Image]]) -> Image:
    """Tiles of equal size, those of each kind starting a new row; kinds of one row stand side by side in a square.

    Args:
        samples: For each kind its pictures, (S, S, 3) uint8 each.

    Returns:
        (H, W, 3) uint8.
    """
    side = samples[0][0].shape[0]
    columns = min(COLUMNS, max(map(len, samples)))
    rows = [row for tiles in samples for row in _rows(tiles, columns)]
    beside = max(1, round(math.sqrt(len(rows) / columns))) if len(rows) == len(samples) else 1
    pitch, kind_pitch = side + GAP_PX, columns * (side + GAP_PX) + (KIND_GAP_PX if beside > 1 else 0)
    height = math.ceil(len(rows) / beside) * pitch + GAP_PX
    sheet = np.full((height, beside * kind_pitch + GAP_PX, 3), BACKGROUND, np.uint8)
    for number, row in enumerate(rows):
        down, across = divmod(number, beside)
        for column, tile in enumerate(row):
            top, left = GAP_PX + down * pitch, GAP_PX + across * kind_pitch + column * pitch
            sheet[top : top + side, left : left + side] = tile
    return sheet


def _rows(tiles: Sequence[Image], columns: int) -> list[Sequence[Image]]:
    return [tiles[start : start + columns] for start in range(0, len(tiles), columns)]
