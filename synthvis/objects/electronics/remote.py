"""Remote controls: of televisions, streaming sticks, game consoles and air conditioners.

It lies on its back: x across, +y towards the thing it commands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.draws import chance, pick, rounded
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import Part, merge, moved, revolve
from synthvis.objects.mesh.outlines import pads, rounded_rectangle, slab
from synthvis.objects.mesh.params import number, shade_of, surface_seed, text
from synthvis.objects.object_type import FACES_MINUS_Y, ObjectType, RestPose, Sample
from synthvis.objects.spec import Category, Param, SurfaceSpec

__all__ = ["OBJECT_TYPES", "REMOTE"]

Float = NDArray[np.float64]
Row = tuple[float, float, float, float]

_CATEGORY = Category(
    id=75,
    name="remote",
    supercategory="electronic",
    keypoints=("front_left", "front_right", "back_right", "back_left"),
    skeleton=((0, 1), (1, 2), (2, 3), (3, 0)),
    flip_pairs=((0, 1), (2, 3)),
)

# Length, width, thickness, weight.
_SIZES: dict[str, tuple[tuple[float, float], tuple[float, float], tuple[float, float], float]] = {
    "television": ((0.17, 0.235), (0.042, 0.054), (0.016, 0.026), 4.0),
    "dense": ((0.18, 0.24), (0.048, 0.062), (0.018, 0.028), 1.5),
    "stick": ((0.125, 0.165), (0.034, 0.042), (0.01, 0.018), 2.0),
    "console": ((0.145, 0.15), (0.036, 0.037), (0.027, 0.031), 4.5),
    "cooler": ((0.13, 0.17), (0.046, 0.058), (0.017, 0.024), 0.7),
}
_BODIES = {
    "television": {"#161618": 6.0, "#2c2d30": 2.0, "#b8babc": 1.4, "#54565a": 1.0, "#e8e8e6": 0.5},
    "dense": {"#18181a": 4.0, "#a9abad": 2.0, "#3a3c40": 1.5, "#d2cfc6": 0.6},
    "stick": {"#141416": 5.0, "#c9cbcd": 1.0, "#f0f0ee": 1.0, "#3c2a5a": 0.3},
    "console": {"#f2f3f3": 6.0, "#1a1a1c": 1.2, "#d84a6a": 0.3, "#3a9ad0": 0.4},
    "cooler": {"#f0f0ec": 6.0, "#e2ded2": 1.5, "#9a9c9e": 0.7},
}


def _sample(rng: Generator) -> Sample:
    style = pick(rng, {name: row[3] for name, row in _SIZES.items()})
    length, width, thick, _ = _SIZES[style]
    params: dict[str, Param] = {
        "style": style,
        "length_m": rounded(rng, length),
        "width_m": rounded(rng, width),
        "thickness_m": rounded(rng, thick),
        "corner": rounded(rng, (0.12, 0.9)) if style != "console" else 0.16,
        "belly": rounded(rng, (0.1, 0.45)),
        "waist": rounded(rng, (0.04, 0.14)) if style in ("television", "dense") and chance(rng, 0.4) else 0.0,
        "key_m": rounded(rng, (0.0012, 0.0028)),
        "section": pick(rng, {"soft": 3.0, "round": 2.0, "rect": 1.0}),
        "arrangement": int(rng.integers(0, 3)),
        "faceplate": chance(rng, 0.4) and style != "console",
    }
    return Sample(params=params, surfaces=_surfaces(rng, params))


def _surfaces(rng: Generator, params: Mapping[str, Param]) -> dict[str, SurfaceSpec]:
    style, seed = text(params, "style"), surface_seed(rng)
    chosen = pick(rng, _BODIES[style])
    body = shade_of(rng, chosen, value=0.12, hue=0.02)
    is_dark = sum(body) < 0.6
    pale, deep = shade_of(rng, "#d8dadc", value=0.1), shade_of(rng, "#232427", value=0.2)
    if is_dark:
        key = shade_of(rng, pick(rng, {"#2c2d30": 2.0, "#55585c": 3.0, "#8c8f94": 2.0, "#c4c6c8": 1.0}), value=0.15)
    else:
        key = shade_of(rng, pick(rng, {"#3a3c40": 2.0, "#7c8086": 2.0, "#fafafa": 2.0, "#b6bac0": 1.5}), value=0.1)
    buttons: dict[str, Param] = {
        "color": key,
        "ink_color": pale if sum(key) < 0.9 else deep,
        "sign": 0.45,
        "roughness": rounded(rng, (0.4, 0.7)),
        "seed": seed,
    }
    red = shade_of(rng, pick(rng, {"#c8201c": 4.0, "#e8641e": 0.7, "#3a9a4a": 0.7}))
    gloss = rounded(rng, (0.12, 0.5))
    shell: dict[str, Param] = {"color": body, "roughness": gloss, "grain": 0.1, "seed": seed}
    plate = shade_of(rng, pick(rng, {"#0a0a0c": 3.0, "#8e9094": 1.0, "#c6c8ca": 1.0}), value=0.1)
    lcd = shade_of(rng, pick(rng, {"#98a690": 3.0, "#b4bcae": 1.5, "#6a8ab8": 0.5}), value=0.1)
    found = {
        "body": SurfaceSpec(kind="plastic", params=shell),
        "plate": SurfaceSpec(kind="plain", params={"color": plate, "roughness": 0.12}),
        "buttons": SurfaceSpec(kind="keycap", params=buttons),
        "accent": SurfaceSpec(kind="keycap", params={**buttons, "color": red, "ink_color": (0.85, 0.85, 0.85)}),
        "colours": SurfaceSpec(kind="keycap", params={**buttons, "four": True, "sign": 0.2}),
        "ring": SurfaceSpec(kind="plain", params={"color": deep if chance(rng, 0.5) else key, "roughness": 0.3}),
        "display": SurfaceSpec(kind="screen", params={"style": "lcd", "color": lcd, "glow": 0.02}),
    }
    return {name: found[name] for name in _build(params).slots}


# Buttons: (x, y, width, height) over the half width and, for y, the half length; sizes over the width


def _grid(columns: int, rows: int, top: float, bottom: float, *, wide: float = 0.2, tall: float = 0.13) -> list[Row]:
    x = np.linspace(-1.0, 1.0, columns) * (0.62 if columns > 2 else 0.5)
    return [(float(a), float(b), wide, tall) for b in np.linspace(top, bottom, rows) for a in x]


def _television(which: int) -> dict[str, list[Row]]:
    found = {"accent": [(-0.6, 0.88, 0.2, 0.2)], "buttons": [(0.6, 0.88, 0.2, 0.14), *_grid(3, 4, 0.74, 0.4)]}
    found["buttons"] += [(-0.6, 0.17, 0.2, 0.46), (0.6, 0.17, 0.2, 0.46), (0.0, 0.24, 0.2, 0.14), (0.0, 0.1, 0.2, 0.14)]
    if which == 0:
        found["disc"] = [(0.0, -0.2, 0.66, 0.66)]
        found["colours"] = [(x, -0.5, 0.17, 0.1) for x in (-0.66, -0.22, 0.22, 0.66)]
        found["buttons"] += _grid(4, 2, -0.62, -0.74, wide=0.16, tall=0.12)
    elif which == 1:
        found["colours"] = [(x, -0.07, 0.17, 0.1) for x in (-0.66, -0.22, 0.22, 0.66)]
        found["disc"] = [(0.0, -0.36, 0.7, 0.7)]
        found["buttons"] += _grid(3, 2, -0.66, -0.8, wide=0.18, tall=0.12)
    else:
        found["disc"] = [(0.0, -0.24, 0.74, 0.74)]
        found["buttons"] += _grid(2, 1, -0.56, -0.56) + _grid(3, 3, -0.66, -0.84, wide=0.17, tall=0.1)
    return found


def _dense(which: int) -> dict[str, list[Row]]:
    columns = 3 + which % 2
    keys = _grid(columns, 5, 0.74, 0.34, wide=0.17, tall=0.11) + _grid(columns, 5, -0.32, -0.84, wide=0.17, tall=0.11)
    found = {"accent": [(0.6, 0.88, 0.2, 0.15)], "buttons": [(-0.6, 0.88, 0.2, 0.12), *keys]}
    found["buttons"] += [(-0.72, 0.02, 0.14, 0.4), (0.72, 0.02, 0.14, 0.4)]
    found["disc"] = [(0.0, 0.02, 0.5, 0.5)]
    if which == 2:
        found["colours"] = [(x, -0.93, 0.17, 0.08) for x in (-0.66, -0.22, 0.22, 0.66)]
    return found


def _stick(which: int) -> dict[str, list[Row]]:
    found = {"disc": [(0.0, 0.5, 0.76, 0.76)], "buttons": _grid(2 + which % 2, 2, 0.14, -0.02, wide=0.24, tall=0.24)}
    found["accent" if which == 1 else "buttons"] = [
        *found["buttons"] * (which != 1), (-0.5 * (which > 0), 0.88, 0.22, 0.22)
    ]  # fmt: skip
    found["buttons"] += [(-0.42, -0.28, 0.26, 0.58), (0.42, -0.28, 0.26, 0.58)][which == 2 :]
    if which == 2:
        found["colours"] = [(x, y, 0.34, 0.16) for y in (-0.5, -0.62) for x in (-0.42, 0.42)]
    return found


def _console(which: int) -> dict[str, list[Row]]:
    cross = [(0.0, 0.66, 0.52, 0.17), (0.0, 0.66, 0.17, 0.52)]
    small = [(x, 0.0, 0.17, 0.17) for x in (-0.55, 0.0, 0.55)]
    lower = [(0.0, -0.42, 0.26, 0.26), (0.0, -0.56, 0.26, 0.26)]
    lights = [(x, -0.84, 0.07, 0.07) for x in (-0.36, -0.12, 0.12, 0.36)]
    return {
        "accent": [(-0.6, 0.88, 0.15, 0.15)],
        "cross": cross,
        "buttons": [(0.0, 0.3, 0.34, 0.34), *small, *lower, *lights],
    }


def _cooler(which: int) -> dict[str, list[Row]]:
    found = {"display": [(0.0, 0.6, 0.78, 0.2 + 0.3 * (which > 0))], "accent": [(-0.5, 0.12, 0.3, 0.24)]}
    found["buttons"] = [(0.5, 0.12, 0.3, 0.24), *_grid(2 + (which == 2), 4, -0.1, -0.76, wide=0.24, tall=0.15)]
    return found


_LAYOUTS = {"television": _television, "dense": _dense, "stick": _stick, "console": _console, "cooler": _cooler}


def _placed(params: Mapping[str, Param], rows: list[Row], z_m: float) -> tuple[Float, Float]:
    """Undersides' middles and sizes in metres."""
    table = np.array(rows)
    width_m, length_m = number(params, "width_m"), number(params, "length_m")
    centres = np.column_stack([table[:, 0] * width_m / 2, table[:, 1] * length_m / 2, np.full(len(table), z_m)])
    return centres, table[:, 2:] * width_m


