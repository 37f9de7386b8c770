"""Surfaces of cones, balls, cups, bottles and bowls."""

from __future__ import annotations

import math

from blender_scenes.materials.nodes import Builder, Nodes, Value
from blender_scenes.materials.params import Color, Params, color_of, flag_of, number_of, text_of

__all__ = ["SURFACES"]

DUST: Color = (0.19, 0.15, 0.11)
GRIME: Color = (0.025, 0.022, 0.018)
CHALK: Color = (0.75, 0.6, 0.5)
WHITE: Color = (0.85, 0.85, 0.83)


def _worn(n: Nodes, params: Params, color: Value) -> tuple[Value, Value]:
    """`color` faded by the sun, scuffed black and dusty towards the ground; also the coarse noise used."""
    dirt, scuff, fade = (number_of(params, name, 0.0) for name in ("dirt", "scuff", "fade"))
    blotches = n.noise(n.coords(), 9.0, detail=4.0, roughness=0.65)
    streaks = n.noise(n.coords((1.0, 1.0, 0.25)), 45.0, detail=3.0, roughness=0.6)
    faded = n.tint(n.mix(0.1 * fade, color, CHALK), saturation=1.0 - 0.2 * fade, value=1.0 - 0.15 * fade)
    color = n.mix(n.remap(blotches, 0.3, 0.7, (0.35, 1.0)), color, faded)
    if scuff > 0.03:
        marks = n.remap(streaks, 0.74 - 0.14 * scuff, 0.78 - 0.1 * scuff)
        color = n.mix(n.math("MULTIPLY", marks, 0.75), color, GRIME)
    if dirt > 0.03:
        low = n.remap(n.attribute("along"), 0.0, 0.25 + 0.6 * dirt, (1.0, 0.15))
        amount = n.math("MULTIPLY", low, n.remap(blotches, 0.75 - 0.55 * dirt, 0.85))
        color = n.mix(n.math("MULTIPLY", amount, 0.25 + 0.6 * dirt), color, DUST)
        film = n.math("MULTIPLY", n.remap(streaks, 0.3, 0.7), 0.6 * dirt)
        color = n.mix(film, color, n.shade(color, (0.35, 0.33, 0.3)))
    return color, blotches


def cone_plastic(n: Nodes, params: Params) -> None:
    """Moulded PVC or rubber of a cone's body or base: `color`, `dirt`, `scuff`, `fade`, `roughness`, `lettering`."""
    color, blotches = _worn(n, params, color_of(params, "color", (0.9, 0.12, 0.01)))
    if flag_of(params, "lettering", False):
        color = n.mix(_lettering(n), color, GRIME)
    roughness = n.remap(blotches, 0.3, 0.7, (number_of(params, "roughness", 0.4) - 0.06, 0.75), smooth=False)
    normal = n.bump(blotches, distance_m=0.004, strength=0.25) if number_of(params, "scuff", 0.0) > 0.2 else None
    n.surface(color, roughness=roughness, normal=normal)


def _lettering(n: Nodes) -> Value:
    """1 in rows of stencilled, illegible glyphs on one side of the body."""
    x, y, z = n.axes(n.position())
    across = n.math("ARCTAN2", y, x)
    column = n.math("FLOOR", n.math("MULTIPLY", across, 14.0))
    cell = n.combine(column, n.math("FLOOR", n.math("MULTIPLY", z, 60.0)))
    ink = n.math("GREATER_THAN", n.white_noise(cell), 0.42)
    row = n.math("LESS_THAN", n.math("ABSOLUTE", n.math("SUBTRACT", n.attribute("along"), 0.27)), 0.055)
    side = n.math("LESS_THAN", n.math("ABSOLUTE", across), 0.62)
    return n.math("MULTIPLY", n.math("MULTIPLY", ink, row), side)


