"""Other choices of a study: which trainings they need, and what is found where scores are made up."""

from __future__ import annotations

from pathlib import Path

import made_up_study as made_up
import numpy as np
import pytest

from synthvis.errors import UsageError
from synthvis.study.jobs import Job
from synthvis.study.plan import StudyConfig, StudyPlan, plan_study
from synthvis.study.results import study_results
from synthvis.study.runner import run_jobs
from synthvis.study.study_result import StudyResult, VariationRow
from synthvis.study.variations import Choice, Variation, choices_of
from synthvis.train.config import TrainConfig

SETS = made_up.made_sets()
CONFIG = TrainConfig(steps=100, batch=2, device="cpu")
OTHER = made_up.split_of("others", "synthetic", 30)


def varied(key: str, value: object, synthetic: object = SETS.synthetic, **changes: object) -> Variation:
    choice = Choice(key=key, text=str(value), value=value)
    return Variation(choice=choice, training=CONFIG.model_copy(update=changes), synthetic=synthetic)


LONGER, OTHERS = varied("steps", 400, steps=400), varied("data", "some/others", OTHER)


def made_plan(regimes: tuple[str, ...] = ("synthetic",), *variations: Variation) -> StudyPlan:
    return plan_study(StudyConfig(training=CONFIG, regimes=regimes, variations=variations, seeds=(0, 1, 2)), SETS)


def test_values_are_listed_once_and_read_as_yaml() -> None:
    found = choices_of(["steps=600, 1200", "ema=null", "steps=600", "input-size=320", "data=a/b,c"])
    assert [(one.name, one.value) for one in found] == [
        ("steps=600", 600),
        ("steps=1200", 1200),
        ("ema=null", None),
        ("input_size=320", 320),
        ("data=a/b", "a/b"),
        ("data=c", "c"),
    ]


@pytest.mark.parametrize("typed", ["steps", "steps=", "=3", "steps=1,,2", "seed=1,2", "workers=3", "task=depth"])
def test_what_cannot_be_varied_is_named(typed: str) -> None:
    with pytest.raises(UsageError, match="--vary"):
        choices_of([typed])


def test_each_choice_is_trained_in_each_regime_on_all_photographs() -> None:
    plan = made_plan(("real", "synthetic", "mixed"), LONGER, OTHERS)
    trials = [trial for trial in plan.trials if trial.part == "variations" and trial.seed == 0]
    assert [(one.variation, one.regime, one.real, one.synthetic) for one in trials] == [
        ("steps=400", "synthetic", 0, 60),
        ("steps=400", "real", 100, 0),
        ("steps=400", "mixed", 100, 60),
        # Other renders change nothing where none is trained on.
        ("data=some/others", "synthetic", 0, 30),
        ("data=some/others", "mixed", 100, 30),
    ]
    assert [trial.job.config.steps for trial in trials if trial.job] == [400, 400, 400, 100, 100]
    names = [job.name for job in made_plan(("synthetic",), LONGER, OTHERS).jobs]
    assert names[:3] == ["synthetic-seed0", "steps-400-synthetic-seed0", "data-others-synthetic-seed0"]
    assert len({job.folder for job in plan.jobs}) == len(plan.jobs)


def test_shards_part_the_choices() -> None:
    plan = made_plan(("synthetic",), LONGER, OTHERS)
    shards = [plan.shard(number, 3) for number in (1, 2, 3)]
    assert sorted(job.key for shard in shards for job in shard) == sorted(job.key for job in plan.jobs)
    # Three of 400 steps, one a machine.
    assert all(any(job.config.steps == 400 for job in shard) for shard in shards)


def score_of(job: Job) -> float:
    """0.3, the odd seed 0.01 more; longer brings 0.05, other renders cost 0.0001."""
    score = 0.3 + 0.01 * (job.config.seed % 2)
    return score + (0.05 if job.config.steps == 400 else 0.0) - (0.0001 if job.data.synthetic == 30 else 0.0)


def results(tmp_path: Path, plan: StudyPlan, fails: str = "") -> StudyResult:
    done = run_jobs(plan.jobs, made_up.FakeTrainer(SETS, score_of, fails=fails), tmp_path, "sets")
    return study_results(plan, tmp_path, "sets", done)


def test_changes_are_paired_over_images_and_seeds(tmp_path: Path) -> None:
    result = results(tmp_path, made_plan(("synthetic",), LONGER, OTHERS))
    assert result.variations is not None
    longer, others = result.variations.rows
    assert (longer.name, longer.verdict) == ("steps=400", "better")
    assert longer.gain and longer.gain.mean == pytest.approx(0.05)
    assert longer.score and longer.score.mean == pytest.approx(0.3 + 0.01 / 3 + 0.05)
    # What images and seeds have in common cancels: of the made-up draws 0.002 of its own is left to each run.
    assert longer.gain.low and 0.045 < longer.gain.low < 0.05
    assert others.verdict == "not told apart" and others.gain and others.gain.mean == pytest.approx(-0.0001)
    halves = [(row.gain.high - row.gain.low) / 2 for row in (longer, others)]
    assert result.variations.resolution == pytest.approx(np.mean(halves))
    text = " ".join(result.sentences)
    assert "AP on photographs gains from steps=400 (+0.050" in text and "no change: data=some/others." in text
    assert f"below about {result.variations.resolution:.3f}" in text
    assert not any("steps=400" in one.what for one in result.not_measured)


def test_of_an_error_less_is_better(tmp_path: Path) -> None:
    sets = made_up.made_sets()
    plan = made_plan(("synthetic",), LONGER)
    object.__setattr__(plan, "sets", sets.__class__(**{**vars_of(sets), "task": "depth", "metric": "AbsRel"}))
    trainer = made_up.FakeTrainer(plan.sets, score_of)
    result = study_results(plan, tmp_path, "sets", run_jobs(plan.jobs, trainer, tmp_path, "sets"))
    assert result.setup.lower_is_better and result.variations
    (row,) = result.variations.rows
    assert row.gain and row.gain.mean == pytest.approx(-0.05) and row.verdict == "worse"


def vars_of(sets: object) -> dict[str, object]:
    return {name: getattr(sets, name) for name in type(sets).__dataclass_fields__}


def test_a_training_that_failed_is_not_taken_for_no_change(tmp_path: Path) -> None:
    result = results(tmp_path, made_plan(("synthetic",), LONGER, OTHERS), fails="steps-400")
    assert result.variations is not None
    row: VariationRow = result.variations.rows[0]
    assert (row.score, row.gain, row.verdict) == (None, None, None)
    assert str(row) == "steps=400, synthetic: not measured"
    missing = next(one.what for one in result.not_measured if "steps=400" in one.what)
    assert missing.endswith("seed 0, steps=400")
    assert "steps=400" not in " ".join(result.sentences)
