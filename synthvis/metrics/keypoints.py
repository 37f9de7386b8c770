"""Keypoints: COCO's AP over object keypoint similarity, and the share of correct keypoints (PCK)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from synthvis.data.keypoints import KeypointSplit, is_labelled
from synthvis.data.sample import KeypointNames, LabelledObject, Sample
from synthvis.metrics.box_overlaps import box_overlaps
from synthvis.metrics.coco_ap import CocoAnnotation, CocoCase, coco_result, coco_scores
from synthvis.metrics.means import Floats, ratio
from synthvis.metrics.measures import Bootstrap, ClassMeasures, Measures
from synthvis.metrics.metric import Metric, MetricValue
from synthvis.metrics.predictions import KeypointPrediction
from synthvis.metrics.resampling import interval, kept_draws, number, resample_counts

__all__ = ["METRICS", "PCK_SHARES", "keypoint_case", "keypoint_metrics", "sigmas_of"]

PCK_SHARES = (0.05, 0.1, 0.2)
"""A keypoint is correct when it is off by at most this share of the longer side of the object's box."""

METRICS = tuple(
    Metric(
        name=f"PCK@{share}", title=f"PCK at {share}",
        explanation=f"Share of labelled keypoints that are off by at most {share:.0%} of the longer side of the box.",
    )
    for share in PCK_SHARES
)  # fmt: skip

MATCH_IOU = 0.5
DEFAULT_SIGMA = 0.05
"""Spread of a keypoint of which nobody says how surely people place it. COCO's for persons lie from 0.025 to 0.107."""

COCO_PERSON_SIGMAS = {
    "nose": 0.026, "left_eye": 0.025, "right_eye": 0.025, "left_ear": 0.035, "right_ear": 0.035,
    "left_shoulder": 0.079, "right_shoulder": 0.079, "left_elbow": 0.072, "right_elbow": 0.072,
    "left_wrist": 0.062, "right_wrist": 0.062, "left_hip": 0.107, "right_hip": 0.107,
    "left_knee": 0.087, "right_knee": 0.087, "left_ankle": 0.089, "right_ankle": 0.089,
}  # fmt: skip
"""Sigmas of https://cocodataset.org/#keypoints-eval, for the files that have exactly these keypoints."""


def sigmas_of(own: KeypointNames) -> tuple[float, ...]:
    """Sigma of each keypoint: the file's, COCO's for COCO's 17 of a person, else one for all."""
    if own.sigmas:
        return own.sigmas
    if set(own.names) == set(COCO_PERSON_SIGMAS):
        return tuple(COCO_PERSON_SIGMAS[name] for name in own.names)
    return (DEFAULT_SIGMA,) * len(own.names)


def keypoint_metrics(
    split: KeypointSplit,
    predictions: Sequence[KeypointPrediction],
    sigmas: Sequence[float],
    *,
    resamples: int = 200,
    seed: int = 0,
) -> Measures:
    """COCO keypoint metrics and PCK of `predictions` on a split of one category.

    The similarity of COCO, mean of exp(-d^2 / (2 area (2 sigma)^2)) over the labelled keypoints, takes the place of the
    overlap. PCK compares each object that has labelled keypoints with the prediction whose box is its match (IoU of at
    least 0.5, better scores first); keypoints of an object without a match are wrong.

    Args:
        split: The labelled images; of one category.
        predictions: Objects with the split's own image and category ids and the split's keypoints.
        sigmas: (K,) of the keypoints.
        resamples: Bootstrap resamples of the images; 0 leaves low and high None.
        seed: Seed of the resampling.
    """
    scores = coco_scores(keypoint_case(split, predictions, sigmas), resamples=resamples, seed=seed)
    correct, labelled = _counts(split, predictions)
    counts = resample_counts(len(split.images), resamples, seed)
    category = next(iter(split.keypoints))
    boxes = {"boxes": split.label_count}
    return Measures(
        images=len(split.images),
        counts=boxes,
        metrics=scores.metrics | _pck(correct, labelled, counts),
        per_class={category: replace(scores.per_class[category], counts=boxes)},
        per_keypoint=_per_keypoint(split.keypoints[category].names, correct, labelled),
        pr_curves=scores.pr_curves,
        operating_point=scores.operating_point,
        bootstrap=Bootstrap(resamples=resamples, seed=seed, draws={"AP": kept_draws(scores.draws)}),
    )


