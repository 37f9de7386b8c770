"""The body as solids: a trunk that bends at the waist, and limbs of two bones each that flow into it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvis.objects.mesh.implicit import ellipsoid_distance_m, lengths_m, meet, round_cone_distance_m, union
from synthvis.objects.people.proportions import Body
from synthvis.objects.people.skeleton import SHOULDER_DROP, WAIST, Arm, Leg, Skeleton

__all__ = ["Limb", "Trunk", "arm_limb", "leg_limb", "neck_distance_m", "turn_onto"]

Float = NDArray[np.float64]

UPWARD = np.array([-0.30, -0.13, 0.04, 0.2, 0.38, 0.55, 0.72, 0.86, 0.95, 1.02, 1.09])
"""Heights of the rows below, from the hips (0) to the shoulders (1)."""
WIDE_MALE = np.array([0.050, 0.086, 0.093, 0.090, 0.084, 0.087, 0.094, 0.096, 0.093, 0.068, 0.036])
WIDE_FEMALE = np.array([0.052, 0.093, 0.100, 0.090, 0.073, 0.077, 0.084, 0.085, 0.083, 0.060, 0.033])
FRONT_MALE = np.array([0.040, 0.050, 0.054, 0.056, 0.056, 0.059, 0.064, 0.058, 0.044, 0.033, 0.025])
FRONT_FEMALE = np.array([0.040, 0.048, 0.052, 0.053, 0.049, 0.051, 0.055, 0.050, 0.040, 0.030, 0.024])
BACK_MALE = np.array([0.045, 0.058, 0.062, 0.054, 0.048, 0.052, 0.058, 0.060, 0.055, 0.047, 0.038])
BACK_FEMALE = np.array([0.046, 0.062, 0.066, 0.054, 0.045, 0.049, 0.054, 0.056, 0.051, 0.043, 0.034])
"""Half widths and depths of the trunk over stature."""
SQUARE = 2.35
"""Power of the trunk's cross-sections; 2 would be ellipses."""

ALONG = np.array([0.0, 0.12, 0.3, 0.5, 0.72, 0.9, 1.0])
UPPER_ARM = np.array([0.0225, 0.0285, 0.0305, 0.0285, 0.0255, 0.0235, 0.0235])
FOREARM = np.array([0.0235, 0.0250, 0.0255, 0.0225, 0.0190, 0.0160, 0.0155])
THIGH = np.array([0.0530, 0.0535, 0.0510, 0.0460, 0.0385, 0.0345, 0.0335])
SHIN = np.array([0.0325, 0.0335, 0.0345, 0.0305, 0.0245, 0.0205, 0.0205])
CALF = np.array([0.0, 0.004, 0.0085, 0.007, 0.003, 0.0, 0.0])
"""Radii along the limbs over stature, and how far a shin's middle bulges back."""


