"""Loss of the distance of each pixel, in logarithms: a mistake of a tenth weighs the same near and far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

__all__ = ["SCALE_FREEDOM", "depth_losses", "metres"]

SCALE_FREEDOM = 0.5
"""Lambda of Eigen et al.: how much of an error common to all pixels of an image the first term forgives."""


def depth_losses(log_depths: Tensor, targets: Sequence[Mapping[str, Tensor]]) -> dict[str, Tensor]:
    """The scale-invariant log error of Eigen et al. (NeurIPS 2014, equation 4), and the mean absolute log error.

    With e = ln d - ln t over the valid pixels of an image: mean(e^2) - lambda mean(e)^2, and mean(|e|), which holds
    the scale that the first lets go. Both are means over the images that have a valid pixel, 0 where none has.

    Args:
        log_depths: (N, 1, S, S) float32, logarithms of metres.
        targets: Each with "depth_m" (S, S) metres, 0 where unknown.
    """
    depth_m = torch.stack([target["depth_m"] for target in targets]).float().flatten(1)
    valid = depth_m > 0
    errors = torch.where(valid, log_depths[:, 0].flatten(1) - torch.where(valid, depth_m, 1.0).log(), 0.0)
    pixels = valid.sum(dim=1)
    count = pixels.clamp(min=1)
    squares, bias = errors.square().sum(dim=1) / count, errors.sum(dim=1) / count
    images = (pixels > 0).sum().clamp(min=1)
    return {
        "scale_invariant": (squares - SCALE_FREEDOM * bias.square()).sum() / images,
        "log_l1": (errors.abs().sum(dim=1) / count).sum() / images,
    }


def metres(log_depths: Tensor) -> Tensor:
    """Metres of logarithms."""
    return log_depths.exp()
