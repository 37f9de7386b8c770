"""A bedroom: a bed with its head to a wall, seen from its foot or its side, tables beside it, and what lies about."""

from __future__ import annotations

from synthvis.draws import chance, log_uniform, pick, uniform
from synthvis.scene.environments.composer import SceneComposer
from synthvis.scene.environments.environment import Composition, Environment
from synthvis.scene.environments.furnishing import (
    FURNISHING_KINDS,
    SMALL,
    along_a_wall,
    armchair,
    on_walls,
    people,
    television,
)
from synthvis.scene.environments.interior import (
    LOOK_RAD,
    Params,
    Room,
    against,
    chosen,
    hang_on,
    interior_surroundings,
    interior_view,
    room_of,
    seat_of,
    strew,
    strew_on_seat,
    top_of,
)
from synthvis.scene.placed_object import PlacedObject, sample_object

__all__ = ["BEDROOM"]

ON_BED = {
    "teddy_bear": 3.0, "book": 2.0, "book_open": 1.2, "laptop": 1.6, "cell_phone": 1.5, "remote": 1.5, "cushion": 1.2,
    "book_stack": 0.3, "box": 0.4, "scissors": 0.15, "cup": 0.15, "bottle": 0.3, "umbrella": 0.1, "keyboard": 0.1,
    "sports_ball": 0.1, "banana": 0.1,
}  # fmt: skip
ON_STAND = {
    "clock": 2.5, "cup": 1.5, "book": 1.8, "book_stack": 1.2, "cell_phone": 1.5, "bottle": 1.0, "vase": 0.8,
    "remote": 0.8, "potted_plant": 0.5, "wine_glass": 0.4, "bowl": 0.2, "teddy_bear": 0.3, "scissors": 0.1,
}  # fmt: skip
ON_FLOOR = {
    "box": 1.5, "book": 1.2, "teddy_bear": 1.0, "cushion": 0.8, "bottle": 0.4, "sports_ball": 0.4, "laptop": 0.2,
    "umbrella": 0.15, "skateboard": 0.15,
}  # fmt: skip
ALONG_WALLS = {
    "dresser": 1.8, "wardrobe": 1.2, "chair": 1.6, "potted_plant": 1.5, "bookcase": 1.0, "floor_lamp": 0.8,
}  # fmt: skip
LAYOUTS = {"foot": 4.0, "side": 2.5, "corner": 2.0, "twin": 1.0}
DUVET_RISE_M = 0.16
"""How far over the mattress a duvet reaches that was left as it was."""


def _is_single(params: Params) -> bool:
    return not params["double"]


def _compose(composer: SceneComposer) -> Composition:
    rng = composer.rng
    room = room_of(composer, (1.7, 2.3), (1.7, 2.9))
    clutter = log_uniform(rng, (0.3, 2.0))
    layouts = {"foot": _seen_from_its_foot, "side": _seen_from_its_side, "corner": _in_the_corner, "twin": _twins}
    beds = layouts[pick(rng, LAYOUTS)](composer, room, clutter) or _seen_from_its_foot(composer, room, clutter)
    for bed in beds:
        count = min(int(rng.poisson(0.4 + 2.6 * clutter)), 8)
        if count:
            strew_on_seat(composer, seat_of(composer, bed), ON_BED, count, rise_m=DUVET_RISE_M, deep=(0.05, 0.8))
    people(composer, room, 0.25)
    if len(room.walls) > 1 and chance(rng, 0.25):
        wall = room.walls[1 + int(rng.integers(len(room.walls) - 1))]
        television(composer, room, wall, uniform(rng, (-1.0, 0.5)), clutter)
    for _ in range(round(clutter * uniform(rng, (0.5, 3.0)))):
        along_a_wall(composer, room, ALONG_WALLS, clutter)
    if chance(rng, 0.15):
        armchair(composer, (uniform(rng, (-1.0, 0.5)), rng.normal()), uniform(rng, (2.0, 4.3)))
    for _ in range(int(rng.poisson(0.7 * clutter))):
        at_m = (uniform(rng, (-1.6, room.back_m)), uniform(rng, (-2.2, 2.2)))
        composer.place(pick(rng, ON_FLOOR), composer.floor, at_m, jitter_m=0.3)
    on_walls(composer, room, clutter)
    rug_at_m = (uniform(rng, (-1.0, 0.5)), rng.normal()) if chance(rng, 0.4) else None
    return Composition(
        surroundings=interior_surroundings(room, rng, rug_at_m),
        placed=tuple(composer.placed),
        view=interior_view(room, height_m=(0.6, 1.9), elevation_deg=(4, 45)),
    )


