"""Every detector by name: losses, detections, arithmetic, weights of other classes, learning."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("torch")

import torch
from margins import assert_above, assert_below

from synthvis.errors import CheckpointError, UsageError
from synthvis.metrics.training_facts import TrainingFacts
from synthvis.train.config import ModelConfig, TrainConfig
from synthvis.train.detection.architectures import DETECTORS
from synthvis.train.engine.checkpoint import load_trained, save_trained, start_from
from synthvis.train.registry import task_named
from synthvis.train.run import Request, train_and_evaluate
from synthvis.train.sets import resolve_splits

pytestmark = pytest.mark.train

OTHERS = [name for name in DETECTORS if name != "fcos"]
LOSSES = {
    "retinanet": {"classification", "bbox_regression"},
    "ssdlite": {"classification", "bbox_regression"},
    "fasterrcnn": {"objectness", "proposal", "classification", "bbox_regression"},
}


def small(arch: str) -> ModelConfig:
    return ModelConfig(arch=arch, input_size=96, head_channels=32, head_convs=1)


def batch() -> tuple[torch.Tensor, list[dict[str, torch.Tensor]]]:
    """Two pictures, the second without an object."""
    images = torch.randint(0, 255, (2, 3, 96, 96), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    boxes = torch.tensor([[20.0, 20, 60, 70], [5, 5, 30, 30]])
    return images, [
        {"boxes": boxes, "labels": torch.tensor([0, 2])},
        {"boxes": torch.zeros((0, 4)), "labels": torch.zeros(0).long()},
    ]


@pytest.mark.parametrize("arch", OTHERS)
def test_losses_and_detections(arch: str) -> None:
    torch.manual_seed(0)
    detector = DETECTORS[arch](small(arch), 3).train()
    images, targets = batch()
    losses = detector(images, targets)
    assert set(losses) == LOSSES[arch]
    sum(losses.values()).backward()
    grads = [parameter.grad for name, parameter in detector.named_parameters() if not name.startswith("backbone.body")]
    assert all(grad is not None and torch.isfinite(grad).all() for grad in grads)
    with torch.inference_mode():
        found = detector.eval()(images)
    for one in found:
        assert len(one["boxes"]) == len(one["labels"]) == len(one["scores"]) > 0
        assert one["boxes"].min() >= 0 and one["boxes"].max() <= 96
        assert set(one["labels"].tolist()) <= {0, 1, 2}


@pytest.mark.parametrize("arch", DETECTORS)
def test_a_lone_picture_is_answered_as_in_a_batch(arch: str) -> None:
    """Also where a level of the pyramid has one place, and a group of the normalisation one channel."""
    torch.manual_seed(0)
    detector = DETECTORS[arch](small(arch), 3).eval()
    images, _ = batch()
    with torch.inference_mode():
        [alone], [first, _] = detector(images[:1]), detector(images)
    assert len(alone["boxes"]) == len(first["boxes"]) > 0
    torch.testing.assert_close(alone["scores"], first["scores"], rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("arch", DETECTORS)
def test_a_lone_small_picture_can_be_learnt_from(arch: str) -> None:
    """The smallest input: the top of the pyramid has one place, and the normalisation of it one value a group."""
    torch.manual_seed(0)
    detector = DETECTORS[arch](ModelConfig(arch=arch, input_size=64, head_channels=32, head_convs=1), 3).train()
    images = torch.zeros((1, 3, 64, 64), dtype=torch.uint8)
    images[:, :, 10:40, 20:50] = 255
    targets = [{"boxes": torch.tensor([[20.0, 10, 50, 40]]), "labels": torch.tensor([1])}]
    losses = detector(images, targets)
    total = sum(losses.values())
    total.backward()
    assert torch.isfinite(total)
    heads = [one for name, one in detector.named_parameters() if not name.startswith("backbone.body")]
    assert all(one.grad is not None and torch.isfinite(one.grad).all() for one in heads)


@pytest.mark.parametrize("arch", OTHERS)
def test_bf16_moves_the_losses_by_little_and_the_boxes_stay_fp32(arch: str) -> None:
    torch.manual_seed(0)
    detector = DETECTORS[arch](small(arch), 3).train()
    detector.body.eval()
    images, targets = batch()
    with torch.no_grad():
        exact = detector(images, targets)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            rough = detector(images, targets)
            found = detector.eval()(images)
    for name, loss in rough.items():
        assert loss.dtype == torch.float32
        assert float(loss) == pytest.approx(float(exact[name]), rel=0.15, abs=0.05), name
    assert found[0]["boxes"].dtype == torch.float32


def test_the_draws_of_the_proposals_depend_on_the_batch_alone() -> None:
    torch.manual_seed(0)
    detector = DETECTORS["fasterrcnn"](small("fasterrcnn"), 3).train()
    images, targets = batch()
    with torch.no_grad():
        first = detector(images, targets)
        after = torch.rand(1)
        torch.manual_seed(99)
        again = detector(images, targets)
    assert all(torch.equal(first[name], again[name]) for name in first)
    torch.manual_seed(99)
    assert not torch.equal(after, torch.rand(1))


@pytest.mark.parametrize("arch", OTHERS)
def test_weights_go_over_to_other_classes_by_name(arch: str, tmp_path: Path) -> None:
    """The logits of a class are those of its namesake in the other network, at every place and anchor."""
    torch.manual_seed(0)
    theirs = DETECTORS[arch](small(arch), 3).eval()
    path = tmp_path / "best.safetensors"
    names = ("cup", "fork", "apple")
    save_trained(path, theirs.state_dict(), task="detection", model=small(arch), classes=names, facts=TrainingFacts())
    mine = DETECTORS[arch](small(arch), 2).eval()
    start_from(mine, path, task="detection", model=small(arch), classes=("Apple", "cup"))
    pixels = batch()[0]
    with torch.inference_mode():
        pairs = zip(_class_logits(mine, pixels), _class_logits(theirs, pixels), strict=True)
        for found, expected in pairs:
            background = expected.shape[-1] - 3
            order = [*range(background), background + 2, background]
            assert torch.allclose(found, expected[..., order], atol=1e-5)
    with pytest.raises(CheckpointError, match="another network"):
        start_from(
            DETECTORS["fcos"](small("fcos"), 2),
            path,
            task="detection",
            model=small("fcos"),
            classes=("cup", "x"),
        )


def _class_logits(detector: torch.nn.Module, images: torch.Tensor) -> list[torch.Tensor]:
    features = detector.backbone(detector.normalise(images))
    if not hasattr(detector, "roi_heads"):
        return [detector.head(list(features.values()))["cls_logits"]]
    regions = [torch.tensor([[10.0, 10, 50, 60]])] * len(images)
    pooled = detector.roi_heads.box_roi_pool(features, regions, [(96, 96)] * len(images))
    logits, offsets = detector.roi_heads.box_predictor(detector.roi_heads.box_head(pooled))
    return [logits, offsets.view(len(offsets), -1, 4).movedim(1, 2)]


def test_an_unknown_architecture_is_told_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="detection has no architecture 'retina'; did you mean 'retinanet'"):
        task_named("detection").build(small("retina"), ("cup",), pretrained=False)


def test_runs_from_before_architectures_had_names_still_load(tmp_path: Path) -> None:
    """Such a sidecar has no arch; auto, fcos and nothing at all are the same network."""
    detector = DETECTORS["fcos"](small("fcos"), 2)
    assert not {"normalise.mean", "normalise.std", "mean", "std"} & set(detector.state_dict())
    path = tmp_path / "best.safetensors"
    save_trained(
        path, detector.state_dict(), task="detection", model=small("auto"), classes=("a", "b"), facts=TrainingFacts()
    )
    sidecar = json.loads(path.with_suffix(".json").read_text())
    del sidecar["model"]["arch"]
    path.with_suffix(".json").write_text(json.dumps(sidecar))
    trained = load_trained(path)
    assert trained.model.arch == "auto"
    start_from(detector, path, task="detection", model=small("fcos"), classes=("b", "a"))
    logits = "head.classification_head.cls_logits.weight"
    assert torch.equal(detector.state_dict()[logits][0], trained.network.state_dict()[logits][1])


@pytest.mark.parametrize(
    ("arch", "steps", "batch", "lr"),
    [
        ("retinanet", 25, 4, 8e-3),
        ("ssdlite", 25, 4, 1e-2),
        pytest.param("fasterrcnn", 40, 4, 8e-3, marks=pytest.mark.slow),
    ],
)
def test_squares_are_learnt(
    arch: str, steps: int, batch: int, lr: float, seed: int, squares: Path, tmp_path: Path
) -> None:
    train, val, _ = resolve_splits(str(squares), [])
    model = ModelConfig(arch=arch, input_size=64, head_channels=32, head_convs=1)
    config = TrainConfig(
        model=model, steps=steps, batch=batch, lr=lr, warmup=3, augment=0.0, ema=0.8, trainable_stages=0, device="cpu",
        precision="fp32", seed=seed,
    )  # fmt: skip
    [evaluation] = train_and_evaluate(
        Request(config=config, train=train, own_val=val, real=(), run_dir=tmp_path / "run")
    )
    assert (evaluation.task, evaluation.headline) == ("detection", "AP")
    assert_above("AP50", evaluation.metrics["AP50"].value, 0.5)
    rows = [json.loads(line) for line in (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()]
    first, last = (sum(row["loss"] for row in part) for part in (rows[:5], rows[-5:]))
    assert_below("loss at the end over loss at the start", last / first, 0.6)
    assert (tmp_path / "run" / "curves.png").is_file()
