"""What evaluations keep of their resamples: the headline on images that are written out as often as they were drawn."""

from __future__ import annotations

import contextlib
import io
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from sklearn.metrics import accuracy_score, jaccard_score, mean_absolute_percentage_error

from synthvis.data.keypoints import KeypointSplit
from synthvis.data.sample import KeypointNames, LabelledObject, Sample
from synthvis.data.split import Split
from synthvis.formats.rle import encode_mask
from synthvis.metrics.classification import classification_metrics
from synthvis.metrics.depth import DepthMetrics
from synthvis.metrics.detection import detection_metrics
from synthvis.metrics.keypoints import keypoint_metrics
from synthvis.metrics.normals import NormalMetrics
from synthvis.metrics.predictions import BoxPrediction, KeypointPrediction, MaskPrediction, predictions_of
from synthvis.metrics.segmentation import SegmentationMetrics
from synthvis.study.resampling import DRAWS, score_of

IMAGES = 9
HW = (60, 80)
SIGMAS = (0.05, 0.08)
CHECKED = (0, 7, 19)
RESAMPLES = 20


def counts_of(draw: int) -> list[int]:
    """How often each image is in a resample, as a multinomial draw of numpy says."""
    rng = np.random.default_rng(0)
    return rng.multinomial(IMAGES, np.full(IMAGES, 1 / IMAGES), size=RESAMPLES)[draw].tolist()


def repeated(draw: int) -> np.ndarray:
    """Indices of images, each as often as it was drawn."""
    return np.repeat(np.arange(IMAGES), counts_of(draw))


def draws_of(found: dict[str, Any], name: str) -> list[float | None]:
    kept: list[float | None] = found.bootstrap.draws[name]
    assert len(kept) == RESAMPLES and len(set(kept)) > 3
    return kept


@pytest.mark.parametrize("draw", CHECKED)
def test_accuracy(draw: int) -> None:
    """Three examples an image, which are drawn together."""
    rng = np.random.default_rng(1)
    probabilities, labels = rng.dirichlet(np.ones(4), 3 * IMAGES), rng.integers(0, 4, 3 * IMAGES)
    image_of = np.repeat(np.arange(IMAGES), 3)
    found = classification_metrics(probabilities, labels, list("abcd"), image_of=image_of, resamples=RESAMPLES)
    chosen = np.concatenate([np.flatnonzero(image_of == image) for image in repeated(draw)])
    expected = accuracy_score(labels[chosen], probabilities[chosen].argmax(axis=1))
    assert draws_of(found, "accuracy")[draw] == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("draw", CHECKED)
def test_mean_iou(draw: int) -> None:
    rng = np.random.default_rng(2)
    truth = rng.integers(0, 3, (IMAGES, 6, 7)).astype(np.uint8)
    predicted = np.where(rng.random(truth.shape) < rng.random((IMAGES, 1, 1)), truth, 1).astype(np.uint8)
    metrics = SegmentationMetrics(("background", "apple", "cup"), 0)
    for pair in zip(truth, predicted, strict=True):
        metrics.add(*pair)
    rows = repeated(draw)
    expected = jaccard_score(truth[rows].ravel(), predicted[rows].ravel(), average="macro")
    assert draws_of(metrics.summary(resamples=RESAMPLES), "mIoU")[draw] == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("draw", CHECKED)
def test_relative_depth_error(draw: int) -> None:
    rng = np.random.default_rng(3)
    truth = rng.uniform(0.5, 9, (IMAGES, 5, 6))
    predicted = truth * np.exp(rng.normal(0, 1, truth.shape) * rng.random((IMAGES, 1, 1)))
    metrics = DepthMetrics()
    for pair in zip(truth, predicted, strict=True):
        metrics.add(*pair)
    rows = repeated(draw)
    expected = mean_absolute_percentage_error(truth[rows].ravel(), predicted[rows].ravel())
    assert draws_of(metrics.summary(resamples=RESAMPLES), "AbsRel")[draw] == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("draw", CHECKED)
def test_mean_angle(draw: int) -> None:
    """Images of different sizes: a mean over pixels is no mean of the images' means."""
    metrics, angles_deg = NormalMetrics(), []
    for image in range(IMAGES):
        angles_deg.append(np.linspace(1, 10 * (image + 1), 4 + image))
        radians = np.radians(angles_deg[-1])[None]
        turned = np.stack([np.sin(radians), np.zeros_like(radians), -np.cos(radians)], axis=-1)
        metrics.add(np.broadcast_to([0.0, 0.0, -1.0], turned.shape), turned)
    expected = np.concatenate([angles_deg[image] for image in repeated(draw)]).mean()
    assert draws_of(metrics.summary(resamples=RESAMPLES), "mean_deg")[draw] == pytest.approx(expected, abs=1e-6)


