"""Find out what the renders are worth: train with photographs, with renders and with both."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from synthvis.errors import RealDataError
from synthvis.pipeline.work import Work
from synthvis.report.study_page import PAGE_NAME, write_study_page
from synthvis.study.ablation import factor_named
from synthvis.study.arms import RESULTS_NAME
from synthvis.study.jobs import Job, data_of
from synthvis.study.plan import Wish, plan_study
from synthvis.study.sets import read_sets
from synthvis.study.work import StudyHooks, StudyWork
from synthvis.train.sets import resolve_splits

__all__ = ["study"]


def study(work: Work) -> str:
    """Says how many trainings there were, or why nothing was measured."""
    asked, wish = work.pipeline.study, work.wish
    if asked is None or wish is None:
        return "not asked for"
    name = asked.real or next((one.partition(":")[0] for one in work.real), "")
    if not name:
        return "not measured: no real set is here"
    try:
        sets = read_sets(str(work.dataset), name, task=wish.config.task, needs_real=wish.needs_real)
    except RealDataError as error:
        return f"not measured: {error.what}"
    out = work.study_dir((sets.real or sets.real_eval).name)
    jobs = StudyWork(
        plan=plan_study(wish, sets),
        out=out,
        synth=work.dataset,
        factors=[factor_named(one) for one in asked.ablate],
        images=asked.ablate_images,
        hooks=_hooks(work, out),
    )
    adopted = jobs.adopt(work.run_dir, _own_training(work, wish))
    left = jobs.left
    if not left and not jobs.factors and (out / RESULTS_NAME).is_file() and (out / PAGE_NAME).is_file():
        return f"up to date: {len(jobs.jobs)} trainings in {out}"
    return _said(jobs.go(), len(left) - len(adopted), len(adopted), out)


def _own_training(work: Work, wish: Wish) -> Job:
    """The pipeline's own training as a job, to be recognised where the study would do the same."""
    data, _, _ = resolve_splits(str(work.dataset), (), classes=work.classes, task=work.config.task)
    return Job(
        name="run", config=work.config, data=data_of(data, real=0, synthetic=len(data.images)), weights=wish.weights
    )


def _hooks(work: Work, out: Path) -> StudyHooks:
    return StudyHooks(
        say=lambda text: work.watch.say(f"      {text}"),
        display=lambda job, run_dir: work.watch.training(job.config, run_dir),
        rendering=work.watch.rendering,
        on_results=lambda content: _write_page(content, out),
    )


def _write_page(content: dict[str, Any], out: Path) -> None:
    write_study_page(content, out)


def _said(content: dict[str, Any], trained: int, adopted: int, out: Path) -> str:
    failed = [row for row in content["runs"] if row["state"] == "failed"]
    said = f"{trained} trainings, {adopted} taken over from this run" if adopted else f"{trained} trainings"
    if failed:
        said += f"; {len(failed)} failed ({failed[0]['why']}), the same command tries them again"
    return f"{said}, in {out}"
