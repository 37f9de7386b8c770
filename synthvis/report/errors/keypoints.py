"""The worst errors of keypoints: the objects whose predicted points are farthest from their labels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from synthvis.data.keypoints import KeypointSplit, is_labelled
from synthvis.data.sample import LabelledObject, Sample
from synthvis.metrics.box_overlaps import box_iou
from synthvis.metrics.evaluation import Evaluation
from synthvis.metrics.predictions import KeypointPrediction
from synthvis.report.errors.error_panel import ErrorPanel, ErrorPicture
from synthvis.viz.pictures import crop_around

__all__ = ["keypoint_panel", "mean_distance_in_sides"]

MAX_PICTURES = 12
MATCH_IOU = 0.5
Point = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class _ObjectError:
    """An object and the points that were predicted for it, none where it was not detected."""

    image: Sample
    box: LabelledObject
    predicted: tuple[Point, ...]
    distance: float


def keypoint_panel(split: KeypointSplit, evaluation: Evaluation, rows: Sequence[KeypointPrediction]) -> ErrorPanel:
    """The objects with the largest mean distance of their labelled points, one an image.

    Raises:
        ValueError: The rows have other keypoints than the set.
    """
    classes, names = evaluation.classes, evaluation.keypoints
    split = split.of_keypoints(classes[0], names)
    by_image: dict[int, list[KeypointPrediction]] = {}
    for row in sorted(rows, key=lambda row: -row.score):
        by_image.setdefault(row.image_id, []).append(row)
    errors = [one for image in split.images for one in _of_image(image, by_image.get(image.id, []))]
    return ErrorPanel.of_one_kind(
        "points farthest from their labels",
        tuple(_picture(one) for one in _gravest(errors)),
        about=(
            "The objects whose predicted keypoints are farthest from their labels, as a share of the longer side of "
            "the object's box, one for each image; objects that were not detected come first. Green rings: the labels. "
            "Red dots: the predictions."
        ),
        nothing="No object of this set has a labelled keypoint.",
    )


def mean_distance_in_sides(
    ground_truth_xyv_px: Sequence[Sequence[float]], predicted: Sequence[Point], side_px: float
) -> float:
    """Mean distance over the labelled points, as a share of the object's longer side; infinite without a prediction.

    Args:
        ground_truth_xyv_px: x, y in pixels and COCO's visibility of each point.
        predicted: x, y of each point, or nothing.
        side_px: Longer side of the object's box.
    """
    if not predicted or side_px <= 0:
        return math.inf
    pairs = [(one, other) for one, other in zip(ground_truth_xyv_px, predicted, strict=True) if one[2] > 0]
    if not pairs:
        return 0.0
    return sum(math.hypot(a[0] - b[0], a[1] - b[1]) for a, b in pairs) / len(pairs) / side_px


def _of_image(image: Sample, rows: Sequence[KeypointPrediction]) -> list[_ObjectError]:
    free, judged = list(rows), []
    for box in (one for one in image.objects if is_labelled(one)):
        best = max(free, key=lambda row: box_iou(row.bbox, box.bbox_xywh_px), default=None)
        points: tuple[Point, ...] = ()
        if best is not None and box_iou(best.bbox, box.bbox_xywh_px) >= MATCH_IOU:
            free.remove(best)
            points = tuple(zip(best.keypoints[0::3], best.keypoints[1::3], strict=True))
        distance = mean_distance_in_sides(box.keypoints_xyv_px, points, max(box.bbox_xywh_px[2:]))
        judged.append(_ObjectError(image=image, box=box, predicted=points, distance=distance))
    return judged


def _gravest(judged: Sequence[_ObjectError]) -> list[_ObjectError]:
    by_image: dict[int, _ObjectError] = {}
    for one in sorted(judged, key=lambda one: -one.distance):
        by_image.setdefault(one.image.id, one)
    return list(by_image.values())[:MAX_PICTURES]


def _picture(one: _ObjectError) -> ErrorPicture:
    labelled = [(x, y) for x, y, seen in one.box.keypoints_xyv_px if seen > 0]
    crop = crop_around(
        one.image.image, [(one.box.bbox_xywh_px, "")], ground_truth_points=labelled, predicted_points=one.predicted
    )
    distance = "not detected" if math.isinf(one.distance) else f"mean distance {one.distance:.2f} sides"
    return ErrorPicture(
        uri=crop.uri,
        overlay_svg=crop.svg,
        caption=f"{one.box.class_name}, {distance}",
        source=f"image {one.image.id}",
    )
