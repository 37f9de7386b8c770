"""From a mesh as its file has it to one in metres, z up, standing on z = 0 with its middle over the origin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from synthvis.assets.manifest import Entry
from synthvis.assets.meshes.file_frame import FileFrame
from synthvis.assets.meshes.file_mesh import Float, NotUsable, RawMesh
from synthvis.objects.mesh.meshes import is_closed, volume_m3

__all__ = ["MAX_TRIANGLES", "CleanMesh", "clean"]

MAX_TRIANGLES = 50_000
MAX_COORDINATE = 1e7
SIZE_M = (0.002, 60.0)
UNITS_M = {"m": 1.0, "cm": 0.01, "mm": 0.001, "in": 0.0254}
GUESSED_UNITS = ((4.0, "m"), (40.0, "cm"), (float("inf"), "mm"))
"""Longest side up to which a file that states no unit is taken to be in this one."""

OTHERWISE = {"m": "mm", "cm": "mm", "mm": "cm"}
"""The unit that a file most likely has where the guess is wrong: parts are drawn in millimetres."""

SAME_PLACE = 1e-6
"""Vertices closer than this share of the longest side are one."""

AXES = {
    "x": (1, 0, 0), "-x": (-1, 0, 0), "y": (0, 1, 0), "-y": (0, -1, 0), "z": (0, 0, 1), "-z": (0, 0, -1),
}  # fmt: skip
UP_BY_SUFFIX = {"obj": "y", "glb": "y", "gltf": "y", "stl": "z", "ply": "z", "blend": "z"}
METRES_BY_RULE = frozenset({"glb", "gltf", "blend"})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CleanMesh:
    """A mesh that is ready to use.

    Attributes:
        raw: In metres, z up, front to +x, on z = 0, centred.
        keypoints_m: (3,) by name, in the same frame.
        frame: How coordinates of the file became these.
        notes: What was assumed or changed.
    """

    raw: RawMesh
    keypoints_m: Mapping[str, Float]
    frame: FileFrame
    notes: tuple[str, ...]


def clean(mesh: RawMesh, entry: Entry, suffix: str) -> CleanMesh:
    """Bring a mesh into shape.

    Args:
        mesh: As the file has it.
        entry: What the manifest says.
        suffix: Ending of the file, without the dot.

    Raises:
        NotUsable: It has no finite, sensible size.
    """
    if not np.isfinite(mesh.vertices).all():
        raise NotUsable("coordinates that are not numbers")
    if np.abs(mesh.vertices).max(initial=0.0) > MAX_COORDINATE:
        raise NotUsable(f"coordinates beyond {MAX_COORDINATE:,.0f}")
    notes = list(mesh.notes)
    mesh = _welded(mesh)
    turn = _turn(entry, suffix, notes)
    points = mesh.vertices @ turn.T
    scale, notes_of_scale = _scale(np.ptp(points, axis=0), entry, suffix)
    notes += notes_of_scale
    points = points * scale
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    origin = np.array([middle[0], middle[1], points[:, 2].min()])
    mesh = replace(mesh, vertices=points - origin)
    count = len(mesh.faces)
    mesh = _reduced(mesh)
    if len(mesh.faces) < count:
        notes.append(f"reduced from {count:,} to {len(mesh.faces):,} triangles")
    if is_closed(mesh.faces.astype(np.int32)) and volume_m3(mesh.vertices, mesh.faces.astype(np.int32)) < 0:
        mesh = _inside_out(mesh)
        notes.append("it was inside out")
    keypoints = {name: turn @ np.array(point) * scale - origin for name, point in entry.keypoints.items()}
    frame = FileFrame.from_facts({"scale_m_per_unit": scale, "rotation": turn, "shift_m": -origin})
    return CleanMesh(raw=mesh, keypoints_m=keypoints, frame=frame, notes=tuple(notes))


def _turn(entry: Entry, suffix: str, notes: list[str]) -> Float:
    """The rotation from the axes of the file: up becomes z, the front x."""
    default = UP_BY_SUFFIX[suffix]
    if entry.up is None and suffix not in METRES_BY_RULE:
        notes.append(f"up is taken to be {default}")
    up = np.array(AXES[entry.up or default], dtype=np.float64)
    if entry.front is None:
        # Up comes to z by the shortest way, the other axes keep their order.
        x = np.array(AXES["x"] if not up[0] else AXES["y"], dtype=np.float64)
    else:
        x = np.array(AXES[entry.front], dtype=np.float64)
        if abs(float(x @ up)) > 0:
            raise NotUsable(f"front {entry.front} and up {entry.up or default} are one axis")
    return np.stack([x, np.cross(up, x), up])


def _scale(size: Float, entry: Entry, suffix: str) -> tuple[Float, list[str]]:
    """Metres a unit along x, y and z."""
    longest = float(size.max())
    if longest <= 0:
        raise NotUsable("it has no extent")
    notes: list[str] = []
    if isinstance(entry.size_m, tuple):
        scale = np.array([wish / own if own > 0 else 1.0 for wish, own in zip(entry.size_m, size, strict=True)])
    elif entry.size_m is not None:
        scale = np.full(3, entry.size_m / longest)
    else:
        unit = entry.unit or ("m" if suffix in METRES_BY_RULE else _guessed_unit(longest))
        scale = np.full(3, UNITS_M[unit])
        if entry.unit is None and suffix not in METRES_BY_RULE:
            notes.append(_about_guess(unit, longest))
    length_m = float((size * scale).max())
    if not SIZE_M[0] <= length_m <= SIZE_M[1]:
        raise NotUsable(f"it would be {length_m:.3g} m long; state its unit or size_m in assets.yaml")
    return scale, notes


def _guessed_unit(longest: float) -> str:
    return next(unit for limit, unit in GUESSED_UNITS if longest <= limit)


def _about_guess(unit: str, longest: float) -> str:
    """The unit that was guessed with the size that follows, and what to write where it is another one."""
    said = f"the unit is taken to be {unit}, so it is {_millimetres(longest * UNITS_M[unit])} mm long"
    other = OTHERWISE[unit]
    length_m = longest * UNITS_M[other]
    if not SIZE_M[0] <= length_m <= SIZE_M[1]:
        return said
    return f"{said}; if it is {_millimetres(length_m)} mm, write `unit: {other}` into assets.yaml beside the file"


def _millimetres(length_m: float) -> str:
    return f"{length_m / UNITS_M['mm']:,.4g}"


def _welded(mesh: RawMesh) -> RawMesh:
    """Without copies of vertices, triangles without area and vertices without triangle."""
    extent = float(np.ptp(mesh.vertices, axis=0).max(initial=0.0)) if len(mesh.vertices) else 0.0
    if extent <= 0:
        raise NotUsable("it has no extent")
    return _clustered(mesh, SAME_PLACE * extent)


def _reduced(mesh: RawMesh) -> RawMesh:
    """A mesh of at most MAX_TRIANGLES: vertices within cells of a grid become one, the cells as small as possible."""
    if len(mesh.faces) <= MAX_TRIANGLES:
        return mesh
    extent = float(np.ptp(mesh.vertices, axis=0).max())
    fine, coarse = extent / 4000, extent / 40
    for _ in range(12):
        middle = float(np.sqrt(fine * coarse))
        if len(_clustered(mesh, middle).faces) > MAX_TRIANGLES:
            fine = middle
        else:
            coarse = middle
    return _clustered(mesh, coarse)


def _clustered(mesh: RawMesh, cell: float) -> RawMesh:
    keys = np.round((mesh.vertices - mesh.vertices.min(axis=0)) / cell).astype(np.int64)
    columns = [keys]
    if mesh.colors_rgb is not None and cell <= SAME_PLACE * np.ptp(mesh.vertices, axis=0).max() * 1.01:
        # Of vertices in one place, only those of one colour are one.
        columns.append(np.round(mesh.colors_rgb * 255).astype(np.int64))
    _, group = np.unique(np.concatenate(columns, axis=1), axis=0, return_inverse=True)
    group = group.reshape(-1)
    faces = group[mesh.faces]
    kept = (faces[:, 0] != faces[:, 1]) & (faces[:, 1] != faces[:, 2]) & (faces[:, 2] != faces[:, 0])
    used, compact = np.unique(faces[kept], return_inverse=True)
    if not len(used):
        raise NotUsable("no triangle with an area")
    return replace(
        mesh,
        vertices=_means(mesh.vertices, group)[used],
        faces=compact.reshape(-1, 3),
        face_slots=mesh.face_slots[kept],
        corner_uv=None if mesh.corner_uv is None else mesh.corner_uv[kept],
        colors_rgb=None if mesh.colors_rgb is None else _means(mesh.colors_rgb, group)[used],
    )


def _means(values: Float, group: NDArray[np.int64]) -> Float:
    counts = np.bincount(group)
    columns = [np.bincount(group, weights=values[:, axis]) / counts for axis in range(values.shape[1])]
    return np.stack(columns, axis=1)


def _inside_out(mesh: RawMesh) -> RawMesh:
    uv = None if mesh.corner_uv is None else mesh.corner_uv[:, ::-1]
    return replace(mesh, faces=mesh.faces[:, ::-1], corner_uv=uv)
