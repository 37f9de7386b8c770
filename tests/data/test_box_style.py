"""Styles of boxes, on annotations written by hand."""

import json

import pytest

from synthvis.data.coco.reader import read_coco_split
from synthvis.data.derived.box_style import BOX_KINDS, BoxStyle, in_style
from synthvis.metrics.training_facts import TrainingFacts

WITH_STALK = {"amodal_bbox": [-5, 10, 45, 40], "body_bbox": [0, 20, 30, 30], "amodal_body_bbox": [-5, 20, 35, 30]}
STALK_ALONE = {"amodal_bbox": [60, 60, 20, 30], "body_bbox": [0, 0, 0, 0], "amodal_body_bbox": [60, 70, 20, 20]}
WHOLE = {"amodal_bbox": [50, 0, 20, 20]}


@pytest.fixture
def split(tmp_path):
    rows = [([0, 10, 40, 40], WITH_STALK), ([68, 60, 4, 10], STALK_ALONE), ([55, 0, 15, 20], WHOLE)]
    annotations = [
        {"id": i, "image_id": 1, "category_id": 1, "bbox": box, "area": 9, "iscrowd": 0, "synthvis": facts}
        for i, (box, facts) in enumerate(rows, start=1)
    ]
    images = [{"id": 1, "file_name": "1.jpg", "width": 100, "height": 100}]
    path = tmp_path / "instances.json"
    path.write_text(
        json.dumps({"images": images, "annotations": annotations, "categories": [{"id": 1, "name": "banana"}]})
    )
    return lambda kind: read_coco_split(path, tmp_path, name="made", split="train", kind=kind)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("modal", [(0, 10, 40, 40), (68, 60, 4, 10), (55, 0, 15, 20)]),
        ("amodal", [(0, 10, 40, 40), (60, 60, 20, 30), (50, 0, 20, 20)]),
        # Of the second one nothing of the body shows.
        ("body", [(0, 20, 30, 30), (55, 0, 15, 20)]),
        ("amodal-body", [(0, 20, 30, 30), (60, 70, 20, 20), (50, 0, 20, 20)]),
    ],
)
def test_boxes_of_each_kind(split, kind, expected):
    (image,) = in_style(split("synthetic"), BoxStyle(kind=kind)).images
    assert [box.bbox_xywh_px for box in image.objects] == expected


def test_a_margin_is_a_share_of_the_side_and_ends_at_the_frame(split):
    (image,) = in_style(split("synthetic"), BoxStyle(kind="body", margin=0.1)).images
    assert image.objects[0].bbox_xywh_px == (0, 17, 33, 36)
    assert image.objects[0].area_px == 33 * 36


def test_photographs_keep_their_boxes(split):
    photographs = split("real")
    assert in_style(photographs, BoxStyle(kind="amodal-body", margin=0.1)) is photographs


def test_a_run_says_which_style_it_was_trained_on():
    for kind in BOX_KINDS:
        assert TrainingFacts(boxes=kind, box_margin=0.02).box_style == BoxStyle(kind=kind, margin=0.02)
    assert TrainingFacts().box_style == BoxStyle()
