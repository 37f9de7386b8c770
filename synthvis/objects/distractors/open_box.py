"""An open box that parts lie in: a moulded container, a carton, a crate of wood, a tray of sheet metal."""

from __future__ import annotations

from collections.abc import Mapping

from numpy.random import Generator

from synthvis.draws import pick, rounded
from synthvis.objects.clutter import distractor, joined
from synthvis.objects.mesh.finishes import wood
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import Part, moved
from synthvis.objects.mesh.params import linear_rgb, number, shade_of, surface_seed, text
from synthvis.objects.mesh.plates import stack
from synthvis.objects.object_type import ObjectType, Sample
from synthvis.objects.spec import Param, SurfaceSpec, Vec3

__all__ = ["OBJECT_TYPES", "OPEN_BOX", "open_box"]

STYLES = {"moulded": 5.0, "carton": 2.0, "sheet": 1.5, "crate": 1.0}
MOULDED = {
    "#2a5fa8": 3.0,
    "#8c8f94": 3.0,
    "#a83028": 1.0,
    "#26282c": 2.0,
    "#e8e6e0": 1.5,
    "#d8a020": 0.7,
    "#3a7a4a": 0.6,
}
WALL = {"moulded": 0.012, "carton": 0.012, "sheet": 0.006, "crate": 0.03}
"""Thickness of the walls over the longer side of the box."""


def open_box(rng: Generator, depth_m: float, width_m: float, height_m: float) -> Sample:
    """A box of any style.

    Args:
        rng: Source of the draws.
        depth_m: Inner size along x.
        width_m: Inner size along y.
        height_m: From the inner floor to the rim.
    """
    style = pick(rng, STYLES)
    params: dict[str, Param] = {
        "style": style,
        "depth_m": round(depth_m, 4),
        "width_m": round(width_m, 4),
        "height_m": round(height_m, 4),
        "wall_m": round(WALL[style] * max(depth_m, width_m), 5),
    }
    return Sample(params=params, surfaces={"sides": _surface(style, rng)})


def _sample(rng: Generator) -> Sample:
    depth_m = rounded(rng, (0.15, 0.5))
    return open_box(rng, depth_m, depth_m * rounded(rng, (0.6, 1.0)), depth_m * rounded(rng, (0.25, 0.5)))


def _surface(style: str, rng: Generator) -> SurfaceSpec:
    if style == "crate":
        return wood(rng, paint_share=0.1)
    seed = surface_seed(rng)
    if style == "carton":
        return SurfaceSpec(kind="cardboard", params={"color": shade_of(rng, "#a5784c", value=0.25), "seed": seed})
    if style == "sheet":
        steel: dict[str, Param] = {"color": linear_rgb("#b0b2b6"), "roughness": rounded(rng, (0.25, 0.5)), "wear": 0.5}
        return SurfaceSpec(kind="metal", params=steel)
    color = shade_of(rng, pick(rng, MOULDED), value=0.2)
    plastic: dict[str, Param] = {"color": color, "roughness": rounded(rng, (0.3, 0.6)), "grain": 0.3, "seed": seed}
    return SurfaceSpec(kind="plastic", params=plastic)


def _build(params: Mapping[str, Param]) -> Mesh:
    depth_m, width_m, height_m, wall_m = (number(params, name) for name in ("depth_m", "width_m", "height_m", "wall_m"))
    style = text(params, "style")
    outer = (depth_m + 2 * wall_m, width_m + 2 * wall_m)
    parts = [_board((outer[0], outer[1], wall_m))]
    levels = _boards(height_m, wall_m) if style == "crate" else [(wall_m, height_m)]
    for base_m, high_m in levels:
        parts += _frame((depth_m, width_m), wall_m, base_m, high_m)
    if style == "moulded":
        rim_m = 1.6 * wall_m
        parts += _frame(outer, rim_m, wall_m + height_m - rim_m, rim_m)
        parts += _frame(outer, 0.6 * wall_m, wall_m + 0.45 * height_m, 0.8 * wall_m)
    return joined(parts)


def _frame(inner_m: tuple[float, float], wall_m: float, base_m: float, high_m: float) -> list[Part]:
    """Four walls around a rectangle, which do not enter each other."""
    depth_m, width_m = inner_m
    ends = _board((wall_m, width_m, high_m))
    sides = _board((depth_m + 2 * wall_m, wall_m, high_m))
    at_x, at_y = (depth_m + wall_m) / 2, (width_m + wall_m) / 2
    return [
        *(moved(ends, offset_m=(sign * at_x, 0.0, base_m)) for sign in (-1.0, 1.0)),
        *(moved(sides, offset_m=(0.0, sign * at_y, base_m)) for sign in (-1.0, 1.0)),
    ]


def _board(size_m: Vec3) -> Part:
    """An upright box with edges that are a little round, on z = 0."""
    half_x_m, half_y_m, high_m = size_m[0] / 2, size_m[1] / 2, size_m[2]
    corner_m = 0.15 * min(half_x_m, half_y_m)
    return stack("sides", [(0.0, half_x_m, half_y_m, corner_m), (high_m, half_x_m, half_y_m, corner_m)])


def _boards(height_m: float, wall_m: float) -> list[tuple[float, float]]:
    """Boards with gaps between them, as (lower edge, height)."""
    count = 3
    board_m = 0.8 * height_m / count
    gap_m = (height_m - count * board_m) / count
    return [(wall_m + gap_m + number * (board_m + gap_m), board_m) for number in range(count)]


OPEN_BOX = distractor("open_box", _sample, _build)

OBJECT_TYPES: tuple[ObjectType, ...] = (OPEN_BOX,)
