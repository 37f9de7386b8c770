from __future__ import annotations

import pytest

from synthvis.report.matching import iou_xywh, operating_score, worst_errors

CATEGORIES = [{"id": 1, "name": "apple"}, {"id": 2, "name": "orange"}]


def truth(*boxes):
    entries = [{"image_id": image, "category_id": label, "bbox": box} for image, label, box in boxes]
    images = [{"id": number} for number in sorted({one["image_id"] for one in entries} | {1})]
    return {"images": images, "categories": CATEGORIES, "annotations": entries}


def found(image, label, box, score):
    return {"image_id": image, "category_id": label, "bbox": box, "score": score}


def test_iou_by_hand():
    assert iou_xywh((0, 0, 10, 10), (5, 0, 10, 10)) == pytest.approx(50 / 150)
    assert iou_xywh((0, 0, 10, 10), (10, 0, 10, 10)) == 0.0


@pytest.mark.parametrize(
    ("label", "box", "kind"),
    [
        (1, [50, 50, 10, 10], "false positive"),
        (1, [6, 0, 10, 10], "bad localisation"),
        (2, [1, 0, 10, 10], "wrong class"),
        (2, [6, 0, 10, 10], "false positive"),
    ],
)
def test_each_mistake_has_its_name_and_leaves_the_box_missed(label, box, kind):
    errors = worst_errors(truth((1, 1, [0, 0, 10, 10])), [found(1, label, box, 0.9)], 5, 0.0)
    assert set(errors) == {kind, "missed"}
    assert errors["missed"][0].weight == 100


def test_a_hit_is_no_error_and_a_second_one_is_a_duplicate():
    boxes = truth((1, 1, [0, 0, 10, 10]))
    once = [found(1, 1, [0, 0, 10, 10], 0.9)]
    assert worst_errors(boxes, once, 5, 0.0) == {}
    assert set(worst_errors(boxes, [*once, found(1, 1, [0, 1, 10, 10], 0.8)], 5, 0.0)) == {"duplicate"}


def test_the_gravest_come_first_and_one_image_does_not_fill_the_page():
    boxes = truth((1, 1, [0, 0, 10, 10]), (1, 1, [20, 0, 30, 30]), (2, 1, [0, 0, 50, 50]), (3, 1, [0, 0, 5, 5]))
    missed = worst_errors(boxes, [], 2, 0.0)["missed"]
    assert [(one.image_id, one.weight) for one in missed] == [(2, 2500), (1, 900)]


def test_predictions_below_the_threshold_are_not_looked_at():
    errors = worst_errors(truth((1, 1, [0, 0, 10, 10])), [found(1, 1, [0, 0, 10, 10], 0.2)], 5, 0.3)
    assert set(errors) == {"missed"}


def test_the_operating_score_has_the_best_f1():
    boxes = truth((1, 1, [0, 0, 10, 10]), (1, 1, [30, 0, 10, 10]))
    rows = [
        found(1, 1, [0, 0, 10, 10], 0.9),
        found(1, 1, [30, 0, 10, 10], 0.5),
        found(1, 1, [70, 0, 10, 10], 0.2),
    ]
    assert operating_score(boxes, rows) == 0.5
    assert operating_score(boxes, []) == 0.0
