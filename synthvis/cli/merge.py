"""`synthvis merge`: one dataset from parts that were rendered apart."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from synthvis.cli._options import PATH, OutputFolder, echo_json, json_option
from synthvis.cli.check import print_report, run_checks

__all__ = ["command"]

NUMBERS_NAMED = 8

EPILOG = """\b
Examples:
  synthvis render --n 10000 --shard 1/4 --out part1      # on four machines, 1/4 to 4/4
  synthvis merge part1 part2 part3 part4 --out data/whole
  synthvis merge part* --out data/whole --json
"""


@click.command("merge", epilog=EPILOG)
@click.argument("parts", nargs=-1, required=True, type=PATH, metavar="PART...")
@click.option("--out", type=OutputFolder("DATASET"), required=True, help="Folder of the whole dataset.")
@click.option("--no-check", is_flag=True, help="Skip the quality gate at the end.")
@json_option
def command(parts: tuple[Path, ...], out: Path, no_check: bool, as_json: bool) -> None:
    """Put parts of one dataset together, to the bytes of a single run.

    The parts come from one recipe and seed with different --shard. Files are linked, not copied, where the disk allows
    it. The quality gate runs at the end.
    """
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from synthvis.dataset.merge import merge_parts
    from synthvis.errors import ChecksFoundProblems
    from synthvis.ui.console import talk_console

    console = talk_console()
    columns = (TextColumn("merging"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("merging", total=None)
        summary = merge_parts(
            parts, out, on_image=lambda done, total: progress.update(task, completed=done, total=total)
        )
    report = None if no_check else run_checks(str(out))
    problems = len(report.problems) if report else 0
    if as_json:
        counts = {"added": summary.added, "already_there": summary.already_there, "by_split": summary.by_split}
        echo_json({"folder": str(out), **counts, "missing": list(summary.missing), "problems": problems})
    else:
        _tell(out, summary.added, summary.already_there, summary.by_split, summary.missing)
        if report is not None and problems:
            print_report(report)
    if problems:
        hint = f"`synthvis check {shlex.quote(str(out))}` shows them all"
        raise ChecksFoundProblems(f"the quality gate found {problems} problems in {out}", hint=hint)


def _tell(out: Path, added: int, already_there: int, by_split: dict[str, int], missing: tuple[int, ...]) -> None:
    from synthvis.ui.console import talk_console

    talk = talk_console()
    parts = ", ".join(f"{count} {split}" for split, count in by_split.items())
    talk.print(f"{added} images added, {already_there} there before; the dataset has {parts}", soft_wrap=True)
    if missing:
        named = ", ".join(map(str, missing[:NUMBERS_NAMED]))
        more = f" and {len(missing) - NUMBERS_NAMED} more" if len(missing) > NUMBERS_NAMED else ""
        talk.print(f"no part has image {named}{more}: is a shard missing?", soft_wrap=True)
    click.echo(out)
