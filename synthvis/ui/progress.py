"""Progress of a render on stderr: a live table on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import TracebackType
from typing import TYPE_CHECKING

from synthvis.ui.console import stderr_console

if TYPE_CHECKING:
    from rich.console import Group, RenderableType
    from rich.live import Live
    from rich.table import Table

__all__ = ["ProgressDisplay", "ProgressView", "WorkerView", "duration_text"]

PLAIN_LINE_EVERY_S = 10.0
REFRESHES_PER_S = 4
BAR_WIDTH = 60


@dataclass(slots=True)
class WorkerView:
    """State of one worker."""

    number: int
    image_index: int | None = None
    images: int = 0
    busy_s: float = 0.0
    rss_mb: float = 0.0
    idle: bool = False

    def copy(self) -> WorkerView:
        """A snapshot."""
        return replace(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressView:
    """State of a whole render."""

    total: int
    already_there: int
    done: int
    quarantined: int
    retried: int
    recycled: int
    elapsed_s: float
    workers: tuple[WorkerView, ...]

    @property
    def images_per_s(self) -> float:
        """Mean speed of this run."""
        return self.done / self.elapsed_s if self.elapsed_s > 0 else 0.0

    @property
    def remaining_s(self) -> float | None:
        """Estimated seconds to go, None before the first image."""
        left = self.total - self.done - self.quarantined
        return left / self.images_per_s if self.done else None

    @property
    def line(self) -> str:
        """Everything in one line of text."""
        parts = [f"{self.done}/{self.total} images", f"{self.images_per_s:.2f} images/s"]
        if self.remaining_s is not None and self.done < self.total:
            parts.append(f"{duration_text(self.remaining_s)} to go")
        troubles = {"retried": self.retried, "quarantined": self.quarantined, "recycled": self.recycled}
        parts += [f"{name} {count}" for name, count in troubles.items() if count]
        return ", ".join(parts)


class ProgressDisplay:
    """Shows a `ProgressView` while its `with` block runs.

    Args:
        view: Called for the current state, from another thread.
        enabled: False shows nothing.
    """

    def __init__(self, view: Callable[[], ProgressView], *, enabled: bool = True) -> None:
        self._view = view
        self._enabled = enabled
        self._live: Live | None = None
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> ProgressDisplay:
        if self._enabled and stderr_console().is_terminal:
            self._live = _live(self._view)
            self._live.start()
        elif self._enabled:
            self._thread = threading.Thread(target=self._talk_plainly, daemon=True)
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        if self._live is not None:
            self._live.stop()
        if self._thread is not None:
            self._thread.join()

    def _talk_plainly(self) -> None:
        while not self._stop.wait(PLAIN_LINE_EVERY_S):
            stderr_console().print(self._view().line, soft_wrap=True)


def duration_text(seconds: float) -> str:
    """Seconds in words, e.g. "45 s", "12 min", "3 h 05 min", "2.5 days"."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 100:
        return f"{minutes} min"
    hours = seconds / 3600
    return f"{minutes // 60} h {minutes % 60:02d} min" if hours < 48 else f"{hours / 24:.1f} days"


def _live(view: Callable[[], ProgressView]) -> Live:
    from rich.live import Live

    class Picture:
        def __rich__(self) -> RenderableType:
            return _picture(view())

    return Live(Picture(), console=stderr_console(), refresh_per_second=REFRESHES_PER_S, transient=True)


def _picture(view: ProgressView) -> Group:
    from rich.console import Group
    from rich.padding import Padding
    from rich.progress_bar import ProgressBar
    from rich.text import Text

    # The bar may be as wide as there is room; the numbers are wrapped, never cut.
    bar = ProgressBar(total=max(view.total, 1), completed=view.done, width=min(BAR_WIDTH, stderr_console().width))
    # A bar ends no line: without its own the numbers would follow it, beyond the edge.
    return Group(Padding(bar, 0), Text(view.line, overflow="fold"), _worker_table(view))


def _worker_table(view: ProgressView) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in ("worker", "image", "done", "s/image", "memory MB"):
        table.add_column(title, justify="right")
    for worker in view.workers:
        image = "idle" if worker.idle else str(worker.image_index or "-")
        speed = f"{worker.busy_s / worker.images:.2f}" if worker.images else "-"
        memory = f"{worker.rss_mb:.0f}" if worker.rss_mb else "-"
        table.add_row(str(worker.number + 1), image, str(worker.images), speed, memory)
    return table
