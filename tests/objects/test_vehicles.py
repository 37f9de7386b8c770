"""Vehicles: sizes and angles that can be worked out by hand, and that they stand on their wheels."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from synthvis.objects.mesh.meshes import volume_m3
from synthvis.objects.registry import OBJECT_TYPES
from synthvis.objects.vehicles.bicycle import BICYCLE
from synthvis.objects.vehicles.bicycle_geometry import geometry_of
from synthvis.objects.vehicles.hulls import hull
from synthvis.objects.vehicles.motorcycle import MOTORCYCLE
from synthvis.objects.vehicles.wheels import bars, on_axle, ring

COCO = {"bicycle": 2, "motorcycle": 4}
SIZES_M = {
    ("bicycle", "city"): ((1.65, 1.95), (0.9, 1.2)),
    ("bicycle", "racing"): ((1.55, 1.75), (0.85, 1.05)),
    ("bicycle", "mountain"): ((1.7, 1.95), (0.85, 1.15)),
    ("bicycle", "child"): ((0.6, 1.4), (0.45, 0.9)),
    ("motorcycle", "scooter"): ((1.75, 2.05), (1.05, 1.55)),
    ("motorcycle", "sport"): ((1.9, 2.15), (0.95, 1.25)),
    ("motorcycle", "cruiser"): ((2.2, 2.5), (1.05, 1.5)),
}
"""Length and height; a bicycle is 1.6 to 1.9 m long, a child's with wheels of 12 inches 0.8 m."""


def of_style(kind, style, count=3):
    rng = np.random.default_rng(7)
    drawn = (kind.sample(rng) for _ in range(400))
    return list(itertools.islice((sample for sample in drawn if sample.params["style"] == style), count))


def keypoints(kind, mesh):
    return dict(zip(kind.category.keypoints, mesh.keypoints_m, strict=True))


def vertices_of(mesh, slot):
    return mesh.vertices_m[np.unique(mesh.faces[mesh.face_slots == mesh.slots.index(slot)])]


@pytest.mark.parametrize(("name", "style"), SIZES_M)
def test_vehicles_have_the_sizes_of_real_ones_and_the_ids_of_coco(name, style):
    kind = OBJECT_TYPES[name]
    assert (kind.category.id, kind.category.supercategory) == (COCO[name], "vehicle")
    for sample in of_style(kind, style):
        long_m, _, high_m = np.ptp(kind.build(sample.params).vertices_m, axis=0)
        (low, high), (lowest, highest) = SIZES_M[name, style]
        assert low < long_m < high and lowest < high_m < highest


@pytest.mark.parametrize("kind", [BICYCLE, MOTORCYCLE], ids=lambda kind: kind.name)
def test_both_wheels_stand_on_the_ground_and_the_front_is_at_minus_x(kind):
    rng = np.random.default_rng(2)
    for _ in range(4):
        mesh = kind.build({**kind.sample(rng).params, "steer_rad": 0.0})
        points = keypoints(kind, mesh)
        tyres = vertices_of(mesh, "tyres")
        for end in ("front_axle", "rear_axle"):
            near = np.abs(tyres[:, 0] - points[end][0]) < 0.03
            assert tyres[near, 2].min() == pytest.approx(0.0, abs=2e-3)
            assert points[end][1] == pytest.approx(0.0, abs=1e-9)
        assert points["front_axle"][0] < points["rear_axle"][0]
        # Who rides to -x has the left hand at -y.
        assert points["left_grip"][1] < 0 < points["right_grip"][1]
        assert 0.2 < points["right_grip"][1] - points["left_grip"][1] < 0.85


def test_steering_to_the_left_turns_the_front_wheel_and_the_handlebar_to_the_left():
    params = of_style(BICYCLE, "city", 1)[0].params
    straight, left = (BICYCLE.build({**params, "steer_rad": angle}) for angle in (0.0, 0.4))
    ahead, turned = (keypoints(BICYCLE, mesh) for mesh in (straight, left))
    assert turned["left_grip"][0] > ahead["left_grip"][0] + 0.05
    assert turned["rear_axle"] == pytest.approx(ahead["rear_axle"], abs=0.01)
    assert turned["front_axle"][1] < -0.005


def test_a_racing_bicycle_has_the_trail_of_its_head_angle_and_rake():
    # (radius * cos(73 deg) - rake) / sin(73 deg) = (0.334 * 0.29237 - 0.045) / 0.95630 = 0.05506 m.
    shape = geometry_of("racing", 0.334, 0.025, 1.0, 0.15)
    up = shape.steering
    ground = shape.head_low_m - shape.head_low_m[2] / up[2] * up
    assert shape.front_axle_m[0] - ground[0] == pytest.approx(0.05506, abs=5e-5)
    assert np.linalg.norm(shape.rear_axle_m - shape.crank_m) == pytest.approx(0.412)
    assert shape.rear_axle_m[0] - shape.front_axle_m[0] == pytest.approx(0.99)


def test_a_motorcycle_has_the_wheelbase_that_was_drawn():
    for style in ("scooter", "roadster", "sport", "cruiser"):
        params = {**of_style(MOTORCYCLE, style, 1)[0].params, "wheelbase_m": 1.4, "radius_m": 0.3, "steer_rad": 0.0}
        points = keypoints(MOTORCYCLE, MOTORCYCLE.build(params))
        assert points["rear_axle"] - points["front_axle"] == pytest.approx([1.4, 0.0, 0.0], abs=1e-9)
        assert points["front_axle"][2] == pytest.approx(0.3, abs=2e-3)


# Pieces


def test_bars_a_ring_and_a_hull_enclose_the_volume_of_their_shape():
    # Square sections of half diagonal 0.01: 0.0002 m2 over 3 m and over 2 m.
    made = bars("a", [(0, 0, 0), (1, 1, 0)], [(3, 0, 0), (1, 1, 2)], 0.01)
    assert volume_m3(made.vertices_m, made.faces) == pytest.approx(0.0002 * 5)
    hoop = on_axle([ring("a", 0.2, 0.3, 0.1, 200)], (1, 2, 3))[0]
    assert volume_m3(hoop.vertices_m, hoop.faces) == pytest.approx(np.pi * (0.09 - 0.04) * 0.1, rel=1e-3)
    assert hoop.vertices_m.mean(axis=0) == pytest.approx([1, 2, 3])
    assert np.ptp(hoop.vertices_m[:, 1]) == pytest.approx(0.1)
    body = hull("a", [(0, 0.5, 0, 2), (3, 0.5, 0, 2)], power=2.0, segments=200)
    assert volume_m3(body.vertices_m, body.faces) == pytest.approx(np.pi * 0.5 * 1.0 * 3, rel=1e-3)
