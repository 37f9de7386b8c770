"""Bottles: wine, beer, water, squeeze and detergent bottles with cap, label and level of liquid."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.draws import chance, pick, rounded
from synthvis.objects.mesh.loft import Painted, Profile, assemble, cross_section, painted, skin
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import moved, revolve
from synthvis.objects.mesh.params import linear_rgb, number, numbers, shade_of, surface_seed, text
from synthvis.objects.object_type import ObjectType, RestPose, Sample
from synthvis.objects.spec import Category, KeypointSymmetry, Param, SurfaceSpec
from synthvis.objects.symmetry import ROUND

__all__ = ["BOTTLE", "OBJECT_TYPES"]

_CATEGORY = Category(
    id=44,
    name="bottle",
    supercategory="kitchen",
    keypoints=("cap_top", "neck_left", "neck_right", "shoulder_left", "shoulder_right", "base_left", "base_right"),
    skeleton=((0, 1), (0, 2), (1, 3), (2, 4), (3, 5), (4, 6), (5, 6)),
    flip_pairs=((1, 2), (3, 4), (5, 6)),
    symmetry=(KeypointSymmetry(cycles=((1, 2), (3, 4), (5, 6)), first="left"),),
)

_SLOT_NAMES = ("body", "label", "cap", "liquid")
_BODY, _LABEL, _CAP, _LIQUID = range(4)

_BRIGHT = ("#d8262a", "#f2c01e", "#2a6fd0", "#f4f4f2", "#3aa04a", "#e8641e", "#202022", "#8a3ab0", "#f08ab0", "#18a0b0")
_GREENS = ("#12280e", "#2c4a14", "#0c140c", "#5a6a1e")
_BROWNS = ("#3a1c08", "#5a2c0a", "#241206")


def _sample(rng: Generator) -> Sample:
    style = pick(rng, {"wine": 2.0, "beer": 1.6, "water": 2.4, "squeeze": 1.6, "detergent": 1.4, "milk": 0.6})
    params = {**_SHAPES[style](rng), "style": style}
    label_low = rounded(rng, (0.1, 0.3))
    has_label = chance(rng, 0.8)
    params["label"] = (label_low, min(label_low + rounded(rng, (0.25, 0.6)), 0.92)) if has_label else ()
    return Sample(params=params, surfaces=_surfaces(rng, params))


def _wine(rng: Generator) -> dict[str, Param]:
    radius_m = rounded(rng, (0.036, 0.042))
    return _shape(
        rng, radius_m, height_m=rounded(rng, (0.28, 0.33)), neck_radius=rounded(rng, (0.34, 0.4)), waist=0.0,
        shoulder=(rounded(rng, (0.56, 0.66)), rounded(rng, (0.68, 0.8))), cap=rounded(rng, (0.1, 0.18)), cap_grow=1.04,
    )  # fmt: skip


def _beer(rng: Generator) -> dict[str, Param]:
    return _shape(
        rng, rounded(rng, (0.029, 0.035)), height_m=rounded(rng, (0.18, 0.25)), neck_radius=rounded(rng, (0.38, 0.46)),
        shoulder=(rounded(rng, (0.52, 0.62)), rounded(rng, (0.7, 0.82))), cap=0.028, cap_grow=1.12, waist=0.0,
    )  # fmt: skip


def _water(rng: Generator) -> dict[str, Param]:
    return _shape(
        rng, rounded(rng, (0.03, 0.046)), height_m=rounded(rng, (0.19, 0.33)), neck_radius=rounded(rng, (0.28, 0.4)),
        shoulder=(rounded(rng, (0.64, 0.74)), rounded(rng, (0.86, 0.9))), cap=rounded(rng, (0.05, 0.075)),
        cap_grow=1.12,
        waist=rounded(rng, (0.0, 0.12)), ribs=rounded(rng, (0.0, 0.03)) if chance(rng, 0.6) else 0.0,
    )  # fmt: skip


def _squeeze(rng: Generator) -> dict[str, Param]:
    return _shape(
        rng, rounded(rng, (0.026, 0.036)), height_m=rounded(rng, (0.15, 0.22)), neck_radius=rounded(rng, (0.3, 0.5)),
        shoulder=(rounded(rng, (0.68, 0.8)), rounded(rng, (0.82, 0.87))), cap=rounded(rng, (0.1, 0.17)), cap_grow=1.15,
        waist=rounded(rng, (0.0, 0.15)), flat=rounded(rng, (0.6, 1.0)), nozzle=chance(rng, 0.7),
    )  # fmt: skip


def _detergent(rng: Generator) -> dict[str, Param]:
    return _shape(
        rng, rounded(rng, (0.034, 0.06)), height_m=rounded(rng, (0.2, 0.32)), neck_radius=rounded(rng, (0.28, 0.45)),
        shoulder=(rounded(rng, (0.62, 0.78)), rounded(rng, (0.82, 0.88))), cap=rounded(rng, (0.08, 0.13)),
        cap_grow=1.18,
        waist=rounded(rng, (0.0, 0.1)), flat=rounded(rng, (0.5, 0.85)), section="square",
    )  # fmt: skip


def _milk(rng: Generator) -> dict[str, Param]:
    return _shape(
        rng, rounded(rng, (0.038, 0.055)), height_m=rounded(rng, (0.2, 0.27)), neck_radius=rounded(rng, (0.36, 0.5)),
        shoulder=(rounded(rng, (0.55, 0.68)), rounded(rng, (0.82, 0.88))), cap=rounded(rng, (0.05, 0.07)),
        cap_grow=1.12,
        waist=0.0, section=pick(rng, ("square", "round")),
    )  # fmt: skip


def _shape(rng: Generator, radius_m: float, *, shoulder: tuple[float, float], **rest: Param) -> dict[str, Param]:
    """Shape parameters: radii as shares of the body's, heights as shares of the whole."""
    return {
        "ribs": 0.0, "flat": 1.0, "section": "round", "nozzle": False,
        **rest,
        "radius_m": radius_m,
        "shoulder": shoulder,
        "corner": rounded(rng, (0.06, 0.3)),
        "roundness": rounded(rng, (0.3, 0.6)),
        "shoulder_power": rounded(rng, (0.8, 1.5)),
        "open": chance(rng, 0.08),
    }  # fmt: skip


