"""Unlabelled kitchen furniture: a counter, a wall cupboard, a refrigerator; each faces +x, its back at -x."""

from __future__ import annotations

from collections.abc import Mapping

from numpy.random import Generator

from synthvis.draws import chance, pick, rounded
from synthvis.objects.clutter import distractor, joined
from synthvis.objects.mesh.finishes import painted, steel, wood
from synthvis.objects.mesh.joinery import beam, board, rectangle
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import Part, moved
from synthvis.objects.mesh.params import linear_rgb, number, shade_of, surface_seed
from synthvis.objects.object_type import ObjectType, Sample
from synthvis.objects.spec import Param, SurfaceSpec

__all__ = ["OBJECT_TYPES"]

Params = Mapping[str, Param]

_FRONTS = {
    "#f2f0ea": 5.0,
    "#e0d8c4": 2.0,
    "#8a9a92": 1.0,
    "#4a5660": 1.5,
    "#24292c": 1.0,
    "#a03028": 0.5,
    "#c8b060": 0.5,
}
_STONES = ("#2c2c2e", "#8a8680", "#c8c2b6", "#6a5a4c", "#e8e4dc")
_FRIDGES = {"#f0f0ee": 5.0, "#c8c9cc": 2.0, "#1c1c1e": 1.0, "#a83028": 0.3, "#a8c8c0": 0.3}
_TOP_M, _OVERHANG_M, _GAP_M, _DOOR_M = 0.035, 0.02, 0.005, 0.018


def _sample_counter(rng: Generator) -> Sample:
    params: dict[str, Param] = {
        "width_m": rounded(rng, (1.3, 2.6)),
        "depth_m": rounded(rng, (0.56, 0.66)),
        "height_m": rounded(rng, (0.84, 0.94)),
        "door_m": rounded(rng, (0.4, 0.65)),
        "drawer_share": rounded(rng, (0.18, 0.3)) if chance(rng, 0.6) else 0.0,
        "handle": pick(rng, {"bar": 2.0, "knob": 1.0, "none": 0.7}),
    }
    return Sample(params=params, surfaces={**_fronts(rng, params), "top": _worktop(rng)})


def _sample_cupboard(rng: Generator) -> Sample:
    params: dict[str, Param] = {
        "width_m": rounded(rng, (0.6, 1.8)),
        "depth_m": rounded(rng, (0.3, 0.36)),
        "height_m": rounded(rng, (0.55, 0.85)),
        "door_m": rounded(rng, (0.35, 0.55)),
        "handle": pick(rng, {"bar": 2.0, "knob": 1.0, "none": 0.7}),
    }
    return Sample(params=params, surfaces=_fronts(rng, params))


def _sample_fridge(rng: Generator) -> Sample:
    color = shade_of(rng, pick(rng, _FRIDGES), value=0.08)
    params: dict[str, Param] = {
        "width_m": rounded(rng, (0.55, 0.9)),
        "depth_m": rounded(rng, (0.6, 0.72)),
        "height_m": rounded(rng, (1.45, 1.95)),
        "split": rounded(rng, (0.3, 0.72)),
    }
    skin = SurfaceSpec(kind="plastic", params={"color": color, "roughness": rounded(rng, (0.15, 0.45)), "grain": 0.0})
    return Sample(params=params, surfaces={"skin": skin, "handle": steel(rng)})


def _fronts(rng: Generator, params: Params) -> dict[str, SurfaceSpec]:
    door = painted(rng, pick(rng, _FRONTS)) if chance(rng, 0.6) else wood(rng, paint_share=0.1)
    handle = steel(rng)
    return {"body": door, "door": door} | ({"handle": handle} if params["handle"] != "none" else {})


def _worktop(rng: Generator) -> SurfaceSpec:
    kind = pick(rng, {"wood": 2.5, "granite": 2.0, "marble": 1.0, "plastic": 1.5})
    if kind == "wood":
        return wood(rng, paint_share=0.0)
    params: dict[str, Param] = {"color": shade_of(rng, pick(rng, _STONES), value=0.2), "seed": surface_seed(rng)}
    if kind == "granite":
        params["color_2"] = shade_of(rng, pick(rng, _STONES), value=0.2)
    if kind == "marble":
        params["vein_color"] = linear_rgb("#6a6662")
    return SurfaceSpec(kind=kind, params=params)


