"""Angles of directions that were turned by a known amount."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pytest
from numpy.typing import NDArray

from synthvis.metrics.metric import MetricValue
from synthvis.metrics.normals import NormalMetrics, angles_deg

Floats = NDArray[np.float64]
FACING = np.array([0.0, 0.0, -1.0])


def turned(degrees: Floats) -> Floats:
    """Directions (..., 3) at given angles from the one that faces the camera."""
    radians = np.radians(degrees)
    return np.stack([np.sin(radians), np.zeros_like(radians), -np.cos(radians)], axis=-1)


def facing(shape: tuple[int, ...]) -> Floats:
    return np.broadcast_to(FACING, (*shape, 3)).copy()


def test_angles_come_back() -> None:
    degrees = np.array([0.0, 1e-7, 1.0, 11.25, 90.0, 179.9999999, 180.0])
    np.testing.assert_allclose(angles_deg(facing((7,)), 5 * turned(degrees)), degrees, atol=1e-9)


def test_angles_are_those_of_the_dot_product() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 50, 3))
    expected = [
        math.degrees(math.acos(sum(x * y for x, y in zip(p, q, strict=True)) / (math.hypot(*p) * math.hypot(*q))))
        for p, q in zip(a.tolist(), b.tolist(), strict=True)
    ]
    np.testing.assert_allclose(angles_deg(a, b), expected, rtol=1e-9)


def test_metrics_of_known_angles() -> None:
    rng = np.random.default_rng(1)
    degrees = rng.uniform(0, 60, (3, 6, 7))
    metrics = NormalMetrics()
    for image in degrees:
        row = metrics.add(facing((6, 7)), turned(image))
        assert row["median_deg"] == pytest.approx(np.median(image), rel=1e-6)
    found = {name: entry.value for name, entry in metrics.summary(resamples=0).metrics.items()}
    expected = {
        "mean_deg": degrees.mean(),
        "median_deg": np.median(degrees),
        "within_11.25": (degrees < 11.25).mean(),
        "within_22.5": (degrees < 22.5).mean(),
        "within_30": (degrees < 30).mean(),
    }
    assert found == pytest.approx(expected, rel=1e-6, abs=1e-6)


def test_edges() -> None:
    assert NormalMetrics().summary().metrics == {}
    metrics = NormalMetrics()
    assert set(metrics.add(np.zeros((2, 2, 3)), facing((2, 2))).values()) == {None}
    empty = metrics.summary()
    assert empty.counts["pixels"] == 0
    assert set(empty.metrics) >= {"mean_deg", "median_deg"}
    assert all(entry == MetricValue(None) for entry in empty.metrics.values())
    # A prediction without a length has no direction, and is not taken for a perfect one.
    assert metrics.add(facing((1, 1)), np.zeros((1, 1, 3)))["mean_deg"] == 90
    assert metrics.add(facing((1, 1)), -facing((1, 1)))["mean_deg"] == 180
    assert metrics.summary().counts["pixels"] == 2
    assert metrics.add(facing((1, 1)), np.full((1, 1, 3), np.nan))["mean_deg"] is None
    for shape in ((2, 2, 3), (1, 1)):
        with pytest.raises(ValueError, match="wanted"):
            metrics.add(facing((1, 1)), np.zeros(shape))


def test_pixels_without_truth_count_nowhere() -> None:
    truth = facing((1, 3))
    truth[0, 1] = 0
    metrics = NormalMetrics()
    metrics.add(truth, turned(np.array([[10.0, 170.0, 20.0]])))
    found = metrics.summary()
    assert found.counts["pixels"] == 2 and found.metrics["mean_deg"].value == pytest.approx(15)


def test_the_bootstrap_is_that_of_repeated_images() -> None:
    rng = np.random.default_rng(3)
    images = [turned(rng.gamma(2.0, 4.0 + 3 * n, (9, 9))) for n in range(5)]

    def of(chosen: list[Floats], resamples: int) -> Mapping[str, MetricValue]:
        metrics = NormalMetrics()
        for image in chosen:
            metrics.add(facing((9, 9)), image)
        return metrics.summary(resamples=resamples).metrics

    found = of(images, 40)
    draws = np.random.default_rng(0).multinomial(5, np.full(5, 0.2), size=40)
    repeated = [of([image for image, n in zip(images, row, strict=True) for _ in range(n)], 0) for row in draws]
    for name, within in (("mean_deg", 1e-5), ("within_11.25", 2e-6), ("median_deg", 0.06)):
        expected = np.percentile([one[name].value for one in repeated], [2.5, 97.5])
        assert [found[name].low, found[name].high] == pytest.approx(list(expected), abs=within)
