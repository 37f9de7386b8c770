"""Caching, failures and going on after a kill, with a trainer that only writes files."""

from __future__ import annotations

import json
from pathlib import Path

import made_up_study as made_up
import pytest

from synthvis.study.plan import StudyConfig, StudyPlan, plan_study
from synthvis.study.runner import JobCallbacks, adopt, finished, run_jobs
from synthvis.study.times import measured_times
from synthvis.train.config import TrainConfig

SETS = made_up.made_sets()
CONFIG = TrainConfig(steps=100, batch=2, device="cpu")
SCORE = 0.4


def plan_of(**changes: object) -> StudyPlan:
    values = {
        "training": CONFIG,
        "fractions": (10, 100),
        "seeds": (0,),
        "regimes": ("real", "synthetic+real"),
        **changes,
    }
    return plan_study(StudyConfig(**values), SETS)


def trainer(**changes: object) -> made_up.FakeTrainer:
    return made_up.FakeTrainer(SETS, lambda job: SCORE, **changes)


def test_what_is_finished_is_not_done_again(tmp_path: Path) -> None:
    plan, first, second = plan_of(), trainer(), trainer()
    states = [one.state for one in run_jobs(plan.jobs, first, tmp_path, "sets")]
    assert states == ["done"] * 5
    assert first.trained == first.measured == [job.name for job in plan.jobs]
    again = run_jobs(plan.jobs, second, tmp_path, "sets")
    assert [one.state for one in again] == ["cached"] * 5
    assert second.trained == second.measured == []


def test_other_test_images_are_measured_without_training_again(tmp_path: Path) -> None:
    plan = plan_of()
    run_jobs(plan.jobs, trainer(), tmp_path, "sets")
    second = trainer()
    run_jobs(plan.jobs, second, tmp_path, "other sets")
    assert second.trained == []
    assert len(second.measured) == 5


def test_other_settings_are_other_runs_beside_the_old_ones(tmp_path: Path) -> None:
    run_jobs(plan_of().jobs, trainer(), tmp_path, "sets")
    other, second = plan_of(training=CONFIG.model_copy(update={"steps": 60})), trainer()
    run_jobs(other.jobs, second, tmp_path, "sets")
    assert len(second.trained) == 5
    assert all(finished(job, tmp_path, "sets") for job in (*plan_of().jobs, *other.jobs))


@pytest.mark.parametrize("kill_at", range(5))
def test_a_killed_study_goes_on_and_repeats_nothing(tmp_path: Path, kill_at: int) -> None:
    plan, killed, after = plan_of(), trainer(kill_at=kill_at), trainer()
    with pytest.raises(KeyboardInterrupt):
        run_jobs(plan.jobs, killed, tmp_path, "sets")
    halves = list((tmp_path / "runs").glob("*/last.pt"))
    assert len(halves) == 1
    states = [one.state for one in run_jobs(plan.jobs, after, tmp_path, "sets")]
    assert states == ["cached"] * kill_at + ["done"] * (5 - kill_at)
    assert killed.trained + after.trained == [job.name for job in plan.jobs]
    # The folder of the half-finished run is the one that was gone on with, where the trainer finds its state.
    assert (halves[0].parent / "weights").is_file()


def test_a_kill_between_training_and_measuring_measures_only(tmp_path: Path) -> None:
    class Killed(made_up.FakeTrainer):
        def measure(self, job: object, run_dir: Path) -> dict[str, str]:
            raise KeyboardInterrupt

    plan, after = plan_of(), trainer()
    with pytest.raises(KeyboardInterrupt):
        run_jobs(plan.jobs, Killed(SETS, lambda job: SCORE), tmp_path, "sets")
    run_jobs(plan.jobs, after, tmp_path, "sets")
    assert after.trained == [job.name for job in plan.jobs[1:]]
    assert after.measured == [job.name for job in plan.jobs]


def test_a_failed_run_is_told_and_the_others_go_on(tmp_path: Path) -> None:
    plan, heard = plan_of(), []
    job_results = run_jobs(plan.jobs, trainer(fails="real-10-"), tmp_path, "sets", JobCallbacks(on_end=heard.append))
    assert {one.job.name: (one.state, one.error) for one in job_results if one.error} == {
        "real-10-seed0": ("failed", "RuntimeError: out of memory")
    }
    assert [one.state for one in job_results].count("done") == 4
    assert heard == job_results
    mended = trainer()
    run_jobs(plan.jobs, mended, tmp_path, "sets")
    assert mended.trained == ["real-10-seed0"]


