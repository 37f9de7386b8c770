"""The worst errors of a detector: missed objects and wrong predictions, by cause."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from synthvis.data.split import Split, class_key
from synthvis.metrics.error_table import CAUSE_EXPLANATIONS, Cause
from synthvis.metrics.evaluation import Evaluation
from synthvis.metrics.predictions import BoxPrediction
from synthvis.report.errors.worst_boxes import DetectionError, operating_score, worst_errors
from synthvis.viz.pictures import crop_around

__all__ = ["box_panel"]

PER_CAUSE = 6
CAUSE_ORDER: tuple[Cause, ...] = ("missed", "background", "classification", "localisation", "both", "duplicate")


def box_panel(split: Split, evaluation: Evaluation, rows: Sequence[BoxPrediction]) -> dict[str, Any]:
    """Crops around the gravest errors of each cause."""
    known = {class_key(name) for name in evaluation.classes or split.class_names}
    names = [name for name in split.class_names if class_key(name) in known]
    score = operating_score(split, rows, names)
    paths = {image.id: image.path for image in split.images}
    errors = worst_errors(split, rows, names, PER_CAUSE, score)
    return {
        "about": (
            f"Predictions of at least score {score:.2f}, the threshold with the highest F1 at IoU .50. Largest missed "
            "objects and most confident mistakes first, one an image."
        ),
        "marks": True,
        "groups": [
            (f"{cause}: {CAUSE_EXPLANATIONS[cause]}", [_picture(error, paths) for error in errors[cause]])
            for cause in CAUSE_ORDER
            if cause in errors
        ],
        "nothing": "None: every box was found, and nothing else.",
    }


def _picture(error: DetectionError, paths: Mapping[int, Path]) -> dict[str, Any]:
    if error.cause == "missed":
        side = round(error.weight**0.5)
        caption = f"{error.label}, about {side} px"
    else:
        caption = f"{error.label}, score {error.score:.2f}" + (f", IoU {error.iou:.2f}" if error.iou else "")
    marked = [(error.ground_truth_xywh_px, "truth"), (error.prediction_xywh_px, "predicted")]
    crop = crop_around(paths[error.image_id], [(box, kind) for box, kind in marked if box is not None])
    return {**crop, "said": caption, "where": f"image {error.image_id}"}
