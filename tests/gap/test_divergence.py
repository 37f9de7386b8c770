"""Divergences against scipy and against numbers worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import jensenshannon
from scipy.stats import wasserstein_distance

from synthvis.gap.divergence import (
    histogram_per_image,
    jensen_shannon_bits,
    quantile_edges,
    robust_scale,
    total_variation,
    wasserstein,
    weighted_quantiles,
)


@pytest.mark.parametrize(
    ("p", "q", "bits", "variation"),
    [
        ([1, 1], [5, 5], 0.0, 0.0),  # totals do not matter
        ([1, 0], [0, 3], 1.0, 1.0),  # nothing shared
        # p: log2(1 / .75); q: .5 log2(.5 / .75) + .5 log2(.5 / .25); half of their sum
        ([1, 0], [1, 1], (np.log2(4 / 3) + 0.5 * np.log2(2 / 3) + 0.5) / 2, 0.5),
        ([0, 0], [1, 1], np.nan, np.nan),  # an empty set
    ],
)
def test_jensen_shannon_and_total_variation_by_hand(p, q, bits, variation) -> None:
    first, second = np.array(p, float), np.array(q, float)
    np.testing.assert_allclose(jensen_shannon_bits(first, second), bits, atol=1e-12)
    np.testing.assert_allclose(total_variation(first, second), variation, atol=1e-12)


def test_jensen_shannon_equals_scipy_row_by_row() -> None:
    rng = np.random.default_rng(0)
    first, second = rng.random((20, 7)) * (rng.random((20, 7)) > 0.3), rng.random((20, 7))
    expected = [jensenshannon(p, q, base=2) ** 2 for p, q in zip(first, second, strict=True)]
    np.testing.assert_allclose(jensen_shannon_bits(first, second), expected, atol=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_wasserstein_equals_scipy_with_weights_and_ties(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values = (rng.integers(0, 9, 30).astype(float), rng.normal(3, 2, 17).round(1))
    weights = (rng.integers(0, 3, (5, 30)).astype(float), rng.integers(0, 4, (5, 17)).astype(float))
    expected = [wasserstein_distance(*values, u, v) for u, v in zip(*weights, strict=True)]
    np.testing.assert_allclose(wasserstein(values, weights), expected, atol=1e-10)


def test_wasserstein_of_a_shift_is_the_shift_and_of_nothing_is_undefined() -> None:
    values = np.array([0.0, 1.0, 5.0])
    ones = np.ones((1, 3))
    assert wasserstein((values, values + 2), (ones, ones))[0] == pytest.approx(2.0)
    assert np.isnan(wasserstein((values, values), (ones * 0, ones))[0])
    assert wasserstein((np.ones(3), np.ones(2)), (ones, np.ones((1, 2))))[0] == 0.0


def test_bins_hold_equal_shares_and_a_large_set_does_not_drown_a_small_one() -> None:
    small, large = np.arange(10.0), np.arange(100.0, 1100.0)
    edges = quantile_edges(small, large, 4)
    owner = np.zeros(10, dtype=np.intp)
    assert histogram_per_image(small, owner, 1, edges)[0].sum() == 10
    # Half of the mass is the small set's, so two of the four bins are.
    assert int((edges < 100).sum()) == 2
    assert quantile_edges(np.zeros(5), np.zeros(9), 8).size == 0
    assert quantile_edges(np.array([1.0, 2, 3]), np.array([1.0, 2, 3]), 16).tolist() == [1.5, 2.5]


def test_histograms_are_by_image() -> None:
    counts = histogram_per_image(np.array([0.0, 1.0, 1.0, 2.0]), np.array([0, 0, 2, 2]), 3, np.array([0.5]))
    assert counts.tolist() == [[1, 1], [0, 0], [0, 2]]


def test_robust_scale_is_that_of_a_normal_distribution_whatever_the_outliers() -> None:
    values = np.random.default_rng(0).normal(0, 3, 20_000)
    assert robust_scale(values) == pytest.approx(3, rel=0.03)
    assert robust_scale(np.append(values, [1e9] * 50)) == pytest.approx(3, rel=0.03)
    assert robust_scale(np.array([1.0] * 9 + [0.0])) == pytest.approx(np.std([1.0] * 9 + [0.0]))
    assert robust_scale(np.full(4, 7.0)) == 1.0


def test_weighted_quantiles_are_those_of_repeated_values() -> None:
    values, weights = np.array([3.0, 1, 2]), np.array([1.0, 2, 1])
    assert weighted_quantiles(values, weights, np.array([0.25, 0.5, 0.75, 1.0])).tolist() == [1, 1, 2, 3]
