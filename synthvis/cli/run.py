"""`synthvis run`: a whole pipeline from one file."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from synthvis.cli.shared.messages import say
from synthvis.cli.shared.options import dry_run_option, echo_json, json_option

if TYPE_CHECKING:
    from synthvis.api.pipelines import PipelineResult
    from synthvis.pipeline.callbacks import Callbacks
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
    "--set", "overrides", multiple=True, metavar="KEY=VALUE",
    help="Change a value of the pipeline, such as train.steps=60; repeatable.",
)  # fmt: skip
@dry_run_option
@json_option
def command(pipeline: str, overrides: tuple[str, ...], dry_run: bool, as_json: bool) -> None:
    """Run a whole PIPELINE: render, check, train, evaluate, report.

    PIPELINE is a YAML file, or the name of a shipped pipeline. Its sections gap and study add a comparison of the
    renders with the photographs, and a measurement of what the renders are worth. Steps that are done and up to date
    are skipped: run the same command again to resume. A real set that is not on this machine is reported as not
    measured.
    """
    from synthvis.api.pipelines import PipelineDraft, finish
    from synthvis.cli.shared.torch_start import start_torch

    draft = PipelineDraft.read(pipeline, overrides)
    start_torch()
    run = draft.prepare(_callbacks(quiet=as_json))
    if dry_run:
        from synthvis.pipeline.run import planned_steps

        _show_plan(planned_steps(run), as_json=as_json)
        return
    try:
        result = finish(run)
    except KeyboardInterrupt:
        words = ["synthvis", "run", pipeline, *(word for one in overrides for word in ("--set", one))]
        run.callbacks.say(f"stopped; everything finished is kept. To resume:\n  {shlex.join(words)}")
        raise
    _show_result(result, as_json=as_json)


def _callbacks(*, quiet: bool) -> Callbacks:
    from synthvis.pipeline.callbacks import Callbacks
    from synthvis.ui.progress import ProgressDisplay

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


def _show_plan(steps: dict[str, str], *, as_json: bool) -> None:
    if as_json:
        echo_json({**steps, "dry_run": True})
        return
    for name, message in steps.items():
        click.echo(f"{name:<9} {message}")


def _show_result(result: PipelineResult, *, as_json: bool) -> None:
    if as_json:
        echo_json(result.to_dict())
        return
    from synthvis.ui.tables import print_gap

    print_gap(result.gap)
    click.echo(f"report: {result.report}")
    say(f"{result.name} took {result.seconds:.0f} s")
