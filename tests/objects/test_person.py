"""People: sizes by hand from the lengths of their limbs."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.random import default_rng

from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.object_type import Sample
from synthvis.objects.people.hand import Grip, hand_around
from synthvis.objects.people.person import PERSON, POSTURES, posed, seat_m, wrist_m
from synthvis.objects.spec import Param

H_M = 1.8


def person(**changes: Param) -> Mesh:
    """A person of 1.8 m, all joints straight unless told otherwise."""
    sample = PERSON.sample(default_rng(0))
    straight: dict[str, Param] = {name: 0.0 for name in sample.params if name.endswith("_rad")}
    fixed: dict[str, Param] = {"height_m": H_M, "girth": 1.0, "hat": False, "hair_long": False, "outfit": "trousers"}
    return PERSON.build(Sample({**sample.params, **straight, **fixed, **changes}, sample.surfaces).params)


def extent_m(mesh: Mesh) -> np.ndarray:
    return mesh.vertices_m.max(axis=0) - mesh.vertices_m.min(axis=0)


def test_a_straight_person_is_as_tall_as_told() -> None:
    assert extent_m(person())[2] == pytest.approx(H_M, rel=0.02)


@pytest.mark.parametrize("posture", sorted(POSTURES))
def test_in_every_posture_the_lower_foot_stands_on_the_ground(posture: str) -> None:
    for seed in range(20):
        mesh = person(**posed(default_rng(seed), posture))
        # The shoes' soles are the lowest thing: of nobody who stands, the hands or knees are lower.
        assert mesh.vertices_m[:, 2].min() == pytest.approx(0.0, abs=1e-9)
        assert extent_m(mesh)[2] < 1.32 * H_M


def test_arms_out_span_what_their_bones_add_up_to() -> None:
    span_m = extent_m(person(out_left_rad=math.pi / 2, out_right_rad=math.pi / 2))[1]
    # Both shoulders at 0.105, upper arms 0.186; the forearms turn out by 0.6 of it, 54 degrees; hands 0.024.
    reach = 0.105 + 0.186 + 0.146 * math.sin(0.6 * math.pi / 2)
    assert 2 * H_M * reach <= span_m <= 2 * H_M * (reach + 0.03)


def test_bent_knees_lower_the_head() -> None:
    bent = person(hip_left_rad=0.9, hip_right_rad=0.9, knee_left_rad=1.5, knee_right_rad=1.5)
    drop_m = H_M * (0.245 * (1 - math.cos(0.9)) + 0.246 * (1 - math.cos(0.6)))
    assert extent_m(person())[2] - extent_m(bent)[2] == pytest.approx(drop_m, abs=1e-6)


def test_who_holds_something_has_a_hand_before_the_chest() -> None:
    mesh = person(shoulder_left_rad=0.5, elbow_left_rad=1.5)
    # Elbow and wrist from the shoulder, by hand.
    forward_m = H_M * (0.186 * math.sin(0.5) + 0.146 * math.sin(2.0))
    front = mesh.vertices_m[mesh.vertices_m[:, 2] > 0.5 * H_M]
    foremost = front[front[:, 0].argmax()]
    assert foremost[0] == pytest.approx(forward_m, abs=0.03 * H_M)
    assert foremost[1] > 0


def test_the_hand_that_holds_is_the_foremost_one() -> None:
    params: dict[str, Param] = {"shoulder_left_rad": 0.5, "elbow_left_rad": 1.5, "out_left_rad": 0.1, "lean_rad": 0.2}
    mesh = person(**params)
    sample = PERSON.sample(default_rng(0))
    straight: dict[str, Param] = {name: 0.0 for name in sample.params if name.endswith("_rad")}
    x_m, y_m, z_m = wrist_m({**sample.params, **straight, "height_m": H_M, "girth": 1.0, **params})
    # The hand is a ball of 0.024 body heights about the wrist.
    front = mesh.vertices_m[mesh.vertices_m[:, 2] > 0.5 * H_M]
    foremost = front[front[:, 0].argmax()]
    assert np.abs(foremost - (x_m, y_m, z_m)).max() < 0.04 * H_M
    assert foremost[0] > x_m


@pytest.mark.parametrize("half_m", [(0.004, 0.001), (0.036, 0.004), (0.04, 0.04), (0.11, 0.11), (0.12, 0.008)])
@pytest.mark.parametrize("from_behind", [True, False])
def test_a_hand_is_around_what_it_holds_and_not_in_it(half_m: tuple[float, float], from_behind: bool) -> None:
    for tilt_rad in (0.0, 0.7, math.pi / 2):
        grip = Grip(*half_m, tilt_rad, from_behind)
        wrist = np.array([0.3, 0.1, 1.2])
        points = np.concatenate([part.vertices_m for part in hand_around("skin", grip, wrist, 1.0)])
        # In the frame of the box, by a rotation made from the words of `Grip` and not from its code.
        along = np.array([math.cos(tilt_rad), 0.0, math.sin(tilt_rad)])
        up = np.array([-math.sin(tilt_rad), 0.0, math.cos(tilt_rad)]) * (-1 if from_behind else 1)
        palm = wrist + (up * 0.035 if from_behind else along * 0.08)
        middle = palm + up * (0.013 + 2 * 0.0085 + half_m[1])
        across, out = (points - middle) @ np.cross(along, up), (points - middle) @ up
        inside = (np.abs(across) < half_m[0]) & (np.abs(out) < half_m[1])
        assert not inside.any()
        if half_m[0] < 0.05:
            assert (out > half_m[1]).any() and (across > half_m[0]).any() and (across < -half_m[0]).any()
        assert np.abs((points - middle) @ along).max() < 0.12


def test_who_sits_is_carried_by_the_thighs() -> None:
    params: dict[str, Param] = {
        f"{joint}_{side}_rad": math.pi / 2 for joint in ("hip", "knee") for side in ("left", "right")
    }
    sample = PERSON.sample(default_rng(0))
    straight: dict[str, Param] = {name: 0.0 for name in sample.params if name.endswith("_rad")}
    # Level thighs over upright shins of 0.246 and feet of 0.039 body heights.
    found_m = seat_m({**sample.params, **straight, "height_m": H_M, "girth": 1.0, **params})
    assert found_m == pytest.approx(H_M * (0.246 + 0.039 - 0.056))
    thighs = person(**params).vertices_m
    under = thighs[(thighs[:, 0] > 0.06 * H_M) & (thighs[:, 0] < 0.2 * H_M) & (thighs[:, 2] > 0.15 * H_M)]
    assert under[:, 2].min() == pytest.approx(found_m, abs=0.02 * H_M)


def test_left_and_right_take_turns() -> None:
    higher = [
        posed(default_rng(seed), "hold")["elbow_left_rad"] > posed(default_rng(seed), "hold")["elbow_right_rad"]  # type: ignore[operator]
        for seed in range(60)
    ]
    assert 15 < sum(higher) < 45


def test_an_unknown_posture_is_told() -> None:
    with pytest.raises(KeyError):
        posed(default_rng(0), "fly")
