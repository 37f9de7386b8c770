"""Surfaces of parts as workshops make them."""

from __future__ import annotations

from blender_scenes.materials.nodes import Builder, Nodes
from blender_scenes.materials.params import Params, color_of, number_of

__all__ = ["SURFACES"]


def cast_iron(n: Nodes, params: Params) -> None:
    """Iron as it comes from the sand: dark and grainy, with patches of `rust`."""
    roughness, rust = number_of(params, "roughness", 0.6), number_of(params, "rust", 0.0)
    at = n.coords()
    sand = n.noise(at, 700.0, detail=3.0, roughness=0.65)
    lumps = n.noise(at, 90.0, detail=2.0)
    color = n.shade(color_of(params, "color", (0.05, 0.05, 0.05)), n.remap(sand, 0.25, 0.75, (0.6, 1.35)))
    if rust:
        patches = n.remap(n.noise(at, 45.0, detail=5.0, roughness=0.7), 0.62 - 0.2 * rust, 0.75, (0.0, 0.9))
        color = n.mix(patches, color, (0.16, 0.055, 0.02))
    height = n.math("MULTIPLY_ADD", lumps, 0.7, sand)
    n.surface(color, roughness=roughness, metallic=0.6, normal=n.bump(height, distance_m=0.0006, strength=0.7))


def lacquer(n: Nodes, params: Params) -> None:
    """Paint on metal: a clear coat that lies as smooth as a mirror or, by `peel`, as the skin of an orange."""
    roughness, peel = number_of(params, "roughness", 0.3), number_of(params, "peel", 0.2)
    waves = n.noise(n.coords(), 420.0, detail=1.0)
    n.surface(
        color_of(params, "color", (0.05, 0.2, 0.6)),
        roughness=n.remap(n.noise(n.coords(), 30.0), 0.3, 0.7, (max(roughness - 0.06, 0.02), roughness + 0.06)),
        coat=0.7,
        normal=n.bump(waves, distance_m=0.0003, strength=peel) if peel else None,
    )


def moulded_rubber(n: Nodes, params: Params) -> None:
    """Rubber out of a mould: matt, with a little dust."""
    dust = n.remap(n.noise(n.coords(), 160.0, detail=5.0, roughness=0.7), 0.4, 0.8, (0.0, 0.1))
    fine = n.noise(n.coords(), 1200.0, detail=1.0)
    n.surface(
        n.mix(dust, color_of(params, "color", (0.03, 0.03, 0.03)), (0.3, 0.28, 0.25)),
        roughness=number_of(params, "roughness", 0.7),
        specular=0.35,
        normal=n.bump(fine, distance_m=0.0002, strength=0.25),
    )


def clear_solid(n: Nodes, params: Params) -> None:
    """A clear solid: what the eye meets first refracts, and further on light goes straight through.

    True glass needs more surfaces on a path than we trace, and is black inside where they end.
    """
    color = color_of(params, "color", (0.95, 0.98, 0.96))
    solid, clear = n.add("ShaderNodeBsdfGlass"), n.add("ShaderNodeBsdfTransparent")
    n.feed(solid, Color=color, Roughness=number_of(params, "roughness", 0.0), IOR=number_of(params, "ior", 1.45))
    n.feed(clear, Color=tuple(0.8 * channel**2 for channel in color))
    path, chooser = n.add("ShaderNodeLightPath"), n.add("ShaderNodeMixShader")
    beyond = n.math("MAXIMUM", n.math("GREATER_THAN", path.out("Ray Depth"), 0.5), path.out("Is Shadow Ray"))
    n.feed(chooser, beyond, solid.out(), clear.out())
    n.output(chooser.out())


SURFACES: dict[str, Builder] = {
    "cast_iron": cast_iron,
    "clear_solid": clear_solid,
    "lacquer": lacquer,
    "moulded_rubber": moulded_rubber,
}
"""By the name that `SurfaceSpec.kind` holds."""
