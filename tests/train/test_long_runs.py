"""Runs with the whole toolbox: in pieces, in processes, stopped and gone on with, ended early."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip("torch")

import torch
from click.testing import CliRunner
from safetensors.torch import load_file

from synthvis.cli.bench.command import command as bench
from synthvis.cli.evaluate import command as evaluate
from synthvis.data.dataset import find_dataset
from synthvis.data.split import Split
from synthvis.errors import DatasetError, SynthvisError, UsageError
from synthvis.train.config import ModelConfig, TrainConfig
from synthvis.train.engine.loop import StepLog, TrainingJob, train_network
from synthvis.train.engine.processes import starting_ranks

pytestmark = pytest.mark.train

SMALL = ModelConfig(input_size=64, head_channels=32, head_convs=1)
STEPS = 4


def config(**changes: object) -> TrainConfig:
    fields = {"model": SMALL, "steps": STEPS, "batch": 4, "warmup": 1, "trainable_stages": 1, "device": "cpu"}
    return TrainConfig(**{**fields, "precision": "fp32", **changes})


@pytest.fixture(scope="module")
def alike(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four images with boxes at the same places, so that losses that divide by objects divide by the same number."""
    root = tmp_path_factory.mktemp("alike")
    (root / "annotations").mkdir()
    (root / "images" / "train").mkdir(parents=True)
    rng, entries, annotations = np.random.default_rng(0), [], []
    for image_id in range(1, 5):
        pixels = rng.integers(0, 256, (64, 64, 3), dtype=np.uint8)
        cv2.imwrite(str(root / "images" / "train" / f"{image_id}.png"), pixels)
        entries.append({"id": image_id, "file_name": f"{image_id}.png", "width": 64, "height": 64})
        box = {"bbox": [10, 12, 30, 26], "area": 780, "iscrowd": 0}
        annotations.append({"id": image_id, "image_id": image_id, "category_id": 1, **box})
    content = {"images": entries, "annotations": annotations, "categories": [{"id": 1, "name": "cup"}]}
    (root / "annotations" / "instances_train.json").write_text(json.dumps(content))
    return root


@pytest.fixture(scope="module")
def split(alike: Path) -> Split:
    return find_dataset(alike).read("train")


def weights(run_dir: Path, name: str = "best.safetensors") -> dict[str, torch.Tensor]:
    return load_file(run_dir / name)


def assert_equal_weights(first: Path, second: Path, atol: float) -> None:
    mine, theirs = weights(first), weights(second)
    for key, value in mine.items():
        torch.testing.assert_close(value, theirs[key], atol=atol, rtol=0, msg=lambda text, key=key: f"{key}: {text}")


def losses(run_dir: Path) -> list[float]:
    return [json.loads(line)["loss"] for line in (run_dir / "metrics.jsonl").read_text().splitlines()]


def stop_at(step: int):
    def stop(line: StepLog) -> None:
        if line.step == step:
            raise KeyboardInterrupt

    return stop


EXACT = {"optimizer": "momentum", "lr": 0.01, "ema": 0, "augment": 0}
"""A rule that does not blow differences of rounding up, without average and augmentation."""


