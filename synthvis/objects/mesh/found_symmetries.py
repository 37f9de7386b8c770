"""Symmetries of a mesh: those that a type declares, where the mesh keeps them, or those that the mesh shows by itself.

An axis of a symmetry goes through the middle of the surface and is a principal axis of its points, unless two moments
are equal; then it is looked for among the axes of the frame and the directions of the farthest points as well.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from synthvis.geometry import rigid, rotation_about
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.surface import SurfacePoints, farthest_points
from synthvis.objects.spec import Mat4, Vec3
from synthvis.objects.symmetry import AnyTurn, DeclaredTurn, Symmetries

__all__ = ["DECLARED_MISS", "FOUND_MISS", "declared_symmetries_of", "found_symmetries", "marks_of"]

Float = NDArray[np.float64]
_Axis = tuple[Float, Float, int | None]
"""Direction, a point, and the parts of a circle; None: any turn."""

DECLARED_MISS = 0.05
"""How far a declared turn may bring a point of a mesh from its surface, as a share of the diameter: half of what BOP
allows, for leaves, dents and the facets of a round wall."""

FOUND_MISS = 0.015
"""Likewise of a turn that nobody declared."""

MAX_MARK_DIFFERENCE = 0.1
"""Mean difference of colours, of 1."""

UNEVEN_RAD = (0.7, 1.9, 2.83, 1.0)
"""Turns that share no part of a circle: a mesh that keeps them all keeps every turn."""

MAX_PARTS = 8
APART_COS = math.cos(math.radians(12))
"""Two axes of one shape are farther apart."""

MOMENTS_APART = 0.01
"""As a share of their sum."""

EXTREME_POINTS = 14
MAX_TURNS = 60
"""The rotations of a dodecahedron, more than of any other shape without a continuous symmetry that is no prism."""


def declared_symmetries_of(mesh: Mesh, declared: Sequence[DeclaredTurn]) -> Symmetries:
    """The turns that a type declares, as far as a mesh of it keeps them."""
    if not declared:
        return Symmetries()
    surface = SurfacePoints(mesh.vertices_m, mesh.faces)
    axes = []
    for one in declared:
        point = np.zeros(3) if one.through == "origin" else surface.centre_m
        axes.append((one.direction, point, one.parts))
    return _symmetries(surface, axes, DECLARED_MISS)


def found_symmetries(vertices_m: Float, faces: NDArray[np.int32], marks: Float | None = None) -> Symmetries:
    """The turns that bring a mesh to itself, colours included.

    Args:
        vertices_m: (V, 3).
        faces: (F, 3).
        marks: (F, 3, C) of the corners of faces, from 0 to 1; None: all places look alike.
    """
    surface = SurfacePoints(vertices_m, faces, marks)
    if not surface.diameter_m:
        return Symmetries()
    axes: list[_Axis] = []
    for direction in _candidates(surface, vertices_m):
        if any(abs(float(direction @ known)) > APART_COS for known, _, _ in axes):
            continue
        parts = _parts_kept(surface, direction)
        if parts != 1:
            axes.append((direction, surface.centre_m, parts))
        if sum(known is None for _, _, known in axes) > 1:
            break
    around = [axis for axis in axes if axis[2] is None]
    if len(around) == 1 and len(axes) > 1:
        # Beside an axis of any turn there is nothing but a half turn about all that are across it.
        axes = [around[0], (_across(around[0][0]), surface.centre_m, 2)]
    return _symmetries(surface, around if len(around) > 1 else axes, FOUND_MISS)


def marks_of(mesh: Mesh) -> Float:
    """(F, 3, C) colours of corners, and 0 or 1 for each slot of a mesh."""
    slots = np.repeat(np.eye(len(mesh.slots))[mesh.face_slots][:, None], 3, axis=1)
    colors = [mesh.attributes[name] for name in ("red", "green", "blue") if name in mesh.attributes]
    if not colors:
        return slots
    return np.concatenate([slots, np.stack(colors, axis=-1)[mesh.faces].astype(np.float64)], axis=-1)


def _candidates(surface: SurfacePoints, vertices_m: Float) -> Iterator[Float]:
    """Directions that an axis may have, each once."""
    moments, principal = np.linalg.eigh(surface.covariance_m2)
    # Of two equal moments no direction is known: any mixture of both is one.
    apart = np.abs(moments[:, None] - moments) + np.diag([np.inf] * 3) > MOMENTS_APART * moments.sum()
    extreme = farthest_points(vertices_m, EXTREME_POINTS) - surface.centre_m
    lengths = np.linalg.norm(extreme, axis=1, keepdims=True)
    extreme = extreme[lengths[:, 0] > 1e-9] / lengths[lengths[:, 0] > 1e-9]
    pairs = [a + b for k, a in enumerate(extreme) for b in extreme[:k]]
    seen: list[Float] = []
    for direction in (*np.eye(3), *principal.T[apart.all(axis=1)], *extreme, *pairs):
        length = float(np.linalg.norm(direction))
        if length < 0.1:
            continue
        unit = direction / length
        if not any(abs(float(unit @ other)) > 0.9995 for other in seen):
            seen.append(unit)
            yield unit


def _parts_kept(surface: SurfacePoints, direction: Float) -> int | None:
    """Parts of a circle by which the surface may be turned; None: any turn, 1: none."""
    if all(_keeps(surface, direction, angle) for angle in UNEVEN_RAD):
        return None
    return next((k for k in range(MAX_PARTS, 1, -1) if _keeps(surface, direction, 2 * math.pi / k)), 1)


def _keeps(surface: SurfacePoints, direction: Float, angle_rad: float) -> bool:
    rotation = rotation_about(direction, angle_rad)
    spread = surface.covariance_m2
    if np.abs(rotation @ spread @ rotation.T - spread).max() > 0.01 * np.trace(spread):
        return False
    turn = rigid(rotation, surface.centre_m - rotation @ surface.centre_m)
    return surface.keeps(turn, FOUND_MISS, MAX_MARK_DIFFERENCE)


def _symmetries(surface: SurfacePoints, axes: Sequence[_Axis], max_miss: float) -> Symmetries:
    """The group that turns about axes generate, of those that the surface keeps."""
    continuous: list[AnyTurn] = []
    discrete: list[Float] = []
    for direction, point, parts in axes:
        turns = [_turn(direction, point, angle) for angle in _angles(parts)]
        if not all(surface.keeps(turn, max_miss, MAX_MARK_DIFFERENCE) for turn in turns):
            continue
        if parts is None:
            if len(continuous) < 3:
                continuous.append(AnyTurn(axis=_vec3(direction), offset_m=_vec3(_nearest_to_origin(point, direction))))
        else:
            discrete.append(turns[0])
    found = Symmetries(continuous=tuple(continuous))
    if found.is_ball:
        return found
    # A discrete turn about a continuous axis says nothing new.
    group = _closed([turn for turn in discrete if not _is_about(turn, continuous)], continuous)
    return Symmetries(discrete=tuple(map(_mat4, group)), continuous=tuple(continuous))


def _angles(parts: int | None) -> tuple[float, ...]:
    return UNEVEN_RAD if parts is None else (2 * math.pi / parts,)


def _closed(generators: Sequence[Float], continuous: Sequence[AnyTurn]) -> list[Float]:
    """All products of turns but the identity, each once."""
    group = [np.eye(4)]
    for element in group:
        for turn in generators:
            product = element @ turn
            if not any(_is_same(product, other, continuous) for other in group) and len(group) < MAX_TURNS:
                group.append(product)
    return group[1:]


def _is_same(one: Float, other: Float, continuous: Sequence[AnyTurn]) -> bool:
    """Whether two turns are the same, or differ by a turn about a continuous axis."""
    left = np.linalg.inv(one) @ other
    return bool(np.allclose(left, np.eye(4), atol=1e-4)) or _is_about(left, continuous)


def _is_about(turn: Float, continuous: Sequence[AnyTurn]) -> bool:
    return any(float(np.array(one.axis) @ turn[:3, :3] @ np.array(one.axis)) > 1 - 1e-4 for one in continuous)


def _across(direction: Float) -> Float:
    """A unit vector at right angles."""
    other = np.cross(direction, np.eye(3)[int(np.abs(direction).argmin())])
    return np.asarray(other / np.linalg.norm(other))


def _turn(direction: Float, point: Float, angle_rad: float) -> Float:
    rotation = rotation_about(direction, angle_rad)
    return rigid(rotation, point - rotation @ point)


def _nearest_to_origin(point: Float, direction: Float) -> Float:
    return np.asarray(point - (point @ direction) * direction)


def _vec3(values: Float) -> Vec3:
    x, y, z = (round(float(value), 9) + 0.0 for value in values)
    return x, y, z


def _mat4(matrix: Float) -> Mat4:
    rows = [tuple(round(float(value), 9) + 0.0 for value in row) for row in matrix]
    return rows[0], rows[1], rows[2], rows[3]  # type: ignore[return-value]
