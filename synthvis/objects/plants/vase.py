"""Vases: turned silhouettes of ceramic, glass and metal, some with handles, empty or with a bouquet.

The flowers are an object of their own without a label, see `bouquet`.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.draws import chance, pick, rounded
from synthvis.objects.mesh.loft import Painted, assemble, painted
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import revolve, tube
from synthvis.objects.mesh.params import number, shade_of, surface_seed, text
from synthvis.objects.mesh.sheets import smooth_interp
from synthvis.objects.object_type import Attachment, ObjectType, RestPose, Sample
from synthvis.objects.plants.bouquet import draw_bouquet
from synthvis.objects.spec import Category, KeypointSymmetry, Param, SurfaceSpec
from synthvis.objects.symmetry import ROUND_ON_A_SQUARE

__all__ = ["OBJECT_TYPES", "VASE"]

Float = NDArray[np.float64]

_CATEGORY = Category(
    id=86,
    name="vase",
    supercategory="indoor",
    keypoints=("rim_near", "rim_right", "rim_far", "rim_left", "belly_left", "belly_right", "base_left", "base_right"),
    skeleton=((0, 1), (1, 2), (2, 3), (3, 0), (3, 4), (1, 5), (4, 6), (5, 7), (6, 7)),
    flip_pairs=((1, 3), (4, 5), (6, 7)),
    symmetry=(
        KeypointSymmetry(cycles=((0, 1, 2, 3),), first="lowest"),
        KeypointSymmetry(cycles=((4, 5), (6, 7)), first="left"),
    ),
)

_SEGMENTS = 48
_SLOT_NAMES = ("outside", "inside", "handle", "water")
_OUTSIDE, _INSIDE, _HANDLE, _WATER = range(4)

# Radius at heights, both as shares: of the greatest radius and of the height; then the range of width over height.
_SHAPES: dict[str, tuple[tuple[float, ...], tuple[float, ...], tuple[float, float]]] = {
    "baluster": ((0.0, 0.2, 0.45, 0.68, 0.84, 0.92, 1.0), (0.5, 0.66, 0.92, 1.0, 0.62, 0.46, 0.56), (0.5, 0.68)),
    "bottle": ((0.0, 0.15, 0.3, 0.45, 0.6, 0.9, 1.0), (0.6, 0.9, 1.0, 0.8, 0.3, 0.2, 0.26), (0.38, 0.6)),
    "cylinder": ((0.0, 0.04, 0.5, 1.0), (0.93, 0.98, 0.98, 1.0), (0.28, 0.55)),
    "trumpet": ((0.0, 0.1, 0.35, 0.7, 1.0), (0.62, 0.5, 0.45, 0.62, 1.0), (0.35, 0.55)),
    "tapered": ((0.0, 0.3, 0.7, 1.0), (0.6, 0.72, 0.88, 1.0), (0.36, 0.6)),
    "sphere": ((0.0, 0.12, 0.3, 0.5, 0.7, 0.86, 0.94, 1.0), (0.42, 0.74, 0.96, 1.0, 0.9, 0.56, 0.44, 0.5), (0.8, 1.05)),
    "gourd": ((0.0, 0.12, 0.28, 0.5, 0.68, 0.84, 1.0), (0.6, 0.88, 1.0, 0.5, 0.66, 0.36, 0.36), (0.45, 0.62)),
    "teardrop": ((0.0, 0.12, 0.28, 0.5, 0.75, 1.0), (0.55, 0.88, 1.0, 0.78, 0.34, 0.3), (0.42, 0.66)),
    "amphora": ((0.0, 0.06, 0.25, 0.55, 0.72, 0.82, 0.93, 1.0), (0.44, 0.36, 0.7, 1.0, 0.86, 0.44, 0.38, 0.54),
                (0.46, 0.6)),
    "urn": ((0.0, 0.05, 0.14, 0.22, 0.5, 0.75, 0.88, 1.0), (0.6, 0.56, 0.24, 0.4, 0.88, 0.96, 0.78, 1.0), (0.55, 0.8)),
    "tulip": ((0.0, 0.12, 0.35, 0.55, 0.8, 1.0), (0.6, 0.8, 1.0, 0.94, 0.7, 0.9), (0.42, 0.6)),
    "bud": ((0.0, 0.15, 0.32, 0.5, 0.8, 1.0), (0.8, 0.98, 1.0, 0.5, 0.28, 0.34), (0.34, 0.5)),
}  # fmt: skip
_WEIGHTS = {"baluster": 3.0, "bottle": 2.0, "cylinder": 2.2, "trumpet": 1.2, "tapered": 1.8, "sphere": 1.8,
            "gourd": 0.7, "teardrop": 1.8, "amphora": 1.1, "urn": 0.9, "tulip": 1.5, "bud": 1.2}  # fmt: skip
_GLASSY = ("cylinder", "trumpet", "tapered", "sphere", "tulip", "bud", "teardrop")

_GLAZES = {"#f3f1ea": 6.0, "#e4dcc8": 2.5, "#26262a": 2.0, "#22407c": 2.0, "#5f8a86": 1.5, "#8fae9c": 1.5,
           "#a63a2a": 1.2,
           "#c8963c": 1.0, "#74462a": 1.5, "#3c6a4a": 1.2, "#b8c4cc": 1.0, "#d8a0a0": 0.8, "#7a5a8c": 0.4,
           "#20808a": 0.9}  # fmt: skip


# Sampling


def _sample(rng: Generator) -> Sample:
    style = pick(rng, _WEIGHTS)
    material = _material(rng, style)
    width = _SHAPES[style][2]
    height_m = rounded(rng, (0.1, 0.2)) if style == "bud" else rounded(rng, (0.14, 0.42))
    params: dict[str, Param] = {
        "style": style,
        "height_m": height_m,
        "radius_m": height_m * rounded(rng, width) / 2,
        "wall_m": rounded(rng, (0.0025, 0.004)) if material == "glass" else rounded(rng, (0.003, 0.006)),
        "twist": 0.0,
        "ribs": 0,
        "rib_depth": 0.0,
        "flat_sides": 0,
        "stretch": tuple(rounded(rng, (-0.05, 0.05)) for _ in _SHAPES[style][0]),
        "handles": chance(rng, {"amphora": 0.85, "urn": 0.4, "baluster": 0.12}.get(style, 0.0)),
        "water": rounded(rng, (0.3, 0.7)) if material == "glass" and chance(rng, 0.6) else 0.0,
    }
    params |= _relief(rng, style)
    if material == "glass":
        params["handles"] = False
    flowers: tuple[Attachment, ...] = ()
    if chance(rng, 0.45):
        flowers = (draw_bouquet(rng, height_m, float(_mouth_m(params)), float(_floor_radius_m(params))),)
    return Sample(params=params, surfaces=_surfaces(rng, params, material), attachments=flowers)


def _relief(rng: Generator, style: str) -> dict[str, Param]:
    kind = pick(rng, {"smooth": 6.0, "ribbed": 1.2, "faceted": 0.8, "twisted": 0.4, "thrown": 0.8})
    if kind in ("ribbed", "twisted"):
        twist = rounded(rng, (0.6, 2.0)) if kind == "twisted" else 0.0
        return {"ribs": int(rng.integers(8, 13)), "rib_depth": rounded(rng, (0.012, 0.035)), "twist": twist}
    if kind == "faceted" and style in ("cylinder", "tapered", "teardrop", "tulip"):
        return {"flat_sides": int(rng.choice((4, 6, 8)))}
    if kind == "thrown":
        return {"rib_depth": rounded(rng, (0.006, 0.016))}
    return {}


def _material(rng: Generator, style: str) -> str:
    glass = 4.0 if style in _GLASSY else 0.8
    metal = 1.2 if style in ("urn", "amphora", "baluster", "bottle") else 0.5
    return pick(rng, {"ceramic": 8.0, "glass": glass, "metal": metal, "earthen": 1.4, "wood": 0.25})


def _surfaces(rng: Generator, params: Mapping[str, Param], material: str) -> dict[str, SurfaceSpec]:
    seed = surface_seed(rng)
    outside = _MATERIALS[material](rng, seed)
    inside = outside
    if material == "ceramic" and chance(rng, 0.35):
        inside = SurfaceSpec(kind="ceramic", params={"color": shade_of(rng, pick(rng, _GLAZES)), "seed": seed})
    found = {"outside": outside, "inside": inside}
    if params["handles"]:
        found["handle"] = SurfaceSpec(kind=outside.kind, params={**outside.params, "pattern": "none"})
    if number(params, "water"):
        look: dict[str, Param] = {"color": (0.93, 0.96, 0.95), "edge": 0.6, "ior": 1.1, "seed": seed}
        found["water"] = SurfaceSpec(kind="clear_glass", params=look)
    return found


def _ceramic(rng: Generator, seed: float) -> SurfaceSpec:
    pattern = pick(
        rng,
        {
            "none": 5.0,
            "porcelain": 1.8,
            "drip": 1.4,
            "bands": 1.0,
            "crackle": 0.7,
            "speckle": 1.2,
            "leaves": 1.0,
            "zigzag": 0.5,
        },
    )
    first, second = pick(rng, _GLAZES), pick(rng, _GLAZES)
    if pattern == "porcelain":
        first, second = "#f2f3f0", pick(rng, {"#1c3c8c": 5.0, "#a83226": 0.8, "#2e6a4c": 0.6})
    params: dict[str, Param] = {
        "color": shade_of(rng, first, value=0.12),
        "color_b": shade_of(rng, second, value=0.15),
        "pattern": pattern,
        "scale": rounded(rng, (25.0, 60.0)),
        "count": int(rng.integers(3, 9)),
        "roughness": rounded(rng, (0.08, 0.2)) if chance(rng, 0.65) else rounded(rng, (0.4, 0.75)),
        "seed": seed,
    }
    return SurfaceSpec(kind="vase_glaze", params=params)


def _glass(rng: Generator, seed: float) -> SurfaceSpec:
    tones = {"#f9fbfa": 6.0, "#7ab4cc": 1.0, "#8cc08a": 1.0, "#e0a45c": 0.8, "#cc88a8": 0.6, "#4c68c0": 0.9,
             "#8c8a8a": 0.6, "#c03a34": 0.4}  # fmt: skip
    look: dict[str, Param] = {
        "edge": rounded(rng, (0.08, 0.35)),
        "ior": rounded(rng, (1.03, 1.1)),
        "seed": seed,
    }
    return SurfaceSpec(kind="clear_glass", params={"color": shade_of(rng, pick(rng, tones), value=0.02), **look})


def _metal(rng: Generator, seed: float) -> SurfaceSpec:
    tone = pick(rng, {"#c8a050": 3.0, "#b87848": 1.5, "#c4c4c8": 2.0, "#4a3a2a": 1.5, "#303236": 0.8})
    look: dict[str, Param] = {
        "roughness": rounded(rng, (0.12, 0.4)),
        "wear": rounded(rng, (0.1, 0.9)),
        "seed": seed,
    }
    return SurfaceSpec(kind="metal", params={"color": shade_of(rng, tone), **look})


def _earthen(rng: Generator, seed: float) -> SurfaceSpec:
    tone = pick(rng, {"#b5633c": 4.0, "#c88a5c": 2.0, "#8a5a40": 1.5, "#cfc2ac": 1.5, "#6a5c50": 1.0})
    params: dict[str, Param] = {
        "color": shade_of(rng, tone),
        "color_b": shade_of(rng, pick(rng, {"#2a1c16": 2.0, "#ece2cc": 2.0, "#7a3020": 1.0})),
        "pattern": pick(rng, {"none": 4.0, "bands": 1.5, "zigzag": 1.0, "speckle": 1.0, "drip": 0.7}),
        "scale": rounded(rng, (25.0, 60.0)),
        "count": int(rng.integers(3, 9)),
        "roughness": rounded(rng, (0.6, 0.9)),
        "seed": seed,
    }
    return SurfaceSpec(kind="vase_glaze", params=params)


def _wood(rng: Generator, seed: float) -> SurfaceSpec:
    colors = {"color": shade_of(rng, "#b98a58"), "dark_color": shade_of(rng, "#6e4526")}
    return SurfaceSpec(kind="wood", params={**colors, "ring_scale": rounded(rng, (8.0, 25.0)), "seed": seed})


_MATERIALS = {"ceramic": _ceramic, "glass": _glass, "metal": _metal, "earthen": _earthen, "wood": _wood}


# Building


def _radius_of(params: Mapping[str, Param], share: Float) -> Float:
    """Outer radius at shares of the height, before ribs and facets."""
    places, radii, _ = _SHAPES[text(params, "style")]
    stretch = params["stretch"]
    extra = np.asarray(stretch if isinstance(stretch, tuple) else (0.0,) * len(radii))
    return number(params, "radius_m") * smooth_interp(share, places, np.asarray(radii) * (1 + extra))


def _mouth_m(params: Mapping[str, Param]) -> float:
    """Radius of the narrowest place a stalk must pass: rim or neck."""
    inner = _radius_of(params, np.linspace(0.5, 1.0, 20)) - number(params, "wall_m")
    return float(inner.min())


def _floor_radius_m(params: Mapping[str, Param]) -> float:
    return float(_radius_of(params, np.array([0.08]))[0]) - number(params, "wall_m")


def _relief_over(params: Mapping[str, Param], share: Float) -> Float:
    """(R, S) factors of the radius: ribs, facets or the rings of a potter's fingers; none at the rim."""
    angle = np.arange(_SEGMENTS) / _SEGMENTS * 2 * np.pi
    turn = angle + number(params, "twist") * share[:, None]
    ribs, sides, depth = (number(params, name) for name in ("ribs", "flat_sides", "rib_depth"))
    fade = np.clip(np.minimum(share / 0.06, (1 - share) / 0.08), 0.0, 1.0)[:, None]
    if ribs:
        return np.asarray(1 + depth * fade * (np.abs(np.cos(ribs * turn / 2)) * 2 - 1))
    if sides:
        step = 2 * np.pi / sides
        return np.broadcast_to(np.minimum(1 / np.cos(angle % step - step / 2), 1.25), (len(share), _SEGMENTS))
    rings = np.sin(share[:, None] * 60.0 + 0.3 * np.sin(angle)) * depth * fade
    return np.asarray(1 + np.broadcast_to(rings, (len(share), _SEGMENTS)))


