"""Which objects are in a picture, how each lies, and where: collision-free, without Blender."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.config.recipe import Objects
from synthvis.geometry import rigid, rotation_about
from synthvis.scene.draw import chance, geometric_count, log_uniform, pick, uniform
from synthvis.scene.height_field import Footprint, HeightField, footprint_of
from synthvis.shapes.kind import IDENTITY, Attachment, RestPose
from synthvis.shapes.registry import kind_named, mesh_of
from synthvis.types import Mesh, ObjectSpec, Vec3

__all__ = ["Draft", "Group", "Placed", "arrange", "draft_of", "draw_labelled", "specs_of"]

Float = NDArray[np.float64]
TRIES = 24
FINEST_CELLS = 26
"""Cells across the smallest object of a picture."""
MOST_CELLS = 220
"""Cells from the centre of the scene to its edge."""
ON_FLOOR_M = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """A sampled object with its orientation, not yet anywhere.

    Attributes:
        parts: The object and what rides on it, by registry kind, with transforms into the oriented frame.
        meshes: One a part.
        radius_m: Horizontal radius about the oriented frame's origin.
        bottom_m: Lowest point.
        centre_m: Middle of the bounding box, oriented frame.
        ball_radius_m: Radius of a ball about that middle that holds the object.
    """

    parts: tuple[tuple[Attachment, Float], ...]
    meshes: tuple[Mesh, ...]
    radius_m: float
    bottom_m: float
    centre_m: Vec3
    ball_radius_m: float


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """A draft at rest, its oriented frame's origin at `xyz_m`."""

    draft: Draft
    xyz_m: tuple[float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """What stands together.

    Attributes:
        placed: Objects at rest.
        radius_m: Horizontal radius that holds them all.
    """

    placed: tuple[Placed, ...]
    radius_m: float


def draw_labelled(objects: Objects, rng: Generator) -> list[Draft]:
    """Drafts of the labelled objects of one picture; none in the pictures that are meant to be empty."""
    if chance(rng, objects.empty_share):
        return []
    count = geometric_count(rng, objects.count, objects.count_mean)
    alike = pick(rng, objects.kinds) if chance(rng, objects.same_kind_share) else None
    return [draft_of(alike or pick(rng, objects.kinds), rng) for _ in range(count)]


def draft_of(kind_name: str, rng: Generator) -> Draft:
    """A sampled object of a kind in one of its rest poses, turned about the vertical."""
    kind = kind_named(kind_name)
    sample = kind.sample(rng)
    turn = rotation_about((0, 0, 1), uniform(rng, (0, 2 * math.pi))) @ _tilt(kind.rest_poses, rng)
    carrier = Attachment(kind=kind_name, params=sample.params, surfaces=sample.surfaces, object_from_part=IDENTITY)
    oriented_from_object = rigid(turn, (0, 0, 0))
    parts = tuple(
        (part, oriented_from_object @ np.array(part.object_from_part)) for part in (carrier, *sample.attachments)
    )
    meshes = tuple(mesh_of(_spec(part, 1, np.eye(4))) for part, _ in parts)
    points = np.concatenate(
        [mesh.vertices_m @ pose[:3, :3].T + pose[:3, 3] for mesh, (_, pose) in zip(meshes, parts, strict=True)]
    )
    radius_m = float(np.linalg.norm(points[:, :2], axis=1).max())
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    ball_radius_m = float(np.linalg.norm(points - middle, axis=1).max())
    centre_m = (float(middle[0]), float(middle[1]), float(middle[2]))
    return Draft(parts, meshes, radius_m, float(points[:, 2].min()), centre_m, ball_radius_m)


def arrange(drafts: list[Draft], layout: str, rng: Generator, *, spread: float = 1.0) -> Group:
    """Put drafts to rest on z = 0 and on each other; one that finds no place is left out.

    Args:
        drafts: Objects, the first at the centre.
        layout: "scatter", "cluster", "pile" or "row".
        rng: Source of the places.
        spread: Stretches distances.
    """
    if not drafts:
        return Group((), 0.0)
    region_m = spread * _region_m(drafts, layout, rng)
    largest_m = max(draft.radius_m for draft in drafts)
    half_extent_m = region_m + 2 * largest_m
    cell_m = max(2 * min(draft.radius_m for draft in drafts) / FINEST_CELLS, half_extent_m / MOST_CELLS)
    field = HeightField(half_extent_m, cell_m)
    heading = uniform(rng, (0, 2 * math.pi))
    placed: list[Placed] = []
    for number, draft in enumerate(drafts):
        footprint = _footprint(draft, cell_m)
        places = [
            field.snap(_candidate(layout, number, len(drafts), draft, placed, region_m, heading, rng))
            for _ in range(TRIES)
        ]
        best = _choose(field, footprint, places, layout)
        if best is not None:
            field.add(footprint, best[:2], best[2])
            placed.append(Placed(draft, best))
    reach = [math.hypot(*item.xyz_m[:2]) + item.draft.radius_m for item in placed]
    return Group(tuple(placed), max(reach, default=0.0))


def specs_of(placed: tuple[Placed, ...], first_id: int) -> tuple[ObjectSpec, ...]:
    """Object specs of placed drafts, instance ids counting from `first_id`."""
    specs: list[ObjectSpec] = []
    for item in placed:
        world_from_oriented = rigid(np.eye(3), item.xyz_m)
        for part, oriented_from_part in item.draft.parts:
            specs.append(_spec(part, first_id + len(specs), world_from_oriented @ oriented_from_part))
    return tuple(specs)


def _tilt(poses: tuple[RestPose, ...], rng: Generator) -> Float:
    pose = poses[int(pick(rng, {str(number): pose.weight for number, pose in enumerate(poses)}))]
    heading = uniform(rng, (0, 2 * math.pi))
    axes = {"x": (1.0, 0.0, 0.0), "y": (0.0, 1.0, 0.0)}
    axis = axes.get(pose.tilt_axis, (math.cos(heading), math.sin(heading), 0.0))
    return rotation_about(axis, uniform(rng, pose.tilt_rad))


def _region_m(drafts: list[Draft], layout: str, rng: Generator) -> float:
    packed_m = math.sqrt(sum(draft.radius_m**2 for draft in drafts))
    if layout == "pile":
        return packed_m * uniform(rng, (0.5, 0.9))
    if layout == "cluster":
        return packed_m * 1.6
    if layout == "row":
        gap = log_uniform(rng, (1.02, 5.0))
        return sum(2 * draft.radius_m for draft in drafts) * gap / 2
    return packed_m * uniform(rng, (1.4, 3.0))


def _candidate(
    layout: str,
    number: int,
    total: int,
    draft: Draft,
    placed: list[Placed],
    region_m: float,
    heading: float,
    rng: Generator,
) -> tuple[float, float]:
    if layout == "row":
        along_m = region_m * (2 * (number + 0.5) / total - 1)
        aside_m = rng.normal() * 0.15 * draft.radius_m
        jitter_m = rng.normal() * 0.15 * draft.radius_m
        return _turned(along_m + jitter_m, aside_m, heading)
    angle = uniform(rng, (0, 2 * math.pi))
    if number == 0:
        return _turned(0.3 * region_m * math.sqrt(rng.random()), 0, angle)
    if layout == "cluster":
        near = placed[int(rng.integers(len(placed)))] if placed else None
        if near is not None:
            distance_m = (near.draft.radius_m + draft.radius_m) * uniform(rng, (0.5, 1.15))
            x_m, y_m = _turned(distance_m, 0, angle)
            return near.xyz_m[0] + x_m, near.xyz_m[1] + y_m
    return _turned(region_m * math.sqrt(rng.random()), 0, angle)


def _turned(along_m: float, aside_m: float, heading: float) -> tuple[float, float]:
    cos, sin = math.cos(heading), math.sin(heading)
    return along_m * cos - aside_m * sin, along_m * sin + aside_m * cos


def _choose(
    field: HeightField, footprint: Footprint, places: list[tuple[float, float]], layout: str
) -> tuple[float, float, float] | None:
    """The lowest place in a pile; elsewhere the first on the floor, or for a cluster the most central of those."""
    heights_m = [field.rest_height_m(footprint, place) for place in places]
    floor_m = -float(footprint.bottom_m.min())
    if layout == "pile":
        best = int(np.argmin(heights_m))
        return (*places[best], heights_m[best]) if math.isfinite(heights_m[best]) else None
    free = [
        (*place, height_m)
        for place, height_m in zip(places, heights_m, strict=True)
        if height_m <= floor_m + ON_FLOOR_M
    ]
    if not free:
        return None
    return min(free, key=lambda place: math.hypot(place[0], place[1])) if layout == "cluster" else free[0]


def _footprint(draft: Draft, cell_m: float) -> Footprint:
    return footprint_of([(mesh, pose) for mesh, (_, pose) in zip(draft.meshes, draft.parts, strict=True)], cell_m)


def _spec(part: Attachment, instance_id: int, world_from_object: Float) -> ObjectSpec:
    rows = [tuple(float(value) for value in row) for row in world_from_object]
    return ObjectSpec(
        instance_id=instance_id,
        kind=part.kind,
        category=_category_name(part.kind),
        params=part.params,
        surfaces=part.surfaces,
        world_from_object=(rows[0], rows[1], rows[2], rows[3]),  # type: ignore[arg-type]  # four rows of four
    )


@lru_cache(maxsize=256)
def _category_name(kind_name: str) -> str | None:
    category = kind_named(kind_name).category
    return category.name if category else None
