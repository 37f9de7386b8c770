"""People: sizes by hand from the lengths of their limbs, mass from their volume, joints outside of each other."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.random import default_rng

from synthvis.objects.mesh.implicit import ellipsoid_distance_m
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.people.flesh import neck_distance_m
from synthvis.objects.people.garments import Wearer
from synthvis.objects.people.hand import Grip, hand_around
from synthvis.objects.people.person import PERSON, draw_person, seat_m, wrist_m
from synthvis.objects.people.postures import POSTURES, posed
from synthvis.objects.people.proportions import body_of
from synthvis.objects.people.skeleton import skeleton_of
from synthvis.objects.people.wardrobe import CLOTHES
from synthvis.objects.spec import Param

H_M = 1.8
BARE_HEAD: dict[str, Param] = {"hat": "none", "hair": "bald", "beard": "none", "glasses": "none", "bag": "none"}


def straight(**changes: Param) -> dict[str, Param]:
    """A man of 1.8 m and 30 years, all joints straight unless told otherwise."""
    params = draw_person(default_rng(0), clothes="street").params
    angles: dict[str, Param] = {name: 0.0 for name in params if name.endswith("_rad")}
    fixed: dict[str, Param] = {"height_m": H_M, "age_years": 30.0, "sex": "male", "bmi": 22.0}
    return {**params, **angles, **fixed, **BARE_HEAD, **changes}


def joints(mesh: Mesh) -> dict[str, np.ndarray]:
    assert PERSON.category is not None
    return dict(zip(PERSON.category.keypoints, mesh.keypoints_m, strict=True))


def test_the_keypoints_are_those_of_coco_by_torchvision() -> None:
    detection = pytest.importorskip("torchvision").models.detection
    names = detection.KeypointRCNN_ResNet50_FPN_Weights.COCO_V1.meta["keypoint_names"]
    category = PERSON.category
    assert category is not None
    assert (category.id, category.name) == (1, "person")
    assert list(category.keypoints) == names
    mirrored = {(a, b) for a, b in category.flip_pairs}
    assert mirrored == {
        (names.index(name), names.index(name.replace("left", "right"))) for name in names if name.startswith("left")
    }


def test_a_straight_person_is_as_tall_as_told() -> None:
    for seed in range(3):
        mesh = PERSON.build(straight(face_seed=seed))
        assert np.ptp(mesh.vertices_m[:, 2]) == pytest.approx(H_M, rel=0.015)


def test_left_is_left_of_who_looks_along_x_and_both_sides_mirror_each_other() -> None:
    found = joints(PERSON.build(straight()))
    assert found["nose"][0] > found["left_eye"][0] > found["left_ear"][0]
    for name, place in found.items():
        if name.startswith("left"):
            assert place[1] > 0
            other = found[name.replace("left", "right")]
            assert np.allclose(place * (1, -1, 1), other, atol=0.006), name


def test_joints_are_as_high_as_the_segments_add_up_to() -> None:
    # Drillis and Contini: ankle 0.039, shin 0.246, thigh 0.245 of stature.
    found = joints(PERSON.build(straight()))
    heights = {"ankle": 0.039, "knee": 0.039 + 0.246, "hip": 0.53}
    for name, share in heights.items():
        assert found[f"left_{name}"][2] == pytest.approx(share * H_M, abs=1e-6), name
    # Eyes are at 0.936 of stature, by the same table.
    assert found["left_eye"][2] == pytest.approx(0.936 * H_M, abs=0.015 * H_M)


def test_arms_out_span_what_their_bones_add_up_to() -> None:
    found = joints(PERSON.build(straight(out_left_rad=0.9, out_right_rad=0.9)))
    # Upper arms 0.186, forearms 0.146 of stature; the forearms turn out by 0.6 of the upper arms' angle.
    reach = 0.186 * math.sin(0.9) + 0.146 * math.sin(0.54)
    for side, sign in (("left", 1), ("right", -1)):
        across_m = sign * (found[f"{side}_wrist"] - found[f"{side}_shoulder"])[1]
        assert across_m == pytest.approx(reach * H_M, abs=1e-6)


def test_bent_knees_lower_the_head() -> None:
    bent = straight(hip_left_rad=0.5, hip_right_rad=0.5, knee_left_rad=0.9, knee_right_rad=0.9)
    drop_m = H_M * (0.245 * (1 - math.cos(0.5)) + 0.246 * (1 - math.cos(0.4)))
    nose = [joints(PERSON.build(params))["nose"][2] for params in (straight(), bent)]
    assert nose[0] - nose[1] == pytest.approx(drop_m, abs=1e-6)


@pytest.mark.parametrize(
    ("sex", "height_m", "bmi", "age_years"),
    [("male", 1.756, 25, 30), ("male", 1.7, 20, 25), ("male", 1.8, 34, 50), ("female", 1.629, 24, 30),
     ("female", 1.7, 19, 25), ("female", 1.6, 34, 50), ("male", 1.28, 16, 8), ("female", 1.02, 15.5, 4)],
)  # fmt: skip
def test_a_body_weighs_what_its_index_says(sex: str, height_m: float, bmi: float, age_years: float) -> None:
    """Volume by random points at 1,010 kg/m3; hands and feet, not counted, are 4% of it (Winter, "Biomechanics")."""
    apart: dict[str, Param] = {"out_left_rad": 0.3, "out_right_rad": 0.3, "spread_rad": 0.1}
    params = straight(sex=sex, height_m=height_m, bmi=float(bmi), age_years=float(age_years), **apart)
    body = body_of(params)
    bones = skeleton_of(body, params)
    wearer = Wearer.of(body, bones)
    points = default_rng(1).uniform((-0.3, -0.8, 0.0), (0.4, 0.8, height_m), (60_000, 3))
    solids = [wearer.trunk, *wearer.arms, *wearer.legs]
    inside = neck_distance_m(body, bones, points) < 0
    for solid in solids:
        inside |= solid.distance_m(points) < 0
    size = body.head_m / 0.228
    skull = ellipsoid_distance_m(
        points - bones.chin_m, (0.0, 0.0, 0.114 * size), np.array([0.095, 0.0755, 0.11]) * size
    )
    kg = np.mean(inside | (skull < 0)) * 0.7 * 1.6 * height_m * 1010 / 0.96
    assert kg == pytest.approx(bmi * height_m**2, rel=0.12)


@pytest.mark.parametrize("posture", sorted(POSTURES))
def test_in_every_posture_no_hand_elbow_or_knee_is_in_the_body_and_a_foot_is_on_the_ground(posture: str) -> None:
    for seed in range(25):
        params = draw_person(default_rng(seed), posture=posture).params
        body = body_of(params)
        bones = skeleton_of(body, params)
        wearer = Wearer.of(body, bones)
        ends = np.stack([place for arm in bones.arms for place in (arm.elbow_m, arm.wrist_m)])
        knees = np.stack([leg.knee_m for leg in bones.legs])
        assert wearer.trunk.distance_m(np.concatenate([ends, knees])).min() > 0.01, seed
        assert min(float(leg.distance_m(ends).min()) for leg in wearer.legs) > 0.0, seed
        assert min(float(leg.ankle_m[2]) for leg in bones.legs) < 1.6 * body.ankle_m + 0.12 * body.height_m


@pytest.mark.parametrize("posture", ["stand", "walk", "run", "sit", "crouch", "kick"])
def test_the_soles_are_the_lowest_of_a_body_on_its_feet(posture: str) -> None:
    for seed in range(3):
        mesh = PERSON.build(draw_person(default_rng(seed), posture=posture).params)
        lowest = mesh.face_slots[np.flatnonzero((mesh.vertices_m[mesh.faces][..., 2] < 1e-9).any(axis=1))]
        assert {mesh.slots[slot] for slot in lowest} <= {"soles", "skin"}


@pytest.mark.parametrize("clothes", sorted(CLOTHES))
def test_all_clothes_have_a_surface_for_each_slot(clothes: str) -> None:
    for seed in range(4):
        sample = draw_person(default_rng(seed), clothes=clothes)
        assert set(PERSON.build(sample.params).slots) == set(sample.surfaces)


def test_cloth_ends_where_it_is_cut() -> None:
    """Hems and sleeves of a T-shirt end where they are cut, but for folds and the roundness of edges."""
    cut: dict[str, Param] = {"sleeve": 0.6, "hem": 0.2, "ease": 0.007, "drape": 0.4, "collar": 1.05, "neckline": 0.6}
    flat: dict[str, Param] = {"sleeve_flare": 0.0, "hem_flare": 0.0, "folds": 0.0, "top": "t_shirt"}
    mesh = PERSON.build(straight(**cut, **flat, out_left_rad=0.9, out_right_rad=0.9))
    top = mesh.vertices_m[np.unique(mesh.faces[mesh.face_slots == mesh.slots.index("top")])]
    found = joints(mesh)
    assert top[:, 2].min() == pytest.approx(found["left_hip"][2] - 0.2 * 0.245 * H_M, abs=0.03)
    sleeve = top[top[:, 1] > found["left_shoulder"][1] + 0.06] - found["left_shoulder"]
    along_m = sleeve @ (0.0, math.sin(0.9), -math.cos(0.9))
    assert along_m.max() == pytest.approx(0.6 * 0.186 * H_M, abs=0.012)


def test_the_hand_that_holds_is_the_foremost_one() -> None:
    params = straight(shoulder_left_rad=0.5, elbow_left_rad=1.5, out_left_rad=0.1)
    # Elbow and wrist from the shoulder, by hand.
    forward_m = H_M * (0.186 * math.sin(0.5) * math.cos(0.1) + 0.146 * math.sin(2.0) * math.cos(0.06))
    assert wrist_m(params)[0] == pytest.approx(forward_m, abs=1e-6)
    assert wrist_m(params)[1] > 0
    found = joints(PERSON.build(params))
    assert np.allclose(found["left_wrist"], wrist_m(params), atol=1e-6)


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
    params = straight(
        **{f"{joint}_{side}_rad": math.pi / 2 for joint in ("hip", "knee") for side in ("left", "right")},
        leg_ease=0.004,
    )
    # Level thighs of 0.053 of stature over upright shins of 0.246 and feet of 0.039.
    found_m = seat_m(params)
    assert found_m == pytest.approx(H_M * (0.246 + 0.039 - 0.053 - 0.004), abs=0.006 * H_M)
    thighs = PERSON.build(params).vertices_m
    under = thighs[(thighs[:, 0] > 0.06 * H_M) & (thighs[:, 0] < 0.16 * H_M) & (thighs[:, 2] > 0.15 * H_M)]
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
