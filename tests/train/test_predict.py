"""What tasks say about pictures of any size, by networks whose answers are known, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch")

import torch
from coloured_squares import Says, predictor_with

from synthvis.errors import UsageError
from synthvis.formats.rle import decode_mask
from synthvis.metrics.picture_predictions import ClassMap, DepthMap, DetectedObjects, NormalMap
from synthvis.train.keypoints.heatmap import HeatmapNetwork
from synthvis.train.registry import task_named, tasks

pytestmark = pytest.mark.train

# A square of 64 px shows a picture of 100 x 37 px as 64 x 24: 0.64 and 24 / 37 of its size. The box from (16, 6) to
# (48, 18) is 25 to 75 px and 9.25 to 27.75 px there; rows from 24 on show nothing of the picture.
CASES = [
    ((37, 100), (16, 6, 48, 18), (25, 9.25, 50, 18.5)),
    ((37, 100), (16, 6, 48, 60), (25, 9.25, 50, 27.75)),
    ((100, 37), (6, 16, 18, 48), (9.25, 25, 18.5, 50)),
    ((64, 64), (1, 2, 30, 40), (1, 2, 29, 38)),
    ((1, 1), (16, 16, 48, 48), (0.25, 0.25, 0.5, 0.5)),
    # 1000 x 3 px is shown as 64 x 1 (0.192 rounds to 0, and a picture has a row): one row is three.
    ((3, 1000), (0, 0, 32, 1), (0, 0, 500, 3)),
    ((128, 256), (-5, -5, 64, 32), (0, 0, 256, 128)),
]


@pytest.mark.parametrize(("image_hw", "in_square", "expected"), CASES)
def test_boxes_come_back_in_pixels_of_the_picture(
    image_hw: tuple[int, int], in_square: tuple[float, ...], expected: tuple[float, ...]
) -> None:
    predictor = predictor_with(Says([in_square], [1], [0.123456]))
    found = predictor(np.zeros((*image_hw, 3), np.uint8))
    assert isinstance(found, DetectedObjects) and found.image_hw == image_hw
    [one] = found.objects
    assert (one.label, one.bbox_xywh_px, one.score) == (1, expected, 0.12346)


def test_what_scores_too_little_and_what_has_no_size_is_left_out() -> None:
    boxes = [(0, 0, 9, 9), (0, 0, 9, 9), (5, 5, 5, 9), (70, 0, 80, 9)]
    predictor = predictor_with(Says(boxes, [0, 1, 0, 0], [0.5, 0.49999, 0.9, 0.9]), min_score=0.5)
    found = predictor(np.zeros((64, 64, 3), np.uint8))
    assert isinstance(found, DetectedObjects)
    assert [(one.label, one.score) for one in found.objects] == [(0, 0.5)]


class SaysMasks(Says):
    """Each object is the left half of its box."""

    def forward(self, images: torch.Tensor) -> list[dict[str, torch.Tensor]]:
        found = super().forward(images)
        for one in found:
            one["masks"] = torch.zeros((len(one["boxes"]), 1, 28, 28))
            one["masks"][..., :14] = 1
        return found


def test_masks_lie_in_the_picture_where_their_boxes_lie() -> None:
    predictor = predictor_with(SaysMasks([(16, 6, 48, 18)], [0], [0.9]), task="instances")
    found = predictor(np.zeros((37, 100, 3), np.uint8))
    assert isinstance(found, DetectedObjects)
    [one] = found.objects
    assert one.segmentation is not None
    mask = decode_mask(one.segmentation.to_dict(), (37, 100))
    expected = np.zeros((37, 100), bool)
    expected[9:28, 25:50] = True
    assert (mask & expected).sum() / (mask | expected).sum() > 0.85


class SaysPoints(HeatmapNetwork):
    """A heatmap network, for the task, that always says (16, 48) and (32, 32) of its 64 px."""

    def __init__(self) -> None:
        torch.nn.Module.__init__(self)

    def forward(self, images: torch.Tensor, targets: object = None) -> torch.Tensor:
        return torch.tensor([[16.0, 48, 0.5], [32, 32, 1.0]]).expand(len(images), -1, -1)


def test_keypoints_of_the_boxes_that_a_detector_finds() -> None:
    """A box of 40 x 40 px around (30, 30) is seen as the square of 50 px from (5, 5): 16 / 64 of it is 12.5 px."""
    boxes = predictor_with(Says([(10, 10, 50, 50), (0, 0, 9, 9)], [1, 0], [0.9, 0.9]))
    words = {"task": "keypoints", "classes": ("Blue/left", "Blue/middle")}
    predictor = predictor_with(SaysPoints(), boxes=boxes, **words)
    assert predictor.words.categories == ("Blue",) and predictor.words.keypoints == ("left", "middle")
    found = predictor(np.zeros((64, 64, 3), np.uint8))
    assert isinstance(found, DetectedObjects)
    [one] = found.objects
    assert one.bbox_xywh_px == (10, 10, 40, 40)
    assert one.keypoints == (17.5, 42.5, 0.5, 30, 30, 1.0)
    assert one.score == 0.75
    # Without a detector the picture is the object: 1.25 x 64 = 80 px from -8 on.
    [whole] = predictor_with(SaysPoints(), **words)(np.zeros((64, 64, 3), np.uint8)).objects  # type: ignore[attr-defined]
    assert whole.bbox_xywh_px == (0, 0, 64, 64) and whole.keypoints[:2] == (12, 52)


class SaysColumns(torch.nn.Module):
    """Channel 0 is 1 in the left half of the square, the others in the right."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self._channels = channels

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        maps = torch.zeros((len(images), self._channels, 64, 64))
        maps[:, 0, :, :32], maps[:, 1:, :, 32:] = 1, 1
        return maps


