"""Screens, signs, signals, umbrellas, kites, boards and discs: geometry that can be worked out by hand."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from synthvis.objects.electronics.laptop import LAPTOP
from synthvis.objects.electronics.tv import TV
from synthvis.objects.household.umbrella import UMBRELLA
from synthvis.objects.mesh.meshes import is_closed, volume_m3
from synthvis.objects.mesh.plates import frusta, limb, prism, rounded_rectangle, sheet, split, stack, stroke
from synthvis.objects.registry import OBJECT_TYPES
from synthvis.objects.sports.boards import SKATEBOARD, SURFBOARD
from synthvis.objects.sports.frisbee import FRISBEE
from synthvis.objects.sports.kite import KITE
from synthvis.objects.street.stop_sign import STOP_SIGN
from synthvis.objects.street.traffic_light import TRAFFIC_LIGHT

COCO_IDS = {"tv": 72, "laptop": 73, "stop_sign": 13, "traffic_light": 10, "umbrella": 28, "frisbee": 34, "kite": 38,
            "surfboard": 42, "skateboard": 41}  # fmt: skip
LARGEST_M = {"tv": (0.35, 1.6), "laptop": (0.28, 0.6), "stop_sign": (0.4, 0.95), "traffic_light": (0.22, 1.6),
             "umbrella": (0.2, 3.6), "frisbee": (0.15, 0.34), "kite": (0.5, 12.0), "surfboard": (1.5, 3.1),
             "skateboard": (0.5, 1.15)}  # fmt: skip
LABELLED = (TV, LAPTOP, STOP_SIGN, TRAFFIC_LIGHT, UMBRELLA, FRISBEE, KITE, SURFBOARD, SKATEBOARD)


def of_style(kind, style, count=4):
    """Samples of one style."""
    rng = np.random.default_rng(7)
    drawn = (kind.sample(rng) for _ in range(2000))
    found = list(itertools.islice((sample for sample in drawn if sample.params["style"] == style), count))
    assert len(found) == count
    return found


def vertices_of(mesh, slot):
    return mesh.vertices_m[np.unique(mesh.faces[mesh.face_slots == mesh.slots.index(slot)])]


@pytest.mark.parametrize("kind", LABELLED, ids=lambda kind: kind.name)
def test_things_have_the_sizes_of_real_ones_and_the_ids_of_coco(kind):
    assert kind.category.id == COCO_IDS[kind.name]
    assert OBJECT_TYPES[kind.name] is kind
    low, high = LARGEST_M[kind.name]
    rng = np.random.default_rng(4)
    for _ in range(80):
        assert low < np.ptp(kind.build(kind.sample(rng).params).vertices_m, axis=0).max() < high


# Pieces


@pytest.mark.parametrize(
    ("part", "volume"),
    [
        (prism("a", rounded_rectangle(0.2, 0.1, 0.0001), 0.0, 0.05), 0.4 * 0.2 * 0.05),
        (stroke("a", [(0, 0), (1, 0), (1, 1)], 0.1, 0.0, 0.2), 0.1 * 0.2 * 2.0),
        (frusta("a", [(0, 0), (2, 0)], [(1, 1), (3, 1)], 0.5, 0.0), 2 * 0.5),
        (limb("a", (0, 0, 0), (0, 0, 2), 0.1, 200), 2 * np.pi * 0.01),
        (stack("a", [(0.0, 0.5, 0.5, 0.0001), (2.0, 0.5, 0.5, 0.0001)]), 2.0),
    ],
    ids=["prism", "stroke", "frusta", "limb", "stack"],
)
def test_pieces_enclose_the_volume_of_their_shape(part, volume):
    assert is_closed(part.faces)
    assert volume_m3(part.vertices_m, part.faces) == pytest.approx(volume, rel=0.002)


def test_a_sheet_is_as_thick_as_asked_and_faces_its_front():
    u, v = np.meshgrid(np.linspace(0, 2, 5), np.linspace(0, 1, 4))
    part = sheet("a", np.stack([u, v, 0 * u], axis=2), 0.01)
    assert is_closed(part.faces)
    assert volume_m3(part.vertices_m, part.faces) == pytest.approx(2 * 1 * 0.01)
    assert part.vertices_m[part.attributes["front"] > 0.5][:, 2] == pytest.approx(0.005)


def test_a_split_part_keeps_its_faces():
    part = limb("a", (0, 0, 0), (0, 0, 1), 0.1)
    slots = np.arange(len(part.faces)) % 3
    pieces = split(part, slots, ("x", "y", "z"))
    assert [piece.slot for piece in pieces] == ["x", "y", "z"]
    assert sum(volume_m3(piece.vertices_m, piece.faces) for piece in pieces) == pytest.approx(
        volume_m3(part.vertices_m, part.faces)
    )


# Screens


def test_a_screen_has_the_diagonal_its_inches_say():
    for sample in of_style(TV, "monitor"):
        points = TV.build(sample.params).keypoints_m
        diagonal = np.linalg.norm(points[0] - points[2]) / 0.0254
        assert 16.9 < diagonal < 28.1
        assert points[0][2] > points[3][2] and points[1][0] > points[0][0]


def test_a_tube_is_deep_and_a_flat_set_is_not():
    depths = {style: [np.ptp(vertices_of(TV.build(s.params), "body")[:, 1]) for s in of_style(TV, style)]
              for style in ("flat", "tube")}  # fmt: skip
    assert max(depths["flat"]) < 0.14 < 0.2 < min(depths["tube"])


def test_a_screen_looks_the_way_its_picture_is_drawn():
    mesh = TV.build(of_style(TV, "flat")[0].params)
    u, v = mesh.attributes["u"], mesh.attributes["v"]
    glass = np.unique(mesh.faces[mesh.face_slots == mesh.slots.index("screen")])
    assert np.corrcoef(u[glass], mesh.vertices_m[glass, 0])[0, 1] > 0.99
    assert np.corrcoef(v[glass], mesh.vertices_m[glass, 2])[0, 1] > 0.99


@pytest.mark.parametrize("degrees", [0, 60, 90, 120, 160])
def test_a_laptop_opens_to_its_angle(degrees):
    sample = LAPTOP.sample(np.random.default_rng(1))
    mesh = LAPTOP.build({**sample.params, "angle_rad": np.radians(degrees)})
    points = dict(zip(LAPTOP.category.keypoints, mesh.keypoints_m, strict=True))
    lid, deck = (points[name] - points["hinge_left"] for name in ("lid_top_left", "front_left"))
    cosine = lid @ deck / np.linalg.norm(lid) / np.linalg.norm(deck)
    assert np.degrees(np.arccos(np.clip(cosine, -1, 1))) == pytest.approx(degrees, abs=4)


def test_a_laptop_has_rows_of_keys_on_its_deck():
    for seed in range(20):
        sample = LAPTOP.sample(np.random.default_rng(seed))
        mesh = LAPTOP.build({**sample.params, "pad_buttons": False})
        keys = np.count_nonzero(mesh.face_slots == mesh.slots.index("keys"))
        assert 70 <= keys / 12 <= 105
        assert vertices_of(mesh, "keys")[:, 2].min() >= sample.params["base_m"] - 1e-9


# Signs and signals


def test_a_stop_sign_is_an_octagon():
    sample = STOP_SIGN.sample(np.random.default_rng(0))
    mesh = STOP_SIGN.build({**sample.params, "bend_per_m": 0.0, "dent_m": 0.0})
    points = mesh.keypoints_m
    sides = np.linalg.norm(points - np.roll(points, 1, axis=0), axis=1)
    assert sides == pytest.approx(sample.params["size_m"] * np.tan(np.pi / 8))
    assert np.ptp(mesh.vertices_m[:, [0, 2]], axis=0) == pytest.approx(sample.params["size_m"])


@pytest.mark.parametrize("word", ["STOP", "PARE", "ALTO"])
def test_the_word_fits_the_sign_and_stands_before_it(word):
    sample = STOP_SIGN.sample(np.random.default_rng(0))
    params = {**sample.params, "word": word, "bend_per_m": 0.0, "dent_m": 0.0}
    mesh = STOP_SIGN.build(params)
    white = vertices_of(mesh, "white")
    # The letters are what of the white reaches nearest to the viewer, who is at -y.
    letters = white[white[:, 1] < white[:, 1].min() + 1e-6]
    assert 0.75 < np.ptp(letters[:, 0]) / params["size_m"] < 0.9
    assert 0.3 < np.ptp(letters[:, 2]) / params["size_m"] < 0.4
    assert letters[:, 1].max() < vertices_of(mesh, "red")[:, 1].min()
    assert vertices_of(mesh, "back")[:, 1].max() > vertices_of(mesh, "red")[:, 1].max()


def test_posts_reach_the_ground_and_carry_no_label():
    rng = np.random.default_rng(5)
    for kind in (STOP_SIGN, TRAFFIC_LIGHT):
        for _ in range(40):
            for part in kind.sample(rng).attachments:
                assert OBJECT_TYPES[part.kind].category is None
                mesh = OBJECT_TYPES[part.kind].build(part.params)
                assert set(mesh.slots) == set(part.surfaces)
                # The post starts far below what it carries and ends at its height or above.
                low = part.object_from_part[2][3]
                assert low < -0.8
                assert mesh.vertices_m[:, 2].max() + low > -0.01


@pytest.mark.parametrize(
    ("style", "count"), [("three", 3), ("across", 3), ("two", 2), ("walk_two", 2), ("walk_one", 1)]
)
def test_a_traffic_light_has_its_lamps_and_at_most_one_is_lit(style, count):
    for sample in of_style(TRAFFIC_LIGHT, style):
        lamps = [surface for name, surface in sample.surfaces.items() if name.startswith("lamp_")]
        assert len(lamps) == count
        assert sum(surface.params["brightness"] > 0 for surface in lamps) == (sample.params["lit"] != "none")
        mesh = TRAFFIC_LIGHT.build(sample.params)
        if count > 1:
            red, green = (vertices_of(mesh, f"lamp_{name}").mean(axis=0) for name in ("red", "green"))
            apart = green - red
            # Red is on top, or on the left as the driver sees it.
            assert (apart[0] > 0.2 and abs(apart[2]) < 1e-6) if style == "across" else (apart[2] < -0.2)


# Umbrellas


def test_an_open_umbrella_has_its_rim_below_its_tip_and_above_its_handle():
    for sample in of_style(UMBRELLA, "open"):
        params = {**sample.params, "grounded": False, "tilt_rad": 0.0}
        points = dict(zip(UMBRELLA.category.keypoints, UMBRELLA.build(params).keypoints_m, strict=True))
        assert points["tip"][2] > points["rim_near"][2] + 0.15
        assert points["rim_near"][2] > points["foot"][2] + 0.2
        assert points["rim_near"][0] - points["rim_far"][0] == pytest.approx(2 * params["radius_m"])


def test_a_canopy_is_widest_at_its_ribs():
    params = {
        **of_style(UMBRELLA, "open")[0].params,
        "grounded": False,
        "tilt_rad": 0.0,
        "panels": (0,) * 8,
        "lining": False,
    }
    cloth = vertices_of(UMBRELLA.build(params), "cloth_0")
    away = np.hypot(cloth[:, 0], cloth[:, 1])
    angle = np.degrees(np.arctan2(cloth[:, 1], cloth[:, 0])) % 45
    at_rib, between = away[np.minimum(angle, 45 - angle) < 1].max(), away[np.abs(angle - 22.5) < 1].max()
    assert at_rib == pytest.approx(params["radius_m"])
    assert 0.84 < between / at_rib < 0.97


def test_an_umbrella_laid_down_rests_on_its_rim_and_its_handle():
    for style in ("open", "paper"):
        for sample in of_style(UMBRELLA, style, 4):
            mesh = UMBRELLA.build({**sample.params, "grounded": True})
            points = dict(zip(UMBRELLA.category.keypoints, mesh.keypoints_m, strict=True))
            assert points["rim_near"][2] == pytest.approx(points["foot"][2], abs=1e-9)
            assert points["foot"][2] < 0.05
            assert points["tip"][2] > 0.2


def test_a_rolled_umbrella_is_slim():
    for sample in of_style(UMBRELLA, "rolled"):
        mesh = UMBRELLA.build({**sample.params, "tilt_rad": 0.0})
        size = np.ptp(mesh.vertices_m, axis=0)
        assert size[2] > 6 * size[:2].max()


# Discs, kites, boards


@pytest.mark.parametrize("style", ["ultimate", "toy", "golf", "ring", "cloth"])
def test_a_disc_is_round_flat_and_light(style):
    for sample in of_style(FRISBEE, style, 5):
        mesh = FRISBEE.build(sample.params)
        size = np.ptp(mesh.vertices_m, axis=0)
        assert size[0] == pytest.approx(2 * sample.params["radius_m"], rel=0.01)
        assert size[2] < 0.35 * size[0]
        if style != "ring":
            # Prints are laid where "along" says crown, which must not reach the underside.
            crown = mesh.vertices_m[mesh.attributes["along"] > 0.58]
            under = mesh.vertices_m[mesh.attributes["along"] < 0.4]
            inner = np.hypot(*under[:, :2].T) < 0.5 * sample.params["radius_m"]
            assert crown[:, 2].max() > under[inner, 2].max() + 0.001
        # As plastic of 0.95 g/cm3 it weighs 40 to 300 g.
        assert 0.04 < 950 * volume_m3(mesh.vertices_m, mesh.faces) < 0.3


def test_kites_are_wider_or_taller_as_their_style_asks_and_symmetric():
    for style, wide in (
        ("delta", True),
        ("stunt", True),
        ("parafoil", True),
        ("arc", True),
        ("diamond", False),
        ("box", False),
    ):
        for sample in of_style(KITE, style, 4):
            mesh = KITE.build({**sample.params, "tails": 0})
            size = np.ptp(mesh.vertices_m, axis=0)
            assert (size[0] > size[2]) == wide, style
            nose, _, left, right = mesh.keypoints_m
            assert left[0] == pytest.approx(-right[0]) and left[0] < 0 < nose[2]
            assert mesh.vertices_m[:, 0].max() == pytest.approx(-mesh.vertices_m[:, 0].min(), abs=0.02)


def test_tails_hang_below_the_sail():
    for sample in of_style(KITE, "diamond", 5):
        mesh = KITE.build(sample.params)
        assert vertices_of(mesh, "tail")[:, 2].min() == 0
        assert vertices_of(mesh, "sail")[:, 2].min() > 0.8 * sample.params["tail_m"]


def test_surfboards_are_long_thin_and_have_their_fins_below():
    rng = np.random.default_rng(3)
    for _ in range(30):
        sample = SURFBOARD.sample(rng)
        mesh = SURFBOARD.build(sample.params)
        size = np.ptp(mesh.vertices_m, axis=0)
        assert size[0] == pytest.approx(sample.params["length_m"], rel=0.03)
        assert size[0] > 2.6 * size[1]
        fins = vertices_of(mesh, "fin")
        assert fins[:, 2].min() == pytest.approx(0) and fins[:, 0].max() < 0
        assert vertices_of(mesh, "deck")[:, 2].max() > fins[:, 2].max()


def test_four_wheels_touch_the_ground():
    rng = np.random.default_rng(3)
    for _ in range(30):
        sample = SKATEBOARD.sample(rng)
        mesh = SKATEBOARD.build(sample.params)
        wheels = vertices_of(mesh, "wheel")
        low = wheels[wheels[:, 2] < 0.001]
        assert {(bool(x > 0), bool(y > 0)) for x, y, _ in low} == {(a, b) for a in (False, True) for b in (False, True)}
        assert vertices_of(mesh, "top")[:, 2].min() > 2 * sample.params["wheel_m"]
        # Only the trucks and wheels are lower than the deck.
        assert vertices_of(mesh, "bottom")[:, 2].min() > 1.9 * sample.params["wheel_m"]