def cone_collar(n: Nodes, params: Params) -> None:
    """Reflective sheeting: `sheeting` shows its grid, `retroreflective` its gleam, `diagonal` counts stripes."""
    color: Value = color_of(params, "color", WHITE)
    stripes = number_of(params, "diagonal", 0.0)
    if stripes:
        color = n.mix(_slanted(n, stripes), color, color_of(params, "color_b", GRIME))
    sheeting = number_of(params, "sheeting", 0.0)
    if sheeting > 0.05:
        x, y, z = n.axes(n.position())
        at = n.combine(n.math("MULTIPLY", n.math("ARCTAN2", y, x), 0.09), z)
        lines = n.remap(n.cells(at, 55.0, randomness=0.0, output="edge"), 0.0, 0.12, (0.72, 1.0))
        color = n.mix(sheeting, color, n.shade(color, lines))
    color, blotches = _worn(n, params, color)
    gleam = number_of(params, "retroreflective", 0.0)
    n.surface(color, roughness=n.remap(blotches, 0.3, 0.7, (0.3, 0.55)), metallic=0.4 * gleam, emission=0.12 * gleam)


def _slanted(n: Nodes, count: float) -> Value:
    """1 in every second of `count` pairs of stripes that climb around the z axis."""
    x, y, z = n.axes(n.position())
    turn = n.math("MULTIPLY", n.math("ARCTAN2", y, x), count / (2 * math.pi))
    return n.math("GREATER_THAN", n.math("FRACT", n.math("ADD", turn, n.math("MULTIPLY", z, 9.0))), 0.5)


def cone_lamp(n: Nodes, params: Params) -> None:
    """The amber lens of a warning lamp: `color`."""
    color = color_of(params, "color", (1.0, 0.3, 0.01))
    x, _, _ = n.axes(n.position())
    rim = n.math("LESS_THAN", n.math("ABSOLUTE", x), 0.012)
    ridges = n.wave(n.position(), 40.0, axis="Y")
    n.surface(n.mix(rim, n.shade(color, n.remap(ridges, 0.0, 1.0, (0.6, 1.0))), GRIME), roughness=0.15, emission=0.3)


def _direction(n: Nodes, radius_m: float) -> tuple[Value, Value, Value, Value]:
    """Unit vector from a ball's centre, and its three components."""
    out = n.vector("NORMALIZE", n.vector("SUBTRACT", n.position(), (0.0, 0.0, radius_m)))
    return (out, *n.axes(out))


def _near(n: Nodes, value: Value, width: float) -> Value:
    """1 where `value` is within `width` of 0."""
    return n.math("LESS_THAN", n.math("ABSOLUTE", value), width)


def _either(n: Nodes, *masks: Value) -> Value:
    found = masks[0]
    for mask in masks[1:]:
        found = n.math("MAXIMUM", found, mask)
    return found


def _football_axes() -> list[tuple[Color, bool]]:
    """Face normals of a truncated icosahedron over their distance, one a pair; True for pentagons."""
    phi = (1 + math.sqrt(5)) / 2
    pentagons: list[tuple[float, ...]] = [(0.0, 1.0, s * phi) for s in (1, -1)]
    pentagons = [p[k:] + p[:k] for p in pentagons for k in range(3)]
    hexagons: list[tuple[float, ...]] = [(1.0, a, b) for a in (1.0, -1.0) for b in (1.0, -1.0)]
    hexagons += [p[k:] + p[:k] for s in (1, -1) for p in [(s / phi, 0.0, phi)] for k in range(3)]
    # Inradii to the pentagons and the hexagons of edge length 1.
    found = [(_scaled(p, 2.32744), True) for p in pentagons]
    return found + [(_scaled(p, 2.26728), False) for p in hexagons]


def _scaled(normal: tuple[float, ...], distance: float) -> Color:
    length = math.sqrt(sum(v * v for v in normal)) * distance
    return (normal[0] / length, normal[1] / length, normal[2] / length)


def _football(n: Nodes, params: Params, out: Value) -> tuple[Value, Value]:
    first: Value = 0.0
    second: Value = 0.0
    best_pentagon: Value = 0.0
    for axis, is_pentagon in _football_axes():
        reach = n.math("ABSOLUTE", n.vector("DOT_PRODUCT", out, axis))
        second = n.math("MAXIMUM", second, n.math("MINIMUM", first, reach))
        first = n.math("MAXIMUM", first, reach)
        if is_pentagon:
            best_pentagon = n.math("MAXIMUM", best_pentagon, reach)
    seam = n.math("LESS_THAN", n.math("SUBTRACT", first, second), 0.006)
    black = n.math("GREATER_THAN", best_pentagon, n.math("SUBTRACT", first, 1e-5))
    return n.mix(black, color_of(params, "color", WHITE), color_of(params, "color_b", GRIME)), seam


