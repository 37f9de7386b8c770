"""What a PNG file says of itself in its first bytes: size, bit depth and channels, without decoding it."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

from synthvis.errors import DatasetError

__all__ = ["PngHeader", "has_whole_chunks", "read_png_header"]

START = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR"
COLOUR_TYPES = {0: "grey", 2: "RGB", 3: "palette", 4: "grey with alpha", 6: "RGB with alpha"}
"""By the PNG specification (ISO/IEC 15948), section 11.2.2."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PngHeader:
    """The header chunk of a PNG."""

    image_hw: tuple[int, int]
    bits: int
    """For each channel; of a palette image, for each index."""
    colours: str
    """One of grey, RGB, palette, grey with alpha, RGB with alpha."""

    def __str__(self) -> str:
        return f"{self.bits}-bit {self.colours}"


def read_png_header(path: Path) -> PngHeader:
    """Read the header of a PNG.

    Raises:
        DatasetError: The file cannot be read or is no PNG.
    """
    try:
        with path.open("rb") as file:
            head = file.read(len(START) + 10)
    except OSError as error:
        raise DatasetError(f"cannot read {path}: {error.strerror or error}") from error
    if not head.startswith(START) or len(head) < len(START) + 10:
        raise DatasetError(f"{path} is no PNG", hint="label maps are PNG files: they must come back bit for bit")
    width, height, bits, colour_type = struct.unpack(">IIBB", head[len(START) :])
    colours = COLOUR_TYPES.get(colour_type, f"colour type {colour_type}")
    return PngHeader(image_hw=(height, width), bits=bits, colours=colours)


def has_whole_chunks(content: bytes) -> bool:
    """Whether the chunks of a PNG, up to the last one, lie within the file as their lengths say.

    OpenCV asks for as much memory as the length of a chunk says, up to two gigabytes, before it looks for the data.
    """
    place = 8
    while place + 12 <= len(content):
        (length,) = struct.unpack_from(">I", content, place)
        if content[place + 4 : place + 8] == b"IEND":
            return True
        place += 12 + length
    return False
