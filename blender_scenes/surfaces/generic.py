"""Surfaces that any object may wear."""

from __future__ import annotations

from blender_scenes.surfaces.nodes import Builder, Color, Nodes, Params, color_of, number_of

__all__ = ["SURFACES"]

GREY: Color = (0.8, 0.8, 0.8)


def plain(n: Nodes, params: Params) -> None:
    """One colour. `emission` lifts a white backdrop to pure white; `variation` adds soft patches."""
    color = color_of(params, "color", GREY)
    emission = number_of(params, "emission", 0.0)
    variation = number_of(params, "variation", 0.0)
    shown = n.shade(color, n.remap(n.noise(n.coords(), 1.5), 0.3, 0.7, (1 - variation, 1.0))) if variation else color
    roughness, specular = number_of(params, "roughness", 0.6), number_of(params, "specular", 0.5)
    n.surface(shown, roughness=roughness, specular=specular, emission=emission)


SURFACES: dict[str, Builder] = {
    "plain": plain,
}
"""Surface kinds of this module by name."""
