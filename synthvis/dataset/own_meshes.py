"""The user's meshes within a dataset: the triangles that were rendered, and the way back to the user's coordinates.

meshes/index.json   by kind: the mesh's file, its class, its source, and object_from_file with its parts
meshes/KIND.ply     the triangles, in metres, in the object's frame
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from synthvis.assets.meshes.file_frame import FileFrame
from synthvis.assets.meshes.used import UsedMesh, used_meshes
from synthvis.config.recipe import Recipe
from synthvis.dataset.layout import DatasetLayout, write_bytes_atomic, write_json_atomic
from synthvis.errors import DatasetError
from synthvis.formats.ply import ply_bytes

__all__ = ["OwnMesh", "read_own_meshes", "take_over_own_meshes", "write_own_meshes"]

AGAIN = "repeat the `synthvis render` command that made the dataset: it writes the file anew"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnMesh:
    """A mesh of the user's in a dataset.

    Attributes:
        kind: Its name, as annotations carry it under `synthvis.kind`.
        path: Its PLY: metres, in the object's frame.
        category: Name of its class; None: unlabelled.
        source: The file it came from, with the name of the folder that was given.
        triangles: Their number.
        frame: How coordinates of that file became the mesh's.
        notes: What was assumed or changed.
    """

    kind: str
    path: Path
    category: str | None
    source: str
    triangles: int
    frame: FileFrame
    notes: tuple[str, ...]

    def facts(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "mesh": str(self.path),
            "category": self.category,
            "source": self.source,
            "triangles": self.triangles,
            **self.frame.facts(),
            "notes": list(self.notes),
        }


def write_own_meshes(layout: DatasetLayout, recipe: Recipe) -> None:
    """Write each own mesh that a recipe uses, and what leads back to its file; nothing where it uses none.

    Args:
        layout: The dataset.
        recipe: Resolved.

    Raises:
        RecipeError: The cache has lost one.
        OSError: A file cannot be written.
    """
    meshes = list(used_meshes(recipe))
    for one in meshes:
        comment = f"{one.kind}, metres, object frame"
        write_bytes_atomic(
            layout.meshes / _file_name(one.kind), ply_bytes(one.mesh.vertices_m, one.mesh.faces, comment)
        )
    if meshes:
        write_json_atomic(layout.mesh_index, {one.kind: _facts(one) for one in meshes})


def read_own_meshes(layout: DatasetLayout) -> dict[str, OwnMesh]:
    """The user's meshes of a dataset by kind; none where it was made without.

    Raises:
        DatasetError: The list is damaged, or a mesh is missing.
    """
    if not layout.mesh_index.exists():
        return {}
    try:
        rows = json.loads(layout.mesh_index.read_bytes())
        found = {str(kind): _own_mesh(layout, str(kind), row) for kind, row in rows.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DatasetError(f"{layout.mesh_index} is damaged: {error!r:.120}", hint=AGAIN) from error
    for mesh in found.values():
        if not mesh.path.is_file():
            raise DatasetError(f"{mesh.path} is missing", hint=AGAIN)
    return found


def take_over_own_meshes(source: DatasetLayout, target: DatasetLayout) -> None:
    """Copy the meshes of one part of a dataset into the whole.

    Raises:
        DatasetError: They are damaged.
    """
    for mesh in read_own_meshes(source).values():
        write_bytes_atomic(target.meshes / _file_name(mesh.kind), mesh.path.read_bytes())
    if source.mesh_index.exists():
        write_bytes_atomic(target.mesh_index, source.mesh_index.read_bytes())


def _file_name(kind: str) -> str:
    return f"{kind}.ply"


def _facts(one: UsedMesh) -> dict[str, Any]:
    return {
        "mesh": _file_name(one.kind),
        "category": one.category,
        "source": one.source,
        "triangles": len(one.mesh.faces),
        **one.frame.facts(),
        "notes": list(one.notes),
    }


def _own_mesh(layout: DatasetLayout, kind: str, row: Mapping[str, Any]) -> OwnMesh:
    path = layout.meshes / str(row["mesh"])
    if not path.resolve().is_relative_to(layout.meshes.resolve()):
        raise ValueError(f"the mesh of {kind} lies outside the dataset")
    return OwnMesh(
        kind=kind,
        path=path,
        category=None if row["category"] is None else str(row["category"]),
        source=str(row["source"]),
        triangles=int(row["triangles"]),
        frame=FileFrame.from_facts(row),
        notes=tuple(map(str, row["notes"])),
    )
