"""A strip of pictures to judge a fitted sensor by eye: photographs, and the same renders through two sensors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from synthvis.config.recipe import Recipe
from synthvis.formats.images import write_png
from synthvis.render.beside import render_beside
from synthvis.render.progress import RenderProgress
from synthvis.sensor_fit.photographs import Unfit, read_photograph

__all__ = ["STRIP_IMAGES", "write_strip"]

STRIP_IMAGES = 6
CAPTION_PX = 18
GAP_PX = 4

Picture = NDArray[np.uint8]


def write_strip(
    path: Path,
    recipes: tuple[Recipe, Recipe],
    photographs: Sequence[Path],
    seed: int,
    watch: Callable[[RenderProgress], AbstractContextManager[object]],
) -> None:
    """Write the strip as a PNG: a row of photographs, one through the first recipe's sensor, one through the second's.

    Each scene is rendered once; the sensors are numpy and work on the same linear light.

    Args:
        path: The file.
        recipes: The recipe as it is and with the fitted sensor.
        photographs: Photographs that were measured; some are shown.
        seed: Of the scenes.
        watch: Makes the context in which the images are rendered.

    Raises:
        RenderError: A scene could not be rendered.
    """
    image = recipes[0].image
    size_hw = (image.height_px, image.width_px)
    pairs = render_beside(recipes, range(1, STRIP_IMAGES + 1), seed, watch)
    rows = {
        "photographs": _shown(photographs, size_hw),
        "renders, sensor of the recipe": [before for before, _ in pairs],
        "the same renders, fitted sensor": [after for _, after in pairs],
    }
    write_png(path, np.vstack([_row(caption, pictures, size_hw) for caption, pictures in rows.items()]))


def _shown(photographs: Sequence[Path], size_hw: tuple[int, int]) -> list[Picture]:
    places = np.linspace(0, len(photographs) - 1, min(STRIP_IMAGES, len(photographs))).astype(int)
    found = []
    for place in places.tolist():
        try:
            found.append(_fitted(read_photograph(photographs[place], max(size_hw)).rgb, size_hw))
        except Unfit:
            continue
    return found


def _fitted(rgb: Picture, size_hw: tuple[int, int]) -> Picture:
    """Made as small as needed, in the middle of white."""
    factor = min(size_hw[0] / rgb.shape[0], size_hw[1] / rgb.shape[1], 1.0)
    height, width = (max(round(side * factor), 1) for side in rgb.shape[:2])
    small = cv2.resize(rgb, (width, height), interpolation=cv2.INTER_AREA)
    canvas = np.full((*size_hw, 3), 255, dtype=np.uint8)
    top, left = (size_hw[0] - height) // 2, (size_hw[1] - width) // 2
    canvas[top : top + height, left : left + width] = small
    return canvas


def _row(caption: str, pictures: Sequence[Picture], size_hw: tuple[int, int]) -> Picture:
    height, width = size_hw
    row = np.full((CAPTION_PX + height + GAP_PX, STRIP_IMAGES * (width + GAP_PX), 3), 255, dtype=np.uint8)
    cv2.putText(row, caption, (2, CAPTION_PX - 5), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (0, 0, 0), 1, cv2.LINE_AA)
    for place, picture in enumerate(pictures):
        left = place * (width + GAP_PX)
        row[CAPTION_PX : CAPTION_PX + height, left : left + width] = picture
    return row
