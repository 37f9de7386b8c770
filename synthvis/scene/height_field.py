"""Dropping rigid meshes onto a scene so that nothing ever intersects.

The scene is a grid of heights: the highest point under which everything counts as filled. An object is two grids over
its own footprint, its lowest and highest point in each cell. Dropped at a place, it comes to rest at the smallest
height at which none of its cells is below the scene's. Cells are widened by one in each direction, so what lies
between samples is covered too. Fruit lands in bowls and on other fruit by itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvis.objects.mesh.mesh import Mesh

__all__ = ["Footprint", "HeightField", "footprint_of"]

Float = NDArray[np.float64]
MAX_STEPS = 48
"""Finest subdivision of a triangle's edge; larger triangles are flat boxes whose corners carry the extremes."""

TOUCH_M = 0.006
"""What comes as near counts as touched: things lean a little until they do."""
OVERHANG_M = 0.012
"""Room under the middle of what may tip over."""


@dataclass(frozen=True, slots=True, eq=False)
class Footprint:
    """An oriented object seen from above.

    Attributes:
        bottom_m: (n, m) lowest point in each cell, +inf where the object is not.
        top_m: (n, m) highest point in each cell, -inf where the object is not.
        origin_cell: Row and column of the object's origin.
    """

    bottom_m: Float
    top_m: Float
    origin_cell: tuple[int, int]


def footprint_of(parts: list[tuple[Mesh, Float]], cell_m: float, *, whole: bool = False) -> Footprint:
    """Footprint of meshes that move together.

    Args:
        parts: Meshes, each with its (4, 4) transform into the (oriented) frame of the group.
        cell_m: Side of a cell, metres.
        whole: Triangles of more than `MAX_STEPS` cells are covered too: a table top has no holes to fall through.
    """
    points = np.concatenate([_surface_points(mesh, transform, cell_m, whole=whole) for mesh, transform in parts])
    x_m, y_m, z_m = np.ascontiguousarray(points.T)
    row, low_row = _cells(x_m, cell_m)
    column, low_column = _cells(y_m, cell_m)
    shape = (int(row.max()) + 2, int(column.max()) + 2)
    flat = row * shape[1] + column
    bottom_m, top_m = np.full(shape, np.inf), np.full(shape, -np.inf)
    np.minimum.at(bottom_m.ravel(), flat, z_m)
    np.maximum.at(top_m.ravel(), flat, z_m)
    return Footprint(-_widen(-bottom_m), _widen(top_m), (-low_row, -low_column))


class HeightField:
    """The heights of a square scene centred on the origin.

    Args:
        half_extent_m: Half the side of the square, metres.
        cell_m: Side of a cell, metres.
        base_m: Height of the empty scene.
    """

    def __init__(self, half_extent_m: float, cell_m: float, *, base_m: float = 0.0) -> None:
        self.cell_m = cell_m
        self._centre_cell = int(np.ceil(half_extent_m / cell_m))
        self._height_m = np.full((2 * self._centre_cell + 1,) * 2, base_m)

    def rest_height_m(self, footprint: Footprint, xy_m: tuple[float, float]) -> float:
        """Height of the object's origin at which it touches what is below; inf where it would leave the square."""
        window = self._window(footprint, xy_m)
        return np.inf if window is None else float((self._height_m[window] - footprint.bottom_m).max())

    def lowest_m(self, footprint: Footprint, xy_m: tuple[float, float]) -> float:
        """Lowest point of the scene below the object; -inf where it would leave the square."""
        window = self._window(footprint, xy_m)
        if window is None:
            return -np.inf
        return float(self._height_m[window][np.isfinite(footprint.bottom_m)].min())

    def topples(self, footprint: Footprint, xy_m: tuple[float, float], z_m: float) -> bool:
        """Whether an object at rest would tip over the edge of what is below.

        It does where all that it touches, within `TOUCH_M`, is to one side of its middle along x or y, and nothing is
        near under the middle. An apple against the wall of a bowl stays.
        """
        window = self._window(footprint, xy_m)
        if window is None:
            return True
        gap_m = footprint.bottom_m + z_m - self._height_m[window]
        there = np.argwhere(np.isfinite(footprint.bottom_m))
        middle = there.mean(axis=0)
        touching = np.argwhere(gap_m < gap_m.min() + TOUCH_M)
        outside = (middle < touching.min(axis=0) - 1) | (middle > touching.max(axis=0) + 1)
        nearest = there[np.abs(there - middle).sum(axis=1).argmin()]
        return bool(outside.any() and gap_m[tuple(nearest)] > OVERHANG_M)

    def add(self, footprint: Footprint, xy_m: tuple[float, float], z_m: float) -> None:
        """Fill the scene up to the object's top."""
        window = self._window(footprint, xy_m)
        if window is not None:
            np.maximum(self._height_m[window], footprint.top_m + z_m, out=self._height_m[window])

    def block(self, x_m: tuple[float, float], y_m: tuple[float, float], height_m: float) -> None:
        """Fill a rectangle up to a height."""
        rows, columns = (
            slice(*(min(max(round(end / self.cell_m) + self._centre_cell, 0), len(self._height_m)) for end in span))
            for span in (x_m, y_m)
        )
        self._height_m[rows, columns] = np.maximum(self._height_m[rows, columns], height_m)

    def snap(self, xy_m: tuple[float, float]) -> tuple[float, float]:
        """The nearest place on the grid; footprints hold exactly there."""
        return round(xy_m[0] / self.cell_m) * self.cell_m, round(xy_m[1] / self.cell_m) * self.cell_m

    def _window(self, footprint: Footprint, xy_m: tuple[float, float]) -> tuple[slice, slice] | None:
        starts = [round(xy_m[axis] / self.cell_m) + self._centre_cell - footprint.origin_cell[axis] for axis in (0, 1)]
        ends = [start + size for start, size in zip(starts, footprint.bottom_m.shape, strict=True)]
        if min(starts) < 0 or max(ends) > len(self._height_m):
            return None
        return slice(starts[0], ends[0]), slice(starts[1], ends[1])


