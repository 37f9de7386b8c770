"""Networks of one task that answer class scores, as one network."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

__all__ = ["MeanOfClasses"]


class MeanOfClasses(nn.Module):
    """Networks that answer class scores, as one that answers the logarithm of their mean probability.

    Softmax of the answer is the mean of the members' softmax, so it can stand for the scores of a single network.
    """

    def __init__(self, networks: Sequence[nn.Module], class_dim: int = 1) -> None:
        super().__init__()
        self.members, self._dim = nn.ModuleList(networks), class_dim

    def forward(self, images: Tensor) -> Tensor:
        """Scores of the same shape as those of a member."""
        scores = torch.stack([member(images).float().log_softmax(self._dim) for member in self.members])
        return scores.logsumexp(dim=0) - math.log(len(self.members))
