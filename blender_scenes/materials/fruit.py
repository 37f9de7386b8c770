"""Skins, flesh, stems and leaves of fruit.

Bump is kept to the peel and pulp of oranges, where it shows: it has Cycles evaluate the textures below it three times.
"""

from __future__ import annotations

from blender_scenes.materials.nodes import Builder, Nodes, Value
from blender_scenes.materials.params import Color, Params, color_of, number_of

__all__ = ["SURFACES"]


def apple_skin(n: Nodes, params: Params) -> None:
    """Ground colour under a blush that comes in patches and in streaks along the meridians, with pale lenticels."""
    at, along = n.coords(), n.attribute("along")
    patches = n.noise(at, 16.0, detail=1.0)
    streaks = n.noise(_meridians(n, along, 0.35), 9.0, detail=3.0, roughness=0.65)
    share, streaky = number_of(params, "blush_amount", 0.7), number_of(params, "streaks", 0.3)
    field = n.math("ADD", n.math("MULTIPLY", patches, 1 - streaky), n.math("MULTIPLY", streaks, streaky))
    edge = 0.72 - 0.5 * share
    soft = 0.1 + 0.1 * (1 - streaky)
    blush = n.remap(field, edge - soft, edge + soft)
    color = n.mix(blush, color_of(params, "ground", (0.6, 0.4, 0.1)), color_of(params, "blush", (0.4, 0.01, 0.02)))
    color = n.shade(color, n.remap(streaks, 0.3, 0.7, (1 + 0.15 * streaky, 0.97 - 0.2 * streaky)))
    size = number_of(params, "cavity_size", 0.08)
    cavity = n.remap(n.math("MULTIPLY_ADD", streaks, 0.06, along), 1.0 - size, 1.03 - size * 0.2)
    color = n.mix(cavity, color, color_of(params, "cavity", (0.3, 0.2, 0.04)))
    dots = number_of(params, "lenticels", 0.4)
    if dots > 0:
        cell = n.cells(at, 210.0)
        color = n.mix(n.remap(cell, 0.16, 0.08, (0.0, 0.6 * dots)), color, (0.65, 0.48, 0.26))
    color = n.mix(n.remap(along, 0.04, 0.01), color, (0.03, 0.02, 0.01))
    n.surface(
        color,
        roughness=n.remap(patches, 0.3, 0.7, _around(number_of(params, "roughness", 0.3), 0.25)),
        coat=number_of(params, "wax", 0.0),
    )


def orange_peel(n: Nodes, params: Params) -> None:
    """Peel pitted with oil glands, mottled, green where it is not ripe."""
    at, along = n.coords(), n.attribute("along")
    pores = n.cells(at, number_of(params, "pore_scale", 520.0))
    patches = n.noise(at, 22.0, detail=3.0)
    color = n.shade(color_of(params, "color", (0.85, 0.25, 0.01)), n.remap(pores, 0.0, 0.5, (0.8, 1.05)))
    mottling = number_of(params, "mottling", 0.2)
    color = n.shade(color, n.remap(patches, 0.3, 0.7, (1 - mottling, 1 + 0.3 * mottling)))
    green = number_of(params, "green", 0.0)
    if green > 0:
        color = n.mix(n.remap(patches, 0.62, 0.35, (0.0, green)), color, (0.22, 0.3, 0.02))
    color = n.mix(n.remap(along, 0.965, 1.0, (0.0, 0.5)), color, (0.3, 0.22, 0.02))
    height = n.math("MULTIPLY_ADD", pores, 1.0, n.math("MULTIPLY", patches, 0.8))
    n.surface(
        color,
        roughness=number_of(params, "roughness", 0.4),
        normal=n.bump(height, distance_m=0.0009, strength=number_of(params, "pores", 0.7)),
    )


