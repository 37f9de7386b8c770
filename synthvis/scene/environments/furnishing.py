"""What rooms to live and to sleep in have in common: sets, shelves, seats, lamps and plants along walls, pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from synthvis.draws import chance, pick, uniform
from synthvis.geometry import rotation_about
from synthvis.objects.object_type import Sample
from synthvis.objects.registry import object_type_named
from synthvis.scene.environments.composer import SceneComposer
from synthvis.scene.environments.interior import (
    LOOK_RAD,
    Params,
    Room,
    against,
    chosen,
    crowded,
    fill_niches,
    hang_on,
    strew,
    top_of,
)
from synthvis.scene.environments.people import INDOORS, put_person, sit_on
from synthvis.scene.placed_object import ObjectSample, PlacedObject, oriented_object

__all__ = [
    "FURNISHING_KINDS",
    "SMALL",
    "along_a_wall",
    "armchair",
    "cabinet",
    "is_house_chair",
    "is_tall",
    "on_walls",
    "people",
    "television",
]

ON_CABINET = {
    "vase": 2.0, "potted_plant": 2.0, "table_lamp": 1.2, "book_stack": 1.2, "clock": 1.2, "book_row": 1.2, "box": 0.8,
    "bottle": 0.7, "bowl": 0.8, "remote": 0.8, "teddy_bear": 0.5, "cup": 0.7, "cylinder": 0.3, "book": 0.6,
}  # fmt: skip
IN_SHELF = {
    "book_row": 7.0, "book_stack": 1.2, "box": 0.7, "vase": 0.8, "potted_plant": 0.4, "clock": 0.3, "bowl": 0.4,
    "teddy_bear": 0.4, "cylinder": 0.3, "bottle": 0.3, "cup": 0.2,
}  # fmt: skip
IN_BENCH = {"box": 2.0, "book_row": 2.5, "book_stack": 1.0, "bowl": 0.3, "remote": 0.3}
FURNISHING_KINDS = (
    "tv", "tv_bench", "bookcase", "dresser", "chair", "clock", "person", "wall_picture", "window", "curtained_window",
    "floor_lamp", "side_table", *ON_CABINET, *IN_SHELF, *IN_BENCH, *INDOORS,
)  # fmt: skip
"""Every kind that the functions of this module place, by the weights they are called with apart."""
HIGH_M = 1.5
"""Over that height nothing stands on a cabinet."""


def _is_set(params: Params) -> bool:
    """A television set, not a computer's monitor."""
    return params["style"] in ("flat", "tube", "cabinet")


def is_tall(params: Params) -> bool:
    """A plant for the floor."""
    return float(str(params["height_m"])) > 0.6


def _is_small(params: Params) -> bool:
    return float(str(params["height_m"])) < 0.5


def _stands(params: Params) -> bool:
    return params["style"] in ("bells", "desk", "mantel", "digital")


def _hangs(params: Params) -> bool:
    return params["style"] in ("round", "square", "sunburst")


def _is_armchair(params: Params) -> bool:
    return params["style"] == "armchair"


def is_house_chair(params: Params) -> bool:
    """A chair as people have at a table."""
    return params["style"] in ("wooden", "padded", "shell", "folding")


SMALL: Mapping[str, Callable[[Params], bool]] = {"potted_plant": _is_small, "clock": _stands}
"""What `interior.strew` narrows on tops: plants and clocks that stand there."""


def people(composer: SceneComposer, room: Room, share: float) -> None:
    """Somebody who stands in the room, sometimes somebody else."""
    rng = composer.rng
    for _ in range(2):
        if not chance(rng, share):
            return
        at_m = (uniform(rng, (-1.3, room.back_m - 0.7)), rng.normal())
        put_person(composer, composer.floor, at_m, jitter_m=0.4, held=INDOORS if chance(rng, 0.6) else None)


def armchair(composer: SceneComposer, at_m: tuple[float, float], look_rad: float) -> None:
    """A padded seat for one, sometimes a plain chair."""
    rng = composer.rng
    wanted = _is_armchair if chance(rng, 0.7) else is_house_chair
    sampled = chosen(rng, "chair", look_rad + rng.normal() * 0.2, wanted)
    seat = composer.place_sampled(sampled, composer.floor, at_m, jitter_m=0.1)
    if seat is not None and chance(rng, 0.3):
        sit_on(composer, seat, across=0.5, held=INDOORS if chance(rng, 0.6) else None)


