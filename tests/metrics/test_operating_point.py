"""The score with the best F1 against counting anew at every threshold."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from synthvis.data.sample import LabelledObject, Sample
from synthvis.data.split import Split
from synthvis.metrics.detection import detection_metrics
from synthvis.metrics.predictions import BoxPrediction

NAMES = ("apple", "orange")
IDS = {"apple": 1, "orange": 2}


def made_case(seed: int, *, crowds: bool, images: int = 6) -> tuple[Split, list[BoxPrediction]]:
    """Objects and predictions at random; scores in tenths, so that many are equal."""
    rng = np.random.default_rng(seed)
    samples, rows = [], []
    for image_id in range(1, images + 1):
        objects = []
        for _ in range(int(rng.integers(0, 5))):
            x, y, w, h = (float(value) for value in (*rng.uniform(0, 200, 2), *rng.uniform(20, 90, 2)))
            name, crowd = NAMES[int(rng.integers(2))], crowds and rng.random() < 0.2
            one = LabelledObject(class_name=name, bbox_xywh_px=(x, y, w, h), area_px=w * h, is_crowd=bool(crowd))
            objects.append(one)
            for _ in range(int(rng.integers(0, 4))):
                box = (x + float(rng.normal(0, 8)), y + float(rng.normal(0, 8)), w, h)
                score = round(float(rng.integers(1, 10)) / 10, 1)
                rows.append(BoxPrediction(image_id=image_id, category_id=IDS[name], bbox=box, score=score))
        samples.append(Sample(id=image_id, path=Path("x"), labelled_hw=(300, 300), objects=tuple(objects)))
    split = Split(name="case", kind="real", split="val", images=tuple(samples), class_names=NAMES, category_ids=IDS)
    return split, rows


def iou(first: tuple[float, ...], second: tuple[float, ...]) -> float:
    (x, y, w, h), (a, b, c, d) = first, second
    shared = max(0.0, min(x + w, a + c) - max(x, a)) * max(0.0, min(y + h, b + d) - max(y, b))
    return shared / (w * h + c * d - shared)


def counted(split: Split, rows: list[BoxPrediction], score: float) -> tuple[int, int, int]:
    """Right predictions, all predictions and objects at a threshold; the best scores choose first."""
    right = kept = objects = 0
    for image in split.images:
        for name, number in IDS.items():
            free = [one.bbox_xywh_px for one in image.objects if one.class_name == name]
            objects += len(free)
            own = [r for r in rows if (r.image_id, r.category_id) == (image.id, number) and r.score >= score]
            for row in sorted(own, key=lambda row: -row.score):
                kept += 1
                best = max(free, key=lambda box: iou(row.bbox, box), default=None)
                if best is not None and iou(row.bbox, best) >= 0.5:
                    free.remove(best)
                    right += 1
    return right, kept, objects


@pytest.mark.parametrize("seed", range(8))
def test_it_is_the_best_of_all_thresholds(seed: int) -> None:
    split, rows = made_case(seed, crowds=False)
    found = detection_metrics(split, rows, NAMES, resamples=0).operating_point
    f1_at = {}
    for score in {row.score for row in rows}:
        right, kept, objects = counted(split, rows, score)
        precision, recall = right / kept, right / objects
        f1_at[score] = 2 * precision * recall / (precision + recall) if right else 0.0
    best = max(f1_at.values())
    assert found is not None and found.f1 == pytest.approx(best, abs=1e-12)
    assert found.score == max(score for score, f1 in f1_at.items() if f1 == pytest.approx(best, abs=1e-12))
    right, kept, objects = counted(split, rows, found.score)
    assert (found.precision, found.recall) == (pytest.approx(right / kept), pytest.approx(right / objects))


@pytest.mark.parametrize("seed", range(4))
def test_what_lies_on_a_crowd_does_not_count(seed: int) -> None:
    """The same as COCO's own matching of what is kept, made anew for each threshold."""
    split, rows = made_case(seed, crowds=True)
    whole = detection_metrics(split, rows, NAMES, resamples=0).operating_point
    assert whole is not None
    kept = [row for row in rows if row.score >= whole.score]
    again = detection_metrics(split, kept, NAMES, resamples=0).operating_point
    assert again == whole
    stricter = [row for row in rows if row.score > whole.score]
    other = detection_metrics(split, stricter, NAMES, resamples=0).operating_point
    assert other is None or other.f1 < whole.f1


def test_by_hand() -> None:
    """Two objects. 0.9 is right, 0.8 wrong, 0.6 right: F1 is 2/3 at 0.9, 1/2 at 0.8, 4/5 at 0.6."""
    boxes = [(10.0, 10.0, 20.0, 20.0), (50.0, 50.0, 20.0, 20.0)]
    objects = tuple(LabelledObject(class_name="apple", bbox_xywh_px=box, area_px=400, is_crowd=False) for box in boxes)
    image = Sample(id=1, path=Path("x"), labelled_hw=(100, 100), objects=objects)
    split = Split(name="s", kind="real", split="val", images=(image,), class_names=("apple",), category_ids=IDS)
    row = BoxPrediction(image_id=1, category_id=1, bbox=boxes[0], score=0.9)
    rows = [row, replace(row, bbox=(0.0, 80.0, 9.0, 9.0), score=0.8), replace(row, bbox=boxes[1], score=0.6)]
    found = detection_metrics(split, rows, ("apple",), resamples=0).operating_point
    assert found is not None
    assert (found.score, found.f1) == (0.6, pytest.approx(0.8))
    assert (found.precision, found.recall) == (pytest.approx(2 / 3), 1.0)


def test_without_a_right_prediction_there_is_none() -> None:
    split, _ = made_case(1, crowds=False)
    assert detection_metrics(split, [], NAMES, resamples=0).operating_point is None
    far = BoxPrediction(image_id=1, category_id=1, bbox=(290.0, 290.0, 5.0, 5.0), score=0.9)
    assert detection_metrics(split, [far], NAMES, resamples=0).operating_point is None
    empty = replace(split, images=tuple(replace(image, objects=()) for image in split.images))
    assert detection_metrics(empty, [far], NAMES, resamples=0).operating_point is None
