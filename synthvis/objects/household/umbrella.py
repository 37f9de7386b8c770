"""Umbrellas: open over a head or on the ground, rolled, folded small, of paper; and parasols on their poles."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.draws import chance, pick, rounded
from synthvis.geometry import rotation_about
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import Part, cylinder, merge, moved, revolve, tube
from synthvis.objects.mesh.params import linear_rgb, number, numbers, shade_of, surface_seed, text
from synthvis.objects.mesh.plates import face_grid, limb, prism, rounded_rectangle, split
from synthvis.objects.object_type import ObjectType, RestPose, Sample
from synthvis.objects.spec import Category, KeypointSymmetry, Param, SurfaceSpec

__all__ = ["OBJECT_TYPES", "UMBRELLA"]

Float = NDArray[np.float64]

_CATEGORY = Category(
    id=28,
    name="umbrella",
    supercategory="accessory",
    keypoints=("tip", "foot", "rim_near", "rim_right", "rim_far", "rim_left"),
    skeleton=((0, 1), (0, 2), (0, 3), (0, 4), (0, 5)),
    flip_pairs=((3, 5),),
    symmetry=(KeypointSymmetry(cycles=((2, 3, 4, 5),), first="lowest"),),
)

_HELD = {"#131316": 7.0, "#1c2a52": 1.8, "#c01f2a": 2.0, "#2a62c0": 1.2, "#1e6a44": 0.9, "#f2c01e": 1.0, "#e0609a": 1.0,
         "#6a3a8a": 0.7, "#f0efea": 1.2, "#e8702a": 0.7, "#8ac8d8": 0.6, "#7a5a44": 0.4}  # fmt: skip
_SHADES = {"#ece2c8": 3.0, "#f2f0ea": 2.0, "#1e5a3c": 1.5, "#b0202a": 1.6, "#1c3a6a": 1.2, "#d8b468": 1.0,
           "#2a86b8": 1.0, "#e88a2a": 0.7}  # fmt: skip
_BEACH = {
    "#d8262a": 2.0,
    "#2a62d0": 2.0,
    "#f2c01e": 2.0,
    "#18a0a0": 1.0,
    "#34a04a": 1.0,
    "#f2f0ea": 2.0,
    "#e85a9a": 0.8,
}
_RAINBOW = ("#d8262a", "#f2781c", "#f2d01e", "#34a04a", "#18a0b8", "#2a4ac0", "#6a2a9a", "#e0508a")


# Sampling


def _sample(rng: Generator) -> Sample:
    style = pick(rng, {"open": 6.0, "rolled": 1.2, "folded": 0.5, "parasol": 2.0, "beach": 1.6, "paper": 0.6})
    closed = style in ("rolled", "folded")
    params = _sample_closed(rng, style) if closed else _sample_canopy(rng, style)
    params["style"] = style
    return Sample(params=params, surfaces=_surfaces(rng, params))


def _sample_closed(rng: Generator, style: str) -> dict[str, Param]:
    lying = style == "folded" or chance(rng, 0.7)
    return {
        "length_m": rounded(rng, (0.8, 0.96)) if style == "rolled" else rounded(rng, (0.24, 0.33)),
        "radius_m": rounded(rng, (0.026, 0.048)) if style == "rolled" else rounded(rng, (0.024, 0.034)),
        "folds": int(rng.integers(6, 10)),
        "twist_rad": rounded(rng, (0.5, 2.5)),
        "handle": pick(rng, {"crook": 2.0, "straight": 1.0}) if style == "rolled" else "straight",
        "tilt_rad": round(float(np.pi / 2), 5) - 0.02 if lying else rounded(rng, (0.0, 0.25)),
        "panels": (0,),
    }


def _sample_canopy(rng: Generator, style: str) -> dict[str, Param]:
    radius_m = {"open": (0.44, 0.66), "parasol": (1.15, 1.7), "beach": (0.8, 1.1), "paper": (0.34, 0.45)}[style]
    radius = rounded(rng, radius_m)
    count = {"open": 8 if chance(rng, 0.8) else 10, "parasol": 8 if chance(rng, 0.7) else 6, "beach": 8}.get(style, 24)
    rise = {"open": (0.42, 0.62), "parasol": (0.28, 0.42), "beach": (0.4, 0.55), "paper": (0.3, 0.42)}[style]
    high = style in ("parasol", "beach")
    grounded = not high and chance(rng, 0.35)
    height_m = radius * rounded(rng, rise)
    return {
        "radius_m": radius,
        "height_m": height_m,
        "power": rounded(rng, (1.7, 2.3)) if style in ("open", "beach") else rounded(rng, (1.05, 1.3)),
        "scallop": rounded(rng, (0.02, 0.07)) if style != "paper" else 0.025,
        "valance_m": rounded(rng, (0.08, 0.16)) if high and chance(rng, 0.55) else 0.0,
        "shaft_m": rounded(rng, (0.78, 0.92))
        if not high
        else rounded(rng, (2.1, 2.5))
        if style == "parasol"
        else rounded(rng, (1.7, 2.0)),
        "shaft_radius_m": 0.006 if not high else rounded(rng, (0.016, 0.025)),
        "handle": "straight" if style == "paper" else pick(rng, {"crook": 2.0, "straight": 1.4}),
        "base": pick(rng, {"disc": 2.0, "slab": 1.0, "dome": 1.0}) if style == "parasol" else "none",
        "grounded": grounded,
        "tilt_rad": 0.0 if style == "parasol" else rounded(rng, (0.0, 0.3)) if high else rounded(rng, (0.0, 0.6)),
        "panels": _panels(rng, style, count),
        "lining": style == "open" and chance(rng, 0.12),
    }


def _panels(rng: Generator, style: str, count: int) -> tuple[float, ...]:
    """The number of the cloth that each panel is cut from."""
    weights = {
        "open": {"one": 7.0, "two": 1.3, "rainbow": 0.9, "odd": 0.6},
        "beach": {"one": 1.5, "two": 4.0, "rainbow": 1.5},
        "parasol": {"one": 6.0, "two": 1.2},
        "paper": {"one": 1.0},
    }[style]
    kind = pick(rng, weights)
    if kind == "rainbow":
        return tuple(range(count))
    if kind == "two":
        return tuple(k % 2 for k in range(count))
    if kind == "odd":
        return tuple(int(k % 4 == 0) for k in range(count))
    return (0,) * count


def _cloth(rng: Generator, style: str, code: str, *, printed: bool) -> SurfaceSpec:
    patterns = {"plain": 5.0, "border": 1.2, "dots": 0.9, "checks": 0.6, "flowers": 1.0, "rings": 0.3, "blot": 0.5}
    if style == "parasol":
        patterns = {"plain": 6.0, "border": 1.0}
    if style == "paper":
        patterns = {"plain": 0.7, "border": 2.5, "rings": 1.0, "flowers": 0.8}
    second, third = (pick(rng, _HELD if code in ("#f0efea",) else _BEACH) for _ in range(2))
    return SurfaceSpec(kind="sailcloth", params={
        "pattern": pick(rng, patterns) if printed else "plain",
        "color": shade_of(rng, code, value=0.15),
        "color_b": shade_of(rng, second),
        "color_c": shade_of(rng, third),
        "count": float(rng.integers(6, 18)),
        "stretch": 1.0,
        "glow": rounded(rng, (0.02, 0.12)),
        "gloss": rounded(rng, (0.15, 0.5)),
        "roughness": rounded(rng, (0.45, 0.8)),
        "wrinkle": rounded(rng, (0.0, 0.2)),
        "seed": surface_seed(rng),
    })  # fmt: skip


def _surfaces(rng: Generator, params: Mapping[str, Param]) -> dict[str, SurfaceSpec]:
    style = text(params, "style")
    used = sorted({int(k) for k in numbers(params, "panels")})
    palette = {"parasol": _SHADES, "beach": _BEACH}.get(style, _HELD)
    if style == "paper":
        palette = {"#e8d8b0": 1.5, "#c02a2a": 2.0, "#f0e8e0": 1.0, "#d87aa0": 1.0, "#2a4a8a": 0.7}
    codes = [pick(rng, palette) for _ in used]
    if len(used) > 2:
        codes = [_RAINBOW[k % len(_RAINBOW)] for k in used]
    elif len(used) == 2 and (codes[0] == codes[1] or chance(rng, 0.6)):
        codes[1] = "#f2f0ea" if codes[0] != "#f2f0ea" else "#d8262a"
    found = {
        f"cloth_{k}": _cloth(rng, style, code, printed=len(used) == 1) for k, code in zip(used, codes, strict=True)
    }
    steel = SurfaceSpec(kind="metal", params={"color": linear_rgb("#b8babc"), "roughness": 0.3})
    black = SurfaceSpec(kind="plain", params={"color": linear_rgb("#141416"), "roughness": 0.35})
    wood = SurfaceSpec(kind="wood", params={"color": shade_of(rng, "#a06a3c"), "dark_color": shade_of(rng, "#5a3418")})
    wooden = style == "paper" or chance(rng, 0.35)
    found["shaft"] = wood if wooden and style in ("paper", "parasol") else steel if chance(rng, 0.7) else black
    if style in ("open", "rolled", "folded"):
        found["handle"] = wood if wooden and style != "folded" else black
    elif style == "paper":
        found["handle"] = wood
    elif style == "parasol":
        stone = SurfaceSpec(kind="plain", params={"color": shade_of(rng, "#8a8a86", value=0.3), "roughness": 0.8})
        found["handle"] = stone if chance(rng, 0.6) else black
    if style != "folded" and style != "rolled":
        found["ribs"] = wood if style == "paper" or (wooden and style == "parasol") else steel
        if params["lining"]:
            found["lining"] = SurfaceSpec(
                kind="sailcloth", params={"color": shade_of(rng, "#8e9094"), "roughness": 0.5, "glow": 0.02}
            )
    return found


# Building


def _canopy(params: Mapping[str, Param]) -> list[Part]:
    """Cloth between the ribs: cut short in the middle of each panel, and flat there as under tension."""
    panels = numbers(params, "panels")
    count = len(panels)
    each = 6 if count <= 10 else 2
    around = count * each
    radius, height, power = (number(params, k) for k in ("radius_m", "height_m", "power"))
    place = np.arange(around) % each / each
    middle = np.sin(np.pi * place) ** 2
    chord = np.cos(np.pi / count) / np.cos(2 * np.pi / count * place - np.pi / count)
    # The cloth hangs between straight and round: seen from above, a polygon with soft sides.
    share = np.linspace(0, 1, 10)[:, None]
    cut = share * (1 - number(params, "scallop") * middle * share**3)
    flat = 1 + (chord - 1) * (0.5 + 0.5 * share)
    outer_r, outer_z = radius * cut * flat, height * (1 - cut**power)
    if text(params, "style") == "paper":
        # Paper is folded between its many ribs.
        outer_z = outer_z - 0.05 * height * middle * share
    if number(params, "valance_m"):
        hem = -number(params, "valance_m") * (0.75 + 0.25 * middle)
        outer_r = np.concatenate([outer_r, 1.01 * outer_r[-1:]])
        outer_z = np.concatenate([outer_z, outer_z[-1:] + hem])
        share = np.append(share, [[1.0]], axis=0)
    thick = 0.002
    inner_r = outer_r * (1 - thick / radius)
    rows_r = np.concatenate([inner_r, outer_r[::-1]])
    rows_z = np.concatenate([outer_z - thick, outer_z[::-1]])
    rows_r[[0, -1]] = 0.0
    part = revolve("cloth", rows_r, rows_z, around)
    reach = np.concatenate([np.repeat(np.concatenate([share[1:, 0], share[:0:-1, 0]]), around), (0.0, 0.0)])
    plane = part.vertices_m[:, :2] / (2 * radius) + 0.5
    part = Part(slot="cloth", vertices_m=part.vertices_m, faces=part.faces,
                attributes={"u": plane[:, 0], "v": plane[:, 1], "reach": reach})  # fmt: skip
    rings = 2 * (len(share) - 1)
    rows, columns = face_grid(rings, around)
    slots = np.array(panels, dtype=int)[columns // each]
    names = [f"cloth_{k}" for k in range(int(max(panels)) + 1)]
    if params["lining"]:
        names.append("lining")
        slots = np.where(rows < rings // 2 - 1, len(names) - 1, slots)
    return split(part, slots, names)


def _ribs(params: Mapping[str, Param]) -> list[Part]:
    count = len(numbers(params, "panels"))
    radius, height, power = (number(params, k) for k in ("radius_m", "height_m", "power"))
    share = np.linspace(0.03, 1.0, 7)
    curve = np.stack([radius * share * 0.995, np.zeros(7), height * (1 - share**power) - 0.004], axis=1)
    thin = 0.0022 if radius < 0.7 else 0.007
    rib = tube("ribs", curve, thin, 5, up=(0, 1, 0))
    runner = (0.0, 0.0, height - 0.55 * radius)
    brace = limb("ribs", runner, curve[3] - (0, 0, thin), 0.8 * thin, 5)
    turns = [rotation_about((0, 0, 1), 2 * np.pi * k / count) for k in range(count)]
    return [moved(part, rotation=turn) for turn in turns for part in (rib, brace)]


def _handle(style: str, foot_z: float, size: float = 1.0) -> Part:
    """A crook or a straight grip that ends at or near `foot_z`."""
    if style == "crook":
        bend = size * 0.042
        turn = np.linspace(0, np.pi, 12)
        # Away from the side on which an open umbrella is laid down, which then rests on the shaft's end.
        arc = np.stack([bend * (np.cos(turn) - 1), np.zeros(12), foot_z + bend * (1 - np.sin(turn))], axis=1)
        curve = np.concatenate([[(0.0, 0.0, foot_z + 0.16 * size)], [(0.0, 0.0, foot_z + 0.1 * size)], arc])
        return tube("handle", curve, 0.0115 * size, 10, up=(0, 1, 0))
    rows = [
        (0.0, 0.0),
        (0.012, 0.0),
        (0.016, 0.006),
        (0.014, 0.04),
        (0.0125, 0.09),
        (0.0125, 0.115),
        (0.009, 0.12),
        (0.0, 0.12),
    ]
    return revolve("handle", [a * size for a, _ in rows], [foot_z + b * size for _, b in rows], 14)


def _base(style: str, foot_z: float) -> list[Part]:
    post = moved(cylinder("handle", 0.032, 0.3, 16), offset_m=(0, 0, foot_z))
    if style == "disc":
        return [post, moved(cylinder("handle", 0.25, 0.06, 32, bevel_m=0.01), offset_m=(0, 0, foot_z))]
    if style == "slab":
        return [post, moved(prism("handle", rounded_rectangle(0.27, 0.27, 0.03), 0.0, 0.07), offset_m=(0, 0, foot_z))]
    rows = [(0.0, 0.0), (0.26, 0.0), (0.265, 0.02), (0.22, 0.07), (0.12, 0.12), (0.04, 0.15), (0.0, 0.15)]
    return [post, revolve("handle", [a for a, _ in rows], [foot_z + b for _, b in rows], 32)]


def _build_open(params: Mapping[str, Param]) -> Mesh:
    style, radius, height = text(params, "style"), number(params, "radius_m"), number(params, "height_m")
    top = height + (0.045 if radius < 0.7 else 0.08)
    foot = top - number(params, "shaft_m")
    shaft = limb(
        "shaft", (0, 0, foot + (0.06 if style == "open" else 0.0)), (0, 0, top), number(params, "shaft_radius_m"), 12
    )
    parts = [*_canopy(params), *_ribs(params), shaft]
    if style in ("open", "paper"):
        parts.append(_handle(text(params, "handle"), foot))
    elif style == "parasol":
        parts += _base(text(params, "base"), foot)
    points = np.array([(0, 0, top), (0, 0, foot), (radius, 0, 0), (0, radius, 0), (-radius, 0, 0), (0, -radius, 0)])
    if len(numbers(params, "panels")) in (6, 10):
        # Here ribs point east and west only.
        points[[3, 5], 1] *= np.cos(np.pi / len(numbers(params, "panels")))
    tilt = number(params, "tilt_rad")
    if params["grounded"]:
        # Laid down, an open umbrella rests on its rim and its handle.
        tilt = float(np.arctan2(-foot, radius))
    return _turned(parts, points, tilt)


def _turned(parts: list[Part], points: Float, tilt_rad: float) -> Mesh:
    turn = rotation_about((0, 1, 0), tilt_rad)
    return merge([moved(part, rotation=turn) for part in parts], points @ turn.T)


def _build_closed(params: Mapping[str, Param]) -> Mesh:
    length, radius, rolled = number(params, "length_m"), number(params, "radius_m"), text(params, "style") == "rolled"
    around, folds = 48, number(params, "folds")
    tip, hem = (0.07, 0.8 * length) if rolled else (0.008, length - 0.075)
    share = np.linspace(0, 1, 16)
    swell = (0.3 + 0.7 * share**0.7) if rolled else 0.82 + 0.18 * np.sin(np.pi * share)
    # The strap draws the cloth in.
    strap = 0.62 if rolled else 0.6
    swell = swell * (1 - 0.22 * np.exp(-(((share - strap) / 0.07) ** 2)))
    angle = np.arange(around) / around * 2 * np.pi
    wave = np.cos(folds * angle + number(params, "twist_rad") * 3 * share[:, None])
    rings = radius * swell[:, None] * (1 + (0.1 + 0.1 * share[:, None]) * wave)
    heights = tip + (hem - tip) * share[:, None] + 0.012 * (share[:, None] > 0.99) * wave
    cloth = revolve("cloth_0", np.concatenate([[np.full(around, 0.4 * radius * swell[0])], rings, 0.5 * rings[-1:]]),
                    np.concatenate([[np.full(around, tip - 0.004)], heights, heights[-1:] - 0.01]), around)  # fmt: skip
    reach = np.clip((cloth.vertices_m[:, 2] - tip) / (hem - tip), 0, 1)
    cloth = Part(slot="cloth_0", vertices_m=cloth.vertices_m, faces=cloth.faces,
                 attributes={"u": cloth.attributes["around_cos"] / 2 + 0.5, "v": reach, "reach": reach})  # fmt: skip
    z = tip + strap * (hem - tip)
    belt = 1.04 * radius * float(np.interp(strap, share, swell))
    band = revolve(
        "cloth_0", np.array([0.7, 1.1, 1.1, 0.7]) * belt, z + np.array([-1, -1, 1, 1]) * 0.011, 24, loop=True
    )
    parts = [cloth, band, limb("shaft", (0, 0, 0), (0, 0, length - 0.06 * rolled), 0.0055, 10)]
    if text(params, "handle") == "crook":
        grip = _handle("crook", -length)
    else:
        grip = _handle("straight", -length, 1.0 if rolled else 1.25 if radius > 0.028 else 1.1)
    parts.append(moved(grip, rotation=rotation_about((1, 0, 0), np.pi)))
    side = 0.9 * radius
    points = np.array([(0, 0, 0), (0, 0, length), (side, 0, hem), (0, side, hem), (-side, 0, hem), (0, -side, hem)])
    return _turned(parts, points, number(params, "tilt_rad"))


def _build(params: Mapping[str, Param]) -> Mesh:
    return _build_closed(params) if text(params, "style") in ("rolled", "folded") else _build_open(params)


UMBRELLA = ObjectType(
    name="umbrella",
    category=_CATEGORY,
    sample=_sample,
    build=_build,
    # Which attitudes fit depends on the style, so they are among the parameters of the shape.
    rest_poses=(RestPose(name="as_built", weight=1.0, tilt_rad=(0.0, 0.03)),),
)
"""An umbrella as it is held, laid down or set up."""

OBJECT_TYPES: tuple[ObjectType, ...] = (UMBRELLA,)
