"""Which objects are in a picture, how each lies, and where: collision-free, without Blender."""

from __future__ import annotations

import math

import numpy as np
from numpy.random import Generator

from synthvis.config.recipe import Objects
from synthvis.draws import chance, geometric_count, log_uniform, pick, uniform
from synthvis.objects.registry import ObjectCatalogue
from synthvis.scene.height_field import Footprint, HeightField, footprint_of
from synthvis.scene.placed_object import Group, ObjectSample, PlacedObject, sample_object

__all__ = ["arrange", "draw_labelled", "draw_objects"]

TRIES = 24
MAX_CELLS_ACROSS = 26
"""Cells across the smallest object of a picture."""
MAX_CELLS = 220
"""Cells from the centre of the scene to its edge."""
ON_FLOOR_M = 1e-6
FRONT_SHARE = 0.8
"""Share of the objects with a front that show it to the camera."""


def draw_labelled(
    objects: Objects, camera_rad: float, rng: Generator, catalogue: ObjectCatalogue
) -> list[ObjectSample]:
    """Drafts of the labelled objects of one picture; none in the pictures that are meant to be empty.

    Args:
        objects: What to draw from.
        camera_rad: Where the camera will stand, from +x about z: most objects that have a front turn it there.
        rng: Source of the draws.
        catalogue: Every type of object.
    """
    if chance(rng, objects.empty_share):
        return []
    count = geometric_count(rng, objects.count, objects.count_mean)
    alike = pick(rng, objects.kinds) if chance(rng, objects.same_kind_share) else None
    return [_seen_object(alike or pick(rng, objects.kinds), camera_rad, rng, catalogue) for _ in range(count)]


def draw_objects(
    kinds: dict[str, float], count: tuple[int, int], camera_rad: float, rng: Generator, catalogue: ObjectCatalogue
) -> list[ObjectSample]:
    """Drafts of between `count[0]` and `count[1]` objects of weighted kinds."""
    if not any(kinds.values()):
        return []
    number = int(rng.integers(count[0], count[1] + 1))
    return [_seen_object(pick(rng, kinds), camera_rad, rng, catalogue) for _ in range(number)]


def _seen_object(kind_name: str, camera_rad: float, rng: Generator, catalogue: ObjectCatalogue) -> ObjectSample:
    """People turn a clock, a television or a chair towards themselves, more or less."""
    if catalogue.named(kind_name).front_rad is None or not chance(rng, FRONT_SHARE):
        return sample_object(kind_name, rng, objects=catalogue)
    return sample_object(kind_name, rng, facing_rad=camera_rad + rng.normal() * 0.7, objects=catalogue)


def arrange(objects: list[ObjectSample], layout: str, rng: Generator, *, spread: float = 1.0) -> Group:
    """Put objects to rest on z = 0 and on each other; one that finds no room is left out.

    Args:
        objects: Objects, the first at the centre.
        layout: "scatter", "cluster", "pile" or "row".
        rng: Source of the positions.
        spread: Stretches distances.
    """
    if not objects:
        return Group((), 0.0)
    region_m = spread * _region_m(objects, layout, rng)
    largest_m = max(sampled.radius_m for sampled in objects)
    half_extent_m = region_m + 2 * largest_m
    cell_m = max(2 * min(sampled.radius_m for sampled in objects) / MAX_CELLS_ACROSS, half_extent_m / MAX_CELLS)
    field = HeightField(half_extent_m, cell_m)
    heading = uniform(rng, (0, 2 * math.pi))
    placed: list[PlacedObject] = []
    for number, sampled in enumerate(objects):
        footprint = _footprint(sampled, cell_m)
        positions = [
            field.snap(_candidate(layout, number, len(objects), sampled, placed, region_m, heading, rng))
            for _ in range(TRIES)
        ]
        best = _choose(field, footprint, positions, layout)
        if best is not None:
            field.add(footprint, best[:2], best[2])
            placed.append(PlacedObject(sampled, best))
    reach = [math.hypot(*item.xyz_m[:2]) + item.sampled.radius_m for item in placed]
    return Group(tuple(placed), max(reach, default=0.0))


def _region_m(objects: list[ObjectSample], layout: str, rng: Generator) -> float:
    packed_m = math.sqrt(sum(sampled.radius_m**2 for sampled in objects))
    if layout == "pile":
        return packed_m * uniform(rng, (0.5, 0.9))
    if layout == "cluster":
        return packed_m * 1.6
    if layout == "row":
        gap = log_uniform(rng, (1.02, 5.0))
        return sum(2 * sampled.radius_m for sampled in objects) * gap / 2
    return packed_m * uniform(rng, (1.4, 3.0))


def _candidate(
    layout: str,
    number: int,
    total: int,
    sampled: ObjectSample,
    placed: list[PlacedObject],
    region_m: float,
    heading: float,
    rng: Generator,
) -> tuple[float, float]:
    if layout == "row":
        along_m = region_m * (2 * (number + 0.5) / total - 1)
        aside_m = rng.normal() * 0.15 * sampled.radius_m
        jitter_m = rng.normal() * 0.15 * sampled.radius_m
        return _turned(along_m + jitter_m, aside_m, heading)
    angle = uniform(rng, (0, 2 * math.pi))
    if number == 0:
        return _turned(0.3 * region_m * math.sqrt(rng.random()), 0, angle)
    if layout == "cluster":
        near = placed[int(rng.integers(len(placed)))] if placed else None
        if near is not None:
            distance_m = (near.sampled.radius_m + sampled.radius_m) * uniform(rng, (0.5, 1.15))
            x_m, y_m = _turned(distance_m, 0, angle)
            return near.xyz_m[0] + x_m, near.xyz_m[1] + y_m
    return _turned(region_m * math.sqrt(rng.random()), 0, angle)


def _turned(along_m: float, aside_m: float, heading: float) -> tuple[float, float]:
    cos, sin = math.cos(heading), math.sin(heading)
    return along_m * cos - aside_m * sin, along_m * sin + aside_m * cos


def _choose(
    field: HeightField, footprint: Footprint, positions: list[tuple[float, float]], layout: str
) -> tuple[float, float, float] | None:
    """The lowest position in a pile; elsewhere the first on the floor, or for a cluster the most central of those."""
    heights_m = [field.rest_height_m(footprint, position) for position in positions]
    floor_m = -float(footprint.bottom_m.min())
    if layout == "pile":
        best = int(np.argmin(heights_m))
        return (*positions[best], heights_m[best]) if math.isfinite(heights_m[best]) else None
    free = [
        (*position, height_m)
        for position, height_m in zip(positions, heights_m, strict=True)
        if height_m <= floor_m + ON_FLOOR_M
    ]
    if not free:
        return None
    return min(free, key=lambda position: math.hypot(position[0], position[1])) if layout == "cluster" else free[0]


def _footprint(sampled: ObjectSample, cell_m: float) -> Footprint:
    return footprint_of([(mesh, pose) for mesh, (_, pose) in zip(sampled.meshes, sampled.parts, strict=True)], cell_m)
