"""Surfaces of cones, balls, cups, bottles and bowls."""

from __future__ import annotations

import math

from blender_scenes.surfaces.nodes import Builder, Color, Nodes, Params, Value, color_of, flag_of, number_of

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
        film = n.math("MULTIPLY", n.remap(streaks, 0.35, 0.75), 0.35 * dirt)
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
    """Reflective sheeting: `sheeting` shows its grid, `retroreflective` its gleam, `diagonal` counts slanted stripes."""
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


SURFACES: dict[str, Builder] = {
    "cone_plastic": cone_plastic,
    "cone_collar": cone_collar,
    "cone_lamp": cone_lamp,
}
"""Surface kinds of this module by name."""
