"""Mesh files by way of trimesh, held back from anything outside their folder. Runs in the reader's process only."""

from __future__ import annotations

import io
import urllib.parse
from pathlib import Path
from typing import Any

import numpy as np
import trimesh
from numpy.typing import NDArray
from trimesh.resolvers import Resolver

from synthvis.assets.folder import MAX_FILE_BYTES
from synthvis.assets.meshes.file_mesh import Float, NotUsable, RawMesh, RawSlot, joined

__all__ = ["MAX_READ_TRIANGLES", "read_mesh"]

MAX_READ_TRIANGLES = 4_000_000
MAX_PARTS = 2_000
MAX_PICTURE_PIXELS = 8192 * 8192
MAX_PICTURE_PX = 2048
"""Longer sides are reduced to this."""


class _Fence(Resolver):  # type: ignore[misc]
    """Gives a loader the files beside a mesh, and none from elsewhere; remembers what was asked for in vain."""

    def __init__(self, root: Path, mesh: Path) -> None:
        self.root = root.resolve()
        self.folder = mesh.resolve().parent
        self.outside: list[str] = []
        self.absent: list[str] = []

    def get(self, key: str) -> bytes:
        name = urllib.parse.unquote(str(key)).strip().replace("\\", "/")
        path = (self.folder / name).resolve()
        if "://" in name or name[1:2] == ":" or not path.is_relative_to(self.root):
            self.outside.append(name)
            raise ValueError("outside the folder")
        if not path.is_file() or path.stat().st_size > MAX_FILE_BYTES:
            self.absent.append(name)
            raise ValueError("not there")
        return path.read_bytes()

    def keys(self) -> list[str]:
        return []

    def write(self, name: str, data: Any) -> None:
        raise ValueError("nothing is written")

    def namespaced(self, namespace: str) -> _Fence:
        return self


def read_mesh(root: Path, path: str) -> RawMesh:
    """The triangles, materials and colours of a mesh file.

    Args:
        root: The folder that nothing is read from outside of.
        path: The file, relative to it.

    Raises:
        NotUsable: It is broken, empty, too large, or refers to something outside the folder.
    """
    fence = _Fence(root, root / path)
    suffix = Path(path).suffix.lower().lstrip(".")
    content = io.BytesIO((root / path).read_bytes())
    try:
        # Unprocessed: mending by the loader would hide coordinates that are not numbers.
        scene = trimesh.load_scene(content, file_type=suffix, resolver=fence, process=False)
    except MemoryError as error:
        raise NotUsable("it needs more memory than a mesh should") from error
    except Exception as error:
        # Whatever a parser stumbles over in a broken file is the file's fault.
        lacks = f"it needs {fence.absent[0]}, which is not in the folder" if fence.absent else None
        if fence.absent == ["model.gltf"]:
            lacks = None  # what trimesh looks for where a .gltf is no JSON
        raise NotUsable(_fence_reason(fence) or lacks or f"not a readable {suffix} file ({_short(error)})") from error
    if reason := _fence_reason(fence):
        raise NotUsable(reason)
    notes = tuple(f"{name} is not in the folder" for name in dict.fromkeys(fence.absent))
    return joined(_parts(scene, is_linear=suffix in ("glb", "gltf")), notes)


def _fence_reason(fence: _Fence) -> str | None:
    return f"it refers to {fence.outside[0]!r}, which is outside the folder" if fence.outside else None


def _parts(scene: Any, *, is_linear: bool) -> list[RawMesh]:
    nodes = list(scene.graph.nodes_geometry)
    if len(nodes) > MAX_PARTS:
        raise NotUsable(f"{len(nodes):,} parts; the limit is {MAX_PARTS:,}")
    parts: list[RawMesh] = []
    total = 0
    for node in nodes:
        world_from_part, name = scene.graph[node]
        mesh = scene.geometry[name]
        if not isinstance(mesh, trimesh.Trimesh) or not len(mesh.faces):
            continue
        total += len(mesh.faces)
        if total > MAX_READ_TRIANGLES:
            raise NotUsable(f"more than {MAX_READ_TRIANGLES:,} triangles")
        parts.append(_part(mesh, np.asarray(world_from_part, dtype=np.float64), is_linear=is_linear))
    return parts


def _part(mesh: Any, world_from_part: Float, *, is_linear: bool) -> RawMesh:
    vertices = np.asarray(mesh.vertices, dtype=np.float64)
    faces = np.asarray(mesh.faces, dtype=np.int64)
    if faces.min() < 0 or faces.max() >= len(vertices):
        raise NotUsable("a triangle refers to a vertex that is not there")
    if np.linalg.det(world_from_part[:3, :3]) < 0:
        faces = faces[:, ::-1]
    vertices = vertices @ world_from_part[:3, :3].T + world_from_part[:3, 3]
    visual = mesh.visual
    uv = getattr(visual, "uv", None)
    colors = None
    slot = RawSlot(name="surface")
    if visual.kind == "texture":
        slot = _slot(visual.material, is_linear=is_linear)
    elif visual.kind in ("vertex", "face") and visual.defined:
        colors = _linear(np.asarray(visual.vertex_colors)[:, :3] / 255.0, is_linear=is_linear)
    usable_uv = uv is not None and len(uv) == len(vertices) and slot.picture_rgb is not None
    return RawMesh(
        vertices=vertices,
        faces=faces,
        face_slots=np.zeros(len(faces), dtype=np.int64),
        slots=(slot,),
        corner_uv=np.asarray(uv, dtype=np.float64)[faces] if usable_uv else None,
        colors_rgb=colors,
    )


def _slot(material: Any, *, is_linear: bool) -> RawSlot:
    is_pbr = hasattr(material, "baseColorFactor")
    color = material.baseColorFactor if is_pbr else material.diffuse
    picture = material.baseColorTexture if is_pbr else material.image
    rgb = None if color is None else _linear(np.asarray(color, dtype=np.float64)[:3] / 255.0, is_linear=is_linear)
    roughness = getattr(material, "roughnessFactor", None)
    return RawSlot(
        name=str(getattr(material, "name", None) or "surface")[:60],
        color_rgb=None if rgb is None else (float(rgb[0]), float(rgb[1]), float(rgb[2])),
        roughness=None if roughness is None else float(np.clip(roughness, 0, 1)),
        metallic=float(np.clip(getattr(material, "metallicFactor", None) or 0.0, 0, 1)) if roughness is not None else 0,
        picture_rgb=None if picture is None else _pixels(picture),
    )


def _pixels(picture: Any) -> NDArray[np.uint8]:
    width, height = picture.size
    if width * height > MAX_PICTURE_PIXELS:
        raise NotUsable(f"a texture of {width} x {height} pixels")
    try:
        small = picture.convert("RGB")
        small.thumbnail((MAX_PICTURE_PX, MAX_PICTURE_PX))
    except Exception as error:
        raise NotUsable(f"a texture cannot be decoded ({_short(error)})") from error
    return np.asarray(small, dtype=np.uint8)


def _linear(value: Float, *, is_linear: bool) -> Float:
    """Linear light of a colour that is stored so, or by the sRGB curve."""
    value = np.clip(value, 0, 1)
    return value if is_linear else np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:100] or type(error).__name__
