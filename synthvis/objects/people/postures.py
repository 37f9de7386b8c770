"""What people do with their limbs: bounds of the angles at their joints.

Hips and shoulders swing forward, knees bend back, elbows forward; `out` is a shoulder away from the body, `in` a
forearm towards the other. All bounds are within the ranges of motion of Norkin and White, "Measurement of Joint
Motion" (2016).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from numpy.random import Generator

from synthvis.draws import chance, rounded
from synthvis.objects.spec import Param

__all__ = ["POSTURES", "STROLLING", "posed"]

Ranges = Mapping[str, tuple[float, float]]


def _both(joint: str, bounds: tuple[float, float]) -> dict[str, tuple[float, float]]:
    return {f"{joint}_left_rad": bounds, f"{joint}_right_rad": bounds}


STANDING: Ranges = MappingProxyType(
    {
        "lean_rad": (-0.03, 0.08),
        "twist_rad": (-0.12, 0.12),
        "nod_rad": (-0.12, 0.3),
        "turn_rad": (-0.7, 0.7),
        "spread_rad": (0.02, 0.11),
        **_both("hip", (-0.05, 0.1)),
        **_both("knee", (0.0, 0.14)),
        **_both("shoulder", (-0.2, 0.15)),
        **_both("out", (0.15, 0.27)),
        **_both("elbow", (0.1, 0.5)),
        **_both("in", (0.0, 0.1)),
    }
)
"""Angles at the joints of someone who stands."""

WALKING: Ranges = MappingProxyType(
    {
        **STANDING,
        "lean_rad": (0.0, 0.09),
        "twist_rad": (-0.05, 0.2),
        "turn_rad": (-0.4, 0.4),
        "spread_rad": (0.0, 0.04),
        "hip_left_rad": (0.1, 0.5),
        "hip_right_rad": (-0.4, 0.0),
        "knee_left_rad": (0.05, 0.35),
        "knee_right_rad": (0.1, 0.9),
        "shoulder_left_rad": (-0.55, -0.05),
        "shoulder_right_rad": (0.0, 0.5),
        **_both("elbow", (0.15, 0.7)),
    }
)

POSTURES: Mapping[str, Ranges] = MappingProxyType(
    {
        "stand": STANDING,
        "walk": WALKING,
        "run": {
            **WALKING,
            "lean_rad": (0.08, 0.25),
            "hip_left_rad": (0.6, 1.2),
            "hip_right_rad": (-0.35, 0.0),
            "knee_left_rad": (0.9, 1.6),
            "knee_right_rad": (0.2, 1.3),
            "shoulder_left_rad": (-0.9, -0.5),
            "shoulder_right_rad": (0.1, 0.6),
            **_both("elbow", (1.3, 1.8)),
            **_both("out", (0.25, 0.4)),
            **_both("in", (-0.1, 0.1)),
        },
        "pockets": {
            **STANDING,
            **_both("shoulder", (-0.3, -0.05)),
            **_both("out", (0.3, 0.42)),
            **_both("elbow", (0.3, 0.5)),
            **_both("in", (0.25, 0.38)),
        },
        "akimbo": {
            **STANDING,
            **_both("shoulder", (-0.35, -0.1)),
            **_both("out", (0.65, 0.85)),
            **_both("elbow", (0.4, 0.6)),
            **_both("in", (0.95, 1.1)),
        },
        "phone": {
            **STANDING,
            "nod_rad": (0.2, 0.55),
            "turn_rad": (-0.2, 0.2),
            "shoulder_left_rad": (0.2, 0.5),
            "elbow_left_rad": (1.6, 2.0),
            "in_left_rad": (0.3, 0.6),
        },
        "wave": {
            **STANDING,
            "shoulder_left_rad": (0.6, 2.6),
            "out_left_rad": (0.3, 0.9),
            "elbow_left_rad": (0.3, 1.2),
        },
        "ride": {
            **STANDING,
            "lean_rad": (0.05, 0.6),
            "spread_rad": (0.28, 0.5),
            **_both("hip", (0.3, 0.9)),
            **_both("knee", (0.5, 1.4)),
            **_both("shoulder", (-0.2, 0.6)),
            **_both("out", (0.5, 1.5)),
            **_both("elbow", (0.1, 0.9)),
        },
        "throw": {
            **STANDING,
            "lean_rad": (-0.1, 0.35),
            "spread_rad": (0.1, 0.35),
            "hip_left_rad": (0.1, 0.6),
            "hip_right_rad": (-0.4, 0.0),
            "knee_left_rad": (0.1, 0.6),
            "knee_right_rad": (0.1, 0.7),
            "shoulder_right_rad": (0.8, 2.8),
            "out_left_rad": (0.3, 1.2),
            "elbow_right_rad": (0.1, 1.2),
        },
        "kick": {
            **WALKING,
            "lean_rad": (-0.15, 0.1),
            "hip_left_rad": (0.5, 1.2),
            "knee_left_rad": (0.1, 0.7),
            "hip_right_rad": (-0.2, 0.1),
            **_both("out", (0.4, 0.9)),
        },
        "hold": {
            **STANDING,
            "shoulder_left_rad": (0.3, 0.7),
            "elbow_left_rad": (1.1, 1.6),
            "out_left_rad": (0.05, 0.15),
            "in_left_rad": (0.0, 0.1),
        },
        "reach": {
            **STANDING,
            "lean_rad": (0.0, 0.4),
            "nod_rad": (-0.3, 0.2),
            "shoulder_left_rad": (1.1, 2.7),
            "elbow_left_rad": (0.05, 0.4),
            "out_left_rad": (0.05, 0.3),
        },
        "bend": {
            **STANDING,
            "lean_rad": (0.7, 1.35),
            "turn_rad": (-0.3, 0.3),
            **_both("hip", (0.0, 0.25)),
            **_both("knee", (0.15, 0.6)),
            **_both("shoulder", (0.7, 1.4)),
            **_both("elbow", (0.1, 0.7)),
        },
        "crouch": {
            **STANDING,
            "lean_rad": (0.2, 0.5),
            "spread_rad": (0.12, 0.35),
            **_both("hip", (1.6, 1.85)),
            **_both("knee", (2.1, 2.35)),
            **_both("shoulder", (1.0, 1.4)),
            **_both("elbow", (0.2, 0.7)),
            **_both("in", (0.0, 0.3)),
        },
        "sit": {
            **STANDING,
            "lean_rad": (-0.1, 0.25),
            "spread_rad": (0.05, 0.3),
            **_both("hip", (1.35, 1.6)),
            **_both("knee", (1.3, 1.8)),
            "shoulder_left_rad": (0.3, 0.7),
            "shoulder_right_rad": (0.3, 0.55),
            "elbow_left_rad": (1.2, 1.6),
            "elbow_right_rad": (1.0, 1.35),
            "in_right_rad": (0.0, 0.4),
        },
        "cycle": {
            **STANDING,
            "lean_rad": (0.35, 0.8),
            "nod_rad": (-0.35, 0.0),
            "turn_rad": (-0.3, 0.3),
            "spread_rad": (0.02, 0.06),
            "hip_left_rad": (1.2, 1.45),
            "hip_right_rad": (0.5, 0.8),
            "knee_left_rad": (1.6, 1.9),
            "knee_right_rad": (0.6, 0.9),
            **_both("shoulder", (0.9, 1.3)),
            **_both("out", (0.1, 0.2)),
            **_both("elbow", (0.2, 0.5)),
        },
        "pull": {
            **STANDING,
            "lean_rad": (-0.2, 0.05),
            "nod_rad": (-0.5, 0.0),
            "hip_left_rad": (0.0, 0.3),
            "shoulder_left_rad": (1.2, 2.4),
            "shoulder_right_rad": (0.8, 2.2),
            "elbow_left_rad": (0.1, 0.8),
            "elbow_right_rad": (0.2, 1.2),
        },
    }
)
"""Bounds of the angles at the joints, by what someone does."""

STROLLING: Mapping[str, float] = MappingProxyType(
    {
        "stand": 3.0, "walk": 4.0, "hold": 1.0, "pockets": 0.9, "akimbo": 0.4, "phone": 0.8, "run": 0.3, "reach": 0.3,
        "bend": 0.2, "crouch": 0.3, "throw": 0.2, "wave": 0.3,
    }
)  # fmt: skip
"""What people do where nothing is said, weighted."""


def posed(rng: Generator, posture: str) -> dict[str, Param]:
    """Angles at the joints for one of `POSTURES`; left and right are swapped in half of all draws.

    Raises:
        KeyError: No such posture.
    """
    angles = {name: rounded(rng, bounds) for name, bounds in POSTURES[posture].items()}
    if chance(rng, 0.5):
        angles = {_other_side(name): -value if name in _TURNS else value for name, value in angles.items()}
    return dict(sorted(angles.items()))


_TURNS = ("twist_rad", "turn_rad")


def _other_side(name: str) -> str:
    if "_left_" in name:
        return name.replace("_left_", "_right_")
    return name.replace("_right_", "_left_")
