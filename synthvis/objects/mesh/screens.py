"""What television sets and computers show: draws of the surface "display"."""

from __future__ import annotations

from collections.abc import Mapping

from numpy.random import Generator

from synthvis.draws import chance, pick, rounded
from synthvis.objects.mesh.params import linear_rgb, shade_of, surface_seed
from synthvis.objects.spec import Param, SurfaceSpec

__all__ = ["PROGRAMMES", "WORK", "screen"]

PROGRAMMES: Mapping[str, float] = {
    "person": 3.0, "film": 2.0, "landscape": 2.0, "match": 2.0, "tiles": 1.2, "desktop": 0.4, "blank": 0.4,
}  # fmt: skip
"""Pictures of a television set."""

WORK: Mapping[str, float] = {
    "desktop": 3.0, "web": 2.0, "document": 1.6, "code": 1.6, "landscape": 0.8, "film": 0.5, "person": 0.4,
    "tiles": 0.4, "blank": 0.2,
}  # fmt: skip
"""Pictures of a computer."""

_SKIES = ("#3a78c8 #c8dcea", "#2450a0 #e8b070", "#6a4a8a #f09050", "#9ab4c8 #e0e4e6", "#101a3a #4a5a8a")
_GROUNDS = ("#3c5a22", "#5a4a30", "#1e2a1c", "#c8a870", "#284a5a", "#e8eef2")
_TONES = ("#1c3f8a", "#2a7ac8", "#c03a2a", "#e0903a", "#2c8a6a", "#6a3a8a", "#d8a0b8", "#1a1c24", "#cfd6dc", "#7a5a3a")
_SKINS = ("#e8b894", "#c88a62", "#8a5636", "#5a3620")
_HAIRS = ("#1c1410", "#4a2c18", "#b08a50", "#8a8a88")


def screen(rng: Generator, pictures: Mapping[str, float], *, on_share: float, aspect: float) -> SurfaceSpec:
    """A display that shows one of `pictures`, or is off.

    Args:
        rng: Source of the draw.
        pictures: Names by weight, see `PROGRAMMES` and `WORK`.
        on_share: Share of displays that are on.
        aspect: Width over height.
    """
    roughness = rounded(rng, (0.05, 0.2)) if chance(rng, 0.5) else rounded(rng, (0.25, 0.45))
    params: dict[str, Param] = {"picture": "off", "roughness": roughness, "seed": surface_seed(rng)}
    if chance(rng, on_share):
        params |= _picture(rng, pick(rng, pictures)) | {
            "aspect": aspect,
            "brightness": rounded(rng, (0.6, 1.8)),
        }
    return SurfaceSpec(kind="display", params=params)


def _picture(rng: Generator, picture: str) -> dict[str, Param]:
    first, second, third = (shade_of(rng, pick(rng, _TONES), value=0.3) for _ in range(3))
    if picture == "landscape":
        first, second = (shade_of(rng, code) for code in pick(rng, _SKIES).split())
        third = shade_of(rng, pick(rng, _GROUNDS), value=0.3)
    params: dict[str, Param] = {"picture": picture, "color": first, "color_b": second, "color_c": third}
    if picture == "person":
        params |= {
            "skin_color": shade_of(rng, pick(rng, _SKINS)),
            "hair_color": shade_of(rng, pick(rng, _HAIRS)),
            "banner_color": shade_of(rng, pick(rng, ("#1c3f8a", "#b01c1c", "#202020"))),
        }
    if picture in ("tiles", "code"):
        params["color_b"] = linear_rgb(pick(rng, ("#14161c", "#1a1420", "#20242c")))
    if picture == "blank":
        params["color"] = linear_rgb(pick(rng, ("#0a1eb4", "#101014", "#e8ecf0", "#0a6a8a")))
    return params | {
        "x": rounded(rng, (0.3, 0.7)),
        "size": rounded(rng, (0.15, 0.34)),
        "tilt": rounded(rng, (-0.15, 0.15)),
        "rows": float(rng.integers(18, 36)),
        "banner": chance(rng, 0.4),
        "window": chance(rng, 0.5),
    }
