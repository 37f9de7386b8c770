"""Books, clocks, scissors, teddy bears, remotes, phones, mice and keyboards: sizes, counts and angles."""

from __future__ import annotations

import numpy as np
import pytest

from synthvis.objects.electronics.keyboard import _keys
from synthvis.objects.household.clock_face import angle_rad, digits
from synthvis.objects.mesh.meshes import is_closed, volume_m3
from synthvis.objects.mesh.outlines import hoop, pads, rounded_rectangle, slab, stacks, strokes
from synthvis.objects.registry import OBJECT_TYPES

# Smallest and largest extent along the longest side, metres.
SIZES = {
    "book": (0.14, 0.37),
    "book_open": (0.19, 0.66),
    "book_stack": (0.14, 0.37),
    "book_row": (0.14, 0.37),
    "clock": (0.06, 0.68),
    "scissors": (0.085, 0.3),
    "teddy_bear": (0.15, 1.0),
    "remote": (0.12, 0.24),
    "cell_phone": (0.08, 0.24),
    "mouse": (0.083, 0.135),
    "keyboard": (0.28, 0.5),
}
LABELLED = tuple(SIZES)
IDS = {
    "book": 84,
    "clock": 85,
    "scissors": 87,
    "teddy_bear": 88,
    "remote": 75,
    "cell_phone": 77,
    "mouse": 74,
    "keyboard": 76,
}


def drawn(name, seed):
    sample = OBJECT_TYPES[name].sample(np.random.default_rng(seed))
    return sample, OBJECT_TYPES[name].build(sample.params)


def drawn_as(name, style, count=3):
    found = [drawn(name, seed) for seed in range(150)]
    return [(sample, mesh) for sample, mesh in found if sample.params["style"] == style][:count]


def points_of(name, mesh):
    return dict(zip(OBJECT_TYPES[name].category.keypoints, mesh.keypoints_m, strict=True))


@pytest.mark.parametrize("name", LABELLED)
def test_sizes_and_keypoints_are_those_of_the_thing(name):
    low_m, high_m = SIZES[name]
    for seed in range(40):
        _, mesh = drawn(name, seed)
        assert low_m < np.ptp(mesh.vertices_m, axis=0).max() < high_m
        assert len(mesh.keypoints_m) == len(OBJECT_TYPES[name].category.keypoints)
        assert (mesh.keypoints_m >= mesh.vertices_m.min(axis=0) - 0.001).all()
        assert (mesh.keypoints_m <= mesh.vertices_m.max(axis=0) + 0.001).all()


def test_categories_are_cocos():
    assert {name: OBJECT_TYPES[name].category.id for name in IDS} == IDS
    assert {OBJECT_TYPES[name].category.name for name in ("book", "book_open", "book_stack", "book_row")} == {"book"}
    for name in IDS:
        category = OBJECT_TYPES[name].category
        paired = [index for pair in category.flip_pairs for index in pair]
        assert len(set(paired)) == len(paired)
        assert max([*paired, *(index for edge in category.skeleton for index in edge)]) < len(category.keypoints)


# Outlines


def test_a_slab_has_the_volume_of_its_outline():
    part = slab("s", rounded_rectangle((0.2, 0.1), 0.02, 30), [(0.0, 0.0), (0.0, 0.03)])
    area = 0.2 * 0.1 - (4 - np.pi) * 0.02**2
    assert volume_m3(part.vertices_m, part.faces) == pytest.approx(0.03 * area, rel=1e-3)
    assert is_closed(part.faces)
    assert np.abs(part.attributes["u"][:-2]).max() == pytest.approx(1)


def test_pads_and_strokes_are_closed_and_as_large_as_asked():
    keys = pads("k", [(0, 0, 0), (1, 0, 0)], (0.5, 0.4), 0.2, taper=0.0)
    assert volume_m3(keys.vertices_m, keys.faces) == pytest.approx(2 * 0.5 * 0.4 * 0.2)
    assert is_closed(keys.faces)
    bars = strokes("b", [[(0, 0), (3, 4)]], 0.1, (0.0, 0.2))
    assert volume_m3(bars.vertices_m, bars.faces) == pytest.approx(5 * 0.1 * 0.2)
    assert is_closed(bars.faces)
    cube = np.array([[(-1, -1), (1, -1), (1, 1), (-1, 1)]] * 2, dtype=float)
    rings = np.concatenate([cube, np.array([0.0, 1.0])[:, None, None] * np.ones((2, 4, 1))], axis=2)
    assert volume_m3(stacks("c", rings[None]).vertices_m, stacks("c", rings[None]).faces) == pytest.approx(4)