# Layouts: each returns the beds


def _seen_from_its_foot(composer: SceneComposer, room: Room, clutter: float) -> list[PlacedObject]:
    """Its head is at the back wall, a table on either side of it, a picture over it."""
    return _headed(composer, room, "back", composer.rng.normal() * 0.4, clutter)


def _seen_from_its_side(composer: SceneComposer, room: Room, clutter: float) -> list[PlacedObject]:
    """Its head is at a side wall; where there is none, at the back after all."""
    rng = composer.rng
    if len(room.walls) == 1:
        return _seen_from_its_foot(composer, room, clutter)
    wall = room.walls[1 + int(rng.integers(len(room.walls) - 1))]
    return _headed(composer, room, wall, uniform(rng, (-0.4, 0.4)), clutter)


def _headed(composer: SceneComposer, room: Room, wall: str, along_m: float, clutter: float) -> list[PlacedObject]:
    rng = composer.rng
    sampled = sample_object("bed", rng, facing_rad=LOOK_RAD[wall])
    bed = against(composer, room, wall, sampled, along_m)
    if bed is None:
        return []
    axis = 1 if wall == "back" else 0
    for end, sign in zip(bed.box_m, (-1.0, 1.0), strict=True):
        if chance(rng, 0.7):
            _bedside(composer, room, wall, end[axis] + sign * uniform(rng, (0.28, 0.36)), clutter)
    if chance(rng, 0.45):
        picture = chosen(rng, "wall_picture", LOOK_RAD[wall])
        hang_on(composer, room, wall, picture, bed.centre_m[axis] + rng.normal() * 0.1, uniform(rng, (1.5, 1.75)))
    return [bed]


def _in_the_corner(composer: SceneComposer, room: Room, clutter: float) -> list[PlacedObject]:
    """Its side is at the back wall, its head at a side wall."""
    rng = composer.rng
    if len(room.walls) == 1:
        return _seen_from_its_foot(composer, room, clutter)
    wall = room.walls[1 + int(rng.integers(len(room.walls) - 1))]
    side = 1.0 if wall == "left" else -1.0
    sampled = sample_object("bed", rng, facing_rad=LOOK_RAD[wall])
    corner_m = room.across_m[1 if side > 0 else 0]
    length_m = sampled.box_m[1][1] - sampled.box_m[0][1]
    bed = against(composer, room, "back", sampled, corner_m - side * (length_m / 2 + uniform(rng, (0.08, 0.2))))
    if bed is None:
        return []
    if chance(rng, 0.6):
        _bedside(composer, room, wall, bed.box_m[0][0] - 0.32, clutter)
    return [bed]


def _twins(composer: SceneComposer, room: Room, clutter: float) -> list[PlacedObject]:
    """Two single beds with a table between them, as in hotels."""
    rng = composer.rng
    y_m = rng.normal() * 0.2
    first = chosen(rng, "bed", LOOK_RAD["back"], _is_single)
    width_m = first.box_m[1][1] - first.box_m[0][1]
    apart_m = width_m / 2 + uniform(rng, (0.3, 0.5))
    beds = [against(composer, room, "back", first, y_m + side * apart_m) for side in (-1.0, 1.0)]
    _bedside(composer, room, "back", y_m, clutter)
    return [bed for bed in beds if bed]


def _bedside(composer: SceneComposer, room: Room, wall: str, along_m: float, clutter: float) -> None:
    """A small cabinet or table beside the head, with a lamp and what one has at hand."""
    rng = composer.rng
    kind = pick(rng, {"nightstand": 4.0, "side_table": 1.0})
    table = against(composer, room, wall, chosen(rng, kind, LOOK_RAD[wall]), along_m)
    if table:
        top = top_of(composer, table)
        strew(composer, top, {"table_lamp": 1.0}, int(chance(rng, 0.6)))
        count = int(rng.poisson(0.6 + 1.1 * clutter))
        strew(composer, top, ON_STAND, min(count, 5), look_rad=LOOK_RAD[wall], wanted=SMALL)


BEDROOM = Environment(
    name="bedroom",
    description="A bed, tables beside it, cabinets, and what lies on them and on the bed.",
    kinds=tuple(
        dict.fromkeys(
            (
                *("bed", "nightstand", "wardrobe"),
                *FURNISHING_KINDS,
                *(name for table in (ON_BED, ON_STAND, ON_FLOOR, ALONG_WALLS) for name in table),
            )
        )
    ),
    light="tabletop",
    compose=_compose,
)
