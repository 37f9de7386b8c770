"""Unlabelled shop furniture that faces +x: a unit of shelves, and a stall whose trays rise in steps to the back.

Goods are put on the heights that a draw's `levels_m` holds, shelves from below, a stall's steps from the front.
"""

from __future__ import annotations

from collections.abc import Mapping

from numpy.random import Generator

from synthvis.draws import chance, pick, rounded
from synthvis.objects.clutter import any_color, any_surface, distractor, joined
from synthvis.objects.mesh.finishes import cloth, painted, steel, wood
from synthvis.objects.mesh.joinery import beam, board, rectangle
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import Part, moved
from synthvis.objects.mesh.params import number, numbers, surface_seed, text
from synthvis.objects.object_type import ObjectType, Sample
from synthvis.objects.spec import Param, SurfaceSpec

__all__ = ["OBJECT_TYPES", "RIM_M", "sample_shelves", "sample_stall"]

Params = Mapping[str, Param]

RIM_M = 0.014
"""Thickness of the rims between the trays of a stall."""

_SIDE_M, _BACK_M, _LIP_M = 0.025, 0.012, 0.012


def sample_shelves(
    rng: Generator, *, gap_m: tuple[float, float] = (0.3, 0.42), depth_m: tuple[float, float] = (0.28, 0.45)
) -> Sample:
    """A draw of `shelf_unit`: two to four shelves over a base, which is closed or stands on the floor.

    Args:
        rng: Source of the draws.
        gap_m: Least and greatest height from one shelf to the next.
        depth_m: Least and greatest depth.
    """
    style = pick(rng, {"case": 3.0, "gondola": 3.0, "rack": 1.5})
    base, gap = rounded(rng, (0.08, 0.9)), rounded(rng, gap_m)
    count = max(2, min(int(rng.integers(2, 5)), round((1.9 - base) / gap)))
    params: dict[str, Param] = {
        "style": style,
        "width_m": rounded(rng, (0.8, 1.6)),
        "depth_m": rounded(rng, depth_m),
        "levels_m": tuple(round(base + gap * level, 4) for level in range(count)),
        "top_m": round(base + gap * count + (0.0 if style == "case" else 0.05), 4),
        "thick_m": rounded(rng, (0.016, 0.035)),
        "lip": chance(rng, 0.6),
        "closed_base": chance(rng, 0.7),
    }
    frame = {"case": wood(rng, paint_share=0.35), "gondola": painted(rng), "rack": steel(rng)}[style]
    shelf = frame if chance(rng, 0.6) else wood(rng, paint_share=0.5)
    labels: dict[str, Param] = {"color": (0.8, 0.8, 0.78), "color_2": any_color(rng), "color_3": any_color(rng),
                                "color_4": (0.75, 0.6, 0.1), "block_m": 0.05, "seed": surface_seed(rng)}  # fmt: skip
    surfaces = {"frame": frame, "shelf": shelf, "back": frame if chance(rng, 0.6) else painted(rng)}
    lip = SurfaceSpec(kind="paper", params=labels) if chance(rng, 0.6) else shelf
    if style == "rack":
        del surfaces["back"]
    return Sample(params=params, surfaces=surfaces | ({"lip": lip} if params["lip"] else {}))


def sample_stall(rng: Generator) -> Sample:
    """A draw of `stall`: one to three steps of one to five trays each, on a closed or an open table."""
    width = rounded(rng, (0.6, 1.25))
    steps = int(pick(rng, {"1": 1.0, "2": 2.5, "3": 1.0}))
    base, rise = rounded(rng, (0.5, 0.85)), rounded(rng, (0.06, 0.16))
    params: dict[str, Param] = {
        "width_m": width,
        "step_m": rounded(rng, (0.25, 0.36)),
        "levels_m": tuple(round(base + rise * level, 4) for level in range(steps)),
        "trays": tuple(max(1, round(width / rounded(rng, (0.26, 0.5)))) for _ in range(steps)),
        "rim_m": rounded(rng, (0.03, 0.07)),
        "skirt": chance(rng, 0.65),
    }
    timber = wood(rng, paint_share=0.3)
    rims = timber if chance(rng, 0.5) else any_surface(rng, {"wood": 2.0, "plastic": 2.0, "cardboard": 1.0})
    skirt = cloth(rng, pattern_share=0.5) if chance(rng, 0.4) else timber
    lining = any_surface(rng, {"paper": 0.5, "plastic": 1.0, "wood": 2.0, "fabric": 1.0})
    below = {"skirt": skirt} if params["skirt"] else {"legs": timber}
    return Sample(params=params, surfaces={"rims": rims, "trays": lining, **below})


