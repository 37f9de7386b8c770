"""Screens: dark glass when off, and made-up pictures when on.

Pictures are drawn over the mesh attributes "u" (to the right) and "v" (up), 0..1.
"""

from __future__ import annotations

from collections.abc import Callable

from blender_scenes.materials.nodes import Builder, Nodes, Value
from blender_scenes.materials.params import Color, Params, color_of, flag_of, number_of, text_of

__all__ = ["SURFACES"]

WHITE: Color = (0.9, 0.9, 0.9)
INK: Color = (0.02, 0.02, 0.025)
BARS: tuple[Color, ...] = (
    (0.6, 0.6, 0.6), (0.6, 0.6, 0.02), (0.02, 0.6, 0.6), (0.02, 0.6, 0.02), (0.6, 0.02, 0.6), (0.6, 0.02, 0.02),
    (0.02, 0.02, 0.6),
)  # fmt: skip

Picture = Callable[[Nodes, Params, Value, Value], Value]


def _within(n: Nodes, value: Value, low: float, high: float) -> Value:
    """1 where `value` lies in low..high."""
    return n.math("COMPARE", value, (low + high) / 2, (high - low) / 2)


def _rectangle(n: Nodes, u: Value, v: Value, u_range: tuple[float, float], v_range: tuple[float, float]) -> Value:
    return n.math("MULTIPLY", _within(n, u, *u_range), _within(n, v, *v_range))


def _at(n: Nodes, params: Params, u: Value, v: Value, u_scale: float, v_scale: float) -> Value:
    """(u, v) stretched and moved by the seed, for textures."""
    scaled = n.combine(n.math("MULTIPLY", u, u_scale), n.math("MULTIPLY", v, v_scale))
    return n.vector("ADD", scaled, (number_of(params, "seed", 0.0) * 3.7 % 91, 0.0, 5.0))


def _ellipse(n: Nodes, u: Value, v: Value, centre: tuple[float, float], half: tuple[float, float]) -> Value:
    """1 within an ellipse."""
    off = n.vector("SUBTRACT", n.combine(u, v), (*centre, 0.0))
    return n.math("LESS_THAN", n.vector("LENGTH", n.vector("DIVIDE", off, (*half, 1.0))), 1.0)


def _block_at(n: Nodes, params: Params, u: Value, v: Value, columns: float, rows: float) -> Value:
    """A vector that is the same throughout each cell of a grid."""
    return n.vector("FLOOR", _at(n, params, u, v, columns, rows))


def _landscape(n: Nodes, params: Params, u: Value, v: Value) -> Value:
    horizon = color_of(params, "color_b", (0.7, 0.6, 0.5))
    ground = color_of(params, "color_c", (0.05, 0.12, 0.03))
    sky = n.ramp(v, [(0.3, horizon), (1.0, color_of(params, "color", (0.08, 0.25, 0.7)))])
    clouds = n.noise(_at(n, params, u, v, 3.0, 7.0), 1.0, detail=4.0)
    sky = n.mix(n.remap(clouds, 0.52, 0.72, (0.0, 0.8)), sky, WHITE)
    far = n.math("SUBTRACT", n.noise(_at(n, params, u, 0.0, 2.2, 1.0), 1.0, detail=4.0), 0.08)
    shown = n.mix(n.math("LESS_THAN", v, far), sky, n.mix(0.45, ground, horizon))
    near = n.math("MULTIPLY_ADD", u, number_of(params, "tilt", 0.1), 0.18)
    return n.mix(n.math("LESS_THAN", v, near), shown, n.shade(ground, n.remap(clouds, 0.3, 0.7, (0.5, 1.4))))


