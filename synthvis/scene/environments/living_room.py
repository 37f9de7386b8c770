"""A living room: couches and armchairs, a television set, a low table with things on it, shelves, plants, pictures."""

from __future__ import annotations

import math

from synthvis.draws import chance, log_uniform, pick, uniform
from synthvis.scene.environments.composer import SceneComposer
from synthvis.scene.environments.environment import Composition, Environment
from synthvis.scene.environments.furnishing import (
    FURNISHING_KINDS,
    SMALL,
    along_a_wall,
    armchair,
    cabinet,
    is_house_chair,
    is_tall,
    on_walls,
    people,
    television,
)
from synthvis.scene.environments.interior import (
    CAMERA_RAD,
    LOOK_RAD,
    Room,
    against,
    chosen,
    interior_surroundings,
    interior_view,
    room_of,
    seat_of,
    strew,
    strew_on_seat,
    top_of,
)
from synthvis.scene.environments.people import INDOORS, sit_on
from synthvis.scene.placed_object import PlacedObject, sample_object

__all__ = ["LIVING_ROOM"]

ON_TABLE = {
    "remote": 3.0, "book": 2.5, "cup": 2.5, "bowl": 1.2, "laptop": 1.0, "vase": 1.2, "wine_glass": 1.2, "bottle": 1.2,
    "cell_phone": 1.2, "book_stack": 0.8, "book_open": 0.6, "potted_plant": 0.7, "plate": 0.5, "box": 0.5,
    "apple": 0.2, "orange": 0.2, "scissors": 0.2, "mouse": 0.1,
}  # fmt: skip
ON_SEAT = {
    "cushion": 2.5, "remote": 2.0, "teddy_bear": 1.5, "laptop": 1.2, "cell_phone": 1.2, "book": 1.2, "book_open": 0.8,
}  # fmt: skip
LAID = {
    "cup": 2.0, "bowl": 2.0, "wine_glass": 2.0, "bottle": 1.5, "plate": 1.5, "vase": 1.2, "fork": 0.8, "knife": 0.8,
    "spoon": 0.8, "laptop": 0.4, "book": 0.6, "cell_phone": 0.4, "potted_plant": 0.5, "orange": 0.4, "apple": 0.4,
    "banana": 0.3,
}  # fmt: skip
ON_FLOOR = {"cushion": 1.0, "box": 1.0, "book": 0.7, "teddy_bear": 0.7, "sports_ball": 0.3, "remote": 0.2, "cup": 0.2}
ALONG_WALLS = {"potted_plant": 2.5, "floor_lamp": 2.0, "bookcase": 2.2, "dresser": 1.0, "side_table": 1.2, "chair": 1.2}
LAYOUTS = {"couch": 4.0, "tv": 3.0, "corner": 2.0, "dining": 1.3, "reading": 1.0}


def _compose(composer: SceneComposer) -> Composition:
    rng = composer.rng
    room = room_of(composer, (1.7, 2.4), (1.9, 3.2))
    clutter = log_uniform(rng, (0.25, 2.2))
    middle_m = {
        "couch": _couch_before_the_wall,
        "tv": _television_before_the_wall,
        "corner": _corner,
        "dining": _dining,
        "reading": _reading,
    }[pick(rng, LAYOUTS)](composer, room, clutter)
    people(composer, room, 0.3)
    for _ in range(round(clutter * uniform(rng, (1.0, 4.0)))):
        along_a_wall(composer, room, ALONG_WALLS, clutter)
    for _ in range(int(rng.poisson(0.5 * clutter))):
        at_m = (uniform(rng, (-1.4, room.back_m)), uniform(rng, (-2.2, 2.2)))
        composer.place(pick(rng, ON_FLOOR), composer.floor, at_m, jitter_m=0.3)
    on_walls(composer, room, clutter)
    rug_at_m = middle_m if chance(rng, 0.5) else None
    return Composition(
        surroundings=interior_surroundings(room, rng, rug_at_m),
        placed=tuple(composer.placed),
        view=interior_view(room, height_m=(0.45, 1.9), elevation_deg=(0, 32)),
    )


# Layouts: each returns the middle of the room's life, where a rug may lie


