"""A beach: parasols, chairs, games and boards on the sand, boards and surfers in the water, kites over it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from numpy.random import Generator

from synthvis.draws import chance, pick, uniform
from synthvis.geometry import rotation_about
from synthvis.objects.registry import object_type_named
from synthvis.objects.spec import Param, SurfaceSpec
from synthvis.scene import palette
from synthvis.scene.environments.composer import SceneComposer
from synthvis.scene.environments.environment import Composition, Environment, View
from synthvis.scene.environments.outdoors import (
    CAMERA_RAD,
    around,
    fly_kites,
    play_ball,
    put_outside,
    throw_frisbees,
    umbrella,
)
from synthvis.scene.environments.people import OUTDOORS, put_person
from synthvis.scene.palette import colour_rgb
from synthvis.scene.placed_object import oriented_object
from synthvis.scene.surroundings import Crest, Ground, PaintedBar, Sea, Wall, wall_slot
from synthvis.scene.surroundings_builder import SurroundingsBuilder

__all__ = ["BEACH"]

FLOOR_M = 18.0
VIEWS = {
    "sand": View(azimuth_deg=65, elevation_deg=(1, 22), height_m=(0.8, 3.0), fill=(0.5, 1.5), distance_m=(1.5, 25)),
    "surf": View(azimuth_deg=70, elevation_deg=(2, 18), height_m=(0.7, 3.5), fill=(0.25, 1.1), distance_m=(3, 30)),
    "sky": View(azimuth_deg=60, elevation_deg=(-40, -8), height_m=(1.0, 1.8), fill=(0.15, 0.9), distance_m=(5, 40)),
}
ON_SAND = {"bottle": 1.5, "sports_ball": 1.2, "frisbee": 1.0, "cup": 0.8, "book": 0.7, "umbrella": 0.5, "bowl": 0.3,
           "surfboard": 1.2, "chair": 0.7, "kite": 0.4, "crate": 0.4, "banana": 0.2, "bench": 0.4}  # fmt: skip
FIN_M = 0.1
"""Boards lie on their fins; their hulls are about that far above the sand."""


@dataclass(frozen=True, slots=True)
class _Shore:
    """The water begins at `shore_m` in a frame turned by `turn_rad`; it is `level_m` above the sand."""

    shore_m: float
    level_m: float
    turn_rad: float

    def at(self, out_m: float, along_m: float) -> tuple[float, float]:
        """The x and y of a point that far out from the water's edge, and along it."""
        x_m, cos, sin = self.shore_m + out_m, math.cos(self.turn_rad), math.sin(self.turn_rad)
        return x_m * cos - along_m * sin, x_m * sin + along_m * cos

    def on_sand(self, rng: Generator, reach_m: float = 7.0) -> tuple[float, float]:
        """Any place before the water."""
        return self.at(-uniform(rng, (0.8, max(self.shore_m + 4.0, 2.0))), uniform(rng, (-reach_m, reach_m)))


def _compose(composer: SceneComposer) -> Composition:
    rng = composer.rng
    surf = chance(rng, 0.42)
    shore = _Shore(
        uniform(rng, (-7.0, -2.0)) if surf else uniform(rng, (2.0, 9.0)),
        uniform(rng, (0.1, 0.28)),
        rng.normal() * 0.3,
    )
    sea = Sea(shore.shore_m, shore.level_m, shore.turn_rad)
    builder = SurroundingsBuilder(
        base=Ground(size_m=300.0, sea=sea), surfaces={"ground": palette.beach_sand(rng), "sea": palette.sea(rng)}
    )
    view, crests = _surf(composer, shore) if surf else _sand(composer, shore, builder)
    builder.base = replace(builder.ground, sea=replace(sea, crests=tuple(crests)))
    if chance(rng, 0.3):
        _headland(shore, builder, rng)
    return Composition(surroundings=builder.build(), placed=tuple(composer.placed), view=view)


def _crests(rng: Generator, shore: _Shore, count: int) -> list[Crest]:
    """Breakers farther out."""
    crests = []
    for _ in range(count):
        out_m = shore.shore_m + uniform(rng, (4.0, 40.0))
        crests.append(Crest(out_m, rng.normal() * 12.0, uniform(rng, (8.0, 40.0)), uniform(rng, (0.2, 0.9))))
    return crests


def _headland(shore: _Shore, builder: SurroundingsBuilder, rng: Generator) -> None:
    """Land that runs out to one side of the water."""
    distance_m, side = uniform(rng, (70.0, 150.0)), _side(rng)
    width_m = uniform(rng, (0.8, 2.5)) * distance_m
    angle_rad = shore.turn_rad + side * uniform(rng, (0.4, 1.0))
    height_m = uniform(rng, (0.06, 0.3)) * distance_m
    # It falls to the sea; strips run from the right to the left.
    fall = [1 - side * (2 * number / 23 - 1) for number in range(24)]
    profile = tuple(float(min(1.0, 0.5 * value * (0.85 + 0.3 * rng.random()))) for value in fall)
    builder.walls.append(
        Wall(
            slot=wall_slot(0),
            distance_m=distance_m,
            height_m=height_m,
            width_m=width_m,
            angle_rad=angle_rad,
            profile=profile,
        )
    )
    builder.surfaces[wall_slot(0)] = palette.horizon(rng)


