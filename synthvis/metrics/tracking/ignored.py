"""Predictions that are neither right nor wrong, because what they found is to be ignored.

Two kinds of ignored regions, as the benchmarks have them:

- with a track id, a single object that is not to be considered: predictions are matched with it and with all other
  objects one to one, at an IoU of 0.5, and those matched with it are taken out (MOT16, arXiv 1603.00831);
- without, a region of many: predictions that match no object and lie in it by half are taken out (KITTI, Geiger et al.,
  CVPR 2012).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from synthvis.data.sample import LabelledObject
from synthvis.metrics.box_overlaps import box_overlaps
from synthvis.metrics.tracking.film_case import FrameBoxes
from synthvis.metrics.tracking.matching import EPSILON, best_pairs

__all__ = ["without_ignored"]

THRESHOLD = 0.5


def without_ignored(found: FrameBoxes, ground_truth: FrameBoxes, ignored: Sequence[LabelledObject]) -> FrameBoxes:
    """The predictions of one frame that count."""
    if not ignored or not len(found):
        return found
    objects = np.array([one.bbox_xywh_px for one in ignored if one.track_id is not None]).reshape(-1, 4)
    regions = np.array([one.bbox_xywh_px for one in ignored if one.track_id is None]).reshape(-1, 4)
    counts, is_matched = _not_of_ignored_objects(found, ground_truth, objects)
    inside = box_overlaps(found.xywh_px, regions, [True] * len(regions)) > THRESHOLD + EPSILON
    counts &= is_matched | ~inside.any(axis=1)
    return FrameBoxes(track_ids=found.track_ids[counts], xywh_px=found.xywh_px[counts])


def _not_of_ignored_objects(
    found: FrameBoxes, ground_truth: FrameBoxes, ignored_xywh_px: NDArray[np.float64]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(N,) predictions that are matched with no ignored object, and predictions that are matched at all."""
    worth = box_overlaps(np.concatenate([ground_truth.xywh_px, ignored_xywh_px]), found.xywh_px)
    worth[worth < THRESHOLD - EPSILON] = 0.0
    rows, columns = best_pairs(worth)
    is_real = worth[rows, columns] > EPSILON
    rows, columns = rows[is_real], columns[is_real]
    counts, is_matched = np.ones(len(found), bool), np.zeros(len(found), bool)
    is_matched[columns] = True
    counts[columns[rows >= len(ground_truth)]] = False
    return counts, is_matched