def _wall(params: Mapping[str, Param]) -> Painted:
    height_m, wall_m = number(params, "height_m"), number(params, "wall_m")
    share = np.concatenate([[0.0, 0.006, 0.02], np.linspace(0.05, 0.95, 25), [0.985]])
    outer = _radius_of(params, share)[:, None] * _relief_over(params, share)
    outer[0] *= 0.96
    inner_share = np.linspace(0.985, 0.03, 16)
    inner = np.maximum(_radius_of(params, inner_share)[:, None] * _relief_over(params, inner_share) - wall_m, 0.0015)
    inner[-1] *= 0.8
    lip = outer[-1:]
    radius = np.concatenate(
        [np.zeros((1, _SEGMENTS)), outer[:1] * 0.82, outer[:1] * 0.9, outer, lip - 0.25 * wall_m, lip - 0.75 * wall_m,
         inner, np.zeros((1, _SEGMENTS))]
    )  # fmt: skip
    top_m = height_m - 0.3 * wall_m
    z = np.concatenate(
        [[0.0025, 0.0025, 0.0], share * top_m, [height_m, height_m], inner_share * top_m, [0.03 * top_m]]
    )
    part = revolve("vase", radius, z, _SEGMENTS)
    rows = 3 + len(share)
    first_inner = (rows - 1) * _SEGMENTS
    inside = part.faces.min(axis=1) >= first_inner
    inside &= ~(part.faces == len(part.vertices_m) - 2).any(axis=1)
    return Painted(part, np.where(inside, _INSIDE, _OUTSIDE).astype(np.int32))


