"""In which form a label stores one value for each pixel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from synthvis.errors import DatasetError

__all__ = ["FLOAT", "FLOAT_3", "GREY_8", "GREY_16", "RGB_8", "RGB_16", "MapForm"]

BITS = {"uint8": "8-bit", "uint16": "16-bit"}


@dataclass(frozen=True, slots=True, kw_only=True)
class MapForm:
    """The pixels of a map file.

    Attributes:
        dtype: Of the values; floats go into a NumPy file, integers into a PNG.
        channels: 1: (H, W); 3: (H, W, 3), of integers in the order red, green, blue.
    """

    dtype: Literal["uint8", "uint16", "float32"]
    channels: Literal[1, 3] = 1

    @property
    def suffix(self) -> str:
        """Ending of the files, without the dot."""
        return "npy" if self.dtype == "float32" else "png"

    def __str__(self) -> str:
        if self.dtype == "float32":
            return "32-bit floats" if self.channels == 1 else f"{self.channels} x 32-bit floats"
        return f"{BITS[self.dtype]} {'grey' if self.channels == 1 else 'RGB'}"

    def checked(self, pixels: NDArray[Any], image_hw: tuple[int, int], name: str) -> NDArray[Any]:
        """`pixels`, which are of this form and of the image's size.

        Raises:
            DatasetError: They are not; the message begins with `name`.
        """
        shape = image_hw if self.channels == 1 else (*image_hw, self.channels)
        if pixels.dtype != np.dtype(self.dtype) or pixels.shape != shape:
            wanted = f"{self} of {image_hw[1]} x {image_hw[0]}"
            raise DatasetError(f"{name} is {pixels.dtype} of shape {pixels.shape}, not {wanted}")
        return pixels


GREY_8 = MapForm(dtype="uint8")
GREY_16 = MapForm(dtype="uint16")
RGB_8 = MapForm(dtype="uint8", channels=3)
RGB_16 = MapForm(dtype="uint16", channels=3)
FLOAT = MapForm(dtype="float32")
FLOAT_3 = MapForm(dtype="float32", channels=3)
