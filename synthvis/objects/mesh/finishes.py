"""What furniture is finished in: wood, paint, metal, cloth and leather as homes have them."""

from __future__ import annotations

from numpy.random import Generator

from synthvis.draws import chance, pick, rounded
from synthvis.objects.mesh.params import linear_rgb, shade_of, surface_seed
from synthvis.objects.spec import Param, SurfaceSpec

__all__ = ["cloth", "hide", "painted", "steel", "wood"]

_WOODS = {
    "#b98a58 #8a5c34": 4.0,
    "#d3ad7c #b08450": 3.0,
    "#8a5732 #5a3418": 3.0,
    "#5c3821 #341c0e": 3.0,
    "#3a241a #1e120c": 2.0,
    "#a9572c #6e3014": 1.5,
    "#e4cfae #c6a67c": 1.5,
    "#8c8074 #5e564c": 0.7,
}
_WEATHERED = {"#8c8478 #57514a": 3.0, "#a57a4c #6a4a2c": 3.0, "#7a5636 #442e1c": 2.0, "#5a3a24 #30200f": 1.5}
_PAINTS = {"#f2f0ea": 5.0, "#1c1c1e": 3.0, "#e6dfd0": 1.5, "#6a7a84": 1.0, "#2e5a3e": 0.8, "#b42a22": 0.7,
           "#2c4a7a": 0.7, "#e0b020": 0.5, "#8fb4b8": 0.7, "#d87a3a": 0.3}  # fmt: skip
_CLOTHS = {"#8d8a86": 4.0, "#c9c0b0": 4.0, "#55565a": 3.5, "#e6e2da": 2.5, "#3a3f4c": 2.0, "#6b4c35": 2.0,
           "#232325": 2.0, "#a48a68": 1.5, "#7a2a26": 1.2, "#2f5a5e": 0.8, "#5e6a48": 1.0, "#4a6a9a": 1.0,
           "#b89a2e": 0.5, "#c87a80": 0.5, "#9a3a20": 0.6}  # fmt: skip
_HIDES = {"#2a1a14": 3.0, "#161616": 3.5, "#6a3a20": 3.0, "#8c5a34": 1.5, "#d8cdbb": 1.5, "#e8e6e2": 1.0,
          "#4a1a16": 1.0, "#7a7672": 0.6, "#24382e": 0.4}  # fmt: skip
_METALS = {"#c8c9cc": 4.0, "#8a8c90": 2.0, "#b8a06a": 0.5}


def wood(rng: Generator, *, outdoors: bool = False, paint_share: float = 0.2) -> SurfaceSpec:
    """Varnished, oiled, weathered or painted timber."""
    seed = surface_seed(rng)
    if chance(rng, paint_share):
        color = shade_of(rng, pick(rng, _PAINTS), value=0.12)
        more: dict[str, Param] = {"dark_color": shade_of(rng, "#000000"), "figure": rounded(rng, (0.02, 0.08))}
        worn = rounded(rng, (0.2, 0.9)) if outdoors and chance(rng, 0.6) else 0.0
        rough = rounded(rng, (0.25, 0.5))
        return SurfaceSpec(
            kind="timber", params={**more, "color": color, "worn": worn, "roughness": rough, "seed": seed}
        )
    light, dark = pick(rng, _WEATHERED if outdoors else _WOODS).split()
    grain: dict[str, Param] = {
        "color": shade_of(rng, light, value=0.25),
        "dark_color": shade_of(rng, dark, value=0.25),
        "figure": rounded(rng, (0.35, 1.0)),
        "worn": rounded(rng, (0.1, 0.7)) if outdoors and chance(rng, 0.5) else 0.0,
        "roughness": rounded(rng, (0.55, 0.85)) if outdoors else rounded(rng, (0.18, 0.55)),
        "seed": seed,
    }
    return SurfaceSpec(kind="timber", params=grain)


def painted(rng: Generator, hex_code: str | None = None) -> SurfaceSpec:
    """Lacquer on metal or solid plastic; any usual paint unless told."""
    color = shade_of(rng, hex_code or pick(rng, _PAINTS), value=0.15)
    rough = rounded(rng, (0.18, 0.5))
    return SurfaceSpec(
        kind="plastic", params={"color": color, "roughness": rough, "grain": 0.0, "seed": surface_seed(rng)}
    )


def steel(rng: Generator, *, black_share: float = 0.35) -> SurfaceSpec:
    """Chrome, brushed steel or black powder coat."""
    if chance(rng, black_share):
        return painted(rng, "#18181a")
    params: dict[str, Param] = {
        "color": linear_rgb(pick(rng, _METALS)),
        "roughness": rounded(rng, (0.08, 0.4)),
        "wear": 0.2,
    }
    return SurfaceSpec(kind="metal", params=params)


def cloth(
    rng: Generator, *, pattern_share: float = 0.2, wrinkle_m: float = 0.005, fold_scale: float = 7.0
) -> SurfaceSpec:
    """Woven cover, plain for the most part."""
    patterns = {"stripes": 2.0, "checks": 1.0, "floral": 2.0, "dots": 0.6}
    plain = {"plain": 4.0, "tweed": 2.0, "ribs": 0.7}
    params: dict[str, Param] = {
        "color": shade_of(rng, pick(rng, _CLOTHS), value=0.25),
        "color_2": shade_of(rng, pick(rng, _CLOTHS), value=0.3),
        "color_3": shade_of(rng, pick(rng, _CLOTHS), value=0.3, hue=0.3),
        "pattern": pick(rng, patterns if chance(rng, pattern_share) else plain),
        "size_m": rounded(rng, (0.02, 0.07)),
        "wrinkle_m": wrinkle_m,
        "fold_scale": fold_scale,
        "sheen": rounded(rng, (0.0, 0.5)),
        "seed": surface_seed(rng),
    }
    if params["pattern"] == "tweed":
        params["color_2"] = shade_of(rng, "#d8d4cc" if chance(rng, 0.5) else "#2a2a2c", value=0.3)
    return SurfaceSpec(kind="upholstery", params=params)


def hide(rng: Generator, *, tuft_m: float = 0.0) -> SurfaceSpec:
    """Leather, buttoned where `tuft_m` is not 0."""
    params: dict[str, Param] = {
        "color": shade_of(rng, pick(rng, _HIDES), value=0.25),
        "worn": rounded(rng, (0.1, 0.7)),
        "roughness": rounded(rng, (0.26, 0.5)),
        "wrinkle_m": rounded(rng, (0.002, 0.006)),
        "tuft_m": tuft_m,
        "seed": surface_seed(rng),
    }
    return SurfaceSpec(kind="leather", params=params)
