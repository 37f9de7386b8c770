"""Keypoints as targets: of the objects of whole images, or of one object a view."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset

from synthvis.data.keypoints import KeypointSplit, is_labelled
from synthvis.data.sample import KeypointNames, LabelledObject, Sample
from synthvis.seeds import integer_seed_for
from synthvis.train.config import TrainConfig
from synthvis.train.keypoints.crops import Crop
from synthvis.train.views.augment import Augmentation, augmentation_for
from synthvis.train.views.pixels import CACHE_BYTES, CACHE_SCALE, PixelCache, read_checked

__all__ = ["CropViews", "KeypointViews"]


class KeypointViews(Dataset[dict[str, Tensor]]):
    """Augmented whole images keyed by (epoch, index).

    Each has "boxes" (M, 4) xyxy in pixels, "labels" (M,), all 0, and "keypoints" (M, K, 3): x, y and visibility.
    """

    def __init__(self, split: KeypointSplit, config: TrainConfig) -> None:
        self._images = split.images
        self._seed, self._min_visible = config.seed, config.min_visible
        self._augment = _augmentation(split, config)
        self._pixels = PixelCache(split.images, config.model.input_size)
        self._keypoints = len(split.class_names)

    def __len__(self) -> int:
        return len(self._images)

    def __getitem__(self, key: tuple[int, int]) -> dict[str, Tensor]:
        epoch, index = key
        entry, pixels = self._images[index], self._pixels[index]
        objects = [box for box in entry.objects if is_labelled(box) and box.visible_fraction >= self._min_visible]
        scale_xy = np.array([pixels.shape[1] / entry.image_hw[1], pixels.shape[0] / entry.image_hw[0]])
        points = np.array([box.keypoints_xyv_px for box in objects], np.float64).reshape(-1, self._keypoints, 3)
        points[..., :2] *= scale_xy
        boxes = np.array([_xyxy(box, entry) for box in objects]).reshape(-1, 4) * np.tile(scale_xy, 2)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(integer_seed_for(self._seed, epoch, f"augment/{index}"))
            return _view(self._augment, pixels, boxes, points)


class CropViews(Dataset[dict[str, Tensor]]):
    """Augmented squares around single objects, keyed by (epoch, index) with the index of an object.

    Each has "keypoints" (K, 3): x, y in pixels of the square and visibility.
    """

    def __init__(self, split: KeypointSplit, config: TrainConfig) -> None:
        self._objects = [
            (entry, box)
            for entry in split.images
            for box in entry.objects
            if is_labelled(box) and box.visible_fraction >= config.min_visible
        ]
        self._seed = config.seed
        self._augment = _augmentation(split, config)
        self._size = round(CACHE_SCALE * config.model.input_size)
        self._kept: dict[int, NDArray[np.uint8]] = {}

    def __len__(self) -> int:
        return len(self._objects)

    def __getitem__(self, key: tuple[int, int]) -> dict[str, Tensor]:
        epoch, index = key
        entry, box = self._objects[index]
        crop = Crop.around(box.bbox_xywh_px)
        points = np.array(box.keypoints_xyv_px, np.float64)[None]
        points[..., :2] = crop.to_crop(points[..., :2], self._size)
        corners = crop.to_crop(np.array(_xyxy(box, entry)).reshape(2, 2), self._size).reshape(1, 4)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(integer_seed_for(self._seed, epoch, f"augment/{index}"))
            view = _view(self._augment, self._pixels(index, crop), corners, points)
        # A random crop may cut the whole object away.
        keypoints = view["keypoints"][0] if len(view["keypoints"]) else torch.zeros(points.shape[1:])
        return {"image": view["image"], "keypoints": keypoints}

    def _pixels(self, index: int, crop: Crop) -> NDArray[np.uint8]:
        if index in self._kept:
            return self._kept[index]
        pixels = crop.pixels(read_checked(self._objects[index][0]), self._size)
        if (len(self._kept) + 1) * pixels.nbytes <= CACHE_BYTES:
            self._kept[index] = pixels
        return pixels


def _augmentation(split: KeypointSplit, config: TrainConfig) -> Augmentation:
    """Mirrored only where it is known which keypoints change places."""
    own: KeypointNames = next(iter(split.keypoints.values()))
    return augmentation_for(config, flip=bool(own.flip_pairs), flip_pairs=own.flip_pairs)


def _xyxy(box: LabelledObject, entry: Sample) -> tuple[float, float, float, float]:
    """The box inside the frame."""
    x, y, width, height = box.bbox_xywh_px
    frame_height, frame_width = entry.image_hw
    return max(x, 0.0), max(y, 0.0), min(x + width, frame_width), min(y + height, frame_height)


def _view(
    augment: Augmentation,
    pixels: NDArray[np.uint8],
    boxes: NDArray[np.float64],
    points: NDArray[np.float64],
) -> dict[str, Tensor]:
    return augment(
        torch.from_numpy(pixels).permute(2, 0, 1),
        torch.from_numpy(boxes.astype(np.float32)),
        torch.zeros(len(boxes), dtype=torch.int64),
        keypoints_xyv=torch.from_numpy(points.astype(np.float32)),
    )
