"""Every registered distance between two sets of features, and how well the sets cover each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from synthvis.gap.comparison import FeatureDistances, RowCounts
from synthvis.gap.distances.registry import distances
from synthvis.gap.feature_rows import FeatureRows
from synthvis.gap.neighbours import ManifoldScores, manifold_scores
from synthvis.gap.resampling import Draws
from synthvis.metrics.resampling import DIGITS

__all__ = ["MIN_ROWS", "distances_by_class", "feature_distances"]

MIN_ROWS = 12
"""Rows of either set below which no distance is given."""


def feature_distances(synthetic: FeatureRows, real: FeatureRows, draws: Draws, seed: int = 0) -> FeatureDistances:
    """All distances of two sets of features, each with its interval and its split-half null.

    Args:
        synthetic: Features of the synthetic set.
        real: Of the real one.
        draws: Resamples of the images of both.
        seed: Of subsets and folds.

    Returns:
        Without distances where a set has too few rows.

    Raises:
        UsageError: An installed package brings a distance that cannot be used.
    """
    rows = RowCounts(synthetic=len(synthetic.features), real=len(real.features))
    if min(rows.synthetic, rows.real) < MIN_ROWS:
        return FeatureDistances(rows=rows)
    return FeatureDistances(
        rows=rows,
        distances={name: distance.compute(synthetic, real, draws, seed) for name, distance in distances().items()},
        manifold=_rounded(manifold_scores(synthetic.features, real.features)),
    )


def distances_by_class(
    synthetic: FeatureRows, real: FeatureRows, draws: Draws, seed: int = 0
) -> dict[str, FeatureDistances]:
    """`feature_distances` of the crops of each class that has enough of them, by name."""
    labels: Sequence[str] = sorted(set(synthetic.labels) & set(real.labels))
    pairs = {label: (synthetic.of_label(label), real.of_label(label)) for label in labels}
    return {
        label: feature_distances(ours, theirs, draws, seed)
        for label, (ours, theirs) in pairs.items()
        if min(len(ours.features), len(theirs.features)) >= MIN_ROWS
    }


def _rounded(scores: ManifoldScores | None) -> ManifoldScores | None:
    """The values as they are written to files."""
    if scores is None:
        return None
    return ManifoldScores(**{name: round(value, DIGITS) for name, value in asdict(scores).items()})