def test_a_hoop_is_a_torus():
    turn = np.arange(60) / 60 * 2 * np.pi
    part = hoop("h", np.stack([np.cos(turn), np.sin(turn), 0 * turn], axis=1), 0.2, 40)
    assert volume_m3(part.vertices_m, part.faces) == pytest.approx(2 * np.pi**2 * 0.2**2, rel=0.01)
    assert is_closed(part.faces)


# Books


def test_a_book_is_as_large_as_it_was_given():
    for sample, mesh in drawn_as("book", "hardcover", 5):
        p = sample.params
        size = np.ptp(mesh.vertices_m, axis=0)
        assert size[1:] == pytest.approx((p["height_m"], p["thickness_m"]))
        assert size[0] == pytest.approx(p["width_m"] + p["round"] * p["thickness_m"])
        pages = mesh.vertices_m[mesh.faces[mesh.face_slots == mesh.slots.index("pages")]]
        assert pages[..., 0].max() < mesh.vertices_m[:, 0].max()


def test_books_of_a_stack_lie_on_each_other():
    for seed in range(15):
        sample, mesh = drawn("book_stack", seed)
        top_m = mesh.vertices_m[:, 2].max()
        assert 1 <= len(sample.attachments) <= 5
        for part in sample.attachments:
            assert OBJECT_TYPES[part.kind].category.name == "book"
            assert part.object_from_part[2][3] == pytest.approx(top_m, abs=0.001)
            top_m = part.object_from_part[2][3] + part.params["thickness_m"]


def test_books_of_a_row_stand_on_one_shelf_without_meeting():
    for seed in range(25):
        sample, mesh = drawn("book_row", seed)
        tail_m, reach_m = mesh.vertices_m[:, 1].min(), mesh.vertices_m[:, 2].max()
        for part in sample.attachments:
            place = np.array(part.object_from_part)
            points = OBJECT_TYPES["book"].build(part.params).vertices_m @ place[:3, :3].T + place[:3, 3]
            assert points[:, 1].min() == pytest.approx(tail_m, abs=1e-6)
            foot = points[points[:, 1] < tail_m + 1e-4]
            assert foot[:, 2].min() >= reach_m - 1e-6
            reach_m = foot[:, 2].max()


# Clocks


def test_hours_run_clockwise_from_the_top():
    assert [angle_rad(hours) for hours in (12, 3, 6)] == pytest.approx([-1.5 * np.pi, 0, -0.5 * np.pi])
    for seed in range(30):
        _, mesh = drawn("clock", seed)
        p = points_of("clock", mesh)
        assert p["twelve"][2] > p["centre"][2] > p["six"][2]
        assert p["three"][0] > p["centre"][0] > p["nine"][0]
        # It looks along -y.
        assert p["centre"][1] < mesh.vertices_m[:, 1].mean()


def test_digits_light_the_right_number_of_segments():
    for label, count in (("8", 7), ("1", 2), ("12:45", 2 + 5 + 2 + 4 + 5)):
        part = digits("d", label, 0.1, 0.14, (0.0, 0.001))
        assert len(part.vertices_m) == 8 * count
    assert np.ptp(digits("d", "8", 0.1, 0.14, (0.0, 0.001)).vertices_m[:, 1]) == pytest.approx(0.1)


# Scissors


