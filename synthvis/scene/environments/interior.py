"""Rooms people live in: walls, furniture along them, pictures and windows on them, things on seats and shelves."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.draws import chance, pick, uniform
from synthvis.geometry import rotation_about
from synthvis.objects.furniture.cabinets import niches_m
from synthvis.objects.registry import object_type_named
from synthvis.objects.spec import Param
from synthvis.scene import palette
from synthvis.scene.environments.composer import SceneComposer, Support
from synthvis.scene.environments.environment import View
from synthvis.scene.environments.people import seat_corners_m
from synthvis.scene.placed_object import ObjectSample, PlacedObject, oriented_object, sample_object
from synthvis.scene.surroundings import Room as FloorOfRoom
from synthvis.scene.surroundings import Sheet, Surroundings, Wall, wall_slot

__all__ = [
    "CAMERA_RAD",
    "LOOK_RAD",
    "SPINE_BEHIND",
    "Room",
    "against",
    "chosen",
    "crowded",
    "fill_niches",
    "hang_on",
    "interior_surroundings",
    "interior_view",
    "room_of",
    "seat_of",
    "strew",
    "strew_on_seat",
    "top_of",
]

Float = NDArray[np.float64]
Params = Mapping[str, Param]

CAMERA_RAD = math.pi
"""Where things look that face the camera."""
LOOK_RAD: Mapping[str, float] = {"back": math.pi, "left": -math.pi / 2, "right": math.pi / 2}
"""Where things look that stand with their backs to a wall, by wall."""
WALL_HEIGHT_M = 3.4
"""More than rooms have: there is no ceiling that could hide the light."""
MAX_OBJECTS = 40
OPEN_M = 4.5
"""How far a room without a side wall goes on at that side."""
CHOICES = 10
SEAT_CELL_M, TOP_CELL_M = 0.015, 0.01
SHIFTS_M = (0.0, 0.25, -0.25, 0.55, -0.55, 0.9, -0.9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Distances of the walls from the origin; None where there is none."""

    back_m: float
    left_m: float | None
    right_m: float | None

    @property
    def across_m(self) -> tuple[float, float]:
        """Bounds of y."""
        return -(self.right_m or OPEN_M), self.left_m or OPEN_M

    @property
    def walls(self) -> tuple[str, ...]:
        """Names of the walls there are."""
        sides = [name for name, at in (("left", self.left_m), ("right", self.right_m)) if at is not None]
        return ("back", *sides)


def room_of(composer: SceneComposer, back_m: tuple[float, float], side_m: tuple[float, float]) -> Room:
    """A room with a back wall and up to two at the sides; nothing stands beyond them."""
    rng = composer.rng
    left, right = (uniform(rng, side_m) if chance(rng, 0.75) else None for _ in range(2))
    room = Room(back_m=uniform(rng, back_m), left_m=left, right_m=right)
    far, block = 9.0, composer.floor.field.block
    block((room.back_m, far), (-far, far), far)
    block((-far, far), (room.across_m[1], far), far)
    block((-far, far), (-far, room.across_m[0]), far)
    return room


def interior_surroundings(room: Room, rng: Generator, rug_at_m: tuple[float, float] | None) -> Surroundings:
    """Floor, walls of one surface, sometimes an accent wall at the back, and a rug where one is wished for."""
    surface = palette.indoor_wall_surface(rng)
    walls = [Wall(slot=wall_slot(0), distance_m=room.back_m, height_m=WALL_HEIGHT_M, width_m=24.0)]
    surfaces = {"floor": palette.floor_surface(rng), wall_slot(0): surface}
    side = surface if chance(rng, 0.8) else palette.indoor_wall_surface(rng)
    for slot, at_m, angle_rad in ((wall_slot(1), room.left_m, math.pi / 2), (wall_slot(2), room.right_m, -math.pi / 2)):
        if at_m is not None:
            wall = Wall(slot=slot, distance_m=at_m, height_m=WALL_HEIGHT_M, width_m=12.0, angle_rad=angle_rad)
            walls.append(wall)
            surfaces[slot] = side
    rug = None
    if rug_at_m is not None:
        size = (uniform(rng, (1.4, 3.0)), uniform(rng, (1.0, 2.0)))
        rug = Sheet(*size, rng.normal() * 0.06, *rug_at_m)
        surfaces["rug"] = palette.rug_surface(rng)
    return Surroundings(base=FloorOfRoom(size_m=24.0, rug=rug), walls=tuple(walls), surfaces=surfaces)


