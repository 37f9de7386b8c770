"""Cones, balls, cups, bottles, bowls and clutter: geometry that can be worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from mesh_oracles import winding_number

from synthvis.objects.distractors import ground, tabletop
from synthvis.objects.mesh.meshes import is_closed, volume_m3
from synthvis.objects.registry import OBJECT_TYPES
from synthvis.objects.sports.sports_ball import SPORTS_BALL
from synthvis.objects.street.traffic_cone import TRAFFIC_CONE
from synthvis.objects.tableware.bottle import BOTTLE
from synthvis.objects.tableware.bowl import BOWL
from synthvis.objects.tableware.cup import CUP

PLAIN_CONE = {
    "height_m": 0.5,
    "base_style": "one_piece",
    "base_section": "square",
    "base_roundness": 0.2,
    "base_thickness": 0.04,
    "base_bevel": 0.2,
    "base_rise": 0.0,
    "foot_height": 0.0,
    "base_half_width": 0.3,
    "foot_radius": 0.2,
    "top_radius": 0.05,
    "top_style": "open",
    "neck": 0.0,
    "neck_shrink": 1.0,
    "fillet": 0.02,
    "bulge": 0.0,
    "skirt": 0.0,
    "collars": (),
    "collar_step": 0.0,
    "bend": 0.0,
    "bend_toward_rad": 0.0,
    "squeeze": 0.0,
    "dent": 0.0,
    "dent_height": 0.5,
    "stack": 1,
    "lamp": False,
}


def test_a_plain_cone_has_the_size_it_was_given():
    mesh = TRAFFIC_CONE.build(PLAIN_CONE)
    assert np.ptp(mesh.vertices_m, axis=0) == pytest.approx((0.3, 0.3, 0.5))
    assert mesh.slots == ("body", "base")


def test_a_cone_is_hollow_and_open_at_both_ends():
    mesh = TRAFFIC_CONE.build(PLAIN_CONE)
    assert winding_number(mesh, (0, 0, 0.3)) == pytest.approx(0, abs=1e-6)
    # Halfway up the body the outer radius is the mean of foot and tip; the wall is 6 mm at this height.
    z = 0.5 * (0.06 + (1 - 0.06) * 0.5)
    assert winding_number(mesh, (0.0625 - 0.002, 0, z)) == pytest.approx(1, abs=1e-6)


def test_a_closed_tip_shuts_the_cone_from_above():
    mesh = TRAFFIC_CONE.build(PLAIN_CONE | {"top_style": "flat"})
    assert is_closed(mesh.faces)
    assert mesh.vertices_m[:, 2].max() == pytest.approx(0.5, abs=0.001)
    assert winding_number(mesh, (0, 0, 0.49)) == pytest.approx(1, abs=1e-6)
    assert winding_number(mesh, (0, 0, 0.3)) == pytest.approx(0, abs=1e-6)


def test_a_collar_covers_exactly_its_share_of_the_body():
    mesh = TRAFFIC_CONE.build(PLAIN_CONE | {"collars": (0.4, 0.6)})
    faces = mesh.faces[mesh.face_slots == mesh.slots.index("collar")]
    z = mesh.vertices_m[faces][..., 2] / 0.5
    # The body runs from base and fillet (0.06) to just under the rim (0.3 of the 0.012 wall).
    start, length = 0.06, 1 - 0.06 - 0.0036
    assert z.min() == pytest.approx(start + 0.4 * length, abs=0.0025)
    assert z.max() == pytest.approx(start + 0.6 * length, abs=0.0025)


def test_nested_cones_add_a_step_each():
    mesh = TRAFFIC_CONE.build(PLAIN_CONE | {"stack": 3})
    assert np.ptp(mesh.vertices_m[:, 2]) == pytest.approx(0.5 + 2 * 0.043 * 0.5)
    assert mesh.keypoints_m[0, 2] == pytest.approx(0.543)


def test_a_ball_has_the_volume_of_its_sphere():
    mesh = SPORTS_BALL.build({"style": "football", "radius_m": 0.11, "stretch": 1.0, "deflated": 0.0})
    assert volume_m3(mesh.vertices_m, mesh.faces) == pytest.approx(4 / 3 * np.pi * 0.11**3, rel=0.02)
    assert np.linalg.norm(mesh.keypoints_m - (0, 0, 0.11), axis=1) == pytest.approx(0.11)


def test_ball_sizes_follow_the_rules_of_their_sports():
    rng = np.random.default_rng(0)
    for _ in range(100):
        params = SPORTS_BALL.sample(rng).params
        if params["style"] == "tennis":
            assert 0.0327 <= params["radius_m"] <= 0.0343


@pytest.mark.parametrize("kind", [CUP, BOWL], ids=lambda kind: kind.name)
def test_vessels_are_hollow_above_their_filling(kind):
    rng = np.random.default_rng(4)
    for _ in range(20):
        params = {**kind.sample(rng).params, "fill": 0.0, "lid": False, "sleeve": ()}
        mesh = kind.build(params)
        top_m = mesh.vertices_m[:, 2].max()
        assert winding_number(mesh, (0, 0, 0.7 * top_m)) == pytest.approx(0, abs=1e-6)
        rim = mesh.keypoints_m[1] - (0, 0, 0.3 * params["wall_m"])
        assert winding_number(mesh, rim) == pytest.approx(1, abs=1e-6)


def test_a_handle_reaches_beyond_the_wall_on_its_side_only():
    rng = np.random.default_rng(6)
    mugs = [s for s in (CUP.sample(rng) for _ in range(60)) if s.params["handle"] and s.params["style"] == "mug"]
    for sample in mugs:
        mesh = CUP.build(sample.params)
        grip = mesh.keypoints_m[CUP.category.keypoints.index("grip")]
        assert grip[0] == pytest.approx(mesh.vertices_m[:, 0].max(), abs=0.004)
        assert mesh.vertices_m[:, 0].max() > 1.3 * -mesh.vertices_m[:, 0].min()


def test_a_bottle_is_as_tall_as_asked_and_narrows_to_its_neck():
    rng = np.random.default_rng(9)
    for _ in range(30):
        params = {**BOTTLE.sample(rng).params, "open": False}
        mesh = BOTTLE.build(params)
        assert mesh.vertices_m[:, 2].max() == pytest.approx(params["height_m"], rel=0.01)
        points = dict(zip(BOTTLE.category.keypoints, mesh.keypoints_m, strict=True))
        assert points["neck_left"][0] == pytest.approx(params["neck_radius"] * params["radius_m"], rel=0.1)


def test_a_box_has_its_volume():
    mesh = OBJECT_TYPES["box"].build({"width_m": 0.2, "depth_m": 0.1, "height_m": 0.05})
    assert volume_m3(mesh.vertices_m, mesh.faces) == pytest.approx(0.001)


def test_distractors_carry_no_class_and_fit_their_stage():
    rng = np.random.default_rng(1)
    for module, (low_m, high_m) in ((tabletop, (0.0, 0.5)), (ground, (0.1, 4))):
        for object_type in module.OBJECT_TYPES:
            assert object_type.category is None
            assert low_m < np.ptp(object_type.build(object_type.sample(rng).params).vertices_m, axis=0).max() < high_m


@pytest.mark.blender
def test_football_panels_are_those_of_a_truncated_icosahedron():
    household = pytest.importorskip("blender_scenes.materials.household")
    axes = {flag: np.array([a for a, f in household._football_axes() if f is flag]) for flag in (True, False)}
    pentagons, hexagons = (v / np.linalg.norm(v, axis=1, keepdims=True) for v in (axes[True], axes[False]))
    assert (len(pentagons), len(hexagons)) == (6, 10)
    # A pentagon and its five hexagons meet at 142.62 degrees, two hexagons at 138.19.
    lean = np.abs(pentagons @ hexagons.T)
    assert np.sort(lean, axis=1)[:, -5:] == pytest.approx(np.cos(np.radians(180 - 142.6226)), abs=1e-5)
    between = np.abs(hexagons @ hexagons.T)
    assert np.sort(between, axis=1)[:, -4:-1] == pytest.approx(np.cos(np.radians(180 - 138.1897)), abs=1e-5)