def _slab(slot: str, size_m: tuple[float, float, float], offset_m: tuple[float, float, float]) -> Part:
    """A block of (x, y, z) extents about the middle of its foot."""
    x, y, z = size_m
    return moved(board(slot, rectangle(x, y, 0.002), 0.0, z, bevel_m=0.002, grain=(0.0, 0.0, 1.0)), offset_m=offset_m)


def _door(params: Params, front_m: float, middle_m: float, low_m: float, size_m: tuple[float, float]) -> list[Part]:
    """A door or drawer of (y, z) extents before x = `front_m`, with its handle."""
    wide, high = size_m[0] - _GAP_M, size_m[1] - _GAP_M
    found = [_slab("door", (_DOOR_M, wide, high), (front_m + _DOOR_M / 2, middle_m, low_m))]
    out = front_m + _DOOR_M + 0.015
    if params["handle"] == "bar":
        level, half = low_m + 0.86 * high, 0.2 * wide
        found.append(beam("handle", (out, middle_m - half, level), (out, middle_m + half, level), 0.012, 0.012))
    elif params["handle"] == "knob":
        found.append(_slab("handle", (0.03, 0.03, 0.03), (out - 0.005, middle_m, low_m + 0.8 * high)))
    return found


def _doors(params: Params, front_m: float, low_m: float, high_m: float) -> list[Part]:
    width_m = number(params, "width_m")
    count = max(1, round(width_m / number(params, "door_m")))
    pitch, found = width_m / count, []
    for index in range(count):
        found += _door(params, front_m, (index + 0.5) * pitch - width_m / 2, low_m, (pitch, high_m - low_m))
    return found


def _build_counter(params: Params) -> Mesh:
    width, depth, high = (number(params, name) for name in ("width_m", "depth_m", "height_m"))
    plinth, under = 0.1, high - _TOP_M
    body = depth - _OVERHANG_M - _DOOR_M
    front = -depth / 2 + body
    parts = [
        _slab("body", (body - 0.05, width, plinth), (-depth / 2 + (body - 0.05) / 2, 0, 0)),
        _slab("body", (body, width, under - plinth), (-depth / 2 + body / 2, 0, plinth)),
        _slab("top", (depth, width, _TOP_M), (0, 0, under)),
    ]
    drawer = number(params, "drawer_share") * (under - plinth)
    if drawer:
        parts += _doors(params, front, under - drawer, under)
    return joined(parts + _doors(params, front, plinth, under - drawer))


def _build_cupboard(params: Params) -> Mesh:
    width, depth, high = (number(params, name) for name in ("width_m", "depth_m", "height_m"))
    body = depth - _DOOR_M
    case = _slab("body", (body, width, high), (-_DOOR_M / 2, 0, 0))
    return joined([case, *_doors(params, depth / 2 - _DOOR_M, 0.0, high)])


def _build_fridge(params: Params) -> Mesh:
    width, depth, high = (number(params, name) for name in ("width_m", "depth_m", "height_m"))
    door, split = 0.06, number(params, "split") * high
    front = depth / 2 - door
    parts = [_slab("skin", (depth - door, width, high), (-door / 2, 0, 0))]
    for low, top in ((0.05, split), (split, high)):
        parts.append(_slab("skin", (door - 0.006, width, top - low - 0.01), (front + door / 2 + 0.003, 0, low)))
        grip, near = 0.42 * width, split - 0.3 if top == split else split + 0.08
        ends = ((depth / 2 + 0.03, grip, near), (depth / 2 + 0.03, grip, near + 0.24))
        parts.append(beam("handle", *ends, 0.02, 0.02))
    return joined(parts)


OBJECT_TYPES: tuple[ObjectType, ...] = (
    distractor("kitchen_counter", _sample_counter, _build_counter, front_rad=0.0),
    distractor("cupboard", _sample_cupboard, _build_cupboard, front_rad=0.0),
    distractor("fridge", _sample_fridge, _build_fridge, front_rad=0.0),
)
"""What stands and hangs along a kitchen's wall."""
