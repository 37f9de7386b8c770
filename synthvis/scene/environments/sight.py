"""Whether a camera sees what it is meant to show: rays to points of the labelled things, against all that stands."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from synthvis.camera.pinhole import K_of, project
from synthvis.camera.spec import CameraSpec
from synthvis.geometry import invert_rigid, transform_points
from synthvis.scene.placed_object import PlacedObject

__all__ = ["points_in_sight"]

Float = NDArray[np.float64]

MAX_THINGS = 12
POINTS_EACH = 8
ARRIVED = 0.98
"""Share of the way to a point beyond which what is met is taken for the thing itself."""
PARALLEL = 1e-12
RAYS_AT_ONCE = 16


def points_in_sight(camera: CameraSpec, placed: Sequence[PlacedObject], open_kinds: Sequence[str]) -> int:
    """How many of some points of the labelled things nearest to the optical axis are in the frame and not hidden.

    Args:
        camera: In the frame in which things are placed; lens distortion is left out of account.
        placed: Everything that stands there.
        open_kinds: Kinds one can look through, such as trees; they hide nothing.
    """
    eye = np.array(camera.world_from_cam)[:3, 3]
    things = _nearest_to_axis(camera, [item for item in placed if item.is_labelled])
    count = 0
    for item in things:
        points = _points_of(item)
        points = points[_in_frame(camera, points)]
        hidden = np.zeros(len(points), dtype=np.bool_)
        for other in placed:
            if other is not item and other.sampled.parts[0][0].kind not in open_kinds and not hidden.all():
                hidden[~hidden] = _is_hidden_by(other, eye, points[~hidden])
        count += int(np.count_nonzero(~hidden))
    return count


def _nearest_to_axis(camera: CameraSpec, items: list[PlacedObject]) -> list[PlacedObject]:
    cam_from_world = invert_rigid(np.array(camera.world_from_cam))

    def angle(item: PlacedObject) -> float:
        x, y, z = transform_points(cam_from_world, np.mean(item.labelled_box_m, axis=0)[None])[0]
        return float(np.arctan2(np.hypot(x, y), z))

    return sorted(items, key=angle)[:MAX_THINGS]


def _points_of(item: PlacedObject) -> Float:
    """Vertices, evenly spread over the list of them."""
    vertices = np.concatenate(_meshes_of(item)[0])
    points: Float = vertices[np.linspace(0, len(vertices) - 1, POINTS_EACH).astype(int)]
    return points


def _meshes_of(item: PlacedObject) -> tuple[list[Float], list[NDArray[np.int32]]]:
    """Vertices, metres, and faces of each part of a placed thing."""
    pairs = list(zip(item.sampled.meshes, item.sampled.parts, strict=True))
    return [transform_points(pose, mesh.vertices_m) + item.xyz_m for mesh, (_, pose) in pairs], [
        mesh.faces for mesh, _ in pairs
    ]


def _in_frame(camera: CameraSpec, points_m: Float) -> NDArray[np.bool_]:
    points_cam = transform_points(invert_rigid(np.array(camera.world_from_cam)), points_m)
    with np.errstate(divide="ignore", invalid="ignore"):
        pixels = project(points_cam, K_of(camera))
    height, width = camera.image_hw
    inside: NDArray[np.bool_] = (
        (points_cam[:, 2] > 0) & (pixels > 0).all(axis=1) & (pixels < (width, height)).all(axis=1)
    )
    return inside


def _is_hidden_by(item: PlacedObject, eye: Float, points: Float) -> NDArray[np.bool_]:
    """Which of the points a thing hides."""
    hidden = np.zeros(len(points), dtype=np.bool_)
    asked = np.flatnonzero(_meets_box(eye, points - eye, *(np.array(corner) for corner in item.box_m)))
    if not len(asked):
        return hidden
    for vertices, faces in zip(*_meshes_of(item), strict=True):
        for some in np.array_split(asked, len(asked) // RAYS_AT_ONCE + 1):
            hidden[some] |= _meets_triangles(eye, points[some] - eye, vertices[faces])
    return hidden


def _meets_box(eye: Float, ways: Float, low: Float, high: Float) -> NDArray[np.bool_]:
    """By slabs (Kay and Kajiya 1986)."""
    ways = np.where(np.abs(ways) < 1e-9, 1e-9, ways)
    ends = np.stack([(low - eye) / ways, (high - eye) / ways])
    enters, leaves = ends.min(axis=0).max(axis=1), ends.max(axis=0).min(axis=1)
    met: NDArray[np.bool_] = (enters < leaves) & (leaves > 0) & (enters < ARRIVED)
    return met


def _meets_triangles(eye: Float, ways: Float, triangles: Float) -> NDArray[np.bool_]:
    """Whether each of (R, 3) ways from the eye meets one of (T, 3, 3) triangles.

    Moeller and Trumbore, "Fast, minimum storage ray/triangle intersection", Journal of Graphics Tools 2(1), 1997.
    """
    first, second = triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0]
    normal = np.cross(ways[:, None], second[None])
    determinant = (normal * first).sum(axis=-1)
    inverse = 1 / np.where(np.abs(determinant) < PARALLEL, np.inf, determinant)
    offset = eye - triangles[:, 0]
    u = (normal * offset).sum(axis=-1) * inverse
    across = np.cross(offset, first)
    v = (ways @ across.T) * inverse
    way = (across * second).sum(axis=-1) * inverse
    met: NDArray[np.bool_] = (u >= 0) & (v >= 0) & (u + v <= 1) & (way > 0) & (way < ARRIVED) & (inverse != 0)
    some: NDArray[np.bool_] = met.any(axis=1)
    return some
