"""What streets, parks and beaches share: people and what they hold, umbrellas, benches and what lies on them."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import replace

from numpy.random import Generator

from synthvis.draws import chance, pick, uniform
from synthvis.geometry import rotation_about
from synthvis.objects.object_type import ObjectType, Sample
from synthvis.objects.registry import object_type_named
from synthvis.objects.spec import Param
from synthvis.scene import palette
from synthvis.scene.environments.composer import SceneComposer
from synthvis.scene.environments.people import OUTDOORS, put_person, sit_on
from synthvis.scene.free.surroundings import add_skyline
from synthvis.scene.placed_object import ObjectSample, PlacedObject, oriented_object, sample_object
from synthvis.scene.surroundings_builder import SurroundingsBuilder

__all__ = [
    "BENCH_THINGS",
    "CAMERA_RAD",
    "altered",
    "around",
    "close_view",
    "fly_kites",
    "furnish_bench",
    "play_ball",
    "put_outside",
    "put_walker",
    "throw_frisbees",
    "umbrella",
]

CAMERA_RAD = math.pi
"""Where the camera is, in the frame of an environment."""

BENCH_THINGS = {"book": 1.5, "cup": 1.5, "bottle": 1.2, "umbrella": 1.0, "teddy_bear": 0.7, "cell_phone": 0.4,
                "sports_ball": 0.3, "banana": 0.3, "apple": 0.3}  # fmt: skip
SEAT_M = 0.3
"""Below the seats of all benches."""

INDOOR_CHAIRS = frozenset({"office", "armchair", "padded", "bar_stool"})
STYLE_TRIES = 60
"""The rarest style of umbrellas comes once in twenty draws."""


def around(rng: Generator, facing_rad: float, spread_rad: float) -> float:
    """A direction near `facing_rad`, normal with standard deviation `spread_rad`."""
    return facing_rad + float(rng.normal()) * spread_rad


def altered(kind_name: str, rng: Generator, changes: Mapping[str, Param], *, facing_rad: float = 0.0) -> ObjectSample:
    """An upright object with some parameters of its shape set from outside.

    Args:
        kind_name: Registry name.
        rng: Source of the draws.
        changes: Parameters that replace the drawn ones; a style is drawn until it comes, for its surfaces go with it.
        facing_rad: Where its front looks.
    """
    kind = object_type_named(kind_name)
    sample = _of_style(kind, rng, (changes["style"],) if "style" in changes else ())
    changed = Sample({**sample.params, **changes}, sample.surfaces, sample.attachments)
    return oriented_object(kind_name, changed, rotation_about((0, 0, 1), facing_rad - (kind.front_rad or 0.0)))


def _of_style(kind: ObjectType, rng: Generator, styles: Collection[Param]) -> Sample:
    """A sample of one of some styles; none: of any."""
    sample = kind.sample(rng)
    for _ in range(STYLE_TRIES):
        if not styles or sample.params["style"] in styles:
            break
        sample = kind.sample(rng)
    return sample


def put_outside(
    composer: SceneComposer,
    kind_name: str,
    at_m: tuple[float, float],
    *,
    facing_rad: float | None = None,
    jitter_m: float = 0.0,
) -> PlacedObject | None:
    """Like `SceneComposer.place` on the floor, but no chair that people keep indoors."""
    sampled = sample_object(kind_name, composer.rng, facing_rad=facing_rad)
    while sampled.parts[0][0].params.get("style") in INDOOR_CHAIRS:
        sampled = sample_object(kind_name, composer.rng, facing_rad=facing_rad)
    return composer.place_sampled(sampled, composer.floor, at_m, jitter_m=jitter_m)


def close_view(builder: SurroundingsBuilder, near_m: float, rng: Generator) -> None:
    """Woods, hills or houses beyond `near_m`, so wide that no picture shows their ends."""
    add_skyline(builder, near_m, rng, palette.horizon)
    builder.walls = [
        replace(wall, height_m=min(wall.height_m, 4.0 + 0.12 * wall.distance_m), width_m=9.0 * wall.distance_m)
        for wall in builder.walls
    ]


# Umbrellas


def umbrella(rng: Generator, styles: tuple[str, ...], *, tilt_rad: tuple[float, float] = (0.0, 0.25)) -> ObjectSample:
    """An open umbrella or a parasol of one of some styles, as it is held or set up.

    Args:
        rng: Source of the draws.
        styles: Of "open", "paper", "parasol" and "beach".
        tilt_rad: Bounds of its tilt.
    """
    sample = _of_style(object_type_named("umbrella"), rng, styles)
    changes = {"grounded": False, "tilt_rad": 0.0 if sample.params["style"] == "parasol" else uniform(rng, tilt_rad)}
    turn = rotation_about((0, 0, 1), uniform(rng, (0, 2 * math.pi)))
    return oriented_object("umbrella", Sample({**sample.params, **changes}, sample.surfaces), turn)


def put_walker(composer: SceneComposer, at_m: tuple[float, float], facing_rad: float, *, sheltered: bool) -> None:
    """A person on the floor who holds an umbrella overhead (`sheltered`), something else or nothing."""
    rng = composer.rng
    posture = "hold" if sheltered else None
    held = OUTDOORS if not sheltered and chance(rng, 0.3) else None
    person = put_person(composer, composer.floor, at_m, facing_rad=facing_rad, posture=posture, jitter_m=0.4, held=held)
    if person is None or not sheltered:
        return
    sampled = umbrella(rng, ("open",), tilt_rad=(0.0, 0.12))
    away_rad, reach_m = around(rng, facing_rad, 0.3), uniform(rng, (0.34, 0.42))
    at_m = (person.xyz_m[0] + reach_m * math.cos(away_rad), person.xyz_m[1] + reach_m * math.sin(away_rad))
    composer.place_sampled(sampled, composer.floor, at_m, stack=True, lift_m=uniform(rng, (0.02, 0.08)))


# Benches


def furnish_bench(composer: SceneComposer, bench: PlacedObject, count: int) -> None:
    """Things that someone left on a bench, or one or two who sit there."""
    rng = composer.rng
    if chance(rng, 0.45):
        for across in (0.25, 0.75) if chance(rng, 0.4) else (uniform(rng, (0.2, 0.8)),):
            sit_on(composer, bench, across=across, held=OUTDOORS if chance(rng, 0.6) else None)
        return
    seat = composer.top_of(bench, SEAT_M)
    (low_x, low_y, _), (high_x, high_y, _) = bench.box_m
    for _ in range(count):
        at_m = (uniform(rng, (low_x + 0.1, high_x - 0.1)), uniform(rng, (low_y + 0.1, high_y - 0.1)))
        composer.place(pick(rng, BENCH_THINGS), seat, at_m, jitter_m=0.08, stack=True)


# Games


def throw_frisbees(composer: SceneComposer, at_m: tuple[float, float], *, swim: bool = False) -> None:
    """Two or three people, a frisbee in the air near one of them, perhaps others on the ground."""
    rng = composer.rng
    turn_rad, apart_m = uniform(rng, (0, 2 * math.pi)), uniform(rng, (2.0, 5.0))
    for number in range(int(rng.integers(1, 4))):
        angle = turn_rad + math.pi * number
        position = (at_m[0] + apart_m * math.cos(angle), at_m[1] + apart_m * math.sin(angle))
        facing = around(rng, angle + math.pi, 0.3)
        posture = pick(rng, {"throw": 2.0, "pull": 1.0, "stand": 1.0})
        put_person(composer, composer.floor, position, facing_rad=facing, swim=swim, posture=posture, jitter_m=0.4)
    share = uniform(rng, (-0.85, 0.85)) * apart_m
    position = (at_m[0] + share * math.cos(turn_rad), at_m[1] + share * math.sin(turn_rad))
    composer.attach("frisbee", (*position, uniform(rng, (0.4, 2.6))), poses=("flying",))
    for _ in range(int(rng.integers(0, 3))):
        position = (at_m[0] + rng.normal() * 2.0, at_m[1] + rng.normal() * 2.0)
        composer.place("frisbee", composer.floor, position, poses=("upright", "upside_down"), jitter_m=0.5)


def play_ball(composer: SceneComposer, at_m: tuple[float, float], *, swim: bool = False) -> None:
    """One to four people and a ball or two, rolling or in the air."""
    rng = composer.rng
    for _ in range(int(rng.integers(1, 5))):
        position = (at_m[0] + rng.normal() * 2.0, at_m[1] + rng.normal() * 2.0)
        facing = math.atan2(at_m[1] - position[1], at_m[0] - position[0])
        facing, posture = around(rng, facing, 0.4), pick(rng, {"throw": 1.5, "walk": 2.0, "ride": 0.7, "stand": 1.0})
        put_person(composer, composer.floor, position, facing_rad=facing, swim=swim, posture=posture, jitter_m=0.4)
    for _ in range(1 if chance(rng, 0.7) else int(rng.integers(2, 5))):
        position = (at_m[0] + rng.normal() * 0.8, at_m[1] + rng.normal() * 0.8)
        if chance(rng, 0.35):
            composer.attach("sports_ball", (*position, uniform(rng, (0.5, 3.0))))
        else:
            composer.place("sports_ball", composer.floor, position, jitter_m=0.4)


def fly_kites(composer: SceneComposer, at_m: tuple[float, float], *, swim: bool = False, flyers: bool = True) -> None:
    """Up to seven kites in the sky behind where their flyers stand."""
    rng = composer.rng
    count = int(pick(rng, {"1": 4.0, "2": 2.5, "3": 1.5, "5": 1.0, "7": 0.7}))
    # Their faces are at -y of their frames and look at whoever holds the string.
    facing = CAMERA_RAD + math.pi / 2
    for _ in range(count):
        up_m = uniform(rng, (4.0, 15.0))
        position = (at_m[0] + uniform(rng, (2.0, 14.0)), at_m[1] + rng.normal() * 5.0)
        composer.attach("kite", (*position, up_m), facing_rad=around(rng, facing, 0.5), poses=("flying", "upright"))
    if not flyers:
        return
    for _ in range(min(count, int(rng.integers(1, 4)))):
        position = (at_m[0] + rng.normal() * 2.0, at_m[1] + rng.normal() * 3.0)
        facing = around(rng, 0.0, 0.6)
        put_person(composer, composer.floor, position, facing_rad=facing, swim=swim, posture="pull", jitter_m=0.4)
