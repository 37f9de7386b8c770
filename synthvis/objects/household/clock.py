"""Clocks: round, square and sunburst wall clocks, twin-bell and small alarm clocks, mantel clocks, digital ones.

They stand upright and face -y.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.draws import chance, pick, rounded
from synthvis.geometry import rotation_about
from synthvis.objects.household.clock_face import angle_rad, digits, hands, marks, numerals
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import Part, box, ellipsoid, merge, moved, tube
from synthvis.objects.mesh.outlines import UPRIGHT_FACE, rounded_rectangle, slab, strokes
from synthvis.objects.mesh.params import linear_rgb, number, shade_of, surface_seed, text
from synthvis.objects.object_type import FACES_MINUS_Y, ObjectType, RestPose, Sample
from synthvis.objects.spec import Category, Param, SurfaceSpec

__all__ = ["CLOCK", "OBJECT_TYPES"]

Float = NDArray[np.float64]

_CATEGORY = Category(
    id=85,
    name="clock",
    supercategory="indoor",
    keypoints=("centre", "twelve", "three", "six", "nine"),
    skeleton=((0, 1), (0, 2), (0, 3), (0, 4)),
    flip_pairs=((2, 4),),
)

# Radius, depth over radius, width of the rim over the radius, weight.
_STYLES: dict[str, tuple[tuple[float, float], tuple[float, float], tuple[float, float], float]] = {
    "round": ((0.11, 0.2), (0.18, 0.34), (0.05, 0.16), 5.0),
    "square": ((0.1, 0.18), (0.18, 0.34), (0.06, 0.2), 1.3),
    "sunburst": ((0.07, 0.12), (0.25, 0.4), (0.06, 0.14), 0.4),
    "bells": ((0.038, 0.06), (0.8, 1.05), (0.06, 0.12), 2.0),
    "desk": ((0.032, 0.05), (0.7, 1.2), (0.08, 0.22), 1.2),
    "mantel": ((0.05, 0.085), (0.9, 1.3), (0.05, 0.12), 1.2),
    "digital": ((0.05, 0.095), (0.6, 1.1), (0.05, 0.12), 1.6),
}
_RIMS = {"#141416": 4.0, "#c4c6c8": 1.6, "#f0f0ee": 2.0, "#b81c24": 0.7, "#2a62a8": 0.6, "#3a8a78": 0.4,
         "#e8b830": 0.3, "#e898b0": 0.3}  # fmt: skip
_DIALS = {"#f6f5f0": 6.0, "#efe4c8": 2.0, "#151517": 1.3, "#dfe6ea": 0.6, "#c83a34": 0.2, "#3a6a9a": 0.3,
          "#a8c8b8": 0.3, "#8a5a34": 0.3}  # fmt: skip
_ABOUT = np.diag([-1.0, 1.0, -1.0])
_LIGHTS = {"#ff1c10": 3.0, "#30ff50": 1.5, "#38b8ff": 1.2, "#f0f4ff": 1.6, "#ff9018": 0.8}


def _sample(rng: Generator) -> Sample:
    style = pick(rng, {name: row[3] for name, row in _STYLES.items()})
    radius, depth, rim, _ = _STYLES[style]
    radius_m = rounded(rng, (0.2, 0.32)) if style == "round" and chance(rng, 0.15) else rounded(rng, radius)
    params: dict[str, Param] = {
        "style": style,
        "radius_m": radius_m,
        "depth_m": round(radius_m * rounded(rng, depth), 5),
        "rim": rounded(rng, rim),
        "recess": rounded(rng, (0.15, 0.5)),
        "body": pick(rng, {"arch": 2.0, "block": 1.5, "drum": 0.8}),
        "corner": rounded(rng, (0.02, 0.5)) if style in ("square", "desk") else 0.1,
        "hours": rounded(rng, (0.0, 12.0)),
        "numerals": pick(rng, {"arabic": 5.0, "roman": 2.6, "quarters": 0.8, "none": 1.6}),
        "numeral": rounded(rng, (0.16, 0.24)),
        "weight": rounded(rng, (0.1, 0.17)),
        "ticks": pick(rng, {"60": 3.0, "12": 1.5, "0": 1.0}),
        "hand": rounded(rng, (0.025, 0.06)),
        "hand_tip": rounded(rng, (0.25, 1.0)),
        "second": rounded(rng, (0.0, 12.0)) if chance(rng, 0.55) else -1.0,
        "digit": rounded(rng, (0.75, 1.05)),
        "wide": rounded(rng, (1.7, 2.6)),
        # Clocks are photographed from the front; here anything may be seen from any side.
        "two_faced": chance(rng, 0.85),
    }
    return Sample(params=params, surfaces=_surfaces(rng, params))


def _surfaces(rng: Generator, params: Mapping[str, Param]) -> dict[str, SurfaceSpec]:
    style, seed = text(params, "style"), surface_seed(rng)
    dial = shade_of(rng, pick(rng, _DIALS), value=0.08, hue=0.03)
    ink = linear_rgb("#f0ece0") if sum(dial) < 0.7 else shade_of(rng, "#141416")
    if chance(rng, 0.12):
        ink = shade_of(rng, "#b08a3c")
    metal: dict[str, Param] = {"color": shade_of(rng, pick(rng, ("#c9cbcd", "#c8a050", "#b87a50"))), "roughness": 0.22}
    hand = ink if chance(rng, 0.8) else shade_of(rng, "#b08a3c")
    light = linear_rgb(pick(rng, _LIGHTS))
    lit = chance(rng, 0.75)
    pane = (0.012, 0.008, 0.009) if lit else shade_of(rng, "#a4ae98", value=0.15)
    found = {
        "case": _case(rng, style),
        "dial": SurfaceSpec(kind="plain", params={"color": dial, "roughness": rounded(rng, (0.25, 0.6))}),
        "marks": SurfaceSpec(kind="plain", params={"color": ink, "roughness": 0.5}),
        "hands": SurfaceSpec(kind="plain", params={"color": hand, "roughness": 0.4}),
        "second": SurfaceSpec(
            kind="plain", params={"color": shade_of(rng, "#c81c18") if chance(rng, 0.7) else hand, "roughness": 0.4}
        ),
        "fittings": SurfaceSpec(kind="metal", params={**metal, "seed": seed}),
        "pane": SurfaceSpec(kind="plain", params={"color": pane, "roughness": 0.1}),
        "digits": SurfaceSpec(
            kind="plain",
            params={"color": light, "emission": rounded(rng, (1.0, 2.5))} if lit else {"color": (0.02, 0.022, 0.02)},
        ),
    }
    return {name: found[name] for name in _build(params).slots}


def _case(rng: Generator, style: str) -> SurfaceSpec:
    seed = surface_seed(rng)
    wooden = {
        "round": 0.22,
        "square": 0.35,
        "mantel": 0.85,
        "sunburst": 0.4,
        "desk": 0.15,
        "digital": 0.1,
        "bells": 0.0,
    }
    if chance(rng, wooden[style]):
        light, dark = pick(rng, {"#8a5630": 2.0, "#b98a58": 2.0, "#4a2a18": 1.5}), "#2a160c"
        return SurfaceSpec(
            kind="wood",
            params={
                "color": shade_of(rng, light),
                "dark_color": shade_of(rng, dark, value=0.4),
                "ring_scale": 14.0,
                "seed": seed,
            },
        )
    color = shade_of(rng, pick(rng, _RIMS), value=0.15)
    if chance(rng, 0.3 if style != "bells" else 0.5):
        tone = shade_of(rng, pick(rng, ("#c4c6c8", "#c8a050", "#8a8c8e", "#b87a50")))
        return SurfaceSpec(kind="metal", params={"color": tone, "roughness": rounded(rng, (0.15, 0.4)), "seed": seed})
    return SurfaceSpec(kind="plastic", params={"color": color, "roughness": rounded(rng, (0.15, 0.5)), "seed": seed})


# The face lies in the xy plane and looks along +z until `_build` raises it


def _circle(radius_m: float, points: int = 40) -> Float:
    turn = np.arange(points) / points * 2 * np.pi
    circle: Float = radius_m * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    return circle


def _outline(params: Mapping[str, Param]) -> Float:
    radius_m = number(params, "radius_m")
    if text(params, "style") == "square" or (text(params, "style") == "desk" and number(params, "corner") > 0.2):
        return rounded_rectangle((2 * radius_m, 2 * radius_m), number(params, "corner") * radius_m)
    return _circle(radius_m)


def _dial_case(params: Mapping[str, Param], outline: Float) -> tuple[Part, Part, float]:
    """The case, its recessed dial, and the height of the dial."""
    radius_m, depth_m = number(params, "radius_m"), number(params, "depth_m")
    rim_m = number(params, "rim") * radius_m
    low_m = depth_m - min(number(params, "recess") * rim_m * 1.6 + 0.003, 0.4 * depth_m)
    bevel_m = min(0.3 * rim_m, 0.2 * depth_m)
    front = [(0.0, depth_m - bevel_m), (0.4 * bevel_m, depth_m - 0.2 * bevel_m), (0.5 * rim_m, depth_m)]
    front += [(0.85 * rim_m, depth_m - 0.2 * bevel_m), (rim_m, low_m)]
    behind = [(0.12 * radius_m, 0.0), (0.0, 0.3 * depth_m)]
    if params["two_faced"]:
        behind = [(inset_m, depth_m - z_m) for inset_m, z_m in reversed(front)]
    plate = slab("dial", outline, [(rim_m * 0.98, low_m - 0.001), (rim_m * 0.98, low_m + 0.0005)])
    return slab("case", outline, [*behind, *front]), plate, low_m + 0.0005


def _dial(params: Mapping[str, Param], radius_m: float, z_m: float) -> list[Part]:
    """Everything on the dial."""
    style, size_m = text(params, "numerals"), number(params, "numeral") * radius_m
    ticks, flat = int(text(params, "ticks")), (z_m - 0.0003, z_m + 0.0005)
    parts: list[Part] = []
    at_m = 0.93 * radius_m if ticks == 0 else 0.84 * radius_m
    if style != "none":
        # Roman figures are as wide as high and lie across the circle, arabic ones must clear it at all angles.
        ring_m = at_m - 0.62 * size_m
        parts.append(numerals("marks", style, ring_m, size_m, number(params, "weight"), flat))
    if ticks == 60:
        parts.append(marks("marks", 60, 0.91 * radius_m, 0.96 * radius_m, 0.012 * radius_m, flat))
    if ticks or style == "none":
        inner = 0.78 if style == "none" else 0.89
        parts.append(marks("marks", 12, inner * radius_m, 0.962 * radius_m, 0.035 * radius_m, flat))
    parts += hands(
        "hands", radius_m, number(params, "hours"), number(params, "hand"), number(params, "hand_tip"), z_m + 0.001
    )
    second = number(params, "second")
    if second >= 0:
        way = np.array([np.cos(angle_rad(second)), np.sin(angle_rad(second))])
        ends = np.array([[-0.22 * radius_m * way, 0.86 * radius_m * way]])
        parts.append(strokes("second", ends, 0.014 * radius_m, (z_m + 0.0036, z_m + 0.0043)))
    return parts


def _rays(params: Mapping[str, Param]) -> list[Part]:
    radius_m, depth_m = number(params, "radius_m"), number(params, "depth_m")
    angle = np.arange(24) / 24 * 2 * np.pi
    way = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    reach = radius_m * np.where(np.arange(24) % 2, 1.75, 2.15)
    ends = np.stack([0.9 * radius_m * way, reach[:, None] * way], axis=1)
    widths = np.tile(np.array([0.13, 0.02]) * radius_m, (24, 1))
    return [strokes("fittings", ends, widths, (0.2 * depth_m, 0.45 * depth_m))]


def _bells(params: Mapping[str, Param]) -> list[Part]:
    """Two bells, the hammer between them, a handle over them and two feet."""
    radius_m, depth_m = number(params, "radius_m"), number(params, "depth_m")
    middle = 0.5 * depth_m
    parts: list[Part] = []
    for sign in (1.0, -1.0):
        lean = rotation_about((0, 0, 1), -sign * 0.6)
        half = _dome(0.5 * radius_m)
        upright = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]])
        parts.append(moved(half, rotation=lean @ upright, offset_m=(sign * 0.62 * radius_m, 0.9 * radius_m, middle)))
        foot = np.array(
            [(sign * 0.5 * radius_m, -0.75 * radius_m, middle), (sign * 0.72 * radius_m, -1.2 * radius_m, middle)]
        )
        parts.append(replace(tube("fittings", foot, [0.09 * radius_m, 0.06 * radius_m], 10), attributes={}))
    turn = np.linspace(0.15 * np.pi, 0.85 * np.pi, 13)
    arch = np.stack([0.62 * np.cos(turn), 1.12 + 0.5 * np.sin(turn), np.zeros(13)], axis=1) * radius_m
    parts.append(replace(tube("fittings", arch + np.array([0.0, 0.0, middle]), 0.045 * radius_m, 8), attributes={}))
    hammer = np.array([(0, 0.9 * radius_m, middle), (0, 1.3 * radius_m, middle)])
    parts.append(replace(tube("fittings", hammer, [0.03 * radius_m, 0.08 * radius_m], 8), attributes={}))
    return parts


def _dome(radius_m: float) -> Part:
    ball = replace(ellipsoid("fittings", (radius_m, radius_m, 0.8 * radius_m), 14, 8), attributes={})
    vertices = ball.vertices_m.copy()
    vertices[:, 2] = np.maximum(vertices[:, 2], 0.05 * radius_m * (vertices[:, 2] / radius_m))
    return replace(ball, vertices_m=vertices)


def _stand(params: Mapping[str, Param]) -> list[Part]:
    """The wooden body of a mantel clock around its face, and its plinth."""
    radius_m, depth_m, body = number(params, "radius_m"), number(params, "depth_m"), text(params, "body")
    half_m, floor_m = 1.28 * radius_m, -1.45 * radius_m
    if body == "block":
        outline = np.array([(-half_m, floor_m), (half_m, floor_m), (half_m, half_m), (-half_m, half_m)])
    elif body == "arch":
        turn = np.linspace(0, np.pi, 25)
        arch = half_m * np.stack([np.cos(turn), np.sin(turn)], axis=1)
        outline = np.concatenate([[(-half_m, floor_m), (half_m, floor_m)], arch])
    else:
        outline = _circle(half_m)
    near_m, far_m = 0.86 * depth_m, 0.14 * depth_m if params["two_faced"] else 0.0
    levels = [(0.003, far_m), (0.0, far_m + 0.004), (0.0, near_m - 0.004), (0.003, near_m)]
    parts = [slab("case", outline, levels)]
    plinth = box("case", (2.5 * half_m, 0.28 * radius_m, 1.2 * depth_m))
    return [*parts, moved(plinth, offset_m=(0.0, floor_m - 0.139 * radius_m, -0.1 * depth_m))]


def _digital(params: Mapping[str, Param]) -> tuple[Part, list[Part]]:
    """The case, and what is on its front."""
    half_m, depth_m, wide = number(params, "radius_m"), number(params, "depth_m"), number(params, "wide")
    size = (2 * half_m, 2 * half_m / wide)
    bevel_m = number(params, "rim") * 0.4 * half_m
    levels = [
        (bevel_m, 0.0),
        (0.0, bevel_m),
        (0.0, depth_m - bevel_m),
        (0.4 * bevel_m, depth_m - 0.4 * bevel_m),
        (bevel_m, depth_m),
    ]
    case = slab("case", rounded_rectangle(size, 2.0 * bevel_m), levels)
    inner = (size[0] * 0.88, size[1] * 0.78)
    pane = slab("pane", rounded_rectangle(inner, 0.003), [(0.0, depth_m - 0.002), (0.0, depth_m + 0.0004)])
    hour, minute = int(number(params, "hours")) or 12, int(number(params, "hours") % 1 * 60)
    height_m = min(0.8 * inner[1], inner[0] / 3.6) * number(params, "digit")
    flat = (depth_m, depth_m + 0.0009)
    return case, [pane, digits("digits", f"{hour}:{minute:02d}", height_m, 0.14, flat)]


def _desk_feet(params: Mapping[str, Param]) -> list[Part]:
    radius_m, depth_m = number(params, "radius_m"), number(params, "depth_m")
    foot = box("case", (1.1 * radius_m, 0.16 * radius_m, 0.9 * depth_m))
    return [moved(foot, offset_m=(0.0, -1.02 * radius_m, 0.05 * depth_m))]


def _build(params: Mapping[str, Param]) -> Mesh:
    style, radius_m, depth_m = text(params, "style"), number(params, "radius_m"), number(params, "depth_m")
    if style == "digital":
        (case, front), z_m = _digital(params), depth_m
        around = np.array(
            [(0.0, 0.85 / number(params, "wide")), (0.9, 0.0), (0.0, -0.85 / number(params, "wide")), (-0.9, 0.0)]
        )
        face = np.column_stack([np.vstack([(0.0, 0.0), around]) * radius_m, np.full(5, z_m)])
    else:
        case, plate, z_m = _dial_case(params, _outline(params))
        inner_m = (1 - number(params, "rim")) * radius_m
        front = [plate, *_dial(params, inner_m, z_m)]
        angles = np.array([angle_rad(hours) for hours in (12, 3, 6, 9)])
        ring = inner_m * np.stack([np.cos(angles), np.sin(angles)], axis=1)
        face = np.column_stack([np.vstack([(0.0, 0.0), ring]), np.full(5, z_m)])
    extras = {"sunburst": _rays, "bells": _bells, "mantel": _stand, "desk": _desk_feet}
    parts = [case, *front, *(extras[style](params) if style in extras else [])]
    if params["two_faced"]:
        parts += [moved(part, rotation=_ABOUT, offset_m=(0.0, 0.0, depth_m)) for part in front]
    return merge([moved(part, rotation=UPRIGHT_FACE) for part in parts], face @ UPRIGHT_FACE.T)


CLOCK = ObjectType(
    name="clock",
    category=_CATEGORY,
    sample=_sample,
    build=_build,
    rest_poses=(
        RestPose(name="upright", weight=0.85, tilt_rad=(-0.08, 0.0), tilt_axis="x"),
        RestPose(name="on_its_back", weight=0.15, tilt_rad=(-float(np.pi / 2), -float(np.pi / 2)), tilt_axis="x"),
    ),
    front_rad=FACES_MINUS_Y,
)

OBJECT_TYPES: tuple[ObjectType, ...] = (CLOCK,)
