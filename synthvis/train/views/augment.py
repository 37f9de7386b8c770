"""Augmentation by torchvision.transforms.v2; one number sets its strength."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torchvision import tv_tensors
from torchvision.transforms import v2

from synthvis.train.views.letterbox import PAD_VALUE
from synthvis.train.views.photometric import JpegRoundTrip

__all__ = ["Augmentation"]

MIN_SIDE_PX = 2


class Augmentation:
    """Random views of a labelled image, resized and padded to a square.

    Args:
        size: Side of the square, pixels.
        strength: 0 only resizes; 1 is the default; 2 doubles ranges and chances.
    """

    def __init__(self, size: int, strength: float) -> None:
        self._size = size
        self._geometry = _geometry(strength) if strength > 0 else None
        self._scale_low = 1 - 0.4 * min(strength, 2.0)
        self._photometry = _photometry(strength) if strength > 0 else None
        self._clean = v2.SanitizeBoundingBoxes(min_size=MIN_SIDE_PX)

    def __call__(self, image: Tensor, boxes_xyxy: Tensor, labels: Tensor) -> dict[str, Tensor]:
        """Draw one view from torch's global generator.

        Args:
            image: (3, H, W) uint8.
            boxes_xyxy: (N, 4) float32, pixels.
            labels: (N,) int64.

        Returns:
            "image" (3, size, size) uint8, "boxes" and "labels" of what is left.
        """
        boxes = tv_tensors.BoundingBoxes(boxes_xyxy, format="XYXY", canvas_size=image.shape[-2:])
        sample: dict[str, Any] = {"image": tv_tensors.Image(image), "boxes": boxes, "labels": labels}
        if self._geometry is not None and len(labels):
            sample = self._geometry(sample)
        sample = self._to_square(sample)
        sample = self._clean(sample)
        if self._photometry is not None:
            sample["image"] = self._photometry(sample["image"].as_subclass(Tensor))
        return {
            "image": sample["image"].as_subclass(Tensor),
            "boxes": sample["boxes"].as_subclass(Tensor).float(),
            "labels": sample["labels"],
        }

    def _to_square(self, sample: dict[str, Any]) -> dict[str, Any]:
        height, width = sample["image"].shape[-2:]
        shrink = 1.0 if self._geometry is None else float(torch.empty(1).uniform_(self._scale_low, 1.0))
        scale = self._size * max(shrink, 0.25) / max(height, width)
        inner = (max(1, round(height * scale)), max(1, round(width * scale)))
        sample = v2.Resize(inner, antialias=True)(sample)
        free_x, free_y = self._size - inner[1], self._size - inner[0]
        left, top = (0, 0) if self._geometry is None else (_below(free_x), _below(free_y))
        padding = [left, top, free_x - left, free_y - top]
        padded: dict[str, Any] = v2.Pad(padding, fill=PAD_VALUE)(sample)
        return padded


def _below(limit: int) -> int:
    return int(torch.randint(0, limit + 1, ()))


def _geometry(strength: float) -> v2.Transform:
    crop = v2.RandomIoUCrop(min_scale=0.4, max_scale=1.0, sampler_options=[0.3, 0.5, 0.7, 0.9, 1.0], trials=10)
    return v2.Compose(
        [
            v2.RandomHorizontalFlip(0.5),
            v2.RandomApply([crop], p=min(1.0, 0.5 * strength)),
            v2.SanitizeBoundingBoxes(min_size=MIN_SIDE_PX),
        ]
    )


def _photometry(strength: float) -> v2.Transform:
    amount = min(1.0, 0.3 * strength)
    jitter = v2.ColorJitter(brightness=amount, contrast=amount, saturation=amount, hue=0.03 * min(strength, 2.0))
    return v2.Compose(
        [
            v2.RandomApply([jitter], p=0.7),
            v2.RandomGrayscale(p=0.03 * strength),
            v2.RandomApply([v2.GaussianBlur(5, sigma=(0.3, 1.0 + 0.5 * strength))], p=min(1.0, 0.15 * strength)),
            v2.RandomApply([JpegRoundTrip()], p=min(1.0, 0.15 * strength)),
        ]
    )
