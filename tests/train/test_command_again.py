"""The command in a run's README means the training that it comes from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

from synthvis.api.training import training_of
from synthvis.cli.train.command import command
from synthvis.train.config import ModelConfig, TrainConfig
from synthvis.train.settings import config_from, option_words

pytestmark = pytest.mark.train

CASES: list[dict[str, Any]] = [
    {},
    {"steps": 7, "lr": 0.00025, "input_size": 96, "augment_recipe": "sim2real", "optimizer": "momentum"},
    {"optimizer": "momentum", "nesterov": True, "lr_milestones": (0.3, 0.7), "schedule": "step", "box_margin": 0.05},
    {"task": "detection", "arch": "retinanet", "seed": 2**62, "weight_decay": 1.23456789e-7},
]


def parsed(words: tuple[str, ...]) -> dict[str, Any]:
    assert words[0] == "train"
    with command.make_context("train", list(words[1:])) as context:
        return dict(context.params)


@pytest.mark.parametrize("settings", CASES)
def test_options_come_back_as_the_same_config(settings: dict[str, Any], squares: Path, tmp_path: Path) -> None:
    job = training_of(str(squares), eval_on=[f"{squares}:val"], out=tmp_path / "run", settings=settings)
    request = job.request()
    found = parsed(request.command)
    fields = {name: found[name] for name in (*TrainConfig.model_fields, *ModelConfig.model_fields) if name in found}
    assert config_from(fields) == request.config
    assert (found["data"], found["eval_on"]) == (str(squares), (f"{squares}:val",))


def test_what_names_the_data_comes_back(squares: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(squares.parent)
    job = training_of(
        str(squares), classes="red square", images=3, weights="none", out=Path("run"), settings={"steps": 2}
    )
    found = parsed(job.request().command)
    assert found["data"] == f"./{squares.name}" and found["classes"] == "red square" and found["images"] == 3
    assert found["weights"] == "none" and found["out"] == Path("run")


def test_what_a_gpu_chose_is_said() -> None:
    on_gpu = TrainConfig(model=ModelConfig(input_size=512, head_channels=128, head_convs=4))
    assert option_words({}, on_gpu) == ["--head-channels", "128", "--head-convs", "4", "--input-size", "512"]
    assert option_words({"input_size": 320}, TrainConfig()) == ["--input-size", "320"]