def interior_view(room: Room, *, height_m: tuple[float, float], elevation_deg: tuple[float, float]) -> View:
    """A view from within the walls."""
    low, high = room.across_m
    return View(
        azimuth_deg=50.0,
        elevation_deg=elevation_deg,
        height_m=height_m,
        fill=(0.5, 1.3),
        distance_m=(0.6, 5.0),
        inside_m=((-6.5, room.back_m), (low + 0.15, high - 0.15)),
    )


def crowded(composer: SceneComposer) -> bool:
    """Whether there are as many objects as a picture should cost."""
    return sum(len(item.sampled.parts) for item in composer.placed) >= MAX_OBJECTS


def chosen(
    rng: Generator, kind: str, facing_rad: float, wanted: Callable[[Params], bool] | None = None
) -> ObjectSample:
    """An upright object of a kind of whose parameters `wanted` approves; the last of some draws where it never does."""
    entry = object_type_named(kind)
    sample = entry.sample(rng)
    for _ in range(CHOICES):
        if wanted is None or wanted(sample.params):
            break
        sample = entry.sample(rng)
    return oriented_object(kind, sample, rotation_about((0, 0, 1), facing_rad - (entry.front_rad or 0.0)))


def against(
    composer: SceneComposer, room: Room, wall: str, sampled: ObjectSample, along_m: float, *, gap_m: float = 0.07
) -> PlacedObject | None:
    """Stand an object that looks away from a wall before it; None where it finds no room near `along_m`.

    Args:
        composer: What stands in the room.
        room: Its walls.
        wall: "back", "left" or "right"; that wall must be there.
        sampled: Turned to `LOOK_RAD[wall]`.
        along_m: Wished middle, y at the back wall, x at the others.
        gap_m: Free distance to the wall.
    """
    low, high = sampled.box_m
    middle = sampled.centre_m
    for shift_m in SHIFTS_M:
        along = along_m + shift_m
        at_m = {
            "back": (room.back_m - gap_m - high[0], along - middle[1]),
            "left": (along - middle[0], room.across_m[1] - gap_m - high[1]),
            "right": (along - middle[0], room.across_m[0] + gap_m - low[1]),
        }[wall]
        if placed := composer.place_sampled(sampled, composer.floor, at_m):
            return placed
    return None


def hang_on(
    composer: SceneComposer, room: Room, wall: str, sampled: ObjectSample, along_m: float, z_m: float
) -> PlacedObject | None:
    """Hang an object turned to `LOOK_RAD[wall]` on a wall, its middle at `z_m`; None where something is before it."""
    half = [(high - low) / 2 + 0.003 for low, high in zip(*sampled.box_m, strict=True)]
    at_m = {
        "back": (room.back_m - half[0], along_m),
        "left": (along_m, room.across_m[1] - half[1]),
        "right": (along_m, room.across_m[0] + half[1]),
    }[wall]
    return composer.attach_sampled(sampled, (*at_m, z_m))


def seat_of(composer: SceneComposer, item: PlacedObject) -> tuple[Support, Float]:
    """What a couch or a bed offers to put things on, and its (4, 3) corners: front left and right, rear right, left."""
    corners = seat_corners_m(item)
    return composer.top_of(item, float(corners[0, 2]) - item.box_m[0][2], cell_m=SEAT_CELL_M), corners


def strew_on_seat(
    composer: SceneComposer,
    seat: tuple[Support, Float],
    weights: Mapping[str, float],
    count: int,
    *,
    rise_m: float = 0.07,
    deep: tuple[float, float] = (0.2, 0.7),
) -> None:
    """Leave things on a couch or a bed, from its front (`deep` 0) to its back (1)."""
    rng = composer.rng
    support, corners = seat
    look_rad = math.atan2(*(corners[:2].mean(axis=0) - corners[2:].mean(axis=0))[[1, 0]].tolist())
    for _ in range(count):
        if crowded(composer):
            return
        across, into = uniform(rng, (0.1, 0.9)), uniform(rng, deep)
        front, rear = (corners[a] + across * (corners[b] - corners[a]) for a, b in ((0, 1), (3, 2)))
        x_m, y_m, _ = (front + into * (rear - front)).tolist()
        facing_rad = look_rad + rng.normal() * 0.5
        composer.place(
            pick(rng, weights), support, (x_m, y_m), facing_rad=facing_rad, poses=ON_SOFT, jitter_m=0.07, rise_m=rise_m
        )


