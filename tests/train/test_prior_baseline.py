"""What labels would answer without looking, which a network has to beat: worked by hand, and in files of runs."""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

pytest.importorskip("torch")

import torch

from synthvis.errors import CheckpointError
from synthvis.formats.arrays import encode_normals
from synthvis.formats.depth import PNG_1MM
from synthvis.formats.images import write_png
from synthvis.metrics.training_facts import TrainingFacts
from synthvis.train.config import ModelConfig
from synthvis.train.dense.prior_baseline import GRID, MAX_IMAGES, baseline_at, baseline_map, some_of, spread_over
from synthvis.train.engine.checkpoint import load_trained, save_trained
from synthvis.train.registry import task_named
from synthvis.train.trained import Trained

sys.path.insert(0, str(Path(__file__).parent))
from made_up_maps import squares_with_masks

CPU = torch.device("cpu")


class Flat(torch.nn.Module):
    """Answers the same numbers everywhere."""

    def __init__(self, *numbers: float) -> None:
        super().__init__()
        self.numbers = torch.tensor(numbers)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.numbers[None, :, None, None].expand(len(images), -1, *images.shape[-2:])


def median(values: NDArray[Any]) -> NDArray[Any]:
    return np.asarray(np.median(values) if np.isfinite(values).all() else np.nan)


def maps(folder: Path, kind: str, pixels: NDArray[Any], count: int = 2) -> Path:
    """A folder of pictures that all have the same map."""
    for number in range(count):
        write_png(folder / "images" / "val" / f"{number}.png", np.zeros((*pixels.shape[:2], 3), np.uint8))
        write_png(folder / kind / "val" / f"{number}.png", pixels)
    return folder


def measured(task_name: str, data: Path, network: torch.nn.Module, classes: tuple[str, ...] = ()) -> dict[str, Any]:
    """The evaluation of a network whose prior baseline comes from the very split it is measured on."""
    task: Any = task_named(task_name)
    split = task.description.read(task.description.find(str(data)), "val")
    prior_baseline = task.prior_baseline(split, classes, TrainingFacts())
    model = ModelConfig(input_size=64)
    trained = Trained(
        task=task_name,
        network=network,
        model=model,
        classes=classes,
        facts=TrainingFacts(),
        prior_baseline=prior_baseline,
    )
    return task.evaluate(trained, split, CPU, resamples=4)[0]


