"""`synthvis doctor`: ticks and crosses, each cross with the exact fix."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from synthvis.cli.shared.options import echo_json, json_option
from synthvis.version import __version__

if TYPE_CHECKING:
    from synthvis.api.machine import Finding

__all__ = ["command"]

MARKS = {"ok": ("✓", "green"), "missing": ("✗", "red"), "optional": ("·", "yellow")}
"""Sign and colour."""

EPILOG = """\b
Examples:
  synthvis doctor
  synthvis doctor --json
  synthvis doctor --report        # a Markdown block for a bug report
"""


@click.command(epilog=EPILOG)
@json_option
@click.option("--report", is_flag=True, help="Print a Markdown block to paste into a bug report.")
def command(as_json: bool, report: bool) -> None:
    """Check this machine: Python, Blender, OpenCV, torch, weights, GPUs, real photographs, disk.

    Exits 1 when something that is needed is missing, 0 otherwise.
    """
    from synthvis.api.machine import check_machine

    findings = check_machine()
    if as_json:
        echo_json({"synthvis": __version__, "findings": [_as_dict(finding) for finding in findings]})
    elif report:
        click.echo(_markdown(findings))
    else:
        _print_table(findings)
    if any(finding.state == "missing" for finding in findings):
        raise click.exceptions.Exit(1)


def _as_dict(finding: Finding) -> dict[str, str]:
    return {"name": finding.name, "state": finding.state, "detail": finding.detail, "fix": finding.fix}


def _markdown(findings: Sequence[Finding]) -> str:
    rows = [f"| {finding.name} | {finding.state} | {finding.detail} |" for finding in findings]
    head = [f"synthvis {__version__} on {platform.platform()}", "", "| what | state | detail |", "|---|---|---|"]
    return "\n".join(head + rows)


def _print_table(findings: Sequence[Finding]) -> None:
    from rich.text import Text

    from synthvis.ui.console import data_console

    console = data_console()
    width = max(len(finding.name) for finding in findings)
    for finding in findings:
        console.print(Text.assemble(MARKS[finding.state], f" {finding.name:<{width}}  {finding.detail}"))
        if finding.fix:
            console.print(Text.assemble(f"  {'':<{width}}  ", ("->", "dim"), f" {finding.fix}"))
    crosses = sum(finding.state == "missing" for finding in findings)
    console.print(_verdict(crosses))


def _verdict(problems: int) -> str:
    if not problems:
        return "everything needed is here"
    return (
        "1 problem; the line below it says how to fix it"
        if problems == 1
        else (f"{problems} problems; the line below each says how to fix it")
    )
