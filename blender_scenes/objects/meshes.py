"""Meshes and materials of a spec as Blender data."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import bpy
import numpy as np
from mathutils import Matrix

from blender_scenes.materials.pool import MaterialPool
from blender_scenes.motion import set_shape
from blender_scenes.objects.scatter import add_scatter
from synthvis.errors import RenderError
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.spec import Mat4, ObjectSpec, SurfaceSpec

__all__ = ["add_mesh", "add_object"]

MAX_ID = 32767
"""Blender silently clamps an object's pass index there."""

CREASE_RAD = math.radians(42.0)
"""Smooth meshes keep a hard edge where faces meet at more than this, so rims and corners stay crisp."""


def add_object(spec: ObjectSpec, mesh: Mesh, materials: MaterialPool) -> bpy.types.Object:
    """Build one object of a scene, numbered for the object-index pass.

    Raises:
        RenderError: A slot of the mesh has no surface, the surface's kind is unknown, or the id is too large.
    """
    if not 1 <= spec.instance_id <= MAX_ID:
        raise RenderError(f"object {spec.kind}: instance id {spec.instance_id} is not in 1..{MAX_ID}")
    slots = [slot for part in (mesh, *_strewn(mesh)) for slot in part.slots]
    missing = [slot for slot in slots if slot not in spec.surfaces]
    if missing:
        raise RenderError(f"object {spec.instance_id} ({spec.kind}) has no surface for its slot {missing[0]!r}")
    name = f"{spec.kind}-{spec.instance_id}"
    return add_mesh(name, mesh, materials, spec.surfaces, spec.world_from_object, instance_id=spec.instance_id)


def add_mesh(
    name: str,
    mesh: Mesh,
    materials: MaterialPool,
    surfaces: Mapping[str, SurfaceSpec],
    world_from_object: Mat4,
    *,
    instance_id: int = 0,
) -> bpy.types.Object:
    """Link a mesh with one material a slot, and what is scattered over it, into the scene."""
    taken: dict[str, bpy.types.Material] = {}
    for slot in dict.fromkeys(slot for part in (mesh, *_strewn(mesh)) for slot in part.slots):
        taken[slot] = materials.take(f"{name}.{slot}", surfaces[slot])
    thing = _unlinked(name, mesh, taken)
    thing.matrix_world = Matrix(world_from_object)
    thing.pass_index = instance_id
    for scatter in mesh.scatters:
        add_scatter(thing, scatter, [_unlinked(f"{name}.scattered", part, taken) for part in scatter.meshes])
    bpy.context.scene.collection.objects.link(thing)
    return thing


def _strewn(mesh: Mesh) -> list[Mesh]:
    return [part for scatter in mesh.scatters for part in scatter.meshes]


def _unlinked(name: str, mesh: Mesh, materials: Mapping[str, bpy.types.Material]) -> bpy.types.Object:
    data = bpy.data.meshes.new(name)
    # Edges are sharp by the mesh as it is built, so that they are the same in all frames of a film.
    _fill_mesh(data, mesh if mesh.rig is None else replace(mesh, vertices_m=mesh.rig.vertices_m))
    for slot in mesh.slots:
        data.materials.append(materials[slot])
    thing = bpy.data.objects.new(name, data)
    if mesh.rig is not None and mesh.vertices_m is not mesh.rig.vertices_m:
        set_shape(thing, mesh.vertices_m)
    return thing


def _fill_mesh(data: Any, mesh: Mesh) -> None:
    """Copy the arrays; `foreach_set` is some fifty times faster than `from_pydata` and needs no lists."""
    faces = np.ascontiguousarray(mesh.faces, dtype=np.int32)
    data.vertices.add(len(mesh.vertices_m))
    data.vertices.foreach_set("co", np.asarray(mesh.vertices_m, dtype=np.float32).ravel())
    data.loops.add(faces.size)
    data.loops.foreach_set("vertex_index", faces.ravel())
    data.polygons.add(len(faces))
    data.polygons.foreach_set("loop_start", np.arange(0, faces.size, 3, dtype=np.int32))
    data.polygons.foreach_set("material_index", np.asarray(mesh.face_slots, dtype=np.int32))
    for name, values in mesh.attributes.items():
        attribute = data.attributes.new(name, "FLOAT", "POINT")
        attribute.data.foreach_set("value", np.ascontiguousarray(values, dtype=np.float32))
    if mesh.corner_uv is not None:
        layer = data.uv_layers.new(name="UV", do_init=False)
        layer.uv.foreach_set("vector", np.ascontiguousarray(mesh.corner_uv, dtype=np.float32).ravel())
    data.update(calc_edges=True)
    if mesh.smooth:
        data.shade_smooth()
        data.set_sharp_from_angle(angle=CREASE_RAD)
    else:
        data.shade_flat()
