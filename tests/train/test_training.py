"""Training end to end on four tiny images."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

pytest.importorskip("torch")

import torch
from margins import assert_above, assert_below

from synthvis.data.dataset import find_dataset
from synthvis.data.split import Split
from synthvis.errors import CheckpointError, DatasetError, RealDataError
from synthvis.evaluation.run_folder import file_stem
from synthvis.formats.images import write_png
from synthvis.metrics.evaluation import Evaluation
from synthvis.metrics.metric import MetricValue
from synthvis.train.backbones.freezing import freeze_backbone
from synthvis.train.config import ModelConfig, TrainConfig
from synthvis.train.detection.fcos import FcosDetector
from synthvis.train.engine.checkpoint import load_trained, start_from
from synthvis.train.engine.loop import StepLog, TrainingJob, train_network
from synthvis.train.run import Request, evaluate_run, train_and_evaluate
from synthvis.train.sets import resolve_splits

pytestmark = pytest.mark.train

SMALL = ModelConfig(input_size=96, head_channels=32, head_convs=1)


def config(**changes: object) -> TrainConfig:
    return TrainConfig(
        **{"model": SMALL, "steps": 4, "batch": 2, "warmup": 2, "trainable_stages": 1, "device": "cpu", **changes}
    )


def losses(run_dir: Path) -> list[float]:
    return [json.loads(line)["loss"] for line in (run_dir / "metrics.jsonl").read_text().splitlines()]


def test_four_images_are_learnt(seed: int, squares: Path, tmp_path: Path) -> None:
    train, val, real = resolve_splits(str(squares), [str(squares / "annotations" / "instances_val.json")])
    model = SMALL.model_copy(update={"input_size": 64})
    steps = {"steps": 25, "batch": 4, "warmup": 3, "seed": seed, "precision": "fp32"}
    chosen = config(**steps, model=model, lr=8e-3, augment=0.0, ema=0.8, trainable_stages=0)
    evaluations = train_and_evaluate(
        Request(config=chosen, train=train, own_val=val, real=real, run_dir=tmp_path / "run")
    )
    assert len(evaluations) == 1
    # After two steps it is 0.5.
    assert_above("AP", evaluations[0].metrics["AP"].value, 0.75)
    found = losses(tmp_path / "run")
    assert_below("loss at the end over loss at the start", sum(found[-5:]) / sum(found[:5]), 0.6)
    name = squares.name
    for file in ("config.json", "best.safetensors", "best.json", "last.pt", f"eval_{name}.json", "curves.png"):
        assert (tmp_path / "run" / file).is_file(), file
    card = (tmp_path / "run" / "README.md").read_text()
    assert f"{name}:val (photographs) | 4 | 8 | {evaluations[0].score}" in card
    assert f"{name}:train, 4 photographs, 8 boxes" in card
    other = replace(val, name="elsewhere")
    evaluate_run(load_trained(tmp_path / "run"), tmp_path / "run", [other], torch.device("cpu"))
    assert "elsewhere:val (photographs)" in (tmp_path / "run" / "README.md").read_text()


def test_a_stopped_run_goes_on_as_if_it_had_not_been(squares: Path, tmp_path: Path) -> None:
    split = find_dataset(squares).read("train")
    train_network(TrainingJob(config=config(), data=split, run_dir=tmp_path / "whole"))

    def stop(line: StepLog) -> None:
        if line.step == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_network(TrainingJob(config=config(), data=split, run_dir=tmp_path / "parts", on_step=stop))
    train_network(TrainingJob(config=config(), data=split, run_dir=tmp_path / "parts"))
    assert losses(tmp_path / "parts") == losses(tmp_path / "whole")
    with pytest.raises(DatasetError, match="holds another run"):
        train_network(TrainingJob(config=config(seed=1), data=split, run_dir=tmp_path / "parts"))


def test_a_run_can_start_from_another_with_classes_by_name(squares: Path, tmp_path: Path) -> None:
    split = find_dataset(squares).read("train")
    weights = train_network(TrainingJob(config=config(steps=1), data=split, run_dir=tmp_path / "first"))
    fresh = FcosDetector(SMALL, 3)
    start_from(fresh, weights, task="detection", model=SMALL, classes=("Blue_Square", "cup", "red square"))
    mine = fresh.head.classification_head.cls_logits.weight
    theirs = load_trained(weights).network.head.classification_head.cls_logits.weight
    assert torch.equal(mine[0], theirs[1])
    assert torch.equal(mine[2], theirs[0])
    tracker = FcosDetector(SMALL, 1)
    start_from(tracker, weights, task="tracking", model=SMALL, classes=("red square",))
    assert torch.equal(tracker.head.classification_head.cls_logits.weight[0], theirs[0])
    with pytest.raises(CheckpointError, match="learnt detection, not instances"):
        start_from(tracker, weights, task="instances", model=SMALL, classes=("red square",))
    with pytest.raises(CheckpointError, match="another network"):
        other = ModelConfig(input_size=96, head_channels=64, head_convs=1)
        start_from(fresh, weights, task="detection", model=other, classes=("cup",))


def test_training_and_measuring_on_the_same_images_is_refused(squares: Path) -> None:
    with pytest.raises(RealDataError, match="both trained on and measured on"):
        resolve_splits(str(squares), [f"{squares}:train"])


def test_nothing_to_learn_and_damaged_images_are_named(squares: Path, tmp_path: Path) -> None:
    split = find_dataset(squares).read("train")
    bare = {name: getattr(split, name) for name in ("name", "kind", "split", "class_names", "category_ids")}
    with pytest.raises(DatasetError, match="no label to train on"):
        train_network(TrainingJob(config=config(), data=Split(images=(), **bare), run_dir=tmp_path))
    damaged = tmp_path / "damaged.png"
    damaged.write_bytes(b"no image")
    entry = split.images[0]
    broken = type(entry)(id=1, path=damaged, labelled_hw=entry.image_hw, objects=entry.objects)
    with pytest.raises(DatasetError, match=r"damaged\.png"):
        train_network(TrainingJob(config=config(), data=Split(images=(broken,), **bare), run_dir=tmp_path / "r"))


@pytest.mark.parametrize(
    ("stages", "learning"),
    [(0, ()), (1, ("blocks.5", "blocks.6")), (2, ("blocks.3", "blocks.4", "blocks.5", "blocks.6"))],
)
def test_only_the_last_stages_learn(stages: int, learning: tuple[str, ...]) -> None:
    detector = FcosDetector(SMALL, 1)
    freeze_backbone(detector.body, stages)
    names = {name[:8] for name, parameter in detector.backbone.body.named_parameters() if parameter.requires_grad}
    assert names == set(learning)


def of_set(name: str, split: str, kind: Literal["real", "synthetic"]) -> Evaluation:
    return Evaluation(
        set=name, split=split, kind=kind, task="detection", headline="AP", images=1, metrics={"AP": MetricValue(0.5)}
    )


def test_a_dataset_may_bear_the_name_of_a_real_set() -> None:
    assert [file_stem(of_set("fruit", "val", kind)) for kind in ("synthetic", "real")] == ["fruit_synthetic", "fruit"]
    assert file_stem(of_set("../x", "train", "real")) == "___x_train"


def test_distances_can_come_back_from_nothing() -> None:
    """Torchvision's plain head gives no gradient once its outputs are below zero; training would stand still."""
    torch.manual_seed(0)
    detector = FcosDetector(SMALL, 1).train()
    last = detector.head.regression_head.bbox_reg[0]
    torch.nn.init.constant_(last.bias, -3.0)
    images = torch.randint(0, 255, (1, 3, 96, 96), dtype=torch.uint8)
    targets = [{"boxes": torch.tensor([[20.0, 20.0, 60.0, 70.0]]), "labels": torch.tensor([0])}]
    losses_by_name = detector(images, targets)
    losses_by_name["bbox_regression"].backward()
    assert float(last.bias.grad.abs().max()) > 1e-5


