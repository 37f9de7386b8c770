"""Maps of labels on request as files: integers as PNG, floats as NumPy files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthvis.formats.atomic import write_bytes_atomic
from synthvis.formats.float_map import float_map_bytes, read_float_map
from synthvis.formats.images import png_bytes, read_png
from synthvis.labels.map_form import MapForm

__all__ = ["read_label_map", "write_label_map"]


def write_label_map(path: Path, pixels: NDArray[Any], form: MapForm) -> None:
    """Write (H, W) or (H, W, 3) pixels atomically.

    Raises:
        DatasetError: They are not of that form.
    """
    pixels = form.checked(pixels, (pixels.shape[0], pixels.shape[1]), path.name)
    is_float = form.suffix == "npy"
    write_bytes_atomic(path, float_map_bytes(pixels.astype(np.float32)) if is_float else png_bytes(pixels))


def read_label_map(path: Path, image_hw: tuple[int, int], form: MapForm) -> NDArray[Any]:
    """Pixels of that form and size.

    Raises:
        DatasetError: The file cannot be read, or holds others.
    """
    pixels = read_float_map(path, axes=2 if form.channels == 1 else 3) if form.suffix == "npy" else read_png(path)
    return form.checked(pixels, image_hw, path.name)
