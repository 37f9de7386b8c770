"""How `synthvis bench` prints results."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from synthvis.cli.shared.options import echo_json

if TYPE_CHECKING:
    from synthvis.bench.result import BenchResult
    from synthvis.formats.json_file import Record

__all__ = ["echo_json_of", "echo_lines"]


def echo_json_of(results: Sequence[Record]) -> None:
    """The only result as a JSON object, or several under "cases"."""
    values = [result.to_dict() for result in results]
    echo_json(values[0] if len(values) == 1 else {"cases": values})


def echo_lines(results: Sequence[BenchResult]) -> None:
    """Every result as lines for people."""
    for result in results:
        for line in result.lines():
            click.echo(line)
