"""Boxes of images as targets, the same for renders and photographs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset

from synthvis.data.sample import LabelledObject, Sample
from synthvis.data.split import Split, class_key
from synthvis.errors import UsageError
from synthvis.formats.rle import decode_mask
from synthvis.seeds import integer_seed_for
from synthvis.train.config import TrainConfig
from synthvis.train.views.augment import augmentation_for
from synthvis.train.views.pixels import PixelCache

__all__ = ["DetectionViews", "labels_of", "masks_of"]


class DetectionViews(Dataset[dict[str, Tensor]]):
    """Augmented views with "boxes" (M, 4) xyxy in pixels and "labels" (M,), keyed by (epoch, index).

    Where objects are pasted there are "masks" (M, S, S) uint8 too, empty for an object that has none.

    Raises:
        UsageError: Objects are to be pasted and none has a mask.
    """

    def __init__(self, split: Split, class_names: Sequence[str], config: TrainConfig) -> None:
        self._images = split.images
        self._label_of = {class_key(name): label for label, name in enumerate(class_names)}
        self._seed, self._min_visible = config.seed, config.min_visible
        self._augment: Any = augmentation_for(config)
        self._pixels = PixelCache(split.images, config.model.input_size)
        self._with_masks = config.augment_recipe is not None and config.augment_recipe.copy_paste is not None
        if self._with_masks and not any(box.segmentation for entry in split.images for box in entry.objects):
            raise UsageError(f"copy_paste needs masks, and {split.name} has none", hint="copy_paste: null")

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
            masks = self._masks(entry, pixels.shape[:2])
            view: dict[str, Tensor] = self._augment(image, boxes, torch.from_numpy(labels), **masks)
            return view

    def _masks(self, entry: Sample, image_hw: tuple[int, ...]) -> dict[str, Tensor]:
        if not self._with_masks:
            return {}
        return {"masks": torch.from_numpy(masks_of(entry, self._label_of, self._min_visible, image_hw))}


def labels_of(
    entry: Sample, label_of: dict[str, int], min_visible: float = 0.0
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Boxes (N, 4) xyxy in pixels, clipped to the image, and labels (N,) of known classes.

    Crowds are left out, and what shows less than `min_visible` of itself.
    """
    height, width = entry.image_hw
    boxes, labels = [], []
    for box, label in _targets(entry, label_of, min_visible):
        x, y, box_width, box_height = box.bbox_xywh_px
        boxes.append((max(x, 0.0), max(y, 0.0), min(x + box_width, width), min(y + box_height, height)))
        labels.append(label)
    return np.array(boxes, dtype=np.float32).reshape(-1, 4), np.array(labels, dtype=np.int64)


def masks_of(
    entry: Sample, label_of: dict[str, int], min_visible: float, image_hw: tuple[int, ...]
) -> NDArray[np.uint8]:
    """Masks (N, H, W) of the boxes of `labels_of`, brought to a height and width; empty for a box without one."""
    masks = []
    for box, _ in _targets(entry, label_of, min_visible):
        runs = box.segmentation
        mask = decode_mask(runs) if isinstance(runs, Mapping) else np.zeros(entry.image_hw, dtype=np.bool_)
        size = (image_hw[1], image_hw[0])
        masks.append(cv2.resize(mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST_EXACT))
    return np.array(masks, dtype=np.uint8).reshape(-1, *image_hw)


def _targets(entry: Sample, label_of: dict[str, int], min_visible: float) -> Iterator[tuple[LabelledObject, int]]:
    """The objects that count, with their labels."""
    height, width = entry.image_hw
    for box in entry.objects:
        label = label_of.get(class_key(box.class_name))
        x, y, box_width, box_height = box.bbox_xywh_px
        in_frame = min(x + box_width, width) > max(x, 0.0) and min(y + box_height, height) > max(y, 0.0)
        if label is not None and not box.is_crowd and box.visible_fraction >= min_visible and in_frame:
            yield box, label
