"""Surfaces to stand on outdoors and indoors."""

from __future__ import annotations

from blender_scenes.materials.nodes import Builder, Nodes, Socket
from blender_scenes.materials.params import Color, Params, color_of, number_of, text_of

__all__ = ["SURFACES"]


def _patchy(n: Nodes, color: Socket | Color, scale: float, amount: float) -> Socket:
    """Large soft light and dark patches, without which a big plane looks like paper."""
    field = n.noise(n.coords(), scale, detail=3.0, roughness=0.6)
    return n.shade(color, n.remap(field, 0.3, 0.7, (1 - 0.7 * amount, 1 + 0.3 * amount)))


def _cracks(n: Nodes, scale: float, width: float) -> Socket:
    """1 in thin crooked cracks."""
    bend = n.vector("MULTIPLY_ADD", n.noise(n.coords(), 3.0, detail=4.0, color=True), 0.5, n.coords())
    return n.remap(n.cells(bend, scale, output="edge"), 0.0, width, (1.0, 0.0))


def asphalt(n: Nodes, params: Params) -> None:
    """A road: stones in bitumen, patches, cracks, and puddle-dark places where `wet`."""
    n.flatten()
    color, wet = color_of(params, "color", (0.07, 0.07, 0.075)), number_of(params, "wet", 0.0)
    grain, cracks = number_of(params, "grain", 1.0), number_of(params, "cracks", 0.2)
    stone = n.axes(n.cells(n.coords(), 160.0, output="color"))[0]
    shown = n.shade(color, n.remap(stone, 0.0, 1.0, (1 - 0.5 * grain, 1 + 0.9 * grain)))
    shown = _patchy(n, shown, 0.6, number_of(params, "patches", 0.3))
    shown = _patchy(n, shown, 6.0, 0.25)
    if cracks:
        shown = n.mix(n.math("MULTIPLY", _cracks(n, 0.5, 0.012), cracks), shown, (0.008, 0.008, 0.008))
    roughness: Socket | float = number_of(params, "roughness", 0.85)
    if wet:
        puddle = n.remap(n.noise(n.coords(), 0.9, detail=3.0), 0.62 - 0.3 * wet, 0.68 - 0.3 * wet)
        roughness = n.remap(puddle, 0.0, 1.0, (roughness, 0.08))
        shown = n.shade(shown, n.remap(puddle, 0.0, 1.0, (1.0, 0.5)))
    height = n.cells(n.coords(), 160.0)
    n.surface(shown, roughness=roughness, specular=0.4, normal=n.bump(height, distance_m=-0.004, strength=0.7 * grain))


def concrete(n: Nodes, params: Params) -> None:
    """Cast concrete with stains and pores; `slab_m` lays it as slabs."""
    n.flatten()
    color, slab_m = color_of(params, "color", (0.4, 0.39, 0.37)), number_of(params, "slab_m", 0.0)
    shown = _patchy(n, color, 1.2, 0.5 * number_of(params, "stains", 0.3) + 0.1)
    shown = _patchy(n, shown, 14.0, 0.25)
    pores = n.remap(n.noise(n.coords(), 140.0, detail=2.0), 0.62, 0.7)
    shown = n.shade(shown, n.remap(pores, 0.0, 1.0, (1.0, 0.6)))
    height: Socket = n.math("MULTIPLY", n.noise(n.coords(), 60.0, detail=4.0), 0.4)
    if slab_m:
        joint = _joints(n, slab_m, 0.012)
        shown = n.mix(joint, shown, (0.06, 0.055, 0.05))
        height = n.math("SUBTRACT", height, joint)
    normal = n.bump(height, distance_m=0.004, strength=0.6)
    n.surface(shown, roughness=number_of(params, "roughness", 0.8), specular=0.3, normal=normal)


