"""How the coordinates of a mesh file become those of the object that is rendered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvis.formats.json_file import JsonObject
from synthvis.objects.spec import Vec3

__all__ = ["FileFrame"]

Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFrame:
    """`p_object_m = scale * (rotation @ p_file) + shift_m`, coordinate by coordinate.

    Attributes:
        scale_m_per_unit: Metres of the object's x, y and z a unit of the file; one number three times, unless the
            manifest states three sizes.
        rotation: 3x3, from the axes of the file to those of the object.
        shift_m: Where the file's origin comes to lie in the object's frame, metres.
    """

    scale_m_per_unit: Vec3
    rotation: tuple[Vec3, Vec3, Vec3]
    shift_m: Vec3

    @property
    def object_from_file(self) -> Float:
        """(4, 4) from homogeneous coordinates of the file, in its unit, to those of the object, in metres."""
        matrix = np.eye(4)
        matrix[:3, :3] = np.diag(self.scale_m_per_unit) @ np.array(self.rotation)
        matrix[:3, 3] = self.shift_m
        return matrix

    def facts(self) -> dict[str, object]:
        """For JSON."""
        return {
            "object_from_file": self.object_from_file.tolist(),
            "scale_m_per_unit": list(self.scale_m_per_unit),
            "rotation": [list(row) for row in self.rotation],
            "shift_m": list(self.shift_m),
        }

    @classmethod
    def from_facts(cls, facts: JsonObject) -> FileFrame:
        """Of what `facts` gave.

        Raises:
            KeyError: A part is missing.
            ValueError: A part is no vector of three finite numbers.
        """
        first, second, third = (_vector(row) for row in _rows(facts["rotation"]))
        return cls(
            scale_m_per_unit=_vector(facts["scale_m_per_unit"]),
            rotation=(first, second, third),
            shift_m=_vector(facts["shift_m"]),
        )


def _rows(values: object) -> NDArray[np.float64]:
    rows = np.asarray(values, dtype=np.float64)
    if rows.shape != (3, 3):
        raise ValueError("not three vectors of three numbers")
    return rows


def _vector(values: object) -> Vec3:
    numbers = np.asarray(values, dtype=np.float64)
    if numbers.shape != (3,) or not np.isfinite(numbers).all():
        raise ValueError("not a vector of three finite numbers")
    # Without the sign of zero, so that equal frames are equal bytes.
    x, y, z = (numbers + 0.0).tolist()
    return x, y, z
