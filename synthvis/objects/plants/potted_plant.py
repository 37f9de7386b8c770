"""Potted plants: trees, palms, ferns, succulents, cacti and flowers in pots of clay, glaze, plastic or cane."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.random import Generator

from synthvis.draws import chance, pick, rounded
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import Part, merge
from synthvis.objects.mesh.params import linear_rgb, number, shade_of, surface_seed, text
from synthvis.objects.object_type import ObjectType, RestPose, Sample
from synthvis.objects.plants.plant_forms import PLANT_FORMS
from synthvis.objects.plants.pots import pot_parts
from synthvis.objects.spec import Category, KeypointSymmetry, Param, SurfaceSpec, Vec3

__all__ = ["OBJECT_TYPES", "POTTED_PLANT"]

Params = Mapping[str, Param]

_CATEGORY = Category(
    id=64,
    name="potted plant",
    supercategory="furniture",
    keypoints=("base", "rim_near", "rim_right", "rim_far", "rim_left", "top"),
    skeleton=((0, 1), (0, 2), (0, 3), (0, 4), (1, 2), (2, 3), (3, 4), (4, 1)),
    flip_pairs=((2, 4),),
    symmetry=(KeypointSymmetry(cycles=((1, 2, 3, 4),), first="lowest"),),
)

_STYLES = {
    "rubber": 2.2,
    "tree": 2.2,
    "palm": 2.0,
    "fern": 1.6,
    "snake": 1.6,
    "rosette": 1.8,
    "broad": 2.4,
    "cactus": 1.8,
    "flowers": 2.8,
    "bulbs": 1.4,
}
_GREENS = {"#2f5a24": 4.0, "#48772e": 4.0, "#5f8f36": 2.5, "#28472a": 2.5, "#7a9a4a": 1.0}
_BLUISH = {"#6f8f78": 2.0, "#52784e": 2.0, "#8aa68e": 1.0, "#5e8a3c": 2.0, "#8a6a70": 0.5}
_PETALS = {
    "#f4f2ee": 3.0,
    "#d8263a": 3.0,
    "#e8508a": 2.5,
    "#f0b822": 2.0,
    "#8a3ab0": 1.5,
    "#f07a2a": 1.2,
    "#f2b8cc": 2.0,
    "#5a4ac0": 0.7,
}
_GLAZES = {
    "#f3f1ec": 5.0,
    "#2a2a2c": 2.0,
    "#8a9a94": 1.0,
    "#2c4a72": 1.0,
    "#b8c4b0": 0.8,
    "#c86a4a": 0.8,
    "#d8b060": 0.6,
    "#5a6a5a": 0.8,
    "#8a2a2a": 0.5,
    "#c8c2b6": 1.5,
}


def _rubber_form(rng: Generator) -> dict[str, Param]:
    return {
        "height_m": rounded(rng, (0.35, 1.3)),
        "stems": int(rng.integers(1, 4)),
        "spread": rounded(rng, (0.3, 1.0)),
        "leaves": int(rng.integers(16, 32)),
        "leaf_size": rounded(rng, (0.24, 0.36)),
        "leaf_width": rounded(rng, (0.42, 0.62)),
        "bare": rounded(rng, (0.1, 0.45)),
    }


def _tree_form(rng: Generator) -> dict[str, Param]:
    return {
        "height_m": rounded(rng, (0.5, 1.6)),
        "stems": 3 if chance(rng, 0.35) else 1,
        "spread": rounded(rng, (0.55, 0.9)),
        "leaves": int(rng.integers(20, 27)),
        "leaf_size": rounded(rng, (0.24, 0.36)),
        "leaf_width": rounded(rng, (0.4, 0.65)),
        "bare": rounded(rng, (0.3, 0.55)),
    }


def _palm_form(rng: Generator) -> dict[str, Param]:
    return {
        "height_m": rounded(rng, (0.4, 1.05)),
        "leaves": int(rng.integers(8, 12)),
        "leaf_width": rounded(rng, (0.22, 0.34)),
        "droop": rounded(rng, (0.7, 1.4)),
        "spread": rounded(rng, (0.6, 1.1)),
        "bare": rounded(rng, (0.2, 0.4)) if chance(rng, 0.3) else 0.02,
    }


def _fern_form(rng: Generator) -> dict[str, Param]:
    return {
        "height_m": rounded(rng, (0.25, 0.5)),
        "leaves": int(rng.integers(12, 15)),
        "spread": rounded(rng, (0.8, 1.1)),
    }


def _snake_form(rng: Generator) -> dict[str, Param]:
    return {
        "height_m": rounded(rng, (0.3, 0.9)),
        "leaves": int(rng.integers(7, 17)),
        "leaf_width": rounded(rng, (0.09, 0.15)),
        "spread": rounded(rng, (0.4, 1.2)),
    }


def _rosette_form(rng: Generator) -> dict[str, Param]:
    aloe = chance(rng, 0.6)
    return {
        "height_m": rounded(rng, (0.2, 0.5)) if aloe else rounded(rng, (0.08, 0.16)),
        "leaves": int(rng.integers(13, 22)) if aloe else int(rng.integers(24, 36)),
        "leaf_width": rounded(rng, (0.16, 0.26)) if aloe else rounded(rng, (0.42, 0.6)),
        "widest": 0.2 if aloe else 0.62,
        "spread": rounded(rng, (0.6, 0.95)),
        "leaf_size": 1.0 if aloe else 0.9,
    }


def _broad_form(rng: Generator) -> dict[str, Param]:
    return {
        "height_m": rounded(rng, (0.3, 0.9)),
        "leaves": int(rng.integers(12, 24)),
        "leaf_width": rounded(rng, (0.38, 0.8)),
        "leaf_size": rounded(rng, (0.32, 0.48)),
        "spread": rounded(rng, (0.7, 1.2)),
    }


def _cactus_form(rng: Generator) -> dict[str, Param]:
    kind = pick(rng, {"column": 3.0, "ball": 2.0, "pads": 1.6})
    tall = {"column": (0.15, 0.6), "ball": (0.08, 0.2), "pads": (0.2, 0.45)}[kind]
    return {
        "height_m": rounded(rng, tall),
        "cactus": kind,
        "ribs": int(rng.integers(8, 12)),
        "leaves": int(rng.integers(4, 9)),
        "stems": int(rng.integers(1, 4)) if kind == "column" else 1,
        "girth": rounded(rng, (0.12, 0.2)) if kind == "column" else rounded(rng, (0.46, 0.6)),
    }


def _flowers_form(rng: Generator) -> dict[str, Param]:
    return {
        "height_m": rounded(rng, (0.2, 0.4)),
        "leaves": int(rng.integers(15, 21)),
        "leaf_width": rounded(rng, (0.4, 0.9)),
        "leaf_size": rounded(rng, (0.2, 0.34)),
        "spread": rounded(rng, (0.7, 1.1)),
        "blooms": int(rng.integers(9, 17)),
        "bloom_size": rounded(rng, (0.1, 0.17)),
        "petals": int(rng.integers(5, 9)),
        "petal_width": rounded(rng, (0.45, 0.75)),
    }


def _bulbs_form(rng: Generator) -> dict[str, Param]:
    arch = chance(rng, 0.45)
    return {
        "height_m": rounded(rng, (0.4, 0.65)) if arch else rounded(rng, (0.25, 0.42)),
        "arch": arch,
        "stems": 2 if chance(rng, 0.4) else 1,
        "leaves": int(rng.integers(5, 8)) if arch else int(rng.integers(8, 14)),
        "leaf_width": rounded(rng, (0.3, 0.5)),
        "spread": rounded(rng, (0.7, 1.1)),
        "blooms": int(rng.integers(3, 9)),
    }


_FORMS: dict[str, Callable[[Generator], dict[str, Param]]] = {
    "rubber": _rubber_form,
    "tree": _tree_form,
    "palm": _palm_form,
    "fern": _fern_form,
    "snake": _snake_form,
    "rosette": _rosette_form,
    "broad": _broad_form,
    "cactus": _cactus_form,
    "flowers": _flowers_form,
    "bulbs": _bulbs_form,
}
"""Numbers of a plant of unit height by style; `height_m` is its height above the soil."""


def _sample(rng: Generator) -> Sample:
    style = pick(rng, _STYLES)
    form = _FORMS[style](rng)
    share = {
        "rubber": 0.2,
        "tree": 0.18,
        "palm": 0.26,
        "fern": 0.36,
        "snake": 0.26,
        "rosette": 0.4,
        "broad": 0.28,
        "cactus": 0.36,
        "flowers": 0.42,
        "bulbs": 0.24,
    }[style]
    radius_m = float(np.clip(number(form, "height_m") * share * float(rng.uniform(0.8, 1.15)), 0.045, 0.24))
    if style == "rosette" and form["widest"] != 0.2:
        radius_m *= 1.5
    if style == "cactus" and form["cactus"] == "ball":
        radius_m *= 1.5
    shape = pick(rng, {"taper": 5.0, "straight": 3.0, "bowl": 1.3, "square": 1.2, "belly": 1.2})
    params: dict[str, Param] = {
        **form,
        "style": style,
        "pot": shape,
        "radius_m": round(radius_m, 5),
        "pot_height_m": round(radius_m * float(rng.uniform(1.3, 2.0)) * (0.75 if shape == "bowl" else 1.0), 5),
        "rim": rounded(rng, (0.12, 0.25)) if shape == "taper" and chance(rng, 0.65) else 0.0,
        "foot": rounded(rng, (0.62, 0.82)),
        "saucer": shape in ("taper", "straight") and chance(rng, 0.35),
        "noise_seed": int(rng.integers(0, 100_000)),
    }
    return Sample(params=params, surfaces=_surfaces(rng, params))


def _pot_surface(rng: Generator, params: Params) -> SurfaceSpec:
    seed, shape = surface_seed(rng), text(params, "pot")
    clay = {
        "terracotta": 5.0 if number(params, "rim") else 1.5,
        "glaze": 4.0,
        "plastic": 2.0,
        "concrete": 1.0,
        "cane": 2.0 if shape in ("straight", "belly", "taper") and not number(params, "rim") else 0.0,
        "pattern": 1.0,
    }
    kind = pick(rng, clay)
    if kind == "terracotta":
        color = shade_of(rng, pick(rng, {"#b5643c": 4.0, "#a0522e": 2.0, "#c88a64": 1.0}), value=0.2)
        return SurfaceSpec(kind="terracotta", params={"color": color, "lime": rounded(rng, (0.0, 0.8)), "seed": seed})
    if kind == "plastic":
        color = shade_of(
            rng, pick(rng, {"#232325": 3.0, "#8a4a2c": 2.0, "#f0efea": 2.0, "#3a5a40": 1.0, "#6a6c6e": 1.0}), value=0.2
        )
        return SurfaceSpec(
            kind="plastic",
            params={"color": color, "roughness": rounded(rng, (0.3, 0.55)), "grain": 0.0, "seed": seed},
        )
    if kind == "concrete":
        return SurfaceSpec(kind="concrete", params={"color": shade_of(rng, "#9a968e", value=0.2), "seed": seed})
    if kind == "cane":
        radius_m = number(params, "radius_m")
        cane: dict[str, Param] = {
            "color": shade_of(rng, pick(rng, ("#b58a50", "#d0ae7a", "#7a5230")), value=0.2),
            "round": True,
            "radius_m": radius_m,
            "size_m": max(radius_m * 0.09, 0.009),
            "seed": seed,
        }
        return SurfaceSpec(kind="wicker", params=cane)
    color = shade_of(rng, pick(rng, _GLAZES), value=0.15)
    second = shade_of(rng, pick(rng, _GLAZES), value=0.2)
    style = (
        pick(rng, {"stripes": 1.0, "dots": 1.0, "band": 1.0, "dip": 1.5, "speckle": 1.5})
        if kind == "pattern"
        else "none"
    )
    more: dict[str, Param] = {
        "pattern": style,
        "count": int(rng.integers(3, 12)),
        "roughness": rounded(rng, (0.08, 0.5)),
        "seed": seed,
    }
    return SurfaceSpec(kind="glazed", params={"color": color, "color_b": second, **more})


def _leaf_surface(rng: Generator, style: str) -> SurfaceSpec:
    patterns = {
        "snake": {"margin": 2.0, "banded": 2.5, "plain": 0.7},
        "broad": {"veined": 4.0, "splashed": 1.0, "plain": 1.0, "margin": 0.7},
        "rubber": {"veined": 4.0, "splashed": 0.8},
        "rosette": {"plain": 3.0, "margin": 0.6},
    }
    pattern = pick(rng, patterns.get(style, {"plain": 2.0, "veined": 1.0}))
    color = shade_of(rng, pick(rng, _BLUISH if style == "rosette" else _GREENS), value=0.2)
    if style == "rubber" and chance(rng, 0.12):
        color = shade_of(rng, "#4a2226", value=0.2)
    pale: Vec3 = (min(0.9, 1.5 * color[0] + 0.06), min(0.9, 1.35 * color[1] + 0.07), min(0.9, 1.3 * color[2] + 0.02))
    cream = shade_of(rng, "#d8d08a" if pattern in ("margin", "splashed") else "#20381e", value=0.2)
    return SurfaceSpec(
        kind="blade",
        params={
            "color": color,
            "color_2": pale if pattern == "veined" else cream,
            "pattern": pattern,
            "roughness": rounded(rng, (0.22, 0.5)),
            "dry": rounded(rng, (0.05, 0.3)) if chance(rng, 0.2) else 0.0,
            "seed": surface_seed(rng),
        },
    )


def _surfaces(rng: Generator, params: Params) -> dict[str, SurfaceSpec]:
    style = text(params, "style")
    woody = style in ("tree", "palm") or (style == "rubber" and chance(rng, 0.5))
    stem = shade_of(rng, "#6a5238" if woody else "#5a7a3a", value=0.3)
    green = shade_of(rng, pick(rng, {"#3f6a3a": 3.0, "#5a8448": 2.0, "#4a6a5a": 1.0}), value=0.25)
    petal = pick(rng, _PETALS)
    found = {
        "pot": _pot_surface(rng, params),
        "soil": SurfaceSpec(
            kind="potting_soil",
            params={"color": shade_of(rng, pick(rng, {"#2e2118": 4.0, "#5a4230": 1.0, "#8a8278": 0.7}), value=0.2)},
        ),
        "stem": SurfaceSpec(kind="plain", params={"color": stem, "roughness": 0.7}),
        "leaf": _leaf_surface(rng, style),
        "skin": SurfaceSpec(kind="cactus_skin", params={"color": green, "seed": surface_seed(rng)}),
        "spine": SurfaceSpec(
            kind="plain",
            params={"color": shade_of(rng, pick(rng, ("#e8dcb8", "#8a5a38", "#f0ece0"))), "roughness": 0.5},
        ),
        "petal": SurfaceSpec(
            kind="blade", params={"color": shade_of(rng, petal, value=0.15), "pattern": "plain", "roughness": 0.6}
        ),
        "eye": SurfaceSpec(
            kind="plain",
            params={"color": linear_rgb(pick(rng, {"#e8b820": 3.0, "#7a4a20": 1.0, "#c83a6a": 1.0})), "roughness": 0.8},
        ),
    }
    return {name: found[name] for name in ("pot", "soil", *_plant_slots(params))}


def _plant_slots(params: Params) -> tuple[str, ...]:
    style = text(params, "style")
    if style == "palm" and number(params, "bare") > 0.1:
        return ("leaf", "stem")
    if style == "bulbs":
        return ("leaf", "stem", "petal", "eye") if params["arch"] else ("leaf", "stem", "petal")
    more = {
        "rubber": ("stem", "leaf"),
        "tree": ("stem", "leaf"),
        "broad": ("stem", "leaf"),
        "cactus": ("skin", "spine"),
        "flowers": ("leaf", "petal", "eye", "stem"),
    }
    return more.get(style, ("leaf",))


def _build(params: Params) -> Mesh:
    rng = np.random.default_rng(int(number(params, "noise_seed")))
    tall, level = number(params, "height_m"), 0.87 * number(params, "pot_height_m")
    grown = PLANT_FORMS[text(params, "style")](params, rng)
    vertices = [part.vertices_m * tall + (0.0, 0.0, level) for part in grown]
    # Nothing hangs lower than the ground the pot stands on.
    low = [np.column_stack([v[:, :2], np.maximum(v[:, 2], 0.01)]) for v in vertices]
    plant = [
        Part(slot=part.slot, vertices_m=v, faces=part.faces, attributes=part.attributes)
        for part, v in zip(grown, low, strict=True)
    ]
    every = np.concatenate(low)
    r, high = number(params, "radius_m"), number(params, "pot_height_m")
    r *= {"square": 0.87, "belly": 0.9}.get(text(params, "pot"), 1.0)
    rims = [(r, 0.0, high), (0.0, r, high), (-r, 0.0, high), (0.0, -r, high)]
    return merge([*pot_parts(params), *plant], [(0.0, 0.0, 0.0), *rims, tuple(every[every[:, 2].argmax()])])


POTTED_PLANT = ObjectType(
    name="potted_plant",
    category=_CATEGORY,
    sample=_sample,
    build=_build,
    rest_poses=(RestPose(name="upright", weight=1.0, tilt_rad=(0.0, 0.0)),),
)

OBJECT_TYPES: tuple[ObjectType, ...] = (POTTED_PLANT,)
