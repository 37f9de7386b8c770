"""Cups: mugs with a handle, tumblers, paper cups and glasses; hollow, with a drink in some."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.draws import chance, pick, rounded
from synthvis.objects.mesh.loft import Painted, Profile, assemble, cross_section, painted, skin
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import revolve, tube
from synthvis.objects.mesh.params import linear_rgb, number, numbers, shade_of, surface_seed, text
from synthvis.objects.object_type import ObjectType, RestPose, Sample
from synthvis.objects.spec import Category, Param, SurfaceSpec
from synthvis.objects.symmetry import ROUND

__all__ = ["CUP", "OBJECT_TYPES"]

_CATEGORY = Category(
    id=47,
    name="cup",
    supercategory="kitchen",
    keypoints=("rim_grip", "rim_left", "rim_far", "rim_right", "grip", "base"),
    skeleton=((0, 1), (1, 2), (2, 3), (3, 0), (0, 4), (4, 5), (2, 5)),
    flip_pairs=((1, 3),),
)

_SLOT_NAMES = ("outside", "inside", "handle", "liquid", "lid", "sleeve")
_OUTSIDE, _INSIDE, _HANDLE, _LIQUID, _LID, _SLEEVE = range(6)

_GLAZES = ("#f2efe8", "#f7f7f5", "#e8e2d2", "#2c3e66", "#7a1f24", "#2e6b5a", "#d8a23a", "#202022", "#9fb8c8", "#d86a52",
           "#6a4a34", "#8aa06a", "#c8b2d0")  # fmt: skip
_DRINKS = {"#1c0d06": 4.0, "#7a4a26": 3.0, "#a85a18": 2.0, "#efe6d6": 1.0, "#c8731c": 1.0, "#8a1c1c": 0.5}
_COLD_DRINKS = {"#c8801c": 3.0, "#2a0e06": 2.0, "#e0a030": 1.5, "#a8501a": 1.0, "#efe9da": 0.7, "#c83a3a": 0.6,
                "#c8d8d8": 1.5}  # fmt: skip


def _sample(rng: Generator) -> Sample:
    style = pick(rng, {"mug": 3.5, "teacup": 0.8, "tumbler": 1.2, "paper": 2.5, "glass": 4.0})
    params = _SAMPLERS[style](rng)
    params["style"] = style
    return Sample(params=params, surfaces=_surfaces(rng, params))


def _mug(rng: Generator) -> dict[str, Param]:
    radius_m = rounded(rng, (0.036, 0.047))
    return {
        "radius_m": radius_m,
        "height_m": radius_m * rounded(rng, (1.9, 2.7)),
        "profile": (rounded(rng, (0.84, 1.02)), rounded(rng, (0.94, 1.08)), 1.0),
        "wall_m": rounded(rng, (0.003, 0.005)),
        "corner": rounded(rng, (0.05, 0.25)),
        "handle": rounded(rng, (0.55, 0.9)) if chance(rng, 0.95) else 0.0,
        "handle_height": rounded(rng, (0.5, 0.72)),
        "handle_thickness_m": rounded(rng, (0.0042, 0.0065)),
        "handle_width": rounded(rng, (1.0, 1.8)),
        "handle_power": rounded(rng, (0.45, 1.0)),
        "fill": rounded(rng, (0.6, 0.93)) if chance(rng, 0.45) else 0.0,
        "lid": False,
        "sleeve": (),
    }


def _teacup(rng: Generator) -> dict[str, Param]:
    radius_m = rounded(rng, (0.04, 0.053))
    return {
        **_mug(rng),
        "radius_m": radius_m,
        "height_m": radius_m * rounded(rng, (1.2, 1.55)),
        "profile": (rounded(rng, (0.45, 0.6)), rounded(rng, (0.85, 0.95)), 1.0),
        "wall_m": rounded(rng, (0.002, 0.003)),
        "corner": rounded(rng, (0.2, 0.4)),
    }


def _tumbler(rng: Generator) -> dict[str, Param]:
    return {
        **_mug(rng),
        "height_m": rounded(rng, (0.09, 0.17)),
        "profile": (rounded(rng, (0.68, 0.95)), rounded(rng, (0.86, 1.0)), 1.0),
        "wall_m": rounded(rng, (0.0018, 0.003)),
        "corner": rounded(rng, (0.03, 0.12)),
        "handle": 0.0,
    }


def _paper(rng: Generator) -> dict[str, Param]:
    low = rounded(rng, (0.66, 0.74))
    start = rounded(rng, (0.2, 0.32))
    return {
        **_tumbler(rng),
        "radius_m": rounded(rng, (0.038, 0.046)),
        "profile": (low, (low + 1) / 2, 1.0),
        "wall_m": 0.0014,
        "corner": 0.02,
        "lid": chance(rng, 0.55),
        "sleeve": (start, start + rounded(rng, (0.32, 0.45))) if chance(rng, 0.45) else (),
    }


def _glass(rng: Generator) -> dict[str, Param]:
    fill = rounded(rng, (0.35, 0.95)) if chance(rng, 0.75) else 0.0
    return {
        **_tumbler(rng),
        "wall_m": rounded(rng, (0.0018, 0.003)),
        "radius_m": rounded(rng, (0.03, 0.043)),
        "fill": fill,
    }


_SAMPLERS = {"mug": _mug, "teacup": _teacup, "tumbler": _tumbler, "paper": _paper, "glass": _glass}


def _surfaces(rng: Generator, params: Mapping[str, Param]) -> dict[str, SurfaceSpec]:
    style, seed = text(params, "style"), surface_seed(rng)
    outside = _wall(rng, style, seed)
    inside = outside
    if style in ("mug", "teacup") and chance(rng, 0.45):
        inside = SurfaceSpec(kind="ceramic", params={"color": shade_of(rng, pick(rng, _GLAZES)), "seed": seed})
    if style == "paper":
        inside = SurfaceSpec(kind="plain", params={"color": (0.8, 0.78, 0.74), "roughness": 0.6, "seed": seed})
    drink = shade_of(rng, pick(rng, _COLD_DRINKS if style == "glass" else _DRINKS), value=0.3)
    black_lid = linear_rgb("#161616" if chance(rng, 0.4) else "#f0f0ee")
    if style == "glass" and number(params, "fill") > 0:
        drink_m = number(params, "fill") * number(params, "height_m")
        more: dict[str, Param] = {"drink_m": drink_m, "drink_color": drink}
        outside = SurfaceSpec(kind="glass", params={**outside.params, **more})
    found = {
        "outside": outside,
        "inside": inside,
        "handle": SurfaceSpec(kind=outside.kind, params={**outside.params, "pattern": "none"}),
        "liquid": SurfaceSpec(kind="liquid", params={"color": drink, "seed": seed}),
        "lid": SurfaceSpec(kind="plastic", params={"color": black_lid, "roughness": 0.35, "seed": seed}),
        "sleeve": SurfaceSpec(kind="cardboard", params={"color": shade_of(rng, "#a5784c"), "seed": seed}),
    }
    return {name: found[name] for name in _slots(params)}


def _wall(rng: Generator, style: str, seed: float) -> SurfaceSpec:
    if style == "glass":
        tint = (
            rounded(rng, (0.88, 0.98)),
            rounded(rng, (0.9, 0.98)),
            rounded(rng, (0.9, 0.98)),
        )
        return SurfaceSpec(kind="glass", params={"color": tint, "ior": rounded(rng, (1.2, 1.45)), "seed": seed})
    if style == "tumbler" and chance(rng, 0.5):
        metal: dict[str, Param] = {
            "color": linear_rgb("#c8c9cc"),
            "roughness": rounded(rng, (0.18, 0.35)),
            "seed": seed,
        }
        return SurfaceSpec(kind="brushed_metal", params=metal)
    pattern = pick(
        rng, {"none": 5.0, "stripes": 1.0, "band": 1.2, "dots": 1.0, "speckle": 1.2, "print": 1.5, "dip": 1.0}
    )
    colors = {"color": shade_of(rng, pick(rng, _GLAZES)), "color_b": shade_of(rng, pick(rng, _GLAZES))}
    gloss = 0.5 if style == "paper" else rounded(rng, (0.08, 0.3))
    count = int(rng.integers(3, 14))
    more: dict[str, Param] = {"pattern": pattern, "roughness": gloss, "count": count, "seed": seed}
    return SurfaceSpec(kind="glazed", params={**colors, **more})


def _slots(params: Mapping[str, Param]) -> tuple[str, ...]:
    lid = bool(params["lid"])
    present = {
        "outside": True,
        "inside": True,
        "handle": number(params, "handle") > 0,
        "liquid": number(params, "fill") > 0 and not lid,
        "lid": lid,
        "sleeve": bool(numbers(params, "sleeve")),
    }
    return tuple(name for name in _SLOT_NAMES if present[name])


def _outer_radius_m(params: Mapping[str, Param], share: NDArray[np.float64]) -> NDArray[np.float64]:
    low, middle, high = numbers(params, "profile")
    # The parabola through base, middle and rim, with the base's corner rounded off.
    bow = low + (high - low) * share + 4 * (middle - (low + high) / 2) * share * (1 - share)
    corner = number(params, "corner")
    round_off = np.clip(1 - share / corner, 0.0, 1.0)
    radius: NDArray[np.float64] = number(params, "radius_m") * (bow - 0.35 * corner * (1 - np.sqrt(1 - round_off**2)))
    return radius


def _vessel(params: Mapping[str, Param]) -> Painted:
    height_m, wall_m = number(params, "height_m"), number(params, "wall_m")
    corner = number(params, "corner")
    share = np.unique(np.concatenate([corner * np.array([0, 0.08, 0.3, 0.6, 1.0]), np.linspace(corner, 0.985, 9)]))
    outer = _outer_radius_m(params, share)
    profile = Profile.empty()
    profile.add(outer[0] * 0.72, 0.0016, slot=_OUTSIDE)
    profile.add(outer[0] * 0.8, 0.0, slot=_OUTSIDE)
    profile.add(outer[0] * 0.94, 0.0, slot=_OUTSIDE)
    for s, r in zip(share, outer, strict=True):
        profile.add(float(r), 0.0008 + float(s) * (height_m - 0.0008), slot=_OUTSIDE)
    rim = float(_outer_radius_m(params, np.array([1.0]))[0])
    profile.add(rim - 0.3 * wall_m, height_m, slot=_OUTSIDE)
    profile.add(rim - 0.7 * wall_m, height_m, slot=_INSIDE)
    for s in share[::-1]:
        r = float(_outer_radius_m(params, np.array([s]))[0])
        profile.add(r - wall_m, 1.6 * wall_m + float(s) * (height_m - 1.6 * wall_m), slot=_INSIDE)
    return skin(profile, cross_section("round", 48))


def _handle(params: Mapping[str, Param]) -> list[Painted]:
    reach = number(params, "handle")
    if not reach:
        return []
    height_m, wall_m = number(params, "height_m"), number(params, "wall_m")
    half_m = number(params, "handle_height") * height_m / 2
    turn = np.linspace(np.pi / 2, -np.pi / 2, 19)
    z = 0.52 * height_m + half_m * np.sign(np.sin(turn)) * np.abs(np.sin(turn)) ** number(params, "handle_power")
    out = np.cos(turn) ** number(params, "handle_power")
    root = _outer_radius_m(params, z / height_m) - 0.5 * wall_m
    x = root + out * reach * number(params, "radius_m")
    x[[0, -1]] = root[[0, -1]]
    around = np.arange(12) / 12 * 2 * np.pi
    thick_m = number(params, "handle_thickness_m")
    # The section is wider across the handle than along its reach.
    wide = number(params, "handle_width")
    section = thick_m * wide / np.sqrt((np.cos(around)) ** 2 + (wide * np.sin(around)) ** 2)
    curve = np.stack([x, np.zeros_like(x), z], axis=1)
    return [painted(tube("handle", curve, np.tile(section, (len(curve), 1)), 12, up=(0, 0, 1)), _HANDLE)]


def _drink(params: Mapping[str, Param]) -> list[Painted]:
    fill = number(params, "fill")
    if not fill or params["lid"]:
        return []
    height_m, wall_m = number(params, "height_m"), number(params, "wall_m")
    shares = np.linspace(0.06, fill, 7)
    # A hair inside the wall, so that wall and drink never share a surface.
    radius = np.concatenate([_outer_radius_m(params, shares) - wall_m - 0.0003, [0.0]])
    z = 1.6 * wall_m + 0.0003 + shares * (height_m - 1.6 * wall_m)
    z = np.concatenate([z[:1], z, z[-1:]])
    return [painted(revolve("liquid", np.concatenate([[0.0], radius]), z, 48), _LIQUID)]


def _band(params: Mapping[str, Param], low: float, high: float, thick_m: float, slot: int) -> Painted:
    """A sleeve around the wall between two shares of the height."""
    shares = np.linspace(low, high, 4)
    radius = _outer_radius_m(params, shares)
    z = shares * number(params, "height_m")
    radii = np.concatenate([[radius[0] - 0.0005], radius + thick_m, [radius[-1] - 0.0005]])
    return painted(revolve("band", radii, np.concatenate([z[:1], z, z[-1:]]), 48, loop=True), slot)


def _extras(params: Mapping[str, Param]) -> list[Painted]:
    found = []
    sleeve = numbers(params, "sleeve")
    if sleeve:
        found.append(_band(params, sleeve[0], sleeve[1], 0.0014, _SLEEVE))
    if params["lid"]:
        r, h = number(params, "radius_m"), number(params, "height_m")
        radii = r * np.array([0, 0.9, 1.05, 1.06, 1.04, 0.96, 0.93, 0.92, 0.86, 0.84, 0])
        heights = h + r * np.array([-0.1, -0.1, -0.1, -0.02, 0.05, 0.06, 0.07, 0.2, 0.22, 0.12, 0.12])
        found.append(painted(revolve("lid", radii, heights, 48), _LID))
    return found


def _keypoints(params: Mapping[str, Param]) -> list[tuple[float, float, float]]:
    height_m, wall_m = number(params, "height_m"), number(params, "wall_m")
    rim = float(_outer_radius_m(params, np.array([1.0]))[0]) - 0.5 * wall_m
    grip = float(_outer_radius_m(params, np.array([0.52]))[0]) + number(params, "handle") * number(params, "radius_m")
    if number(params, "handle"):
        grip += number(params, "handle_thickness_m") - 0.5 * wall_m
    rims = [(rim, 0.0, height_m), (0.0, rim, height_m), (-rim, 0.0, height_m), (0.0, -rim, height_m)]
    return [*rims, (grip, 0.0, 0.52 * height_m), (0.0, 0.0, 0.0)]


def _build(params: Mapping[str, Param]) -> Mesh:
    pieces = [_vessel(params), *_handle(params), *_drink(params), *_extras(params)]
    return assemble(pieces, _SLOT_NAMES, _keypoints(params))


CUP = ObjectType(
    name="cup",
    category=_CATEGORY,
    sample=_sample,
    build=_build,
    rest_poses=(
        RestPose(name="upright", weight=0.95, tilt_rad=(0.0, 0.0)),
        RestPose(name="upside_down", weight=0.05, tilt_rad=(float(np.pi), float(np.pi)), spills=True),
    ),
    symmetry=ROUND,
)

OBJECT_TYPES: tuple[ObjectType, ...] = (CUP,)