def banana_skin(n: Nodes, params: Params) -> None:
    """Yellow that turns greener or browner towards the ends, with freckles, bruised streaks and a dark tip."""
    at, along = n.coords(), n.attribute("along")
    patches = n.noise(at, 30.0, detail=2.0)
    near_end = n.math("ABSOLUTE", n.math("SUBTRACT", along, 0.5))
    ends = n.remap(n.math("MULTIPLY_ADD", patches, 0.12, near_end), 0.3, 0.55, (0.0, number_of(params, "ends", 0.5)))
    color = n.mix(ends, color_of(params, "color", (0.85, 0.6, 0.03)), color_of(params, "end_color", (0.6, 0.55, 0.04)))
    color = n.shade(color, n.remap(patches, 0.3, 0.7, (0.88, 1.06)))
    color = _bruises(n, params, at, along, color)
    size = number_of(params, "tip_size", 0.03)
    tip = n.remap(n.math("MULTIPLY_ADD", patches, 0.02, along), 1.0 - size, 1.01 - size * 0.5)
    color = n.mix(tip, color, color_of(params, "tip_color", (0.02, 0.01, 0.005)))
    n.surface(color, roughness=number_of(params, "roughness", 0.45))


def _bruises(n: Nodes, params: Params, at: Value, along: Value, color: Value) -> Value:
    spots, streaks = number_of(params, "spots", 0.0), number_of(params, "streaks", 0.0)
    brown = (0.09, 0.035, 0.01)
    if spots > 0:
        freckles = n.noise(at, number_of(params, "spot_scale", 250.0), detail=2.0, roughness=0.6)
        limit = 0.74 - 0.16 * spots
        color = n.mix(n.remap(freckles, limit, limit + 0.05, (0.0, 0.85)), color, brown)
    if streaks > 0:
        lines = n.noise(_meridians(n, along, 1.2), 6.0, detail=3.0, roughness=0.7)
        limit = 0.76 - 0.08 * streaks
        color = n.mix(n.remap(lines, limit, limit + 0.05, (0.0, 0.7)), color, brown)
    return color


def banana_stalk(n: Nodes, params: Params) -> None:
    """Colour of the neck down from a dry, dark cut."""
    along, fibres = n.attribute("along"), n.noise(_meridians(n, n.attribute("along"), 0.4), 10.0, detail=2.0)
    size = number_of(params, "cut_size", 0.2)
    cut = n.remap(n.math("MULTIPLY_ADD", fibres, 0.3, along), 0.15 + size, 0.15 + size * 1.6)
    color = n.mix(cut, color_of(params, "cut_color", (0.03, 0.02, 0.01)), color_of(params, "color", (0.5, 0.45, 0.05)))
    n.surface(n.shade(color, n.remap(fibres, 0.3, 0.7, (0.82, 1.08))), roughness=0.6)


def apple_flesh(n: Nodes, params: Params) -> None:
    """Cut apple: pale flesh, a line under the skin, the outline of the core and two pips."""
    r, z = n.attribute("section_r"), n.attribute("section_z")
    at, depth = n.coords(), n.attribute("depth")
    patches = n.noise(at, 60.0, detail=3.0)
    color = color_of(params, "color", (0.9, 0.83, 0.6))
    flesh = n.shade(color, n.remap(patches, 0.3, 0.7, (0.92, 1.03)))
    flesh = n.mix(n.remap(patches, 0.5, 0.8, (0.0, number_of(params, "browning", 0.2))), flesh, (0.4, 0.22, 0.07))
    core = _ellipse(n, r, z, 0.0, 0.48, 0.42, 0.3)
    line = n.math("ABSOLUTE", n.math("SUBTRACT", core, 1.0))
    flesh = n.mix(n.remap(line, 0.12, 0.02, (0.0, 0.22)), flesh, (0.5, 0.42, 0.14))
    flesh = n.mix(n.remap(r, 0.03, 0.01, (0.0, 0.35)), flesh, (0.5, 0.42, 0.14))
    pips = number_of(params, "pips", 0.0)
    if pips > 0:
        chamber = n.remap(_ellipse(n, r, z, 0.14, 0.47, 0.11, 0.15), 1.0, 0.85, (0.0, 0.45))
        flesh = n.mix(chamber, flesh, (0.42, 0.33, 0.12))
        flesh = n.mix(
            n.remap(_ellipse(n, r, z, 0.13, 0.45, 0.06, 0.1), 1.0, 0.85, (0.0, pips)), flesh, (0.05, 0.018, 0.006)
        )
    flesh = n.mix(n.remap(depth, 0.035, 0.01), flesh, (0.45, 0.4, 0.08))
    n.surface(flesh, roughness=0.45)