@pytest.fixture(scope="module")
def whole(split: Split, tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.set_num_threads(1)
    run_dir = tmp_path_factory.mktemp("whole")
    train_network(TrainingJob(config=config(**EXACT), data=split, run_dir=run_dir))
    return run_dir


def test_pieces_come_to_the_whole_batch(split: Split, whole: Path, tmp_path: Path) -> None:
    train_network(TrainingJob(config=config(**EXACT, accumulate=2), data=split, run_dir=tmp_path))
    assert_equal_weights(whole, tmp_path, atol=1e-5)
    assert losses(tmp_path) == pytest.approx(losses(whole), abs=1e-5)
    start = weights(whole)["backbone.body.conv_stem.weight"]
    assert torch.equal(start, weights(tmp_path)["backbone.body.conv_stem.weight"])
    with pytest.raises(UsageError, match="shared out"):
        train_network(TrainingJob(config=config(**EXACT, accumulate=3), data=split, run_dir=tmp_path / "odd"))


@pytest.mark.slow
def test_two_processes_come_to_the_weights_of_one(alike: Path, split: Split, whole: Path, tmp_path: Path) -> None:
    """One begins and is stopped, two go on."""
    run_dir = tmp_path / "run"
    words = f"train --data {alike} --out {run_dir} --input-size 64 --head-channels 32 --head-convs 1 --steps {STEPS} "
    words += "--batch 4 --warmup 1 --trainable-stages 1 --device cpu --precision fp32 --optimizer momentum --lr 0.01 "
    words += "--ema 0 --augment 0"
    first = TrainingJob(config=config(**EXACT), data=split, run_dir=run_dir, on_step=stop_at(1))
    with pytest.raises(KeyboardInterrupt):
        train_network(first)
    with starting_ranks(2, words.split()):
        train_network(TrainingJob(config=config(**EXACT), data=split, run_dir=run_dir))
    assert not torch.distributed.is_initialized()
    assert_equal_weights(whole, run_dir, atol=1e-5)
    assert losses(run_dir) == pytest.approx(losses(whole), abs=1e-5)


def test_a_process_that_fails_alone_is_heard() -> None:
    with (
        pytest.raises(SynthvisError, match=r"process 2 of 2 ended with exit code 2: .*weigh"),
        starting_ranks(2, ["weigh"]),
    ):
        raise RuntimeError("Connection closed by peer")


def test_what_another_launcher_has_started_starts_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORLD_SIZE", "4")
    with pytest.raises(UsageError, match="one of 4 processes"), starting_ranks(2, []):
        pass


EVERYTHING = {
    "model": SMALL.model_copy(update={"drop_rate": 0.2, "drop_path_rate": 0.3}),
    "batchnorm": "learn",
    "accumulate": 2,
    "snapshots": 3,
    "layer_decay": 0.7,
}


@pytest.mark.parametrize("optimizer", ["adagrad", "rmsprop"])
@pytest.mark.slow
def test_a_stopped_run_with_everything_on_goes_on_as_if_it_had_not_been(
    split: Split, tmp_path: Path, optimizer: str
) -> None:
    chosen = config(**EVERYTHING, optimizer=optimizer)
    train_network(TrainingJob(config=chosen, data=split, run_dir=tmp_path / "whole"))
    with pytest.raises(KeyboardInterrupt):
        train_network(TrainingJob(config=chosen, data=split, run_dir=tmp_path / "parts", on_step=stop_at(2)))
    train_network(TrainingJob(config=chosen, data=split, run_dir=tmp_path / "parts"))
    assert losses(tmp_path / "parts") == losses(tmp_path / "whole")
    names = sorted(path.name for path in (tmp_path / "whole").glob("snapshot_*.safetensors"))
    assert names == [f"snapshot_{number}.safetensors" for number in (1, 2, 3)]
    for name in (*names, "best.safetensors"):
        mine, theirs = weights(tmp_path / "whole", name), weights(tmp_path / "parts", name)
        assert all(torch.equal(value, theirs[key]) for key, value in mine.items()), name
    last = weights(tmp_path / "whole", "snapshot_3.safetensors")
    first = weights(tmp_path / "whole", "snapshot_1.safetensors")
    norm = "backbone.body.blocks.6.0.bn1.running_mean"
    assert not torch.equal(first[norm], last[norm])


def test_snapshots_are_evaluated_as_one(alike: Path, split: Split, tmp_path: Path) -> None:
    train_network(TrainingJob(config=config(snapshots=2, steps=3), data=split, run_dir=tmp_path))
    words = [str(tmp_path), "--snapshots", "--eval-on", str(alike), "--split", "train", "--device", "cpu", "--json"]
    done = CliRunner().invoke(evaluate, words, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    found = json.loads((tmp_path / "ensemble" / f"eval_{alike.name}_train.json").read_text())
    assert found["training"]["ensemble"] == [f"{tmp_path.name}/snapshot_1", f"{tmp_path.name}/snapshot_2"]
    assert found["images"] == 4


def test_a_run_without_progress_stops_and_stays_stopped(
    split: Split, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="synthvis")
    values = iter((0.5, 0.4, 0.5, 0.9))
    chosen = config(steps=8, eval_every=1, patience=2)

    def plan(stop: int) -> TrainingJob:
        return TrainingJob(
            config=chosen, data=split, run_dir=tmp_path, on_step=stop_at(stop), validate=lambda *_: next(values)
        )

    with pytest.raises(KeyboardInterrupt):
        # The interruption comes after one evaluation that was no progress.
        train_network(plan(stop=3))
    for _ in range(2):
        train_network(plan(stop=0))
        assert len(losses(tmp_path)) == 3
        assert "stopped at step 3 of 8: no better AP than 0.5 in 2 evaluations" in caplog.messages
        caplog.clear()


def test_patience_needs_something_to_watch(split: Split, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no val split"):
        train_network(TrainingJob(config=config(eval_every=1, patience=1), data=split, run_dir=tmp_path))


def test_a_run_keeps_the_stages_that_it_began_with(split: Split, tmp_path: Path) -> None:
    asked = config(trainable_stages=None)
    begun = config(trainable_stages=2, lr=1e-3, backbone_lr_factor=0.2)
    train_network(TrainingJob(config=begun, data=split, run_dir=tmp_path / "whole"))
    with pytest.raises(KeyboardInterrupt):
        train_network(TrainingJob(config=begun, data=split, run_dir=tmp_path / "parts", on_step=stop_at(2)))
    # With so few images nothing of the backbone would learn; the run has begun with two stages and keeps them.
    train_network(TrainingJob(config=asked, data=split, run_dir=tmp_path / "parts"))
    assert losses(tmp_path / "parts") == losses(tmp_path / "whole")
    with pytest.raises(DatasetError, match="trainable_stages is 2 there, 8 asked"):
        train_network(
            TrainingJob(config=config(trainable_stages=None, transfer="full"), data=split, run_dir=tmp_path / "parts")
        )


def test_the_loop_is_timed_against_its_loader_and_a_plain_loop(alike: Path) -> None:
    words = ["train", "--data", str(alike), "--steps", "5", "--batch", "2", "--input-size", "64", "--device", "cpu"]
    done = CliRunner().invoke(bench, [*words, "--workers", "0", "--json"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert found["steps"] == 2 and found["batch"] == 2 and found["device"] == "cpu"
    assert found["loader_headroom"] == pytest.approx(found["loader_images_per_s"] / found["loop_images_per_s"])
    assert found["ratio_to_reference"] == pytest.approx(found["loop_images_per_s"] / found["reference_images_per_s"])
    assert found["peak_memory_mb"] > 50
    with pytest.raises(UsageError, match="too few"):
        CliRunner().invoke(bench, [*words[:3], "--steps", "3", "--device", "cpu"], catch_exceptions=False)
