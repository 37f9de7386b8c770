"""The 3D models of a set whose objects have poses: one a class."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from synthvis.data.sample import LabelledObject
from synthvis.data.split import Split, class_key
from synthvis.objects.mesh.surface import farthest_points
from synthvis.objects.symmetry import NO_SYMMETRY, Symmetries

__all__ = ["ObjectModel", "PoseSplit", "has_pose"]

Float = NDArray[np.float64]

MAX_POINTS = 2000
"""Of a model that errors are taken over; those of a finer one are the farthest from each other."""


@dataclass(frozen=True, kw_only=True, eq=False)
class ObjectModel:
    """A model that the objects of a class have.

    Attributes:
        vertices_m: (V, 3) float64, metres, in the frame that poses place; each belongs to a face.
        faces: (F, 3) int32.
        symmetries: What turns of it change nothing.
    """

    vertices_m: Float
    faces: NDArray[np.int32]
    symmetries: Symmetries = NO_SYMMETRY
    _kept: dict[str, Float] = field(default_factory=dict, repr=False)

    @property
    def points_m(self) -> Float:
        """(N, 3) its vertices, of many 2,000 that are far apart."""
        if "points" not in self._kept:
            many = len(self.vertices_m) > MAX_POINTS
            self._kept["points"] = farthest_points(self.vertices_m, MAX_POINTS) if many else self.vertices_m
        return self._kept["points"]

    @property
    def diameter_m(self) -> float:
        """The largest distance between two of its points."""
        if "diameter" not in self._kept:
            self._kept["diameter"] = np.array([_diameter(self.points_m)])
        return float(self._kept["diameter"][0])

    @property
    def corners_m(self) -> Float:
        """(8, 3) of its box along the axes of its frame; bit k of a corner's number says which end of axis k."""
        low, high = self.vertices_m.min(axis=0), self.vertices_m.max(axis=0)
        ends = np.stack([low, high])
        return np.array([[ends[number >> axis & 1, axis] for axis in range(3)] for number in range(8)])


@dataclass(frozen=True, slots=True, kw_only=True)
class PoseSplit(Split):
    """Images with the objects that have a pose, of classes that have one model each.

    Attributes:
        models: By class.
    """

    models: Mapping[str, ObjectModel] = field(default_factory=dict, compare=False)

    @property
    def label_count(self) -> int:
        """Objects with a pose."""
        return sum(has_pose(one) for image in self.images for one in image.objects)

    def of_classes(self, names: Iterable[str]) -> Self:
        """The same images with the objects of those classes only.

        Raises:
            UsageError: There is no such class.
        """
        kept = Split.of_classes(self, names)
        return replace(kept, models={name: self.models[name] for name in kept.class_names})

    def model_of(self, class_name: str) -> ObjectModel | None:
        """Of a class by its name, however that is spelt."""
        own = {class_key(name): model for name, model in self.models.items()}
        return own.get(class_key(class_name))


def has_pose(one: LabelledObject) -> bool:
    """Whether it is an object whose pose is known."""
    return not one.is_crowd and one.cam_from_object is not None


def _diameter(points: Float) -> float:
    squares = (points**2).sum(axis=1)
    row, column = divmod(int((squares[:, None] + squares - 2 * points @ points.T).argmax()), len(points))
    return float(np.linalg.norm(points[row] - points[column]))
