"""Errors of a detector for the page: causes as TIDE has them, the gravest first, at the best threshold."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthvis.data.sample import LabelledObject, Sample
from synthvis.data.split import Split
from synthvis.metrics.predictions import BoxPrediction
from synthvis.report.errors.worst_boxes import DetectionError, operating_score, worst_errors

NAMES = ("apple", "orange")


def split_of(*boxes: tuple[int, str, tuple[float, float, float, float]]) -> Split:
    """(image, class, box); image 1 is there in any case."""
    entries = [
        Sample(
            id=number,
            path=Path("x"),
            labelled_hw=(100, 100),
            objects=tuple(
                LabelledObject(
                    class_name=name, bbox_xywh_px=box, area_px=box[2] * box[3], is_crowd=False, visible_fraction=1.0
                )
                for image, name, box in boxes
                if image == number
            ),
        )
        for number in sorted({1} | {image for image, _, _ in boxes})
    ]
    return Split(
        name="case", kind="synthetic", split="val", images=tuple(entries), class_names=NAMES,
        category_ids={"apple": 1, "orange": 2},
    )  # fmt: skip


def found(image: int, label: int, box: list[float], score: float) -> BoxPrediction:
    return BoxPrediction(image_id=image, category_id=label, bbox=tuple(box), score=score)


def errors(split: Split, rows: list[BoxPrediction], per_cause: int = 5, min_score: float = 0.0) -> dict:
    return worst_errors(split, rows, NAMES, per_cause, min_score)


ONE_APPLE = split_of((1, "apple", (0, 0, 10, 10)))


@pytest.mark.parametrize(
    ("label", "box", "cause", "is_missed"),
    [
        (1, [50, 50, 10, 10], "background", True),
        (1, [6, 0, 10, 10], "localisation", False),
        (2, [1, 0, 10, 10], "classification", False),
        (2, [6, 0, 10, 10], "both", True),
    ],
)
def test_each_mistake_has_its_cause(label: int, box: list[float], cause: str, is_missed: bool) -> None:
    made = errors(ONE_APPLE, [found(1, label, box, 0.9)])
    assert set(made) == ({cause, "missed"} if is_missed else {cause})
    if is_missed:
        assert made["missed"][0].weight == 100


def test_an_error_tells_its_boxes_and_their_overlap() -> None:
    (error,) = errors(ONE_APPLE, [found(1, 1, [6, 0, 10, 10], 0.9)])["localisation"]
    assert error == DetectionError(
        cause="localisation", image_id=1, label="apple", prediction_xywh_px=(6.0, 0.0, 10.0, 10.0),
        ground_truth_xywh_px=(0, 0, 10, 10), score=0.9, iou=pytest.approx(40 / 160), weight=0.9,
    )  # fmt: skip


def test_a_hit_is_no_error_and_a_second_one_is_a_duplicate() -> None:
    once = [found(1, 1, [0, 0, 10, 10], 0.9)]
    assert errors(ONE_APPLE, once) == {}
    assert set(errors(ONE_APPLE, [*once, found(1, 1, [0, 1, 10, 10], 0.8)])) == {"duplicate"}


def test_the_gravest_come_first_and_one_image_does_not_fill_the_page() -> None:
    boxes = ((1, (0, 0, 10, 10)), (1, (20, 0, 30, 30)), (2, (0, 0, 50, 50)), (3, (0, 0, 5, 5)))
    missed = errors(split_of(*((image, "apple", box) for image, box in boxes)), [], per_cause=2)["missed"]
    assert [(error.image_id, error.weight) for error in missed] == [(2, 2500), (1, 900)]


def test_predictions_below_the_threshold_are_not_looked_at() -> None:
    made = errors(ONE_APPLE, [found(1, 1, [0, 0, 10, 10], 0.2)], min_score=0.3)
    assert set(made) == {"missed"}


def test_the_operating_score_has_the_best_f1() -> None:
    split = split_of((1, "apple", (0, 0, 10, 10)), (1, "apple", (30, 0, 10, 10)))
    rows = [
        found(1, 1, [0, 0, 10, 10], 0.9),
        found(1, 1, [30, 0, 10, 10], 0.5),
        found(1, 1, [70, 0, 10, 10], 0.2),
    ]
    assert operating_score(split, rows, NAMES) == 0.5
    assert operating_score(split, [], NAMES) == 0.0