def test_a_set_without_a_shared_class_is_refused_before_the_training(squares: Path, tmp_path: Path) -> None:
    other = {"images": [{"id": 1, "file_name": "1.png", "width": 96, "height": 96}], "annotations": []}
    write_png(tmp_path / "1.png", np.zeros((96, 96, 3), np.uint8))
    path = tmp_path / "other.json"
    path.write_text(json.dumps({**other, "categories": [{"id": 1, "name": "giraffe"}]}))
    with pytest.raises(RealDataError, match="share no class"):
        resolve_splits(str(squares), [str(path)])


def test_a_finished_run_measures_nothing_when_one_set_shares_no_class(squares: Path, tmp_path: Path) -> None:
    split = find_dataset(squares).read("val")
    weights = train_network(TrainingJob(config=config(steps=1), data=split, run_dir=tmp_path))
    foreign = replace(split, class_names=("giraffe",), category_ids={"giraffe": 1})
    with pytest.raises(RealDataError, match="share no class"):
        evaluate_run(load_trained(weights), tmp_path, [split, foreign], torch.device("cpu"))
    assert not list(tmp_path.glob("eval_*.json"))


def test_a_run_that_began_elsewhere_is_not_taken_for_the_one_asked(squares: Path, tmp_path: Path) -> None:
    split = find_dataset(squares).read("train")
    first = train_network(TrainingJob(config=config(steps=1), data=split, run_dir=tmp_path / "first"))
    train_network(TrainingJob(config=config(), data=split, run_dir=tmp_path / "second"))
    with pytest.raises(DatasetError, match="begins from"):
        train_network(TrainingJob(config=config(), data=split, run_dir=tmp_path / "second", init_from=str(first)))


@pytest.mark.slow
def test_the_best_weights_outlive_an_interruption(squares: Path, tmp_path: Path) -> None:
    """The evaluation before the stop was better than all that follow; its weights are those of the run."""
    split = find_dataset(squares).read("train")
    values = iter((0.9, 0.1, 0.2))

    def plan(stop_at: int) -> TrainingJob:
        def stop(line: StepLog) -> None:
            if line.step == stop_at:
                raise KeyboardInterrupt

        chosen = config(steps=5, eval_every=2)
        return TrainingJob(
            config=chosen, data=split, run_dir=tmp_path, on_step=stop, validate=lambda *_: next(values, 0.0)
        )

    with pytest.raises(KeyboardInterrupt):
        train_network(plan(stop_at=3))
    best = (tmp_path / "best.safetensors").read_bytes()
    train_network(plan(stop_at=0))
    assert (tmp_path / "best.safetensors").read_bytes() == best
    train_network(plan(stop_at=0))
    assert (tmp_path / "best.safetensors").read_bytes() == best
