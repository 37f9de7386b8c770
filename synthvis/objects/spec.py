"""What an object of a scene is and what its class is, as plain values.

Specs hold only plain Python numbers, strings and tuples, so they compare, hash and serialise exactly. Frames and units
follow `synthvis.conventions`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

__all__ = [
    "Category",
    "KeypointSymmetry",
    "Mat4",
    "ObjectSpec",
    "Param",
    "SurfaceSpec",
    "Vec3",
    "Vec4",
]

Vec3 = tuple[float, float, float]
Vec4 = tuple[float, float, float, float]
Mat4 = tuple[Vec4, Vec4, Vec4, Vec4]
Param = bool | int | float | str | tuple[float, ...]
"""A sampled value: scalar, name, or a tuple of numbers (a linear RGB colour, a profile)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeypointSymmetry:
    """Keypoints that a turn of the object exchanges without a change of its looks, so that the view names them."""

    cycles: tuple[tuple[int, ...], ...]
    """0-based indices in their order around the object's axis, seen from its top against the clock; all cycles have one
    length and turn together."""
    first: Literal["lowest", "left"]
    """Which comes first: "lowest" in the picture, or the one to the "left" of the axis, which points up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """One class of a dataset; `id` is COCO's where COCO has the class."""

    id: int
    name: str
    supercategory: str
    keypoints: tuple[str, ...] = ()
    skeleton: tuple[tuple[int, int], ...] = ()
    """Pairs of 0-based keypoint indices; the COCO writer adds the 1."""
    flip_pairs: tuple[tuple[int, int], ...] = ()
    """Pairs of 0-based keypoint indices that swap when the image is mirrored."""
    symmetry: tuple[KeypointSymmetry, ...] = ()
    """Keypoints that the view names (`synthvis.labels.canonical_names`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SurfaceSpec:
    """A material: the name of a node-tree builder in `blender_scenes.materials` and its parameters."""

    kind: str
    params: Mapping[str, Param] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectSpec:
    """One object of a scene. `category` None makes it an unlabelled distractor."""

    instance_id: int
    """1-based and unique in the scene; the object index Cycles renders."""
    kind: str
    category: str | None
    params: Mapping[str, Param]
    """Shape parameters, the only input of the kind's mesh builder."""
    surfaces: Mapping[str, SurfaceSpec]
    """One surface for each slot of the mesh."""
    world_from_object: Mat4
    """Rigid: size lives in `params`, so meshes are true to scale in metres."""
    joints_rad: Mapping[str, float] = field(default_factory=dict)
    """Angles at the joints of the mesh, from how it is built, by name; one that is not named is at 0."""
