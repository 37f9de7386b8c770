"""IDF1: Ristani et al., "Performance measures and a data set for multi-target, multi-camera tracking", ECCVW 2016.

Each track of the truth is taken with at most one predicted track, over the whole film, so that as many boxes as
possible agree. The count is unique; which boxes agree is not, where several assignments are equally good.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from synthvis.metrics.tracking.film_case import FilmCase
from synthvis.metrics.tracking.matching import best_pairs

__all__ = ["identity_film"]

THRESHOLD_IOU = 0.5
NONE = -1


def identity_film(film: FilmCase) -> NDArray[np.float64]:
    """(T, 3) boxes of each frame with the right track, predicted boxes without, and true boxes without."""
    agree = np.zeros((film.ground_truth_tracks, film.predicted_tracks))
    for frame in film.frames:
        agree[np.ix_(frame.ground_truth, frame.predicted)] += frame.iou >= THRESHOLD_IOU
    tracks, finders = best_pairs(agree)
    finder_of = np.full(film.ground_truth_tracks, NONE)
    finder_of[tracks] = finders
    rows = np.zeros((len(film.frames), 3))
    for row, frame in zip(rows, film.frames, strict=True):
        is_own = finder_of[frame.ground_truth][:, None] == frame.predicted[None]
        right = np.count_nonzero(is_own & (frame.iou >= THRESHOLD_IOU))
        row[:] = right, len(frame.predicted) - right, len(frame.ground_truth) - right
    return rows
