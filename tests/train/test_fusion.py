"""Boxes of several detectors as one list, and class probabilities of several networks as one; numbers by hand."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch")

from types import SimpleNamespace

import torch
from torch import Tensor, nn

from synthvis.errors import CheckpointError, UsageError
from synthvis.metrics.training_facts import TrainingFacts
from synthvis.train.config import ModelConfig
from synthvis.train.detection.fusion import DETECTIONS, FusedDetectors, fuse_boxes
from synthvis.train.engine import ensemble
from synthvis.train.engine.ensemble import combined, snapshots_of
from synthvis.train.engine.mean_of_classes import MeanOfClasses
from synthvis.train.trained import Trained

pytestmark = pytest.mark.train


def found(*rows: tuple[float, float, float, float, float, int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows of x0, y0, x1, y1, score, label."""
    table = np.array(rows, dtype=float).reshape(-1, 6)
    return table[:, :4], table[:, 4], table[:, 5].astype(np.int64)


def test_nothing_stays_nothing() -> None:
    boxes, scores, labels = fuse_boxes([found(), found()])
    assert boxes.shape == (0, 4) and scores.shape == labels.shape == (0,)
    boxes, scores, _ = fuse_boxes([found(), found((0, 0, 2, 2, 0.6, 1))])
    assert boxes.tolist() == [[0, 0, 2, 2]] and scores.tolist() == pytest.approx([0.3])


def test_two_sights_of_one_object_are_averaged_by_their_scores() -> None:
    first = found((0, 0, 10, 10, 0.8, 3), (50, 50, 60, 60, 0.9, 3))
    second = found((0, 0, 10, 12, 0.4, 3))
    boxes, scores, labels = fuse_boxes([first, second])
    # (10 * 0.8 + 12 * 0.4) / 1.2; both saw it: mean score. The other box was seen by one of two.
    np.testing.assert_allclose(boxes, [[0, 0, 10, 32 / 3], [50, 50, 60, 60]])
    np.testing.assert_allclose(scores, [0.6, 0.45])
    assert labels.tolist() == [3, 3]


def test_a_box_joins_what_it_overlaps_most_and_a_third_sight_adds_no_faith() -> None:
    first = found((0, 0, 10, 10, 0.9, 0), (0, 0, 10, 9, 0.6, 0))
    second = found((0, 0, 10, 10, 0.3, 0))
    boxes, scores, _ = fuse_boxes([first, second])
    np.testing.assert_allclose(boxes, [[0, 0, 10, (9 + 5.4 + 3) / 1.8]])
    np.testing.assert_allclose(scores, [0.6])
    near = [found((0, 0, 10, 10, 0.9, 0), (0, 3, 10, 13, 0.8, 0)), found((0, 2, 10, 12, 0.7, 0))]
    # Its overlap with the first is 8/12, with the second 9/11.
    boxes, _, _ = fuse_boxes(near)
    assert [0.0, 0.0, 10.0, 10.0] in boxes.tolist()


def test_classes_do_not_mix_and_the_threshold_itself_does_not_join() -> None:
    boxes, _, labels = fuse_boxes([found((0, 0, 10, 10, 0.5, 0)), found((0, 0, 10, 10, 0.7, 1))])
    assert len(boxes) == 2 and labels.tolist() == [1, 0]
    assert len(fuse_boxes([found((0, 0, 10, 10, 0.5, 0)), found((0, 0, 10, 5, 0.5, 0))], iou=0.5)[0]) == 2
    assert len(fuse_boxes([found((0, 0, 10, 10, 0.5, 0)), found((0, 0, 10, 5, 0.5, 0))], iou=0.49)[0]) == 1


def test_scores_of_nothing_break_nothing() -> None:
    boxes, scores, _ = fuse_boxes([found((0, 0, 4, 4, 0, 0)), found((1, 1, 1, 1, 0, 0))])
    assert np.isfinite(boxes).all() and scores.tolist() == [0, 0]


