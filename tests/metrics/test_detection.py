"""Box metrics against pycocotools itself."""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from synthvis.data.benchmarks.known_sets import ROOMS
from synthvis.data.coco.reader import read_coco_split
from synthvis.data.sample import LabelledObject, Sample
from synthvis.data.split import Split
from synthvis.metrics.accumulate import accumulate
from synthvis.metrics.coco_ap import evaluate_case
from synthvis.metrics.detection import detection_case, detection_metrics
from synthvis.metrics.measures import ClassMeasures
from synthvis.metrics.metric import MetricValue
from synthvis.metrics.predictions import BoxPrediction
from synthvis.metrics.resampling import resample_counts

NAMES = ("apple", "orange")
METRICS = ("AP", "AP50", "AP75", "AR100", "AP_small", "AP_medium", "AP_large")


def random_case(seed: int, images: int = 12) -> tuple[Split, list[BoxPrediction]]:
    rng = np.random.default_rng(seed)
    entries, rows = [], []
    for image_id in range(1, images + 1):
        boxes = []
        for _ in range(rng.integers(0, 5)):
            x, y = rng.uniform(0, 300, 2)
            w, h = rng.uniform(5, 200, 2)
            name = NAMES[rng.integers(2)]
            crowd = bool(rng.random() < 0.1)
            boxes.append(LabelledObject(class_name=name, bbox_xywh_px=(x, y, w, h), area_px=w * h, is_crowd=crowd))
            for _ in range(rng.integers(0, 3)):
                shifted = [x + rng.normal(0, 5), y + rng.normal(0, 5), w * rng.uniform(0.8, 1.2), h]
                category = int(1 + rng.integers(2))
                rows.append(BoxPrediction(image_id=image_id, category_id=category, bbox=tuple(shifted), score=0.0))
        entries.append(Sample(id=image_id, path=Path("x"), labelled_hw=(400, 400), objects=tuple(boxes)))
    scores = rng.permutation(len(rows)) / max(1, len(rows))
    rows = [replace(row, score=float(score)) for row, score in zip(rows, scores, strict=True)]
    split = Split(
        name="case", kind="real", split="val", images=tuple(entries), class_names=NAMES,
        category_ids={"apple": 1, "orange": 2},
    )  # fmt: skip
    return split, rows


def reference(split: Split, rows: list[BoxPrediction]) -> COCOeval:
    evaluation = evaluate_case(detection_case(split, rows, NAMES))
    with contextlib.redirect_stdout(io.StringIO()):
        evaluation.accumulate()
    return evaluation


def ours(evaluation: COCOeval, counts: np.ndarray):
    thresholds = (np.asarray(evaluation.params.iouThrs), np.asarray(evaluation.params.recThrs))
    return accumulate(evaluation.evalImgs, (2, 4, counts.shape[1]), thresholds, counts)


