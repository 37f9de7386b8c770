"""Surfboards and skateboards."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.draws import chance, pick, rounded
from synthvis.geometry import rotation_about
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import Part, box, loft, merge, moved, revolve
from synthvis.objects.mesh.params import linear_rgb, number, shade_of, surface_seed, text
from synthvis.objects.mesh.plates import face_grid, limb, sheet, split, stack
from synthvis.objects.object_type import ObjectType, RestPose, Sample
from synthvis.objects.spec import Category, Param, SurfaceSpec

__all__ = ["OBJECT_TYPES", "SKATEBOARD", "SURFBOARD"]

Float = NDArray[np.float64]
_HALF_TURN = float(np.pi / 2)

_SURF = Category(
    id=42,
    name="surfboard",
    supercategory="sports",
    keypoints=("nose", "tail", "left_rail", "right_rail"),
    skeleton=((0, 2), (0, 3), (1, 2), (1, 3)),
    flip_pairs=((2, 3),),
)
_SKATE = Category(
    id=41,
    name="skateboard",
    supercategory="sports",
    keypoints=("nose", "tail", "front_left_wheel", "front_right_wheel", "rear_left_wheel", "rear_right_wheel"),
    skeleton=((0, 1), (2, 3), (4, 5)),
    flip_pairs=((2, 3), (4, 5)),
)

_BRIGHT = {"#d8262a": 2.0, "#2a62d0": 2.0, "#f2c01e": 1.5, "#34a04a": 1.0, "#f2781c": 1.5, "#101012": 1.5,
           "#18a0b0": 2.0, "#e85a9a": 0.7, "#f4f2ea": 2.0, "#8ad0d8": 1.0}  # fmt: skip


def _colors(rng: Generator, base: str) -> dict[str, Param]:
    second, third, badge = (pick(rng, _BRIGHT) for _ in range(3))
    return {"color": shade_of(rng, base, value=0.1), "color_b": shade_of(rng, second), "color_c": shade_of(rng, third),
            "badge_color": shade_of(rng, badge), "count": float(rng.integers(4, 10)),
            "seed": surface_seed(rng)}  # fmt: skip


def _skin(x_m: Float, half_m: Float, top_m: Float, low_m: Float, section: Float) -> Part:
    """Closed skin along x of one cross-section.

    Args:
        x_m: (R,) stations from tail to nose.
        half_m: (R,) half widths.
        top_m: (R,) z where the section's height is 1.
        low_m: (R,) z where it is -1.
        section: (S, 2) share of the half width and height -1..1, right-handed about +x.

    Attributes: "u" across, 0..1 from the right side to the left, and "v" along.
    """
    rings = np.empty((len(x_m), len(section), 3))
    rings[..., 0] = x_m[:, None]
    rings[..., 1] = half_m[:, None] * section[:, 0]
    rings[..., 2] = ((top_m + low_m) / 2)[:, None] + ((top_m - low_m) / 2)[:, None] * section[:, 1]
    part = loft("board", rings)
    u = np.concatenate([np.tile((section[:, 0] + 1) / 2, len(x_m)), (0.5, 0.5)])
    v = (part.vertices_m[:, 0] - x_m[0]) / (x_m[-1] - x_m[0])
    return Part(slot="board", vertices_m=part.vertices_m, faces=part.faces, attributes={"u": u, "v": v})


# Surfboards


def _sample_surf(rng: Generator) -> Sample:
    style = pick(rng, {"short": 4.0, "long": 3.0, "fish": 1.5, "foam": 1.5})
    length_m = {"short": (1.65, 2.05), "long": (2.6, 3.0), "fish": (1.6, 1.9), "foam": (1.8, 2.6)}[style]
    length = rounded(rng, length_m)
    params: dict[str, Param] = {
        "style": style,
        "length_m": length,
        "width_m": rounded(rng, (0.46, 0.52)) if style == "short" else rounded(rng, (0.53, 0.6)),
        "thick_m": rounded(rng, (0.055, 0.07)) if style != "foam" else rounded(rng, (0.07, 0.09)),
        "nose": {"short": rounded(rng, (0.62, 0.72)), "fish": rounded(rng, (0.55, 0.65))}.get(
            style, rounded(rng, (0.36, 0.48))
        ),
        "tail": {"short": rounded(rng, (0.42, 0.52)), "fish": rounded(rng, (0.35, 0.4))}.get(
            style, rounded(rng, (0.4, 0.6))
        ),
        "notch_m": rounded(rng, (0.08, 0.14)) if style == "fish" else 0.0,
        "rocker_m": rounded(rng, (0.05, 0.13)),
        "fins": {"long": 1, "fish": 2}.get(style, 3) if chance(rng, 0.85) else 3,
        "fin_m": rounded(rng, (0.1, 0.13)) if style != "long" else rounded(rng, (0.15, 0.22)),
    }
    return Sample(params=params, surfaces=_surf_surfaces(rng, style))


def _surf_surfaces(rng: Generator, style: str) -> dict[str, SurfaceSpec]:
    base = pick(rng, {"#f4f2ea": 7.0, "#f0e4c0": 1.5, "#8ad0d8": 1.0, "#f2c01e": 0.8, "#d8262a": 0.6, "#2a62d0": 0.7,
                      "#e8f0a0": 0.4, "#101012": 0.3, "#f2a078": 0.5})  # fmt: skip
    patterns = {
        "plain": 3.2,
        "stripe": 1.6,
        "rails": 1.6,
        "ends": 1.3,
        "slant": 1.0,
        "fade": 0.8,
        "blot": 0.5,
        "flowers": 0.4,
    }
    pattern = pick(rng, patterns if style != "foam" else {"plain": 3.0, "stripe": 1.0, "rails": 1.0})
    if style == "foam":
        base = pick(rng, {"#2a62d0": 3.0, "#f4f2ea": 1.5, "#18a0b0": 1.0, "#f2c01e": 1.0, "#d8262a": 0.8})
    shared = _colors(rng, base)
    deck: dict[str, Param] = {
        **shared,
        "pattern": pattern,
        "stringer": 1.0 if style != "foam" and chance(rng, 0.7) else 0.0,
        "badge": rounded(rng, (0.62, 0.78)) if chance(rng, 0.65) else 0.0,
        "pad": 1.0 if style in ("short", "fish") and chance(rng, 0.6) else 0.0,
        "roughness": rounded(rng, (0.15, 0.4)) if style != "foam" else 0.6,
        "wear": rounded(rng, (0.0, 0.35)),
        "wear_color": shade_of(rng, "#cfc4a8"),
    }
    bottom = {**deck, "pad": 0.0, "wear": 0.0, "roughness": rounded(rng, (0.1, 0.25))}
    if chance(rng, 0.4):
        bottom |= {"pattern": "plain", "color": shade_of(rng, pick(rng, {"#f4f2ea": 3.0, **_BRIGHT}))}
    fin = pick(rng, {"#161618": 4.0, "#f0f0ec": 1.5, "#2a62d0": 0.8, "#d8262a": 0.6, "#f2c01e": 0.5})
    return {
        "deck": SurfaceSpec(kind="board_print", params=deck),
        "bottom": SurfaceSpec(kind="board_print", params=bottom),
        "fin": SurfaceSpec(kind="plain", params={"color": shade_of(rng, fin), "roughness": 0.3}),
    }


def _surf_outline(params: Mapping[str, Param], share: Float) -> Float:
    """Half width over 0 (tail) .. 1 (nose)."""
    nose, tail = number(params, "nose"), number(params, "tail")
    wide = 0.47 if text(params, "style") in ("short", "fish") else 0.52
    fore = np.clip((share - wide) / (1 - wide), 0, 1)
    aft = np.clip((wide - share) / wide, 0, 1)
    ahead = (1 - fore ** (1.9 + 0.4 * (1 - nose))) ** (nose + 0.05)
    # The tail keeps a width of its own, rounded off over its last hand's breadth.
    square = 0.62 if text(params, "style") == "fish" else 0.38
    behind = square + (1 - square) * (1 - aft**1.8)
    behind *= np.sqrt(np.clip(1 - np.clip((aft - 0.93) / 0.07, 0, 1) ** 2, 0.0, 1)) ** (0.4 + tail)
    found: Float = number(params, "width_m") / 2 * np.maximum(np.where(share > wide, ahead, behind), 0.02)
    return found


def _build_surf(params: Mapping[str, Param]) -> Mesh:
    length, thick = number(params, "length_m"), number(params, "thick_m")
    share = np.sin(np.linspace(-np.pi / 2, np.pi / 2, 33)) / 2 + 0.5
    rocker = number(params, "rocker_m") * (
        np.clip((share - 0.4) / 0.6, 0, 1) ** 2.4 + 0.4 * np.clip((0.4 - share) / 0.4, 0, 1) ** 2
    )
    foil = thick / 2 * np.maximum((1 - np.abs(2 * share - 1) ** 2.6), 0.12)
    turn = np.linspace(0, 2 * np.pi, 21)[:-1]
    section = np.stack(
        [np.sign(np.cos(turn)) * np.abs(np.cos(turn)) ** 0.55, np.sign(np.sin(turn)) * np.abs(np.sin(turn)) ** 0.9],
        axis=1,
    )
    part = _skin((share - 0.5) * length, _surf_outline(params, share), rocker + foil, rocker - foil, section)
    vertices = part.vertices_m.copy()
    across = np.abs(part.attributes["u"] - 0.5) * 2
    # A swallow tail is a notch that its middle is pulled forward by.
    late = np.clip(1 - part.attributes["v"] / 0.12, 0, 1)
    vertices[:, 0] += number(params, "notch_m") * (1 - across) * late
    part = Part(slot="board", vertices_m=vertices, faces=part.faces, attributes=part.attributes)
    rows, columns = face_grid(33, 20)
    upper = (columns < 10) & (rows >= 0) & (rows < 32)
    parts = split(part, np.where(upper, 0, 1), ("deck", "bottom"))
    wide = _surf_outline(params, np.array([0.5]))[0]
    points = [
        (length / 2, 0, rocker[-1]),
        (-length / 2 + number(params, "notch_m"), 0, rocker[0]),
        (0, wide, 0),
        (0, -wide, 0),
    ]
    return merge([*parts, *_fins(params)], points)


def _fins(params: Mapping[str, Param]) -> list[Part]:
    length, fin_m, thick = (number(params, k) for k in ("length_m", "fin_m", "thick_m"))
    count, half = int(number(params, "fins")), number(params, "width_m") / 2
    places = {1: [(0.1, 0.0)], 2: [(0.1, 0.62), (0.1, -0.62)]}.get(count, [(0.055, 0.0), (0.15, 0.62), (0.15, -0.62)])
    rise = np.linspace(0, 1, 7)[:, None]
    chord = np.linspace(0, 1, 4)
    # A fin sweeps back and narrows to its tip.
    x = fin_m * (1.05 * (chord - 0.5) * (1 - rise**1.7) - 0.55 * rise**1.6 - 0.02 * chord)
    points = np.stack([x, np.zeros((7, 4)), np.broadcast_to(-fin_m * rise, (7, 4))], axis=2)
    blade = sheet("fin", points, 0.006)
    found = []
    for along, aside in places:
        lean = rotation_about((1, 0, 0), 0.12 * np.sign(aside))
        found.append(
            moved(blade, rotation=lean, offset_m=((along - 0.5) * length + 0.5 * fin_m, aside * half, -0.3 * thick))
        )
    return found


SURFBOARD = ObjectType(
    name="surfboard",
    category=_SURF,
    sample=_sample_surf,
    build=_build_surf,
    rest_poses=(
        RestPose(name="upright", weight=1.6, tilt_rad=(0.0, 0.04)),
        RestPose(name="fins_up", weight=0.7, tilt_rad=(float(np.pi), float(np.pi)), tilt_axis="x"),
        RestPose(name="standing", weight=1.8, tilt_rad=(-_HALF_TURN, -1.25), tilt_axis="y"),
        RestPose(name="on_its_rail", weight=1.0, tilt_rad=(1.3, 1.75), tilt_axis="x"),
    ),
)
"""A surfboard, nose towards +x, deck up, on its fins."""


# Skateboards


def _sample_skate(rng: Generator) -> Sample:
    style = pick(rng, {"street": 6.0, "cruiser": 1.5, "long": 1.5, "old": 0.8})
    length = {"street": (0.76, 0.83), "cruiser": (0.55, 0.7), "long": (0.9, 1.1), "old": (0.72, 0.8)}[style]
    width = {"street": (0.19, 0.216), "cruiser": (0.15, 0.19), "long": (0.21, 0.25), "old": (0.235, 0.26)}[style]
    big = style in ("cruiser", "long", "old")
    params: dict[str, Param] = {
        "style": style,
        "length_m": rounded(rng, length),
        "width_m": rounded(rng, width),
        "thick_m": 0.0105,
        "kick_m": rounded(rng, (0.03, 0.05)) if style != "long" else rounded(rng, (0.0, 0.015)),
        "nose_kick": {"street": 1.0, "long": 1.0}.get(style, 0.15),
        "concave_m": rounded(rng, (0.003, 0.009)),
        "wheel_m": rounded(rng, (0.029, 0.036)) if big else rounded(rng, (0.025, 0.028)),
        "wheel_width_m": rounded(rng, (0.04, 0.052)) if big else rounded(rng, (0.029, 0.034)),
        "truck_m": rounded(rng, (0.046, 0.056)),
        "taper": rounded(rng, (0.55, 0.8)) if style in ("long", "old") and chance(rng, 0.6) else 0.9,
    }
    return Sample(params=params, surfaces=_skate_surfaces(rng, style))


def _skate_surfaces(rng: Generator, style: str) -> dict[str, SurfaceSpec]:
    seed = surface_seed(rng)
    top = SurfaceSpec(
        kind="grip_tape",
        params={"color": linear_rgb("#101011"), "wear": rounded(rng, (0.0, 0.7)), "seed": seed},
    )
    maple = shade_of(rng, pick(rng, {"#c8a070": 3.0, "#d8b888": 2.0, "#a83a2c": 0.5, "#3a6a9a": 0.5, "#3c2c20": 0.6}))
    edge = SurfaceSpec(kind="plain", params={"color": maple, "roughness": 0.5})
    pattern = pick(rng, {"plain": 1.3, "blot": 2.5, "bands": 1.0, "stripe": 1.0, "slant": 1.2, "checks": 0.6,
                         "dots": 0.4, "fade": 1.0, "ends": 0.8, "flowers": 0.5})  # fmt: skip
    graphic: dict[str, Param] = {
        **_colors(rng, pick(rng, {**_BRIGHT, "#c8a070": 3.0})),
        "pattern": pattern,
        "badge": rounded(rng, (0.42, 0.58)) if chance(rng, 0.5) else 0.0,
        "roughness": rounded(rng, (0.2, 0.45)),
        "wear": rounded(rng, (0.0, 0.9)),
        "wear_color": shade_of(rng, "#c8a070"),
    }
    bottom = SurfaceSpec(kind="board_print", params=graphic)
    if style == "cruiser" and chance(rng, 0.65):
        tone: dict[str, Param] = {
            "color": shade_of(rng, pick(rng, _BRIGHT)),
            "roughness": 0.35,
            "grain": 0.3,
            "seed": seed,
        }
        top = edge = bottom = SurfaceSpec(kind="plastic", params=tone)
    elif style in ("long", "cruiser") and chance(rng, 0.4):
        wood: dict[str, Param] = {
            "color": shade_of(rng, "#b98a58"),
            "dark_color": shade_of(rng, "#7a4e2a"),
            "seed": seed,
        }
        top = SurfaceSpec(kind="wood", params={**wood, "roughness": 0.35})
    wheel = pick(rng, {"#efece2": 5.0, "#d8262a": 0.8, "#2a62d0": 0.7, "#161616": 0.8, "#f2781c": 0.6, "#34b04a": 0.5,
                       "#8ad0d8": 0.4})  # fmt: skip
    steel = pick(rng, {"#b4b6b8": 5.0, "#1c1c1e": 1.5, "#a83a2c": 0.2})
    return {
        "top": top,
        "edge": edge,
        "bottom": bottom,
        "truck": SurfaceSpec(kind="metal", params={"color": shade_of(rng, steel), "roughness": 0.4, "wear": 0.4}),
        "wheel": SurfaceSpec(kind="plain", params={"color": shade_of(rng, wheel, value=0.1), "roughness": 0.45}),
        "core": SurfaceSpec(kind="metal", params={"color": (0.35, 0.35, 0.36), "roughness": 0.3}),
    }


def _deck(params: Mapping[str, Param], deck_z: float) -> list[Part]:
    length, half, thick = number(params, "length_m"), number(params, "width_m") / 2, number(params, "thick_m")
    share = np.sin(np.linspace(-np.pi / 2, np.pi / 2, 31)) / 2 + 0.5
    x = (share - 0.5) * length
    round_m = 1.15 * half
    near = np.clip((np.abs(x) - (length / 2 - round_m)) / round_m, 0, 1)
    taper = np.where(x > 0, 1 - (1 - number(params, "taper")) * (2 * x / length) ** 2, 1.0)
    outline = half * taper * np.maximum((1 - near**2.4) ** 0.5, 0.04)
    start = 0.31 * length
    kick = np.clip((np.abs(x) - start) / (length / 2 - start), 0, 1) ** 1.5
    rise = number(params, "kick_m") * kick * np.where(x > 0, number(params, "nose_kick"), 1.0)
    across = np.linspace(1, -1, 9)
    # Over the top from the left to the right, and back underneath.
    section = np.concatenate([np.stack([across, np.ones(9)], axis=1), np.stack([-across, -np.ones(9)], axis=1)])
    part = _skin(x, outline, deck_z + rise + thick, deck_z + rise, section)
    vertices = part.vertices_m.copy()
    dish = number(params, "concave_m") * (2 * part.attributes["u"] - 1) ** 2
    vertices[:, 2] += dish * np.clip(1.2 - np.abs(vertices[:, 0]) / (0.5 * length), 0, 1)
    part = Part(slot="board", vertices_m=vertices, faces=part.faces, attributes=part.attributes)
    _, columns = face_grid(31, 18)
    return split(part, np.select([columns < 8, (columns > 8) & (columns < 17)], [0, 2], 1), ("top", "edge", "bottom"))


def _running_gear(params: Mapping[str, Param], x: float, deck_z: float) -> list[Part]:
    """One truck with its two wheels."""
    r, wide, half = number(params, "wheel_m"), number(params, "wheel_width_m"), number(params, "width_m") / 2
    axle_y = half - wide / 2 + 0.004
    inner = axle_y - wide / 2
    plate = moved(box("truck", (0.08, 0.055, 0.009)), offset_m=(x, 0, deck_z - 0.008))
    rows = [(r - 0.008, 0.012, 0.03, 0.006), (r + 0.008, 0.014, 0.03, 0.006), (deck_z - 0.004, 0.026, 0.02, 0.006)]
    pillar = moved(stack("truck", rows), offset_m=(x, 0, 0))
    hanger = limb("truck", (x, -inner, r), (x, inner, r), 0.011, 10)
    axle = limb("core", (x, -axle_y - wide / 2 - 0.004, r), (x, axle_y + wide / 2 + 0.004, r), 0.004, 8)
    side = rotation_about((1, 0, 0), np.pi / 2)
    soft = 0.25 * wide
    profile = [0.3 * r, r - 0.5 * soft, r - 0.12 * soft, r, r, r - 0.12 * soft, r - 0.5 * soft, 0.3 * r]
    heights = np.array([0, 0, 0.4 * soft, soft, wide - soft, wide - 0.4 * soft, wide, wide]) - wide / 2
    tyre = moved(revolve("wheel", profile, heights, 24), rotation=side)
    core = moved(revolve("core", [0.4 * r, 0.4 * r], [-wide / 2 - 0.001, wide / 2 + 0.001], 12), rotation=side)
    wheels = [moved(part, offset_m=(x, y, r)) for y in (-axle_y, axle_y) for part in (tyre, core)]
    return [plate, pillar, hanger, axle, *wheels]


def _build_skate(params: Mapping[str, Param]) -> Mesh:
    length, r, half = number(params, "length_m"), number(params, "wheel_m"), number(params, "width_m") / 2
    deck_z = r + number(params, "truck_m")
    base = 0.28 * length
    parts = [*_deck(params, deck_z), *_running_gear(params, base, deck_z), *_running_gear(params, -base, deck_z)]
    nose_z = deck_z + number(params, "kick_m") * number(params, "nose_kick")
    ends = [(length / 2, 0, nose_z), (-length / 2, 0, deck_z + number(params, "kick_m"))]
    return merge(parts, [*ends, (base, half, r), (base, -half, r), (-base, half, r), (-base, -half, r)])


SKATEBOARD = ObjectType(
    name="skateboard",
    category=_SKATE,
    sample=_sample_skate,
    build=_build_skate,
    rest_poses=(
        RestPose(name="upright", weight=4.0, tilt_rad=(0.0, 0.0)),
        RestPose(name="on_its_side", weight=1.2, tilt_rad=(1.4, 1.75), tilt_axis="x"),
        RestPose(name="wheels_up", weight=0.8, tilt_rad=(float(np.pi), float(np.pi)), tilt_axis="x"),
        RestPose(name="on_its_tail", weight=0.8, tilt_rad=(-1.4, -0.9), tilt_axis="y"),
    ),
)
"""A skateboard on its wheels, nose towards +x."""

OBJECT_TYPES: tuple[ObjectType, ...] = (SURFBOARD, SKATEBOARD)
