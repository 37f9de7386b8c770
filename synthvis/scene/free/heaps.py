"""Parts that lie as they fell: heaped in an open box, or dropped on a table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.random import Generator

from synthvis.draws import chance, log_uniform, uniform
from synthvis.geometry import rotation_about
from synthvis.objects.distractors.open_box import OPEN_BOX, open_box
from synthvis.objects.mesh.params import number
from synthvis.objects.object_type import Attachment
from synthvis.objects.registry import ObjectCatalogue
from synthvis.scene.free.settling import any_turn, come_to_rest, tumbled
from synthvis.scene.physics import Box, Fixed
from synthvis.scene.placed_object import Group, ObjectSample, PlacedObject, oriented_object

__all__ = ["drop_on_floor", "fill_box", "of_one_batch"]

TRIES = 12
FILLED = (0.25, 0.95)
"""Boxes around the objects over the volume of the open box: from a layer to a heap to the rim."""
LOW, HIGH = 0.28, 0.55
"""Height of an open box over the root of its floor."""
ASPECT = (1.0, 1.6)
BATCH_SHARE = 0.7
"""Share of the pictures whose parts of one kind come from one batch."""
TALL = 50.0
"""Walls that lead the objects in are so many times as high as the box is long; then they are taken away."""
OVER_THE_RIM_S = 0.8
FAR = 1.2
"""What comes to rest farther from an open box than that many of its lengths has rolled out of the scene."""


def of_one_batch(objects: list[ObjectSample], rng: Generator, catalogue: ObjectCatalogue) -> list[ObjectSample]:
    """The objects, in most draws with own meshes of one kind of the same stuff and colour."""
    if not chance(rng, BATCH_SHARE):
        return objects
    first: dict[str, Attachment] = {}
    found = []
    for one in objects:
        (carrier, pose), *riders = one.parts
        if carrier.kind in catalogue.own:
            alike = first.setdefault(carrier.kind, carrier)
            if alike.params == carrier.params:
                one = replace(one, parts=((replace(carrier, surfaces=alike.surfaces), pose), *riders))
        found.append(one)
    return found


def fill_box(
    labelled: Sequence[ObjectSample], others: Sequence[ObjectSample], rng: Generator, catalogue: ObjectCatalogue
) -> tuple[Group, int]:
    """Objects heaped in an open box on z = 0, and how many of the first are labelled; the box comes last.

    What falls over the rim stays where it comes to rest beside the box; what rolls far away is not in the scene.

    Args:
        labelled: Objects that count.
        others: Objects among them that do not.
        rng: Source of the draws.
        catalogue: Every type of object.
    """
    objects = [*labelled, *others]
    # The pictures without objects show an empty box.
    sizes = objects or [oriented_object("box", catalogue.named("box").sample(rng), np.eye(3), catalogue)]
    depth_m, width_m, height_m = _inner_size_m(sizes, rng)
    sample = open_box(rng, depth_m, width_m, height_m)
    wall_m = number(sample.params, "wall_m")
    box = oriented_object(OPEN_BOX.name, sample, np.eye(3), catalogue)
    turned = [tumbled(one, any_turn(rng), catalogue) for one in objects]
    order = rng.permutation(len(turned))
    inner = (depth_m / 2, width_m / 2)
    falling: list[PlacedObject | None] = [None] * len(turned)
    before: list[PlacedObject] = []
    for place in order:
        before.append(_above(turned[place], before, inner, wall_m, rng))
        falling[place] = before[-1]
    guides = _walls(depth_m, width_m, wall_m, TALL * max(depth_m, width_m))
    placed = come_to_rest([one for one in falling if one], guides, catalogue)
    if any(item.box_m[1][2] > wall_m + height_m for item in placed):
        walls = _walls(depth_m, width_m, wall_m, height_m)
        placed = come_to_rest(placed, walls, catalogue, limit_s=OVER_THE_RIM_S)
    reach_m = FAR * max(depth_m, width_m)
    kept = [max(abs(item.centre_m[0]), abs(item.centre_m[1])) < reach_m for item in placed]
    group = [item for item, is_near in zip(placed, kept, strict=True) if is_near]
    group.append(PlacedObject(box, (0.0, 0.0, 0.0)))
    return _turned_group(group, uniform(rng, (0, 2 * math.pi)), catalogue), sum(kept[: len(labelled)])


def drop_on_floor(
    labelled: Sequence[ObjectSample], others: Sequence[ObjectSample], rng: Generator, catalogue: ObjectCatalogue
) -> tuple[Group, int]:
    """Objects that have been dropped on z = 0, turned anyhow, and how many of the first are labelled.

    Others, such as cups, stand or lie as they do; what rolls far away is not in the scene.

    Args:
        labelled: Objects that count, which fall into one of their stable poses each.
        others: Objects among them that do not.
        rng: Source of the draws.
        catalogue: Every type of object.
    """
    objects = [*(tumbled(one, any_turn(rng), catalogue) for one in labelled), *others]
    if not objects:
        return Group((), 0.0), 0
    region_m = math.sqrt(sum(one.ball_radius_m**2 for one in objects)) * log_uniform(rng, (0.7, 1.6))
    falling: list[PlacedObject] = []
    for one in reversed(objects):
        falling.append(_above(one, falling, (region_m, region_m), 0.0, rng))
    falling.reverse()
    placed = come_to_rest(falling, [Fixed()], catalogue)
    reach_m = 2.5 * region_m + 2 * max(one.ball_radius_m for one in objects)
    kept = [math.hypot(*item.centre_m[:2]) < reach_m for item in placed]
    group = tuple(item for item, is_near in zip(placed, kept, strict=True) if is_near)
    return Group(group, _reach_m(group)), sum(kept[: len(labelled)])


def _inner_size_m(objects: Sequence[ObjectSample], rng: Generator) -> tuple[float, float, float]:
    """Depth, width and height of a box that takes the objects, none of which is too long for it."""
    room_m3 = 0.0
    for one in objects:
        sides = np.ptp(np.concatenate([mesh.vertices_m for mesh in one.meshes]), axis=0)
        room_m3 += float(np.prod(np.maximum(sides, 0.1 * sides.max())))
    largest_m = 2.1 * max(one.ball_radius_m for one in objects)
    low = uniform(rng, (LOW, HIGH))
    floor_m2 = (room_m3 / log_uniform(rng, FILLED) / low) ** (2 / 3)
    aspect = uniform(rng, ASPECT)
    width_m = max(math.sqrt(floor_m2 / aspect), largest_m)
    depth_m = max(floor_m2 / width_m, largest_m * uniform(rng, (1.0, 1.3)))
    return depth_m, width_m, low * math.sqrt(width_m * depth_m)


def _above(
    sampled: ObjectSample, before: Sequence[PlacedObject], half_m: tuple[float, float], floor_m: float, rng: Generator
) -> PlacedObject:
    """The lowest of some places over a rectangle where a ball around the object is clear of those of others."""
    radius_m = sampled.ball_radius_m
    best = (math.inf, 0.0, 0.0)
    for _ in range(TRIES):
        x_m, y_m = (uniform(rng, (-slack, slack)) for slack in (max(half - radius_m, 0.0) for half in half_m))
        z_m = floor_m + radius_m
        for other in before:
            middle = [a + b for a, b in zip(other.xyz_m, other.sampled.centre_m, strict=True)]
            reach_m = radius_m + other.sampled.ball_radius_m
            aside_m2 = (x_m - middle[0]) ** 2 + (y_m - middle[1]) ** 2
            if aside_m2 < reach_m**2:
                z_m = max(z_m, middle[2] + math.sqrt(reach_m**2 - aside_m2))
        best = min(best, (z_m, x_m, y_m))
    centre = sampled.centre_m
    return PlacedObject(sampled, (best[1] - centre[0], best[2] - centre[1], best[0] - centre[2]))


def _walls(depth_m: float, width_m: float, floor_m: float, height_m: float) -> list[Fixed]:
    """The ground, and the floor and walls of a box: thick, for outside nothing meets them before it has fallen over."""
    thick_m = 0.5 * max(depth_m, width_m)
    x_m, y_m, top_m = depth_m / 2, width_m / 2, (floor_m + height_m) / 2
    boxes = [Box((x_m, y_m, thick_m), (0.0, 0.0, floor_m - thick_m))]
    boxes += [Box((floor_m / 2, y_m + floor_m, top_m), (sign * (x_m + floor_m / 2), 0.0, top_m)) for sign in (-1, 1)]
    boxes += [Box((x_m + floor_m, floor_m / 2, top_m), (0.0, sign * (y_m + floor_m / 2), top_m)) for sign in (-1, 1)]
    return [Fixed(), Fixed(shapes=tuple(boxes), friction=0.4)]


def _turned_group(group: Sequence[PlacedObject], turn_rad: float, catalogue: ObjectCatalogue) -> Group:
    """The group turned about z."""
    turn = rotation_about((0.0, 0.0, 1.0), turn_rad)
    found = []
    for item in group:
        at_m = turn @ item.xyz_m
        sampled = tumbled(item.sampled, turn @ item.sampled.parts[0][1][:3, :3], catalogue)
        found.append(PlacedObject(sampled, (float(at_m[0]), float(at_m[1]), float(at_m[2]))))
    return Group(tuple(found), _reach_m(found))


def _reach_m(placed: Sequence[PlacedObject]) -> float:
    reach = [math.hypot(*item.xyz_m[:2]) + item.sampled.radius_m for item in placed]
    return max(reach, default=0.0)
