"""A park: lawn and paths with benches, games with frisbees, balls and kites; a picnic; a place for skateboards."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.random import Generator

from synthvis.draws import chance, pick, uniform
from synthvis.geometry import rotation_about
from synthvis.objects.registry import object_type_named
from synthvis.objects.spec import Param, SurfaceSpec
from synthvis.scene import palette
from synthvis.scene.environments.composer import SceneComposer
from synthvis.scene.environments.environment import Composition, Environment, View
from synthvis.scene.environments.outdoors import (
    BENCH_THINGS,
    CAMERA_RAD,
    around,
    close_view,
    fly_kites,
    furnish_bench,
    play_ball,
    put_outside,
    put_walker,
    throw_frisbees,
    umbrella,
)
from synthvis.scene.environments.parking import leave_bicycles
from synthvis.scene.environments.people import OUTDOORS, put_person
from synthvis.scene.free.surroundings import add_trees
from synthvis.scene.palette import colour_rgb
from synthvis.scene.placed_object import oriented_object
from synthvis.scene.surroundings import Block, Ground, PaintedBar, RoadLine, block_slot
from synthvis.scene.surroundings_builder import SurroundingsBuilder

__all__ = ["PARK"]

FLOOR_M = 14.0
REACH_M = 9.0
"""Within that distance things stand."""

VIEWS = {
    "lawn": View(azimuth_deg=60, elevation_deg=(-1, 16), height_m=(0.7, 2.2), fill=(0.5, 1.5), distance_m=(1.5, 22)),
    "sky": View(azimuth_deg=60, elevation_deg=(-45, -10), height_m=(1.0, 1.8), fill=(0.15, 0.9), distance_m=(4, 40)),
    "picnic": View(azimuth_deg=60, elevation_deg=(12, 55), height_m=(0.6, 2.0), fill=(0.5, 1.4), distance_m=(0.8, 8)),
    "skate": View(azimuth_deg=60, elevation_deg=(-3, 20), height_m=(0.35, 2.0), fill=(0.5, 1.4), distance_m=(1.3, 14)),
}
LEFT_ON_LAWN = {"sports_ball": 2.0, "bottle": 1.5, "frisbee": 1.5, "umbrella": 1.0, "skateboard": 0.8, "book": 0.6,
                "cup": 0.6, "chair": 0.8, "kite": 0.6, "potted_plant": 0.5, "teddy_bear": 0.3}  # fmt: skip
ON_BLANKET = {"bowl": 2.0, "apple": 2.0, "orange": 1.2, "banana": 1.5, "bottle": 2.0, "cup": 2.2, "plate": 1.5,
              "book": 0.8, "wine_glass": 1.0, "fork": 0.5, "knife": 0.5, "donut": 0.6, "cell_phone": 0.6, "carrot": 0.3,
              "teddy_bear": 0.5, "frisbee": 0.3, "sports_ball": 0.3, "box": 0.5}  # fmt: skip
FRUIT = {"apple": 2.0, "orange": 1.5, "banana": 1.0}

Params = dict[str, Param]


def _compose(composer: SceneComposer) -> Composition:
    rng = composer.rng
    variant = pick(rng, {"lawn": 5.0, "picnic": 2.0, "skate": 3.0})
    builder = SurroundingsBuilder(base=Ground(size_m=200.0), surfaces={"ground": palette.lawn(rng)})
    view = {"lawn": _lawn, "picnic": _picnic, "skate": _skate}[variant](composer, builder)
    close_view(builder, REACH_M + 8.0, rng)
    if chance(rng, 0.8):
        add_trees(builder, REACH_M, rng)
    return Composition(surroundings=builder.build(), placed=tuple(composer.placed), view=view)


def _spot(rng: Generator, reach_m: float = REACH_M) -> tuple[float, float]:
    """Anywhere before the trees, more often near the middle."""
    away_m, turn_rad = reach_m * math.sqrt(rng.random()), uniform(rng, (0, 2 * math.pi))
    return away_m * math.cos(turn_rad), away_m * math.sin(turn_rad)


# A lawn


def _lawn(composer: SceneComposer, builder: SurroundingsBuilder) -> View:
    """Benches along a path and games on the grass."""
    rng = composer.rng
    path_m = uniform(rng, (0.5, 3.5))
    has_path = chance(rng, 0.65)
    if has_path:
        heading_rad = math.pi / 2 + rng.normal() * 0.25
        builder.change_road(heading_rad=heading_rad, lines=(RoadLine(-path_m, uniform(rng, (1.2, 3.0)), 0.0, 1.0),))
        builder.surfaces["marking"] = palette.paving(rng)
    _trees(composer)
    _benches(composer, path_m + 1.9)
    games = {"frisbee": throw_frisbees, "ball": play_ball, "kites": fly_kites}
    played = [name for name, share in (("frisbee", 0.45), ("ball", 0.35), ("kites", 0.35)) if chance(rng, share)]
    for name in played:
        games[name](composer, _spot(rng, 4.0))
    if chance(rng, 0.35):
        leave_bicycles(composer, _spot(rng, 6.0))
    _walkers(composer)
    for _ in range(int(rng.integers(0, 5))):
        put_outside(composer, pick(rng, LEFT_ON_LAWN), _spot(rng, 6.0), jitter_m=0.3)
    return _lawn_view(rng, played)


def _lawn_view(rng: Generator, played: list[str]) -> View:
    if "kites" in played and chance(rng, 0.65):
        return replace(VIEWS["sky"], anchors=("kite",), alone_share=0.4)
    if "frisbee" in played and chance(rng, 0.6):
        return replace(VIEWS["lawn"], anchors=("frisbee",), alone_share=0.4, fill=(0.12, 0.7))
    if "ball" in played and chance(rng, 0.5):
        return replace(VIEWS["lawn"], anchors=("sports_ball",), alone_share=0.4, fill=(0.08, 0.7))
    return replace(VIEWS["lawn"], anchors=("bench",) if chance(rng, 0.5) else (), alone_share=0.35)


def _trees(composer: SceneComposer) -> None:
    rng = composer.rng
    for _ in range(int(rng.integers(0, 4))):
        at_m = (uniform(rng, (2.0, 11.0)), uniform(rng, (-9.0, 9.0)))
        composer.place(pick(rng, {"tree": 1.0, "bush": 1.0}), composer.floor, at_m, jitter_m=0.5)


def _benches(composer: SceneComposer, row_m: float) -> None:
    """Side by side along a path, or scattered; they face the camera, or the view with their backs to it."""
    rng = composer.rng
    facing, in_row = (CAMERA_RAD if chance(rng, 0.7) else 0.0), chance(rng, 0.6)
    for number in range(int(pick(rng, {"0": 1.0, "1": 3.0, "2": 2.0, "3": 1.5, "4": 1.0}))):
        at_m = (row_m, (number - 1) * 3.0 + rng.normal() * 0.3) if in_row else _spot(rng, 6.0)
        bench = composer.place("bench", composer.floor, at_m, facing_rad=around(rng, facing, 0.25), jitter_m=0.3)
        if bench is not None and chance(rng, 0.55):
            furnish_bench(composer, bench, int(rng.integers(1, 4)))


def _walkers(composer: SceneComposer) -> None:
    rng = composer.rng
    rain = chance(rng, 0.25)
    for _ in range(int(rng.integers(2, 9) if rain else rng.integers(0, 6))):
        put_walker(composer, _spot(rng), uniform(rng, (0, 2 * math.pi)), sheltered=chance(rng, 0.8 if rain else 0.06))


# A picnic


def _picnic(composer: SceneComposer, builder: SurroundingsBuilder) -> View:
    """A blanket with food on it, people around, perhaps a parasol."""
    rng = composer.rng
    long_m, wide_m = uniform(rng, (1.4, 2.4)), uniform(rng, (1.2, 1.8))
    builder.change_road(bars=(PaintedBar(0.0, 0.0, long_m, wide_m),))
    builder.surfaces["marking"] = _blanket(rng)
    cloth = composer.board(0.0, (-long_m / 2, long_m / 2), (-wide_m / 2, wide_m / 2))
    for _ in range(int(rng.integers(4, 14))):
        at_m = (uniform(rng, (-0.4, 0.4)) * long_m, uniform(rng, (-0.4, 0.4)) * wide_m)
        kind = pick(rng, ON_BLANKET)
        placed = composer.place(kind, cloth, at_m, jitter_m=0.1)
        if placed is not None and kind == "bowl" and chance(rng, 0.7):
            for _ in range(int(rng.integers(1, 5))):
                composer.place(pick(rng, FRUIT), cloth, placed.xyz_m[:2], jitter_m=0.03, stack=True)
    # What stands beside the blanket keeps off it.
    composer.floor.field.block((-long_m / 2, long_m / 2), (-wide_m / 2, wide_m / 2), 0.6)
    for _ in range(int(rng.integers(0, 5))):
        turn_rad, away_m = uniform(rng, (-1.8, 1.8)), uniform(rng, (1.5, 3.5))
        at_m = (away_m * math.cos(turn_rad), away_m * math.sin(turn_rad))
        put_person(composer, composer.floor, at_m, facing_rad=turn_rad + math.pi + rng.normal() * 0.6, jitter_m=0.2)
    for _ in range(int(rng.integers(0, 4))):
        put_outside(composer, pick(rng, LEFT_ON_LAWN), _spot(rng, 4.0), jitter_m=0.5)
    if chance(rng, 0.35):
        sampled = umbrella(rng, ("parasol", "beach"))
        composer.place_sampled(sampled, composer.floor, (uniform(rng, (0.3, 1.2)), wide_m / 2 + 0.3), jitter_m=0.2)
    return VIEWS["picnic"] if chance(rng, 0.75) else VIEWS["lawn"]


def _blanket(rng: Generator) -> SurfaceSpec:
    params: Params = {
        "color": colour_rgb(rng, value=(0.1, 0.8), saturation=0.9),
        "color_2": colour_rgb(rng, value=(0.3, 0.9), saturation=0.4),
        "pattern": pick(rng, {"gingham": 3.0, "checks": 2.0, "stripes": 2.0, "plain": 1.5}),
        "size_m": uniform(rng, (0.03, 0.15)),
        "seed": uniform(rng, (0, 1000)),
    }
    return SurfaceSpec(kind="fabric", params=params)


# A place for skateboards


def _skate(composer: SceneComposer, builder: SurroundingsBuilder) -> View:
    """Concrete with blocks to jump on; people on their boards, beside them and in the air."""
    rng = composer.rng
    builder.surfaces["ground"] = palette.paving(rng)
    for _ in range(int(rng.integers(1, 6))):
        x_m, y_m = uniform(rng, (1.5, 9.0)), uniform(rng, (-7.0, 7.0))
        size = (uniform(rng, (1.2, 5.0)), uniform(rng, (0.4, 2.5)), uniform(rng, (0.25, 1.2)))
        builder.blocks.append(Block(x_m, y_m, 0.0, *size))
        # Boxes are (width along y, depth along x); what stands on one would need a board of its own.
        span_x, span_y = (x_m - size[1] / 2, x_m + size[1] / 2), (y_m - size[0] / 2, y_m + size[0] / 2)
        composer.floor.field.block(span_x, span_y, size[2])
        if chance(rng, 0.25):
            top = composer.board(size[2], span_x, span_y)
            composer.place(pick(rng, {"skateboard": 3.0, "bottle": 1.0, "cup": 0.5}), top, (x_m, y_m), jitter_m=0.2)
    for number in range(3):
        builder.surfaces[block_slot(number)] = (
            palette.paving(rng) if chance(rng, 0.6) else palette.box_surface(rng, outdoors=False)
        )
    for _ in range(int(rng.integers(1, 5))):
        _skater(composer, _spot(rng, 4.5))
    for _ in range(int(rng.integers(0, 4))):
        at_m = _spot(rng, 6.0)
        composer.place("skateboard", composer.floor, at_m, jitter_m=0.4)
        if chance(rng, 0.6):
            put_person(composer, composer.floor, (at_m[0] + 0.4, at_m[1] + 0.4), jitter_m=0.3)
    _benches(composer, 6.0)
    for _ in range(int(rng.integers(0, 4))):
        kind = pick(rng, {"traffic_cone": 1.0, "bottle": 1.0, "sports_ball": 0.4, "cup": 0.4, "barrier": 0.4})
        composer.place(kind, composer.floor, _spot(rng, 5.0), jitter_m=0.4)
    if chance(rng, 0.7):
        return replace(VIEWS["skate"], anchors=("skateboard",), alone_share=0.5, fill=(0.35, 1.2))
    return VIEWS["skate"]


def _skater(composer: SceneComposer, at_m: tuple[float, float]) -> None:
    """Someone on a board, rolling or in a leap."""
    rng = composer.rng
    turn_rad = uniform(rng, (0, 2 * math.pi))
    sample = object_type_named("skateboard").sample(rng)
    leap = chance(rng, 0.3)
    tilt = np.eye(3)
    if leap:
        tilt = rotation_about((0, 1, 0), rng.normal() * 0.35) @ rotation_about((1, 0, 0), rng.normal() * 0.3)
    sampled = oriented_object("skateboard", sample, rotation_about((0, 0, 1), turn_rad) @ tilt)
    lift_m = uniform(rng, (0.1, 0.9)) if leap else 0.0
    board = composer.place_sampled(sampled, composer.floor, at_m, jitter_m=0.5, lift_m=lift_m)
    if board is None:
        return
    rise_m = uniform(rng, (0.0, 0.25)) if leap else 0.0
    put_person(
        composer,
        composer.floor,
        board.xyz_m[:2],
        # Across the board, as people stand on it.
        facing_rad=around(rng, turn_rad + math.pi * (int(rng.integers(2)) - 0.5), 0.3),
        posture="ride" if chance(rng, 0.85) else "walk",
        stack=True,
        lift_m=rise_m,
    )


PARK = Environment(
    name="park",
    description="A park: benches, frisbees, balls and kites on a lawn, a picnic, or a position for skateboards.",
    kinds=tuple(
        dict.fromkeys(
            (
                "bench", "bicycle", "frisbee", "sports_ball", "kite", "skateboard", "umbrella", "person", "tree",
                "bush", "traffic_cone", "barrier", *LEFT_ON_LAWN, *ON_BLANKET, *BENCH_THINGS, *OUTDOORS,
            )
        )
    ),
    light="ground",
    compose=_compose,
    floor_m=FLOOR_M,
)  # fmt: skip
