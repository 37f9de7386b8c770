"""What a kind of object is: how to sample its parameters, how to build its mesh, how it rests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from numpy.random import Generator

from synthvis.types import Category, Mesh, Param, SurfaceSpec

__all__ = ["Kind", "RestPose", "Sample"]


@dataclass(frozen=True, slots=True)
class Sample:
    """One draw of a kind: what `build` needs, and a surface for each slot of the mesh it will build."""

    params: Mapping[str, Param]
    surfaces: Mapping[str, SurfaceSpec]


@dataclass(frozen=True, slots=True, kw_only=True)
class RestPose:
    """A way in which an object comes to rest, before its turn about the vertical.

    Attributes:
        name: E.g. "upright", "lying".
        weight: Relative frequency.
        tilt_rad: Range of the tilt from the natural pose about a horizontal axis.
        tilt_axis: "any" horizontal axis, or only "x" or "y" of the object frame.
    """

    name: str
    weight: float
    tilt_rad: tuple[float, float]
    tilt_axis: str = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of object.

    Attributes:
        name: Registry name, e.g. "apple".
        category: The class it is labelled as, or None for a distractor.
        sample: Draws parameters and surfaces.
        build: Makes the mesh; a pure function of the parameters.
        rest_poses: Ways to lie on a support.
    """

    name: str
    category: Category | None
    sample: Callable[[Generator], Sample]
    build: Callable[[Mapping[str, Param]], Mesh]
    rest_poses: tuple[RestPose, ...]