def _ellipse(n: Nodes, r: Value, z: Value, r0: float, z0: float, a: float, b: float) -> Value:
    """Distance from (r0, z0) in units of the half axes a, b: 1 on the ellipse."""
    across = n.math("MULTIPLY", n.math("SUBTRACT", r, r0), 1 / a)
    up = n.math("MULTIPLY", n.math("SUBTRACT", z, z0), 1 / b)
    return n.vector("LENGTH", n.combine(across, up))


def orange_face(n: Nodes, params: Params) -> None:
    """Orange cut across: segments between pale membranes, inside the pith."""
    x, y, _ = n.axes(n.position())
    angle, depth = n.math("ARCTAN2", y, x), n.attribute("depth")
    spread = n.math("SUBTRACT", 1.0, depth)
    wave = n.math("ABSOLUTE", n.math("SINE", n.math("MULTIPLY", angle, number_of(params, "segments", 10) / 2)))
    membrane = n.remap(n.math("MULTIPLY", wave, spread), 0.07, 0.025)
    # Juice sacs point to the middle, so their noise is stretched along the radius.
    where = n.combine(n.math("MULTIPLY", angle, 3.0), n.math("MULTIPLY", spread, 2.0))
    _pulp(n, params, n.noise(n.vector("ADD", where, n.offset), 5.0, detail=2.0), depth, membrane)


def orange_flesh(n: Nodes, params: Params) -> None:
    """Orange cut along its axis: one fan of juice sacs inside the pith."""
    depth, z = n.attribute("depth"), n.attribute("section_z")
    where = n.combine(n.math("MULTIPLY", depth, 1.5), n.math("MULTIPLY", z, 7.0))
    membrane = n.remap(depth, 0.9, 0.96)
    _pulp(n, params, n.noise(n.vector("ADD", where, n.offset), 3.0, detail=2.0), depth, membrane)


def _pulp(n: Nodes, params: Params, sacs: Value, depth: Value, membrane: Value) -> None:
    color, pith = color_of(params, "color", (0.9, 0.32, 0.01)), color_of(params, "pith", (0.93, 0.8, 0.5))
    juice = n.shade(color, n.remap(sacs, 0.3, 0.7, (0.8, 1.2)))
    width = number_of(params, "pith_width", 0.08)
    white = n.math("MAXIMUM", n.math("MULTIPLY", membrane, 0.75), n.remap(depth, width * 1.15, width))
    white = n.math("MAXIMUM", white, n.remap(depth, 0.93, 0.96))
    skin = n.remap(depth, 0.03, 0.015)
    out = n.mix(skin, n.mix(white, juice, pith), color)
    n.surface(out, roughness=n.remap(white, 0.0, 1.0, (0.25, 0.7)), normal=n.bump(sacs, distance_m=0.0006))


def banana_flesh(n: Nodes, params: Params) -> None:
    """Side of a peeled banana."""
    fibres = n.noise(n.coords(), 90.0, detail=2.0)
    color = n.shade(color_of(params, "color", (0.88, 0.76, 0.45)), n.remap(fibres, 0.3, 0.7, (0.9, 1.04)))
    n.surface(color, roughness=0.6)


def banana_face(n: Nodes, params: Params) -> None:
    """Slice of a banana: a paler rim, three chambers and a ring of tiny seeds."""
    x, y, _ = n.axes(n.position())
    depth = n.attribute("depth")
    three = n.math("MULTIPLY_ADD", n.math("COSINE", n.math("MULTIPLY", n.math("ARCTAN2", y, x), 3.0)), 0.08, depth)
    color = color_of(params, "color", (0.88, 0.76, 0.45))
    core = n.mix(n.remap(three, 0.45, 0.6), color, (0.8, 0.62, 0.25))
    seeds = n.math("MULTIPLY", n.remap(n.cells(n.coords(), 420.0), 0.2, 0.1), n.remap(three, 0.62, 0.7))
    n.surface(n.mix(seeds, core, (0.25, 0.14, 0.05)), roughness=0.5)


def stem(n: Nodes, params: Params) -> None:
    """Dry wood."""
    grain = n.noise(n.coords(), 700.0, detail=2.0)
    color = n.shade(color_of(params, "color", (0.12, 0.07, 0.03)), n.remap(grain, 0.3, 0.7, (0.5, 1.3)))
    n.surface(color, roughness=0.75)


