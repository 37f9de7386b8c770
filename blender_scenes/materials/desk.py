"""Surfaces of books, screens, keys, mice and plush toys, laid out by the attributes "u" and "v" (-1..1)."""

from __future__ import annotations

from blender_scenes.materials.nodes import Builder, Nodes, Value
from blender_scenes.materials.params import Color, Params, color_of, flag_of, number_of, text_of

__all__ = ["SURFACES"]

WHITE: Color = (0.82, 0.82, 0.8)
INK: Color = (0.02, 0.02, 0.022)
FOUR: tuple[Color, ...] = ((0.55, 0.02, 0.02), (0.03, 0.3, 0.05), (0.7, 0.48, 0.02), (0.02, 0.08, 0.45))
PAPER: Color = (0.78, 0.74, 0.64)


# Masks: numbers that are 1 inside


def _near(n: Nodes, value: Value, width: float) -> Value:
    return n.math("LESS_THAN", n.math("ABSOLUTE", value), width)


def _between(n: Nodes, value: Value, low: float, high: float) -> Value:
    return _near(n, n.math("SUBTRACT", value, (low + high) / 2), (high - low) / 2)


def _both(n: Nodes, *masks: Value) -> Value:
    found = masks[0]
    for mask in masks[1:]:
        found = n.math("MULTIPLY", found, mask)
    return found


def _either(n: Nodes, *masks: Value) -> Value:
    found = masks[0]
    for mask in masks[1:]:
        found = n.math("MAXIMUM", found, mask)
    return found


def _choose(n: Nodes, switch: Value, off: Value, on: Value) -> Value:
    return n.remap(switch, 0.0, 1.0, (off, on), smooth=False)


def _scaled(n: Nodes, value: Value, scale: float, shift: float = 0.0) -> Value:
    return n.math("MULTIPLY_ADD", value, scale, shift)


def _letters(n: Nodes, x: Value, y: Value, seed: Value) -> Value:
    """Ink of illegible capitals, one to each unit of x, of height 0..1 in y."""
    cell = n.combine(n.math("FLOOR", x), seed, 3.7)
    first, second, third = n.axes(n.white_noise(cell, color=True))
    across = n.math("FRACT", x)
    stems = _either(
        n,
        _both(n, _near(n, _scaled(n, across, 1.0, -0.2), 0.11), n.math("LESS_THAN", first, 0.8)),
        _both(n, _near(n, _scaled(n, across, 1.0, -0.68), 0.11), n.math("LESS_THAN", second, 0.6)),
    )
    bars = _either(
        n,
        _both(n, _near(n, _scaled(n, y, 1.0, -0.9), 0.1), n.math("LESS_THAN", third, 0.6)),
        _both(n, _near(n, _scaled(n, y, 1.0, -0.5), 0.1), n.math("GREATER_THAN", third, 0.35)),
        _both(n, _near(n, _scaled(n, y, 1.0, -0.1), 0.1), n.math("LESS_THAN", first, 0.5)),
    )
    drawn = _either(n, stems, _both(n, bars, _between(n, across, 0.1, 0.79)))
    return _both(n, drawn, _between(n, y, 0.0, 1.0), n.math("LESS_THAN", second, 0.87))


def _type(n: Nodes, u: Value, v: Value, words: float, lines: float) -> Value:
    """Ink of small print: `lines` and about `words` word lengths to a unit."""
    row = n.math("MULTIPLY", v, lines)
    cell = n.combine(n.math("FLOOR", n.math("MULTIPLY", u, words * 3)), n.math("FLOOR", row), 1.3)
    return _both(n, _between(n, n.math("FRACT", row), 0.2, 0.7), n.math("GREATER_THAN", n.white_noise(cell), 0.22))


def _picture(n: Nodes, params: Params, scale: float, at: Value) -> Value:
    """A motif of nothing in particular in the cover's colours."""
    field = n.noise(n.vector("ADD", at, n.offset), scale, detail=3.0, distortion=0.7)
    colors = [color_of(params, name, WHITE) for name in ("color_c", "color_b", "color", "color_d")]
    stops = [(place, color) for place, color in zip((0.36, 0.45, 0.52, 0.62), colors, strict=True)]
    return n.ramp(field, stops)


# Books