def _swirls(n: Nodes, params: Params, out: Value) -> tuple[Value, Value]:
    """A printed modern football: few large seams, sweeping coloured bands."""
    bands = n.noise(n.vector("ADD", out, n.offset), 1.3, detail=0.0, distortion=1.2)
    color = n.mix(n.remap(bands, 0.53, 0.54), color_of(params, "color", WHITE), color_of(params, "color_b", GRIME))
    color = n.mix(n.remap(bands, 0.62, 0.63), color, color_of(params, "color_c", GRIME))
    return color, n.math("LESS_THAN", n.cells(n.vector("ADD", out, n.offset), 0.9, output="edge"), 0.008)


def _basketball(n: Nodes, params: Params, xyz: tuple[Value, Value, Value]) -> tuple[Value, Value]:
    x, y, z = xyz
    side = n.math("SUBTRACT", n.math("ABSOLUTE", y), n.math("MULTIPLY_ADD", n.math("MULTIPLY", x, x), -0.3, 0.72))
    seam = _either(n, _near(n, x, 0.016), _near(n, z, 0.016), _near(n, side, 0.02))
    return n.mix(seam, color_of(params, "color", (0.6, 0.12, 0.02)), color_of(params, "color_b", GRIME)), seam


def _saddle(n: Nodes, xyz: tuple[Value, Value, Value]) -> Value:
    """0 on the curve along which a tennis ball or baseball is sewn: x^2 - y^2 = 0.9 z on the unit sphere."""
    x, y, z = xyz
    squares = n.math("SUBTRACT", n.math("MULTIPLY", x, x), n.math("MULTIPLY", y, y))
    return n.math("MULTIPLY_ADD", z, -0.9, squares)


def _tennis(n: Nodes, params: Params, xyz: tuple[Value, Value, Value]) -> tuple[Value, Value]:
    seam = _near(n, _saddle(n, xyz), 0.06)
    return n.mix(seam, color_of(params, "color", (0.6, 0.75, 0.06)), color_of(params, "color_b", WHITE)), seam


def _baseball(n: Nodes, params: Params, xyz: tuple[Value, Value, Value]) -> tuple[Value, Value]:
    distance = _saddle(n, xyz)
    x, y, _ = xyz
    turn = n.math("ARCTAN2", y, x)
    # Stitches slant away from the seam on both sides: chevrons.
    phase = n.math("MULTIPLY_ADD", n.math("ABSOLUTE", distance), 9.0, n.math("MULTIPLY", turn, 34.0))
    stitch = n.math("MULTIPLY", _near(n, distance, 0.13), n.math("GREATER_THAN", n.math("SINE", phase), 0.45))
    return n.mix(stitch, color_of(params, "color", WHITE), color_of(params, "color_b", (0.5, 0.02, 0.02))), stitch


def _volleyball(n: Nodes, params: Params, xyz: tuple[Value, Value, Value]) -> tuple[Value, Value]:
    """Six faces of three strips each, as on a cube blown up to a ball."""
    axes = [n.math("ABSOLUTE", value) for value in xyz]
    top = _either(n, *axes)
    strip: Value = 0.0
    for k in range(3):
        is_face = n.math("GREATER_THAN", axes[k], n.math("SUBTRACT", top, 1e-5))
        across = n.math("DIVIDE", xyz[(k + 1) % 3], top)
        strip = n.math("ADD", strip, n.math("MULTIPLY", is_face, n.math("MULTIPLY_ADD", across, 0.5, 0.5)))
    strip = n.math("MULTIPLY", strip, 3.0)
    middle = _near(n, n.math("SUBTRACT", strip, 1.5), 0.5)
    fraction = n.math("FRACT", strip)
    seam = _near(n, n.math("SUBTRACT", n.math("ABSOLUTE", n.math("SUBTRACT", fraction, 0.5)), 0.5), 0.035)
    return n.mix(middle, color_of(params, "color", WHITE), color_of(params, "color_b", (0.02, 0.07, 0.4))), seam


