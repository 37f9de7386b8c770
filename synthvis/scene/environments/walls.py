"""Walls, floors and rugs of rooms."""

from __future__ import annotations

import math
from dataclasses import replace

from numpy.random import Generator

from synthvis.draws import chance, uniform
from synthvis.objects.spec import SurfaceSpec
from synthvis.scene import palette
from synthvis.scene.surroundings import Room, Sheet, Surroundings, Wall, wall_slot

__all__ = ["room", "with_walls"]

WALL_HEIGHT_M = 2.7


def room(rng: Generator, *, back_m: float) -> Surroundings:
    """A floor, a wall at x = `back_m`, often a side wall and a rug.

    Args:
        rng: Source of the draws.
        back_m: Distance of the back wall from the origin.
    """
    rug = None
    surfaces: dict[str, SurfaceSpec] = {"floor": palette.floor_surface(rng)}
    if chance(rng, 0.4):
        size = (uniform(rng, (1.6, 3.2)), uniform(rng, (1.2, 2.2)))
        rug = Sheet(*size, 0.0, uniform(rng, (-0.6, 0.6)), uniform(rng, (-0.6, 0.6)))
        surfaces["rug"] = palette.rug_surface(rng)
    return with_walls(Surroundings(base=Room(size_m=24.0, rug=rug), surfaces=surfaces), rng, back_m=back_m)


def with_walls(surroundings: Surroundings, rng: Generator, *, back_m: float, floor_m: float = 0.0) -> Surroundings:
    """Surroundings with a wall behind and perhaps one at a side; both of one surface.

    Args:
        surroundings: What the walls stand on.
        rng: Source of the draws.
        back_m: Distance of the back wall from the origin.
        floor_m: Height of the floor.
    """
    surface = palette.indoor_wall_surface(rng)
    walls = [
        Wall(slot=wall_slot(0), distance_m=back_m, height_m=WALL_HEIGHT_M, width_m=24.0, base_m=floor_m),
    ]
    if chance(rng, 0.5):
        side = 1.0 if chance(rng, 0.5) else -1.0
        distance_m = uniform(rng, (2.2, 4.0))
        walls.append(
            Wall(
                slot=wall_slot(1),
                distance_m=distance_m,
                height_m=WALL_HEIGHT_M,
                width_m=2 * back_m,
                angle_rad=side * math.pi / 2,
                base_m=floor_m,
            )
        )
    surfaces = {**surroundings.surfaces, **{wall.slot: surface for wall in walls}}
    return replace(surroundings, walls=(*surroundings.walls, *walls), surfaces=surfaces)
