"""Keypoint metrics by hand, and against pycocotools on its own seventeen points."""

from __future__ import annotations

import contextlib
import io
import math
from pathlib import Path

import numpy as np
import pytest
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval, Params

from synthvis.data.keypoints import KeypointSplit
from synthvis.data.sample import KeypointNames, LabelledObject, Sample
from synthvis.metrics.keypoints import COCO_PERSON_SIGMAS, DEFAULT_SIGMA, PCK_SHARES, keypoint_metrics, sigmas_of
from synthvis.metrics.measures import ClassMeasures
from synthvis.metrics.metric import MetricValue
from synthvis.metrics.predictions import KeypointPrediction

PERSON = tuple(COCO_PERSON_SIGMAS)


def split_of(names: tuple[str, ...], *images: tuple[LabelledObject, ...]) -> KeypointSplit:
    entries = tuple(
        Sample(id=number, path=Path("x"), labelled_hw=(400, 400), objects=boxes)
        for number, boxes in enumerate(images, start=1)
    )
    return KeypointSplit(
        name="case", kind="real", split="val", images=entries, keypoints={"thing": KeypointNames(names=names)},
        category_ids={"thing": 3},
    )  # fmt: skip


def thing(points: list[tuple[float, float, int]], box: tuple[float, ...] = (0, 0, 100, 50), **more) -> LabelledObject:
    facts = {"class_name": "thing", "bbox_xywh_px": box, "area_px": 5000.0, "is_crowd": False, **more}
    return LabelledObject(keypoints_xyv_px=tuple(points), **facts)


def predicted(
    points: list[tuple[float, float]], image_id: int = 1, box=(0, 0, 100, 50), score: float = 0.5
) -> KeypointPrediction:
    flat = tuple(float(value) for x, y in points for value in (x, y, 1))
    return KeypointPrediction(image_id=image_id, category_id=3, bbox=box, keypoints=flat, score=score)


def people(seed: int) -> tuple[KeypointSplit, list[KeypointPrediction]]:
    rng = np.random.default_rng(seed)
    images, rows = [], []
    for image_id in range(1, 13):
        boxes = []
        for _ in range(rng.integers(0, 4)):
            x, y = rng.uniform(0, 200, 2)
            w, h = rng.uniform(20, 180, 2)
            points = np.stack([x + w * rng.random(17), y + h * rng.random(17), rng.integers(0, 3, 17)], axis=1)
            points[points[:, 2] == 0] = 0
            if rng.random() < 0.1:
                points[:] = 0
            triples = [(float(a), float(b), int(v)) for a, b, v in points]
            crowd = bool(rng.random() < 0.1)
            boxes.append(thing(triples, (x, y, w, h), area_px=0.6 * w * h, is_crowd=crowd))
            for _ in range(rng.integers(0, 3)):
                moved = points[:, :2] + rng.normal(0, 0.05 * w, (17, 2))
                rows.append(predicted(moved.tolist(), image_id, (x, y, w, h), float(rng.random())))
        images.append(tuple(boxes))
    return split_of(PERSON, *images), rows


def reference(split: KeypointSplit, rows: list[KeypointPrediction]) -> np.ndarray:
    truth = COCO()
    annotations = [
        {"image_id": image.id, "category_id": 3, "bbox": list(box.bbox_xywh_px), "area": box.area_px,
         "iscrowd": int(box.is_crowd), "keypoints": [v for point in box.keypoints_xyv_px for v in point],
         "num_keypoints": sum(point[2] > 0 for point in box.keypoints_xyv_px)}
        for image in split.images for box in image.objects
    ]  # fmt: skip
    truth.dataset = {
        "images": [{"id": image.id} for image in split.images],
        "categories": [{"id": 3, "name": "thing"}],
        "annotations": [{"id": number, **annotation} for number, annotation in enumerate(annotations, start=1)],
    }
    with contextlib.redirect_stdout(io.StringIO()):
        truth.createIndex()
        bare = [{key: value for key, value in row.to_dict().items() if key != "bbox"} for row in rows]
        evaluation = COCOeval(truth, truth.loadRes(bare), "keypoints")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return evaluation.stats


def test_the_sigmas_of_a_person_are_those_of_pycocotools() -> None:
    assert sigmas_of(KeypointNames(names=PERSON)) == pytest.approx(Params(iouType="keypoints").kpt_oks_sigmas)
    assert sigmas_of(KeypointNames(names=PERSON[:3])) == (DEFAULT_SIGMA,) * 3
    assert sigmas_of(KeypointNames(names=PERSON[:2], sigmas=(0.3, 0.4))) == (0.3, 0.4)


