"""CLEAR MOT: Bernardin and Stiefelhagen, "Evaluating multiple object tracking performance", EURASIP JIVP 2008.

Tracks that are mostly tracked, mostly lost or fragmented: Li, Huang and Nevatia, CVPR 2009. Where the papers leave
room, it is as in TrackEval, the evaluation of MOTChallenge: a pair of the frame before stays together as long as its
boxes overlap by half, other pairs maximise the sum of overlaps; and a frame without any prediction, or without any
object, leaves the pairs of the frame before as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvis.metrics.tracking.film_case import FilmCase, FrameCase
from synthvis.metrics.tracking.matching import EPSILON, best_pairs

__all__ = ["ClearFilm", "clear_film"]

THRESHOLD_IOU = 0.5
STAYS = 1000.0
"""Worth of a pair that stays together, above any sum of overlaps."""

NONE = -1
MOSTLY_TRACKED, MOSTLY_LOST = 0.8, 0.2

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClearFilm:
    """What happened in a film.

    Attributes:
        by_frame: (T, 6) matched, missed and wrong boxes, switches, sum of the IoU of matches, fragmentations.
        tracks: Tracks of the truth.
        mostly_tracked: Those of which more than 80% of the frames are matched.
        mostly_lost: Those of which less than 20% are.
    """

    by_frame: Floats
    tracks: int
    mostly_tracked: int
    mostly_lost: int


def clear_film(film: FilmCase) -> ClearFilm:
    """Match every frame of a film, one after the other."""
    last_found_by = np.full(film.ground_truth_tracks, NONE)
    pairs_before = np.full(film.ground_truth_tracks, NONE)
    times_found, frames_matched = np.zeros(film.ground_truth_tracks), np.zeros(film.ground_truth_tracks)
    rows = np.zeros((len(film.frames), 6))
    for row, frame in zip(rows, film.frames, strict=True):
        row[1], row[2] = len(frame.ground_truth), len(frame.predicted)
        if not frame.iou.size:
            continue
        there, found = _pairs(frame, pairs_before)
        tracks, finders = frame.ground_truth[there], frame.predicted[found]
        known = last_found_by[tracks]
        is_found_again = (pairs_before[tracks] == NONE) & (times_found[tracks] > 0)
        times_found[tracks] += pairs_before[tracks] == NONE
        last_found_by[tracks] = finders
        pairs_before[:] = NONE
        pairs_before[tracks] = finders
        frames_matched[tracks] += 1
        row += _changes(len(tracks), frame.iou[there, found].sum())
        row[3] = np.count_nonzero((known != NONE) & (known != finders))
        row[5] = np.count_nonzero(is_found_again)
    share = frames_matched / np.maximum(film.ground_truth_lengths(), 1)
    return ClearFilm(
        by_frame=rows,
        tracks=film.ground_truth_tracks,
        mostly_tracked=int(np.count_nonzero(share > MOSTLY_TRACKED)),
        mostly_lost=int(np.count_nonzero(share < MOSTLY_LOST)),
    )


def _changes(matches: int, iou_sum: float) -> Floats:
    """What matches change of a row that counts every true box as missed and every other as wrong."""
    return np.array([matches, -matches, -matches, 0, iou_sum, 0], dtype=np.float64)


def _pairs(frame: FrameCase, pairs_before: Indices) -> tuple[Indices, Indices]:
    stays = pairs_before[frame.ground_truth][:, None] == frame.predicted[None]
    worth = np.where(frame.iou >= THRESHOLD_IOU - EPSILON, STAYS * stays + frame.iou, 0.0)
    there, found = best_pairs(worth)
    kept = worth[there, found] > EPSILON
    return there[kept], found[kept]
