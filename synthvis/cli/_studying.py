"""What `study` does between reading its options and printing its results."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from synthvis.cli._options import echo_json
from synthvis.cli._rendering import need_blender
from synthvis.cli._training import TrainingDisplay
from synthvis.dataset.layout import write_json_atomic
from synthvis.errors import SynthvisError
from synthvis.study.ablation import Factor, overrides_said
from synthvis.study.estimate import Times, measured_times
from synthvis.study.jobs import Job
from synthvis.study.plan import StudyPlan, ablation_cells, plan_study
from synthvis.study.rendering import (
    EVERYTHING,
    Ablated,
    ablated_sets,
    absent_factors,
    data_after_render,
    is_rendered,
    render_ablated,
)
from synthvis.study.results import RESULTS_NAME, AblatedFacts, study_results
from synthvis.study.runner import Listener, Outcome, finished, run_jobs
from synthvis.study.training import InProcess, digest_of_sets
from synthvis.study.wording import interval_said
from synthvis.ui.console import data_console, talk_console
from synthvis.ui.progress import ProgressDisplay, duration_text
from synthvis.ui.tables import number_text, plain_table

__all__ = ["StudyWork"]


class StudyWork:
    """One study on its way.

    Of an ablation a shard renders every n-th set and trains on those that it has rendered; the other trainings go by
    `StudyPlan.shard`.
    """

    def __init__(
        self, plan: StudyPlan, out: Path, shard: tuple[int, int], synth: str, factors: Sequence[Factor],
        images: int | None, *, quiet: bool,
    ) -> None:  # fmt: skip
        self.plan, self.out, self.shard, self.quiet = plan, out, shard, quiet
        self.synth, self.factors = synth, factors
        every = ablated_sets(Path(synth), factors, images, out) if factors else ()
        self.ablated = every[shard[0] - 1 :: shard[1]]
        self.jobs = plan.shard(*shard)
        self.failed: dict[str, str] = {}
        self.outcomes: list[Outcome] = []
        self.digest = digest_of_sets(plan.sets)

    def say(self, text: str) -> None:
        """Talk on stderr."""
        if not self.quiet:
            talk_console().print(text, soft_wrap=True)

    def go(self) -> dict[str, Any]:
        """Render what ablations need, train what is not trained; results are written after every run."""
        self.out.mkdir(parents=True, exist_ok=True)
        self._add_ablations([one for one in self.ablated if self._render(one)])
        trainer = InProcess(self.plan.sets, None if self.quiet else _display)
        run_jobs(self.jobs, trainer, self.out, self.digest, Listener(on_start=self._on_start, on_end=self._on_end))
        return self._write()

    def _add_ablations(self, rendered: Sequence[Ablated]) -> None:
        data = {one.name: data_after_render(one, self.plan.sets) for one in rendered}
        self.plan = plan_study(self.plan.wish, self.plan.sets, ablation_cells(self.plan.wish, data))
        known = {job.key for job in self.jobs}
        added = [cell.job for cell in self.plan.cells if cell.part == "ablation" and cell.job]
        self.jobs = (*self.jobs, *(job for job in added if job.key not in known))

    def _render(self, one: Ablated) -> bool:
        """Render a set; False where that failed, with the reason kept."""
        self.say(f"rendering {one.name}: {one.images:,} images into {one.root}")
        try:
            need_blender()
            render_ablated(one, lambda progress: ProgressDisplay(progress.view, enabled=not self.quiet), self.say)
        except SynthvisError as error:
            self.say(f"  failed: {error.what}")
            self.failed[one.name] = error.what.splitlines()[0]
        return one.name not in self.failed

    def _on_start(self, job: Job, number: int, total: int) -> None:
        left = [one.config.steps for one in self.jobs if not finished(one, self.out, self.digest)]
        minutes = measured_times(self.out, job).minutes(left)
        to_go = "" if minutes is None else f"; about {duration_text(60 * minutes)} to go"
        self.say(f"[{number}/{total}] {job.name}: {job.config.steps} steps{to_go}")

    def _on_end(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        if outcome.error:
            self.say(f"  {outcome.job.name} {outcome.state}: {outcome.error}")
        if outcome.state != "cached":
            self._write()

    def _write(self) -> dict[str, Any]:
        # The page needs jinja2, which the other commands of this module's room do without.
        from synthvis.report.study_page import write_study_page

        content = study_results(self.plan, self.out, self.digest, self.outcomes, self._ablated_facts())
        write_json_atomic(self.out / RESULTS_NAME, content)
        write_study_page(content, self.out)
        return content

    def _ablated_facts(self) -> AblatedFacts | None:
        if not self.factors:
            return None
        present = {one.name: one for one in self.ablated if one.name != EVERYTHING}
        return AblatedFacts(
            overrides={name: overrides_said(one.overrides) for name, one in present.items()},
            said={one.name: one.said for one in self.factors if one.name in present},
            remains={one.name: one.remains for one in self.factors},
            absent=absent_factors(Path(self.synth), self.factors),
            failed=self.failed,
            images=next((one.images for one in self.ablated), 0),
        )

    def tell_plan(self) -> None:
        """What would be done, and for how long."""
        there = [one for one in self.ablated if is_rendered(one)]
        self._add_ablations(there)
        to_render = [one for one in self.ablated if one not in there]
        left = [job for job in self.jobs if not finished(job, self.out, self.digest)]
        later = len(to_render) * len(self.plan.wish.seeds)
        minutes, source = self._minutes(left, later)
        _echo_plan(
            {
                "out": str(self.out),
                "classes": list(self.plan.sets.classes),
                "runs": [{**_job_facts(job), "done": job not in left} for job in self.jobs],
                "runs_left": len(left),
                "renders": [
                    {"set": one.name, "images": one.images, "keys": list(overrides_said(one.overrides))}
                    for one in to_render
                ],
                "trainings_after_renders": later,
                "minutes_of_training": None if minutes is None else round(minutes, 1),
                "measured_on": source,
            },
            as_json=self.quiet,
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
        steps = [*(job.config.steps for job in left), *[self.plan.wish.config.steps] * later]
        return times.minutes(steps), times.source

    def tell_results(self, content: dict[str, Any]) -> None:
        """The table and the sentences; an error at the end when a run failed."""
        if self.quiet:
            echo_json(content)
        else:
            _print_results(content)
            click.echo(f"report: {self.out / 'study.html'}")
        bad = [row for row in content["runs"] if row["state"] == "failed"]
        if bad or self.failed:
            what = f"not rendered: {', '.join(self.failed)}"
            what = f"{len(bad)} of {len(content['runs'])} runs failed" if bad else what
            why = bad[0]["why"] if bad else next(iter(self.failed.values()))
            raise SynthvisError(f"{what}: {why}", hint="the same command tries what failed again and keeps the rest")


def _display(job: Job, run_dir: Path) -> Any:
    return TrainingDisplay(job.config, run_dir)


def _job_facts(job: Job) -> dict[str, Any]:
    start = job.init.folder if job.init else None
    return {"name": job.name, "key": job.key, "steps": job.config.steps, "from": start, "unit": job.unit}


def _echo_plan(facts: dict[str, Any], *, as_json: bool) -> None:
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


def _print_results(content: dict[str, Any]) -> None:
    study = content["study"]
    where = f"{study['real_eval']['name']}:{study['real_eval']['split']}, {study['real_eval']['images']:,} photographs"
    metric = f"{study['metric']} [95%]"
    table = plain_table(where, ("arm", "photographs", "%", "renders", "steps", "seeds", metric, "spread"))
    for row in content["table"]:
        share = "" if row["fraction"] is None else f"{row['fraction']:g}"
        steps = "+".join(str(one) for one in row["steps"]) or "-"
        counts = (f"{row['real']:,}", share, f"{row['synthetic']:,}", steps, str(row["seeds"]))
        table.add_row(row["arm"], *counts, interval_said(row), number_text(row["spread"]))
    if content["table"]:
        data_console().print(table)
    for sentence in content["sentences"]:
        click.echo(sentence)
    for hole in content["not_measured"]:
        click.echo(f"not measured: {hole['what']} ({hole['why']})", err=True)