def _beach(n: Nodes, params: Params, xyz: tuple[Value, Value, Value]) -> tuple[Value, Value]:
    x, y, z = xyz
    turn = n.math("FLOOR", n.math("MULTIPLY", n.math("ARCTAN2", y, x), 3 / math.pi))
    odd = n.math("GREATER_THAN", n.math("ABSOLUTE", n.math("MODULO", turn, 2.0)), 0.5)
    color = n.mix(odd, color_of(params, "color", (0.7, 0.03, 0.02)), color_of(params, "color_b", WHITE))
    third = n.math("LESS_THAN", n.math("MODULO", n.math("ADD", turn, 9.0), 3.0), 0.5)
    color = n.mix(n.math("MULTIPLY", odd, third), color, color_of(params, "color_c", (0.8, 0.5, 0.01)))
    return n.mix(n.math("GREATER_THAN", n.math("ABSOLUTE", z), 0.97), color, WHITE), 0.0


def _rugby(n: Nodes, params: Params, radius_m: float) -> tuple[Value, Value]:
    x, y, z = n.axes(n.position())
    rings = _near(n, n.math("SUBTRACT", n.math("ABSOLUTE", x), 1.0 * radius_m), 0.09 * radius_m)
    upper = n.math("GREATER_THAN", z, 1.2 * radius_m)
    lace = n.math("MULTIPLY", _near(n, y, 0.012), _near(n, x, 0.055))
    bars = n.math("GREATER_THAN", n.math("SINE", n.math("MULTIPLY", x, 400.0)), 0.3)
    marks = _either(n, rings, n.math("MULTIPLY", n.math("MULTIPLY", lace, bars), upper))
    return n.mix(marks, color_of(params, "color", (0.2, 0.06, 0.02)), color_of(params, "color_b", WHITE)), marks


def _ball_pattern(n: Nodes, params: Params) -> tuple[Value, Value]:
    style, radius_m = text_of(params, "style", "plain"), number_of(params, "radius_m", 0.1)
    out, x, y, z = _direction(n, radius_m)
    if style == "football":
        return _swirls(n, params, out) if flag_of(params, "modern", False) else _football(n, params, out)
    if style == "rugby":
        return _rugby(n, params, radius_m)
    patterns = {
        "basketball": _basketball,
        "tennis": _tennis,
        "baseball": _baseball,
        "volleyball": _volleyball,
        "beach": _beach,
    }
    if style in patterns:
        return patterns[style](n, params, (x, y, z))
    return color_of(params, "color", (0.7, 0.03, 0.02)), 0.0


def ball(n: Nodes, params: Params) -> None:
    """A ball's panels and seams: `style`, `color`, `color_b`, `color_c`, `radius_m`, `dirt`, `roughness`."""
    style = text_of(params, "style", "plain")
    color, seam = _ball_pattern(n, params)
    fine = n.noise(n.coords(), 1400.0 if style == "tennis" else 500.0, detail=1.0)
    if style == "tennis":
        color = n.shade(color, n.remap(fine, 0.3, 0.7, (0.75, 1.1)))
    elif seam is not color and style in ("football", "volleyball"):
        color = n.mix(n.math("MULTIPLY", seam, 0.7), color, GRIME)
    dirt = number_of(params, "dirt", 0.0)
    if dirt > 0.03:
        blotches = n.noise(n.coords(), 30.0, detail=4.0, roughness=0.65)
        color = n.mix(n.math("MULTIPLY", n.remap(blotches, 0.75 - 0.4 * dirt, 0.85), dirt), color, DUST)
    height = n.math("SUBTRACT", n.math("MULTIPLY", fine, 0.3), seam)
    depth_m = 0.0012 if style in ("tennis", "basketball") else 0.0007
    normal = n.bump(height, distance_m=depth_m, strength=0.5)
    n.surface(color, roughness=number_of(params, "roughness", 0.4), normal=normal)


def _dots(n: Nodes, size_m: float) -> Value:
    return n.math("LESS_THAN", n.cells(n.coords(), 1 / size_m, randomness=0.3), 0.28)