def _person(n: Nodes, params: Params, u: Value, v: Value) -> Value:
    """Head and shoulders before a soft backdrop, sometimes with a banner as in the news."""
    x, size, aspect = (number_of(params, *pair) for pair in (("x", 0.5), ("size", 0.2), ("aspect", 1.78)))
    soft = n.noise(_at(n, params, u, v, 2.5, 1.5), 1.0, detail=0.0)
    shown = n.mix(
        n.remap(soft, 0.35, 0.65), color_of(params, "color", (0.1, 0.2, 0.5)), color_of(params, "color_b", INK)
    )
    y, cloth = 0.32 + size, color_of(params, "color_c", INK)
    skin, hair = color_of(params, "skin_color", (0.5, 0.28, 0.18)), color_of(params, "hair_color", INK)
    shown = n.mix(_ellipse(n, u, v, (x, y + 0.2 * size), (1.0 * size / aspect, 1.22 * size)), shown, hair)
    shown = n.mix(_ellipse(n, u, v, (x, y - 2.2 * size), (2.3 * size / aspect, 1.25 * size)), shown, cloth)
    shown = n.mix(_ellipse(n, u, v, (x, y - 0.9 * size), (0.42 * size / aspect, 0.6 * size)), shown, skin)
    shown = n.mix(_ellipse(n, u, v, (x, y), (0.75 * size / aspect, size)), shown, skin)
    if flag_of(params, "banner", False):
        shown = n.mix(_rectangle(n, u, v, (0.04, 0.96), (0.07, 0.2)), shown, color_of(params, "banner_color", WHITE))
        shown = n.mix(_rectangle(n, u, v, (0.07, 0.66), (0.115, 0.155)), shown, WHITE)
    return shown


def _match(n: Nodes, params: Params, u: Value, v: Value) -> Value:
    """A pitch with players, under a crowd."""
    mown = n.math("GREATER_THAN", n.math("FRACT", n.math("MULTIPLY_ADD", v, 1.2, n.math("MULTIPLY", u, 5.0))), 0.5)
    shown = n.mix(mown, (0.06, 0.24, 0.03), (0.09, 0.31, 0.05))
    away = n.vector(
        "LENGTH", n.vector("MULTIPLY", n.vector("SUBTRACT", n.combine(u, v), (0.5, 0.4, 0.0)), (1.6, 1.9, 0))
    )
    lines = n.math("MAXIMUM", _within(n, away, 0.31, 0.325), _within(n, u, 0.4965, 0.5035))
    shown = n.mix(n.math("MULTIPLY", lines, 0.8), shown, WHITE)
    at = _at(n, params, u, v, 9.0, 4.0)
    player = n.math("LESS_THAN", n.cells(at, 1.0), 0.16)
    shirt = n.axes(n.cells(at, 1.0, output="color"))[0]
    shirts = n.ramp(shirt, [(0.0, color_of(params, "color", WHITE)), (0.5, color_of(params, "color_b", INK))],
                    interpolation="CONSTANT")  # fmt: skip
    shown = n.mix(player, shown, shirts)
    crowd = n.shade(n.white_noise(_block_at(n, params, u, v, 90.0, 60.0), color=True), 0.5)
    return n.mix(n.math("GREATER_THAN", v, 0.78), shown, crowd)


def _tiles(n: Nodes, params: Params, u: Value, v: Value) -> Value:
    """A menu: a large picture above rows of small ones."""
    backdrop, tint = color_of(params, "color_b", INK), color_of(params, "color", (0.1, 0.3, 0.6))
    soft = n.noise(_at(n, params, u, v, 3.0, 2.0), 1.0, detail=2.0)
    hero = n.mix(n.remap(u, 0.15, 0.6), backdrop, n.shade(tint, n.remap(soft, 0.35, 0.65, (0.2, 1.5))))
    cell = n.white_noise(_block_at(n, params, u, v, 5.0, 4.4), color=True)
    x, y, _ = n.axes(n.vector("FRACTION", _at(n, params, u, v, 5.0, 4.4)))
    tile = _rectangle(n, x, y, (0.06, 0.94), (0.1, 0.86))
    shown = n.mix(tile, backdrop, n.mix(n.remap(y, 0.2, 0.9), n.shade(cell, 0.25), cell))
    shown = n.mix(n.math("GREATER_THAN", v, 0.5), shown, hero)
    return n.mix(_rectangle(n, u, v, (0.06, 0.3), (0.74, 0.8)), shown, WHITE)


def _text(n: Nodes, params: Params, u: Value, v: Value, rows: float, margin: float) -> tuple[Value, Value]:
    """(1 in words, a random number a row): lines of unequal length."""
    row = n.math("MULTIPLY", v, rows)
    line = n.math("FLOOR", row)
    seed = number_of(params, "seed", 0.0)
    chance = n.white_noise(n.combine(line, seed, 1.0))
    word = n.white_noise(n.combine(n.math("FLOOR", n.math("MULTIPLY", u, 1.5 * rows)), line, seed))
    ink = n.math("MULTIPLY", n.math("GREATER_THAN", word, 0.22), _within(n, n.math("FRACT", row), 0.25, 0.7))
    end = n.remap(chance, 0.1, 0.6, (margin + 0.1, 1 - margin), smooth=False)
    inside = n.math("MULTIPLY", n.math("GREATER_THAN", u, margin), n.math("LESS_THAN", u, end))
    return n.math("MULTIPLY", ink, inside), chance


