"""Means over seeds with intervals that cover both the choice of test images and the choice of seeds.

A bootstrap on two levels: every draw takes the test images with replacement, and the seeds with replacement. All
regimes of a study share the draws, so that what makes a set of images easy or a seed lucky cancels in a difference.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvis.metrics.measures import Measures
from synthvis.metrics.resampling import middle
from synthvis.seeds import rng_for
from synthvis.study.estimate import Estimate

__all__ = ["DRAWS", "Score", "difference", "estimate", "mean_draws", "score_of", "seed_counts"]

Floats = NDArray[np.float64]

DRAWS = 200
NORMAL_QUANTILE = 1.959964
"""Of a standard normal at 97.5%."""


@dataclass(frozen=True, slots=True, eq=False)
class Score:
    """One measured run.

    Attributes:
        value: The metric.
        draws: (DRAWS,) the metric on resamples of the test images, NaN where undefined.
        is_paired: Whether the resamples are those of every other run on that set.
    """

    value: float
    draws: Floats
    is_paired: bool


def score_of(evaluation: Measures, metric: str, stream: str) -> Score | None:
    """The score of an evaluation, None where the metric is undefined.

    An evaluation that does not carry its resamples gets draws from the normal distribution of its interval: these pair
    with no other run, so differences come out wider than they need to be.

    Args:
        evaluation: What was measured.
        metric: Its name.
        stream: Names the run, for such draws.
    """
    found = evaluation.metrics.get(metric)
    if found is None or found.value is None:
        return None
    value = found.value
    stored = evaluation.bootstrap.draws.get(metric)
    if stored and len(stored) == DRAWS:
        return Score(value, np.array([math.nan if one is None else one for one in stored], dtype=np.float64), True)
    if found.low is None or found.high is None:
        return Score(value, np.full(DRAWS, value), False)
    sigma = (found.high - found.low) / (2 * NORMAL_QUANTILE)
    return Score(value, value + sigma * rng_for(0, 1, f"study draws {stream}").standard_normal(DRAWS), False)


def seed_counts(seeds: Sequence[int]) -> dict[int, Floats]:
    """How often each seed is in each draw, (DRAWS,) by seed; the same for every regime."""
    unique = sorted(set(seeds))
    rng = rng_for(0, 1, "study seeds")
    counts = rng.multinomial(len(unique), np.full(len(unique), 1 / len(unique)), size=DRAWS).astype(np.float64)
    return {seed: counts[:, place] for place, seed in enumerate(unique)}


def mean_draws(scores: Mapping[int, Score], counts: Mapping[int, Floats]) -> Floats:
    """(DRAWS,) mean over the drawn seeds on the drawn images; NaN where none of the regime's seeds was drawn."""
    total, weight = np.zeros(DRAWS), np.zeros(DRAWS)
    for seed, score in scores.items():
        known = np.isfinite(score.draws)
        total += np.where(known, counts[seed] * np.nan_to_num(score.draws), 0.0)
        weight += np.where(known, counts[seed], 0.0)
    return np.where(weight > 0, total / np.maximum(weight, 1e-12), np.nan)


def estimate(scores: Mapping[int, Score], counts: Mapping[int, Floats]) -> Estimate | None:
    """Mean over seeds with the standard deviation between them and its interval; None without a score."""
    if not scores:
        return None
    values = np.array([score.value for score in scores.values()])
    low, high = middle(mean_draws(scores, counts), between=False)
    spread = float(values.std(ddof=1)) if len(values) > 1 else None
    return Estimate(mean=float(values.mean()), spread=spread, low=low, high=high, seeds=len(values))


def difference(
    first: Mapping[int, Score], second: Mapping[int, Score], counts: Mapping[int, Floats]
) -> Estimate | None:
    """Mean of `first` minus `second` over the seeds that both have; None where they share none."""
    shared = sorted(first.keys() & second.keys())
    if not shared:
        return None
    ours, theirs = ({seed: side[seed] for seed in shared} for side in (first, second))
    values = np.array([ours[seed].value - theirs[seed].value for seed in shared])
    low, high = middle(mean_draws(ours, counts) - mean_draws(theirs, counts), between=False)
    spread = float(values.std(ddof=1)) if len(values) > 1 else None
    return Estimate(mean=float(values.mean()), spread=spread, low=low, high=high, seeds=len(shared))
