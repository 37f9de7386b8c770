"""People as they are photographed at eye level: portraits, pairs, groups and crowds, at play, at a table, on seats."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from numpy.random import Generator

from synthvis.draws import chance, pick, uniform
from synthvis.objects.spec import SurfaceSpec
from synthvis.scene import palette
from synthvis.scene.environments.composer import SceneComposer
from synthvis.scene.environments.environment import Composition, Environment, View
from synthvis.scene.environments.furnishing import (
    FURNISHING_KINDS,
    SMALL,
    along_a_wall,
    is_house_chair,
    on_walls,
)
from synthvis.scene.environments.interior import (
    CAMERA_RAD,
    Room,
    against,
    chosen,
    interior_surroundings,
    interior_view,
    room_of,
    strew,
    top_of,
)
from synthvis.scene.environments.outdoors import close_view, furnish_bench, put_walker
from synthvis.scene.environments.people import AT_TABLE, INDOORS, OUTDOORS, put_copy, put_person, shapes_of, sit_on
from synthvis.scene.free.surroundings import add_trees
from synthvis.scene.placed_object import sample_object
from synthvis.scene.surroundings import Ground, Wall, wall_slot
from synthvis.scene.surroundings_builder import SurroundingsBuilder

__all__ = ["PEOPLE_INSIDE", "PEOPLE_OUTSIDE"]

FLOOR_M = 14.0
COUNTS = {"1": 3.0, "2": 2.5, "3": 1.5, "4": 1.0, "6": 1.0, "10": 0.7}
"""How many stand together, weighted."""
BEHIND = {"0": 3.0, "2": 2.0, "5": 2.0, "11": 1.5}
"""How many others are farther off, weighted."""
MAX_SHAPES = 5
"""Bodies of those farther off; more are these in other colours, which spares their meshes."""
AT_PLAY = {"run": 3.0, "throw": 2.5, "kick": 1.5, "ride": 1.0, "pull": 1.5, "crouch": 1.0, "bend": 0.7, "walk": 1.0}
TOGETHER = {"stand": 4.0, "hold": 1.5, "walk": 1.0, "pockets": 1.0, "akimbo": 0.7, "phone": 1.0, "wave": 0.7,
            "reach": 0.7, "crouch": 0.6, "bend": 0.3}  # fmt: skip
"""What people do, weighted."""
BESIDE = {"bench": 1.5, "chair": 1.0, "potted_plant": 1.0, "post": 1.0, "sign": 1.0, "traffic_cone": 0.5, "tree": 1.5,
          "bush": 1.0, "car": 2.0, "umbrella": 0.7, "sports_ball": 0.7, "frisbee": 0.5, "skateboard": 0.7,
          "barrel": 0.4, "crate": 0.4}  # fmt: skip
"""What else stands about out of doors."""
ALONG_WALLS = {"potted_plant": 2.0, "floor_lamp": 1.5, "bookcase": 2.0, "dresser": 1.5, "side_table": 1.0, "chair": 1.5}
CHAIR_M = 0.55
"""From a table to the middle of a chair, so that knees are clear of it."""
VIEW = View(
    azimuth_deg=60, elevation_deg=(-7, 16), height_m=(0.8, 2.1), fill=(0.45, 1.7), distance_m=(0.55, 24),
    anchors=("person",), alone_share=0.45, upper=(0.22, 1.3), open_kinds=("tree", "bush"),
)  # fmt: skip


# Out of doors


def _outside(composer: SceneComposer) -> Composition:
    """A group, those who pass behind it, and what stands about."""
    rng = composer.rng
    builder = SurroundingsBuilder(base=Ground(size_m=200.0), surfaces={"ground": _ground(rng)})
    clothes = pick(rng, {"street": 4.0, "summer": 3.0, "winter": 2.0, "swim": 0.7})
    playing = chance(rng, 0.3)
    _bench(composer)
    _group(composer, AT_PLAY if playing else TOGETHER, clothes, OUTDOORS, apart=3.0 if playing else 1.0)
    near_m = 40.0
    if chance(rng, 0.3):
        near_m = _wall_behind(builder, rng)
    _others(composer, clothes, far_m=min(near_m - 1.0, 11.0))
    for _ in range(int(rng.poisson(3.0))):
        at_m = (uniform(rng, (-1.5, min(near_m - 1.5, 11.0))), uniform(rng, (-6.0, 6.0)))
        composer.place(pick(rng, BESIDE), composer.floor, at_m, jitter_m=0.5)
    if chance(rng, 0.12):
        at_m = (uniform(rng, (-0.8, 1.5)), uniform(rng, (-1.2, 1.2)))
        put_walker(composer, at_m, CAMERA_RAD + rng.normal(), sheltered=True)
    if near_m > FLOOR_M:
        if chance(rng, 0.6):
            close_view(builder, FLOOR_M + 2.0, rng)
        if chance(rng, 0.7):
            add_trees(builder, FLOOR_M, rng)
    return Composition(surroundings=builder.build(), placed=tuple(composer.placed), view=VIEW)


def _ground(rng: Generator) -> SurfaceSpec:
    """Lawn, a road, a square, a beach, or anything."""
    drawn = {"lawn": palette.lawn, "road": palette.road, "square": palette.paving, "beach": palette.beach_sand}
    kind = pick(rng, {"lawn": 2.5, "road": 1.5, "square": 2.5, "beach": 0.8, "anything": 1.5})
    return drawn.get(kind, palette.ground_surface)(rng)


def _wall_behind(builder: SurroundingsBuilder, rng: Generator) -> float:
    """A house, a fence or a hedge close behind; returns its distance."""
    distance_m = uniform(rng, (2.5, 8.0))
    builder.walls.append(
        Wall(slot=wall_slot(0), distance_m=distance_m, height_m=uniform(rng, (2.5, 9.0)), width_m=60.0)
    )
    builder.surfaces[wall_slot(0)] = (
        palette.facade(rng) if chance(rng, 0.5) else palette.backdrop_surface(rng, outdoors=True)
    )
    return distance_m


def _bench(composer: SceneComposer) -> None:
    """Some sit."""
    rng = composer.rng
    if not chance(rng, 0.25):
        return
    at_m, facing_rad = (uniform(rng, (-0.5, 1.5)), uniform(rng, (-1.5, 1.5))), CAMERA_RAD + rng.normal() * 0.5
    bench = composer.place("bench", composer.floor, at_m, facing_rad=facing_rad, jitter_m=0.3)
    if bench is not None:
        furnish_bench(composer, bench, 1)


# Indoors


def _inside(composer: SceneComposer) -> Composition:
    """People who stand in a room, sit on a couch or around a table."""
    rng = composer.rng
    room = room_of(composer, (1.6, 4.5), (1.8, 3.6))
    clutter = uniform(rng, (0.2, 1.0))
    clothes = "street" if chance(rng, 0.7) else "summer"
    seats = pick(rng, {"none": 4.0, "table": 3.0, "couch": 2.0})
    if seats == "table":
        _around_a_table(composer)
    if seats == "couch":
        _on_a_couch(composer, room)
    is_empty = not any(item.sampled.parts[0][0].kind == "person" for item in composer.placed)
    if seats == "none" or chance(rng, 0.6) or is_empty:
        _group(composer, TOGETHER, clothes, INDOORS, apart=0.9)
    for _ in range(round(clutter * uniform(rng, (1.0, 4.0)))):
        along_a_wall(composer, room, ALONG_WALLS, clutter)
    on_walls(composer, room, clutter)
    walls_m = interior_view(room, height_m=VIEW.height_m, elevation_deg=VIEW.elevation_deg).inside_m
    view = replace(VIEW, inside_m=walls_m, fill=(0.4, 1.3), distance_m=(0.7, 6.0), upper=(0.3, 1.6), alone_share=0.3)
    return Composition(surroundings=interior_surroundings(room, rng, None), placed=tuple(composer.placed), view=view)


def _on_a_couch(composer: SceneComposer, room: Room) -> None:
    """Up to three side by side, their backs to a wall."""
    rng = composer.rng
    couch = against(composer, room, "back", sample_object("couch", rng, facing_rad=CAMERA_RAD), rng.normal() * 0.6)
    for across in (0.2, 0.5, 0.8):
        if couch is not None and chance(rng, 0.6):
            sit_on(composer, couch, across=across, held=INDOORS if chance(rng, 0.6) else None)


def _around_a_table(composer: SceneComposer) -> None:
    """A laid table and those who sit at it."""
    rng = composer.rng
    turn_rad = math.pi / 2 if chance(rng, 0.5) else 0.0
    sampled = sample_object("dining_table", rng, facing_rad=turn_rad)
    table = composer.place_sampled(sampled, composer.floor, (uniform(rng, (-0.3, 0.6)), rng.normal() * 0.4))
    if table is None:
        return
    strew(composer, top_of(composer, table), AT_TABLE, int(rng.integers(1, 8)), wanted=SMALL)
    (x_low, y_low, _), (x_high, y_high, _) = table.box_m
    x_m, y_m = (x_low + x_high) / 2, (y_low + y_high) / 2
    left_m, right_m, near_m, far_m = y_low - CHAIR_M, y_high + CHAIR_M, x_low - CHAIR_M, x_high + CHAIR_M
    sides = [(far_m, y_m - 0.35, math.pi), (far_m, y_m + 0.35, math.pi), (near_m, y_m, 0.0)]
    sides += [(x_m, left_m, math.pi / 2), (x_m, right_m, -math.pi / 2)]
    for chair_x_m, chair_y_m, look_rad in sides:
        if not chance(rng, 0.7):
            continue
        chair = chosen(rng, "chair", look_rad + rng.normal() * 0.2, is_house_chair)
        seat = composer.place_sampled(chair, composer.floor, (chair_x_m, chair_y_m), jitter_m=0.05)
        if seat is not None and chance(rng, 0.8):
            sit_on(composer, seat, across=0.5, held=AT_TABLE if chance(rng, 0.6) else None)


# Both


def _group(
    composer: SceneComposer, postures: Mapping[str, float], clothes: str, held: Mapping[str, float], *, apart: float
) -> None:
    """Some who stand in rows before the camera, in a ring, or anyhow."""
    rng = composer.rng
    count = int(pick(rng, COUNTS))
    order = pick(rng, {"row": 3.0, "ring": 1.5, "anyhow": 3.0})
    step_m = uniform(rng, (0.5, 0.8)) * apart
    per_row = min(count, int(rng.integers(2, 6)))
    for number in range(count):
        if order == "row":
            row, place = divmod(number, per_row)
            at_m = (0.7 * row * apart, (place - (per_row - 1) / 2 + 0.5 * (row % 2)) * step_m)
            facing_rad = CAMERA_RAD + rng.normal() * 0.35
        elif order == "ring":
            turn_rad, away_m = 2 * math.pi * number / count, 0.35 + 0.18 * count * apart
            at_m = (0.8 + away_m * math.cos(turn_rad), away_m * math.sin(turn_rad))
            facing_rad = turn_rad + math.pi + rng.normal() * 0.3
        else:
            spread_m = 0.6 * apart * math.sqrt(count)
            at_m = (rng.normal() * spread_m + 0.5, rng.normal() * spread_m)
            facing_rad = CAMERA_RAD + rng.normal() * 0.6 if chance(rng, 0.6) else uniform(rng, (0.0, 2 * math.pi))
        holds = held if apart <= 1.0 and chance(rng, 0.3) else None
        posture = None if holds else pick(rng, postures)
        put_person(
            composer, composer.floor, at_m, facing_rad=facing_rad, clothes=clothes, posture=posture, jitter_m=0.12,
            held=holds,
        )  # fmt: skip


def _others(composer: SceneComposer, clothes: str, *, far_m: float) -> None:
    """Those who pass or watch farther off, now and then in a dense crowd."""
    rng = composer.rng
    count = int(pick(rng, BEHIND)) if far_m > 2.5 else 0
    shapes = shapes_of(rng, min(count, MAX_SHAPES), clothes=clothes)
    crowd, at_x_m = chance(rng, 0.3), uniform(rng, (2.0, max(far_m - 1.0, 2.1)))
    for _ in range(count):
        at_m = (uniform(rng, (1.5, far_m)), uniform(rng, (-7.0, 7.0)))
        if crowd:
            at_m = (at_x_m + rng.normal() * 0.5, rng.normal() * 2.0)
        put_copy(composer, shapes, at_m, uniform(rng, (0.0, 2 * math.pi)), jitter_m=0.3)


PEOPLE_OUTSIDE = Environment(
    name="people_outside",
    description="People at eye level out of doors: portraits, pairs, groups, crowds and players, near and far.",
    kinds=tuple(dict.fromkeys(("person", *BESIDE, *OUTDOORS, "book", "umbrella", "teddy_bear"))),
    light="ground",
    compose=_outside,
    floor_m=FLOOR_M,
)

PEOPLE_INSIDE = Environment(
    name="people_inside",
    description="People at eye level in a room: portraits, pairs and groups, on couches and around tables.",
    kinds=tuple(
        dict.fromkeys(("person", "couch", "dining_table", *FURNISHING_KINDS, *ALONG_WALLS, *AT_TABLE, *INDOORS))
    ),
    light="tabletop",
    compose=_inside,
)
