"""Architectures and losses by name."""

from __future__ import annotations

from collections.abc import Iterable

from synthvis.config.validate import nearest
from synthvis.errors import UsageError

__all__ = ["AUTO", "chosen_arch", "chosen_loss"]

AUTO = "auto"


def chosen_arch(name: str, task: str, known: Iterable[str], own: str) -> str:
    """The architecture that `name` means for a task whose own is `own`.

    Raises:
        UsageError: The task has none of that name.
    """
    if name == AUTO:
        return own
    if name not in (known := list(known)):
        raise UsageError(f"{task} has no architecture {name!r}{nearest(name, known)}", hint=f"--arch {own}")
    return name


def chosen_loss(name: str, task: str, known: Iterable[str]) -> str:
    """The loss that `name` means for a task with these, its own first.

    Raises:
        UsageError: The task has none of that name.
    """
    known = list(known)
    if name == AUTO:
        return known[0]
    if name not in known:
        raise UsageError(f"{task} has no loss {name!r}{nearest(name, known)}", hint=f"its own: {', '.join(known)}")
    return name
