"""The steps of a pipeline in order."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from synthvis.config.pipeline import Pipeline
from synthvis.pipeline.pipeline_run import PipelineRun
from synthvis.pipeline.real_sets import find_real_sets
from synthvis.pipeline.steps.check import check
from synthvis.pipeline.steps.evaluate import evaluate
from synthvis.pipeline.steps.gap import gap
from synthvis.pipeline.steps.render import plan_of, render
from synthvis.pipeline.steps.report import report
from synthvis.pipeline.steps.study import study
from synthvis.pipeline.steps.train import train
from synthvis.train.config import DEFAULT_TASK

__all__ = ["StepResult", "planned_steps", "run_steps", "steps_of"]

Step = Callable[[PipelineRun], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepResult:
    """A step that is done: what came of it, in words, and how long it took."""

    step: str
    message: str
    seconds: float


def steps_of(pipeline: Pipeline) -> dict[str, Step]:
    """The steps that a pipeline asks for, in order."""
    steps: dict[str, Step] = {"render": render, "check": check, "train": train, "evaluate": evaluate}
    steps |= {"gap": gap} if pipeline.gap is not None else {}
    steps |= {"study": study} if pipeline.study is not None else {}
    return {**steps, "report": report}


def run_steps(run: PipelineRun) -> list[StepResult]:
    """Do all steps; what is up to date is skipped, so the same call also resumes.

    Raises:
        SynthvisError: A step failed.
        KeyboardInterrupt: The user stopped it; everything finished is kept.
    """
    find_real_sets(run)
    steps, done = steps_of(run.pipeline), []
    for number, (name, step) in enumerate(steps.items(), start=1):
        run.callbacks.say(f"[{number}/{len(steps)}] {name}")
        started = time.monotonic()
        message = step(run)
        done.append(StepResult(step=name, message=message, seconds=round(time.monotonic() - started, 1)))
        run.callbacks.say(f"      {message} ({done[-1].seconds:.0f} s)")
    return done


def planned_steps(run: PipelineRun) -> dict[str, str]:
    """What each step would do, in words."""
    plan, config, pipeline = plan_of(run), run.config, run.pipeline
    task = "" if config.task == DEFAULT_TASK else f"{config.task}, "
    facts = {
        "render": f"{len(plan.missing):,} images to make, {len(plan.made):,} there, into {run.dataset}",
        "check": "every promise of the dataset",
        "train": f"{task}{config.steps} steps of {config.batch} images, {config.model.backbone}, into {run.run_dir}",
        "evaluate": ", ".join([f"{pipeline.name} (synthetic)", *(f"{name} (real)" for name in pipeline.eval_on)]),
        "gap": f"{pipeline.name} against {', '.join(pipeline.eval_on) or 'no real set'}",
        "study": _study_text(run),
        "report": str(run.run_dir / "report.html"),
    }
    return {"pipeline": pipeline.name, **{name: facts[name] for name in steps_of(pipeline)}}


def _study_text(run: PipelineRun) -> str:
    config = run.study
    if config is None:
        return ""
    shares = ", ".join(f"{one:g}%" for one in config.fractions)
    seeds = f"{len(config.seeds)} seed{'s' * (len(config.seeds) != 1)}"
    return f"{', '.join(config.regimes)}; {shares} of the photographs; {seeds}, {config.training.steps} steps each"
