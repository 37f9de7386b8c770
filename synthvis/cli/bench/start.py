"""`synthvis bench start`: how long the command line takes to answer."""

from __future__ import annotations

import subprocess
import sys
import time
from statistics import median

import click

from synthvis.cli.shared.options import echo_json, json_option

__all__ = ["start"]

TARGET_MS = 250
COMMANDS = {"synthvis --help": ("-m", "synthvis", "--help"), "python alone": ("-c", "pass")}


@click.command()
@click.option("--tries", type=click.IntRange(1), default=12, show_default=True, help="Of each.")
@json_option
def start(tries: int, as_json: bool) -> None:
    """Time `synthvis --help` beside a Python that does nothing, in turns.

    Example: synthvis bench start
    """
    times_ms: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(tries):
        for name, words in COMMANDS.items():
            begin_s = time.perf_counter()
            subprocess.run([sys.executable, *words], capture_output=True, check=True)
            times_ms[name].append(1000 * (time.perf_counter() - begin_s))
    rows = {name: {"least_ms": min(found), "median_ms": median(found)} for name, found in times_ms.items()}
    ours, bare = (rows[name]["least_ms"] for name in COMMANDS)
    if as_json:
        echo_json({"tries": tries, **rows, "ratio": ours / bare, "target_ms": TARGET_MS})
        return
    for name, row in rows.items():
        click.echo(
            f"{name}: {row['least_ms']:.0f} ms at least, {row['median_ms']:.0f} ms in the middle of {tries} tries"
        )
    click.echo(f"{ours / bare:.1f} times a Python that does nothing; wanted are {TARGET_MS} ms or less")
