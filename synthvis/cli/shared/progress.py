"""A progress bar on stderr for work that counts; it shows on a terminal only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from synthvis.api.talk import OnProgress

__all__ = ["counting"]


@contextmanager
def counting(title: str) -> Iterator[OnProgress]:
    """Give a callback that takes (pieces done, all pieces); the bar appears with its first call."""
    from rich.progress import Progress

    from synthvis.ui.console import talk_console
    from synthvis.ui.fitting import counting_columns

    console = talk_console()
    progress = Progress(*counting_columns(title), console=console, transient=True, disable=not console.is_terminal)
    task = progress.add_task(title, total=None)

    def update(done: int, total: int, /) -> None:
        if not progress.live.is_started:
            progress.start()
        progress.update(task, completed=done, total=total)

    try:
        yield update
    finally:
        progress.stop()
