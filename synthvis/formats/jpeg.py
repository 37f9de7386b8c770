"""What the head of an image file says without decoding it: a JPEG's quality, turn, and the size of JPEGs and PNGs."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

__all__ = ["exif_orientation", "is_jpeg", "jpeg_quality", "luminance_table", "stated_size"]

# Recommendation ITU-T T.81, table K.1, row by row.
LUMINANCE = np.array(
    [
        16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55,
        14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
        18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92,
        49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
    ]
)  # fmt: skip
ZIGZAG = sorted(range(64), key=lambda i: (i // 8 + i % 8, i // 8 if (i // 8 + i % 8) % 2 else i % 8))
"""Natural index of each place in the order of the file."""

START, END, SCAN, TABLES, APP1 = 0xD8, 0xD9, 0xDA, 0xDB, 0xE1
ORIENTATION = 0x0112
"""Tag of EXIF, JEITA CP-3451, section 4.6.4."""

FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
ALONE = frozenset({0x01, *range(0xD0, 0xD9)})
"""Markers without a length."""


def luminance_table(quality: int) -> NDArray[np.int64]:
    """(64,) quantisation steps that libjpeg uses for luminance at `quality` 1 to 100, row by row."""
    scale = 5000 // quality if quality < 50 else 200 - 2 * quality
    return np.clip((LUMINANCE * scale + 50) // 100, 1, 255)


def jpeg_quality(content: bytes) -> int | None:
    """The libjpeg quality whose luminance table is nearest to the file's own; None for what is no JPEG.

    Files of other encoders, whose tables are no multiples of the standard's, get the quality that loses as much.
    """
    table = _first_table(content)
    if table is None:
        return None
    # Relative, so that the small steps of the low frequencies, which show most, count as much as the large ones.
    misses = [float(np.abs(np.log(luminance_table(quality) / table)).sum()) for quality in range(1, 101)]
    return 1 + int(np.argmin(misses))


def stated_size(content: bytes) -> tuple[int, int] | None:
    """Height and width that a JPEG or PNG file states, pixels; None for others."""
    if content[:8] == b"\x89PNG\r\n\x1a\n" and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
        return height, width
    for marker, segment in _segments(content):
        if marker in FRAMES and len(segment) >= 5:
            height, width = struct.unpack(">HH", segment[1:5])
            return height, width
    return None


def is_jpeg(content: bytes) -> bool:
    """Whether a file begins as JPEGs do."""
    return content[:2] == bytes((0xFF, START))


def exif_orientation(content: bytes) -> int:
    """How a viewer turns the stored pixels of a JPEG, 1 to 8 as EXIF counts; 1, not at all, where nothing is said."""
    for marker, segment in _segments(content):
        if marker != APP1 or segment[:6] != b"Exif\0\0":
            continue
        tiff = segment[6:]
        order = "<" if tiff[:2] == b"II" else ">"
        try:
            (first,) = struct.unpack_from(f"{order}I", tiff, 4)
            (entries,) = struct.unpack_from(f"{order}H", tiff, first)
            for number in range(entries):
                tag, _, _, value = struct.unpack_from(f"{order}HHIH", tiff, first + 2 + 12 * number)
                if tag == ORIENTATION:
                    return int(value) if 1 <= value <= 8 else 1
        except struct.error:
            return 1
    return 1


def _first_table(content: bytes) -> NDArray[np.int64] | None:
    """Quantisation table 0, row by row."""
    for marker, segment in _segments(content):
        if marker != TABLES:
            continue
        place = 0
        while place < len(segment):
            is_wide, number = segment[place] >> 4, segment[place] & 15
            size = 128 if is_wide else 64
            steps = segment[place + 1 : place + 1 + size]
            place += 1 + size
            if len(steps) == size and number == 0:
                table = np.zeros(64, dtype=np.int64)
                table[ZIGZAG] = np.frombuffer(steps, dtype=">u2" if is_wide else np.uint8)
                return np.maximum(table, 1)
    return None


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Marker and content of each segment before the picture itself."""
    if not is_jpeg(content):
        return
    place = 2
    while place + 4 <= len(content) and content[place] == 0xFF:
        marker = content[place + 1]
        if marker == 0xFF or marker in ALONE:
            place += 1 if marker == 0xFF else 2
            continue
        if marker in (END, SCAN):
            return
        length = int.from_bytes(content[place + 2 : place + 4], "big")
        if length < 2:
            return
        yield marker, content[place + 4 : place + 2 + length]
        place += 2 + length
