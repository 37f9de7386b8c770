"""Which of several keypoints that look alike bears which name, decided by where they are in the picture.

A turn by a quarter carries the foot of a traffic cone to itself, so no picture tells the corners apart that its mesh
numbers. Named by the view (the near one, the one to its right ...) they can be learnt, and answers can be measured.
Keypoints keep their order around the object, so that what is named is the object after a turn that nobody sees, and its
pose can be solved from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from synthvis.objects.spec import KeypointSymmetry

__all__ = ["view_order"]

Float = NDArray[np.float64]

UP = np.array([0.0, -1.0])
"""In pixels, of an axis that no other keypoint shows."""


def view_order(points_px: Float, symmetry: Sequence[KeypointSymmetry]) -> NDArray[np.intp]:
    """Which keypoint of the mesh bears which name in this picture.

    Args:
        points_px: (K, 2) pixels of the mesh's keypoints; NaN for one that it does not have or that is behind the
            camera. Cycles with such a point do not vote.
        symmetry: Of the category.

    Returns:
        (K,) indices: the keypoint with name i is number `order[i]` of the mesh.
    """
    order = np.arange(len(points_px))
    for turn in symmetry:
        cycles = np.asarray(turn.cycles, dtype=np.intp)
        placed = points_px[cycles]
        voters = np.isfinite(placed).all(axis=(1, 2))
        if voters.any():
            first = int(_rank(placed[voters].mean(axis=0), points_px, cycles, turn.first).argmax())
            order[cycles] = np.roll(cycles, -first, axis=1)
    return order


def _rank(candidates_px: Float, points_px: Float, cycles: NDArray[np.intp], first: Literal["lowest", "left"]) -> Float:
    """(N,) how well each of (N, 2) places suits the first name."""
    if first == "lowest":
        return candidates_px[:, 1]
    centre = candidates_px.mean(axis=0)
    others = np.delete(points_px, cycles.ravel(), axis=0)
    others = others[np.isfinite(others).all(axis=1)]
    along = others.mean(axis=0) - centre if len(others) else UP
    offset = candidates_px - centre
    left: Float = along[1] * offset[:, 0] - along[0] * offset[:, 1]
    return left
