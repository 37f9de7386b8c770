"""Files of optical flow: Middlebury's `.flo`, and the 16-bit PNG of the KITTI benchmarks.

A `.flo` (Baker et al., IJCV 2011; README and flowIO.cpp of the benchmark) is, all little-endian: the 32-bit float
202021.25, whose bytes are "PIEH"; width and height as 32-bit integers; then, row by row, a 32-bit float along x and
one along y for each pixel. Above 1e9 in size, or no number, means that the flow is not known.
`synthvis.labels.flow.pixels` has the pixels of the PNG.
"""

from __future__ import annotations

import struct
from dataclasses import replace
from pathlib import Path

import numpy as np

from synthvis.errors import DatasetError
from synthvis.formats.atomic import write_bytes_atomic
from synthvis.formats.image_size import MAX_IMAGE_PIXELS
from synthvis.formats.images import png_bytes, read_png
from synthvis.formats.png_header import read_png_header
from synthvis.labels.flow.flow_map import FlowMap
from synthvis.labels.flow.pixels import decode_flow_pixels, encode_flow_pixels

__all__ = ["flo_bytes", "read_flo", "read_flow_png", "write_flo", "write_flow_png"]

MAGIC = b"PIEH"
HEADER = struct.Struct("<4sii")
BYTES_A_PIXEL = 8
NOT_KNOWN_ABOVE = 1e9
NOT_KNOWN = 1e10

FLO_FORM = "a .flo file begins with PIEH, width and height, and holds two 32-bit floats a pixel"
PNG_FORM = "KITTI stores flow as 16-bit RGB: 64 times the flow along x and y plus 32768, and 1 where it is known"


def flo_bytes(flow: FlowMap) -> bytes:
    """A flow as the content of a `.flo` file; what is not known is 1e10, as the benchmark writes it."""
    height, width = flow.is_valid.shape
    values = np.where(flow.is_valid[..., None], flow.flow_xy_px, NOT_KNOWN).astype("<f4")
    return HEADER.pack(MAGIC, width, height) + values.tobytes()


def write_flo(path: Path, flow: FlowMap) -> None:
    """Write a `.flo` file atomically."""
    write_bytes_atomic(path, flo_bytes(flow))


def read_flo(path: Path) -> FlowMap:
    """Read a `.flo` file.

    Raises:
        DatasetError: The file cannot be read, is no `.flo`, or is longer or shorter than its header says.
    """
    try:
        with path.open("rb") as file:
            head, there = file.read(HEADER.size), path.stat().st_size
            width, height = _flo_size(path, head, there)
            content = file.read(there - HEADER.size)
    except OSError as error:
        raise DatasetError(f"cannot read {path}: {error.strerror or error}") from error
    values = np.frombuffer(content, dtype="<f4").reshape(height, width, 2)
    is_valid = (np.abs(values) <= NOT_KNOWN_ABOVE).all(axis=2)
    return FlowMap(flow_xy_px=np.where(is_valid[..., None], values, 0).astype(np.float32), is_valid=is_valid)


def write_flow_png(path: Path, flow: FlowMap) -> None:
    """Write a flow atomically as a PNG of KITTI's form; flow of more than 511.98 pixels becomes none.

    The blue channel is 1 wherever there is flow, also to where the other picture does not show the point.
    """
    write_bytes_atomic(path, png_bytes(encode_flow_pixels(replace(flow, is_occluded=None))))


def read_flow_png(path: Path, *, has_occlusion: bool = False) -> FlowMap:
    """Read a PNG of KITTI's form.

    Args:
        path: The file.
        has_occlusion: Blue tells what is occluded: of a map of a rendered dataset.

    Raises:
        DatasetError: The file cannot be read, or is no 16-bit RGB PNG.
    """
    header = read_png_header(path)
    if str(header) != "16-bit RGB":
        raise DatasetError(f"{path} is a {header} PNG, which holds no flow", hint=PNG_FORM)
    return decode_flow_pixels(read_png(path).astype(np.uint16), has_occlusion=has_occlusion)


def _flo_size(path: Path, head: bytes, there: int) -> tuple[int, int]:
    """Width and height, held against the length of the file before memory is asked for."""
    if len(head) < HEADER.size or not head.startswith(MAGIC):
        raise DatasetError(f"{path} is no .flo file", hint=FLO_FORM)
    _, width, height = HEADER.unpack(head)
    if width < 1 or height < 1 or width * height > MAX_IMAGE_PIXELS:
        raise DatasetError(f"{path} says that it is {width} x {height} pixels large", hint=FLO_FORM)
    if there != HEADER.size + width * height * BYTES_A_PIXEL:
        held = there - HEADER.size
        raise DatasetError(
            f"{path} is cut or damaged: {held} bytes of flow for {width} x {height} pixels", hint=FLO_FORM
        )
    return int(width), int(height)