def _joints(n: Nodes, size_m: float, gap_m: float) -> Socket:
    """1 in the gaps of a square grid."""
    u, v, _ = n.axes(n.flat())
    edges = [n.math("PINGPONG", t, size_m / 2) for t in (u, v)]
    return n.remap(n.math("MINIMUM", *edges), 0.3 * gap_m, 0.6 * gap_m, (1.0, 0.0))


def grass(n: Nodes, params: Params) -> None:
    """A lawn from above: blades as stretched noise, tufts, dry places."""
    n.flatten()
    color, second = color_of(params, "color", (0.09, 0.16, 0.03)), color_of(params, "color_2", (0.2, 0.24, 0.06))
    scale = number_of(params, "scale", 1.0)
    at = n.coords(scale)
    turn = n.vector("MULTIPLY_ADD", n.noise(at, 9.0, color=True), 0.35, at)
    blades = n.noise(n.vector("MULTIPLY", turn, (150.0, 34.0, 40.0)), 1.0, detail=3.0, roughness=0.7)
    crossing = n.noise(n.vector("MULTIPLY", turn, (32.0, 140.0, 40.0)), 1.0, detail=3.0, roughness=0.7)
    blade = n.math("MAXIMUM", blades, crossing)
    tufts = n.noise(at, 14.0, detail=4.0, roughness=0.6)
    shown = n.ramp(blade, [(0.36, (0.012, 0.018, 0.006)), (0.52, color), (0.72, second)])
    shown = n.shade(shown, n.remap(tufts, 0.3, 0.7, (0.5, 1.3)))
    dry = n.math("MULTIPLY", n.remap(n.noise(at, 1.6, detail=5.0), 0.45, 0.7), number_of(params, "dry", 0.2))
    straw = n.shade((0.42, 0.34, 0.16), n.remap(blade, 0.4, 0.7, (0.3, 1.1)))
    shown = _patchy(n, n.mix(dry, shown, straw), 0.4, 0.35)
    clover = number_of(params, "clover", 0.2)
    if clover:
        spot = n.math("LESS_THAN", n.cells(at, 28.0), n.remap(n.noise(at, 2.0), 0.5, 0.75, (0.0, 0.3 * clover)))
        shown = n.mix(spot, shown, (0.5, 0.48, 0.3))
    height = n.math("ADD", blade, n.math("MULTIPLY", tufts, 1.5))
    n.surface(shown, roughness=0.75, specular=0.25, normal=n.bump(height, distance_m=0.03, strength=0.9))


def dirt(n: Nodes, params: Params) -> None:
    """Bare earth with clods and stones."""
    n.flatten()
    color, second = color_of(params, "color", (0.22, 0.14, 0.08)), color_of(params, "color_2", (0.1, 0.065, 0.04))
    clods = n.noise(n.coords(), 25.0, detail=6.0, roughness=0.65)
    shown = _patchy(n, n.mix(n.remap(clods, 0.35, 0.65), second, color), 1.0, 0.4)
    stones = number_of(params, "stones", 0.2)
    pebble = n.cells(n.coords(), 22.0)
    is_stone = n.math("LESS_THAN", pebble, n.remap(n.noise(n.coords(), 9.0), 0.4, 0.7, (0.0, 0.5 * stones)))
    shown = n.mix(is_stone, shown, (0.3, 0.28, 0.25))
    height = n.math("ADD", clods, n.math("MULTIPLY", is_stone, 0.4))
    rough = number_of(params, "roughness", 0.9)
    n.surface(shown, roughness=rough, specular=0.2, normal=n.bump(height, distance_m=0.02))


def gravel(n: Nodes, params: Params) -> None:
    """Loose stones, each of its own grey."""
    n.flatten()
    color, second = color_of(params, "color", (0.35, 0.33, 0.3)), color_of(params, "color_2", (0.16, 0.15, 0.14))
    scale = 1 / number_of(params, "stone_m", 0.015)
    tone, other, _ = n.axes(n.cells(n.coords(), scale, output="color"))
    inside = n.cells(n.coords(), scale)
    shown = n.shade(n.mix(tone, second, color), n.remap(other, 0.0, 1.0, (0.6, 1.3)))
    shown = n.mix(n.remap(inside, 0.45, 0.8), shown, (0.02, 0.018, 0.015))
    n.surface(_patchy(n, shown, 0.8, 0.25), roughness=0.8, normal=n.bump(inside, distance_m=-0.7 / scale))


