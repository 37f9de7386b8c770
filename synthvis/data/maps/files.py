"""Label maps that lie beside pictures: how each kind is stored, and its pixels as arrays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from synthvis.errors import DatasetError
from synthvis.formats.arrays import decode_normals
from synthvis.formats.depth import PNG_1MM, DepthEncoding
from synthvis.formats.float_map import float_map_hw, read_float_map
from synthvis.formats.images import read_png
from synthvis.formats.png_header import read_png_header

if TYPE_CHECKING:
    from synthvis.labels.flow.flow_map import FlowMap

__all__ = [
    "CLASS_MAPS",
    "DEPTH_MAPS",
    "FLOW_BACKWARD_MAPS",
    "FLOW_MAPS",
    "INSTANCE_MAPS",
    "NORMAL_MAPS",
    "SCENE_FLOW_MAPS",
    "SEMANTIC_MAPS",
    "MapFile",
    "MapKind",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class MapKind:
    """A kind of label map and how its files are stored.

    Attributes:
        name: What it is called in messages, e.g. "depth".
        folder: Name of the folder that holds the maps.
        meaning: Of the values, for messages.
        stored_as: The PNG headers that are right, such as "8-bit RGB".
        encoding: Of a depth map: how it is stored, in place of `stored_as`.
        float_axes: Axes of a NumPy file of 32-bit floats, in place of `stored_as`; 0: it is none.
    """

    name: str
    folder: str
    meaning: str
    stored_as: tuple[str, ...] = ()
    encoding: DepthEncoding | None = None
    float_axes: int = 0

    @property
    def suffix(self) -> str:
        """Ending of the maps, without the dot."""
        if self.encoding is not None:
            return self.encoding.suffix
        return "npy" if self.float_axes else "png"

    def size_of(self, path: Path) -> tuple[int, int]:
        """Height and width of a map, from its first bytes.

        Raises:
            DatasetError: It is stored in another form.
        """
        if self.encoding is not None:
            return self.encoding.size_of(path)
        if self.float_axes:
            return float_map_hw(path, axes=self.float_axes)
        header = read_png_header(path)
        if str(header) not in self.stored_as:
            wanted = " or ".join(self.stored_as)
            raise DatasetError(f"{path} is a {header} PNG; {self.name} is {wanted}", hint=self.meaning)
        return header.image_hw

    def stored_with(self, encoding: DepthEncoding) -> MapKind:
        """The kind where a dataset says how its depth is stored."""
        return self if self.encoding is None else replace(self, encoding=encoding, meaning=encoding.meaning)


DEPTH_MAPS = MapKind(name="depth", folder="depth", meaning=PNG_1MM.meaning, encoding=PNG_1MM)
"""As real sets have them; of a rendered dataset, dataset.json says how they are stored."""

NORMAL_MAPS = MapKind(
    name="normal",
    folder="normals",
    stored_as=("8-bit RGB",),
    meaning="8-bit RGB, round((n + 1) / 2 * 255), x right, y down, z forward, black where none is known",
)
CLASS_MAPS = MapKind(
    name="class",
    folder="labels",
    stored_as=("8-bit grey",),
    meaning="8-bit grey, the line of the class in classes.txt from 0 on, 255 for pixels to ignore",
)
SEMANTIC_MAPS = MapKind(
    name="semantic",
    folder="semantic",
    stored_as=("8-bit grey", "16-bit grey"),
    meaning="grey, the category id, 0 for everything else",
)
INSTANCE_MAPS = MapKind(
    name="instance",
    folder="instances",
    stored_as=("16-bit grey",),
    meaning="16-bit grey, the instance id, 0 for none",
)
FLOW_MAPS = MapKind(
    name="flow",
    folder="flow",
    stored_as=("16-bit RGB",),
    meaning="16-bit RGB, 64 times the flow to the next frame plus 32768; blue 0 for none, 2 for occluded",
)
FLOW_BACKWARD_MAPS = MapKind(
    name="flow_backward",
    folder="flow_backward",
    stored_as=("16-bit RGB",),
    meaning="16-bit RGB, 64 times the flow to the frame before plus 32768; blue 0 for none, 2 for occluded",
)
SCENE_FLOW_MAPS = MapKind(
    name="scene_flow",
    folder="scene_flow",
    meaning="three 32-bit floats a pixel in a NumPy file, metres, NaN for none",
    float_axes=3,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MapFile:
    """A label map on disk.

    Attributes:
        path: The file.
        kind: How it is stored.
    """

    path: Path
    kind: MapKind

    def read_depth_m(self) -> NDArray[np.float32]:
        """(H, W) float32 metres, inf where no depth is known.

        Raises:
            DatasetError: The map cannot be decoded.
        """
        return (self.kind.encoding or PNG_1MM).read(self.path)

    def read_known_depth_m(self) -> NDArray[np.float32]:
        """(H, W) float32 metres, 0 where no depth is known.

        Raises:
            DatasetError: The map cannot be decoded.
        """
        depth_m = self.read_depth_m()
        return np.where(np.isfinite(depth_m), depth_m, np.float32(0))

    def read_normals(self) -> NDArray[np.float32]:
        """(H, W, 3) float32 unit normals in the camera frame, 0 where none is known.

        Raises:
            DatasetError: The map cannot be decoded.
        """
        pixels = self.read_pixels()
        if pixels.dtype != np.uint8 or pixels.ndim != 3:
            raise DatasetError(f"{self.path} is {pixels.dtype} of shape {pixels.shape}", hint=NORMAL_MAPS.meaning)
        return decode_normals(pixels.astype(np.uint8))

    def read_flow(self) -> FlowMap:
        """Optical flow of a frame of a film.

        Raises:
            DatasetError: The map cannot be decoded.
        """
        # Help that names tasks loads this module, and no labels.
        from synthvis.formats.flow_files import read_flow_png

        return read_flow_png(self.path, has_occlusion=True)

    def read_scene_flow_m(self) -> NDArray[np.float32]:
        """(H, W, 3) float32 metres, NaN where there is none.

        Raises:
            DatasetError: The map cannot be decoded.
        """
        values = read_float_map(self.path, axes=3)
        if values.shape[2] != 3:
            raise DatasetError(f"{self.path} holds {values.shape[2]} numbers a pixel", hint=SCENE_FLOW_MAPS.meaning)
        return values

    def read_pixels(self) -> NDArray[np.uint8] | NDArray[np.uint16]:
        """(H, W) or (H, W, 3) pixels as stored.

        Raises:
            DatasetError: The map cannot be decoded.
        """
        return read_png(self.path)