# In the water


def _surf(composer: SceneComposer, shore: _Shore) -> tuple[View, list[Crest]]:
    """Surfers on their waves, others who wait or walk in with their boards."""
    rng = composer.rng
    crests: list[Crest] = []
    out_m = -shore.shore_m + uniform(rng, (-1.0, 4.0))
    for _ in range(int(pick(rng, {"1": 5.0, "2": 2.0, "3": 1.2, "4": 0.6}))):
        _surfer(composer, shore, (out_m + rng.normal() * 2.0, rng.normal() * 4.0), crests)
    for _ in range(int(rng.integers(0, 5))):
        spot = (uniform(rng, (0.5, 9.0)), uniform(rng, (-9.0, 9.0)))
        _wader(composer, shore, spot)
    if chance(rng, 0.3):
        fly_kites(composer, (4.0, 0.0), flyers=False)
    crests += _crests(rng, shore, int(rng.integers(0, 4)))
    return replace(VIEWS["surf"], anchors=("surfboard",), alone_share=0.6), crests


def _surfer(composer: SceneComposer, shore: _Shore, spot: tuple[float, float], crests: list[Crest]) -> None:
    """Someone who stands on a board before a breaker."""
    rng = composer.rng
    heading = shore.turn_rad + _side(rng) * (math.pi / 2 + uniform(rng, (-0.3, 0.9)))
    roll, pitch = rng.normal() * 0.12, -abs(rng.normal()) * 0.12
    tilt = rotation_about((0, 1, 0), pitch) @ rotation_about((1, 0, 0), roll)
    sampled = oriented_object(
        "surfboard", object_type_named("surfboard").sample(rng), rotation_about((0, 0, 1), heading) @ tilt
    )
    lift_m = max(0.0, shore.level_m - FIN_M) + uniform(rng, (0.0, 0.12))
    board = composer.place_sampled(sampled, composer.floor, shore.at(*spot), jitter_m=0.4, lift_m=lift_m)
    if board is None:
        return
    put_person(
        composer,
        composer.floor,
        board.xyz_m[:2],
        # Across the board, as people stand on it.
        facing_rad=around(rng, heading + _side(rng) * math.pi / 2, 0.3),
        swim=True,
        posture="ride",
        stack=True,
    )
    if chance(rng, 0.75):
        height_m = uniform(rng, (0.5, 2.2))
        at_m = (shore.shore_m + spot[0] + 0.7 + 0.7 * height_m, spot[1] + rng.normal() * 1.5)
        crests.append(Crest(*at_m, uniform(rng, (6.0, 25.0)), height_m))


def _wader(composer: SceneComposer, shore: _Shore, spot: tuple[float, float]) -> None:
    """Someone in the water, or a board that drifts there, or both."""
    rng = composer.rng
    at_m = shore.at(*spot)
    what = pick(rng, {"person": 2.0, "board": 2.0, "carried": 1.5, "paddled": 1.0})
    if what == "carried":
        _carrier(composer, at_m, shore.turn_rad)
        return
    if what != "board":
        put_person(composer, composer.floor, at_m, swim=True, jitter_m=0.4)
    if what != "person":
        lift_m = max(0.0, shore.level_m - FIN_M)
        away_m = (at_m[0] + 0.6, at_m[1] + rng.normal() * 0.5)
        composer.place("surfboard", composer.floor, away_m, poses=("upright",), jitter_m=0.4, lift_m=lift_m)


def _carrier(composer: SceneComposer, at_m: tuple[float, float], heading_rad: float) -> None:
    """Someone with a board under an arm, on the way to the water or back."""
    rng = composer.rng
    facing = heading_rad + (0.0 if chance(rng, 0.5) else math.pi) + rng.normal() * 0.5
    person = put_person(composer, composer.floor, at_m, facing_rad=facing, swim=True, jitter_m=0.4)
    if person is None:
        return
    side, reach_m = _side(rng), uniform(rng, (0.42, 0.5))
    x_m = person.xyz_m[0] - side * reach_m * math.sin(facing)
    y_m = person.xyz_m[1] + side * reach_m * math.cos(facing)
    lift_m = uniform(rng, (0.5, 0.7))
    composer.place(
        "surfboard", composer.floor, (x_m, y_m), facing_rad=facing, poses=("on_its_rail",), jitter_m=0.02, lift_m=lift_m
    )


def _side(rng: Generator) -> float:
    """1 or -1."""
    return 1.0 if chance(rng, 0.5) else -1.0


# On the sand


