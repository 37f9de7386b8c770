"""Test-time views: what a perfect detector finds in them comes back to where it was."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

import torch
from click.testing import CliRunner

from synthvis.api.measuring import check_tta
from synthvis.cli.evaluate import command
from synthvis.data.dataset import find_dataset
from synthvis.errors import UsageError
from synthvis.metrics.training_facts import TrainingFacts
from synthvis.train.config import ModelConfig
from synthvis.train.detection.fcos import FcosDetector
from synthvis.train.engine.checkpoint import save_trained
from synthvis.train.registry import description_of, task_named
from synthvis.train.trained import Trained
from synthvis.train.views.multicrop import (
    Detections,
    TestTime,
    averaged_probabilities,
    crop_windows,
    fused,
    with_test_time,
)

pytestmark = pytest.mark.train


def found(boxes: list[list[float]], labels: list[int], scores: list[float]) -> Detections:
    return Detections(
        boxes_xyxy_px=np.array(boxes, np.float32).reshape(-1, 4), labels=np.array(labels, np.int64),
        scores=np.array(scores, np.float32),
    )  # fmt: skip


def sees_colours(images: Sequence[np.ndarray]) -> list[Detections]:
    """Every colour but black is an object of its own class; its box is that of its pixels."""
    results = []
    for image in images:
        boxes, labels = [], []
        for value in np.unique(image[image > 0]):
            rows, columns = np.nonzero(image[:, :, 0] == value)
            boxes.append([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1])
            labels.append(int(value))
        results.append(found(boxes, labels, [0.5 + image.shape[0] / 1e4] * len(boxes)))
    return results


def picture(height: int = 60, width: int = 90) -> np.ndarray:
    image = np.zeros((height, width, 3), np.uint8)
    image[5:15, 3:20] = 1
    image[40:55, 70:88] = 2
    image[20:45, 30:60] = 3  # over the middle, so every crop cuts it
    return image


@pytest.mark.parametrize("kind", ["flip", "crops"])
def test_what_is_found_in_the_views_comes_back_to_its_place(kind: str) -> None:
    images = [picture(), np.zeros((33, 21, 3), np.uint8)]
    plain, more = sees_colours(images), with_test_time(sees_colours, kind, nms_iou=0.6, most=100)(images)  # type: ignore[arg-type]
    order = np.argsort(more[0].labels)
    np.testing.assert_array_equal(more[0].labels[order], plain[0].labels)
    np.testing.assert_array_equal(more[0].boxes_xyxy_px[order], plain[0].boxes_xyxy_px)
    assert len(more[1].labels) == 0


def test_without_a_kind_nothing_changes() -> None:
    assert with_test_time(sees_colours, None, nms_iou=0.6, most=100) is sees_colours


def test_crops_find_what_the_whole_image_misses() -> None:
    def short_sighted(images: Sequence[np.ndarray]) -> list[Detections]:
        return [
            one.of(np.array([image.shape[1] < 90] * len(one.labels)))
            for one, image in zip(sees_colours(images), images, strict=True)
        ]

    more = with_test_time(short_sighted, "crops", nms_iou=0.6, most=100)([picture()])[0]
    assert sorted(more.labels.tolist()) == [1, 2], "3 is cut by every crop"


def test_windows_worked_by_hand() -> None:
    # Two spans that overlap by a quarter of their length: 70 px = 2 L - L / 4, L = 40.
    assert crop_windows((70, 140)) == [(0, 0, 80, 40), (60, 0, 140, 40), (0, 30, 80, 70), (60, 30, 140, 70)]
    assert crop_windows((1, 1)) == [(0, 0, 1, 1)] * 4
    for hw in ((61, 99), (5, 300)):
        seen = np.zeros(hw, bool)
        for left, top, right, bottom in crop_windows(hw):
            seen[top:bottom, left:right] = True
        assert seen.all()


def test_fusion_keeps_the_best_of_a_class_and_all_classes() -> None:
    parts = [
        found([[0, 0, 10, 10], [50, 50, 60, 60]], [0, 0], [0.6, 0.3]),
        found([[1, 0, 10, 10], [0, 0, 10, 10]], [0, 1], [0.9, 0.5]),
        found([], [], []),
    ]
    kept = fused(parts, nms_iou=0.6, most=100)
    assert kept.scores.tolist() == pytest.approx([0.9, 0.5, 0.3])
    assert kept.labels.tolist() == [0, 1, 0]
    assert fused(parts, nms_iou=0.6, most=1).labels.tolist() == [0]
    assert len(fused([found([], [], [])], nms_iou=0.6, most=9).labels) == 0


def test_probabilities_are_averaged() -> None:
    def left_is_bright(images: Sequence[np.ndarray]) -> np.ndarray:
        shares = [image[:, : image.shape[1] // 2].mean() / max(1e-9, image.mean() * 2) for image in images]
        return np.array([[share, 1 - share] for share in shares])

    image = np.zeros((10, 20, 3), np.uint8)
    image[:, :10] = 100
    assert averaged_probabilities(left_is_bright, [image], None).tolist() == [[1, 0]]
    assert averaged_probabilities(left_is_bright, [image], "flip").tolist() == [[0.5, 0.5]]
    crops = averaged_probabilities(left_is_bright, [image, image], "crops")
    assert crops.shape == (2, 2) and crops.sum(axis=1).tolist() == pytest.approx([1, 1])


def test_a_detector_predicts_on_more_views(squares: Path) -> None:
    split = find_dataset(squares).read("val")
    torch.manual_seed(0)
    model = ModelConfig(input_size=64, head_channels=32, head_convs=1)
    trained = Trained(
        task="detection", network=FcosDetector(model, 2), model=model, classes=split.class_names,
        facts=TrainingFacts(),
    )  # fmt: skip
    kinds: tuple[TestTime | None, ...] = (None, "flip", "crops")
    plain, *more = (
        task_named("detection").evaluate(replace(trained, tta=kind), split, torch.device("cpu"), resamples=0)[1]
        for kind in kinds
    )
    for rows in more:
        assert rows != plain
        assert {row.image_id for row in rows} <= {image.id for image in split.images}
        for row in rows:
            x, y, width, height = row.bbox
            assert min(x, y) >= 0 and x + width <= 96.02 and y + height <= 96.02
        assert max(sum(row.image_id == image.id for row in rows) for image in split.images) <= 100


def test_the_command_writes_beside_the_plain_results(squares: Path, tmp_path: Path) -> None:
    model, classes = ModelConfig(input_size=64, head_channels=32, head_convs=1), ("red square", "blue square")
    torch.manual_seed(0)
    weights = FcosDetector(model, 2).state_dict()
    save_trained(
        tmp_path / "run" / "best.safetensors",
        weights,
        task="detection",
        model=model,
        classes=classes,
        facts=TrainingFacts(),
    )
    words = [str(tmp_path / "run"), "--eval-on", str(squares), "--device", "cpu", "--json"]
    for tta in ([], ["--tta", "crops"]):
        result = CliRunner().invoke(command, [*words, *tta])
        assert result.exit_code == 0, result.output
    plain = json.loads((tmp_path / "run" / f"eval_{squares.name}.json").read_bytes())
    crops = json.loads((tmp_path / "run" / "tta-crops" / f"eval_{squares.name}.json").read_bytes())
    assert plain["tta"] is None and crops["tta"] == "crops"


def test_a_task_without_test_time_views_says_so() -> None:
    for task, kinds in (("detection", ("flip", "crops")), ("classification", ("flip", "crops")), ("depth", ("flip",))):
        for kind in kinds:
            check_tta(description_of(task), kind)
    check_tta(description_of("keypoints"), None)
    with pytest.raises(UsageError, match="keypoints has no such"):
        check_tta(description_of("keypoints"), "flip")
    with pytest.raises(UsageError, match="depth has no such") as refused:
        check_tta(description_of("depth"), "crops")
    assert refused.value.hint == "it has flip"
