"""The law of renders, on curves that were made with a known one, and against scipy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import curve_fit

from synthvis.study.scaling import Law, fit_law, scaling_of

SIZES = [100, 200, 400, 800, 1600, 3200]


def errors_of(D: float, alpha: float, C: float, sizes: list[int] = SIZES) -> np.ndarray:
    return D * np.array(sizes, dtype=float) ** -alpha + C


@pytest.mark.parametrize(
    ("D", "alpha", "C"),
    [(2.0, 0.5, 0.3), (1.0, 0.2, 0.0), (30.0, 1.2, 0.55), (0.9, 0.05, 0.1), (4.0, 0.35, 0.62)],
)
def test_a_known_law_is_found(D: float, alpha: float, C: float) -> None:
    found = fit_law(SIZES, errors_of(D, alpha, C))
    assert found.alpha == pytest.approx(alpha, rel=2e-3)
    assert pytest.approx(D, rel=1e-2) == found.D
    assert pytest.approx(C, abs=2e-3) == found.C
    assert found.error(800) == pytest.approx(D * 800**-alpha + C, abs=1e-6)


@pytest.mark.parametrize("seed", range(4))
def test_noisy_curves_are_fitted_as_scipy_fits_them(seed: int) -> None:
    errors = errors_of(2.0, 0.5, 0.4) + np.random.default_rng(seed).normal(0, 0.004, len(SIZES))
    found = fit_law(SIZES, errors)

    def law(n: np.ndarray, D: float, alpha: float, C: float) -> np.ndarray:
        return D * n**-alpha + C

    bounds = ([0, 0.02, 0], [np.inf, 3, np.inf])
    best, _ = curve_fit(law, np.array(SIZES, float), errors, p0=(1, 0.5, 0.3), bounds=bounds, maxfev=20_000)
    ours = sum((found.error(n) - e) ** 2 for n, e in zip(SIZES, errors, strict=True))
    theirs = float(((law(np.array(SIZES, float), *best) - errors) ** 2).sum())
    assert ours <= theirs * (1 + 1e-3)
    assert pytest.approx(best[2], abs=5e-3) == found.C


def test_neither_part_is_negative() -> None:
    falling_faster = np.array([0.9, 0.5, 0.05])
    assert fit_law([1, 2, 3], falling_faster).C >= 0
    rising = fit_law([100, 200, 400], np.array([0.3, 0.4, 0.5]))
    assert rising.D == 0
    assert pytest.approx(0.4) == rising.C


def test_a_flat_curve_is_all_floor() -> None:
    found = fit_law([100, 200, 400], np.array([0.5, 0.5, 0.5]))
    assert found.error(100) == pytest.approx(0.5)
    assert found.error(100_000) == pytest.approx(0.5, abs=1e-6)


def noisy(errors: np.ndarray, sigma: float) -> np.ndarray:
    return errors + np.random.default_rng(0).normal(0, sigma, (60, len(errors)))


def test_a_floor_says_change_the_generator() -> None:
    errors = errors_of(3.0, 0.6, 0.5)
    found = scaling_of(SIZES, errors, noisy(errors, 0.003))
    assert found.verdict == "change the generator"
    assert found.floor_share == pytest.approx(0.5 / errors[-1], rel=1e-2)
    # 3 * 3200^-0.6 * (1 - 10^-0.6)
    assert found.gain == pytest.approx(3 * 3200**-0.6 * (1 - 10**-0.6), rel=2e-2)
    assert found.C[0] is not None and found.C[1] is not None
    assert found.C[0] < 0.5 < found.C[1]


def test_no_floor_says_render_more() -> None:
    errors = errors_of(5.0, 0.4, 0.01)
    found = scaling_of(SIZES, errors, noisy(errors, 0.002))
    assert found.verdict == "render more"
    assert found.largest == 3200
    assert found.gain > 0.1


def test_resamples_that_disagree_leave_it_undecided() -> None:
    """Half of them have hardly a floor, half have hardly anything else."""
    drawn = np.array([errors_of(5.0, 0.4, 0.0), errors_of(3.0, 0.6, 0.5)] * 10)
    found = scaling_of(SIZES, drawn.mean(axis=0), drawn)
    assert found.verdict == "undecided"
    assert found.floor_dominates == 0.5


def test_without_resamples_the_means_decide_alone() -> None:
    found = scaling_of(SIZES, errors_of(5.0, 0.4, 0.0), np.full((3, len(SIZES)), np.nan))
    assert found.gain_interval == (None, None)
    assert found.verdict == "render more"


def test_the_parts_of_a_law_add_up() -> None:
    law = Law(D=2.0, alpha=1.0, C=0.25)
    assert law.error(4) == 0.75
    assert law.shrinking(4) == 0.5
