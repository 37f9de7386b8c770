"""Light from infinity: an environment map of the bpy wheel, or one colour."""

from __future__ import annotations

from pathlib import Path

import bpy

from blender_scenes.materials.nodes import Nodes, Socket
from blender_scenes.materials.pictures import load_picture
from blender_scenes.materials.pool import empty_node_tree
from synthvis.errors import RenderError
from synthvis.scene.spec import WorldSpec

__all__ = ["WorldKeeper", "hdri_folder"]

IMPORTANCE_MAP_PX = 2048
"""Cycles weighs directions by a map of this width; left to itself it takes that of the picture, however large.

With Blender 4.5 a changed world then costs 0.3 CPU seconds instead of 1.3, at equal noise; 1024 pixels cost 0.1 and are
noisier by a third.
"""


def hdri_folder() -> Path:
    """Where the bpy wheel keeps its environment maps (CC0)."""
    return Path(bpy.utils.system_resource("DATAFILES")) / "studiolights" / "world"


class WorldKeeper:
    """Sets the world and leaves it alone while specs ask for the same light: any change costs Cycles time.

    One world is rewritten in place. A new one would join Cycles' lights behind the lamps that are there already, and
    their order decides how light is sampled: the same image would carry another noise.
    """

    def __init__(self) -> None:
        self._world = bpy.data.worlds.new("world")
        self._world.cycles.sampling_method = "MANUAL"
        self._world.cycles.sample_map_resolution = IMPORTANCE_MAP_PX
        bpy.context.scene.world = self._world
        self._current: tuple[object, ...] | None = None
        self.show(WorldSpec(group=0, hdri=None, strength=1.0, color_rgb=(1.0, 1.0, 1.0)))

    def shows(self, spec: WorldSpec) -> bool:
        """Whether the scene's world is what `spec` says."""
        return self._current == _key(spec)

    def show(self, spec: WorldSpec) -> None:
        """Make the scene's world what `spec` says.

        Raises:
            RenderError: The environment map does not exist.
        """
        if self.shows(spec):
            return
        self._current = None
        _write_nodes(self._world, spec)
        self._world.update_tag()
        unused = [image for image in bpy.data.images if image.users == 0]
        bpy.data.batch_remove(unused)
        self._current = _key(spec)


def _key(spec: WorldSpec) -> tuple[object, ...]:
    return spec.hdri, spec.strength, spec.color_rgb


def _write_nodes(world: bpy.types.World, spec: WorldSpec) -> None:
    n = Nodes()
    color: Socket | tuple[float, float, float] = spec.color_rgb
    if spec.hdri is not None:
        picture = n.add("ShaderNodeTexEnvironment", image=_load_hdri(spec.hdri)).out("Color")
        color = picture if spec.color_rgb == (1.0, 1.0, 1.0) else n.shade(picture, spec.color_rgb)
    background = n.add("ShaderNodeBackground")
    n.feed(background, Color=color, Strength=spec.strength)
    n.feed(n.add("ShaderNodeOutputWorld"), Surface=background.out())
    n.create(empty_node_tree(world))


def _load_hdri(name: str) -> bpy.types.Image:
    if "/" in name:
        return load_picture(name)
    path = hdri_folder() / Path(name).name
    if not path.is_file():
        known = ", ".join(sorted(file.name for file in hdri_folder().glob("*.exr")))
        raise RenderError(f"no environment map {name!r} in the bpy wheel", hint=f"known: {known}")
    return bpy.data.images.load(str(path), check_existing=True)
