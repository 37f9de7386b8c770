"""Surfaces of glasses, vases, donuts, carrots and flowers."""

from __future__ import annotations

from blender_scenes.materials.nodes import Builder, Nodes, Value
from blender_scenes.materials.params import Color, Params, color_of, flag_of, number_of, text_of

__all__ = ["SURFACES"]

WHITE: Color = (0.85, 0.85, 0.83)


def clear_glass(n: Nodes, params: Params) -> None:
    """Thin glass or a clear drink: `color`, `edge` (brightness of its outline), `ior` (how far it bends the view).

    Walls let rays straight through, as each of a glass's four would cost a refraction and a bounce. Only what the
    camera meets first refracts: a see-through shader there would leave no object number and no depth.
    """
    # A wall or a drink has two surfaces, and each takes its half of the colour.
    red, green, blue = (channel**0.5 for channel in color_of(params, "color", (0.95, 0.97, 0.96)))
    color, edge = (red, green, blue), number_of(params, "edge", 0.35)
    path = n.add("ShaderNodeLightPath")
    facing = n.facing(0.5)
    # Solid glass, as in a stem, is a stronger lens than a wall, and dark far into its outline.
    solid = n.attribute("solid")
    rim = n.math("POWER", facing, n.math("MULTIPLY_ADD", solid, -1.7, 3.0))
    dark: Color = (color[0] * edge, color[1] * edge, color[2] * edge)
    shown = n.mix(rim, color, dark)
    ior = n.math("MULTIPLY_ADD", solid, 0.25, number_of(params, "ior", 1.05))
    bent, straight, gloss = (n.add(f"ShaderNodeBsdf{name}") for name in ("Refraction", "Transparent", "Glossy"))
    n.feed(bent, Color=shown, Roughness=0.0, IOR=ior)
    n.feed(straight, Color=shown)
    n.feed(gloss, Color=(1.0, 1.0, 1.0), Roughness=number_of(params, "roughness", 0.03))
    first, lit, cast = (n.add("ShaderNodeMixShader") for _ in range(3))
    n.feed(first, n.remap(n.math("POWER", facing, 3.0), 0.0, 1.0, (0.04, 0.6), smooth=False), bent.out(), gloss.out())
    n.feed(lit, path.out("Is Camera Ray"), straight.out(), first.out())
    shade = n.add("ShaderNodeBsdfTransparent")
    n.feed(shade, Color=(0.95 * color[0], 0.95 * color[1], 0.95 * color[2]))
    n.feed(cast, path.out("Is Shadow Ray"), lit.out(), shade.out())
    n.output(cast.out())


def wine(n: Nodes, params: Params) -> None:
    """A drink too deep to see through: `color`, brighter where the layer is thin."""
    color = color_of(params, "color", (0.05, 0.002, 0.006))
    thin = n.math("POWER", n.facing(0.4), 4.0)
    n.surface(n.mix(thin, color, n.tint(color, saturation=1.1, value=2.0)), roughness=0.04)


def dough(n: Nodes, params: Params) -> None:
    """Fried dough: `color`, a `pale` belt around its middle, `sugar` on it (`fine` as powder), a `glaze` over it."""
    color, height = color_of(params, "color", (0.5, 0.22, 0.05)), n.attribute("height")
    patches = n.noise(n.coords(), 70.0, detail=3.0)
    light: Color = (0.5 * color[0] + 0.42, 0.5 * color[1] + 0.31, 0.5 * color[2] + 0.15)
    belt = n.math("ABSOLUTE", n.math("SUBTRACT", n.math("MULTIPLY_ADD", patches, 0.12, height), 0.52))
    shown = n.mix(n.remap(belt, 0.16, 0.05, (0.0, number_of(params, "pale", 0.5))), color, light)
    shown = n.shade(shown, n.remap(patches, 0.3, 0.7, (0.8, 1.12)))
    sugar, glaze = number_of(params, "sugar", 0.0), number_of(params, "glaze", 0.0)
    if glaze:
        film = n.remap(patches, 0.62, 0.4, (0.0, 0.2 * glaze))
        shown = n.mix(film, shown, (0.85, 0.72, 0.55))
    if sugar:
        grains = n.noise(n.coords(), 420.0 if flag_of(params, "fine", False) else 1100.0, detail=2.0)
        dusted = n.math("MULTIPLY_ADD", patches, 0.4, grains)
        shown = n.mix(n.remap(dusted, 0.85 - 0.3 * sugar, 0.95 - 0.25 * sugar, (0.0, 0.9)), shown, (0.88, 0.86, 0.82))
    n.surface(shown, roughness=0.6 - 0.42 * glaze, coat=0.5 * glaze)


