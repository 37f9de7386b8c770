"""Finds the photographs of a folder and reads them, whatever else lies there."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from synthvis.errors import DatasetError, UsageError, shown_name
from synthvis.formats.images import read_image_rgb
from synthvis.formats.jpeg import jpeg_quality, stated_size

__all__ = ["Photograph", "Unfit", "find_photographs", "read_photograph"]

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"})
MAX_BYTES = 100_000_000
MAX_PIXELS = 80_000_000
MIN_SIDE_PX = 32
HEAD_BYTES = 1 << 20
"""Quantisation tables and the size stand before that, behind the largest of previews."""


class Unfit(Exception):
    """A file that is left out, and why."""


@dataclass(frozen=True, slots=True, eq=False)
class Photograph:
    """A decoded picture.

    Attributes:
        rgb: (H, W, 3) uint8.
        jpeg_quality: Of the file, None where it is no JPEG.
        scaled: It was made smaller after decoding, so that blocks and noise of the file are not those of the pixels.
    """

    rgb: NDArray[np.uint8]
    jpeg_quality: int | None
    scaled: bool


def find_photographs(folder: Path, n: int, seed: int) -> tuple[list[Path], int]:
    """Up to `n` image files below `folder`, drawn by `seed`, and how many there are. Links to folders are not followed.

    Raises:
        UsageError: There is no such folder, or no image in it.
    """
    if not folder.is_dir():
        what = "is a file, not a folder" if folder.exists() else "does not exist"
        raise UsageError(f"{shown_name(folder)} {what}", hint="name a folder of photographs")
    found: list[Path] = []
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        names = (name for name in files if not name.startswith("."))
        found += [Path(parent) / name for name in names if Path(name).suffix.lower() in SUFFIXES]
    if not found:
        raise UsageError(f"no photograph in {shown_name(folder)}", hint=f"it looks for {', '.join(sorted(SUFFIXES))}")
    found.sort()
    if len(found) <= n:
        return found, len(found)
    chosen = np.random.default_rng(seed).choice(len(found), n, replace=False)
    return [found[index] for index in sorted(chosen)], len(found)


def read_photograph(path: Path, longest_px: int | None = None) -> Photograph:
    """Decode a photograph, made smaller where its longer side exceeds `longest_px`.

    Raises:
        Unfit: It is broken, tiny, huge, or no regular file.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise Unfit("not a regular file")
        if status.st_size > MAX_BYTES:
            raise Unfit(f"{status.st_size:,} bytes are too many")
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        raise Unfit(error.strerror or "cannot be read") from error
    size = stated_size(head)
    if size is not None and size[0] * size[1] > MAX_PIXELS:
        raise Unfit(f"{size[1]} x {size[0]} pixels are too many")
    try:
        rgb = read_image_rgb(path)
    except (DatasetError, MemoryError) as error:
        raise Unfit("cannot be decoded") from error
    height, width = rgb.shape[:2]
    if min(height, width) < MIN_SIDE_PX:
        raise Unfit(f"{width} x {height} pixels are too few")
    factor = min(1.0, longest_px / max(height, width)) if longest_px else 1.0
    if factor < 1:
        new_size = (max(round(width * factor), 1), max(round(height * factor), 1))
        rgb = np.asarray(cv2.resize(rgb, new_size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        if min(new_size) < MIN_SIDE_PX:
            raise Unfit(f"{new_size[0]} x {new_size[1]} pixels are too few")
    return Photograph(rgb, jpeg_quality(head), scaled=factor < 1)
