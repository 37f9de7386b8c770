"""Wine glasses: a bowl on a stem and a foot; red, white, flute, coupe, cocktail and goblet, empty or filled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.draws import chance, pick, rounded
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import Part, merge, revolve
from synthvis.objects.mesh.params import number, shade_of, surface_seed, text
from synthvis.objects.mesh.sheets import smooth_interp
from synthvis.objects.object_type import ObjectType, RestPose, Sample
from synthvis.objects.spec import Category, KeypointSymmetry, Param, SurfaceSpec
from synthvis.objects.symmetry import ROUND

__all__ = ["OBJECT_TYPES", "WINE_GLASS"]

Float = NDArray[np.float64]

_CATEGORY = Category(
    id=46,
    name="wine glass",
    supercategory="kitchen",
    keypoints=("rim_near", "rim_right", "rim_far", "rim_left", "stem_top", "stem_bottom", "foot_left", "foot_right"),
    skeleton=((0, 1), (1, 2), (2, 3), (3, 0), (1, 4), (3, 4), (4, 5), (5, 6), (5, 7)),
    flip_pairs=((1, 3), (6, 7)),
    symmetry=(
        KeypointSymmetry(cycles=((0, 1, 2, 3),), first="lowest"),
        KeypointSymmetry(cycles=((6, 7),), first="left"),
    ),
)

_SEGMENTS = 40
_KNOTS = (0.0, 0.06, 0.18, 0.35, 0.55, 0.8, 1.0)

# Ranges of height and greatest radius in metres and of the bowl's share of the height; then the bowl's radius at
# _KNOTS over its height, after the first, which is the stem.
_STYLES: dict[str, tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, ...]]] = {
    "red": ((0.19, 0.24), (0.04, 0.05), (0.44, 0.52), (0.4, 0.72, 0.95, 1.0, 0.91, 0.78)),
    "balloon": ((0.19, 0.24), (0.047, 0.058), (0.42, 0.5), (0.45, 0.8, 0.98, 1.0, 0.84, 0.66)),
    "white": ((0.17, 0.23), (0.033, 0.041), (0.44, 0.52), (0.36, 0.68, 0.93, 1.0, 0.94, 0.84)),
    "flute": ((0.19, 0.26), (0.022, 0.031), (0.56, 0.68), (0.3, 0.58, 0.82, 0.96, 1.0, 0.93)),
    "coupe": ((0.12, 0.16), (0.043, 0.054), (0.34, 0.44), (0.3, 0.56, 0.77, 0.9, 0.98, 1.0)),
    "cocktail": ((0.15, 0.19), (0.048, 0.06), (0.38, 0.48), (0.09, 0.2, 0.37, 0.57, 0.81, 1.0)),
    "goblet": ((0.13, 0.18), (0.036, 0.045), (0.52, 0.64), (0.45, 0.74, 0.92, 0.99, 1.0, 0.99)),
}
_WEIGHTS = {"red": 4.0, "white": 3.5, "balloon": 2.0, "flute": 2.0, "coupe": 0.8, "cocktail": 0.7, "goblet": 1.0}

_WINES = {
    "red": {"red": 6.0, "white": 1.0, "rose": 0.5, "water": 0.6},
    "white": {"white": 4.0, "red": 2.0, "rose": 1.2, "water": 0.8},
    "flute": {"champagne": 5.0, "rose": 1.0, "orange": 0.5},
    "coupe": {"champagne": 2.0, "rose": 1.0, "red": 0.5, "orange": 0.6},
    "cocktail": {"water": 1.5, "rose": 1.5, "orange": 1.5, "champagne": 1.0, "red": 0.7},
    "goblet": {"red": 2.0, "water": 1.5, "white": 1.0, "orange": 0.6},
}
_LIQUIDS = {"white": "#f0dc8c", "champagne": "#f2cc70", "rose": "#f09c84", "water": "#f2f7f7"}


def _sample(rng: Generator) -> Sample:
    style = pick(rng, _WEIGHTS)
    heights_m, radii_m, bowl, _ = _STYLES[style]
    radius_m = rounded(rng, radii_m)
    filled = chance(rng, 0.62)
    deep = style in ("flute", "cocktail", "coupe")
    params: dict[str, Param] = {
        "style": style,
        "height_m": rounded(rng, heights_m),
        "radius_m": radius_m,
        "bowl": rounded(rng, bowl),
        "flare": rounded(rng, (-0.05, 0.05)),
        "foot_radius_m": radius_m * rounded(rng, (0.78, 0.95)) if not deep else rounded(rng, (0.03, 0.037)),
        "foot_rise_m": rounded(rng, (0.004, 0.012)),
        "stem_radius_m": rounded(rng, (0.0055, 0.009)) if style == "goblet" else rounded(rng, (0.0028, 0.0048)),
        "knop": rounded(rng, (1.5, 2.3)) if chance(rng, 0.3 if style == "goblet" else 0.06) else 1.0,
        "wall_m": rounded(rng, (0.0018, 0.003)) if style == "goblet" else rounded(rng, (0.001, 0.0018)),
        "fill": (rounded(rng, (0.55, 0.88)) if deep else rounded(rng, (0.22, 0.6))) if filled else 0.0,
    }
    return Sample(params=params, surfaces=_surfaces(rng, style, filled))


def _surfaces(rng: Generator, style: str, filled: bool) -> dict[str, SurfaceSpec]:
    seed = surface_seed(rng)
    tinted = chance(rng, 0.3 if style == "goblet" else 0.04)
    tones = {"#6fb0c8": 1.0, "#8cc07a": 1.0, "#e0a860": 1.0, "#d890a8": 1.0, "#5a74c8": 1.0, "#9a9490": 1.0}
    tint = shade_of(rng, pick(rng, tones) if tinted else "#f9fbfa", value=0.02, hue=0.01)
    look: dict[str, Param] = {
        "color": tint,
        "edge": rounded(rng, (0.1, 0.4)),
        "ior": rounded(rng, (1.02, 1.07)),
    }
    found = {"glass": SurfaceSpec(kind="clear_glass", params={**look, "seed": seed})}
    if filled:
        found["wine"] = _wine(rng, pick(rng, _WINES["red" if style == "balloon" else style]), seed)
    return found


def _wine(rng: Generator, name: str, seed: float) -> SurfaceSpec:
    if name in _LIQUIDS:
        color = shade_of(rng, _LIQUIDS[name], value=0.08, hue=0.04)
        return SurfaceSpec(kind="clear_glass", params={"color": color, "edge": 0.35, "ior": 1.1, "seed": seed})
    shades = {"#3a0410": 2.0, "#480612": 2.0, "#24030a": 1.5, "#620c1a": 1.0} if name == "red" else {"#f08c14": 1.0}
    return SurfaceSpec(kind="wine", params={"color": shade_of(rng, pick(rng, shades)), "seed": seed})


def _bowl_radius_m(params: Mapping[str, Param], share: Float) -> Float:
    """Outer radius at shares 0..1 of the bowl's height."""
    radius_m = number(params, "radius_m")
    shape = np.array([number(params, "stem_radius_m") * 1.15 / radius_m, *_STYLES[text(params, "style")][3]])
    shape[-1] += number(params, "flare")
    return radius_m * smooth_interp(share, _KNOTS, shape)


