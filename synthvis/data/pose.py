"""Where an object is before its camera."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Pose"]

NUMBERS = struct.Struct("<12d")
LAST_ROW = (0.0, 0.0, 0.0, 1.0)
ROTATION_TOLERANCE = 0.01
"""Of the products of the columns; files round, and some are measured."""

MAX_TRANSLATION_M = 1e6


@dataclass(frozen=True, slots=True)
class Pose:
    """A rigid transform from the frame of an object to the OpenCV frame of the camera, metres.

    Kept as 96 bytes, since a training holds hundreds of thousands.

    Attributes:
        packed: The upper three rows, as 64-bit floats.
    """

    packed: bytes = field(repr=False)

    @classmethod
    def of_rows(cls, rows: Any) -> Pose:
        """Of three rows of four numbers, or of four rows of which the last is 0, 0, 0, 1.

        Raises:
            ValueError: They are no rigid transform, in a few words.
        """
        if not isinstance(rows, Sequence) or len(rows) not in (3, 4) or not all(_has_four(row) for row in rows):
            raise ValueError("not rows of four numbers")
        if len(rows) == 4 and tuple(rows[3]) != LAST_ROW:
            raise ValueError("its last row is not 0, 0, 0, 1")
        try:
            (a, b, c, x), (d, e, f, y), (g, h, i, z) = rows[:3]
            packed = NUMBERS.pack(a, b, c, x, d, e, f, y, g, h, i, z)
            is_near = max(abs(x), abs(y), abs(z)) < MAX_TRANSLATION_M
        except (TypeError, struct.error, OverflowError) as error:
            raise ValueError("not rows of four numbers") from error
        if not is_near:
            raise ValueError("it is too far away")
        if not _is_rotation((a, b, c, d, e, f, g, h, i)):
            raise ValueError("it does not turn rigidly")
        return cls(packed)

    @classmethod
    def of_parts(cls, rotation: Sequence[float], translation_m: Sequence[float]) -> Pose:
        """Of the nine numbers of a rotation, row by row, and the three of a translation.

        Raises:
            ValueError: As `of_rows`.
        """
        if len(rotation) != 9 or len(translation_m) != 3:
            raise ValueError("not nine and three numbers")
        return cls.of_rows([[*rotation[3 * k : 3 * k + 3], translation_m[k]] for k in range(3)])

    @property
    def matrix(self) -> NDArray[np.float64]:
        """(4, 4) `cam_from_object`."""
        upper = np.frombuffer(self.packed, dtype="<f8").reshape(3, 4)
        return np.concatenate([upper, [LAST_ROW]])

    def rows(self) -> list[list[float]]:
        """Four rows of four numbers, as JSON has them."""
        found: list[list[float]] = self.matrix.tolist()
        return found


def _has_four(row: Any) -> bool:
    return isinstance(row, Sequence) and len(row) == 4 and not isinstance(row, str | bytes)


def _is_rotation(numbers: tuple[float, ...]) -> bool:
    a, b, c, d, e, f, g, h, i = numbers
    products = (
        a * a + d * d + g * g - 1, b * b + e * e + h * h - 1, c * c + f * f + i * i - 1,
        a * b + d * e + g * h, a * c + d * f + g * i, b * c + e * f + h * i,
    )  # fmt: skip
    determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
    # Not so of NaN.
    return all(abs(one) <= ROTATION_TOLERANCE for one in products) and determinant > 0 and math.isfinite(determinant)