@pytest.mark.parametrize("seed", range(4))
def test_people_score_as_in_pycocotools(seed: int) -> None:
    split, rows = people(seed)
    found = keypoint_metrics(split, rows, sigmas_of(split.keypoints["thing"]), resamples=10).metrics
    names = ("AP", "AP50", "AP75", "AP_medium", "AP_large", "AR20")
    for name, expected in zip(names, reference(split, rows)[:6], strict=True):
        assert found[name].value == pytest.approx(expected, abs=1e-6), name
    assert 0 < found["AP"].value < found["AP50"].value


def test_similarity_with_other_sigmas_and_two_points() -> None:
    """One point exact, the other 4 px off with sigma 0.05 on 5,000 px2; an unlabelled third does not count."""
    split = split_of(("a", "b", "c"), (thing([(10, 10, 2), (60, 20, 1), (0, 0, 0)]),))
    oks = (1 + math.exp(-(4**2) / (2 * 5000 * (2 * 0.05) ** 2))) / 2
    assert 0.90 < oks < 0.95
    row = predicted([(10, 10), (64, 20), (300, 300)])
    assert keypoint_metrics(split, [row], (0.05,) * 3, resamples=0).metrics["AP"].value == pytest.approx(0.9)
    # With a fifth of the sigma the second point is worth nothing: similarity 0.5, right at the first threshold alone.
    metrics = keypoint_metrics(split, [row], (0.05, 0.01, 0.05), resamples=0).metrics
    assert metrics["AP"].value == pytest.approx(0.1)
    assert metrics["AP50"].value == 1.0


def pck_of(*shares: float | None, labelled: int) -> ClassMeasures:
    metrics = {f"PCK@{at}": MetricValue(share) for at, share in zip(PCK_SHARES, shares, strict=True)}
    return ClassMeasures(metrics=metrics, counts={"labelled": labelled})


def test_pck_counts_labelled_keypoints_within_a_share_of_the_longer_side() -> None:
    """Longer side 100 px: off by 5 is right at 0.05, by 5.01 and 10 at 0.1, by 20.5 nowhere; hidden points count."""
    points = [(10, 10, 2), (20, 10, 1), (30, 10, 2), (40, 10, 2), (0, 0, 0)]
    split = split_of(tuple("abcde"), (thing(points),))
    row = predicted([(15, 10), (20, 15.01), (20, 10), (40, 30.5), (0, 0)])
    found = keypoint_metrics(split, [row], (0.05,) * 5, resamples=0)
    assert [found.metrics[f"PCK@{share}"].value for share in (0.05, 0.1, 0.2)] == [0.25, 0.75, 0.75]
    assert found.per_keypoint["b"] == pck_of(0.0, 1.0, 1.0, labelled=1)
    assert found.per_keypoint["e"] == pck_of(None, None, None, labelled=0)


def test_each_object_is_compared_with_the_prediction_of_its_own_box() -> None:
    left, right = (0, 0, 100, 50), (200, 0, 100, 50)
    split = split_of(("a",), (thing([(10, 10, 2)], left), thing([(210, 10, 2)], right)))
    rows = [
        predicted([(210, 10)], box=right, score=0.2),
        predicted([(250, 10)], box=(202, 0, 100, 50), score=0.9),
        predicted([(10, 10)], box=(0, 0, 100, 20), score=0.8),
    ]
    # The better score takes the right box with a wrong point; the box at the left overlaps by 0.4 only.
    assert keypoint_metrics(split, rows, (0.05,), resamples=0).metrics["PCK@0.2"].value == 0.0
    assert keypoint_metrics(split, rows[:1], (0.05,), resamples=0).metrics["PCK@0.2"].value == 0.5


def test_nothing_found_is_zero_and_nothing_labelled_is_null() -> None:
    split = split_of(("a",), (thing([(10, 10, 2)]),), ())
    found = keypoint_metrics(split, [], (0.05,), resamples=5).metrics
    assert found["AP"].value == 0.0 and found["PCK@0.1"].value == 0.0
    crowd = thing([(10, 10, 2)], is_crowd=True)
    empty = keypoint_metrics(split_of(("a",), (thing([(0, 0, 0)]), crowd)), [predicted([(1, 1)])], (0.05,), resamples=5)
    assert all(value == MetricValue(None) for value in empty.metrics.values())
    assert empty.per_class == {
        "thing": ClassMeasures(metrics={"AP": MetricValue(None), "AP50": MetricValue(None)}, counts={"boxes": 0})
    }


def test_intervals_enclose_the_value_and_are_determined_by_their_seed() -> None:
    split, rows = people(1)
    sigmas = sigmas_of(split.keypoints["thing"])
    first = keypoint_metrics(split, rows, sigmas, resamples=50, seed=3)
    assert first == keypoint_metrics(split, rows, sigmas, resamples=50, seed=3)
    for name in ("AP", "PCK@0.1"):
        assert first.metrics[name].low < first.metrics[name].value < first.metrics[name].high
