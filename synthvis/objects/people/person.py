"""People: bodies of every age and build, dressed, who stand, walk, sit, play and carry things."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.draws import pick
from synthvis.objects.clutter import UPRIGHT
from synthvis.objects.mesh.joints import Rig
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import Part, merge
from synthvis.objects.mesh.params import number, numbers
from synthvis.objects.object_type import FACES_PLUS_X, ObjectType, Sample
from synthvis.objects.people.accessories import bag_parts, glasses_parts
from synthvis.objects.people.extremities import foot_parts, relaxed_hand
from synthvis.objects.people.garments import Wearer, bare_leg_parts, bare_upper_parts, bottom_part, top_part
from synthvis.objects.people.hair import hair_parts
from synthvis.objects.people.hand import Grip, hand_around
from synthvis.objects.people.head import Head, head_of
from synthvis.objects.people.limbs import (
    KEYPOINT_JOINTS,
    follow_body,
    follow_lower_body,
    follow_part,
    follow_upper_body,
    joints_of,
)
from synthvis.objects.people.postures import STROLLING, posed
from synthvis.objects.people.proportions import Body, body_of, draw_body
from synthvis.objects.people.skeleton import SIDES, Arm, Skeleton, raised_side, skeleton_of
from synthvis.objects.people.wardrobe import draw_clothes
from synthvis.objects.spec import Category, Param

__all__ = ["OBJECT_TYPES", "PERSON", "draw_person", "seat_m", "wrist_m"]

Float = NDArray[np.float64]
Following = tuple[Part, Callable[[], Float]]
"""A part, and what gives the weights by which it follows the joints."""

_CATEGORY = Category(
    id=1,
    name="person",
    supercategory="person",
    keypoints=(
        "nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder", "left_elbow",
        "right_elbow", "left_wrist", "right_wrist", "left_hip", "right_hip", "left_knee", "right_knee",
        "left_ankle", "right_ankle",
    ),
    skeleton=(
        (15, 13), (13, 11), (16, 14), (14, 12), (11, 12), (5, 11), (6, 12), (5, 6), (5, 7), (6, 8), (7, 9), (8, 10),
        (1, 2), (0, 1), (0, 2), (1, 3), (2, 4), (3, 5), (4, 6),
    ),
    flip_pairs=((1, 2), (3, 4), (5, 6), (7, 8), (9, 10), (11, 12), (13, 14), (15, 16)),
)  # fmt: skip
"""COCO's class of id 1, its 17 keypoints and its skeleton."""
DEPTHS = (
    0.0,
    0.006,
    0.006,
    0.012,
    0.012,
    *(depth for depth in (0.06, 0.034, 0.024, 0.085, 0.048, 0.04) for _ in range(2)),
)
"""How far under skin and cloth the keypoints are, over stature: half the thickness of the body there and 1 cm."""


def draw_person(rng: Generator, *, clothes: str | None = None, posture: str | None = None) -> Sample:
    """Somebody.

    Args:
        rng: Source of the draws.
        clothes: One of `wardrobe.CLOTHES`; None: what people wear in the street.
        posture: One of `postures.POSTURES`; None: what people do who do nothing.

    Raises:
        KeyError: No such clothes or posture.
    """
    body = draw_body(rng)
    angles = posed(rng, posture or pick(rng, STROLLING))
    worn, surfaces = draw_clothes(rng, body, clothes or "street")
    return Sample(params={**body, **worn, **angles, "grip": ()}, surfaces=surfaces)


def wrist_m(params: Mapping[str, Param]) -> tuple[float, float, float]:
    """Where the wrist of the more raised hand is, in the frame of the mesh, metres."""
    bones = skeleton_of(body_of(params), params)
    x_m, y_m, z_m = bones.arms[raised_side(params)].wrist_m.tolist()
    return x_m, y_m, z_m


def seat_m(params: Mapping[str, Param]) -> float:
    """Height of the undersides of the thighs where they meet the body: what a seat has to be at, metres."""
    body = body_of(params)
    bones = skeleton_of(body, params)
    return float(
        bones.pelvis_m[2] - 0.054 * body.height_m * body.girth**0.9 - number(params, "leg_ease") * body.height_m
    )


