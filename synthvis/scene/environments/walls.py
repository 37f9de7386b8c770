"""Walls, floors and rugs of rooms, as stages."""

from __future__ import annotations

import math
from dataclasses import replace

from numpy.random import Generator

from synthvis.objects.spec import Param, SurfaceSpec
from synthvis.scene import palette
from synthvis.scene.draw import chance, uniform
from synthvis.scene.spec import StageSpec

__all__ = ["room", "with_walls"]

WALL_HEIGHT_M = 2.7


def room(rng: Generator, *, back_m: float) -> StageSpec:
    """A floor, a wall at x = `back_m`, often a side wall and a rug.

    Args:
        rng: Source of the draws.
        back_m: Distance of the back wall from the origin.
    """
    params: dict[str, Param] = {"size_m": 24.0}
    surfaces: dict[str, SurfaceSpec] = {"floor": palette.floor_surface(rng)}
    if chance(rng, 0.4):
        size = (uniform(rng, (1.6, 3.2)), uniform(rng, (1.2, 2.2)))
        params["rug_m"] = (*size, 0.0, uniform(rng, (-0.6, 0.6)), uniform(rng, (-0.6, 0.6)))
        surfaces["rug"] = palette.rug_surface(rng)
    return with_walls(StageSpec(kind="room", params=params, surfaces=surfaces), rng, back_m=back_m)


def with_walls(stage: StageSpec, rng: Generator, *, back_m: float, floor_m: float = 0.0) -> StageSpec:
    """A stage with a wall behind and perhaps one at a side; both of one surface.

    Args:
        stage: What the walls stand on.
        rng: Source of the draws.
        back_m: Distance of the back wall from the origin.
        floor_m: Height of the floor.
    """
    surface = palette.indoor_wall_surface(rng)
    params: dict[str, Param] = {"backdrop_0": (back_m, WALL_HEIGHT_M, 24.0, 0.0, floor_m)}
    surfaces = {"backdrop_0": surface}
    if chance(rng, 0.5):
        side = 1.0 if chance(rng, 0.5) else -1.0
        distance_m = uniform(rng, (2.2, 4.0))
        params["backdrop_1"] = (distance_m, WALL_HEIGHT_M, 2 * back_m, side * math.pi / 2, floor_m)
        surfaces["backdrop_1"] = surface
    return replace(stage, params={**stage.params, **params}, surfaces={**stage.surfaces, **surfaces})
