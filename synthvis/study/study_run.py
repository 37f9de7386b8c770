"""A whole study: render what ablations need, train what is not trained, write the results after every run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthvis.dataset.layout import write_json_atomic
from synthvis.dataset.output import STUDY, reserve_folder
from synthvis.errors import SynthvisError
from synthvis.metrics.missing import typed_path
from synthvis.render.needs import need_blender
from synthvis.study.ablation import Factor, shown_overrides
from synthvis.study.arithmetic import StudyArithmetic, StudyArithmeticFile, arithmetic_of_run, choose_for
from synthvis.study.commands import study_words
from synthvis.study.forecast import PlannedRender, PlannedTraining, StudyForecast
from synthvis.study.jobs import Job
from synthvis.study.plan import StudyPlan, ablation_trials, plan_study
from synthvis.study.regimes import RESULTS_NAME
from synthvis.study.rendering import (
    EVERYTHING,
    Ablated,
    ablated_sets,
    absent_factors,
    data_after_render,
    is_rendered,
    render_ablated,
)
from synthvis.study.results import AblationFacts, study_results
from synthvis.study.runner import JobCallbacks, JobResult, adopt, finished, run_jobs
from synthvis.study.study_result import StudyResult
from synthvis.study.times import Times, measured_times
from synthvis.study.training import Display, InProcess, digest_of_sets
from synthvis.train.config import STEPS_WORTH_TIMING
from synthvis.ui.progress import duration_text

if TYPE_CHECKING:
    from synthvis.render.progress import RenderProgress

__all__ = ["StudyCallbacks", "StudyRun"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyCallbacks:
    """Who is told how a study goes.

    Attributes:
        say: Takes a line of talk.
        display: Shows the steps of a training; None: nothing does.
        rendering: Shows a render.
        on_results: Takes the results so far, whenever study.json is written.
    """

    say: Callable[[str], None] = lambda text: None
    display: Display | None = None
    rendering: Callable[[RenderProgress], AbstractContextManager[Any]] = lambda progress: nullcontext()
    on_results: Callable[[StudyResult], None] = lambda result: None


@dataclass(slots=True, kw_only=True)
class StudyRun:
    """One study on its way.

    Of an ablation a shard renders every n-th set and trains on those that it has rendered; the other trainings go by
    `StudyPlan.shard`.

    Attributes:
        plan: What is to be found out.
        out: Folder of the study.
        synth: The rendered dataset in question.
        shard: Do the i-th of n parts, counted from 1.
        factors: Randomisers to switch off.
        images: Renders of each ablation; None: as many as the dataset has.
        callbacks: Who is told.
        command: Words behind "synthvis" that were typed; empty: made up from the plan.
    """

    plan: StudyPlan
    out: Path
    synth: Path
    shard: tuple[int, int] = (1, 1)
    factors: Sequence[Factor] = ()
    images: int | None = None
    callbacks: StudyCallbacks = field(default_factory=StudyCallbacks)
    command: tuple[str, ...] = ()
    ablated: tuple[Ablated, ...] = field(init=False)
    jobs: tuple[Job, ...] = field(init=False)
    failed: dict[str, str] = field(init=False, default_factory=dict)
    """Reason for each set that could not be rendered."""
    digest: str = field(init=False)
    job_results: list[JobResult] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        every = ablated_sets(self.synth, self.factors, self.images, self.out) if self.factors else ()
        self.ablated = every[self.shard[0] - 1 :: self.shard[1]]
        self.jobs = self.plan.shard(*self.shard)
        self.digest = digest_of_sets(self.plan.sets)

    @property
    def left(self) -> list[Job]:
        """Trainings that are not finished."""
        return [job for job in self.jobs if not finished(job, self.out, self.digest)]

    def adopt(self, run_dir: Path, like: Job) -> list[str]:
        """Take over a training that is there in place of those of the study that are the same.

        Args:
            run_dir: Folder of a finished run.
            like: The job that would have made it.

        Returns:
            Names of the trainings that need not be done.
        """
        same = [job for job in self.jobs if job.key == like.key]
        if same and like.config.precision == "auto" and not self._takes_arithmetic_of(run_dir):
            return []
        return [job.name for job in same if adopt(job, run_dir, self.out)]

    def run(self) -> StudyResult:
        """Do all that is left; returns what was found, as it is in study.json."""
        reserve_folder(self.out, STUDY)
        self._add_ablations([one for one in self.ablated if self._render(one)])
        trainer = InProcess(self.plan.sets, self.callbacks.display, self._arithmetic)
        run_jobs(self.jobs, trainer, self.out, self.digest, JobCallbacks(on_start=self._on_start, on_end=self._on_end))
        return self._write()

    def forecast(self) -> StudyForecast:
        """What would be done, and for how long."""
        there = [one for one in self.ablated if is_rendered(one)]
        self._add_ablations(there)
        to_render = [one for one in self.ablated if one not in there]
        left = self.left
        later = len(to_render) * len(self.plan.config.seeds)
        minutes, source = self._minutes(left, later)
        return StudyForecast(
            out=str(self.out),
            classes=self.plan.sets.classes,
            runs=tuple(PlannedTraining.of(job, done=job not in left) for job in self.jobs),
            runs_left=len(left),
            renders=tuple(
                PlannedRender(set=one.name, images=one.images, keys=shown_overrides(one.overrides)) for one in to_render
            ),
            trainings_after_renders=later,
            minutes_of_training=None if minutes is None else round(minutes, 1),
            measured_on=source,
        )

    def _add_ablations(self, rendered: Sequence[Ablated]) -> None:
        data = {one.name: data_after_render(one, self.plan.sets) for one in rendered}
        self.plan = plan_study(self.plan.config, self.plan.sets, ablation_trials(self.plan.config, data))
        known = {job.key for job in self.jobs}
        added = [trial.job for trial in self.plan.trials if trial.part == "ablation" and trial.job]
        self.jobs = (*self.jobs, *(job for job in added if job.key not in known))

    def _render(self, one: Ablated) -> bool:
        """Render a set; False where that failed, with the reason kept."""
        self.callbacks.say(f"rendering {one.name}: {one.images:,} images into {one.root}")
        try:
            need_blender()
            render_ablated(one, self.callbacks.rendering, self.callbacks.say)
        except SynthvisError as error:
            self.callbacks.say(f"  failed: {error.what}")
            self.failed[one.name] = error.what.splitlines()[0]
        return one.name not in self.failed

    def _arithmetic(self, job: Job) -> StudyArithmetic:
        # Shards may run on machines that do not see each other's folders, and have to agree without a word.
        timing = self.shard[1] == 1 and sum(one.config.steps for one in self.left) >= STEPS_WORTH_TIMING
        file = StudyArithmeticFile(self.out)
        return file.settle(lambda: choose_for(job, timing=timing, say=self.callbacks.say))

    def _takes_arithmetic_of(self, run_dir: Path) -> bool:
        """Whether the study computes as a finished run did; before its first training it then does from now on."""
        there = arithmetic_of_run(run_dir)
        if there is None:
            return False
        return StudyArithmeticFile(self.out).settle(lambda: there).precision == there.precision

    def _on_start(self, job: Job, number: int, total: int) -> None:
        minutes = measured_times(self.out, job).minutes([one.config.steps for one in self.left])
        to_go = "" if minutes is None else f"; about {duration_text(60 * minutes)} to go"
        self.callbacks.say(f"[{number}/{total}] {job.name}: {job.config.steps} steps{to_go}")

    def _on_end(self, result: JobResult) -> None:
        self.job_results.append(result)
        if result.error:
            self.callbacks.say(f"  {result.job.name} {result.state}: {result.error}")
        if result.state != "cached":
            self._write()

    def _write(self) -> StudyResult:
        command = self.command or study_words(self.plan, typed_path(self.synth))
        result = study_results(self.plan, self.out, self.digest, self.job_results, self._ablation_facts(), command)
        write_json_atomic(self.out / RESULTS_NAME, result.to_dict())
        self.callbacks.on_results(result)
        return result

    def _ablation_facts(self) -> AblationFacts | None:
        if not self.factors:
            return None
        present = {one.name: one for one in self.ablated if one.name != EVERYTHING}
        return AblationFacts(
            overrides={name: shown_overrides(one.overrides) for name, one in present.items()},
            effects={one.name: one.effect for one in self.factors if one.name in present},
            remains={one.name: one.remains for one in self.factors},
            absent=absent_factors(self.synth, self.factors),
            failed=self.failed,
            images=next((one.images for one in self.ablated), 0),
        )

    def _minutes(self, left: Sequence[Job], later: int) -> tuple[float | None, str]:
        if not left and not later:
            return 0.0, "nothing left"
        like = next((job for job in (*left, *self.jobs) if job.init is None), None)
        if like is None:
            return None, ""
        times = measured_times(self.out, like)
        if times.step_s is None and left:
            step_s = InProcess(self.plan.sets).time_steps(like)
            times = Times(step_s=step_s or None, measure_s=None, source="steps just now; measuring comes on top")
        steps = [*(job.config.steps for job in left), *[self.plan.config.training.steps] * later]
        return times.minutes(steps), times.source