def _cover_art(n: Nodes, params: Params, u: Value, v: Value) -> Value:
    """What is printed on the boards but for the type."""
    layout, color = text_of(params, "layout", "plain"), color_of(params, "color", WHITE)
    second = color_of(params, "color_b", INK)
    edge = number_of(params, "edge", 0.3)
    if layout == "band":
        return n.mix(_between(n, v, edge, edge + 0.5), color, second)
    if layout == "half":
        return n.mix(n.math("GREATER_THAN", v, edge - 0.3), color, second)
    if layout == "frame":
        reach = n.math("MAXIMUM", n.math("ABSOLUTE", u), n.math("ABSOLUTE", v))
        return n.mix(_between(n, reach, 0.8, 0.86), color, second)
    if layout == "disc":
        at = n.combine(u, _scaled(n, v, 1.4, 0.35))
        return n.mix(n.math("LESS_THAN", n.vector("LENGTH", at), 0.6), color, second)
    if layout == "stripes":
        turn = n.math("FRACT", n.math("MULTIPLY_ADD", v, 2.5, n.math("MULTIPLY", u, edge * 3)))
        return n.mix(n.math("GREATER_THAN", turn, 0.5), color, second)
    if layout == "photo":
        return _picture(n, params, 1.1, n.combine(u, v))
    if layout == "picture":
        inside = _both(n, _near(n, u, 0.86), _between(n, v, -0.72, 0.3))
        return n.mix(inside, color, _picture(n, params, 1.5, n.combine(u, v)))
    return color


def book_cover(n: Nodes, params: Params) -> None:
    """Boards and spine of a book ("spine" is 1 there, u across it): `layout`, four colours, `ink_color`, `title_v`.

    Layouts: plain, band, half, frame, disc, stripes, photo, picture.
    """
    u, v, spine = n.attribute("u"), n.attribute("v"), n.attribute("spine")
    ink_color, second = color_of(params, "ink_color", INK), color_of(params, "color_b", INK)
    ends = _between(n, n.math("ABSOLUTE", v), number_of(params, "end_band", 0.8), 0.95)
    back = n.mix(ends, color_of(params, "spine_color", color_of(params, "color", WHITE)), second)
    color = n.mix(spine, _cover_art(n, params, u, v), back)
    size = number_of(params, "title_size", 0.16)
    title_v, seed = number_of(params, "title_v", 0.5), number_of(params, "seed", 0.0)
    along = _choose(n, spine, _scaled(n, u, 0.62 / size, 7.0), _scaled(n, v, -6.5, 57.0))
    upward = _choose(n, spine, _scaled(n, v, 1 / size, -title_v / size), _scaled(n, u, 1.1, 0.5))
    field = _choose(n, spine, _near(n, u, 0.72), _between(n, v, -0.45, 0.68))
    title = _both(n, field, _letters(n, along, upward, seed))
    author = _both(n, _near(n, u, 0.5), _between(n, v, -0.88, -0.8), n.math("LESS_THAN", spine, 0.5))
    ink = _either(n, title, _both(n, author, n.math("GREATER_THAN", n.math("FRACT", _scaled(n, u, 9.0)), 0.25)))
    color = n.mix(ink, color, ink_color)
    wear = number_of(params, "wear", 0.0)
    if wear > 0.05:
        rubbed = n.remap(n.noise(n.coords(), 60.0, detail=4.0, roughness=0.7), 0.72 - 0.15 * wear, 0.75)
        color = n.mix(n.math("MULTIPLY", rubbed, 0.6 * wear), color, PAPER)
    n.surface(color, roughness=number_of(params, "roughness", 0.4), coat=number_of(params, "coat", 0.0))


def page_edges(n: Nodes, params: Params) -> None:
    """The cut edges of a block of paper: `color`, lines that follow object z."""
    lines = n.noise(n.vector("MULTIPLY", n.position(), (6.0, 6.0, 1500.0)), 1.0)
    n.surface(n.shade(color_of(params, "color", PAPER), n.remap(lines, 0.3, 0.7, (0.68, 1.03))), roughness=0.85)


def printed_page(n: Nodes, params: Params) -> None:
    """A page of type with margins: `color`, `ink`, `picture` puts a figure on one half."""
    u, v = n.attribute("u"), n.attribute("v")
    field = _both(n, _near(n, u, 0.74), _near(n, v, 0.8))
    # The last line of a paragraph is short.
    paragraph = n.white_noise(n.combine(n.math("FLOOR", n.math("MULTIPLY", v, number_of(params, "lines", 16.0))), 0.5))
    short = n.math("LESS_THAN", n.math("MULTIPLY", n.math("GREATER_THAN", paragraph, 0.82), u), 0.1)
    ink = _both(n, field, short, _type(n, u, v, 5.0, number_of(params, "lines", 16.0)))
    color = n.mix(n.math("MULTIPLY", ink, 0.75), color_of(params, "color", PAPER), INK)
    if flag_of(params, "picture", False):
        spot = _both(n, _near(n, u, 0.74), _between(n, v, 0.05, 0.72))
        color = n.mix(spot, color, _picture(n, params, 1.6, n.combine(u, v)))
    n.surface(color, roughness=0.75)


