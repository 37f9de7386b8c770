"""The Frechet distance of two sets of features, and an estimate of it for infinitely large sets."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from synthvis.gap.distances.distance import Distance, DistanceResult
from synthvis.gap.feature_rows import FeatureRows
from synthvis.gap.resampling import Draws, null_level, with_interval
from synthvis.metrics.resampling import number
from synthvis.seeds import rng_for

__all__ = ["FRECHET", "frechet_distance", "frechet_infinity"]

Floats = NDArray[np.float64]

INFINITY_POINTS = 8
MIN_SHARE = 0.5
"""The smallest subset of the extrapolation, as a share of the set."""
RESAMPLES = 60
NULL_SPLITS = 10


def frechet_distance(
    first: Floats, second: Floats, weights: tuple[Floats | None, Floats | None] = (None, None)
) -> float:
    """Frechet distance of the normal distributions fitted to two sets of features.

    |m1 - m2|^2 + tr(S1) + tr(S2) - 2 tr((S1 S2)^(1/2)): Dowson and Landau, Journal of Multivariate Analysis 12, 1982;
    Heusel et al., NeurIPS 2017 (FID). With S = R^T R the last trace is the sum of the singular values of R1 R2^T, which
    needs no matrix root and holds where a covariance is singular, as with fewer rows than columns.

    Args:
        first: (N, D).
        second: (M, D).
        weights: (N,) and (M,) counts of the rows; None: each counts once.

    Returns:
        The distance, squared units of the features; NaN with fewer than two rows on a side. It grows as sets get
        smaller (Chong and Forsyth 2020): compare it between sets of the same size only.
    """
    (m1, r1), (m2, r2) = (_mean_and_root(*pair) for pair in zip((first, second), weights, strict=True))
    if r1 is None or r2 is None:
        return float("nan")
    cross = float(np.linalg.svd(r1 @ r2.T, compute_uv=False).sum())
    distance = float(((m1 - m2) ** 2).sum() + (r1**2).sum() + (r2**2).sum() - 2 * cross)
    return max(distance, 0.0)


def frechet_infinity(
    first: Floats, second: Floats, rng: np.random.Generator, points: int = INFINITY_POINTS
) -> tuple[float, float]:
    """The Frechet distance that infinitely large sets would have: a line through those of subsets over 1/N, at 1/N = 0.

    Chong and Forsyth, "Effectively unbiased FID and inception score and where to find them", CVPR 2020. Both sides are
    cut to the same N, from half of the smaller set to all of it.

    Returns:
        The line's value at 1/N = 0 and its standard error; NaN where there are fewer than `points` rows on a side.
        The error is that of the fit; subsets overlap, so the true one is larger.
    """
    most = min(len(first), len(second))
    if most < points:
        return float("nan"), float("nan")
    sizes = np.unique(np.linspace(max(most * MIN_SHARE, 4), most, points).astype(np.intp))
    found = [
        frechet_distance(first[rng.permutation(len(first))[:size]], second[rng.permutation(len(second))[:size]])
        for size in sizes
    ]
    columns = np.stack([np.ones(len(sizes)), 1 / sizes], axis=1)
    line, *_ = np.linalg.lstsq(columns, np.array(found), rcond=None)
    spare = len(sizes) - 2
    if spare < 1:
        return float(line[0]), float("nan")
    variance = float(((columns @ line - found) ** 2).sum()) / spare
    return float(line[0]), float(np.sqrt(variance * np.linalg.inv(columns.T @ columns)[0, 0]))


def _measured(synthetic: FeatureRows, real: FeatureRows, draws: Draws, seed: int) -> DistanceResult:
    """At equal N for the sets and for the halves of the real one, as the distance depends on N."""
    rng = rng_for(seed, 1, "gap/frechet")
    size = min(len(synthetic.features), len(real.features) // 2)
    ours, theirs = (_some(rows, size, rng) for rows in (synthetic, real))
    value = frechet_distance(ours.features, theirs.features)
    drawn = [
        frechet_distance(ours.features, theirs.features, (own[ours.owner], real_counts[theirs.owner]))
        for own, real_counts in zip(draws.synthetic[:RESAMPLES], draws.real[:RESAMPLES], strict=True)
    ]
    null = []
    for half in draws.halves[:NULL_SPLITS]:
        in_half = half[real.owner] > 0
        first, second = (_some(real.part(chosen), size, rng).features for chosen in (in_half, ~in_half))
        if min(len(first), len(second)) >= 2:
            null.append(frechet_distance(first, second))
    infinity, error = frechet_infinity(synthetic.features, real.features, rng)
    return DistanceResult(
        estimate=with_interval(value, np.array(drawn), lowest=0.0),
        null=null_level(np.array(null)),
        details={"rows": size, "infinity": number(infinity), "infinity_fit_error": number(error)},
    )


def _some(rows: FeatureRows, count: int, rng: np.random.Generator) -> FeatureRows:
    chosen = np.zeros(len(rows.features), dtype=bool)
    chosen[rng.permutation(len(rows.features))[:count]] = True
    return rows.part(chosen)


def _mean_and_root(rows: Floats, weights: Floats | None) -> tuple[Floats, Floats | None]:
    """Mean (D,) and R with R^T R the unbiased covariance, (min(N, D), D); None for fewer than two rows."""
    counts = np.ones(len(rows)) if weights is None else weights
    total = float(counts.sum())
    if total < 2:
        return np.zeros(rows.shape[1]), None
    mean = counts @ rows / total
    kept = counts > 0
    centred = (rows[kept] - mean) * np.sqrt(counts[kept] / (total - 1))[:, None]
    if len(centred) > rows.shape[1]:
        centred = np.linalg.qr(centred, mode="r")
    return mean, np.asarray(centred)


FRECHET = Distance(
    name="frechet",
    title="Frechet distance",
    unit="squared units of the features",
    source="Heusel et al., GANs trained by a two time-scale update rule converge to a local Nash equilibrium, 2017",
    explanation="Between normal distributions fitted to the features. It grows as sets shrink: the value and its "
    "null are taken at one number of rows.",
    compute=_measured,
    detail_titles={"infinity": "Frechet distance, extrapolated to infinite sets"},
)
"""FID, on the features of any network."""
