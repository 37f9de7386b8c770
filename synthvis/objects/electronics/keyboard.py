"""Computer keyboards: full-size, without number pad, and compact; office, mechanical, flat and old beige ones.

x runs to the right and y away from the typist.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.draws import chance, pick, rounded
from synthvis.objects.electronics.cable import attach_cable
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import Part, merge, moved
from synthvis.objects.mesh.outlines import pads, rounded_rectangle, slab
from synthvis.objects.mesh.params import number, shade_of, surface_seed, text
from synthvis.objects.object_type import FACES_MINUS_Y, Attachment, ObjectType, RestPose, Sample
from synthvis.objects.spec import Category, Param, SurfaceSpec

__all__ = ["KEYBOARD", "OBJECT_TYPES"]

Float = NDArray[np.float64]

_CATEGORY = Category(
    id=76,
    name="keyboard",
    supercategory="electronic",
    keypoints=("far_left", "far_right", "near_right", "near_left"),
    skeleton=((0, 1), (1, 2), (2, 3), (3, 0)),
    flip_pairs=((0, 1), (2, 3)),
)

# Widths of the keys in five rows from the digits down, 15 units each; True marks keys that type a character.
_ROWS: tuple[tuple[tuple[float, bool], ...], ...] = (
    (*((1.0, True),) * 13, (2.0, False)),
    ((1.5, False), *((1.0, True),) * 12, (1.5, True)),
    ((1.75, False), *((1.0, True),) * 11, (2.25, False)),
    ((2.25, False), *((1.0, True),) * 10, (2.75, False)),
    (*((1.25, False),) * 3, (6.25, True), *((1.25, False),) * 4),
)
_FUNCTION_ROW_X = (0.0, *np.arange(2.0, 6.0), *np.arange(6.5, 10.5), *np.arange(11.0, 15.0))

# Body, letter keys, other keys (or "" for the letters'), signs, weight.
_COLOURS: dict[str, tuple[tuple[str, str, str, str, float], ...]] = {
    "office": (
        ("#161618", "#1c1c1e", "", "#e8e8e8", 5.0),
        ("#2a2b2e", "#202124", "", "#d8d8d8", 1.0),
        ("#e8e6e0", "#f0efea", "", "#303030", 1.2),
        ("#b8b8b4", "#2a2a2c", "", "#e0e0e0", 0.7),
    ),
    "mechanical": (
        ("#18181a", "#1e1e22", "", "#f0f0f0", 3.0),
        ("#e4e2dc", "#f2f0ea", "#8a8f96", "#303030", 1.2),
        ("#202226", "#dcd8cc", "#5a6068", "#303030", 1.0),
        ("#3a3c40", "#f0ede6", "#4a7a9a", "#303030", 0.5),
        ("#f0f0ee", "#f4f4f2", "#e8a0b0", "#404040", 0.4),
    ),
    "flat": (
        ("#c8cacc", "#f4f4f4", "", "#505050", 3.0),
        ("#1a1a1c", "#202022", "", "#d8d8d8", 2.0),
        ("#b4b6b8", "#1c1c1e", "", "#f0f0f0", 1.5),
        ("#f2f2f2", "#fafafa", "", "#606060", 1.0),
        ("#d8b8b0", "#f4f0ee", "", "#604848", 0.2),
    ),
    "retro": (
        ("#d2c8ae", "#e4ddc8", "#b4aa94", "#303030", 3.0),
        ("#c4beb0", "#e6e2d6", "#9a968c", "#303030", 1.0),
    ),
}


def _sample(rng: Generator) -> Sample:
    style = pick(rng, {"office": 4.0, "mechanical": 2.0, "flat": 2.6, "retro": 0.7})
    flat = style == "flat"
    bezel = {"office": (0.006, 0.016), "mechanical": (0.004, 0.012), "flat": (0.004, 0.009), "retro": (0.014, 0.026)}
    params: dict[str, Param] = {
        "style": style,
        "layout": pick(
            rng, {"full": 4.0, "no_pad": 0.8 if style == "office" else 1.6, "compact": 1.4 if style != "retro" else 0.0}
        ),
        "pitch_m": rounded(rng, (0.0186, 0.0192)),
        "bezel_m": rounded(rng, bezel[style]),
        "brow_m": rounded(rng, (0.012, 0.035)) if style in ("office", "retro") and chance(rng, 0.45) else 0.0,
        "thickness_m": rounded(rng, (0.005, 0.009)) if flat else rounded(rng, (0.012, 0.022)),
        "slope": rounded(rng, (0.02, 0.05)) if flat else rounded(rng, (0.05, 0.12)),
        "corner_m": rounded(rng, (0.004, 0.012)),
        "key_m": rounded(rng, (0.0014, 0.0028)) if flat else rounded(rng, (0.0055, 0.009)),
        "gap": rounded(rng, (0.12, 0.2)) if flat else rounded(rng, (0.04, 0.09)),
        "taper": 0.05 if flat else rounded(rng, (0.18, 0.32)),
        "rounded": flat or chance(rng, 0.3),
    }
    cables: tuple[Attachment, ...] = ()
    if chance(rng, 0.25 if flat else 0.6):
        depth_m = _size_m(params)[1]
        aside_m = rounded(rng, (-0.3, 0.3)) * _size_m(params)[0]
        exit_m = 0.6 * number(params, "thickness_m")
        length_m = rounded(rng, (0.08, 0.3))
        cables = (attach_cable(rng, length_m=length_m, exit_m=exit_m, at_m=(aside_m, depth_m / 2), along_y=True),)
    return Sample(params=params, surfaces=_surfaces(rng, style), attachments=cables)


def _surfaces(rng: Generator, style: str) -> dict[str, SurfaceSpec]:
    rows = _COLOURS[style]
    body, keys, others, signs, _ = rows[int(pick(rng, {str(k): row[4] for k, row in enumerate(rows)}))]
    seed = surface_seed(rng)
    metal = style == "flat" and chance(rng, 0.5)
    case: dict[str, Param] = {"color": shade_of(rng, body, value=0.1, hue=0.02), "seed": seed}
    case |= {"roughness": rounded(rng, (0.25, 0.5))}
    key_color = shade_of(rng, keys, value=0.1, hue=0.02)
    key: dict[str, Param] = {
        "color": key_color,
        "ink_color": shade_of(rng, signs, value=0.1),
        "roughness": rounded(rng, (0.3, 0.6)),
        "seed": seed,
    }
    second = shade_of(rng, others, value=0.15) if others else key_color
    # What shows between the keys lies in their shadow.
    depth = pick(rng, ("#1c1c1e", "#3a3a3c", "#77797c"))
    well: dict[str, Param] = {"color": shade_of(rng, depth), "roughness": 0.6}
    if style == "mechanical" and not others and chance(rng, 0.5):
        # Light shines through the signs, and up between the keys.
        light = shade_of(rng, pick(rng, ("#38c8ff", "#ff3838", "#50ff70", "#b050ff", "#ffffff", "#ff8a20")))
        key |= {"ink_color": light, "glow": rounded(rng, (1.0, 3.0))}
        well |= {"color": light, "emission": rounded(rng, (0.3, 1.0))} if chance(rng, 0.6) else {}
    return {
        "case": SurfaceSpec(kind="metal" if metal else "plastic", params=case),
        "well": SurfaceSpec(kind="plain", params=well),
        "letters": SurfaceSpec(kind="keycap", params=key),
        "others": SurfaceSpec(kind="keycap", params={**key, "color": second}),
    }


def _keys(layout: str) -> tuple[Float, NDArray[np.bool_]]:
    """(x, y, width, height) of each key in units from the near left corner, and which keys type characters."""
    found: list[tuple[float, float, float, float]] = []
    types: list[bool] = []
    for row, keys in enumerate(_ROWS):
        ends = np.cumsum([width for width, _ in keys])
        for (width, is_letter), end in zip(keys, ends, strict=True):
            found.append((float(end) - width / 2, 4.5 - row, width, 1.0))
            types.append(is_letter)
    if layout != "compact":
        found += [(x + 0.5, 5.8, 1.0, 1.0) for x in _FUNCTION_ROW_X]
        found += [(15.75 + x, y, 1.0, 1.0) for y in (5.8, 4.5, 3.5) for x in range(3)]
        found += [(15.75 + x, y, 1.0, 1.0) for x, y in ((1, 1.5), (0, 0.5), (1, 0.5), (2, 0.5))]
    if layout == "full":
        types += [False] * (len(found) - len(types))
        pad = [(x, y) for y in (3.5, 2.5, 1.5) for x in range(3)]
        found += [(19.0 + x, y, 1.0, 1.0) for x, y in pad]
        types += [True] * len(pad)
        found += [(19.0 + x, 4.5, 1.0, 1.0) for x in range(4)]
        found += [(22.0, 3.0, 1.0, 2.0), (22.0, 1.0, 1.0, 2.0), (19.5, 0.5, 2.0, 1.0), (21.0, 0.5, 1.0, 1.0)]
    types += [False] * (len(found) - len(types))
    return np.array(found), np.array(types)


def _size_m(params: Mapping[str, Param]) -> tuple[float, float]:
    units = {"full": (22.5, 6.3), "no_pad": (18.25, 6.3), "compact": (15.0, 5.0)}[text(params, "layout")]
    around = 2 * number(params, "bezel_m")
    pitch_m = number(params, "pitch_m")
    return units[0] * pitch_m + around, units[1] * pitch_m + around + number(params, "brow_m")


def _build(params: Mapping[str, Param]) -> Mesh:
    width_m, depth_m = _size_m(params)
    pitch_m, bezel_m, top_m = (number(params, name) for name in ("pitch_m", "bezel_m", "thickness_m"))
    rim_m = min(0.0025, top_m * 0.3)
    outline = rounded_rectangle((width_m, depth_m), number(params, "corner_m"))
    levels = [(rim_m, 0.0), (0.0, rim_m), (0.0, top_m - rim_m), (0.3 * rim_m, top_m - 0.3 * rim_m), (rim_m, top_m)]
    keys, is_letter = _keys(text(params, "layout"))
    corner = np.array([-width_m / 2 + bezel_m, -depth_m / 2 + bezel_m])
    places = np.column_stack([keys[:, :2] * pitch_m + corner, np.full(len(keys), top_m)])
    sizes = (keys[:, 2:] - number(params, "gap")) * pitch_m
    parts = [slab("case", outline, levels), *_wells(params, top_m)]
    for slot, chosen, first in (("letters", is_letter, 0), ("others", ~is_letter, 200)):
        section = "soft" if params["rounded"] else "rect"
        keys_m = (places[chosen], sizes[chosen], number(params, "key_m"))
        parts.append(pads(slot, *keys_m, section=section, taper=number(params, "taper"), first=first))
    half = np.array([width_m, depth_m]) / 2
    corners = np.array([(-half[0], half[1]), half, (half[0], -half[1]), -half])
    slope = number(params, "slope")
    rise = top_m + slope * (corners[:, 1] + half[1])
    return merge([_sloped(part, slope, half[1], top_m) for part in parts], np.column_stack([corners, rise]))


def _wells(params: Mapping[str, Param], top_m: float) -> list[Part]:
    """Dark floors under the blocks of keys, as (left, near, right, far) in units."""
    width_m, depth_m = _size_m(params)
    pitch_m, bezel_m = number(params, "pitch_m"), number(params, "bezel_m")
    layout = text(params, "layout")
    blocks = [(0.0, 0.0, 15.0, 5.0)]
    blocks += [(0.0, 5.3, 18.25, 6.3), (15.25, 3.0, 18.25, 5.0), (15.25, 0.0, 18.25, 2.0)] * (layout != "compact")
    blocks += [(18.5, 0.0, 22.5, 5.0)] * (layout == "full")
    parts = []
    for left, near, right, far in blocks:
        size_m = ((right - left) * pitch_m, (far - near) * pitch_m)
        middle = (np.array([left + right, near + far]) / 2) * pitch_m + bezel_m - np.array([width_m, depth_m]) / 2
        floor = slab("well", rounded_rectangle(size_m, 0.001, 2), [(0.0, top_m - 0.001), (0.0, top_m + 0.0003)])
        parts.append(moved(floor, offset_m=(*middle, 0.0)))
    return parts


def _sloped(part: Part, slope: float, half_m: float, top_m: float) -> Part:
    """Raised towards the far side, its underside left flat."""
    vertices = part.vertices_m.copy()
    vertices[:, 2] += slope * (vertices[:, 1] + half_m) * np.clip(vertices[:, 2] / top_m, 0.0, 1.0)
    return replace(part, vertices_m=vertices)


KEYBOARD = ObjectType(
    name="keyboard",
    category=_CATEGORY,
    sample=_sample,
    build=_build,
    rest_poses=(
        RestPose(name="lying", weight=0.97, tilt_rad=(0.0, 0.0)),
        RestPose(name="propped", weight=0.03, tilt_rad=(0.9, 1.4), tilt_axis="x"),
    ),
    front_rad=FACES_MINUS_Y,
)

OBJECT_TYPES: tuple[ObjectType, ...] = (KEYBOARD,)
