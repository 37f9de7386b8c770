"""Progress bars on stderr for work that counts; they show on a terminal only."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from synthvis.api.talk import OnProgress

__all__ = ["counting", "counting_at_a_rate", "progress_bars"]

PLAIN_LINE_EVERY_S = 10.0


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
def counting_at_a_rate(title: str, noun: str) -> Iterator[OnProgress]:
    """Give a callback that takes (pieces done, all pieces), and show the pieces a second too.

    Without a terminal a line comes every ten seconds.

    Args:
        title: Of the bar.
        noun: Of a piece, in the plural.
    """
    from rich.progress import Progress, TextColumn

    from synthvis.ui.console import stderr_console
    from synthvis.ui.fitting import counting_columns, whole

    console, rate = stderr_console(), Rate()
    columns = (*counting_columns(), TextColumn("{task.fields[rate]}", table_column=whole()))
    progress = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
    bar = progress.add_task(title, total=None, rate="")

    def update(done: int, total: int, /) -> None:
        rate.take(done)
        progress.update(bar, completed=done, total=total, rate=f"{rate.per_second:.1f}/s")
        if not console.is_terminal and rate.is_time_to_talk():
            console.print(f"{done:,} of {total:,} {noun}, {rate.per_second:.1f}/s", soft_wrap=True)

    with progress:
        yield update


class Rate:
    """Pieces a second since the first one, and when to say so again."""

    def __init__(self) -> None:
        self._first: tuple[float, int] | None = None
        self._now: tuple[float, int] = (0.0, 0)
        self._said_s = 0.0

    def take(self, done: int) -> None:
        """Set the number of finished pieces."""
        self._now = (time.monotonic(), done)
        if self._first is None:
            self._first, self._said_s = self._now, self._now[0]

    @property
    def per_second(self) -> float:
        """Mean from the first piece on."""
        if self._first is None:
            return 0.0
        seconds = self._now[0] - self._first[0]
        return (self._now[1] - self._first[1]) / seconds if seconds > 0 else 0.0

    def is_time_to_talk(self) -> bool:
        """Whether ten seconds have passed since this was true."""
        if self._now[0] - self._said_s < PLAIN_LINE_EVERY_S:
            return False
        self._said_s = self._now[0]
        return True


@contextmanager
def counting(title: str) -> Iterator[OnProgress]:
    """Give a callback that takes (pieces done, all pieces)."""
    with progress_bars() as bar:
        yield bar(title)