def _handles(params: Mapping[str, Param]) -> list[Painted]:
    if not params["handles"]:
        return []
    height_m = number(params, "height_m")
    low, high = (0.6, 0.93) if params["style"] != "urn" else (0.5, 0.86)
    roots = _radius_of(params, np.array([high, low])) * 0.97
    t = np.linspace(0.0, 1.0, 15)
    straight = roots[0] + (roots[1] - roots[0]) * t
    bulge = 0.5 * number(params, "radius_m") * np.sin(np.pi * t) ** 0.8 * (1.15 - 0.5 * t)
    z = height_m * (high + (low - high) * t + 0.06 * np.sin(np.pi * t) * (1 - t))
    found = []
    for sign in (1.0, -1.0):
        curve = np.stack([sign * (straight + bulge), 0.0 * t, z], axis=1)
        found.append(painted(tube("handle", curve, 0.026 * height_m + 0.001, 10, up=(0.0, 1.0, 0.0)), _HANDLE))
    return found


def _water(params: Mapping[str, Param]) -> list[Painted]:
    fill = number(params, "water")
    if not fill:
        return []
    share = np.linspace(0.035, fill, 10)
    radius = _radius_of(params, share)[:, None] * _relief_over(params, share) - number(params, "wall_m") - 0.0004
    radius = np.maximum(radius, 0.001)
    z = 0.001 + share * (number(params, "height_m") - 0.3 * number(params, "wall_m"))
    radius = np.concatenate([np.zeros((1, _SEGMENTS)), radius, np.zeros((1, _SEGMENTS))])
    return [painted(revolve("water", radius, np.concatenate([z[:1], z, z[-1:]]), _SEGMENTS), _WATER)]


def _build(params: Mapping[str, Param]) -> Mesh:
    height_m = number(params, "height_m")
    share = np.linspace(0.05, 0.95, 46)
    belly = float(share[_radius_of(params, share).argmax()])
    rim, middle, base = (float(r) for r in _radius_of(params, np.array([1.0, belly, 0.0])))
    rims = [(rim, 0.0, height_m), (0.0, rim, height_m), (-rim, 0.0, height_m), (0.0, -rim, height_m)]
    sides = [(s * r, 0.0, z) for r, z in ((middle, belly * height_m), (base, 0.0)) for s in (1.0, -1.0)]
    return assemble([_wall(params), *_handles(params), *_water(params)], _SLOT_NAMES, [*rims, *sides])


VASE = ObjectType(
    name="vase",
    category=_CATEGORY,
    sample=_sample,
    build=_build,
    rest_poses=(RestPose(name="upright", weight=1.0, tilt_rad=(0.0, 0.0)),),
    symmetry=ROUND_ON_A_SQUARE,
)

OBJECT_TYPES: tuple[ObjectType, ...] = (VASE,)
