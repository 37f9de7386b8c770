"""A table laid for a meal, with chairs and people around it, or a kitchen counter; cupboards and plants behind."""

from __future__ import annotations

import math

from synthvis.draws import chance, pick, uniform
from synthvis.geometry import rotation_about
from synthvis.objects.mesh.params import number
from synthvis.objects.object_type import Sample
from synthvis.objects.registry import object_type_named
from synthvis.scene.environments.composer import SceneComposer, Support
from synthvis.scene.environments.display import ledge
from synthvis.scene.environments.environment import Composition, Environment, View
from synthvis.scene.environments.meals import COMPOUND, MEALS, ON_TABLES, Meal, Tableware
from synthvis.scene.environments.people import AT_TABLE, put_person
from synthvis.scene.environments.seating import TableFloor, seats_at
from synthvis.scene.environments.walls import room
from synthvis.scene.placed_object import PlacedObject, oriented_object, sample_object

__all__ = ["KITCHEN_TABLE"]

VIEWER_RAD = math.pi
"""Towards the camera's side."""

SCENES = {"breakfast": 2.0, "dinner": 2.6, "snack": 1.4, "tea": 1.2, "messy": 1.4, "cooking": 0.8, "fruit": 0.7,
          "counter": 2.0}  # fmt: skip
ON_COUNTERS = {"bottle": 3.0, "bowl": 1.2, "fruit_bowl": 1.2, "cup": 2.0, "vase": 0.6, "potted_plant": 0.5, "box": 0.8,
               "cylinder": 1.0, "plate": 0.6, "cutting_board": 1.5, "knife": 0.7, "spoon": 0.5, "orange": 0.4,
               "apple": 0.6, "banana_bunch": 0.4, "carrot": 0.5, "wine_glass": 0.5, "donut_plate": 0.5, "book": 0.3,
               "cell_phone": 0.2, "clock": 0.2}  # fmt: skip
TALL = frozenset({"bottle", "vase", "potted_plant", "box", "cylinder", "clock", "book"})
"""What people put at the back of a counter."""


def _compose(composer: SceneComposer) -> Composition:
    rng = composer.rng
    scene = pick(rng, SCENES)
    if scene == "counter":
        back_m = uniform(rng, (0.3, 0.34))
        _counter(composer, back_m)
        view = View(azimuth_deg=50, elevation_deg=(5, 48), height_m=(1.05, 2.0), fill=(0.6, 1.7), distance_m=(0.4, 3.0))
    else:
        reach_m = _table(composer, MEALS[scene])
        back_m = reach_m + uniform(rng, (0.9, 2.2))
        _background(composer, back_m)
        _people(composer, reach_m)
        steep = chance(rng, 0.75)
        view = View(
            azimuth_deg=60,
            elevation_deg=(22, 65) if steep else (6, 30),
            height_m=(0.95, 2.3),
            fill=(0.6, 1.8),
            distance_m=(0.4, 3.2),
        )
    return Composition(surroundings=room(rng, back_m=back_m), placed=tuple(composer.placed), view=view)


def _table(composer: SceneComposer, meal: Meal) -> float:
    """A laid table at the origin with its chairs; returns how far it reaches."""
    rng = composer.rng
    turn_rad = (math.pi / 2 if chance(rng, 0.6) else 0.0) + rng.normal() * 0.12
    drawn = object_type_named("dining_table").sample(rng)
    # Plates come with the meal.
    bare = Sample(params=drawn.params, surfaces=drawn.surfaces)
    sampled = oriented_object("dining_table", bare, rotation_about((0, 0, 1), turn_rad))
    table = PlacedObject(sampled, (0.0, 0.0, 0.0))
    composer.placed.append(table)
    level_m = number(drawn.params, "height_m") + (0.003 if drawn.params["cloth_drop_m"] else 0.0)
    top = composer.top_of(table, level_m=level_m)
    seats = seats_at(table, turn_rad)
    order = [seats[index] for index in rng.permutation(len(seats))]
    ware = Tableware(composer, meal)
    for seat in order[: int(rng.integers(meal.people[0], meal.people[1] + 1))]:
        ware.lay(seat, top)
    _middle(composer, ware, top, number(drawn.params, "long_m"), number(drawn.params, "wide_m"), turn_rad)
    floor = TableFloor(composer, table)
    chair = _dining_chair(composer)
    share = uniform(rng, (0.3, 1.0))
    for seat in order:
        # The photographer's own chair is mostly behind the camera.
        near = math.cos(seat.inward_rad) > 0.6
        if chance(rng, share * (0.35 if near else 1.0)):
            facing = seat.inward_rad + rng.normal() * (0.1 + 4 * meal.mess)
            sat = sample_object("chair", rng, facing_rad=facing, sample=chair if chance(rng, 0.95) else None)
            back_m = abs(rng.normal()) * (0.08 + 3 * meal.mess)
            floor.push_in(sat, seat, left_m=rng.normal() * 0.04, back_m=back_m)
    floor.close()
    return max(abs(corner[0]) for item in composer.placed for corner in item.box_m)


def _dining_chair(composer: SceneComposer) -> Sample:
    """Mostly one that people dine on; armchairs and office chairs come by chance."""
    for _ in range(4):
        drawn = object_type_named("chair").sample(composer.rng)
        if drawn.params["style"] not in ("office", "armchair", "bar_stool"):
            break
    return drawn