def _block(slot: str, x_m: tuple[float, float], y_m: tuple[float, float], z_m: tuple[float, float]) -> Part:
    outline = rectangle(x_m[1] - x_m[0], y_m[1] - y_m[0], 0.002)
    middle = ((x_m[0] + x_m[1]) / 2, (y_m[0] + y_m[1]) / 2, 0.0)
    return moved(board(slot, outline, z_m[0], z_m[1], bevel_m=0.0015), offset_m=middle)


def _build_shelves(params: Params) -> Mesh:
    x, y = number(params, "depth_m") / 2, number(params, "width_m") / 2
    levels, thick = numbers(params, "levels_m"), number(params, "thick_m")
    parts = [_block("shelf", (-x, x), (-y, y), (level - thick, level)) for level in levels]
    if params["lip"]:
        parts += [_block("lip", (x, x + _LIP_M), (-y, y), (level - thick - 0.02, level)) for level in levels]
    if params["closed_base"]:
        parts.append(_block("frame", (-x, x - 0.02), (-y, y), (0.0, levels[0] - thick)))
    return joined(parts + _frame(params, x, y))


def _frame(params: Params, x: float, y: float) -> list[Part]:
    style, top = text(params, "style"), number(params, "top_m")
    back = _block("back", (-x - _BACK_M, -x), (-y, y), (0.0, top))
    if style == "case":
        edges = ((y, y + _SIDE_M), (-y - _SIDE_M, -y))
        sides = [_block("frame", (-x - _BACK_M, x), edge, (0.0, top)) for edge in edges]
        return [back, *sides, _block("frame", (-x - _BACK_M, x), (-y, y), (top, top + _SIDE_M))]
    ends = [s * (y + 0.015) for s in (1, -1)]
    rear = [beam("frame", (-x, b, 0.0), (-x, b, top), 0.03, 0.03) for b in ends]
    if style == "gondola":
        return [back, *rear]
    return rear + [beam("frame", (x - 0.015, b, 0.0), (x - 0.015, b, top), 0.03, 0.03) for b in ends]


def _build_stall(params: Params) -> Mesh:
    levels, step = numbers(params, "levels_m"), number(params, "step_m")
    y, rim = number(params, "width_m") / 2, number(params, "rim_m")
    front, parts = len(levels) * step / 2, []
    low = levels[0] - 0.1
    for index, (level, trays) in enumerate(zip(levels, numbers(params, "trays"), strict=True)):
        x = front - (index + 1) * step, front - index * step
        parts.append(_block("trays", x, (-y, y), (low if index else level - 0.03, level)))
        parts += [_block("rims", (a - RIM_M / 2, a + RIM_M / 2), (-y, y), (level - 0.05, level + rim)) for a in x]
        edges = [-y + 2 * y * share / trays for share in range(int(trays) + 1)]
        parts += [_block("rims", x, (b - RIM_M / 2, b + RIM_M / 2), (level - 0.05, level + rim)) for b in edges]
    if params["skirt"]:
        parts.append(_block("skirt", (-front + 0.02, front - 0.02), (0.02 - y, y - 0.02), (0.0, levels[0] - 0.03)))
        return joined(parts)
    legs = [(a, b) for a in (-front + 0.05, front - 0.05) for b in (0.05 - y, y - 0.05)]
    return joined(parts + [beam("legs", (a, b, 0.0), (a, b, levels[0] - 0.03), 0.06, 0.06) for a, b in legs])


OBJECT_TYPES: tuple[ObjectType, ...] = (
    distractor("shelf_unit", sample_shelves, _build_shelves, front_rad=0.0),
    distractor("stall", sample_stall, _build_stall, front_rad=0.0),
)
"""What goods stand on in shops and on markets."""
