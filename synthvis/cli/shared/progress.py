"""Progress bars on stderr for work that counts; they show on a terminal only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from synthvis.api.talk import OnProgress

__all__ = ["counting", "progress_bars"]


@contextmanager
def progress_bars(*, enabled: bool = True) -> Iterator[Callable[[str], OnProgress]]:
    """Give a function that makes, of a title, a callback that takes (pieces done, all pieces).

    A bar appears with the first call of its callback.
    """
    from rich.progress import Progress, TaskID

    from synthvis.ui.console import stderr_console
    from synthvis.ui.fitting import counting_columns

    console = stderr_console()
    hidden = not (enabled and console.is_terminal)
    progress = Progress(*counting_columns(), console=console, transient=True, disable=hidden)

    def bar(title: str) -> OnProgress:
        task: list[TaskID] = []

        def update(done: int, total: int, /) -> None:
            if not task:
                task.append(progress.add_task(title, total=None))
                progress.start()
            progress.update(task[0], completed=done, total=total)

        return update

    try:
        yield bar
    finally:
        progress.stop()


@contextmanager
def counting(title: str) -> Iterator[OnProgress]:
    """Give a callback that takes (pieces done, all pieces)."""
    with progress_bars() as bar:
        yield bar(title)
