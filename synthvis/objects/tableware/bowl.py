"""Bowls: hollow, on a foot, from flat dishes to deep rice bowls."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.random import Generator

from synthvis.draws import chance, pick, rounded
from synthvis.objects.mesh.loft import Painted, Profile, assemble, cross_section, painted, skin
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import revolve
from synthvis.objects.mesh.params import linear_rgb, number, shade_of, surface_seed
from synthvis.objects.object_type import ObjectType, RestPose, Sample
from synthvis.objects.spec import Category, KeypointSymmetry, Param, SurfaceSpec
from synthvis.objects.symmetry import ROUND

__all__ = ["BOWL", "OBJECT_TYPES"]

_CATEGORY = Category(
    id=51,
    name="bowl",
    supercategory="kitchen",
    keypoints=("rim_near", "rim_right", "rim_far", "rim_left", "base"),
    skeleton=((0, 1), (1, 2), (2, 3), (3, 0), (1, 4), (3, 4)),
    flip_pairs=((1, 3),),
    symmetry=(KeypointSymmetry(cycles=((0, 1, 2, 3),), first="lowest"),),
)

_SLOT_NAMES = ("outside", "inside", "content")
_OUTSIDE, _INSIDE, _CONTENT = range(3)
_GLAZES = ("#f5f4f0", "#f7f7f5", "#e9e2d2", "#2c4a86", "#7a2f24", "#2e6b5a", "#d8a23a", "#242426", "#9fb8c8", "#d87a5a",
           "#6a4a34", "#8aa06a")  # fmt: skip
_CONTENTS = ("#a03818", "#d89a2c", "#5a3a1c", "#c8b68a", "#4a7a24", "#e8e0cc", "#7a1c14")


def _sample(rng: Generator) -> Sample:
    radius_m = rounded(rng, (0.05, 0.15))
    params: dict[str, Param] = {
        "radius_m": radius_m,
        "height_m": radius_m * rounded(rng, (0.45, 1.05)),
        "power": rounded(rng, (1.6, 3.6)),
        "foot_radius": rounded(rng, (0.32, 0.55)),
        "foot_height_m": rounded(rng, (0.002, 0.01)) if chance(rng, 0.75) else 0.001,
        "wall_m": rounded(rng, (0.0022, 0.0055)),
        "flare": rounded(rng, (0.0, 0.14)) if chance(rng, 0.4) else 0.0,
        "fill": rounded(rng, (0.4, 0.85)) if chance(rng, 0.55) else 0.0,
        "mound": rounded(rng, (0.0, 0.25)),
    }
    return Sample(params=params, surfaces=_surfaces(rng, params))


def _surfaces(rng: Generator, params: Mapping[str, Param]) -> dict[str, SurfaceSpec]:
    outside = _wall(rng)
    inside = outside
    if outside.kind == "glazed" and chance(rng, 0.5):
        color = shade_of(rng, pick(rng, _GLAZES))
        inside = SurfaceSpec(kind="glazed", params={**outside.params, "color": color, "pattern": "none"})
    found = {"outside": outside, "inside": inside}
    if number(params, "fill") > 0:
        color = shade_of(rng, pick(rng, _CONTENTS), value=0.3)
        found["content"] = SurfaceSpec(kind="food", params={"color": color, "seed": surface_seed(rng)})
    return found


def _wall(rng: Generator) -> SurfaceSpec:
    kind, seed = (
        pick(rng, {"glazed": 6.0, "wood": 1.3, "brushed_metal": 1.0, "glass": 0.9, "plastic": 1.2}),
        surface_seed(rng),
    )
    if kind == "glass":
        return SurfaceSpec(
            kind=kind, params={"color": (0.95, 0.97, 0.96), "ior": rounded(rng, (1.2, 1.45)), "seed": seed}
        )
    if kind == "wood":
        light, dark = shade_of(rng, "#b98a58"), shade_of(rng, "#7a4e2a")
        return SurfaceSpec(kind=kind, params={"color": light, "dark_color": dark, "ring_scale": 25.0, "seed": seed})
    if kind == "brushed_metal":
        params: dict[str, Param] = {
            "color": linear_rgb("#c9cacc"),
            "roughness": rounded(rng, (0.15, 0.35)),
            "seed": seed,
        }
        return SurfaceSpec(kind=kind, params=params)
    if kind == "plastic":
        color = shade_of(rng, pick(rng, ("#d8262a", "#2a6fd0", "#f2c01e", "#3aa860", "#f0f0f0", "#f08ab0")))
        return SurfaceSpec(kind=kind, params={"color": color, "roughness": rounded(rng, (0.2, 0.45)), "seed": seed})
    pattern = pick(rng, {"none": 5.0, "stripes": 1.2, "band": 1.6, "dots": 0.8, "speckle": 1.5, "dip": 1.0})
    colors = {"color": shade_of(rng, pick(rng, _GLAZES)), "color_b": shade_of(rng, pick(rng, _GLAZES))}
    more: dict[str, Param] = {
        "pattern": pattern,
        "roughness": rounded(rng, (0.08, 0.35)),
        "count": int(rng.integers(3, 14)),
        "seed": seed,
    }
    return SurfaceSpec(kind=kind, params={**colors, **more})


def _radius_m(params: Mapping[str, Param], share: float) -> float:
    """Outer radius at a share 0..1 of the height above the foot."""
    low = number(params, "foot_radius")
    bow: float = low + (1 - low) * (1 - (1 - share) ** number(params, "power")) ** (1 / 1.6)
    flare = number(params, "flare")
    return number(params, "radius_m") * (bow + flare * share**6) / (1 + flare)


def _vessel(params: Mapping[str, Param]) -> Painted:
    height_m, wall_m, foot_m = (number(params, name) for name in ("height_m", "wall_m", "foot_height_m"))
    foot = number(params, "foot_radius") * number(params, "radius_m") / (1 + number(params, "flare"))
    profile = Profile.empty()
    for radius, z in (
        (foot * 0.8, foot_m * 0.8), (foot * 0.84, foot_m * 0.1), (foot * 0.86, 0.0), (foot * 0.94, 0.0),
        (foot * 0.97, foot_m * 0.2), (foot * 0.98, foot_m * 0.9),
    ):  # fmt: skip
        profile.add(radius, z, slot=_OUTSIDE)
    shares = np.linspace(0.0, 1.0, 13) ** 1.4
    for share in shares:
        profile.add(
            _radius_m(params, float(share)), foot_m + float(share) * (height_m - 0.3 * wall_m - foot_m), slot=_OUTSIDE
        )
    rim = _radius_m(params, 1.0)
    profile.add(rim - 0.3 * wall_m, height_m, slot=_OUTSIDE)
    profile.add(rim - 0.7 * wall_m, height_m, slot=_INSIDE)
    floor_m = foot_m + wall_m
    for share in shares[::-1]:
        profile.add(
            _radius_m(params, float(share)) - wall_m,
            floor_m + float(share) * (height_m - 0.3 * wall_m - floor_m),
            slot=_INSIDE,
        )
    return skin(profile, cross_section("round", 56))


def _content(params: Mapping[str, Param]) -> list[Painted]:
    fill = number(params, "fill")
    if not fill:
        return []
    height_m, wall_m, foot_m = (number(params, name) for name in ("height_m", "wall_m", "foot_height_m"))
    floor_m = foot_m + wall_m
    shares = np.linspace(0.04, fill, 7)
    radius = np.array([_radius_m(params, float(share)) for share in shares]) - wall_m - 0.0004
    z = floor_m + 0.0004 + shares * (height_m - 0.3 * wall_m - floor_m)
    mound_m = number(params, "mound") * (1 - fill) * height_m
    dome = np.array([0.75, 0.45, 0.2])
    radii = np.concatenate([[0.0], radius, dome * radius[-1], [0.0]])
    heights = np.concatenate([z[:1], z, z[-1] + mound_m * np.array([0.45, 0.8, 0.96]), [z[-1] + mound_m]])
    return [painted(revolve("content", radii, heights, 56), _CONTENT)]


def _build(params: Mapping[str, Param]) -> Mesh:
    height_m, rim = number(params, "height_m"), _radius_m(params, 1.0) - 0.5 * number(params, "wall_m")
    rims = [(rim, 0.0, height_m), (0.0, rim, height_m), (-rim, 0.0, height_m), (0.0, -rim, height_m)]
    return assemble(
        [_vessel(params), *_content(params)], _SLOT_NAMES, [*rims, (0.0, 0.0, number(params, "foot_height_m"))]
    )


BOWL = ObjectType(
    name="bowl",
    category=_CATEGORY,
    sample=_sample,
    build=_build,
    rest_poses=(
        RestPose(name="upright", weight=0.95, tilt_rad=(0.0, 0.0)),
        RestPose(name="upside_down", weight=0.05, tilt_rad=(float(np.pi), float(np.pi)), spills=True),
    ),
    symmetry=ROUND,
)

OBJECT_TYPES: tuple[ObjectType, ...] = (BOWL,)
