"""Chairs, couches, tables, beds, benches and potted plants: geometry that can be worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from synthvis.objects.furniture.bed import BED
from synthvis.objects.furniture.bench import BENCH
from synthvis.objects.furniture.chair import CHAIR
from synthvis.objects.furniture.couch import COUCH
from synthvis.objects.furniture.dining_table import DINING_TABLE
from synthvis.objects.mesh.joinery import beam, board, copies, cushion, oval, pillow, rectangle, rod, sheet
from synthvis.objects.mesh.meshes import is_closed, volume_m3
from synthvis.objects.plants.potted_plant import POTTED_PLANT
from synthvis.objects.registry import OBJECT_TYPES

EVERY = (CHAIR, COUCH, DINING_TABLE, BED, BENCH, POTTED_PLANT)

SIZES_M = {
    # Least and greatest extent over length or width, and over height.
    "chair": ((0.25, 1.2), (0.38, 1.4)),
    "couch": ((1.2, 3.6), (0.6, 1.05)),
    "dining_table": ((0.7, 2.4), (0.69, 0.8)),
    "bed": ((1.9, 2.5), (0.45, 1.5)),
    "bench": ((1.0, 2.25), (0.4, 1.0)),
    "potted_plant": ((0.1, 2.4), (0.1, 2.1)),
}


def draws(kind, count, seed=11):
    rng = np.random.default_rng(seed)
    for _ in range(count):
        sample = kind.sample(rng)
        yield sample, kind.build(sample.params)


def points(kind, mesh):
    return dict(zip(kind.category.keypoints, mesh.keypoints_m, strict=True))


def pieces(faces):
    """How many connected pieces a mesh has."""
    parent = np.arange(faces.max() + 1)
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]]])
    while True:
        low = np.minimum(parent[edges[:, 0]], parent[edges[:, 1]])
        before = parent.copy()
        np.minimum.at(parent, edges[:, 0], low)
        np.minimum.at(parent, edges[:, 1], low)
        parent = parent[parent]
        if np.array_equal(before, parent):
            return len(np.unique(parent))


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.name)
def test_sizes_are_those_of_the_real_thing(kind):
    wide, high = SIZES_M[kind.name]
    for sample, mesh in draws(kind, 80):
        x, y, z = np.ptp(mesh.vertices_m, axis=0)
        assert wide[0] < max(x, y) < wide[1], sample.params
        assert high[0] < z < high[1], sample.params


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.name)
def test_keypoints_lie_on_their_side(kind):
    for _, mesh in draws(kind, 60, seed=2):
        for left, right in kind.category.flip_pairs:
            assert mesh.keypoints_m[left, 1] > 0 or mesh.keypoints_m[right, 1] > 0
            # A pair is a mirror image at the plane between left and right.
            assert mesh.keypoints_m[left] * (1, -1, 1) == pytest.approx(mesh.keypoints_m[right], abs=1e-9)


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.name)
def test_kinds_are_registered_under_the_name_and_id_of_coco(kind):
    ids = {"chair": 62, "couch": 63, "dining table": 67, "bed": 65, "bench": 15, "potted plant": 64}
    assert OBJECT_TYPES[kind.name] is kind
    assert ids[kind.category.name] == kind.category.id


def test_a_beam_has_the_volume_of_its_box_but_for_the_cut_edges():
    part = beam("x", (0, 0, 0), (0, 0, 0.4), 0.05, 0.03, bevel_m=0.002)
    assert is_closed(part.faces)
    assert np.ptp(part.vertices_m, axis=0) == pytest.approx((0.03, 0.05, 0.4))
    assert volume_m3(part.vertices_m, part.faces) == pytest.approx((0.05 * 0.03 - 4 * 0.002**2 / 2) * 0.4)


def test_pieces_are_closed_and_face_outwards():
    flat = np.stack(np.meshgrid(np.linspace(0, 1, 4), np.linspace(0, 2, 5), [0.3], indexing="ij"), axis=-1)[:, :, 0]
    slab = sheet("x", flat, 0.1)
    assert volume_m3(slab.vertices_m, slab.faces) == pytest.approx(1 * 2 * 0.1)
    parts = [slab, rod("x", [(0, 0, 0), (0.2, 0, 0.1)], 0.01), cushion("x", (0.5, 0.6, 0.1), edge_m=0.03, crown_m=0.02),
             pillow("x", 0.5, 0.7, 0.15), board("x", oval(1.0, 0.8), 0.0, 0.03),
             board("x", rectangle(1, 1, 0.1), 0, 1)]  # fmt: skip
    for part in parts:
        assert is_closed(part.faces)
        assert volume_m3(part.vertices_m, part.faces) > 0
    twice = copies(parts[1], np.stack([np.eye(3)] * 2), np.array([(0.0, 0, 0), (1, 0, 0)]), 2.0)
    assert volume_m3(twice.vertices_m, twice.faces) == pytest.approx(
        16 * volume_m3(parts[1].vertices_m, parts[1].faces)
    )


def test_a_cushion_fills_the_size_it_was_given():
    part = cushion("x", (0.5, 0.6, 0.1), edge_m=0.03)
    assert np.ptp(part.vertices_m, axis=0) == pytest.approx((0.5, 0.6, 0.1), abs=1e-9)


def test_a_seat_is_at_sitting_height_under_the_top_of_the_back():
    for sample, mesh in draws(CHAIR, 80):
        found = points(CHAIR, mesh)
        low, high = (0.6, 0.82) if sample.params["style"] == "bar_stool" else (0.37, 0.55)
        assert low < found["seat_front_left"][2] < high
        if sample.params["style"] not in ("stool", "bar_stool"):
            assert found["back_left"][2] > found["seat_rear_left"][2] + 0.15
            # The back is behind the seat: a chair faces +x.
            assert found["back_left"][0] < found["seat_front_left"][0]


def test_a_chair_stands_on_its_legs():
    plain = {"wooden": 4, "padded": 4, "folding": 4, "monobloc": 4}
    for sample, mesh in draws(CHAIR, 80):
        style = sample.params["style"]
        if style in plain:
            low = mesh.vertices_m[mesh.vertices_m[:, 2] < 0.012]
            quarters = {(bool(x > 0), bool(y > 0)) for x, y, _ in low}
            assert len(quarters) == plain[style]
        if style == "office":
            angle = np.arctan2(*mesh.vertices_m[mesh.vertices_m[:, 2] < 0.005][:, 1::-1].T)
            fifths = np.unique(np.round((angle - 0.3) / (2 * np.pi / 5)).astype(int) % 5)
            assert len(fifths) == 5


def test_a_wooden_chair_has_as_many_spindles_as_asked():
    rng = np.random.default_rng(1)
    params = next(p for p in (CHAIR.sample(rng).params for _ in range(400)) if p.get("back") == "spindles")
    few, many = (pieces(CHAIR.build({**params, "back_count": count}).faces) for count in (4, 9))
    assert many - few == 5


def test_a_couch_has_a_seat_cushion_for_everyone_and_grows_with_them():
    for sample, mesh in draws(COUCH, 60):
        params = sample.params
        width = params["seats"] * params["seat_width_m"] + 2 * params["arm_width_m"]
        slack = 0.35 * params["arm_width_m"] + 0.03
        assert np.ptp(mesh.vertices_m[:, 1]) == pytest.approx(width, abs=slack)
        found = points(COUCH, mesh)
        assert found["arm_left"][2] > found["seat_front_left"][2]
        if params["chaise"]:
            assert np.ptp(mesh.vertices_m[:, 0]) > 1.4 * params["depth_m"]


def test_a_table_top_is_level_and_a_cloth_hides_it():
    for sample, mesh in draws(DINING_TABLE, 80):
        params = sample.params
        top = mesh.vertices_m[:, 2].max()
        assert top == pytest.approx(params["height_m"], abs=0.006)
        assert ("cloth" in mesh.slots) == bool(params["cloth_drop_m"])
        if params["cloth_drop_m"]:
            hem = mesh.vertices_m[mesh.faces[mesh.face_slots == mesh.slots.index("cloth")]][..., 2].min()
            assert 0.02 < hem < top - 0.1


def test_plates_stand_on_their_table():
    for sample, mesh in draws(DINING_TABLE, 80):
        for part in sample.attachments:
            shift = np.array(part.object_from_part)[:3, 3]
            assert shift[2] == pytest.approx(mesh.vertices_m[:, 2].max(), abs=0.005)
            plate = OBJECT_TYPES[part.kind].build(part.params).vertices_m + shift
            half = np.array([sample.params["long_m"], sample.params["wide_m"]]) / 2
            assert (np.abs(plate[:, :2]) < half + 0.01).all()


def test_a_bed_is_long_and_its_head_is_its_highest_end():
    for sample, mesh in draws(BED, 80):
        size = np.ptp(mesh.vertices_m, axis=0)
        assert size[0] > 1.9
        found = points(BED, mesh)
        assert found["head_left"][0] < found["foot_left"][0]
        if sample.params["head"] != "none":
            highest = mesh.vertices_m[mesh.vertices_m[:, 2].argmax()]
            assert highest[0] < -0.4 * sample.params["length_m"] or sample.params["head_height_m"] < 1.1


def test_a_cover_lies_on_the_mattress():
    for sample, mesh in draws(BED, 60):
        faces = mesh.faces[mesh.face_slots == mesh.slots.index("duvet")]
        duvet = mesh.vertices_m[np.unique(faces)]
        assert duvet[:, 2].max() > sample.params["top_m"]
        assert np.ptp(duvet[:, 1]) > sample.params["width_m"]


def test_a_park_bench_has_the_slats_it_was_given():
    rng = np.random.default_rng(4)
    params = next(p for p in (BENCH.sample(rng).params for _ in range(50)) if p["style"] == "park")
    few, many = (pieces(BENCH.build({**params, "slats": count}).faces) for count in (3, 7))
    assert many - few == 4


def test_a_bench_is_longer_than_deep_and_is_sat_on():
    for sample, mesh in draws(BENCH, 80):
        x, y, _ = np.ptp(mesh.vertices_m, axis=0)
        assert y > 1.4 * x or sample.params["style"] == "picnic"
        assert 0.4 < points(BENCH, mesh)["seat_front_left"][2] < 0.48


def test_a_plant_rises_out_of_a_pot_that_stands_on_the_ground():
    for sample, mesh in draws(POTTED_PLANT, 120):
        found = points(POTTED_PLANT, mesh)
        assert found["base"] == pytest.approx((0, 0, 0), abs=0.02)
        assert found["top"][2] == pytest.approx(mesh.vertices_m[:, 2].max())
        assert found["top"][2] > found["rim_near"][2]
        pot = mesh.vertices_m[np.unique(mesh.faces[mesh.face_slots == mesh.slots.index("pot")])]
        assert pot[:, 2].max() == pytest.approx(found["rim_near"][2], rel=0.05)
        assert {"pot", "soil"} < set(mesh.slots), sample.params


def test_every_style_is_drawn():
    for kind, count in ((CHAIR, 9), (COUCH, 4), (BENCH, 6), (POTTED_PLANT, 10)):
        rng = np.random.default_rng(0)
        assert len({kind.sample(rng).params["style"] for _ in range(200)}) == count