def test_maps_come_back_in_the_size_of_the_picture() -> None:
    image = np.zeros((37, 100, 3), np.uint8)
    labels = predictor_with(SaysColumns(2), task="semantic")(image)
    assert isinstance(labels, ClassMap) and labels.labels.shape == (37, 100)
    assert (labels.labels[:, :49] == 0).all() and (labels.labels[:, 51:] == 1).all()
    depth = predictor_with(SaysColumns(1), task="depth", classes=())(image)
    assert isinstance(depth, DepthMap) and depth.values.shape == (37, 100)
    assert (depth.values[:, :49] == 1).all() and (depth.values[:, 51:] == 0).all()
    normals = predictor_with(SaysColumns(3), task="normals", classes=())(image)
    assert isinstance(normals, NormalMap) and normals.values.shape == (37, 100, 3)


def test_every_task_predicts_and_one_that_does_not_says_so() -> None:
    from synthvis.train.task import Task

    assert [name for name in tasks() if type(task_named(name)).predict is Task.predict] == []
    with pytest.raises(UsageError, match="the task detection predicts nothing for pictures without labels"):
        Task.predict(task_named("detection"), None, (), torch.device("cpu"))  # type: ignore[arg-type]


@pytest.mark.parametrize("image", [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 3)), np.zeros((0, 4, 3), np.uint8)])
def test_what_is_no_picture_is_refused(image: np.ndarray) -> None:
    with pytest.raises(UsageError, match="a picture is an array of"):
        predictor_with(Says([], [], []))(image)


def test_boxes_come_from_a_network_that_finds_them() -> None:
    from synthvis.inference.predictor import _check_boxes

    points = predictor_with(SaysPoints(), task="keypoints", classes=("blue/left", "blue/middle"))
    finds = predictor_with(Says([], [], []))
    _check_boxes(points, finds)
    with pytest.raises(UsageError, match="finds its objects by itself"):
        _check_boxes(finds, finds)
    with pytest.raises(UsageError, match="the task depth finds no boxes"):
        _check_boxes(points, predictor_with(SaysColumns(1), task="depth", classes=()))
    with pytest.raises(UsageError, match="knows no blue, only green"):
        _check_boxes(points, predictor_with(Says([], [], []), classes=("green",)))
