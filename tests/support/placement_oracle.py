"""Whether placed objects intersect: ray parity on the real meshes, which shares no code with the height field."""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

from synthvis.scene.placed_object import PlacedObject

TOLERANCE_M = 1e-6


RAY = np.array([0.5377, 0.2731, 0.7977])
ACROSS = np.stack([axis := np.cross(RAY, (1.0, 0.0, 0.0)), np.cross(RAY, axis)], axis=1)


def in_the_way(points: NDArray[np.float64], triangles: NDArray[np.float64]) -> NDArray[np.float64]:
    """The triangles that, seen along the ray, overlap the box about the points: no other can be hit."""
    seen_points, seen = points @ ACROSS, triangles @ ACROSS
    apart = (seen.max(axis=1) < seen_points.min(axis=0)) | (seen.min(axis=1) > seen_points.max(axis=0))
    return triangles[~apart.any(axis=1)]


def inside(points: NDArray[np.float64], triangles: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether each (N, 3) point is inside the closed surface of (F, 3, 3) triangles: odd crossings of a ray."""
    ray, triangles = RAY, in_the_way(points, triangles)
    edge_1, edge_2 = triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0]
    across = np.cross(ray, edge_2)
    determinant = np.einsum("fi,fi->f", edge_1, across)
    safe = np.where(np.abs(determinant) < 1e-18, np.inf, determinant)
    offset = points[:, None] - triangles[None, :, 0]
    u = np.einsum("nfi,fi->nf", offset, across) / safe
    turned = np.cross(offset, edge_1[None])
    v = turned @ ray / safe
    along = np.einsum("nfi,fi->nf", turned, edge_2) / safe
    hits = (u >= 0) & (v >= 0) & (u + v <= 1) & (along > TOLERANCE_M)
    return np.asarray(hits.sum(axis=1) % 2 == 1)


def bodies(item: PlacedObject) -> list[tuple[NDArray[np.float64], NDArray[np.int32]]]:
    return [
        (mesh.vertices_m @ pose[:3, :3].T + pose[:3, 3] + item.xyz_m, mesh.faces)
        for mesh, (_, pose) in zip(item.sampled.meshes, item.sampled.parts, strict=True)
    ]


def vertices_inside(one: PlacedObject, other: PlacedObject) -> int:
    """Vertices of one placed thing that are inside another."""
    found = 0
    for (vertices, _), (others, faces) in itertools.product(bodies(one), bodies(other)):
        low, high = others.min(axis=0), others.max(axis=0)
        near = vertices[((vertices > low) & (vertices < high)).all(axis=1)]
        for block in np.array_split(near, len(near) // 200 + 1):
            found += int(inside(block, others[faces]).sum()) if len(block) else 0
    return found
