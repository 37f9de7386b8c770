"""Small things that fall, slide, roll and fly, by physics, among all that stands around."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.draws import chance, pick, uniform
from synthvis.errors import RenderError
from synthvis.geometry import rigid, rotation_about
from synthvis.scene.collision_shapes import box_shape, hollow_shapes, solid_shape
from synthvis.scene.motion.assembly import Assembly, overlap
from synthvis.scene.physics import settle, simulate
from synthvis.scene.rigid_bodies import Ball, Body, Fixed, Guided

__all__ = ["Kick", "camera_body", "draw_kicks", "loose_of", "tumble"]

Float = NDArray[np.float64]

SMALL_M = 0.62
"""Larger things are never loose."""
MAX_LOOSE = 20
STUCK = frozenset({"person", "car", "tree", "fruit_tree", "bush", "kite", "traffic_light", "stop_sign", "signal_pole",
                   "sign_post", "post", "sign", "curtain", "clock", "tv"})  # fmt: skip
"""What stands or hangs for good, however small."""
THROWN = frozenset({"sports_ball", "frisbee", "teddy_bear", "apple", "orange"})
"""What people throw."""
ROUNDS = 3
SETTLE_S = 0.8
MOVED_M, TURNED_RAD = 0.03, 0.25
"""What moves more when it is let go was held, hung or lay in something: it stays."""
NEAR_M = 1.0
"""Within that distance of what is loose, shapes are hollow; beyond, they are boxes."""
CAMERA_M = 0.08


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Kick:
    """How something begins to move.

    Attributes:
        world_from_carrier: (4, 4) pose at the start.
        velocity_mps: Of its middle.
        angular_velocity_rad_s: World frame.
    """

    world_from_carrier: Float
    velocity_mps: tuple[float, float, float]
    angular_velocity_rad_s: tuple[float, float, float]


def loose_of(
    assemblies: Sequence[Assembly], solids: Sequence[Fixed], focus_m: Float
) -> tuple[list[Assembly], list[Assembly]]:
    """What lies loose, settled, and all the rest.

    Things are let go for a moment: what then leaves its place was not lying there.

    Args:
        assemblies: All but those that walk and drive.
        solids: Of the surroundings.
        focus_m: (3,) the nearest to it are tried.

    Raises:
        MissingDependency: MuJoCo is not installed.
    """
    small = [one for one in assemblies if one.size_m <= SMALL_M and one.kind not in STUCK]
    small.sort(key=lambda one: float(np.linalg.norm(one.middle_m - focus_m)))
    loose = small[:MAX_LOOSE]
    for _ in range(ROUNDS):
        chosen = set(map(id, loose))
        stuck = [one for one in assemblies if id(one) not in chosen]
        if not loose:
            return [], stuck
        fixed = [*solids, *_fixed(stuck, loose)]
        try:
            rest = settle([_body(one) for one in loose], fixed, limit_s=SETTLE_S)
        except RenderError:
            return [], list(assemblies)
        poses = rest.world_from_body
        kept = [
            (one, pose) for one, pose in zip(loose, poses, strict=True) if not _has_left(one.world_from_carrier, pose)
        ]
        if len(kept) == len(loose):
            return [one.at(pose) for one, pose in kept], stuck
        loose = [one for one, _ in kept]
    return [], list(assemblies)


def draw_kicks(
    loose: Sequence[Assembly], moves: Mapping[str, float], others: Sequence[Assembly], share: float, rng: Generator
) -> dict[int, Kick]:
    """How some of the loose things begin to move, by their places in the list: a share of them, and one at least.

    Args:
        loose: At rest.
        moves: Weights of "fall", "slide" and "fly"; what finds no room to fall or fly from slides, if that has weight.
        others: What else must not be in the way where they start.
        share: Chance of each.
        rng: Source of the draws.
    """
    chosen = [chance(rng, share) for _ in loose]
    # The others come after those that are chosen, and only where none of these can move.
    order = sorted(range(len(loose)), key=lambda number: not chosen[number])
    places = list(loose)
    kicks: dict[int, Kick] = {}
    for number in order:
        if kicks and not chosen[number]:
            break
        around = [one for place, one in enumerate(places) if place != number] + list(others)
        for weights in (moves, {"slide": moves.get("slide", 0.0)}):
            kick = _draw_kick(loose[number], weights, around, rng)
            if kick is not None:
                kicks[number] = kick
                places[number] = loose[number].at(kick.world_from_carrier)
                break
    return kicks


def _draw_kick(one: Assembly, moves: Mapping[str, float], others: Sequence[Assembly], rng: Generator) -> Kick | None:
    """How a loose thing begins to move; None where it cannot, as something is where it would start."""
    weights = {name: moves.get(name, 0.0) for name in ("fall", "slide", "fly")}
    if one.kind not in THROWN:
        weights["fly"] = 0.0
    heading, draws = uniform(rng, (0, 2 * math.pi)), rng.random(6)
    if not any(weights.values()):
        return None
    move = pick(rng, weights)
    aside = np.array([math.cos(heading), math.sin(heading), 0.0])
    half_m = float(np.linalg.norm(np.subtract(*one.box_m))) / 2
    if move == "slide":
        speed = 0.4 + 1.1 * draws[0]
        spin = np.cross((0.0, 0.0, 1.0), aside) * speed / half_m if _is_round(one) else np.zeros(3)
        return Kick(
            world_from_carrier=one.world_from_carrier, velocity_mps=_triple(speed * aside),
            angular_velocity_rad_s=_triple(spin),
        )  # fmt: skip
    lift = half_m * (1.2 + 2.5 * draws[1]) if move == "fall" else 0.3 + 0.8 * draws[1]
    velocity = (
        0.3 * draws[2] * aside if move == "fall" else (0.8 + 2.7 * draws[2]) * aside + (0, 0, 1.0 + 2.5 * draws[3])
    )
    turn = rotation_about((*aside[[1, 0]], 0.3), 0.5 * draws[4] if move == "fall" else 0.2 * draws[4])
    middle = one.middle_m
    raised = rigid(turn, middle + np.array([0.0, 0.0, lift]) - turn @ middle) @ one.world_from_carrier
    if any(overlap(one.at(raised), other) for other in others):
        return None
    spin = (draws[[5, 0, 3]] - 0.5) * (4.0 if move == "fall" else 8.0)
    return Kick(world_from_carrier=raised, velocity_mps=_triple(velocity), angular_velocity_rad_s=_triple(spin))


def tumble(
    loose: Sequence[Assembly],
    kicks: dict[int, Kick],
    stuck: Sequence[Assembly],
    solids: Sequence[Fixed],
    guided: Sequence[Guided],
    times_s: Sequence[float],
) -> Float:
    """(N, T, 4, 4) `world_from_carrier` of all loose things at given times.

    Args:
        loose: At rest.
        kicks: By place in the list, how some of them begin to move.
        stuck: Everything else that stands.
        solids: Of the surroundings.
        guided: Who walks, what drives, and the camera.
        times_s: Ascending.

    Raises:
        MissingDependency: MuJoCo is not installed.
        RenderError: They burst apart.
    """
    bodies = [_body(one, kicks.get(number)) for number, one in enumerate(loose)]
    return simulate(bodies, [*solids, *_fixed(stuck, loose, 2 * NEAR_M)], times_s, guided=guided)


def camera_body(path: Float, times_s: Float) -> Guided:
    """The camera as a small ball on its (T, 4, 4) path, so that nothing flies into its lens."""
    return Guided(shapes=(Ball(CAMERA_M),), times_s=times_s, world_from_body=path)


def _body(one: Assembly, kick: Kick | None = None) -> Body:
    start = kick or Kick(
        world_from_carrier=one.world_from_carrier, velocity_mps=(0.0, 0.0, 0.0), angular_velocity_rad_s=(0.0, 0.0, 0.0)
    )
    is_ball = one.kind == "sports_ball"
    return Body(
        shapes=tuple(solid_shape(mesh.vertices_m) for mesh in one.carried_meshes),
        world_from_body=start.world_from_carrier,
        velocity_mps=start.velocity_mps,
        angular_velocity_rad_s=start.angular_velocity_rad_s,
        density_kg_m3=120.0 if is_ball else 500.0,
        friction=0.4,
        restitution=0.7 if is_ball else 0.15,
        rolling_m=0.002,
    )


def _is_round(one: Assembly) -> bool:
    return all(isinstance(solid_shape(mesh.vertices_m), Ball) for mesh in one.carried_meshes[:1])


def _fixed(stuck: Sequence[Assembly], loose: Sequence[Assembly], near_m: float = NEAR_M) -> list[Fixed]:
    """Stuck things: hollow near what is loose, boxes farther away."""
    low = np.min([one.box_m[0] for one in loose], axis=0) - near_m
    high = np.max([one.box_m[1] for one in loose], axis=0) + near_m
    found = []
    for one in stuck:
        is_near = bool((one.box_m[0] < high).all() and (low < one.box_m[1]).all())
        shapes = hollow_shapes(one.carried_meshes) if is_near else (box_shape(one.points_m),)
        found.append(Fixed(shapes=shapes, world_from_body=one.world_from_carrier))
    return found


def _has_left(before: Float, after: Float) -> bool:
    moved = float(np.linalg.norm(after[:3, 3] - before[:3, 3]))
    cosine = (float(np.trace(before[:3, :3].T @ after[:3, :3])) - 1) / 2
    return moved > MOVED_M or math.acos(min(max(cosine, -1.0), 1.0)) > TURNED_RAD


def _triple(values: Float) -> tuple[float, float, float]:
    return float(values[0]), float(values[1]), float(values[2])
