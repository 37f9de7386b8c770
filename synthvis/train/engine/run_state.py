"""The state of an unfinished run, held to what such a state must be before a step is taken with it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any

import torch
from pydantic import BaseModel, ConfigDict, Field
from torch import Tensor, nn

from synthvis.train.backbones.weights import require_sane
from synthvis.train.config import TrainConfig
from synthvis.train.engine.average import Average

__all__ = ["RunState", "require_fitting_optimizer", "require_same_tensors", "take_up"]

Count = Annotated[int, Field(ge=0, strict=True)]
OVERWRITTEN_EVERY_STEP = {"params", "lr"}


class RunState(BaseModel):
    """Content of last.pt, as it is read; a run that writes it makes it by `model_construct`, unchecked."""

    model_config = ConfigDict(frozen=True, extra="ignore", arbitrary_types_allowed=True)

    step: Count
    config: str
    data: str
    model: dict[str, Tensor]
    average: dict[str, Tensor]
    optimizer: dict[str, Any]
    start: str
    best: float | None = Field(allow_inf_nan=False)
    stale: Count
    evaluated: Count
    scaler: dict[str, Any]

    def model_post_init(self, _: Any) -> None:
        """Refuse what no run leaves behind.

        Raises:
            ValueError: With what is wrong.
        """
        steps = TrainConfig.model_validate_json(self.config).steps
        if not max(self.step, self.evaluated) <= steps:
            raise ValueError(f"step {self.step} of {steps}")
        for tensors in (self.model, self.average):
            require_sane(tensors)


def take_up(state: RunState, network: nn.Module, average: Average, optimizer: Any, device: torch.device) -> None:
    """Put what a state holds into the parts of a run that was built from the same config.

    Args:
        state: From `resume_state`.
        network: With the parameters that learn.
        average: Of its weights.
        optimizer: New.
        device: Where they are.

    Raises:
        ValueError: Something does not fit, with its name; RuntimeError, KeyError or TypeError where torch finds it.
    """
    require_same_tensors(state.model, network.state_dict())
    require_same_tensors(state.average, average.tensors)
    require_fitting_optimizer(state.optimizer, optimizer)
    network.load_state_dict(state.model)
    average.load(state.average, device)
    optimizer.load_state_dict(state.optimizer)


def require_same_tensors(there: Mapping[str, Tensor], here: Mapping[str, Tensor]) -> None:
    """Hold the names and shapes of a state to those of the network that is built.

    Raises:
        ValueError: With the first that differs.
    """
    for name in [*here, *there]:
        if name not in there or name not in here:
            raise ValueError(f"{name[:80]} is {'missing' if name in here else 'not part of this network'}")
        if there[name].shape != here[name].shape:
            raise ValueError(f"{name[:80]} has the shape {list(there[name].shape)}, not {list(here[name].shape)}")


def require_fitting_optimizer(there: Mapping[str, Any], optimizer: Any) -> None:
    """Hold a state of the optimizer to the one that was built from the same config.

    Args:
        there: Its state_dict in the file.
        optimizer: New, with the parameters that learn.

    Raises:
        ValueError: With what differs.
    """
    groups, own = there.get("param_groups"), optimizer.param_groups
    if not isinstance(groups, list) or len(groups) != len(own) or not all(isinstance(one, dict) for one in groups):
        raise ValueError("the optimizer has other groups")
    for group, mine in zip(groups, own, strict=True):
        for key, value in mine.items():
            if key not in group or (key not in OVERWRITTEN_EVERY_STEP and not _equal(group[key], value)):
                raise ValueError(f"{key} of the optimizer is not that of this run")
        if not isinstance(group["lr"], float) or not math.isfinite(group["lr"]):
            raise ValueError("lr of the optimizer is no number")
    _require_fitting_moments(there.get("state"), groups, own)


def _require_fitting_moments(state: Any, groups: list[dict[str, Any]], own: list[dict[str, Any]]) -> None:
    parameters: dict[Any, Tensor] = {}
    for group, mine in zip(groups, own, strict=True):
        places = group.get("params")
        if not isinstance(places, list) or len(places) != len(mine["params"]):
            raise ValueError("the optimizer has other parameters")
        parameters |= dict(zip(places, mine["params"], strict=True))
    if len(parameters) != sum(len(mine["params"]) for mine in own) or not isinstance(state, dict):
        raise ValueError("the optimizer has other parameters")
    kinds = set()
    for place, moments in state.items():
        if place not in parameters or not isinstance(moments, dict):
            raise ValueError(f"the optimizer has a state for no parameter ({str(place)[:40]})")
        kinds.add(frozenset(moments))
        for name, value in moments.items():
            _require_moment(name, value, parameters[place])
    if len(kinds) > 1:
        raise ValueError("the optimizer's state lacks a part")


def _require_moment(name: Any, value: Any, parameter: Tensor) -> None:
    fits = (value is None and name == "momentum_buffer") or (
        isinstance(value, Tensor)
        and value.shape in (parameter.shape, torch.Size([]))
        and value.is_floating_point()
        and bool(torch.isfinite(value).all())
    )
    if not fits or (name == "step" and (value.ndim or value < 0)):
        raise ValueError(f"{str(name)[:40]} of the optimizer does not fit its parameter")


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, Tensor) or isinstance(other, Tensor):
        return isinstance(one, Tensor) and isinstance(other, Tensor) and torch.equal(one, other)
    return type(one) is type(other) and one == other and not (isinstance(one, float) and math.isnan(one))
