"""How the API speaks: progress by callback, sentences to a callback or to the logger `synthvis`; nothing is printed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Protocol

__all__ = ["LOGGER", "Notify", "OnProgress", "notify_of"]

LOGGER = logging.getLogger("synthvis")

Notify = Callable[[str], None]
"""Takes a sentence for the user, such as what was left out of a folder and why."""


class OnProgress(Protocol):
    """Is called as work goes on."""

    def __call__(self, done: int, total: int, /) -> None:
        """Take note that `done` of `total` pieces are finished."""


def notify_of(notify: Notify | None) -> Notify:
    """The callback that was given, else the logger at level INFO."""
    return notify or LOGGER.info
