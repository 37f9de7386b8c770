"""Surfaces of umbrellas, kites, boards and discs: cloth that light passes, and prints over "u" and "v" of the mesh."""

from __future__ import annotations

import math

from blender_scenes.materials.nodes import Builder, Nodes, Value
from blender_scenes.materials.params import Color, Params, color_of, number_of, text_of

__all__ = ["SURFACES"]

WHITE: Color = (0.85, 0.85, 0.83)
INK: Color = (0.02, 0.02, 0.02)


def _band(n: Nodes, value: Value, centre: float, half: float) -> Value:
    return n.math("COMPARE", value, centre, half)


def _dots(n: Nodes, at: Value, radius: float) -> Value:
    return n.math("LESS_THAN", n.cells(at, 1.0, randomness=0.0), radius)


def _print(n: Nodes, params: Params, u: Value, v: Value) -> Value:
    """Colour of a print: `pattern`, three colours, `count`; u runs across, v along a thing `stretch` times longer."""
    first, second, third = (color_of(params, name, WHITE) for name in ("color", "color_b", "color_c"))
    pattern, count = text_of(params, "pattern", "plain"), number_of(params, "count", 6.0)
    stretch = number_of(params, "stretch", 3.0)
    if pattern == "plain":
        return first
    if pattern == "bands":
        return n.mix(n.math("GREATER_THAN", n.math("FRACT", n.math("MULTIPLY", v, count / 2)), 0.5), first, second)
    if pattern == "quarters":
        upper = n.math("GREATER_THAN", v, number_of(params, "split", 0.68))
        left = n.math("GREATER_THAN", u, 0.5)
        return n.mix(n.math("ABSOLUTE", n.math("SUBTRACT", upper, left)), n.mix(upper, first, third), second)
    if pattern == "border":
        return n.mix(_band(n, n.attribute("reach"), 0.86, 0.05), first, second)
    if pattern == "rings":
        return n.mix(
            n.math("GREATER_THAN", n.math("FRACT", n.math("MULTIPLY", n.attribute("reach"), 0.4 * count)), 0.5),
            first,
            second,
        )
    if pattern == "stripe":
        middle = n.mix(_band(n, u, 0.5, 0.11), first, second)
        return n.mix(_band(n, u, 0.5, 0.035), middle, third)
    if pattern == "rails":
        away = n.math("ABSOLUTE", n.math("SUBTRACT", u, 0.5))
        return n.mix(
            n.math("GREATER_THAN", away, 0.33), first, n.mix(n.math("GREATER_THAN", away, 0.38), third, second)
        )
    if pattern == "ends":
        shown = n.mix(n.math("LESS_THAN", v, 0.3), first, second)
        return n.mix(_band(n, v, 0.34, 0.012), n.mix(n.math("GREATER_THAN", v, 0.8), shown, second), third)
    if pattern == "fade":
        return n.ramp(v, [(0.1, first), (0.5, second), (0.9, third)])
    if pattern == "slant":
        phase = n.math("MULTIPLY_ADD", u, 0.25, v)
        shown = n.mix(_band(n, phase, 0.62, 0.1), first, second)
        return n.mix(_band(n, phase, 0.77, 0.03), shown, third)
    if pattern == "dots":
        at = n.combine(n.math("MULTIPLY", u, count), n.math("MULTIPLY", v, stretch * count))
        return n.mix(_dots(n, at, 0.3), first, second)
    if pattern == "checks":
        return n.mix(n.checker(n.combine(u, n.math("MULTIPLY", v, stretch)), count), first, second)
    at = n.vector("ADD", n.combine(u, n.math("MULTIPLY", v, stretch)), n.offset)
    if pattern == "flowers":
        size = n.math("MULTIPLY_ADD", n.axes(n.cells(at, 0.6 * count, output="color"))[1], 0.3, 0.12)
        away = n.cells(at, 0.6 * count)
        shown = n.mix(n.math("LESS_THAN", away, size), first, second)
        return n.mix(n.math("LESS_THAN", away, 0.12), shown, third)
    field = n.noise(at, 2.2, detail=2.0, distortion=1.0)
    shown = n.mix(n.remap(field, 0.46, 0.48), first, second)
    return n.mix(n.remap(field, 0.57, 0.59), shown, third)


def _badge(n: Nodes, params: Params, shown: Value, u: Value, v: Value, at: tuple[float, float]) -> Value:
    """A maker's mark in an ellipse."""
    off = n.vector("DIVIDE", n.vector("SUBTRACT", n.combine(u, v), (*at, 0.0)), (0.17, 0.035, 1.0))
    away = n.vector("LENGTH", off)
    mark = n.mix(_band(n, n.axes(off)[1], 0.0, 0.25), color_of(params, "badge_color", INK), shown)
    return n.mix(n.math("LESS_THAN", away, 1.0), shown, mark)


