"""Turns of a model that change nothing that can be seen, from what its class declares of its keypoints.

A class names keypoints that a turn exchanges. The single object may break the symmetry, as a leaf does that of an
apple: a turn is kept where it brings the surface to itself as nearly as BOP asks, that is within a tenth of the
diameter (Hodan et al., BOP Challenge 2020, section 2.3, without the 15 mm that it grants to small objects).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from synthvis.geometry import rigid, rotation_about
from synthvis.objects.mesh.surface import SurfacePoints
from synthvis.objects.spec import KeypointSymmetry

__all__ = ["declared_symmetries"]

Float = NDArray[np.float64]

MAX_MISS = 0.1
"""As a share of the diameter."""

MIN_SPREAD = 1e-3
"""Of centres along an axis, as a share of the diameter, for the axis to be known from them."""


def declared_symmetries(
    vertices_m: Float,
    faces: NDArray[np.int32],
    diameter_m: float,
    keypoints_m: Float,
    symmetry: Sequence[KeypointSymmetry],
) -> list[Float]:
    """(4, 4) turns about axes of the object, metres, without the one that turns nothing; each once.

    Args:
        vertices_m: (V, 3) of the mesh.
        faces: (F, 3).
        diameter_m: Largest distance between two vertices.
        keypoints_m: (K, 3) of the class; (0, 3) where they are not known.
        symmetry: What the class declares.
    """
    found: list[Float] = []
    for turn in _turns(SurfacePoints(vertices_m, faces), diameter_m, keypoints_m, symmetry) if symmetry else ():
        if not any(np.allclose(turn, other, atol=1e-6) for other in found):
            found.append(turn)
    return found


def _turns(
    surface: SurfacePoints, diameter_m: float, keypoints_m: Float, symmetry: Sequence[KeypointSymmetry]
) -> Iterator[Float]:
    for declared in symmetry:
        cycles = np.asarray(declared.cycles, dtype=np.intp)
        if cycles.max() >= len(keypoints_m) or not np.isfinite(keypoints_m[cycles]).all():
            continue
        fixed = np.setdiff1d(np.arange(len(keypoints_m)), [k for one in symmetry for c in one.cycles for k in c])
        axis = _axis(keypoints_m[cycles], keypoints_m[fixed], diameter_m)
        if axis is not None:
            count = cycles.shape[1]
            # All turns, or the half turn of four corners of which two are alike.
            kept = (k for k in range(count, 1, -1) if not count % k and surface.keeps(_part(axis, k), MAX_MISS))
            parts = next(kept, 1)
            yield from (_turn(axis, 2 * np.pi * step / parts) for step in range(1, parts))


def _axis(placed_m: Float, fixed_m: Float, diameter_m: float) -> tuple[Float, Float] | None:
    """A point and the direction of the axis; None where points do not tell it.

    Args:
        placed_m: (C, N, 3) keypoints of cycles of N.
        fixed_m: (M, 3) keypoints that the turn leaves where they are, perhaps NaN.
        diameter_m: Of the object.
    """
    centre = placed_m.mean(axis=(0, 1))
    if placed_m.shape[1] > 2:
        ring = placed_m[0] - placed_m[0].mean(axis=0)
        direction = np.cross(ring[0], ring[1])
    else:
        # Half turns: the middles of the pairs, and what stays, lie on the axis.
        middles = np.concatenate([placed_m.mean(axis=1), fixed_m[np.isfinite(fixed_m).all(axis=1)]])
        _, spread, directions = np.linalg.svd(middles - middles.mean(axis=0))
        direction = directions[0] if spread[0] > MIN_SPREAD * diameter_m else np.zeros(3)
    length = float(np.linalg.norm(direction))
    return (centre, direction / length) if length > 1e-12 else None


def _part(axis: tuple[Float, Float], parts: int) -> Float:
    return _turn(axis, 2 * np.pi / parts)


def _turn(axis: tuple[Float, Float], angle_rad: float) -> Float:
    centre, direction = axis
    rotation = rotation_about(direction, angle_rad)
    return rigid(rotation, centre - rotation @ centre)
