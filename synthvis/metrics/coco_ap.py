"""COCO's average precision by pycocotools, of boxes, masks or keypoints, with a bootstrap over images."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from synthvis.metrics.accumulate import Accumulated, accumulate
from synthvis.metrics.means import known_means
from synthvis.metrics.resampling import interval, number, resample_counts

__all__ = ["CocoCase", "CocoScores", "IouType", "coco_scores", "evaluate_case"]

IouType = Literal["bbox", "segm", "keypoints"]
Row = Mapping[str, Any]

MAX_DETECTIONS: dict[IouType, int] = {"bbox": 100, "segm": 100, "keypoints": 20}
AREA_NAMES: dict[IouType, tuple[str, ...]] = {
    "bbox": ("all", "small", "medium", "large"),
    "segm": ("all", "small", "medium", "large"),
    "keypoints": ("all", "medium", "large"),
}
IOU_50, IOU_75 = 0, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class CocoCase:
    """Truth and detections as pycocotools wants them, ids apart.

    Attributes:
        iou_type: What is compared.
        image_sizes: Height and width by image id; all images count, also empty ones.
        category_ids: Of the classes to measure, by name.
        truth: Annotations; ids are given here, as COCOeval reads an id of 0 as "unmatched".
        found: Results with "area".
        sigmas: (K,) of the keypoints.
    """

    iou_type: IouType
    image_sizes: Mapping[int, tuple[int, int]]
    category_ids: Mapping[str, int]
    truth: Sequence[Row]
    found: Sequence[Row]
    sigmas: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CocoScores:
    """Metrics with intervals; AP, AP50 and the precision curve of each class; null where undefined.

    `draws` (B,) is the AP on each resample of the images, NaN where undefined.
    """

    metrics: dict[str, dict[str, float | None]]
    per_class: dict[str, dict[str, float | None]]
    pr_curves: dict[str, dict[str, list[float | None]]]
    draws: NDArray[np.float64]


def coco_scores(case: CocoCase, *, resamples: int, seed: int) -> CocoScores:
    """Measure, and draw `resamples` times as many images to see how the metrics vary; 0 leaves low and high null."""
    evaluation = evaluate_case(case)
    images, names = len(case.image_sizes), AREA_NAMES[case.iou_type]
    shape = (len(case.category_ids), len(names), images)
    thresholds = (np.asarray(evaluation.params.iouThrs), np.asarray(evaluation.params.recThrs))
    exact = accumulate(evaluation.evalImgs, shape, thresholds, np.ones((1, images)))
    counts = resample_counts(images, resamples, seed)
    drawn = _summaries(accumulate(evaluation.evalImgs, shape, thresholds, counts), case.iou_type)
    values = _summaries(exact, case.iou_type)
    ordered = sorted(case.category_ids, key=lambda name: case.category_ids[name])
    return CocoScores(
        metrics={name: interval(float(values[name][0]), drawn[name]) for name in values},
        per_class={name: _class_row(exact, k) for k, name in enumerate(ordered)},
        pr_curves={name: _curves(exact, k, thresholds[1]) for k, name in enumerate(ordered)},
        draws=drawn["AP"],
    )


def evaluate_case(case: CocoCase) -> Any:
    """The COCOeval of pycocotools after its `evaluate`."""
    with contextlib.redirect_stdout(io.StringIO()):
        evaluation = COCOeval(_coco(case, case.truth), _coco(case, case.found), case.iou_type)
        evaluation.params.imgIds = list(case.image_sizes)
        evaluation.params.catIds = sorted(case.category_ids.values())
        evaluation.params.maxDets = [MAX_DETECTIONS[case.iou_type]]
        if case.iou_type == "keypoints":
            evaluation.params.kpt_oks_sigmas = np.asarray(case.sigmas, dtype=np.float64)
        evaluation.evaluate()
    return evaluation


def _coco(case: CocoCase, rows: Sequence[Row]) -> Any:
    coco = COCO()
    coco.dataset = {
        "images": [{"id": key, "height": hw[0], "width": hw[1]} for key, hw in case.image_sizes.items()],
        "categories": [{"id": number, "name": name} for name, number in case.category_ids.items()],
        "annotations": [{"iscrowd": 0, **row, "id": number} for number, row in enumerate(rows, start=1)],
    }
    coco.createIndex()
    return coco


def _summaries(result: Accumulated, iou_type: IouType) -> dict[str, NDArray[np.float64]]:
    """Each metric of each resample, (B,)."""
    precision, recall = result.precision, result.recall
    by_area = {f"AP_{name}": precision[..., index] for index, name in enumerate(AREA_NAMES[iou_type]) if index}
    parts = {
        "AP": precision[..., 0],
        "AP50": precision[:, IOU_50, ..., 0],
        "AP75": precision[:, IOU_75, ..., 0],
        f"AR{MAX_DETECTIONS[iou_type]}": recall[..., 0],
        **by_area,
    }
    return {name: known_means(part) for name, part in parts.items()}


def _class_row(result: Accumulated, k: int) -> dict[str, float | None]:
    precision = result.precision[:, :, :, k, 0]
    return {"AP": number(known_means(precision)[0]), "AP50": number(known_means(precision[:, IOU_50])[0])}


def _curves(result: Accumulated, k: int, recalls: NDArray[np.float64]) -> dict[str, list[float | None]]:
    precision = result.precision[0, :, :, k, 0]
    return {
        "recall": [round(float(value), 2) for value in recalls],
        "precision_50": [number(value) for value in precision[IOU_50]],
        "precision_75": [number(value) for value in precision[IOU_75]],
    }
