"""Unlabelled things on walls: framed pictures, mirrors and posters, windows with and without curtains.

They stand upright and face -y.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.random import Generator

from synthvis.draws import chance, pick, rounded
from synthvis.objects.clutter import UPRIGHT, joined
from synthvis.objects.mesh.finishes import cloth, painted, steel, wood
from synthvis.objects.mesh.joinery import beam, rod
from synthvis.objects.mesh.joinery import sheet as drape
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import Part
from synthvis.objects.mesh.params import linear_rgb, number, shade_of, surface_seed
from synthvis.objects.mesh.plates import facing, sheet
from synthvis.objects.mesh.screens import screen
from synthvis.objects.object_type import FACES_MINUS_Y, ObjectType, Sample
from synthvis.objects.spec import Param, SurfaceSpec

__all__ = ["OBJECT_TYPES", "WINDOW_TALL_M"]

Params = Mapping[str, Param]

_MOTIFS = {"landscape": 4.0, "person": 1.5, "film": 1.0, "tiles": 0.7}
_MOUNTS = {"#f4f2ec": 5.0, "#e6dcc4": 2.0, "#1c1c1e": 1.0, "#b8c0c0": 0.5}
_SKIES = {"#eef4ff": 4.0, "#cfe2f8": 2.0, "#fff6e4": 1.5, "#0c1220": 1.2}
WINDOW_TALL_M = (2.1, 2.3)
"""Height of a window with its curtains, which end just over the floor."""


def _sample_picture(rng: Generator) -> Sample:
    size_m, aspect = rounded(rng, (0.18, 0.8)), rounded(rng, (0.65, 1.6))
    framed = chance(rng, 0.85)
    params: dict[str, Param] = {
        "width_m": size_m * aspect**0.5,
        "height_m": size_m / aspect**0.5,
        "frame_m": rounded(rng, (0.01, 0.05)) if framed else 0.0,
        "mount": rounded(rng, (0.08, 0.2)) if framed and chance(rng, 0.5) else 0.0,
        "depth_m": rounded(rng, (0.012, 0.03)),
    }
    surfaces = {"picture": _motif(rng, aspect)}
    if framed:
        surfaces["frame"] = wood(rng, paint_share=0.5) if chance(rng, 0.8) else steel(rng)
    surfaces["mount"] = SurfaceSpec(kind="plain", params={"color": shade_of(rng, pick(rng, _MOUNTS)), "roughness": 0.7})
    return Sample(params=params, surfaces=surfaces)


def _motif(rng: Generator, aspect: float) -> SurfaceSpec:
    style = pick(rng, {"scene": 5.0, "random": 2.0, "paper": 0.6, "mirror": 0.5})
    if style == "scene":
        lit = screen(rng, _MOTIFS, on_share=1.0, aspect=round(aspect, 3))
        return SurfaceSpec(kind="painting", params=lit.params)
    colors: dict[str, Param] = {
        f"color{tail}": shade_of(rng, pick(rng, ("#c83a2a", "#e8c040", "#2a4a7a", "#f0ece0", "#1c1c1e", "#7a9a8a")))
        for tail in ("", "_2", "_3")
    }
    if style == "mirror":
        return SurfaceSpec(kind="metal", params={"color": (0.8, 0.82, 0.82), "roughness": 0.03, "wear": 0.0})
    extra: dict[str, Param] = {"scale": rounded(rng, (2.0, 9.0)), "sharpness": rounded(rng, (0.0, 1.0))}
    if style == "paper":
        extra = {"block_m": rounded(rng, (0.08, 0.3))}
    return SurfaceSpec(kind=style, params={**colors, **extra, "seed": surface_seed(rng)})


def _panel(slot: str, half_x_m: float, half_y_m: float, z_m: float, thick_m: float) -> Part:
    """A flat sheet about the origin with "u" and "v", its front at `z_m`."""
    x, y = np.meshgrid(np.array([-half_x_m, half_x_m]), np.array([-half_y_m, half_y_m]))
    return sheet(slot, np.stack([x, y, np.full_like(x, z_m - thick_m / 2)], axis=2), thick_m)


def _frame(slot: str, half_x_m: float, half_y_m: float, bar_m: float, depth_m: float) -> list[Part]:
    """Four bars outside of a rectangle, from z = 0 to `depth_m`."""
    x, y, z = half_x_m + bar_m / 2, half_y_m + bar_m / 2, depth_m / 2
    found = [beam(slot, (-x - bar_m / 2, b, z), (x + bar_m / 2, b, z), bar_m, depth_m) for b in (y, -y)]
    return found + [beam(slot, (a, -y, z), (a, y, z), bar_m, depth_m) for a in (x, -x)]


def _build_picture(params: Params) -> Mesh:
    half_x, half_y = number(params, "width_m") / 2, number(params, "height_m") / 2
    depth, mount = number(params, "depth_m"), number(params, "mount")
    bar = number(params, "frame_m")
    front = 0.6 * depth if bar else depth
    margin = mount * min(half_x, half_y)
    parts = [_panel("mount", half_x, half_y, front, front)]
    parts.append(_panel("picture", half_x - margin, half_y - margin, front + 0.0012, 0.001))
    if bar:
        parts += _frame("frame", half_x, half_y, bar, depth)
    return joined([facing(part, (0, 0, 0)) for part in parts])


def _sample_window(rng: Generator, *, curtains: bool) -> Sample:
    height_m = rounded(rng, (1.0, 1.45))
    params: dict[str, Param] = {
        "width_m": rounded(rng, (0.7, 1.9)),
        "height_m": height_m,
        "bars_x": int(rng.integers(0, 3)),
        "bars_y": int(rng.integers(0, 3)) if chance(rng, 0.5) else 0,
        "frame_m": rounded(rng, (0.04, 0.08)),
        "tall_m": rounded(rng, WINDOW_TALL_M) if curtains else 0.0,
        "drawn": rounded(rng, (0.12, 0.45)),
        "folds": int(rng.integers(3, 7)),
    }
    aspect = round(number(params, "width_m") / height_m, 3)
    if chance(rng, 0.55):
        lit = screen(rng, {"landscape": 1.0}, on_share=1.0, aspect=aspect)
        view = SurfaceSpec(kind="display", params={**lit.params, "brightness": rounded(rng, (0.8, 3.0))})
    else:
        sky = linear_rgb(pick(rng, _SKIES))
        view = SurfaceSpec(kind="plain", params={"color": sky, "roughness": 0.1, "emission": rounded(rng, (0.8, 2.5))})
    white = painted(rng, "#f2f1ec") if chance(rng, 0.7) else wood(rng)
    surfaces = {"view": view, "frame": white}
    if curtains:
        surfaces |= {"curtain": cloth(rng, pattern_share=0.3, wrinkle_m=0.002), "rail": steel(rng)}
    return Sample(params=params, surfaces=surfaces)


def _build_window(params: Params) -> Mesh:
    half_x, half_y, bar = number(params, "width_m") / 2, number(params, "height_m") / 2, number(params, "frame_m")
    parts = [_panel("view", half_x, half_y, 0.012, 0.01), *_frame("frame", half_x, half_y, bar, 0.03)]
    for name, reach, other in (("bars_x", half_x, half_y), ("bars_y", half_y, half_x)):
        count = int(number(params, name))
        for at in np.linspace(-reach, reach, count + 2)[1:-1].tolist():
            ends = [(at, -other), (at, other)] if name == "bars_x" else [(-other, at), (other, at)]
            start, end = ((*place, 0.016) for place in ends)
            parts.append(beam("frame", start, end, 0.035, 0.018))
    tall = number(params, "tall_m")
    if tall:
        top = half_y + bar + 0.06
        parts += _curtains(params, half_x + bar, top, top - tall)
    return joined([facing(part, (0, 0, 0)) for part in parts])


def _curtains(params: Params, half_x_m: float, top_m: float, low_m: float) -> list[Part]:
    """Two lengths of cloth in folds at either side, under a rail."""
    reach, folds = half_x_m + 0.18, int(number(params, "folds"))
    wide = number(params, "drawn") * reach + 0.1
    share = np.linspace(0.0, 1.0, 6 * folds + 1)
    found = [rod("rail", [(-reach - 0.05, top_m, 0.07), (reach + 0.05, top_m, 0.07)], 0.012)]
    for side in (-1.0, 1.0):
        x = side * reach - side * wide * share
        z = 0.07 + 0.025 * np.sin(2 * np.pi * folds * share)
        rows = [np.stack([x, np.full_like(x, y), z], axis=1) for y in (low_m, top_m + 0.01)]
        grid = np.stack(rows if side < 0 else rows[::-1])
        found.append(drape("curtain", grid, 0.004))
    return found


def _kind(name: str, curtains: bool | None) -> ObjectType:
    is_picture = curtains is None
    return ObjectType(
        name=name,
        category=None,
        sample=_sample_picture if is_picture else lambda rng: _sample_window(rng, curtains=bool(curtains)),
        build=_build_picture if is_picture else _build_window,
        rest_poses=(UPRIGHT,),
        front_rad=FACES_MINUS_Y,
    )


OBJECT_TYPES: tuple[ObjectType, ...] = (
    _kind("wall_picture", None),
    _kind("window", False),
    _kind("curtained_window", True),
)
"""Pictures and windows."""
