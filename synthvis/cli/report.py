"""`synthvis report`: the report of a run as one HTML file."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from synthvis.cli.shared.api_help import ApiOption
from synthvis.cli.shared.options import echo_json, json_option
from synthvis.cli.shared.values import PATH, OutputFile

__all__ = ["command"]

option = partial(click.option, cls=ApiOption, of="synthvis.api.reporting:report")

EPILOG = """\b
Examples:
  synthvis report runs/fruit
  synthvis report runs/fruit --data data/fruit --out fruit.html
  synthvis report runs/fruit --gap runs/gap-fruit-fruit --study studies/fruit-fruit
  synthvis report runs/fruit --json | jq -r .report
"""


@click.command("report", epilog=EPILOG)
@click.argument("run", type=PATH)
@option("--data", type=PATH)
@option("--gap", type=PATH)
@option("--study", type=PATH)
@option("--out", type=OutputFile(dir_okay=True))
@option("--embed-real", is_flag=True)
@json_option
def command(
    run: Path, data: Path | None, gap: Path | None, study: Path | None, out: Path | None, embed_real: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Write the report of RUN: one self-contained HTML file.

    It shows the gap, what the renders are worth, the causes, the worst errors with pictures, how renders and
    photographs differ, what to change next, and what was not measured. The results of `synthvis gap` and
    `synthvis study` are included.
    """
    from synthvis.api.reporting import report
    from synthvis.evaluation.gap_table import current_gap
    from synthvis.train.registry import known_photographs

    path = report(run, data=data, gap=gap, study=study, out=out, embed_real=embed_real)
    if as_json:
        echo_json({"report": str(path), "gap": current_gap(run, known_photographs()).to_dict()})
        return
    click.echo(path)
