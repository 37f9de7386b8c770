"""`synthvis merge`: one dataset from parts that were rendered apart."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from synthvis.cli.check import print_report
from synthvis.cli.shared.api_help import ApiOption
from synthvis.cli.shared.messages import say
from synthvis.cli.shared.options import echo_json, json_option
from synthvis.cli.shared.progress import progress_bars
from synthvis.cli.shared.values import PATH, OutputFolder
from synthvis.errors import counted

if TYPE_CHECKING:
    from synthvis.api.merging import MergeResult

__all__ = ["command"]

option = partial(click.option, cls=ApiOption, of="synthvis.api.merging:merge")

EPILOG = """\b
Examples:
  synthvis render --n 10000 --shard 1/4 --out part1      # on four machines, 1/4 to 4/4
  synthvis merge part1 part2 part3 part4 --out data/whole
  synthvis merge part* --out data/whole --json
  synthvis merge part1 part3 --out data/some --partial
"""


@click.command("merge", epilog=EPILOG)
@click.argument("parts", nargs=-1, required=True, type=PATH, metavar="PART...")
@option("--out", type=OutputFolder("DATASET"), required=True)
@click.option("--no-check", is_flag=True, help="Skip the quality gate at the end.")
@option("--partial", is_flag=True)
@json_option
def command(parts: tuple[Path, ...], out: Path, no_check: bool, partial: bool, as_json: bool) -> None:
    """Merge parts of one dataset that were rendered apart, to the bytes of a single run.

    The parts come from one recipe and seed with different --shard. Files are linked, not copied, where the disk allows
    it. The quality gate runs at the end. Exit code: 0 when the whole is there, 3 when images are missing or the gate
    found something.
    """
    from synthvis.api.merging import merge_and_check

    with progress_bars() as bar:
        result = merge_and_check(parts, out, checks=not no_check, on_image=bar("merging"), on_checked=bar("checking"))
    if as_json:
        problems = len(result.report.problems) if result.report else 0
        echo_json({"folder": str(out), **asdict(result.summary), "problems": problems})
    else:
        _show(result)
    result.raise_for_problems(partial=partial)


def _show(result: MergeResult) -> None:
    summary = result.summary
    parts = ", ".join(f"{count} {split}" for split, count in summary.by_split.items())
    say(f"{counted(summary.added, 'image')} added, {summary.already_there} there before; the dataset has {parts}")
    if not summary.missing:
        say(f"it is complete: images 1 to {summary.expected}")
    click.echo(result.root)
    if result.report is not None and not result.report.ok:
        print_report(result.report)