def _sand(composer: SceneComposer, shore: _Shore, builder: SurroundingsBuilder) -> tuple[View, list[Crest]]:
    rng = composer.rng
    _towels(rng, builder)
    boards = chance(rng, 0.6)
    if boards:
        _boards(composer, shore)
    for _ in range(int(rng.integers(0, 7))):
        put_outside(composer, pick(rng, ON_SAND), shore.on_sand(rng), jitter_m=0.4)
    if chance(rng, 0.65):
        _parasols(composer, shore)
    kites = chance(rng, 0.3)
    games = [name for name, played in (("ball", chance(rng, 0.3)), ("frisbee", chance(rng, 0.25))) if played]
    for name in games:
        {"ball": play_ball, "frisbee": throw_frisbees}[name](composer, shore.on_sand(rng, 4.0), swim=True)
    for _ in range(int(rng.integers(1, 8))):
        at_m = shore.on_sand(rng, 9.0) if chance(rng, 0.6) else shore.at(uniform(rng, (0.3, 5.0)), rng.normal() * 6.0)
        held = OUTDOORS if chance(rng, 0.3) else None
        put_person(composer, composer.floor, at_m, swim=True, jitter_m=0.5, held=held)
    for _ in range(int(rng.integers(0, 3))):
        _wader(composer, shore, (uniform(rng, (0.5, 6.0)), rng.normal() * 5.0))
    if kites:
        fly_kites(composer, shore.on_sand(rng, 4.0), swim=True)
    crests = _crests(rng, shore, int(rng.integers(0, 5)))
    if kites and chance(rng, 0.6):
        return replace(VIEWS["sky"], anchors=("kite",), alone_share=0.25), crests
    if boards and chance(rng, 0.5):
        return replace(VIEWS["sand"], anchors=("surfboard",), alone_share=0.3), crests
    return replace(VIEWS["sand"], alone_share=0.25), crests


def _towels(rng: Generator, builder: SurroundingsBuilder) -> None:
    towels: list[PaintedBar] = []
    for _ in range(int(rng.integers(0, 4))):
        towels.append(PaintedBar(uniform(rng, (-3.0, 2.0)), uniform(rng, (-4.0, 4.0)), 1.8, 0.9))
    if not towels:
        return
    builder.change_road(bars=tuple(towels), heading_rad=rng.normal() * 0.3)
    cloth: dict[str, Param] = {
        "color": colour_rgb(rng, value=(0.1, 0.8), saturation=0.9),
        "color_2": colour_rgb(rng, value=(0.3, 0.9), saturation=0.5),
        "pattern": pick(rng, {"stripes": 3.0, "plain": 2.0, "checks": 0.5}),
        "size_m": uniform(rng, (0.04, 0.2)),
        "seed": uniform(rng, (0, 1000)),
    }
    builder.surfaces["marking"] = SurfaceSpec(kind="fabric", params=cloth)


def _boards(composer: SceneComposer, shore: _Shore) -> None:
    """Boards set up in a row, stuck in the sand here and there, or carried."""
    rng = composer.rng
    if chance(rng, 0.35):
        out_m, start_m, facing = -uniform(rng, (1.0, 4.0)), uniform(rng, (-3.0, 0.0)), uniform(rng, (0, 2 * math.pi))
        for number in range(int(rng.integers(3, 9))):
            at_m = shore.at(out_m, start_m + 0.8 * number)
            composer.place("surfboard", composer.floor, at_m, facing_rad=facing, poses=("standing",), jitter_m=0.05)
        return
    for _ in range(int(rng.integers(1, 5))):
        if chance(rng, 0.45):
            _carrier(composer, shore.on_sand(rng, 5.0), shore.turn_rad)
        else:
            poses = ("upright", "fins_up", "standing", "standing")
            composer.place("surfboard", composer.floor, shore.on_sand(rng, 5.0), poses=poses, jitter_m=0.4)


def _parasols(composer: SceneComposer, shore: _Shore) -> None:
    """Parasols, each with its chairs and what people bring."""
    rng = composer.rng
    in_rows, style = chance(rng, 0.35), "parasol" if chance(rng, 0.4) else "beach"
    spots = [shore.on_sand(rng, 6.0) for _ in range(int(rng.integers(1, 6)))]
    if in_rows:
        spots = [shore.at(-1.5 - 3.0 * (k % 2), -5.0 + 3.2 * (k // 2)) for k in range(int(rng.integers(4, 9)))]
    for x_m, y_m in spots:
        for number in range(int(rng.integers(0, 3))):
            at_m = (x_m - 0.3, y_m + (0.7 if number else -0.7))
            facing = around(rng, shore.turn_rad if chance(rng, 0.6) else CAMERA_RAD, 0.4)
            put_outside(composer, "chair", at_m, facing_rad=facing, jitter_m=0.15)
        if chance(rng, 0.4):
            kind = pick(rng, {"bottle": 1.5, "cup": 1.0, "book": 0.6, "sports_ball": 0.5, "crate": 0.5})
            composer.place(kind, composer.floor, (x_m - 0.6, y_m), jitter_m=0.3)
        sampled = umbrella(rng, (style,), tilt_rad=(0.0, 0.3))
        composer.place_sampled(sampled, composer.floor, (x_m, y_m), jitter_m=0.2)


BEACH = Environment(
    name="beach",
    description="A beach: parasols, boards and games on the sand, surfers in the water, kites in the air.",
    kinds=tuple(dict.fromkeys(("person", *ON_SAND, *OUTDOORS))),
    light="open",
    compose=_compose,
    floor_m=FLOOR_M,
)