def _glaze_pattern(n: Nodes, pattern: str, count: float) -> Value:
    """0..1 mask of the second colour."""
    along = n.attribute("along")
    if pattern == "stripes":
        return n.math("GREATER_THAN", n.math("FRACT", n.math("MULTIPLY", along, count)), 0.55)
    if pattern == "band":
        return _near(n, n.math("SUBTRACT", along, 0.8), 0.012 * count)
    if pattern == "dots":
        return _dots(n, 0.06 / (2 + count))
    if pattern == "speckle":
        return n.remap(n.noise(n.coords(), 700.0, detail=2.0), 0.64, 0.68)
    if pattern == "dip":
        edge = n.math("MULTIPLY_ADD", n.noise(n.coords(), 40.0, detail=1.0), 0.12, along)
        return n.remap(edge, 0.03 * count + 0.15, 0.03 * count + 0.17)
    x, y, _ = n.axes(n.position())
    side = _near(n, n.math("ARCTAN2", y, n.math("MULTIPLY", x, -1.0)), 1.1)
    middle = _near(n, n.math("SUBTRACT", along, 0.5), 0.26)
    shapes = n.remap(n.noise(n.coords(), 60.0, detail=0.0), 0.5, 0.52)
    return n.math("MULTIPLY", n.math("MULTIPLY", side, middle), shapes)


def glazed(n: Nodes, params: Params) -> None:
    """Glazed or printed ware: `color`, `color_b`, `roughness`, `count` and `pattern`.

    Patterns: none, stripes, band, dots, speckle, dip, print.
    """
    color: Value = color_of(params, "color", WHITE)
    pattern = text_of(params, "pattern", "none")
    if pattern != "none":
        mask = _glaze_pattern(n, pattern, number_of(params, "count", 6.0))
        color = n.mix(mask, color, color_of(params, "color_b", (0.02, 0.06, 0.3)))
    uneven = n.remap(n.noise(n.coords(), 25.0, detail=2.0), 0.3, 0.7, (0.93, 1.03))
    n.surface(n.shade(color, uneven), roughness=number_of(params, "roughness", 0.12))


def liquid(n: Nodes, params: Params) -> None:
    """A drink seen from above: `color`, with paler froth at some edges."""
    color = color_of(params, "color", (0.02, 0.006, 0.002))
    froth = n.remap(n.noise(n.coords(), 120.0, detail=3.0), 0.66, 0.72)
    n.surface(n.mix(n.math("MULTIPLY", froth, 0.25), color, (0.5, 0.32, 0.16)), roughness=0.06)


def food(n: Nodes, params: Params) -> None:
    """Soup, rice, salad or stew: lumps of one `color` in several shades."""
    color = color_of(params, "color", (0.4, 0.1, 0.02))
    lumps = n.cells(n.coords(), 130.0)
    shades = n.white_noise(n.cells(n.coords(), 130.0, output="color"))
    mixed = n.tint(color, hue=n.remap(shades, 0.0, 1.0, (0.46, 0.54)), value=n.remap(shades, 0.0, 1.0, (0.6, 1.3)))
    n.surface(mixed, roughness=0.4, normal=n.bump(lumps, distance_m=0.004, strength=0.8))


def dark_glass(n: Nodes, params: Params) -> None:
    """Wine and beer glass, nearly opaque: `color` deep within, a sharp gloss over it, lighter at the rim."""
    color = color_of(params, "color", (0.01, 0.03, 0.01))
    glow = n.tint(color, saturation=1.1, value=2.2)
    n.surface(n.mix(n.math("POWER", n.facing(0.35), 2.0), color, glow), roughness=0.05, specular=0.7, coat=0.3)


def bottle_label(n: Nodes, params: Params) -> None:
    """Printed label: a field of `color`, bands of `color_b`, a badge of `color_c` and lines of type."""
    color: Value = color_of(params, "color", WHITE)
    second, third = color_of(params, "color_b", (0.5, 0.02, 0.02)), color_of(params, "color_c", GRIME)
    x, y, z = n.axes(n.position())
    turn = n.math("ARCTAN2", y, x)
    phase = (number_of(params, "seed", 0.0) % 10.0) * 0.1
    bands = n.math("FRACT", n.math("MULTIPLY_ADD", z, 9.0, phase))
    color = n.mix(n.math("GREATER_THAN", bands, 0.75), color, second)
    row = n.math("MULTIPLY", z, 160.0)
    cell = n.combine(n.math("FLOOR", n.math("MULTIPLY", turn, 9.0)), n.math("FLOOR", row))
    lines = n.math("LESS_THAN", n.math("FRACT", row), 0.45)
    ink = n.math("MULTIPLY", lines, n.math("GREATER_THAN", n.white_noise(cell), 0.55))
    color = n.mix(n.math("MULTIPLY", ink, 0.7), color, GRIME)
    badge = n.combine(n.math("MULTIPLY", n.math("SUBTRACT", n.math("FRACT", n.math("MULTIPLY", turn, 0.48)), 0.5), 2.2),
                      n.math("MULTIPLY", n.math("SUBTRACT", bands, 0.4), 3.0))  # fmt: skip
    color = n.mix(n.math("LESS_THAN", n.vector("LENGTH", badge), 0.75), color, third)
    n.surface(color, roughness=number_of(params, "roughness", 0.45))


