"""How people walk: angles of legs and arms through a stride, at any speed, with feet that stay where they stand.

A stride is two steps. Each foot stands for `STANCE` of it and swings for the rest. In the frame of the walker, a foot
that stands goes back at the speed of the walker, so in the world it does not move: first it rolls over the heel, then
it is flat, then it rolls over the toes. Hip and knee follow by the cosine rule. Steps are as long as the walk ratio
says that most adults have, step length over cadence 0.0065 m min (Sekiya and Nagasaki, "Reproducibility of the walking
patterns of normal young adults", 1998), times stature over 1.7 m.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvis.objects.mesh.joints import Rig
from synthvis.objects.mesh.params import number, numbers
from synthvis.objects.people.proportions import Body, body_of
from synthvis.objects.people.skeleton import HEEL, SIDES, TOE, raised_side
from synthvis.objects.spec import Param

__all__ = ["Gait", "can_walk_upright", "fastest_walk_mps", "gait_of", "ready_to_walk"]

Float = NDArray[np.float64]

STANCE = 0.62
"""Share of a stride for which a foot stands."""
AHEAD = 0.22
"""How far before the hip a foot is put down, in strides."""
HEEL_ROLL, TOE_ROLL = 0.16, 0.45
"""Shares of the stance at which the foot has come down flat, and at which the heel rises."""
STRIKE_RAD, PUSH_RAD = -0.28, 0.9
"""Pitch of the foot when the heel meets the ground, and when the toes leave it; positive: the heel is up."""
LIFT = 0.035
"""How much higher than straight on a swinging foot goes, over stature."""
HIGHEST = 0.25
"""Where in the stride of a foot the body is highest: soon after it passed over that foot."""
REACH = 0.985
"""Of its length a leg uses so much."""
BOB = 0.011
"""Half of how far the body goes up and down, over stature."""
WALK_RATIO_M_MIN, STATURE_M = 0.0065, 1.7
LONGEST_STEP = 0.85
"""Over the length of the legs."""
FROUDE = 0.3
"""Of walking at most: speed squared over gravity and length of the legs; people run from 0.5 on."""
GRAVITY_MPS2 = 9.81
ARM_SWING_RAD_S_M = 0.27
"""Amplitude of the shoulders over the speed."""
ELBOW_SHARE = 0.45
SAMPLES = 64
LEAN_RAD = 0.3
"""Whoever leans more than that does not walk."""
STRAIGHT_KNEE_RAD = 0.06
BENT_RAD = 0.9


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Leg:
    """A leg as it is built, seen from the side: the x-z plane of the mesh.

    Attributes:
        hip_m, knee_m, ankle_m: (2,) x and z.
        pitch_rad: Of the foot, 0: flat.
    """

    hip_m: Float
    knee_m: Float
    ankle_m: Float
    pitch_rad: float = 0.0

    @property
    def lengths_m(self) -> tuple[float, float]:
        return math.dist(self.hip_m, self.knee_m), math.dist(self.knee_m, self.ankle_m)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Gait:
    """The walk of one person at one speed.

    Attributes:
        body: Lengths.
        legs: Left, right, as they are built.
        stride_m: Way of two steps.
        speed_mps: Of the walk.
        start: Where in the stride of the left foot the walk begins, 0 to 1.
        swinging: Which arms swing, left and right.
        hip_m: Height of the hip joints over the ground, its mean.
    """

    body: Body
    legs: tuple[_Leg, _Leg]
    stride_m: float
    speed_mps: float
    start: float
    swinging: tuple[bool, bool]
    hip_m: float

    def phase(self, time_s: float) -> float:
        """Share of the left foot's stride, 0 to 1; at 0 its heel meets the ground."""
        return (self.start + time_s * self.speed_mps / self.stride_m) % 1.0

    def rise_m(self, time_s: float) -> float:
        """How much higher the body is than the mesh is built."""
        return self.hip_m + _bob_m(self.body, self.phase(time_s)) - float(self.legs[0].hip_m[1])

    def angles_rad(self, time_s: float) -> dict[str, float]:
        """Angles at the joints, from how the mesh is built."""
        found: dict[str, float] = {}
        left = self.phase(time_s)
        height_m = self.hip_m + _bob_m(self.body, left)
        for (side, _), leg, swings, offset in zip(SIDES, self.legs, self.swinging, (0.0, 0.5), strict=True):
            phase = (left + offset) % 1.0
            ankle_m, pitch_rad = _foot(self.body, phase, self.stride_m)
            found |= {f"{joint}_{side}": angle for joint, angle in _bend(leg, ankle_m, pitch_rad, height_m).items()}
            if swings:
                # An arm is back when the leg of its side is ahead.
                swing = -ARM_SWING_RAD_S_M * self.speed_mps * math.cos(2 * math.pi * phase)
                found[f"shoulder_{side}"] = swing
                found[f"elbow_{side}"] = ELBOW_SHARE * max(swing, 0.0)
        return found


