"""Masks, boxes and classes of images as targets."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset

from synthvis.data.sample import LabelledObject, Sample, mask_of
from synthvis.data.split import Split, class_key
from synthvis.seeds import integer_seed_for
from synthvis.train.config import TrainConfig
from synthvis.train.views.augment import augmentation_for
from synthvis.train.views.pixels import PixelCache

__all__ = ["InstanceViews"]

HALF = 127
"""Of the 255 of a pixel that lies wholly inside a mask."""


class InstanceViews(Dataset[dict[str, Tensor]]):
    """Augmented views keyed by (epoch, index).

    Each has "boxes" (M, 4) xyxy in pixels, "labels" (M,), and "masks" (M, S, S) uint8, 0 or 1.
    """

    def __init__(self, split: Split, class_names: Sequence[str], config: TrainConfig) -> None:
        self._images = split.images
        self._label_of = {class_key(name): label for label, name in enumerate(class_names)}
        self._seed, self._min_visible = config.seed, config.min_visible
        self._augment = augmentation_for(config)
        self._pixels = PixelCache(split.images, config.model.input_size)

    def __len__(self) -> int:
        return len(self._images)

    def __getitem__(self, key: tuple[int, int]) -> dict[str, Tensor]:
        epoch, index = key
        entry, pixels = self._images[index], self._pixels[index]
        objects = [box for box in entry.objects if self._is_target(box)]
        masks = _masks_of(entry, objects, (pixels.shape[0], pixels.shape[1]))
        kept = [place for place, mask in enumerate(masks) if mask.any()]
        labels = torch.tensor([self._label_of[class_key(objects[place].class_name)] for place in kept]).long()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(integer_seed_for(self._seed, epoch, f"augment/{index}"))
            stack = torch.from_numpy(masks[kept])
            view = self._augment(torch.from_numpy(pixels).permute(2, 0, 1), _tight(stack), labels, masks=stack)
        return _without_emptied(view)

    def _is_target(self, box: LabelledObject) -> bool:
        known = class_key(box.class_name) in self._label_of
        return known and not box.is_crowd and box.visible_fraction >= self._min_visible


def _masks_of(entry: Sample, objects: Sequence[LabelledObject], hw: tuple[int, int]) -> NDArray[np.uint8]:
    """(N, H, W) 0 or 1, at the size to which the image was shrunk; nothing where an object has no mask."""
    masks = np.zeros((len(objects), *hw), np.uint8)
    for place, box in enumerate(objects):
        if box.segmentation is not None:
            whole = mask_of(box.segmentation, entry.image_hw).astype(np.uint8) * 255
            masks[place] = cv2.resize(whole, (hw[1], hw[0]), interpolation=cv2.INTER_AREA) > HALF
    return masks


def _tight(masks: Tensor) -> Tensor:
    """(N, 4) half-open boxes xyxy around masks (N, H, W), each with a pixel at least."""
    boxes = torch.zeros((len(masks), 4))
    for place, mask in enumerate(masks):
        rows, columns = mask.any(dim=1).nonzero(), mask.any(dim=0).nonzero()
        sides = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
        boxes[place] = torch.stack(sides).float()
    return boxes


def _without_emptied(view: dict[str, Tensor]) -> dict[str, Tensor]:
    """A crop may keep a corner of a box and nothing of the object; what is left gets its box drawn anew."""
    left = view["masks"].bool().flatten(1).any(dim=1)
    masks = view["masks"][left]
    return {"image": view["image"], "boxes": _tight(masks), "labels": view["labels"][left], "masks": masks}