ON_SOFT = ("upright", "lying", "face_up", "face_down", "on_its_back", "on_its_side", "rolled")
ON_HARD = ("upright", "lying", "face_up", "face_down", "rolled")
"""Rest poses that people leave things in, where a kind has one of them."""


def top_of(composer: SceneComposer, item: PlacedObject) -> Support:
    """The top of a table or a cabinet."""
    return composer.top_of(item, cell_m=TOP_CELL_M)


def strew(
    composer: SceneComposer,
    support: Support,
    weights: Mapping[str, float],
    count: int,
    *,
    look_rad: float = CAMERA_RAD,
    wanted: Mapping[str, Callable[[Params], bool]] | None = None,
) -> None:
    """Put things about a top; `wanted` narrows the kinds it names, which then stand upright."""
    rng = composer.rng
    for _ in range(count):
        if crowded(composer):
            return
        kind = pick(rng, weights)
        facing_rad = look_rad + rng.normal() * 0.45 + (math.pi if kind in SPINE_BEHIND else 0.0)
        narrow = (wanted or {}).get(kind)
        sampled = (
            chosen(rng, kind, facing_rad, narrow)
            if narrow
            else sample_object(kind, rng, facing_rad=facing_rad, poses=ON_HARD)
        )
        x_m, y_m = (
            centre + uniform(rng, (-0.8, 0.8)) * half
            for centre, half in zip(support.centre_m, support.half_m, strict=True)
        )
        at_m = (x_m - sampled.centre_m[0], y_m - sampled.centre_m[1])
        composer.place_sampled(sampled, support, at_m, jitter_m=0.08)


SPINE_BEHIND = frozenset({"book", "book_row"})
"""What shows its back, a spine at -x of its frame."""


def fill_niches(composer: SceneComposer, item: PlacedObject, weights: Mapping[str, float], fill: float) -> None:
    """Put rows of books and other things into the open cells of a cabinet that stands against a wall.

    Args:
        composer: What stands in the room.
        item: Of a type of `cabinets`, turned by a multiple of a right angle.
        weights: What may stand there.
        fill: Share of the cells that hold something.
    """
    part, pose = item.sampled.parts[0]
    look_rad = math.atan2(pose[1, 0], pose[0, 0])
    rng = composer.rng
    for x, y, z in niches_m(part.params):
        if crowded(composer):
            return
        if not chance(rng, fill):
            continue
        ends = np.array([(x[0], y[0], z[0]), (x[1], y[1], z[0])]) @ pose[:3, :3].T + pose[:3, 3] + item.xyz_m
        low, high = ends.min(axis=0).tolist(), ends.max(axis=0).tolist()
        board = composer.board(low[2] + 0.001, (low[0], high[0]), (low[1], high[1]), z[1] - z[0] - 0.012)
        kind = pick(rng, weights)
        sampled = sample_object(kind, rng, facing_rad=look_rad + math.pi * (kind in SPINE_BEHIND))
        _shelve(composer, sampled, board)


def _shelve(composer: SceneComposer, sampled: ObjectSample, board: Support) -> None:
    """Push an object to one end of a shelf, or put it anywhere on it."""
    free_m = [half - (b - a) / 2 for half, a, b in zip(board.half_m, *sampled.box_m, strict=False)]
    if min(free_m) < 0.0:
        return
    long = 0 if board.half_m[0] > board.half_m[1] else 1
    slide = [0.0, 0.0]
    slide[long] = float(composer.rng.choice([-1.0, 1.0, composer.rng.uniform(-1, 1)])) * max(free_m[long] - 0.015, 0.0)
    at_m = (
        board.centre_m[0] + slide[0] - sampled.centre_m[0],
        board.centre_m[1] + slide[1] - sampled.centre_m[1],
    )
    composer.place_sampled(sampled, board, at_m)
