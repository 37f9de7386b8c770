"""A street from above, as a surveillance camera sees it: people who cross, walk in pairs, stand in groups; cars."""

from __future__ import annotations

import math
from dataclasses import replace

from numpy.random import Generator

from synthvis.draws import chance, pick, uniform
from synthvis.scene import palette
from synthvis.scene.environments.composer import SceneComposer
from synthvis.scene.environments.environment import Composition, Environment, View
from synthvis.scene.environments.outdoors import BENCH_THINGS, close_view, furnish_bench
from synthvis.scene.environments.parking import CYCLES, park_bicycles, park_motorcycles
from synthvis.scene.environments.people import OUTDOORS, put_copy, shapes_of
from synthvis.scene.free.surroundings import road_paint
from synthvis.scene.surroundings import Block, Crown, Ground, Kerb, PaintedBar, RoadLine, Tree, block_slot
from synthvis.scene.surroundings_builder import SurroundingsBuilder

__all__ = ["CROSSING"]

FLOOR_M = 16.0
REACH_M = 10.0
"""Within that distance of the middle people are."""
MAX_SHAPES = 7
"""Bodies a scene; more people are these in other colours, which spares their meshes."""
VIEW = View(
    azimuth_deg=70, elevation_deg=(14, 48), height_m=(4.5, 9.0), fill=(0.35, 1.1), distance_m=(6, 32),
    anchors=("person",), alone_share=0.15,
)  # fmt: skip


def _compose(composer: SceneComposer) -> Composition:
    rng = composer.rng
    builder = SurroundingsBuilder(base=Ground(size_m=200.0))
    half_m, middle_m = uniform(rng, (2.8, 6.0)), uniform(rng, (-4.0, 4.0))
    _lay(builder, rng, half_m, middle_m)
    _line(builder, rng, half_m, middle_m)
    for tree in builder.trees:
        x_m, y_m = tree.x_m, tree.y_m
        composer.floor.field.block((x_m - 0.3, x_m + 0.3), (y_m - 0.3, y_m + 0.3), 4.0)
    _cars(composer, half_m, middle_m)
    _cycles(composer, half_m, middle_m)
    _furniture(composer, half_m, middle_m)
    _people(composer)
    return Composition(surroundings=builder.build(), placed=tuple(composer.placed), view=_view(rng))


def _view(rng: Generator) -> View:
    """From a pole at the side or from a window, sometimes from the first floor."""
    low_m = uniform(rng, (4.5, 7.5))
    return replace(VIEW, height_m=(low_m, low_m + 1.5), fill=(0.35, 1.6) if chance(rng, 0.25) else VIEW.fill)


def _lay(builder: SurroundingsBuilder, rng: Generator, half_m: float, middle_m: float) -> None:
    """A road along y with kerbs, lines and perhaps a zebra crossing; pavement or lawn beside it."""
    low, high = middle_m - half_m, middle_m + half_m
    lines = [RoadLine(middle_m, 0.12, 3.0, 4.0)] if chance(rng, 0.6) else []
    bars: list[PaintedBar] = []
    if chance(rng, 0.55):
        start_m = uniform(rng, (-4.0, 3.0))
        bars = [PaintedBar(start_m, low + 0.6 + number, 3.2, 0.5) for number in range(int(2 * half_m))]
    # Offsets of a road count to the left of its heading.
    builder.change_road(
        heading_rad=-math.pi / 2, kerbs=(Kerb(low, 0.01), Kerb(high, 0.01)), lines=tuple(lines), bars=tuple(bars)
    )
    builder.surfaces |= {
        "ground": palette.road(rng),
        "kerb": palette.plain(rng, (0.35, 0.34, 0.33)),
        "marking": road_paint(rng),
        "verge": palette.paving(rng) if chance(rng, 0.55) else palette.lawn(rng),
    }


def _line(builder: SurroundingsBuilder, rng: Generator, half_m: float, middle_m: float) -> None:
    """Houses behind the far pavement, trees along the kerbs."""
    edge_m, start_m = middle_m + half_m + uniform(rng, (4.0, 9.0)), -30.0
    while start_m < 30.0:
        long_m, high_m = uniform(rng, (8.0, 22.0)), uniform(rng, (5.0, 14.0))
        if chance(rng, 0.75):
            builder.blocks.append(Block(edge_m + 4.5, start_m + long_m / 2, 0.0, long_m, 9.0, high_m))
        start_m += long_m + uniform(rng, (0.0, 5.0))
    if builder.blocks:
        for number in range(3):
            builder.surfaces[block_slot(number)] = palette.facade(rng)
    for _ in range(int(rng.integers(0, 5))):
        side = 1.0 if chance(rng, 0.7) else -1.0
        x_m, y_m = middle_m + side * (half_m + uniform(rng, (0.8, 2.5))), uniform(rng, (-12.0, 12.0))
        high_m, size_m = uniform(rng, (2.5, 5.0)), uniform(rng, (0.9, 1.8))
        crown = Crown(x_m, y_m, high_m + 0.6 * size_m, size_m)
        builder.trees.append(Tree(x_m, y_m, 0.0, uniform(rng, (0.07, 0.15)), high_m, (crown,)))
    if builder.trees:
        builder.crown_seed = int(rng.integers(0, 2**31))
        builder.surfaces["trunk"] = palette.plain(rng, (0.09, 0.07, 0.05))
        builder.surfaces["crown"] = palette.foliage(rng)
    close_view(builder, 45.0, rng)


