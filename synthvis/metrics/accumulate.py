"""COCOeval's accumulation, vectorised over bootstrap resamples.

The reference walks one sorted list of detections per (IoU, class, area). A resample of images only changes how often
each image counts, so a matrix of counts stands in for the repeated lists: equal to pycocotools up to ties of score
inside one image. Only true positives can raise the precision envelope, so the rest is summed and dropped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

__all__ = ["Accumulated", "MatchedImage", "accumulate"]

Floats = NDArray[np.float64]


class MatchedImage(TypedDict):
    """What COCOeval tells of a class in an image: D predictions against G objects at T thresholds of IoU.

    `dtMatches` and `dtIgnore` are (T, D), `dtScores` (D,), `gtIgnore` (G,).
    """

    gtIgnore: NDArray[np.bool_]
    dtScores: Sequence[float]
    dtMatches: Floats
    dtIgnore: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Accumulated:
    """Precision (B, T, R, K, A) and recall (B, T, K, A) of B resamples; NaN where a class has no object."""

    precision: Floats
    recall: Floats


def accumulate(
    evaluated: Sequence[MatchedImage | None],
    shape: tuple[int, int, int],
    thresholds: tuple[Floats, Floats],
    counts: Floats,
) -> Accumulated:
    """Accumulate `COCOeval.evalImgs` for every row of `counts`.

    Args:
        evaluated: `COCOeval.evalImgs`, class-major, then area, then image, made with one maxDet.
        shape: Classes K, areas A, images I.
        thresholds: IoU thresholds (T,) and recall thresholds (R,).
        counts: (B, I) multiplicities of the images.
    """
    classes, areas, images = shape
    ious, recalls = thresholds
    precision = np.full((len(counts), len(ious), len(recalls), classes, areas), np.nan)
    recall = np.full((len(counts), len(ious), classes, areas), np.nan)
    for k in range(classes):
        for a in range(areas):
            start = (k * areas + a) * images
            _fill(evaluated[start : start + images], recalls, counts, precision[..., k, a], recall[..., k, a])
    return Accumulated(precision=precision, recall=recall)


def _fill(
    entries: Sequence[MatchedImage | None], recalls: Floats, counts: Floats, precision: Floats, recall: Floats
) -> None:
    """Fill precision (B, T, R) and recall (B, T) of one class and area."""
    present = [(index, entry) for index, entry in enumerate(entries) if entry is not None]
    if not present:
        return
    objects = np.zeros(len(entries))
    for index, entry in present:
        objects[index] = np.count_nonzero(np.asarray(entry["gtIgnore"]) == 0)
    object_counts = counts @ objects
    matched, ignored, owner = _sorted_detections(present, precision.shape[1])
    weights = counts[:, owner]
    for t in range(precision.shape[1]):
        _fill_threshold(matched[t], ignored[t], weights, object_counts, recalls, precision[:, t], recall[:, t])
    precision[object_counts == 0] = np.nan
    recall[object_counts == 0] = np.nan


def _sorted_detections(
    present: Sequence[tuple[int, MatchedImage]], thresholds: int
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.intp]]:
    scores = np.concatenate([np.asarray(entry["dtScores"], dtype=np.float64) for _, entry in present])
    # The reference sorts stably too; another order would move ties.
    order = np.argsort(-scores, kind="mergesort")
    owner = np.repeat([index for index, _ in present], [len(entry["dtScores"]) for _, entry in present])
    empty = np.zeros((thresholds, 0))
    matched = np.concatenate([empty, *(entry["dtMatches"] for _, entry in present)], axis=1)
    ignored = np.concatenate([empty, *(entry["dtIgnore"] for _, entry in present)], axis=1)
    return matched[:, order] != 0, ignored[:, order] != 0, owner[order].astype(np.intp)


def _fill_threshold(
    matched: NDArray[np.bool_],
    ignored: NDArray[np.bool_],
    weights: Floats,
    object_counts: Floats,
    recalls: Floats,
    precision: Floats,
    recall: Floats,
) -> None:
    """Fill precision (B, R) and recall (B,) of one class, area and IoU threshold."""
    counted = np.cumsum(np.where(ignored, 0.0, weights), axis=1)
    hits = np.flatnonzero(matched & ~ignored)
    true_sum = np.cumsum(weights[:, hits], axis=1)
    false_sum = counted[:, hits] - true_sum
    envelope = true_sum / (false_sum + true_sum + np.spacing(1))
    envelope = np.maximum.accumulate(envelope[:, ::-1], axis=1)[:, ::-1]
    reached = true_sum / np.maximum(object_counts, 1.0)[:, None]
    recall[:] = reached[:, -1] if len(hits) else 0.0
    padded = np.concatenate([envelope, np.zeros((len(weights), 1))], axis=1)
    for row in range(len(weights)):
        precision[row] = padded[row, np.searchsorted(reached[row], recalls, side="left")]