class Finds(nn.Module):
    """Answers the same for every image."""

    def __init__(self, count: int, score: float) -> None:
        super().__init__()
        corners = torch.arange(count, dtype=torch.float32)[:, None] * 20
        self.boxes, self.score = torch.cat([corners, corners, corners + 10, corners + 10], dim=1), score

    def forward(self, images: Tensor) -> list[dict[str, Tensor]]:
        scores, labels = torch.full((len(self.boxes),), self.score), torch.zeros(len(self.boxes), dtype=torch.int64)
        return [{"boxes": self.boxes, "scores": scores, "labels": labels}] * len(images)


def test_fused_detectors_answer_as_one_does() -> None:
    images = torch.zeros((2, 3, 8, 8), dtype=torch.uint8)
    answers = FusedDetectors([Finds(1, 0.9), Finds(2, 0.5)])(images)
    assert len(answers) == 2
    assert answers[0]["boxes"].tolist() == [[0, 0, 10, 10], [20, 20, 30, 30]]
    assert answers[0]["scores"].tolist() == pytest.approx([0.7, 0.25])
    many = FusedDetectors([Finds(150, 0.9), Finds(0, 0.5)])(images)
    assert len(many[0]["boxes"]) == DETECTIONS


class Scores(nn.Module):
    def __init__(self, values: list[list[float]]) -> None:
        super().__init__()
        self.values = torch.tensor(values)

    def forward(self, images: Tensor) -> Tensor:
        return self.values


def test_probabilities_are_averaged_not_scores() -> None:
    both = MeanOfClasses([Scores([[0.0, 0.0], [4.0, 0.0]]), Scores([[2.0, 0.0], [-1.0, 3.0]])])
    answer = both(torch.zeros(2)).softmax(dim=1)
    first = torch.tensor([[0.0, 0.0], [4.0, 0.0]]).softmax(dim=1)
    second = torch.tensor([[2.0, 0.0], [-1.0, 3.0]]).softmax(dim=1)
    torch.testing.assert_close(answer, (first + second) / 2)


def trained(**changes: object) -> Trained:
    fields = {"task": "detection", "network": Finds(1, 0.5), "model": ModelConfig(), "classes": ("cup", "dining table")}
    return Trained(**{**fields, "facts": TrainingFacts(boxes="modal"), **changes})


def test_only_networks_that_learnt_the_same_answer_together() -> None:
    one = trained()
    assert combined([one], ["a"]) is one
    both = combined([one, trained(classes=("Cup", "dining_table"))], ["a", "b"])
    assert isinstance(both.network, FusedDetectors) and both.facts.ensemble == ("a", "b")
    for changes, message in (
        ({"classes": ("dining table", "cup")}, "classes differ"),
        ({"model": ModelConfig(input_size=640)}, "640 and 320 px"),
        ({"task": "depth"}, "learnt depth"),
        ({"facts": TrainingFacts(boxes="amodal")}, "boxes differ"),
        ({"facts": TrainingFacts(boxes="modal", box_margin=0.02)}, "box_margin differ"),
    ):
        with pytest.raises(CheckpointError, match=message):
            combined([one, trained(**changes)], ["a", "b"])


def test_a_task_without_a_common_answer_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ensemble, "task_named", lambda name: SimpleNamespace(combine=lambda networks: None))
    with pytest.raises(UsageError, match="not defined"):
        combined([trained(), trained()], ["a", "b"])


def test_snapshots_come_in_the_order_of_their_cycles(tmp_path) -> None:
    with pytest.raises(CheckpointError, match="no snapshots"):
        snapshots_of(tmp_path)
    for name in ("snapshot_10.safetensors", "snapshot_2.safetensors", "snapshot_2.json", "best.safetensors"):
        (tmp_path / name).touch()
    assert [path.name for path in snapshots_of(tmp_path)] == ["snapshot_2.safetensors", "snapshot_10.safetensors"]
