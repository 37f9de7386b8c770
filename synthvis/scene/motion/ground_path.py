"""Who walks and what drives: straight on along the ground, through nothing and nobody."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.draws import uniform
from synthvis.geometry import invert_rigid, transform_points
from synthvis.objects.people.gait import can_walk_upright, fastest_walk_mps
from synthvis.scene.motion.assembly import Assembly
from synthvis.scene.motion.camera_path import CameraPath
from synthvis.scene.motion.solid_surroundings import Upright

__all__ = ["GroundPath", "can_drive", "can_walk", "ground_paths", "rides"]

Float = NDArray[np.float64]

FORWARD = {"person": (1.0, 0.0, 0.0), "car": (-1.0, 0.0, 0.0)}
"""Where the front is, in the frame of the object."""
WALK_MPS, RIDE_MPS, DRIVE_MPS = (0.7, 1.7), (1.8, 4.0), (3.0, 11.0)
SEATED_RAD = 1.1
"""Hips that are bent more are on a seat."""
ON_FLOOR_M = 0.03
GAP_M, CAMERA_GAP_M = 0.12, 0.7
STEP_M = 0.35
"""Between points of a footprint that are looked at."""
CHECKED = 40
"""Moments of a path that are looked at."""
SLOWER = (1.0, 0.6, 0.3)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GroundPath:
    """A straight path at constant speed, through the pose of the still scene in the middle of the film.

    Attributes:
        assembly: What moves.
        velocity_mps: (3,) world frame.
        seconds: Length of the film.
    """

    assembly: Assembly
    velocity_mps: Float
    seconds: float

    def pose(self, time_s: float) -> Float:
        """(4, 4) `world_from_carrier` at a time."""
        found = self.assembly.world_from_carrier.copy()
        found[:3, 3] += self.velocity_mps * (time_s - self.seconds / 2)
        return found


def can_walk(one: Assembly, floor_m: float) -> bool:
    """Someone who stands on the floor, or on a board that does."""
    params = one.objects[0].params
    hips = [value for name, value in params.items() if name.startswith("hip_") and isinstance(value, float)]
    stands = one.kind == "person" and max(hips, default=0.0) < SEATED_RAD and _is_on(one, floor_m)
    return stands and (rides(one) or can_walk_upright(params))


def rides(one: Assembly) -> bool:
    """Whether somebody rides on something that rolls."""
    return any(item.kind in ("skateboard", "bicycle") for item in one.objects)


def can_drive(one: Assembly, floor_m: float) -> bool:
    """A car on the road."""
    return one.kind == "car" and _is_on(one, floor_m)


def ground_paths(
    movers: Sequence[Assembly],
    others: Sequence[Assembly],
    uprights: Sequence[Upright],
    camera: CameraPath,
    seconds: float,
    rng: Generator,
) -> list[GroundPath]:
    """A path for each of those that find one; the others stay where they are.

    Args:
        movers: Who may move.
        others: All things but these.
        uprights: Walls, blocks, trunks.
        camera: Nobody walks into it.
        seconds: Length of the film.
        rng: Source of the draws.
    """
    paths: list[GroundPath] = []
    waiting = list(movers)
    for one in movers:
        waiting.remove(one)
        speed = uniform(rng, _speeds(one))
        for share in SLOWER:
            path = GroundPath(assembly=one, velocity_mps=share * speed * _heading(one), seconds=seconds)
            if _is_free(path, [*others, *waiting], paths, uprights, camera):
                paths.append(path)
                break
        else:
            others = [*others, one]
    return paths


def _speeds(one: Assembly) -> tuple[float, float]:
    if one.kind == "car":
        return DRIVE_MPS
    if rides(one):
        return RIDE_MPS
    return WALK_MPS[0], min(WALK_MPS[1], fastest_walk_mps(one.objects[0].params))


def _heading(one: Assembly) -> Float:
    heading = one.world_from_carrier[:3, :3] @ np.array(FORWARD[one.kind])
    heading[2] = 0.0
    found: Float = heading / np.linalg.norm(heading)
    return found


def _is_on(one: Assembly, floor_m: float) -> bool:
    return abs(float(one.box_m[0][2]) - floor_m) < ON_FLOOR_M


def _is_free(
    path: GroundPath,
    others: Sequence[Assembly],
    paths: Sequence[GroundPath],
    uprights: Sequence[Upright],
    camera: CameraPath,
) -> bool:
    footprint, (low, high) = _footprint(path.assembly), path.assembly.box_m
    level = [one for one in others if one.box_m[1][2] > low[2] + ON_FLOOR_M and one.box_m[0][2] < high[2]]
    boxes = [(one.box_m[0][:2], one.box_m[1][:2]) for one in level]
    for time_s in np.linspace(0.0, path.seconds, CHECKED):
        way = path.velocity_mps[:2] * (time_s - path.seconds / 2)
        points = footprint + way
        if any(_enters(points, *box) for box in boxes) or any(_enters_upright(points, low[2], one) for one in uprights):
            return False
        for other in paths:
            way_of_other = other.velocity_mps[:2] * (time_s - path.seconds / 2)
            if _enters(points, other.assembly.box_m[0][:2] + way_of_other, other.assembly.box_m[1][:2] + way_of_other):
                return False
        eye = camera(float(time_s / path.seconds))[:3, 3]
        if eye[2] < high[2] + CAMERA_GAP_M and float(np.linalg.norm(points - eye[:2], axis=1).min()) < CAMERA_GAP_M:
            return False
    return True


def _footprint(one: Assembly) -> Float:
    """(N, 2) points over the box of an assembly in its own frame, seen from above in the world."""
    low, high = one.points_m.min(axis=0), one.points_m.max(axis=0)
    sides = [np.linspace(a, b, 1 + max(1, math.ceil((b - a) / STEP_M))) for a, b in zip(low[:2], high[:2], strict=True)]
    x, y = (axis.ravel() for axis in np.meshgrid(*sides))
    points: Float = transform_points(one.world_from_carrier, np.column_stack([x, y, np.full(len(x), low[2])]))[:, :2]
    return points


def _enters(points: Float, low: Float, high: Float) -> bool:
    return bool(((low - GAP_M < points) & (points < high + GAP_M)).all(axis=1).any())


def _enters_upright(points: Float, foot_m: float, upright: Upright) -> bool:
    half = np.array(upright.half_m)
    if upright.world_from_box[2, 3] - half[2] > foot_m + 2.0:
        return False
    at_foot = np.column_stack([points, np.full(len(points), foot_m)])
    local = transform_points(invert_rigid(upright.world_from_box), at_foot)[:, :2]
    return _enters(local, -half[:2], half[:2])