def icing(n: Nodes, params: Params) -> None:
    """Sugar icing: `color`, with zigzag lines of `color_b` (`drizzle` radians a metre across)."""
    color: Value = color_of(params, "color", (0.7, 0.2, 0.35))
    drizzle = number_of(params, "drizzle", 0.0)
    at = n.coords()
    soft = n.noise(at, 45.0, detail=1.0)
    if drizzle:
        across = n.vector("DOT_PRODUCT", n.position(), (0.8, 0.6, 0.0))
        wave = n.math("SINE", n.math("MULTIPLY_ADD", across, drizzle, n.math("MULTIPLY", soft, 7.0)))
        color = n.mix(n.remap(wave, 0.62, 0.72), color, color_of(params, "color_b", WHITE))
    shown = n.shade(color, n.remap(soft, 0.3, 0.7, (0.9, 1.05)))
    n.surface(shown, roughness=number_of(params, "roughness", 0.25))


def crumb(n: Nodes, params: Params) -> None:
    """Bitten dough full of pores; `filled` shows `jam` around the height `middle_m`."""
    pores = n.cells(n.coords(), 380.0)
    color: Value = n.shade(color_of(params, "color", (0.85, 0.7, 0.4)), n.remap(pores, 0.0, 0.5, (0.55, 1.05)))
    if flag_of(params, "filled", False):
        _, _, z = n.axes(n.position())
        off = n.math("ABSOLUTE", n.math("SUBTRACT", z, number_of(params, "middle_m", 0.017)))
        ragged = n.math("MULTIPLY_ADD", n.noise(n.coords(), 120.0, detail=1.0), 0.01, off)
        color = n.mix(n.remap(ragged, 0.0135, 0.0115), color, color_of(params, "jam", (0.25, 0.005, 0.015)))
    n.surface(color, roughness=0.7)


_SPRINKLES: dict[str, tuple[Color, ...]] = {
    "rainbow": ((0.75, 0.02, 0.03), (0.9, 0.55, 0.02), (0.03, 0.35, 0.05), (0.02, 0.12, 0.6), (0.85, 0.85, 0.83),
                (0.8, 0.12, 0.35)),
    "chocolate": ((0.05, 0.018, 0.006), (0.08, 0.03, 0.012), (0.03, 0.01, 0.004)),
    "white": ((0.85, 0.85, 0.83), (0.8, 0.78, 0.7)),
    "pink": ((0.8, 0.2, 0.4), (0.85, 0.85, 0.83), (0.75, 0.06, 0.2)),
    "nuts": ((0.5, 0.28, 0.1), (0.7, 0.48, 0.22), (0.3, 0.14, 0.04)),
}  # fmt: skip


def sprinkles(n: Nodes, params: Params) -> None:
    """Sugar strands, each in one of the colours of `mix` by the attribute "tone"."""
    colors = _SPRINKLES[text_of(params, "mix", "rainbow")]
    stops = [(k / len(colors), color) for k, color in enumerate(colors)]
    n.surface(n.ramp(n.attribute("tone"), stops, interpolation="CONSTANT"), roughness=0.35)


def carrot_skin(n: Nodes, params: Params) -> None:
    """Carrot: fine rings across, paler creases, a `green` crown, `dirt`; `peeled` ones are smooth and bright."""
    color, along, at = color_of(params, "color", (0.75, 0.18, 0.01)), n.attribute("along"), n.coords()
    patches = n.noise(at, 55.0, detail=2.0)
    shown = n.shade(color, n.remap(patches, 0.3, 0.7, (0.84, 1.1)))
    if flag_of(params, "peeled", False):
        n.surface(shown, roughness=number_of(params, "roughness", 0.35))
        return
    where = n.combine(n.attribute("around_cos"), n.attribute("around_sin"), n.math("MULTIPLY", along, 60.0))
    rings = n.noise(n.vector("ADD", where, n.offset), 1.1, detail=2.0)
    shown = n.mix(n.remap(rings, 0.6, 0.68, (0.0, 0.55)), shown, n.shade(color, 0.55))
    shown = n.mix(n.remap(rings, 0.4, 0.32, (0.0, 0.35)), shown, (0.8, 0.45, 0.14))
    crown = n.remap(n.math("MULTIPLY_ADD", patches, 0.06, along), 0.09, 0.04, (0.0, number_of(params, "green", 0.4)))
    shown = n.mix(crown, shown, (0.16, 0.15, 0.03))
    dirt = number_of(params, "dirt", 0.0)
    if dirt:
        shown = n.mix(n.remap(patches, 0.65 - 0.25 * dirt, 0.75, (0.0, dirt)), shown, (0.09, 0.055, 0.03))
    n.surface(shown, roughness=number_of(params, "roughness", 0.4))


