"""`synthvis predict` and `Run.predict`: what is said, written, refused, and left to the exit code."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

import torch
from click.testing import CliRunner, Result
from coloured_squares import COLOURS, write_pictures
from made_up_run import evaluation

import synthvis as sv
from synthvis.cli import cli
from synthvis.evaluation.run_folder import write_evaluation
from synthvis.metrics.operating_point import OperatingPoint
from synthvis.metrics.picture_predictions import DetectedObjects
from synthvis.metrics.training_facts import TrainingFacts
from synthvis.train.config import ModelConfig
from synthvis.train.engine.checkpoint import save_trained
from synthvis.train.registry import task_named

pytestmark = pytest.mark.train


@pytest.fixture(scope="module")
def run_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of a detector that has learnt nothing, and the evaluation that says from which score on to keep objects."""
    folder = tmp_path_factory.mktemp("runs") / "squares"
    model, facts = ModelConfig(input_size=64, head_channels=32, head_convs=1), TrainingFacts(dataset="squares")
    torch.manual_seed(0)
    weights = task_named("detection").build(model, tuple(COLOURS), pretrained=False).state_dict()
    save_trained(
        folder / "best.safetensors", weights, task="detection", model=model, classes=tuple(COLOURS), facts=facts
    )
    point = OperatingPoint(score=0.0, f1=0.5, precision=0.5, recall=0.5)
    made = evaluation("squares", "synthetic", 0.5, tuple(COLOURS))
    write_evaluation(folder, replace(made, training=facts, operating_point=point), [])
    return folder


@pytest.fixture
def photos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_pictures(tmp_path / "photos", 3)
    return Path("photos")


def invoke(*words: object) -> Result:
    return CliRunner().invoke(cli, ["predict", *map(str, words)])


def test_results_lie_where_it_says(run_dir: Path, photos: Path) -> None:
    done = invoke(run_dir, photos, "--json")
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert said["out"] == "predictions/photos" and (said["pictures"], said["failed"]) == (3, [])
    assert (said["score"], said["score_from"]) == (0.0, "best F1 (0.50) on squares:val, 96 synthetic images")
    found = sv.Predictions.open(said["out"])
    assert sum(len(one.objects) for one in found) == said["objects"] > 0
    assert {one.drawn for one in found} == {f"drawn/{number}.jpg" for number in range(3)}
    for one in found:
        assert all(Path(said["out"], name).is_file() for name in (one.drawn or "",))
    again = invoke(run_dir, photos, "--json")
    assert json.loads(again.stdout)["already_there"] == 3
    changed = invoke(run_dir, photos, "--score", "1", "--no-draw")
    assert "--score and --no-draw changed, so everything is predicted anew" in changed.stderr
    assert "3 pictures" in changed.stderr and changed.stdout == "predictions/photos\n"
    assert json.loads(Path("predictions/photos/predictions.json").read_text()) == []
    assert not list(Path("predictions/photos/drawn").iterdir())


def test_a_dry_run_writes_nothing(run_dir: Path, photos: Path) -> None:
    done = invoke(run_dir, photos, "--dry-run", "--json")
    assert done.exit_code == 0 and json.loads(done.stdout)["inputs"] == 3
    assert "3 pictures -> predictions/photos" in done.stderr and not Path("predictions").exists()


def test_bad_files_are_in_a_table_and_in_the_exit_code(run_dir: Path, photos: Path) -> None:
    (photos / "bad [red].png").write_bytes(b"nothing")
    done = CliRunner().invoke(cli, ["predict", str(run_dir), str(photos)])
    assert isinstance(done.exception, sv.SomeInputsFailed) and done.exception.exit_code == 3
    assert "bad [red].png" in done.stderr and "7 bytes that are no image" in done.stderr
    assert "3 pictures" in done.stderr and done.stdout == "predictions/photos\n"


def test_from_python(run_dir: Path, photos: Path) -> None:
    run = sv.Run.open(run_dir)
    counted: list[tuple[int, int]] = []
    found = run.predict([photos / "0.png", photos / "1.png"], score=0.0, on_progress=lambda *two: counted.append(two))
    assert found.folder == Path("predictions/photos") and counted[-1] == (2, 2) and found.failed == ()
    predictor = run.predictor()
    says = predictor(np.full((90, 120, 3), 127, np.uint8))
    assert isinstance(says, DetectedObjects) and says.image_hw == (90, 120)
    with pytest.raises(sv.UsageError, match="no such test-time views"):
        run.predict(photos, tta="rotate")  # type: ignore[arg-type]
    with pytest.raises(sv.CheckpointError, match="no such run"):
        sv.Run("runs/none").predict(photos)


def test_what_makes_no_sense_is_refused(run_dir: Path, photos: Path) -> None:
    for words, said in (
        ((run_dir, "nowhere"), "is no file, folder, pattern"),
        ((run_dir, photos, "--out", photos), "not a folder of predictions"),
        ((run_dir, photos, "--boxes-from", run_dir), "finds its objects by itself"),
    ):
        done = invoke(*words)
        assert said in f"{done.exception} {done.output}", words
    assert not Path("predictions").exists() or not list(Path("predictions").glob("*/*.json"))
