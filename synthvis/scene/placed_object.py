"""An object that has been decided on and turned, and an object that has found its place."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.draws import pick, uniform
from synthvis.geometry import rigid, rotation_about
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.object_type import IDENTITY, Attachment, RestPose, Sample
from synthvis.objects.registry import WITHOUT_OWN, ObjectCatalogue
from synthvis.objects.spec import ObjectSpec, Vec3

__all__ = ["Group", "ObjectSample", "PlacedObject", "carriers_of", "oriented_object", "sample_object", "specs_of"]

Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class ObjectSample:
    """A sampled object with its orientation, not yet anywhere.

    Attributes:
        parts: The object and what rides on it, by registry kind, with transforms into the oriented frame.
        meshes: One a part.
        categories: Name of the class of each part; None: unlabelled.
        radius_m: Horizontal radius about the oriented frame's origin.
        box_m: Lowest and highest x, y and z, oriented frame.
        ball_radius_m: Radius of a ball about the middle of that box that holds the object.
    """

    parts: tuple[tuple[Attachment, Float], ...]
    meshes: tuple[Mesh, ...]
    categories: tuple[str | None, ...]
    radius_m: float
    box_m: tuple[Vec3, Vec3]
    ball_radius_m: float

    @property
    def bottom_m(self) -> float:
        """Lowest point."""
        return self.box_m[0][2]

    @property
    def height_m(self) -> float:
        """From the lowest to the highest point."""
        return self.box_m[1][2] - self.box_m[0][2]

    @property
    def centre_m(self) -> Vec3:
        """Middle of the box."""
        x_m, y_m, z_m = ((low + high) / 2 for low, high in zip(*self.box_m, strict=True))
        return x_m, y_m, z_m


@dataclass(frozen=True, slots=True, eq=False)
class PlacedObject:
    """A sampled at rest, its oriented frame's origin at `xyz_m`."""

    sampled: ObjectSample
    xyz_m: Vec3

    @property
    def box_m(self) -> tuple[Vec3, Vec3]:
        """Lowest and highest x, y and z."""
        low, high = ((box[0] + x, box[1] + y, box[2] + z) for box in self.sampled.box_m for x, y, z in (self.xyz_m,))
        return low, high

    @property
    def labelled_box_m(self) -> tuple[Vec3, Vec3]:
        """The box of the parts that have a class: of a sign without its post. `box_m` where none has one."""
        sampled = self.sampled
        has_class = [name is not None for name in sampled.categories]
        if all(has_class) or not any(has_class):
            return self.box_m
        found = zip(sampled.meshes, sampled.parts, has_class, strict=True)
        points = np.concatenate(
            [mesh.vertices_m @ pose[:3, :3].T + pose[:3, 3] for mesh, (_, pose), own in found if own]
        )
        return _vector(points.min(axis=0) + self.xyz_m), _vector(points.max(axis=0) + self.xyz_m)

    @property
    def centre_m(self) -> Vec3:
        """Middle of the box."""
        x_m, y_m, z_m = (position + offset for position, offset in zip(self.xyz_m, self.sampled.centre_m, strict=True))
        return x_m, y_m, z_m

    @property
    def is_labelled(self) -> bool:
        """Whether the object or anything that rides on it has a class."""
        return any(name is not None for name in self.sampled.categories)


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """What stands together.

    Attributes:
        placed: Objects at rest.
        radius_m: Horizontal radius that holds them all.
    """

    placed: tuple[PlacedObject, ...]
    radius_m: float


def sample_object(
    kind_name: str,
    rng: Generator,
    *,
    facing_rad: float | None = None,
    poses: tuple[str, ...] = (),
    sample: Sample | None = None,
    objects: ObjectCatalogue = WITHOUT_OWN,
) -> ObjectSample:
    """A sampled object of a kind in one of its rest poses, turned about the vertical.

    Args:
        kind_name: Registry name.
        rng: Source of the draws.
        facing_rad: Where its front looks, from +x about z; for a kind without a front, its own +x. None: anywhere.
        poses: Names of the rest poses to choose from; none: all.
        sample: An earlier draw of the kind, for one more of the same; None: a new one.
        objects: Where the kind is looked up.

    Raises:
        UsageError: No such kind.
    """
    kind = objects.named(kind_name)
    sample = sample or kind.sample(rng)
    yaw_rad = uniform(rng, (0, 2 * math.pi)) if facing_rad is None else facing_rad - (kind.front_rad or 0.0)
    possible = tuple(pose for pose in kind.rest_poses if not (pose.spills and sample.params.get("fill")))
    rests = tuple(pose for pose in possible if pose.name in poses) or possible
    return oriented_object(kind_name, sample, rotation_about((0, 0, 1), yaw_rad) @ _tilt(rests, rng), objects)


