"""Where the joints of a body are, from the angles at them.

The body looks along +x, its left is +y, z is up. All is in the frame of the mesh, whose lower foot stands on z = 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvis.geometry import rotation_about
from synthvis.objects.mesh.params import number
from synthvis.objects.people.proportions import Body
from synthvis.objects.spec import Param

__all__ = ["SHOULDER_DROP", "SIDES", "Arm", "Leg", "Skeleton", "raised_side", "skeleton_of", "sole_outline_m"]

Float = NDArray[np.float64]

SIDES = (("left", 1.0), ("right", -1.0))
WAIST = 0.33
"""Where the trunk bends, from the hips (0) to the shoulders (1)."""
SHOULDER_DROP = 0.026
"""How far the joints of the shoulders are below the shoulders, over stature."""
ANKLE_BENDS_RAD = 0.42
"""How far a shin leans forward before the heel rises."""
TOE_RISES_RAD = 0.15
HEEL, TOE = -0.26, 0.74
"""Ends of the sole before the ankle, in lengths of the foot."""


@dataclass(frozen=True, slots=True, eq=False)
class Arm:
    """Joints of an arm; `sign` is 1 on the left."""

    sign: float
    shoulder_m: Float
    elbow_m: Float
    wrist_m: Float


@dataclass(frozen=True, slots=True, eq=False)
class Leg:
    """Joints of a leg; the columns of `foot` are ahead, left and up of its foot."""

    sign: float
    hip_m: Float
    knee_m: Float
    ankle_m: Float
    foot: Float


@dataclass(frozen=True, slots=True, eq=False)
class Skeleton:
    """Joints, and rotations of what is between them, whose columns are ahead, left and up.

    Attributes:
        pelvis_m: Middle of the hip joints.
        pelvis: Rotation of the pelvis.
        waist_m: Where the trunk bends.
        chest: Rotation of the chest.
        neck_m: Middle between the shoulders.
        chin_m: Where the neck meets the head.
        head: Rotation of the head.
        arms: Left, right.
        legs: Left, right.
    """

    pelvis_m: Float
    pelvis: Float
    waist_m: Float
    chest: Float
    neck_m: Float
    chin_m: Float
    head: Float
    arms: tuple[Arm, Arm]
    legs: tuple[Leg, Leg]


def skeleton_of(body: Body, params: Mapping[str, Param]) -> Skeleton:
    """The joints of a body in a posture as `postures.posed` gives it."""
    lean_rad, twist_rad = number(params, "lean_rad"), number(params, "twist_rad")
    pelvis = rotation_about((0, 1, 0), 0.5 * lean_rad)
    chest = rotation_about((0, 1, 0), lean_rad) @ rotation_about((0, 0, 1), twist_rad)
    gaze = rotation_about((0, 1, 0), 0.35 * lean_rad + number(params, "nod_rad"))
    head = rotation_about((0, 0, 1), twist_rad + number(params, "turn_rad")) @ gaze
    legs = [_leg(body, params, side, sign, pelvis) for side, sign in SIDES]
    outline_m = sole_outline_m(body)
    lowest_m = min(float((leg.ankle_m + outline_m @ leg.foot.T)[:, 2].min()) for leg in legs)
    up = np.array([0.0, 0.0, -lowest_m])
    waist_m = up + WAIST * body.torso_m * pelvis[:, 2]
    neck_m = waist_m + (1 - WAIST) * body.torso_m * chest[:, 2]
    neck_up = _unit(0.6 * chest[:, 2] + 0.4 * head[:, 2] + 0.28 * chest[:, 0])
    left, right = (_arm(body, params, side, sign, chest, neck_m) for side, sign in SIDES)
    raised = [Leg(one.sign, one.hip_m + up, one.knee_m + up, one.ankle_m + up, one.foot) for one in legs]
    return Skeleton(
        pelvis_m=up,
        pelvis=pelvis,
        waist_m=waist_m,
        chest=chest,
        neck_m=neck_m,
        chin_m=neck_m + body.neck_m * neck_up,
        head=head,
        arms=(left, right),
        legs=(raised[0], raised[1]),
    )


def raised_side(params: Mapping[str, Param]) -> int:
    """Index of the arm of the more raised hand: the one that holds something."""
    left, right = (
        number(params, f"elbow_{side}_rad") + number(params, f"shoulder_{side}_rad") for side in ("left", "right")
    )
    return 0 if left >= right else 1


def sole_outline_m(body: Body) -> Float:
    """(N, 3) outline of a sole in the frame of a foot whose ankle is at the origin."""
    share = np.linspace(0.0, 1.0, 9)
    half = np.interp(share, (0.0, 0.06, 0.2, 0.45, 0.72, 0.92, 1.0), (0.06, 0.16, 0.19, 0.175, 0.215, 0.16, 0.05))
    x = HEEL + (TOE - HEEL) * share
    sides = [np.stack([x, sign * half, np.zeros(len(x))], axis=1) for sign in (1.0, -1.0)]
    outline: Float = np.concatenate([sides[0], sides[1][::-1]]) * body.foot_m - (0.0, 0.0, body.ankle_m)
    return outline


def _along(forward_rad: float, out_rad: float, sign: float) -> Float:
    """Direction of a limb that hangs down until it is swung forward and out to its side."""
    return np.array(
        [
            np.sin(forward_rad) * np.cos(out_rad),
            sign * np.sin(out_rad),
            -np.cos(forward_rad) * np.cos(out_rad),
        ]
    )


def _leg(body: Body, params: Mapping[str, Param], side: str, sign: float, pelvis: Float) -> Leg:
    """A leg about the middle of the pelvis."""
    hip_rad, knee_rad = number(params, f"hip_{side}_rad"), number(params, f"knee_{side}_rad")
    spread_rad = number(params, "spread_rad")
    hip_m = pelvis @ np.array([0.0, sign * body.hip_m, 0.0])
    knee_m = hip_m + body.thigh_m * _along(hip_rad, spread_rad, sign)
    shin_rad = hip_rad - knee_rad
    ankle_m = knee_m + body.shin_m * _along(shin_rad, 0.8 * spread_rad, sign)
    pitch_rad = max(-shin_rad - ANKLE_BENDS_RAD, 0.0) - 0.8 * max(shin_rad - TOE_RISES_RAD, 0.0)
    foot = rotation_about((0, 0, 1), sign * (0.1 + 0.6 * spread_rad)) @ rotation_about((0, 1, 0), pitch_rad)
    return Leg(sign, hip_m, knee_m, ankle_m, foot)


def _arm(body: Body, params: Mapping[str, Param], side: str, sign: float, chest: Float, neck_m: Float) -> Arm:
    forward_rad, out_rad = number(params, f"shoulder_{side}_rad"), number(params, f"out_{side}_rad")
    # Arms hang farther out beside a wide trunk.
    out_rad += 0.3 * max(body.girth - 1.0, 0.0)
    bent_rad = forward_rad + number(params, f"elbow_{side}_rad")
    upper = _along(forward_rad, out_rad, sign)
    # An arm that is raised over the horizontal takes the shoulder blade with it.
    shrug_m = 0.022 * body.height_m * max(float(upper[2]) + 0.15, 0.0)
    shoulder_m = neck_m + chest @ np.array(
        [0.0, sign * (body.shoulder_m - 0.5 * shrug_m), shrug_m - SHOULDER_DROP * body.height_m]
    )
    elbow_m = shoulder_m + body.upper_arm_m * chest @ upper
    fore = _along(bent_rad, 0.6 * out_rad - number(params, f"in_{side}_rad"), sign)
    return Arm(sign, shoulder_m, elbow_m, elbow_m + body.forearm_m * chest @ fore)


def _unit(vector: Float) -> Float:
    unit: Float = vector / np.linalg.norm(vector)
    return unit
