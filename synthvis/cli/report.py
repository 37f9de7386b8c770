"""`synthvis report`: the report of a run as one HTML file."""

from __future__ import annotations

from pathlib import Path

import click

from synthvis.cli.shared.options import PATH, OutputFile, echo_json, json_option

__all__ = ["command"]

EPILOG = """\b
Examples:
  synthvis report runs/fruit
  synthvis report runs/fruit --data data/fruit --out fruit.html
  synthvis report runs/fruit --gap runs/gap-fruit-fruit --study studies/fruit-fruit
  synthvis report runs/fruit --json | jq -r .report
"""


@click.command("report", epilog=EPILOG)
@click.argument("run", type=PATH)
@click.option("--data", type=PATH, help="The rendered dataset.  [default: the one the run names]")
@click.option("--gap", type=PATH, help="A comparison of its sets.  [default: gap-DATA-REAL beside RUN]")
@click.option("--study", type=PATH, help="A study of its renders.  [default: studies/DATA-REAL]")
@click.option("--out", type=OutputFile(dir_okay=True), help="The HTML file.  [default: report.html in RUN]")
@click.option("--embed-real", is_flag=True, help="Embed crops of photographs: for private use, licences differ.")
@json_option
def command(
    run: Path, data: Path | None, gap: Path | None, study: Path | None, out: Path | None, embed_real: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Write the report of RUN: one self-contained HTML file.

    The gap, what the renders are worth, the causes, the worst errors with pictures, how renders and photographs differ,
    what to change next, and what was not measured. What `synthvis gap` and `synthvis study` found is taken in.
    """
    from synthvis.api.reporting import report
    from synthvis.evaluation.gap_table import current_gap

    path = report(run, data=data, gap=gap, study=study, out=out, embed_real=embed_real)
    if as_json:
        echo_json({"report": str(path), "gap": current_gap(run).to_dict()})
        return
    click.echo(path)
