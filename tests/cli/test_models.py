"""`synthvis models` at the shell."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from synthvis.cli import main
from synthvis.metrics.training_facts import TrainingFacts
from synthvis.train.registry import tasks
from synthvis.ui.console import data_console

needs_torch = pytest.mark.train


def run(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    out, err = capsys.readouterr()
    return int(stop.value.code or 0), out, err


@pytest.mark.train
def test_ls_says_where_maps_and_weights_are(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("torch")
    code, out, _ = run(["models", "ls", "--json"], capsys)
    rows = {row["name"]: row for row in json.loads(out)["models"]}
    assert code == 0
    assert rows["tf_efficientnet_lite0"]["packaged_here"] and rows["tf_efficientnet_lite0"]["pyramid"]
    assert rows["dino"]["strides"] == [16] and not rows["dino"]["pyramid"]
    assert rows["alexnet"]["library"] == "torchvision"
    assert rows["tf_efficientnet_lite0"]["tasks"] == list(tasks())
    assert rows["dino"]["tasks"] == ["classification"]
    assert rows["alexnet"]["tasks"] == ["detection", "classification", "instances", "keypoints", "tracking", "pose6d"]
    code, out, _ = run(["models", "ls", "--family", "resnet"], capsys)
    assert code == 0 and "resnet152" in out and "vgg16" not in out and "all tasks" in out
    code, _, err = run(["models", "ls", "--family", "resnot"], capsys)
    assert code == 2 and "did you mean 'resnet'" in err


@needs_torch
def test_show_prints_the_table_and_its_totals(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # As in a pipe, whatever a test before has set up.
    monkeypatch.delenv("COLUMNS", raising=False)
    data_console.cache_clear()
    code, out, _ = run(["models", "show", "alexnet", "--input-size", "227x227"], capsys)
    assert code == 0
    rows = {line.split()[0]: line.split() for line in out.splitlines() if line.strip()}
    assert rows["features.0"][-5:] == ["64x56x56", "784", "23", "0.064", "73"]
    assert rows["classifier.1"][-5:] == ["4096", "16", "37,749", "4.1", "38"]
    assert "61,100,840 parameters" in out and "multiply-adds" in out
    code, out, _ = run(["models", "show", "alexnet", "--depth", "1", "--json"], capsys)
    content = json.loads(out)
    assert content["input_hw"] == [224, 224]
    assert content["totals"]["multiply_adds"] == sum(row["multiply_adds"] for row in content["layers"]) == 714_188_480
    assert [row["name"] for row in content["layers"]] == ["features", "classifier"]


@needs_torch
@pytest.mark.parametrize("size", ["0x5", "5x0", "wide", "-3", "227x", "1x2x3"])
def test_a_size_that_is_none_is_refused(size: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(["models", "show", "alexnet", f"--input-size={size}"], capsys)
    assert code == 2 and "no size" in err


@needs_torch
def test_show_of_a_run_shows_its_network_at_its_image_size(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from synthvis.train.config import ModelConfig
    from synthvis.train.engine.checkpoint import save_trained
    from synthvis.train.registry import task_named

    model = ModelConfig(input_size=128, head_channels=32, head_convs=1)
    network = task_named("detection").build(model, ("apple", "pear"), pretrained=False)
    weights = tmp_path / "fruit" / "best.safetensors"
    weights.parent.mkdir()
    save_trained(
        weights,
        network.state_dict(),
        task="detection",
        model=model,
        classes=("apple", "pear"),
        facts=TrainingFacts(steps=1),
    )
    code, out, _ = run(["models", "show", str(weights.parent), "--json"], capsys)
    content = json.loads(out)
    assert code == 0 and content["input_hw"] == [128, 128]
    assert content["totals"]["parameters"] == sum(one.numel() for one in network.parameters())
    assert "tf_efficientnet_lite0" in content["network"]
    code, _, err = run(["models", "show", str(tmp_path / "absent")], capsys)
    assert code == 1 and "no weights at" in err
    code, _, err = run(["models", "show", str(weights.parent), "--input-size", "128x96"], capsys)
    assert code == 2 and "square" in err
