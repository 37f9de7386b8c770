"""Computer mice: office, travel, gaming, flat and old boxy ones; the buttons look along +x."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.draws import chance, pick, rounded
from synthvis.objects.electronics.cable import attach_cable
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import Part, loft, merge, moved, revolve
from synthvis.objects.mesh.outlines import mapped
from synthvis.objects.mesh.params import number, shade_of, surface_seed, text
from synthvis.objects.object_type import Attachment, ObjectType, RestPose, Sample
from synthvis.objects.spec import Category, Param, SurfaceSpec

__all__ = ["MOUSE", "OBJECT_TYPES"]

Float = NDArray[np.float64]

_CATEGORY = Category(
    id=74,
    name="mouse",
    supercategory="electronic",
    keypoints=("front", "left", "back", "right", "top"),
    skeleton=((0, 1), (1, 2), (2, 3), (3, 0), (0, 4), (2, 4)),
    flip_pairs=((1, 3),),
)

_AROUND = 44
_STYLES = {"office": 4.0, "travel": 1.8, "gaming": 1.8, "flat": 1.0, "retro": 0.5}
# Length, width over length, height over length, squareness of the outline, fullness of the back.
_SHAPES: dict[str, tuple[tuple[float, float], ...]] = {
    "office": ((0.104, 0.124), (0.53, 0.6), (0.3, 0.36), (2.6, 3.4), (2.2, 3.0)),
    "travel": ((0.084, 0.102), (0.54, 0.62), (0.31, 0.38), (2.5, 3.4), (2.2, 3.0)),
    "gaming": ((0.116, 0.132), (0.52, 0.6), (0.31, 0.37), (2.6, 3.4), (2.2, 2.9)),
    "flat": ((0.106, 0.116), (0.49, 0.54), (0.17, 0.21), (3.2, 4.2), (2.0, 2.6)),
    "retro": ((0.1, 0.115), (0.52, 0.6), (0.27, 0.33), (4.5, 6.5), (3.4, 4.8)),
}


def _sample(rng: Generator) -> Sample:
    style = pick(rng, _STYLES)
    length, width, height, square, full = (rounded(rng, span) for span in _SHAPES[style])
    pinched = style in ("office", "gaming", "travel")
    params: dict[str, Param] = {
        "style": style,
        "length_m": length,
        "width_m": round(length * width, 5),
        "height_m": round(length * height, 5),
        "square": square,
        "full": full,
        "waist": rounded(rng, (0.0, 0.16)) if pinched else 0.0,
        "taper": rounded(rng, (0.0, 0.18)) if style != "retro" else 0.03,
        "hump": 0.0 if style == "retro" else rounded(rng, (-0.3, 0.05)),
        "drop": rounded(rng, (0.2, 0.34)) if style == "retro" else rounded(rng, (0.42, 0.62)),
        "lean": rounded(rng, (0.05, 0.25)) if style in ("office", "gaming") and chance(rng, 0.35) else 0.0,
        "base": rounded(rng, (0.1, 0.26)),
        "wheel_m": 0.0 if style == "flat" or (style == "retro" and chance(rng, 0.7)) else rounded(rng, (0.0095, 0.012)),
        "wheel_width_m": rounded(rng, (0.0055, 0.008)),
    }
    wired = {"office": 0.55, "travel": 0.25, "gaming": 0.6, "flat": 0.05, "retro": 1.0}[style]
    cables: tuple[Attachment, ...] = ()
    if chance(rng, wired):
        exit_m = 0.25 * number(params, "height_m")
        at_m = (0.485 * length, 0.0)
        cables = (attach_cable(rng, length_m=rounded(rng, (0.05, 0.2)), exit_m=exit_m, at_m=at_m, along_y=False),)
    return Sample(params=params, surfaces=_surfaces(rng, params), attachments=cables)


def _surfaces(rng: Generator, params: Mapping[str, Param]) -> dict[str, SurfaceSpec]:
    style = text(params, "style")
    bright = ("#c8282c", "#2a6ab8", "#e8a0b8", "#48a088", "#f0c030", "#7a4ab0")
    main = {
        "office": {"#1a1a1c": 5.0, "#e9e9e7": 1.2, "#55585c": 1.2, "#b8babc": 0.8, "#2c3440": 0.5},
        "travel": {"#1c1c1e": 3.0, "#e9e9e7": 1.5, "#8a8c90": 0.8, "*": 2.0},
        "gaming": {"#141416": 6.0, "#ececec": 1.0, "#2a2c30": 1.0},
        "flat": {"#f4f4f4": 4.0, "#2a2a2c": 1.5},
        "retro": {"#d6cdb6": 4.0, "#c4bfb2": 1.5, "#e4e0d4": 1.0},
    }[style]
    chosen = pick(rng, main)
    color = shade_of(rng, pick(rng, bright) if chosen == "*" else chosen, value=0.12, hue=0.02)
    dark, grey = shade_of(rng, "#19191b"), shade_of(rng, "#8c8e92")
    pinched = style in ("office", "gaming", "travel")
    two_tone = pinched and chance(rng, 0.55)
    shell: dict[str, Param] = {
        "color": color,
        "color_b": dark if chance(rng, 0.6) else grey,
        "flank": rounded(rng, (0.55, 0.78)) if two_tone else 1.2,
        "cross": rounded(rng, (0.05, 0.3)) if style == "retro" else rounded(rng, (-0.1, 0.2)),
        "cross_line": style == "retro" or chance(rng, 0.3),
        "split": style != "flat",
        "strip": rounded(rng, (0.12, 0.24)) if pinched and chance(rng, 0.6) else 0.0,
        "color_c": shade_of(rng, pick(rng, {"#a8aaad": 2.0, "#2a2b2d": 2.0, "#55585c": 1.5, "#c03030": 0.3})),
        "roughness": rounded(rng, (0.15, 0.3)) if chance(rng, 0.35) else rounded(rng, (0.35, 0.6)),
        "coat": 0.3 if style == "flat" else 0.0,
    }
    base: dict[str, Param] = {"color": dark if style != "retro" else color, "roughness": 0.5}
    wheel: dict[str, Param] = {"color": shade_of(rng, pick(rng, ("#101012", "#2a2a2c", "#77797c"))), "roughness": 0.6}
    if style == "flat":
        base["color"] = shade_of(rng, "#b9bbbd")
    if style == "gaming" and chance(rng, 0.55):
        light = shade_of(rng, pick(rng, ("#30c0ff", "#ff3030", "#40ff60", "#a040ff", "#ff8a10")))
        wheel |= {"color": light, "emission": 1.5}
        base |= {"color": light, "emission": 1.0} if chance(rng, 0.4) else {}
    found = {
        "base": SurfaceSpec(kind="plain", params=base),
        "shell": SurfaceSpec(kind="mouse_shell", params={**shell, "seed": surface_seed(rng)}),
        "wheel": SurfaceSpec(kind="plain", params=wheel),
    }
    return {name: spec for name, spec in found.items() if name != "wheel" or number(params, "wheel_m")}


def _outline(params: Mapping[str, Param]) -> Float:
    """(S, 2) outline with -1..1 along x, counter-clockwise; y in units of the half width."""
    turn = np.arange(_AROUND) / _AROUND * 2 * np.pi
    power = 2 / number(params, "square")
    x, y = (np.sign(f) * np.abs(f) ** power for f in (np.cos(turn), np.sin(turn)))
    waist = 1 - number(params, "waist") * np.exp(-(((x - 0.15) / 0.45) ** 2))
    outline: Float = np.stack([x, y * waist * (1 - number(params, "taper") * np.clip(x, 0, 1))], axis=1)
    return outline


def _top_m(params: Mapping[str, Param], x: Float) -> Float:
    """Height of the back over -1..1 from the palm to the buttons."""
    ahead = np.clip((x - number(params, "hump")) / (1 - number(params, "hump")), 0, 1)
    behind = np.clip((number(params, "hump") - x) / (1 + number(params, "hump")), 0, 1)
    top: Float = number(params, "height_m") * (1 - number(params, "drop") * ahead**1.7 - 0.25 * behind**2)
    return top


def _rings(params: Mapping[str, Param]) -> Float:
    outline = _outline(params)
    half = np.array([number(params, "length_m"), number(params, "width_m")]) / 2
    low_m = number(params, "base") * number(params, "height_m")
    scales = np.array([0.93, 0.96, 0.985, 1.0, 0.992, 0.97, 0.93, 0.87, 0.78, 0.66, 0.5, 0.32, 0.12])
    rings = np.empty((len(scales), _AROUND, 3))
    rings[..., :2] = scales[:, None, None] * outline * half
    top = _top_m(params, scales[3:, None] * outline[None, :, 0])
    full = number(params, "full")
    rise = (1 - scales[3:, None] ** (1.6 * full)) ** (1 / full)
    rings[:3, :, 2] = np.array([0.0, 0.25, 0.75])[:, None] * low_m
    rings[3:, :, 2] = low_m + (top - low_m) * rise
    # A shell for the right hand is higher on the thumb's side.
    rings[3:, :, 2] += number(params, "lean") * rings[3:, :, 1] * rise
    return rings


def _wheel(params: Mapping[str, Param]) -> list[Part]:
    radius_m = number(params, "wheel_m")
    if not radius_m:
        return []
    half_m = number(params, "wheel_width_m") / 2
    radii = radius_m * np.array([0.0, 0.86, 1.0, 1.0, 0.86, 0.0])
    disc = revolve("wheel", radii, half_m * np.array([-1, -1, -0.6, 0.6, 1, 1]), 20)
    side_on = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])
    x, full = 0.5, number(params, "full")
    rise = (1 - x ** (1.6 * full)) ** (1 / full)
    low_m = number(params, "base") * number(params, "height_m")
    z_m = low_m + (float(_top_m(params, np.array(x))) - low_m) * rise - 0.68 * radius_m
    return [moved(disc, rotation=side_on, offset_m=(x * number(params, "length_m") / 2, 0.0, z_m))]


def _build(params: Mapping[str, Param]) -> Mesh:
    rings = _rings(params)
    half = (number(params, "length_m") / 2, number(params, "width_m") / 2)
    parts = [loft("base", rings[:4]), mapped(loft("shell", rings[3:]), half), *_wheel(params)]
    quarter = _AROUND // 4
    rim = rings[4]
    keypoints = [rim[0], rim[quarter], rim[2 * quarter], rim[3 * quarter], rings[-1].mean(axis=0)]
    return merge(parts, np.stack(keypoints))


MOUSE = ObjectType(
    name="mouse",
    category=_CATEGORY,
    sample=_sample,
    build=_build,
    rest_poses=(RestPose(name="lying", weight=1.0, tilt_rad=(0.0, 0.0)),),
)

OBJECT_TYPES: tuple[ObjectType, ...] = (MOUSE,)
