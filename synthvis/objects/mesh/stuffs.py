"""What bare meshes are made of: a word such as "brushed metal" becomes a surface."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from numpy.random import Generator

from synthvis.draws import chance, pick, rounded
from synthvis.objects.mesh.params import shade_of, surface_seed
from synthvis.objects.spec import Param, SurfaceSpec, Vec3

__all__ = ["made_of", "some_plastic"]

COLORS = {
    "#d8d6d0": 3.0, "#2a2a2c": 2.0, "#8c8f94": 2.0, "#b42a22": 1.5, "#2c4a7a": 1.5, "#e0b020": 1.0, "#3a7a4a": 1.0,
    "#d87a3a": 1.0, "#7a5636": 1.0, "#c9c0b0": 1.0,
}  # fmt: skip
"""Of paint and plastic."""
METALS = {"#d2d3d5": 4.0, "#b4b6ba": 3.0, "#9a9ca0": 1.5, "#d0b070": 0.7, "#c08a68": 0.3}
IRONS = {"#3c3c3e": 3.0, "#4a4846": 2.0, "#565452": 1.0, "#4a3a30": 0.7}
RUBBERS = {"#141415": 5.0, "#2a2a2c": 1.0, "#5a1c18": 0.5, "#1c2a44": 0.5, "#8a8a86": 0.3}
GLASSES = {"#f4f8f6": 5.0, "#dcecf2": 1.0, "#f0e0b0": 0.4, "#c8e8d0": 0.4}
WOODS = {"#b98a58": 4.0, "#d3ad7c": 3.0, "#8a5732": 2.0, "#e4cfae": 1.5, "#5c3821": 1.0}


def made_of(material: str, colors: Sequence[str], rng: Generator) -> SurfaceSpec:
    """A surface of a material.

    Args:
        material: One of `synthvis.conventions.MATERIALS`.
        colors: sRGB hex codes, each as likely; none: those that the material has.
        rng: Source of the draws.

    Raises:
        KeyError: No such material.
    """
    make, usual = _STUFFS[material]
    color = shade_of(rng, pick(rng, colors or usual), value=0.15, hue=0.03)
    kind, params = make(color, rng)
    return SurfaceSpec(kind=kind, params={"color": color, **params, "seed": surface_seed(rng)})


def some_plastic(colors: Sequence[str], rng: Generator) -> SurfaceSpec:
    """Paint, lacquer or matt plastic, where nothing is known."""
    color = shade_of(rng, pick(rng, colors or COLORS), value=0.25)
    kind = "plastic" if chance(rng, 0.7) else "plain"
    params: dict[str, Param] = {
        "color": color,
        "roughness": rounded(rng, (0.15, 0.7)),
        "seed": surface_seed(rng),
    }
    if kind == "plastic":
        params["grain"] = 0.0
    return SurfaceSpec(kind=kind, params=params)


Drawn = tuple[str, dict[str, Param]]


def _plastic(_: Vec3, rng: Generator) -> Drawn:
    return "plastic", {"roughness": rounded(rng, (0.22, 0.55)), "grain": rounded(rng, (0.05, 0.35))}


def _brushed(_: Vec3, rng: Generator) -> Drawn:
    return "brushed_metal", {"roughness": rounded(rng, (0.22, 0.42))}


def _iron(_: Vec3, rng: Generator) -> Drawn:
    return "cast_iron", {"roughness": rounded(rng, (0.5, 0.75)), "rust": rounded(rng, (0.0, 0.5)) ** 2}


def _paint(_: Vec3, rng: Generator) -> Drawn:
    return "lacquer", {"roughness": rounded(rng, (0.15, 0.45)), "peel": rounded(rng, (0.0, 0.6))}


def _clear(_: Vec3, rng: Generator) -> Drawn:
    frosted = rounded(rng, (0.15, 0.4)) if chance(rng, 0.25) else rounded(rng, (0.0, 0.05))
    return "clear_solid", {"roughness": frosted, "ior": 1.45}


def _wood(color: Vec3, rng: Generator) -> Drawn:
    dark = tuple(round(share * channel, 5) for share, channel in zip((0.5, 0.42, 0.34), color, strict=True))
    return "wood", {"dark_color": dark, "ring_scale": rounded(rng, (20.0, 60.0)), "wear": rounded(rng, (0.0, 0.5))}


def _rubber(_: Vec3, rng: Generator) -> Drawn:
    return "moulded_rubber", {"roughness": rounded(rng, (0.55, 0.85))}


_STUFFS: Mapping[str, tuple[Callable[[Vec3, Generator], Drawn], Mapping[str, float]]] = {
    "plastic": (_plastic, COLORS),
    "brushed metal": (_brushed, METALS),
    "cast iron": (_iron, IRONS),
    "painted": (_paint, COLORS),
    "transparent": (_clear, GLASSES),
    "wood": (_wood, WOODS),
    "rubber": (_rubber, RUBBERS),
}
"""By material: the surface, and its usual colours."""