def sand(n: Nodes, params: Params) -> None:
    """Sand with wind ripples."""
    n.flatten()
    color = _patchy(n, color_of(params, "color", (0.5, 0.4, 0.26)), 2.0, 0.2)
    grain = n.noise(n.coords(), 700.0, detail=1.0)
    ripple = n.wave(n.coords(), 4.0, axis="X", distortion=4.0)
    shown = n.shade(color, n.remap(grain, 0.3, 0.7, (0.75, 1.2)))
    height = n.math("ADD", n.math("MULTIPLY", ripple, number_of(params, "ripples", 0.3)), n.noise(n.coords(), 12.0))
    n.surface(shown, roughness=0.9, specular=0.2, normal=n.bump(height, distance_m=0.02))


def snow(n: Nodes, params: Params) -> None:
    """Trodden or fresh snow; `dirt` greys it."""
    n.flatten()
    color = color_of(params, "color", (0.85, 0.88, 0.93))
    lumps = n.noise(n.coords(), 9.0, detail=5.0, roughness=0.55)
    grime = n.remap(n.noise(n.coords(), 3.0, detail=6.0, roughness=0.7), 0.45, 0.75)
    shown = n.mix(n.math("MULTIPLY", grime, number_of(params, "dirt", 0.1)), color, (0.2, 0.17, 0.14))
    shown = n.mix(n.remap(lumps, 0.55, 0.3, (0.0, 0.25)), shown, (0.55, 0.65, 0.85))
    normal = n.bump(lumps, distance_m=0.08, strength=number_of(params, "lumps", 0.5))
    n.surface(shown, roughness=0.65, specular=0.4, normal=normal)


def cobbles(n: Nodes, params: Params) -> None:
    """Setts in sand."""
    n.flatten()
    color, second = color_of(params, "color", (0.25, 0.24, 0.23)), color_of(params, "color_2", (0.13, 0.125, 0.12))
    scale = 1 / number_of(params, "size_m", 0.1)
    edge = n.cells(n.coords(), scale, randomness=0.35, output="edge")
    tone, other, _ = n.axes(n.cells(n.coords(), scale, randomness=0.35, output="color"))
    rough = n.noise(n.coords(), 90.0, detail=4.0)
    stone = n.shade(n.mix(tone, color, second), n.remap(rough, 0.3, 0.7, (0.75, 1.25)))
    stone = n.shade(stone, n.remap(other, 0.0, 1.0, (0.75, 1.15)))
    joint = n.remap(edge, 0.03, 0.1, (1.0, 0.0))
    shown = n.mix(joint, stone, color_of(params, "joint_color", (0.1, 0.085, 0.06)))
    dome = n.math("ADD", n.remap(edge, 0.0, 0.3), n.math("MULTIPLY", rough, 0.15))
    n.surface(_patchy(n, shown, 0.8, 0.25), roughness=0.7, normal=n.bump(dome, distance_m=0.02, strength=0.8))


def carpet(n: Nodes, params: Params) -> None:
    """Pile carpet: plain, speckled or striped."""
    n.flatten()
    color, second = color_of(params, "color", (0.2, 0.2, 0.24)), color_of(params, "color_2", (0.35, 0.32, 0.28))
    pattern, size_m = text_of(params, "pattern", "plain"), number_of(params, "size_m", 0.3)
    u, _, _ = n.axes(n.flat())
    pile = n.noise(n.coords(), 420.0, detail=2.0)
    factor: Socket | float = {
        "speckle": n.remap(n.noise(n.coords(), 300.0), 0.5, 0.56),
        "stripes": n.math("GREATER_THAN", n.math("FRACT", n.math("DIVIDE", u, size_m)), 0.5),
    }.get(pattern, 0.0)
    shown = n.shade(n.mix(factor, color, second), n.remap(pile, 0.3, 0.7, (0.55, 1.2)))
    shown = _patchy(n, shown, 3.0, 0.15)
    n.surface(shown, roughness=1.0, specular=0.1, sheen=0.3, normal=n.bump(pile, distance_m=0.006))


