"""Loss of the direction of each pixel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor
from torch.nn import functional

from synthvis.train.dense.network import Losses

__all__ = ["LOSSES", "normal_losses", "unit"]


def normal_losses(directions: Tensor, targets: Sequence[Mapping[str, Tensor]]) -> dict[str, Tensor]:
    """1 - cosine of the angle to the true normal, mean over the pixels that have one; 0 where none has.

    Args:
        directions: (N, 3, S, S) float32 of any length.
        targets: Each with "normals" (3, S, S), unit vectors, 0 where unknown.
    """
    normals = torch.stack([target["normals"] for target in targets]).float()
    valid = (normals != 0).any(dim=1)
    cosines = (unit(directions) * normals).sum(dim=1)
    return {"cosine": torch.where(valid, 1 - cosines, 0.0).sum() / valid.sum().clamp(min=1)}


LOSSES: dict[str, Losses] = {"cosine": normal_losses}
"""By the name that `loss` takes."""


def unit(directions: Tensor) -> Tensor:
    """Unit vectors along axis 1."""
    return functional.normalize(directions, dim=1, eps=1e-6)
