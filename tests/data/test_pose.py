"""Poses packed and unpacked, against numpy."""

from __future__ import annotations

import pickle
import sys

import numpy as np
import pytest

from synthvis.data.pose import Pose

QUARTER = [[0.0, -1.0, 0.0, 0.1], [1.0, 0.0, 0.0, -0.25], [0.0, 0.0, 1.0, 2.5], [0.0, 0.0, 0.0, 1.0]]


def test_a_pose_is_what_went_in() -> None:
    pose = Pose.of_rows(QUARTER)
    assert pose.rows() == QUARTER and pose.matrix.dtype == np.float64 and pose.matrix.shape == (4, 4)
    assert pose == Pose.of_rows(QUARTER[:3]) == Pose.of_parts([0, -1, 0, 1, 0, 0, 0, 0, 1], [0.1, -0.25, 2.5])
    assert pose == pickle.loads(pickle.dumps(pose)) and len({pose, Pose.of_rows(QUARTER)}) == 1
    assert sys.getsizeof(pose) + sys.getsizeof(pose.packed) < 200


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (None, "four numbers"),
        ([], "four numbers"),
        ("abcd", "four numbers"),
        (["abcd", "abcd", "abcd"], "four numbers"),
        (QUARTER[:2], "four numbers"),
        ([row[:3] for row in QUARTER], "four numbers"),
        ([*QUARTER[:3], [0, 0, 0, 2]], "last row"),
        ([["x", 0, 0, 0], *QUARTER[1:]], "four numbers"),
        ([[10**400, 0, 0, 0], *QUARTER[1:]], "four numbers"),
        ([[float("nan"), -1, 0, 0], *QUARTER[1:]], "rigidly"),
        ([[0, -1, 0, float("nan")], *QUARTER[1:]], "too far"),
        ([[0, -1, 0, 1e300], *QUARTER[1:]], "too far"),
        ([[0, -2, 0, 0], *QUARTER[1:]], "rigidly"),
        ([[0, 1, 0, 0], *QUARTER[1:]], "rigidly"),
        ([[0, 0, 0, 0]] * 3, "rigidly"),
    ],
)
def test_what_is_no_rigid_transform_is_refused(rows: object, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Pose.of_rows(rows)


def test_rotations_of_few_decimals_are_rotations() -> None:
    turn = np.linalg.qr(np.random.default_rng(0).normal(size=(3, 3)))[0]
    turn *= np.sign(np.linalg.det(turn))
    assert Pose.of_parts(np.round(turn, 3).ravel().tolist(), [0, 0, 1])
    with pytest.raises(ValueError, match="rigidly"):
        Pose.of_parts((-turn).ravel().tolist(), [0, 0, 1])
