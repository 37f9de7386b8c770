"""Pixels as a pretrained body takes them."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

__all__ = ["SquareNormalise"]


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
