"""A part that a hand holds up: between the thumb and the fingers, which lie on its surface."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.draws import chance, uniform
from synthvis.objects.people.holding_hand import (
    DIGITS,
    HOLDING_HAND,
    RADIUS_M,
    flexed_digit,
    hand_sample,
    lowest_m,
)
from synthvis.objects.registry import ObjectCatalogue
from synthvis.scene.free.heaps import drop_on_floor
from synthvis.scene.free.settling import any_turn, tumbled
from synthvis.scene.placed_object import Group, ObjectSample, PlacedObject, oriented_object

__all__ = ["MAX_GRIP_M", "hold_up"]

Float = NDArray[np.float64]

MAX_GRIP_M = 0.075
"""A hand spans that much; what is thicker whichever way it is turned lies on the floor instead."""
GRIP = np.array([0.0, math.cos(0.53), math.sin(0.53)])
"""From the thumb to the fingers, in the frame of the hand."""
AWAY = np.array([0.0, -math.sin(0.53), math.cos(0.53)])
"""Out of the palm, across the grip."""
MIDDLE_M = np.array([0.0, 0.112, 0.036])
"""Where thumb and fingers meet."""
INTO_M = 0.018
"""How far into a thing, from its near end, the fingertips reach."""
ACROSS_M = (0.014, 0.022, 0.006, -0.01, -0.024)
"""Where each digit touches, along x."""
NEAR_M = 0.005
"""Points that near to a fingertip's path are touched by it."""
PAD = 0.88
"""Radius of a fingertip over that of its digit."""
PALM_M = 0.0145
"""Half the thickness of the palm around its bones."""
GRASPS = 14
GIVES_M = 0.0015
"""Skin gives way by so much."""
POINTS = 3000
TRIES = 60
FREE_M = (0.12, 0.4)
"""How high over the floor the lowest of it is held."""


def hold_up(
    labelled: Sequence[ObjectSample],
    others: Sequence[ObjectSample],
    camera_rad: float,
    rng: Generator,
    catalogue: ObjectCatalogue,
) -> tuple[Group, int]:
    """The first object in a hand, the rest dropped on z = 0 below; how many of the first of the group are labelled.

    The hand comes last.

    Args:
        labelled: Objects that count.
        others: Objects that do not.
        camera_rad: Where the camera stands, from +x about z: the arm does not come from behind the object.
        rng: Source of the draws.
        catalogue: Every type of object.
    """
    side = 1.0 if chance(rng, 0.6) else -1.0
    grasp = _best_grasp(labelled[0], side, rng, catalogue) if labelled else None
    if grasp is None:
        return drop_on_floor(labelled, others, rng, catalogue)
    turn, at_m, joints = grasp
    below, count = drop_on_floor(labelled[1:], others, rng, catalogue)
    sample = hand_sample(rng, joints, side)
    world_from_hand = _arm_turn(camera_rad, rng)
    hand = oriented_object(HOLDING_HAND.name, sample, world_from_hand, catalogue)
    shown = tumbled(labelled[0], world_from_hand @ turn, catalogue)
    hand_at = world_from_hand @ np.array([0.0, 0.0, lowest_m(sample.params)])
    part_at = world_from_hand @ at_m
    top_m = max((item.box_m[1][2] for item in below.placed), default=0.0)
    lowest = min(hand_at[2] + hand.bottom_m, part_at[2] + shown.bottom_m)
    rise_m = top_m + uniform(rng, FREE_M) - lowest
    up = np.array([0.0, 0.0, rise_m])
    # The middle of what is held comes over the middle of the floor.
    up[:2] = -(part_at[:2] + np.array(shown.centre_m)[:2])
    placed = (_put(shown, part_at + up), *below.placed, _put(hand, hand_at + up))
    return Group(placed, max(below.radius_m, shown.ball_radius_m)), count + 1