def _build(params: Mapping[str, Param]) -> Mesh:
    width_m, length_m, thick_m = (number(params, name) for name in ("width_m", "length_m", "thickness_m"))
    layout = _LAYOUTS[text(params, "style")](int(number(params, "arrangement")))
    parts = [_body(params)]
    top_m = thick_m
    if params["faceplate"]:
        inset_m = 0.03 * width_m
        corner_m = number(params, "corner") * width_m / 2 - inset_m
        outline = rounded_rectangle((width_m - 2 * inset_m, length_m - 2 * inset_m), max(corner_m, 0.0005))
        top_m = thick_m + 0.0004
        parts.append(slab("plate", outline, [(0.0, thick_m - 0.001), (0.0, top_m)]))
    parts += _buttons(params, layout, top_m)
    shaped = [_waisted(params, part) for part in parts]
    corners = [(x * 0.46 * width_m, y * 0.49 * length_m, thick_m) for x, y in ((-1, 1), (1, 1), (1, -1), (-1, -1))]
    inner = 0.3 * number(params, "corner") * width_m / 2
    keypoints = np.array(corners) - np.sign(corners) * np.array([inner, inner, 0.0])
    return merge(shaped, keypoints)


def _body(params: Mapping[str, Param]) -> Part:
    width_m, length_m, thick_m = (number(params, name) for name in ("width_m", "length_m", "thickness_m"))
    outline = rounded_rectangle((width_m, length_m), number(params, "corner") * width_m / 2)
    rim_m, belly_m = min(0.002, 0.12 * thick_m), number(params, "belly") * 0.35 * thick_m
    levels = [(1.6 * belly_m, 0.0), (0.6 * belly_m, 0.12 * thick_m), (0.0, 0.42 * thick_m), (0.0, thick_m - rim_m)]
    return slab("body", outline, [*levels, (0.3 * rim_m, thick_m - 0.3 * rim_m), (rim_m, thick_m)])


