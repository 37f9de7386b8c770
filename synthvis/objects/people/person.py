"""People as mannequins with joints: they walk, ride a board, throw, hold something up, sit or pull at a string."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.draws import chance, pick, rounded
from synthvis.geometry import rotation_about
from synthvis.objects.clutter import any_color, blob, distractor, joined
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import Part, box, loft, moved, tube
from synthvis.objects.mesh.params import number, numbers, shade_of, surface_seed
from synthvis.objects.object_type import ObjectType, Sample
from synthvis.objects.people.hand import Grip, hand_around
from synthvis.objects.spec import Param, SurfaceSpec

__all__ = ["OBJECT_TYPES", "PERSON", "POSTURES", "posed", "seat_m", "wrist_m"]

Float = NDArray[np.float64]
Ranges = Mapping[str, tuple[float, float]]

SIDES = (("left", 1.0), ("right", -1.0))

STANDING: Ranges = MappingProxyType(
    {
        "lean_rad": (-0.03, 0.06),
        "spread_rad": (0.03, 0.12),
        "hip_left_rad": (-0.06, 0.06),
        "hip_right_rad": (-0.06, 0.06),
        "knee_left_rad": (0.0, 0.12),
        "knee_right_rad": (0.0, 0.12),
        "shoulder_left_rad": (-0.25, 0.25),
        "shoulder_right_rad": (-0.25, 0.25),
        "out_left_rad": (0.08, 0.3),
        "out_right_rad": (0.08, 0.3),
        "elbow_left_rad": (0.05, 0.9),
        "elbow_right_rad": (0.05, 0.9),
    }
)
"""Angles at the joints of someone who stands. Hips and shoulders swing forward, knees bend back, elbows forward."""

POSTURES: Mapping[str, Ranges] = MappingProxyType(
    {
        "stand": STANDING,
        "walk": {
            **STANDING,
            "hip_left_rad": (0.15, 0.5),
            "hip_right_rad": (-0.45, -0.05),
            "knee_left_rad": (0.05, 0.3),
            "knee_right_rad": (0.1, 0.8),
            "shoulder_left_rad": (-0.5, 0.0),
            "shoulder_right_rad": (0.0, 0.5),
        },
        "ride": {
            "lean_rad": (0.05, 0.6),
            "spread_rad": (0.28, 0.5),
            "hip_left_rad": (0.3, 0.9),
            "hip_right_rad": (0.3, 0.9),
            "knee_left_rad": (0.5, 1.4),
            "knee_right_rad": (0.5, 1.4),
            "shoulder_left_rad": (-0.2, 0.6),
            "shoulder_right_rad": (-0.2, 0.6),
            "out_left_rad": (0.5, 1.5),
            "out_right_rad": (0.5, 1.5),
            "elbow_left_rad": (0.1, 0.9),
            "elbow_right_rad": (0.1, 0.9),
        },
        "throw": {
            **STANDING,
            "lean_rad": (-0.1, 0.35),
            "spread_rad": (0.1, 0.35),
            "hip_left_rad": (0.1, 0.6),
            "hip_right_rad": (-0.5, 0.0),
            "knee_left_rad": (0.1, 0.6),
            "knee_right_rad": (0.1, 0.7),
            "shoulder_right_rad": (0.8, 2.8),
            "out_left_rad": (0.3, 1.2),
            "elbow_right_rad": (0.1, 1.2),
        },
        "hold": {
            **STANDING,
            "shoulder_left_rad": (0.3, 0.7),
            "elbow_left_rad": (1.1, 1.6),
            "out_left_rad": (0.0, 0.15),
        },
        "sit": {
            **STANDING,
            "lean_rad": (-0.1, 0.25),
            "spread_rad": (0.05, 0.3),
            "hip_left_rad": (1.35, 1.6),
            "hip_right_rad": (1.35, 1.6),
            "knee_left_rad": (1.3, 1.8),
            "knee_right_rad": (1.3, 1.8),
            "shoulder_left_rad": (0.3, 0.7),
            "shoulder_right_rad": (0.1, 0.5),
            "elbow_left_rad": (1.1, 1.5),
            "elbow_right_rad": (0.3, 1.0),
        },
        "pull": {
            **STANDING,
            "lean_rad": (-0.2, 0.05),
            "hip_left_rad": (0.0, 0.3),
            "shoulder_left_rad": (1.2, 2.4),
            "shoulder_right_rad": (0.8, 2.2),
            "elbow_left_rad": (0.1, 0.8),
            "elbow_right_rad": (0.2, 1.2),
        },
    }
)
"""Bounds of the angles at the joints, by what someone does."""

ANYHOW = {"stand": 3.0, "walk": 3.0, "hold": 1.5, "throw": 0.4, "pull": 0.3}
OUTFITS = {"trousers": 4.0, "shorts": 2.5, "skirt": 1.0}
SKIRT_LIMIT_RAD = 1.0
"""Beyond it, as on a seat, a skirt would be no cone."""

THIGH, SHIN, TORSO, UPPER_ARM, FOREARM = 0.245, 0.246, 0.308, 0.186, 0.146
ANKLE = 0.039
"""Lengths over body height (Drillis and Contini, "Body Segment Parameters", 1966); the torso ends above
the shoulders."""


def posed(rng: Generator, posture: str) -> dict[str, Param]:
    """Angles at the joints for one of `POSTURES`; left and right are swapped in half of all draws.

    Raises:
        KeyError: No such posture.
    """
    angles = {name: rounded(rng, bounds) for name, bounds in POSTURES[posture].items()}
    if chance(rng, 0.5):
        angles = {_other_side(name): value for name, value in angles.items()}
    return dict(sorted(angles.items()))


def _other_side(name: str) -> str:
    if "_left_" in name:
        return name.replace("_left_", "_right_")
    return name.replace("_right_", "_left_")


def _sample(rng: Generator) -> Sample:
    params: dict[str, Param] = {
        "height_m": rounded(rng, (1.5, 1.9)),
        "girth": rounded(rng, (0.85, 1.3)),
        "hat": chance(rng, 0.3),
        "hair_long": chance(rng, 0.35),
        "short_sleeves": chance(rng, 0.55),
        "outfit": pick(rng, OUTFITS),
        "grip": (),
        **posed(rng, pick(rng, ANYHOW)),
    }
    vest = pick(rng, {"#d8f01e": 2.0, "#f5701e": 1.5})
    top = shade_of(rng, vest) if chance(rng, 0.25) else any_color(rng)
    skin = shade_of(rng, pick(rng, ("#e8b894", "#c88a62", "#8a5636", "#5a3620")), value=0.15)
    hair = shade_of(rng, pick(rng, ("#1c1410", "#4a2c18", "#c8a060", "#f2c01e", "#e8e8e6")))
    shoes = shade_of(rng, pick(rng, ("#181818", "#e8e8e8", "#5a3a22", "#a02a2a", "#2a3a6a")))
    cloth: dict[str, Param] = {"weave": 0.3, "roughness": 0.9, "pattern": "plain"}
    surfaces = {
        "top": SurfaceSpec(kind="fabric", params={**cloth, "color": top, "seed": surface_seed(rng)}),
        "trousers": SurfaceSpec(kind="fabric", params={**cloth, "color": any_color(rng)}),
        "skin": SurfaceSpec(kind="plain", params={"color": skin, "roughness": 0.6}),
        "hair": SurfaceSpec(kind="plain", params={"color": hair, "roughness": 0.7}),
        "shoes": SurfaceSpec(kind="plain", params={"color": shoes, "roughness": 0.6}),
    }
    return Sample(params=params, surfaces=surfaces)


def wrist_m(params: Mapping[str, Param]) -> tuple[float, float, float]:
    """Where the wrist of the more raised hand is, in the frame of the mesh, metres."""
    wrist = rotation_about((0, 1, 0), number(params, "lean_rad")) @ _arm_joints(params, *_raised(params))[2]
    return _xyz(wrist + np.array([0.0, 0.0, _pelvis_m(params)]))


def _raised(params: Mapping[str, Param]) -> tuple[str, float]:
    """The side of the more raised hand."""
    return max(SIDES, key=lambda one: number(params, f"elbow_{one[0]}_rad") + number(params, f"shoulder_{one[0]}_rad"))


def seat_m(params: Mapping[str, Param]) -> float:
    """Height of the undersides of the thighs where they meet the body: what a seat has to be at, metres."""
    return _pelvis_m(params) - 0.056 * number(params, "girth") * number(params, "height_m")


def _build(params: Mapping[str, Param]) -> Mesh:
    """+x is where the person looks; the lower foot stands on z = 0.

    "grip" holds the fields of a `Grip`, or nothing where nothing is held.
    """
    height_m, girth = number(params, "height_m"), number(params, "girth")
    parts = [part for side, sign in SIDES for part in _leg(params, side, sign)]
    lean = rotation_about((0, 1, 0), number(params, "lean_rad"))
    upper = [*_torso(height_m, girth), *_head(params, height_m)]
    for side, sign in SIDES:
        upper += _arm(params, side, sign)
    parts += [moved(part, rotation=lean) for part in upper]
    if params["outfit"] == "skirt" and abs(number(params, "hip_left_rad")) < SKIRT_LIMIT_RAD:
        parts.append(_skirt(params, height_m, girth))
    rise = (0.0, 0.0, _pelvis_m(params))
    standing = [moved(part, offset_m=rise) for part in parts]
    if grip := numbers(params, "grip"):
        held = Grip(grip[0], grip[1], tilt_rad=grip[2], from_behind=bool(grip[3]))
        standing += hand_around("skin", held, np.array(wrist_m(params)), height_m / 1.75)
    return joined(standing)


def _pelvis_m(params: Mapping[str, Param]) -> float:
    """Height of the middle of the pelvis over the lower sole."""
    ankles = [_leg_joints(params, side, sign)[2] for side, sign in SIDES]
    return float(ANKLE * number(params, "height_m") - min(ankle[2] for ankle in ankles))


def _along(forward_rad: float, out_rad: float, sign: float) -> Float:
    """Direction of a limb that hangs down until it is swung forward and out to its side."""
    return np.array(
        [
            np.sin(forward_rad) * np.cos(out_rad),
            sign * np.sin(out_rad),
            -np.cos(forward_rad) * np.cos(out_rad),
        ]
    )


def _leg_joints(params: Mapping[str, Param], side: str, sign: float) -> tuple[Float, Float, Float]:
    """Hip, knee and ankle, from the middle of the pelvis."""
    h, g = number(params, "height_m"), number(params, "girth") * number(params, "height_m")
    hip_rad, knee_rad = number(params, f"hip_{side}_rad"), number(params, f"knee_{side}_rad")
    spread_rad = number(params, "spread_rad")
    hip = np.array([0.0, sign * 0.048 * g, 0.0])
    knee = hip + THIGH * h * _along(hip_rad, spread_rad, sign)
    return hip, knee, knee + SHIN * h * _along(hip_rad - knee_rad, 0.8 * spread_rad, sign)


def _leg(params: Mapping[str, Param], side: str, sign: float) -> list[Part]:
    """A leg with its shoe, from the middle of the pelvis at the origin."""
    h, g = number(params, "height_m"), number(params, "girth") * number(params, "height_m")
    hip, knee, ankle = _leg_joints(params, side, sign)
    upper = "skin" if params["outfit"] == "skirt" else "trousers"
    lower = "trousers" if params["outfit"] == "trousers" else "skin"
    shoe = box("shoes", (0.15 * h, 0.055 * h, 0.05 * h))
    return [
        _limb(upper, hip, knee, 0.056 * g, 0.041 * g),
        _limb(lower, knee, ankle, 0.04 * g, 0.026 * g),
        _joint(upper, knee, 0.041 * g),
        moved(shoe, offset_m=_xyz(ankle + h * np.array([0.035, 0.0, -ANKLE]))),
    ]


def _arm_joints(params: Mapping[str, Param], side: str, sign: float) -> tuple[Float, Float, Float]:
    """Shoulder, elbow and wrist of an upright body, from the middle of the pelvis."""
    h, g = number(params, "height_m"), number(params, "girth") * number(params, "height_m")
    forward_rad, out_rad = number(params, f"shoulder_{side}_rad"), number(params, f"out_{side}_rad")
    shoulder = np.array([0.0, sign * 0.105 * g, (TORSO - 0.02) * h])
    elbow = shoulder + UPPER_ARM * h * _along(forward_rad, out_rad, sign)
    bent_rad = forward_rad + number(params, f"elbow_{side}_rad")
    return shoulder, elbow, elbow + FOREARM * h * _along(bent_rad, 0.6 * out_rad, sign)


def _arm(params: Mapping[str, Param], side: str, sign: float) -> list[Part]:
    """An arm with its hand, hanging from a shoulder over the pelvis at the origin."""
    h, g = number(params, "height_m"), number(params, "girth") * number(params, "height_m")
    shoulder, elbow, wrist = _arm_joints(params, side, sign)
    sleeve = "skin" if params["short_sleeves"] else "top"
    holds = numbers(params, "grip") and (side, sign) == _raised(params)
    fist = moved(blob("skin", 0.024 * h, 1.4, 0.05, 3, segments=12), offset_m=_xyz(wrist))
    return [
        _limb("top", shoulder, elbow, 0.034 * g, 0.027 * g),
        _limb(sleeve, elbow, wrist, 0.026 * g, 0.02 * g),
        _joint(sleeve, elbow, 0.027 * g),
        _joint("top", shoulder, 0.036 * g),
        *([] if holds else [fist]),
    ]


def _torso(h: float, girth: float) -> list[Part]:
    """Pelvis to neck as ovals: wider than deep, narrow at the waist."""
    g = girth * h
    # Height, half width and half depth.
    pelvis = [(-0.04, 0.05, 0.045), (-0.02, 0.088, 0.062), (0.03, 0.095, 0.066)]
    chest = [
        (0.1, 0.08, 0.056),
        (0.19, 0.095, 0.062),
        (0.255, 0.108, 0.06),
        (0.295, 0.085, 0.045),
        (0.312, 0.04, 0.035),
    ]
    ovals = np.array(pelvis + chest)
    turn = np.arange(20) / 20 * 2 * np.pi
    rings = np.empty((len(ovals), 20, 3))
    rings[..., 0] = g * ovals[:, 2, None] * np.cos(turn)
    rings[..., 1] = g * ovals[:, 1, None] * np.sin(turn)
    rings[..., 2] = h * ovals[:, 0, None]
    # The shirt hangs a little over the trousers.
    hem = rings[2:3] * (1.04, 1.04, 1.0) - (0.0, 0.0, 0.012 * h)
    return [loft("trousers", rings[:3]), loft("top", np.concatenate([hem, rings[3:]]))]


def _head(params: Mapping[str, Param], h: float) -> list[Part]:
    """Neck, head with a nose, hair or a hat."""
    top_m = TORSO * h
    parts = [
        _limb("skin", np.array([0.0, 0.0, top_m - 0.02 * h]), np.array([0.008 * h, 0.0, top_m + 0.07 * h]), 0.031 * h),
        moved(blob("skin", 0.054 * h, 1.28, 0.02, 7, segments=20), offset_m=(0.005 * h, 0.0, top_m + 0.1 * h)),
        moved(blob("skin", 0.012 * h, 1.2, 0.0, 7, segments=10), offset_m=(0.06 * h, 0.0, top_m + 0.09 * h)),
    ]
    crown = blob("hair", 0.06 * h, 0.85 + 0.2 * bool(params["hat"]), 0.05, 9, segments=20)
    parts.append(moved(crown, offset_m=(-0.012 * h, 0.0, top_m + 0.125 * h)))
    if params["hair_long"]:
        fall = blob("hair", 0.052 * h, 1.9, 0.08, 11, segments=16)
        parts.append(moved(fall, offset_m=(-0.03 * h, 0.0, top_m + 0.065 * h)))
    return parts


def _skirt(params: Mapping[str, Param], h: float, girth: float) -> Part:
    """From the waist to above the knees, wide enough for the stride."""
    g = girth * h
    swing = [number(params, f"hip_{side}_rad") for side, _ in SIDES]
    turn = np.arange(24) / 24 * 2 * np.pi
    depth_m = 0.085 * g + 0.8 * THIGH * h * np.sin(np.abs(swing).max())
    middle_m = 0.4 * THIGH * h * np.sin(sum(swing) / 2)
    rings = np.empty((2, 24, 3))
    rings[..., 0] = np.outer((1.1 * depth_m, 0.066 * g), np.cos(turn)) + np.array([[middle_m], [0.0]])
    rings[..., 1] = np.outer((0.14 * g, 0.097 * g), np.sin(turn))
    rings[..., 2] = np.array([[-0.9 * THIGH * h], [0.05 * h]])
    return loft("trousers", rings)


def _limb(slot: str, start_m: Float, end_m: Float, start_radius_m: float, end_radius_m: float | None = None) -> Part:
    """A round limb that thins from one joint to the next."""
    share = np.array([-0.03, 0.0, 0.3, 0.7, 1.0, 1.03])[:, None]
    ends = (start_radius_m, start_radius_m if end_radius_m is None else end_radius_m)
    radius_m = np.interp(share[:, 0], (0.0, 1.0), ends) * (0.6, 0.95, 1.05, 1.0, 0.97, 0.6)
    along = (end_m - start_m) / np.linalg.norm(end_m - start_m)
    # Whichever axis is far from the limb's own.
    up = (0, 1, 0) if abs(along[1]) < 0.9 else (1, 0, 0)
    return tube(slot, start_m + share * (end_m - start_m), radius_m, 14, up=up)


def _joint(slot: str, at_m: Float, radius_m: float) -> Part:
    return moved(blob(slot, radius_m, 1.0, 0.0, 1, segments=12), offset_m=_xyz(at_m))


def _xyz(point_m: Float) -> tuple[float, float, float]:
    return float(point_m[0]), float(point_m[1]), float(point_m[2])


PERSON = distractor("person", _sample, _build)

OBJECT_TYPES: tuple[ObjectType, ...] = (PERSON,)
