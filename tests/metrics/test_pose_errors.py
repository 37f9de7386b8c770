"""Errors of poses by hand, by scipy and by brute force in more digits."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.spatial import cKDTree
from scipy.spatial.transform import Rotation

from synthvis.geometry import rigid, rotation_about
from synthvis.metrics.pose_errors import (
    add_m,
    adds_m,
    mspd_px,
    mssd_m,
    reprojection_px,
    rotation_error_deg,
    translation_error_m,
)
from synthvis.objects.symmetry import NO_SYMMETRY, AnyTurn, Symmetries, equivalent_poses, turns_of

CUBE = np.array([[x, y, z] for x in (-0.1, 0.1) for y in (-0.1, 0.1) for z in (-0.1, 0.1)])
K = np.array([[500.0, 0, 320], [0, 500, 240], [0, 0, 1]])
AHEAD = rigid(np.eye(3), (0, 0, 1.0))
QUARTERS = Symmetries(
    discrete=tuple(
        tuple(map(tuple, rigid(rotation_about((0, 0, 1), k * math.pi / 2), (0, 0, 0)).tolist())) for k in (1, 2, 3)
    )
)
ROUND = Symmetries(continuous=(AnyTurn(axis=(0.0, 0.0, 1.0)),))


def shifted(pose: np.ndarray, by_m: tuple[float, float, float]) -> np.ndarray:
    return rigid(pose[:3, :3], pose[:3, 3] + by_m)


def alone(pose: np.ndarray) -> np.ndarray:
    return pose[None]


def test_a_cube_shifted_by_d_has_an_add_of_d() -> None:
    estimate = shifted(AHEAD, (0.03, 0.0, 0.04))
    assert add_m(estimate, AHEAD, CUBE) == pytest.approx(0.05, abs=1e-15)
    assert mssd_m(estimate, alone(AHEAD), CUBE) == pytest.approx(0.05, abs=1e-15)
    assert translation_error_m(estimate, alone(AHEAD)) == pytest.approx(0.05, abs=1e-15)
    assert rotation_error_deg(estimate, AHEAD, NO_SYMMETRY) == 0
    # A shift by the whole side brings half of the corners onto others; the rest are one side away.
    assert adds_m(shifted(AHEAD, (0.2, 0, 0)), AHEAD, CUBE) == pytest.approx(0.1, abs=1e-15)


def test_a_quarter_turn_of_a_cube_is_no_error_for_what_knows_its_symmetry() -> None:
    estimate = rigid(rotation_about((0, 0, 1), math.pi / 2), (0, 0, 1.0))
    # Each corner moves to the next one of its square, one side of 0.2 away.
    assert add_m(estimate, AHEAD, CUBE) == pytest.approx(0.2)
    assert adds_m(estimate, AHEAD, CUBE) == pytest.approx(0, abs=1e-9)
    assert mssd_m(estimate, alone(AHEAD), CUBE) == pytest.approx(0.2)
    same = equivalent_poses(QUARTERS, AHEAD, estimate)
    assert mssd_m(estimate, same, CUBE) == pytest.approx(0, abs=1e-15)
    assert mspd_px(estimate, same, CUBE, K) == pytest.approx(0, abs=1e-10)
    assert reprojection_px(estimate, same, CUBE, K) == pytest.approx(0, abs=1e-10)
    assert rotation_error_deg(estimate, AHEAD, NO_SYMMETRY) == pytest.approx(90)
    assert rotation_error_deg(estimate, AHEAD, QUARTERS) == pytest.approx(0, abs=1e-12)


def test_errors_in_the_picture_by_hand() -> None:
    points = np.array([[0.0, 0, 0], [0, 0, 1.0]])
    estimate = shifted(AHEAD, (0.01, 0, 0))
    # 500 px * 0.01 m: 5 px at a depth of 1 m, 2.5 px at 2 m.
    assert mspd_px(estimate, alone(AHEAD), points, K) == pytest.approx(5)
    assert reprojection_px(estimate, alone(AHEAD), points, K) == pytest.approx(3.75)


@pytest.mark.parametrize("angle_deg", [1e-7, 0.3, 57.0, 179.9, 180.0])
def test_the_angle_of_a_rotation_is_exact_near_its_ends(angle_deg: float) -> None:
    turned = rigid(rotation_about((1, 2, -0.5), math.radians(angle_deg)), (0, 0, 1.0))
    assert rotation_error_deg(turned, AHEAD, NO_SYMMETRY) == pytest.approx(angle_deg, rel=1e-7, abs=1e-9)


def test_a_turn_about_the_axis_of_a_bottle_is_no_error_and_a_tilt_is_its_angle() -> None:
    spin, tilt = rotation_about((0, 0, 1), 0.123456), rotation_about((1, 0, 0), math.radians(7))
    upright = rigid(rotation_about((1, 0, 0), 2.0), (0, 0, 1.0))
    spun = upright @ rigid(spin, (0, 0, 0))
    assert rotation_error_deg(spun, upright, ROUND) == pytest.approx(0, abs=1e-12)
    assert mssd_m(spun, equivalent_poses(ROUND, upright, spun, steps=7), CUBE) == pytest.approx(0, abs=1e-12)
    tilted = upright @ rigid(tilt @ spin, (0, 0, 0))
    assert rotation_error_deg(tilted, upright, ROUND) == pytest.approx(7, abs=1e-9)
    # The same by brute force over a fine circle, with scipy's rotations.
    circle = Rotation.from_rotvec(np.linspace(0, 2 * np.pi, 20001)[:, None] * np.array([0, 0, 1.0]))
    angles = (Rotation.from_matrix(tilted[:3, :3]).inv() * Rotation.from_matrix(upright[:3, :3]) * circle).magnitude()
    assert rotation_error_deg(tilted, upright, ROUND) == pytest.approx(np.degrees(angles.min()), abs=1e-3)


def test_a_ball_has_no_rotation_and_an_axis_beside_the_origin_moves_it() -> None:
    ball = Symmetries(continuous=(AnyTurn(axis=(0.0, 0, 1)), AnyTurn(axis=(1.0, 0, 0))))
    any_pose = rigid(Rotation.random(random_state=3).as_matrix(), (0, 0, 1.0))
    assert rotation_error_deg(any_pose, AHEAD, ball) == 0
    assert mssd_m(any_pose, equivalent_poses(ball, AHEAD, any_pose, steps=3), CUBE) == pytest.approx(0, abs=1e-12)
    beside = Symmetries(continuous=(AnyTurn(axis=(0.0, 0, 1), offset_m=(0.5, 0, 0)),))
    half = AHEAD @ np.array([[-1.0, 0, 0, 1], [0, -1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
    assert translation_error_m(half, equivalent_poses(beside, AHEAD, half)) == pytest.approx(0, abs=1e-12)


def test_add_and_adds_on_many_points_against_scipy_and_more_digits() -> None:
    rng = np.random.default_rng(5)
    points = rng.normal(size=(1300, 3)) * 0.05
    truth = rigid(Rotation.random(random_state=1).as_matrix(), (0.1, -0.2, 2))
    estimate = rigid(Rotation.random(random_state=2).as_matrix(), (0.11, -0.21, 2.02))
    there, here = (points @ one[:3, :3].T + one[:3, 3] for one in (truth, estimate))
    assert adds_m(estimate, truth, points) == pytest.approx(cKDTree(here).query(there)[0].mean(), rel=1e-12)
    fine = [
        points.astype(np.longdouble) @ one[:3, :3].T.astype(np.longdouble) + one[:3, 3] for one in (truth, estimate)
    ]
    off = np.sqrt(((fine[0] - fine[1]) ** 2).sum(axis=1))
    assert add_m(estimate, truth, points) == pytest.approx(float(off.mean()), rel=1e-13)
    assert mssd_m(estimate, alone(truth), points) == pytest.approx(float(off.max()), rel=1e-13)


def test_a_pose_that_is_none_is_a_failure_and_no_points_are_unknown() -> None:
    nothing, none = np.full((4, 4), np.nan), np.zeros((0, 3))
    assert add_m(nothing, AHEAD, CUBE) == adds_m(nothing, AHEAD, CUBE) == math.inf
    assert mssd_m(nothing, alone(AHEAD), CUBE) == mspd_px(nothing, alone(AHEAD), CUBE, K) == math.inf
    assert reprojection_px(nothing, alone(AHEAD), CUBE, K) == rotation_error_deg(nothing, AHEAD, ROUND) == math.inf
    assert translation_error_m(nothing, alone(AHEAD)) == math.inf
    assert math.isnan(add_m(AHEAD, AHEAD, none)) and math.isnan(adds_m(AHEAD, AHEAD, none))
    assert math.isnan(mssd_m(AHEAD, alone(AHEAD), none)) and math.isnan(mspd_px(AHEAD, alone(AHEAD), none, K))


def test_an_estimate_behind_the_camera_is_infinitely_far_in_the_picture() -> None:
    behind = shifted(AHEAD, (0, 0, -3))
    assert mspd_px(behind, alone(AHEAD), CUBE, K) == reprojection_px(behind, alone(AHEAD), CUBE, K) == math.inf
    assert add_m(behind, AHEAD, CUBE) == pytest.approx(3)


def test_the_turns_of_a_continuous_symmetry_are_as_many_as_bop_takes() -> None:
    # ceil(pi / 0.01), as max_sym_disc_step of 1% asks.
    assert len(turns_of(ROUND)) == 315
    assert len(turns_of(QUARTERS)) == 4 and np.allclose(turns_of(QUARTERS)[0], np.eye(4))
    assert np.allclose(turns_of(ROUND, 4)[1:], [np.array(one) for one in QUARTERS.discrete])
    both = Symmetries(discrete=QUARTERS.discrete[:1], continuous=ROUND.continuous)
    assert len(turns_of(both, 5)) == 10
