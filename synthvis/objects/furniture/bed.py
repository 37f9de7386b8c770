"""Beds: single and double, wooden, metal and padded frames, made or left with a rumpled duvet."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.draws import chance, pick, rounded
from synthvis.geometry import rotation_about
from synthvis.objects.furniture.sofa_forms import upright
from synthvis.objects.mesh.finishes import cloth, hide, steel, wood
from synthvis.objects.mesh.joinery import beam, cushion, pillow, rod, sheet
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import Part, merge, moved
from synthvis.objects.mesh.params import number, shade_of, text
from synthvis.objects.object_type import FACES_PLUS_X, ObjectType, RestPose, Sample
from synthvis.objects.spec import Category, Param, SurfaceSpec

__all__ = ["BED", "OBJECT_TYPES"]

Float = NDArray[np.float64]
Params = Mapping[str, Param]

_CATEGORY = Category(
    id=65,
    name="bed",
    supercategory="furniture",
    keypoints=(
        "foot_left",
        "foot_right",
        "head_right",
        "head_left",
        "headboard_left",
        "headboard_right",
        "ground_foot_left",
        "ground_foot_right",
    ),
    skeleton=((0, 1), (1, 2), (2, 3), (3, 0), (3, 4), (2, 5), (4, 5), (0, 6), (1, 7)),
    flip_pairs=((0, 1), (2, 3), (4, 5), (6, 7)),
)

_LINEN = {
    "#f3f1ec": 6.0,
    "#e2ddd2": 2.5,
    "#9aa0a6": 1.5,
    "#55585e": 1.0,
    "#8fa6bc": 1.2,
    "#2f3f5c": 1.0,
    "#c8a4a0": 0.8,
    "#7a8a6c": 0.8,
    "#8a2f34": 0.6,
    "#b08a5a": 0.6,
    "#d8b84a": 0.3,
    "#1f1f22": 0.5,
}


def _sample(rng: Generator) -> Sample:
    double = chance(rng, 0.68)
    frame = pick(rng, {"wood": 4.0, "box": 3.0, "padded": 2.5, "metal": 1.5})
    heads = {
        "wood": {"panel": 3.0, "slats": 2.0, "planks": 1.5},
        "metal": {"bars": 1.0},
        "padded": {"padded": 3.0, "channels": 1.0},
        "box": {"padded": 3.0, "none": 1.5, "panel": 1.0},
    }
    params: dict[str, Param] = {
        "frame": frame,
        "head": pick(rng, heads[frame]),
        "width_m": rounded(rng, (1.35, 1.85)) if double else rounded(rng, (0.88, 1.05)),
        "length_m": rounded(rng, (1.92, 2.05)),
        "top_m": rounded(rng, (0.46, 0.64)),
        "mattress_m": rounded(rng, (0.18, 0.28)),
        "head_height_m": rounded(rng, (0.8, 1.12)),
        "foot_height_m": rounded(rng, (0.5, 0.78)) if frame in ("wood", "metal") and chance(rng, 0.4) else 0.0,
        "rows": int(rng.integers(5, 11)),
        "duvet_to": rounded(rng, (0.5, 0.74)),
        "duvet_drop_m": rounded(rng, (0.14, 0.38)),
        "duvet_m": rounded(rng, (0.025, 0.06)),
        "rumple_m": rounded(rng, (0.03, 0.06)) if chance(rng, 0.35) else rounded(rng, (0.006, 0.022)),
        "fold_m": rounded(rng, (0.2, 0.4)) if chance(rng, 0.5) else 0.0,
        "throw_m": rounded(rng, (0.4, 0.7)) if chance(rng, 0.3) else 0.0,
        "pillows": int(pick(rng, {"1": 4.0, "2": 2.0, "3": 1.0}) if double else pick(rng, {"1": 3.0, "2": 1.0})),
        "prop_rad": rounded(rng, (0.15, 1.15)),
        "double": double,
        "noise_seed": int(rng.integers(0, 100_000)),
    }
    return Sample(params=params, surfaces=_surfaces(rng, params))


def _linen(rng: Generator, pattern_share: float, rumple_m: float) -> SurfaceSpec:
    base = cloth(rng, pattern_share=pattern_share, wrinkle_m=0.012 + rumple_m, fold_scale=rounded(rng, (3.0, 5.5)))
    colors = {
        "color": shade_of(rng, pick(rng, _LINEN), value=0.15),
        "color_2": shade_of(rng, pick(rng, _LINEN), value=0.3),
    }
    plain = {"pattern": "plain"} if base.params["pattern"] in ("tweed", "ribs") else {}
    return SurfaceSpec(
        kind="upholstery", params={**base.params, **colors, **plain, "size_m": rounded(rng, (0.04, 0.13))}
    )


def _surfaces(rng: Generator, params: Params) -> dict[str, SurfaceSpec]:
    frame = text(params, "frame")
    cover = hide(rng) if chance(rng, 0.25) else cloth(rng, pattern_share=0.05)
    rumple_m = number(params, "rumple_m")
    duvet = _linen(rng, 0.4, rumple_m)
    white = shade_of(rng, "#f4f3f0", value=0.06)
    sheets = SurfaceSpec(kind="upholstery", params={**duvet.params, "color": white, "pattern": "plain"})
    boards = wood(rng, paint_share=0.3)
    base = {"wood": boards, "metal": steel(rng, black_share=0.6)}.get(frame, cover)
    tufts = 0.18 if params["head"] == "padded" and chance(rng, 0.5) else 0.0
    head = SurfaceSpec(kind=cover.kind, params={**cover.params, "tuft_m": tufts})
    if params["head"] == "panel" and frame == "box":
        head = boards
    found = {"base": base, "sheets": sheets, "duvet": duvet, "pillows": duvet if chance(rng, 0.45) else sheets}
    if chance(rng, 0.15):
        found["pillows"] = _linen(rng, 0.4, 0.01)
    if params["head"] in ("padded", "channels") or (params["head"] == "panel" and frame == "box"):
        found["head"] = head
    if number(params, "fold_m"):
        found["fold"] = sheets if chance(rng, 0.6) else _linen(rng, 0.2, 0.01)
    if number(params, "throw_m"):
        found["throw"] = cloth(rng, pattern_share=0.4, wrinkle_m=0.015)
    return found


def _frame(params: Params) -> list[Part]:
    x, y = number(params, "length_m") / 2 + 0.03, number(params, "width_m") / 2 + 0.03
    under = number(params, "top_m") - number(params, "mattress_m")
    style, foot = text(params, "frame"), number(params, "foot_height_m")
    if style in ("box", "padded"):
        low = 0.07 if style == "box" else 0.02
        block = cushion("base", (2 * x, 2 * y, under - low + 0.02), edge_m=0.02, corner_m=0.03)
        legs = [
            beam("base", (a, b, low + 0.02), (a, b, 0), 0.06, 0.06)
            for a in (x - 0.1, 0.1 - x)
            for b in (y - 0.1, 0.1 - y)
        ]
        return [moved(block, offset_m=(0, 0, low)), *legs]
    rail = 0.16 if style == "wood" else 0.04
    z = under - 0.01
    found = [beam("base", (-x, s * y, z), (x, s * y, z), 0.03, rail) for s in (1, -1)]
    found += [beam("base", (x, -y, z), (x, y, z), 0.03, rail), beam("base", (-x, -y, z), (-x, y, z), 0.03, rail)]
    tops = {1: max(foot, under + 0.06), -1: under}
    for sx, high in tops.items():
        for b in (y, -y):
            if style == "metal":
                found.append(rod("base", [(sx * x, b, 0), (sx * x, b, high)], 0.018, 10))
            else:
                found.append(beam("base", (sx * x, b, 0), (sx * x, b, high), 0.065, 0.065))
    if foot:
        found += _barred(params, x, foot, under) if style == "metal" else _planked(params, x, foot, under)
    return found


def _barred(params: Params, x: float, high: float, low: float) -> list[Part]:
    """Upright bars under a bow of tube."""
    y, count = number(params, "width_m") / 2 + 0.03, int(number(params, "rows")) + 2
    share = np.linspace(-1, 1, 15)
    crest = np.column_stack([np.full(15, x), share * y, high + 0.09 * (1 - share**2)])
    found = [rod("base", crest, 0.017, 8, up=(1, 0, 0)), rod("base", [(x, -y, low + 0.1), (x, y, low + 0.1)], 0.012, 8)]
    at = np.linspace(-1, 1, count + 2)[1:-1]
    return found + [rod("base", [(x, b * y, low + 0.1), (x, b * y, high + 0.09 * (1 - b * b))], 0.008, 6) for b in at]


def _planked(params: Params, x: float, high: float, low: float) -> list[Part]:
    """A solid panel, level planks or upright slats between the posts, under a rail."""
    y, count, style = number(params, "width_m") / 2 + 0.03, int(number(params, "rows")), text(params, "head")
    found = [beam("base", (x, -y - 0.03, high), (x, y + 0.03, high), 0.07, 0.05)]
    if style == "slats":
        at = np.linspace(-1, 1, 2 * count + 2)[1:-1]
        return found + [beam("base", (x, b * y, low), (x, b * y, high), 0.055, 0.018) for b in at]
    rows = 1 if style == "panel" else max(count // 2, 2)
    pitch = (high - low) / rows
    gap = 0.0 if style == "panel" else 0.02
    zs = low + (np.arange(rows) + 0.5) * pitch
    return found + [beam("base", (x, -y, z), (x, y, z), 0.025, pitch - gap) for z in zs]


def _head(params: Params) -> list[Part]:
    x, y = -number(params, "length_m") / 2 - 0.03, number(params, "width_m") / 2 + 0.03
    style, high, low = text(params, "head"), number(params, "head_height_m"), number(params, "top_m") - 0.2
    if style == "none":
        return []
    if style in ("padded", "channels") or params["frame"] == "box":
        if style == "channels":
            count = int(number(params, "rows"))
            wide = 2 * (y + 0.02) / count
            pad = cushion("head", (high - 0.05, wide, 0.09), edge_m=0.04, corner_m=0.03, crown_m=0.01, per_corner=2)
            at = (np.arange(count) - (count - 1) / 2) * wide
            return [upright(pad, height_m=high - 0.05, back_m=x - 0.06, low_m=0.05, y_m=float(b)) for b in at]
        slab = cushion(
            "head", (high - 0.05, 2 * y + 0.06, 0.1), edge_m=0.03, corner_m=0.06, crown_m=0.005, per_corner=5
        )
        return [upright(slab, height_m=high - 0.05, back_m=x - 0.06, low_m=0.05)]
    if style == "bars":
        posts = [rod("base", [(x, b, 0), (x, b, high)], 0.018, 10) for b in (y, -y)]
        return posts + _barred(params, x, high, low)
    posts = [beam("base", (x, b, 0), (x, b, high + 0.02), 0.065, 0.065) for b in (y, -y)]
    return posts + _planked(params, x, high, low)


def _rumple(seed: int, x: Float, y: Float) -> Float:
    """Smooth noise over a plane, about -1..1, with folds of 0.4 to 1.6 m."""
    rng = np.random.default_rng(seed)
    total = np.zeros(np.broadcast_shapes(x.shape, y.shape))
    for _ in range(7):
        turn, wave, phase = rng.uniform(0, np.pi), rng.uniform(4.0, 15.0), rng.uniform(0, 6.28)
        total += (
            np.sin(wave * (x * np.cos(turn) + y * np.sin(turn)) + phase + np.sin(4 * y + phase)) * (5.0 / wave) ** 0.5
        )
    return total / 3.0


def _drape(
    params: Params, slot: str, head_x: float, foot_x: float, drop_m: float, lift_m: float, thick_m: float
) -> Part:
    """A cover from `head_x` to `foot_x` (which may lie beyond the mattress) that hangs down at both sides."""
    hx, hy = number(params, "length_m") / 2, number(params, "width_m") / 2 + 0.035
    top = number(params, "top_m") + lift_m
    rows = max(5, round((foot_x - head_x) / 0.1))
    u = np.linspace(head_x, foot_x, rows)[:, None]
    flat = np.linspace(hy, -hy, 15)
    hang = drop_m * np.array([1.0, 0.66, 0.33, 0.1])
    v = np.concatenate([hy + hang, flat, -hy - hang[::-1]])[None, :]
    noise = _rumple(int(number(params, "noise_seed")), u, v)
    beyond_x, beyond_y = np.maximum(u - hx, 0.0), np.maximum(np.abs(v) - hy, 0.0)
    fall = np.sqrt(beyond_x**2 + beyond_y**2)
    swing = 0.6 * number(params, "rumple_m") + 0.008
    grid = np.empty((rows, v.shape[1], 3))
    grid[..., 0] = np.minimum(u, hx) + beyond_x * 0.12 + (beyond_x > 0) * (0.04 + swing * noise)
    grid[..., 1] = np.clip(v, -hy, hy) + np.sign(v) * (
        0.12 * beyond_y + (beyond_y > 0) * (thick_m * 0.6 + swing * noise * fall / 0.2)
    )
    soft = 1 - 0.5 * np.clip((np.abs(v) - hy + 0.1) / 0.1, 0, 1)
    grid[..., 2] = top + thick_m * soft + number(params, "rumple_m") * (noise + 0.6) * soft - 0.97 * fall
    grid[..., 2] = np.maximum(grid[..., 2], 0.02 + thick_m)
    return sheet(slot, grid, thick_m)


def _bedding(params: Params) -> list[Part]:
    hx, y, top = number(params, "length_m") / 2, number(params, "width_m") / 2, number(params, "top_m")
    thick = number(params, "mattress_m")
    mattress = cushion("sheets", (2 * hx, 2 * y, thick), edge_m=0.045, corner_m=0.08, crown_m=0.005, bulge_m=0.006)
    found = [moved(mattress, offset_m=(0, 0, top - thick))]
    drop, duvet = number(params, "duvet_drop_m"), number(params, "duvet_m")
    head_x = hx - 2 * hx * number(params, "duvet_to")
    foot = 0.0 if number(params, "foot_height_m") else 0.75 * drop
    found.append(_drape(params, "duvet", head_x, hx + foot - (0.02 if not foot else 0.0), drop, 0.002, duvet))
    fold = number(params, "fold_m")
    if fold:
        found.append(
            _drape(
                params,
                "fold",
                head_x - 0.03,
                head_x + fold,
                0.9 * drop,
                0.006 + duvet + 0.2 * number(params, "rumple_m"),
                0.6 * duvet,
            )
        )
    if number(params, "throw_m"):
        end = hx - 0.12
        found.append(
            _drape(
                params,
                "throw",
                end - number(params, "throw_m"),
                end,
                1.15 * drop,
                duvet + 0.006 + 0.3 * number(params, "rumple_m"),
                0.012,
            )
        )
    return found + _pillows(params)


def _pillows(params: Params) -> list[Part]:
    """Rows of pillows, propped against the head or flat."""
    hx, y, top = number(params, "length_m") / 2, number(params, "width_m") / 2, number(params, "top_m")
    places = (0.5 * y, -0.5 * y) if params["double"] else (0.0,)
    rng = np.random.default_rng(int(number(params, "noise_seed")) + 1)
    found = []
    for row in range(int(number(params, "pillows"))):
        size = 0.48 - 0.05 * row
        wide = min(0.74, 0.92 * y) if params["double"] else min(0.68, 1.6 * y)
        tilt = number(params, "prop_rad") * (1.0 if row == 0 else 0.85)
        one = pillow("pillows", size, wide * (1 - 0.12 * row), 0.17 - 0.02 * row)
        for place in places:
            turn = rotation_about((0, 0, 1), float(rng.uniform(-0.09, 0.09))) @ rotation_about((0, 1, 0), tilt)
            x = -hx + 0.06 + 0.5 * size * np.cos(tilt) + 0.17 * row + 0.06
            z = top + 0.055 + 0.46 * size * np.sin(tilt) + 0.02 * row
            found.append(moved(one, rotation=turn, offset_m=(x, place + float(rng.uniform(-0.03, 0.03)), z)))
    return found


def _build(params: Params) -> Mesh:
    x, y, top = number(params, "length_m") / 2, number(params, "width_m") / 2, number(params, "top_m")
    corners = [(sx * x, sy * y, top) for sx, sy in ((1, 1), (1, -1), (-1, -1), (-1, 1))]
    high = top if params["head"] == "none" else number(params, "head_height_m") - 0.02
    heads = [(-x - 0.03, s * y, high) for s in (1, -1)]
    feet = [(x, s * y, 0.0) for s in (1, -1)]
    return merge([*_frame(params), *_head(params), *_bedding(params)], [*corners, *heads, *feet])


BED = ObjectType(
    name="bed",
    category=_CATEGORY,
    sample=_sample,
    build=_build,
    rest_poses=(RestPose(name="upright", weight=1.0, tilt_rad=(0.0, 0.0)),),
    front_rad=FACES_PLUS_X,
)

OBJECT_TYPES: tuple[ObjectType, ...] = (BED,)