def _middle(
    composer: SceneComposer, ware: Tableware, top: Support, long_m: float, wide_m: float, turn_rad: float
) -> None:
    """What everyone shares, about the middle of the table."""
    rng = composer.rng
    c, s = math.cos(turn_rad), math.sin(turn_rad)
    for _ in range(int(rng.integers(ware.meal.middle_count[0], ware.meal.middle_count[1] + 1))):
        spread = 0.2 if ware.meal.setting else 0.28
        along, across = rng.normal() * spread * long_m, rng.normal() * 0.6 * spread * wide_m
        ware.stand(pick(rng, ware.meal.middle), top, (c * along - s * across, s * along + c * across))


def _counter(composer: SceneComposer, back_m: float) -> None:
    """A counter along the wall with what stands about on it, cupboards above, sometimes a cook at its side."""
    rng = composer.rng
    unit = composer.place("kitchen_counter", composer.floor, (0.0, 0.0), facing_rad=VIEWER_RAD)
    if unit is None:
        return
    top = _worktop(composer, unit)
    ware = Tableware(composer, MEALS["cooking"])
    for _ in range(int(rng.integers(7, 17))):
        _stand_about(composer, ware, top)
    _above(composer, back_m, unit)
    width_m = unit.box_m[1][1]
    if chance(rng, 0.4):
        side = 1.0 if chance(rng, 0.5) else -1.0
        composer.place("fridge", composer.floor, (-0.03, side * (width_m + 0.5)), facing_rad=VIEWER_RAD, jitter_m=0.02)
    if chance(rng, 0.2):
        # Beside the counter: a head before it would fill the picture.
        position = (-0.5, (1.0 if chance(rng, 0.5) else -1.0) * (width_m + uniform(rng, (0.1, 0.5))))
        composer.place("person", composer.floor, position, facing_rad=rng.normal() * 0.5, jitter_m=0.1)


def _worktop(composer: SceneComposer, unit: PlacedObject) -> Support:
    (low_x, low_y, _), (high_x, high_y, high_z) = unit.box_m
    return ledge(high_z + 0.0005, (low_x, high_x), (low_y, high_y))


def _stand_about(composer: SceneComposer, ware: Tableware, top: Support) -> None:
    rng = composer.rng
    name = pick(rng, ON_COUNTERS)
    x_m = uniform(rng, (0.15, 0.3)) if name in TALL and chance(rng, 0.8) else uniform(rng, (-0.3, 0.2))
    x_m, y_m = x_m * 2 * top.half_m[0], uniform(rng, (-0.92, 0.92)) * top.half_m[1]
    ware.stand(name, top, (top.centre_m[0] + x_m, top.centre_m[1] + y_m))


def _above(composer: SceneComposer, back_m: float, unit: PlacedObject) -> None:
    """Cupboards on the wall, or a clock."""
    rng = composer.rng
    if chance(rng, 0.55):
        low_m = uniform(rng, (1.4, 1.55))
        y_m = unit.centre_m[1] + rng.normal() * 0.3
        composer.attach("cupboard", (back_m - 0.19, y_m, low_m + 0.43), facing_rad=VIEWER_RAD)
    if chance(rng, 0.25):
        at_m = (back_m - 0.03, uniform(rng, (-1.0, 1.0)), uniform(rng, (1.5, 1.9)))
        composer.attach("clock", at_m, facing_rad=VIEWER_RAD, poses=("upright",))


def _background(composer: SceneComposer, back_m: float) -> None:
    """Along the wall behind the table: a counter with a few things, a refrigerator, plants, a clock."""
    rng = composer.rng
    if chance(rng, 0.5):
        position = (back_m - 0.36, uniform(rng, (-0.9, 0.9)))
        unit = composer.place("kitchen_counter", composer.floor, position, facing_rad=VIEWER_RAD)
        if unit:
            ware = Tableware(composer, MEALS["cooking"])
            top = _worktop(composer, unit)
            for _ in range(int(rng.integers(0, 5))):
                _stand_about(composer, ware, top)
            _above(composer, back_m, unit)
    for kind, share, from_wall_m in (("fridge", 0.25, 0.4), ("potted_plant", 0.35, 0.6)):
        if chance(rng, share):
            position = (back_m - from_wall_m, uniform(rng, (-1.8, 1.8)))
            composer.place(kind, composer.floor, position, facing_rad=VIEWER_RAD)
    if chance(rng, 0.2):
        at_m = (back_m - 0.03, uniform(rng, (-1.2, 1.2)), uniform(rng, (1.5, 2.0)))
        composer.attach("clock", at_m, facing_rad=VIEWER_RAD, poses=("upright",))


def _people(composer: SceneComposer, reach_m: float) -> None:
    """Standing about the table, mostly on its far side."""
    rng = composer.rng
    if not chance(rng, 0.35):
        return
    for _ in range(int(rng.integers(1, 4))):
        angle = rng.normal() * 0.9
        away_m = reach_m + uniform(rng, (0.1, 0.5))
        position = (away_m * math.cos(angle), away_m * math.sin(angle))
        facing = angle + math.pi + rng.normal() * 0.4
        held = AT_TABLE if chance(rng, 0.6) else None
        put_person(composer, composer.floor, position, facing_rad=facing, jitter_m=0.1, held=held)


KITCHEN_TABLE = Environment(
    name="kitchen_table",
    description="A table laid for a meal with chairs around it, or a kitchen counter.",
    kinds=tuple(
        dict.fromkeys(
            (
                *("dining_table", "chair", "person", "kitchen_counter", "cupboard", "fridge", "potted_plant", "clock"),
                *(kind for kind in ON_COUNTERS if kind not in COMPOUND),
                *ON_TABLES,
                *AT_TABLE,
            )
        )
    ),
    light="tabletop",
    compose=_compose,
    floor_m=4.0,
)
