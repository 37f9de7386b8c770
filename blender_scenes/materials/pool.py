"""Materials of a spec as Blender data, reused from image to image."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import bpy

from blender_scenes.materials import SURFACES
from blender_scenes.materials.nodes import Nodes
from blender_scenes.materials.params import number_of
from synthvis.errors import RenderError
from synthvis.objects.spec import SurfaceSpec

__all__ = ["MaterialPool", "empty_node_tree"]

MAX_IDLE = 150


class MaterialPool:
    """Lends materials for one image at a time.

    Making a tree of 40 nodes takes Blender some 10 ms, most of it for links. Surfaces of one kind mostly differ in
    constants, so a material that has served keeps its tree and gets new constants when its structure comes again.
    """

    def __init__(self) -> None:
        self._lent: list[tuple[Hashable, Nodes, bpy.types.Material]] = []
        self._idle: list[tuple[Hashable, Nodes, bpy.types.Material]] = []

    def take(self, name: str, surface: SurfaceSpec) -> bpy.types.Material:
        """A material that shows `surface`.

        Raises:
            RenderError: No such surface kind, or its parameters are not what it reads.
        """
        nodes = _written(name, surface)
        structure = nodes.structure()
        place = next((k for k, (known, _, _) in enumerate(self._idle) if known == structure), None)
        like = next((loan for loan in self._lent if loan[0] == structure), None) if place is None else None
        if place is not None:
            _, shown, material = self._idle.pop(place)
            nodes.update(material.node_tree, shown)
        elif like is not None:
            material = like[2].copy()
            nodes.update(material.node_tree, like[1])
        else:
            material = bpy.data.materials.new(surface.kind)
            nodes.create(empty_node_tree(material))
        self._lent.append((structure, nodes, material))
        return material

    def take_back_all(self) -> None:
        """End the loans; the longest idle materials above a limit are removed, so memory stays flat."""
        self._idle += self._lent
        self._lent = []
        too_many = max(len(self._idle) - MAX_IDLE, 0)
        bpy.data.batch_remove([material for _, _, material in self._idle[:too_many]])
        del self._idle[:too_many]


def _written(name: str, surface: SurfaceSpec) -> Nodes:
    builder = SURFACES.get(surface.kind)
    if builder is None:
        raise RenderError(
            f"{name}: no surface kind {surface.kind!r}", hint=f"known kinds: {', '.join(sorted(SURFACES))}"
        )
    nodes = Nodes(number_of(surface.params, "seed", 0.0))
    try:
        builder(nodes, surface.params)
    except (TypeError, ValueError, KeyError, IndexError) as error:
        raise RenderError(f"{name}: surface {surface.kind!r} cannot be built from its parameters: {error}") from error
    return nodes


def empty_node_tree(owner: Any) -> Any:
    """The node tree of a material or world, without nodes."""
    if bpy.app.version < (5, 0):
        # From 5.0 on both always use nodes, and setting this warns.
        owner.use_nodes = True
    owner.node_tree.nodes.clear()
    return owner.node_tree