def _build(params: Mapping[str, Param]) -> Mesh:
    """+x is where the person looks; the lower foot stands on z = 0.

    "grip" holds the fields of a `Grip`, or nothing where nothing is held.
    """
    body = body_of(params)
    bones = skeleton_of(body, params)
    wearer, head = Wearer.of(body, bones), head_of(body, bones, params)
    found = _following_body([*head.skin(), *hair_parts(head, params), *glasses_parts(head, params)])
    upper, legs = bare_upper_parts(wearer, params), bare_leg_parts(wearer, params)
    found += [(part, partial(follow_upper_body, wearer, params, part.vertices_m, skirt=False)) for part in upper]
    found += [(part, partial(follow_lower_body, wearer, part.vertices_m, skirt=False)) for part in legs]
    if params["top"] != "none":
        top = top_part(wearer, params)
        found.append((top, partial(follow_upper_body, wearer, params, top.vertices_m, skirt=True)))
    if params["outfit"] != "none":
        bottom = bottom_part(wearer, params)
        skirt = params["outfit"] == "skirt"
        found.append((bottom, partial(follow_lower_body, wearer, bottom.vertices_m, skirt=skirt)))
    for (side, _), leg in zip(SIDES, bones.legs, strict=True):
        found += _following_joint(foot_parts(body, leg, params), f"ankle_{side}")
    held = numbers(params, "grip")
    for number_of_arm, ((side, _), arm) in enumerate(zip(SIDES, bones.arms, strict=True)):
        if held and number_of_arm == raised_side(params):
            grip = Grip(held[0], held[1], tilt_rad=held[2], from_behind=bool(held[3]))
            hand = hand_around("skin", grip, arm.wrist_m, body.height_m / 1.75)
        else:
            hand = relaxed_hand(body, bones, arm, number(params, "curl_rad"))
        found += _following_joint(hand, f"elbow_{side}")
    found += _following_body(bag_parts(wearer, params))
    return _joined(found, body, bones, _keypoints_m(bones, head))


def _following_body(parts: Sequence[Part]) -> list[Following]:
    return [(part, partial(follow_body, len(part.vertices_m))) for part in parts]


def _following_joint(parts: Sequence[Part], joint: str) -> list[Following]:
    return [(part, partial(follow_part, len(part.vertices_m), joint)) for part in parts]


def _joined(found: Sequence[Following], body: Body, bones: Skeleton, keypoints_m: Float) -> Mesh:
    """One mesh of parts that come with the weights by which they follow the joints."""
    mesh = merge([replace(part, attributes=_named(part)) for part, _ in found], keypoints_m)
    rig = Rig(
        joints=joints_of(bones, float(keypoints_m[0, 2] - mesh.keypoints_m[0, 2])),
        weigh=cache(lambda: np.concatenate([weigh() for _, weigh in found]).astype(np.float32)),
        vertices_m=mesh.vertices_m,
        keypoint_joints=KEYPOINT_JOINTS,
        keypoints_m=mesh.keypoints_m,
    )
    depths_m = np.array(DEPTHS) * body.height_m * np.maximum(body.girth, 1.0)
    return replace(mesh, keypoint_depths_m=depths_m, rig=rig)


def _named(part: Part) -> dict[str, Float]:
    """Only what surfaces of people read."""
    return {name: values for name, values in part.attributes.items() if name.startswith(("rest_", "face_"))}


def _keypoints_m(bones: Skeleton, head: Head) -> Float:
    """(17, 3) in COCO's order."""

    def pairs(joint: str, limbs: tuple[Arm, Arm] | tuple) -> list[Float]:  # type: ignore[type-arg]
        return [getattr(limb, joint) for limb in limbs]

    joints = [*pairs("shoulder_m", bones.arms), *pairs("elbow_m", bones.arms), *pairs("wrist_m", bones.arms)]
    joints += [*pairs("hip_m", bones.legs), *pairs("knee_m", bones.legs), *pairs("ankle_m", bones.legs)]
    return np.concatenate([head.keypoints_m(), np.stack(joints)])


PERSON = ObjectType(
    name="person",
    category=_CATEGORY,
    sample=draw_person,
    build=_build,
    rest_poses=(UPRIGHT,),
    front_rad=FACES_PLUS_X,
)
"""People, who look along +x."""

OBJECT_TYPES: tuple[ObjectType, ...] = (PERSON,)
