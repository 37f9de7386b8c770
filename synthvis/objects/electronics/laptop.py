"""Laptops: open at many angles or shut, slim in metal or thick in black plastic."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.draws import chance, pick, rounded
from synthvis.geometry import rotation_about
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import Part, cylinder, merge, moved
from synthvis.objects.mesh.params import linear_rgb, number, shade_of, text
from synthvis.objects.mesh.plates import frusta, limb, prism, rounded_rectangle, sheet, stack
from synthvis.objects.mesh.screens import WORK, screen
from synthvis.objects.object_type import FACES_MINUS_Y, ObjectType, RestPose, Sample
from synthvis.objects.spec import Category, Param, SurfaceSpec

__all__ = ["LAPTOP", "OBJECT_TYPES"]

Float = NDArray[np.float64]

_CATEGORY = Category(
    id=73,
    name="laptop",
    supercategory="electronic",
    keypoints=("lid_top_left", "lid_top_right", "hinge_right", "hinge_left", "front_right", "front_left"),
    skeleton=((0, 1), (1, 2), (2, 3), (3, 0), (2, 4), (4, 5), (5, 3)),
    flip_pairs=((0, 1), (2, 3), (4, 5)),
)

_SHELLS = {"silver": 4.0, "grey": 1.5, "black": 4.0, "white": 0.7, "colour": 0.5, "gold": 0.3}
_COLORS = {"silver": "#bfc1c4", "grey": "#6e7074", "black": "#1b1b1d", "white": "#ececea", "gold": "#d8bfa0"}
_ODD = ("#b02430", "#2a5aa8", "#d87aa0", "#3a8a8a")

_ROWS = (
    (1.0,) * 14,
    (1.0,) * 13 + (1.7,),
    (1.5, *(1.0,) * 12, 1.2),
    (1.8, *(1.0,) * 11, 1.9),
    (2.3, *(1.0,) * 10, 2.4),
    (1.0, 1.0, 1.0, 1.25, 5.2, 1.25, 1.0, 1.0, 1.0, 1.0),
)
"""Widths of the keys from the top row down, in shares of a letter's."""


def _sample(rng: Generator) -> Sample:
    shell = pick(rng, _SHELLS)
    thick = shell == "black" and chance(rng, 0.5)
    width_m = rounded(rng, (0.285, 0.385))
    base_m = rounded(rng, (0.02, 0.033)) if thick else rounded(rng, (0.009, 0.018))
    pose = pick(rng, {"open": 8.0, "wide": 0.8, "narrow": 0.6, "shut": 1.0})
    angle = {"open": (95, 128), "wide": (128, 165), "narrow": (35, 90), "shut": (0, 0)}[pose]
    params: dict[str, Param] = {
        "width_m": width_m,
        "depth_m": width_m * rounded(rng, (0.63, 0.76)),
        "base_m": base_m,
        "lid_m": base_m * rounded(rng, (0.32, 0.5)),
        "corner_m": rounded(rng, (0.004, 0.018)),
        "angle_rad": round(float(np.radians(rounded(rng, angle))), 5),
        "bezel_m": rounded(rng, (0.013, 0.024)) if thick or chance(rng, 0.4) else rounded(rng, (0.005, 0.012)),
        "chin_m": rounded(rng, (0.004, 0.02)),
        "pad_width": rounded(rng, (0.24, 0.3)) if thick else rounded(rng, (0.3, 0.42)),
        "pad_buttons": thick and chance(rng, 0.7),
        "pad_shift": 0.0 if chance(rng, 0.75) else rounded(rng, (-0.12, -0.05)),
        "number_block": width_m > 0.35 and chance(rng, 0.5),
        "key_gap": rounded(rng, (0.06, 0.16)) if thick else rounded(rng, (0.13, 0.22)),
        "logo": pick(rng, {"round": 3.0, "bar": 2.0, "none": 1.0}),
    }
    return Sample(params=params, surfaces=_surfaces(rng, shell, params))


