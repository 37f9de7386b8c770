"""Semantic segmentation, depth and normals learnt end to end from a few made-up pictures."""

from __future__ import annotations

import json
import pickle
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch")

import torch
from margins import assert_above, assert_below

from synthvis.data.dataset import find_dataset
from synthvis.data.maps.semantic import background_of, painted
from synthvis.errors import CheckpointError, RealDataError
from synthvis.metrics.evaluation import Evaluation
from synthvis.metrics.training_facts import TrainingFacts
from synthvis.train.config import ModelConfig, TrainConfig
from synthvis.train.engine.checkpoint import load_trained, start_from
from synthvis.train.registry import task_named
from synthvis.train.run import Request, train_run
from synthvis.train.semantic.classes import prediction_table, shared_classes
from synthvis.train.sets import resolve_splits

sys.path.insert(0, str(Path(__file__).parent))
from made_up_maps import slabs, squares_with_masks

pytestmark = pytest.mark.train

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return slabs(tmp_path_factory.mktemp("slabs"))


@pytest.fixture(scope="module")
def masks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return squares_with_masks(tmp_path_factory.mktemp("squares"))


def config(task: str, **changes: Any) -> TrainConfig:
    model = ModelConfig(input_size=64, head_channels=32, arch=changes.pop("arch", "auto"))
    settings = {"steps": 18, "batch": 3, "warmup": 3, "lr": 4e-3, "ema": 0.8, "augment": 0.3, "trainable_stages": 1}
    return TrainConfig(**{**settings, "task": task, "model": model, "device": "cpu", "precision": "fp32", **changes})


def learnt(data: Path, run_dir: Path, task: str, **changes: Any) -> dict[str, Any]:
    """Train on a folder and evaluate on its val."""
    train, val, _ = resolve_splits(str(data), [], task=task)
    chosen = config(task, **changes)
    weights = train_run(Request(config=chosen, train=train, own_val=val, real=(), run_dir=run_dir))
    evaluation, rows = task_named(task).evaluate(load_trained(weights), val, CPU, resamples=20)
    assert len(rows) == evaluation.images == len(val.images) and evaluation.task == task
    assert evaluation.headline in evaluation.metrics
    assert len(evaluation.bootstrap.draws[evaluation.headline]) == 20
    json.dumps([evaluation.to_dict(), [row.to_dict() for row in rows]], allow_nan=False)
    assert (run_dir / "curves.png").is_file()
    return evaluation


def value(evaluation: Evaluation, name: str) -> float:
    entry = evaluation.metrics[name]
    assert entry.low <= entry.high
    return float(entry.value)


@pytest.mark.parametrize("arch", ["unet", "lraspp"])
def test_classes_of_pixels_are_learnt(masks: Path, tmp_path: Path, arch: str, seed: int) -> None:
    evaluation = learnt(masks, tmp_path, "semantic", arch=arch, steps=40, lr=1.6e-2, trainable_stages=0, seed=seed)
    # To call everything background has a mean IoU of 0.25 here, to take the colours for one another about 0.6.
    assert_above("mIoU", value(evaluation, "mIoU"), 0.6)
    assert_above("pixel_accuracy", value(evaluation, "pixel_accuracy"), 0.8)
    assert evaluation.prior_baseline["mIoU"].value < 0.4
    assert set(evaluation.per_class) == {"background", "red square", "blue square"}


def test_depth_is_learnt(pictures: Path, tmp_path: Path, seed: int) -> None:
    evaluation = learnt(pictures, tmp_path, "depth", steps=28, trainable_stages=0, seed=seed)
    # The untrained network (about 1 m everywhere) is off by 0.6 of the truth.
    assert_below("AbsRel", value(evaluation, "AbsRel"), min(0.2, evaluation.prior_baseline["AbsRel"].value))
    assert_above("delta1", value(evaluation, "delta1"), 0.75)
    assert evaluation.counts["pixels"] == 6 * 88 * 96


def test_normals_are_learnt(pictures: Path, tmp_path: Path, seed: int) -> None:
    evaluation = learnt(pictures, tmp_path, "normals", trainable_stages=0, seed=seed)
    # To face the camera everywhere is off by 45 degrees.
    assert_below("mean_deg", value(evaluation, "mean_deg"), 20)
    assert_above("within_22.5", value(evaluation, "within_22.5"), 0.7)
    assert 5 < evaluation.prior_baseline["mean_deg"].value < 45


