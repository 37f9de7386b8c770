"""Glasses, cutlery, vases, carrots and donuts: sound meshes, real sizes, geometry that can be worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from mesh_oracles import winding_number

from synthvis.objects.food.carrot import CARROT, CARROT_CUT, CARROT_GREENS
from synthvis.objects.food.donut import DONUT
from synthvis.objects.mesh.meshes import is_closed, revolve, volume_m3
from synthvis.objects.mesh.sheets import copies, slab, smooth_interp, spread_turns
from synthvis.objects.plants.bouquet import BOUQUET
from synthvis.objects.plants.vase import VASE
from synthvis.objects.tableware.fork import FORK
from synthvis.objects.tableware.knife import KNIFE
from synthvis.objects.tableware.spoon import SPOON
from synthvis.objects.tableware.wine_glass import WINE_GLASS

LABELLED = (CARROT, DONUT, WINE_GLASS, FORK, KNIFE, SPOON, VASE)
EVERY = (*LABELLED, CARROT_GREENS, CARROT_CUT, BOUQUET)
IDS = {"carrot": 57, "donut": 60, "wine glass": 46, "fork": 48, "knife": 49, "spoon": 50, "vase": 86}
LARGEST_M = {"carrot": (0.04, 0.26), "donut": (0.06, 0.13), "wine_glass": (0.11, 0.27), "fork": (0.12, 0.31),
             "knife": (0.13, 0.37), "spoon": (0.11, 0.35), "vase": (0.1, 0.47)}  # fmt: skip


def draws(kind, count, seed=7):
    rng = np.random.default_rng(seed)
    return [kind.sample(rng) for _ in range(count)]


@pytest.mark.parametrize("kind", LABELLED, ids=lambda kind: kind.name)
def test_labelled_meshes_have_a_real_size_and_the_id_of_coco(kind):
    assert kind.category.id == IDS[kind.category.name]
    low, high = LARGEST_M[kind.name]
    for sample in draws(kind, 120):
        bare = kind.build(kind.bare(sample).params)
        assert low < np.ptp(bare.vertices_m, axis=0).max() < high


# Helpers


def test_smooth_interpolation_meets_its_knots_and_never_overshoots():
    knots, values = np.array([0.0, 0.3, 0.4, 1.0]), np.array([0.0, 1.0, 1.0, 0.5])
    assert smooth_interp(knots, knots, values) == pytest.approx(values)
    dense = smooth_interp(np.linspace(-1, 2, 300), knots, values)
    assert dense.min() == pytest.approx(0)
    assert dense.max() == pytest.approx(1)
    assert smooth_interp(np.array([0.25]), [0, 1], [2, 4]) == pytest.approx([2.5])


def test_a_slab_has_the_volume_of_its_plate():
    x, y = np.linspace(0, 2, 5), np.linspace(0.5, -0.5, 4)
    middle = np.stack([*np.meshgrid(x, y, indexing="ij"), np.zeros((5, 4))], axis=2)
    part = slab("side", middle, 0.1)
    assert is_closed(part.faces)
    assert volume_m3(part.vertices_m, part.faces) == pytest.approx(2 * 1 * 0.1)


def test_copies_repeat_the_volume_and_turn_to_their_direction():
    ahead = np.array([[1.0, 0.0, 0.0], [0.0, -2.0, 0.0], [1.0, 1.0, 1.0]])
    turns = spread_turns(ahead, [0.0, 1.0, 2.0])
    assert np.linalg.det(turns) == pytest.approx(np.ones(3))
    assert turns[:, :, 2] == pytest.approx(ahead / np.linalg.norm(ahead, axis=1, keepdims=True))
    one = revolve("s", [0, 1, 1, 0], [0, 0, 1, 1], 8)
    many = copies(one, turns, np.zeros((3, 3)), tone=np.array([0.1, 0.2, 0.3]))
    assert volume_m3(many.vertices_m, many.faces) == pytest.approx(3 * volume_m3(one.vertices_m, one.faces))
    assert np.unique(many.attributes["tone"]) == pytest.approx([0.1, 0.2, 0.3])


# Kinds


def test_wine_glasses_are_hollow_on_a_thin_stem():
    for sample in draws(WINE_GLASS, 40):
        mesh = WINE_GLASS.build({**sample.params, "fill": 0.0})
        points = dict(zip(WINE_GLASS.category.keypoints, mesh.keypoints_m, strict=True))
        low, top = points["stem_bottom"][2], points["stem_top"][2]
        height = mesh.vertices_m[:, 2].max()
        assert height == pytest.approx(sample.params["height_m"])
        assert winding_number(mesh, (0, 0, 0.5 * (top + height))) == pytest.approx(0, abs=1e-6)
        assert winding_number(mesh, (0, 0, 0.5 * (low + top))) == pytest.approx(1, abs=1e-6)
        stem = mesh.vertices_m[(mesh.vertices_m[:, 2] > low + 0.01) & (mesh.vertices_m[:, 2] < top - 0.005)]
        assert np.linalg.norm(stem[:, :2], axis=1).max() < 0.55 * sample.params["radius_m"]
        assert top > 0.2 * height


def test_wine_stays_inside_the_glass():
    for sample in draws(WINE_GLASS, 60):
        if not sample.params["fill"]:
            continue
        mesh = WINE_GLASS.build(sample.params)
        empty = WINE_GLASS.build({**sample.params, "fill": 0.0})
        wine = mesh.vertices_m[np.unique(mesh.faces[mesh.face_slots == mesh.slots.index("wine")])]
        assert wine[:, 2].max() < sample.params["height_m"] - 0.004
        assert all(abs(winding_number(empty, point)) < 1e-6 for point in wine[::37])


@pytest.mark.parametrize("tines", [2, 3, 4])
def test_a_fork_has_as_many_tines_as_asked(tines):
    params = {**draws(FORK, 1)[0].params, "tines": tines}
    mesh = FORK.build(params)
    x = mesh.vertices_m[:, 0]
    tips = np.sort(mesh.vertices_m[x > x.max() - 1e-6, 1])
    assert (np.diff(tips) > 0.0015).sum() == tines - 1


def test_forks_and_spoons_are_long_narrow_and_low():
    for kind in (FORK, SPOON):
        for sample in draws(kind, 60):
            size = np.ptp(kind.build(sample.params).vertices_m, axis=0)
            assert size[0] == pytest.approx(sample.params["length_m"], rel=0.01)
            assert size[0] > 2.5 * size[1]
            assert size[2] < 0.3 * size[0]


def test_the_bowl_of_a_spoon_is_hollow_between_its_sides():
    for sample in draws(SPOON, 40):
        mesh = SPOON.build(sample.params)
        points = dict(zip(SPOON.category.keypoints, mesh.keypoints_m, strict=True))
        rim = (points["bowl_left"] + points["bowl_right"]) / 2
        assert points["bowl_left"][1] == pytest.approx(-points["bowl_right"][1])
        assert rim[2] - points["bowl_bottom"][2] == pytest.approx(sample.params["depth_m"])
        assert winding_number(mesh, rim) == pytest.approx(0, abs=1e-6)


def test_a_blade_is_thin_long_and_ends_in_the_tip():
    for sample in draws(KNIFE, 80):
        mesh = KNIFE.build(sample.params)
        points = dict(zip(KNIFE.category.keypoints, mesh.keypoints_m, strict=True))
        blade_m = points["tip"][0] - points["neck"][0]
        assert blade_m > 1.8 * sample.params["height_m"]
        assert points["tip"][0] == pytest.approx(mesh.vertices_m[:, 0].max())
        front = mesh.vertices_m[mesh.vertices_m[:, 0] > points["neck"][0] + 0.5 * blade_m]
        assert np.ptp(front[:, 1]) > 2 * sample.params["spine_m"]
        # The far half sinks towards the table as well, by half of the whole drop.
        assert np.ptp(front[:, 2]) < sample.params["spine_m"] + sample.params["grip_thick_m"] / 4


def test_the_two_sides_of_a_knife_mirror_each_other():
    params = dict(draws(KNIFE, 1)[0].params)
    one, other = (KNIFE.build({**params, "side": side}) for side in (1, -1))
    assert volume_m3(one.vertices_m, one.faces) == pytest.approx(volume_m3(other.vertices_m, other.faces))
    assert one.keypoints_m[:, 1] == pytest.approx(-other.keypoints_m[:, 1])


def test_a_ring_donut_has_a_hole_and_a_filled_one_has_none():
    for sample in draws(DONUT, 60):
        mesh = DONUT.build(sample.params)
        middle = (0, 0, mesh.vertices_m[:, 2].max() / 2)
        if sample.params["style"] != "filled":
            assert winding_number(mesh, middle) == pytest.approx(0, abs=1e-6)
        elif not sample.params["bite_m"]:
            assert winding_number(mesh, middle) >= 1 - 1e-6


def test_a_bite_takes_dough_and_shows_crumb():
    for sample in draws(DONUT, 80):
        whole, bitten = (DONUT.build({**sample.params, "bite_m": bite}) for bite in (0.0, 0.8))
        dough = [volume_m3(m.vertices_m, m.faces[m.face_slots < 1 + ("crumb" in m.slots)]) for m in (whole, bitten)]
        assert "crumb" in bitten.slots
        assert "crumb" not in whole.slots
        assert 0.5 * dough[0] < dough[1] < 0.95 * dough[0]


def test_sprinkles_lie_on_top_of_the_icing():
    params = next(s.params for s in draws(DONUT, 60) if s.params["sprinkles"] and not s.params["bite_m"])
    mesh = DONUT.build(params)
    z = {name: mesh.vertices_m[mesh.faces[mesh.face_slots == k]][..., 2] for k, name in enumerate(mesh.slots)}
    assert z["icing"].max() > z["dough"].max()
    assert z["sprinkles"].max() > z["icing"].max() - 0.001
    assert z["sprinkles"].min() > 0.25 * z["dough"].max()


def test_carrots_taper_from_the_shoulder_to_the_tip():
    for sample in draws(CARROT, 60):
        mesh = CARROT.build({**sample.params, "stubs": 0})
        points = dict(zip(CARROT.category.keypoints, mesh.keypoints_m, strict=True))
        assert points["tip"][0] - points["crown"][0] == pytest.approx(sample.params["length_m"], rel=0.01)
        x = mesh.vertices_m[:, 0]
        front, back = (mesh.vertices_m[np.abs(x - at * sample.params["length_m"]) < 0.04 * sample.params["length_m"]]
                       for at in (-0.35, 0.44))  # fmt: skip
        assert np.ptp(back[:, 2]) < 0.95 * np.ptp(front[:, 2])


def test_a_bunch_meets_at_its_crowns():
    bunches = [s for s in draws(CARROT, 200) if any(part.kind == "carrot" for part in s.attachments)]
    assert len(bunches) > 5
    for sample in bunches:
        radius_m, length_m = sample.params["radius_m"], sample.params["length_m"]
        for part in sample.attachments:
            frame = np.array(part.object_from_part)
            assert frame[:3, :3] @ frame[:3, :3].T == pytest.approx(np.eye(3))
            if part.kind == "carrot":
                crown = frame @ [-part.params["length_m"] / 2, 0, 0, 1]
                assert abs(crown[0] + length_m / 2) < 0.05 * length_m
                assert np.hypot(crown[1], crown[2]) < 8 * radius_m
                assert part.params != sample.params


def test_vases_are_hollow_and_as_tall_as_asked():
    for sample in draws(VASE, 60):
        mesh = VASE.build({**sample.params, "water": 0.0})
        height = sample.params["height_m"]
        assert mesh.vertices_m[:, 2].max() == pytest.approx(height)
        assert winding_number(mesh, (0, 0, 0.6 * height)) == pytest.approx(0, abs=1e-6)
        assert winding_number(mesh, (0, 0, 0.6 * height / 20)) <= 1 + 1e-6
        inside = np.unique(mesh.faces[mesh.face_slots == mesh.slots.index("inside")])
        assert mesh.vertices_m[inside, 2].min() > 0


def test_bouquets_pass_through_the_mouth_and_stand_above_it():
    found = [s for s in draws(VASE, 60) if s.attachments]
    assert 15 < len(found) < 45
    for sample in found:
        params = sample.attachments[0].params
        mesh = BOUQUET.build({**params, "leaves": 0})
        height = sample.params["height_m"]
        assert mesh.vertices_m[:, 2].max() > 1.2 * height
        assert mesh.vertices_m[:, 2].min() > 0
        stalk = mesh.vertices_m[np.unique(mesh.faces[mesh.face_slots == mesh.slots.index("stalk")])]
        at_neck = stalk[np.abs(stalk[:, 2] - 0.98 * height) < 0.01 * height]
        assert np.linalg.norm(at_neck[:, :2], axis=1).max() < params["mouth_m"] * 1.4 + 0.003
