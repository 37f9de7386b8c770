"""Surfaces of signs and signals."""

from __future__ import annotations

from blender_scenes.materials.nodes import Builder, Nodes, Value
from blender_scenes.materials.params import Color, Params, color_of, number_of, text_of

__all__ = ["SURFACES"]

RUST: Color = (0.16, 0.05, 0.015)
GRIME: Color = (0.05, 0.045, 0.035)
PALE: Color = (0.6, 0.5, 0.48)


def sheeting(n: Nodes, params: Params) -> None:
    """Painted or reflective sheet metal: `color`, `fade` by the sun, `dirt` in runs, `rust` in patches."""
    color: Value = color_of(params, "color", (0.5, 0.02, 0.02))
    fade, dirt, rust = (number_of(params, name, 0.0) for name in ("fade", "dirt", "rust"))
    if max(fade, dirt, rust) > 0.02:
        runs = n.noise(n.coords((1.0, 1.0, 0.3)), 7.0, detail=4.0, roughness=0.6)
        color = n.mix(n.remap(runs, 0.3, 0.7, (0.15 * fade, 0.5 * fade)), color, PALE)
        color = n.mix(n.remap(runs, 0.7 - 0.35 * dirt, 0.85, (0.0, 0.85 * dirt)), color, GRIME)
        if rust > 0.02:
            spots = n.noise(n.coords(), 11.0, detail=4.0)
            color = n.mix(n.remap(spots, 0.72 - 0.2 * rust, 0.76 - 0.2 * rust), color, RUST)
    n.surface(color, roughness=number_of(params, "roughness", 0.4), emission=number_of(params, "gleam", 0.0))


def _box(n: Nodes, u: Value, v: Value, centre: tuple[float, float], half: tuple[float, float]) -> Value:
    return n.math("MULTIPLY", n.math("COMPARE", u, centre[0], half[0]), n.math("COMPARE", v, centre[1], half[1]))


def _round(n: Nodes, u: Value, v: Value, centre: tuple[float, float], radius: float) -> Value:
    return n.math("LESS_THAN", n.vector("DISTANCE", n.combine(u, v), (*centre, 0.0)), radius)


def _either(n: Nodes, masks: list[Value]) -> Value:
    found = masks[0]
    for mask in masks[1:]:
        found = n.math("MAXIMUM", found, mask)
    return found


def _hand(n: Nodes, u: Value, v: Value) -> Value:
    """A raised hand."""
    fingers = [
        _box(n, u, v, (0.35 + 0.1 * k, 0.62 + lift), (0.038, 0.2)) for k, lift in enumerate((0, 0.05, 0.06, 0.02))
    ]
    thumb = _box(n, n.math("MULTIPLY_ADD", v, -0.7, u), v, (0.42, 0.42), (0.05, 0.12))
    return _either(n, [*fingers, _box(n, u, v, (0.5, 0.36), (0.19, 0.16)), thumb])


def _walker(n: Nodes, u: Value, v: Value) -> Value:
    """A person who walks, or stands when `u` is not sheared."""
    stride = n.math("ABSOLUTE", n.math("SUBTRACT", u, 0.5))
    spread = n.math("SUBTRACT", stride, n.math("MULTIPLY", n.math("SUBTRACT", 0.45, v), 0.38))
    legs = n.math("MULTIPLY", n.math("COMPARE", spread, 0.0, 0.05), n.math("COMPARE", v, 0.29, 0.17))
    arms = n.math("SUBTRACT", stride, n.math("MULTIPLY", n.math("SUBTRACT", 0.7, v), 0.7))
    arms = n.math("MULTIPLY", n.math("COMPARE", arms, 0.0, 0.045), n.math("COMPARE", v, 0.57, 0.11))
    return _either(n, [_round(n, u, v, (0.5, 0.82), 0.085), _box(n, u, v, (0.5, 0.57), (0.085, 0.15)), legs, arms])


def _stander(n: Nodes, u: Value, v: Value) -> Value:
    """A person who stands."""
    body = _box(n, u, v, (0.5, 0.57), (0.15, 0.15))
    return _either(n, [_round(n, u, v, (0.5, 0.83), 0.085), body, _box(n, u, v, (0.5, 0.3), (0.085, 0.2))])


def _arrow(n: Nodes, u: Value, v: Value) -> Value:
    """An arrow to the left."""
    head = n.math("LESS_THAN", n.math("ABSOLUTE", n.math("SUBTRACT", v, 0.5)), n.math("SUBTRACT", u, 0.15))
    return _either(
        n, [n.math("MULTIPLY", head, n.math("LESS_THAN", u, 0.47)), _box(n, u, v, (0.6, 0.5), (0.22, 0.075))]
    )


SYMBOLS = {"arrow": _arrow, "hand": _hand, "stander": _stander, "walker": _walker}


def signal_lens(n: Nodes, params: Params) -> None:
    """A lens of a traffic light: `color`, `brightness` (0: dark), `symbol` on black, `dots` of diodes."""
    color, brightness = color_of(params, "color", (0.9, 0.02, 0.01)), number_of(params, "brightness", 0.0)
    u, v = n.attribute("u"), n.attribute("v")
    if not brightness:
        ribs = n.math("SINE", n.math("MULTIPLY", n.math("ADD", u, v), 60.0))
        n.surface(n.shade(color, n.remap(ribs, -1.0, 1.0, (0.05, 0.11))), roughness=0.25)
        return
    away = n.vector("DISTANCE", n.combine(u, v), (0.5, 0.5, 0.0))
    shown = n.mix(n.remap(away, 0.1, 0.5, (0.35, 0.0)), color, (1.0, 0.95, 0.85))
    lit: Value = 1.0
    symbol = text_of(params, "symbol", "none")
    if symbol in SYMBOLS:
        lit = SYMBOLS[symbol](n, u, v)
    if number_of(params, "dots", 0.0):
        spots = n.cells(n.combine(u, v), number_of(params, "dots", 0.0), randomness=0.0)
        lit = n.math("MULTIPLY", lit, n.remap(spots, 0.3, 0.55, (1.0, 0.25)))
    node = n.add("ShaderNodeBsdfPrincipled")
    n.feed(node, **{"Base Color": n.shade(color, 0.04), "Roughness": 0.3, "Emission Color": shown})
    n.feed(node, **{"Emission Strength": n.math("MULTIPLY", lit, brightness)})
    n.output(node.out(0))


SURFACES: dict[str, Builder] = {"sheeting": sheeting, "signal_lens": signal_lens}
"""Surface kinds of this module by name."""