def _surfaces(rng: Generator, shell: str, params: Mapping[str, Param]) -> dict[str, SurfaceSpec]:
    color = shade_of(rng, _COLORS.get(shell) or pick(rng, _ODD), value=0.15, hue=0.03)
    if shell in ("silver", "grey", "gold") and chance(rng, 0.8):
        metal: dict[str, Param] = {"color": color, "roughness": rounded(rng, (0.35, 0.5)), "wear": 0.15}
        body = SurfaceSpec(kind="metal", params=metal)
    else:
        body = SurfaceSpec(
            kind="plastic", params={"color": color, "roughness": rounded(rng, (0.25, 0.6)), "grain": 0.2}
        )
    dark = linear_rgb(pick(rng, ("#0e0e0f", "#161617", "#202022")))
    black = SurfaceSpec(kind="plain", params={"color": dark, "roughness": 0.45})
    light_keys = shell in ("silver", "white", "colour") and chance(rng, 0.3)
    keys = SurfaceSpec(kind="plain", params={"color": shade_of(rng, "#e4e4e2", value=0.1, hue=0.02), "roughness": 0.45})
    same_bezel = shell in ("white", "silver") and chance(rng, 0.25)
    pad_tone = 0.85 if shell != "black" else 1.6
    pad: dict[str, Param] = {"color": tuple(round(pad_tone * c, 5) for c in color), "roughness": 0.35}
    glow = shell == "silver" and chance(rng, 0.4)
    logo: dict[str, Param] = {"color": (0.85, 0.86, 0.88) if shell != "white" else (0.5, 0.5, 0.52), "roughness": 0.2}
    aspect = round(_panel(params)[0] / _panel(params)[1], 3)
    found = {
        "body": body,
        "bezel": body if same_bezel else black,
        "keys": keys if light_keys else black,
        "pad": SurfaceSpec(kind="plain", params=pad),
        "screen": screen(rng, WORK, on_share=0.72, aspect=aspect),
        "logo": SurfaceSpec(kind="plain", params={**logo, "emission": 0.8 if glow else 0.0}),
    }
    return {slot: one for slot, one in found.items() if slot != "logo" or text(params, "logo") != "none"}


def _panel(params: Mapping[str, Param]) -> tuple[float, float]:
    """Width and height of the display."""
    w, d = number(params, "width_m"), number(params, "depth_m")
    return w - 2 * number(params, "bezel_m"), d - 2 * number(params, "bezel_m") - number(params, "chin_m")


def _slab(slot: str, w: float, d: float, height_m: float, corner_m: float) -> Part:
    """A plate with soft lower and upper edges, z from 0."""
    soft = min(0.3 * height_m, 0.003)
    rows = [(0.0, soft), (soft, 0.0), (height_m - 0.3 * soft, 0.0), (height_m, 0.3 * soft)]
    return stack(slot, [(z, w / 2 - inset, d / 2 - inset, corner_m) for z, inset in rows])


def _keyboard(params: Mapping[str, Param], top_m: float) -> list[Part]:
    """Keys in rows on a well, the whole width of the deck but for its margins."""
    w, d = number(params, "width_m"), number(params, "depth_m")
    block, gap = bool(params["number_block"]), number(params, "key_gap")
    half_x, low_y, high_y = 0.5 * w - max(0.045 * w, 0.01), 0.02 * d, 0.4 * d
    heights = np.array([0.6, 1, 1, 1, 1, 1])
    edges = high_y - np.concatenate([[0], np.cumsum(heights)]) / heights.sum() * (high_y - low_y)
    right_x = half_x - (0.5 * half_x if block else 0.0)
    low, high = [], []
    for row, widths in enumerate(_ROWS):
        ends = -half_x + np.concatenate([[0], np.cumsum(widths)]) / sum(widths) * (right_x + half_x)
        if block:
            ends = np.concatenate([ends, right_x + np.linspace(0.12, 1, 5) * (half_x - right_x)])
        unit = (right_x + half_x) / 14.5
        spans = np.stack([ends[:-1], ends[1:]], axis=1)
        spans = spans[spans[:, 1] - spans[:, 0] > 0.65 * unit] if block else spans
        low.append(np.column_stack([spans[:, 0], np.full(len(spans), edges[row + 1])]) + gap / 2 * unit)
        high.append(np.column_stack([spans[:, 1], np.full(len(spans), edges[row])]) - gap / 2 * unit)
    keys = frusta("keys", np.concatenate(low), np.concatenate(high), 0.0022, 0.0008)
    well = rounded_rectangle(half_x + 0.002, (high_y - low_y) / 2 + 0.002, 0.003)
    slot = "bezel" if gap < 0.13 else "body"
    found = [moved(keys, offset_m=(0, 0, top_m))]
    ground = prism(slot, well, top_m - 0.001, top_m + 0.0004)
    return [*found, moved(ground, offset_m=(0, (high_y + low_y) / 2, 0))]


