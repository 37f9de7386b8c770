"""Surroundings as physics and paths meet them: floors, tables, walls, blocks and trunks, in the world frame."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvis.geometry import rigid, rotation_about
from synthvis.scene.rigid_bodies import Box, Fixed, Hull
from synthvis.scene.surroundings import Ground, Studio, Surroundings, Tabletop, Tree

__all__ = ["Upright", "floor_m", "solids_of", "uprights_of"]

Float = NDArray[np.float64]

UP = (0.0, 0.0, 1.0)
WALL_M = 0.1
"""Half the thickness of what is a strip to look at."""
SMALL_KERB_M = 0.02
"""Things stand beside such kerbs as if they were flush."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Upright:
    """An upright box in the way.

    Attributes:
        half_m: Half its sides.
        world_from_box: (4, 4) pose of its middle.
    """

    half_m: tuple[float, float, float]
    world_from_box: Float


def floor_m(surroundings: Surroundings) -> float:
    """Height of the floor: that of a table's room lies below it."""
    return -surroundings.base.height_m if isinstance(surroundings.base, Tabletop) else 0.0


def uprights_of(surroundings: Surroundings) -> list[Upright]:
    """Walls, blocks and trunks."""
    found = []
    for wall in surroundings.walls:
        turn = rotation_about(UP, surroundings.forward_rad + wall.angle_rad)
        middle = turn @ np.array([wall.distance_m + WALL_M, 0.0, wall.base_m + wall.height_m / 2])
        found.append(_upright((WALL_M, wall.width_m / 2, wall.height_m / 2), turn, middle))
    forward = rotation_about(UP, surroundings.forward_rad)
    for block in surroundings.blocks:
        middle = forward @ np.array([block.x_m, block.y_m, block.base_m + block.height_m / 2])
        turn = forward @ rotation_about(UP, block.yaw_rad)
        found.append(_upright((block.depth_m / 2, block.width_m / 2, block.height_m / 2), turn, middle))
    found += [_trunk(tree, forward) for tree in surroundings.trees]
    base = surroundings.base
    if isinstance(base, Studio) and not base.flat:
        # The sweep begins where things may no longer lie level.
        middle = forward @ np.array([base.sweep_m + base.radius_m, 0.0, base.height_m / 2])
        found.append(_upright((base.radius_m / 2, base.width_m / 2, base.height_m / 2), forward, middle))
    return found


def solids_of(surroundings: Surroundings) -> list[Fixed]:
    """All that things can lie on or bump into."""
    forward = rotation_about(UP, surroundings.forward_rad)
    fixed = [Fixed(world_from_body=rigid(np.eye(3), (0.0, 0.0, floor_m(surroundings))))]
    base = surroundings.base
    if isinstance(base, Tabletop):
        middle = rigid(forward, forward @ np.array([base.x_m, base.y_m, 0.0]))
        fixed.append(Fixed(shapes=(_table_top(base),), world_from_body=middle))
    if isinstance(base, Ground):
        fixed += _kerbs(base, forward)
    fixed += [Fixed(shapes=(Box(one.half_m),), world_from_body=one.world_from_box) for one in uprights_of(surroundings)]
    return fixed


def _table_top(table: Tabletop) -> Box | Hull:
    if not table.is_round:
        thick = table.thickness_m / 2
        return Box((table.depth_m / 2, table.width_m / 2, thick), (0.0, 0.0, -thick))
    turn = np.linspace(0, 2 * math.pi, 48, endpoint=False)
    ring = table.width_m / 2 * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    return Hull(np.concatenate([np.column_stack([ring, np.full(48, z)]) for z in (0.0, -table.thickness_m)]))


def _kerbs(ground: Ground, forward: Float) -> list[Fixed]:
    """Verges that lie clearly higher than the road."""
    kerbs = [kerb for kerb in ground.road.kerbs if kerb.height_m > SMALL_KERB_M]
    offsets = [kerb.offset_m for kerb in ground.road.kerbs]
    turn = forward @ rotation_about(UP, ground.road.heading_rad)
    found = []
    for kerb in kerbs:
        outward = 1.0 if kerb.offset_m == max(offsets) and (len(offsets) > 1 or kerb.offset_m >= 0) else -1.0
        half = ground.size_m / 2
        middle = turn @ np.array([0.0, kerb.offset_m + outward * half, 0.0])
        found.append(Fixed(shapes=(Box((half, half, kerb.height_m)),), world_from_body=rigid(turn, middle)))
    return found


def _trunk(tree: Tree, forward: Float) -> Upright:
    middle = forward @ np.array([tree.x_m, tree.y_m, tree.base_m + tree.height_m / 2])
    return _upright((tree.radius_m, tree.radius_m, tree.height_m / 2), forward, middle)


def _upright(half_m: tuple[float, float, float], turn: Float, middle: Float) -> Upright:
    return Upright(half_m=half_m, world_from_box=rigid(turn, middle))