def _cars(composer: SceneComposer, half_m: float, middle_m: float) -> None:
    """Parked at the kerbs, waiting or driving; their bonnets are at -x."""
    rng = composer.rng
    for _ in range(int(rng.integers(0, 5))):
        side = 1.0 if chance(rng, 0.5) else -1.0
        across_m = side * (half_m - 1.1 if chance(rng, 0.6) else uniform(rng, (0.25, 0.5)) * half_m)
        at_m = (middle_m + across_m, uniform(rng, (-11.0, 11.0)))
        facing_rad = side * math.pi / 2 + rng.normal() * 0.03
        composer.place("car", composer.floor, at_m, facing_rad=facing_rad, jitter_m=0.3)


def _cycles(composer: SceneComposer, half_m: float, middle_m: float) -> None:
    """Bicycles on the pavements, motorcycles at the kerbs."""
    rng = composer.rng
    for side in (1.0, -1.0):
        if chance(rng, 0.4):
            at_m = (middle_m + side * (half_m + uniform(rng, (1.0, 2.5))), uniform(rng, (-8.0, 8.0)))
            park_bicycles(composer, at_m, math.pi / 2)
        if chance(rng, 0.25):
            at_m = (middle_m + side * (half_m + (1.15 if chance(rng, 0.5) else -1.15)), uniform(rng, (-9.0, 9.0)))
            park_motorcycles(composer, at_m, math.pi / 2)


def _furniture(composer: SceneComposer, half_m: float, middle_m: float) -> None:
    """What stands on pavements: benches with who sits there, posts, signs, barrels, cones."""
    rng = composer.rng
    side = 1.0 if chance(rng, 0.7) else -1.0
    for _ in range(int(rng.integers(0, 3))):
        at_m = (middle_m + side * (half_m + uniform(rng, (1.5, 3.5))), uniform(rng, (-8.0, 8.0)))
        facing_rad = math.pi if side > 0 else 0.0
        bench = composer.place("bench", composer.floor, at_m, facing_rad=facing_rad, jitter_m=0.3)
        if bench is not None:
            furnish_bench(composer, bench, 1)
    for _ in range(int(rng.integers(0, 5))):
        kind = pick(rng, {"post": 2.0, "sign": 1.5, "barrel": 1.0, "traffic_cone": 1.5, "potted_plant": 1.0})
        at_m = (middle_m + side * (half_m + uniform(rng, (0.4, 1.5))), uniform(rng, (-9.0, 9.0)))
        composer.place(kind, composer.floor, at_m, facing_rad=math.pi, jitter_m=0.4)


def _people(composer: SceneComposer) -> None:
    """Alone, in pairs side by side, and in groups that face each other, anywhere."""
    rng = composer.rng
    clothes = "winter" if chance(rng, 0.35) else "summer" if chance(rng, 0.3) else "street"
    count = int(pick(rng, {"2": 1.0, "5": 2.0, "9": 2.0, "16": 1.5, "26": 0.7}))
    shapes = shapes_of(rng, min(count, MAX_SHAPES), clothes=clothes)
    left = count
    while left > 0:
        at_m = (uniform(rng, (-REACH_M, REACH_M)), uniform(rng, (-REACH_M, REACH_M)))
        size = min(left, int(pick(rng, {"1": 5.0, "2": 3.0, "3": 1.2, "5": 0.6})))
        left -= size
        heading_rad = uniform(rng, (0.0, 2 * math.pi))
        facing_each_other = size > 2 or chance(rng, 0.2)
        for number in range(size):
            away_m = 0.0 if size == 1 else 0.45 + 0.1 * size
            turn_rad = heading_rad + 2 * math.pi * number / size
            spot_m = (at_m[0] + away_m * math.cos(turn_rad), at_m[1] + away_m * math.sin(turn_rad))
            facing_rad = turn_rad + math.pi if facing_each_other else heading_rad + math.pi / 2
            put_copy(composer, shapes, spot_m, facing_rad + rng.normal() * 0.2, jitter_m=0.15)


CROSSING = Environment(
    name="crossing",
    description="A street from five to nine metres above: people who cross, walk in pairs, stand in groups; vehicles.",
    kinds=tuple(
        dict.fromkeys(
            (
                "person",
                "car",
                *CYCLES,
                "bench",
                "post",
                "sign",
                "barrel",
                "traffic_cone",
                "potted_plant",
                *BENCH_THINGS,
                *OUTDOORS,
            )
        )
    ),
    light="ground",
    compose=_compose,
    floor_m=FLOOR_M,
)
