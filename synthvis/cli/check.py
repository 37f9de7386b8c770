"""`synthvis check`: put a dataset through the quality gate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from synthvis.cli.shared.api_help import ApiOption
from synthvis.cli.shared.options import echo_json, json_option
from synthvis.cli.shared.progress import counting
from synthvis.errors import ChecksFoundProblems, counted

if TYPE_CHECKING:
    from synthvis.checks.gate import CheckReport

__all__ = ["command", "print_report"]

PROBLEMS_SHOWN = 20
IMAGES_NAMED = 20
FOREIGN_HINT = "training and evaluation go on without these; mend the annotation file to use them"

EPILOG = """\b
Examples:
  synthvis check data/fruit
  synthvis check data/fruit --json | jq .by_rule
  synthvis check data/fruit --full
  synthvis check path/to/coco
  synthvis check rooms                  # a set of photographs that has a name
"""


@click.command("check", epilog=EPILOG)
@click.argument("dataset", type=click.Path())
@click.option("--full", is_flag=True, cls=ApiOption, of="synthvis.api.looking:check")
@click.option(
    "--limit", type=click.IntRange(min=0), default=PROBLEMS_SHOWN, show_default=True,
    help="The number of problems to list.",
)  # fmt: skip
@json_option
def command(dataset: str, full: bool, limit: int, as_json: bool) -> None:
    """Put DATASET through the quality gate. Exit code 3 when it finds something.

    It checks every image, mask, box, map, keypoint and pose, whether the files agree with each other, and whether they
    load in pycocotools. For a COCO set that synthvis did not render, it names everything that its readers leave out.
    """
    from synthvis.api.looking import check
    from synthvis.checks.foreign import is_foreign_set

    with counting("checking") as on_image:
        report = check(dataset, full=full, on_image=on_image)
    if as_json:
        echo_json(_as_dict(report))
    else:
        print_report(report, limit)
    if not report.ok:
        raise ChecksFoundProblems(
            f"{report.root}: {counted(len(report.problems), 'problem')} in {counted(report.images, 'image')}",
            hint=FOREIGN_HINT if is_foreign_set(dataset) else _way_out(report),
        )


def print_report(report: CheckReport, limit: int = PROBLEMS_SHOWN) -> None:
    """Print what was found on stdout: one line when all is well, a table otherwise."""
    counts = f"{counted(report.images, 'image')}, {counted(report.annotations, 'annotation')}"
    if report.ok:
        click.echo(f"{report.root}: {counts}, no problems")
        return
    from rich.text import Text

    from synthvis.ui.console import data_console
    from synthvis.ui.fitting import FittingTable

    table = FittingTable("rule", "image", "problem", title=f"{report.root}: {counts}", title_justify="left")
    for problem in report.problems[:limit]:
        # As Text, because a message may hold brackets that rich would take for markup.
        table.add_row(problem.rule, "-" if problem.image_id is None else str(problem.image_id), Text(problem.message))
    if limit:
        data_console().print(table)
    summary = ", ".join(f"{rule} {count}" for rule, count in report.by_rule.items())
    click.echo(f"{counted(len(report.problems), 'problem')}, {min(limit, len(report.problems))} listed: {summary}")


def _way_out(report: CheckReport) -> str:
    from synthvis.dataset.manifest import open_rendered
    from synthvis.report.provenance import remake_command

    damaged = sorted({p.image_id for p in report.problems if p.image_id is not None and p.rule != "extra"})
    if damaged:
        rest = f"\n     ({len(damaged) - IMAGES_NAMED:,} more after these)" if len(damaged) > IMAGES_NAMED else ""
        return f"to make them again: {remake_command(open_rendered(report.root), *damaged[:IMAGES_NAMED])}{rest}"
    if all(p.rule == "extra" for p in report.problems):
        return "delete the files named, which are not of this dataset"
    return "repeat the `synthvis render` command that made it"


def _as_dict(report: CheckReport) -> dict[str, object]:
    problems = [{"rule": p.rule, "image_id": p.image_id, "message": p.message} for p in report.problems]
    return {
        "dataset": str(report.root),
        "ok": report.ok,
        "images": report.images,
        "annotations": report.annotations,
        "by_rule": report.by_rule,
        "problems": problems,
    }
