"""Find out what the renders are worth: train with photographs, with renders and with both."""

from __future__ import annotations

from pathlib import Path

from synthvis.errors import RealDataError
from synthvis.pipeline.pipeline_run import PipelineRun
from synthvis.report.study_page import PAGE_NAME, write_study_page
from synthvis.study.ablation import factor_named
from synthvis.study.jobs import Job, data_of
from synthvis.study.plan import StudyConfig, plan_study
from synthvis.study.regimes import RESULTS_NAME
from synthvis.study.sets import read_sets
from synthvis.study.study_result import StudyResult
from synthvis.study.study_run import StudyCallbacks, StudyRun
from synthvis.train.sets import resolve_splits

__all__ = ["study"]


def study(run: PipelineRun) -> str:
    """Says how many trainings there were, or why nothing was measured."""
    asked, config = run.pipeline.study, run.study
    if asked is None or config is None:
        return "not asked for"
    name = asked.real or next((one.partition(":")[0] for one in run.real), "")
    if not name:
        return "not measured: no real set is here"
    try:
        sets = read_sets(str(run.dataset), name, task=config.training.task, needs_real=config.needs_real)
    except RealDataError as error:
        return f"not measured: {error.what}"
    out = run.study_dir((sets.real or sets.real_eval).name)
    study_run = StudyRun(
        plan=plan_study(config, sets),
        out=out,
        synth=run.dataset,
        factors=[factor_named(one) for one in asked.ablate],
        images=asked.ablate_images,
        callbacks=_callbacks(run, out),
    )
    adopted = study_run.adopt(run.run_dir, _own_training(run, config))
    left = study_run.left
    if not left and not study_run.factors and (out / RESULTS_NAME).is_file() and (out / PAGE_NAME).is_file():
        return f"up to date: {len(study_run.jobs)} trainings in {out}"
    return _message(study_run.run(), len(left) - len(adopted), len(adopted), out)


def _own_training(run: PipelineRun, config: StudyConfig) -> Job:
    """The pipeline's own training as a job, to be recognised where the study would do the same."""
    data, _, _ = resolve_splits(str(run.dataset), (), classes=run.classes, task=run.config.task)
    return Job(
        name="run", config=run.config, data=data_of(data, real=0, synthetic=len(data.images)), weights=config.weights
    )


def _callbacks(run: PipelineRun, out: Path) -> StudyCallbacks:
    return StudyCallbacks(
        say=lambda text: run.callbacks.say(f"      {text}"),
        display=lambda job, run_dir: run.callbacks.training(job.config, run_dir),
        rendering=run.callbacks.rendering,
        on_results=lambda result: _write_page(result, out),
    )


def _write_page(result: StudyResult, out: Path) -> None:
    write_study_page(result, out)


def _message(result: StudyResult, trained: int, adopted: int, out: Path) -> str:
    text = f"{trained} trainings, {adopted} taken over from this run" if adopted else f"{trained} trainings"
    if result.failed:
        text += f"; {len(result.failed)} failed ({result.failed[0].why}), the same command tries them again"
    return f"{text}, in {out}"