@pytest.mark.parametrize(("task", "target", "shape"), [("depth", "depth_m", ()), ("normals", "normals", (3,))])
def test_loader_processes_can_be_sent_the_views(pictures: Path, task: str, target: str, shape: tuple[int, ...]) -> None:
    train, _, _ = resolve_splits(str(pictures), [], task=task)
    views = task_named(task).views(train, (), config(task))
    sent = pickle.loads(pickle.dumps(views))
    assert set(sent[(0, 1)]) == {"image", target} and sent[(0, 1)][target].shape == (*shape, 64, 64)
    for name, value in views[(0, 1)].items():
        torch.testing.assert_close(sent[(0, 1)][name], value, rtol=0, atol=0)


@pytest.mark.slow
def test_two_runs_are_alike_and_another_run_can_begin_from_one(masks: Path, tmp_path: Path) -> None:
    train, _, _ = resolve_splits(str(masks), [], task="semantic")
    chosen = config("semantic", steps=2, arch="fcn", augment=1.0)

    def run(name: str, **more: Any) -> bytes:
        request = Request(config=chosen, train=train, own_val=None, real=(), run_dir=tmp_path / name, **more)
        return train_run(request).read_bytes()

    assert run("a") == run("b")
    classes = ("background", "blue square", "vase")
    network = task_named("semantic").build(chosen.model, classes, pretrained=False)
    untouched = network.core.head[4].weight.detach().clone()
    start_from(network, tmp_path / "a", task="semantic", model=chosen.model, classes=classes)
    old = load_trained(tmp_path / "a").network.core.head[4].weight
    new = network.core.head[4].weight
    assert torch.equal(new[0], old[0]) and torch.equal(new[1], old[2]) and torch.equal(new[2], untouched[2])
    other = ModelConfig(**{**chosen.model.model_dump(), "arch": "lraspp"})
    with pytest.raises(CheckpointError):
        start_from(
            task_named("semantic").build(other, classes, pretrained=False),
            tmp_path / "a",
            task="semantic",
            model=other,
            classes=classes,
        )


def test_classes_of_network_and_set_are_matched_by_name(masks: Path) -> None:
    split = painted(find_dataset(masks).read())
    knows = ("vase", "Blue_Square", "background")
    shared = shared_classes(split, knows)
    assert shared == ["background", "blue square"] and background_of(shared) == 0
    # The set has no vases: where the network sees one, it has not seen what the set labels.
    assert prediction_table(knows, shared).tolist() == [0, 1, 0]
    assert prediction_table(knows, ["blue square"]).tolist() == [1, 0, 1]
    with pytest.raises(RealDataError, match="share no class"):
        shared_classes(split, ("background", "vase"))


class Constant(torch.nn.Module):
    """Answers one class everywhere."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        scores = torch.zeros(len(images), 3, *images.shape[-2:])
        scores[:, 1] = 1
        return scores


def test_an_evaluation_counts_the_pixels_of_the_files(masks: Path) -> None:
    from synthvis.train.trained import Trained

    split = painted(find_dataset(masks).read("val"))
    trained = Trained(
        task="semantic",
        network=Constant(),
        model=ModelConfig(input_size=64),
        classes=("background", "red square", "lamp"),
        facts=TrainingFacts(),
    )
    evaluation, _ = task_named("semantic").evaluate(trained, split, CPU, resamples=0)
    reds = [box for image in split.images for box in image.objects if box.class_name == "red square"]
    share = sum(box.area_px for box in reds) / (len(split.images) * 96 * 96)
    assert evaluation.per_class["red square"].metrics["IoU"].value == pytest.approx(share, abs=1e-6)
    assert evaluation.metrics["pixel_accuracy"].value == pytest.approx(share, abs=1e-6)
    assert evaluation.per_class["background"].metrics["IoU"].value == 0
    assert evaluation.classes == ("background", "red square")


@pytest.mark.real
def test_an_untrained_network_is_measured_on_nyu_mini(real_root: Path) -> None:
    if not (real_root / "nyu-mini").is_dir():
        pytest.skip(f"no nyu-mini in {real_root}")
    from synthvis.train.trained import Trained

    depth = task_named("depth")
    model = ModelConfig(input_size=64, head_channels=32)
    network = depth.build(model, (), pretrained=False)
    trained = Trained(task="depth", network=network, model=model, classes=(), facts=TrainingFacts())
    split = depth.description.read(depth.description.find("nyu-mini", real_root))
    evaluation, rows = depth.evaluate(trained, split, CPU, resamples=10)
    assert evaluation.kind == "real" and evaluation.images == len(rows) == 5
    assert 0.2 < evaluation.metrics["AbsRel"].value < 1
    assert np.isfinite(evaluation.metrics["AbsRel_aligned"].value)
