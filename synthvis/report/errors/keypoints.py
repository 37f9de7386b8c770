"""The worst errors of a network that finds keypoints: the objects whose points are farthest off."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from synthvis.data.keypoints import KeypointSplit, is_labelled
from synthvis.data.sample import LabelledObject, Sample
from synthvis.labels.boxes import iou
from synthvis.metrics.evaluation import Evaluation
from synthvis.metrics.predictions import KeypointPrediction
from synthvis.viz.pictures import crop_around

__all__ = ["keypoint_panel", "mean_distance_in_sides"]

SHOWN = 12
MATCH_IOU = 0.5
Point = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Missed:
    """An object and the points that were found for it, none where it was not found at all."""

    image: Sample
    box: LabelledObject
    found: tuple[Point, ...]
    distance: float


def keypoint_panel(split: KeypointSplit, evaluation: Evaluation, rows: Sequence[KeypointPrediction]) -> dict[str, Any]:
    """The objects with the largest mean distance of their labelled points, one an image.

    Raises:
        ValueError: The rows have other keypoints than the set.
    """
    classes, names = evaluation.classes, evaluation.keypoints
    split = split.of_keypoints(classes[0], names)
    by_image: dict[int, list[KeypointPrediction]] = {}
    for row in sorted(rows, key=lambda row: -row.score):
        by_image.setdefault(row.image_id, []).append(row)
    missed = [one for image in split.images for one in _of_image(image, by_image.get(image.id, []))]
    shown = [_picture(one) for one in _gravest(missed)]
    return {
        "about": (
            "The objects whose labelled points are farthest from where they were found, in sides of the object's box, "
            "one an image; objects that were not found come first. Green rings: the labels. Red: what was found."
        ),
        "marks": False,
        "groups": [("points farthest off", shown)] if shown else [],
        "nothing": "No object of this set has a labelled point.",
    }


def mean_distance_in_sides(truth_xyv_px: Sequence[Sequence[float]], found: Sequence[Point], side_px: float) -> float:
    """Mean distance over the labelled points, as a share of the object's longer side; infinite where nothing is found.

    Args:
        truth_xyv_px: x, y in pixels and COCO's visibility of each point.
        found: x, y of each point, or nothing.
        side_px: Longer side of the object's box.
    """
    if not found or side_px <= 0:
        return math.inf
    pairs = [(one, other) for one, other in zip(truth_xyv_px, found, strict=True) if one[2] > 0]
    if not pairs:
        return 0.0
    return sum(math.hypot(a[0] - b[0], a[1] - b[1]) for a, b in pairs) / len(pairs) / side_px


def _of_image(image: Sample, rows: Sequence[KeypointPrediction]) -> list[_Missed]:
    free, judged = list(rows), []
    for box in (one for one in image.objects if is_labelled(one)):
        best = max(free, key=lambda row: iou(row.bbox, box.bbox_xywh_px), default=None)
        points: tuple[Point, ...] = ()
        if best is not None and iou(best.bbox, box.bbox_xywh_px) >= MATCH_IOU:
            free.remove(best)
            points = tuple(zip(best.keypoints[0::3], best.keypoints[1::3], strict=True))
        distance = mean_distance_in_sides(box.keypoints_xyv_px, points, max(box.bbox_xywh_px[2:]))
        judged.append(_Missed(image=image, box=box, found=points, distance=distance))
    return judged


def _gravest(judged: Sequence[_Missed]) -> list[_Missed]:
    by_image: dict[int, _Missed] = {}
    for one in sorted(judged, key=lambda one: -one.distance):
        by_image.setdefault(one.image.id, one)
    return list(by_image.values())[:SHOWN]


def _picture(one: _Missed) -> dict[str, Any]:
    truth = [(x, y) for x, y, seen in one.box.keypoints_xyv_px if seen > 0]
    crop = crop_around(one.image.path, [(one.box.bbox_xywh_px, "")], truth_points=truth, found_points=one.found)
    said = "not found" if math.isinf(one.distance) else f"{one.distance:.2f} sides off"
    return {**crop, "said": f"{one.box.class_name}, {said}", "where": f"image {one.image.id}"}
