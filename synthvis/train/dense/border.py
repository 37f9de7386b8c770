"""Convolutions whose outputs do not fade along the border of the picture.

Zeros beyond the border are part of every sum there, so what a network says of a whole picture, such as its scale, is
lost in a frame along it. Here sums are stretched by the share of the kernel that lies inside: Liu et al., "Partial
Convolution based Padding", arXiv 1811.11718. Repeating the values along the border costs several times as much.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

__all__ = ["EvenConv2d"]


class EvenConv2d(nn.Conv2d):
    """A convolution with zero padding, its sums over what lies inside the map."""

    @classmethod
    def of(cls, plain: Any) -> EvenConv2d:
        """One with the parameters of a `Conv2d`, which it takes over."""
        sizes = (plain.in_channels, plain.out_channels, plain.kernel_size, plain.stride, plain.padding, plain.dilation)
        made = cls(*sizes, plain.groups, plain.bias is not None)
        made.weight, made.bias = plain.weight, plain.bias
        return made

    def forward(self, maps: Tensor) -> Tensor:
        """(N, C', H', W') of (N, C, H, W)."""
        sums: Tensor = self._conv_forward(maps, self.weight, None)
        for axis in (0, 1):
            share = self._share_inside(maps.shape[2 + axis], sums.shape[2 + axis], axis)
            if share is not None:
                stretch = (1 / share).to(sums.device, sums.dtype)
                sums = sums * (stretch[:, None] if axis == 0 else stretch)
        return sums if self.bias is None else sums + self.bias[:, None, None].to(sums.dtype)

    def _share_inside(self, side: int, outputs: int, axis: int) -> Tensor | None:
        """(outputs,) share of the kernel inside a map `side` long, None where all of it always is."""
        pad, size = int(self.padding[axis]), self.kernel_size[axis]
        if not pad:
            return None
        first = torch.arange(outputs) * self.stride[axis] - pad
        taps = first[:, None] + torch.arange(size) * self.dilation[axis]
        return torch.logical_and(taps >= 0, taps < side).float().mean(dim=1)