def boxes_and_rows() -> tuple[list[Sample], list[dict[str, Any]]]:
    """Ellipses with two keypoints each, and answers that are off by some pixels, all of different scores."""
    rng = np.random.default_rng(4)
    entries, rows = [], []
    for image_id in range(1, IMAGES + 1):
        boxes = []
        for _ in range(1 + rng.integers(0, 3)):
            x, y, w, h = *rng.uniform(0, 20, 2), *rng.uniform(12, 38, 2)
            points = ((x + w / 4, y + h / 2, 2), (x + w / 2, y + h / 4, 1))
            mask = ellipse(x, y, w, h)
            label = {"bbox_xywh_px": (x, y, w, h), "area_px": float(mask.sum()), "segmentation": encode_mask(mask)}
            boxes.append(LabelledObject(class_name="cup", is_crowd=False, keypoints_xyv_px=points, **label))
            off = rng.normal(0, 2 * rng.random(), 4)
            near = (x + off[0], y + off[1], w + off[2], h + off[3])
            flat = [value for px, py, _ in points for value in (px + off[0], py + off[1], 1.0)]
            row = {"image_id": image_id, "category_id": 3, "bbox": list(near), "score": float(rng.random())}
            rows.append({**row, "segmentation": encode_mask(ellipse(*near)), "keypoints": flat})
        entries.append(Sample(id=image_id, path=Path("x"), labelled_hw=HW, objects=tuple(boxes)))
    return entries, rows


def ellipse(x: float, y: float, w: float, h: float) -> np.ndarray:
    rows, columns = np.mgrid[: HW[0], : HW[1]] + 0.5
    return ((columns - x - w / 2) / (w / 2)) ** 2 + ((rows - y - h / 2) / (h / 2)) ** 2 <= 1


def reference_ap(entries: list[Sample], rows: list[dict[str, Any]], draw: int, iou_type: str) -> float:
    """The AP of pycocotools on the drawn images, each written down as an image of its own."""
    images, truth, found = [], [], []
    for index in repeated(draw):
        new_id = len(images) + 1
        images.append({"id": new_id, "height": HW[0], "width": HW[1]})
        for box in entries[index].objects:
            points = [value for point in box.keypoints_xyv_px for value in point]
            label = {"bbox": list(box.bbox_xywh_px), "area": box.area_px, "segmentation": dict(box.segmentation)}
            label |= {"keypoints": points, "num_keypoints": 2, "iscrowd": 0, "category_id": 3, "image_id": new_id}
            truth.append({**label, "id": len(truth) + 1})
        found += [{**row, "image_id": new_id} for row in rows if row["image_id"] == entries[index].id]
    coco = COCO()
    coco.dataset = {"images": images, "categories": [{"id": 3, "name": "cup"}], "annotations": truth}
    # `loadRes` takes a result for what the first of these names says.
    others = {"bbox": ("segmentation", "keypoints"), "segm": ("bbox", "keypoints"), "keypoints": ("bbox",)}[iou_type]
    with contextlib.redirect_stdout(io.StringIO()):
        coco.createIndex()
        bare = [{key: value for key, value in row.items() if key not in others} for row in found]
        evaluation = COCOeval(coco, coco.loadRes(bare), iou_type)
        if iou_type == "keypoints":
            evaluation.params.kpt_oks_sigmas = np.array(SIGMAS)
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return float(evaluation.stats[0])


@pytest.mark.parametrize("draw", CHECKED)
@pytest.mark.parametrize("iou_type", ["bbox", "segm"])
def test_average_precision(draw: int, iou_type: Any) -> None:
    entries, rows = boxes_and_rows()
    split = Split(
        name="case", kind="real", split="val", images=tuple(entries), class_names=("cup",), category_ids={"cup": 3}
    )
    predicted = predictions_of(rows, MaskPrediction if iou_type == "segm" else BoxPrediction)
    found = detection_metrics(split, predicted, ("cup",), iou_type=iou_type, resamples=RESAMPLES)
    assert draws_of(found, "AP")[draw] == pytest.approx(reference_ap(entries, rows, draw, iou_type), abs=1e-6)


@pytest.mark.parametrize("draw", CHECKED)
def test_average_precision_of_keypoints(draw: int) -> None:
    entries, rows = boxes_and_rows()
    names = {"cup": KeypointNames(names=("rim", "foot"))}
    split = KeypointSplit(
        name="case", kind="real", split="val", images=tuple(entries), keypoints=names, category_ids={"cup": 3}
    )
    found = keypoint_metrics(split, predictions_of(rows, KeypointPrediction), SIGMAS, resamples=RESAMPLES)
    expected = reference_ap(entries, rows, draw, "keypoints")
    assert draws_of(found, "AP")[draw] == pytest.approx(expected, abs=1e-6)


def test_a_study_pairs_what_is_kept() -> None:
    metrics = DepthMetrics()
    for depth_m in (1.0, 2.0, 0.0):
        metrics.add(np.full((1, 1), depth_m), np.ones((1, 1)))
    found = metrics.summary()
    score = score_of(found, "AbsRel", "run")
    assert score is not None and score.is_paired and len(score.draws) == DRAWS
    # Only the last image drawn, three times: there is nothing to measure.
    counts = np.random.default_rng(0).multinomial(3, np.full(3, 1 / 3), size=DRAWS)
    np.testing.assert_array_equal(np.isnan(score.draws), counts[:, 2] == 3)
    assert math.isclose(np.nanmax(score.draws), 0.5) and np.isnan(score.draws).any()
