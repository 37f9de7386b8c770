"""What a kind of object is: how to sample its parameters, how to build its mesh, how it rests."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from numpy.random import Generator

from synthvis.objects.mesh.found_symmetries import declared_symmetries_of, found_symmetries, marks_of
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.spec import Category, Mat4, Param, SurfaceSpec
from synthvis.objects.symmetry import NO_SYMMETRY, DeclaredTurn, Symmetries

__all__ = [
    "FACES_MINUS_X",
    "FACES_MINUS_Y",
    "FACES_PLUS_X",
    "IDENTITY",
    "Appendages",
    "Attachment",
    "ObjectType",
    "RestPose",
    "Sample",
]

FACES_PLUS_X, FACES_MINUS_Y, FACES_MINUS_X = 0.0, -math.pi / 2, math.pi
"""The fronts that kinds have, for `ObjectType.front_rad`."""

IDENTITY: Mat4 = ((1.0, 0.0, 0.0, 0.0), (0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 1.0, 0.0), (0.0, 0.0, 0.0, 1.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """Another object that rides on a sampled one: flowers in a vase, the next banana of a bunch.

    It becomes an `ObjectSpec` of its own, labelled if its kind has a category, at
    `world_from_object @ object_from_part` of the object that carries it.

    Attributes:
        kind: Registry name.
        params: Input of that kind's `build`.
        surfaces: One surface for each slot of the mesh.
        object_from_part: Rigid transform into the frame of the carrier's mesh.
    """

    kind: str
    params: Mapping[str, Param]
    surfaces: Mapping[str, SurfaceSpec]
    object_from_part: Mat4 = IDENTITY


@dataclass(frozen=True, slots=True)
class Sample:
    """One draw of a kind.

    Attributes:
        params: What `build` needs.
        surfaces: A surface for each slot of the mesh it will build.
        attachments: Further objects that move with this one.
    """

    params: Mapping[str, Param]
    surfaces: Mapping[str, SurfaceSpec]
    attachments: tuple[Attachment, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Appendages:
    """What grows on some objects of a kind and belongs to them: stem and leaves of a fruit.

    Attributes:
        params: Names of the parameters that only objects with appendages have.
        slots: The slots of their surfaces.
    """

    params: frozenset[str]
    slots: tuple[str, ...]

    def removed_from(self, sample: Sample) -> Sample:
        """The same object without appendages."""
        return replace(
            sample,
            params={name: value for name, value in sample.params.items() if name not in self.params},
            surfaces={slot: surface for slot, surface in sample.surfaces.items() if slot not in self.slots},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RestPose:
    """A way in which an object comes to rest, before its turn about the vertical.

    Attributes:
        name: E.g. "upright", "lying".
        weight: Relative frequency.
        tilt_rad: Range of the tilt from the natural pose about a horizontal axis.
        tilt_axis: "any" horizontal axis, or only "x" or "y" of the object frame.
        spills: What is in it (the parameter "fill") would run out; only empty ones come to rest so.
    """

    name: str
    weight: float
    tilt_rad: tuple[float, float]
    tilt_axis: str = "any"
    spills: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectType:
    """A kind of object.

    Attributes:
        name: Registry name, e.g. "apple".
        category: The class it is labelled as, or None for a distractor.
        sample: Draws parameters and surfaces.
        build: Makes the mesh; a pure function of the parameters.
        rest_poses: Ways to lie on a support.
        front_rad: Where its front looks in the object frame, from +x about z; None where all sides are alike.
        appendages: What some objects of the kind have; None where all have the same parts.
        symmetry: About which axes it may be turned without a change that can be seen, in the words of poses; they hold
            for the meshes that keep them. None: they are looked for in the mesh.
    """

    name: str
    category: Category | None
    sample: Callable[[Generator], Sample]
    build: Callable[[Mapping[str, Param]], Mesh]
    rest_poses: tuple[RestPose, ...]
    front_rad: float | None = None
    appendages: Appendages | None = None
    symmetry: tuple[DeclaredTurn, ...] | None = ()

    def bare(self, sample: Sample) -> Sample:
        """The sample without appendages."""
        return self.appendages.removed_from(sample) if self.appendages else sample

    def symmetries_of(self, mesh: Mesh) -> Symmetries:
        """What turns of a mesh of this kind change nothing that can be seen.

        Of a mesh with a picture on it nothing is looked for: the picture may tell its sides apart.
        """
        if self.symmetry is not None:
            return declared_symmetries_of(mesh, self.symmetry)
        if mesh.corner_uv is not None:
            return NO_SYMMETRY
        return found_symmetries(mesh.vertices_m, mesh.faces, marks_of(mesh))