def _document(n: Nodes, params: Params, u: Value, v: Value) -> Value:
    """A page of writing on a grey ground under a tool bar."""
    ink, _ = _text(n, params, u, v, number_of(params, "rows", 26.0), 0.27)
    page = n.mix(n.math("MULTIPLY", ink, 0.85), WHITE, INK)
    shown = n.mix(_rectangle(n, u, v, (0.2, 0.8), (0.0, 0.84)), (0.45, 0.46, 0.48), page)
    bar = n.mix(n.math("GREATER_THAN", v, 0.95), (0.75, 0.75, 0.77), color_of(params, "color", (0.05, 0.15, 0.5)))
    return n.mix(n.math("GREATER_THAN", v, 0.88), shown, bar)


def _code(n: Nodes, params: Params, u: Value, v: Value) -> Value:
    """Coloured words on a dark ground with a side bar."""
    ink, chance = _text(n, params, u, v, number_of(params, "rows", 30.0), 0.2)
    depth = n.math("MULTIPLY", n.math("FRACT", n.math("MULTIPLY", chance, 7.0)), 4.0)
    indent = n.math("MULTIPLY_ADD", n.math("FLOOR", depth), 0.045, 0.2)
    ink = n.math("MULTIPLY", ink, n.math("GREATER_THAN", u, indent))
    hue = n.white_noise(_block_at(n, params, u, v, 12.0, number_of(params, "rows", 30.0)))
    word = n.ramp(hue, [(0.0, WHITE), (0.45, (0.2, 0.5, 0.9)), (0.65, (0.8, 0.4, 0.1)), (0.82, (0.3, 0.7, 0.2))],
                  interpolation="CONSTANT")  # fmt: skip
    shown = n.mix(ink, color_of(params, "color_b", (0.012, 0.014, 0.02)), word)
    return n.mix(n.math("LESS_THAN", u, 0.16), shown, (0.03, 0.033, 0.04))


def _desktop(n: Nodes, params: Params, u: Value, v: Value) -> Value:
    """A wallpaper, perhaps a window, and a row of icons."""
    swirl = n.noise(_at(n, params, u, v, 1.1, 0.9), 1.0, detail=0.0, distortion=0.5)
    stops = [(0.32, color_of(params, "color", (0.02, 0.1, 0.4))), (0.5, color_of(params, "color_b", (0.1, 0.4, 0.7))),
             (0.68, color_of(params, "color_c", (0.6, 0.3, 0.5)))]  # fmt: skip
    shown = n.ramp(swirl, stops)
    if flag_of(params, "window", False):
        left = 0.08 + number_of(params, "x", 0.5) * 0.25
        ink, _ = _text(n, params, u, v, 24.0, left + 0.03)
        page = n.mix(n.math("MULTIPLY", ink, 0.8), WHITE, INK)
        shown = n.mix(_rectangle(n, u, v, (left, left + 0.6), (0.16, 0.9)), shown, page)
        shown = n.mix(_rectangle(n, u, v, (left, left + 0.6), (0.85, 0.9)), shown, (0.5, 0.51, 0.53))
    shown = n.mix(n.math("LESS_THAN", v, 0.07), shown, n.shade(shown, 0.25))
    cell = n.vector("FRACTION", n.combine(n.math("MULTIPLY", u, 24.0), n.math("MULTIPLY", v, 14.3)))
    x, y, _ = n.axes(cell)
    icon = n.math(
        "MULTIPLY", _rectangle(n, x, y, (0.15, 0.85), (0.2, 0.8)), _rectangle(n, u, v, (0.29, 0.71), (0, 0.07))
    )
    return n.mix(icon, shown, n.white_noise(n.vector("FLOOR", n.combine(n.math("MULTIPLY", u, 24.0), 0.0)), color=True))


