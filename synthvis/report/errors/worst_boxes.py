"""The gravest errors of a detector on a set, by the causes that TIDE tells apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from synthvis.data.split import Split
from synthvis.labels.boxes import Box
from synthvis.metrics.box_overlaps import box_iou
from synthvis.metrics.error_table import CAUSES, Cause, ErrorTable, error_table
from synthvis.metrics.predictions import BoxPrediction

__all__ = ["DetectionError", "operating_score", "worst_errors"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectionError:
    """One error.

    Attributes:
        cause: Why it is one.
        image_id: COCO image id.
        label: Class predicted, or the class of a missed object.
        prediction_xywh_px: Box predicted, None for a missed object.
        ground_truth_xywh_px: Box meant or missed, None where the error is about no object.
        score: Of the prediction, 0 for a missed object.
        iou: Of prediction and ground truth.
        weight: Rank within the cause: the score, or the area of a missed box in pixels.
    """

    cause: Cause
    image_id: int
    label: str
    prediction_xywh_px: Box | None
    ground_truth_xywh_px: Box | None
    score: float
    iou: float
    weight: float


def worst_errors(
    split: Split, predictions: Sequence[BoxPrediction], class_names: Sequence[str], per_cause: int, min_score: float
) -> dict[Cause, list[DetectionError]]:
    """The gravest errors of each cause, at most one a cause and image so that one bad image does not fill the page.

    Args:
        split: The labelled images.
        predictions: With the split's own image and category ids.
        class_names: The split's names of the classes to look at.
        per_cause: Errors to keep of each cause.
        min_score: Predictions below it are not looked at; see `operating_score`.
    """
    sure = [row for row in predictions if row.score >= min_score]
    table = error_table(split, sure, class_names)
    image_ids = [image.id for image in split.images]
    errors = [_of_prediction(table, position, image_ids) for position in np.flatnonzero(table.cause >= 0)]
    errors += [
        _of_object(table, position, image_ids) for position in np.flatnonzero(table.missed & table.object_counts)
    ]
    by_cause = {cause: [error for error in errors if error.cause == cause] for cause in CAUSES}
    return {cause: _gravest(found, per_cause) for cause, found in by_cause.items() if found}


def operating_score(split: Split, predictions: Sequence[BoxPrediction], class_names: Sequence[str]) -> float:
    """The score threshold with the highest F1 at IoU .50 over the whole set; 0 where nothing was ever found."""
    table = error_table(split, predictions, class_names)
    counted = np.flatnonzero(~table.ignored)
    order = counted[np.argsort(-table.score[counted], kind="stable")]
    hits = np.cumsum(table.hit[order])
    if not len(hits) or not hits[-1]:
        return 0.0
    f1 = 2 * hits / (np.arange(1, len(hits) + 1) + table.object_counts.sum())
    return float(table.score[order][int(np.argmax(f1))])


def _of_prediction(table: ErrorTable, position: int, image_ids: Sequence[int]) -> DetectionError:
    target = int(table.target[position])
    x, y, width, height = (float(value) for value in table.boxes_xywh_px[position])
    prediction: Box = (x, y, width, height)
    meant = table.objects[target].bbox_xywh_px if target >= 0 else None
    score = float(table.score[position])
    return DetectionError(
        cause=CAUSES[table.cause[position]],
        image_id=image_ids[table.image[position]],
        label=table.class_names[table.label[position]],
        prediction_xywh_px=prediction,
        ground_truth_xywh_px=meant,
        score=score,
        iou=box_iou(prediction, meant) if meant is not None else 0.0,
        weight=score,
    )


def _of_object(table: ErrorTable, position: int, image_ids: Sequence[int]) -> DetectionError:
    box = table.objects[position]
    return DetectionError(
        cause="missed",
        image_id=image_ids[table.object_image[position]],
        label=box.class_name,
        prediction_xywh_px=None,
        ground_truth_xywh_px=box.bbox_xywh_px,
        score=0.0,
        iou=0.0,
        weight=box.bbox_xywh_px[2] * box.bbox_xywh_px[3],
    )


def _gravest(errors: Sequence[DetectionError], count: int) -> list[DetectionError]:
    by_image: dict[int, DetectionError] = {}
    for error in sorted(errors, key=lambda error: -error.weight):
        by_image.setdefault(error.image_id, error)
    return list(by_image.values())[:count]