@dataclass(frozen=True, slots=True, eq=False)
class Trunk:
    """The trunk of a body without its neck.

    Attributes:
        body: Lengths and widths.
        bones: Where it is.
        ease_m: Cloth keeps that far off; 0: skin.
        drape: How far cloth hangs straight down from where the trunk is widest, 0 to 1.
    """

    body: Body
    bones: Skeleton
    ease_m: float = 0.0
    drape: float = 0.0

    def rest_m(self, points_m: Float) -> Float:
        """(N, 3) places in the upright trunk, from the middle of the hips, of places in the bent one."""
        bend_m = WAIST * self.body.torso_m
        low = (points_m - self.bones.pelvis_m) @ self.bones.pelvis
        high = (points_m - self.bones.waist_m) @ self.bones.chest + (0.0, 0.0, bend_m)
        share = np.clip(((low[:, 2] + high[:, 2]) / 2 - bend_m) / (0.5 * self.body.torso_m) + 0.5, 0.0, 1.0)
        share = share * share * (3 - 2 * share)
        rest: Float = low + share[:, None] * (high - low)
        return rest

    def distance_m(self, points_m: Float) -> Float:
        """(N,) distances from the trunk."""
        rest = self.rest_m(points_m)
        x, y, z = rest.T
        body = self.body
        wide, front, back = self._profile()
        up = z / body.torso_m
        half_wide = np.interp(up, UPWARD, wide)
        half_deep = np.where(x > 0, np.interp(up, UPWARD, front), np.interp(up, UPWARD, back))
        reach = (np.abs(y / half_wide) ** SQUARE + np.abs(x / half_deep) ** SQUARE) ** (1 / SQUARE)
        away = np.hypot(x, y)
        side = np.where(reach > 1e-6, away - away / np.maximum(reach, 1e-6), -np.minimum(half_wide, half_deep))
        distance = np.maximum(side, np.maximum((UPWARD[0] - up), (up - UPWARD[-1] - 0.03)) * body.torso_m)
        return self._with_curves(rest, distance) - self.ease_m

    def _profile(self) -> tuple[Float, Float, Float]:
        """Half widths and depths by `UPWARD`, metres."""
        body = self.body
        size = body.height_m * body.girth
        wide, front, back = (
            size * (female + body.male * (male - female))
            for female, male in ((WIDE_FEMALE, WIDE_MALE), (FRONT_FEMALE, FRONT_MALE), (BACK_FEMALE, BACK_MALE))
        )
        bulge = np.exp(-(((UPWARD - 0.3) / 0.26) ** 2)) * body.belly
        wide, front, back = wide + 0.018 * size * bulge, front + 0.05 * size * bulge, back + 0.006 * size * bulge
        if self.drape:
            wide, front, back = (_draped(row, self.drape) for row in (wide, front, back))
        return wide, front, back

    def _with_curves(self, rest: Float, distance: Float) -> Float:
        """With buttocks and, of women, a bust."""
        body, size = self.body, self.body.height_m * self.body.girth**0.6
        mirrored = rest * (1.0, 1.0, 1.0)
        mirrored[:, 1] = np.abs(rest[:, 1])
        seat = ellipsoid_distance_m(
            mirrored, (-0.026 * size, 0.040 * size, -0.005 * size), np.array([0.046, 0.044, 0.05]) * size
        )
        distance = union(distance, seat, 0.03 * size)
        bust = (1 - body.male) * (1 - min(2.2 * body.child, 1.0))
        if bust > 0.3:
            middle = (0.046 * size, 0.041 * size, 0.70 * body.torso_m)
            distance = union(distance, ellipsoid_distance_m(mirrored, middle, [0.032 * size] * 3), 0.022 * size)
        return distance


def _draped(row: Float, drape: float) -> Float:
    """Half widths of cloth that hangs from the widest place below the arms."""
    widest = np.maximum.accumulate(row[:8][::-1])[::-1]
    hung: Float = np.concatenate([row[:8] + drape * (widest - row[:8]), row[8:]])
    hung[:2] = row[:2] + drape * (row[2] - row[:2])
    return hung


@dataclass(frozen=True, slots=True, eq=False)
class Limb:
    """An arm or a leg, of two bones.

    Attributes:
        joints_m: (3, 3) from the trunk to the end.
        upper_m: Radii along the first bone, by `ALONG`.
        lower_m: Radii along the second.
        rest_m: (3,) where it begins in the upright body that lets its limbs hang down, from the middle of the hips.
        upright: (3, 3) rotation of what it hangs from.
        bulge_m: How far the middle of the second bone is behind it, by `ALONG`.
    """

    joints_m: Float
    upper_m: Float
    lower_m: Float
    rest_m: Float
    upright: Float
    bulge_m: Float | None = None

    @property
    def lengths_m(self) -> tuple[float, float]:
        """Of both bones."""
        first, second = np.linalg.norm(np.diff(self.joints_m, axis=0), axis=1)
        return float(first), float(second)

    @property
    def _front(self) -> Float:
        """(3,) where the front of the second bone is."""
        front: Float = turn_onto(self.joints_m[2] - self.joints_m[1], self.upright)[:, 0]
        return front

    def distance_m(
        self, points_m: Float, *, end: float = 2.0, start: float = 0.0, blend_m: float = 0.02, edge_m: float = 0.006
    ) -> Float:
        """(N,) distances from the limb between two cuts.

        Args:
            points_m: (N, 3) places.
            end: Where it is cut, in bones: 0.5 in the middle of the first, 2 at the end of the second.
            start: Where it begins, in bones.
            blend_m: Over which the bones flow into each other.
            edge_m: Radius of the edge of a cut.
        """
        parts = []
        if start < 1:
            upper, share = _tube(points_m, self.joints_m[0], self.joints_m[1], self.upper_m)
            parts.append(self._cut(upper, share, 0, start, end if end < 1 else None, edge_m))
        if end > 1:
            back = None if self.bulge_m is None else -np.outer(self.bulge_m, self._front)
            lower, share = _tube(points_m, self.joints_m[1], self.joints_m[2], self.lower_m, back)
            parts.append(self._cut(lower, share, 1, max(start - 1, 0.0), end - 1, edge_m))
        return parts[0] if len(parts) == 1 else union(parts[0], parts[1], blend_m)

    def _cut(self, distance: Float, share: Float, bone: int, start: float, end: float | None, edge_m: float) -> Float:
        length_m = self.lengths_m[bone]
        if start > 0:
            distance = meet(distance, (start - share) * length_m, edge_m)
        if end is not None and end < 1.999:
            distance = meet(distance, (share - end) * length_m, edge_m)
        return distance

    def hanging_m(self, points_m: Float) -> Float:
        """(N, 3) places in the upright body that lets this limb hang down."""
        first, second = np.diff(self.joints_m, axis=0)
        found = []
        for joint, way, gone_m in ((0, first, 0.0), (1, second, self.lengths_m[0])):
            local = (points_m - self.joints_m[joint]) @ turn_onto(way, self.upright)
            found.append(local - (0.0, 0.0, gone_m))
        middle = (points_m - self.joints_m[1]) @ (first / np.linalg.norm(first) + second / np.linalg.norm(second))
        share = np.clip(middle / (0.3 * self.lengths_m[0]) + 0.5, 0.0, 1.0)[:, None]
        hanging: Float = self.rest_m + found[0] + share * (found[1] - found[0])
        return hanging

    def eased(self, upper_m: Float, lower_m: Float) -> Limb:
        """The limb in cloth: with other radii."""
        return Limb(self.joints_m, upper_m, lower_m, self.rest_m, self.upright, self.bulge_m)


