"""Points all over a surface, and whether a rigid transform brings the surface to itself."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["SurfacePoints", "farthest_points"]

Float = NDArray[np.float64]

SURFACE_POINTS, TURNED_POINTS, FIRST_POINTS = 3000, 200, 25
TINY_M2 = 1e-300

REACH = 0.07
"""How far from a turned point a point of the surface is looked for, as a share of the diameter: several spacings."""


class SurfacePoints:
    """Points of a surface, even by area; equal meshes have equal ones.

    Attributes:
        points_m: (N, 3).
        normals: (N, 3) unit vectors.
        marks: (N, C); None: there are none.
        centre_m: (3,) middle of the surface, by area.
        covariance_m2: (3, 3) of the surface about it.
        diameter_m: Of the ball about the middle that holds the points.

    Args:
        vertices_m: (V, 3).
        faces: (F, 3), of some area.
        marks: (F, 3, C) of the corners of each face, from 0 to 1: what tells places of the surface apart, such as
            colours; None: nothing does.
    """

    def __init__(self, vertices_m: Float, faces: NDArray[np.int32], marks: Float | None = None) -> None:
        corners = vertices_m[faces]
        across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        areas = np.linalg.norm(across, axis=1)
        rng = np.random.default_rng(0)
        steps = (np.arange(SURFACE_POINTS) + 0.5) / SURFACE_POINTS * areas.sum()
        chosen = np.minimum(np.searchsorted(areas.cumsum(), steps), len(faces) - 1)
        shares = rng.random((SURFACE_POINTS, 2))
        shares[shares.sum(axis=1) > 1] = 1 - shares[shares.sum(axis=1) > 1]
        weights = np.concatenate([1 - shares.sum(axis=1, keepdims=True), shares], axis=1)
        self.points_m = np.einsum("nk,nkd->nd", weights, corners[chosen])
        self.normals = across[chosen] / np.maximum(areas[chosen], TINY_M2)[:, None]
        self.marks = None if marks is None else np.einsum("nk,nkc->nc", weights, marks[chosen])
        self.centre_m = (corners.mean(axis=1) * areas[:, None]).sum(axis=0) / max(float(areas.sum()), TINY_M2)
        self.covariance_m2 = _covariance(corners - self.centre_m, areas)
        self.diameter_m = 2 * float(np.linalg.norm(self.points_m - self.centre_m, axis=1).max())
        # Without an order, so that the first few are all over the surface.
        self._order = rng.permutation(SURFACE_POINTS)[:TURNED_POINTS]

    def keeps(self, transform: Float, max_miss: float, max_mark_difference: float = 1.0) -> bool:
        """Whether a rigid transform brings the surface to itself.

        Each point is held to the planes of the points within a few spacings of where it comes to lie.

        Args:
            transform: (4, 4), object frame.
            max_miss: Distance from the surface that is allowed, as a share of the diameter.
            max_mark_difference: Mean difference of the marks there that is allowed.
        """
        first = self._misses(transform, self._order[:FIRST_POINTS])[0]
        if first.max() > max_miss * self.diameter_m:
            return False
        misses, differences = self._misses(transform, self._order[FIRST_POINTS:])
        return bool(misses.max() <= max_miss * self.diameter_m and differences.mean() <= max_mark_difference)

    def _misses(self, transform: Float, which: NDArray[np.intp]) -> tuple[Float, Float]:
        """(N,) distances of turned points from the surface, and differences of the marks there."""
        turned = self.points_m[which] @ transform[:3, :3].T + transform[:3, 3]
        squares = (turned**2).sum(axis=1)[:, None] + (self.points_m**2).sum(axis=1) - 2 * turned @ self.points_m.T
        near = squares <= (REACH * self.diameter_m) ** 2
        heights = np.abs(turned @ self.normals.T - (self.points_m * self.normals).sum(axis=1))
        misses = np.where(near, heights, np.inf).min(axis=1)
        nearest = squares.argmin(axis=1)
        misses = np.where(near.any(axis=1), misses, np.sqrt(np.maximum(squares.min(axis=1), 0)))
        if self.marks is None:
            return misses, np.zeros(len(which))
        return misses, np.abs(self.marks[which] - self.marks[nearest]).max(axis=1)


def _covariance(corners_m: Float, areas_m2: Float) -> Float:
    """(3, 3) mean of x x^T over triangles (F, 3, 3) about their common middle."""
    sums = corners_m.sum(axis=1)
    products = np.einsum("fki,fkj->fij", corners_m, corners_m) + np.einsum("fi,fj->fij", sums, sums)
    return np.asarray((products * areas_m2[:, None, None]).sum(axis=0) / (12 * max(float(areas_m2.sum()), TINY_M2)))


def farthest_points(points: Float, count: int) -> Float:
    """(N, 3) of which each is the farthest from those before it, the first from their middle.

    Source: Gonzalez, Clustering to minimize the maximum intercluster distance, Theoretical Computer Science 38, 1985.

    Args:
        points: (V, 3), one at least.
        count: How many; a set that has fewer is gone through again.
    """
    distances = np.linalg.norm(points - points.mean(axis=0), axis=1)
    chosen: list[int] = []
    for _ in range(count):
        chosen.append(int(distances.argmax()))
        apart = np.linalg.norm(points - points[chosen[-1]], axis=1)
        distances = apart if len(chosen) == 1 else np.minimum(distances, apart)
    return np.asarray(points[chosen])
