"""What people wear on trunk and limbs, as closed skins: tops, trousers, skirts, and the skin between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from synthvis.objects.mesh.implicit import Solid, meet, skin_of, union
from synthvis.objects.mesh.meshes import Part
from synthvis.objects.mesh.params import number
from synthvis.objects.people.flesh import Limb, Trunk, arm_limb, box_around, leg_limb, neck_distance_m
from synthvis.objects.people.proportions import Body
from synthvis.objects.people.skeleton import Skeleton
from synthvis.objects.spec import Param

__all__ = [
    "Wearer",
    "around_trunk",
    "bare_leg_parts",
    "bare_upper_parts",
    "bottom_part",
    "sleeves_of",
    "top_part",
    "top_solid",
]

Float = NDArray[np.float64]

STEP = 0.0152
"""Side of the cells of cloth over stature."""
LAPS = 5
"""Legs that a skirt is spanned over: both, and some in between."""
WAISTBAND = 0.27
"""Where trousers end, from the hips (0) to the shoulders (1)."""


@dataclass(frozen=True, slots=True, eq=False)
class Wearer:
    """A body in its posture, as garments are cut for it."""

    body: Body
    bones: Skeleton
    trunk: Trunk
    arms: tuple[Limb, Limb]
    legs: tuple[Limb, Limb]

    @staticmethod
    def of(body: Body, bones: Skeleton) -> Wearer:
        """The wearer of a body."""
        left_arm, right_arm = (arm_limb(body, bones, arm) for arm in bones.arms)
        left_leg, right_leg = (leg_limb(body, bones, leg) for leg in bones.legs)
        return Wearer(body, bones, Trunk(body, bones), (left_arm, right_arm), (left_leg, right_leg))

    def rest_m(self, points_m: Float) -> Float:
        """(N, 3) places in the upright body that lets arms and legs hang down: what prints on cloth lie on."""
        rest = self.trunk.rest_m(points_m)
        own = self.trunk.distance_m(points_m)
        for limb in (*self.arms, *self.legs):
            lead = own - limb.distance_m(points_m)
            share = np.clip(lead / (0.03 * self.body.height_m) + 0.5, 0.0, 1.0)[:, None]
            rest = rest + share * (limb.hanging_m(points_m) - rest)
        return rest


def worn(wearer: Wearer, part: Part) -> Part:
    """The part with "rest_x", "rest_y" and "rest_z", which prints lie on."""
    rest = wearer.rest_m(part.vertices_m)
    return replace(part, attributes={f"rest_{axis}": rest[:, k] for k, axis in enumerate("xyz")})


def _wrinkled(solid: Solid, depth_m: float, length_m: float, seed: int) -> Solid:
    """A solid with folds about `length_m` apart."""
    rng = np.random.default_rng(seed)
    turns = rng.normal(size=(5, 3)) * (1.0, 1.0, 0.7)
    turns *= 2 * np.pi / (length_m * rng.uniform(0.7, 1.6, 5))[:, None] / np.linalg.norm(turns, axis=1)[:, None]
    phases = rng.uniform(0, 2 * np.pi, 5)

    def folded(points_m: Float) -> Float:
        distance: Float = solid(points_m) - 0.3 * depth_m * np.sin(points_m @ turns.T + phases).sum(axis=1)
        return distance

    return folded


def _sleeve(limb: Limb, ease_m: float, flare_m: float, end: float) -> Limb:
    """A limb in a sleeve or trouser leg that widens towards its end."""
    along = np.linspace(0.0, 1.0, len(limb.upper_m))
    first, second = (np.clip((along + bone) / max(end, 0.3), 0.0, 1.0) for bone in (0.0, 1.0))
    upper, lower = limb.upper_m + ease_m + flare_m * first, limb.lower_m + ease_m + flare_m * second
    # Cloth does not follow a limb that thins below its widest place.
    lower = lower + 0.3 * np.maximum(lower[:3].max() - lower, 0.0) * (ease_m + flare_m > 0.012)
    return limb.eased(upper, lower)


def _lap(wearer: Wearer, points_m: Float, end: float, ease_m: float, flare_m: float) -> Float:
    """Distances from what is spanned over both legs: a skirt, the tails of a coat."""
    left, right = wearer.legs
    every = []
    for share in np.linspace(0.0, 1.0, LAPS):
        joints = (1 - share) * left.joints_m + share * right.joints_m
        tuck = 1 - 0.25 * np.sin(np.pi * share)
        limb = _sleeve(
            Limb(joints, left.upper_m * tuck, left.lower_m * tuck, left.rest_m, left.upright), ease_m, flare_m, end
        )
        every.append(limb.distance_m(points_m, end=end, blend_m=0.05))
    found: Float = every[0]
    for one in every[1:]:
        found = union(found, one, 0.03)
    return found


def top_solid(wearer: Wearer, params: Mapping[str, Param], more_m: float = 0.0) -> Solid:
    """The distance from what is worn above the waist, or from the bare trunk; `more_m` over it."""
    body, h = wearer.body, wearer.body.height_m
    sleeve, ease_m = number(params, "sleeve"), number(params, "ease") * h + more_m
    trunk, sleeves = around_trunk(wearer, params, more_m), sleeves_of(wearer, params, more_m)

    def distance(points_m: Float) -> Float:
        rest = wearer.trunk.rest_m(points_m)
        found = trunk(points_m)
        if number(params, "collar") > 1.05:
            found = union(found, neck_distance_m(body, wearer.bones, points_m, ease_m + 0.004 * h), 0.02 * h)
        collar = rest[:, 2] + number(params, "neckline") * np.maximum(rest[:, 0], -0.02 * h)
        found = meet(found, collar - number(params, "collar") * body.torso_m, 0.006)
        if sleeve > 0.05:
            for arm in sleeves:
                found = union(
                    found, arm.distance_m(points_m, end=sleeve, blend_m=0.02 * h), _armhole_m(arm, points_m, h)
                )
        return found

    return distance


def around_trunk(wearer: Wearer, params: Mapping[str, Param], more_m: float = 0.0) -> Solid:
    """The distance from what is worn above the waist without sleeves and collar."""
    body, h, hem = wearer.body, wearer.body.height_m, number(params, "hem")
    ease_m = number(params, "ease") * h + more_m
    # What is worn below stays under it.
    over_m = (number(params, "leg_ease") + 0.5 * number(params, "leg_flare") + 0.004) * h + more_m
    trunk = replace(wearer.trunk, ease_m=ease_m, drape=number(params, "drape"))

    def distance(points_m: Float) -> Float:
        floor_m = 0.14 * body.torso_m if hem <= 0 else -hem * body.thigh_m
        found = meet(trunk.distance_m(points_m), floor_m - trunk.rest_m(points_m)[:, 2], 0.01)
        if hem > 0:
            lap = _lap(wearer, points_m, hem, max(ease_m, over_m), number(params, "hem_flare") * h)
            found = union(found, lap, 0.035 * h)
        return found

    return distance


def sleeves_of(wearer: Wearer, params: Mapping[str, Param], more_m: float = 0.0) -> list[Limb]:
    """Both arms in the sleeves of what is worn above the waist."""
    h, sleeve = wearer.body.height_m, number(params, "sleeve")
    ease_m = number(params, "ease") * h + more_m
    return [_sleeve(arm, 0.8 * ease_m, number(params, "sleeve_flare") * h, max(sleeve, 0.2)) for arm in wearer.arms]


def _armhole_m(arm: Limb, points_m: Float, height_m: float) -> Float:
    """Over which arm and trunk flow into each other: not where an arm hangs beside the trunk."""
    away_m = np.linalg.norm(points_m - arm.joints_m[0], axis=1)
    width: Float = 0.03 * height_m * np.clip(1.7 - away_m / (0.055 * height_m), 0.02, 1.0)
    return width


def top_part(wearer: Wearer, params: Mapping[str, Param]) -> Part:
    """Shirt, sweater, jacket, coat or dress."""
    solid = _wrinkled(
        top_solid(wearer, params),
        number(params, "folds") * wearer.body.height_m,
        0.11,
        int(number(params, "cloth_seed")),
    )
    low, high = _top_box(wearer, number(params, "sleeve"), number(params, "hem"))
    return worn(wearer, skin_of("top", solid, low, high, STEP * wearer.body.height_m))


def _top_box(wearer: Wearer, sleeve: float, hem: float) -> tuple[Float, Float]:
    bones, h = wearer.bones, wearer.body.height_m
    points = [bones.pelvis_m, bones.waist_m, bones.neck_m]
    for arm in wearer.arms:
        points += list(arm.joints_m[: 1 + int(np.ceil(sleeve))])
    for leg in wearer.legs:
        points += list(leg.joints_m[: 1 + int(np.ceil(max(hem, 0.0)))])
    return box_around(points, 0.16 * h * max(wearer.body.girth, 1.0))


def bottom_part(wearer: Wearer, params: Mapping[str, Param]) -> Part:
    """Trousers, shorts, tights or a skirt."""
    body, h = wearer.body, wearer.body.height_m
    end, ease_m, flare_m = number(params, "leg_end"), number(params, "leg_ease") * h, number(params, "leg_flare") * h
    tucked = number(params, "hem") <= 0 and params["top"] != "none"
    over_m = number(params, "ease") * h + 0.003 * h if tucked else min(ease_m, 0.004 * h)
    trunk = replace(wearer.trunk, ease_m=over_m)
    legs = [_sleeve(leg, ease_m, flare_m, end) for leg in wearer.legs]

    def distance(points_m: Float) -> Float:
        found = trunk.distance_m(points_m)
        found = meet(found, trunk.rest_m(points_m)[:, 2] - WAISTBAND * body.torso_m, 0.008)
        if params["outfit"] == "skirt":
            return union(found, _lap(wearer, points_m, end, ease_m, flare_m), 0.03 * h)
        left, right = (leg.distance_m(points_m, end=end, blend_m=0.022 * h) for leg in legs)
        # Two legs side by side do not grow together below the crotch.
        below_m = np.minimum(*(np.linalg.norm(points_m - leg.joints_m[0], axis=1) for leg in wearer.legs))
        blend_m = 0.03 * h * np.clip(1.6 - below_m / (0.06 * h), 0.02, 1.0)
        return union(found, union(left, right, blend_m), 0.03 * h)

    folds = number(params, "folds") * (0.8 if params["outfit"] != "tights" else 0.1) * h
    points = [wearer.bones.pelvis_m, wearer.bones.waist_m]
    for leg in wearer.legs:
        points += list(leg.joints_m[: 1 + int(np.ceil(end))])
    low, high = box_around(points, 0.15 * h * max(body.girth, 1.0))
    solid = _wrinkled(distance, folds, 0.09, int(number(params, "cloth_seed")) + 1)
    return worn(wearer, skin_of("trousers", solid, low, high, STEP * h))


def bare_upper_parts(wearer: Wearer, params: Mapping[str, Param]) -> list[Part]:
    """The skin that no top covers: the neck, what sleeves leave free of the arms, a bare trunk with its arms."""
    h, sleeve = wearer.body.height_m, number(params, "sleeve")
    if params["top"] == "none":
        return [worn(wearer, _bare_trunk(wearer))]
    parts = [_neck(wearer, params)]
    if sleeve < 1.98:
        parts += [_bare_limb(wearer, arm, max(sleeve - 0.12, 0.0), 0.0118 * h) for arm in wearer.arms]
    return [worn(wearer, part) for part in parts]


def bare_leg_parts(wearer: Wearer, params: Mapping[str, Param]) -> list[Part]:
    """The skin that trousers and skirts leave free of the legs."""
    h, end = wearer.body.height_m, number(params, "leg_end")
    if end >= 1.95:
        return []
    return [worn(wearer, _bare_limb(wearer, leg, max(end - 0.12, 0.1), 0.0145 * h)) for leg in wearer.legs]


def _bare_limb(wearer: Wearer, limb: Limb, start: float, step_m: float) -> Part:
    def distance(points_m: Float) -> Float:
        return limb.distance_m(points_m, start=start, blend_m=0.02 * wearer.body.height_m)

    points = list(limb.joints_m[int(start) :])
    low, high = box_around(points, 0.075 * wearer.body.height_m * max(wearer.body.girth, 1.0))
    return skin_of("skin", distance, low, high, step_m)


def _neck(wearer: Wearer, params: Mapping[str, Param]) -> Part:
    body, h = wearer.body, wearer.body.height_m
    floor_m = (min(number(params, "collar"), 1.05) - 0.18 - 0.5 * number(params, "neckline")) * body.torso_m

    def distance(points_m: Float) -> Float:
        trunk = wearer.trunk.distance_m(points_m)
        trunk = meet(trunk, floor_m - wearer.trunk.rest_m(points_m)[:, 2], 0.005)
        return union(trunk, neck_distance_m(body, wearer.bones, points_m), 0.022 * h)

    bones = wearer.bones
    low, high = box_around(
        [
            bones.neck_m - bones.chest[:, 2] * 0.3 * body.torso_m,
            bones.neck_m,
            bones.chin_m + bones.head[:, 2] * 0.4 * body.head_m,
        ],
        0.085 * h,
    )
    return skin_of("skin", distance, low, high, 0.0125 * h)


def _bare_trunk(wearer: Wearer) -> Part:
    body, h = wearer.body, wearer.body.height_m

    def distance(points_m: Float) -> Float:
        found = union(wearer.trunk.distance_m(points_m), neck_distance_m(body, wearer.bones, points_m), 0.022 * h)
        for arm in wearer.arms:
            found = union(found, arm.distance_m(points_m, blend_m=0.02 * h), _armhole_m(arm, points_m, h))
        return found

    bones = wearer.bones
    points = [bones.pelvis_m, bones.chin_m, *(joint for arm in wearer.arms for joint in arm.joints_m)]
    low, high = box_around(points, 0.15 * h * max(body.girth, 1.0))
    return skin_of("skin", distance, low, high, 0.0158 * h)
