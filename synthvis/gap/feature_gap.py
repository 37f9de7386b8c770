"""Every distance between two sets of features, each with its interval and what chance alone would give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthvis.gap.classifier import out_of_fold_scores, proxy_a_distance
from synthvis.gap.crops import FeatureRows
from synthvis.gap.distances import (
    KernelSums,
    frechet_distance,
    frechet_infinity,
    median_bandwidth,
    mmd_squared,
    polynomial_kernel,
    rbf_kernel,
)
from synthvis.gap.neighbours import manifold_scores
from synthvis.gap.resampling import Draws, chance_level, level_of, with_interval
from synthvis.metrics.resampling import number
from synthvis.seeds import rng_for

__all__ = ["DISTANCES", "LEAST_ROWS", "distances_by_class", "feature_distances"]

Floats = NDArray[np.float64]

DISTANCES = ("frechet", "kid", "mmd_rbf", "proxy_a")
LEAST_ROWS = 12
"""Rows of either set below which no distance is given."""
FRECHET_RESAMPLES = 60
FRECHET_HALVES = 10
CLASSIFIER_HALVES = 5


def feature_distances(synthetic: FeatureRows, real: FeatureRows, draws: Draws, seed: int = 0) -> dict[str, Any]:
    """Frechet distance, KID, MMD, proxy A-distance and coverage of two sets of features.

    Args:
        synthetic: Features of the synthetic set.
        real: Of the real one.
        draws: Resamples of the images of both.
        seed: Of subsets and folds.

    Returns:
        One entry a distance with "value", "low", "high" and "chance" {"mean", "high"}, and the counts of rows; an
        empty "distances" where a set has too few rows.
    """
    counts = {"synthetic": len(synthetic.features), "real": len(real.features)}
    if min(counts.values()) < LEAST_ROWS:
        return {"rows": counts, "distances": {}, "manifold": None}
    found = manifold_scores(synthetic.features, real.features)
    return {
        "rows": counts,
        "distances": {
            "frechet": _frechet(synthetic, real, draws, seed),
            "kid": _kernel_distance(synthetic, real, draws, polynomial_kernel),
            "mmd_rbf": _rbf_distance(synthetic, real, draws),
            "proxy_a": _classifier_distance(synthetic, real, draws, seed),
        },
        "manifold": {name: number(value) for name, value in asdict(found).items()} if found else None,
    }


def distances_by_class(
    synthetic: FeatureRows, real: FeatureRows, draws: Draws, seed: int = 0
) -> dict[str, dict[str, Any]]:
    """`feature_distances` of the crops of each class that has enough of them, by name."""
    labels: Sequence[str] = sorted(set(synthetic.labels) & set(real.labels))
    pairs = {label: (synthetic.of_label(label), real.of_label(label)) for label in labels}
    return {
        label: feature_distances(ours, theirs, draws, seed)
        for label, (ours, theirs) in pairs.items()
        if min(len(ours.features), len(theirs.features)) >= LEAST_ROWS
    }


def _frechet(synthetic: FeatureRows, real: FeatureRows, draws: Draws, seed: int) -> dict[str, Any]:
    """At equal N for the sets and for the halves of the real one, as the distance depends on N."""
    rng = rng_for(seed, 1, "gap/frechet")
    size = min(len(synthetic.features), len(real.features) // 2)
    ours, theirs = (_some(rows, size, rng) for rows in (synthetic, real))
    value = frechet_distance(ours.features, theirs.features)
    drawn = [
        frechet_distance(ours.features, theirs.features, (own[ours.owner], real_counts[theirs.owner]))
        for own, real_counts in zip(draws.synthetic[:FRECHET_RESAMPLES], draws.real[:FRECHET_RESAMPLES], strict=True)
    ]
    chance = []
    for half in draws.halves[:FRECHET_HALVES]:
        in_half = half[real.owner] > 0
        one, other = (_some(_part(real, chosen), size, rng).features for chosen in (in_half, ~in_half))
        if min(len(one), len(other)) >= 2:
            chance.append(frechet_distance(one, other))
    infinity, error = frechet_infinity(synthetic.features, real.features, rng)
    return {
        **with_interval(value, np.array(drawn), least=0.0).to_dict(),
        "rows": size,
        "chance": level_of(np.array(chance)),
        "infinity": {"value": number(infinity), "fit_error": number(error)},
    }


def _kernel_distance(synthetic: FeatureRows, real: FeatureRows, draws: Draws, kernel: Any) -> dict[str, Any]:
    ours, theirs = synthetic.features, real.features
    sums = KernelSums.of(
        (kernel(ours, ours), kernel(theirs, theirs), kernel(ours, theirs)),
        (synthetic.owner, real.owner),
        (synthetic.images, real.images),
    )
    value = mmd_squared(sums, np.ones((1, synthetic.images)), np.ones((1, real.images)))
    drawn = mmd_squared(sums, draws.synthetic, draws.real)
    chance = chance_level(lambda one, other: mmd_squared(sums.halves(), one, other), draws.halves)
    return {**with_interval(float(value[0]), drawn).to_dict(), "chance": chance}


def _rbf_distance(synthetic: FeatureRows, real: FeatureRows, draws: Draws) -> dict[str, Any]:
    bandwidth = median_bandwidth(synthetic.features, real.features)
    found = _kernel_distance(synthetic, real, draws, lambda one, other: rbf_kernel(one, other, bandwidth))
    return {**found, "bandwidth": number(bandwidth)}


def _classifier_distance(synthetic: FeatureRows, real: FeatureRows, draws: Draws, seed: int) -> dict[str, Any]:
    wrong = _mistakes(synthetic, real, seed)
    value = proxy_a_distance(wrong, (np.ones((1, len(wrong[0]))), np.ones((1, len(wrong[1])))))
    drawn = proxy_a_distance(wrong, (draws.synthetic[:, synthetic.owner], draws.real[:, real.owner]))
    chance = []
    for half in draws.halves[:CLASSIFIER_HALVES]:
        in_half = half[real.owner] > 0
        mistakes = _mistakes(_part(real, in_half), _part(real, ~in_half), seed)
        chance.append(
            float(proxy_a_distance(mistakes, (np.ones((1, in_half.sum())), np.ones((1, (~in_half).sum()))))[0])
        )
    return {**with_interval(float(value[0]), drawn).to_dict(), "chance": level_of(np.array(chance))}


def _mistakes(first: FeatureRows, second: FeatureRows, seed: int) -> tuple[Floats, Floats]:
    """1 for each row that a held-out classifier takes for the other set, 0.5 where it cannot tell."""
    pair = ((first.features, first.owner), (second.features, second.owner))
    ours, theirs = out_of_fold_scores(*pair, rng_for(seed, 1, "gap/folds"))
    return (1 - np.sign(ours)) / 2, (1 + np.sign(theirs)) / 2


def _some(rows: FeatureRows, count: int, rng: np.random.Generator) -> FeatureRows:
    chosen = np.zeros(len(rows.features), dtype=bool)
    chosen[rng.permutation(len(rows.features))[:count]] = True
    return _part(rows, chosen)


def _part(rows: FeatureRows, chosen: NDArray[np.bool_]) -> FeatureRows:
    return FeatureRows(
        features=rows.features[chosen],
        owner=rows.owner[chosen],
        images=rows.images,
        labels=tuple(label for label, kept in zip(rows.labels, chosen, strict=True) if kept),
    )