def _web(n: Nodes, params: Params, u: Value, v: Value) -> Value:
    """A page: header, pictures, columns of writing."""
    ink, _ = _text(n, params, u, v, 34.0, 0.08)
    picture = n.white_noise(_block_at(n, params, u, v, 3.0, 2.6), color=True)
    soft = n.noise(_at(n, params, u, v, 6.0, 4.0), 1.0, detail=3.0)
    x, y, _ = n.axes(n.vector("FRACTION", _at(n, params, u, v, 3.0, 2.6)))
    shown = n.mix(n.math("MULTIPLY", ink, 0.7), WHITE, INK)
    block = n.math("MULTIPLY", _rectangle(n, x, y, (0.06, 0.94), (0.35, 0.95)), _within(n, u, 0.06, 0.94))
    shown = n.mix(block, shown, n.shade(picture, n.remap(soft, 0.3, 0.7, (0.25, 1.3))))
    shown = n.mix(n.math("GREATER_THAN", v, 0.86), shown, color_of(params, "color", (0.05, 0.15, 0.5)))
    return n.mix(n.math("GREATER_THAN", v, 0.95), shown, (0.6, 0.61, 0.63))


def _film(n: Nodes, params: Params, u: Value, v: Value) -> Value:
    """A scene out of focus: soft shapes of three colours, dark below, sometimes black bars."""
    shapes = n.noise(_at(n, params, u, v, 4.0, 2.2), 1.0, detail=3.0, distortion=0.5)
    stops = [(0.34, color_of(params, "color_c", INK)), (0.5, color_of(params, "color", (0.3, 0.2, 0.1))),
             (0.64, color_of(params, "color_b", WHITE))]  # fmt: skip
    shown = n.shade(n.ramp(shapes, stops), n.remap(v, 0.0, 0.8, (0.35, 1.1)))
    if flag_of(params, "banner", False):
        shown = n.mix(_within(n, v, 0.12, 0.88), (0.002, 0.002, 0.002), shown)
    return shown


def _bars(n: Nodes, params: Params, u: Value, v: Value) -> Value:
    stops = [(k / len(BARS), color) for k, color in enumerate(BARS)]
    return n.mix(
        n.math("LESS_THAN", v, 0.2), n.ramp(u, stops, interpolation="CONSTANT"), n.ramp(u, [(0.0, INK), (1.0, WHITE)])
    )


def _snow(n: Nodes, params: Params, u: Value, v: Value) -> Value:
    """No signal on an old set."""
    return n.shade((0.8, 0.85, 0.95), n.white_noise(_block_at(n, params, u, v, 120.0, 90.0)))


def _blank(n: Nodes, params: Params, u: Value, v: Value) -> Value:
    """One colour with a line of writing, as when nothing is plugged in."""
    ink, _ = _text(n, params, u, v, 20.0, 0.3)
    line = n.math("MULTIPLY", ink, _within(n, v, 0.5, 0.55))
    return n.mix(line, color_of(params, "color", (0.01, 0.03, 0.5)), WHITE)


PICTURES: dict[str, Picture] = {
    "bars": _bars,
    "blank": _blank,
    "code": _code,
    "desktop": _desktop,
    "document": _document,
    "film": _film,
    "landscape": _landscape,
    "match": _match,
    "person": _person,
    "snow": _snow,
    "tiles": _tiles,
    "web": _web,
}
"""What a screen can show."""


def screen(n: Nodes, params: Params) -> None:
    """A display: `picture` ("off" or one of `PICTURES`), `brightness`, `roughness`, `glass_color`."""
    glass = color_of(params, "glass_color", (0.006, 0.006, 0.007))
    roughness = number_of(params, "roughness", 0.2)
    picture = text_of(params, "picture", "off")
    if picture == "off":
        n.surface(glass, roughness=roughness)
        return
    shown = PICTURES[picture](n, params, n.attribute("u"), n.attribute("v"))
    node = n.add("ShaderNodeBsdfPrincipled")
    n.feed(node, **{"Base Color": glass, "Roughness": roughness, "Emission Color": shown})
    n.feed(node, **{"Emission Strength": number_of(params, "brightness", 1.0)})
    n.output(node.out(0))


def painting(n: Nodes, params: Params) -> None:
    """A print or a canvas: `picture`, one of `PICTURES`, lit like anything else."""
    shown = PICTURES[text_of(params, "picture", "landscape")](n, params, n.attribute("u"), n.attribute("v"))
    n.surface(shown, roughness=number_of(params, "roughness", 0.6))


SURFACES: dict[str, Builder] = {"display": screen, "painting": painting}
"""Surface kinds of this module by name."""
