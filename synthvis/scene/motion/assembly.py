"""Things of a scene that move as one: an object with what rides on it, someone with what is in the hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from synthvis.geometry import invert_rigid, transform_points
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.spec import ObjectSpec

__all__ = ["Assembly", "assemblies_of", "overlap", "with_held"]

Float = NDArray[np.float64]

TOUCH_M = 0.01
"""What comes as near to a person is held, worn or ridden."""
LARGE_M = 0.9
"""What is longer than that, people do not carry, but for umbrellas, kites and boards."""
HAND_M = 0.25
"""What reaches farther down lies before the feet, but for what is `CARRIED`."""
CARRIED = frozenset({"umbrella", "kite", "skateboard", "surfboard", "snowboard", "skis"})


@dataclass(frozen=True, kw_only=True, eq=False)
class Assembly:
    """Objects that keep their places to each other.

    Attributes:
        objects: The carrier first.
        meshes: One an object, in its own frame.
        world_from_carrier: (4, 4) pose of the first object.
    """

    objects: tuple[ObjectSpec, ...]
    meshes: tuple[Mesh, ...]
    world_from_carrier: Float

    @property
    def kind(self) -> str:
        """Of the carrier."""
        return self.objects[0].kind

    @property
    def is_labelled(self) -> bool:
        """Whether any of the objects has a class."""
        return any(item.category is not None for item in self.objects)

    @cached_property
    def carrier_from_object(self) -> tuple[Float, ...]:
        """(4, 4) pose of each object in the frame of the first."""
        carrier_from_world = invert_rigid(np.array(self.objects[0].world_from_object))
        return tuple(carrier_from_world @ np.array(item.world_from_object) for item in self.objects)

    @cached_property
    def carried_meshes(self) -> tuple[Mesh, ...]:
        """The meshes in the frame of the carrier; of each what physics needs."""
        found = zip(self.meshes, self.carrier_from_object, strict=True)
        return tuple(replace(mesh, vertices_m=transform_points(pose, mesh.vertices_m)) for mesh, pose in found)

    @cached_property
    def points_m(self) -> Float:
        """(N, 3) all vertices in the frame of the carrier."""
        return np.concatenate([mesh.vertices_m for mesh in self.carried_meshes])

    @cached_property
    def box_m(self) -> tuple[Float, Float]:
        """Lowest and highest x, y and z in the world."""
        points = transform_points(self.world_from_carrier, self.points_m)
        return points.min(axis=0), points.max(axis=0)

    @property
    def middle_m(self) -> Float:
        """(3,) middle of the box."""
        low, high = self.box_m
        middle: Float = (low + high) / 2
        return middle

    @property
    def size_m(self) -> float:
        """Longest side of the box."""
        low, high = self.box_m
        return float((high - low).max())

    def at(self, world_from_carrier: Float) -> Assembly:
        """The same, elsewhere."""
        return replace(self, world_from_carrier=world_from_carrier)

    def poses(self, world_from_carrier: Float) -> dict[int, Float]:
        """(T, 4, 4) `world_from_object` of each object by instance id, from those of the carrier."""
        found = zip(self.objects, self.carrier_from_object, strict=True)
        return {item.instance_id: world_from_carrier @ pose for item, pose in found}


def assemblies_of(
    objects: Sequence[ObjectSpec], meshes: Mapping[int, Mesh], carriers: Mapping[int, int]
) -> list[Assembly]:
    """Objects with their parts.

    Args:
        objects: Of a scene.
        meshes: By instance id.
        carriers: Instance id of the carrier of each part.
    """
    groups: dict[int, list[ObjectSpec]] = {}
    for item in objects:
        groups.setdefault(carriers.get(item.instance_id, item.instance_id), []).append(item)
    return [_assembly(group, [meshes[item.instance_id] for item in group]) for group in groups.values()]


def with_held(assemblies: Sequence[Assembly]) -> list[Assembly]:
    """People together with what they hold, wear or ride; everything else as it is."""
    found = list(assemblies)
    for person in [one for one in assemblies if one.kind == "person"]:
        near = [one for one in found if one is not person and one.kind != "person" and overlap(person, one, TOUCH_M)]
        held = [one for one in near if one.kind in CARRIED or (one.size_m < LARGE_M and _is_off_ground(one, person))]
        if held:
            parts = [person, *held]
            objects = [item for one in parts for item in one.objects]
            joined = _assembly(objects, [mesh for one in parts for mesh in one.meshes])
            found = [joined if one is person else one for one in found if one not in held]
    return found


def overlap(one: Assembly, other: Assembly, margin_m: float = 0.0) -> bool:
    """Whether the boxes of two assemblies come nearer than a margin."""
    (low, high), (other_low, other_high) = one.box_m, other.box_m
    return bool((low - margin_m < other_high).all() and (other_low - margin_m < high).all())


def _is_off_ground(one: Assembly, person: Assembly) -> bool:
    return bool(one.box_m[0][2] > person.box_m[0][2] + HAND_M)


def _assembly(objects: Sequence[ObjectSpec], meshes: Sequence[Mesh]) -> Assembly:
    pose = np.array(objects[0].world_from_object)
    return Assembly(objects=tuple(objects), meshes=tuple(meshes), world_from_carrier=pose)