def test_scissors_open_by_their_angle_and_have_two_finger_holes():
    for seed in range(30):
        sample, mesh = drawn("scissors", seed)
        p = points_of("scissors", mesh)
        tips = [p[name] - p["pivot"] for name in ("left_tip", "right_tip")]
        angles = [np.arctan2(tip[1], tip[0]) for tip in tips]
        lean = 2 * np.arctan2(0.28 * sample.params["blade_width"], sample.params["blade"])
        assert angles[0] - angles[1] == pytest.approx(sample.params["open_rad"] - lean, abs=1e-6)
        reach_m = np.linalg.norm(tips[0])
        assert reach_m > 4 * sample.params["blade_width"] * sample.params["length_m"]
        assert (p["left_ring"][0], p["right_ring"][0]) < (0, 0)
        assert p["left_ring"][1] > p["right_ring"][1]


# Teddy bears


def test_a_bear_is_as_tall_as_asked_and_its_face_is_in_front():
    for seed in range(20):
        sample, mesh = drawn("teddy_bear", seed)
        assert mesh.vertices_m[:, 2].max() == pytest.approx(sample.params["height_m"])
        p = points_of("teddy_bear", mesh)
        assert p["nose"][1] < min(p["left_ear"][1], p["right_ear"][1])
        assert p["left_eye"][0] > p["right_eye"][0]
        assert min(p["left_ear"][2], p["right_ear"][2]) > p["nose"][2] > p["left_foot"][2]
        if sample.params["pose"] == "sitting":
            assert p["left_foot"][1] < -0.1 * sample.params["height_m"]


# Electronics


def test_keyboards_have_as_many_keys_as_real_ones():
    assert [len(_keys(layout)[0]) for layout in ("compact", "no_pad", "full")] == [61, 87, 104]
    for layout in ("compact", "no_pad", "full"):
        keys, _ = _keys(layout)
        low, high = keys[:, :2] - keys[:, 2:] / 2, keys[:, :2] + keys[:, 2:] / 2
        meet = (low[:, None] < high[None] - 1e-9).all(axis=2) & (low[None] < high[:, None] - 1e-9).all(axis=2)
        assert meet.sum() == len(keys)


def test_a_keyboard_rises_away_from_the_typist_on_a_flat_underside():
    for seed in range(10):
        _, mesh = drawn("keyboard", seed)
        p = points_of("keyboard", mesh)
        assert p["far_left"][2] > p["near_left"][2]
        assert (mesh.vertices_m[:, 2] < 1e-9).sum() > 20


def test_a_mouse_is_longer_than_wide_and_wider_than_high():
    for seed in range(30):
        sample, mesh = drawn("mouse", seed)
        length_m, width_m, height_m = np.ptp(mesh.vertices_m, axis=0)
        assert length_m > width_m > height_m
        assert points_of("mouse", mesh)["front"][0] > 0
        assert len(sample.attachments) <= 1
        for part in sample.attachments:
            assert OBJECT_TYPES[part.kind].category is None


def test_remotes_are_slender_with_buttons_on_top():
    for seed in range(30):
        sample, mesh = drawn("remote", seed)
        size = np.ptp(mesh.vertices_m, axis=0)
        assert size[1] > 2.2 * size[0] > 2.2 * size[2]
        buttons = mesh.vertices_m[mesh.faces[mesh.face_slots == mesh.slots.index("buttons")]]
        assert buttons[..., 2].max() > sample.params["thickness_m"]
        assert np.abs(buttons[..., 0]).max() < sample.params["width_m"] / 2


def test_smartphones_have_a_screen_in_front_and_cameras_behind():
    for sample, mesh in drawn_as("cell_phone", "slab", 8):
        corners = {slot: mesh.vertices_m[mesh.faces[mesh.face_slots == k]] for k, slot in enumerate(mesh.slots)}
        assert corners["screen"][..., 2].max() == pytest.approx(mesh.vertices_m[:, 2].max(), abs=0.001)
        assert corners["island"][..., 2].min() < 0.002
        assert sample.params["length_m"] > 1.85 * sample.params["width_m"]


def test_a_folding_phone_opens_by_its_angle():
    for sample, mesh in drawn_as("cell_phone", "flip", 4):
        p = points_of("cell_phone", mesh)
        rise = p["top_left"] - p["bottom_left"]
        is_open = sample.params["fold_rad"] > 1
        assert (rise[1] > 1.5 * sample.params["length_m"]) == is_open
