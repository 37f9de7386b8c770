"""Traits of two sets side by side, the one that differs most first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthvis.gap.divergence import (
    histogram_per_image,
    jensen_shannon_bits,
    quantile_edges,
    robust_scale,
    total_variation,
    wasserstein,
)
from synthvis.gap.resampling import Draws, Measure, chance_level, with_interval
from synthvis.gap.statistics import Sample, SetMeasures, Shares
from synthvis.gap.traits import NUMBERS, SHARES, Summary, direction_of, share_sentence
from synthvis.metrics.resampling import number

__all__ = ["mean_divergence", "ranked_differences"]

Floats = NDArray[np.float64]

MOST_BINS = 16
SHOWN_CATEGORIES = 12


def ranked_differences(synthetic: SetMeasures, real: SetMeasures, draws: Draws) -> list[dict[str, Any]]:
    """One row a trait, ranked by Jensen-Shannon divergence above what two halves of the real set have on average.

    A trait that one of the sets has no value of comes last, with nulls.
    """
    rows = [_number_row(name, synthetic, real, draws) for name in NUMBERS]
    rows += [_share_row(name, synthetic.shares[name], real.shares[name], draws) for name in SHARES]
    return sorted(rows, key=_excess, reverse=True)


def _excess(row: dict[str, Any]) -> float:
    value, chance = row["js_bits"]["value"], row["chance_js_bits"]["mean"]
    return -np.inf if value is None else value - (chance or 0.0)


def _number_row(name: str, synthetic: SetMeasures, real: SetMeasures, draws: Draws) -> dict[str, Any]:
    trait = NUMBERS[name]
    head = {"trait": name, "title": trait.title, "of": trait.subject}
    ours, theirs = synthetic.samples.get(name), real.samples.get(name)
    if ours is None or theirs is None or not len(ours.values) or not len(theirs.values):
        absent = "neither set" if ours is theirs is None else "one of the sets"
        return {**head, **_nothing(), "direction": f"{absent} has no value of it", "advice": None}
    edges = quantile_edges(ours.values, theirs.values, _bins(ours, theirs))
    own_hist = histogram_per_image(ours.values, ours.owner, synthetic.images, edges)
    real_hist = histogram_per_image(theirs.values, theirs.owner, real.images, edges)
    scale = robust_scale(theirs.values)
    own_summary, real_summary = _summary(ours.values), _summary(theirs.values)
    kind, sentence, advice = direction_of(trait, own_summary, real_summary, scale)
    row = {
        **head,
        **_shared_row(own_hist, real_hist, draws),
        "wasserstein_z": _bootstrapped(_transport(ours, theirs, scale), draws),
        "chance_wasserstein_z": chance_level(_transport(theirs, theirs, scale), draws.halves),
        "synthetic": _facts(own_summary, len(ours.values)),
        "real": _facts(real_summary, len(theirs.values)),
    }
    return {**row, "kind": kind, "direction": sentence, "advice": advice if row["above_chance"] else None}


def _share_row(name: str, ours: Shares, theirs: Shares, draws: Draws) -> dict[str, Any]:
    trait = SHARES[name]
    head = {"trait": name, "title": trait.title, "of": "categories"}
    own_total, real_total = ours.masses.sum(axis=0), theirs.masses.sum(axis=0)
    if not own_total.sum() or not real_total.sum():
        return {**head, **_nothing(), "direction": "one of the sets has none of it", "advice": None}
    own_share, real_share = own_total / own_total.sum(), real_total / real_total.sum()
    row = {**head, **_shared_row(ours.masses, theirs.masses, draws)}
    apart = np.argsort(-np.abs(own_share - real_share), kind="stable")[:SHOWN_CATEGORIES]
    return {
        **row,
        "kind": "shares",
        "shares": {
            theirs.names[k]: {"synthetic": number(float(own_share[k])), "real": number(float(real_share[k]))}
            for k in apart
            if own_share[k] or real_share[k]
        },
        "direction": share_sentence(theirs.names, own_share.tolist(), real_share.tolist()),
        "advice": trait.advice if row["above_chance"] else None,
    }


def _shared_row(ours: Floats, theirs: Floats, draws: Draws) -> dict[str, Any]:
    divergence = _bootstrapped(_between(jensen_shannon_bits, ours, theirs), draws)
    chance = chance_level(_between(jensen_shannon_bits, theirs, theirs), draws.halves)
    value, high = divergence["value"], chance["high"]
    return {
        "js_bits": divergence,
        "chance_js_bits": chance,
        "above_chance": None if value is None or high is None else value > high,
        "total_variation": _bootstrapped(_between(total_variation, ours, theirs), draws),
    }


def _between(distance: Any, ours: Floats, theirs: Floats) -> Measure:
    """Distance of summed histograms, given weights of the images."""

    def measure(own_weights: Floats, real_weights: Floats) -> Floats:
        return np.asarray(distance(own_weights @ ours, real_weights @ theirs))

    return measure


def _transport(ours: Sample, theirs: Sample, scale: float) -> Measure:
    def measure(own_weights: Floats, real_weights: Floats) -> Floats:
        weights = (own_weights[:, ours.owner], real_weights[:, theirs.owner])
        return wasserstein((ours.values, theirs.values), weights) / scale

    return measure


def _bootstrapped(measure: Measure, draws: Draws) -> dict[str, float | None]:
    images = (draws.synthetic.shape[1], draws.real.shape[1])
    value = measure(np.ones((1, images[0])), np.ones((1, images[1])))
    return with_interval(float(value[0]), measure(draws.synthetic, draws.real), least=0.0).to_dict()


def _bins(ours: Sample, theirs: Sample) -> int:
    return int(np.clip(np.sqrt(min(len(ours.values), len(theirs.values))), 2, MOST_BINS))


def _summary(values: Floats) -> Summary:
    low, median, high = np.quantile(values, (0.1, 0.5, 0.9))
    return Summary(low=float(low), median=float(median), high=float(high), mean=float(values.mean()))


def _facts(summary: Summary, count: int) -> dict[str, float | int | None]:
    quantiles = {"q10": summary.low, "median": summary.median, "q90": summary.high, "mean": summary.mean}
    return {**{name: number(value) for name, value in quantiles.items()}, "count": count}


def _nothing() -> dict[str, Any]:
    empty: dict[str, Any] = {"value": None, "low": None, "high": None}
    return {
        "js_bits": empty,
        "chance_js_bits": {"mean": None, "high": None},
        "above_chance": None,
        "total_variation": empty,
        "kind": "unknown",
    }


def mean_divergence(rows: Sequence[dict[str, Any]]) -> float | None:
    """Mean Jensen-Shannon divergence over the traits that have one."""
    known = [row["js_bits"]["value"] for row in rows if row["js_bits"]["value"] is not None]
    return float(np.mean(known)) if known else None
