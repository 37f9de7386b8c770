"""Surfaces that show what the user brought: materials of meshes, textures, photographs."""

from __future__ import annotations

import math

from blender_scenes.materials.nodes import Builder, Nodes, Value
from blender_scenes.materials.params import Params, color_of, flag_of, number_of, text_of

__all__ = ["SURFACES"]


def asset(n: Nodes, params: Params) -> None:
    """A picture laid on by the mesh, or colours of its vertices, or one colour."""
    picture = text_of(params, "picture", "")
    color: Value = color_of(params, "color", (0.6, 0.6, 0.6))
    if picture:
        color = n.picture(picture, n.uv())
    elif flag_of(params, "painted", False):
        color = n.combine(n.attribute("red"), n.attribute("green"), n.attribute("blue"))
    n.surface(color, roughness=number_of(params, "roughness", 0.5), metallic=number_of(params, "metallic", 0.0))


def picture(n: Nodes, params: Params) -> None:
    """A texture laid on flat, `tile_m` wide before it repeats, its light and dark slightly raised by `bump`."""
    n.flatten()
    tile_m, turn = max(number_of(params, "tile_m", 1.0), 1e-3), number_of(params, "turn_rad", 0.0)
    at = n.vector("DIVIDE", n.flat(), (tile_m, tile_m, tile_m))
    if turn:
        x, y, _ = n.axes(at)
        cos, sin = math.cos(turn), math.sin(turn)
        across = n.math("SUBTRACT", n.math("MULTIPLY", x, cos), n.math("MULTIPLY", y, sin))
        at = n.combine(across, n.math("ADD", n.math("MULTIPLY", x, sin), n.math("MULTIPLY", y, cos)))
    color = n.picture(text_of(params, "picture", ""), at)
    bump = number_of(params, "bump", 0.0)
    grey = n.vector("DOT_PRODUCT", color, (0.2126, 0.7152, 0.0722)) if bump else None
    normal = n.bump(grey, distance_m=0.004 * tile_m, strength=bump) if bump else None
    n.surface(color, roughness=number_of(params, "roughness", 0.6), normal=normal)


def photograph(n: Nodes, params: Params) -> None:
    """A photograph on an upright strip across x, filling it; it shines, since its own light is in it already."""
    _, y, z = n.axes(n.generated())
    across = y if flag_of(params, "mirrored", False) else n.math("SUBTRACT", 1.0, y)
    color = n.picture(text_of(params, "picture", ""), n.combine(across, z))
    light = n.add("ShaderNodeEmission")
    n.feed(light, Color=color, Strength=number_of(params, "strength", 1.0))
    n.output(light.out())


SURFACES: dict[str, Builder] = {"asset": asset, "photograph": photograph, "picture": picture}
"""By the name that `SurfaceSpec.kind` holds."""