def television(composer: SceneComposer, room: Room, wall: str, along_m: float, clutter: float) -> None:
    """A set on a bench or a chest against a wall, or on the wall over it, with what else is kept there."""
    rng = composer.rng
    look_rad = LOOK_RAD[wall]
    kind = pick(rng, {"tv_bench": 4.0, "dresser": 0.8})
    bench = against(composer, room, wall, chosen(rng, kind, look_rad), along_m)
    if bench is None:
        return
    top = top_of(composer, bench)
    if chance(rng, 0.25):
        tv = _wall_set(composer, look_rad)
        z_m = bench.box_m[1][2] + tv.height_m / 2 + uniform(rng, (0.12, 0.4))
        hang_on(composer, room, wall, tv, bench.centre_m[0 if wall != "back" else 1], z_m)
    else:
        tv = chosen(rng, "tv", look_rad + rng.normal() * 0.06, _is_set)
        at_m = (top.centre_m[0] - tv.centre_m[0], top.centre_m[1] - tv.centre_m[1])
        composer.place_sampled(tv, top, at_m, jitter_m=0.02)
    strew(composer, top, ON_CABINET, int(rng.poisson(0.5 + 1.8 * clutter)), look_rad=look_rad, wanted=SMALL)
    fill_niches(composer, bench, IN_BENCH, min(0.8, 0.2 + 0.4 * clutter))


def _wall_set(composer: SceneComposer, look_rad: float) -> ObjectSample:
    """A flat set without its stand."""
    flat = chosen(composer.rng, "tv", look_rad, lambda params: params["style"] == "flat")
    part = flat.parts[0][0]
    if part.params["style"] != "flat":
        return flat
    surfaces = {slot: part.surfaces[slot] for slot in ("body", "screen")}
    front_rad = object_type_named("tv").front_rad or 0.0
    return oriented_object(
        "tv", Sample({**part.params, "stand": "none"}, surfaces), rotation_about((0, 0, 1), look_rad - front_rad)
    )


def cabinet(composer: SceneComposer, room: Room, wall: str, along_m: float, clutter: float) -> PlacedObject | None:
    """A bookcase or a chest of drawers against a wall, with what is in it and on it."""
    rng = composer.rng
    kind = pick(rng, {"bookcase": 2.2, "dresser": 1.0})
    placed = against(composer, room, wall, chosen(rng, kind, LOOK_RAD[wall]), along_m)
    if placed:
        fill_niches(composer, placed, IN_SHELF, min(0.9, 0.3 + 0.3 * clutter))
        if placed.box_m[1][2] < HIGH_M:
            count = int(rng.poisson(1.2 + 1.2 * clutter))
            strew(composer, top_of(composer, placed), ON_CABINET, count, look_rad=LOOK_RAD[wall], wanted=SMALL)
    return placed


def along_a_wall(composer: SceneComposer, room: Room, kinds: Mapping[str, float], clutter: float) -> None:
    """One more piece of furniture, a lamp or a plant with its back to a wall."""
    rng = composer.rng
    if crowded(composer):
        return
    wall = room.walls[int(rng.integers(len(room.walls)))]
    low, high = room.across_m if wall == "back" else (-1.2, room.back_m)
    along_m = uniform(rng, (max(low, -2.6) + 0.3, min(high, 2.6) - 0.3))
    kind = pick(rng, kinds)
    if kind in ("bookcase", "dresser"):
        cabinet(composer, room, wall, along_m, clutter)
        return
    look_rad = LOOK_RAD[wall] + (rng.normal() * 0.2 if kind == "chair" else 0.0)
    wanted = {"potted_plant": is_tall, "chair": is_house_chair}.get(kind)
    placed = against(composer, room, wall, chosen(rng, kind, look_rad, wanted), along_m, gap_m=0.1)
    if placed and kind == "side_table":
        strew(composer, top_of(composer, placed), ON_CABINET, 1 + int(chance(rng, clutter)), wanted=SMALL)


def on_walls(composer: SceneComposer, room: Room, clutter: float) -> None:
    """Windows first, then clocks and pictures where there is room left."""
    rng = composer.rng
    for wall in room.walls:
        look_rad = LOOK_RAD[wall]
        low, high = room.across_m if wall == "back" else (-1.5, room.back_m)
        span = (max(low, -2.5) + 0.4, min(high, 2.5) - 0.4)
        if chance(rng, 0.45):
            sampled = chosen(rng, "curtained_window" if chance(rng, 0.6) else "window", look_rad)
            z_m = sampled.height_m / 2 + 0.04 if sampled.height_m > 1.9 else uniform(rng, (1.55, 1.75))
            if not hang_on(composer, room, wall, sampled, uniform(rng, span), z_m):
                hang_on(composer, room, wall, chosen(rng, "window", look_rad), uniform(rng, span), 1.8)
        if chance(rng, 0.22):
            clock = chosen(rng, "clock", look_rad, _hangs)
            hang_on(composer, room, wall, clock, uniform(rng, span), uniform(rng, (1.5, 2.0)))
        for _ in range(int(rng.poisson(0.6 + 0.6 * clutter))):
            picture = chosen(rng, "wall_picture", look_rad)
            hang_on(composer, room, wall, picture, uniform(rng, span), uniform(rng, (1.35, 1.8)))