# Screens and keys


def _wallpaper(n: Nodes, params: Params, u: Value, v: Value) -> Value:
    bent = n.noise(n.vector("ADD", n.combine(u, v), n.offset), 0.8, detail=1.0, distortion=0.5)
    colors = [color_of(params, name, INK) for name in ("color", "color_b", "color_c")]
    return n.ramp(bent, [(place, color) for place, color in zip((0.35, 0.5, 0.65), colors, strict=True)])


def _icons(n: Nodes, params: Params, u: Value, v: Value, columns: float, rows: float) -> tuple[Value, Value]:
    """(mask, colour) of a grid of app icons that leaves out some cells."""
    x, y = _scaled(n, u, columns / 2, 100.0 + columns / 2), _scaled(n, v, rows / 2, 100.0 + rows / 2)
    cell = n.combine(n.math("FLOOR", x), n.math("FLOOR", y), number_of(params, "seed", 0.0))
    inside = _both(n, *(_near(n, _scaled(n, n.math("FRACT", t), 1.0, -0.5), 0.31) for t in (x, y)))
    shown = _both(n, inside, n.math("GREATER_THAN", n.white_noise(cell), 0.22), _near(n, v, 0.86))
    color = n.tint(n.white_noise(n.vector("ADD", cell, 9.1), color=True), saturation=1.1, value=0.8)
    return shown, color


def _bubbles(n: Nodes, params: Params, u: Value, v: Value) -> Value:
    """Messages left and right of a chat under a bar."""
    row = _scaled(n, v, 5.0, 40.0)
    chance = n.white_noise(n.combine(n.math("FLOOR", row), number_of(params, "seed", 0.0)))
    own = n.math("GREATER_THAN", chance, 0.5)
    place = n.math("SUBTRACT", u, _scaled(n, own, 0.7, -0.35))
    inside = _both(n, _near(n, place, 0.52), _between(n, n.math("FRACT", row), 0.15, 0.85), _near(n, v, 0.78))
    bubble = n.mix(own, (0.55, 0.56, 0.58), color_of(params, "color_b", (0.05, 0.3, 0.8)))
    ground = n.mix(n.math("GREATER_THAN", v, 0.82), color_of(params, "color", WHITE), color_of(params, "color_c", INK))
    return n.mix(inside, ground, bubble)


def _shown(n: Nodes, params: Params, style: str) -> Value:
    u, v = n.attribute("u"), n.attribute("v")
    if style == "home":
        mask, color = _icons(n, params, u, v, 4.0, number_of(params, "rows", 7.0))
        return n.mix(mask, _wallpaper(n, params, u, v), color)
    if style == "lock":
        big = _letters(n, _scaled(n, u, 4.0, 10.0), _scaled(n, v, 6.0, -2.6), number_of(params, "seed", 0.0))
        return n.mix(_both(n, big, _near(n, u, 0.5)), _wallpaper(n, params, u, v), WHITE)
    if style == "chat":
        return _bubbles(n, params, u, v)
    if style == "lcd":
        ink = _both(n, _letters(n, _scaled(n, u, 3.0, 9.0), _scaled(n, v, 1.0, 0.5), 1.0), _near(n, u, 0.8))
        return n.mix(n.math("MULTIPLY", ink, 0.85), color_of(params, "color", (0.3, 0.36, 0.26)), INK)
    if style == "photo":
        return _picture(n, {**params, "color_d": (0.9, 0.88, 0.8)}, 1.0, n.combine(u, v))
    ink = _both(n, _type(n, u, v, 5.0, 14.0), _near(n, u, 0.85), n.math("LESS_THAN", v, 0.2))
    page = n.mix(n.math("MULTIPLY", ink, 0.7), color_of(params, "color", WHITE), INK)
    return n.mix(_both(n, _near(n, u, 0.9), _between(n, v, 0.3, 0.8)), page, _wallpaper(n, params, u, v))