_SHAPES = {
    "wine": _wine, "beer": _beer, "water": _water, "squeeze": _squeeze, "detergent": _detergent, "milk": _milk,
}  # fmt: skip


def _surfaces(rng: Generator, params: Mapping[str, Param]) -> dict[str, SurfaceSpec]:
    seed = surface_seed(rng)
    cap_color = shade_of(rng, pick(rng, _BRIGHT))
    metal_cap = text(params, "style") in ("wine", "beer") and chance(rng, 0.6)
    paper: dict[str, Param] = {
        "color": shade_of(rng, pick(rng, ("#f4f0e4", "#f6f6f4", *_BRIGHT))),
        "color_b": shade_of(rng, pick(rng, _BRIGHT)),
        "color_c": shade_of(rng, pick(rng, _BRIGHT)),
        "roughness": rounded(rng, (0.3, 0.6)),
        "seed": seed,
    }
    found = {
        "body": _body_surface(rng, text(params, "style"), seed),
        "label": SurfaceSpec(kind="bottle_label", params=paper),
        "cap": SurfaceSpec(
            kind="metal" if metal_cap else "plastic", params={"color": cap_color, "roughness": 0.35, "seed": seed}
        ),
    }
    return {name: found[name] for name in _slots(params)}


def _body_surface(rng: Generator, style: str, seed: float) -> SurfaceSpec:
    clear = style == "water" or (style in ("wine", "beer", "milk", "squeeze") and chance(rng, 0.15))
    if clear:
        # A thin wall bends light little, a full bottle is a lens of water.
        ior = rounded(rng, (1.28, 1.36)) if chance(rng, 0.55) else rounded(rng, (1.06, 1.15))
        tint = pick(rng, {"#f4faf8": 5.0, "#cfe6f5": 2.0, "#d0ecd4": 1.0, "#f0c890": 0.7, "#e8a03a": 0.6})
        return SurfaceSpec(
            kind="glass", params={"color": linear_rgb(tint), "ior": ior, "roughness": 0.02, "seed": seed}
        )
    if style in ("wine", "beer"):
        tones = _GREENS if chance(rng, 0.55) else _BROWNS
        color = shade_of(rng, pick(rng, tones), value=0.4)
        return SurfaceSpec(kind="dark_glass", params={"color": color, "seed": seed})
    color = shade_of(rng, "#f2f0ea", value=0.05) if style == "milk" else shade_of(rng, pick(rng, _BRIGHT))
    gloss = rounded(rng, (0.18, 0.45))
    return SurfaceSpec(kind="plastic", params={"color": color, "roughness": gloss, "seed": seed})


def _slots(params: Mapping[str, Param]) -> tuple[str, ...]:
    present = (True, bool(numbers(params, "label")), not params["open"])
    return tuple(name for name, is_there in zip(_SLOT_NAMES[:3], present, strict=True) if is_there)


def _radius(params: Mapping[str, Param], share: NDArray[np.float64]) -> NDArray[np.float64]:
    """Radius at shares 0..1 of the height up to the mouth, as a share of the body's radius."""
    low, high = numbers(params, "shoulder")
    neck = number(params, "neck_radius")
    turn = np.clip((share - low) / (high - low), 0.0, 1.0) ** number(params, "shoulder_power")
    radius = 1 + (neck - 1) * (0.5 - 0.5 * np.cos(np.pi * turn))
    in_body = np.clip(share / low, 0.0, 1.0)
    radius -= number(params, "waist") * np.sin(np.pi * in_body) ** 2
    radius += number(params, "ribs") * np.cos(in_body * 14 * np.pi) * (share < low)
    foot = number(params, "corner") * number(params, "radius_m") / number(params, "height_m")
    round_off = np.clip(1 - share / foot, 0.0, 1.0)
    smoothed: NDArray[np.float64] = radius - number(params, "corner") * (1 - np.sqrt(1 - round_off**2))
    return smoothed


