"""Joints worked by hand: chains of hinges, vertices that follow them, people who swing their limbs and walk."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.random import default_rng

from synthvis.objects.mesh.joints import Joint, Rig
from synthvis.objects.mesh.mesh import Mesh, posed
from synthvis.objects.people.gait import STANCE, fastest_walk_mps, gait_of, ready_to_walk
from synthvis.objects.people.person import PERSON, draw_person
from synthvis.objects.people.skeleton import raised_side

Z = (0.0, 0.0, 1.0)
TURN = math.pi / 2
UPRIGHT = {"bag": "none", "lean_rad": 0.0, "twist_rad": 0.0}


def rig(points, weights, keypoint_joints=(), keypoints=()) -> Rig:
    """Shoulder at the origin, elbow at (1, 0, 0), both about z."""
    return Rig(
        joints=(
            Joint(name="shoulder", parent=None, pivot_m=(0.0, 0.0, 0.0), axis=Z),
            Joint(name="elbow", parent="shoulder", pivot_m=(1.0, 0.0, 0.0), axis=Z),
        ),
        weigh=lambda: np.array(weights, np.float32), vertices_m=np.array(points, np.float64),
        keypoint_joints=np.array(keypoint_joints, np.int64), keypoints_m=np.array(keypoints, np.float64).reshape(-1, 3),
    )  # fmt: skip


def test_an_elbow_moves_with_the_shoulder_and_a_hand_with_both() -> None:
    arm = rig(
        [(1, 0, 0), (2, 0, 0), (2, 0, 0)], [(1, 0), (0, 1), (0, 0)], [0, 1, -1], [(1, 0, 0), (2, 0, 0), (3, 0, 0)]
    )
    vertices, keypoints = arm.placed({"shoulder": TURN, "elbow": TURN})
    assert vertices == pytest.approx(np.array([(0, 1, 0), (-1, 1, 0), (2, 0, 0)]), abs=1e-12)
    assert keypoints == pytest.approx(np.array([(0, 1, 0), (-1, 1, 0), (3, 0, 0)]), abs=1e-12)
    assert arm.placed({"elbow": TURN})[0] == pytest.approx(np.array([(1, 0, 0), (1, 1, 0), (2, 0, 0)]), abs=1e-12)


def test_a_vertex_that_follows_two_parts_is_between_their_places() -> None:
    shared = rig([(2, 0, 0)], [(0.25, 0.5)])  # and by a quarter the body
    vertices, _ = shared.placed({"shoulder": TURN, "elbow": TURN})
    expected = 0.25 * np.array([2, 0, 0]) + 0.25 * np.array([0, 2, 0]) + 0.5 * np.array([-1, 1, 0])
    assert vertices[0] == pytest.approx(expected, abs=1e-7)


def test_a_joint_that_is_not_there_is_named() -> None:
    with pytest.raises(KeyError, match="no joint 'wing'"):
        rig([(0, 0, 0)], [(0, 0)]).placed({"wing": 1.0})


@pytest.fixture(scope="module")
def walker() -> tuple[dict, Mesh]:
    params = ready_to_walk({**draw_person(default_rng(3), posture="walk").params, **UPRIGHT})
    return params, PERSON.build(params)


def test_limbs_carry_the_keypoints_beyond_their_joints(walker) -> None:
    """Swung forward by a about a hinge across the body, (x, z) goes to (x cos a - z sin a, x sin a + z cos a)."""
    _, mesh = walker
    assert mesh.rig is not None
    names = PERSON.category.keypoints
    swings = {"hip_left": (0.6, ("left_knee", "left_ankle"), "left_hip"),
              "knee_right": (-0.9, ("right_ankle",), "right_knee"),
              "shoulder_right": (0.5, ("right_elbow", "right_wrist"), "right_shoulder"),
              "elbow_left": (1.1, ("left_wrist",), "left_elbow")}  # fmt: skip
    for joint, (angle, carried, about) in swings.items():
        moved = posed(mesh, {joint: angle}).keypoints_m
        hinge = mesh.keypoints_m[names.index(about)]
        for number, name in enumerate(names):
            if name not in carried:
                assert moved[number] == pytest.approx(mesh.keypoints_m[number], abs=1e-12), name
                continue
            x, y, z = mesh.keypoints_m[number] - hinge
            c, s = math.cos(angle), math.sin(angle)
            assert moved[number] == pytest.approx(hinge + np.array([x * c - z * s, y, x * s + z * c]), abs=1e-9), name


def test_a_walk_is_in_step_with_its_speed_and_its_feet_stand_on_the_ground(walker) -> None:
    params, mesh = walker
    assert mesh.rig is not None
    left, right = (PERSON.category.keypoints.index(f"{side}_ankle") for side in ("left", "right"))
    for speed in (0.4, 0.9, fastest_walk_mps(params)):
        gait = gait_of(params, mesh.rig, speed, 0.3)
        cycle_s = gait.stride_m / speed
        assert gait.phase(cycle_s) == pytest.approx(0.3)
        lengths = []
        for share in np.arange(16) / 16:
            at = posed(mesh, gait.angles_rad(share * cycle_s))
            lowest_m = at.vertices_m[:, 2].min() + gait.rise_m(share * cycle_s)
            assert lowest_m == pytest.approx(0.0, abs=2e-3)
            lengths.append(np.linalg.norm(at.keypoints_m[left] - at.keypoints_m[right]))
        # Where the feet are farthest apart is a step, give or take their distance across and what they roll.
        assert max(lengths) == pytest.approx(gait.stride_m / 2, rel=0.25)


def test_a_foot_that_is_flat_stays_where_it_is(walker) -> None:
    """The ankle of the left foot, in the world, while the foot is flat: all of it, at any speed."""
    params, mesh = walker
    assert mesh.rig is not None
    ankle = PERSON.category.keypoints.index("left_ankle")
    for speed in (0.5, 1.2):
        gait = gait_of(params, mesh.rig, speed, 0.0)
        places = []
        for phase in np.linspace(0.2 * STANCE, 0.42 * STANCE, 5):
            time_s = phase * gait.stride_m / speed
            point = posed(mesh, gait.angles_rad(time_s)).keypoints_m[ankle]
            places.append(point + np.array([speed * time_s, 0.0, gait.rise_m(time_s)]))
        assert np.ptp(places, axis=0).max() < 1e-6


def test_an_arm_that_holds_something_is_held_still_and_a_free_one_swings_against_its_leg() -> None:
    params = {**draw_person(default_rng(3), posture="hold").params, "grip": (0.02, 0.02, 0.0, 0.0), "bag": "none"}
    ready = ready_to_walk(params)
    held = ("left", "right")[raised_side(params)]
    free = "right" if held == "left" else "left"
    assert raised_side(ready) == raised_side(params)
    gait = gait_of(ready, PERSON.build(ready).rig, 1.1, 0.0)
    angles = [gait.angles_rad(share * gait.stride_m / 1.1) for share in np.arange(12) / 12]
    assert not any(name == f"shoulder_{held}" for row in angles for name in row)
    hips, shoulders = (np.array([row[f"{joint}_{free}"] for row in angles]) for joint in ("hip", "shoulder"))
    assert np.corrcoef(hips, shoulders)[0, 1] < -0.5
