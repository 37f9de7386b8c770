"""What `train` and `evaluate` show and share."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import click
from rich.live import Live
from rich.table import Table

from synthvis.cli.shared.options import echo_json
from synthvis.data.split import Split
from synthvis.dataset.discover import newest_dataset
from synthvis.errors import LoaderEnded
from synthvis.train.config import TrainConfig
from synthvis.train.settings import checked_config, config_from
from synthvis.ui.console import stderr_console
from synthvis.ui.progress import duration_text
from synthvis.ui.tables import print_gap

if TYPE_CHECKING:
    from synthvis.metrics.evaluation import Evaluation
    from synthvis.train.engine.loop import StepLog

__all__ = ["TrainingDisplay", "checked_config", "config_from", "newest_data", "report"]

PLAIN_LINE_EVERY_S = 10.0
SMOOTHING = 0.95
COLUMN_ORDER = ("step", "loss", "to go", "s/step", "lr")
"""Columns of the live table, the most important first."""

RECENT_STEPS = 30
"""Speed is that of the last steps: a mean from the start would long remember a busy minute."""


def newest_data() -> str:
    """Folder of the newest dataset below ./data; says which one it took."""
    dataset = newest_dataset()
    stderr_console().print(f"training on the newest dataset: {dataset.root}", soft_wrap=True)
    return str(dataset.root)


class TrainingDisplay:
    """Live state of a training run on stderr; plain lines where there is no terminal."""

    def __init__(self, config: TrainConfig, run_dir: Path, again: str | None = None) -> None:
        """`again` is the command that goes on after Ctrl-C; None where the caller says it."""
        self._config, self._run_dir, self._again = config, run_dir, again
        self._live: Live | None = None
        self._loss: float | None = None
        self._recent: deque[tuple[int, float]] = deque(maxlen=RECENT_STEPS)
        self._said_s = time.monotonic()

    def __enter__(self) -> TrainingDisplay:
        if stderr_console().is_terminal:
            self._live = Live(Table(), console=stderr_console(), refresh_per_second=4, transient=True)
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()
        if isinstance(error, LoaderEnded) and self._again:
            stderr_console().print(f"To resume:\n  {self._again}", soft_wrap=True)
        if isinstance(error, KeyboardInterrupt):
            to_go_on = f". To go on:\n  {self._again}" if self._again else ""
            stderr_console().print(f"stopped; the state is in {self._run_dir}{to_go_on}", soft_wrap=True)

    def on_step(self, line: StepLog) -> None:
        """Show one step."""
        self._loss = line.loss if self._loss is None else SMOOTHING * self._loss + (1 - SMOOTHING) * line.loss
        self._recent.append((line.step, time.monotonic()))
        if self._live is not None:
            self._live.update(self._table(line))
        elif time.monotonic() - self._said_s > PLAIN_LINE_EVERY_S or line.step == self._config.steps:
            self._said_s = time.monotonic()
            stderr_console().print(
                "  ".join(f"{key} {value}" for key, value in self._columns(line).items()), soft_wrap=True
            )

    def on_evaluation(self, split: Split) -> None:
        """Say what is being measured."""
        images = f"{len(split.images)} {split.kind} images"
        stderr_console().print(f"measuring on {split.name}:{split.split}, {images}", soft_wrap=True)

    def _columns(self, line: StepLog) -> dict[str, str]:
        first_step, start_s = self._recent[0]
        taken = line.step - first_step
        step_s = (time.monotonic() - start_s) / taken if taken else line.seconds
        parts = {name.removeprefix("bbox_"): f"{value:.3f}" for name, value in line.parts.items()}
        return {
            "step": f"{line.step}/{self._config.steps}",
            "loss": f"{self._loss:.3f}",
            **parts,
            "lr": f"{line.lr:.1e}",
            "s/step": f"{step_s:.2f}",
            "to go": duration_text(step_s * (self._config.steps - line.step)),
        }

    def _table(self, line: StepLog) -> Table:
        table = Table(box=None, pad_edge=False, header_style="dim")
        columns = fitting_columns(self._columns(line), stderr_console().width)
        for title in columns:
            table.add_column(title, justify="right")
        table.add_row(*columns.values())
        return table


def fitting_columns(columns: Mapping[str, str], width: int) -> dict[str, str]:
    """Those columns of the live table that `width` characters hold whole, the parts of the loss left out first."""
    order = [
        *(name for name in COLUMN_ORDER if name in columns),
        *(name for name in columns if name not in COLUMN_ORDER),
    ]
    kept, used = set(), 0
    for name in order:
        used += max(len(name), len(columns[name])) + 1
        if used > width:
            break
        kept.add(name)
    return {name: value for name, value in columns.items() if name in kept}


def report(run_dir: Path, evaluations: Sequence[Evaluation], as_json: bool) -> None:
    """Print the gap of the run as a table, or what was measured just now as JSON."""
    if as_json:
        echo_json({"run": str(run_dir), "evaluations": [one.to_dict() for one in evaluations]})
        return
    from synthvis.evaluation.gap_table import current_gap
    from synthvis.train.registry import known_photographs

    print_gap(current_gap(run_dir, known_photographs()))
    click.echo(f"files: {run_dir}", err=True)
