"""Dining tables: rectangular, round and oval, on legs, trestles or a pedestal, bare, laid or under a cloth."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.draws import chance, pick, rounded
from synthvis.objects.distractors.tabletop import PLATE
from synthvis.objects.mesh.finishes import cloth, steel, wood
from synthvis.objects.mesh.joinery import beam, board, grained, grounded, oval, rectangle, rod, turned
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import Part, loft, merge, moved
from synthvis.objects.mesh.params import linear_rgb, number, surface_seed, text
from synthvis.objects.object_type import Attachment, ObjectType, RestPose, Sample
from synthvis.objects.spec import Category, KeypointSymmetry, Mat4, Param, SurfaceSpec
from synthvis.objects.symmetry import ROUND_ON_A_SQUARE

__all__ = ["DINING_TABLE", "OBJECT_TYPES"]

Float = NDArray[np.float64]
Params = Mapping[str, Param]

_CATEGORY = Category(
    id=67,
    name="dining table",
    supercategory="furniture",
    keypoints=(
        "top_front_left",
        "top_front_right",
        "top_rear_right",
        "top_rear_left",
        "foot_front_left",
        "foot_front_right",
        "foot_rear_right",
        "foot_rear_left",
    ),
    skeleton=((0, 1), (1, 2), (2, 3), (3, 0), (0, 4), (1, 5), (2, 6), (3, 7)),
    flip_pairs=((0, 1), (2, 3), (4, 5), (6, 7)),
    symmetry=(KeypointSymmetry(cycles=((0, 2), (1, 3), (4, 6), (5, 7)), first="lowest"),),
)

_SIGNS = ((1, 1), (1, -1), (-1, -1), (-1, 1))


def _sample(rng: Generator) -> Sample:
    top = pick(rng, {"rectangle": 6.0, "round": 3.0, "square": 1.2, "oval": 0.8})
    long_m, wide_m = {
        "rectangle": (rounded(rng, (1.15, 2.2)), rounded(rng, (0.75, 1.0))),
        "oval": (rounded(rng, (1.4, 2.0)), rounded(rng, (0.85, 1.05))),
        "square": (size := rounded(rng, (0.7, 1.05)), size),
        "round": (round_m := rounded(rng, (0.75, 1.4)), round_m),
    }[top]
    legs = {
        "rectangle": {"square": 5.0, "turned": 1.5, "trestle": 1.5, "metal": 1.2, "frame": 1.0, "splayed": 1.2},
        "square": {"square": 4.0, "metal": 1.0, "pedestal": 1.5, "splayed": 1.0},
        "round": {"pedestal": 5.0, "splayed": 3.0, "tulip": 1.5, "square": 0.7},
        "oval": {"square": 1.0, "pedestal": 1.0, "turned": 1.0, "splayed": 1.0},
    }
    style = pick(rng, legs[top])
    params: dict[str, Param] = {
        "top": top,
        "long_m": long_m,
        "wide_m": wide_m,
        "height_m": rounded(rng, (0.71, 0.78)),
        "thick_m": rounded(rng, (0.02, 0.05)),
        "corner_m": rounded(rng, (0.004, 0.08)),
        "style": style,
        "leg_m": rounded(rng, (0.05, 0.09)),
        "inset_m": rounded(rng, (0.02, 0.09)),
        "apron_m": rounded(rng, (0.06, 0.11)) if style in ("square", "turned") else 0.0,
        "planks": int(rng.integers(4, 8)) if top in ("rectangle", "square") and chance(rng, 0.4) else 0,
        "cloth_drop_m": rounded(rng, (0.12, 0.6)) if chance(rng, 0.22) else 0.0,
        "fold_seed": int(rng.integers(0, 100_000)),
    }
    if params["cloth_drop_m"] and chance(rng, 0.6):
        params["cloth_drop_m"] = rounded(rng, (0.15, 0.32))
    return Sample(params=params, surfaces=_surfaces(rng, params), attachments=_laid(rng, params))


def _surfaces(rng: Generator, params: Params) -> dict[str, SurfaceSpec]:
    style = text(params, "style")
    timber = wood(rng, paint_share=0.15)
    legs = steel(rng, black_share=0.6) if style in ("metal", "frame") else timber
    if style == "pedestal" and chance(rng, 0.35):
        legs = steel(rng, black_share=0.7)
    if style in ("square", "turned", "splayed") and chance(rng, 0.2):
        legs = wood(rng, paint_share=0.9)
    top = timber
    odd = pick(rng, {"wood": 8.0, "glass": 0.7 if not params["planks"] else 0.0, "marble": 0.6, "white": 0.8})
    if style == "tulip":
        odd = pick(rng, {"white": 2.0, "marble": 1.0, "wood": 0.5})
        legs = SurfaceSpec(kind="plastic", params={"color": linear_rgb("#f0efea"), "roughness": 0.2, "grain": 0.0})
    if odd == "glass":
        top = SurfaceSpec(kind="glass", params={"color": (0.86, 0.94, 0.91), "ior": 1.45, "seed": surface_seed(rng)})
    if odd == "marble":
        top = SurfaceSpec(kind="marble", params={"scale": rounded(rng, (1.5, 4.0)), "seed": surface_seed(rng)})
    if odd == "white":
        top = SurfaceSpec(kind="plastic", params={"color": linear_rgb("#f2f1ed"), "roughness": 0.3, "grain": 0.0})
    found = {"top": top, "legs": legs}
    if params["cloth_drop_m"]:
        spread = cloth(rng, pattern_share=0.5, wrinkle_m=0.004)
        white = SurfaceSpec(
            kind="upholstery", params={**spread.params, "color": linear_rgb("#f1efe8"), "pattern": "plain"}
        )
        found["cloth"] = white if chance(rng, 0.4) else spread
    return found


def _laid(rng: Generator, params: Params) -> tuple[Attachment, ...]:
    """Plates at some of the places."""
    if not chance(rng, 0.3):
        return ()
    plate = PLATE.sample(rng)
    x, y = number(params, "long_m") / 2 - 0.2, number(params, "wide_m") / 2 - 0.19
    if params["top"] in ("round", "oval", "square"):
        spots = [(x, 0.0), (-x, 0.0), (0.0, y), (0.0, -y)]
    else:
        spots = [(a, b) for a in (-0.6 * x, 0.4 * x) for b in (-y, y)]
    lift = number(params, "height_m") + (0.004 if params["cloth_drop_m"] else 0.0005)
    found = []
    for a, b in spots:
        if chance(rng, 0.75):
            pose: Mat4 = ((1.0, 0.0, 0.0, a), (0.0, 1.0, 0.0, b), (0.0, 0.0, 1.0, lift), (0.0, 0.0, 0.0, 1.0))
            found.append(Attachment(kind="plate", params=plate.params, surfaces=plate.surfaces, object_from_part=pose))
    return tuple(found)


def _outline(params: Params) -> Float:
    long_m, wide_m = number(params, "long_m"), number(params, "wide_m")
    if params["top"] in ("round", "oval"):
        return oval(long_m, wide_m, 64, 2.0 if params["top"] == "round" else 2.4)
    return rectangle(long_m, wide_m, number(params, "corner_m"), 5, 11)


def _top(params: Params) -> list[Part]:
    high, thick, planks = number(params, "height_m"), number(params, "thick_m"), int(number(params, "planks"))
    if not planks:
        return [board("top", _outline(params), high - thick, high, bevel_m=0.005, grain=(1, 0, 0))]
    long_m, pitch = number(params, "long_m"), number(params, "wide_m") / planks
    ys = (np.arange(planks) - (planks - 1) / 2) * pitch
    return [
        beam(
            "top",
            (-long_m / 2, y, high - thick / 2),
            (long_m / 2, y, high - thick / 2),
            pitch - 0.002,
            thick,
            bevel_m=0.002,
        )
        for y in ys
    ]


def _corner_m(params: Params) -> tuple[float, float]:
    """Where the centre of a leg stands."""
    x, y = number(params, "long_m") / 2, number(params, "wide_m") / 2
    away = number(params, "inset_m") + number(params, "leg_m") / 2
    if params["top"] in ("round", "oval"):
        return 0.68 * x - 0.3 * away, 0.68 * y - 0.3 * away
    return x - away, y - away


def _legs(params: Params) -> list[Part]:
    style, leg = text(params, "style"), number(params, "leg_m")
    x, y = _corner_m(params)
    under = number(params, "height_m") - number(params, "thick_m")
    found: list[Part] = []
    if style in ("pedestal", "tulip"):
        return _pedestal(params, under)
    if style == "trestle":
        for sign in (1, -1):
            a = sign * (x - 0.12)
            found.append(beam("legs", (a, -0.8 * y, 0.035), (a, 0.8 * y, 0.035), 0.08, 0.07))
            found.append(beam("legs", (a, -0.8 * y, under - 0.03), (a, 0.8 * y, under - 0.03), 0.08, 0.06))
            found += [beam("legs", (a, b * y, 0.05), (a, b * y * 0.6, under - 0.04), 0.09, 0.07) for b in (0.5, -0.5)]
        return [*found, beam("legs", (0.12 - x, 0, 0.3), (x - 0.12, 0, 0.3), 0.04, 0.1)]
    if style == "frame":
        for sign in (1, -1):
            a, w = sign * x, 0.05
            corners = [(a, y, under), (a, y, 0.025), (a, -y, 0.025), (a, -y, under)]
            found += [beam("legs", p, q, w, w) for p, q in pairwise(corners)]
        return found
    for sx, sy in _SIGNS:
        a, b = sx * x, sy * y
        if style == "square":
            found.append(beam("legs", (a, b, under), (a, b, 0), leg, leg, taper=0.8))
        elif style == "turned":
            share = np.array([0, 0.02, 0.1, 0.13, 0.2, 0.5, 0.66, 0.7, 0.73, 0.78])
            radius = 0.5 * leg * np.array([0.55, 0.7, 0.8, 0.55, 0.7, 1.05, 0.85, 0.6, 0.95, 0.9])
            found.append(moved(turned("legs", radius, share * under), offset_m=(a, b, 0)))
            found.append(beam("legs", (a, b, under), (a, b, 0.775 * under), leg, leg))
        elif style == "splayed":
            found.append(
                rod("legs", [(0.85 * a, 0.85 * b, under), (a * 1.02, b * 1.02, 0)], leg * np.array([0.42, 0.24]), 12)
            )
        else:
            found.append(rod("legs", [(a, b, under), (a, b, 0)], 0.018, 10))
    return found + _aprons(params, under)


def _aprons(params: Params, under: float) -> list[Part]:
    apron = number(params, "apron_m")
    x, y = _corner_m(params)
    if not apron:
        return []
    z = under - apron / 2
    found = [beam("legs", (-x, s * y, z), (x, s * y, z), 0.022, apron) for s in (1, -1)]
    return found + [beam("legs", (s * x, -y, z), (s * x, y, z), 0.022, apron) for s in (1, -1)]


def _pedestal(params: Params, under: float) -> list[Part]:
    leg, reach = number(params, "leg_m"), 0.62 * number(params, "wide_m") / 2
    if params["style"] == "tulip":
        share = np.array([0, 0.01, 0.03, 0.09, 0.2, 0.4, 0.7, 0.9, 0.97, 1.0])
        radius = reach * np.array([1.0, 1.0, 0.92, 0.5, 0.24, 0.15, 0.17, 0.3, 0.5, 0.55])
        return [turned("legs", radius, share * under, 28)]
    share = np.array([0.1, 0.16, 0.2, 0.3, 0.5, 0.7, 0.74, 0.8, 0.97, 1.0])
    column = turned("legs", leg * np.array([0.9, 1.0, 0.8, 0.95, 0.75, 0.6, 0.8, 0.65, 1.2, 2.4]), share * under, 18)
    found = [column]
    for k in range(4):
        turn = (k + 0.5) * np.pi / 2
        c, s = np.cos(turn), np.sin(turn)
        found.append(
            beam(
                "legs",
                (0.3 * leg * c, 0.3 * leg * s, 0.19 * under),
                (reach * c, reach * s, 0.026),
                0.06,
                0.07,
                taper=0.75,
                up=(0, 0, 1),
            )
        )
    return found


def _cloth(params: Params) -> list[Part]:
    """A cloth that lies on the top and hangs in folds, lowest at the corners."""
    drop = number(params, "cloth_drop_m")
    if not drop:
        return []
    outline, high = _outline(params), number(params, "height_m") + 0.003
    rng = np.random.default_rng(int(number(params, "fold_seed")))
    count = len(outline)
    at = np.arange(count) / count * 2 * np.pi
    waves = sum(np.sin(n * at + rng.uniform(0, 6.28)) / 3 for n in rng.integers(9, 19, 4))
    ahead = np.roll(outline, -1, axis=0) - np.roll(outline, 1, axis=0)
    out = np.stack([ahead[:, 1], -ahead[:, 0]], axis=1) / np.linalg.norm(ahead, axis=1, keepdims=True)
    half = np.abs(outline) / np.abs(outline).max(axis=0)
    lower = 1 + (0.0 if params["top"] == "round" else 0.35) * np.clip(half.min(axis=1) - 0.75, 0, 1) * 4
    drop = min(drop, 0.92 * high / float(lower.max()))
    rings = []
    for share, inset in ((1.0, 0.004), (0.6, 0.004), (0.25, 0.004), (0.02, 0.003), (0.0, -0.012)):
        push = 0.012 + 0.06 * share * (drop / 0.4) * (0.6 + 0.5 * waves) - inset
        rings.append(
            np.column_stack(
                [outline + out * push[:, None] * (share > 0), high - share * drop * lower - (inset == -0.012) * 0.0]
            )
        )
    outer = np.stack(rings)
    inner = outer[::-1] - np.concatenate([0.003 * out, np.zeros((count, 1))], axis=1)
    inner[0, :, 2] -= 0.002
    center = np.array([*outline.mean(axis=0), high])
    skin = loft("cloth", np.concatenate([inner, outer]), start_m=center - (0, 0, 0.002), end_m=center)
    return [grained(skin, (1.0, 0.0, 0.0))]


def _build(params: Params) -> Mesh:
    x, y, high = number(params, "long_m") / 2, number(params, "wide_m") / 2, number(params, "height_m")
    share = 0.71 if params["top"] in ("round", "oval") else 0.985
    tops = [(sx * share * x, sy * share * y, high) for sx, sy in _SIGNS]
    a, b = _corner_m(params)
    if params["style"] in ("pedestal", "tulip"):
        a = b = 0.62 * y * 0.71
    feet = [(sx * a, sy * b, 0.0) for sx, sy in _SIGNS]
    return merge(grounded([*_top(params), *_legs(params), *_cloth(params)]), [*tops, *feet])


DINING_TABLE = ObjectType(
    name="dining_table",
    category=_CATEGORY,
    sample=_sample,
    build=_build,
    rest_poses=(RestPose(name="upright", weight=1.0, tilt_rad=(0.0, 0.0)),),
    symmetry=ROUND_ON_A_SQUARE,
)

OBJECT_TYPES: tuple[ObjectType, ...] = (DINING_TABLE,)
