"""COCO's average precision by pycocotools, of boxes, masks or keypoints, with a bootstrap over images."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypedDict

import numpy as np
from numpy.typing import NDArray
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from synthvis.formats.rle import RleObject
from synthvis.metrics.accumulate import Accumulated, accumulate
from synthvis.metrics.means import known_means
from synthvis.metrics.measures import ClassMeasures, PrecisionRecall
from synthvis.metrics.metric import Metric, MetricValue
from synthvis.metrics.operating_point import OperatingPoint, best_f1
from synthvis.metrics.predictions import BoxPrediction
from synthvis.metrics.resampling import interval, number, resample_counts

__all__ = [
    "MASK_METRICS",
    "METRICS",
    "CocoAnnotation",
    "CocoCase",
    "CocoScores",
    "IouType",
    "coco_result",
    "coco_scores",
    "evaluate_case",
]

IouType = Literal["bbox", "segm", "keypoints"]

MAX_DETECTIONS: dict[IouType, int] = {"bbox": 100, "segm": 100, "keypoints": 20}
AREA_NAMES: dict[IouType, tuple[str, ...]] = {
    "bbox": ("all", "small", "medium", "large"),
    "segm": ("all", "small", "medium", "large"),
    "keypoints": ("all", "medium", "large"),
}
IOU_50, IOU_75 = 0, 5


IOU = "IoU with the ground truth (OKS for keypoints)"
AREAS = {
    "small": "below 32 x 32 px",
    "medium": "from 32 x 32 to 96 x 96 px",
    "large": "above 96 x 96 px",
}  # fmt: skip

METRICS = (
    Metric(
        name="AP", title="AP",
        explanation=f"Average precision, the mean over classes and over thresholds of {IOU} from 0.50 to 0.95.",
    ),
    Metric(name="AP50", title="AP at 0.50", explanation=f"Average precision at a threshold of 0.50 of {IOU}."),
    Metric(name="AP75", title="AP at 0.75", explanation=f"Average precision at a threshold of 0.75 of {IOU}."),
    Metric(name="AR100", title="AR", explanation="Mean recall with at most 100 predictions an image."),
    Metric(name="AR20", title="AR", explanation="Mean recall with at most 20 predictions an image."),
    *(
        Metric(name=f"AP_{size}", title=f"AP, {size} objects", explanation=f"AP of objects with an area {area}.")
        for size, area in AREAS.items()
    ),
)  # fmt: skip
"""COCO's, see https://cocodataset.org/#detection-eval."""

MASK_METRICS = tuple(
    replace(
        metric, name=f"mask_{metric.name}", title=f"Mask {metric.title}",
        explanation=metric.explanation.replace(IOU, "IoU of masks"),
    )
    for metric in METRICS
    if metric.name != "AR20"
)  # fmt: skip
"""The same by the overlap of masks."""


class CocoAnnotation(TypedDict, total=False):
    """An object as pycocotools wants it: x, y, width and height in pixels, areas in square pixels."""

    image_id: int
    category_id: int
    bbox: list[float]
    area: float
    iscrowd: int
    segmentation: RleObject
    keypoints: list[float]
    num_keypoints: int
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CocoCase:
    """Ground truth and predictions as pycocotools wants them, ids apart.

    Attributes:
        iou_type: What is compared.
        image_sizes: Height and width by image id; all images count, also empty ones.
        category_ids: Of the classes to measure, by name.
        ground_truth: Annotations; ids are given here, as COCOeval reads an id of 0 as "unmatched".
        predictions: Results with "area".
        sigmas: (K,) of the keypoints.
    """

    iou_type: IouType
    image_sizes: Mapping[int, tuple[int, int]]
    category_ids: Mapping[str, int]
    ground_truth: Sequence[CocoAnnotation]
    predictions: Sequence[CocoAnnotation]
    sigmas: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CocoScores:
    """Metrics with intervals; AP, AP50 and the precision curve of each class; None where undefined.

    `draws` (B,) is the AP on each resample of the images, NaN where undefined; `operating_point` the score to keep
    objects from.
    """

    metrics: dict[str, MetricValue]
    per_class: dict[str, ClassMeasures]
    pr_curves: dict[str, PrecisionRecall]
    draws: NDArray[np.float64]
    operating_point: OperatingPoint | None


def coco_result(row: BoxPrediction, area_px: float) -> CocoAnnotation:
    """A prediction with the area by which COCO tells small objects from large ones."""
    return CocoAnnotation(
        image_id=row.image_id, category_id=row.category_id, bbox=list(row.bbox), area=area_px, score=row.score
    )


def coco_scores(case: CocoCase, *, resamples: int, seed: int) -> CocoScores:
    """Measure, and draw `resamples` times as many images to see how the metrics vary; 0 leaves low and high None."""
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
        operating_point=best_f1(_of_all_sizes(evaluation.evalImgs, shape)),
    )


def _of_all_sizes(evaluated: Sequence[Any], shape: tuple[int, int, int]) -> list[Any]:
    """The first of the areas of each class."""
    classes, areas, images = shape
    starts = (k * areas * images for k in range(classes))
    return [one for start in starts for one in evaluated[start : start + images]]


def evaluate_case(case: CocoCase) -> Any:
    """The COCOeval of pycocotools after its `evaluate`."""
    with contextlib.redirect_stdout(io.StringIO()):
        evaluation = COCOeval(_coco(case, case.ground_truth), _coco(case, case.predictions), case.iou_type)
        evaluation.params.imgIds = list(case.image_sizes)
        evaluation.params.catIds = sorted(case.category_ids.values())
        evaluation.params.maxDets = [MAX_DETECTIONS[case.iou_type]]
        if case.iou_type == "keypoints":
            evaluation.params.kpt_oks_sigmas = np.asarray(case.sigmas, dtype=np.float64)
        evaluation.evaluate()
    return evaluation


def _coco(case: CocoCase, rows: Sequence[CocoAnnotation]) -> Any:
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


def _class_row(result: Accumulated, k: int) -> ClassMeasures:
    precision = result.precision[:, :, :, k, 0]
    values = {"AP": known_means(precision)[0], "AP50": known_means(precision[:, IOU_50])[0]}
    return ClassMeasures(metrics={name: MetricValue(number(value)) for name, value in values.items()})


def _curves(result: Accumulated, k: int, recalls: NDArray[np.float64]) -> PrecisionRecall:
    precision = result.precision[0, :, :, k, 0]
    return PrecisionRecall(
        recall=tuple(round(float(value), 2) for value in recalls),
        precision_50=tuple(number(value) for value in precision[IOU_50]),
        precision_75=tuple(number(value) for value in precision[IOU_75]),
    )
