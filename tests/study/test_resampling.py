"""Means over seeds and their intervals, on scores whose resamples are written out."""

from __future__ import annotations

import math

import numpy as np
import pytest

from synthvis.metrics.measures import Bootstrap, Measures
from synthvis.metrics.metric import MetricValue
from synthvis.study.resampling import DRAWS, Score, difference, estimate, mean_draws, score_of, seed_counts

RNG = np.random.default_rng(1)


def score(value: float, draws: np.ndarray | None = None) -> Score:
    return Score(value, np.full(DRAWS, value) if draws is None else draws, True)


def test_every_draw_takes_as_many_seeds_as_there_are() -> None:
    counts = seed_counts([3, 0, 7])
    assert list(counts) == [0, 3, 7]
    np.testing.assert_array_equal(sum(counts.values()), np.full(DRAWS, 3.0))
    # Of three seeds with replacement, the chance that a given one is left out is (2/3)^3 = 0.296.
    assert 0.2 < np.mean(counts[3] == 0) < 0.4


def test_mean_and_spread_are_those_of_the_seeds() -> None:
    found = estimate({0: score(0.2), 1: score(0.4), 2: score(0.9)}, seed_counts([0, 1, 2]))
    assert found is not None
    assert found.mean == pytest.approx(0.5)
    # sqrt((0.09 + 0.01 + 0.16) / 2)
    assert found.spread == pytest.approx(math.sqrt(0.13))
    assert found.seeds == 3
    assert found.low == pytest.approx(0.2, abs=0.1)
    assert found.high == pytest.approx(0.9, abs=0.1)


def test_one_seed_has_no_spread_and_an_interval_of_its_images() -> None:
    draws = np.linspace(0.0, 1.0, DRAWS)
    found = estimate({0: score(0.5, draws)}, seed_counts([0]))
    assert found is not None
    assert found.spread is None
    assert found.low == pytest.approx(0.025, abs=0.006)
    assert found.high == pytest.approx(0.975, abs=0.006)


def test_what_two_networks_share_cancels_in_their_difference() -> None:
    """Both are 0.1 apart on every resample of the images, however easy it is."""
    images = RNG.normal(0, 0.2, DRAWS)
    first = {seed: score(0.6, 0.6 + images) for seed in (0, 1)}
    second = {seed: score(0.5, 0.5 + images) for seed in (0, 1)}
    counts = seed_counts([0, 1])
    found = difference(first, second, counts)
    assert found is not None
    assert (found.low, found.mean, found.high) == pytest.approx((0.1, 0.1, 0.1))
    alone = estimate(first, counts)
    assert alone is not None and alone.high is not None and alone.low is not None
    assert alone.high - alone.low > 0.6


def test_a_difference_takes_the_seeds_that_both_have() -> None:
    counts = seed_counts([0, 1, 2])
    found = difference({0: score(0.5), 1: score(0.9)}, {1: score(0.4), 2: score(0.0)}, counts)
    assert found is not None
    assert (found.mean, found.seeds) == (pytest.approx(0.5), 1)
    assert difference({0: score(0.5)}, {1: score(0.5)}, counts) is None


def test_draws_without_any_seed_of_the_arm_or_without_a_value_are_left_out() -> None:
    counts = seed_counts([0, 1])
    draws = mean_draws({1: score(0.3)}, counts)
    np.testing.assert_array_equal(np.isnan(draws), counts[1] == 0)
    assert np.nanmax(draws) == pytest.approx(0.3)
    broken = mean_draws({0: score(0.3, np.full(DRAWS, np.nan)), 1: score(0.5)}, counts)
    assert set(broken[~np.isnan(broken)].round(9)) == {0.5}


def evaluation(draws: list[float | None] | None, *, value: float | None = 0.4) -> Measures:
    bootstrap = Bootstrap(draws={"AP": tuple(draws)} if draws else {})
    return Measures(images=4, metrics={"AP": MetricValue(value, 0.3, 0.5)}, bootstrap=bootstrap)


def test_the_stored_resamples_are_used() -> None:
    found = score_of(evaluation([0.25, None] * (DRAWS // 2)), "AP", "x")
    assert found is not None and found.is_paired
    assert found.draws[0] == 0.25
    assert math.isnan(found.draws[1])


@pytest.mark.parametrize("draws", [None, [], [0.1] * 7])
def test_without_them_the_interval_stands_in(draws: list | None) -> None:
    found = score_of(evaluation(draws), "AP", "x")
    assert found is not None and not found.is_paired
    # The interval of 0.2 is 2 * 1.96 standard deviations.
    assert found.draws.std() == pytest.approx(0.2 / 3.92, rel=0.15)
    assert found.draws.mean() == pytest.approx(0.4, abs=0.02)
    other = score_of(evaluation(draws), "AP", "y")
    assert other is not None
    assert abs(np.corrcoef(found.draws, other.draws)[0, 1]) < 0.25


def test_an_undefined_metric_has_no_score() -> None:
    assert score_of(evaluation(None, value=None), "AP", "x") is None
    assert score_of(Measures(images=4, metrics={}), "AP", "x") is None
