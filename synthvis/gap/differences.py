"""Image statistics of two sets side by side, the one that differs most first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from synthvis.gap.comparison import SharePair, StatisticDifference
from synthvis.gap.divergence import (
    histogram_per_image,
    jensen_shannon_bits,
    quantile_edges,
    robust_scale,
    total_variation,
    wasserstein,
)
from synthvis.gap.image_statistics import (
    NUMBER_STATISTICS,
    SHARE_STATISTICS,
    Quantiles,
    direction_of,
    share_sentence,
)
from synthvis.gap.resampling import Draws, Measure, NullLevel, split_half_null, with_interval
from synthvis.gap.statistics import Sample, SetMeasures, Shares
from synthvis.metrics.metric import MetricValue
from synthvis.metrics.resampling import number

__all__ = ["mean_divergence", "ranked_differences"]

Floats = NDArray[np.float64]

MAX_BINS = 16
SHOWN_CATEGORIES = 12


class _Divergences(TypedDict):
    """The measures that numbers and shares have in common."""

    js_bits: MetricValue
    null_js_bits: NullLevel
    above_null: bool | None
    total_variation: MetricValue


def ranked_differences(synthetic: SetMeasures, real: SetMeasures, draws: Draws) -> tuple[StatisticDifference, ...]:
    """One row for each statistic, ranked by its Jensen-Shannon divergence minus the mean one between real halves.

    A statistic without a value in one of the sets comes last, with nulls.
    """
    rows = [_number_row(name, synthetic, real, draws) for name in NUMBER_STATISTICS]
    rows += [_share_row(name, synthetic.shares[name], real.shares[name], draws) for name in SHARE_STATISTICS]
    return tuple(sorted(rows, key=_excess, reverse=True))


def _excess(row: StatisticDifference) -> float:
    return -np.inf if row.excess_bits is None else row.excess_bits


def _number_row(name: str, synthetic: SetMeasures, real: SetMeasures, draws: Draws) -> StatisticDifference:
    statistic = NUMBER_STATISTICS[name]
    ours, theirs = synthetic.samples.get(name), real.samples.get(name)
    if ours is None or theirs is None or not len(ours.values) or not len(theirs.values):
        absent = "neither set" if ours is theirs is None else "one of the sets"
        sentence = f"{absent} has no value of it"
        return StatisticDifference(statistic=name, title=statistic.title, of=statistic.subject, direction=sentence)
    edges = quantile_edges(ours.values, theirs.values, _bins(ours, theirs))
    own_hist = histogram_per_image(ours.values, ours.owner, synthetic.images, edges)
    real_hist = histogram_per_image(theirs.values, theirs.owner, real.images, edges)
    scale = robust_scale(theirs.values)
    quantiles = (_quantiles(ours.values), _quantiles(theirs.values))
    kind, sentence, advice = direction_of(statistic, *quantiles, scale)
    divergences = _divergences(own_hist, real_hist, draws)
    return StatisticDifference(
        statistic=name,
        title=statistic.title,
        of=statistic.subject,
        **divergences,
        wasserstein_z=_bootstrapped(_transport(ours, theirs, scale), draws),
        null_wasserstein_z=split_half_null(_transport(theirs, theirs, scale), draws.halves),
        synthetic=quantiles[0].rounded(),
        real=quantiles[1].rounded(),
        kind=kind,
        direction=sentence,
        advice=advice if divergences["above_null"] else None,
    )


def _share_row(name: str, ours: Shares, theirs: Shares, draws: Draws) -> StatisticDifference:
    statistic = SHARE_STATISTICS[name]
    own_total, real_total = ours.masses.sum(axis=0), theirs.masses.sum(axis=0)
    if not own_total.sum() or not real_total.sum():
        sentence = "one of the sets has none of it"
        return StatisticDifference(statistic=name, title=statistic.title, of="categories", direction=sentence)
    own_share, real_share = own_total / own_total.sum(), real_total / real_total.sum()
    divergences = _divergences(ours.masses, theirs.masses, draws)
    return StatisticDifference(
        statistic=name,
        title=statistic.title,
        of="categories",
        **divergences,
        shares=_shown_shares(theirs.names, own_share, real_share),
        kind="shares",
        direction=share_sentence(theirs.names, own_share.tolist(), real_share.tolist()),
        advice=statistic.advice if divergences["above_null"] else None,
    )


def _shown_shares(names: Sequence[str], own_share: Floats, real_share: Floats) -> dict[str, SharePair]:
    apart = np.argsort(-np.abs(own_share - real_share), kind="stable")[:SHOWN_CATEGORIES]
    return {
        names[k]: SharePair(synthetic=number(float(own_share[k])), real=number(float(real_share[k])))
        for k in apart
        if own_share[k] or real_share[k]
    }


def _divergences(ours: Floats, theirs: Floats, draws: Draws) -> _Divergences:
    divergence = _bootstrapped(_between(jensen_shannon_bits, ours, theirs), draws)
    null = split_half_null(_between(jensen_shannon_bits, theirs, theirs), draws.halves)
    return {
        "js_bits": divergence,
        "null_js_bits": null,
        "above_null": None if divergence.value is None or null.high is None else divergence.value > null.high,
        "total_variation": _bootstrapped(_between(total_variation, ours, theirs), draws),
    }


def _between(distance: Callable[[Floats, Floats], Floats], ours: Floats, theirs: Floats) -> Measure:
    """Distance of summed histograms, given weights of the images."""

    def measure(own_weights: Floats, real_weights: Floats) -> Floats:
        return np.asarray(distance(own_weights @ ours, real_weights @ theirs))

    return measure


def _transport(ours: Sample, theirs: Sample, scale: float) -> Measure:
    def measure(own_weights: Floats, real_weights: Floats) -> Floats:
        weights = (own_weights[:, ours.owner], real_weights[:, theirs.owner])
        return wasserstein((ours.values, theirs.values), weights) / scale

    return measure


def _bootstrapped(measure: Measure, draws: Draws) -> MetricValue:
    images = (draws.synthetic.shape[1], draws.real.shape[1])
    value = measure(np.ones((1, images[0])), np.ones((1, images[1])))
    return with_interval(float(value[0]), measure(draws.synthetic, draws.real), lowest=0.0)


def _bins(ours: Sample, theirs: Sample) -> int:
    return int(np.clip(np.sqrt(min(len(ours.values), len(theirs.values))), 2, MAX_BINS))


def _quantiles(values: Floats) -> Quantiles:
    q10, median, q90 = np.quantile(values, (0.1, 0.5, 0.9))
    return Quantiles(q10=float(q10), median=float(median), q90=float(q90), mean=float(values.mean()), count=len(values))


def mean_divergence(rows: Sequence[StatisticDifference]) -> float | None:
    """Mean Jensen-Shannon divergence over the statistics that have one."""
    known = [row.js_bits.value for row in rows if row.js_bits.value is not None]
    return float(np.mean(known)) if known else None
