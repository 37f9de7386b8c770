"""Chaos: things of every kind fly before a backdrop of anything, at distances in proportion to their size.

Nowhere that exists: it teaches what things look like from all sides, whatever is behind and beside them.
"""

from __future__ import annotations

import math
from dataclasses import replace

from numpy.random import Generator

from synthvis.draws import chance, log_uniform, pick, uniform
from synthvis.geometry import rotation_about
from synthvis.objects.registry import OBJECT_TYPES, object_type_named
from synthvis.objects.spec import SurfaceSpec
from synthvis.scene import palette
from synthvis.scene.environments.composer import SceneComposer
from synthvis.scene.environments.environment import Composition, Environment, View
from synthvis.scene.placed_object import oriented_object
from synthvis.scene.surroundings import Ground, Studio, Surroundings, Wall, wall_slot

__all__ = ["CHAOS"]

EYE_M = (-8.0, 0.0, 8.0)
"""The camera: high over the floor, for things fly below it too."""
FARTHEST_M = 13.5
"""From the camera, for the middle of a thing."""
SIDE_RAD, RISE_RAD = 0.45, 0.36
"""Things fly within these angles of the axis: what a middling lens sees about any of them."""
SIZE_RAD = (0.03, 0.2)
"""Angle that half a thing takes."""
LABELLED, OTHERS = (6, 20), (1, 12)
FRONT_SHARE = 0.7
"""Share of the things turned away that are turned back, where a front tells what they are."""
TRIES = 3

BY_CATEGORY: dict[str, list[str]] = {}
for _kind in OBJECT_TYPES.values():
    if _kind.category is not None:
        BY_CATEGORY.setdefault(_kind.category.name, []).append(_kind.name)

# Signs and signals fly without their posts, keyboards and mice without cables.
BARE = frozenset({"stop_sign", "traffic_light", "keyboard", "mouse"})
# Whole trees hide all else, and the rest is too much like what is labelled, or no thing by itself.
LEFT_OUT = frozenset({"fruit_tree", "tree", "sign_post", "signal_pole", "green_apple", "open_box", "holding_hand"})
DISTRACTORS = tuple(kind.name for kind in OBJECT_TYPES.values() if kind.category is None and kind.name not in LEFT_OUT)


def _compose(composer: SceneComposer) -> Composition:
    rng = composer.rng
    names = sorted(BY_CATEGORY)
    if chance(rng, 0.35):
        names = [names[int(index)] for index in rng.integers(len(names), size=4)]
    for _ in range(int(rng.integers(LABELLED[0], LABELLED[1] + 1))):
        kinds = BY_CATEGORY[names[int(rng.integers(len(names)))]]
        _throw(composer, kinds[int(rng.integers(len(kinds)))])
    for _ in range(int(rng.integers(OTHERS[0], OTHERS[1] + 1))):
        _throw(composer, DISTRACTORS[int(rng.integers(len(DISTRACTORS)))])
    return Composition(surroundings=_surroundings(rng), placed=tuple(composer.placed), view=View(eye_m=EYE_M))


def _throw(composer: SceneComposer, kind: str) -> None:
    """One thing in the air, turned anyhow, as far off as its size on the picture asks."""
    rng = composer.rng
    sample = object_type_named(kind).sample(rng)
    turn = composer.anyhow()
    front_rad = object_type_named(kind).front_rad
    if front_rad is not None and chance(rng, FRONT_SHARE):
        away = turn @ (math.cos(front_rad), math.sin(front_rad), 0.0)
        turn = rotation_about((0.0, 0.0, 1.0), math.pi if away[0] > 0 else 0.0) @ turn
    sampled = oriented_object(kind, replace(sample, attachments=()) if kind in BARE else sample, turn)
    radius_m = sampled.ball_radius_m
    for _ in range(TRIES):
        far_m = min(radius_m / math.sin(log_uniform(rng, SIZE_RAD)), FARTHEST_M)
        side, rise = uniform(rng, (-SIDE_RAD, SIDE_RAD)), uniform(rng, (-RISE_RAD, RISE_RAD))
        ahead = (math.cos(side) * math.cos(rise), math.sin(side) * math.cos(rise), math.sin(rise))
        at_m = [eye + far_m * step - mid for eye, step, mid in zip(EYE_M, ahead, sampled.centre_m, strict=True)]
        if composer.hang(sampled, (at_m[0], at_m[1], at_m[2])) is not None:
            return


def _surroundings(rng: Generator) -> Surroundings:
    """A sheet behind everything, or open ground; sometimes walls and lumps before it, all of any stuff."""
    kind = pick(rng, {"studio": 3.0, "ground": 1.0})
    base: Studio | Ground = Ground()
    if kind == "studio":
        base = Studio(sweep_m=8.0, radius_m=uniform(rng, (0.5, 6.0)), height_m=40.0, width_m=80.0)
    walls: list[Wall] = []
    surfaces: dict[str, SurfaceSpec] = {"backdrop" if kind == "studio" else "ground": palette.any_texture(rng)}
    for number in range(int(rng.integers(0, 3))):
        # Beyond all that flies.
        distance_m, height_m, width_m = (uniform(rng, bounds) for bounds in ((7.3, 8.0), (2.0, 9.0), (2.0, 14.0)))
        angle_rad, base_m = rng.normal() * 0.3, uniform(rng, (0.0, 9.0))
        walls.append(
            Wall(
                slot=wall_slot(number),
                distance_m=distance_m,
                height_m=height_m,
                width_m=width_m,
                angle_rad=angle_rad,
                base_m=base_m,
            )
        )
        surfaces[wall_slot(number)] = palette.any_texture(rng)
    return Surroundings(base=base, walls=tuple(walls), surfaces=surfaces)


CHAOS = Environment(
    name="chaos",
    description="Things of all kinds flying before any backdrop: pure domain randomisation.",
    kinds=(*(name for kinds in BY_CATEGORY.values() for name in kinds), *DISTRACTORS),
    light="studio",
    compose=_compose,
    floor_m=1.0,
)
