"""A held angle: fingertips near its plates, little of it in the hand, nothing where no hand reaches around."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import trimesh

from synthvis.conventions import MATERIALS
from synthvis.geometry import transform_points
from synthvis.objects.mesh.stuffs import made_of
from synthvis.objects.object_type import Sample
from synthvis.objects.people.holding_hand import LENGTHS_M, flexed_digit
from synthvis.objects.registry import WITHOUT_OWN
from synthvis.scene.free.holding import hold_up
from synthvis.scene.placed_object import oriented_object, sample_object


@pytest.mark.parametrize("side", [1.0, -1.0])
def test_a_digit_keeps_its_lengths_and_ends_where_it_is_told(side: float) -> None:
    tip = np.array([0.01 * side, 0.13, 0.05])
    joints = flexed_digit(1, tip, side)
    assert np.linalg.norm(np.diff(joints, axis=0), axis=1) == pytest.approx(LENGTHS_M[1])
    assert joints[-1] == pytest.approx(tip, abs=1e-6)
    far = flexed_digit(1, np.array([0.0, 0.5, 0.0]), side)
    assert np.linalg.norm(far[-1] - far[0]) == pytest.approx(LENGTHS_M[1].sum())


def test_a_held_box_is_touched_and_not_run_through() -> None:
    for seed in range(3):
        rng = np.random.default_rng(seed)
        held = oriented_object("box", _small_box(rng), np.eye(3))
        group, count = hold_up([held], [], 0.3, rng, WITHOUT_OWN)
        assert count == 1
        box, hand = group.placed
        assert [item.sampled.parts[0][0].kind for item in (box, hand)] == ["box", "holding_hand"]
        assert min(box.box_m[0][2], hand.box_m[0][2]) > 0.1
        pose = np.array(box.sampled.parts[0][1])
        pose[:3, 3] += box.xyz_m
        (mesh,), ((_, hand_pose),) = hand.sampled.meshes, hand.sampled.parts
        skin = trimesh.Trimesh(mesh.vertices_m, mesh.faces, process=False).sample(6000, seed=1)
        in_box = transform_points(np.linalg.inv(pose), transform_points(hand_pose, skin) + hand.xyz_m)
        half = np.ptp(held.meshes[0].vertices_m, axis=0) / 2
        outside = np.abs(in_box - [0.0, 0.0, half[2]]) - half
        apart = np.linalg.norm(np.maximum(outside, 0.0), axis=1)
        assert apart.min() < 0.003
        assert outside.max(axis=1).min() > -0.006


def test_what_no_hand_reaches_around_lies_on_the_floor() -> None:
    rng = np.random.default_rng(0)
    ball = sample_object("sports_ball", rng)
    while ball.ball_radius_m < 0.08:
        ball = sample_object("sports_ball", rng)
    group, count = hold_up([ball], [], 0.0, rng, WITHOUT_OWN)
    assert count == 1 and len(group.placed) == 1
    assert group.placed[0].box_m[0][2] == pytest.approx(0.0, abs=2e-3)
    assert hold_up([], [], 0.0, rng, WITHOUT_OWN)[0].placed == ()


@pytest.mark.parametrize("material", MATERIALS)
def test_every_material_has_a_surface_of_the_colours_asked_for(material: str) -> None:
    found = made_of(material, ["#ff0000"], np.random.default_rng(0))
    color = found.params["color"]
    assert isinstance(color, tuple) and color[0] > 0.5 and max(color[1:]) < 0.05


def _small_box(rng: np.random.Generator) -> Sample:
    sample = WITHOUT_OWN.named("box").sample(rng)
    return replace(sample, params={"width_m": 0.03, "depth_m": 0.05, "height_m": 0.08})
