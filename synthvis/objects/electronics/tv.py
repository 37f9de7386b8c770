"""Television sets and monitors: flat ones on feet, pedestals or nothing, tubes of glass, and old sets in wood."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.draws import chance, pick, rounded
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import Part, box, cylinder, merge, moved
from synthvis.objects.mesh.params import linear_rgb, number, shade_of, surface_seed, text
from synthvis.objects.mesh.plates import facing, frusta, limb, prism, rounded_rectangle, sheet, stack
from synthvis.objects.mesh.screens import PROGRAMMES, WORK, screen
from synthvis.objects.object_type import FACES_MINUS_Y, ObjectType, RestPose, Sample
from synthvis.objects.spec import Category, Param, SurfaceSpec

__all__ = ["OBJECT_TYPES", "TV"]

Float = NDArray[np.float64]

_CORNERS = ("screen_top_left", "screen_top_right", "screen_bottom_right", "screen_bottom_left")

_CATEGORY = Category(
    id=72,
    name="tv",
    supercategory="electronic",
    keypoints=(*_CORNERS, "body_bottom_right", "body_bottom_left"),
    skeleton=((0, 1), (1, 2), (2, 3), (3, 0), (2, 4), (3, 5), (4, 5)),
    flip_pairs=((0, 1), (2, 3), (4, 5)),
)

_FLAT_COLORS = {"#0d0d0e": 7.0, "#1c1d1f": 2.5, "#3a3c40": 1.0, "#b8bbbf": 1.2, "#efefee": 0.5}
_TUBE_COLORS = {"#131314": 3.5, "#3a3a3c": 1.5, "#a9acb0": 2.5, "#c9c0a8": 1.0, "#d8d8d4": 0.5, "#b02a24": 0.15}
_INCH_M = 0.0254


# Sampling


def _sample(rng: Generator) -> Sample:
    style = pick(rng, {"flat": 5.5, "monitor": 2.4, "tube": 2.0, "tube_monitor": 0.7, "cabinet": 0.5})
    params = {"flat": _sample_flat, "monitor": _sample_monitor}.get(style, _sample_tube)(rng, style)
    params["style"] = style
    return Sample(params=params, surfaces=_surfaces(rng, params))


def _sized(inches: float, aspect: float) -> dict[str, Param]:
    height_m = inches * _INCH_M / (1 + aspect**2) ** 0.5
    return {"screen_width_m": round(height_m * aspect, 5), "screen_height_m": round(height_m, 5)}


def _sample_flat(rng: Generator, style: str) -> dict[str, Param]:
    old = chance(rng, 0.4)
    bezel_m = rounded(rng, (0.022, 0.05)) if old else rounded(rng, (0.005, 0.016))
    return {
        **_sized(rounded(rng, (24, 46)) if old else rounded(rng, (32, 65)), 16 / 9),
        "bezel_m": bezel_m,
        "chin_m": rounded(rng, (0.02, 0.07)) if old and chance(rng, 0.6) else rounded(rng, (0.0, 0.01)),
        "depth_m": rounded(rng, (0.07, 0.13)) if old else rounded(rng, (0.03, 0.075)),
        "corner_m": rounded(rng, (0.003, 0.03)) if old else 0.003,
        "stand": pick(rng, {"pedestal": 3.0 if old else 1.2, "legs": 0.1 if old else 2.0, "bar": 0.6, "none": 0.3}),
        "stand_height_m": rounded(rng, (0.045, 0.11)),
        "foot_width": rounded(rng, (0.35, 0.6)),
        "foot_round": chance(rng, 0.5),
        "plate_m": 0.0,
    }


def _sample_monitor(rng: Generator, style: str) -> dict[str, Param]:
    aspect = float(pick(rng, {"1.77778": 4.0, "1.6": 2.5, "1.25": 1.5, "2.3333": 0.4}))
    all_in_one = chance(rng, 0.25) and 1.5 < aspect < 2.0
    bezel_m = rounded(rng, (0.005, 0.025))
    return {
        **_sized(rounded(rng, (17, 20)) if aspect < 1.5 else rounded(rng, (20, 28)), aspect),
        "bezel_m": bezel_m,
        "chin_m": rounded(rng, (0.045, 0.07)) if all_in_one else rounded(rng, (0.0, 0.018)),
        "depth_m": rounded(rng, (0.03, 0.07)),
        "corner_m": rounded(rng, (0.003, 0.012)),
        "stand": "pedestal",
        "stand_height_m": rounded(rng, (0.08, 0.2)),
        "foot_width": rounded(rng, (0.36, 0.55)),
        "foot_round": not all_in_one and chance(rng, 0.5),
        "plate_m": 0.006 if all_in_one else 0.0,
    }


def _sample_tube(rng: Generator, style: str) -> dict[str, Param]:
    inches = {
        "tube": rounded(rng, (14, 32)),
        "tube_monitor": rounded(rng, (14, 19)),
        "cabinet": rounded(rng, (12, 21)),
    }[style]
    return {
        **_sized(inches, 4 / 3),
        "bezel_m": rounded(rng, (0.025, 0.05)),
        "chin_m": {"tube": rounded(rng, (0.03, 0.11)), "tube_monitor": rounded(rng, (0.01, 0.035))}.get(style, 0.0),
        "depth_m": inches * _INCH_M * rounded(rng, (0.62, 0.85)),
        "corner_m": rounded(rng, (0.012, 0.03)) if style != "cabinet" else 0.008,
        "side_m": rounded(rng, (0.1, 0.17)) if style == "cabinet" else 0.0,
        "hump": rounded(rng, (0.42, 0.7)) if style != "cabinet" else 0.8,
        "bulge_m": rounded(rng, (0.012, 0.028)),
        "grille": style == "tube" and chance(rng, 0.6),
        "aerial": chance(rng, {"tube": 0.12, "cabinet": 0.6}.get(style, 0.0)),
        "leg_height_m": rounded(rng, (0.12, 0.3)) if style == "cabinet" and chance(rng, 0.4) else 0.0,
    }


def _surfaces(rng: Generator, params: Mapping[str, Param]) -> dict[str, SurfaceSpec]:
    style = text(params, "style")
    aspect = round(number(params, "screen_width_m") / number(params, "screen_height_m"), 3)
    is_tube = style not in ("flat", "monitor")
    body = shade_of(rng, pick(rng, _TUBE_COLORS if is_tube else _FLAT_COLORS), value=0.15, hue=0.03)
    if style == "tube_monitor":
        body = shade_of(rng, pick(rng, {"#cfc6ae": 3.0, "#d8d4c8": 2.0, "#1c1c1e": 1.0}), value=0.1, hue=0.03)
    gloss = rounded(rng, (0.08, 0.5)) if not is_tube else rounded(rng, (0.3, 0.55))
    found = {"body": SurfaceSpec(kind="plastic", params={"color": body, "roughness": gloss, "grain": 0.0})}
    if style == "cabinet":
        wood: dict[str, Param] = {"color": shade_of(rng, "#8a5a30"), "dark_color": shade_of(rng, "#3e2412"),
                                  "ring_scale": 12.0, "seed": surface_seed(rng)}  # fmt: skip
        found["body"] = SurfaceSpec(kind="wood", params=wood)
    pictures = PROGRAMMES if style != "monitor" and style != "tube_monitor" else WORK
    if is_tube:
        pictures = {**pictures, "snow": 0.5, "bars": 0.3}
    display = screen(rng, pictures, on_share=0.5 if is_tube else 0.75, aspect=aspect)
    if is_tube:
        glass: dict[str, Param] = {
            "glass_color": shade_of(rng, "#2c302e", value=0.4),
            "roughness": rounded(rng, (0.06, 0.2)),
        }
        display = SurfaceSpec(kind=display.kind, params={**display.params, **glass})
    found["screen"] = display
    trim = pick(rng, {"same": 3.0, "silver": 1.6, "dark": 1.5})
    if trim == "same" and style != "cabinet" and not number(params, "plate_m" if not is_tube else "side_m"):
        found["trim"] = found["body"]
    elif trim == "dark":
        found["trim"] = SurfaceSpec(kind="plain", params={"color": linear_rgb("#141416"), "roughness": 0.35})
    else:
        silver = shade_of(rng, "#c4c6ca", value=0.1, hue=0.02)
        found["trim"] = SurfaceSpec(kind="metal", params={"color": silver, "roughness": 0.35, "wear": 0.1})
    found["dark"] = SurfaceSpec(kind="plain", params={"color": linear_rgb("#1a1a1b"), "roughness": 0.7})
    wanted = _slots(params)
    return {slot: surface for slot, surface in found.items() if slot in wanted}


def _slots(params: Mapping[str, Param]) -> tuple[str, ...]:
    style = text(params, "style")
    if style == "cabinet":
        return ("body", "screen", "trim", "dark")
    if style == "tube":
        return ("body", "screen", "trim", "dark") if params["grille"] else ("body", "screen", "trim")
    bare = style == "flat" and text(params, "stand") == "none"
    return ("body", "screen") if bare else ("body", "screen", "trim")


# Building


def _frame(params: Mapping[str, Param]) -> tuple[float, float, float, float]:
    """Half extents of the front, and the centre of the screen on it."""
    bezel_m, chin_m = number(params, "bezel_m"), number(params, "chin_m")
    side_m = number(params, "side_m") if "side_m" in params else 0.0
    half_x = number(params, "screen_width_m") / 2 + bezel_m + side_m / 2
    half_y = number(params, "screen_height_m") / 2 + bezel_m + chin_m / 2
    return half_x, half_y, -side_m / 2, chin_m / 2


def _shell(params: Mapping[str, Param], levels: list[tuple[float, float, float]], lip_m: float) -> Part:
    """Body from rows of (z, share of width, share of height), with a recess for the screen."""
    half_x, half_y, x, y = _frame(params)
    r = number(params, "corner_m")
    rows = [(z, a * half_x, b * half_y, r + 0.02, 0.0, min(0.0, (b - 1) * 0.25) * half_y) for z, a, b in levels[:-1]]
    z, a, b = levels[-1]
    w, h = number(params, "screen_width_m") / 2, number(params, "screen_height_m") / 2
    rows.append((z, a * half_x, b * half_y, r, 0.0, 0.0))
    rows += [(z, w, h, min(r, 0.015), x, y), (z - lip_m, 0.99 * w, 0.99 * h, min(r, 0.015), x, y)]
    return stack("body", [tuple(row) for row in rows])


def _display(params: Mapping[str, Param], z: float, bulge_m: float) -> Part:
    _, _, x0, y0 = _frame(params)
    count = 9 if bulge_m else 2
    share = np.linspace(-1, 1, count)
    u, v = np.meshgrid(share, share)
    w, h = number(params, "screen_width_m") / 2, number(params, "screen_height_m") / 2
    dome = bulge_m * (1 - 0.5 * u**2 - 0.5 * v**2)
    return sheet("screen", np.stack([x0 + w * u, y0 + h * v, z + dome], axis=2), 0.001)


def _points(params: Mapping[str, Param], centre_z: float, lip_m: float) -> list[tuple[float, float, float]]:
    _, _, x, y = _frame(params)
    w, h = number(params, "screen_width_m") / 2, number(params, "screen_height_m") / 2
    half_x, half_y, _, _ = _frame(params)
    screen_corners = [(x + sx * w, lip_m, centre_z + y + sy * h) for sx, sy in ((-1, 1), (1, 1), (1, -1), (-1, -1))]
    return [*screen_corners, (half_x, 0.0, centre_z - half_y), (-half_x, 0.0, centre_z - half_y)]


def _stand(params: Mapping[str, Param], half_x: float, half_y: float) -> list[Part]:
    style, height_m, depth_m = text(params, "stand"), number(params, "stand_height_m"), number(params, "depth_m")
    if style == "none":
        return []
    reach = max(0.32 * half_y, 0.09)
    if style == "legs":
        x, found = 0.78 * half_x, []
        for sign in (-1.0, 1.0):
            top = (sign * x, 0.4 * depth_m, height_m + 0.02)
            found += [limb("trim", (sign * (x + 0.03), y, 0.0), top, 0.009) for y in (-reach, reach + 0.4 * depth_m)]
        return found
    wide = half_x * number(params, "foot_width") * (1.6 if style == "bar" else 1.0)
    if params["foot_round"] and style != "bar":
        turn = np.arange(32) / 32 * 2 * np.pi
        outline = np.stack([wide * np.cos(turn), reach * np.sin(turn)], axis=1)
    else:
        outline = rounded_rectangle(wide, reach * (0.7 if style == "bar" else 1.0), 0.02)
    foot = moved(prism("trim", outline, 0.0, 0.012), offset_m=(0, 0.45 * depth_m, 0))
    neck_x = 0.09 * half_x + 0.03
    neck = moved(box("trim", (2 * neck_x, 0.03, height_m + 0.35 * half_y - 0.006)), offset_m=(0, 0.75 * depth_m, 0.006))
    return [foot, neck]


def _build_flat(params: Mapping[str, Param]) -> Mesh:
    half_x, half_y, _, _ = _frame(params)
    d, lip_m = number(params, "depth_m"), 0.003
    levels = [(-d, 0.5, 0.5), (-0.95 * d, 0.56, 0.56), (-0.45 * d, 0.64, 0.64), (-0.4 * d, 0.96, 0.96),
              (-0.3 * d, 1.0, 1.0), (0.0, 1.0, 1.0)]  # fmt: skip
    low = 0.0 if text(params, "stand") == "none" else number(params, "stand_height_m")
    front = [_shell(params, levels, lip_m), _display(params, -lip_m + 0.001, 0.0)]
    if number(params, "plate_m"):
        chin = rounded_rectangle(half_x, number(params, "chin_m") / 2, 0.003)
        plate = prism("trim", chin, -0.004, 0.0015)
        front.append(moved(plate, offset_m=(0, -half_y + number(params, "chin_m") / 2, 0)))
    parts = [facing(part, (0, 0, low + half_y)) for part in front]
    return merge([*parts, *_stand(params, half_x, half_y)], _points(params, low + half_y, lip_m))


def _controls(params: Mapping[str, Param]) -> list[Part]:
    """What sits on the front beside or under the tube: buttons, a loudspeaker, dials."""
    half_x, half_y, _, _ = _frame(params)
    if text(params, "style") == "cabinet":
        side_m = number(params, "side_m")
        x, dial_m = half_x - side_m / 2 - 0.012, 0.28 * side_m
        panel = prism("dark", rounded_rectangle(side_m / 2, half_y - 0.03, 0.006), -0.004, 0.003)
        dials = [moved(cylinder("trim", dial_m, 0.02, 20), offset_m=(x, y * half_y, 0.003)) for y in (0.62, 0.22)]
        bars = np.stack([np.full(6, x - 0.36 * side_m), half_y * np.linspace(-0.82, -0.25, 6)], axis=1)
        grille = frusta("trim", bars, np.add(bars, (0.72 * side_m, 0.006)), 0.002, 0.001)
        return [moved(panel, offset_m=(x, 0, 0)), *dials, moved(grille, offset_m=(0, 0, 0.003))]
    strip = number(params, "chin_m") + number(params, "bezel_m")
    y = -half_y + 0.5 * strip
    at = np.stack([0.1 * half_x + np.arange(5) * 0.028, np.full(5, y - 0.004)], axis=1)
    found = [frusta("trim", at, np.add(at, (0.018, 0.008)), 0.004, 0.001)]
    if params["grille"]:
        slots = np.stack([np.full(4, -0.88 * half_x), y + strip * np.array([-0.28, -0.12, 0.04, 0.2])], axis=1)
        found.append(frusta("dark", slots, np.add(slots, (0.75 * half_x, 0.06 * strip)), 0.002, 0.0))
    return found


def _build_tube(params: Mapping[str, Param]) -> Mesh:
    half_x, half_y, _, _ = _frame(params)
    d, hump, style = number(params, "depth_m"), number(params, "hump"), text(params, "style")
    levels = [(-d, 0.92 * hump, 0.9 * hump), (-0.96 * d, hump, 0.95 * hump), (-0.4 * d, 0.92, 0.93),
              (-0.3 * d, 0.96, 0.96), (-0.29 * d, 1.0, 1.0), (-0.01, 1.0, 1.0), (0.0, 0.985, 0.985)]  # fmt: skip
    if style == "cabinet":
        levels = [(-d, 0.97, 0.97), (-0.99 * d, 1.0, 1.0), (-0.004, 1.0, 1.0), (0.0, 0.99, 0.99)]
    low = number(params, "leg_height_m") + (0.05 if style == "tube_monitor" else 0.0)
    front = [_shell(params, levels, 0.014), _display(params, -0.012, number(params, "bulge_m")), *_controls(params)]
    parts = [facing(part, (0, 0, low + half_y)) for part in front]
    if style == "tube_monitor":
        foot = cylinder("body", 0.5 * half_x, 0.06, 28, bevel_m=0.006)
        parts.append(moved(foot, offset_m=(0, 0.35 * d, 0)))
    if number(params, "leg_height_m"):
        places = [(sx * 0.85 * half_x, y) for sx in (-1, 1) for y in (0.1 * d, 0.9 * d)]
        parts += [limb("body", (1.1 * x, y, 0), (x, y, low + 0.01), 0.014) for x, y in places]
    if params["aerial"]:
        top = low + 2 * half_y
        parts.append(moved(cylinder("trim", 0.04, 0.03, 16), offset_m=(0, 0.3 * d, top - 0.005)))
        parts += [
            limb("trim", (0, 0.3 * d, top), (x, 0.3 * d, top + 0.8 * half_y), 0.0035, 6)
            for x in (-half_x, 0.8 * half_x)
        ]
    return merge(parts, _points(params, low + half_y, 0.008))


def _build(params: Mapping[str, Param]) -> Mesh:
    return _build_flat(params) if text(params, "style") in ("flat", "monitor") else _build_tube(params)


TV = ObjectType(
    name="tv",
    category=_CATEGORY,
    sample=_sample,
    build=_build,
    rest_poses=(RestPose(name="upright", weight=1.0, tilt_rad=(0.0, 0.02)),),
    front_rad=FACES_MINUS_Y,
)
"""A television set or monitor; its screen faces -y."""

OBJECT_TYPES: tuple[ObjectType, ...] = (TV,)
