"""Unlabelled case furniture: benches under television sets, bedside tables, chests of drawers, bookcases, wardrobes.

One carcass of boards, its cells open or closed by doors and drawers; it stands on z = 0 and faces +x.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from synthvis.draws import chance, pick, rounded
from synthvis.objects.clutter import UPRIGHT, joined
from synthvis.objects.mesh.finishes import steel, wood
from synthvis.objects.mesh.joinery import beam, sweep
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import Part
from synthvis.objects.mesh.params import number, text
from synthvis.objects.object_type import FACES_PLUS_X, ObjectType, Sample
from synthvis.objects.spec import Param

__all__ = ["OBJECT_TYPES", "niches_m"]

Params = Mapping[str, Param]
Span = tuple[float, float]

BOARD_M, BACK_M, FRONT_M = 0.02, 0.012, 0.018
"""Thickness of boards, of the wall behind and of doors."""
GAP_M = 0.004
PIECE_M = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """Ranges of one piece; cells are chosen by weight: "o" open, "d" doors, "w" drawers, "m" a mix of all by row."""

    width_m: Span
    depth_m: Span
    height_m: Span
    columns: tuple[int, int]
    rows: tuple[int, int]
    cells: Mapping[str, float]
    leg_m: Span = (0.0, 0.16)
    backless: float = 0.0


_FORMS: dict[str, _Form] = {
    "tv_bench": _Form(
        width_m=(1.0, 2.1),
        depth_m=(0.36, 0.5),
        height_m=(0.36, 0.66),
        columns=(2, 4),
        rows=(1, 2),
        cells={"m": 3.0, "d": 1.5, "w": 1.0, "o": 1.5},
    ),
    "nightstand": _Form(
        width_m=(0.36, 0.58),
        depth_m=(0.33, 0.46),
        height_m=(0.45, 0.68),
        columns=(1, 1),
        rows=(1, 3),
        cells={"m": 3.0, "d": 0.7, "w": 2.5, "o": 0.8},
        leg_m=(0.0, 0.3),
    ),
    "dresser": _Form(
        width_m=(0.75, 1.6),
        depth_m=(0.4, 0.5),
        height_m=(0.72, 1.12),
        columns=(1, 3),
        rows=(3, 5),
        cells={"w": 4.0, "m": 1.0, "d": 1.0},
    ),
    "bookcase": _Form(
        width_m=(0.6, 1.3),
        depth_m=(0.26, 0.36),
        height_m=(0.85, 2.1),
        columns=(1, 2),
        rows=(2, 6),
        cells={"o": 5.0, "m": 1.0},
        leg_m=(0.0, 0.08),
        backless=0.3,
    ),
    "wardrobe": _Form(
        width_m=(0.9, 2.0),
        depth_m=(0.55, 0.64),
        height_m=(1.85, 2.3),
        columns=(2, 4),
        rows=(1, 1),
        cells={"d": 1.0},
        leg_m=(0.0, 0.12),
    ),
}
MIN_ROW_M = 0.26
"""Height of a row that takes books."""


def _sample(rng: Generator, form: _Form) -> Sample:
    height_m = rounded(rng, form.height_m)
    leg_m = rounded(rng, (0.05, form.leg_m[1])) if chance(rng, 0.6) else 0.0
    rows = int(rng.integers(form.rows[0], form.rows[1] + 1))
    if "o" in form.cells and form.rows[1] > 2:
        rows = min(rows, max(1, int((height_m - leg_m) / MIN_ROW_M)))
    columns = int(rng.integers(form.columns[0], form.columns[1] + 1))
    fill = pick(rng, form.cells)
    cells = "".join(fill if fill != "m" else str(rng.choice(list("odw"))) for _ in range(rows * columns))
    params: dict[str, Param] = {
        "width_m": rounded(rng, form.width_m),
        "depth_m": rounded(rng, form.depth_m),
        "height_m": height_m,
        "leg_m": leg_m,
        "columns": columns,
        "rows": rows,
        "cells": cells,
        "backless": chance(rng, form.backless),
        "overhang_m": rounded(rng, (0.0, 0.025)),
        "handle": pick(rng, {"knob": 2.0, "bar": 2.0, "none": 1.0}),
    }
    body = wood(rng, paint_share=0.4)
    surfaces = {
        "case": body,
        "front": body if chance(rng, 0.65) else wood(rng, paint_share=0.5),
        "handle": steel(rng),
        "leg": body if chance(rng, 0.6) else steel(rng),
    }
    return Sample(params=params, surfaces={slot: surfaces[slot] for slot in _build(params).slots})


def _rows_m(params: Params) -> list[Span]:
    """Lowest and highest z within each row, upwards."""
    low, high = number(params, "leg_m") + BOARD_M, number(params, "height_m") - BOARD_M
    rows = int(number(params, "rows"))
    pitch = (high - low + BOARD_M) / rows
    return [(low + k * pitch, low + (k + 1) * pitch - BOARD_M) for k in range(rows)]


def _columns_m(params: Params) -> list[Span]:
    """Lowest and highest y within each column."""
    half, columns = number(params, "width_m") / 2, int(number(params, "columns"))
    pitch = (2 * half - BOARD_M) / columns
    return [(-half + BOARD_M + k * pitch, -half + (k + 1) * pitch) for k in range(columns)]


def niches_m(params: Params) -> list[tuple[Span, Span, Span]]:
    """The x, y and z spans of every open cell; things stand on the lower z.

    Args:
        params: Of any of `OBJECT_TYPES`.
    """
    half, columns = number(params, "depth_m") / 2, _columns_m(params)
    found = []
    for index, cell in enumerate(text(params, "cells")):
        if cell == "o":
            row = _rows_m(params)[index // len(columns)]
            found.append(((-half + BACK_M, half), columns[index % len(columns)], row))
    return found


def _carcass(params: Params) -> list[Part]:
    w, d, h, leg = (number(params, name) for name in ("width_m", "depth_m", "height_m", "leg_m"))
    top = d + 2 * number(params, "overhang_m") * (leg > 0)
    found = [_level("case", w + top - d, top, h - BOARD_M), _level("case", w, d, leg)]
    for _, high in _rows_m(params)[:-1]:
        found.append(_level("case", w - 2 * BOARD_M + 0.002, d - 0.002, high))
    sides = [-w / 2 + BOARD_M / 2, w / 2 - BOARD_M / 2, *(low - BOARD_M / 2 for low, _ in _columns_m(params)[1:])]
    inner = (leg + 0.002, h - 0.002)
    found += [beam("case", (0, y, inner[0]), (0, y, inner[1]), BOARD_M, d - 0.001, bevel_m=0.001) for y in sides]
    if not params["backless"]:
        middle = (inner[0] + inner[1]) / 2
        x = -d / 2 + BACK_M / 2
        wall = ((x, -w / 2 + 0.004, middle), (x, w / 2 - 0.004, middle))
        found.append(beam("case", *wall, BACK_M, inner[1] - inner[0], bevel_m=0.001))
    return found


def _level(slot: str, width_m: float, depth_m: float, low_m: float) -> Part:
    # In pieces, so that what looks for a place to stand samples it densely enough.
    along = np.linspace(-width_m / 2, width_m / 2, max(2, math.ceil(width_m / PIECE_M) + 1))
    curve = np.column_stack([np.zeros_like(along), along, np.full_like(along, low_m + BOARD_M / 2)])
    return sweep(slot, curve, depth_m, BOARD_M, bevel_m=0.002)


def _fronts(params: Params) -> list[Part]:
    columns, rows, x = _columns_m(params), _rows_m(params), number(params, "depth_m") / 2 - FRONT_M / 2
    found: list[Part] = []
    for index, cell in enumerate(text(params, "cells")):
        if cell == "o":
            continue
        (y_low, y_high), (low, high) = columns[index % len(columns)], rows[index // len(columns)]
        middle = (low + high) / 2
        # Doors stand a little proud of the case, and so do drawers.
        face = ((x + 0.006, y_low + GAP_M, middle), (x + 0.006, y_high - GAP_M, middle))
        found.append(beam("front", *face, FRONT_M, high - low - 2 * GAP_M, bevel_m=0.003))
        side = 1.0 if index % 2 else -1.0
        y = (y_low + y_high) / 2 if cell == "w" else (y_low + y_high) / 2 - side * 0.4 * (y_high - y_low)
        found += _handle(text(params, "handle"), cell, x + FRONT_M / 2 + 0.006, y, middle)
    return found


def _handle(style: str, cell: str, x: float, y: float, z: float) -> list[Part]:
    if style == "none":
        return []
    if style == "knob":
        return [beam("handle", (x - 0.004, y, z), (x + 0.022, y, z), 0.026, 0.026, bevel_m=0.008)]
    reach = ((x + 0.02, y - 0.06, z), (x + 0.02, y + 0.06, z)) if cell == "w" else None
    ends = reach or ((x + 0.02, y, z - 0.07), (x + 0.02, y, z + 0.07))
    feet = [beam("handle", (x - 0.004, *end[1:]), (x + 0.024, *end[1:]), 0.01, 0.01) for end in ends]
    return [beam("handle", *ends, 0.01, 0.01), *feet]


def _legs(params: Params) -> list[Part]:
    leg = number(params, "leg_m")
    x, y = number(params, "depth_m") / 2 - 0.035, number(params, "width_m") / 2 - 0.04
    corners = [(a, b) for a in (-x, x) for b in (-y, y)] if leg else []
    return [beam("leg", (a, b, leg + 0.004), (a, b, 0.0), 0.045, 0.045, taper=0.7) for a, b in corners]


def _build(params: Params) -> Mesh:
    return joined([*_carcass(params), *_fronts(params), *_legs(params)])


def _kind(name: str, form: _Form) -> ObjectType:
    return ObjectType(
        name=name,
        category=None,
        sample=lambda rng: _sample(rng, form),
        build=_build,
        rest_poses=(UPRIGHT,),
        front_rad=FACES_PLUS_X,
    )


OBJECT_TYPES: tuple[ObjectType, ...] = tuple(_kind(name, form) for name, form in _FORMS.items())
"""Benches, bedside tables, chests, bookcases and wardrobes."""
