"""What a network has of dropout, stochastic depth, label smoothing and losses; asking for what it lacks is a slip."""

from __future__ import annotations

from torch import nn

from synthvis.errors import UsageError
from synthvis.train.arch import AUTO
from synthvis.train.config import ModelConfig

__all__ = ["check_has_effect"]


def check_has_effect(network: nn.Module, model: ModelConfig) -> None:
    """Hold the regularisers and the loss of a config to what the network has.

    A network whose loss smooths labels says so with an attribute `smooths_labels`, one that takes its loss by name with
    `chooses_loss`.

    Raises:
        UsageError: One of them would do nothing.
    """
    if model.drop_rate and not any(_drops_values(module) for module in network.modules()):
        raise UsageError("this network has no dropout", hint="leave --drop-rate out")
    if model.drop_path_rate and not any(_drops_paths(module) for module in network.modules()):
        raise UsageError(f"{model.backbone} has no stochastic depth", hint="leave --drop-path-rate out")
    if model.label_smoothing and not getattr(network, "smooths_labels", False):
        raise UsageError(
            "this network's loss has no labels to smooth", hint="leave --label-smoothing out; it is for a cross-entropy"
        )
    if model.loss != AUTO and not getattr(network, "chooses_loss", False):
        raise UsageError("the loss of this network is part of it", hint="leave --loss out")


def _drops_values(module: nn.Module) -> bool:
    return isinstance(module, nn.modules.dropout._DropoutNd) and module.p > 0


def _drops_paths(module: nn.Module) -> bool:
    rate = getattr(module, "drop_prob", None) or getattr(module, "p", None)
    return type(module).__name__ in {"DropPath", "StochasticDepth"} and bool(rate)
