"""What the objects of free scenes stand on and in front of."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from numpy.random import Generator

from synthvis.config.recipe import FreeEnvironment
from synthvis.draws import chance, log_uniform, uniform
from synthvis.objects.spec import SurfaceSpec
from synthvis.scene import palette
from synthvis.scene.palette import colour_rgb
from synthvis.scene.surroundings import (
    Block,
    Crown,
    Ground,
    Kerb,
    PaintedBar,
    RoadLine,
    Sheet,
    Studio,
    Surroundings,
    Tabletop,
    Tree,
    Wall,
    block_slot,
    wall_slot,
)
from synthvis.scene.surroundings_builder import SurroundingsBuilder

__all__ = ["add_skyline", "add_trees", "draw_surroundings", "road_paint"]


def draw_surroundings(
    free_environment: FreeEnvironment, kind: str, radius_m: float, view_rad: float, rng: Generator, *, seamless: bool
) -> Surroundings:
    """Surroundings of a free scene.

    Args:
        free_environment: Ranges.
        kind: "studio", "tabletop" or "ground".
        radius_m: Horizontal radius of what stands on it.
        view_rad: Direction in which the camera looks, in the ground plane.
        rng: Source of the draws.
        seamless: The world is one colour, so a flat studio has no visible edge.
    """
    builders: dict[str, Callable[[], SurroundingsBuilder]] = {
        "studio": lambda: _studio(free_environment, radius_m, rng, seamless=seamless),
        "tabletop": lambda: _tabletop(free_environment, radius_m, rng),
        "ground": lambda: _ground(free_environment, radius_m, rng),
    }
    builder = builders[kind]()
    return builder.build(forward_rad=view_rad + rng.normal() * 0.15)


def _studio(
    free_environment: FreeEnvironment, radius_m: float, rng: Generator, *, seamless: bool
) -> SurroundingsBuilder:
    studio = Studio(
        flat=seamless and chance(rng, 0.7),
        sweep_m=radius_m * uniform(rng, (1.3, 4.0)),
        radius_m=radius_m * uniform(rng, (0.5, 3.0)),
        height_m=14 * radius_m,
        width_m=50 * radius_m,
    )
    if chance(rng, free_environment.white_share):
        surface = palette.plain(rng, (0.92, 0.92, 0.92), emission=uniform(rng, (0.25, 0.7)))
    elif chance(rng, 0.35):
        surface = palette.plain(rng, (0.012, 0.012, 0.013))
    elif chance(rng, 0.25):
        surface = palette.table_surface(rng)
    else:
        surface = palette.plain(rng, colour_rgb(rng, value=(0.08, 0.9)))
    return SurroundingsBuilder(base=studio, surfaces={"backdrop": surface})


def _tabletop(free_environment: FreeEnvironment, radius_m: float, rng: Generator) -> SurroundingsBuilder:
    reach_m = max(radius_m, 0.1)
    height_m = uniform(rng, (0.45, 0.95))
    table = Tabletop(
        width_m=reach_m * uniform(rng, (3.0, 9.0)),
        depth_m=reach_m * uniform(rng, (2.6, 6.0)),
        is_round=chance(rng, 0.15),
        height_m=height_m,
    )
    surfaces = {
        "top": palette.table_surface(rng),
        "floor": palette.ground_surface(rng),
        "apron": palette.table_surface(rng),
        "leg": palette.table_surface(rng),
    }
    if chance(rng, 0.2):
        size_m = reach_m * uniform(rng, (1.5, 3.0))
        table = replace(
            table, cloth=Sheet(size_m, size_m * uniform(rng, (0.6, 1.0)), uniform(rng, (-0.6, 0.6)), 0.0, 0.0)
        )
        surfaces["cloth"] = palette.table_surface(rng)
    builder = SurroundingsBuilder(base=table, surfaces=surfaces)
    if chance(rng, 0.4 + 0.6 * free_environment.clutter):
        _add_walls(builder, -height_m, reach_m, rng)
    if chance(rng, free_environment.clutter):
        _add_blocks(builder, rng, near_m=4 * reach_m, base_m=-height_m, outdoors=False)
    return builder


def _ground(free_environment: FreeEnvironment, radius_m: float, rng: Generator) -> SurroundingsBuilder:
    builder = SurroundingsBuilder(base=Ground(size_m=160.0), surfaces={"ground": palette.ground_surface(rng)})
    if chance(rng, free_environment.road_share):
        _add_road(builder, radius_m, rng)
    if chance(rng, 0.3 + 0.7 * free_environment.clutter):
        add_skyline(builder, radius_m, rng)
    if chance(rng, free_environment.clutter):
        _add_blocks(builder, rng, near_m=radius_m + 3.0, base_m=0.0, outdoors=True)
    if chance(rng, free_environment.clutter):
        add_trees(builder, radius_m, rng)
    return builder


def _add_road(builder: SurroundingsBuilder, radius_m: float, rng: Generator) -> None:
    builder.surfaces |= {"ground": palette.road(rng), "verge": palette.verge(rng), "marking": road_paint(rng)}
    side = 1.0 if chance(rng, 0.5) else -1.0
    edge_m = max(uniform(rng, (1.0, 7.0)), 0.6 * radius_m)
    builder.change_road(heading_rad=rng.normal() * 0.25 if chance(rng, 0.75) else uniform(rng, (0.0, math.pi)))
    if chance(rng, 0.7):
        builder.change_road(kerbs=(Kerb(side * edge_m, 0.0),))
        builder.surfaces["kerb"] = palette.verge(rng)
    lines: list[RoadLine] = []
    for _ in range(int(rng.integers(0, 4))):
        dash_m = uniform(rng, (1.0, 4.0)) if chance(rng, 0.5) else 0.0
        lines.append(RoadLine(uniform(rng, (-4.0, 4.0)), uniform(rng, (0.08, 0.2)), dash_m, uniform(rng, (1.0, 6.0))))
    builder.change_road(lines=tuple(lines))
    if chance(rng, 0.12):
        builder.change_road(bars=tuple(PaintedBar(0.8 * number, 0.0, 0.4, 4.0) for number in range(-4, 5)))


def road_paint(rng: Generator) -> SurfaceSpec:
    """White or yellow, more or less worn."""
    yellow = chance(rng, 0.3)
    color = (0.75, 0.45, 0.04) if yellow else (0.75, 0.75, 0.72)
    return SurfaceSpec(
        kind="marking", params={"color": color, "wear": uniform(rng, (0.1, 0.8)), "seed": uniform(rng, (0, 1000))}
    )


def _add_walls(builder: SurroundingsBuilder, base_m: float, reach_m: float, rng: Generator) -> None:
    for number in range(1 + int(chance(rng, 0.35))):
        angle = rng.normal() * 0.3 if number == 0 else math.copysign(uniform(rng, (0.9, 1.6)), rng.normal())
        distance_m = reach_m * 2.2 + uniform(rng, (0.1, 3.0))
        builder.walls.append(
            Wall(
                slot=wall_slot(number),
                distance_m=distance_m,
                height_m=3.0,
                width_m=12.0,
                angle_rad=angle,
                base_m=base_m,
            )
        )
        builder.surfaces[wall_slot(number)] = palette.backdrop_surface(rng, outdoors=chance(rng, 0.15))


def add_skyline(
    builder: SurroundingsBuilder,
    radius_m: float,
    rng: Generator,
    surface: Callable[[Generator], SurfaceSpec] = palette.outdoor_backdrop,
) -> None:
    """Up to three strips at different distances, from 4 m beyond `radius_m` on: hedges, woods, houses, hills."""
    for number in range(int(rng.integers(1, 4))):
        distance_m = radius_m + log_uniform(rng, (4.0, 60.0))
        height_m = distance_m * log_uniform(rng, (0.06, 0.45))
        angle = rng.normal() * 0.35
        profile: tuple[float, ...] = ()
        if chance(rng, 0.7):
            rough = 0.35 * rng.random()
            profile = tuple(float(1 - rough * value) for value in rng.random(24))
        builder.walls.append(
            Wall(
                slot=wall_slot(number),
                distance_m=distance_m,
                height_m=height_m,
                width_m=3.0 * distance_m + 10,
                angle_rad=angle,
                profile=profile,
            )
        )
        builder.surfaces[wall_slot(number)] = surface(rng)


def _add_blocks(builder: SurroundingsBuilder, rng: Generator, *, near_m: float, base_m: float, outdoors: bool) -> None:
    """Cars, bins and huts outdoors, furniture indoors, all beyond `near_m` on the far side."""
    for _ in range(int(rng.integers(1, 5))):
        forward_m = near_m + log_uniform(rng, (0.5, 25.0) if outdoors else (0.2, 2.5))
        left_m = rng.normal() * 0.6 * forward_m
        size = (1.0, 4.5) if outdoors else (0.3, 1.5)
        width_m, depth_m = log_uniform(rng, size), log_uniform(rng, size)
        height_m = log_uniform(rng, (0.6, 3.0) if outdoors else (0.3, 2.0))
        # The nearest corner stays clear of what stands in front.
        forward_m += math.hypot(width_m, depth_m) / 2
        builder.blocks.append(Block(forward_m, left_m, base_m, width_m, depth_m, height_m, uniform(rng, (0, math.pi))))
    for number in range(3):
        builder.surfaces[block_slot(number)] = palette.box_surface(rng, outdoors=outdoors)


def add_trees(builder: SurroundingsBuilder, radius_m: float, rng: Generator) -> None:
    """Up to eight trees in the background, from 3 m beyond `radius_m` on."""
    for _ in range(int(rng.integers(1, 9))):
        forward_m = radius_m + log_uniform(rng, (3.0, 40.0))
        left_m = math.copysign(uniform(rng, (0.15, 0.9)), rng.normal()) * forward_m
        height_m = uniform(rng, (2.0, 7.0))
        radius = uniform(rng, (0.05, 0.2))
        crowns: tuple[Crown, ...] = ()
        if chance(rng, 0.8):
            crowns = (Crown(forward_m, left_m, height_m, uniform(rng, (0.8, 2.6))),)
        builder.trees.append(Tree(forward_m, left_m, 0.0, radius, height_m, crowns))
    builder.crown_seed = int(rng.integers(0, 2**31))
    trunk = SurfaceSpec(kind="plain", params={"color": (0.09, 0.07, 0.05), "seed": uniform(rng, (0, 1000))})
    builder.surfaces["trunk"] = trunk
    if any(tree.crowns for tree in builder.trees):
        builder.surfaces["crown"] = palette.foliage(rng)
