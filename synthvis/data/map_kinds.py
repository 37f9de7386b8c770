"""The kinds of label maps that lie beside pictures, each with its encoding, and their pixels as arrays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from synthvis.data.map_folder import MapKind, MapPair
from synthvis.errors import DatasetError
from synthvis.formats.arrays import decode_normals
from synthvis.formats.depth import PNG_1MM
from synthvis.formats.images import read_image_rgb, read_png

__all__ = [
    "CLASS_MAPS",
    "DEPTH_MAPS",
    "KNOWN_DEPTH",
    "KNOWN_NORMALS",
    "NORMAL_MAPS",
    "read_depth_m",
    "read_normals",
    "read_picture",
]

DEPTH_MAPS = MapKind(name="depth", folder="depth", meaning=PNG_1MM.meaning, encoding=PNG_1MM)
"""As real sets have them; of a rendered dataset, dataset.json says how they are stored."""

NORMAL_MAPS = MapKind(
    name="normal",
    folder="normals",
    stored_as="8-bit RGB",
    meaning="8-bit RGB, round((n + 1) / 2 * 255), x right, y down, z forward, black where none is known",
)
CLASS_MAPS = MapKind(
    name="class",
    folder="labels",
    stored_as="8-bit grey",
    meaning="8-bit grey, the line of the class in classes.txt from 0 on, 255 for pixels to ignore",
)

KNOWN_DEPTH = {"nyu-mini": "indoor pictures of an RGB-D camera, depth in millimetres"}
KNOWN_NORMALS: dict[str, str] = {}
"""Benchmarks that have a name. There is none for normals."""


def read_depth_m(pair: MapPair) -> NDArray[np.float32]:
    """(H, W) metres, 0 where no depth is known.

    Raises:
        DatasetError: The map cannot be decoded.
    """
    depth_m = (pair.maps.encoding or PNG_1MM).read(pair.map_path)
    return np.where(np.isfinite(depth_m), depth_m, np.float32(0))


def read_normals(pair: MapPair) -> NDArray[np.float32]:
    """(H, W, 3) unit normals in the camera frame, 0 where none is known.

    Raises:
        DatasetError: The map cannot be decoded.
    """
    pixels = read_png(pair.map_path)
    if pixels.dtype != np.uint8 or pixels.ndim != 3:
        raise DatasetError(f"{pair.map_path} is {pixels.dtype} of shape {pixels.shape}", hint=NORMAL_MAPS.meaning)
    return decode_normals(pixels.astype(np.uint8))


def read_picture(pair: MapPair) -> NDArray[np.uint8]:
    """(H, W, 3) RGB of a picture, held to the size of its map.

    Raises:
        DatasetError: It cannot be decoded, or its map is of another size.
    """
    pixels = read_image_rgb(pair.path)
    if pixels.shape[:2] != pair.image_hw:
        (height, width), (map_height, map_width) = pixels.shape[:2], pair.image_hw
        raise DatasetError(
            f"{pair.path} is {width}x{height} px, its map {pair.map_path} {map_width}x{map_height}",
            hint="a map has a pixel for each pixel of its picture",
        )
    return pixels
