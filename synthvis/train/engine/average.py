"""The moving average of the weights of a network, which is what a run leaves."""

from __future__ import annotations

import torch
from torch import Tensor, nn

__all__ = ["Average"]


class Average:
    """Weights and statistics of `network`, averaged over its steps (Polyak and Juditsky 1992).

    What cannot change, such as a frozen backbone, is kept once and not touched again.
    """

    def __init__(self, network: nn.Module) -> None:
        self.tensors: dict[str, Tensor] = {name: value.clone() for name, value in network.state_dict().items()}
        frozen = {name for name, parameter in network.named_parameters() if not parameter.requires_grad}
        moving = [name for name in self.tensors if name not in frozen]
        self._averaged = [name for name in moving if self.tensors[name].is_floating_point()]
        self._counted = [name for name in moving if not self.tensors[name].is_floating_point()]

    @torch.no_grad()
    def update(self, network: nn.Module, decay: float) -> None:
        """Take in the weights after a step; statistics of batches are averaged alike, their counters copied."""
        now = network.state_dict()
        kept = [self.tensors[name] for name in self._averaged]
        torch._foreach_lerp_(kept, [now[name] for name in self._averaged], 1 - decay)
        for name in self._counted:
            self.tensors[name].copy_(now[name])

    def load(self, tensors: dict[str, Tensor], device: torch.device) -> None:
        """Take up the average of an interrupted run."""
        self.tensors = {name: value.to(device) for name, value in tensors.items()}