def petal(n: Nodes, params: Params) -> None:
    """Petals, leaves and stalks: `color` at the base, `color_b` at the end, each a little different by "tone"."""
    along = n.attribute("along")
    color = n.mix(along, color_of(params, "color", (0.1, 0.3, 0.03)), color_of(params, "color_b", (0.2, 0.4, 0.06)))
    tone = n.remap(n.attribute("tone"), 0.0, 1.0, (0.75, 1.2), smooth=False)
    n.surface(n.shade(color, tone), roughness=number_of(params, "roughness", 0.5), specular=0.3)


def vase_glaze(n: Nodes, params: Params) -> None:
    """Pottery: `color` with a `pattern` of `color_b`, `scale` features a metre, `count` bands.

    Patterns: none, porcelain, leaves, drip, bands, zigzag, crackle, speckle.
    """
    color: Value = color_of(params, "color", WHITE)
    pattern = text_of(params, "pattern", "none")
    soft = n.noise(n.coords(), 14.0, detail=2.0)
    if pattern != "none":
        color = n.mix(_pottery_mask(n, params, pattern, soft), color, color_of(params, "color_b", (0.02, 0.06, 0.3)))
    shown = n.shade(color, n.remap(soft, 0.3, 0.7, (0.88, 1.05)))
    n.surface(shown, roughness=number_of(params, "roughness", 0.15))


def _pottery_mask(n: Nodes, params: Params, pattern: str, soft: Value) -> Value:
    """0..1 where the second colour is."""
    along, scale, count = n.attribute("along"), number_of(params, "scale", 40.0), number_of(params, "count", 5.0)
    x, y, _ = n.axes(n.position())
    turn = n.math("ARCTAN2", y, x)
    if pattern == "drip":
        # Runs of the upper glaze hang down by noise that changes around the vase only.
        runs = n.noise(
            n.vector("ADD", n.combine(n.math("COSINE", turn), n.math("SINE", turn)), n.offset), 2.5, detail=2.0
        )
        return n.remap(n.math("MULTIPLY_ADD", runs, -0.8, along), 0.1, 0.16)
    if pattern == "speckle":
        return n.remap(n.noise(n.coords(), 14.0 * scale, detail=1.0), 0.66, 0.7)
    if pattern == "crackle":
        return n.remap(n.cells(n.coords(), 2.0 * scale, output="edge"), 0.04, 0.015, (0.0, 0.7))
    if pattern == "bands":
        return n.math("GREATER_THAN", n.math("FRACT", n.math("MULTIPLY", along, count)), 0.72)
    if pattern == "zigzag":
        tooth = n.math("PINGPONG", n.math("MULTIPLY", turn, 8 / 3.14159265), 0.5)
        line = n.math("FRACT", n.math("MULTIPLY_ADD", along, count, tooth))
        belt = n.math("LESS_THAN", n.math("ABSOLUTE", n.math("SUBTRACT", along, 0.6)), 0.2)
        return n.math("MULTIPLY", n.math("GREATER_THAN", line, 0.6), belt)
    # Brushwork: thin lines where noise passes its mean, and blots where it is high.
    brush = n.noise(n.coords(), scale, detail=1.0, distortion=1.5)
    lines = n.remap(n.math("ABSOLUTE", n.math("SUBTRACT", brush, 0.5)), 0.028, 0.014)
    marks = n.math("MAXIMUM", lines, n.remap(brush, 0.62, 0.64))
    if pattern == "leaves":
        return n.math("MULTIPLY", marks, n.remap(soft, 0.48, 0.52))
    field = n.math("LESS_THAN", n.math("ABSOLUTE", n.math("SUBTRACT", along, 0.48)), 0.34)
    rims = n.math("LESS_THAN", n.math("ABSOLUTE", n.math("SUBTRACT", n.math("PINGPONG", along, 0.5), 0.1)), 0.012)
    return n.math("MAXIMUM", n.math("MULTIPLY", marks, field), rims)


SURFACES: dict[str, Builder] = {
    "carrot_skin": carrot_skin,
    "clear_glass": clear_glass,
    "crumb": crumb,
    "dough": dough,
    "icing": icing,
    "petal": petal,
    "sprinkles": sprinkles,
    "vase_glaze": vase_glaze,
    "wine": wine,
}
"""Surface kinds of this module by name."""
