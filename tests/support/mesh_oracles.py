"""Facts about meshes by formulas that are not the project's own."""

from __future__ import annotations

import numpy as np


def winding_number(mesh, point):
    """How often the surface encloses a point: the sum of the triangles' solid angles (van Oosterom and Strackee)."""
    a, b, c = (mesh.vertices_m[mesh.faces[:, k]] - np.asarray(point) for k in range(3))
    la, lb, lc = (np.linalg.norm(v, axis=1) for v in (a, b, c))
    triple = np.einsum("ij,ij->i", a, np.cross(b, c))
    rest = [np.einsum("ij,ij->i", p, q) * r for p, q, r in ((a, b, lc), (b, c, la), (c, a, lb))]
    return float(np.arctan2(triple, la * lb * lc + sum(rest)).sum() / (2 * np.pi))


def welded(mesh):
    """Faces with vertices at one place taken as one: crisp edges and slots keep theirs apart."""
    _, same = np.unique(mesh.vertices_m.round(9), axis=0, return_inverse=True)
    return same.reshape(-1)[mesh.faces]


def is_closed(mesh):
    """Whether every edge belongs to two faces that run along it in opposite directions, in space."""
    return _has_paired_edges(welded(mesh))


def has_closed_pieces(mesh):
    """Whether it is closed as one skin, or of pieces that are closed each, even where their edges touch."""
    return _has_paired_edges(mesh.faces) or is_closed(mesh)


def _has_paired_edges(faces):
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    edges = edges[edges[:, 0] != edges[:, 1]]
    there, back = (np.unique(pairs, axis=0) for pairs in (edges, edges[:, ::-1]))
    return np.array_equal(there, back) and len(there) == len(edges)