def can_walk_upright(params: Mapping[str, Param]) -> bool:
    """Whether somebody holds the trunk as people do who walk."""
    return abs(number(params, "lean_rad")) <= LEAN_RAD


def fastest_walk_mps(params: Mapping[str, Param]) -> float:
    """How fast somebody of these legs walks at most."""
    return math.sqrt(FROUDE * GRAVITY_MPS2 * body_of(params).leg_m)


def ready_to_walk(params: Mapping[str, Param]) -> dict[str, Param]:
    """The person with legs straight and free arms hanging: the mesh that a gait moves."""
    straight: dict[str, Param] = {"spread_rad": min(number(params, "spread_rad"), 0.04)}
    for (side, _), swings in zip(SIDES, _swinging(params), strict=True):
        straight |= {f"hip_{side}_rad": STRAIGHT_KNEE_RAD / 2, f"knee_{side}_rad": STRAIGHT_KNEE_RAD}
        if swings:
            straight[f"shoulder_{side}_rad"] = 0.0
    ready = {**params, **straight}
    carries = numbers(params, "grip") or params["bag"] == "handbag"
    if carries and raised_side(ready) != raised_side(params):
        ready |= {f"shoulder_{side}_rad": params[f"shoulder_{side}_rad"] for side, _ in SIDES}
    return ready


def gait_of(params: Mapping[str, Param], rig: Rig, speed_mps: float, start: float) -> Gait:
    """The walk of somebody.

    Args:
        params: As `ready_to_walk` gives them.
        rig: Of the mesh that is built from them.
        speed_mps: Above 0.
        start: Where in the stride it begins, 0 to 1.
    """
    body = body_of(params)
    step_m = math.sqrt(WALK_RATIO_M_MIN * body.height_m / STATURE_M * 60.0 * speed_mps)
    stride_m = 2 * min(step_m, LONGEST_STEP * body.leg_m)
    pivots = {joint.name: np.array(joint.pivot_m)[[0, 2]] for joint in rig.joints}
    left, right = (
        _Leg(hip_m=pivots[f"hip_{side}"], knee_m=pivots[f"knee_{side}"], ankle_m=pivots[f"ankle_{side}"])
        for side, _ in SIDES
    )
    return Gait(
        body=body, legs=(left, right), stride_m=stride_m, speed_mps=speed_mps, start=start,
        swinging=_swinging(params), hip_m=_hip_height_m(body, sum(left.lengths_m), stride_m),
    )  # fmt: skip


def _swinging(params: Mapping[str, Param]) -> tuple[bool, bool]:
    """Which arms hang free: not those that hold or carry something, nor hands in pockets, at the hips, or raised."""
    raised = raised_side(params)
    busy = {raised} if numbers(params, "grip") else set()
    if params["bag"] == "handbag":
        busy.add(1 - raised)
    left, right = (index not in busy and _hangs(params, side) for index, (side, _) in enumerate(SIDES))
    return left, right


def _hangs(params: Mapping[str, Param], side: str) -> bool:
    shoulder, out, inward = (number(params, f"{joint}_{side}_rad") for joint in ("shoulder", "out", "in"))
    elbows = [number(params, f"elbow_{one}_rad") for one, _ in SIDES]
    # One bent arm holds something; who bends both runs.
    is_free = number(params, f"elbow_{side}_rad") <= BENT_RAD or min(elbows) > BENT_RAD
    return is_free and -0.95 <= shoulder <= 0.65 and out <= 0.42 and inward <= 0.15


