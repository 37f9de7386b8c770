"""Unlabelled things for streets, yards and lawns: posts, signs, barriers, drums, tyres, crates."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.random import Generator

from synthvis.draws import chance, pick, rounded
from synthvis.geometry import rotation_about
from synthvis.objects.clutter import LYING, UPRIGHT, any_surface, distractor, joined
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import box, cylinder, moved, revolve
from synthvis.objects.mesh.params import number, shade_of, surface_seed, text
from synthvis.objects.mesh.tyres import BLACK_RUBBER, STEEL, tyre
from synthvis.objects.object_type import ObjectType, Sample
from synthvis.objects.spec import Param, SurfaceSpec

__all__ = ["OBJECT_TYPES"]


def _striped(rng: Generator, *, slant: float, width_m: float) -> SurfaceSpec:
    """Warning stripes: red or orange and white, or black and yellow."""
    first, second = pick(rng, {"#d01f1f #f2f2f0": 5.0, "#f06414 #f2f2f0": 3.0, "#f2c01e #161616": 2.0}).split()
    params: dict[str, Param] = {
        "color": shade_of(rng, first),
        "color_b": shade_of(rng, second, value=0.1),
        "slant": slant,
        "width_m": width_m,
        "dirt": rounded(rng, (0.0, 0.7)),
        "seed": surface_seed(rng),
    }
    return SurfaceSpec(kind="striped", params=params)


# Posts, signs, barriers


def _sample_post(rng: Generator) -> Sample:
    params: dict[str, Param] = {
        "radius_m": rounded(rng, (0.025, 0.12)),
        "height_m": rounded(rng, (0.5, 3.0)),
    }
    if chance(rng, 0.45):
        surface = _striped(rng, slant=0.0, width_m=rounded(rng, (0.15, 0.5)))
    else:
        surface = any_surface(rng, {"metal": 3.0, "plastic": 2.0, "wood": 2.0, "concrete": 1.5})
    base = BLACK_RUBBER if chance(rng, 0.4) else surface
    return Sample(params=params, surfaces={"shaft": surface, "foot": base})


def _build_post(params: Mapping[str, Param]) -> Mesh:
    r, h = number(params, "radius_m"), number(params, "height_m")
    shaft = revolve(
        "shaft", [0, r, r, r, 0.9 * r, 0.55 * r, 0], [0, 0, 0.02, h - 0.5 * r, h - 0.2 * r, h - 0.03 * r, h], 24
    )
    return joined([shaft, cylinder("foot", 2.2 * r, 0.05, 24, bevel_m=0.006)])


def _sample_sign(rng: Generator) -> Sample:
    shape = pick(rng, ("rectangle", "diamond", "disc", "triangle"))
    params: dict[str, Param] = {
        "shape": shape,
        "size_m": rounded(rng, (0.35, 0.9)),
        "height_m": rounded(rng, (0.6, 2.6)),
        "aspect": rounded(rng, (0.6, 1.7)) if shape == "rectangle" else 1.0,
    }
    face, rim, ink = pick(
        rng,
        {"#f2f2f0 #c81e1e #161616": 3.0, "#f0b81c #161616 #161616": 2.0, "#e8641e #161616 #161616": 2.0,
         "#c81e1e #f2f2f0 #f2f2f0": 2.0, "#1c4fa0 #f2f2f0 #f2f2f0": 2.0, "#1f7a3a #f2f2f0 #f2f2f0": 1.0},
    ).split()  # fmt: skip
    sign: dict[str, Param] = {
        "color": shade_of(rng, face),
        "rim_color": shade_of(rng, rim),
        "ink_color": shade_of(rng, ink),
        "center_z_m": number(params, "height_m"),
        "size_m": number(params, "size_m"),
        "aspect": number(params, "aspect"),
        "shape": shape,
        "seed": surface_seed(rng),
    }
    return Sample(params=params, surfaces={"board": SurfaceSpec(kind="sign", params=sign), "post": STEEL})


def _build_sign(params: Mapping[str, Param]) -> Mesh:
    size_m, z, shape = number(params, "size_m"), number(params, "height_m"), text(params, "shape")
    z = max(z, 0.6 * size_m)
    if shape in ("rectangle", "diamond"):
        board = moved(box("board", (size_m * number(params, "aspect"), 0.012, size_m)), offset_m=(0, 0, -size_m / 2))
        if shape == "diamond":
            board = moved(board, rotation=rotation_about((0, 1, 0), np.pi / 4) * 0.8)
    else:
        upright = rotation_about((1, 0, 0), np.pi / 2) @ rotation_about((0, 0, 1), np.pi / 2)
        sides = 40 if shape == "disc" else 3
        flat = cylinder("board", size_m * (0.5 if shape == "disc" else 0.62), 0.012, sides, bevel_m=0.001)
        board = moved(flat, rotation=upright)
    post = moved(cylinder("post", 0.03, z + 0.3 * size_m, 16), offset_m=(0, 0.045, 0))
    return joined([moved(board, offset_m=(0, 0, z)), post])


def _sample_barrier(rng: Generator) -> Sample:
    params: dict[str, Param] = {
        "length_m": rounded(rng, (0.9, 2.2)),
        "height_m": rounded(rng, (0.6, 1.1)),
        "board_m": rounded(rng, (0.12, 0.3)),
        "boards": int(rng.integers(1, 3)),
    }
    board = _striped(rng, slant=float(rng.choice([0.0, 0.8, -0.8, 1.2])), width_m=rounded(rng, (0.2, 0.5)))
    legs = any_surface(rng, {"metal": 2.0, "plastic": 2.0})
    return Sample(params=params, surfaces={"board": board, "legs": legs})


def _build_barrier(params: Mapping[str, Param]) -> Mesh:
    length_m, h, board_m = number(params, "length_m"), number(params, "height_m"), number(params, "board_m")
    parts = [
        moved(box("board", (length_m, 0.03, board_m)), offset_m=(0, 0, h - (1.6 * k + 1) * board_m))
        for k in range(int(number(params, "boards")))
        if h - (1.6 * k + 1) * board_m > 0.05
    ]
    for x in (-0.42 * length_m, 0.42 * length_m):
        parts.append(moved(box("legs", (0.05, 0.05, h * 0.98)), offset_m=(x, 0.04, 0)))
        parts.append(moved(box("legs", (0.07, 0.5, 0.05)), offset_m=(x, 0, 0)))
    return joined(parts)


# Drums, tyres, stones, crates


def _sample_barrel(rng: Generator) -> Sample:
    params: dict[str, Param] = {
        "radius_m": rounded(rng, (0.2, 0.32)),
        "height_m": rounded(rng, (0.7, 1.05)),
    }
    surface = (
        _striped(rng, slant=0.0, width_m=rounded(rng, (0.25, 0.4)))
        if chance(rng, 0.4)
        else any_surface(rng, {"metal": 2.0, "plastic": 2.0, "wood": 1.0})
    )
    return Sample(params=params, surfaces={"side": surface})


def _build_barrel(params: Mapping[str, Param]) -> Mesh:
    r, h = number(params, "radius_m"), number(params, "height_m")
    share = np.array([0, 0.01, 0.03, 0.3, 0.32, 0.34, 0.36, 0.63, 0.65, 0.67, 0.69, 0.97, 0.99, 1.0])
    swell = np.array([0.97, 1, 1, 1, 1.03, 1.03, 1, 1, 1.03, 1.03, 1, 1, 1, 0.97])
    return joined([revolve("side", [0, *(r * swell), 0.94 * r, 0], [0, *(h * share), 0.98 * h, 0.98 * h], 40)])


def _sample_tyre(rng: Generator) -> Sample:
    params: dict[str, Param] = {
        "radius_m": rounded(rng, (0.27, 0.42)),
        "width_m": rounded(rng, (0.15, 0.26)),
    }
    return Sample(params=params, surfaces={"rubber": BLACK_RUBBER})


def _build_tyre(params: Mapping[str, Param]) -> Mesh:
    return joined([tyre("rubber", number(params, "radius_m"), number(params, "width_m"))])


def _sample_block(rng: Generator) -> Sample:
    params: dict[str, Param] = {
        "length_m": rounded(rng, (0.3, 1.2)),
        "depth_m": rounded(rng, (0.12, 0.4)),
        "height_m": rounded(rng, (0.1, 0.45)),
        "count": int(rng.integers(1, 4)),
    }
    surface = any_surface(rng, {"concrete": 4.0, "granite": 1.0, "brick": 1.0, "plastic": 0.5})
    return Sample(params=params, surfaces={"stone": surface})


def _build_block(params: Mapping[str, Param]) -> Mesh:
    length_m, count = number(params, "length_m"), int(number(params, "count"))
    stone = box("stone", (length_m, number(params, "depth_m"), number(params, "height_m")))
    return joined([moved(stone, offset_m=((k - (count - 1) / 2) * (length_m + 0.008), 0, 0)) for k in range(count)])


def _sample_crate(rng: Generator) -> Sample:
    params: dict[str, Param] = {
        "length_m": rounded(rng, (0.35, 1.0)),
        "depth_m": rounded(rng, (0.3, 0.7)),
        "height_m": rounded(rng, (0.2, 0.7)),
        "slats": int(rng.integers(2, 5)),
    }
    return Sample(params=params, surfaces={"slats": any_surface(rng, {"wood": 4.0, "plastic": 1.5})})


def _build_crate(params: Mapping[str, Param]) -> Mesh:
    length_m, d, h, slats = (number(params, k) for k in ("length_m", "depth_m", "height_m", "slats"))
    pitch, parts = h / slats, [box("slats", (length_m, d, 0.02))]
    for k in range(int(slats)):
        for y in (-d / 2, d / 2):
            parts.append(moved(box("slats", (length_m, 0.018, 0.7 * pitch)), offset_m=(0, y, k * pitch + 0.15 * pitch)))
        for x in (-length_m / 2, length_m / 2):
            parts.append(moved(box("slats", (0.018, d, 0.7 * pitch)), offset_m=(x, 0, k * pitch + 0.15 * pitch)))
    for x in (-0.46 * length_m, 0.46 * length_m):
        parts += [moved(box("slats", (0.04, 0.04, h)), offset_m=(x, y, 0)) for y in (-0.46 * d, 0.46 * d)]
    return joined(parts)


OBJECT_TYPES: tuple[ObjectType, ...] = (
    distractor("post", _sample_post, _build_post),
    distractor("sign", _sample_sign, _build_sign),
    distractor("barrier", _sample_barrier, _build_barrier),
    distractor("barrel", _sample_barrel, _build_barrel, (UPRIGHT, LYING)),
    distractor("tyre", _sample_tyre, _build_tyre),
    distractor("kerb_stone", _sample_block, _build_block),
    distractor("crate", _sample_crate, _build_crate),
)
"""Things of 0.1 to 3 m, for streets, yards and lawns."""
