"""Mobile phones: smartphones from both sides, phones with keypads, with small keyboards, and folding ones.

It lies on its back: x across the display, y towards its top.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.draws import chance, pick, rounded
from synthvis.geometry import rotation_about
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import Part, merge, moved, tube
from synthvis.objects.mesh.outlines import pads, rounded_rectangle, slab
from synthvis.objects.mesh.params import number, shade_of, surface_seed, text
from synthvis.objects.object_type import FACES_MINUS_Y, ObjectType, RestPose, Sample
from synthvis.objects.spec import Category, Param, SurfaceSpec

__all__ = ["CELL_PHONE", "OBJECT_TYPES"]

Float = NDArray[np.float64]

_CATEGORY = Category(
    id=77,
    name="cell phone",
    supercategory="electronic",
    keypoints=("top_left", "top_right", "bottom_right", "bottom_left"),
    skeleton=((0, 1), (1, 2), (2, 3), (3, 0)),
    flip_pairs=((0, 1), (2, 3)),
)

_GAP_M = 0.0024
_TURNED_OVER = np.diag([-1.0, 1.0, -1.0])
# Width, length, thickness, weight.
_SIZES: dict[str, tuple[tuple[float, float], tuple[float, float], tuple[float, float], float]] = {
    "slab": ((0.064, 0.078), (0.138, 0.166), (0.007, 0.0095), 5.0),
    "button": ((0.058, 0.067), (0.114, 0.14), (0.0075, 0.012), 2.0),
    "keypad": ((0.043, 0.051), (0.098, 0.122), (0.014, 0.021), 1.4),
    "qwerty": ((0.058, 0.067), (0.104, 0.12), (0.012, 0.016), 0.7),
    "flip": ((0.045, 0.053), (0.085, 0.1), (0.009, 0.012), 1.3),
}
_BODIES = {
    "#131315": 5.0, "#c9cbcd": 2.0, "#f2f2f0": 2.0, "#d9b9a2": 0.7, "#2a3a58": 0.8, "#8a2028": 0.5, "#5a6a5c": 0.4,
    "#c8b8d8": 0.4, "#d8b85a": 0.4,
}  # fmt: skip
_CASES = {
    "#18181a": 3.0, "#e8a0b4": 1.0, "#2a5ab0": 1.0, "#c82c30": 1.0, "#f0eee8": 1.0, "#38a088": 0.8, "#7a4a2c": 0.8,
    "#f0c83a": 0.4, "#8050a8": 0.5,
}  # fmt: skip
_PICTURES = (
    "#2a5ad8", "#101830", "#e86a3a", "#f2b8c8", "#38a0a8", "#5a2a88", "#f4e8d0", "#d83048", "#1c6a48", "#101012",
    "#78b8f0", "#f0c048",
)  # fmt: skip


def _sample(rng: Generator) -> Sample:
    style = pick(rng, {name: row[3] for name, row in _SIZES.items()})
    width, length, thick, _ = _SIZES[style]
    width_m = rounded(rng, width)
    smart = style in ("slab", "button")
    params: dict[str, Param] = {
        "style": style,
        "width_m": width_m,
        "length_m": max(rounded(rng, length), 1.9 * width_m) if smart else rounded(rng, length),
        "thickness_m": rounded(rng, thick),
        "corner_m": rounded(rng, (0.006, 0.012)) if smart else rounded(rng, (0.008, 0.018)),
        "edge_m": rounded(rng, (0.0008, 0.003)),
        "bezel_m": rounded(rng, (0.0012, 0.0035)),
        "case_m": rounded(rng, (0.0012, 0.0028)) if smart and chance(rng, 0.35) else 0.0,
        "cameras": int(rng.integers(1, 5)) if style == "slab" else 1,
        "island_m": rounded(rng, (0.018, 0.034)),
        "middle_island": chance(rng, 0.15),
        "fold_rad": 0.0 if chance(rng, 0.12) else rounded(rng, (2.5, 2.95)),
    }
    return Sample(params=params, surfaces=_surfaces(rng, params))


def _surfaces(rng: Generator, params: Mapping[str, Param]) -> dict[str, SurfaceSpec]:
    style, seed = text(params, "style"), surface_seed(rng)
    body = shade_of(rng, pick(rng, _BODIES), value=0.12, hue=0.03)
    shell = shade_of(rng, pick(rng, _CASES), value=0.15) if number(params, "case_m") else body
    metal = style in ("slab", "button") and not number(params, "case_m") and chance(rng, 0.55)
    gloss = rounded(rng, (0.1, 0.5))
    front = shade_of(rng, "#f0f0ee" if style == "button" and chance(rng, 0.35) else "#0a0a0c", value=0.1)
    key = shade_of(rng, pick(rng, {"#b8babc": 2.0, "#2a2b2e": 2.0, "#e8e8e6": 1.0}), value=0.1)
    dark, pale = shade_of(rng, "#151517"), shade_of(rng, "#e0e0de", value=0.1)
    ink = dark if sum(key) > 0.9 else pale
    keys: dict[str, Param] = {"color": key, "ink_color": ink, "roughness": 0.4, "seed": seed}
    shell_of: dict[str, Param] = {"color": shell, "roughness": gloss, "seed": seed}
    found = {
        "body": SurfaceSpec(kind="metal" if metal else "plastic", params=shell_of),
        "front": SurfaceSpec(kind="plain", params={"color": front, "roughness": 0.07}),
        "screen": _screen(rng, style),
        "island": SurfaceSpec(kind="plain", params={"color": body if chance(rng, 0.6) else dark, "roughness": 0.15}),
        "lens": SurfaceSpec(kind="plain", params={"color": (0.006, 0.007, 0.012), "roughness": 0.04}),
        "home": SurfaceSpec(kind="plain", params={"color": key, "roughness": 0.3}),
        "keys": SurfaceSpec(kind="keycap", params=keys),
    }
    return {name: found[name] for name in _build(params).slots}


def _screen(rng: Generator, style: str) -> SurfaceSpec:
    smart = {"off": 3.2, "home": 3.0, "lock": 1.2, "chat": 1.2, "page": 1.2, "photo": 0.8}
    shown = pick(rng, smart if style in ("slab", "button") else {"off": 1.2, "lcd": 1.5, "page": 0.6, "lock": 0.8})
    colors: dict[str, Param] = {
        name: shade_of(rng, pick(rng, _PICTURES), value=0.4) for name in ("color", "color_b", "color_c")
    }
    if shown in ("chat", "page"):
        colors["color"] = shade_of(rng, "#f4f4f6", value=0.05) if chance(rng, 0.75) else shade_of(rng, "#17181c")
    if shown == "lcd":
        colors["color"] = shade_of(rng, pick(rng, ("#a8b890", "#8fb84a", "#6a9ad0", "#d0d4c8")))
    values = {**colors, "style": shown, "rows": float(rng.integers(6, 9)), "glow": rounded(rng, (0.1, 0.6))}
    return SurfaceSpec(kind="screen", params={**values, "seed": surface_seed(rng)})


def _build(params: Mapping[str, Param]) -> Mesh:
    builders = {"slab": _smartphone, "button": _smartphone, "keypad": _keypad, "qwerty": _keypad, "flip": _flip}
    parts = builders[text(params, "style")](params)
    width_m, length_m, z_m = (number(params, name) for name in ("width_m", "length_m", "thickness_m"))
    inner_m = number(params, "corner_m") * 0.3
    x, y = width_m / 2 - inner_m, length_m / 2 - inner_m
    near = [(x, -y, z_m), (-x, -y, z_m)]
    far = np.array([(-x, y, z_m), (x, y, z_m)])
    if text(params, "style") == "flip":
        far = _folded(params, far)
    return merge(parts, [*far, *near])


def _shell(params: Mapping[str, Param], slot: str, size_m: tuple[float, float], z_m: tuple[float, float]) -> Part:
    """Plate with rounded edges."""
    low, high = z_m
    edge = min(number(params, "edge_m"), 0.45 * (high - low))
    levels = [(edge, low), (0.3 * edge, low + 0.3 * edge), (0.0, low + edge), (0.0, high - edge)]
    outline = rounded_rectangle(size_m, number(params, "corner_m"))
    return slab(slot, outline, [*levels, (0.3 * edge, high - 0.3 * edge), (edge, high)])


def _pane(slot: str, size_m: tuple[float, float], centre_m: tuple[float, float, float], corner_m: float) -> Part:
    """Thin plate that stands 0.2 mm out of the front."""
    part = slab(slot, rounded_rectangle(size_m, corner_m, 4), [(0.0, -0.0006), (0.0, 0.0002)])
    return moved(part, offset_m=centre_m)


def _smartphone(params: Mapping[str, Param]) -> list[Part]:
    w, h, t = (number(params, name) for name in ("width_m", "length_m", "thickness_m"))
    case_m, bezel_m, edge_m = (number(params, name) for name in ("case_m", "bezel_m", "edge_m"))
    parts = [_shell(params, "body", (w + 2 * case_m, h + 2 * case_m), (-case_m, t))]
    face = (w - 1.2 * edge_m, h - 1.2 * edge_m)
    parts.append(_pane("front", face, (0.0, 0.0, t), max(number(params, "corner_m") - 0.6 * edge_m, 0.001)))
    old = text(params, "style") == "button"
    ends_m = 0.017 if old else bezel_m
    shown = (face[0] - 2 * bezel_m, face[1] - 2 * ends_m)
    rounded_m = 0.0006 if old else max(number(params, "corner_m") - edge_m - bezel_m, 0.001)
    parts.append(_pane("screen", shown, (0.0, 0.0, t + 0.0002), rounded_m))
    if old:
        place = (0.0, -h / 2 + 0.55 * ends_m, t - 0.0002)
        parts.append(pads("home", place, (0.0105, 0.0105), 0.0008, section="round", taper=0.02))
        parts.append(pads("home", (0.0, h / 2 - 0.5 * ends_m, t - 0.0002), (0.011, 0.0018), 0.0006, section="soft"))
    elif bezel_m < 0.0025:
        parts.append(pads("lens", (0.0, shown[1] / 2 - 0.004, t), (0.0042, 0.0042), 0.0007, section="round"))
    side = [(w / 2 + case_m - 0.0002, h * 0.2, 0.4 * t), (w / 2 + case_m - 0.0002, h * 0.08, 0.4 * t)]
    parts.append(pads("body", side, [(0.0016, 0.01), (0.0016, 0.016)], 0.25 * t))
    return [*parts, *_cameras(params, -case_m)]


def _cameras(params: Mapping[str, Param], z_m: float) -> list[Part]:
    """Island and lenses on the back, built face up and turned over."""
    w, h = number(params, "width_m"), number(params, "length_m")
    count, size_m = int(number(params, "cameras")), number(params, "island_m")
    lens_m = 0.0075 if count == 1 else 0.42 * size_m
    wide = size_m if count > 2 else lens_m * 1.5
    tall = lens_m * 1.5 if count == 1 else size_m
    # Seen from behind it is at the left, which is +x before the turn.
    x = 0.0 if params["middle_island"] else -w / 2 + wide / 2 + 0.006
    y = h / 2 - tall / 2 - 0.007
    spread = 0.24 * size_m
    offsets = {
        1: [(0.0, 0.0)],
        2: [(0.0, spread), (0.0, -spread)],
        3: [(-spread, spread), (-spread, -spread), (spread, 0.0)],
        4: [(a, b) for a in (-spread, spread) for b in (-spread, spread)],
    }[count]
    corner = min(wide, tall) * (0.3 if count > 2 else 0.499)
    island = slab("island", rounded_rectangle((wide, tall), corner), [(0.0, -0.0005), (0.0, 0.0012), (0.0004, 0.0016)])
    places = [(x + a, y + b, 0.001) for a, b in offsets]
    lenses = pads("lens", places, (lens_m, lens_m), 0.0014, section="round", taper=0.1)
    return [
        moved(part, rotation=_TURNED_OVER, offset_m=(0.0, 0.0, z_m))
        for part in (moved(island, offset_m=(x, y, 0.0)), lenses)
    ]


def _keys(params: Mapping[str, Param], columns: int, rows: int, low: float, high: float, z_m: float) -> Part:
    """Grid of keys between two shares of the length, counted from the bottom."""
    w, h = number(params, "width_m"), number(params, "length_m")
    x = (np.arange(columns) + 0.5) / columns - 0.5
    y = low + (np.arange(rows) + 0.5) / rows * (high - low) - 0.5
    grid_x, grid_y = np.meshgrid(x * 0.88 * w, y * h)
    centres = np.column_stack([grid_x.ravel(), grid_y.ravel(), np.full(columns * rows, z_m - 0.0004)])
    size = (0.76 * w / columns, 0.74 * (high - low) * h / rows)
    return pads("keys", centres, size, 0.0016, section="soft")


def _menu(params: Mapping[str, Param], y: float, z_m: float) -> list[Part]:
    """The wide key in the middle with a key at either side, at a share of the length."""
    w, h = number(params, "width_m"), number(params, "length_m")
    sides = [(s * 0.33 * w, (y - 0.5) * h, z_m - 0.0004) for s in (-1, 1)]
    knob = pads("home", (0.0, (y - 0.5) * h, z_m - 0.0004), (0.3 * w, 0.26 * w), 0.0022, section="soft")
    return [knob, pads("keys", sides, (0.2 * w, 0.13 * w), 0.0016, section="soft", first=50)]


def _keypad(params: Mapping[str, Param]) -> list[Part]:
    w, h, t = (number(params, name) for name in ("width_m", "length_m", "thickness_m"))
    parts = [_shell(params, "body", (w, h), (0.0, t))]
    full = text(params, "style") == "qwerty"
    low, high = (0.46, 0.93) if full else (0.56, 0.9)
    tall = (high - low) * h
    place = (0.0, ((low + high) / 2 - 0.5) * h, t)
    parts.append(_pane("front", (0.88 * w, tall + 0.006), place, 0.003))
    parts.append(_pane("screen", (0.76 * w, tall - 0.002), (place[0], place[1], t + 0.0002), 0.0008))
    parts.append(_keys(params, 10 if full else 3, 4, 0.06, 0.34 if full else 0.41, t))
    speaker = pads("front", (0.0, 0.46 * h, t - 0.0003), (0.2 * w, 0.0016), 0.0005, section="soft")
    return [*parts, *_menu(params, 0.39 if full else 0.48, t), speaker, *_cameras(params, 0.0)]


def _folded(params: Mapping[str, Param], points: Float) -> Float:
    """Points of the upper half where the hinge puts them: `fold_rad` 0 is shut, pi is open flat."""
    h, hinge_m = number(params, "length_m"), number(params, "thickness_m") + _GAP_M / 2
    turn = rotation_about((1.0, 0.0, 0.0), np.pi - number(params, "fold_rad"))
    placed: Float = (points + np.array([0.0, h / 2, -hinge_m])) @ turn.T + (0.0, h / 2, hinge_m)
    return placed


def _flip(params: Mapping[str, Param]) -> list[Part]:
    w, h, t = (number(params, name) for name in ("width_m", "length_m", "thickness_m"))
    lower = [_shell(params, "body", (w, h), (0.0, t)), _keys(params, 3, 4, 0.08, 0.6, t), *_menu(params, 0.76, t)]
    upper = [
        _shell(params, "body", (w, h), (0.0, t)),
        _pane("front", (0.86 * w, 0.8 * h), (0.0, 0.0, t), 0.003),
        _pane("screen", (0.72 * w, 0.62 * h), (0.0, 0.01 * h, t + 0.0002), 0.0008),
        *_cameras(params, 0.0),
    ]
    outer = _pane("front", (0.5 * w, 0.3 * h), (0.0, -0.12 * h, 0.0), 0.002)
    upper.append(replace(outer, vertices_m=outer.vertices_m @ _TURNED_OVER))
    barrel = np.array([(s * 0.36 * w, h / 2, t) for s in (-1, 1)])
    hinge = replace(tube("body", barrel, 0.6 * t, 14), attributes={})
    return [*lower, hinge, *(replace(part, vertices_m=_folded(params, part.vertices_m)) for part in upper)]


CELL_PHONE = ObjectType(
    name="cell_phone",
    category=_CATEGORY,
    sample=_sample,
    build=_build,
    rest_poses=(
        RestPose(name="face_up", weight=0.45, tilt_rad=(0.0, 0.0)),
        RestPose(name="face_down", weight=0.15, tilt_rad=(float(np.pi), float(np.pi)), tilt_axis="y"),
        RestPose(name="propped", weight=0.3, tilt_rad=(0.9, 1.5), tilt_axis="x"),
        RestPose(name="propped_back", weight=0.1, tilt_rad=(1.65, 2.2), tilt_axis="x"),
    ),
    front_rad=FACES_MINUS_Y,
)

OBJECT_TYPES: tuple[ObjectType, ...] = (CELL_PHONE,)
