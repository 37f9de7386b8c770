"""Paths of the camera through a film: it stands, pans, trembles in a hand, drives or orbits."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.camera.spec import CameraSpec
from synthvis.config.motion import Motion
from synthvis.draws import chance, pick, uniform
from synthvis.geometry import invert_rigid, rigid, rotation_about, transform_points
from synthvis.scene.motion.assembly import Assembly
from synthvis.scene.motion.solid_surroundings import Upright

__all__ = ["CameraPath", "camera_path", "hand_held", "orbit", "pan", "travel"]

Float = NDArray[np.float64]
CameraPath = Callable[[float], Float]
"""Share of the film, 0 to 1, -> (4, 4) `world_from_cam`."""

CLEAR_M = 0.12
"""The camera keeps that far from everything."""
CHECKED = 24
"""Places along a path that are looked at."""
HALVINGS = 4
UP = (0.0, 0.0, 1.0)

TREMBLE_RAD, TREMBLE_M = 0.006, 0.012
"""Amplitude of a hand: the slow sway of a person, of which a tenth trembles faster."""
SWAYS_HZ = (0.35, 0.8, 1.7, 4.5)
SWAY_WEIGHTS = (1.0, 0.6, 0.25, 0.08)


def camera_path(
    motion: Motion,
    camera: CameraSpec,
    assemblies: Sequence[Assembly],
    uprights: Sequence[Upright],
    floor_m: float,
    rng: Generator,
) -> CameraPath:
    """A path that runs through the pose of the camera in the middle of the film and meets nothing.

    Args:
        motion: What to draw from.
        camera: Of the scene that stands still.
        assemblies: All things.
        uprights: Walls, blocks, trunks.
        floor_m: Height of the floor.
        rng: Source of the draws.
    """
    start = np.array(camera.world_from_cam)
    move = pick(rng, motion.camera)
    turn_rad = math.radians(uniform(rng, motion.turn_deg)) * (1.0 if chance(rng, 0.5) else -1.0)
    travel_m = uniform(rng, motion.travel_share) * camera.focus_distance_m * (1.0 if chance(rng, 0.5) else -1.0)
    sideways, tremble_seed = chance(rng, 0.4), int(rng.integers(2**31))
    made: dict[str, Callable[[float], CameraPath]] = {
        "still": lambda share: lambda time: start,
        "pan": lambda share: pan(start, share * turn_rad),
        "orbit": lambda share: orbit(start, camera.focus_distance_m, share * turn_rad),
        "drive": lambda share: travel(start, share * travel_m, sideways=sideways),
        "hand_held": lambda share: hand_held(start, motion.frames / motion.fps, tremble_seed, share),
    }
    for halving in range(HALVINGS):
        path = made[move](0.5**halving)
        if all(_is_clear(path(float(t)), start, assemblies, uprights, floor_m) for t in np.linspace(0, 1, CHECKED)):
            return path
    return made["still"](1.0)


def pan(world_from_cam: Float, turn_rad: float) -> CameraPath:
    """Turn about the vertical where the camera is, by `turn_rad` in all."""
    eye = world_from_cam[:3, 3]
    return lambda share: rigid(rotation_about(UP, turn_rad * (share - 0.5)) @ world_from_cam[:3, :3], eye)


def orbit(world_from_cam: Float, distance_m: float, turn_rad: float) -> CameraPath:
    """Go around the point on the optical axis at a distance, looking at it, by `turn_rad` in all."""
    centre = world_from_cam[:3, 3] + distance_m * world_from_cam[:3, 2]

    def pose(share: float) -> Float:
        turn = rotation_about(UP, turn_rad * (share - 0.5))
        return rigid(turn @ world_from_cam[:3, :3], centre + turn @ (world_from_cam[:3, 3] - centre))

    return pose


def travel(world_from_cam: Float, way_m: float, *, sideways: bool) -> CameraPath:
    """Go straight on level ground, forward or to the right, by `way_m` in all."""
    heading = world_from_cam[:3, 0 if sideways else 2].copy()
    heading[2] = 0.0
    length = float(np.linalg.norm(heading))
    if length < 1e-3:
        return lambda share: world_from_cam
    step = heading / length * way_m
    return lambda share: rigid(world_from_cam[:3, :3], world_from_cam[:3, 3] + step * (share - 0.5))


def hand_held(world_from_cam: Float, seconds: float, seed: int, size: float = 1.0) -> CameraPath:
    """Sway and tremble as in a hand: sums of sines in three angles and three directions."""
    rng = np.random.Generator(np.random.PCG64(seed))
    phases = rng.uniform(0, 2 * math.pi, size=(6, len(SWAYS_HZ)))
    paces = np.array(SWAYS_HZ) * rng.uniform(0.8, 1.2, size=(6, len(SWAYS_HZ)))

    def pose(share: float) -> Float:
        waves = np.sin(2 * math.pi * paces * share * seconds + phases) @ np.array(SWAY_WEIGHTS)
        turn = np.eye(3)
        for axis, angle in zip(np.eye(3), size * TREMBLE_RAD * waves[:3], strict=True):
            turn = turn @ rotation_about(axis, float(angle))
        shaken: Float = world_from_cam @ rigid(turn, size * TREMBLE_M * waves[3:])
        return shaken

    return pose


def _is_clear(
    pose: Float, start: Float, assemblies: Sequence[Assembly], uprights: Sequence[Upright], floor_m: float
) -> bool:
    """Whether the camera keeps its distance, but from what it is as near to where it starts."""
    eye, first = pose[:3, 3], start[:3, 3]
    if eye[2] < floor_m + CLEAR_M / 2:
        return False
    for one in assemblies:
        low, high = one.box_m
        if _within(eye, low, high) and not _within(first, low, high):
            return False
    for upright in uprights:
        box_from_world, half = invert_rigid(upright.world_from_box), np.array(upright.half_m)
        here, there = transform_points(box_from_world, np.stack([eye, first]))
        if _within(here, -half, half) and not _within(there, -half, half):
            return False
    return True


def _within(point: Float, low: Float, high: Float) -> bool:
    return bool(((low - CLEAR_M < point) & (point < high + CLEAR_M)).all())