def keypoint_case(split: KeypointSplit, predictions: Sequence[KeypointPrediction], sigmas: Sequence[float]) -> CocoCase:
    """Ground truth and predictions for pycocotools."""
    return CocoCase(
        iou_type="keypoints",
        image_sizes={image.id: image.image_hw for image in split.images},
        category_ids=split.category_ids,
        ground_truth=[_ground_truth(split, image, box) for image in split.images for box in image.objects],
        predictions=[
            coco_result(row, area_px=_extent_px2(row.keypoints)) | {"keypoints": list(row.keypoints)}
            for row in predictions
        ],
        sigmas=tuple(sigmas),
    )


def _ground_truth(split: KeypointSplit, image: Sample, box: LabelledObject) -> CocoAnnotation:
    return CocoAnnotation(
        image_id=image.id,
        category_id=split.category_ids[box.class_name],
        bbox=list(box.bbox_xywh_px),
        area=box.area_px,
        iscrowd=int(box.is_crowd),
        keypoints=[value for point in box.keypoints_xyv_px for value in point],
        num_keypoints=sum(visibility > 0 for _, _, visibility in box.keypoints_xyv_px),
    )


def _extent_px2(keypoints: Sequence[float]) -> float:
    """Area of the box around the points, which pycocotools takes for the size of a result."""
    x, y = keypoints[0::3], keypoints[1::3]
    return float((max(x) - min(x)) * (max(y) - min(y)))


def _counts(split: KeypointSplit, predictions: Sequence[KeypointPrediction]) -> tuple[Floats, Floats]:
    """Correct (I, K, T) and labelled (I, K) keypoints of each image."""
    by_image: dict[int, list[KeypointPrediction]] = {}
    for row in sorted(predictions, key=lambda row: -row.score):
        by_image.setdefault(row.image_id, []).append(row)
    keypoints = len(next(iter(split.keypoints.values())).names)
    correct = np.zeros((len(split.images), keypoints, len(PCK_SHARES)))
    labelled = np.zeros((len(split.images), keypoints))
    for index, image in enumerate(split.images):
        boxes = [box for box in image.objects if is_labelled(box)]
        for box, match in zip(boxes, _matches(boxes, by_image.get(image.id, [])), strict=True):
            ground_truth = np.array(box.keypoints_xyv_px, dtype=np.float64)
            known = ground_truth[:, 2] > 0
            labelled[index] += known
            off = _distances_in_sides(ground_truth, match, max(box.bbox_xywh_px[2:]))
            correct[index] += known[:, None] & (off[:, None] <= np.array(PCK_SHARES))
    return correct, labelled


def _matches(boxes: Sequence[LabelledObject], rows: Sequence[KeypointPrediction]) -> list[KeypointPrediction | None]:
    """The prediction that each box gets; rows come by falling score."""
    matches: list[KeypointPrediction | None] = [None] * len(boxes)
    overlaps = box_overlaps([row.bbox for row in rows], [box.bbox_xywh_px for box in boxes])
    for row, ious in zip(rows, overlaps, strict=True):
        free = np.where([match is None for match in matches], ious, 0.0)
        if free.size and free.max() >= MATCH_IOU:
            matches[int(free.argmax())] = row
    return matches


def _distances_in_sides(ground_truth: Floats, row: KeypointPrediction | None, side_px: float) -> Floats:
    if row is None or side_px <= 0:
        return np.full(len(ground_truth), np.inf)
    predicted = np.array(row.keypoints, dtype=np.float64).reshape(-1, 3)
    return np.asarray(np.hypot(*(predicted[:, :2] - ground_truth[:, :2]).T) / side_px)


def _pck(correct: Floats, labelled: Floats, counts: Floats) -> dict[str, MetricValue]:
    totals = labelled.sum(axis=1)
    metrics = {}
    for place, share in enumerate(PCK_SHARES):
        hits = correct[..., place].sum(axis=1)
        metrics[f"PCK@{share}"] = interval(
            float(ratio(hits.sum(), totals.sum())), ratio(counts @ hits, counts @ totals)
        )
    return metrics


def _per_keypoint(names: Sequence[str], correct: Floats, labelled: Floats) -> dict[str, ClassMeasures]:
    counts = labelled.sum(axis=0)
    shares = ratio(correct.sum(axis=0), counts[:, None])
    return {
        name: ClassMeasures(
            metrics={f"PCK@{share}": MetricValue(number(shares[k, place])) for place, share in enumerate(PCK_SHARES)},
            counts={"labelled": int(counts[k])},
        )
        for k, name in enumerate(names)
    }