def test_what_begins_from_a_failed_run_is_not_tried(tmp_path: Path) -> None:
    job_results = run_jobs(plan_of().jobs, trainer(fails="pretrain"), tmp_path, "sets")
    states = {one.job.name: one.state for one in job_results}
    assert states == {
        "pretrain-seed0": "failed",
        "real-10-seed0": "done",
        "real-100-seed0": "done",
        "synthetic-real-10-seed0": "skipped",
        "synthetic-real-100-seed0": "skipped",
    }
    assert "pretrain-seed0 failed" in next(one.error for one in job_results if one.state == "skipped")


def test_a_full_disk_stops_everything(tmp_path: Path) -> None:
    class Full(made_up.FakeTrainer):
        def train(self, job: object, run_dir: Path, init_dir: Path | None) -> float:
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        run_jobs(plan_of().jobs, Full(SETS, lambda job: SCORE), tmp_path, "sets")


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"key": "other", "trained": true}', '{"no": 1}'])
def test_a_damaged_mark_is_no_mark(tmp_path: Path, damage: str) -> None:
    plan = plan_of()
    run_jobs(plan.jobs, trainer(), tmp_path, "sets")
    (tmp_path / "runs" / plan.jobs[0].folder / "job.json").write_text(damage)
    after = trainer()
    run_jobs(plan.jobs, after, tmp_path, "sets")
    assert after.trained == [plan.jobs[0].name]


def test_a_lost_evaluation_is_made_again(tmp_path: Path) -> None:
    plan = plan_of()
    run_jobs(plan.jobs, trainer(), tmp_path, "sets")
    (tmp_path / "runs" / plan.jobs[2].folder / "eval_real.json").unlink()
    after = trainer()
    run_jobs(plan.jobs, after, tmp_path, "sets")
    assert (after.trained, after.measured) == ([], [plan.jobs[2].name])


def test_shards_put_together_are_the_whole(tmp_path: Path) -> None:
    plan = plan_of(seeds=(0, 1))
    for number in (1, 2):
        run_jobs(plan.shard(number, 2), trainer(), tmp_path, "sets")
    whole = trainer()
    assert {one.state for one in run_jobs(plan.jobs, whole, tmp_path, "sets")} == {"cached"}


def test_the_estimate_is_made_of_earlier_runs_of_the_same_network(tmp_path: Path) -> None:
    plan = plan_of()
    assert measured_times(tmp_path, plan.jobs[0]).minutes([60]) is None
    run_jobs(plan.jobs, trainer(), tmp_path, "sets")
    for path, measure_s in zip(sorted((tmp_path / "runs").glob("*/job.json")), (1, 2, 3, 4, 50), strict=True):
        path.write_text(json.dumps({**json.loads(path.read_text()), "measure_s": measure_s}))
    times = measured_times(tmp_path, plan.jobs[0])
    assert (times.step_s, times.measure_s, times.source) == (0.5, 3, "5 earlier runs")
    # Two trainings: 180 steps of half a second and two measurements of three.
    assert times.minutes([60, 120]) == pytest.approx((90 + 6) / 60)
    larger = plan_of(training=CONFIG.model_copy(update={"batch": 8}))
    assert measured_times(tmp_path, larger.jobs[0]).step_s is None


def test_a_training_that_is_there_is_taken_over_and_only_measured(tmp_path: Path) -> None:
    plan, out, run = plan_of(regimes=("synthetic",)), tmp_path / "study", tmp_path / "run"
    (job,) = plan.jobs
    run.mkdir()
    (run / "best.safetensors").write_bytes(b"weights")
    assert not adopt(job, run, out), "weights without the file that says what they are for"
    (run / "best.json").write_text("{}")
    assert adopt(job, run, out)
    assert (out / "runs" / job.folder / "best.safetensors").read_bytes() == b"weights"
    assert not finished(job, out, "sets")
    first = trainer()
    assert [one.state for one in run_jobs(plan.jobs, first, out, "sets")] == ["done"]
    assert (first.trained, first.measured) == ([], [job.name])
    assert not adopt(job, run, out), "it is there"