def _stem_m(params: Mapping[str, Param]) -> tuple[float, float]:
    """Heights between which the stem runs."""
    top = number(params, "height_m") * (1 - number(params, "bowl"))
    return 0.0022 + number(params, "foot_rise_m"), top


def _glass(params: Mapping[str, Param]) -> Part:
    height_m, wall_m, foot_m = (number(params, name) for name in ("height_m", "wall_m", "foot_radius_m"))
    stem_m, (low, top) = number(params, "stem_radius_m"), _stem_m(params)
    sweep = np.linspace(0.02, 1.0, 7)
    foot_r = foot_m + (stem_m * 1.3 - foot_m) * sweep**0.8
    foot_z = 0.0022 + (low - 0.0022) * sweep**3.2
    along = np.linspace(0.08, 0.92, 9)
    waist = (
        1.3 - 0.3 * np.sin(np.pi * along) ** 0.7 + (number(params, "knop") - 1) * np.exp(-(((along - 0.55) / 0.1) ** 2))
    )
    share = np.linspace(0.0, 1.0, 19) ** 1.3
    outer = _bowl_radius_m(params, share)
    bowl_m = height_m - top
    floor = 0.075
    inner_share = floor + (1 - floor) * share[::-1]
    inner = _bowl_radius_m(params, inner_share) - wall_m
    inner[-1] *= 0.55
    z = top + share * (bowl_m - 0.4 * wall_m)
    inner_z = top + inner_share * (bowl_m - 0.4 * wall_m)
    inner_z[-1] -= 0.012 * bowl_m
    radius = np.concatenate([
        [0.0, foot_m * 0.9, foot_m - 0.0006, foot_m, foot_m - 0.0004], foot_r, stem_m * waist, outer,
        [outer[-1] - 0.3 * wall_m, outer[-1] - 0.7 * wall_m], inner, [0.0],
    ])  # fmt: skip
    heights = np.concatenate([
        [0.001, 0.0, 0.0, 0.0009, 0.0018], foot_z, low + (top - low) * along, z,
        [height_m, height_m], inner_z, [inner_z[-1]],
    ])  # fmt: skip
    part = revolve("glass", radius, heights, _SEGMENTS)
    solid = (part.vertices_m[:, 2] < top + 0.04 * bowl_m).astype(np.float64)
    return replace(part, attributes={"solid": solid})


def _wine_part(params: Mapping[str, Param]) -> list[Part]:
    fill = number(params, "fill")
    if not fill:
        return []
    _, top = _stem_m(params)
    bowl_m = number(params, "height_m") - top
    share = np.linspace(0.085, fill, 11)
    # A hair inside the wall, so that wall and wine never share a surface.
    radius = _bowl_radius_m(params, share) - number(params, "wall_m") - 0.0003
    radius[0] *= 0.6
    z = top + share * (bowl_m - 0.4 * number(params, "wall_m"))
    return [revolve("wine", [0.0, *radius, 0.0], [z[0], *z, z[-1]], _SEGMENTS)]


def _build(params: Mapping[str, Param]) -> Mesh:
    height_m, foot_m = number(params, "height_m"), number(params, "foot_radius_m")
    low, top = _stem_m(params)
    rim = float(_bowl_radius_m(params, np.array([1.0]))[0]) - 0.5 * number(params, "wall_m")
    keypoints = [
        (rim, 0.0, height_m), (0.0, rim, height_m), (-rim, 0.0, height_m), (0.0, -rim, height_m),
        (0.0, 0.0, top), (0.0, 0.0, low), (foot_m, 0.0, 0.001), (-foot_m, 0.0, 0.001),
    ]  # fmt: skip
    return merge([_glass(params), *_wine_part(params)], keypoints)


WINE_GLASS = ObjectType(
    name="wine_glass",
    category=_CATEGORY,
    sample=_sample,
    build=_build,
    rest_poses=(RestPose(name="upright", weight=0.98, tilt_rad=(0.0, 0.0)),),
    symmetry=ROUND,
)

OBJECT_TYPES: tuple[ObjectType, ...] = (WINE_GLASS,)
