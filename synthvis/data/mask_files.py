"""Masks that lie in files of their own, read when they are used: a set may have millions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synthvis.errors import DatasetError
from synthvis.formats.images import read_png
from synthvis.formats.rle import CompressedRle

__all__ = ["MaskFile"]


@dataclass(frozen=True, slots=True, eq=False)
class MaskFile(Mapping[str, object]):
    """A grey PNG, 0 outside the mask, as a `Segmentation`: "size" and "counts" of COCO's runs.

    Attributes:
        path: The file.
        image_hw: Height and width of its picture, pixels.
    """

    path: Path
    image_hw: tuple[int, int]

    def __getitem__(self, key: str) -> object:
        """Raises DatasetError where the file cannot be read, or is of another size than the picture."""
        if key == "size":
            return list(self.image_hw)
        if key == "counts":
            return CompressedRle.of_mask(self.read()).counts.decode("ascii")
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        return iter(("size", "counts"))

    def __len__(self) -> int:
        return 2

    def read(self) -> NDArray[np.bool_]:
        """(H, W) bool.

        Raises:
            DatasetError: The file cannot be read, or is of another size than the picture.
        """
        pixels = read_png(self.path)
        if pixels.shape != tuple(self.image_hw):
            raise DatasetError(f"{self.path} is no grey picture of {self.image_hw[1]}x{self.image_hw[0]} px")
        return np.asarray(pixels > 0)