def _buttons(params: Mapping[str, Param], layout: Mapping[str, list[Row]], top_m: float) -> list[Part]:
    key_m, section = number(params, "key_m"), text(params, "section")
    parts: list[Part] = []
    for name in ("buttons", "accent", "colours", "cross"):
        rows = layout.get(name, [])
        if rows:
            # Square ones are round on most remotes; long ones never are.
            round_rows = [row for row in rows if abs(row[2] - row[3]) < 0.01 and name != "cross"]
            other_rows = [row for row in rows if row not in round_rows]
            slot = "ring" if name == "cross" else name
            for chosen, shape in ((round_rows, "round"), (other_rows, section if name == "buttons" else "soft")):
                if chosen:
                    parts.append(pads(slot, *_placed(params, chosen, top_m - 0.0005), key_m + 0.0005, section=shape))
    for centre, size in zip(*_placed(params, layout.get("disc", [(0.0, 0.0, 0.0, 0.0)]), top_m), strict=True):
        if size[0]:
            parts += _disc(centre, size[0] / 2, key_m)
    for centre, size in zip(*_placed(params, layout.get("display", [(0.0, 0.0, 0.0, 0.0)]), top_m), strict=True):
        if size[0]:
            height = 0.34 * number(params, "length_m") / number(params, "width_m") * size[0] * 0.55
            glass = slab("display", rounded_rectangle((size[0], height), 0.002), [(0.0, -0.001), (0.0, 0.0006)])
            parts.append(moved(glass, offset_m=centre))
    return parts