def oriented_object(
    kind_name: str, sample: Sample, turn: Float, objects: ObjectCatalogue = WITHOUT_OWN
) -> ObjectSample:
    """A sampled object, oriented by the (3, 3) rotation `turn`; its kind is looked up in `objects`."""
    carrier = Attachment(kind=kind_name, params=sample.params, surfaces=sample.surfaces, object_from_part=IDENTITY)
    oriented_from_object = rigid(turn, (0, 0, 0))
    parts = tuple(
        (part, oriented_from_object @ np.array(part.object_from_part)) for part in (carrier, *sample.attachments)
    )
    categories = tuple(_category_name(objects, part.kind) for part, _ in parts)
    meshes = tuple(
        objects.mesh_of(_spec(part, name, 1, np.eye(4))) for (part, _), name in zip(parts, categories, strict=True)
    )
    points = np.concatenate(
        [mesh.vertices_m @ pose[:3, :3].T + pose[:3, 3] for mesh, (_, pose) in zip(meshes, parts, strict=True)]
    )
    radius_m = float(np.linalg.norm(points[:, :2], axis=1).max())
    low, high = points.min(axis=0), points.max(axis=0)
    ball_radius_m = float(np.linalg.norm(points - (low + high) / 2, axis=1).max())
    return ObjectSample(parts, meshes, categories, radius_m, (_vector(low), _vector(high)), ball_radius_m)


def specs_of(placed: tuple[PlacedObject, ...], first_id: int, *, turn_rad: float = 0.0) -> tuple[ObjectSpec, ...]:
    """Object specs of placed objects, all turned by `turn_rad` about world z; instance ids count from `first_id`."""
    specs: list[ObjectSpec] = []
    turned = rotation_about((0.0, 0.0, 1.0), turn_rad)
    for item in placed:
        world_from_oriented = rigid(turned, tuple(turned @ item.xyz_m))
        for (part, oriented_from_part), category in zip(item.sampled.parts, item.sampled.categories, strict=True):
            specs.append(_spec(part, category, first_id + len(specs), world_from_oriented @ oriented_from_part))
    return tuple(specs)


def carriers_of(placed: tuple[PlacedObject, ...], first_id: int) -> dict[int, int]:
    """For each part that rides on another object its carrier, by the instance ids that `specs_of` gives."""
    carriers: dict[int, int] = {}
    for item in placed:
        parts = len(item.sampled.parts)
        carriers |= dict.fromkeys(range(first_id + 1, first_id + parts), first_id)
        first_id += parts
    return carriers


def _tilt(poses: tuple[RestPose, ...], rng: Generator) -> Float:
    pose = poses[int(pick(rng, {str(number): pose.weight for number, pose in enumerate(poses)}))]
    heading = uniform(rng, (0, 2 * math.pi))
    axes = {"x": (1.0, 0.0, 0.0), "y": (0.0, 1.0, 0.0)}
    axis = axes.get(pose.tilt_axis, (math.cos(heading), math.sin(heading), 0.0))
    return rotation_about(axis, uniform(rng, pose.tilt_rad))


def _spec(part: Attachment, category: str | None, instance_id: int, world_from_object: Float) -> ObjectSpec:
    rows = [tuple(float(value) for value in row) for row in world_from_object]
    return ObjectSpec(
        instance_id=instance_id,
        kind=part.kind,
        category=category,
        params=part.params,
        surfaces=part.surfaces,
        world_from_object=(rows[0], rows[1], rows[2], rows[3]),  # type: ignore[arg-type]  # four rows of four
    )


def _category_name(objects: ObjectCatalogue, kind_name: str) -> str | None:
    category = objects.named(kind_name).category
    return category.name if category else None


def _vector(point: Float) -> Vec3:
    return float(point[0]), float(point[1]), float(point[2])