def screen(n: Nodes, params: Params) -> None:
    """A display under glass: `style`, `glow`, three colours.

    Styles: off, home, lock, chat, page, photo, lcd.
    """
    style = text_of(params, "style", "off")
    if style == "off":
        n.surface(color_of(params, "off_color", (0.006, 0.006, 0.008)), roughness=0.06, coat=0.5)
        return
    n.surface(_shown(n, params, style), roughness=0.1, emission=number_of(params, "glow", 0.8))


def keycap(n: Nodes, params: Params) -> None:
    """Keys and buttons with a sign on each: `color`, `ink_color`, `sign` its size, `glow` lights it.

    With `four`, the first four are the red, green, yellow and blue ones of a television's remote.
    """
    u, v, pad = n.attribute("u"), n.attribute("v"), n.attribute("pad")
    size = number_of(params, "sign", 0.42)
    x = n.math("MULTIPLY_ADD", u, 0.5 / size, n.math("MULTIPLY_ADD", pad, 3.0, 0.45))
    sign = _letters(n, x, _scaled(n, v, 0.6 / size, 0.5), number_of(params, "seed", 0.0))
    ink = _both(n, sign, _near(n, u, 0.85 * size))
    color: Value = color_of(params, "color", INK)
    if flag_of(params, "four", False):
        stops = [(k * 0.25, one) for k, one in enumerate(FOUR)]
        color = n.ramp(_scaled(n, pad, 0.25, 0.1), stops, interpolation="CONSTANT")
    color = n.mix(ink, color, color_of(params, "ink_color", WHITE))
    glow = number_of(params, "glow", 0.0)
    emission = n.math("MULTIPLY", ink, glow) if glow else 0.0
    n.surface(color, roughness=number_of(params, "roughness", 0.45), emission=emission)


def mouse_shell(n: Nodes, params: Params) -> None:
    """A mouse's upper shell: `color`, `color_b` of the flanks, `split` between the buttons, `cross` behind them.

    A `strip` of `color_c` may run between the buttons; all of these are places in -1..1.
    """
    u, v = n.attribute("u"), n.attribute("v")
    flank = number_of(params, "flank", 1.1)
    color: Value = color_of(params, "color", INK)
    if flank < 1:
        color = n.mix(n.math("GREATER_THAN", n.math("ABSOLUTE", v), flank), color, color_of(params, "color_b", INK))
    cross = number_of(params, "cross", 0.1)
    front = n.math("GREATER_THAN", u, cross)
    strip = number_of(params, "strip", 0.0)
    if strip:
        middle = _both(n, _near(n, v, strip), n.math("GREATER_THAN", u, cross - 0.2))
        color = n.mix(middle, color, color_of(params, "color_c", INK))
    line = _both(n, _near(n, n.math("SUBTRACT", n.math("ABSOLUTE", v), strip), 0.022), front)
    if flag_of(params, "cross_line", True):
        line = _either(n, line, _near(n, _scaled(n, u, 1.0, -cross), 0.014))
    if flag_of(params, "split", True):
        color = n.mix(line, color, n.shade(color, 0.1))
    n.surface(color, roughness=number_of(params, "roughness", 0.4), coat=number_of(params, "coat", 0.0))


# Plush


def plush(n: Nodes, params: Params) -> None:
    """Short fur or pile: `color`, `color_b` of its depths, `pile_m`."""
    pile_m = number_of(params, "pile_m", 0.004)
    tufts = n.noise(n.coords(), 0.6 / pile_m, detail=2.0, roughness=0.6)
    color = color_of(params, "color", (0.3, 0.15, 0.06))
    deep = color_of(params, "color_b", tuple(0.55 * channel for channel in color))  # type: ignore[arg-type]
    shown = n.mix(n.remap(tufts, 0.3, 0.62), deep, color)
    shown = n.mix(n.math("MULTIPLY", n.facing(0.3), 0.35), shown, n.tint(color, saturation=0.8, value=1.5))
    normal = n.bump(tufts, distance_m=pile_m, strength=0.8)
    n.surface(shown, roughness=0.95, specular=0.1, sheen=0.3, normal=normal)


SURFACES: dict[str, Builder] = {
    "book_cover": book_cover,
    "keycap": keycap,
    "mouse_shell": mouse_shell,
    "page_edges": page_edges,
    "plush": plush,
    "printed_page": printed_page,
    "screen": screen,
}
"""Surface kinds of this module by name."""
