"""The 3D model of an object as BOP has it: a PLY in millimetres, and what models_info.json says of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synthvis.data.formats.bop.symmetries import declared_symmetries
from synthvis.formats.atomic import write_bytes_atomic
from synthvis.formats.ply import ply_bytes
from synthvis.objects.spec import KeypointSymmetry
from synthvis.objects.symmetry import NO_SYMMETRY, AnyTurn, Symmetries

__all__ = ["ModelMesh", "diameter_of", "model_info", "write_model"]

Float = NDArray[np.float64]

MM = 1000.0
LENGTH_DECIMALS = 6
"""Of millimetres."""

ROWS_AT_ONCE = 2048


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ModelMesh:
    """The geometry of an object, in the frame that its pose places.

    Attributes:
        vertices_m: (V, 3) float64, metres; each belongs to a face.
        faces: (F, 3) int32, counter-clockwise from outside.
        keypoints_m: (K, 3) float64, by which its class names symmetries; (0, 3) where they are not known.
        symmetries: What turns of it change nothing, as far as its type says so.
    """

    vertices_m: Float
    faces: NDArray[np.int32]
    keypoints_m: Float
    symmetries: Symmetries = NO_SYMMETRY

    @property
    def size_m(self) -> Float:
        """(3,) lengths along x, y and z."""
        return np.asarray(self.vertices_m.max(axis=0) - self.vertices_m.min(axis=0))


def write_model(path: Path, mesh: ModelMesh, comment: str) -> None:
    """Write the mesh in millimetres, with a normal for each vertex."""
    normals = _vertex_normals(mesh.vertices_m, mesh.faces)
    write_bytes_atomic(path, ply_bytes(mesh.vertices_m * MM, mesh.faces, comment, normals))


def model_info(mesh: ModelMesh, symmetry: Sequence[KeypointSymmetry]) -> dict[str, object]:
    """The entry of models_info.json.

    Args:
        mesh: The model.
        symmetry: What its class declares.
    """
    low_mm, size_mm = mesh.vertices_m.min(axis=0) * MM, mesh.size_m * MM
    diameter_m = diameter_of(mesh.vertices_m)
    info: dict[str, object] = {"diameter": round(diameter_m * MM, LENGTH_DECIMALS)}
    info |= {f"min_{axis}": round(float(value), LENGTH_DECIMALS) for axis, value in zip("xyz", low_mm, strict=True)}
    info |= {f"size_{axis}": round(float(value), LENGTH_DECIMALS) for axis, value in zip("xyz", size_mm, strict=True)}
    turns = [np.array(turn) for turn in mesh.symmetries.discrete]
    if not mesh.symmetries:
        turns = declared_symmetries(mesh.vertices_m, mesh.faces, diameter_m, mesh.keypoints_m, symmetry)
    if turns:
        info["symmetries_discrete"] = [_row_wise_mm(turn) for turn in turns]
    if mesh.symmetries.continuous:
        info["symmetries_continuous"] = [_axis_mm(one) for one in mesh.symmetries.continuous]
    return info


def diameter_of(points: Float) -> float:
    """The largest distance between any two of (N, 3) points.

    A point that is nearer to the centre than the largest distance known so far less that of the farthest one has no
    partner so far away, and is left out.
    """
    if len(points) < 2:
        return 0.0
    centred = points - points.mean(axis=0)
    radii = np.linalg.norm(centred, axis=1)
    farthest = centred[radii.argmax()]
    known = float(np.linalg.norm(centred - farthest, axis=1).max())
    chosen = centred[radii + radii.max() >= known]
    squares = (chosen**2).sum(axis=1)
    largest = known**2
    for start in range(0, len(chosen), ROWS_AT_ONCE):
        part = slice(start, start + ROWS_AT_ONCE)
        between = squares[part, None] + squares[None, :] - 2 * chosen[part] @ chosen.T
        row, column = np.unravel_index(between.argmax(), between.shape)
        # The product rounds; the pair does not.
        largest = max(largest, float(((chosen[start + row] - chosen[column]) ** 2).sum()))
    return float(np.sqrt(largest))


def _row_wise_mm(turn: Float) -> list[float]:
    scaled = turn.copy()
    scaled[:3, 3] *= MM
    return [round(float(value), 9) + 0.0 for value in scaled.ravel()]


def _axis_mm(one: AnyTurn) -> dict[str, list[float]]:
    return {"axis": list(one.axis), "offset": [round(MM * value, LENGTH_DECIMALS) + 0.0 for value in one.offset_m]}


def _vertex_normals(vertices: Float, faces: NDArray[np.int32]) -> Float:
    """(V, 3) unit normals: those of the faces around a vertex, each with its angle there as weight.

    Source: Thuermer and Wuethrich, Computing vertex normals from polygonal facets, J. of Graphics Tools 3(1), 1998.
    """
    corners = vertices[faces]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    face_normals = _unit(across)
    normals = np.zeros_like(vertices)
    for here, ahead, behind in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
        first, second = _unit(corners[:, ahead] - corners[:, here]), _unit(corners[:, behind] - corners[:, here])
        angle = np.arccos(np.clip((first * second).sum(axis=1), -1, 1))
        np.add.at(normals, faces[:, here], face_normals * angle[:, None])
    return _unit(normals)


def _unit(vectors: Float) -> Float:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
