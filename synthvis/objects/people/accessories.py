"""What people carry on them: glasses, rucksacks, bags over a shoulder and bags in a hand."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from synthvis.objects.mesh.implicit import meet, skin_of
from synthvis.objects.mesh.meshes import Part, ellipsoid, moved, tube
from synthvis.objects.mesh.params import number, text
from synthvis.objects.people.garments import Wearer, top_solid
from synthvis.objects.people.head import EYE, Head
from synthvis.objects.people.skeleton import Arm, raised_side
from synthvis.objects.spec import Param

__all__ = ["BAGS", "GLASSES", "bag_parts", "glasses_parts"]

Float = NDArray[np.float64]

BAGS = ("none", "rucksack", "shoulder_bag", "handbag")
GLASSES = ("none", "clear", "dark")
STRAP_M = 0.019
"""Half the width of a strap."""


def glasses_parts(head: Head, params: Mapping[str, Param]) -> list[Part]:
    """Rims, bridge and temples; dark lenses in sunglasses."""
    kind = text(params, "glasses")
    if kind == "none":
        return []
    y_m, z_m = EYE[1] + 0.001, EYE[2] - 0.003
    x_m = max(float(head.surface_m((0.0, 0.012))[0]), float(head.surface_m((y_m, 0.02))[0])) + 0.006
    turn = np.linspace(0, 2 * np.pi, 19)
    parts = []
    for sign in (1.0, -1.0):
        rim = np.stack(
            [
                np.full(19, x_m) - 0.004 * (1 + np.cos(turn)),
                sign * (y_m + 0.0235 * np.cos(turn)),
                z_m + 0.019 * np.sin(turn),
            ],
            axis=1,
        )
        parts.append(tube("glasses", rim, 0.0019, 6, up=(1, 0, 0)))
        hinge, ear = np.array([x_m - 0.009, sign * (y_m + 0.025), z_m + 0.004]), np.array([-0.02, sign * 0.083, 0.012])
        parts.append(tube("glasses", [hinge, 0.5 * hinge + 0.5 * ear + (0, sign * 0.006, 0.002), ear], 0.0019, 6))
        if kind == "dark":
            disc = ellipsoid("lenses", (0.0016, 0.0235, 0.019), 18, 6)
            parts.append(moved(disc, offset_m=(x_m - 0.004, sign * y_m, z_m)))
    parts.append(
        tube(
            "glasses",
            [(x_m - 0.005, 0.01, z_m + 0.005), (x_m, 0, z_m + 0.008), (x_m - 0.005, -0.01, z_m + 0.005)],
            0.0019,
            6,
        )
    )
    return [head.placed(part) for part in parts]


def bag_parts(wearer: Wearer, params: Mapping[str, Param]) -> list[Part]:
    """A bag with its straps."""
    kind = text(params, "bag")
    if kind == "rucksack":
        return _rucksack(wearer, params)
    if kind == "shoulder_bag":
        return _shoulder_bag(wearer, params)
    return _handbag(wearer, wearer.bones.arms[1 - raised_side(params)]) if kind == "handbag" else []


def _sack(points_m: Float, half_m: Float, round_m: float) -> Float:
    """Distance from a box with round edges about the origin."""
    away = np.abs(points_m) - (half_m - round_m)
    outside: Float = np.linalg.norm(np.maximum(away, 0.0), axis=1) + np.minimum(away.max(axis=1), 0.0) - round_m
    return outside


def _rucksack(wearer: Wearer, params: Mapping[str, Param]) -> list[Part]:
    body, bones, h = wearer.body, wearer.bones, wearer.body.height_m
    half = np.array([0.055, 0.088, 0.125]) * h
    back_m = -(0.062 * body.girth + number(params, "ease") + 0.045) * h
    middle = bones.waist_m + bones.chest @ np.array([back_m, 0.0, 0.35 * body.torso_m])

    def sack(points_m: Float) -> Float:
        local = (points_m - middle) @ bones.chest
        local[:, 0] += 1.1 * local[:, 2] ** 2
        main = _sack(local, half, 0.04 * h)
        pocket = _sack(local + np.array([0.045 * h, 0.0, 0.045 * h]), half * (0.5, 0.75, 0.5), 0.018 * h)
        return np.minimum(main, pocket)

    reach = np.full(3, 0.19 * h)
    parts = [skin_of("bag", sack, middle - reach, middle + reach, 0.02 * h)]
    solid = top_solid(wearer, params, 0.005 * h)
    for sign in (1.0, -1.0):

        def strap(points_m: Float, sign: float = sign) -> Float:
            rest = wearer.trunk.rest_m(points_m)
            side = np.abs(rest[:, 1] - sign * 0.058 * h) - STRAP_M * h / 1.75
            ahead = np.maximum(0.62 * body.torso_m - rest[:, 2], -0.04 * h - rest[:, 0])
            return meet(solid(points_m), np.maximum(side, ahead), 0.003)

        low, high = _chest_box(wearer)
        parts.append(skin_of("bag", strap, low, high, 0.0135 * h))
    return parts


def _chest_box(wearer: Wearer) -> tuple[Float, Float]:
    bones, h = wearer.bones, wearer.body.height_m
    points = np.stack([bones.waist_m, bones.neck_m])
    reach = 0.12 * h * max(wearer.body.girth, 1.0)
    return points.min(axis=0) - reach, points.max(axis=0) + reach


def _shoulder_bag(wearer: Wearer, params: Mapping[str, Param]) -> list[Part]:
    """A flat bag at the hip on a strap from the other shoulder."""
    body, bones, h = wearer.body, wearer.bones, wearer.body.height_m
    solid = top_solid(wearer, params, 0.005 * h)
    corner_y, corner_z = 0.055 * h, 1.02 * body.torso_m
    slope = np.array([corner_y + 0.1 * h * body.girth, corner_z - 0.02 * body.torso_m])
    across = np.array([slope[1], -slope[0]]) / np.linalg.norm(slope)

    def strap(points_m: Float) -> Float:
        rest = wearer.trunk.rest_m(points_m)
        side = np.abs((rest[:, 1] - corner_y) * across[0] + (rest[:, 2] - corner_z) * across[1]) - STRAP_M * h / 1.75
        return meet(solid(points_m), np.maximum(side, 0.05 * body.torso_m - rest[:, 2]), 0.003)

    middle = bones.pelvis_m + bones.pelvis @ np.array(
        [-0.01 * h, -(0.112 * body.girth + number(params, "ease")) * h, -0.005 * h]
    )
    half = np.array([0.085, 0.026, 0.062]) * h

    def sack(points_m: Float) -> Float:
        return _sack((points_m - middle) @ bones.pelvis, half, 0.022 * h)

    low, high = _chest_box(wearer)
    low[2] = min(low[2], float(bones.pelvis_m[2]) - 0.02 * h)
    reach = np.full(3, 0.12 * h)
    return [
        skin_of("bag", strap, low, high, 0.0135 * h),
        skin_of("bag", sack, middle - reach, middle + reach, 0.0145 * h),
    ]


def _handbag(wearer: Wearer, arm: Arm) -> list[Part]:
    """Hanging straight down from a hand."""
    h = wearer.body.height_m
    way = (arm.wrist_m - arm.elbow_m) / np.linalg.norm(arm.wrist_m - arm.elbow_m)
    hand = arm.wrist_m + 0.055 * h * way
    middle = hand - (0.0, 0.0, 0.15 * h)
    half = np.array([0.085, 0.033, 0.068]) * h

    def sack(points_m: Float) -> Float:
        local = points_m - middle
        local[:, 1] *= 1 + 1.6 * np.maximum(local[:, 2], 0.0) / h * 4
        return _sack(local, half, 0.02 * h)

    reach = np.full(3, 0.11 * h)
    turn = np.linspace(-0.1, np.pi + 0.1, 12)
    loop = (
        middle
        + np.array([0, 0, 0.05 * h])
        + np.stack([0.055 * h * np.cos(turn), 0 * turn, 0.1 * h * np.sin(turn)], axis=1)
    )
    return [
        skin_of("bag", sack, middle - reach, middle + reach, 0.0145 * h),
        tube("bag", loop, 0.0042 * h, 7, up=(0, 1, 0)),
    ]