def leaf(n: Nodes, params: Params) -> None:
    """Green blade with a pale midrib and side veins."""
    along, across = n.attribute("along"), n.attribute("across")
    side = n.math("ABSOLUTE", across)
    veins = n.math("SINE", n.math("MULTIPLY", n.math("MULTIPLY_ADD", side, -0.22, along), 55.0))
    color = color_of(params, "color", (0.1, 0.3, 0.03))
    pale = (color[0] * 1.6 + 0.05, color[1] * 1.4 + 0.05, color[2] * 1.4 + 0.01)
    rib = n.math("MAXIMUM", n.remap(veins, 0.9, 1.0, (0.0, 0.45)), n.remap(side, 0.1, 0.03))
    patches = n.noise(n.coords(), 60.0)
    blade = n.shade(n.mix(rib, color, pale), n.remap(patches, 0.3, 0.7, (0.8, 1.15)))
    n.surface(blade, roughness=number_of(params, "roughness", 0.4))


def tree_leaf(n: Nodes, params: Params) -> None:
    """A leaf among thousands: paler below, lit through from behind; attributes "along", "across" and "tone"."""
    color = color_of(params, "color", (0.07, 0.19, 0.02))
    below: Color = (0.55 * color[0] + 0.1, 0.55 * color[1] + 0.1, 0.55 * color[2] + 0.1)
    is_below = n.add("ShaderNodeNewGeometry").out("Backfacing")
    rib = n.remap(n.math("ABSOLUTE", n.attribute("across")), 0.14, 0.04, (0.0, 0.35), smooth=False)
    shown = n.mix(rib, n.mix(is_below, color, below), (0.3, 0.36, 0.14))
    tone = n.attribute("tone")
    shown = n.shade(n.tint(shown, hue=n.remap(tone, 0.0, 1.0, (0.515, 0.475))), n.remap(tone, 0.0, 1.0, (0.55, 1.35)))
    solid, through = n.add("ShaderNodeBsdfPrincipled"), n.add("ShaderNodeBsdfTranslucent")
    n.feed(solid, **{"Base Color": shown, "Roughness": number_of(params, "roughness", 0.4)})
    n.feed(through, Color=n.mix(0.5, shown, (0.3, 0.42, 0.04)))
    chooser = n.add("ShaderNodeMixShader")
    n.feed(chooser, number_of(params, "thin", 0.3), solid.out(), through.out())
    n.output(chooser.out())


def bark(n: Nodes, params: Params) -> None:
    """Bark with furrows along the branch and lichen."""
    at = n.coords()
    ridges = n.noise(_meridians(n, n.attribute("along"), 3.0), 4.0, detail=3.0, roughness=0.7)
    patches = n.noise(at, 14.0, detail=3.0)
    color = n.shade(color_of(params, "color", (0.14, 0.1, 0.07)), n.remap(ridges, 0.3, 0.7, (0.35, 1.3)))
    color = n.mix(n.remap(patches, 0.55, 0.68, (0.0, 0.5)), color, (0.26, 0.28, 0.2))
    n.surface(color, roughness=0.9, specular=0.2, normal=n.bump(ridges, distance_m=0.008))


def _meridians(n: Nodes, along: Value, stretch: float) -> Value:
    """Texture space in which features run along the object: around it quick, along it slow."""
    where = n.combine(n.attribute("around_cos"), n.attribute("around_sin"), n.math("MULTIPLY", along, stretch))
    return n.vector("ADD", where, n.offset)


def _around(value: float, spread: float) -> tuple[float, float]:
    return (max(value * (1 - spread), 0.02), value * (1 + spread))


SURFACES: dict[str, Builder] = {
    "apple_flesh": apple_flesh,
    "apple_skin": apple_skin,
    "banana_face": banana_face,
    "banana_flesh": banana_flesh,
    "banana_skin": banana_skin,
    "banana_stalk": banana_stalk,
    "bark": bark,
    "leaf": leaf,
    "orange_face": orange_face,
    "orange_flesh": orange_flesh,
    "orange_peel": orange_peel,
    "stem": stem,
    "tree_leaf": tree_leaf,
}
"""Surface kinds of this module by name."""
