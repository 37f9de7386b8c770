"""What `study` prints: the plan, the table, the sentences."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from synthvis.api.studying import raise_for_failures, study_callbacks
from synthvis.cli._options import echo_json
from synthvis.cli._training import TrainingDisplay
from synthvis.study.jobs import Job
from synthvis.study.study_run import StudyCallbacks, StudyRun
from synthvis.study.wording import interval_said
from synthvis.ui.console import data_console, talk_console
from synthvis.ui.progress import ProgressDisplay
from synthvis.ui.tables import number_text, plain_table

__all__ = ["callbacks_of", "tell_plan", "tell_results"]


def _say(text: str) -> None:
    """Talk on stderr."""
    talk_console().print(text, soft_wrap=True)


def callbacks_of(out: Path, *, quiet: bool) -> StudyCallbacks:
    """Live displays on stderr, and the page beside study.json."""
    return study_callbacks(
        out,
        say=(lambda _: None) if quiet else _say,
        display=None if quiet else _display,
        rendering=lambda progress: ProgressDisplay(progress.view, enabled=not quiet),
    )


def _display(job: Job, run_dir: Path) -> Any:
    return TrainingDisplay(job.config, run_dir)


def tell_plan(run: StudyRun, *, as_json: bool) -> None:
    """What would be done, and for how long."""
    facts = run.plan_facts()
    if as_json:
        echo_json({**facts, "dry_run": True})
        return
    table = plain_table(f"Runs of {facts['out']}", ("run", "steps", "begins from", "state"))
    for row in facts["runs"]:
        table.add_row(row["name"], str(row["steps"]), row["from"] or "the backbone", "done" if row["done"] else "to do")
    data_console().print(table)
    for row in facts["renders"]:
        click.echo(f"render {row['set']}: {row['images']} images{''.join(f' --set {one}' for one in row['keys'])}")
    if facts["renders"]:
        click.echo(f"then {facts['trainings_after_renders']} trainings on them; rendering takes time of its own")
    minutes = facts["minutes_of_training"]
    about = "" if minutes is None else f", about {minutes:g} min of training ({facts['measured_on']})"
    click.echo(f"{facts['runs_left']} of {len(facts['runs'])} runs to do{about}")


def tell_results(run: StudyRun, content: dict[str, Any], *, as_json: bool) -> None:
    """The table and the sentences; an error at the end when a run failed."""
    if as_json:
        echo_json(content)
    else:
        _print_results(content)
        click.echo(f"report: {run.out / 'study.html'}")
    raise_for_failures(run, content)


def _table_of_sizes(sizes: dict[str, Any], metric: str) -> Any:
    table = plain_table("Renders alone, by their number", ("renders", "seeds", metric))
    for row in sizes["points"]:
        table.add_row(f"{row['synthetic']:,}", str(row["seeds"]), interval_said(row))
    return table


def _table_of_ablation(ablation: dict[str, Any], metric: str) -> Any:
    """What each randomiser brings: with it minus without it."""
    whole = f"{ablation['images']:,} renders with all of them: {metric} {interval_said(ablation['everything'])}"
    table = plain_table(f"What randomising brings; {whole}", ("randomiser", "seeds", f"{metric} it brings [95%]"))
    for row in ablation["rows"]:
        table.add_row(row["name"], str(row.get("seeds", 0)), interval_said(row))
    return table


def _print_results(content: dict[str, Any]) -> None:
    study = content["study"]
    where = f"{study['real_eval']['name']}:{study['real_eval']['split']}, {study['real_eval']['images']:,} photographs"
    metric = f"{study['metric']} [95%]"
    table = plain_table(where, ("regime", "photographs", "%", "renders", "steps", "seeds", metric, "spread"))
    for row in content["table"]:
        share = "" if row["fraction"] is None else f"{row['fraction']:g}"
        steps = "+".join(str(one) for one in row["steps"]) or "-"
        counts = (f"{row['real']:,}", share, f"{row['synthetic']:,}", steps, str(row["seeds"]))
        table.add_row(row["regime"], *counts, interval_said(row), number_text(row["spread"]))
    if content["table"]:
        data_console().print(table)
    if content["sizes"]:
        data_console().print(_table_of_sizes(content["sizes"], metric))
    if content["ablation"]:
        data_console().print(_table_of_ablation(content["ablation"], study["metric"]))
    for sentence in content["sentences"]:
        click.echo(sentence)
    for hole in content["not_measured"]:
        click.echo(f"not measured: {hole['what']} ({hole['why']})", err=True)
