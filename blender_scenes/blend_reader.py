"""Meshes of a .blend file as plain arrays; nothing that the file brings is run.

For a process of its own: the file takes the place of everything in the running Blender.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import bpy
import numpy as np
from numpy.typing import NDArray

__all__ = ["Part", "read_parts"]

MODIFIERS_RUN = frozenset({"MIRROR", "SUBSURF", "SOLIDIFY", "BEVEL", "ARRAY", "TRIANGULATE", "EDGE_SPLIT", "WELD"})
"""Those that only shape a mesh; the others, geometry nodes and simulations among them, are taken off."""

MAX_SUBDIVISIONS = 2
MAX_COPIES = 200


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Part:
    """A mesh object of the file.

    Attributes:
        vertices: (V, 3) in the file's world frame.
        faces: (F, 3).
        face_materials: (F,) index into `materials`.
        materials: Name, linear colour, roughness, metallic, and (h, w, 3) uint8 sRGB picture or None, of each.
        corner_uv: (F, 3, 2), or None.
    """

    vertices: NDArray[np.float64]
    faces: NDArray[np.int64]
    face_materials: NDArray[np.int64]
    materials: tuple[tuple[str, tuple[float, float, float], float, float, NDArray[np.uint8] | None], ...]
    corner_uv: NDArray[np.float64] | None


def read_parts(path: str) -> list[Part]:
    """The visible mesh objects of a .blend file.

    Scripts, drivers with Python, handlers and registered texts of the file are not run, and only pictures packed into
    it are read.

    Raises:
        RuntimeError: Blender cannot open it.
    """
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.context.preferences.filepaths.use_scripts_auto_execute = False
    bpy.ops.wm.open_mainfile(filepath=path, load_ui=False, use_scripts=False)
    meshes = [thing for thing in bpy.context.scene.objects if thing.type == "MESH" and not thing.hide_render]
    for thing in meshes:
        _tame(thing)
    graph = bpy.context.evaluated_depsgraph_get()
    return [part for thing in meshes if (part := _part(thing.evaluated_get(graph))) is not None]


def _tame(thing: Any) -> None:
    for modifier in list(thing.modifiers):
        if modifier.type not in MODIFIERS_RUN:
            thing.modifiers.remove(modifier)
        elif modifier.type == "SUBSURF":
            modifier.levels = min(modifier.levels, MAX_SUBDIVISIONS)
        elif modifier.type == "ARRAY":
            modifier.fit_type, modifier.count = "FIXED_COUNT", min(modifier.count, MAX_COPIES)


def _part(thing: Any) -> Part | None:
    mesh = thing.to_mesh()
    mesh.calc_loop_triangles()
    count = len(mesh.loop_triangles)
    if not count:
        return None
    vertices = _array(mesh.vertices, "co", 3, np.float32)
    loops = _array(mesh.loop_triangles, "loops", 3, np.int32)
    world = np.array(thing.matrix_world, dtype=np.float64)
    faces = _array(mesh.loop_triangles, "vertices", 3, np.int32)
    if np.linalg.det(world[:3, :3]) < 0:
        faces, loops = faces[:, ::-1], loops[:, ::-1]
    uv = mesh.uv_layers.active
    slots = tuple(_material(slot.material) for slot in thing.material_slots) or (_material(None),)
    index = _array(mesh.loop_triangles, "material_index", 1, np.int32)[:, 0]
    return Part(
        vertices=vertices @ world[:3, :3].T + world[:3, 3],
        faces=faces.astype(np.int64),
        face_materials=np.clip(index, 0, len(slots) - 1).astype(np.int64),
        materials=slots,
        corner_uv=None if uv is None else _array(uv.uv, "vector", 2, np.float32)[loops].astype(np.float64),
    )


def _array(collection: Any, name: str, width: int, kind: Any) -> Any:
    values = np.empty(len(collection) * width, dtype=kind)
    collection.foreach_get(name, values)
    return values.reshape(-1, width)


def _material(
    material: Any,
) -> tuple[str, tuple[float, float, float], float, float, NDArray[np.uint8] | None]:
    if material is None:
        return "surface", (0.6, 0.6, 0.6), 0.5, 0.0, None
    color, roughness, metallic, picture = tuple(material.diffuse_color)[:3], material.roughness, material.metallic, None
    nodes = material.node_tree.nodes if material.node_tree else []
    shader = next((node for node in nodes if node.type == "BSDF_PRINCIPLED"), None)
    if shader is not None:
        base = shader.inputs["Base Color"]
        color = tuple(base.default_value)[:3]
        roughness = shader.inputs["Roughness"].default_value
        metallic = shader.inputs["Metallic"].default_value
        source = base.links[0].from_node if base.links else None
        if source is not None and source.type == "TEX_IMAGE":
            picture = _pixels(source.image)
    return material.name, color, float(roughness), float(metallic), picture


def _pixels(image: Any) -> NDArray[np.uint8] | None:
    """A packed picture; others lie wherever the file says, which is nobody's business here."""
    if image is None or image.packed_file is None:
        return None
    width, height = image.size
    if not 0 < width * height <= 8192 * 8192:
        return None
    values = np.empty(width * height * image.channels, dtype=np.float32)
    image.pixels.foreach_get(values)
    pixels = values.reshape(height, width, image.channels)[::-1, :, :3]
    if pixels.shape[2] < 3:
        pixels = np.repeat(pixels[:, :, :1], 3, axis=2)
    shown: NDArray[np.uint8] = np.clip(pixels * 255 + 0.5, 0, 255).astype(np.uint8)
    return shown