def striped(n: Nodes, params: Params) -> None:
    """Warning stripes `width_m` a pair, climbing by `slant`: `color`, `color_b`, `dirt`."""
    x, _, z = n.axes(n.position())
    slant = number_of(params, "slant", 0.0)
    across = n.math("MULTIPLY_ADD", z, slant, x) if slant else z
    upright = n.math("DIVIDE", across, number_of(params, "width_m", 0.3))
    mask = n.math("GREATER_THAN", n.math("FRACT", n.math("ADD", upright, 100.0)), 0.5)
    color = n.mix(mask, color_of(params, "color", (0.6, 0.02, 0.02)), color_of(params, "color_b", WHITE))
    color, _ = _worn(n, params, color)
    n.surface(color, roughness=0.4)


def sign(n: Nodes, params: Params) -> None:
    """A traffic sign's face: `color` within a rim of `rim_color`, print or an arrow in `ink_color`."""
    x, _, z = n.axes(n.position())
    size_m, center_z_m = number_of(params, "size_m", 0.6), number_of(params, "center_z_m", 2.0)
    u = n.math("DIVIDE", x, 0.5 * size_m * number_of(params, "aspect", 1.0))
    v = n.math("DIVIDE", n.math("SUBTRACT", z, max(center_z_m, 0.6 * size_m)), 0.5 * size_m)
    rim, reach = _sign_rim(n, text_of(params, "shape", "rectangle"), u, v)
    seed = number_of(params, "seed", 0.0)
    row = n.math("MULTIPLY", n.math("ADD", v, 1.0), 2.0 + seed % 3.0)
    cell = n.combine(n.math("FLOOR", n.math("MULTIPLY", u, 7.0)), n.math("FLOOR", row), seed)
    line = _near(n, n.math("SUBTRACT", n.math("FRACT", row), 0.5), 0.22)
    ink = n.math("MULTIPLY", line, n.math("GREATER_THAN", n.white_noise(cell), 0.35))
    if seed % 2 < 1:
        ink = _arrow(n, u, v)
    ink = n.math("MULTIPLY", ink, n.math("LESS_THAN", reach, 0.68))
    color = n.mix(ink, color_of(params, "color", WHITE), color_of(params, "ink_color", GRIME))
    n.surface(n.mix(rim, color, color_of(params, "rim_color", (0.5, 0.02, 0.02))), roughness=0.35)


def _sign_rim(n: Nodes, shape: str, u: Value, v: Value) -> tuple[Value, Value]:
    """1 in the rim, and how far out a point lies (1 at the edge)."""
    across, up = n.math("ABSOLUTE", u), n.math("ABSOLUTE", v)
    if shape == "disc":
        reach = n.vector("LENGTH", n.combine(u, v))
    elif shape == "diamond":
        reach = n.math("MULTIPLY", n.math("ADD", across, up), 0.88)
    else:
        reach = n.math("MAXIMUM", across, up)
    return n.math("GREATER_THAN", reach, 0.86), reach


def _arrow(n: Nodes, u: Value, v: Value) -> Value:
    shaft = n.math("MULTIPLY", _near(n, u, 0.12), _near(n, n.math("ADD", v, 0.2), 0.4))
    head = n.math("SUBTRACT", 0.62, v)
    wedge = n.math("LESS_THAN", n.math("ABSOLUTE", u), n.math("MULTIPLY", head, 0.75))
    return _either(n, shaft, n.math("MULTIPLY", wedge, n.math("GREATER_THAN", v, 0.1)))


SURFACES: dict[str, Builder] = {
    "ball": ball,
    "bottle_label": bottle_label,
    "cone_collar": cone_collar,
    "cone_lamp": cone_lamp,
    "cone_plastic": cone_plastic,
    "dark_glass": dark_glass,
    "food": food,
    "glazed": glazed,
    "liquid": liquid,
    "sign": sign,
    "striped": striped,
}
"""Surface kinds of this module by name."""
