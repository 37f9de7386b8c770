"""`synthvis merge`: one dataset from parts that were rendered apart."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from synthvis.cli.check import print_report
from synthvis.cli.shared.options import PATH, OutputFolder, echo_json, json_option
from synthvis.cli.shared.progress import counting
from synthvis.errors import ChecksFoundProblems, counted

if TYPE_CHECKING:
    from synthvis.dataset.merge import MergeSummary

__all__ = ["command"]

RUNS_NAMED = 6

EPILOG = """\b
Examples:
  synthvis render --n 10000 --shard 1/4 --out part1      # on four machines, 1/4 to 4/4
  synthvis merge part1 part2 part3 part4 --out data/whole
  synthvis merge part* --out data/whole --json
  synthvis merge part1 part3 --out data/some --partial
"""


@click.command("merge", epilog=EPILOG)
@click.argument("parts", nargs=-1, required=True, type=PATH, metavar="PART...")
@click.option("--out", type=OutputFolder("DATASET"), required=True, help="Folder of the whole dataset.")
@click.option("--no-check", is_flag=True, help="Skip the quality gate at the end.")
@click.option("--partial", is_flag=True, help="Exit with 0 although images are missing.")
@json_option
def command(parts: tuple[Path, ...], out: Path, no_check: bool, partial: bool, as_json: bool) -> None:
    """Put parts of one dataset together, to the bytes of a single run.

    The parts come from one recipe and seed with different --shard. Files are linked, not copied, where the disk allows
    it. The quality gate runs at the end. Exit code: 0 when the whole is there, 3 when images are missing or the gate
    found something.
    """
    from synthvis.api.looking import check
    from synthvis.dataset.merge import merge_parts

    with counting("merging") as on_image:
        summary = merge_parts(parts, out, on_image=on_image)
    report = None
    if not no_check and any(summary.by_split.values()):
        with counting("checking") as on_image:
            report = check(out, on_image=on_image)
    problems = len(report.problems) if report else 0
    if as_json:
        echo_json({"folder": str(out), **asdict(summary), "problems": problems})
    else:
        _tell(out, summary)
        if report is not None and problems:
            print_report(report)
    if problems:
        hint = f"`synthvis check {shlex.quote(str(out))}` shows them all"
        raise ChecksFoundProblems(f"the quality gate found {counted(problems, 'problem')} in {out}", hint=hint)
    if summary.missing and not partial:
        raise ChecksFoundProblems(_what_is_missing(summary), hint=_how_to_make_it(summary))


def _tell(out: Path, summary: MergeSummary) -> None:
    from synthvis.ui.console import talk_console

    talk = talk_console()
    parts = ", ".join(f"{count} {split}" for split, count in summary.by_split.items())
    added = f"{counted(summary.added, 'image')} added, {summary.already_there} there before"
    talk.print(f"{added}; the dataset has {parts}", soft_wrap=True)
    if not summary.missing:
        talk.print(f"it is complete: images 1 to {summary.expected}", soft_wrap=True)
    click.echo(out)


def _what_is_missing(summary: MergeSummary) -> str:
    runs = runs_of(summary.missing)
    named = ", ".join(f"{first}" if first == last else f"{first} to {last}" for first, last in runs[:RUNS_NAMED])
    more = " and more" if len(runs) > RUNS_NAMED else ""
    shards = ", ".join(f"{shard} lacks {count}" for shard, count in summary.shards.items())
    by_shard = f" (shard {shards})" if shards else ""
    return f"{counted(len(summary.missing), 'image')} of {summary.expected} missing: {named}{more}{by_shard}"


def _how_to_make_it(summary: MergeSummary) -> str:
    if not summary.commands:
        return "render the missing shards and merge again, or accept it as it is with --partial"
    return "\n     ".join(
        [*summary.commands, "then merge again with these folders, or accept it as it is with --partial"]
    )


def runs_of(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Ascending numbers as runs of consecutive ones, each by its first and last."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs
