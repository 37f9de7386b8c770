"""Losses of the class of each pixel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor
from torch.nn import functional

from synthvis.data.maps.semantic import IGNORE
from synthvis.train.dense.network import Losses

__all__ = ["LOSSES", "class_losses", "overlap_losses"]

Targets = Sequence[Mapping[str, Tensor]]


def class_losses(logits: Tensor, targets: Targets) -> dict[str, Tensor]:
    """Cross entropy, mean over the pixels whose class is known; 0 where none is.

    Args:
        logits: (N, K, S, S) float32.
        targets: Each with "classes" (S, S), IGNORE where the class is unknown.
    """
    classes = _classes(targets)
    total = functional.cross_entropy(logits, classes, ignore_index=IGNORE, reduction="sum")
    return {"cross_entropy": total / (classes != IGNORE).sum().clamp(min=1)}


def overlap_losses(logits: Tensor, targets: Targets) -> dict[str, Tensor]:
    """Cross entropy, and soft Dice, in which a small class weighs as much as a large one.

    With p the probability of a class and t 1 where it is true, over the known pixels of the whole batch:
    1 - 2 sum(p t) / (sum(p) + sum(t)), mean over the classes that are there (Milletari et al., 3DV 2016, without
    their squares; the sum of both losses as in nnU-Net, Isensee et al., Nature Methods 2021). Arguments as for
    `class_losses`.
    """
    classes, probabilities = _classes(targets), logits.softmax(dim=1)
    known = (classes != IGNORE).to(probabilities)
    dice = []
    # One class after the other: sums by index would come out in another order each time on a GPU.
    for index, own in enumerate(probabilities.unbind(dim=1)):
        true = (classes == index).to(own)
        dice.append(torch.stack([2 * (own * true).sum(), (own * known).sum() + true.sum(), true.sum()]))
    both, sizes, true_pixels = torch.stack(dice, dim=1)
    there = true_pixels > 0
    lost = torch.where(there, 1 - both / sizes.clamp(min=1), 0.0)
    return {**class_losses(logits, targets), "dice": lost.sum() / there.sum().clamp(min=1)}


LOSSES: dict[str, Losses] = {"ce": class_losses, "ce+dice": overlap_losses}
"""By the name that `loss` takes, the task's own first."""


def _classes(targets: Targets) -> Tensor:
    return torch.stack([target["classes"] for target in targets]).long()
