"""Images and boxes for the trainer, the same for renders and photographs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from synthvis.dataset.coco_split import CocoSplit, ImageEntry, class_key
from synthvis.errors import DatasetError
from synthvis.formats.images import read_image_rgb
from synthvis.seeds import integer_seed_for
from synthvis.train.augment import Augmentation
from synthvis.train.config import TrainConfig
from synthvis.train.letterbox import Letterbox
from synthvis.train.schedule import StepSampler

__all__ = ["Batch", "DetectionData", "labels_of", "read_checked", "train_loader"]

Batch = tuple[Tensor, list[dict[str, Tensor]]]
"""Images (N, 3, S, S) uint8 and, for each, its boxes (M, 4) xyxy in pixels and labels (M,)."""

CACHE_BYTES = 1 << 30
CACHE_SCALE = 1.25
"""Decoded images are kept at this multiple of the input size: enough for crops, small enough to keep."""


class DetectionData(Dataset[dict[str, Tensor]]):
    """Augmented views, keyed by (epoch, index); a view depends on (seed, epoch, index) only."""

    def __init__(self, split: CocoSplit, class_names: Sequence[str], config: TrainConfig) -> None:
        self._images = split.images
        self._label_of = {class_key(name): label for label, name in enumerate(class_names)}
        self._seed, self._min_visible = config.seed, config.min_visible
        self._long_side_px = round(CACHE_SCALE * config.model.image_size)
        self._augment = Augmentation(config.model.image_size, config.augment)
        self._cache: dict[int, NDArray[np.uint8]] = {}
        self._cached_bytes = 0

    def __len__(self) -> int:
        return len(self._images)

    def __getitem__(self, key: tuple[int, int]) -> dict[str, Tensor]:
        epoch, index = key
        entry = self._images[index]
        pixels = self._pixels(index)
        boxes_px, labels = labels_of(entry, self._label_of, self._min_visible)
        scale_xy = (pixels.shape[1] / entry.image_hw[1], pixels.shape[0] / entry.image_hw[0])
        boxes = torch.from_numpy(boxes_px * np.tile(scale_xy, 2).astype(np.float32))
        image = torch.from_numpy(pixels).permute(2, 0, 1)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(integer_seed_for(self._seed, epoch, f"augment/{index}"))
            return self._augment(image, boxes, torch.from_numpy(labels))

    def _pixels(self, index: int) -> NDArray[np.uint8]:
        if index in self._cache:
            return self._cache[index]
        pixels = _at_most(read_checked(self._images[index]), self._long_side_px)
        if self._cached_bytes + pixels.nbytes <= CACHE_BYTES:
            self._cache[index] = pixels
            self._cached_bytes += pixels.nbytes
        return pixels


def read_checked(entry: ImageEntry) -> NDArray[np.uint8]:
    """Read an image and hold it to the size that its annotations were made for.

    Raises:
        DatasetError: The file is absent, damaged, or of another size.
    """
    pixels = read_image_rgb(entry.path)
    if pixels.shape[:2] != entry.image_hw:
        height, width = entry.image_hw
        raise DatasetError(
            f"{entry.path} is {pixels.shape[1]}x{pixels.shape[0]} px, its annotations say {width}x{height}",
            hint="put the original file back, or correct width and height in the annotations",
        )
    return pixels


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


def train_loader(data: DetectionData, config: TrainConfig, first_step: int, workers: int) -> DataLoader[Any]:
    """Batches from `first_step` on; the same batches for any number of workers."""
    sampler = StepSampler(len(data), config.batch, config.seed, first_step, config.steps)
    return DataLoader(
        data,
        batch_sampler=sampler,
        collate_fn=_collate,
        num_workers=workers,
        persistent_workers=workers > 0,
        multiprocessing_context="spawn" if workers else None,
    )


def _collate(views: Sequence[dict[str, Tensor]]) -> Batch:
    images = torch.stack([view["image"] for view in views])
    return images, [{"boxes": view["boxes"], "labels": view["labels"]} for view in views]


def _at_most(pixels: NDArray[np.uint8], long_side_px: int) -> NDArray[np.uint8]:
    if max(pixels.shape[:2]) <= long_side_px:
        return pixels
    height, width = Letterbox((pixels.shape[0], pixels.shape[1]), long_side_px).inner_hw
    return np.asarray(cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)
