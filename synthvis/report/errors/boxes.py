"""The worst errors of a detector: missed objects and wrong predictions, by cause."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from synthvis.data.sample import Sample
from synthvis.data.split import Split, class_key
from synthvis.metrics.error_table import CAUSE_EXPLANATIONS, Cause
from synthvis.metrics.evaluation import Evaluation
from synthvis.metrics.predictions import BoxPrediction
from synthvis.report.errors.error_panel import ErrorGroup, ErrorPanel, ErrorPicture
from synthvis.report.errors.worst_boxes import DetectionError, operating_score, worst_errors
from synthvis.viz.pictures import crop_around

__all__ = ["box_panel"]

PER_CAUSE = 6
CAUSE_ORDER: tuple[Cause, ...] = ("missed", "background", "classification", "localisation", "both", "duplicate")


def box_panel(split: Split, evaluation: Evaluation, rows: Sequence[BoxPrediction]) -> ErrorPanel:
    """Crops around the gravest errors of each cause."""
    known = {class_key(name) for name in evaluation.classes or split.class_names}
    names = [name for name in split.class_names if class_key(name) in known]
    score = operating_score(split, rows, names)
    images = {image.id: image for image in split.images}
    errors = worst_errors(split, rows, names, PER_CAUSE, score)
    groups = tuple(
        ErrorGroup(
            title=f"{cause}: {CAUSE_EXPLANATIONS[cause]}",
            pictures=tuple(_picture(error, images) for error in errors[cause]),
        )
        for cause in CAUSE_ORDER
        if cause in errors
    )
    return ErrorPanel(
        about=(
            f"Predictions with a score of at least {score:.2f}, the threshold with the highest F1 at IoU .50. The "
            "largest missed objects and the most confident errors come first, one for each image."
        ),
        groups=groups,
        nothing="There are no errors: every labelled object was detected, and nothing else.",
        has_boxes=True,
    )


def _picture(error: DetectionError, images: Mapping[int, Sample]) -> ErrorPicture:
    if error.cause == "missed":
        side = round(error.weight**0.5)
        caption = f"{error.label}, about {side} px"
    else:
        caption = f"{error.label}, score {error.score:.2f}" + (f", IoU {error.iou:.2f}" if error.iou else "")
    marked = [(error.ground_truth_xywh_px, "truth"), (error.prediction_xywh_px, "predicted")]
    crop = crop_around(images[error.image_id].image, [(box, kind) for box, kind in marked if box is not None])
    return ErrorPicture(uri=crop.uri, overlay_svg=crop.svg, caption=caption, source=f"image {error.image_id}")