def test_the_usual_value_is_found_for_each_place_and_elsewhere_for_places_without_one() -> None:
    left = np.arange(2 * GRID) < GRID
    one, two, three = (np.where(left, value, 7.0) * np.ones((GRID, 1)) for value in (1.0, 2.0, 9.0))
    found = baseline_map([one, two, three], median)
    assert found.shape == (GRID, GRID) and found.dtype == np.float32
    assert (found[:, : GRID // 2] == 2).all() and (found[:, GRID // 2 :] == 7).all()
    one[0, 1] = np.nan  # the middle of the first part
    partly = baseline_map([one, np.full_like(two, 5.0)], lambda values: median(values[np.isfinite(values)]))
    assert partly[0, 0] == 5 and partly[1, 0] == 3


def test_places_are_the_middles_of_equal_parts() -> None:
    assert (spread_over(np.arange(GRID * 6)[None].repeat(GRID, 0))[3] == np.arange(GRID) * 6 + 3).all()
    assert spread_over(np.zeros((5, 3, 2))).shape == (GRID, GRID, 2)


def test_a_large_set_is_thinned_evenly() -> None:
    assert some_of(range(3)) == [0, 1, 2]
    chosen = some_of(range(2 * MAX_IMAGES))
    assert chosen == list(range(0, 2 * MAX_IMAGES, 2))


def test_depth_without_looking_is_as_wrong_as_its_blurred_edge(tmp_path: Path) -> None:
    depth_m = np.where(np.arange(96) < 48, 1.5, 6.0) * np.ones((96, 1))
    data = maps(tmp_path, "depth", PNG_1MM.encode(depth_m.astype(np.float32)))
    evaluation = measured("depth", data, Flat(3.0))
    # Sixteen places of six pixels each: across the edge the answer rises by 4.5 m over six pixels, 1/12 to 11/12 of it.
    wrong = 4.5 * (1 + 3 + 5) / 12 / 1.5 + 4.5 * (5 + 3 + 1) / 12 / 6
    assert evaluation.prior_baseline["AbsRel"].value == pytest.approx(wrong / 96, abs=1e-5)
    assert evaluation.metrics["AbsRel"].value == pytest.approx(0.75)


def test_normals_without_looking_are_the_mean_direction(tmp_path: Path) -> None:
    facing = np.zeros((32, 32, 3), np.float32)
    facing[..., 2] = -1
    data = maps(tmp_path, "normals", encode_normals(facing))
    write_png(data / "normals" / "val" / "1.png", encode_normals(facing[..., [2, 1, 0]]))
    evaluation = measured("normals", data, Flat(0.0, 0.0, -1.0))
    # Two directions at a right angle: their mean is 45 degrees from both.
    assert evaluation.prior_baseline["mean_deg"].value == pytest.approx(45, abs=0.5)


def test_classes_without_looking_are_the_most_common_at_each_place(tmp_path: Path) -> None:
    data = squares_with_masks(tmp_path, images=1)
    classes = ("background", "red square", "blue square")
    evaluation = measured("semantic", data, Flat(1.0, 0.0, 0.0), classes)
    # One picture: the answer is its own map in parts of six pixels, right but for the rims of the squares.
    baseline = evaluation.prior_baseline
    assert baseline["mIoU"].value > 0.75 and baseline["pixel_accuracy"].value > 0.9
    squares = json.loads((data / "annotations" / "instances_val.json").read_text())["annotations"]
    background = 1 - sum(square["area"] for square in squares) / 96**2
    assert evaluation.metrics["mIoU"].value == pytest.approx(background / 3, abs=1e-6)


def test_a_class_without_looking_is_the_one_that_is_most_common_in_training(tmp_path: Path) -> None:
    counts = {"train": {"apple": 5, "pear": 3}, "val": {"apple": 1, "pear": 3}}
    for split, classes in counts.items():
        for name, count in classes.items():
            for number in range(count):
                write_png(tmp_path / split / name / f"{number}.png", np.full((40, 40, 3), 90, np.uint8))
    task: Any = task_named("classification")
    found = task.description.find(str(tmp_path))
    train, val = (task.description.read(found, split) for split in ("train", "val"))
    prior_baseline = task.prior_baseline(train, ("apple", "pear"), TrainingFacts())
    assert prior_baseline.tolist() == [0.625, 0.375]
    model = ModelConfig(input_size=64)
    network = torch.nn.Sequential(torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(), torch.nn.LazyLinear(2))
    network = torch.nn.Sequential(AsFloat(), network)
    trained = Trained(
        task="classification",
        network=network,
        model=model,
        classes=("apple", "pear"),
        facts=TrainingFacts(),
        prior_baseline=prior_baseline,
    )
    evaluation, _ = task.evaluate(trained, val, CPU, resamples=4)
    truth = Counter(counts["val"])
    assert evaluation.prior_baseline["accuracy"].value == truth["apple"] / truth.total() == 0.25
    with pytest.raises(CheckpointError, match="not one number a class"):
        task.evaluate(replace(trained, prior_baseline=np.ones(3, np.float32)), val, CPU, resamples=0)


class AsFloat(torch.nn.Module):
    """Pixels as numbers that a layer takes."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return images.float() / 255


def test_it_is_kept_with_the_weights(tmp_path: Path) -> None:
    task, model = task_named("depth"), ModelConfig(input_size=64, head_channels=32)
    tensors = task.build(model, (), pretrained=False).state_dict()
    prior_baseline = np.linspace(0.5, 9, GRID * GRID, dtype=np.float32).reshape(GRID, GRID)
    save = {"task": "depth", "model": model, "classes": (), "facts": TrainingFacts()}
    save_trained(tmp_path / "best.safetensors", tensors, **save, prior_baseline=prior_baseline)
    kept = load_trained(tmp_path).prior_baseline
    assert kept is not None and kept.dtype == np.float32
    np.testing.assert_allclose(kept, prior_baseline, atol=1e-4)
    sidecar = json.loads((tmp_path / "best.json").read_text())
    (tmp_path / "best.json").write_text(json.dumps({**sidecar, "prior_baseline": [[1, 2], [3]]}))
    with pytest.raises(CheckpointError, match="damaged"):
        load_trained(tmp_path)
    save_trained(tmp_path / "best.safetensors", tensors, **save)
    assert load_trained(tmp_path).prior_baseline is None


def test_one_of_another_shape_is_refused() -> None:
    with pytest.raises(CheckpointError, match="shape"):
        baseline_at(np.zeros((GRID, GRID)), (20, 30), channels=3)
    assert baseline_at(np.zeros((GRID, GRID, 3)), (20, 30), channels=3).shape == (20, 30, 3)


def test_a_class_that_the_network_does_not_know_is_refused(tmp_path: Path) -> None:
    data = squares_with_masks(tmp_path, images=1)
    task: Any = task_named("semantic")
    trained = Trained(
        task="semantic",
        network=Flat(1.0, 0.0),
        model=ModelConfig(input_size=64),
        classes=("background", "red square"),
        facts=TrainingFacts(),
        prior_baseline=np.full((GRID, GRID), 7, np.float32),
    )
    with pytest.raises(CheckpointError, match="do not know"):
        task.evaluate(trained, task.description.read(task.description.find(str(data)), "val"), CPU, resamples=0)
