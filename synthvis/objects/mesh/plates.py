"""Flat and boxy pieces: stacked rounded rectangles, thin sheets, strokes of letters, parts cut into slots."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synthvis.geometry import rotation_about
from synthvis.objects.mesh.meshes import Part, loft, moved

__all__ = [
    "FACING",
    "face_grid",
    "facing",
    "frusta",
    "limb",
    "prism",
    "rounded_rectangle",
    "sheet",
    "split",
    "stack",
    "stroke",
]

Float = NDArray[np.float64]
Int = NDArray[np.int32]

FACING: Float = rotation_about((1, 0, 0), np.pi / 2)
"""Stands a piece drawn in x (right), y (up), z (to the viewer) upright: the viewer is at -y, up is z."""


def rounded_rectangle(half_x_m: float, half_y_m: float, radius_m: float, corner: int = 4) -> Float:
    """(4 * corner, 2) outline about the origin, counter-clockwise."""
    radius_m = min(radius_m, 0.999 * half_x_m, 0.999 * half_y_m)
    turn = np.linspace(0, np.pi / 2, corner)
    arc = radius_m * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    x, y = half_x_m - radius_m, half_y_m - radius_m
    quarter = [(arc, (x, y)), (arc[:, ::-1] * (-1, 1), (-x, y)), (-arc, (-x, -y)), (arc[:, ::-1] * (1, -1), (x, -y))]
    return np.concatenate([piece + np.array(centre) for piece, centre in quarter])


def stack(slot: str, levels: Sequence[tuple[float, ...]], corner: int = 4) -> Part:
    """Skin over rounded rectangles.

    Args:
        slot: Name of the surface.
        levels: For each its z, half extents in x and y, corner radius, and then, unless 0, its centre's x and y.
        corner: Points at each corner.
    """
    # A ring just inside each end keeps the ends flat: their normals would lean with the edges'.
    first, last = ((z, 0.97 * x, 0.97 * y, *rest) for z, x, y, *rest in (levels[0], levels[-1]))
    levels = [first, *levels, last]
    rings = np.empty((len(levels), 4 * corner, 3))
    for ring, (z, half_x_m, half_y_m, radius_m, *centre) in zip(rings, levels, strict=True):
        ring[:, :2] = rounded_rectangle(half_x_m, half_y_m, radius_m, corner) + (np.array(centre) if centre else 0.0)
        ring[:, 2] = z
    return loft(slot, rings)


def prism(slot: str, outline: ArrayLike, low_m: float, high_m: float) -> Part:
    """A counter-clockwise (S, 2) outline, star-shaped about its mean, between two heights."""
    flat = np.asarray(outline, dtype=np.float64)
    rings = np.empty((2, len(flat), 3))
    rings[:, :, :2] = flat
    rings[:, :, 2] = np.array([[low_m], [high_m]])
    return loft(slot, rings)


def stroke(slot: str, path: ArrayLike, width_m: float, low_m: float, high_m: float) -> Part:
    """A flat ribbon with mitred corners along an (N, 2) path, between two heights: a stroke of a letter."""
    points = np.asarray(path, dtype=np.float64)
    step = np.diff(points, axis=0)
    step /= np.linalg.norm(step, axis=1, keepdims=True)
    before, after = np.concatenate([step[:1], step]), np.concatenate([step, step[-1:]])
    along = before + after
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    reach = width_m / 2 / np.maximum((along * before).sum(axis=1), 0.5)
    left = np.stack([-along[:, 1], along[:, 0]], axis=1) * reach[:, None]
    rings = np.empty((len(points), 4, 3))
    rings[:, :2, :2] = (points + left)[:, None]
    rings[:, 2:, :2] = (points - left)[:, None]
    rings[:, :, 2] = (low_m, high_m, high_m, low_m)
    return loft(slot, rings)


def sheet(slot: str, points_m: Float, thickness_m: float) -> Part:
    """A closed thin sheet over an (R, C, 3) grid, its front where column step x row step points.

    Attributes: "u" over the columns and "v" over the rows, 0..1, and "front", 1 there and 0 on the back.
    """
    rows, columns = points_m.shape[:2]
    normal = np.cross(np.gradient(points_m, axis=1), np.gradient(points_m, axis=0))
    length = np.linalg.norm(normal, axis=2, keepdims=True)
    # Where a row shrinks to a point it has no direction of its own.
    mean = normal.sum(axis=(0, 1))
    normal = np.where(length > 1e-12, normal / np.maximum(length, 1e-12), mean / np.linalg.norm(mean))
    half = normal * thickness_m / 2
    vertices = np.concatenate([(points_m + half).reshape(-1, 3), (points_m - half).reshape(-1, 3)])
    number = np.arange(rows * columns).reshape(rows, columns)
    a, b, c, d = (t.reshape(-1) for t in (number[:-1, :-1], number[:-1, 1:], number[1:, 1:], number[1:, :-1]))
    front = np.concatenate([np.stack([a, b, c], axis=1), np.stack([a, c, d], axis=1)])
    rim = np.concatenate([number[0, :-1], number[:-1, -1], number[-1, :0:-1], number[:0:-1, 0]])
    after, back = np.roll(rim, -1), rows * columns
    side = np.concatenate(
        [np.stack([after, rim, rim + back], axis=1), np.stack([after, rim + back, after + back], axis=1)]
    )
    u, v = np.meshgrid(np.linspace(0, 1, columns), np.linspace(0, 1, rows))
    attributes = {"u": np.tile(u.reshape(-1), 2), "v": np.tile(v.reshape(-1), 2), "front": np.repeat([1.0, 0.0], back)}
    faces = np.concatenate([front, front[:, ::-1] + back, side]).astype(np.int32)
    return Part(slot=slot, vertices_m=vertices, faces=faces, attributes=attributes)


def frusta(slot: str, low_m: ArrayLike, high_m: ArrayLike, height_m: float, inset_m: float) -> Part:
    """Many blocks at once, as keys of a keyboard: (N, 2) lower left and upper right corners, `inset_m` less on top."""
    low, high = np.asarray(low_m, dtype=np.float64), np.asarray(high_m, dtype=np.float64)
    corners = np.empty((len(low), 2, 4, 3))
    for level, shrink in enumerate((0.0, inset_m)):
        near, far = low + shrink, high - shrink
        corners[:, level, :, 0] = np.stack([near[:, 0], far[:, 0], far[:, 0], near[:, 0]], axis=1)
        corners[:, level, :, 1] = np.stack([near[:, 1], near[:, 1], far[:, 1], far[:, 1]], axis=1)
        corners[:, level, :, 2] = level * height_m
    quads = np.array([(3, 2, 1, 0), (4, 5, 6, 7), (0, 1, 5, 4), (1, 2, 6, 5), (2, 3, 7, 6), (3, 0, 4, 7)])
    one = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
    faces = (np.arange(len(low))[:, None, None] * 8 + one).reshape(-1, 3).astype(np.int32)
    return Part(slot=slot, vertices_m=corners.reshape(-1, 3), faces=faces)


def limb(slot: str, start_m: ArrayLike, end_m: ArrayLike, radius_m: float, segments: int = 10) -> Part:
    """A straight round bar between two points."""
    start, end = np.asarray(start_m, dtype=np.float64), np.asarray(end_m, dtype=np.float64)
    along = (end - start) / np.linalg.norm(end - start)
    aside = np.cross(along, (0.0, 0.0, 1.0) if abs(along[2]) < 0.9 else (1.0, 0.0, 0.0))
    aside /= np.linalg.norm(aside)
    over = np.cross(along, aside)
    turn = np.arange(segments) / segments * 2 * np.pi
    ring = radius_m * (np.cos(turn)[:, None] * aside + np.sin(turn)[:, None] * over)
    return loft(slot, np.stack([start + ring, end + ring]))


def face_grid(rings: int, segments: int) -> tuple[Int, Int]:
    """Row (-1 and rings - 1 in the end fans) and column of each face of a `loft`."""
    number = np.arange((rings - 1) * segments)
    fan = np.arange(segments)
    rows = np.concatenate([number // segments, number // segments, np.full(segments, -1), np.full(segments, rings - 1)])
    columns = np.concatenate([number % segments, number % segments, fan, fan])
    return rows.astype(np.int32), columns.astype(np.int32)


def split(part: Part, slots: ArrayLike, names: Sequence[str]) -> list[Part]:
    """The part in pieces by the (F,) slot number of each face; together they are as closed as it was."""
    found = []
    for number, name in enumerate(names):
        faces = part.faces[np.asarray(slots) == number]
        if len(faces):
            used, renumbered = np.unique(faces, return_inverse=True)
            attributes = {key: values[used] for key, values in part.attributes.items()}
            found.append(
                Part(
                    slot=name,
                    vertices_m=part.vertices_m[used],
                    faces=renumbered.reshape(-1, 3).astype(np.int32),
                    attributes=attributes,
                )
            )
    return found


def facing(part: Part, offset_m: ArrayLike = (0, 0, 0)) -> Part:
    """A piece drawn to face the viewer, stood upright and then shifted."""
    return moved(part, rotation=FACING, offset_m=offset_m)
