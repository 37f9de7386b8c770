"""Files of optical flow: Middlebury's `.flo`, and the 16-bit PNG of the KITTI benchmarks.

A `.flo` (Baker et al., IJCV 2011; README and flowIO.cpp of the benchmark) is, all little-endian: the 32-bit float
202021.25, whose bytes are "PIEH"; width and height as 32-bit integers; then, row by row, a 32-bit float along x and
one along y for each pixel. Above 1e9 in size, or no number, means that the flow is not known.
`synthvis.labels.flow.pixels` has the pixels of the PNG.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synthvis.errors import DatasetError, UsageError
from synthvis.formats.atomic import write_bytes_atomic
from synthvis.formats.image_size import MAX_IMAGE_PIXELS
from synthvis.formats.images import png_bytes, read_png
from synthvis.formats.png_header import read_png_header
from synthvis.labels.flow.pixels import decode_flow_pixels, encode_flow_pixels

__all__ = ["FlowMap", "flo_bytes", "read_flo", "read_flow_png", "write_flo", "write_flow_png"]

MAGIC = b"PIEH"
HEADER = struct.Struct("<4sii")
BYTES_A_PIXEL = 8
NOT_KNOWN_ABOVE = 1e9
NOT_KNOWN = 1e10

FLO_FORM = "a .flo file begins with PIEH, width and height, and holds two 32-bit floats a pixel"
PNG_FORM = "KITTI stores flow as 16-bit RGB: 64 times the flow along x and y plus 32768, and 1 where it is known"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FlowMap:
    """Optical flow as benchmarks store it.

    Attributes:
        flow_xy_px: (H, W, 2) float32, along x and y; 0 where it is not known.
        is_valid: (H, W) bool, where it is known.
    """

    flow_xy_px: NDArray[np.float32]
    is_valid: NDArray[np.bool_]

    def __post_init__(self) -> None:
        if self.flow_xy_px.shape != (*self.is_valid.shape, 2) or self.is_valid.ndim != 2 or self.is_valid.size == 0:
            raise UsageError(
                f"a flow of shape {self.flow_xy_px.shape} with a mask of shape {self.is_valid.shape}",
                hint="wanted are (H, W, 2) and (H, W) of one picture",
            )


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
    """Write a flow atomically as a PNG of KITTI's form; flow of more than 511.98 pixels becomes not known."""
    write_bytes_atomic(path, png_bytes(encode_flow_pixels(flow.flow_xy_px, flow.is_valid.astype(np.uint16))))


def read_flow_png(path: Path) -> FlowMap:
    """Read a PNG of KITTI's form.

    Raises:
        DatasetError: The file cannot be read, or is no 16-bit RGB PNG.
    """
    header = read_png_header(path)
    if str(header) != "16-bit RGB":
        raise DatasetError(f"{path} is a {header} PNG, which holds no flow", hint=PNG_FORM)
    flow_xy_px, mark = decode_flow_pixels(read_png(path).astype(np.uint16))
    return FlowMap(flow_xy_px=flow_xy_px, is_valid=mark > 0)


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
