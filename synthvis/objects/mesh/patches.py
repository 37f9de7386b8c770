"""Plain geometry of stages: patches, boxes, posts, blobs. Arrays only, no Blender."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from synthvis.objects.mesh.mesh import Mesh

__all__ = ["blob", "box", "extruded", "grid_faces", "join", "plain_mesh", "post", "rectangle", "strip"]

Float = NDArray[np.float64]


def plain_mesh(vertices: Float, faces: NDArray[np.int64], slot: str, *, smooth: bool = False) -> Mesh:
    """A mesh of one slot."""
    return Mesh(
        vertices_m=vertices,
        faces=faces.astype(np.int32),
        face_slots=np.zeros(len(faces), dtype=np.int32),
        slots=(slot,),
        keypoints_m=np.zeros((0, 3)),
        smooth=smooth,
    )


def grid_faces(rows: int, columns: int, *, wrap: bool = False) -> NDArray[np.int64]:
    """Triangles of a (rows, columns) grid of vertices; `wrap` joins the last column to the first."""
    row, column = np.meshgrid(np.arange(rows - 1), np.arange(columns if wrap else columns - 1), indexing="ij")
    right = (column + 1) % columns
    a, b = row * columns + column, row * columns + right
    c, d = (row + 1) * columns + right, (row + 1) * columns + column
    faces: NDArray[np.int64] = np.stack([a, b, c, a, c, d], axis=-1).reshape(-1, 3)
    return faces


def join(meshes: Sequence[Mesh]) -> Mesh:
    """One mesh of several that share their slot."""
    starts = np.cumsum([0, *(len(mesh.vertices_m) for mesh in meshes[:-1])])
    faces = np.concatenate([mesh.faces + start for mesh, start in zip(meshes, starts, strict=True)])
    vertices = np.concatenate([mesh.vertices_m for mesh in meshes])
    return plain_mesh(vertices, faces, meshes[0].slots[0], smooth=meshes[0].smooth)


def rectangle(x_m: tuple[float, float], y_m: tuple[float, float], z_m: float, slot: str) -> Mesh:
    """A level rectangle."""
    vertices = np.array([(x, y, z_m) for x in x_m for y in y_m])
    return plain_mesh(vertices, np.array([(0, 2, 3), (0, 3, 1)]), slot)


def box(
    center_xy_m: tuple[float, float],
    base_z_m: float,
    size_xyz_m: tuple[float, float, float],
    slot: str,
    yaw_rad: float = 0.0,
) -> Mesh:
    """An upright box that stands at `base_z_m`."""
    corners = np.array([(x, y, z) for z in (0.0, 1.0) for x, y in ((-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5))])
    corners = corners * size_xyz_m
    cos, sin = np.cos(yaw_rad), np.sin(yaw_rad)
    turned = corners @ np.array([[cos, sin, 0], [-sin, cos, 0], [0, 0, 1]])
    sides = [(i, (i + 1) % 4, (i + 1) % 4 + 4, i, (i + 1) % 4 + 4, i + 4) for i in range(4)]
    faces = np.array([*sides, (0, 2, 1, 0, 3, 2), (4, 5, 6, 4, 6, 7)]).reshape(-1, 3)
    return plain_mesh(turned + np.array([*center_xy_m, base_z_m]), faces, slot)


def extruded(profile_xz_m: Float, half_width_m: float, slot: str, *, smooth: bool = True) -> Mesh:
    """A (P, 2) profile in the xz plane drawn along y: a cyclorama, a kerb."""
    ends = [
        np.stack([profile_xz_m[:, 0], np.full(len(profile_xz_m), y), profile_xz_m[:, 1]], axis=1)
        for y in (-half_width_m, half_width_m)
    ]
    return plain_mesh(np.concatenate(ends), grid_faces(2, len(profile_xz_m)), slot, smooth=smooth)


def strip(
    distance_m: float, height_m: float, width_m: float, angle_rad: float, base_z_m: float, profile: Float, slot: str
) -> Mesh:
    """An upright strip that faces the origin from `angle_rad` off the x axis, with a (P,) top profile in 0..1."""
    along = np.linspace(-width_m / 2, width_m / 2, len(profile))
    cos, sin = np.cos(angle_rad), np.sin(angle_rad)
    x, y = distance_m * cos - along * sin, distance_m * sin + along * cos
    bottom = np.stack([x, y, np.full(len(profile), base_z_m)], axis=1)
    top = np.stack([x, y, base_z_m + height_m * profile], axis=1)
    return plain_mesh(np.concatenate([bottom, top]), grid_faces(2, len(profile)), slot)


def post(xyz_m: tuple[float, float, float], radius_m: float, height_m: float, slot: str, *, sides: int = 16) -> Mesh:
    """An upright cylinder without caps but its top."""
    angle = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    ring = np.stack([radius_m * np.cos(angle), radius_m * np.sin(angle), np.zeros(sides)], axis=1)
    top = np.array([0.0, 0.0, height_m])
    levels = np.concatenate([ring, ring + top, ring * (1e-3, 1e-3, 1) + top])
    return plain_mesh(levels + xyz_m, grid_faces(3, sides, wrap=True), slot, smooth=True)


def blob(xyz_m: tuple[float, float, float], radius_m: float, slot: str, *, seed: int) -> Mesh:
    """A lumpy ball: the crown of a tree, a bush."""
    rows, columns = 12, 20
    polar, turn = np.meshgrid(np.linspace(0, np.pi, rows), np.arange(columns) * 2 * np.pi / columns, indexing="ij")
    sphere = np.stack([np.sin(polar) * np.cos(turn), np.sin(polar) * np.sin(turn), np.cos(polar)], axis=-1)
    points = sphere.reshape(-1, 3)
    # A few fixed plane waves give smooth lumps that a seed can choose, and poles that stay closed.
    phases = np.modf(np.sin(np.arange(1, 13) * (seed + 1) * 12.9898) * 43758.5453)[0].reshape(4, 3)
    lumps = sum(0.13 * np.sin(3.1 * (k + 1) ** 0.6 * points @ phases[k] * 2 + 6 * phases[k].sum()) for k in range(4))
    return plain_mesh(
        points * (1 + np.asarray(lumps))[:, None] * radius_m + xyz_m,
        grid_faces(rows, columns, wrap=True),
        slot,
        smooth=True,
    )
