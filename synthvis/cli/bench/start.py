"""`synthvis bench start`: how long the command line takes to answer."""

from __future__ import annotations

import click

from synthvis.cli.bench.output import echo_json_of, echo_lines
from synthvis.cli.shared.options import json_option

__all__ = ["command"]


@click.command("start")
@click.option(
    "--tries", type=click.IntRange(1), default=12, show_default=True, help="The number of starts of each command."
)
@json_option
def command(tries: int, as_json: bool) -> None:
    """Time `synthvis --help` beside a Python that does nothing, in turns.

    Example: synthvis bench start
    """
    from synthvis.bench.start import bench_start

    results = [bench_start(tries)]
    echo_json_of(results) if as_json else echo_lines(results)
