"""Unlabelled lamps for floors and tables, lit or not, and loose cushions."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.random import Generator

from synthvis.draws import chance, pick, rounded
from synthvis.objects.clutter import UPRIGHT, distractor, joined
from synthvis.objects.mesh.finishes import cloth, painted, steel, wood
from synthvis.objects.mesh.joinery import pillow
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import cylinder, ellipsoid, moved, revolve
from synthvis.objects.mesh.params import number, shade_of, surface_seed, text
from synthvis.objects.object_type import ObjectType, RestPose, Sample
from synthvis.objects.spec import Param, SurfaceSpec

__all__ = ["CUSHION", "FLOOR_LAMP", "OBJECT_TYPES", "TABLE_LAMP"]

_SHADES = {"#f4ead2": 5.0, "#ffffff": 3.0, "#d8c8a8": 1.5, "#b84a3a": 0.5, "#3a3a3c": 0.8, "#7a8a94": 0.5,
           "#e0b050": 0.5}  # fmt: skip
LIT_SHARE = 0.55


def _lamp(rng: Generator, params: dict[str, Param]) -> Sample:
    lit = chance(rng, LIT_SHARE)
    color = shade_of(rng, "#ffe0a8" if lit and chance(rng, 0.7) else pick(rng, _SHADES), value=0.15)
    shade: dict[str, Param] = {
        "color": color,
        "roughness": 0.8,
        "emission": rounded(rng, (0.6, 3.0)) if lit else 0.0,
    }
    glaze = SurfaceSpec(kind="ceramic", params={"color": shade_of(rng, pick(rng, _SHADES)), "seed": surface_seed(rng)})
    foot = pick(rng, {"steel": 2.0, "wood": 1.0, "paint": 1.0, "glaze": 2.0 if params["foot"] == "belly" else 0.0})
    makers: dict[str, Callable[[Generator], SurfaceSpec]] = {"steel": steel, "wood": wood, "paint": painted}
    base = makers[foot](rng) if foot in makers else glaze
    return Sample(params=params, surfaces={"shade": SurfaceSpec(kind="plain", params=shade), "base": base})


def _sample_floor(rng: Generator) -> Sample:
    style = pick(rng, {"cone": 3.0, "drum": 2.0, "globe": 1.0, "bowl": 1.2})
    params: dict[str, Param] = {
        "shade": style,
        "height_m": rounded(rng, (1.35, 1.8)),
        "radius_m": rounded(rng, (0.16, 0.24)),
        "tall": rounded(rng, (0.8, 1.4)),
        "foot": "disc",
        "foot_m": rounded(rng, (0.12, 0.16)),
        "stem_m": rounded(rng, (0.008, 0.016)),
    }
    return _lamp(rng, params)


def _sample_table(rng: Generator) -> Sample:
    style = pick(rng, {"cone": 4.0, "drum": 3.0, "globe": 1.0})
    params: dict[str, Param] = {
        "shade": style,
        "height_m": rounded(rng, (0.32, 0.66)),
        "radius_m": rounded(rng, (0.1, 0.18)),
        "tall": rounded(rng, (0.9, 1.3)),
        "foot": pick(rng, {"disc": 1.0, "belly": 1.5}),
        "foot_m": rounded(rng, (0.06, 0.085)),
        "stem_m": rounded(rng, (0.006, 0.012)),
    }
    return _lamp(rng, params)


def _build_lamp(params: Mapping[str, Param]) -> Mesh:
    h, r, stem, foot = (number(params, name) for name in ("height_m", "radius_m", "stem_m", "foot_m"))
    tall, style = r * number(params, "tall"), text(params, "shade")
    low = h - (2 * r if style == "globe" else tall)
    if style == "globe":
        shade = moved(ellipsoid("shade", (r, r, r), 24, 12), offset_m=(0, 0, h - r))
    else:
        wide, narrow = {"cone": (r, 0.6 * r), "drum": (r, 0.96 * r)}.get(style, (0.35 * r, r))
        outer, inner = np.array([wide, narrow]), np.array([narrow, wide]) - 0.003
        shade = revolve("shade", [*outer, *inner], [low, h, h, low], 28, loop=True)
    # The stem ends in a bulb that no opaque shade lets one see but from below.
    stalk = cylinder("base", stem, h - 0.25 * tall, 12)
    parts = [shade, stalk, moved(cylinder("shade", 0.03, 0.06, 12), offset_m=(0, 0, h - 0.3 * tall - 0.06))]
    if text(params, "foot") == "belly":
        share = np.array([0.0, 0.02, 0.1, 0.35, 0.6, 0.85, 1.0])
        swell = foot * np.array([0.55, 0.7, 0.9, 1.1, 0.85, 0.4, 0.2])
        parts.append(revolve("base", [0, *swell, 0], [0, *(share * low), low], 24))
    else:
        parts.append(cylinder("base", foot, 0.018, 28))
    return joined(parts)


def _sample_cushion(rng: Generator) -> Sample:
    params: dict[str, Param] = {
        "size_m": rounded(rng, (0.36, 0.52)),
        "full": rounded(rng, (0.26, 0.38)),
    }
    return Sample(params=params, surfaces={"cover": cloth(rng, pattern_share=0.4)})


def _build_cushion(params: Mapping[str, Param]) -> Mesh:
    size_m = number(params, "size_m")
    return joined([pillow("cover", size_m, size_m, number(params, "full") * size_m)])


_FLAT = RestPose(name="lying", weight=1.0, tilt_rad=(0.0, 0.0))

FLOOR_LAMP: ObjectType = distractor("floor_lamp", _sample_floor, _build_lamp, (UPRIGHT,))
TABLE_LAMP: ObjectType = distractor("table_lamp", _sample_table, _build_lamp, (UPRIGHT,))
CUSHION: ObjectType = distractor("cushion", _sample_cushion, _build_cushion, (_FLAT,))

OBJECT_TYPES: tuple[ObjectType, ...] = (FLOOR_LAMP, TABLE_LAMP, CUSHION)