def _best_grasp(
    sampled: ObjectSample, side: float, rng: Generator, catalogue: ObjectCatalogue
) -> tuple[Float, Float, list[Float]] | None:
    """How the object is turned, where its origin is, and the joints of the digits, all in the frame of the hand.

    Of some ways to take hold of it the one that presses into it least.
    """
    best: tuple[Float, Float, list[Float]] | None = None
    least_m = math.inf
    for _ in range(GRASPS):
        turn = _graspable(sampled, rng, catalogue)
        if turn is None:
            break
        points, at_m = _gripped(tumbled(sampled, turn, catalogue), rng)
        joints = _digits(points, side)
        deep_m = max(_palm_depth_m(points, joints), *(_depth_m(*one, points) for one in _pads(joints, first=0)))
        if deep_m < least_m:
            best, least_m = (turn, at_m, joints), deep_m
        if least_m < GIVES_M:
            break
    return best


def _put(sampled: ObjectSample, at_m: Float) -> PlacedObject:
    return PlacedObject(sampled, (float(at_m[0]), float(at_m[1]), float(at_m[2])))


def _graspable(sampled: ObjectSample, rng: Generator, catalogue: ObjectCatalogue) -> Float | None:
    """A turn of the object into the frame of the hand at which the hand spans it; None: there is none."""
    points = _points(sampled, sampled.parts[0][1][:3, :3])
    for _ in range(TRIES // 3):
        turn = any_turn(rng)
        if float(np.ptp(points @ (turn.T @ GRIP))) < 0.8 * MAX_GRIP_M:
            return turn
    sides = np.ptp(points, axis=0)
    thin = int(sides.argmin())
    if sides[thin] > MAX_GRIP_M:
        return None
    # The thin side across the grip, turned anyhow about it.
    across = np.eye(3)[[1, 2, 0][thin]]
    along = np.eye(3)[thin] * (1.0 if chance(rng, 0.5) else -1.0)
    own = np.column_stack([across, np.cross(along, across), along])
    angle = uniform(rng, (0, 2 * math.pi))
    x_axis = math.cos(angle) * np.array([1.0, 0.0, 0.0]) + math.sin(angle) * AWAY
    hand = np.column_stack([x_axis, np.cross(GRIP, x_axis), GRIP])
    found: Float = hand @ own.T
    return found


def _points(sampled: ObjectSample, turn: Float) -> Float:
    """The vertices in the frame of the object that carries the others, of which `turn` is how it was turned."""
    parts = zip(sampled.meshes, sampled.parts, strict=True)
    oriented = np.concatenate([mesh.vertices_m @ pose[:3, :3].T + pose[:3, 3] for mesh, (_, pose) in parts])
    found: Float = oriented @ turn
    return found


def _gripped(held: ObjectSample, rng: Generator) -> tuple[Float, Float]:
    """Points on the surface of the object where the hand has it, and where its origin is, both in the hand's frame."""
    cloud = _surface(held, rng)
    away, grip = cloud @ AWAY, cloud @ GRIP
    near = float(away.min())
    into_m = min(INTO_M, float(np.ptp(away)) / 2)
    # Of what the fingertips can reach, the middle is between thumb and fingers.
    reached = np.abs(away - near - into_m) < max(NEAR_M, 0.2 * into_m)
    middle_x = float((cloud[reached, 0].min() + cloud[reached, 0].max()) / 2)
    middle_grip = float((grip[reached].min() + grip[reached].max()) / 2)
    at_m = MIDDLE_M - np.array([middle_x, 0.0, 0.0]) - middle_grip * GRIP - (near + into_m) * AWAY
    return cloud + at_m, at_m


def _surface(sampled: ObjectSample, rng: Generator) -> Float:
    """(N, 3) points, evenly over the surface."""
    parts = zip(sampled.meshes, sampled.parts, strict=True)
    corners = np.concatenate(
        [(mesh.vertices_m @ pose[:3, :3].T + pose[:3, 3])[mesh.faces] for mesh, (_, pose) in parts]
    )
    area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    chosen = corners[np.searchsorted(np.cumsum(area) / area.sum(), rng.random(POINTS)).clip(0, len(area) - 1)]
    u, v = rng.random((2, POINTS, 1))
    flip = u + v > 1
    u, v = np.where(flip, 1 - u, u), np.where(flip, 1 - v, v)
    found: Float = chosen[:, 0] + u * (chosen[:, 1] - chosen[:, 0]) + v * (chosen[:, 2] - chosen[:, 0])
    return found


def _digits(points_m: Float, side: float) -> list[Float]:
    """Joints of the five digits, their ends on the surface; those beside the object are bent like their neighbours."""
    found: dict[int, Float] = {}
    reach: dict[int, float] = {}
    for digit in (0, 1, 2, 3, 4):
        sign = -1.0 if digit == 0 else 1.0
        x_m = ACROSS_M[digit] * side
        aside = np.abs(points_m[:, 0] - x_m) < NEAR_M
        level = np.abs((points_m - MIDDLE_M) @ AWAY) < NEAR_M
        touched = points_m[aside & level]
        if len(touched):
            reach[digit] = float((sign * ((touched - MIDDLE_M) @ GRIP)).max())
    usual = float(np.mean([value for digit, value in reach.items() if digit])) if set(reach) - {0} else 0.004
    for digit in range(len(DIGITS)):
        sign = -1.0 if digit == 0 else 1.0
        distance_m = reach.get(digit, usual) + PAD * float(RADIUS_M[digit])
        start = MIDDLE_M + np.array([ACROSS_M[digit] * side, 0.0, 0.0])
        for _ in range(8):
            joints = flexed_digit(digit, start + sign * distance_m * GRIP, side)
            thick_m = PAD * float(RADIUS_M[digit])
            deep_m = max(_depth_m(a, b, thick_m, points_m) for a, b in pairwise(joints[1:]))
            if deep_m < 2e-4:
                break
            distance_m += deep_m
        found[digit] = joints
    return [found[digit] for digit in range(len(DIGITS))]


def _pads(joints_m: Sequence[Float], *, first: int) -> Iterator[tuple[Float, Float, float]]:
    """Ends and radius of the parts of the digits, from the `first` of each on."""
    for joints, radius_m in zip(joints_m, RADIUS_M, strict=True):
        for a, b in pairwise(joints[first:]):
            yield a, b, PAD * float(radius_m)


def _palm_depth_m(points_m: Float, joints_m: Sequence[Float]) -> float:
    """How deep any of the points is in the palm: a bone to the root of each digit, with what is around it."""
    wrist = np.zeros(3)
    bones = [(wrist + 0.35 * (joints[0] - wrist), joints[0]) for joints in joints_m]
    return max(_depth_m(a, b, PALM_M, points_m) for a, b in bones)


def _depth_m(start_m: Float, end_m: Float, radius_m: float, points_m: Float) -> float:
    """How deep any of the points is in a rod with round ends; 0: none."""
    way = end_m - start_m
    along = np.clip(((points_m - start_m) @ way) / (way @ way), 0.0, 1.0)
    away = np.linalg.norm(points_m - start_m - along[:, None] * way, axis=1)
    return max(0.0, radius_m - float(away.min()))


def _arm_turn(camera_rad: float, rng: Generator) -> Float:
    """How the hand is turned: the arm comes from the side, from below or from the camera's side, the palm is seen."""
    to_camera = np.array([0.8 * math.cos(camera_rad), 0.8 * math.sin(camera_rad), 0.6])
    turn = any_turn(rng)
    for _ in range(TRIES):
        arm, palm = -turn[:, 1], turn[:, 2]
        if -0.3 < arm @ to_camera < 0.75 and arm[2] < 0.25 and -0.35 < palm @ to_camera < 0.9:
            break
        turn = any_turn(rng)
    return turn
