"""Tables and progress bars that stay whole on narrow terminals: nothing is cut, at 60 columns as at 160."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.progress import BarColumn, MofNCompleteColumn, ProgressColumn, TextColumn, TimeRemainingColumn
from rich.segment import Segment
from rich.table import Column, Table
from rich.text import Text

__all__ = ["FittingTable", "bar_column", "counting_columns", "shared_widths", "whole"]

LONGEST_BAR = 40
LONGEST_WORD = 40
"""A path or a name without a space may be broken beyond that."""


class FittingTable(Table):
    """A table that wraps its cells between words where it is too wide, and where that is too wide becomes a list.

    In the list each row is a line for its first cell, then a line for each other column that has something.
    """

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The table, with as many lines a row as it takes."""
        texts = self._texts(console)
        room = options.max_width - self._extra_width - sum(self._padding_of(index) for index in range(len(texts)))
        natural = [max((cell_len(line) for text in column for line in text.split("\n")), default=0) for column in texts]
        if sum(natural) <= room:
            yield from super().__rich_console__(console, options)
            return
        minimum = [max((_longest_word(text) for text in column), default=0) for column in texts]
        if sum(minimum) > room:
            yield from self._as_list(console, options, texts)
            return
        for column, width in zip(self.columns, shared_widths(minimum, natural, room), strict=True):
            column.width, column.overflow = width, "fold"
        yield from super().__rich_console__(console, options)

    def _padding_of(self, index: int) -> int:
        _, right, _, left = self.padding
        is_edge = not self.pad_edge
        left = 0 if is_edge and index == 0 else left
        right = 0 if is_edge and index == len(self.columns) - 1 else right
        return left + right

    def _texts(self, console: Console) -> list[list[str]]:
        """Header and cells of each column, as they are shown."""
        heads = [[column.header] if self.show_header else [] for column in self.columns]
        return [
            [_plain(cell, console) for cell in [*head, *column.cells]]
            for head, column in zip(heads, self.columns, strict=True)
        ]

    def _as_list(self, console: Console, options: ConsoleOptions, texts: Sequence[Sequence[str]]) -> RenderResult:
        parts = [self.title] if self.title else []
        offset = 1 if self.show_header else 0
        for row in range(len(self.rows)):
            first = texts[0][row + offset].strip() or "-"
            title = texts[0][0].strip() if offset else ""
            parts.append(Text(f"{title}: {first}" if title else first, style="bold"))
            for column in texts[1:]:
                title, cell = (column[0] if offset else ""), column[row + offset].strip()
                if cell:
                    parts.append(Text(f"  {title}: {cell}" if title else f"  {cell}", overflow="fold"))
        parts += [self.caption] if self.caption else []
        for part in parts:
            text = part if isinstance(part, Text) else console.render_str(str(part))
            for line in text.wrap(console, options.max_width):
                line.rstrip()
                yield line
        yield Segment.line()


def shared_widths(minimum: Sequence[int], natural: Sequence[int], room: int) -> list[int]:
    """Widths of columns between `minimum` and `natural` that fill `room`: the narrowest are satisfied first."""
    widths = list(minimum)
    left = room - sum(widths)
    for index in sorted(range(len(widths)), key=lambda index: natural[index] - minimum[index]):
        more = min(left, natural[index] - minimum[index])
        widths[index] += more
        left -= more
    return widths


def bar_column() -> BarColumn:
    """A progress bar that gives way to the words and numbers beside it."""
    return BarColumn(bar_width=None, table_column=Column(max_width=LONGEST_BAR))


def whole() -> Column:
    """What a column of a progress line is that must not be cut, as `table_column`."""
    return Column(no_wrap=True)


def counting_columns(title: str = "{task.description}") -> tuple[ProgressColumn, ...]:
    """Title, bar, done of all, time to go."""
    numbers = MofNCompleteColumn(table_column=whole()), TimeRemainingColumn(table_column=whole())
    return (TextColumn(title), bar_column(), *numbers)


def _plain(cell: object, console: Console) -> str:
    return cell.plain if isinstance(cell, Text) else console.render_str(str(cell)).plain


def _longest_word(text: str) -> int:
    return max((min(cell_len(word), LONGEST_WORD) for word in text.split()), default=0)
