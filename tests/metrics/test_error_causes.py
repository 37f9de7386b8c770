"""Causes of errors: cases in which one cause alone is present, and sums that must come out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from synthvis.data.sample import LabelledObject, Sample
from synthvis.data.split import Split
from synthvis.metrics.detection import detection_metrics
from synthvis.metrics.error_causes import CauseCost, error_causes
from synthvis.metrics.error_table import CAUSES, Subset, error_table
from synthvis.metrics.metric import MetricValue
from synthvis.metrics.predictions import BoxPrediction

NAMES = ("apple", "orange")
BOX = (100.0, 100.0, 100.0, 100.0)


def labelled(name: str = "apple", bbox=BOX, *, crowd: bool = False, visible: float = 1.0) -> LabelledObject:
    return LabelledObject(
        class_name=name, bbox_xywh_px=bbox, area_px=bbox[2] * bbox[3], is_crowd=crowd, visible_fraction=visible
    )


def split_of(*images: tuple[LabelledObject, ...]) -> Split:
    entries = [
        Sample(id=number, path=Path("x"), labelled_hw=(400, 400), objects=boxes)
        for number, boxes in enumerate(images, 1)
    ]
    return Split(
        name="case", kind="synthetic", split="val", images=tuple(entries), class_names=NAMES,
        category_ids={"apple": 1, "orange": 2},
    )  # fmt: skip


def found(image_id: int, category_id: int, bbox, score: float) -> BoxPrediction:
    return BoxPrediction(image_id=image_id, category_id=category_id, bbox=tuple(bbox), score=score)


TWO = split_of((labelled(),), (labelled("orange"),))
RIGHT = [found(1, 1, BOX, 0.5), found(2, 2, BOX, 0.5)]
APART = (300.0, 300.0, 50.0, 50.0)
HALF_OFF = (150.0, 100.0, 100.0, 100.0)  # IoU 1/3
NEAR = (105.0, 100.0, 100.0, 100.0)  # IoU 0.9


@pytest.mark.parametrize(
    ("cause", "rows", "ap", "won"),
    [
        # The orange is called an apple, above the true apple: apple AP 1/2, orange AP 0.
        ("classification", [RIGHT[0], found(2, 1, BOX, 0.9)], 0.25, 0.75),
        ("localisation", [found(1, 1, HALF_OFF, 0.9), RIGHT[1]], 0.5, 0.5),
        # An apple beside the orange, better scored than the true one: AP 1/2.
        ("both", [*RIGHT, found(2, 1, HALF_OFF, 0.9)], 0.75, 0.25),
        ("duplicate", [found(1, 1, BOX, 0.9), found(1, 1, NEAR, 0.8), RIGHT[1]], 1.0, 0.0),
        ("background", [*RIGHT, found(2, 1, APART, 0.9)], 0.75, 0.25),
        ("missed", [RIGHT[0]], 0.5, 0.5),
    ],
)
def test_one_cause_alone(cause: str, rows: list[BoxPrediction], ap: float, won: float) -> None:
    result = error_causes(TWO, rows, NAMES, resamples=0)
    assert result.ap50.value == pytest.approx(ap, abs=1e-6)
    assert {name: cost.count for name, cost in result.causes.items()} == {name: int(name == cause) for name in CAUSES}
    for name, cost in result.causes.items():
        expected = won if name == cause else 0.0
        assert cost.ap50_gain == MetricValue(pytest.approx(expected, abs=1e-6))
        assert cost.step == pytest.approx(expected, abs=1e-6)


def test_a_duplicate_costs_what_it_stands_before() -> None:
    two_apples = split_of((labelled(),), (labelled(),))
    rows = [found(1, 1, BOX, 0.9), found(1, 1, NEAR, 0.8), found(2, 1, BOX, 0.7)]
    causes = error_causes(two_apples, rows, ("apple",), resamples=0).causes
    # Recall up to 1/2 at precision 1, from there on at 2/3: 51 and 50 of the 101 points.
    assert causes["duplicate"].ap50_gain.value == pytest.approx(50 / 101 / 3, abs=1e-6)


def test_of_two_misplaced_boxes_only_the_better_becomes_a_hit() -> None:
    two_apples = split_of((labelled(),), (labelled(),))
    rows = [found(1, 1, HALF_OFF, 0.9), found(1, 1, (60.0, 100.0, 100.0, 100.0), 0.4)]
    causes = error_causes(two_apples, rows, ("apple",), resamples=0).causes
    assert (causes["localisation"].count, causes["missed"].count) == (2, 1)
    # One of two objects is found then: recall up to 1/2, 51 of the 101 points.
    assert causes["localisation"].ap50_gain.value == pytest.approx(51 / 101, abs=1e-6)


def random_case(seed: int, images: int = 20) -> tuple[Split, list[BoxPrediction]]:
    rng = np.random.default_rng(seed)
    boxes, rows = [], []
    for image_id in range(1, images + 1):
        objects = []
        for _ in range(rng.integers(0, 5)):
            x, y, w, h = *rng.uniform(0, 300, 2), *rng.uniform(5, 200, 2)
            objects.append(labelled(NAMES[rng.integers(2)], (x, y, w, h), crowd=bool(rng.random() < 0.1)))
            for _ in range(rng.integers(0, 3)):
                # Scores with ties.
                shifted = (x + rng.normal(0, 20), y + rng.normal(0, 20), w * rng.uniform(0.7, 1.3), h)
                rows.append(found(image_id, int(1 + rng.integers(2)), shifted, float(rng.integers(1, 30) / 30)))
        if rng.random() < 0.5:
            rows.append(found(image_id, 1, (*rng.uniform(0, 300, 2), 40, 40), float(rng.random())))
        boxes.append(tuple(objects))
    return split_of(*boxes), rows


@pytest.mark.parametrize("seed", range(8))
def test_ap50_and_its_interval_equal_pycocotools(seed: int) -> None:
    split, rows = random_case(seed)
    expected = detection_metrics(split, rows, NAMES, resamples=30)
    result = error_causes(split, rows, NAMES, resamples=30)
    assert result.ap50.to_dict() == pytest.approx(expected.metrics["AP50"].to_dict(), abs=2e-6)
    for name in NAMES:
        assert result.per_class[name].ap50.value == pytest.approx(
            expected.per_class[name].metrics["AP50"].value, abs=2e-6
        )


@pytest.mark.parametrize("seed", range(8))
def test_all_causes_set_right_leave_nothing_to_win(seed: int) -> None:
    result = error_causes(*random_case(seed), NAMES, resamples=0)
    steps = sum(cost.step for cost in result.causes.values())
    assert result.ap50.value + steps == pytest.approx(1.0, abs=1e-5)
    assert all(cost.ap50_gain.value >= -1e-9 for cost in result.causes.values())


def test_every_detection_has_one_fate_and_every_object_is_hit_seen_or_missed() -> None:
    split, rows = random_case(3)
    table = error_table(split, rows, NAMES)
    fates = table.hit.astype(int) + table.ignored + (table.cause >= 0)
    assert (fates == 1).all()
    assert not (table.object_hit & table.missed).any()
    assert len(table.objects) == sum(len(image.objects) for image in split.images)


def test_a_crowd_hides_errors_and_is_none_itself() -> None:
    split = split_of((labelled(), labelled(bbox=(0.0, 0.0, 90.0, 90.0), crowd=True)), (labelled("orange"),))
    result = error_causes(split, [*RIGHT, found(1, 1, (10, 10, 40, 40), 0.9)], NAMES, resamples=0)
    assert result.ap50.value == 1.0
    assert result.objects == 2
    assert all(cost.count == 0 for cost in result.causes.values())


def test_subsets_look_at_their_own_objects_only() -> None:
    small = (10.0, 10.0, 20.0, 20.0)
    split = split_of((labelled(), labelled(bbox=small, visible=0.3)), (labelled("orange"),))
    rows = [*RIGHT, found(2, 1, APART, 0.9)]
    hidden = Subset(name="hidden", holds=lambda box: box.visible_fraction < 0.5, holds_stray=lambda _: False)
    large = Subset(name="large", holds=lambda box: box.area_px > 2000, holds_stray=lambda area: area > 2000)
    parts = error_causes(split, rows, NAMES, resamples=0, subsets=(hidden, large)).subsets
    assert (parts["hidden"].objects, parts["hidden"].ap50.value) == (1, 0.0)
    assert parts["hidden"].causes["missed"].ap50_gain.value == 1.0
    assert parts["hidden"].causes["background"].count == 0
    assert parts["large"].objects == 2
    assert parts["large"].ap50.value == pytest.approx(0.75, abs=1e-6)
    assert parts["large"].causes["missed"].count == 0


def test_nothing_found_nothing_to_find_and_all_wrong() -> None:
    nothing = error_causes(TWO, [], NAMES, resamples=5)
    assert nothing.ap50 == MetricValue(0.0, 0.0, 0.0)
    assert nothing.causes["missed"].ap50_gain.value == 1.0
    bare = error_causes(split_of((), ()), RIGHT, NAMES, resamples=5)
    assert bare.ap50 == MetricValue(None)
    assert bare.causes["background"] == CauseCost(count=2, ap50_gain=MetricValue(None))
    wrong = error_causes(TWO, [found(1, 1, APART, 0.9), found(2, 2, APART, 0.8)], NAMES, resamples=0)
    assert wrong.ap50.value == 0.0
    assert (wrong.causes["background"].count, wrong.causes["missed"].count) == (2, 2)
    assert wrong.causes["missed"].ap50_gain.value == 0.0  # the false alarms remain
    assert error_causes(split_of(()), [], NAMES, resamples=5).ap50.value is None


def test_intervals_are_determined_by_the_seed_and_enclose_the_value() -> None:
    split, rows = random_case(1, images=40)
    first = error_causes(split, rows, NAMES, resamples=60, seed=3)
    assert first == error_causes(split, rows, NAMES, resamples=60, seed=3)
    for cost in first.causes.values():
        assert cost.ap50_gain.low <= cost.ap50_gain.value <= cost.ap50_gain.high