def _pad(params: Mapping[str, Param], top_m: float) -> list[Part]:
    w, d, wide = number(params, "width_m"), number(params, "depth_m"), number(params, "pad_width")
    x, y, half_y = number(params, "pad_shift") * w, -0.235 * d, 0.185 * d
    if not params["pad_buttons"]:
        flat = prism("pad", rounded_rectangle(wide * w / 2, half_y, 0.004), top_m - 0.001, top_m + 0.0005)
        return [moved(flat, offset_m=(x, y, 0))]
    flat = prism("pad", rounded_rectangle(wide * w / 2, 0.7 * half_y, 0.002), top_m - 0.001, top_m + 0.0005)
    ends = np.array([(-wide * w / 2, -half_y), (0.001, -half_y)])
    buttons = frusta("keys", ends, np.add(ends, (wide * w / 2 - 0.001, 0.28 * half_y)), 0.0015, 0.0005)
    return [moved(flat, offset_m=(x, y + 0.3 * half_y, 0)), moved(buttons, offset_m=(x, y, top_m))]


def _lid(params: Mapping[str, Param]) -> list[Part]:
    """The lid as it lies when shut, its hinge along y = 0, z from 0 up; the display looks down."""
    w, d, lid_m = number(params, "width_m"), number(params, "depth_m"), number(params, "lid_m")
    chin_m = number(params, "chin_m")
    over = rotation_about((1, 0, 0), np.pi)
    shell = moved(_slab("body", w, d, lid_m, number(params, "corner_m")), rotation=over, offset_m=(0, -d / 2, lid_m))
    # Drawn face up with the hinge below, then turned over.
    frame = prism("bezel", rounded_rectangle(w / 2 - 0.002, d / 2 - 0.002, number(params, "corner_m")), 0.0, 0.0006)
    half_x, half_y = (extent / 2 for extent in _panel(params))
    u, v = np.meshgrid((-half_x, half_x), (-half_y, half_y))
    glass = sheet("screen", np.stack([u, v + chin_m / 2, np.full((2, 2), 0.0009)], axis=2), 0.0006)
    parts = [shell, *(moved(p, rotation=over, offset_m=(0, -d / 2, 0.0002)) for p in (frame, glass))]
    logo = text(params, "logo")
    if logo == "round":
        turn = np.arange(24) / 24 * 2 * np.pi
        round_m = 0.045 * w * np.stack([np.cos(turn), 1.1 * np.sin(turn)], axis=1)
        parts.append(moved(prism("logo", round_m, -0.001, 0.0005), offset_m=(0, -d / 2, lid_m)))
    elif logo == "bar":
        parts.append(moved(prism("logo", rounded_rectangle(0.09 * w, 0.008, 0.002), -0.001, 0.0005),
                           offset_m=(0, -d / 2, lid_m)))  # fmt: skip
    return parts


def _build(params: Mapping[str, Param]) -> Mesh:
    w, d, base_m = number(params, "width_m"), number(params, "depth_m"), number(params, "base_m")
    hinge = np.array([0.0, d / 2, base_m + 0.0032])
    # Opening turns the lid's free edge, which lies towards -y, up.
    turn = rotation_about((1, 0, 0), -number(params, "angle_rad"))
    lid = [moved(part, rotation=turn, offset_m=hinge) for part in _lid(params)]
    barrel = limb("bezel", (-0.36 * w, hinge[1] - 0.004, base_m), (0.36 * w, hinge[1] - 0.004, base_m), 0.004, 10)
    base = _slab("body", w, d, base_m, number(params, "corner_m"))
    feet = [moved(cylinder("bezel", 0.006, 0.0025, 10), offset_m=(x * w, y * d, -0.002)) for x in (-0.42, 0.42)
            for y in (-0.4, 0.4)]  # fmt: skip
    parts = [base, *feet, *_keyboard(params, base_m), *_pad(params, base_m), barrel, *lid]
    edge = turn @ (0.0, -d, number(params, "lid_m") / 2) + hinge
    points = [(-w / 2, edge[1], edge[2]), (w / 2, edge[1], edge[2]), (w / 2, d / 2, base_m), (-w / 2, d / 2, base_m),
              (w / 2, -d / 2, base_m), (-w / 2, -d / 2, base_m)]  # fmt: skip
    return merge(parts, points)


LAPTOP = ObjectType(
    name="laptop",
    category=_CATEGORY,
    sample=_sample,
    build=_build,
    rest_poses=(RestPose(name="upright", weight=1.0, tilt_rad=(0.0, 0.0)),),
    front_rad=FACES_MINUS_Y,
)
"""A laptop whose user sits at -y."""

OBJECT_TYPES: tuple[ObjectType, ...] = (LAPTOP,)
