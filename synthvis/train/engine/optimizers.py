"""Update rules by name, and which parameters learn at which rate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from synthvis.train.backbones.freezing import stage_of_parameters
from synthvis.train.config import OptimizerName, TrainConfig

__all__ = ["build_optimizer", "parameter_groups", "peak_lr"]

PEAK_LR: Mapping[OptimizerName, float] = {
    "sgd": 1e-2,
    "momentum": 1e-2,
    "adagrad": 1e-2,
    "rmsprop": 1e-3,
    "adam": 1e-3,
    "adamw": 1e-3,
}
"""Where no learning rate is asked for: rules that divide by the size of the gradient take smaller ones."""

PARTIAL_BACKBONE_SHARE = 0.2
FULL_BACKBONE_SHARE = 0.1
"""A backbone that learns whole is held back more: its first layers are the most general (Yosinski et al. 2014)."""


def peak_lr(config: TrainConfig) -> float:
    """Learning rate of new layers at its peak."""
    return PEAK_LR[config.optimizer] if config.lr is None else config.lr


def build_optimizer(network: Any, config: TrainConfig) -> torch.optim.Optimizer:
    """The optimizer of the config over what learns in `network`; each group knows its "peak_lr".

    torch's own classes and defaults: SGD (Robbins and Monro 1951) and its momentum (Polyak 1964, Nesterov 1983),
    Adagrad (Duchi et al. 2011), RMSProp (Tieleman and Hinton 2012), Adam (Kingma and Ba 2015), AdamW (Loshchilov and
    Hutter 2019). Weight decay is part of the gradient in all but AdamW.
    """
    groups, lr = parameter_groups(network, config), peak_lr(config)
    match config.optimizer:
        case "sgd":
            return torch.optim.SGD(groups, lr=lr)
        case "momentum":
            return torch.optim.SGD(groups, lr=lr, momentum=config.momentum, nesterov=config.nesterov)
        case "adagrad":
            return torch.optim.Adagrad(groups, lr=lr)
        case "rmsprop":
            return torch.optim.RMSprop(groups, lr=lr)
        case "adam":
            return torch.optim.Adam(groups, lr=lr)
        case "adamw":
            return torch.optim.AdamW(groups, lr=lr)


@dataclass(frozen=True, slots=True)
class _Kind:
    """What the parameters of a group have in common; ordered as groups are."""

    depth: int
    """Stages between them and the heads; -1: they are new."""
    decays: bool


def parameter_groups(network: Any, config: TrainConfig) -> list[dict[str, Any]]:
    """Groups of what learns, with "peak_lr" and "weight_decay", the backbone's first.

    The backbone learns at `backbone_lr_factor`, each stage further from the heads at `layer_decay` of the next one
    (Clark et al. 2020). Norms and biases, all that has one dimension, are not decayed.
    """
    factor = config.backbone_lr_factor
    share = (FULL_BACKBONE_SHARE if config.transfer == "full" else PARTIAL_BACKBONE_SHARE) if factor is None else factor
    depths = _depths(network.body) if config.layer_decay < 1 else {}
    in_body = {id(parameter) for parameter in network.body.parameters()}
    members: dict[_Kind, list[nn.Parameter]] = {}
    for parameter in network.parameters():
        if parameter.requires_grad:
            depth = depths.get(id(parameter), 0) if id(parameter) in in_body else -1
            members.setdefault(_Kind(depth, parameter.ndim > 1), []).append(parameter)
    # States of runs name parameters by their place in the groups, so the order stays what it has always been.
    ordered = sorted(members, key=lambda kind: (-kind.depth, not kind.decays))
    return [
        {
            "params": members[kind],
            "peak_lr": peak_lr(config) * (share * config.layer_decay**kind.depth if kind.depth >= 0 else 1.0),
            "weight_decay": config.weight_decay if kind.decays else 0.0,
        }
        for kind in ordered
    ]


def _depths(body: nn.Module) -> dict[int, int]:
    """Stages between each parameter of a body and its end, by identity."""
    stages = stage_of_parameters(body)
    last = max(stages.values())
    return {id(parameter): last - stages[name] for name, parameter in body.named_parameters()}
