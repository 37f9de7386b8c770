"""The Kalman filter against the least squares problem that it solves, all frames at once."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from synthvis.tracking.motion import BoxMotion

WIDTH, HEIGHT = 20.0, 40.0


def smoothed(centres_px: NDArray[np.float64], seen: NDArray[np.bool_], size_px: float) -> NDArray[np.float64]:
    """Position and velocity in the last frame that fit best: prior, motion and measurements as weighted equations."""
    frames = len(centres_px)
    rows, targets = [], []

    def equation(weights: dict[int, float], target: float, deviation: float) -> None:
        row = np.zeros(2 * frames)
        for place, weight in weights.items():
            row[place] = weight / deviation
        rows.append(row)
        targets.append(target / deviation)

    equation({0: 1}, centres_px[0], 2 * size_px / 20)
    equation({1: 1}, 0, 10 * size_px / 160)
    for frame in range(1, frames):
        now, before = 2 * frame, 2 * frame - 2
        equation({now: 1, before: -1, before + 1: -1}, 0, size_px / 20)
        equation({now + 1: 1, before + 1: -1}, 0, size_px / 160)
        if seen[frame]:
            equation({now: 1}, centres_px[frame], size_px / 20)
    found, *_ = np.linalg.lstsq(np.array(rows), np.array(targets), rcond=None)
    return found[-2:]


@pytest.mark.parametrize("seen", [[1, 1, 1, 1, 1, 1], [1, 1, 0, 0, 1, 1], [1, 0, 0, 0, 0, 0]])
def test_the_filter_is_the_least_squares_fit(seen: list[int]) -> None:
    is_seen = np.array(seen, bool)
    centres = np.random.default_rng(3).normal(0, 4, (6, 2)).cumsum(axis=0) + 50
    motion = BoxMotion.of_first([centres[0, 0] - WIDTH / 2, centres[0, 1] - HEIGHT / 2, WIDTH, HEIGHT])
    for frame in range(1, 6):
        motion = motion.predicted()
        if is_seen[frame]:
            x, y = centres[frame]
            motion = motion.corrected([x - WIDTH / 2, y - HEIGHT / 2, WIDTH, HEIGHT])
    for axis, size_px in enumerate((WIDTH, HEIGHT)):
        np.testing.assert_allclose(
            motion.mean[axis], smoothed(centres[:, axis], is_seen, size_px), rtol=1e-9, atol=1e-9
        )
    np.testing.assert_allclose(motion.mean[2:], [[WIDTH, 0], [HEIGHT, 0]], atol=1e-9)


def test_an_unseen_box_goes_straight_on() -> None:
    motion = BoxMotion.of_first([0, 0, 20, 40])
    for frame in range(1, 30):
        motion = motion.predicted().corrected([3 * frame, 0, 20, 40])
    ahead = motion.predicted().predicted()
    np.testing.assert_allclose(ahead.bbox_xywh_px, [3 * 31, 0, 20, 40], atol=0.05)
    assert ahead.covariance[0, 0, 0] > motion.covariance[0, 0, 0]


def test_a_box_never_vanishes() -> None:
    motion = BoxMotion.of_first([0, 0, 20, 20])
    for side in (10, 2, 1):
        motion = motion.predicted().corrected([0, 0, side, side])
    for _ in range(20):
        motion = motion.predicted()
    assert (motion.bbox_xywh_px[2:] >= 1).all()
