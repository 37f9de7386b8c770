"""Surfaces of own meshes: what their files say."""

from __future__ import annotations

from blender_scenes.surfaces.nodes import Builder, Nodes, Value
from blender_scenes.surfaces.params import Params, color_of, flag_of, number_of, text_of

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


SURFACES: dict[str, Builder] = {"asset": asset}
"""By the name that `SurfaceSpec.kind` holds."""