def _shares(params: Mapping[str, Param]) -> NDArray[np.float64]:
    low, high = numbers(params, "shoulder")
    foot = number(params, "corner") * number(params, "radius_m") / number(params, "height_m")
    rows = 40 if number(params, "ribs") else 7
    label = np.asarray(numbers(params, "label")) * low
    edges = np.concatenate([label - 0.001, label + 0.001])
    parts = [
        foot * np.array([0, 0.06, 0.25, 0.6, 1.0]),
        np.linspace(foot, low, rows),
        np.linspace(low, high, 11),
        edges,
    ]
    shares: NDArray[np.float64] = np.unique(np.concatenate([*parts, [high + 0.5 * (1 - high), 1.0]]))
    return shares


def _body(params: Mapping[str, Param]) -> Painted:
    cap = number(params, "cap")
    mouth_m = number(params, "height_m") * (1 - 0.3 * cap)
    radius_m = number(params, "radius_m")
    shares = _shares(params)
    radius = radius_m * _radius(params, shares)
    label = np.asarray(numbers(params, "label")) * numbers(params, "shoulder")[0]
    section = cross_section(text(params, "section"), 48, roundness=number(params, "roundness"))
    neck = numbers(params, "shoulder")
    profile = Profile.empty()
    profile.add(radius[0] * 0.7, 0.06 * radius_m, slot=_BODY, blend=1.0)
    profile.add(radius[0] * 0.9, 0.0, slot=_BODY, blend=1.0)
    middle = np.append((shares[:-1] + shares[1:]) / 2, 2.0)
    for s, r, m in zip(shares, radius, middle, strict=True):
        worn = bool(len(label)) and label[0] < m < label[1]
        # A label stands a little proud, and the section turns round towards the neck.
        blend = float(np.clip((neck[1] - s) / (neck[1] - neck[0]), 0.0, 1.0))
        on_label = bool(len(label)) and label[0] < s < label[1]
        profile.add(float(r) + 0.0003 * on_label, float(s) * mouth_m, slot=_LABEL if worn else _BODY, blend=blend)
    profile.add(radius[-1] * 0.8, mouth_m, slot=_BODY)
    if params["open"]:
        profile.add(radius[-1] * 0.76, mouth_m - radius[-1] * 1.5, slot=_BODY)
    body = skin(profile, section)
    flatten = np.diag([1.0, number(params, "flat"), 1.0])
    return Painted(moved(body.part, rotation=flatten), body.slots)


def _cap(params: Mapping[str, Param]) -> list[Painted]:
    if params["open"]:
        return []
    height_m, cap = number(params, "height_m"), number(params, "cap")
    neck_m = number(params, "neck_radius") * number(params, "radius_m")
    r, low = neck_m * number(params, "cap_grow"), height_m * (1 - cap)
    radii = [0.0, neck_m * 0.6, r - 0.0006, r, r, r - 0.0006, r * 0.92]
    heights = [low, low, low, low + 0.0008, height_m - 0.002, height_m - 0.0006, height_m]
    if params["nozzle"]:
        heights[4:] = [low + 0.4 * cap * height_m, low + 0.43 * cap * height_m, low + 0.46 * cap * height_m]
        radii += [r * 0.4, r * 0.3, r * 0.2]
        heights += [low + 0.5 * cap * height_m, low + 0.75 * cap * height_m, height_m]
    return [painted(revolve("cap", [*radii, 0.0], [*heights, height_m], 40), _CAP)]


def _keypoints(params: Mapping[str, Param]) -> list[tuple[float, float, float]]:
    height_m, radius_m = number(params, "height_m"), number(params, "radius_m")
    mouth_m = height_m * (1 - 0.3 * number(params, "cap"))
    low, high = numbers(params, "shoulder")
    shares = np.array([high, low, 0.06])
    east = radius_m * _radius(params, shares)
    pairs = [(sign * float(r), 0.0, float(s) * mouth_m) for s, r in zip(shares, east, strict=True) for sign in (1, -1)]
    top_m = mouth_m if params["open"] else height_m
    return [(0.0, 0.0, top_m), *pairs]


def _build(params: Mapping[str, Param]) -> Mesh:
    return assemble([_body(params), *_cap(params)], _SLOT_NAMES, _keypoints(params))


BOTTLE = ObjectType(
    name="bottle",
    category=_CATEGORY,
    sample=_sample,
    build=_build,
    rest_poses=(
        RestPose(name="upright", weight=0.88, tilt_rad=(0.0, 0.0)),
        # About y the flat side of an oval bottle would stand on edge; about x it lies on its broad side.
        RestPose(name="lying", weight=0.12, tilt_rad=(float(np.pi / 2), float(np.pi / 2)), tilt_axis="x"),
    ),
    symmetry=ROUND,
)

OBJECT_TYPES: tuple[ObjectType, ...] = (BOTTLE,)
