"""Kites: diamonds with tails, deltas, stunt kites, boxes, parafoils, and the inflatable arcs of kite surfers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.draws import chance, pick, rounded
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import Part, loft, merge, moved, tube
from synthvis.objects.mesh.params import linear_rgb, number, shade_of, surface_seed, text
from synthvis.objects.mesh.plates import FACING, face_grid, facing, limb, prism, sheet, split
from synthvis.objects.object_type import ObjectType, RestPose, Sample
from synthvis.objects.spec import Category, Param, SurfaceSpec

__all__ = ["KITE", "OBJECT_TYPES"]

Float = NDArray[np.float64]

_CATEGORY = Category(
    id=38,
    name="kite",
    supercategory="sports",
    keypoints=("nose", "tail", "left_tip", "right_tip"),
    skeleton=((0, 1), (0, 2), (0, 3), (1, 2), (1, 3)),
    flip_pairs=((2, 3),),
)

_CLOTHS = {"#d8222a": 3.0, "#2450c8": 2.5, "#f2c81e": 2.5, "#28a04a": 1.5, "#f2741c": 2.0, "#8a2ab0": 1.0,
           "#f060a0": 1.0, "#18a8c0": 1.3, "#121214": 1.2, "#f2f2f0": 1.5, "#b8e81c": 0.6}  # fmt: skip
_PATTERNS = {
    "diamond": {
        "plain": 1.5,
        "quarters": 3.0,
        "stripe": 1.0,
        "bands": 1.2,
        "fade": 1.0,
        "blot": 0.8,
        "slant": 0.7,
        "dots": 0.3,
    },
    "delta": {"plain": 1.0, "bands": 2.5, "fade": 1.5, "stripe": 1.0, "rails": 1.5, "blot": 0.6},
    "stunt": {"rails": 2.0, "bands": 1.5, "stripe": 1.5, "fade": 1.0, "ends": 1.0},
    "box": {"plain": 3.0, "bands": 1.0},
    "parafoil": {"plain": 3.0, "bands": 1.0, "fade": 0.7},
    "arc": {"plain": 1.5, "rails": 1.5, "stripe": 2.0, "slant": 1.0, "ends": 1.0},
}


def _sample(rng: Generator) -> Sample:
    style = pick(rng, {"diamond": 3.0, "delta": 3.0, "stunt": 1.3, "box": 0.9, "parafoil": 1.6, "arc": 2.2})
    width = {"diamond": (0.55, 1.3), "delta": (1.1, 2.8), "stunt": (1.4, 2.4), "box": (0.35, 0.6),
             "parafoil": (0.9, 2.6), "arc": (3.5, 6.5)}[style]  # fmt: skip
    aspect = {"diamond": (1.05, 1.4), "delta": (0.48, 0.62), "stunt": (0.38, 0.46), "box": (1.7, 2.4),
              "parafoil": (0.4, 0.62), "arc": (0.2, 0.3)}[style]  # fmt: skip
    tails = {"diamond": (1, 3) if chance(rng, 0.25) else (1, 1), "delta": (0, 3), "stunt": (0, 0), "box": (0, 1),
             "parafoil": (0, 3), "arc": (0, 0)}[style]  # fmt: skip
    wide = rounded(rng, width)
    params: dict[str, Param] = {
        "style": style,
        "width_m": wide,
        "height_m": round(wide * rounded(rng, aspect), 5),
        "bow": rounded(rng, (0.04, 0.16)),
        "split": rounded(rng, (0.62, 0.76)),
        "cells": int(rng.integers(5, 11)),
        "wrap_rad": rounded(rng, (0.9, 1.25)),
        "struts": int(rng.choice([3, 5])),
        "tails": int(rng.integers(tails[0], tails[1] + 1)),
        "tail_m": round(
            wide * (rounded(rng, (1.0, 2.4)) if style in ("diamond", "box") else rounded(rng, (0.4, 1.1))),
            5,
        ),
        "tail_width_m": rounded(rng, (0.02, 0.05)),
        "tail_wave": rounded(rng, (0.02, 0.09)),
        "tail_phase_rad": rounded(rng, (0.0, 6.28)),
        "bows": int(rng.integers(4, 8)) if style == "diamond" and chance(rng, 0.4) else 0,
    }
    return Sample(params=params, surfaces=_surfaces(rng, params))


def _surfaces(rng: Generator, params: Mapping[str, Param]) -> dict[str, SurfaceSpec]:
    style = text(params, "style")
    codes = [pick(rng, _CLOTHS) for _ in range(4)]
    shared: dict[str, Param] = {"glow": rounded(rng, (0.04, 0.16)), "roughness": rounded(rng, (0.4, 0.65)),
        "gloss": 0.35,
                                "split": number(params, "split"), "stretch": 1.0, "wrinkle": rounded(rng, (0.0, 0.15)),
                                "seed": surface_seed(rng)}  # fmt: skip
    colors = [shade_of(rng, code, value=0.12) for code in codes]
    sail: dict[str, Param] = {**shared, "color": colors[0], "color_b": colors[1], "color_c": colors[2],
                              "pattern": pick(rng, _PATTERNS[style]), "count": float(rng.integers(6, 14))}  # fmt: skip
    found = {"sail": SurfaceSpec(kind="sailcloth", params=sail)}
    if style in ("box", "parafoil"):
        found["sail_b"] = SurfaceSpec(kind="sailcloth", params={**sail, "color": colors[1], "color_b": colors[0]})
    if style == "parafoil":
        found["mouth"] = SurfaceSpec(kind="plain", params={"color": linear_rgb("#0c0c0e"), "roughness": 0.9})
    if style == "arc":
        edge = pick(rng, {"#f2f2f0": 2.0, "#18181a": 2.0, codes[1]: 3.0})
        found["frame"] = SurfaceSpec(
            kind="sailcloth", params={**shared, "color": shade_of(rng, edge), "pattern": "plain"}
        )
    elif style != "parafoil":
        spar = pick(rng, {"#1a1a1c": 3.0, "#b89058": 1.5, "#d8d8d4": 0.5})
        found["frame"] = SurfaceSpec(kind="plain", params={"color": shade_of(rng, spar), "roughness": 0.4})
    if number(params, "tails"):
        ribbon = {**sail, "pattern": pick(rng, {"plain": 2.0, "bands": 1.5}), "count": 24.0, "color": colors[3]}
        found["tail"] = SurfaceSpec(kind="sailcloth", params=ribbon)
    return found


# Sails are drawn in x (right), y (up), z (towards the flyer)


def _wings(across: Float, top: Float, low: Float, depth: Float, rows: int = 7) -> Part:
    """A sail between its upper and lower edge over (C,) places across, `depth` (R, C) towards the flyer."""
    share = np.linspace(0, 1, rows)[:, None]
    points = np.stack([np.broadcast_to(across, (rows, len(across))), low + share * (top - low), depth], axis=2)
    return sheet("sail", points, 0.0025)


def _diamond(params: Mapping[str, Param]) -> tuple[list[Part], Float]:
    half, h, cross, bow = (
        number(params, "width_m") / 2,
        number(params, "height_m"),
        number(params, "split"),
        number(params, "bow"),
    )
    share = np.concatenate([np.linspace(0, cross, 8), np.linspace(cross, 1, 5)[1:]])[:, None]
    wide = half * np.maximum(np.where(share < cross, share / cross, (1 - share) / (1 - cross)), 0.006)
    u = np.linspace(-1, 1, 9)
    # The sail bows back to its tips and bellies between spine and edge.
    depth = -bow * half * np.abs(wide * u / half) ** 1.3 - 0.25 * bow * wide * np.sin(np.pi * np.abs(u))
    points = np.stack([wide * u, np.broadcast_to(share * h, depth.shape), depth], axis=2)
    part = sheet("sail", points, 0.0025)
    rows = np.repeat(share[:, 0], 9)
    part = Part(
        slot="sail", vertices_m=part.vertices_m, faces=part.faces, attributes={**part.attributes, "v": np.tile(rows, 2)}
    )
    thin, back = 0.005, -0.006
    spars = [limb("frame", (0, 0, back), (0, h, back), thin, 6)]
    tip = (half, cross * h, back - bow * half)
    spars += [limb("frame", (0, cross * h, back), (side * tip[0], tip[1], tip[2]), thin, 6) for side in (-1, 1)]
    return [part, *spars], np.array([(0, h, 0), (0, 0, 0), (-half, tip[1], -bow * half), (half, tip[1], -bow * half)])


def _delta(params: Mapping[str, Param]) -> tuple[list[Part], Float]:
    half, h, bow, stunt = (
        number(params, "width_m") / 2,
        number(params, "height_m"),
        number(params, "bow"),
        text(params, "style") == "stunt",
    )
    u = np.linspace(-1, 1, 21)
    out = np.abs(u)
    top = h * (1 - out ** (1.0 if not stunt else 1.15))
    low = np.where(out < 1, h * (0.16 * (1 - out) ** 2 - 0.1 * np.sin(np.pi * out) * (1 if not stunt else -1.6)), 0.0)
    low = np.minimum(low, top - 0.012 * h)
    share = np.linspace(0, 1, 7)[:, None]
    depth = -1.6 * bow * half * out - 0.5 * bow * half * np.sin(np.pi * out) * np.sin(np.pi * share)
    sail = _wings(u * half, top, low, depth)
    back = -0.008
    tips = [(side * half, 0.0, -1.6 * bow * half + back) for side in (-1, 1)]
    parts = [sail, limb("frame", (0, low[10], back), (0, h, back), 0.005, 6)]
    parts += [limb("frame", (0, h, back), tip, 0.005, 6) for tip in tips]
    mid = [(side * 0.55 * half, 0.45 * h, -0.88 * bow * half + back) for side in (-1, 1)]
    parts.append(limb("frame", mid[0], mid[1], 0.005, 6))
    if not stunt:
        rows = np.linspace(0, 1, 5)[:, None]
        columns = np.linspace(0, 1, 4)
        keel = np.stack(
            [np.zeros((5, 4)), h * (0.2 + 0.5 * rows) + 0 * columns, 0.28 * h * columns * (1 - np.abs(2 * rows - 0.9))],
            axis=2,
        )
        keel[..., 2] = np.maximum(keel[..., 2], 0.002 * columns)
        parts.append(sheet("sail", keel, 0.0025))
    return parts, np.array([(0, h, 0), (0, low[10], 0), *(tip for tip in tips)])


def _box(params: Mapping[str, Param]) -> tuple[list[Part], Float]:
    half, h = number(params, "width_m") / 2, number(params, "height_m")
    corners = half * np.array([(0, 1), (-1, 0), (0, -1), (1, 0)])
    parts = []
    for slot, low in (("sail", 0.0), ("sail_b", 0.66 * h)):
        for k in range(4):
            a, b = corners[k], corners[(k + 1) % 4]
            points = np.array([[(x, level, z) for x, z in (b, a)] for level in (low, low + 0.34 * h)])
            parts.append(sheet(slot, points, 0.003))
    parts += [limb("frame", (x, -0.02 * h, z), (x, 1.02 * h, z), 0.006, 8) for x, z in 0.985 * corners]
    for y in (0.17 * h, 0.83 * h):
        parts += [
            limb("frame", (corners[k][0], y, corners[k][1]), (corners[k + 2][0], y, corners[k + 2][1]), 0.004, 6)
            for k in (0, 1)
        ]
    return parts, np.array([(0, h, half), (0, 0, half), (-half, 0.34 * h, 0), (half, 0.34 * h, 0)])


def _parafoil(params: Mapping[str, Param]) -> tuple[list[Part], Float]:
    half, h, cells, bow = (
        number(params, "width_m") / 2,
        number(params, "height_m"),
        int(number(params, "cells")),
        number(params, "bow"),
    )
    each = 6
    share = np.linspace(0, 1, cells * each + 1)
    swell = 0.55 + 0.45 * np.abs(np.sin(np.pi * share * cells)) ** 0.7
    x = (2 * share - 1) * half
    turn = np.linspace(0, 2 * np.pi, 17)[:-1]
    # Blunt in front (up), thin behind; from the front edge over the flyer's side.
    chord, fat = (1 + np.cos(turn)) / 2, np.sin(turn) * np.sqrt(np.clip((1 + np.cos(turn)) / 2, 0.0, 1)) ** 0.7
    fat = np.where(np.abs(np.cos(turn) - 1) < 0.2, fat * 1.5, fat)
    taper = 1 - 0.25 * np.abs(2 * share - 1) ** 3
    rings = np.empty((len(x), 16, 3))
    rings[..., 0] = x[:, None]
    rings[..., 1] = h * (0.5 + (chord - 0.5) * taper[:, None])
    rings[..., 2] = 0.13 * h * swell[:, None] * fat + (3.2 * bow * half * (2 * share - 1) ** 2)[:, None]
    part = loft("sail", rings)
    _, columns = face_grid(len(x), 16)
    rows = np.clip(face_grid(len(x), 16)[0], 0, len(x) - 2)
    v = np.clip(part.vertices_m[:, 1] / h, 0, 1)
    attributes = {"u": part.vertices_m[:, 0] / (2 * half) + 0.5, "v": v}
    part = Part(slot="sail", vertices_m=part.vertices_m, faces=part.faces, attributes=attributes)
    seams = np.minimum(np.abs((rows % each) - (each - 1) / 2), 3) < 2.1
    mouth = ((columns == 0) | (columns == 15)) & seams
    slots = np.where(mouth, 2, rows // each % 2)
    lift = 3.2 * bow * half
    points = np.array([(0, h, 0), (0, 0, 0), (-half, 0.5 * h, lift), (half, 0.5 * h, lift)])
    return split(part, slots, ("sail", "sail_b", "mouth")), points


def _arc(params: Mapping[str, Param]) -> tuple[list[Part], Float]:
    half, h, wrap = number(params, "width_m") / 2, number(params, "height_m"), number(params, "wrap_rad")
    radius = half / np.sin(wrap)
    angle = np.linspace(-wrap, wrap, 33)
    out = np.abs(angle) / wrap
    x, depth = radius * np.sin(angle), radius * (1 - np.cos(angle))
    front = -0.95 * h * out**2.2
    chord = h * (1 - 0.76 * out**2.2)
    share = np.linspace(0, 1, 6)[:, None]
    belly = 0.07 * h * np.sin(np.pi * share) * (1 - out)
    sail = _wings(x, front, front - chord, depth - belly, 6)
    sail = Part(slot="sail", vertices_m=sail.vertices_m, faces=sail.faces,
                attributes={"u": sail.attributes["u"], "v": sail.attributes["v"]})  # fmt: skip
    edge = np.stack([x, front, depth], axis=1)
    thick = 0.075 * h * (1 - 0.6 * out)
    parts = [sail, tube("frame", edge, thick, 12, up=(0, 0, 1))]
    for place in np.linspace(-0.62, 0.62, int(number(params, "struts"))):
        k = round((place + 1) / 2 * 32)
        start, end = edge[k], edge[k] - (0, 0.96 * chord[k], 0)
        parts.append(limb("frame", start, end, 0.035 * h, 10))
    return parts, np.array([edge[16], edge[16] - (0, chord[16], 0), edge[0], edge[-1]])


def _tails(params: Mapping[str, Param], low: Float) -> list[Part]:
    """Ribbons that hang in waves from the lower edge, the first one with bows if asked."""
    count, long_m, wide = int(number(params, "tails")), number(params, "tail_m"), number(params, "tail_width_m")
    found = []
    share = np.linspace(0, 1, 40)
    for k in range(count):
        phase = number(params, "tail_phase_rad") + 2.1 * k
        start = np.add(low, (0.12 * number(params, "width_m") * (k - (count - 1) / 2), 0, 0))
        swing = number(params, "tail_wave") * long_m * share
        x = swing * np.sin(9 * share + phase) + 0.12 * long_m * share**2 * np.sin(phase)
        z = 0.6 * swing * np.cos(11 * share + phase)
        middle = start + np.stack([x, -long_m * share * (1 - 0.08 * k), z], axis=1)
        # The ribbon turns about its length as it goes down.
        roll = 1.1 * np.sin(7 * share + phase)
        side = wide / 2 * np.stack([np.cos(roll), np.zeros(40), np.sin(roll)], axis=1)
        ribbon = np.stack([middle + side, middle - side], axis=0)
        found.append(sheet("tail", ribbon, 0.0015))
        if k == 0 and number(params, "bows"):
            bow = np.array([(1, 0.55), (0.12, 0.1), (-1, 0.55), (-1, -0.55), (-0.12, -0.1), (1, -0.55)]) * 2.6 * wide
            places = middle[np.linspace(5, 38, int(number(params, "bows"))).astype(int)]
            found += [moved(prism("tail", bow, 0.0, 0.002), offset_m=place) for place in places]
    return found


def _build(params: Mapping[str, Param]) -> Mesh:
    draw = {"diamond": _diamond, "box": _box, "parafoil": _parafoil, "arc": _arc}.get(text(params, "style"), _delta)
    parts, points = draw(params)
    tails = _tails(params, points[1]) if number(params, "tails") else []
    return merge([facing(part) for part in (*parts, *tails)], points @ FACING.T)


KITE = ObjectType(
    name="kite",
    category=_CATEGORY,
    sample=_sample,
    build=_build,
    rest_poses=(
        RestPose(name="flying", weight=3.0, tilt_rad=(0.15, 0.95), tilt_axis="x"),
        RestPose(name="upright", weight=0.6, tilt_rad=(-0.1, 0.1), tilt_axis="x"),
        RestPose(name="lying", weight=0.4, tilt_rad=(-float(np.pi / 2), -1.45), tilt_axis="x"),
    ),
)
"""A kite, nose up, its face to the flyer at -y; in the air it leans towards the flyer and its tail trails behind."""

OBJECT_TYPES: tuple[ObjectType, ...] = (KITE,)