def marking(n: Nodes, params: Params) -> None:
    """Road paint; `wear` lets the road show through."""
    n.flatten()
    color, wear = color_of(params, "color", (0.8, 0.8, 0.78)), number_of(params, "wear", 0.3)
    stone = n.cells(n.coords(), 160.0)
    rubbed = n.math(
        "ADD",
        n.math("MULTIPLY", n.noise(n.coords(), 6.0, detail=6.0, roughness=0.7), 0.8),
        n.math("MULTIPLY", stone, 0.3),
    )
    gone = n.remap(rubbed, 0.95 - 0.55 * wear, 1.02 - 0.5 * wear)
    shown = n.mix(gone, _patchy(n, color, 3.0, 0.2), (0.08, 0.08, 0.082))
    n.surface(shown, roughness=0.7, normal=n.bump(stone, distance_m=-0.003, strength=0.5))


def leaf_litter(n: Nodes, params: Params) -> None:
    """Fallen leaves over earth."""
    n.flatten()
    color, second = color_of(params, "color", (0.35, 0.14, 0.04)), color_of(params, "color_2", (0.45, 0.3, 0.06))
    scale = number_of(params, "scale", 12.0)
    bend = n.vector("MULTIPLY_ADD", n.noise(n.coords(), scale, color=True), 0.09, n.coords())
    tone, other, third = n.axes(n.cells(bend, scale, output="color"))
    inside = n.cells(bend, scale)
    leaves = n.shade(n.mix(tone, color, second), n.remap(other, 0.0, 1.0, (0.4, 1.2)))
    is_bare = n.math("MAXIMUM", n.remap(inside, 0.5, 0.65), n.math("GREATER_THAN", third, 0.8))
    shown = n.mix(is_bare, leaves, color_of(params, "ground_color", (0.06, 0.04, 0.025)))
    n.surface(_patchy(n, shown, 1.5, 0.3), roughness=0.7, normal=n.bump(tone, distance_m=0.01, strength=0.5))


def sea(n: Nodes, params: Params) -> None:
    """Water with ripples, and foam where the vertex attribute "foam" says."""
    color, chop = color_of(params, "color", (0.03, 0.12, 0.15)), number_of(params, "chop", 0.5)
    ripple = n.noise(n.vector("MULTIPLY", n.coords(), (2.2, 0.9, 1.0)), 1.0, detail=4.0, roughness=0.6)
    shown = n.shade(color, n.remap(n.noise(n.coords(0.08), 1.0, detail=2.0), 0.3, 0.7, (0.75, 1.25)))
    lace = n.noise(n.coords(), 5.0, detail=5.0, roughness=0.7)
    white = n.remap(n.math("ADD", n.attribute("foam"), n.math("MULTIPLY", lace, 1.1)), 0.85, 1.15)
    shown = n.mix(white, shown, (0.82, 0.85, 0.87))
    normal = n.bump(n.math("ADD", ripple, n.math("MULTIPLY", white, 0.15)), distance_m=0.25, strength=chop)
    n.surface(shown, roughness=n.remap(white, 0.0, 1.0, (0.1, 0.8)), specular=0.5, normal=normal)


SURFACES: dict[str, Builder] = {
    "asphalt": asphalt,
    "carpet": carpet,
    "cobbles": cobbles,
    "concrete": concrete,
    "dirt": dirt,
    "grass": grass,
    "gravel": gravel,
    "leaf_litter": leaf_litter,
    "marking": marking,
    "sand": sand,
    "sea": sea,
    "snow": snow,
}
"""Surface kinds of this module by name."""
