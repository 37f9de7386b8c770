"""Feature distances against torch-fidelity, scikit-learn, arithmetic of 50 digits and closed forms."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics.pairwise import polynomial_kernel as sk_polynomial
from sklearn.metrics.pairwise import rbf_kernel as sk_rbf

from synthvis.gap.classifier import fit_logistic, out_of_fold_scores, proxy_a_distance
from synthvis.gap.distances.frechet import frechet_distance, frechet_infinity
from synthvis.gap.distances.kernels import (
    KernelSums,
    median_bandwidth,
    mmd_squared,
    polynomial_kernel,
    rbf_kernel,
)
from synthvis.gap.neighbours import manifold_scores, nearest_rows, unit_rows


def normal(seed: int, rows: int, columns: int, shift: float = 0.0, scale: float = 1.0) -> np.ndarray:
    return np.random.default_rng(seed).normal(shift, scale, (rows, columns))


def kid(first: np.ndarray, second: np.ndarray, kernel=polynomial_kernel) -> float:
    owners = (np.arange(len(first)), np.arange(len(second)))
    kernels = (kernel(first, first), kernel(second, second), kernel(first, second))
    sums = KernelSums.of(kernels, owners, (len(first), len(second)))
    return float(mmd_squared(sums, np.ones((1, len(first))), np.ones((1, len(second))))[0])


def frechet_in_50_digits(first: np.ndarray, second: np.ndarray) -> float:
    """|m1 - m2|^2 + tr(S1) + tr(S2) - 2 tr((S1 S2)^(1/2)), whose last trace needs no root of a singular matrix.

    With X1 and X2 the centred rows over the square root of their count less one, S = X^T X. The eigenvalues of
    S1 S2 = X1^T (X1 X2^T) X2 other than 0 are those of (X1 X2^T) (X1 X2^T)^T, a symmetric matrix.
    """
    with mpmath.workdps(50):
        rows = [mpmath.matrix(one.tolist()) for one in (first, second)]
        means = [mpmath.ones(1, one.rows) * one / one.rows for one in rows]
        x1, x2 = (
            (one - mpmath.ones(one.rows, 1) * mean) / mpmath.sqrt(one.rows - 1)
            for one, mean in zip(rows, means, strict=True)
        )
        cross = x1 * x2.T
        values = mpmath.eigsy(cross * cross.T, eigvals_only=True)
        root_trace = sum(mpmath.sqrt(max(value, 0)) for value in values)
        squares = sum(value**2 for one in (x1, x2, means[0] - means[1]) for value in one)
        return float(squares - 2 * root_trace)


@pytest.mark.parametrize(("rows", "columns"), [((20, 26), 6), ((12, 9), 30), ((8, 30), 20)])
def test_frechet_equals_the_formula_in_high_precision(rows: tuple[int, int], columns: int) -> None:
    """Also where a covariance is singular, with fewer rows than columns."""
    first, second = normal(0, rows[0], columns) @ normal(2, columns, columns), normal(1, rows[1], columns, 0.5)
    assert frechet_distance(first, second) == pytest.approx(frechet_in_50_digits(first, second), rel=1e-11)


def test_high_precision_agrees_with_commuting_covariances_by_hand() -> None:
    """Both sets vary along the axes only: S1 = diag(2, 8), S2 = diag(0.25, 0); the root has trace sqrt(2 * 0.25)."""
    first = np.array([[-1.0, -2], [-1, 2], [1, -2], [1, 2], [0, 0]]) * np.sqrt(2)
    second = np.array([[3.0, 4], [4.0, 4], [3.5, 4]]) * 1.0
    expected = (3.5**2 + 4**2) + (2 + 8) + 0.25 - 2 * np.sqrt(2 * 0.25)
    assert frechet_in_50_digits(first, second) == pytest.approx(expected, rel=1e-14)
    assert frechet_distance(first, second) == pytest.approx(expected, rel=1e-12)


@pytest.mark.train
def test_frechet_and_kid_equal_torch_fidelity() -> None:
    import torch
    from torch_fidelity.metric_fid import fid_features_to_statistics, fid_statistics_to_metric
    from torch_fidelity.metric_kid import kid_features_to_metric

    first, second = normal(0, 80, 10), normal(1, 80, 10, 0.3, 1.4)
    statistics = [fid_features_to_statistics(torch.from_numpy(one)) for one in (first, second)]
    fid = fid_statistics_to_metric(*statistics, False)["frechet_inception_distance"]
    assert frechet_distance(first, second) == pytest.approx(fid, rel=1e-6)
    found = kid_features_to_metric(
        torch.from_numpy(first), torch.from_numpy(second), kid_subsets=1, kid_subset_size=80, kid_kernel="poly",
        kid_kernel_poly_degree=3, kid_kernel_poly_gamma=None, kid_kernel_poly_coef0=1, rng_seed=0, verbose=False,
    )  # fmt: skip
    assert kid(first, second) == pytest.approx(found["kernel_inception_distance_mean"], abs=1e-9)


@pytest.mark.train
def test_precision_and_recall_equal_torch_fidelity() -> None:
    import torch
    from torch_fidelity.metric_prc import calculate_precision_recall_full

    first, second = normal(0, 60, 3), normal(1, 70, 3, 0.8)
    expected = calculate_precision_recall_full(torch.from_numpy(first), torch.from_numpy(second), 5)
    found = manifold_scores(first, second, 5)
    assert found is not None
    assert (found.precision, found.recall) == pytest.approx(expected, abs=1e-6)


def test_frechet_of_normal_distributions_has_its_closed_form() -> None:
    # N(0, I) against N(m, s^2 I) in d dimensions: |m|^2 + d (s - 1)^2.
    first, second = normal(0, 20_000, 4), normal(1, 20_000, 4, 0.5, 2.0)
    assert frechet_distance(first, second) == pytest.approx(4 * 0.25 + 4 * 1.0, rel=0.03)
    assert frechet_distance(first, first) == pytest.approx(0.0, abs=1e-9)


def test_frechet_with_weights_is_that_of_repeated_rows() -> None:
    first, second = normal(0, 15, 5), normal(1, 12, 5)
    counts = np.random.default_rng(2).integers(0, 3, 15)
    expected = frechet_distance(np.repeat(first, counts, axis=0), second)
    assert frechet_distance(first, second, (counts.astype(float), None)) == pytest.approx(expected, rel=1e-9)
    assert np.isnan(frechet_distance(first[:1], second))


def test_small_sets_of_one_distribution_are_far_apart_until_extrapolated() -> None:
    first, second = normal(0, 120, 20), normal(1, 120, 20)
    plain = frechet_distance(first, second)
    infinity, error = frechet_infinity(first, second, np.random.default_rng(0))
    assert plain > 1.0
    assert abs(infinity) < 0.35 * plain
    assert error > 0
    assert all(np.isnan(frechet_infinity(first[:5], second, np.random.default_rng(0))))


def test_kernels_equal_scikit_learn() -> None:
    first, second = normal(0, 9, 6), normal(1, 7, 6)
    np.testing.assert_allclose(
        polynomial_kernel(first, second), sk_polynomial(first, second, degree=3, coef0=1), atol=1e-10
    )
    np.testing.assert_allclose(
        rbf_kernel(first, second, 1.7), sk_rbf(first, second, gamma=1 / (2 * 1.7**2)), atol=1e-12
    )


def test_mmd_of_normal_distributions_has_its_closed_form() -> None:
    # Bandwidth b, N(0, 1) against N(m, 1): 2 c (1 - exp(-m^2 / (2 (b^2 + 2)))) with c = b / sqrt(b^2 + 2).
    first, second, bandwidth, shift = normal(0, 1000, 1), normal(1, 1000, 1, 1.0), 1.5, 1.0
    factor = bandwidth / np.sqrt(bandwidth**2 + 2)
    expected = 2 * factor * (1 - np.exp(-(shift**2) / (2 * (bandwidth**2 + 2))))
    found = kid(first, second, lambda one, other: rbf_kernel(one, other, bandwidth))
    assert found == pytest.approx(expected, rel=0.12)


def test_median_bandwidth_by_hand() -> None:
    assert median_bandwidth(np.array([[0.0], [1.0]]), np.array([[4.0]])) == pytest.approx(3.0)  # of 1, 4, 3
    assert median_bandwidth(np.zeros((3, 2)), np.zeros((2, 2))) > 0


def test_weights_of_images_are_repeated_images_without_their_own_copies() -> None:
    first, second = normal(0, 6, 3), normal(1, 5, 3)
    owners = (np.array([0, 0, 1, 2, 2, 2]), np.array([0, 1, 1, 2, 3]))
    kernel = polynomial_kernel
    sums = KernelSums.of((kernel(first, first), kernel(second, second), kernel(first, second)), owners, (3, 4))
    counts = (np.array([[2.0, 0, 1]]), np.array([[1.0, 1, 0, 2]]))

    def pairs(rows: np.ndarray, owner: np.ndarray, weight: np.ndarray) -> float:
        total = mass = 0.0
        for i in range(len(rows)):
            for j in range(len(rows)):
                if owner[i] != owner[j]:
                    w = weight[owner[i]] * weight[owner[j]]
                    total, mass = total + w * kernel(rows[i : i + 1], rows[j : j + 1])[0, 0], mass + w
        return total / mass

    weights = [counts[side][0][owners[side]] for side in (0, 1)]
    between = weights[0] @ kernel(first, second) @ weights[1] / (weights[0].sum() * weights[1].sum())
    expected = pairs(first, owners[0], counts[0][0]) + pairs(second, owners[1], counts[1][0]) - 2 * between
    assert mmd_squared(sums, *counts)[0] == pytest.approx(expected, rel=1e-9)


def test_crops_that_resemble_each_other_within_an_image_do_not_make_a_gap() -> None:
    rng = np.random.default_rng(0)
    owner = np.repeat(np.arange(60), 5)
    first, second = (rng.normal(0, 1, (60, 4))[owner] + rng.normal(0, 0.1, (300, 4)) for _ in range(2))
    kernels = [rbf_kernel(a, b, 2.0) for a, b in ((first, first), (second, second), (first, second))]
    ones = (np.ones((1, 60)), np.ones((1, 60)))
    by_image = mmd_squared(KernelSums.of(tuple(kernels), (owner, owner), (60, 60)), *ones)[0]
    rows = (np.ones((1, 300)), np.ones((1, 300)))
    by_row = mmd_squared(KernelSums.of(tuple(kernels), (np.arange(300),) * 2, (300, 300)), *rows)[0]
    assert abs(by_image) < 0.5 * by_row


@pytest.mark.parametrize(("rows", "columns", "c"), [(40, 5, 1.0), (30, 80, 0.01), (25, 25, 10.0)])
def test_logistic_regression_equals_scikit_learn(rows: int, columns: int, c: float) -> None:
    data = normal(0, rows, columns)
    labels = (data[:, 0] + 0.5 * normal(1, rows, 1)[:, 0] > 0.3).astype(float)
    weights = np.random.default_rng(2).uniform(0.5, 2, rows)
    reference = LogisticRegression(C=c, tol=1e-10, max_iter=10_000).fit(data, labels, sample_weight=weights)
    found = fit_logistic(data, labels, weights, c)
    np.testing.assert_allclose(found.coefficients, reference.coef_[0], atol=2e-4)
    np.testing.assert_allclose(found.scores(data), reference.decision_function(data), atol=1e-3)


def test_proxy_a_distance_is_near_zero_for_one_distribution_and_two_for_far_ones() -> None:
    def distance(first: np.ndarray, second: np.ndarray) -> float:
        owner = (np.arange(len(first)), np.arange(len(second)))
        ours, theirs = out_of_fold_scores((first, owner[0]), (second, owner[1]), np.random.default_rng(0))
        wrong = ((ours < 0).astype(float), (theirs > 0).astype(float))
        return float(proxy_a_distance(wrong, (np.ones((1, len(first))), np.ones((1, len(second)))))[0])

    assert abs(distance(normal(0, 200, 10), normal(1, 150, 10))) < 0.3
    assert distance(normal(0, 60, 10), normal(1, 30, 10, 5.0)) == 2.0


def test_an_image_is_never_in_training_and_test_at_once() -> None:
    # Each image's rows are a constant of its own: leaking them would make the sets perfectly separable.
    rng = np.random.default_rng(0)
    owner = np.repeat(np.arange(40), 6)
    first, second = (rng.normal(0, 1, (40, 120))[owner] for _ in range(2))
    ours, theirs = out_of_fold_scores((first, owner), (second, owner), np.random.default_rng(1))
    error = ((ours < 0).mean() + (theirs > 0).mean()) / 2
    assert 0.3 < error < 0.7


def test_coverage_by_hand() -> None:
    real = np.array([[0.0], [1.0], [2.0], [10.0]])
    found = manifold_scores(np.array([[0.1], [0.2], [5.0]]), real, 1)
    assert found is not None
    # Balls of the real ones: 1, 1, 1 and 8 wide. 0.1 and 0.2 lie in those of 0 and 1, 5 in that of 10.
    assert (found.precision, found.coverage, found.density) == (1.0, 0.75, pytest.approx(5 / 3))
    assert found.recall == pytest.approx(0.75)
    assert manifold_scores(real[:2], real, 5) is None


def test_nearest_rows_stay_among_the_allowed() -> None:
    found = nearest_rows(
        np.array([[0.0], [9.0]]), np.array([[1.0], [8.0], [3.0]]), np.array([[False, True, True], [False] * 3]), 2
    )
    assert found.rows.tolist() == [[2, 1], [-1, -1]]
    assert found.distances[0].tolist() == [3.0, 8.0]
    assert np.isinf(found.distances[1]).all()
    np.testing.assert_allclose(unit_rows(np.array([[3.0, 4.0], [0.0, 0.0]])), [[0.6, 0.8], [0, 0]])