def _couch_before_the_wall(composer: SceneComposer, room: Room, clutter: float) -> tuple[float, float]:
    """The couch faces the camera, with a table before it and seats at its sides."""
    rng = composer.rng
    couch = _couch(composer, room, "back", rng.normal() * 0.5, clutter)
    front_m, y_m = (couch.box_m[0][0], couch.centre_m[1]) if couch else (room.back_m - 1.0, 0.0)
    x_m = front_m - uniform(rng, (0.6, 0.85))
    if chance(rng, 0.8):
        _low_table(composer, (x_m, y_m), clutter, turn_rad=0.0)
    for side in (-1.0, 1.0):
        if chance(rng, 0.3):
            armchair(composer, (x_m + 0.1, y_m + side * uniform(rng, (1.3, 1.7))), -side * math.pi / 2)
        if couch and chance(rng, 0.35):
            _beside(composer, room, couch, side, clutter)
    wall = _side_wall(composer, room)
    if wall and chance(rng, 0.6):
        television(composer, room, wall, x_m + rng.normal() * 0.3, clutter)
    elif wall and chance(rng, 0.35):
        _couch(composer, room, wall, x_m - 0.5, clutter)
    return x_m, y_m


def _television_before_the_wall(composer: SceneComposer, room: Room, clutter: float) -> tuple[float, float]:
    """The set faces the camera, and so do the backs of those who watch it, unless they sit at the side."""
    rng = composer.rng
    y_m = rng.normal() * 0.4
    television(composer, room, "back", y_m, clutter)
    x_m = room.back_m - uniform(rng, (1.5, 2.0))
    if chance(rng, 0.7):
        _low_table(composer, (x_m, y_m), clutter, turn_rad=0.0)
    wall = _side_wall(composer, room)
    if wall and chance(rng, 0.5):
        _couch(composer, room, wall, x_m - uniform(rng, (0.0, 0.4)), clutter)
    elif chance(rng, 0.6):
        sampled = sample_object("couch", rng, facing_rad=rng.normal() * 0.08)
        couch = composer.place_sampled(sampled, composer.floor, (x_m - uniform(rng, (0.9, 1.2)), y_m), jitter_m=0.08)
        _fill_seat(composer, couch, clutter)
    if chance(rng, 0.35):
        side = 1.0 if chance(rng, 0.5) else -1.0
        armchair(composer, (x_m - 0.2, y_m + side * 1.4), -side * 1.2)
    return x_m, y_m


def _corner(composer: SceneComposer, room: Room, clutter: float) -> tuple[float, float]:
    """One couch along a side wall, seen from its end, another or the set at the back."""
    rng = composer.rng
    wall = _side_wall(composer, room) or "back"
    couch = _couch(composer, room, wall, uniform(rng, (-0.4, 0.6)) if wall != "back" else 0.0, clutter)
    if wall != "back":
        other = _couch if chance(rng, 0.5) else television
        other(composer, room, "back", rng.normal() * 0.5, clutter)
    side = -1.0 if wall == "right" else 1.0
    at_m = (couch.centre_m[0], couch.box_m[0][1] - 0.5) if couch and side > 0 else (0.0, 0.0)
    if couch and side < 0:
        at_m = (couch.centre_m[0], couch.box_m[1][1] + 0.5)
    if wall == "back" and couch:
        at_m = (couch.box_m[0][0] - 0.6, couch.centre_m[1])
    _low_table(composer, at_m, clutter, turn_rad=math.pi / 2 if wall != "back" else 0.0)
    if chance(rng, 0.4):
        armchair(composer, (at_m[0] - 0.4, at_m[1] - side * 1.1), side * 1.3)
    return at_m


def _dining(composer: SceneComposer, room: Room, clutter: float) -> tuple[float, float]:
    """A table to eat at, chairs around it; behind it a couch or a chest."""
    rng = composer.rng
    at_m = (uniform(rng, (-0.5, 0.3)), rng.normal() * 0.4)
    sampled = sample_object("dining_table", rng, facing_rad=float(rng.choice([0.0, math.pi / 2])) + rng.normal() * 0.05)
    table = composer.place_sampled(sampled, composer.floor, at_m)
    if table:
        strew(composer, top_of(composer, table), LAID, 2 + round(4 * clutter), wanted=SMALL)
        (x_low, y_low, _), (x_high, y_high, _) = table.box_m
        middle = table.centre_m
        positions = [(x_low - 0.32, middle[1], 0.0), (x_high + 0.32, middle[1], math.pi)]
        for x_m in (middle[0] - 0.3, middle[0] + 0.3) if x_high - x_low > 1.3 else (middle[0],):
            positions += [(x_m, y_low - 0.32, math.pi / 2), (x_m, y_high + 0.32, -math.pi / 2)]
        style = chosen(rng, "chair", 0.0, is_house_chair).parts[0][0].params["style"]
        for x_m, y_m, look_rad in positions:
            if chance(rng, 0.75):
                seat = chosen(rng, "chair", look_rad + rng.normal() * 0.25, lambda params: params["style"] == style)
                composer.place_sampled(seat, composer.floor, (x_m, y_m), jitter_m=0.05)
    other = _couch if chance(rng, 0.55) else cabinet
    other(composer, room, "back", rng.normal() * 0.8, clutter)
    return at_m


