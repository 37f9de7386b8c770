"""How a depth map is stored: as a PNG of 16-bit integers, in one of two units, or as 32-bit floats.

| name | file | value | nothing hit | beyond the range |
|---|---|---|---|---|
| `png_1mm` | 16-bit grey PNG | units of 1 mm | 0 | 65535: at 65.535 m or farther |
| `png_0.1mm` | 16-bit grey PNG | units of 0.1 mm | 0 | 65535: at 6.5535 m or farther |
| `npy_m` | NumPy file of float32 | metres | inf | there is none |

All along the optical axis. What was hit is at least one unit away. Arrays in memory are float32 metres, inf where
nothing was hit and where it is beyond the range.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthvis.conventions import DEPTH_ENCODINGS
from synthvis.errors import DatasetError
from synthvis.formats.atomic import write_bytes_atomic
from synthvis.formats.float_map import float_map_bytes, float_map_hw, read_float_map
from synthvis.formats.images import png_bytes, read_png
from synthvis.formats.png_header import read_png_header

__all__ = ["BEYOND", "ENCODINGS", "NOTHING_HIT", "PNG_1MM", "DepthEncoding", "encoding_named"]

NOTHING_HIT = 0
BEYOND = 65535

Depth = NDArray[np.float32]
Stored = NDArray[np.uint16] | NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class DepthEncoding:
    """One way to store a depth map.

    Attributes:
        name: As recipes and dataset.json have it.
        unit_m: Metres a step of the integers; None: floats in metres.
    """

    name: str
    unit_m: float | None

    @property
    def suffix(self) -> str:
        """Ending of the files, without the dot."""
        return "npy" if self.unit_m is None else "png"

    @property
    def meaning(self) -> str:
        """Of the files, in a line."""
        if self.unit_m is None:
            return "32-bit floats in a NumPy file, metres, inf where nothing was hit"
        unit = "millimetres" if self.unit_m == 0.001 else f"units of {self.unit_m * 1000:g} mm"
        return f"16-bit grey, {unit}, 0 where none is known, 65535 beyond {BEYOND * self.unit_m:g} m"

    def facts(self) -> dict[str, Any]:
        """What dataset.json says of it."""
        if self.unit_m is None:
            return {"encoding": self.name, "file": "npy float32", "unit_m": 1.0, "nothing_hit": "inf"}
        return {
            "encoding": self.name,
            "file": "png uint16",
            "unit_m": self.unit_m,
            "nothing_hit": NOTHING_HIT,
            "beyond_range": BEYOND,
        }

    def encode(self, depth_m: Depth) -> Stored:
        """(H, W) float32 metres, inf where nothing was hit -> what a file holds; not positive counts as nothing."""
        is_hit = np.isfinite(depth_m) & (depth_m > 0)
        if self.unit_m is None:
            return np.where(is_hit, depth_m, np.float32(np.inf)).astype(np.float32)
        units = np.rint(np.where(is_hit, depth_m, 0).astype(np.float64) / self.unit_m)
        return np.where(is_hit, np.clip(units, 1, BEYOND), NOTHING_HIT).astype(np.uint16)

    def decode(self, stored: Stored) -> Depth:
        """What a file holds -> (H, W) float32 metres, inf where there is no depth."""
        if self.unit_m is None:
            return np.where(np.isfinite(stored) & (stored > 0), stored, np.inf).astype(np.float32)
        is_known = (stored != NOTHING_HIT) & (stored != BEYOND)
        return np.where(is_known, stored.astype(np.float64) * self.unit_m, np.inf).astype(np.float32)

    def is_hit(self, stored: NDArray[Any]) -> NDArray[np.bool_]:
        """Where a surface was hit, also one beyond the range."""
        return np.asarray(np.isfinite(stored) if self.unit_m is None else stored != NOTHING_HIT)

    def write(self, path: Path, depth_m: Depth) -> None:
        """Write (H, W) float32 metres atomically."""
        stored = self.encode(depth_m)
        is_float = self.unit_m is None
        content = float_map_bytes(stored.astype(np.float32)) if is_float else png_bytes(stored.astype(np.uint16))
        write_bytes_atomic(path, content)

    def read_stored(self, path: Path) -> Stored:
        """What a file holds: (H, W) uint16 or float32.

        Raises:
            DatasetError: It cannot be read, or is stored in another form.
        """
        if self.unit_m is None:
            return read_float_map(path)
        pixels = read_png(path)
        if pixels.dtype != np.uint16 or pixels.ndim != 2:
            raise DatasetError(f"{path} is {pixels.dtype} of shape {pixels.shape}", hint=f"depth is {self.meaning}")
        return pixels.astype(np.uint16)

    def read(self, path: Path) -> Depth:
        """(H, W) float32 metres, inf where there is no depth.

        Raises:
            DatasetError: As `read_stored`.
        """
        return self.decode(self.read_stored(path))

    def size_of(self, path: Path) -> tuple[int, int]:
        """Height and width of a map, from its first bytes.

        Raises:
            DatasetError: It cannot be read, or is stored in another form.
        """
        if self.unit_m is None:
            return float_map_hw(path)
        header = read_png_header(path)
        if str(header) != "16-bit grey":
            raise DatasetError(f"{path} is a {header} PNG; depth is 16-bit grey", hint=self.meaning)
        return header.image_hw


PNG_1MM = DepthEncoding(name="png_1mm", unit_m=1e-3)
ENCODINGS: Mapping[str, DepthEncoding] = MappingProxyType(
    {
        one.name: one
        for one in (
            PNG_1MM,
            DepthEncoding(name="png_0.1mm", unit_m=1e-4),
            DepthEncoding(name="npy_m", unit_m=None),
        )
    }
)
assert tuple(ENCODINGS) == DEPTH_ENCODINGS  # noqa: S101


def encoding_named(name: str) -> DepthEncoding:
    """The encoding of that name.

    Raises:
        DatasetError: There is none.
    """
    if name not in ENCODINGS:
        raise DatasetError(f"no encoding of depth is called {name!r:.60}", hint=f"known: {', '.join(ENCODINGS)}")
    return ENCODINGS[name]
