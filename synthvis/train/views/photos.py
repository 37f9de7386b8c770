"""Unlabelled photographs whose look is borrowed. They stay in memory: nothing of them is written anywhere."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from synthvis.errors import RealDataError
from synthvis.formats.images import read_image_rgb
from synthvis.train.views.pixels import at_most

__all__ = ["PhotoPool"]

SUFFIXES = (".jpg", ".jpeg", ".png")
MOST = 500
"""Photographs that are used of a larger folder, evenly spread by name."""


class PhotoPool:
    """The photographs of a folder and the folders in it, read when they are first asked for.

    Args:
        folder: Where they are.
        long_side_px: Larger ones are shrunk to this.

    Raises:
        RealDataError: There is no folder, or no photograph in it.
    """

    def __init__(self, folder: Path, long_side_px: int) -> None:
        found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())
        if not found:
            what = "holds no .jpg or .png" if folder.is_dir() else "is no folder"
            raise RealDataError(f"--match-photos {folder}: it {what}", hint="name a folder of photographs")
        step = max(1.0, len(found) / MOST)
        self._paths = [found[int(k * step)] for k in range(min(len(found), MOST))]
        self._long_side_px = long_side_px
        self._kept: dict[int, Tensor] = {}

    def __len__(self) -> int:
        return len(self._paths)

    def __getitem__(self, index: int) -> Tensor:
        """(3, H, W) uint8.

        Raises:
            DatasetError: The file is damaged.
        """
        if index not in self._kept:
            pixels = at_most(read_image_rgb(self._paths[index]), self._long_side_px)
            self._kept[index] = torch.from_numpy(pixels).permute(2, 0, 1).contiguous()
        return self._kept[index]
