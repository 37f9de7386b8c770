"""What `study` prints: the plan, the table, the sentences."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from synthvis.api.studying import raise_for_failures, study_callbacks
from synthvis.cli.shared.messages import say
from synthvis.cli.shared.options import echo_json
from synthvis.cli.shared.training_display import TrainingDisplay
from synthvis.study.estimate import Estimate
from synthvis.study.jobs import Job
from synthvis.study.study_result import AblationResult, SizesResult, StudyResult, VariationsResult
from synthvis.study.study_run import StudyCallbacks, StudyRun
from synthvis.study.wording import score_text
from synthvis.ui.console import data_console
from synthvis.ui.progress import ProgressDisplay
from synthvis.ui.tables import number_text, plain_table

__all__ = ["callbacks_of", "show_plan", "show_results"]


def callbacks_of(out: Path, *, quiet: bool) -> StudyCallbacks:
    """Live displays on stderr, and the page beside study.json."""
    return study_callbacks(
        out,
        say=(lambda _: None) if quiet else say,
        display=None if quiet else _display,
        rendering=lambda progress: ProgressDisplay(progress.view, enabled=not quiet),
    )


def _display(job: Job, run_dir: Path) -> Any:
    return TrainingDisplay(job.config, run_dir)


def show_plan(run: StudyRun, *, as_json: bool) -> None:
    """What would be done, and for how long."""
    plan = run.forecast()
    if as_json:
        echo_json({**plan.to_dict(), "dry_run": True})
        return
    table = plain_table(f"Runs of {plan.out}", ("run", "steps", "begins from", "state"))
    for row in plan.runs:
        table.add_row(row.name, str(row.steps), row.begins_from or "the backbone", "done" if row.done else "to do")
    data_console().print(table)
    for one in plan.renders:
        click.echo(f"render {one.set}: {one.images} images{''.join(f' --set {key}' for key in one.keys)}")
    if plan.renders:
        click.echo(f"then {plan.trainings_after_renders} trainings on them; rendering takes time of its own")
    minutes = plan.minutes_of_training
    about = "" if minutes is None else f", about {minutes:g} min of training ({plan.measured_on})"
    click.echo(f"{plan.runs_left} of {len(plan.runs)} runs to do{about}")


def show_results(run: StudyRun, result: StudyResult, *, as_json: bool) -> None:
    """The table and the sentences; an error at the end when a run failed."""
    if as_json:
        echo_json(result.to_dict())
    else:
        _print_results(result)
        click.echo(f"report: {run.out / 'study.html'}")
    raise_for_failures(run, result)


def _table_of_sizes(sizes: SizesResult, metric: str) -> Any:
    table = plain_table("Renders alone, by their number", ("renders", "seeds", metric))
    for row in sizes.points:
        table.add_row(f"{row.synthetic:,}", str(row.score.seeds), score_text(row.score))
    return table


def _table_of_ablation(ablation: AblationResult, metric: str) -> Any:
    """What each randomiser brings: with it minus without it."""
    whole = f"{ablation.images:,} renders with all of them: {metric} {score_text(ablation.everything)}"
    table = plain_table(f"What randomising brings; {whole}", ("randomiser", "seeds", f"{metric} it brings [95%]"))
    for row in ablation.rows:
        table.add_row(row.name, _seeds_of(row.gain), score_text(row.gain))
    return table


def _table_of_variations(variations: VariationsResult, metric: str) -> Any:
    """What each choice changes against the study's own."""
    columns = ("choice", "regime", "seeds", f"{metric} [95%]", "change [95%]", "verdict")
    table = plain_table("Other choices, one at a time", columns)
    for row in variations.rows:
        scores = (score_text(row.score), score_text(row.gain))
        table.add_row(row.name, row.regime, _seeds_of(row.gain), *scores, row.verdict or "not measured")
    return table


def _table_of_regimes(result: StudyResult) -> Any:
    setup = result.setup
    where = f"{setup.real_eval}, {setup.real_eval.images:,} photographs"
    columns = ("regime", "photographs", "%", "renders", "steps", "seeds", f"{setup.metric} [95%]", "spread")
    table = plain_table(where, columns)
    for row in result.table:
        share = "" if row.fraction is None else f"{row.fraction:g}"
        steps = "+".join(str(one) for one in row.steps) or "-"
        counts = (f"{row.real:,}", share, f"{row.synthetic:,}", steps, _seeds_of(row.score))
        spread = row.score.spread if row.score else None
        table.add_row(row.regime, *counts, score_text(row.score), number_text(spread))
    return table


def _seeds_of(score: Estimate | None) -> str:
    return "0" if score is None else str(score.seeds)


def _print_results(result: StudyResult) -> None:
    metric = result.setup.metric
    if result.table:
        data_console().print(_table_of_regimes(result))
    if result.sizes:
        data_console().print(_table_of_sizes(result.sizes, f"{metric} [95%]"))
    if result.ablation:
        data_console().print(_table_of_ablation(result.ablation, metric))
    if result.variations:
        data_console().print(_table_of_variations(result.variations, metric))
    for sentence in result.sentences:
        click.echo(sentence)
    for one in result.not_measured:
        click.echo(f"not measured: {one.what} ({one.why})", err=True)
