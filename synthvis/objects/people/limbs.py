"""How limbs move a person's mesh: the joints of arms and legs, and which of them each vertex follows.

The weights are for a body that stands with its arms hanging down, as people who walk are built.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from synthvis.objects.mesh.joints import Joint
from synthvis.objects.people.garments import Wearer, around_trunk, sleeves_of
from synthvis.objects.people.skeleton import SIDES, Skeleton
from synthvis.objects.spec import Param

__all__ = [
    "KEYPOINT_JOINTS",
    "LIMB_JOINTS",
    "follow_body",
    "follow_lower_body",
    "follow_part",
    "follow_upper_body",
    "joints_of",
]

Float = NDArray[np.float64]

LIMB_JOINTS = tuple(f"{joint}_{side}" for side, _ in SIDES for joint in ("shoulder", "elbow", "hip", "knee", "ankle"))
"""Names of the joints, those of the left first."""
KEYPOINT_JOINTS = np.array(
    [-1] * 7 + [LIMB_JOINTS.index(f"{joint}_{side}") for joint in ("shoulder", "elbow") for side, _ in SIDES]
    + [-1] * 2 + [LIMB_JOINTS.index(f"{joint}_{side}") for joint in ("hip", "knee") for side, _ in SIDES]
)  # fmt: skip
"""The joint that moves each of COCO's keypoints: an elbow moves with the shoulder."""

ARMPIT, ARMPIT_BLEND, HANGING_BLEND = 0.08, 0.05, 0.0025
"""Reach of a shoulder; over what arm and trunk blend there, and where the arm hangs beside the trunk; over stature."""
ELBOW_BLEND, KNEE_BLEND = 0.035, 0.045
HIP_ABOVE, HIP_BLEND = 0.02, 0.11
"""Legs begin so far above the hip joints, and are free of the trunk so far below that."""
CROTCH_BLEND, LEG_BLEND, SKIRT_BLEND = 0.05, 0.012, 0.09
"""Over what left and right blend: at the crotch, below it, and in a skirt or the tails of a coat."""


def joints_of(bones: Skeleton, drop_m: float) -> tuple[Joint, ...]:
    """The joints by `LIMB_JOINTS`; a positive angle swings a limb forward.

    Args:
        bones: Where the joints are.
        drop_m: How far the mesh was lowered.
    """
    found = []
    for (side, _), arm, leg in zip(SIDES, bones.arms, bones.legs, strict=True):
        rows = (
            ("shoulder", None, arm.shoulder_m, bones.chest), ("elbow", "shoulder", arm.elbow_m, bones.chest),
            ("hip", None, leg.hip_m, bones.pelvis), ("knee", "hip", leg.knee_m, bones.pelvis),
            ("ankle", "knee", leg.ankle_m, bones.pelvis),
        )  # fmt: skip
        for name, parent, pivot_m, turn in rows:
            found.append(
                Joint(
                    name=f"{name}_{side}",
                    parent=parent and f"{parent}_{side}",
                    pivot_m=_triple(pivot_m - (0.0, 0.0, drop_m)),
                    axis=_triple(-turn[:, 1]),
                )
            )
    return tuple(found)


def follow_body(count: int) -> Float:
    """(count, J) weights of what moves with trunk and head."""
    return np.zeros((count, len(LIMB_JOINTS)))


def follow_part(count: int, joint: str) -> Float:
    """(count, J) weights of what moves with the part of one joint: a hand, a foot."""
    weights = follow_body(count)
    weights[:, LIMB_JOINTS.index(joint)] = 1.0
    return weights


def follow_upper_body(wearer: Wearer, params: Mapping[str, Param], points_m: Float, *, skirt: bool) -> Float:
    """(N, J) weights of places on the skin of trunk and arms, and on tops; what hangs below the hips follows the legs.

    Args:
        wearer: The body.
        params: Of its clothes.
        points_m: (N, 3) places, in the frame of its bones.
        skirt: What hangs below the hips is spanned over both legs.
    """
    weights, h = follow_body(len(points_m)), wearer.body.height_m
    own_m = (around_trunk(wearer, params) if params["top"] != "none" else wearer.trunk.distance_m)(points_m)
    limbs = sleeves_of(wearer, params) if params["top"] != "none" else wearer.arms
    for (side, _), limb in zip(SIDES, limbs, strict=True):
        shoulder_m, elbow_m, wrist_m = limb.joints_m
        near = np.clip(1.7 - np.linalg.norm(points_m - shoulder_m, axis=1) / (ARMPIT * h), 0.0, 1.0)
        blend_m = h * (HANGING_BLEND + near * (ARMPIT_BLEND - HANGING_BLEND))
        share = _smooth((own_m - limb.distance_m(points_m)) / blend_m + 0.5)
        way = (elbow_m - shoulder_m) / np.linalg.norm(elbow_m - shoulder_m)
        way += (wrist_m - elbow_m) / np.linalg.norm(wrist_m - elbow_m)
        beyond = _smooth((points_m - elbow_m) @ (way / np.linalg.norm(way)) / (2 * ELBOW_BLEND * h) + 0.5)
        weights[:, LIMB_JOINTS.index(f"shoulder_{side}")] = share * (1 - beyond)
        weights[:, LIMB_JOINTS.index(f"elbow_{side}")] = share * beyond
    rest = np.maximum(1 - weights.sum(axis=1, keepdims=True), 0.0)
    found: Float = weights + rest * follow_lower_body(wearer, points_m, skirt=skirt)
    return found


def follow_lower_body(wearer: Wearer, points_m: Float, *, skirt: bool) -> Float:
    """(N, J) weights of places on the skin of legs, on trousers, and on a skirt or tails.

    Args:
        wearer: The body.
        points_m: (N, 3) places, in the frame of its bones.
        skirt: The cloth is spanned over both legs.
    """
    weights, h, bones = follow_body(len(points_m)), wearer.body.height_m, wearer.bones
    y, z = points_m[:, 1], points_m[:, 2]
    hip_m, knee_m = float(bones.pelvis_m[2]), float(np.mean([leg.knee_m[2] for leg in bones.legs]))
    down = _smooth((hip_m + HIP_ABOVE * h - z) / (HIP_BLEND * h))
    blend_m = SKIRT_BLEND * h if skirt else h * (
        LEG_BLEND + (CROTCH_BLEND - LEG_BLEND) * _smooth((z - hip_m + HIP_BLEND * h) / (HIP_BLEND * h))
    )  # fmt: skip
    left = _smooth(0.5 + y / (2 * blend_m))
    shin = _smooth((knee_m - z) / (2 * KNEE_BLEND * h) + 0.5)
    for (side, _), own in zip(SIDES, (left, 1 - left), strict=True):
        weights[:, LIMB_JOINTS.index(f"hip_{side}")] = down * own * (1 - shin)
        weights[:, LIMB_JOINTS.index(f"knee_{side}")] = down * own * shin
    return weights


def _smooth(share: Float) -> Float:
    clipped = np.clip(share, 0.0, 1.0)
    found: Float = clipped * clipped * (3 - 2 * clipped)
    return found


def _triple(values: Float) -> tuple[float, float, float]:
    return float(values[0]), float(values[1]), float(values[2])
