"""Loss of the class of each pixel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor
from torch.nn import functional

from synthvis.dataset.semantic_split import IGNORE

__all__ = ["class_losses"]


def class_losses(logits: Tensor, targets: Sequence[Mapping[str, Tensor]]) -> dict[str, Tensor]:
    """Cross entropy, mean over the pixels whose class is known; 0 where none is.

    Args:
        logits: (N, K, S, S) float32.
        targets: Each with "classes" (S, S), IGNORE where the class is unknown.
    """
    classes = torch.stack([target["classes"] for target in targets]).long()
    total = functional.cross_entropy(logits, classes, ignore_index=IGNORE, reduction="sum")
    return {"cross_entropy": total / (classes != IGNORE).sum().clamp(min=1)}