def board_print(n: Nodes, params: Params) -> None:
    """The skin of a board: a print, `stringer` down the middle, `badge`, `pad` for the rear foot, `wear`."""
    u, v = n.attribute("u"), n.attribute("v")
    shown = _print(n, params, u, v)
    if number_of(params, "stringer", 0.0):
        shown = n.mix(_band(n, u, 0.5, 0.006), shown, (0.2, 0.1, 0.04))
    if number_of(params, "badge", 0.0):
        shown = _badge(n, params, shown, u, v, (0.5, number_of(params, "badge", 0.0)))
    roughness = number_of(params, "roughness", 0.2)
    wear = number_of(params, "wear", 0.0)
    if wear > 0.03:
        scratches = n.noise(n.coords((6.0, 60.0, 60.0)), 1.0, detail=3.0)
        worn = n.remap(scratches, 0.72 - 0.2 * wear, 0.76 - 0.15 * wear, (0.0, 0.8))
        shown = n.mix(worn, shown, color_of(params, "wear_color", (0.5, 0.42, 0.3)))
    rough: Value = roughness
    if number_of(params, "pad", 0.0):
        pad = n.math(
            "MULTIPLY",
            _band(n, v, 0.1, 0.065),
            n.math("LESS_THAN", n.math("ABSOLUTE", n.math("SUBTRACT", u, 0.5)), 0.36),
        )
        shown = n.mix(pad, shown, color_of(params, "pad_color", INK))
        rough = n.math("MAXIMUM", roughness, n.math("MULTIPLY", pad, 0.9))
    n.surface(shown, roughness=rough)


def grip_tape(n: Nodes, params: Params) -> None:
    """Sandpaper: `color`, grey where shoes have rubbed it."""
    grain = n.noise(n.coords(), 900.0, detail=0.0)
    rubbed = n.remap(n.noise(n.coords(), 9.0, detail=3.0), 0.45, 0.75, (0.0, 0.25 * number_of(params, "wear", 0.3)))
    color = n.mix(rubbed, color_of(params, "color", INK), (0.18, 0.17, 0.16))
    n.surface(n.shade(color, n.remap(grain, 0.3, 0.7, (0.6, 1.6))), roughness=0.95, specular=0.3)


def sailcloth(n: Nodes, params: Params) -> None:
    """Thin cloth in a print; `glow` is the light that comes through it, `wrinkle` and `gloss` its hand."""
    shown = _print(n, params, n.attribute("u"), n.attribute("v"))
    wrinkle = number_of(params, "wrinkle", 0.0)
    normal = n.bump(n.noise(n.coords(), 9.0, detail=2.0), distance_m=0.02, strength=wrinkle) if wrinkle > 0.02 else None
    n.surface(
        shown,
        roughness=number_of(params, "roughness", 0.6),
        specular=number_of(params, "gloss", 0.3),
        emission=number_of(params, "glow", 0.06),
        normal=normal,
    )


def disc_print(n: Nodes, params: Params) -> None:
    """A flying disc: rings, rays or a blot of ink on its crown; `radius_m`, `pattern`, `count`, colours."""
    x, y, _ = n.axes(n.position())
    color: Value = color_of(params, "color", WHITE)
    ink, third = color_of(params, "color_b", INK), color_of(params, "color_c", INK)
    reach = n.math("DIVIDE", n.vector("LENGTH", n.combine(x, y)), number_of(params, "radius_m", 0.135))
    turn = n.math("ARCTAN2", y, x)
    pattern, count = text_of(params, "pattern", "none"), number_of(params, "count", 5.0)
    on_top = n.math("GREATER_THAN", n.attribute("along"), 0.58)
    mask: Value = 0.0
    if pattern == "rings":
        mask = n.math("MAXIMUM", _band(n, reach, 0.6, 0.03), _band(n, reach, 0.34, 0.09))
    elif pattern == "star":
        wave = n.math("PINGPONG", n.math("MULTIPLY", turn, count / math.pi), 1.0)
        mask = n.math("LESS_THAN", reach, n.math("MULTIPLY_ADD", wave, -0.36, 0.62))
    elif pattern == "lettering":
        cell = n.combine(
            n.math("FLOOR", n.math("MULTIPLY", turn, 7.0)), n.math("FLOOR", n.math("MULTIPLY", reach, 22.0))
        )
        words = n.math("MULTIPLY", n.math("GREATER_THAN", n.white_noise(cell), 0.4), _band(n, reach, 0.62, 0.07))
        words = n.math("MULTIPLY", words, n.math("GREATER_THAN", n.math("ABSOLUTE", turn), 0.9))
        mask = n.math("MAXIMUM", words, n.math("LESS_THAN", reach, 0.3))
    elif pattern == "blot":
        field = n.noise(n.coords(), 16.0, detail=1.0, distortion=1.0)
        mask = n.math("MULTIPLY", n.remap(field, 0.52, 0.54), n.math("LESS_THAN", reach, 0.66))
    elif pattern == "swirl":
        phase = n.math("MULTIPLY_ADD", turn, count / (2 * math.pi), n.math("MULTIPLY", reach, 1.6))
        mask = n.math("MULTIPLY", n.math("GREATER_THAN", n.math("FRACT", phase), 0.5), n.math("LESS_THAN", reach, 0.75))
    if pattern != "none":
        inner = n.mix(n.math("LESS_THAN", reach, 0.2), ink, third)
        color = n.mix(n.math("MULTIPLY", mask, on_top), color, inner)
    dirt = number_of(params, "dirt", 0.0)
    if dirt > 0.03:
        smears = n.noise(n.coords((12.0, 40.0, 30.0)), 1.0, detail=3.0)
        color = n.mix(n.remap(smears, 0.75 - 0.3 * dirt, 0.85, (0.0, 0.6)), color, (0.16, 0.13, 0.09))
    n.surface(color, roughness=number_of(params, "roughness", 0.35))


SURFACES: dict[str, Builder] = {
    "board_print": board_print,
    "disc_print": disc_print,
    "grip_tape": grip_tape,
    "sailcloth": sailcloth,
}
"""Surface kinds of this module by name."""
