"""Augmentation by torchvision.transforms.v2; one number sets its strength."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torchvision import tv_tensors
from torchvision.transforms import v2

from synthvis.train.views.letterbox import PAD_VALUE
from synthvis.train.views.photometric import JpegRoundTrip

__all__ = ["Augmentation"]

MIN_SIDE_PX = 2
FLIP_CHANCE = 0.5


class Augmentation:
    """Random views of a labelled image, resized and padded to a square.

    Args:
        size: Side of the square, pixels.
        strength: 0 only resizes; 1 is the default; 2 doubles ranges and chances.
        flip: Whether to mirror at all.
        flip_pairs: Keypoints that change places in a mirror.
    """

    def __init__(
        self, size: int, strength: float, *, flip: bool = True, flip_pairs: Sequence[tuple[int, int]] = ()
    ) -> None:
        self._size = size
        self._geometry = _geometry(strength, Mirror(flip_pairs) if flip else None) if strength > 0 else None
        self._scale_low = 1 - 0.4 * min(strength, 2.0)
        self._photometry = _photometry(strength) if strength > 0 else None
        self._clean = v2.SanitizeBoundingBoxes(min_size=MIN_SIDE_PX)

    def __call__(
        self,
        image: Tensor,
        boxes_xyxy: Tensor,
        labels: Tensor,
        *,
        masks: Tensor | None = None,
        keypoints_xyv: Tensor | None = None,
    ) -> dict[str, Tensor]:
        """Draw one view from torch's global generator.

        Args:
            image: (3, H, W) uint8.
            boxes_xyxy: (N, 4) float32, pixels.
            labels: (N,) int64.
            masks: (N, H, W) uint8, 0 or 1.
            keypoints_xyv: (N, K, 3) float32, pixels and COCO's visibility.

        Returns:
            "image" (3, size, size) uint8, "boxes" and "labels" of what is left, and its "masks" and "keypoints" where
            they were given; a keypoint that left the picture has visibility 0.
        """
        hw = (image.shape[-2], image.shape[-1])
        boxes = tv_tensors.BoundingBoxes(boxes_xyxy, format="XYXY", canvas_size=hw)
        # The labels travel as places in the list, which say afterwards what is left.
        sample: dict[str, Any] = {"image": tv_tensors.Image(image), "boxes": boxes, "labels": torch.arange(len(labels))}
        if masks is not None:
            sample["masks"] = tv_tensors.Mask(masks)
        if keypoints_xyv is not None:
            sample["keypoints"] = tv_tensors.KeyPoints(keypoints_xyv[..., :2], canvas_size=hw)
            sample["visibility"] = keypoints_xyv[..., 2]
        if self._geometry is not None and len(labels):
            sample = self._geometry(sample)
        sample = self._clean(self._to_square(_without_lost_keypoints(sample)))
        if self._photometry is not None:
            sample["image"] = self._photometry(sample["image"].as_subclass(Tensor))
        return _view_of(sample, labels)

    def _to_square(self, sample: dict[str, Any]) -> dict[str, Any]:
        height, width = sample["image"].shape[-2:]
        shrink = 1.0 if self._geometry is None else float(torch.empty(1).uniform_(self._scale_low, 1.0))
        scale = self._size * max(shrink, 0.25) / max(height, width)
        inner = (max(1, round(height * scale)), max(1, round(width * scale)))
        sample = v2.Resize(inner, antialias=True)(sample)
        free_x, free_y = self._size - inner[1], self._size - inner[0]
        left, top = (0, 0) if self._geometry is None else (_below(free_x), _below(free_y))
        padding = [left, top, free_x - left, free_y - top]
        padded: dict[str, Any] = v2.Pad(padding, fill={tv_tensors.Image: PAD_VALUE, "others": 0})(sample)
        return padded


class Mirror(torch.nn.Module):
    """Left and right change places in half of the samples, and with them the keypoints of each pair.

    torchvision mirrors keypoints as numbers of pixels, x to W - 1 - x; ours are continuous like boxes, so x to W - x.
    """

    def __init__(self, flip_pairs: Sequence[tuple[int, int]]) -> None:
        super().__init__()
        self._pairs = tuple(flip_pairs)

    def forward(self, sample: dict[str, Any]) -> dict[str, Any]:
        """Mirror or not, by torch's global generator."""
        if torch.rand(1) >= FLIP_CHANCE:
            return sample
        mirrored = {name: _mirrored(value) for name, value in sample.items()}
        for name in ("keypoints", "visibility"):
            if name in sample:
                mirrored[name] = self._swapped(mirrored[name])
        return mirrored

    def _swapped(self, values: Tensor) -> Tensor:
        order = torch.arange(values.shape[1])
        for first, second in self._pairs:
            order[first], order[second] = order[second].clone(), order[first].clone()
        swapped = values.as_subclass(Tensor)[:, order]
        return tv_tensors.wrap(swapped, like=values) if isinstance(values, tv_tensors.KeyPoints) else swapped


def _mirrored(value: Any) -> Any:
    if isinstance(value, tv_tensors.KeyPoints):
        bare = value.as_subclass(Tensor)
        return tv_tensors.wrap(torch.stack([value.canvas_size[1] - bare[..., 0], bare[..., 1]], dim=-1), like=value)
    return v2.functional.horizontal_flip(value) if isinstance(value, tv_tensors.TVTensor) else value


def _without_lost_keypoints(sample: dict[str, Any]) -> dict[str, Any]:
    """Keypoints outside the picture are unlabelled; later the padding would hide that they are outside."""
    if "keypoints" not in sample:
        return sample
    height, width = sample["image"].shape[-2:]
    points = sample["keypoints"].as_subclass(Tensor)
    inside = (points >= 0).all(dim=-1) & (points[..., 0] < width) & (points[..., 1] < height)
    return sample | {"visibility": torch.where(inside, sample["visibility"], 0.0)}


def _view_of(sample: Mapping[str, Any], labels: Tensor) -> dict[str, Tensor]:
    kept = sample["labels"]
    view = {
        "image": sample["image"].as_subclass(Tensor),
        "boxes": sample["boxes"].as_subclass(Tensor).float(),
        "labels": labels[kept],
    }
    if "masks" in sample:
        view["masks"] = sample["masks"].as_subclass(Tensor)
    if "keypoints" in sample:
        points = sample["keypoints"].as_subclass(Tensor)
        labelled = torch.cat([points, sample["visibility"][..., None]], dim=-1)[kept]
        view["keypoints"] = torch.where(labelled[..., 2:] > 0, labelled, 0.0)
    return view


def _below(limit: int) -> int:
    return int(torch.randint(0, limit + 1, ()))


def _geometry(strength: float, mirror: Mirror | None) -> v2.Transform:
    crop = v2.RandomIoUCrop(min_scale=0.4, max_scale=1.0, sampler_options=[0.3, 0.5, 0.7, 0.9, 1.0], trials=10)
    return v2.Compose(
        [
            *([mirror] if mirror else []),
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
