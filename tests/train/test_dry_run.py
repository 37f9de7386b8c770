"""`train --dry-run` of every task: what would be trained, in the task's own words, and what would stop it at once."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

from click.testing import CliRunner

from synthvis.cli import main
from synthvis.cli.train.command import command
from synthvis.errors import DatasetError, UsageError
from synthvis.train import run as training_run
from synthvis.train.config import ModelConfig, TrainConfig
from synthvis.train.engine import training_job
from synthvis.train.engine.run_state import RunState
from synthvis.train.engine.training_job import TrainingJob, check_same_run, data_key, start_of
from synthvis.train.run import Request, prepared
from synthvis.train.sets import resolve_splits

sys.path.insert(0, str(Path(__file__).parent))
from made_up_maps import slabs, squares_with_masks

pytestmark = pytest.mark.train


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    masks, maps = tmp_path_factory.mktemp("masks"), tmp_path_factory.mktemp("maps")
    squares_with_masks(masks, 2)
    slabs(maps, 2)
    return dict.fromkeys(("detection", "classification", "instances", "semantic"), masks) | dict.fromkeys(
        ("depth", "normals"), maps
    )


def said(task: str, folder: Path, *words: str) -> dict[str, Any]:
    options = ["--task", task, "--data", str(folder), "--device", "cpu", "--dry-run", "--json", *words]
    result = CliRunner().invoke(command, options, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    plan: dict[str, Any] = json.loads(result.stdout)
    return plan


@pytest.mark.parametrize(
    ("task", "counted", "network"),
    [
        ("detection", "4 boxes", "FcosDetector"),
        ("classification", "4 labels", "Classifier"),
        ("instances", "4 masks", "MaskRcnn"),
        ("semantic", "4 label masks", "UnetNetwork"),
        ("depth", "2 depth maps", "QuarterUnetNetwork"),
        ("normals", "2 normal maps", "QuarterUnetNetwork"),
    ],
)
def test_labels_have_the_name_that_the_task_gives_them_and_nothing_is_left_open(
    folders: dict[str, Path], tmp_path: Path, task: str, counted: str, network: str
) -> None:
    plan = said(task, folders[task], "--out", str(tmp_path / "run"))
    assert plan["train"].endswith(f":train, 2 images, {counted}")
    assert plan["network"].startswith(f"{network}, ")
    config = plan["config"]
    # Two images on a CPU: the heads alone, at the rate of AdamW.
    assert (config["lr"], config["trainable_stages"], config["backbone_lr_factor"]) == (0.001, 0, 0.2)
    assert plan["chosen"].startswith("transfer linear: 2 images")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("task", ["detection", "classification", "instances", "semantic", "depth", "normals"])
def test_an_architecture_that_is_not_there_is_told(
    folders: dict[str, Path], task: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["train", "--task", task, "--data", str(folders[task]), "--device", "cpu", "--arch", "fccn", "--dry-run"]
    monkeypatch.setattr(sys, "argv", ["synthvis", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert f"{task} has no architecture 'fccn'" in capsys.readouterr().err


def request_for(folder: Path, run_dir: Path, **changes: Any) -> Request:
    train, val, _ = resolve_splits(str(folder), [], task="depth")
    config = TrainConfig(task="depth", device="cpu", model=ModelConfig(input_size=64, head_channels=32), **changes)
    return Request(config=config, train=train, own_val=val, real=(), run_dir=run_dir)


def state_of(plan: TrainingJob) -> RunState:
    """What a run of the plan leaves behind before its first step, without tensors."""
    progress: dict[str, Any] = {"step": 0, "best": None, "stale": 0, "evaluated": 0}
    tensors: dict[str, Any] = {"model": {}, "average": {}, "optimizer": {}, "scaler": {}}
    asked = {"config": plan.config.model_dump_json(), "start": start_of(plan), "data": data_key(plan)}
    return RunState(**progress, **tensors, **asked)


def test_a_folder_with_another_run_is_told_unless_it_is_to_be_overwritten(
    folders: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = request_for(folders["depth"], tmp_path)
    there = prepared(request).config
    plan = TrainingJob(config=there, data=request.train, run_dir=tmp_path)
    state = state_of(plan)
    for module in (training_run, training_job):
        monkeypatch.setattr(module, "resume_state", lambda _: state)
    assert prepared(request).config == there
    other = request_for(folders["depth"], tmp_path, seed=5)
    with pytest.raises(DatasetError, match="seed is 0 there, 5 asked"):
        prepared(other)
    assert prepared(replace(other, overwrite=True)).config.seed == 5


def test_a_state_belongs_to_the_run_of_its_data_only(folders: dict[str, Path], tmp_path: Path) -> None:
    request = request_for(folders["depth"], tmp_path)
    plan = TrainingJob(config=request.config, data=request.train, run_dir=tmp_path)
    assert data_key(plan).endswith("2 images, 2 labels")
    state = state_of(plan)
    check_same_run(state, plan)
    with pytest.raises(DatasetError, match="3 labels there"):
        check_same_run(state.model_copy(update={"data": data_key(plan).replace("2 labels", "3 labels")}), plan)


@pytest.mark.parametrize(
    ("task", "words", "said_of_it"),
    [
        ("instances", ("--boxes", "amodal"), "boxes and box_margin are for the task detection"),
        ("depth", ("--box-margin", "0.02"), "depth learns other labels"),
        ("semantic", ("--examples", "images"), "examples is for the task classification"),
    ],
)
def test_options_of_another_task_are_refused(
    folders: dict[str, Path], task: str, words: tuple[str, ...], said_of_it: str
) -> None:
    options = ["--task", task, "--data", str(folders[task]), "--dry-run", *words]
    with pytest.raises(UsageError, match=said_of_it):
        CliRunner().invoke(command, options, catch_exceptions=False)
