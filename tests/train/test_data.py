"""Geometry and order of what the trainer sees."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from synthvis.data.coco.reader import read_coco_split
from synthvis.data.dataset import find_dataset
from synthvis.data.derived.box_style import BoxStyle, in_style
from synthvis.data.sample import LabelledObject, Sample
from synthvis.data.split import Split
from synthvis.train.config import ModelConfig, TrainConfig
from synthvis.train.detection.data import DetectionViews, labels_of
from synthvis.train.detection.fcos import match_points
from synthvis.train.engine.devices import keep_depthwise_fp32, loader_workers
from synthvis.train.engine.schedule import StepSampler, lr_scale
from synthvis.train.views.letterbox import PAD_VALUE, Letterbox, letterbox_image

pytestmark = pytest.mark.train


@pytest.mark.parametrize("image_hw", [(480, 321), (100, 640), (320, 320), (7, 500)])
def test_letterbox_there_and_back(image_hw: tuple[int, int]) -> None:
    box = Letterbox(image_hw, 320)
    height, width = image_hw
    boxes = np.array([[0, 0, width, height], [1.5, 2.5, width / 2, height / 2]], np.float32)
    square = box.to_square(boxes)
    assert square.max() <= 320 + 1e-3
    np.testing.assert_allclose(box.to_image(square), boxes, atol=1e-3)
    pixels = letterbox_image(np.zeros((*image_hw, 3), np.uint8), 320)
    filled_height, filled_width = box.inner_hw
    assert not pixels[:filled_height, :filled_width].any()
    assert (pixels[filled_height:] == PAD_VALUE).all() and (pixels[:, filled_width:] == PAD_VALUE).all()


def test_a_view_depends_on_seed_epoch_and_index_only_and_keeps_its_boxes(squares: Path) -> None:
    split = find_dataset(squares).read("train")
    config = TrainConfig(model=ModelConfig(input_size=96), augment=1.0)
    first, second = (DetectionViews(split, split.class_names, config) for _ in range(2))
    torch.manual_seed(1)
    expected = first[(3, 1)]
    torch.manual_seed(2)
    second[(0, 0)]
    again = second[(3, 1)]
    assert all(torch.equal(expected[key], again[key]) for key in expected)
    assert not torch.equal(expected["image"], first[(4, 1)]["image"])
    for epoch in range(30):
        view = first[(epoch, 0)]
        boxes = view["boxes"]
        assert view["image"].shape == (3, 96, 96) and view["image"].dtype == torch.uint8
        assert (boxes[:, 2:] > boxes[:, :2]).all() and boxes.min() >= 0 and boxes.max() <= 96


def test_boxes_follow_the_pixels_through_augmentation(squares: Path) -> None:
    split = find_dataset(squares).read("train")
    data = DetectionViews(split, split.class_names, TrainConfig(model=ModelConfig(input_size=96), augment=0.01))
    for epoch in range(20):
        view = data[(epoch, 0)]
        for box, label in zip(view["boxes"].tolist(), view["labels"].tolist(), strict=True):
            x, y = int((box[0] + box[2]) / 2), int((box[1] + box[3]) / 2)
            red, _, blue = view["image"][:, y, x].tolist()
            assert (red > blue) == (label == 0)


def test_the_order_is_a_permutation_an_epoch_and_resumes_anywhere() -> None:
    whole = list(StepSampler(10, 4, 0, 0, 10))
    keys = [key for batch in whole for key in batch]
    for epoch in range(4):
        assert sorted(index for at, index in keys if at == epoch) == list(range(10))
    assert list(StepSampler(10, 4, 0, 6, 10)) == whole[6:]


def test_learning_rate_rises_then_falls() -> None:
    scales = [lr_scale(step, 100, 10) for step in range(100)]
    assert scales[:11] == sorted(scales[:11]) and scales[10:] == sorted(scales[10:], reverse=True)
    assert max(scales) == 1.0 and scales[-1] < 0.02


def test_points_answer_for_the_smallest_object_of_their_level() -> None:
    centres = torch.tensor([[20.0, 20.0], [60.0, 60.0], [150.0, 150.0]])
    strides = torch.tensor([8.0, 8.0, 64.0])[:, None]
    anchors = torch.cat([centres - strides / 2, centres + strides / 2], dim=1)
    boxes = torch.tensor([[0.0, 0.0, 300.0, 300.0], [10.0, 10.0, 30.0, 30.0], [5.0, 5.0, 35.0, 35.0]])
    assert match_points(anchors, boxes, [2, 1]).tolist() == [1, -1, 0]
    assert match_points(anchors, boxes[:0], [2, 1]).tolist() == [-1, -1, -1]


def test_what_hardly_shows_is_no_target() -> None:
    def box(x: float, visible: float) -> LabelledObject:
        return LabelledObject(
            class_name="apple", bbox_xywh_px=(x, 0, 9, 9), area_px=81, is_crowd=False, visible_fraction=visible
        )

    entry = Sample(id=1, path=Path("1.jpg"), labelled_hw=(50, 50), objects=(box(0, 1.0), box(10, 0.15), box(20, 0.149)))
    boxes, _ = labels_of(entry, {"apple": 0}, 0.15)
    assert boxes[:, 0].tolist() == [0, 10]
    assert len(labels_of(entry, {"apple": 0})[0]) == 3


def test_visible_fractions_come_from_the_file_and_photographs_have_none(tmp_path: Path) -> None:
    annotation = {"id": 1, "image_id": 1, "category_id": 1, "bbox": [0, 0, 4, 4]}
    content = {
        "images": [{"id": 1, "file_name": "1.jpg", "width": 9, "height": 9}],
        "categories": [{"id": 1, "name": "apple"}],
        "annotations": [
            annotation,
            {**annotation, "id": 2, "synthvis": {"visible_fraction": 0.25}},
            {**annotation, "id": 3, "synthvis": 7},
        ],
    }
    path = tmp_path / "instances.json"
    path.write_text(json.dumps(content))
    split = read_coco_split(path, tmp_path, name="x", split="train", kind="real")
    assert [box.visible_fraction for box in split.images[0].objects] == [1.0, 0.25, 1.0]


def three_boxes(tmp_path: Path, kind: str) -> Split:
    """Three times the same modal box in 40x30 px; of the first two the file knows the whole."""

    def entry(number: int, facts: object) -> dict[str, object]:
        return {"id": number, "image_id": 1, "category_id": 1, "bbox": [10, 10, 5, 5], "area": 20, "synthvis": facts}

    content = {
        "images": [{"id": 1, "file_name": "1.jpg", "width": 40, "height": 30}],
        "categories": [{"id": 1, "name": "apple"}],
        "annotations": [
            entry(1, {"amodal_bbox": [10, 8, 20, 9]}),
            entry(2, {"amodal_bbox": [-9, 10, 60, 50]}),
            entry(3, {}),
        ],
    }
    path = tmp_path / "instances.json"
    path.write_text(json.dumps(content))
    return read_coco_split(path, tmp_path, name="x", split="train", kind=kind)


def test_amodal_boxes_reach_behind_others_and_end_at_the_frame(tmp_path: Path) -> None:
    split = three_boxes(tmp_path, "synthetic")
    boxes = in_style(split, BoxStyle(kind="amodal")).images[0].objects
    assert [box.bbox_xywh_px for box in boxes] == [(10, 8, 20, 9), (0, 10, 40, 20), (10, 10, 5, 5)]
    assert [box.area_px for box in boxes] == [180, 800, 20]
    assert [box.bbox_xywh_px for box in split.images[0].objects] == [(10, 10, 5, 5)] * 3


def test_a_margin_widens_every_side_and_ends_at_the_frame(tmp_path: Path) -> None:
    split = three_boxes(tmp_path, "synthetic")
    modal = in_style(split, BoxStyle(margin=0.1)).images[0].objects
    assert [box.bbox_xywh_px for box in modal] == [pytest.approx((9.5, 9.5, 6, 6))] * 3
    amodal = in_style(split, BoxStyle(kind="amodal", margin=0.1)).images[0].objects
    assert amodal[0].bbox_xywh_px == pytest.approx((8, 7.1, 24, 10.8))
    assert amodal[0].area_px == pytest.approx(24 * 10.8)
    assert amodal[1].bbox_xywh_px == pytest.approx((0, 5, 40, 25))


@pytest.mark.parametrize("style", [BoxStyle(), BoxStyle(kind="amodal", margin=0.1)])
def test_the_boxes_of_photographs_stay_as_people_drew_them(tmp_path: Path, style: BoxStyle) -> None:
    split = three_boxes(tmp_path, "real")
    assert in_style(split, style) is split


def test_depthwise_convolutions_that_learn_stay_in_fp32_under_bf16() -> None:
    torch.manual_seed(0)
    depthwise, frozen = (torch.nn.Conv2d(8, 8, 3, groups=8) for _ in range(2))
    pointwise = torch.nn.Conv2d(8, 4, 1)
    frozen.requires_grad_(False)
    model = torch.nn.Sequential(depthwise, pointwise)
    names, image = list(model.state_dict()), torch.randn(2, 8, 9, 9)
    exact = depthwise(image)
    keep_depthwise_fp32(torch.nn.ModuleList([model, frozen]))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert torch.equal(depthwise(image), exact)
        assert frozen(image).dtype == torch.bfloat16
        assert model(image).dtype == torch.bfloat16
    assert list(model.state_dict()) == names


def test_a_loader_process_waits_for_a_run_that_is_worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "get_num_threads", lambda: 2)
    cpu = torch.device("cpu")
    assert [loader_workers(TrainConfig(steps=steps), cpu) for steps in (99, 100)] == [0, 1]
    assert loader_workers(TrainConfig(steps=1000, workers=0), cpu) == 0
    monkeypatch.setattr(torch, "get_num_threads", lambda: 1)
    assert loader_workers(TrainConfig(steps=1000), cpu) == 0
