"""What all detectors here share: square uint8 batches in, normalised on the device."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torchvision.models.detection.image_list import ImageList

__all__ = ["SquareNormalise", "as_image_list", "to_float", "with_background", "without_background"]


class SquareNormalise(nn.Module):
    """(N, 3, S, S) uint8 to what the backbone was trained on, channels-last. It adds nothing to a state dict."""

    mean: Tensor
    std: Tensor

    def __init__(self, body: Any) -> None:
        super().__init__()
        settings = body.pretrained_cfg
        self.register_buffer("mean", 255 * torch.tensor(settings["mean"]).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("std", 255 * torch.tensor(settings["std"]).view(1, 3, 1, 1), persistent=False)

    def forward(self, images: Tensor) -> Tensor:
        """Float pixels."""
        return ((images.float() - self.mean) / self.std).contiguous(memory_format=torch.channels_last)


def as_image_list(pixels: Tensor) -> ImageList:
    """The batch in the form that torchvision's anchor generators ask for."""
    side = pixels.shape[-1]
    return ImageList(pixels, [(side, side)] * len(pixels))


def to_float(outputs: dict[str, Tensor]) -> dict[str, Any]:
    """Outputs in fp32: boxes and losses have no room for the 8 bits of bf16."""
    return {name: value.float() for name, value in outputs.items()}


def with_background(targets: Sequence[dict[str, Tensor]]) -> list[dict[str, Tensor]]:
    """Targets for a network that keeps label 0 for the background."""
    return [{**target, "labels": target["labels"] + 1} for target in targets]


def without_background(found: Sequence[dict[str, Tensor]]) -> list[dict[str, Tensor]]:
    """Detections of such a network with labels from 0."""
    return [{**one, "labels": one["labels"] - 1} for one in found]
