"""Random views of labelled pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from synthvis.data.split import Split
from synthvis.errors import DatasetError
from synthvis.seeds import integer_seed_for
from synthvis.train.classification.examples import Example, examples_of, read_example
from synthvis.train.config import TrainConfig
from synthvis.train.views.augment import augmentation_for
from synthvis.train.views.pixels import PixelCache

__all__ = ["ClassViews"]


class ClassViews(Dataset[dict[str, Tensor]]):
    """Augmented views with "probabilities" (K,), which sum to 1, keyed by (epoch, index).

    Raises:
        DatasetError: There is no example to learn from.
    """

    def __init__(self, split: Split, class_names: Sequence[str], config: TrainConfig) -> None:
        found = examples_of(split, class_names, kind=config.examples, min_visible=config.min_visible)
        if not found.known:
            reasons = ", ".join(f"{count} {reason.replace('_', ' ')}" for reason, count in found.left_out.items())
            raise DatasetError(f"{split.name}:{split.split} has no example to learn from: {reasons}")
        self._examples, self._class_count = found.known, len(class_names)
        self._seed = config.seed
        self._augment: Any = augmentation_for(config)
        self._pixels = PixelCache(self._examples, config.model.input_size, read_example)

    def __len__(self) -> int:
        return len(self._examples)

    def __getitem__(self, key: tuple[int, int]) -> dict[str, Tensor]:
        epoch, index = key
        example, pixels = self._examples[index], self._pixels[index]
        image = torch.from_numpy(pixels).permute(2, 0, 1)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(integer_seed_for(self._seed, epoch, f"augment/{index}"))
            # Random crops keep enough of this box, so that what is named stays in view.
            view = self._augment(image, _box_of(example, pixels.shape[:2]), torch.tensor([example.label]))
        return {"image": view["image"], "probabilities": torch.eye(self._class_count)[example.label]}


def _box_of(example: Example, shrunk_hw: tuple[int, ...]) -> Tensor:
    """The object (1, 4), xyxy, in pixels of the stored view; all of a picture that has no box."""
    height, width = shrunk_hw
    if example.crop is None:
        return torch.tensor([[0.0, 0.0, width, height]])
    x0, y0, x1, y1 = example.crop.region_xyxy_px
    scale_xy = (width / (x1 - x0), height / (y1 - y0))
    return torch.from_numpy(np.array([example.crop.box_xyxy_px], np.float32) * np.tile(scale_xy, 2).astype(np.float32))