def _cells(along_m: Float, cell_m: float) -> tuple[NDArray[np.int64], int]:
    """Cell of each coordinate, counted from one before the lowest, and the number of that one."""
    cells = np.floor(along_m / cell_m).astype(np.int64)
    low = int(cells.min()) - 1
    return cells - low, low


def _surface_points(mesh: Mesh, transform: Float, cell_m: float, *, whole: bool) -> Float:
    """Points on the surface, no farther apart than a cell on triangles that are larger than one."""
    vertices = mesh.vertices_m @ transform[:3, :3].T + transform[:3, 3]
    triangles = vertices[mesh.faces]
    if whole and np.ptp(vertices[:, :2], axis=0).max() > MAX_STEPS * cell_m:
        triangles = _split(triangles, MAX_STEPS * cell_m)
    # Written out by corner: numpy reduces a short axis slowly, and this is a good part of the time of a scene.
    a, b, c = (np.ascontiguousarray(triangles[:, corner, :2].T) for corner in range(3))
    sides = np.maximum(np.maximum(a, b), c) - np.minimum(np.minimum(a, b), c)
    steps = np.clip(np.ceil(np.maximum(sides[0], sides[1]) / cell_m).astype(int), 1, MAX_STEPS)
    found = [vertices]
    for count in np.unique(steps[steps > 1]):
        weights = _barycentric(int(count))
        found.append((weights @ triangles[steps == count]).reshape(-1, 3))
    return np.concatenate(found)


def _split(triangles_m: Float, longest_m: float) -> Float:
    """(F, 3, 3) triangles cut across their longest edges until none is wider than `longest_m` along x or y."""
    done = []
    while len(triangles_m):
        wide = (np.ptp(triangles_m[:, :, :2], axis=1) > longest_m).any(axis=1)
        done.append(triangles_m[~wide])
        triangles_m = triangles_m[wide]
        edges = np.linalg.norm(np.roll(triangles_m, -1, axis=1) - triangles_m, axis=2)
        order = (edges.argmax(axis=1)[:, None] + np.arange(3)) % 3
        a, b, c = np.moveaxis(np.take_along_axis(triangles_m, order[:, :, None], axis=1), 1, 0)
        middle = (a + b) / 2
        triangles_m = np.concatenate([np.stack([a, middle, c], axis=1), np.stack([middle, b, c], axis=1)])
    return np.concatenate(done)


def _barycentric(count: int) -> Float:
    a, b = np.meshgrid(np.arange(count + 1), np.arange(count + 1), indexing="ij")
    inside = a + b <= count
    first, second = a[inside] / count, b[inside] / count
    return np.stack([first, second, 1 - first - second], axis=1)


def _widen(height_m: Float) -> Float:
    wide = np.pad(height_m, 1, constant_values=-np.inf)
    across = np.maximum(np.maximum(wide[:-2], wide[1:-1]), wide[2:])
    widened: Float = np.maximum(np.maximum(across[:, :-2], across[:, 1:-1]), across[:, 2:])
    return widened