@pytest.mark.parametrize("seed", range(6))
def test_accumulation_equals_pycocotools(seed: int) -> None:
    split, rows = random_case(seed)
    evaluation = reference(split, rows)
    result = ours(evaluation, np.ones((1, len(split.images))))
    precision, recall = evaluation.eval["precision"][..., 0], evaluation.eval["recall"][..., 0]
    np.testing.assert_allclose(np.nan_to_num(result.precision[0], nan=-1), precision, atol=1e-9)
    np.testing.assert_allclose(np.nan_to_num(result.recall[0], nan=-1), recall, atol=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_counts_equal_pycocotools_on_repeated_images(seed: int) -> None:
    split, rows = random_case(seed)
    counts = np.random.default_rng(seed).integers(0, 3, len(split.images))
    result = ours(reference(split, rows), counts[None].astype(float))
    images, repeated = [], []
    for entry, count in zip(split.images, counts, strict=True):
        for _ in range(count):
            new_id = len(images) + 1
            images.append(Sample(id=new_id, path=entry.path, labelled_hw=entry.image_hw, objects=entry.objects))
            repeated += [replace(row, image_id=new_id) for row in rows if row.image_id == entry.id]
    drawn = Split(
        name="case", kind="real", split="val", images=tuple(images), class_names=NAMES,
        category_ids=split.category_ids,
    )  # fmt: skip
    expected = reference(drawn, repeated).eval["precision"][..., 0]
    np.testing.assert_allclose(np.nan_to_num(result.precision[0], nan=-1), expected, atol=1e-9)


def test_truth_as_prediction_scores_one() -> None:
    split, _ = random_case(0)
    rows = [
        BoxPrediction(
            image_id=image.id, category_id=split.category_ids[box.class_name], bbox=box.bbox_xywh_px, score=0.9
        )
        for image in split.images for box in image.objects if not box.is_crowd
    ]  # fmt: skip
    metrics = detection_metrics(split, rows, NAMES, resamples=20)
    assert metrics.metrics["AP"] == MetricValue(1.0, 1.0, 1.0)
    assert metrics.counts["boxes"] == split.object_count


def test_bootstrap_is_determined_by_its_seed_and_encloses_the_value() -> None:
    split, rows = random_case(1, images=40)
    first = detection_metrics(split, rows, NAMES, resamples=100, seed=3)
    assert first == detection_metrics(split, rows, NAMES, resamples=100, seed=3)
    assert first.metrics != detection_metrics(split, rows, NAMES, resamples=100, seed=4).metrics
    ap = first.metrics["AP"]
    assert ap.low < ap.value < ap.high
    assert resample_counts(7, 5, 0).sum(axis=1).tolist() == [7.0] * 5


def test_nothing_found_is_zero_and_nothing_to_find_is_null() -> None:
    split, _ = random_case(2)
    nothing = detection_metrics(split, [], NAMES, resamples=5)
    assert nothing.metrics["AP"].value == 0.0
    bare = tuple(Sample(id=i.id, path=i.path, labelled_hw=i.image_hw, objects=()) for i in split.images)
    empty = Split(name="e", kind="real", split="val", images=bare, class_names=NAMES, category_ids=split.category_ids)
    for rows in ([], [BoxPrediction(image_id=1, category_id=1, bbox=(0, 0, 5, 5), score=0.5)]):
        found = detection_metrics(empty, rows, NAMES, resamples=5)
        assert set(found.metrics) == set(METRICS)
        assert all(value == MetricValue(None) for value in found.metrics.values())
        assert found.per_class["apple"] == ClassMeasures(
            metrics={"AP": MetricValue(None), "AP50": MetricValue(None)}, counts={"boxes": 0}
        )


DIGITS = 1e-6
"""Stored results have six digits."""


def rooms_and_detections() -> tuple[Split, list[BoxPrediction]]:
    """The labels of `rooms`, a third of which are regions to ignore, with detections on, near and beside them."""
    split = read_coco_split(ROOMS.labels, Path("pictures"), name="rooms", split="val", kind="real")
    rng = np.random.default_rng(0)
    rows = []
    for image in split:
        for box in image.objects:
            x, y, width, height = box.bbox_xywh_px
            for spread in (0.02, 0.1, 0.3):
                dx, dy, dw, dh = rng.normal(0, spread, 4)
                shifted = (x + dx * width, y + dy * height, width * np.exp(dw), height * np.exp(dh))
                name = box.class_name if rng.random() < 0.9 else split.class_names[rng.integers(12)]
                bbox = tuple(map(float, shifted))
                category_id = split.category_ids[name]
                rows.append(BoxPrediction(image_id=image.id, category_id=category_id, bbox=bbox, score=rng.random()))
    return split, rows


def coco_eval(rows: list[BoxPrediction], names: tuple[str, ...], labels: dict[str, object]) -> COCOeval:
    """pycocotools on the file itself: none of our code between them."""
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO()
        truth.dataset = labels
        truth.createIndex()
        results = [
            {"image_id": row.image_id, "category_id": row.category_id, "bbox": list(row.bbox), "score": row.score}
            for row in rows
        ]
        evaluation = COCOeval(truth, truth.loadRes(results), "bbox")
        evaluation.params.catIds = truth.getCatIds(catNms=list(names))
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return evaluation


@pytest.mark.parametrize("names", [("chair", "dining table", "potted plant"), None])
def test_regions_to_ignore_count_as_pycocotools_counts_them(names: tuple[str, ...] | None) -> None:
    split, rows = rooms_and_detections()
    names = names or split.class_names
    labels = json.loads(ROOMS.labels.read_text())
    expected = coco_eval(rows, names, labels)
    found = detection_metrics(split, rows, names, resamples=0)
    places = {"AP": 0, "AP50": 1, "AP75": 2, "AP_large": 5, "AR100": 8}
    assert {name: found.metrics[name].value for name in places} == pytest.approx(
        {name: expected.stats[place] for name, place in places.items()}, abs=DIGITS
    )
    for name in names:
        own = coco_eval(rows, (name,), labels)
        assert found.per_class[name].metrics["AP"].value == pytest.approx(own.stats[0], abs=DIGITS)
    # Were they objects, or not there at all, the number would be another.
    for others in (
        [{**row, "iscrowd": 0} for row in labels["annotations"]],
        [row for row in labels["annotations"] if not row["iscrowd"]],
    ):
        assert abs(coco_eval(rows, names, {**labels, "annotations": others}).stats[0] - expected.stats[0]) > 0.005


def test_what_is_found_in_a_region_to_ignore_changes_nothing() -> None:
    split, rows = rooms_and_detections()
    inside = []
    for image in split:
        for box in image.objects:
            others = [list(one.bbox_xywh_px) for one in image.objects if not one.is_crowd]
            overlaps = coco_mask.iou([list(box.bbox_xywh_px)], others, [0] * len(others)) if others else np.zeros(1)
            if box.is_crowd and np.max(overlaps) < 0.5:
                category_id, bbox = split.category_ids[box.class_name], box.bbox_xywh_px
                inside.append(BoxPrediction(image_id=image.id, category_id=category_id, bbox=bbox, score=2.0))
    assert len(inside) > 70
    names = split.class_names
    alone, together = (detection_metrics(split, found, names, resamples=0) for found in (rows, rows + inside))
    assert alone.metrics == together.metrics
    assert alone.counts == {"boxes": 144}
