"""The camera that took an image, as the annotations of a render give it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvis.errors import DatasetError

__all__ = ["Camera", "camera_of"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Camera:
    """A calibrated camera: OpenCV's axes (x right, y down, z forward), metres and pixels.

    Attributes:
        K: (3, 3) float64 intrinsics, pixels; the middle of the top left pixel is (0.5, 0.5).
        distortion: (5,) float64 k1, k2, p1, p2, k3 in OpenCV's order; None for a pinhole.
        world_from_cam: (4, 4) float64 rigid transform, metres; None where the set does not say.
    """

    K: NDArray[np.float64]
    distortion: NDArray[np.float64] | None
    world_from_cam: NDArray[np.float64] | None


def camera_of(facts: Mapping[str, object], where: str) -> Camera:
    """The camera of an image entry.

    Args:
        facts: "K", and perhaps "world_from_cam" and "distortion".
        where: What is named in an error.

    Raises:
        DatasetError: One of them is of another shape, or not finite.
    """
    bent, placed = facts.get("distortion"), facts.get("world_from_cam")
    return Camera(
        K=_matrix(facts.get("K"), (3, 3), "K", where),
        distortion=None if bent is None else _matrix(bent, (5,), "distortion", where),
        world_from_cam=None if placed is None else _matrix(placed, (4, 4), "world_from_cam", where),
    )


def _matrix(value: object, shape: tuple[int, ...], name: str, where: str) -> NDArray[np.float64]:
    try:
        matrix = np.array(value, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DatasetError(f"the camera of {where}: {name} is not numbers") from error
    if matrix.shape != shape or not np.isfinite(matrix).all():
        raise DatasetError(f"the camera of {where}: {name} is not {' x '.join(map(str, shape))} finite numbers")
    return matrix
