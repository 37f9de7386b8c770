"""The worst errors of a detector: missed objects, and what it found that is wrong, by kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from synthvis.data.split import Split
from synthvis.metrics.evaluation import Evaluation
from synthvis.report.matching import DetectionError, operating_score, worst_errors
from synthvis.report.pictures import crop_around

__all__ = ["box_panel"]

PER_KIND = 6
KIND_ORDER = ("missed", "false positive", "wrong class", "bad localisation", "duplicate")


def box_panel(split: Split, evaluation: Evaluation, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Crops around the gravest errors of each kind.

    Raises:
        KeyError, TypeError, ValueError: The rows are no boxes.
    """
    predictions = [_prediction(row) for row in rows]
    truth = _as_coco(split, evaluation.classes or split.class_names)
    score = operating_score(truth, predictions)
    paths = {image.id: image.path for image in split.images}
    errors = worst_errors(truth, predictions, PER_KIND, score)
    return {
        "about": (
            f"Predictions of at least score {score:.2f}, the threshold with the highest F1 at IoU .50. Largest missed "
            "objects and most confident mistakes first, one an image."
        ),
        "marks": True,
        "groups": [(kind, [_picture(error, paths) for error in errors[kind]]) for kind in KIND_ORDER if kind in errors],
        "nothing": "None: every box was found, and nothing else.",
    }


def _prediction(row: Mapping[str, Any]) -> dict[str, Any]:
    x, y, width, height = (float(value) for value in row["bbox"])
    own = {"bbox": [x, y, width, height], "score": float(row["score"])}
    return {"image_id": row["image_id"], "category_id": row["category_id"], **own}


def _as_coco(split: Split, classes: Sequence[str]) -> dict[str, Any]:
    wanted = {name: number for name, number in split.category_ids.items() if name in set(classes)}
    boxes = [
        {"image_id": image.id, "category_id": wanted[box.class_name], "bbox": list(box.bbox_xywh_px)}
        for image in split.images
        for box in image.objects
        if box.class_name in wanted and not box.is_crowd
    ]
    names = [{"id": number, "name": name} for name, number in split.category_ids.items()]
    return {"images": [{"id": image.id} for image in split.images], "annotations": boxes, "categories": names}


def _picture(error: DetectionError, paths: Mapping[int, Path]) -> dict[str, Any]:
    if error.kind == "missed":
        side = round(error.weight**0.5)
        said = f"{error.label}, about {side} px"
    else:
        said = f"{error.label}, score {error.score:.2f}" + (f", IoU {error.iou:.2f}" if error.iou else "")
    marked = [(error.truth_xywh_px, "truth"), (error.prediction_xywh_px, "predicted")]
    crop = crop_around(paths[error.image_id], [(box, kind) for box, kind in marked if box is not None])
    return {**crop, "said": said, "where": f"image {error.image_id}"}
