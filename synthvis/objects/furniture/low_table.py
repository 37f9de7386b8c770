"""Unlabelled low tables: coffee tables and side tables, square, long, round and oval."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.random import Generator

from synthvis.draws import chance, pick, rounded
from synthvis.objects.clutter import UPRIGHT, joined
from synthvis.objects.mesh.finishes import steel, wood
from synthvis.objects.mesh.joinery import beam, board, oval, rectangle, rod
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import Part
from synthvis.objects.mesh.params import linear_rgb, number, surface_seed, text
from synthvis.objects.object_type import ObjectType, Sample
from synthvis.objects.spec import Param, SurfaceSpec

__all__ = ["LOW_TABLE", "OBJECT_TYPES", "SIDE_TABLE"]

Params = Mapping[str, Param]


def _sample_low(rng: Generator) -> Sample:
    top = pick(rng, {"rectangle": 5.0, "round": 2.0, "oval": 0.8, "square": 1.5})
    wide_m = rounded(rng, (0.5, 0.72))
    long_m = rounded(rng, (0.9, 1.35)) if top in ("rectangle", "oval") else wide_m * 1.25
    return _table(rng, top, long_m, wide_m if top in ("rectangle", "oval") else long_m, rounded(rng, (0.32, 0.48)))


def _sample_side(rng: Generator) -> Sample:
    top = pick(rng, {"round": 2.0, "square": 2.0})
    size_m = rounded(rng, (0.36, 0.56))
    return _table(rng, top, size_m, size_m, rounded(rng, (0.44, 0.64)))


def _table(rng: Generator, top: str, long_m: float, wide_m: float, height_m: float) -> Sample:
    params: dict[str, Param] = {
        "top": top,
        "long_m": long_m,
        "wide_m": wide_m,
        "height_m": height_m,
        "thick_m": rounded(rng, (0.014, 0.05)),
        "corner_m": rounded(rng, (0.004, 0.05)),
        "legs": pick(rng, {"square": 3.0, "rod": 2.0, "block": 1.0 if top in ("rectangle", "square") else 0.0}),
        "leg_m": rounded(rng, (0.03, 0.07)),
        "shelf": chance(rng, 0.35),
    }
    timber = wood(rng, paint_share=0.25)
    made_of = pick(rng, {"wood": 7.0, "glass": 1.2, "white": 0.8, "marble": 0.6})
    tops = {
        "wood": timber,
        "glass": SurfaceSpec(kind="glass", params={"color": (0.86, 0.94, 0.91), "seed": surface_seed(rng)}),
        "white": SurfaceSpec(kind="plastic", params={"color": linear_rgb("#f1f0ec"), "roughness": 0.25, "grain": 0.0}),
        "marble": SurfaceSpec(kind="marble", params={"scale": rounded(rng, (1.5, 4.0)), "seed": surface_seed(rng)}),
    }
    legs = timber if made_of == "wood" and chance(rng, 0.7) else steel(rng, black_share=0.6)
    return Sample(params=params, surfaces={"top": tops[made_of], "legs": legs})


def _build(params: Params) -> Mesh:
    long_m, wide_m, high, thick = (number(params, name) for name in ("long_m", "wide_m", "height_m", "thick_m"))
    is_round = params["top"] in ("round", "oval")
    outline = oval(wide_m, long_m, 48) if is_round else rectangle(wide_m, long_m, number(params, "corner_m"), 5)
    parts = [board("top", outline, high - thick, high)]
    if params["legs"] == "block":
        inner = rectangle(0.86 * wide_m, 0.86 * long_m, 0.01)
        return joined([*parts, board("legs", inner, 0.0, high - thick - 0.02)])
    share = 0.62 if is_round else 1.0
    leg = number(params, "leg_m")
    x, y = share * wide_m / 2 - 0.7 * leg, share * long_m / 2 - 0.7 * leg
    under = high - thick
    for a, b in ((x, y), (x, -y), (-x, y), (-x, -y)):
        parts.append(_leg(text(params, "legs"), a, b, under, leg))
    if params["shelf"]:
        parts.append(board("legs", np.asarray(rectangle(2 * x, 2 * y, 0.01)), 0.3 * high, 0.3 * high + 0.015))
    return joined(parts)


def _leg(style: str, x: float, y: float, under_m: float, leg_m: float) -> Part:
    if style == "rod":
        return rod("legs", [(0.85 * x, 0.85 * y, under_m), (x, y, 0.0)], 0.35 * leg_m, 10)
    return beam("legs", (x, y, under_m), (x, y, 0.0), leg_m, leg_m, taper=0.85)


LOW_TABLE = ObjectType(name="low_table", category=None, sample=_sample_low, build=_build, rest_poses=(UPRIGHT,))
"""A coffee table, its long side along y."""
SIDE_TABLE = ObjectType(name="side_table", category=None, sample=_sample_side, build=_build, rest_poses=(UPRIGHT,))
"""What stands beside a couch or a bed."""

OBJECT_TYPES: tuple[ObjectType, ...] = (LOW_TABLE, SIDE_TABLE)
