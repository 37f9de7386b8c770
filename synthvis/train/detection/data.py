"""Boxes of images as targets, the same for renders and photographs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset

from synthvis.dataset.coco_split import CocoSplit, ImageEntry, class_key
from synthvis.seeds import integer_seed_for
from synthvis.train.config import TrainConfig
from synthvis.train.views.augment import Augmentation
from synthvis.train.views.pixels import PixelCache

__all__ = ["DetectionViews", "labels_of"]


class DetectionViews(Dataset[dict[str, Tensor]]):
    """Augmented views with "boxes" (M, 4) xyxy in pixels and "labels" (M,), keyed by (epoch, index)."""

    def __init__(self, split: CocoSplit, class_names: Sequence[str], config: TrainConfig) -> None:
        self._images = split.images
        self._label_of = {class_key(name): label for label, name in enumerate(class_names)}
        self._seed, self._min_visible = config.seed, config.min_visible
        self._augment = Augmentation(config.model.image_size, config.augment)
        self._pixels = PixelCache(split.images, config.model.image_size)

    def __len__(self) -> int:
        return len(self._images)

    def __getitem__(self, key: tuple[int, int]) -> dict[str, Tensor]:
        epoch, index = key
        entry = self._images[index]
        pixels = self._pixels[index]
        boxes_px, labels = labels_of(entry, self._label_of, self._min_visible)
        scale_xy = (pixels.shape[1] / entry.image_hw[1], pixels.shape[0] / entry.image_hw[0])
        boxes = torch.from_numpy(boxes_px * np.tile(scale_xy, 2).astype(np.float32))
        image = torch.from_numpy(pixels).permute(2, 0, 1)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(integer_seed_for(self._seed, epoch, f"augment/{index}"))
            return self._augment(image, boxes, torch.from_numpy(labels))


def labels_of(
    entry: ImageEntry, label_of: dict[str, int], min_visible: float = 0.0
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Boxes (N, 4) xyxy in pixels, clipped to the image, and labels (N,) of known classes.

    Crowds are left out, and what shows less than `min_visible` of itself.
    """
    height, width = entry.image_hw
    boxes, labels = [], []
    for box in entry.boxes:
        label = label_of.get(class_key(box.class_name))
        x, y, box_width, box_height = box.bbox_xywh_px
        x0, y0, x1, y1 = max(x, 0.0), max(y, 0.0), min(x + box_width, width), min(y + box_height, height)
        is_target = not box.is_crowd and box.visible_fraction >= min_visible
        if label is not None and is_target and x1 > x0 and y1 > y0:
            boxes.append((x0, y0, x1, y1))
            labels.append(label)
    return np.array(boxes, dtype=np.float32).reshape(-1, 4), np.array(labels, dtype=np.int64)