def _tube(
    points_m: Float, start_m: Float, end_m: Float, radii_m: Float, bulge_m: Float | None = None
) -> tuple[Float, Float]:
    """Distances from a limb of one bone, and places along it, unclipped."""
    way = end_m - start_m
    away = points_m - start_m
    share = away @ way / float(way @ way)
    along = np.clip(share, 0.0, 1.0)
    off = away - along[:, None] * way
    if bulge_m is not None:
        off -= np.stack([np.interp(along, ALONG, bulge_m[:, axis]) for axis in range(3)], axis=1)
    return lengths_m(off) - np.interp(along, ALONG, radii_m), share


def turn_onto(way: Float, upright: Float) -> Float:
    """(3, 3) the rotation of what hangs down, turned the shortest way until it points along `way`."""
    unit = way / np.linalg.norm(way)
    down = -upright[:, 2]
    axis = np.cross(down, unit)
    cos = float(down @ unit)
    if cos < -0.999:
        over: Float = upright @ np.diag([1.0, -1.0, -1.0])
        return over
    skew = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    turned: Float = (np.eye(3) + skew + skew @ skew / (1 + cos)) @ upright
    return turned


def arm_limb(body: Body, bones: Skeleton, arm: Arm) -> Limb:
    """The arm as a solid; the hand is not part of it."""
    size = body.height_m * body.girth**0.9 * (0.88 + 0.14 * body.male)
    joints = np.stack([arm.shoulder_m, arm.elbow_m, arm.wrist_m])
    lower = FOREARM * size
    lower[-2:] = FOREARM[-2:] * body.height_m * (0.92 + 0.1 * body.male) * body.girth**0.4
    rest = np.array([0.0, arm.sign * body.shoulder_m, body.torso_m - SHOULDER_DROP * body.height_m])
    return Limb(joints, UPPER_ARM * size, lower, rest, bones.chest)


def leg_limb(body: Body, bones: Skeleton, leg: Leg) -> Limb:
    """The leg as a solid; the foot is not part of it."""
    size = body.height_m * body.girth**0.9 * (1.0 + 0.03 * (1 - body.male))
    joints = np.stack([leg.hip_m, leg.knee_m, leg.ankle_m])
    lower = SHIN * size
    lower[-2:] = SHIN[-2:] * body.height_m * body.girth**0.4
    rest = np.array([0.0, leg.sign * body.hip_m, 0.0])
    return Limb(joints, THIGH * size, lower, rest, bones.pelvis, CALF * size)


def neck_distance_m(body: Body, bones: Skeleton, points_m: Float, ease_m: float = 0.0) -> Float:
    """(N,) distances from the neck, from between the shoulders up into the head."""
    radius_m = body.height_m * (0.029 + 0.005 * body.male) * body.girth**0.6
    start_m = bones.neck_m - 0.35 * body.neck_m * bones.chest[:, 2]
    end_m = bones.chin_m + bones.head @ np.array([-0.02, 0.0, 0.35]) * body.head_m
    return round_cone_distance_m(points_m, start_m, end_m, 1.12 * radius_m, 0.98 * radius_m) - ease_m


def box_around(points_m: Sequence[Float], margin_m: float) -> tuple[Float, Float]:
    """Corners of the box around some points."""
    every = np.stack(points_m)
    return every.min(axis=0) - margin_m, every.max(axis=0) + margin_m