def _reading(composer: SceneComposer, room: Room, clutter: float) -> tuple[float, float]:
    """An armchair under a lamp, books at its side."""
    rng = composer.rng
    side = 1.0 if chance(rng, 0.5) else -1.0
    y_m = side * uniform(rng, (0.0, 0.6))
    x_m = room.back_m - uniform(rng, (0.7, 1.0))
    armchair(composer, (x_m, y_m), CAMERA_RAD + side * uniform(rng, (0.0, 0.7)))
    for _ in range(1 + int(chance(rng, 0.5))):
        cabinet(composer, room, "back", y_m + side * uniform(rng, (-1.6, 1.6)), clutter)
    composer.place("floor_lamp", composer.floor, (room.back_m - 0.4, y_m - side * 0.7), jitter_m=0.08)
    _side_table(composer, (x_m - 0.1, y_m + side * 0.75), clutter)
    return x_m - 0.5, y_m


# Pieces of furniture and what is on them


def _side_wall(composer: SceneComposer, room: Room) -> str | None:
    sides = room.walls[1:]
    return sides[int(composer.rng.integers(len(sides)))] if sides else None


def _couch(composer: SceneComposer, room: Room, wall: str, along_m: float, clutter: float) -> PlacedObject | None:
    rng = composer.rng
    sampled = sample_object("couch", rng, facing_rad=LOOK_RAD[wall])
    couch = against(composer, room, wall, sampled, along_m, gap_m=uniform(rng, (0.07, 0.22)))
    _fill_seat(composer, couch, clutter)
    return couch


def _fill_seat(composer: SceneComposer, couch: PlacedObject | None, clutter: float) -> None:
    count = int(composer.rng.poisson(1.8 * clutter))
    if couch and count:
        strew_on_seat(composer, seat_of(composer, couch), ON_SEAT, min(count, 6))
    if couch and chance(composer.rng, 0.4):
        for across in (0.25, 0.72) if chance(composer.rng, 0.3) else (uniform(composer.rng, (0.2, 0.8)),):
            sit_on(composer, couch, across=across, held=INDOORS if chance(composer.rng, 0.7) else None)


def _low_table(composer: SceneComposer, at_m: tuple[float, float], clutter: float, *, turn_rad: float) -> None:
    rng = composer.rng
    sampled = sample_object("low_table", rng, facing_rad=turn_rad + rng.normal() * 0.06)
    if table := composer.place_sampled(sampled, composer.floor, at_m, jitter_m=0.06):
        strew(composer, top_of(composer, table), ON_TABLE, int(rng.poisson(4.5 * clutter)), wanted=SMALL)


def _side_table(composer: SceneComposer, at_m: tuple[float, float], clutter: float) -> None:
    rng = composer.rng
    if table := composer.place("side_table", composer.floor, at_m, facing_rad=0.0, jitter_m=0.05):
        top = top_of(composer, table)
        strew(composer, top, {"table_lamp": 1.0}, int(chance(rng, 0.6)))
        strew(composer, top, ON_TABLE, int(rng.poisson(clutter)), wanted=SMALL)


def _beside(composer: SceneComposer, room: Room, couch: PlacedObject, side: float, clutter: float) -> None:
    """A small table, a lamp or a plant at the end of a couch against the back wall."""
    rng = composer.rng
    end_m = couch.box_m[1 if side > 0 else 0][1]
    at_m = (room.back_m - 0.45, end_m + side * 0.42)
    what = pick(rng, {"table": 2.0, "lamp": 1.5, "plant": 1.0})
    if what == "table":
        _side_table(composer, at_m, clutter)
    elif what == "lamp":
        composer.place("floor_lamp", composer.floor, at_m, jitter_m=0.05)
    else:
        composer.place_sampled(chosen(rng, "potted_plant", 0.0, is_tall), composer.floor, at_m, jitter_m=0.05)


LIVING_ROOM = Environment(
    name="living_room",
    description="Couches and armchairs, a television set, a low table, shelves, plants and what lies about.",
    kinds=tuple(
        dict.fromkeys(
            (
                *("couch", "dining_table", "low_table", "table_lamp"),
                *FURNISHING_KINDS,
                *(name for table in (ON_TABLE, ON_SEAT, LAID, ON_FLOOR, ALONG_WALLS) for name in table),
            )
        )
    ),
    light="tabletop",
    compose=_compose,
)
