"""Balls of common sports: a sphere (or a spindle) whose panels are the business of its surface."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.random import Generator

from synthvis.draws import chance, pick, rounded
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import ellipsoid, merge, moved, revolve
from synthvis.objects.mesh.params import linear_rgb, number, shade_of, surface_seed, text
from synthvis.objects.object_type import ObjectType, RestPose, Sample
from synthvis.objects.spec import Category, KeypointSymmetry, Param, SurfaceSpec, Vec3
from synthvis.objects.symmetry import BALL

__all__ = ["OBJECT_TYPES", "SPORTS_BALL"]

_CATEGORY = Category(
    id=37,
    name="sports ball",
    supercategory="sports",
    keypoints=("side_near", "side_right", "side_far", "side_left", "pole_top", "pole_bottom"),
    skeleton=((0, 1), (1, 2), (2, 3), (3, 0), (4, 1), (4, 3), (5, 1), (5, 3)),
    flip_pairs=((1, 3),),
    symmetry=(KeypointSymmetry(cycles=((0, 1, 2, 3),), first="lowest"),),
)

_STYLES = {
    "football": 2.5, "basketball": 2.2, "tennis": 2.2, "volleyball": 1.3, "baseball": 1.5, "plain": 0.8, "beach": 0.6,
    "rugby": 0.5,
}  # fmt: skip
# Radii follow the sports' rules: FIFA size 5 and youth sizes, FIBA 5 to 7, ITF, FIVB, MLB.
_RADIUS_M = {
    "football": (0.095, 0.112), "basketball": (0.109, 0.122), "tennis": (0.0327, 0.0343), "volleyball": (0.103, 0.107),
    "baseball": (0.0363, 0.0374), "plain": (0.03, 0.13), "beach": (0.13, 0.22), "rugby": (0.083, 0.096),
}  # fmt: skip
_MAIN = {
    "football": ("#f4f4f2", "#f0f0f0", "#e9e7da", "#f5d72c", "#e8642a"),
    "basketball": ("#c8602a", "#d0682c", "#b04e20", "#e07a34", "#8a4020"),
    "tennis": ("#cfe04a", "#d8ea3c", "#c2cf5a", "#b4bd50"),
    "volleyball": ("#f5d02a", "#f4f4f0", "#f2c61e"),
    "baseball": ("#f2efe6", "#e6dfcd", "#d8ccb0"),
    "plain": ("#d8262a", "#2a5fd0", "#f2c01e", "#34a04a", "#e85a9a", "#202020", "#f0f0f0", "#8a3ac0"),
    "beach": ("#e0302a", "#f5c81e", "#2a70d8"),
    "rugby": ("#7a3f20", "#8c4a26", "#5e2e18", "#f0f0ec"),
}
_SECOND = {
    "football": ("#141414", "#141414", "#1c2f80", "#c02020", "#1f8a4a", "#e86020"),
    "basketball": ("#161412",),
    "tennis": ("#f2f2ea",),
    "volleyball": ("#1f4fb0", "#1c3f94", "#f4f4f0", "#2f9a5a"),
    "baseball": ("#c01f24", "#a81c22"),
    "plain": ("#f0f0f0", "#202020", "#f2c01e"),
    "beach": ("#f4f4f2",),
    "rugby": ("#f0f0ec", "#202020"),
}


def _sample(rng: Generator) -> Sample:
    style = pick(rng, _STYLES)
    low, high = _RADIUS_M[style]
    radius_m = rounded(rng, (low, high))
    used = float(rng.beta(1.0, 1.8))
    colors: dict[str, Vec3] = {
        "color": shade_of(rng, pick(rng, _MAIN[style]), value=0.15),
        "color_b": shade_of(rng, pick(rng, _SECOND[style]), value=0.15),
        "color_c": linear_rgb(pick(rng, ("#f5c81e", "#2a70d8", "#2f9a5a", "#e0302a"))),
    }
    surface: dict[str, Param] = {
        **colors,
        "style": style,
        "modern": style == "football" and chance(rng, 0.35),
        "radius_m": radius_m,
        "dirt": round(0.8 * used, 5),
        "roughness": 0.9 if style == "tennis" else rounded(rng, (0.28, 0.5)) + 0.2 * used,
        "seed": surface_seed(rng),
    }
    params: dict[str, Param] = {
        "style": style,
        "radius_m": radius_m,
        "stretch": rounded(rng, (1.5, 1.7)) if style == "rugby" else 1.0,
        "deflated": rounded(rng, (0.0, 0.06)) if chance(rng, 0.2) else 0.0,
    }
    return Sample(params=params, surfaces={"ball": SurfaceSpec(kind="ball", params=surface)})


def _build(params: Mapping[str, Param]) -> Mesh:
    radius_m, stretch = number(params, "radius_m"), number(params, "stretch")
    half_m = radius_m * stretch
    height_m = radius_m * (1 - number(params, "deflated"))
    if text(params, "style") == "rugby":
        polar = np.linspace(-np.pi / 2, np.pi / 2, 25)
        # Between an ellipse and a spindle: pointed ends, as pump and panels make them.
        radius = radius_m * (0.6 * np.cos(polar) + 0.4 * np.cos(polar) ** 1.7)
        radius[[0, -1]] = 0.0
        upright = revolve("ball", radius, half_m * np.sin(polar), 48)
        turned = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
        ball = moved(upright, rotation=turned, offset_m=(0.0, 0.0, radius_m))
        height_m = radius_m
    else:
        ball = moved(ellipsoid("ball", (half_m, radius_m, height_m), 48, 24), offset_m=(0.0, 0.0, height_m))
    z = height_m
    poles = [(half_m, 0, z), (0, radius_m, z), (-half_m, 0, z), (0, -radius_m, z), (0, 0, 2 * z), (0, 0, 0)]
    return merge([ball], poles)


SPORTS_BALL = ObjectType(
    name="sports_ball",
    category=_CATEGORY,
    sample=_sample,
    build=_build,
    rest_poses=(RestPose(name="rolled", weight=1.0, tilt_rad=(0.0, float(np.pi))),),
    symmetry=BALL,
)

OBJECT_TYPES: tuple[ObjectType, ...] = (SPORTS_BALL,)