def _bob_m(body: Body, phase: float) -> float:
    """The body is highest when a foot is under it: twice a stride."""
    return BOB * body.height_m * math.cos(4 * math.pi * (phase - HIGHEST))


def _hip_height_m(body: Body, length_m: float, stride_m: float) -> float:
    """As high as the legs reach throughout a stride."""
    highest = []
    for phase in np.arange(SAMPLES) / SAMPLES:
        (x, z), _ = _foot(body, float(phase), stride_m)
        highest.append(z + math.sqrt((REACH * length_m) ** 2 - x**2) - _bob_m(body, float(phase)))
    return float(min(highest))


def _foot(body: Body, phase: float, stride_m: float) -> tuple[Float, float]:
    """(2,) the ankle ahead of the hip and over the ground, and the pitch of the foot."""
    if phase <= STANCE:
        return _standing(body, phase, stride_m)
    share = (phase - STANCE) / (1 - STANCE)
    (start, push), (end, strike) = _standing(body, STANCE, stride_m), _standing(body, 0.0, stride_m)
    # A cubic with the velocity of the ground at both ends, in the time of the swing.
    back = np.array([-stride_m * (1 - STANCE), 0.0])
    s2, s3 = share**2, share**3
    way = (2 * s3 - 3 * s2 + 1) * start + (s3 - 2 * s2 + share) * back + (3 * s2 - 2 * s3) * end + (s3 - s2) * back
    way[1] += LIFT * body.height_m * math.sin(math.pi * share) ** 2
    return way, push + (strike - push) * (3 * s2 - 2 * s3)


def _standing(body: Body, phase: float, stride_m: float) -> tuple[Float, float]:
    share = phase / STANCE
    if share < HEEL_ROLL:
        pitch = STRIKE_RAD * (1 - share / HEEL_ROLL) ** 2
    else:
        pitch = PUSH_RAD * max((share - TOE_ROLL) / (1 - TOE_ROLL), 0.0) ** 2
    flat = np.array([stride_m * (AHEAD - phase), body.ankle_m])
    # What it rolls over stays on the ground: heel or toes.
    rolls = np.array([(HEEL if pitch < 0 else TOE) * body.foot_m, -body.ankle_m])
    cos, sin = math.cos(pitch), math.sin(pitch)
    turned = np.array([cos * rolls[0] + sin * rolls[1], -sin * rolls[0] + cos * rolls[1]])
    return flat + rolls - turned, pitch


def _bend(leg: _Leg, ankle_m: Float, pitch_rad: float, hip_height_m: float) -> dict[str, float]:
    """Angles at hip, knee and ankle that put the ankle there, relative to the hip's place over the ground."""
    upper_m, lower_m = leg.lengths_m
    down_m = hip_height_m - ankle_m[1]
    reach_m = min(math.hypot(ankle_m[0], down_m), upper_m + lower_m - 1e-9)
    inside = (upper_m**2 + reach_m**2 - lower_m**2) / (2 * upper_m * reach_m)
    bent = (upper_m**2 + lower_m**2 - reach_m**2) / (2 * upper_m * lower_m)
    thigh = math.atan2(ankle_m[0], down_m) + math.acos(min(max(inside, -1.0), 1.0))
    shin = thigh - (math.pi - math.acos(min(max(bent, -1.0), 1.0)))
    thigh_built, shin_built = _forward(leg.knee_m - leg.hip_m), _forward(leg.ankle_m - leg.knee_m)
    turned = (thigh - thigh_built, shin - shin_built, leg.pitch_rad - pitch_rad)
    return {"hip": turned[0], "knee": turned[1] - turned[0], "ankle": turned[2] - turned[1]}


def _forward(way: Float) -> float:
    """How far a limb is swung forward from hanging down."""
    return math.atan2(float(way[0]), -float(way[1]))
