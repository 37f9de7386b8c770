"""The score from which on objects are kept: the one with the best F1 on labelled images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvis.formats.json_file import Number, Record
from synthvis.metrics.accumulate import MatchedImage

__all__ = ["OperatingPoint", "best_f1"]

IOU_50 = 0
"""Place of IoU 0.50 (OKS for keypoints) among COCO's thresholds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatingPoint(Record):
    """A score, and what it means to keep the objects of this score and above.

    Attributes:
        score: The smallest that is kept.
        f1: Harmonic mean of precision and recall, over all classes together, matched by COCO's rules at IoU (OKS for
            keypoints) 0.50.
        precision: Share of the kept objects that are right.
        recall: Share of the labelled objects that are found.
    """

    score: Number
    f1: Number
    precision: Number
    recall: Number


def best_f1(evaluated: Sequence[MatchedImage | None]) -> OperatingPoint | None:
    """The highest score of those with the best F1; None where no object is found, or none is labelled.

    COCO matches the best scores first, so that what a weaker prediction does changes nothing for a stronger one, and
    one matching holds for every threshold.

    Args:
        evaluated: `COCOeval.evalImgs` of every class and image, over objects of all sizes.
    """
    present = [one for one in evaluated if one is not None]
    objects = sum(int(np.count_nonzero(np.asarray(one["gtIgnore"]) == 0)) for one in present)
    scores, is_right = _counted(present)
    if not objects or not is_right.any():
        return None
    order = np.argsort(-scores, kind="stable")
    scores, right = scores[order], np.cumsum(is_right[order])
    kept = np.arange(1, len(scores) + 1)
    # Predictions of one score are kept together.
    ends = np.append(scores[1:] != scores[:-1], True)
    f1 = np.where(ends, 2 * right / (kept + objects), -1.0)
    best = int(f1.argmax())
    return OperatingPoint(
        score=float(scores[best]),
        f1=float(f1[best]),
        precision=float(right[best] / kept[best]),
        recall=float(right[best] / objects),
    )


def _counted(present: Sequence[MatchedImage]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Score of each prediction that counts, (D,), and whether it is right; those that lie on crowds do not count."""
    scores, is_right = [np.zeros(0)], [np.zeros(0, dtype=np.bool_)]
    for one in present:
        counts = np.asarray(one["dtIgnore"])[IOU_50] == 0
        scores.append(np.asarray(one["dtScores"], dtype=np.float64)[counts])
        is_right.append((np.asarray(one["dtMatches"])[IOU_50] != 0)[counts])
    return np.concatenate(scores), np.concatenate(is_right)
