"""Maps of 32-bit floats, one or several a pixel, as NumPy files, read without trusting what their headers say."""

from __future__ import annotations

import io
import math
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from synthvis.errors import DatasetError

__all__ = ["float_map_bytes", "float_map_hw", "read_float_map"]

FORM = "a NumPy file of 32-bit floats with {axes} axes"
BYTES_A_VALUE = 4


def float_map_bytes(values: NDArray[np.float32]) -> bytes:
    """(H, W) or (H, W, C) as a NumPy file; equal arrays are equal bytes."""
    buffer = io.BytesIO()
    np.save(buffer, np.ascontiguousarray(values, dtype="<f4"), allow_pickle=False)
    return buffer.getvalue()


def read_float_map(path: Path, *, axes: int = 2) -> NDArray[np.float32]:
    """(H, W) float32, or (H, W, C) where three axes are asked for.

    Raises:
        DatasetError: The file cannot be read, holds something else, or is longer or shorter than its header says.
    """
    try:
        with path.open("rb") as file:
            shape = _shape(file, path, axes)
            content = file.read(math.prod(shape) * BYTES_A_VALUE)
    except OSError as error:
        raise DatasetError(f"cannot read {path}: {error.strerror or error}") from error
    return np.frombuffer(content, dtype="<f4").reshape(shape).astype(np.float32)


def float_map_hw(path: Path, *, axes: int = 2) -> tuple[int, int]:
    """Height and width, from the first bytes.

    Raises:
        DatasetError: As `read_float_map`.
    """
    try:
        with path.open("rb") as file:
            shape = _shape(file, path, axes)
            return shape[0], shape[1]
    except OSError as error:
        raise DatasetError(f"cannot read {path}: {error.strerror or error}") from error


def _shape(file: BinaryIO, path: Path, axes: int) -> tuple[int, ...]:
    form = FORM.format(axes=axes)
    try:
        if npy.read_magic(file) != (1, 0):  # type: ignore[no-untyped-call]
            raise ValueError("another version")
        shape, is_fortran, kind = npy.read_array_header_1_0(file)  # type: ignore[no-untyped-call]
    except Exception as error:
        # NumPy's parser raises whatever a damaged header leads it to, SyntaxError and RecursionError among them.
        raise DatasetError(f"{path} is not {form} ({type(error).__name__})") from error
    if kind != np.dtype("<f4") or is_fortran or len(shape) != axes or min(shape) < 1:
        raise DatasetError(f"{path} is not {form}: it holds {kind!s:.40} of shape {shape!s:.40}")
    there = path.stat().st_size - file.tell()
    if there != math.prod(shape) * BYTES_A_VALUE:
        raise DatasetError(f"{path} is cut or damaged: {there} bytes of values for the shape {shape!s:.40}")
    return tuple(int(length) for length in shape)
