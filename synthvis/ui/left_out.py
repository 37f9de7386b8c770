"""What was left out of sets from outside, shown once, as tables on stderr."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from synthvis.data.left_out import LeftOut, splits_that_lost
from synthvis.ui.console import stderr_console

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["show_left_out"]


def show_left_out(splits: Iterable[Any]) -> None:
    """Print a table a split that lost something; nothing where everything could be used. None is passed over."""
    for name, left_out in splits_that_lost(splits).items():
        stderr_console().print(_table(name, left_out))


def _table(name: str, left_out: LeftOut) -> Table:
    from rich import box
    from rich.table import Table

    title = f"{name}: not everything could be used"
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("", justify="right")
    for column in ("what", "why", "first"):
        table.add_column(column, overflow="fold")
    for row in left_out.rows:
        table.add_row(f"{row.count:,}", f"{row.part} {row.treatment}", row.reason, row.example)
    return table
