"""PNGs whose pixels are numbers with colours by a palette, as VOC has masks."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synthvis.errors import DatasetError
from synthvis.formats.atomic import write_bytes_atomic
from synthvis.formats.image_size import MAX_IMAGE_PIXELS
from synthvis.formats.images import read_png
from synthvis.formats.png_header import read_png_header

__all__ = ["VOID", "read_palette_png", "voc_palette", "write_palette_png"]

VOID = 255
"""Pixels that belong to nothing that is measured: borders, and what is difficult."""


@cache
def voc_palette() -> bytes:
    """Colours of the values 0 to 255, red, green, blue each, as VOC's own tools make them.

    Source: VOClabelcolormap of the development kit: bit k of the value goes to a channel by k modulo 3, from its
    highest bit down.
    """
    colours = np.zeros((256, 3), dtype=np.uint8)
    for value in range(256):
        rest = value
        for bit in range(7, -1, -1):
            for channel in range(3):
                colours[value, channel] |= (rest >> channel & 1) << bit
            rest >>= 3
    return colours.tobytes()


def write_palette_png(path: Path, values: NDArray[np.uint8]) -> None:
    """Write (H, W) uint8 values atomically with VOC's palette."""
    from PIL import Image

    picture = Image.fromarray(values)
    picture.putpalette(voc_palette())
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    write_bytes_atomic(path, buffer.getvalue())


def read_palette_png(path: Path) -> NDArray[np.uint8]:
    """(H, W) uint8 values of a PNG with a palette, or of a grey one.

    Raises:
        DatasetError: It is another kind of picture, too large or damaged.
    """
    from PIL import Image, UnidentifiedImageError

    header = read_png_header(path)
    if header.image_hw[0] * header.image_hw[1] > MAX_IMAGE_PIXELS:
        raise DatasetError(f"{path} states {header.image_hw[1]} x {header.image_hw[0]} pixels, which are too many")
    if str(header) == "8-bit grey":
        return read_png(path).astype(np.uint8)
    try:
        with Image.open(path, formats=("PNG",)) as picture:
            if picture.mode != "P":
                raise DatasetError(f"{path} is a {header} PNG; masks of VOC have a palette")
            return np.array(picture, dtype=np.uint8)
    except (OSError, ValueError, SyntaxError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise DatasetError(f"{path} cannot be decoded: {str(error)[:120]}") from error
