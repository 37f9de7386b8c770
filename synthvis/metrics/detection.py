"""Box AP by pycocotools, with 95% intervals from a bootstrap over images."""

from __future__ import annotations

import contextlib
import io
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from synthvis.dataset.coco_split import CocoSplit, class_key
from synthvis.metrics.accumulate import Accumulated, accumulate, resample_counts

__all__ = ["Prediction", "detection_metrics"]

Prediction = Mapping[str, Any]
"""One detection: image_id, category_id, bbox [x, y, w, h] in pixels of the stored image, score."""

LEVEL = 0.95
HEADLINE = "AP"
MAX_DETECTIONS = 100
AREA_NAMES = ("all", "small", "medium", "large")
IOU_50, IOU_75 = 0, 5


def detection_metrics(
    split: CocoSplit,
    predictions: Sequence[Prediction],
    class_names: Sequence[str],
    *,
    resamples: int = 200,
    seed: int = 0,
) -> dict[str, Any]:
    """COCO box metrics of `predictions` on `split`, over `class_names` only.

    Args:
        split: The labelled images; all of them count, also those without any of the classes.
        predictions: Detections with the split's own image and category ids.
        class_names: The split's names of the classes to measure.
        resamples: Bootstrap resamples of the images; 0 leaves low and high null.
        seed: Seed of the resampling.

    Returns:
        "metrics", "per_class", "pr_curves", "bootstrap" and the counts "images" and "boxes"; null where undefined.
    """
    evaluation = _evaluate(split, predictions, class_names)
    shape = (len(class_names), len(AREA_NAMES), len(split.images))
    thresholds = (np.asarray(evaluation.params.iouThrs), np.asarray(evaluation.params.recThrs))
    exact = accumulate(evaluation.evalImgs, shape, thresholds, np.ones((1, len(split.images))))
    counts = resample_counts(len(split.images), resamples, seed)
    drawn = _summaries(accumulate(evaluation.evalImgs, shape, thresholds, counts))
    values = _summaries(exact)
    boxes = _boxes_per_class(split, class_names)
    ordered = sorted(class_names, key=lambda name: split.category_ids[name])
    return {
        "images": len(split.images),
        "boxes": sum(boxes.values()),
        "metrics": {name: _with_interval(values[name][0], drawn[name]) for name in values},
        "per_class": {name: _class_row(exact, k, boxes[name]) for k, name in enumerate(ordered)},
        "pr_curves": {name: _curves(exact, k, thresholds[1]) for k, name in enumerate(ordered)},
        "bootstrap": {
            "resamples": resamples,
            "seed": seed,
            "level": LEVEL,
            # Two networks measured on the same images share the resamples: they can be compared pair by pair.
            "draws": {HEADLINE: [_number(value) for value in drawn[HEADLINE]]},
        },
    }


def _evaluate(split: CocoSplit, predictions: Sequence[Prediction], class_names: Sequence[str]) -> Any:
    with contextlib.redirect_stdout(io.StringIO()):
        truth, found = _coco(split, _truth(split)), _coco(split, _detections(predictions))
        evaluation = COCOeval(truth, found, "bbox")
        evaluation.params.imgIds = [image.id for image in split.images]
        evaluation.params.catIds = sorted(split.category_ids[name] for name in class_names)
        evaluation.params.maxDets = [MAX_DETECTIONS]
        evaluation.evaluate()
    return evaluation


def _coco(split: CocoSplit, annotations: list[dict[str, Any]]) -> Any:
    coco = COCO()
    coco.dataset = {
        "images": [{"id": image.id} for image in split.images],
        "categories": [{"id": number, "name": name} for name, number in split.category_ids.items()],
        "annotations": annotations,
    }
    coco.createIndex()
    return coco


def _truth(split: CocoSplit) -> list[dict[str, Any]]:
    rows = [(image.id, box) for image in split.images for box in image.boxes]
    # COCOeval reads an annotation id of 0 as "unmatched", so files that count from 0 are renumbered.
    return [
        {
            "id": number,
            "image_id": image_id,
            "category_id": split.category_ids[box.class_name],
            "bbox": list(box.bbox_xywh_px),
            "area": box.area_px,
            "iscrowd": int(box.is_crowd),
        }
        for number, (image_id, box) in enumerate(rows, start=1)
    ]


def _detections(predictions: Sequence[Prediction]) -> list[dict[str, Any]]:
    return [
        {**row, "id": number, "area": row["bbox"][2] * row["bbox"][3], "iscrowd": 0}
        for number, row in enumerate(predictions, start=1)
    ]


def _summaries(result: Accumulated) -> dict[str, NDArray[np.float64]]:
    """Each metric of each resample, (B,)."""
    precision, recall = result.precision, result.recall
    by_area = {f"AP_{name}": precision[..., index] for index, name in enumerate(AREA_NAMES) if index}
    parts = {
        "AP": precision[..., 0],
        "AP50": precision[:, IOU_50, ..., 0],
        "AP75": precision[:, IOU_75, ..., 0],
        "AR100": recall[..., 0],
        **by_area,
    }
    return {name: _row_means(part) for name, part in parts.items()}


def _row_means(values: NDArray[np.float64]) -> NDArray[np.float64]:
    flat = values.reshape(len(values), math.prod(values.shape[1:]))
    known = ~np.isnan(flat)
    count = known.sum(axis=1)
    total = np.where(known, flat, 0.0).sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _with_interval(value: float, drawn: NDArray[np.float64]) -> dict[str, float | None]:
    known = drawn[~np.isnan(drawn)]
    if math.isnan(value) or not len(known):
        return {"value": _number(value), "low": None, "high": None}
    tail = 100 * (1 - LEVEL) / 2
    low, high = np.percentile(known, [tail, 100 - tail])
    return {"value": _number(value), "low": _number(low), "high": _number(high)}


def _class_row(result: Accumulated, k: int, boxes: int) -> dict[str, float | int | None]:
    precision = result.precision[:, :, :, k, 0]
    return {
        "AP": _number(_row_means(precision)[0]),
        "AP50": _number(_row_means(precision[:, IOU_50])[0]),
        "boxes": boxes,
    }


def _curves(result: Accumulated, k: int, recalls: NDArray[np.float64]) -> dict[str, list[float | None]]:
    precision = result.precision[0, :, :, k, 0]
    return {
        "recall": [round(float(value), 2) for value in recalls],
        "precision_50": [_number(value) for value in precision[IOU_50]],
        "precision_75": [_number(value) for value in precision[IOU_75]],
    }


def _boxes_per_class(split: CocoSplit, class_names: Sequence[str]) -> dict[str, int]:
    wanted = {class_key(name): name for name in class_names}
    boxes = dict.fromkeys(class_names, 0)
    for image in split.images:
        for box in image.boxes:
            if not box.is_crowd and class_key(box.class_name) in wanted:
                boxes[wanted[class_key(box.class_name)]] += 1
    return boxes


def _number(value: float) -> float | None:
    return None if math.isnan(value) else round(float(value), 6)
