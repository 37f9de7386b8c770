"""Image files: the only place that talks to OpenCV's readers and writers. Colour is RGB on this side of the border.

OpenCV is loaded when a picture is read or written: commands that only print help import this module too.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthvis.errors import DatasetError
from synthvis.formats.atomic import write_bytes_atomic
from synthvis.formats.image_size import MAX_IMAGE_PIXELS
from synthvis.formats.jpeg import stated_size
from synthvis.formats.png_header import has_whole_chunks
from synthvis.formats.upright import turn_of, turned

__all__ = ["PICTURE_SUFFIXES", "as_stored", "png_bytes", "read_image_rgb", "read_png", "write_jpeg", "write_png"]

Pixels = NDArray[np.uint8] | NDArray[np.uint16]

PICTURE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff", ".ppm", ".pgm"})
"""Endings of the files that are taken for pictures in a folder with other things."""

PNG_COMPRESSION = 1
"""zlib level: 1 to 9. Higher ones cost time for a few per cent of the size."""

HEAD_BYTES = 1 << 20
"""The size stands before that."""

PNG_START = b"\x89PNG\r\n\x1a\n"
PNG_BITS_AT = 24
"""Byte of a PNG that holds the bits of a channel."""

MAX_DEFLATE_RATIO = 1032
"""A byte of a PNG's data gives at most so many: 258 for two bits (RFC 1951, section 3.2.5)."""

WAY_OUT = "replace it; of a rendered dataset, `synthvis check` names all such files and how to make them again"


def read_image_rgb(path: Path, labelled_hw: tuple[int, int] | None = None) -> NDArray[np.uint8]:
    """Decode a photograph or render of any common format, the right way up (`synthvis.formats.upright`).

    Deeper channels are cut to 8 bits, CMYK and palettes become RGB, transparency is dropped.

    Args:
        path: The file.
        labelled_hw: Height and width for which its labels were made; where they are those of the stored pixels and
            not of the picture as viewers show it, it is left as it is stored.

    Returns:
        (H, W, 3) uint8, RGB.

    Raises:
        DatasetError: The file cannot be read or decoded.
    """
    import cv2

    content = _content(path)
    pixels = _decode(path, content, cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
    turn = turn_of(content[:HEAD_BYTES].tobytes(), pixels.shape[:2], labelled_hw)
    return np.ascontiguousarray(turned(pixels, turn)[:, :, ::-1], dtype=np.uint8)


def as_stored(image_rgb: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    """What `read_image_rgb` will make of a picture that `write_jpeg` writes."""
    import cv2

    content = _encode(".jpg", image_rgb, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.ascontiguousarray(cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)[:, :, ::-1])


def read_png(path: Path) -> Pixels:
    """Decode a PNG as stored.

    Returns:
        (H, W) or (H, W, 3) RGB, uint8 or uint16.

    Raises:
        DatasetError: The file cannot be read or decoded.
    """
    import cv2

    pixels = _decode(path, _content(path), cv2.IMREAD_UNCHANGED)
    return np.ascontiguousarray(pixels[:, :, ::-1]) if pixels.ndim == 3 else pixels


def write_jpeg(path: Path, image_rgb: NDArray[np.uint8], quality: int) -> None:
    """Write (H, W, 3) uint8 RGB atomically as a JPEG of `quality` 1 to 100."""
    import cv2

    write_bytes_atomic(path, _encode(".jpg", image_rgb, [cv2.IMWRITE_JPEG_QUALITY, quality]))


def write_png(path: Path, pixels: Pixels) -> None:
    """Write (H, W) or (H, W, 3) RGB, uint8 or uint16, atomically as a PNG."""
    write_bytes_atomic(path, png_bytes(pixels))


def png_bytes(pixels: Pixels) -> bytes:
    """(H, W) or (H, W, 3) RGB, uint8 or uint16, as a PNG."""
    import cv2

    # Run lengths alone compress normals and label maps better than zlib's search, at two thirds of its time.
    by_runs = pixels.dtype == np.uint8
    strategy = cv2.IMWRITE_PNG_STRATEGY_RLE if by_runs else cv2.IMWRITE_PNG_STRATEGY_DEFAULT
    options = [cv2.IMWRITE_PNG_COMPRESSION, PNG_COMPRESSION, cv2.IMWRITE_PNG_STRATEGY, strategy]
    return _encode(".png", pixels, options)


def _content(path: Path) -> NDArray[np.uint8]:
    # imread knows no unicode paths on some systems and says nothing about what went wrong.
    try:
        # A pipe or a device never ends.
        if path.exists() and not path.is_file():
            raise DatasetError(f"cannot read image {path}: not a file", hint=WAY_OUT)
        return np.fromfile(path, dtype=np.uint8)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise DatasetError(f"cannot read image {path}: {why}", hint=WAY_OUT) from error


def _decode(path: Path, content: NDArray[np.uint8], flags: int) -> Any:
    import cv2

    _check_decoded_size(path, content)
    try:
        pixels = cv2.imdecode(content, flags) if content.size else None
    except cv2.error as error:
        raise DatasetError(f"cannot decode image {path}: {error.err}", hint=WAY_OUT) from error
    if pixels is None:
        raise DatasetError(f"cannot decode image {path}: {content.size} bytes that are no image", hint=WAY_OUT)
    return pixels


def _check_decoded_size(path: Path, content: NDArray[np.uint8]) -> None:
    """Look at the size that a file states before memory is asked for."""
    head = content[:HEAD_BYTES].tobytes()
    height, width = stated_size(head) or (0, 0)
    if height * width > MAX_IMAGE_PIXELS:
        raise DatasetError(f"cannot decode image {path}: {width} x {height} pixels are too many", hint=WAY_OUT)
    if not head.startswith(PNG_START):
        return
    if len(head) <= PNG_BITS_AT or not has_whole_chunks(content.tobytes()):
        raise DatasetError(f"cannot decode image {path}: the PNG is cut short or damaged", hint=WAY_OUT)
    if height * width * head[PNG_BITS_AT] / 8 > MAX_DEFLATE_RATIO * content.size:
        what = f"{width} x {height} pixels cannot be in {content.size} bytes"
        raise DatasetError(f"cannot decode image {path}: {what}", hint=WAY_OUT)


def _encode(suffix: str, pixels: Pixels, options: list[int]) -> bytes:
    import cv2

    stored = np.ascontiguousarray(pixels[:, :, ::-1]) if pixels.ndim == 3 else pixels
    done, buffer = cv2.imencode(suffix, stored, options)
    if not done:
        raise DatasetError(f"cannot encode {pixels.shape} {pixels.dtype} as {suffix}")
    return bytes(buffer)
