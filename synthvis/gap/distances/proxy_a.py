"""The proxy A-distance: how well a linear classifier tells synthetic features from real ones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from synthvis.gap.classifier import out_of_fold_scores, proxy_a_distance
from synthvis.gap.distances.distance import Distance, DistanceResult
from synthvis.gap.feature_rows import FeatureRows
from synthvis.gap.resampling import Draws, null_level, with_interval
from synthvis.seeds import rng_for

__all__ = ["PROXY_A"]

Floats = NDArray[np.float64]

NULL_SPLITS = 5


def _measured(synthetic: FeatureRows, real: FeatureRows, draws: Draws, seed: int) -> DistanceResult:
    wrong = _mistakes(synthetic, real, seed)
    drawn = proxy_a_distance(wrong, (draws.synthetic[:, synthetic.owner], draws.real[:, real.owner]))
    null = []
    for half in draws.halves[:NULL_SPLITS]:
        in_half = half[real.owner] > 0
        null.append(_distance(_mistakes(real.part(in_half), real.part(~in_half), seed)))
    return DistanceResult(estimate=with_interval(_distance(wrong), drawn), null=null_level(np.array(null)))


def _distance(wrong: tuple[Floats, Floats]) -> float:
    ones = (np.ones((1, len(wrong[0]))), np.ones((1, len(wrong[1]))))
    return float(proxy_a_distance(wrong, ones)[0])


def _mistakes(first: FeatureRows, second: FeatureRows, seed: int) -> tuple[Floats, Floats]:
    """1 for each row that a held-out classifier takes for the other set, 0.5 where it cannot tell."""
    pair = ((first.features, first.owner), (second.features, second.owner))
    ours, theirs = out_of_fold_scores(*pair, rng_for(seed, 1, "gap/folds"))
    return (1 - np.sign(ours)) / 2, (1 + np.sign(theirs)) / 2


PROXY_A = Distance(
    name="proxy_a",
    title="Proxy A-distance (0 to 2)",
    source="Ben-David et al., Analysis of representations for domain adaptation, 2006",
    explanation="2 (1 - 2 err) of a linear classifier with folds by image: 0 where it cannot tell the sets apart, 2 "
    "where it always can, which no longer tells near from far. The interval leaves out its training.",
    compute=_measured,
)
"""Of a linear classifier."""
