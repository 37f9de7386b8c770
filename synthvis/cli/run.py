"""`synthvis run`: a whole pipeline file, step by step."""

from __future__ import annotations

import shlex
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from synthvis.cli.shared.options import dry_run_option, echo_json, json_option

if TYPE_CHECKING:
    from collections.abc import Callable

    from synthvis.pipeline.callbacks import Callbacks
    from synthvis.pipeline.pipeline_run import PipelineRun
    from synthvis.pipeline.run import StepResult
    from synthvis.train.config import TrainConfig

__all__ = ["command"]

EPILOG = """\b
Examples:
  synthvis run pipelines/smoke.yaml
  synthvis run smoke --set render.n=40 --set train.steps=60
  synthvis run pipelines/smoke.yaml --dry-run
"""


@click.command("run", epilog=EPILOG)
@click.argument("pipeline")
@click.option(
    "--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Change a value of the pipeline; repeatable."
)
@dry_run_option
@json_option
def command(pipeline: str, overrides: tuple[str, ...], dry_run: bool, as_json: bool) -> None:
    """Run a whole PIPELINE file: render, check, train, evaluate, report.

    With the sections gap and study in it, the renders are compared with the photographs, and what they are worth is
    found out, before the report. What is done and up to date is skipped, so the same command also resumes. A real set
    that is not on this machine is reported as not measured.
    """
    from synthvis.cli.shared.torch_start import start_torch
    from synthvis.config.pipeline import load_pipeline
    from synthvis.dataset.output import PIPELINE, check_output_folder
    from synthvis.pipeline.pipeline_run import check_training, prepare

    loaded = load_pipeline(pipeline, overrides)
    check_output_folder(Path(loaded.out), PIPELINE)
    check_training(loaded)
    start_torch()
    from synthvis.pipeline.run import plan_facts, run_pipeline

    run = prepare(loaded, _callbacks(quiet=as_json))
    if dry_run:
        _tell_plan(plan_facts(run), as_json=as_json)
        return
    try:
        done = run_pipeline(run)
    except KeyboardInterrupt:
        words = ["synthvis", "run", pipeline, *(word for one in overrides for word in ("--set", one))]
        run.callbacks.say(f"stopped; everything finished is kept. To go on:\n  {shlex.join(words)}")
        raise
    _tell_result(run, done, as_json=as_json)


def _callbacks(*, quiet: bool) -> Callbacks:
    from synthvis.pipeline.callbacks import Callbacks
    from synthvis.ui.console import talk_console
    from synthvis.ui.progress import ProgressDisplay

    def say(text: str) -> None:
        talk_console().print(text, markup=False, highlight=False, soft_wrap=True)

    def stage(title: str, total: int) -> Callable[[int], None]:
        say(f"      {title}")
        return lambda done: None

    if quiet:
        return Callbacks(rendering=lambda progress: ProgressDisplay(progress.view, enabled=False))
    return Callbacks(
        say=say,
        rendering=lambda progress: ProgressDisplay(progress.view, enabled=True),
        training=_training,
        stage=stage,
    )


def _training(config: TrainConfig, run_dir: Path) -> AbstractContextManager[Any]:
    from synthvis.cli.shared.training_display import TrainingDisplay

    return TrainingDisplay(config, run_dir)


def _tell_plan(facts: dict[str, str], *, as_json: bool) -> None:
    if as_json:
        echo_json({**facts, "dry_run": True})
        return
    for name, message in facts.items():
        click.echo(f"{name:<9} {message}")


def _tell_result(run: PipelineRun, done: list[StepResult], *, as_json: bool) -> None:
    from synthvis.evaluation.gap_table import current_gap

    gap = current_gap(run.run_dir)
    total = sum(one.seconds for one in done)
    report = done[-1].message
    if as_json:
        places = {"dataset": str(run.dataset), "run": str(run.run_dir), "report": report}
        steps = [{"step": one.step, "message": one.message, "seconds": one.seconds} for one in done]
        echo_json({"pipeline": run.pipeline.name, **places, "seconds": total, "steps": steps, "gap": gap.to_dict()})
        return
    from synthvis.ui.tables import print_gap

    print_gap(gap)
    click.echo(f"report: {report}")
    run.callbacks.say(f"{run.pipeline.name} took {total:.0f} s")