def _disc(centre_m: Float, radius_m: float, key_m: float) -> list[Part]:
    """The ring of four arrows and the button in its middle."""
    radii = radius_m * np.array([0.5, 1.0, 1.0, 0.94, 0.58, 0.5])
    ring = revolve("ring", radii, key_m * np.array([-0.4, -0.4, 0.5, 1.0, 0.8, 0.4]), 30, loop=True)
    size_m = (0.8 * radius_m, 0.8 * radius_m)
    knob = pads("buttons", (0.0, 0.0, -0.4 * key_m), size_m, 1.4 * key_m, section="round", first=90)
    plain = replace(ring, attributes={})
    return [moved(plain, offset_m=centre_m), moved(knob, offset_m=centre_m)]


def _waisted(params: Mapping[str, Param], part: Part) -> Part:
    waist = number(params, "waist")
    if not waist:
        return part
    vertices = part.vertices_m.copy()
    along = vertices[:, 1] / number(params, "length_m")
    vertices[:, 0] *= 1 - waist * np.exp(-(((along + 0.12) / 0.2) ** 2))
    return replace(part, vertices_m=vertices)


REMOTE = ObjectType(
    name="remote",
    category=_CATEGORY,
    sample=_sample,
    build=_build,
    rest_poses=(
        RestPose(name="lying", weight=0.81, tilt_rad=(0.0, 0.0)),
        RestPose(name="raised", weight=0.15, tilt_rad=(0.3, 1.4), tilt_axis="x"),
        RestPose(name="face_down", weight=0.04, tilt_rad=(float(np.pi), float(np.pi)), tilt_axis="y"),
    ),
    front_rad=FACES_MINUS_Y,
)

OBJECT_TYPES: tuple[ObjectType, ...] = (REMOTE,)
