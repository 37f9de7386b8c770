"""Architectures and losses by name."""

from __future__ import annotations

from synthvis.config.validate import nearest
from synthvis.errors import UsageError
from synthvis.train.config import TrainConfig
from synthvis.train.task import TaskDescription

__all__ = ["AUTO", "check_choices", "chosen_arch", "chosen_loss"]

AUTO = "auto"


def chosen_arch(name: str, task: TaskDescription) -> str:
    """The architecture that `name` means for the task.

    Raises:
        UsageError: The task has none of that name.
    """
    own = task.archs[0]
    if name == AUTO:
        return own
    if name not in task.archs:
        near = nearest(name, task.archs)
        raise UsageError(f"{task.name} has no architecture {name!r}{near}", hint=f"--arch {own}")
    return name


def chosen_loss(name: str, task: TaskDescription) -> str:
    """The loss that `name` means for the task, which has some to choose from.

    Raises:
        UsageError: The task has none of that name.
    """
    if name == AUTO:
        return task.losses[0]
    if name not in task.losses:
        near, own = nearest(name, task.losses), ", ".join(task.losses)
        raise UsageError(f"{task.name} has no loss {name!r}{near}", hint=f"its own: {own}")
    return name


def check_choices(config: TrainConfig, task: TaskDescription) -> None:
    """Refuse an architecture or a loss that the task does not have, before a network is built.

    Raises:
        UsageError: It has none of that name.
    """
    chosen_arch(config.model.arch, task)
    if task.losses:
        chosen_loss(config.model.loss, task)
    elif config.model.loss != AUTO:
        raise UsageError("the loss of this network is part of it", hint="leave --loss out")
