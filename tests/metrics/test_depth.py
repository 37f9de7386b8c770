"""Depth errors by hand, by torchmetrics and scikit-learn; the fit by numpy's least squares."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from numpy.typing import NDArray

from synthvis.metrics.depth import DepthMetrics, align_disparity
from synthvis.metrics.metric import MetricValue

Floats = NDArray[np.float64]


def random_cases(seed: int, images: int = 4) -> list[tuple[Floats, Floats]]:
    rng = np.random.default_rng(seed)
    cases = []
    for _ in range(images):
        truth = rng.uniform(0.5, 12, (8, 11))
        predicted = truth * np.exp(rng.normal(0, 0.25, truth.shape))
        truth[rng.random(truth.shape) < 0.2] = 0
        cases.append((truth, predicted))
    return cases


def measured(cases: list[tuple[Floats, Floats]], resamples: int = 0) -> Mapping[str, MetricValue]:
    metrics = DepthMetrics()
    for truth, predicted in cases:
        metrics.add(truth, predicted)
    return metrics.summary(resamples=resamples).metrics


def values(cases: list[tuple[Floats, Floats]]) -> dict[str, float | None]:
    return {name: entry.value for name, entry in measured(cases).items()}


@pytest.mark.parametrize("seed", range(3))
def test_references_say_the_same(seed: int) -> None:
    from sklearn.metrics import mean_absolute_percentage_error, root_mean_squared_error

    torchmetrics = pytest.importorskip("torchmetrics")
    import torch

    cases = random_cases(seed)
    truth, predicted = (np.concatenate([pair[side][pair[0] > 0] for pair in cases]) for side in (0, 1))
    found = values(cases)
    log_error = torchmetrics.functional.mean_squared_error(
        torch.from_numpy(np.log(predicted)), torch.from_numpy(np.log(truth)), squared=False
    )
    assert found["AbsRel"] == pytest.approx(mean_absolute_percentage_error(truth, predicted), abs=1e-6)
    assert found["RMSE"] == pytest.approx(root_mean_squared_error(truth, predicted), abs=1e-6)
    assert found["RMSE_log"] == pytest.approx(float(log_error), abs=1e-6)


def test_by_hand() -> None:
    truth, predicted = np.array([[1.0, 2.0, 4.0, 0.0]]), np.array([[1.2, 1.0, 4.0, 7.0]])
    found = values([(truth, predicted)])
    logs = np.log([1.2, 0.5, 1.0])
    expected = {
        "AbsRel": (0.2 + 0.5 + 0) / 3,
        "SqRel": (0.04 + 0.5 + 0) / 3,
        "RMSE": np.sqrt((0.04 + 1 + 0) / 3),
        "RMSE_log": np.sqrt((logs**2).mean()),
        "log10": np.abs(np.log10([1.2, 0.5, 1.0])).mean(),
        "delta1": 2 / 3,
        "delta2": 2 / 3,
        "delta3": 2 / 3,
        "SILog": 100 * np.sqrt((logs**2).mean() - logs.mean() ** 2),
    }
    assert {name: found[name] for name in expected} == pytest.approx(expected, abs=1e-6)


def test_a_ratio_of_exactly_the_threshold_is_not_below_it() -> None:
    truth = np.array([[1.0, 1.0, 1.0, 1.0]])
    found = values([(truth, np.array([[1.25, 1.5625, 1.953125, 1.2]]))])
    assert [found["delta1"], found["delta2"], found["delta3"]] == [0.25, 0.5, 0.75]


def test_scale_and_shift_are_those_of_least_squares() -> None:
    rng = np.random.default_rng(5)
    truth, predicted = rng.uniform(0.5, 8, 60), rng.uniform(0.5, 8, 60)
    design = np.stack([1 / predicted, np.ones(60)], axis=1)
    solution = np.linalg.lstsq(design, 1 / truth, rcond=None)[0]
    expected = 1 / np.maximum(design @ solution, (1 / truth).min())
    np.testing.assert_allclose(align_disparity(truth, predicted), expected, rtol=1e-9)


def test_disparity_that_is_right_up_to_scale_and_shift_is_forgiven() -> None:
    truth = random_cases(2, 1)[0][0]
    predicted = 1 / (0.3 / np.where(truth > 0, truth, 1) + 0.2)
    found = values([(truth, predicted)])
    assert found["AbsRel"] > 0.2
    assert found["AbsRel_aligned"] == pytest.approx(0, abs=1e-6)
    assert found["delta1_aligned"] == 1.0


def test_no_fitted_pixel_is_farther_than_the_farthest_true_one() -> None:
    disparity, fitted = np.array([0.2, 1.0, 1.0, 0.2]), np.array([0.1, 1.0, 1.0, 0.5])
    slope = 0.56 / 0.57
    expected = [0.2, 0.6 + 0.35 * slope, 0.6 + 0.35 * slope, 0.6 - 0.15 * slope]
    assert 0.6 - 0.55 * slope < 0.2
    np.testing.assert_allclose(1 / align_disparity(1 / disparity, 1 / fitted), expected)


def test_a_flat_answer_keeps_a_shift_only() -> None:
    truth = np.array([[1.0, 2.0, 4.0]])
    expected = 3 / (1 + 1 / 2 + 1 / 4)
    np.testing.assert_allclose(align_disparity(truth[0], np.full(3, 0.1)), expected)
    assert values([(truth, np.full((1, 3), 3.0))])["SILog"] == pytest.approx(100 * np.std(np.log([1, 2, 4])), abs=1e-6)


def test_edges() -> None:
    assert DepthMetrics().summary().metrics == {}
    metrics = DepthMetrics()
    unknown = metrics.add(np.array([[0.0, np.nan, np.inf, -1.0]]), np.ones((1, 4)))
    assert set(unknown.values()) == {None}
    whole = metrics.summary()
    assert whole.counts["pixels"] == 0 and whole.metrics["AbsRel"] == MetricValue(None)
    one = metrics.add(np.array([[2.0, np.nan]]), np.array([[2.0, np.nan]]))
    assert one["AbsRel"] == 0 and one["delta1"] == 1 and one["SILog"] == 0
    assert metrics.summary().metrics["AbsRel"].value == 0
    # Predictions of zero and below are raised to a millimetre.
    assert metrics.add(np.array([[1.0, 1.0]]), np.array([[0.0, -3.0]]))["AbsRel"] == pytest.approx(0.999)
    assert metrics.add(np.array([[1.0, 2.0]]), np.array([[np.nan, 1.0]]))["AbsRel"] is None
    with pytest.raises(ValueError, match="prediction"):
        metrics.add(np.ones((2, 2)), np.ones((2, 3)))


def test_the_bootstrap_is_that_of_repeated_images() -> None:
    cases = random_cases(9, 5)
    found = measured(cases, resamples=40)
    draws = np.random.default_rng(0).multinomial(5, np.full(5, 0.2), size=40)
    repeated = [values([case for case, n in zip(cases, row, strict=True) for _ in range(n)]) for row in draws]
    for name in ("AbsRel", "RMSE", "SILog", "delta1_aligned"):
        expected = np.percentile([one[name] for one in repeated], [2.5, 97.5])
        assert [found[name].low, found[name].high] == pytest.approx(list(expected), abs=2e-6)
