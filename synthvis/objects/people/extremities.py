"""Hands at rest, and feet in shoes, boots, sandals or nothing."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synthvis.objects.mesh.meshes import Part, ellipsoid, loft, tube
from synthvis.objects.mesh.params import text
from synthvis.objects.people.flesh import turn_onto
from synthvis.objects.people.proportions import Body
from synthvis.objects.people.skeleton import Arm, Leg, Skeleton, sole_outline_m
from synthvis.objects.spec import Param

__all__ = ["SHOES", "foot_parts", "relaxed_hand"]

Float = NDArray[np.float64]

SHOES = ("sneakers", "leather", "boots", "bare")
GROWN_M = 1.75
"""Stature that the sizes of a hand below are for."""


def relaxed_hand(body: Body, bones: Skeleton, arm: Arm, curl_rad: float) -> list[Part]:
    """A palm, four fingers and a thumb at the end of a forearm, the thumb ahead where the arm hangs.

    Args:
        body: Gives the size.
        bones: Gives the chest that the arm hangs from.
        arm: Where the wrist is.
        curl_rad: How far each joint of a finger is bent.
    """
    turn = turn_onto(arm.wrist_m - arm.elbow_m, bones.chest)
    # Along the hand, towards the thumb, out of the palm.
    axes = np.stack([-turn[:, 2], turn[:, 0], -arm.sign * turn[:, 1]])
    scale = body.height_m / GROWN_M * (0.94 + 0.06 * body.male)

    def at(points: ArrayLike) -> Float:
        placed: Float = arm.wrist_m + scale * np.asarray(points) @ axes
        return placed

    ball = ellipsoid("skin", (0.05, 0.041, 0.0155), 12, 8)
    palm = Part(slot="skin", vertices_m=at(ball.vertices_m + np.array([0.042, 0.002, 0.002])), faces=ball.faces)
    if arm.sign > 0:
        # Two of the three axes are mirrored between left and right, so one winding has to be turned over.
        palm = _wound(palm)
    heel = tube(
        "skin",
        at([(-0.02, 0, 0), (0.0, 0, 0), (0.03, 0, 0.001)]),
        scale * np.array([0.019, 0.021, 0.022]),
        10,
        up=axes[2],
    )
    fingers = []
    for number, (across, length) in enumerate(((0.028, 0.072), (0.0095, 0.08), (-0.0095, 0.074), (-0.027, 0.058))):
        bend = curl_rad * (1 + 0.15 * number) * np.array([0.5, 1.2, 2.0])
        steps = length / 3 * np.stack([np.cos(bend), np.zeros(3), np.sin(bend)], axis=1)
        path = np.array([0.07, across, 0.002]) + np.concatenate(
            [[(-0.012, 0, 0), (0.008, 0, 0)], np.cumsum(steps, axis=0) + np.array([0.008, 0.0, 0.0])]
        )
        fingers.append(tube("skin", at(path), scale * np.array([0.0098, 0.0095, 0.0088, 0.008, 0.0055]), 7, up=axes[1]))
    thumb = np.array([(0.018, 0.022, 0.004), (0.035, 0.042, 0.01), (0.058, 0.053, 0.016), (0.08, 0.054, 0.02)])
    fingers.append(tube("skin", at(thumb), scale * np.array([0.013, 0.0118, 0.0105, 0.006]), 8, up=axes[2]))
    return [palm, heel, *fingers]


def _wound(part: Part) -> Part:
    return Part(slot=part.slot, vertices_m=part.vertices_m, faces=part.faces[:, ::-1])


def foot_parts(body: Body, leg: Leg, params: Mapping[str, Param]) -> list[Part]:
    """A shoe with its sole, or a bare foot."""
    kind = text(params, "shoe")
    slot = "skin" if kind == "bare" else "shoes"
    sole = _sole(body, leg, "skin" if kind == "bare" else "soles", kind)
    return [_upper(body, leg, slot, boot=kind == "boots"), sole]


def _sole(body: Body, leg: Leg, slot: str, kind: str) -> Part:
    outline_m = sole_outline_m(body)
    high_m = {"bare": 0.05, "leather": 0.07}.get(kind, 0.1) * body.foot_m
    middle = outline_m.mean(axis=0)
    narrow = middle + 0.965 * (outline_m - middle)
    high, rim = outline_m + np.array([0, 0, 0.85 * high_m]), narrow + np.array([0, 0, high_m])
    rings = np.stack([outline_m, outline_m, high, rim])
    rings[1] += (0.0, 0.0, 0.1 * high_m)
    # The outline runs with the clock, seen from above.
    return loft(slot, leg.ankle_m + rings[:, ::-1] @ leg.foot.T)


def _upper(body: Body, leg: Leg, slot: str, *, boot: bool) -> Part:
    """From heel to toe: rings that are flat below, the ankle's collar on top."""
    length_m = body.foot_m
    x = np.array([-0.255, -0.235, -0.17, -0.08, 0.02, 0.1, 0.22, 0.38, 0.54, 0.66, 0.72, 0.735])
    half = np.array([0.05, 0.1, 0.145, 0.155, 0.155, 0.155, 0.16, 0.18, 0.19, 0.15, 0.08, 0.03])
    top = np.array([0.22, 0.36, 0.44, 0.47, 0.47, 0.42, 0.33, 0.25, 0.2, 0.165, 0.12, 0.09])
    if slot == "skin":
        half, top = 0.92 * half, np.array([0.16, 0.28, 0.36, 0.42, 0.45, 0.4, 0.3, 0.22, 0.16, 0.12, 0.09, 0.07])
    if boot:
        top = top + np.array([0.2, 0.3, 0.36, 0.38, 0.38, 0.34, 0.1, 0, 0, 0, 0, 0])
    turn = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    rings = np.empty((len(x), 16, 3))
    rings[..., 0] = x[:, None]
    # A dome over a flat bottom; narrower where it goes up to the ankle.
    rise = np.maximum(np.sin(turn), 0.0) ** 0.8
    narrow = 1 - 0.32 * rise * np.clip(top - 0.25, 0.0, 0.3)[:, None] / 0.25
    rings[..., 1] = half[:, None] * np.cos(turn) * narrow
    rings[..., 2] = 0.03 + (top[:, None] - 0.03) * rise
    rings = rings * length_m - (0.0, 0.0, body.ankle_m)
    return loft(slot, leg.ankle_m + rings @ leg.foot.T)
