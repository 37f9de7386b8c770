"""The ends of intervals, on draws that are written out."""

from __future__ import annotations

import math

import numpy as np
import pytest

from synthvis.metrics.means import known_means, ratio
from synthvis.metrics.measures import Bootstrap
from synthvis.metrics.metric import MetricValue
from synthvis.metrics.resampling import LEVEL, interval, kept_draws, middle, number, resample_counts


def test_the_middle_is_that_of_numpy_s_percentiles() -> None:
    for drawn in (np.random.default_rng(0).normal(size=200), np.array([3.0, 1.0, 2.0]), np.array([5.0])):
        assert middle(drawn) == pytest.approx(tuple(np.percentile(drawn, [2.5, 97.5])), abs=1e-12)
    # 0, 1, ..., 40: the ends lie exactly on the second draw and the last but one.
    assert middle(np.arange(41.0)[::-1]) == pytest.approx((1.0, 39.0))
    assert middle(np.arange(42.0)) == pytest.approx((1.025, 39.975))


def test_ends_that_are_draws_lie_outside_of_the_others_and_may_be_infinite() -> None:
    assert middle(np.arange(42.0), between=False) == (1.0, 40.0)
    assert middle(np.array([math.inf] * 10 + [5.0] * 90 + [-math.inf] * 10), between=False) == (-math.inf, math.inf)
    assert middle(np.array([math.nan, 2.0]), between=False) == (2.0, 2.0)


def test_what_is_undefined_is_left_out_and_null() -> None:
    nan = math.nan
    assert middle(np.array([nan])) == middle(np.zeros(0)) == (None, None)
    assert interval(0.5, np.array([nan, 0.25, math.inf])) == MetricValue(0.5, 0.25, 0.25)
    assert interval(0.5, np.zeros(0)) == MetricValue(0.5, None, None)
    assert interval(nan, np.ones(3)) == interval(math.inf, np.ones(3)) == MetricValue(None)
    assert [number(value) for value in (None, nan, -math.inf, 1 / 3, np.float32(2))] == [None, None, None, 0.333333, 2]


def test_every_draw_is_kept_as_files_carry_it() -> None:
    assert kept_draws(np.array([0.25, math.nan, 1 / 3, math.inf])) == (0.25, None, 0.333333, None)
    assert Bootstrap().level == LEVEL


def test_every_resample_has_as_many_images_and_the_seed_decides_which() -> None:
    counts = resample_counts(7, 500, 3)
    assert counts.shape == (500, 7) and set(counts.sum(axis=1)) == {7.0}
    np.testing.assert_array_equal(counts, resample_counts(7, 500, 3))
    assert (counts != resample_counts(7, 500, 4)).any()
    # A given image is left out of a resample with the chance (6/7)^7 = 0.340.
    assert np.mean(counts == 0) == pytest.approx((6 / 7) ** 7, abs=0.02)


def test_means_leave_out_what_is_undefined() -> None:
    values = np.array([[[1.0, math.nan], [3.0, math.nan]], [[math.nan] * 2] * 2])
    np.testing.assert_array_equal(known_means(values), [2.0, math.nan])
    assert known_means(np.zeros((3, 0))).tolist() == pytest.approx([math.nan] * 3, nan_ok=True)
    np.testing.assert_array_equal(ratio([1, 0, 2], [4, 0, 0]), [0.25, math.nan, math.nan])
