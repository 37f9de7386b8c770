"""HOTA: Luiten et al., "HOTA: A higher order metric for evaluating multi-object tracking", IJCV 129, 2021.

For each threshold alpha of the IoU, with TP matched pairs of boxes, FN missed and FP wrong ones, and for a pair c of a
true track i and a predicted track j with TPA(c) frames in which they are matched at alpha:

    DetA = TP / (TP + FN + FP)
    A(c) = TPA(c) / (length of i + length of j - TPA(c))
    AssA = sum of A(c) over the matched pairs of boxes / TP
    HOTA = sqrt(DetA * AssA)

and the mean over alpha of 0.05, 0.10, ..., 0.95. Boxes are matched once for all alphas so that the sum of the IoU times
the alignment of their tracks over the whole film is largest (section 4.2 and appendix of the paper).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from synthvis.metrics.tracking.film_case import FilmCase
from synthvis.metrics.tracking.matching import EPSILON, best_pairs

__all__ = ["ALPHAS", "hota_film"]

ALPHAS = np.arange(0.05, 0.99, 0.05)
"""(19,) thresholds of the IoU."""

Floats = NDArray[np.float64]


def hota_film(film: FilmCase) -> Floats:
    """(T, 5, 19) for each frame and alpha: TP, FN, FP, sum of A(c) and sum of the IoU over the matched pairs."""
    there, found = film.ground_truth_lengths(), film.predicted_lengths()
    alignment = _alignment(film, there, found)
    rows = np.zeros((len(film.frames), 5, len(ALPHAS)))
    together = np.zeros((len(ALPHAS), film.ground_truth_tracks, film.predicted_tracks))
    matched = []
    for row, frame in zip(rows, film.frames, strict=True):
        first, second = best_pairs(alignment[np.ix_(frame.ground_truth, frame.predicted)] * frame.iou)
        iou = frame.iou[first, second]
        is_match = iou[None] >= ALPHAS[:, None] - EPSILON
        tracks, finders = frame.ground_truth[first], frame.predicted[second]
        together[:, tracks, finders] += is_match
        matches = is_match.sum(axis=1)
        row[0], row[1], row[2] = matches, len(frame.ground_truth) - matches, len(frame.predicted) - matches
        row[4] = (is_match * iou).sum(axis=1)
        matched.append((tracks, finders, is_match))
    association = together / np.maximum(there[:, None] + found[None] - together, 1)
    for row, (tracks, finders, is_match) in zip(rows, matched, strict=True):
        row[3] = (association[:, tracks, finders] * is_match).sum(axis=1)
    return rows


def _alignment(film: FilmCase, there: Floats, found: Floats) -> Floats:
    """(N, M) how well each pair of tracks goes together before boxes are matched: a Jaccard index of soft counts."""
    soft = np.zeros((film.ground_truth_tracks, film.predicted_tracks))
    for frame in film.frames:
        union = frame.iou.sum(axis=0)[None] + frame.iou.sum(axis=1)[:, None] - frame.iou
        shares = np.divide(frame.iou, union, out=np.zeros_like(frame.iou), where=union > EPSILON)
        soft[np.ix_(frame.ground_truth, frame.predicted)] += shares
    return soft / (there[:, None] + found[None] - soft)
