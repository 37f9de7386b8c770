"""Which trainings a study needs, and what decides whether two are the same."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import made_up_study as made_up
import pytest

from synthvis.errors import UsageError
from synthvis.study.jobs import data_of, split_digest
from synthvis.study.plan import StudyConfig, ablation_trials, plan_study, real_counts
from synthvis.train.config import ModelConfig, TrainConfig

CONFIG = TrainConfig(steps=100, batch=2, device="cpu")
SETS = made_up.made_sets()


def study_config(**changes: object) -> StudyConfig:
    return StudyConfig(**{"training": CONFIG, **changes})


def names(**changes: object) -> list[str]:
    return [job.name for job in plan_study(study_config(**changes), SETS).jobs]


def test_all_arms_of_two_seeds() -> None:
    """A seed: 4 real, 1 synthetic, 1 pretraining with 4 fine-tunings, 4 mixed."""
    plan = plan_study(study_config(), SETS)
    assert len(plan.jobs) == 2 * (4 + 1 + 1 + 4 + 4)
    assert len(plan.trials) == 2 * (4 + 1 + 4 + 4)
    counts = Counter((trial.regime, trial.real) for trial in plan.trials)
    assert counts == {
        (regime, real): 2 for regime in ("real", "synthetic+real", "mixed") for real in (1, 10, 50, 100)
    } | {("synthetic", 0): 2}
    seeds = [job.config.seed for job in plan.jobs]
    assert seeds == sorted(seeds), "a study that stops early has whole seeds"


def test_what_a_job_begins_from_comes_before_it() -> None:
    jobs = plan_study(study_config(), SETS).jobs
    place = {job.key: number for number, job in enumerate(jobs)}
    starts = [(place[job.key], place[job.init.key]) for job in jobs if job.init]
    assert len(starts) == 8
    assert all(first < later for later, first in starts)
    assert len({first for _, first in starts}) == 2, "pretrained once a seed"


def test_every_arm_takes_the_same_steps_in_all() -> None:
    totals = {sum(trial.job.steps) for trial in plan_study(study_config(), SETS).trials if trial.job}
    assert totals == {100}
    tuned = [job for job in plan_study(study_config(finetune_share=0.3), SETS).jobs if job.init]
    assert {job.steps for job in tuned} == {(70, 30)}


def test_a_budget_a_stage_fine_tunes_the_synthetic_run_itself() -> None:
    plan = plan_study(study_config(budget="stage", seeds=(0,), finetune_lr=1e-4), SETS)
    assert len(plan.jobs) == 4 + 1 + 4 + 4
    tuned = [job for job in plan.jobs if job.init]
    (synthetic,) = [job for job in plan.jobs if job.name == "synthetic-seed0"]
    assert {job.init.key for job in tuned if job.init} == {synthetic.key}
    assert {(job.steps, job.config.lr) for job in tuned} == {((100, 100), 1e-4)}


def test_photographs_are_nested_and_drawn_by_the_seed() -> None:
    plan = plan_study(study_config(regimes=("real",)), SETS)
    chosen = {
        (trial.seed, trial.real): {image.id for image in trial.job.data.split.images}
        for trial in plan.trials
        if trial.job
    }
    assert chosen[0, 1] < chosen[0, 10] < chosen[0, 50] < chosen[0, 100]
    assert chosen[0, 10] != chosen[1, 10]
    assert len(chosen[0, 10]) == 10


def test_fractions_of_few_photographs_are_at_least_one_and_each_once() -> None:
    assert real_counts((1, 10, 50, 100), 215) == {1: 2, 10: 22, 50: 108, 100: 215}
    assert real_counts((100, 1, 2, 50), 6) == {1: 1, 50: 3, 100: 6}


def test_a_mixed_job_has_both_and_its_share() -> None:
    plan = plan_study(study_config(regimes=("mixed",), fractions=(10,), seeds=(0,), real_share=0.25), SETS)
    (job,) = plan.jobs
    kinds = Counter(image.path.parent.name for image in job.data.split.images)
    assert kinds == {"renders": 60, "photos": 20}
    assert (job.data.real, job.data.synthetic) == (10, 60)


def test_photographs_without_labels_are_no_training() -> None:
    sets = made_up.made_sets(real=100, empty=99)
    plan = plan_study(study_config(fractions=(1, 100), seeds=(0, 1)), sets)
    lone = [trial for trial in plan.trials if trial.real == 1]
    assert {trial.regime for trial in lone if trial.job is None} == {"real", "synthetic+real"}
    assert all("hold nothing labelled" in trial.why for trial in lone if trial.job is None)
    assert all(trial.job for trial in lone if trial.regime == "mixed")


def test_sizes_are_nested_and_the_whole_set_is_the_synthetic_arm() -> None:
    plan = plan_study(study_config(regimes=("synthetic",), sizes=(10, 30, 60), seeds=(0,)), SETS)
    assert [job.name for job in plan.jobs] == ["synthetic-seed0", "synthetic-10-seed0", "synthetic-30-seed0"]
    by_size = {trial.synthetic: trial.job for trial in plan.trials if trial.part == "sizes"}
    assert by_size[60] is not None and by_size[60].key == plan.jobs[0].key
    ids = [{image.id for image in job.data.split.images} for job in plan.jobs]
    assert ids[1] < ids[2] < ids[0]


def test_ablations_are_trained_as_the_rest() -> None:
    data = {
        name: data_of(made_up.split_of(name, "synthetic", 60), real=0, synthetic=60) for name in ("everything", "x")
    }
    trials = ablation_trials(study_config(), data)
    plan = plan_study(study_config(regimes=()), SETS, trials)
    assert [job.name for job in plan.jobs] == [
        "everything-seed0", "without-x-seed0", "everything-seed1", "without-x-seed1"
    ]  # fmt: skip
    assert {job.steps for job in plan.jobs} == {(100,)}


def key_of(**changes: object) -> str:
    sets = changes.pop("sets", SETS)
    return (
        plan_study(study_config(**{"regimes": ("real",), "fractions": (100,), "seeds": (0,), **changes}), sets)
        .jobs[0]
        .key
    )


def test_the_key_follows_what_decides_the_outcome(tmp_path: Path) -> None:
    weights = tmp_path / "weights.pt"
    weights.write_bytes(b"one")
    keys = [
        key_of(),
        key_of(training=CONFIG.model_copy(update={"steps": 101})),
        key_of(training=CONFIG.model_copy(update={"model": ModelConfig(input_size=96)})),
        key_of(seeds=(1,)),
        key_of(weights=weights),
        key_of(sets=made_up.made_sets(real=99)),
    ]
    weights.write_bytes(b"two")
    keys.append(key_of(weights=weights))
    assert len(set(keys)) == len(keys)


def test_the_key_does_not_follow_what_only_changes_the_speed_or_the_place() -> None:
    assert key_of(training=CONFIG.model_copy(update={"workers": 3, "device": "auto"})) == key_of()
    elsewhere = made_up.split_of("photos", "real", 100)
    moved = replace(
        elsewhere, images=tuple(replace(one, path=Path("/mnt") / one.path.name) for one in elsewhere.images)
    )
    assert split_digest(moved) == split_digest(elsewhere)
    assert key_of(sets=replace(SETS, real=moved)) == key_of()


def test_the_key_follows_labels_and_files(tmp_path: Path) -> None:
    path = tmp_path / "1.jpg"
    path.write_bytes(b"12345")
    one = made_up.split_of("photos", "real", 1)
    there = replace(one, images=(replace(one.images[0], path=path),))
    before = split_digest(there)
    box = replace(one.images[0].objects[0], bbox_xywh_px=(1, 1, 9, 10))
    assert split_digest(replace(there, images=(replace(there.images[0], objects=(box,)),))) != before
    path.write_bytes(b"1234567")
    assert split_digest(there) != before


def test_a_later_stage_follows_the_first() -> None:
    plans = [plan_study(study_config(regimes=("synthetic+real",), finetune_share=share), SETS) for share in (0.5, 0.51)]
    first, second = ([job.key for job in plan.jobs if job.init] for plan in plans)
    assert not set(first) & set(second)


@pytest.mark.parametrize("count", [1, 2, 3, 50])
def test_shards_share_all_the_work_and_keep_chains_whole(count: int) -> None:
    plan = plan_study(study_config(), SETS)
    parts = [plan.shard(number, count) for number in range(1, count + 1)]
    assert Counter(job.key for part in parts for job in part) == Counter(job.key for job in plan.jobs)
    for part in parts:
        keys = {job.key for job in part}
        assert all(job.init.key in keys for job in part if job.init)
    loads = [sum(job.config.steps for job in part) for part in parts]
    if count <= 3:
        # No machine has more than the longest unit above its fair share: a pretraining with four fine-tunings.
        assert max(loads) <= sum(loads) / count + 50 + 4 * 50


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"regimes": ("reel",)}, "did you mean 'real'"),
        ({"seeds": ()}, "one or more"),
        ({"seeds": (1, 1)}, "different"),
        ({"seeds": (-1,)}, "numbers from 0 to"),
        ({"fractions": (0,)}, "per cent"),
        ({"fractions": (101,)}, "per cent"),
        ({"finetune_share": 1.0}, "between 0 and 1"),
        ({"finetune_lr": 0.0}, "above 0"),
        ({"training": CONFIG.model_copy(update={"steps": 1})}, "a step for each"),
    ],
)
def test_wishes_without_sense_are_refused(changes: dict, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        study_config(**changes)


def test_more_renders_than_there_are_is_refused() -> None:
    with pytest.raises(UsageError, match="it has 60"):
        plan_study(study_config(sizes=(61,)), SETS)
    with pytest.raises(UsageError, match="count from 1/n"):
        plan_study(study_config(), SETS).shard(3, 2)
    with pytest.raises(UsageError, match="share of 1 real"):
        plan_study(study_config(real_share=1.0), SETS)
