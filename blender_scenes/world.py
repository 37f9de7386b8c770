"""Light from infinity: an environment map of the bpy wheel, or one colour."""

from __future__ import annotations

from pathlib import Path

import bpy

from blender_scenes.objects import empty_node_tree
from blender_scenes.surfaces.nodes import Nodes
from synthvis.errors import RenderError
from synthvis.types import WorldSpec

__all__ = ["WorldKeeper", "hdri_folder"]


def hdri_folder() -> Path:
    """Where the bpy wheel keeps its environment maps (CC0)."""
    return Path(bpy.utils.system_resource("DATAFILES")) / "studiolights" / "world"


class WorldKeeper:
    """Sets the world and leaves it alone while specs ask for the same light: any change costs Cycles about a second."""

    def __init__(self) -> None:
        self._current: tuple[object, ...] | None = None

    def show(self, spec: WorldSpec) -> None:
        """Make the scene's world what `spec` says.

        Raises:
            RenderError: The environment map does not exist.
        """
        wanted = (spec.hdri, spec.strength, spec.color_rgb)
        if wanted == self._current:
            return
        self._current = None
        scene = bpy.context.scene
        old = scene.world
        scene.world = _make_world(spec)
        if old is not None:
            bpy.data.worlds.remove(old)
        unused = [image for image in bpy.data.images if image.users == 0]
        bpy.data.batch_remove(unused)
        self._current = wanted


def _make_world(spec: WorldSpec) -> bpy.types.World:
    world = bpy.data.worlds.new("world")
    n = Nodes(empty_node_tree(world))
    background = n.add("ShaderNodeBackground")
    n.feed(background.inputs["Strength"], spec.strength)
    n.feed(background.inputs["Color"], spec.color_rgb)
    if spec.hdri is not None:
        texture = n.add("ShaderNodeTexEnvironment", image=_load_hdri(spec.hdri))
        is_tinted = spec.color_rgb != (1.0, 1.0, 1.0)
        color = texture.outputs["Color"]
        n.feed(background.inputs["Color"], n.shade(color, spec.color_rgb) if is_tinted else color)
    output = n.add("ShaderNodeOutputWorld")
    n.feed(output.inputs["Surface"], background.outputs[0])
    return world


def _load_hdri(name: str) -> bpy.types.Image:
    path = hdri_folder() / Path(name).name
    if not path.is_file():
        known = ", ".join(sorted(file.name for file in hdri_folder().glob("*.exr")))
        raise RenderError(f"no environment map {name!r} in the bpy wheel", hint=f"known: {known}")
    return bpy.data.images.load(str(path), check_existing=True)
