"""Keypoints that look alike are named by the view. The oracle turns the object and expects the same label."""

import math

import numpy as np
import pytest
from numpy.random import default_rng

from synthvis.camera.projector import Projector
from synthvis.geometry import transform_points
from synthvis.labels.canonical_names import view_order
from synthvis.labels.keypoints import keypoints_in_image
from synthvis.objects.object_type import ObjectType
from synthvis.objects.registry import OBJECT_TYPES
from synthvis.objects.spec import KeypointSymmetry

K = np.array([[64.0, 0, 32], [0, 64.0, 32], [0, 0, 1]])
EMPTY = np.zeros((64, 64), dtype=bool)
FAR = np.full((64, 64), np.inf, dtype=np.float32)
QUARTERS = (KeypointSymmetry(cycles=((1, 2, 3, 4),), first="lowest"),)
SIDES = (KeypointSymmetry(cycles=((0, 1),), first="left"),)
CONE = np.array([(0, 0, 0.3), (0.1, 0.1, 0), (-0.1, 0.1, 0), (-0.1, -0.1, 0), (0.1, -0.1, 0)])
SYMMETRIC = [kind for kind in OBJECT_TYPES.values() if kind.category is not None and kind.category.symmetry]


def cam_from_upright(yaw_deg, pitch_deg=30.0, distance_m=1.0):
    """A camera that looks down by `pitch_deg` at an object that stands at the world's origin, turned by `yaw_deg`."""
    yaw, pitch = math.radians(yaw_deg), math.radians(pitch_deg)
    turned = np.array([[math.cos(yaw), -math.sin(yaw), 0], [math.sin(yaw), math.cos(yaw), 0], [0, 0, 1]])
    right, forward = np.array([1.0, 0, 0]), np.array([0, math.cos(pitch), -math.sin(pitch)])
    pose = np.eye(4)
    pose[:3, :3] = np.stack([right, np.cross(forward, right), forward]) @ turned
    pose[2, 3] = distance_m
    return pose


def labels(points_m, yaw_deg, symmetry, pitch_deg=30.0):
    points_cam_m = transform_points(cam_from_upright(yaw_deg, pitch_deg), points_m)
    return keypoints_in_image(points_cam_m, Projector(K, EMPTY.shape), FAR, EMPTY, symmetry=symmetry)


@pytest.mark.parametrize("yaw_deg", [-40, -10, 0, 25, 44])
@pytest.mark.parametrize("pitch_deg", [5, 30, 80])
def test_a_cone_that_is_turned_by_a_quarter_has_the_same_label(yaw_deg, pitch_deg):
    found = [labels(CONE, yaw_deg + 45 + 90 * quarter, QUARTERS, pitch_deg) for quarter in range(4)]
    for other in found[1:]:
        assert other == pytest.approx(found[0], abs=1e-9)
    _, near, right, far, left = found[0][:, :2]
    assert near[1] == max(found[0][1:, 1]) and far[1] == min(found[0][1:, 1])
    assert right[0] > left[0]


def test_without_turns_the_label_turns_with_the_mesh():
    assert not np.allclose(labels(CONE, 45, ()), labels(CONE, 135, ()))


@pytest.mark.parametrize("roll_deg", [0, 60, 90, 180, 270])
@pytest.mark.parametrize("swapped", [False, True])
def test_left_is_left_of_the_axis_however_the_object_lies(roll_deg, swapped):
    """Sides at (-1, 0) and (1, 0), the top at (0, -2) of a picture, whose y points down; then all of it rolled."""
    sides = [(1.0, 0.0), (-1.0, 0.0)] if swapped else [(-1.0, 0.0), (1.0, 0.0)]
    roll = math.radians(roll_deg)
    turn = np.array([[math.cos(roll), -math.sin(roll)], [math.sin(roll), math.cos(roll)]])
    points_px = np.array([*sides, (0.0, -2.0)]) @ turn.T
    assert view_order(points_px, SIDES).tolist() == ([1, 0, 2] if swapped else [0, 1, 2])


def test_without_another_keypoint_left_is_left_in_the_picture():
    assert view_order(np.array([(9.0, 3.0), (2.0, 5.0)]), SIDES).tolist() == [1, 0]
    assert view_order(np.array([(9.0, 3.0), (2.0, 5.0), (np.nan, np.nan)]), SIDES).tolist() == [1, 0, 2]


def test_cycles_of_one_turn_go_together_and_those_that_are_not_seen_whole_do_not_vote():
    both = (KeypointSymmetry(cycles=((0, 1), (2, 3)), first="lowest"),)
    points_px = np.array([(0.0, 1.0), (0.0, 2.0), (0.0, 9.0), (np.nan, np.nan)])
    assert view_order(points_px, both).tolist() == [1, 0, 3, 2]
    assert view_order(np.full((4, 2), np.nan), both).tolist() == [0, 1, 2, 3], "no picture tells: as the mesh has them"


def test_none_at_all():
    assert view_order(np.zeros((0, 2)), ()).shape == (0,)


@pytest.mark.parametrize("kind", SYMMETRIC, ids=lambda kind: kind.name)
def test_turns_of_kinds_go_round_the_axis_against_the_clock(kind: ObjectType):
    """Else "right" would be on the left: angles around the vertical axis grow by one step from point to point."""
    assert kind.category is not None
    points_m = kind.build(kind.sample(default_rng(5)).params).keypoints_m
    for turn in kind.category.symmetry:
        count = len(turn.cycles[0])
        for cycle in turn.cycles:
            around = points_m[list(cycle)] - points_m[list(cycle)].mean(axis=0)
            angles = np.arctan2(around[:, 1], around[:, 0])
            if kind.name != "carrot":  # It lies on its side: its axis is not vertical.
                assert np.diff(angles) % (2 * math.pi) == pytest.approx(2 * math.pi / count, abs=0.5), (
                    kind.name,
                    cycle,
                )


@pytest.mark.parametrize("kind", SYMMETRIC, ids=lambda kind: kind.name)
def test_turned_keypoints_change_places_in_a_mirror_as_the_category_says(kind: ObjectType):
    """The mirror image of a picture must have the label that a render of it would have."""
    assert kind.category is not None
    points_m = kind.build(kind.sample(default_rng(5)).params).keypoints_m
    points_px = labels(points_m, 20.0, ())[:, :2]
    named = points_px[view_order(points_px, kind.category.symmetry)]
    swapped = np.arange(len(named))
    for one, other in kind.category.flip_pairs:
        swapped[[one, other]] = other, one
    mirrored = (named * (-1, 1))[swapped]
    assert view_order(mirrored, kind.category.symmetry).tolist() == list(range(len(named)))
