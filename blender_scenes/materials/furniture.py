"""Surfaces of furniture and potted plants: timber, upholstery, leather, wicker, clay, soil and leaves."""

from __future__ import annotations

from blender_scenes.materials.nodes import Builder, Nodes, Socket, Value
from blender_scenes.materials.params import Params, color_of, flag_of, number_of, text_of

__all__ = ["SURFACES"]


def timber(n: Nodes, params: Params) -> None:
    """Boards with their grain along each (attributes of `joinery.grained`): `color`, `dark_color`, `figure`, `worn`."""
    light, dark = color_of(params, "color", (0.42, 0.24, 0.11)), color_of(params, "dark_color", (0.2, 0.1, 0.04))
    figure, worn = number_of(params, "figure", 0.6), number_of(params, "worn", 0.0)
    at = n.combine(*(n.attribute(name) for name in ("grain_along", "grain_across", "grain_deep")))
    rings = n.noise(n.vector("MULTIPLY_ADD", at, (1.6, 22.0, 22.0), n.offset), 1.0, detail=3.0, distortion=0.5)
    shown = n.mix(n.remap(rings, 0.36, 0.66, (0.0, figure)), light, dark)
    shown = n.shade(shown, n.remap(n.attribute("tone"), 0.0, 1.0, (1 - 0.35 * figure, 1 + 0.15 * figure), smooth=False))
    if worn:
        patches = n.noise(n.coords((3.0, 3.0, 3.0)), 1.5, detail=4.0, roughness=0.7)
        bare = n.remap(patches, 0.72 - 0.3 * worn, 0.78 - 0.3 * worn)
        shown = n.mix(n.math("MULTIPLY", bare, 0.8), shown, color_of(params, "bare_color", (0.3, 0.26, 0.21)))
    normal = n.bump(rings, distance_m=0.0015, strength=0.3) if figure > 0.3 else None
    n.surface(shown, roughness=number_of(params, "roughness", 0.4), normal=normal)


def upholstery(n: Nodes, params: Params) -> None:
    """Cloth over padding: `pattern` plain, stripes, checks, floral, dots, tweed or ribs; `wrinkle` in metres deep."""
    first, second = color_of(params, "color", (0.4, 0.38, 0.35)), color_of(params, "color_2", (0.1, 0.1, 0.12))
    pattern, size_m = text_of(params, "pattern", "plain"), number_of(params, "size_m", 0.05)
    wrinkle_m = number_of(params, "wrinkle_m", 0.006)
    folds = n.noise(n.coords(), number_of(params, "fold_scale", 7.0), detail=3.0, distortion=0.6)
    color: Value = _cloth(n, params, first, second, pattern, size_m)
    color = n.shade(color, n.remap(folds, 0.3, 0.7, (0.92, 1.04)))
    normal: Socket | None = n.bump(folds, distance_m=wrinkle_m) if wrinkle_m else None
    if pattern == "ribs":
        u, _, _ = n.axes(n.flat())
        normal = n.bump(n.math("PINGPONG", n.math("DIVIDE", u, size_m * 0.3), 0.5), distance_m=0.006, normal=normal)
    tuft_m = number_of(params, "tuft_m", 0.0)
    if tuft_m:
        color, normal = _tufted(n, color, tuft_m)
    roughness = number_of(params, "roughness", 0.9)
    n.surface(color, roughness=roughness, specular=0.3, sheen=number_of(params, "sheen", 0.2), normal=normal)


def _cloth(n: Nodes, params: Params, first: Value, second: Value, pattern: str, size_m: float) -> Value:
    u, v, _ = n.axes(n.flat())
    if pattern in ("stripes", "checks"):
        bands = [n.math("GREATER_THAN", n.math("FRACT", n.math("DIVIDE", t, 2 * size_m)), 0.5) for t in (u, v)]
        both = n.math("MULTIPLY", n.math("ADD", *bands), 0.5)
        return n.mix(bands[0] if pattern == "stripes" else both, first, second)
    if pattern == "dots":
        spots = n.cells(n.flat(), 1 / size_m, randomness=0.0)
        return n.mix(n.math("LESS_THAN", spots, 0.28), first, second)
    if pattern == "floral":
        petals = n.cells(n.flat(), 0.6 / size_m)
        inner = n.mix(n.math("LESS_THAN", petals, 0.14), second, color_of(params, "color_3", (0.5, 0.4, 0.1)))
        return n.mix(n.remap(petals, 0.36, 0.32), first, inner)
    if pattern == "tweed":
        return n.mix(n.remap(n.noise(n.coords(), 180.0, detail=1.0), 0.4, 0.6), first, second)
    return first


def _tufted(n: Nodes, color: Value, tuft_m: float) -> tuple[Value, Socket]:
    """Buttons on a diamond grid: the folds between them darken and dent the cover."""
    u, v, _ = n.axes(n.flat())
    slants = [
        n.math(sign, n.math("DIVIDE", u, tuft_m), n.math("DIVIDE", v, tuft_m * 1.2)) for sign in ("ADD", "SUBTRACT")
    ]
    waves = [n.math("ABSOLUTE", n.math("SINE", n.math("MULTIPLY", s, 3.14159))) for s in slants]
    puff = n.math("POWER", n.math("MULTIPLY", *waves), 0.35)
    return n.shade(color, n.remap(puff, 0.0, 0.6, (0.45, 1.0))), n.bump(puff, distance_m=tuft_m * 0.28)


def leather(n: Nodes, params: Params) -> None:
    """Hide or imitation: `color`, creased by `wrinkle_m`, rubbed lighter by `worn`, buttoned on a grid of `tuft_m`."""
    color: Value = color_of(params, "color", (0.1, 0.04, 0.02))
    creases = n.noise(n.coords(), 9.0, detail=4.0, roughness=0.6, distortion=1.0)
    worn = number_of(params, "worn", 0.3)
    color = n.shade(color, n.remap(creases, 0.3, 0.7, (1 - 0.35 * worn, 1 + 0.3 * worn)))
    normal = n.bump(creases, distance_m=1.5 * number_of(params, "wrinkle_m", 0.006))
    tuft_m = number_of(params, "tuft_m", 0.0)
    if tuft_m:
        color, normal = _tufted(n, color, tuft_m)
    roughness = number_of(params, "roughness", 0.38)
    n.surface(color, roughness=n.remap(creases, 0.3, 0.7, (roughness - 0.08, roughness + 0.1)), normal=normal)


def wicker(n: Nodes, params: Params) -> None:
    """Woven cane or rush: strands `size_m` wide, over and under."""
    color, dark = color_of(params, "color", (0.45, 0.28, 0.13)), color_of(params, "dark_color", (0.08, 0.04, 0.02))
    size_m = number_of(params, "size_m", 0.012)
    u, v, _ = n.axes(n.flat())
    if flag_of(params, "round", False):
        x, y, v = n.axes(n.position())
        u = n.math("MULTIPLY", n.math("ARCTAN2", y, x), number_of(params, "radius_m", 0.15))
    cell = n.math("DIVIDE", u, size_m * 2.2)
    row = n.math("DIVIDE", v, size_m)
    shift = n.math("MULTIPLY", n.math("FLOOR", row), 0.5)
    over = n.math("PINGPONG", n.math("ADD", cell, shift), 0.5)
    strand = n.math("PINGPONG", row, 0.5)
    height = n.math("MULTIPLY", n.math("POWER", n.math("MULTIPLY", over, 2.0), 0.5), n.math("MULTIPLY", strand, 2.0))
    tone = n.white_noise(n.combine(n.math("FLOOR", row), n.math("FLOOR", n.math("ADD", cell, shift))))
    shown = n.shade(color, n.remap(tone, 0.0, 1.0, (0.75, 1.1), smooth=False))
    n.surface(
        n.mix(n.remap(height, 0.1, 0.6), dark, shown), roughness=0.6, normal=n.bump(height, distance_m=size_m * 0.5)
    )


def terracotta(n: Nodes, params: Params) -> None:
    """Unglazed clay, paler where lime has bloomed (`lime`), darker where it is wet towards the foot."""
    color, lime = color_of(params, "color", (0.45, 0.16, 0.07)), number_of(params, "lime", 0.3)
    patches = n.noise(n.coords(), 14.0, detail=4.0, roughness=0.65)
    bloom = n.math("MULTIPLY", n.remap(patches, 0.7 - 0.35 * lime, 0.85 - 0.2 * lime), 0.7)
    shown = n.mix(bloom, n.shade(color, n.remap(patches, 0.3, 0.7, (0.8, 1.1))), (0.6, 0.52, 0.45))
    n.surface(shown, roughness=0.85, specular=0.2)


def potting_soil(n: Nodes, params: Params) -> None:
    """Crumbs of peat or bark: `color`."""
    crumbs = n.noise(n.coords(), 90.0, detail=3.0, roughness=0.7)
    shown = n.shade(color_of(params, "color", (0.04, 0.025, 0.016)), n.remap(crumbs, 0.3, 0.7, (0.4, 1.8)))
    n.surface(shown, roughness=0.95, specular=0.1, normal=n.bump(crumbs, distance_m=0.012))


def blade(n: Nodes, params: Params) -> None:
    """A leaf with "along" and "across": `pattern` veined, margin, banded, splashed or plain, `color` and `color_2`.

    The attribute "tone" (0..1) makes each leaf lighter or darker.
    """
    color, second = color_of(params, "color", (0.06, 0.2, 0.03)), color_of(params, "color_2", (0.5, 0.5, 0.15))
    pattern = text_of(params, "pattern", "plain")
    side = n.math("ABSOLUTE", n.attribute("across"))
    mask: Value = 0.0
    if pattern == "veined":
        veins = n.math("SINE", n.math("MULTIPLY", n.math("MULTIPLY_ADD", side, -0.2, n.attribute("along")), 60.0))
        mask = n.math("MAXIMUM", n.remap(veins, 0.8, 1.0, (0.0, 0.35)), n.remap(side, 0.12, 0.04, (0.0, 0.7)))
    elif pattern == "margin":
        mask = n.remap(side, 0.6, 0.72)
    elif pattern == "banded":
        waver = n.noise(n.coords(), 40.0, detail=2.0)
        bands = n.math("SINE", n.math("MULTIPLY_ADD", n.attribute("along"), 70.0, n.math("MULTIPLY", waver, 14.0)))
        mask = n.remap(bands, 0.1, 0.6)
    elif pattern == "splashed":
        mask = n.remap(n.noise(n.coords(), 35.0, detail=3.0), 0.52, 0.58)
    shown = n.mix(mask, color, second) if mask != 0.0 else color
    shown = n.shade(shown, n.remap(n.attribute("tone"), 0.0, 1.0, (0.62, 1.25), smooth=False))
    dry = number_of(params, "dry", 0.0)
    if dry:
        shown = n.mix(n.remap(n.attribute("along"), 1.0 - dry, 1.0, (0.0, 0.8)), shown, (0.24, 0.14, 0.05))
    n.surface(shown, roughness=number_of(params, "roughness", 0.4))


def cactus_skin(n: Nodes, params: Params) -> None:
    """Green flesh, paler along the ribs' crests (attribute "crest")."""
    color = color_of(params, "color", (0.06, 0.16, 0.05))
    crest = n.remap(n.attribute("crest"), 0.3, 1.0)
    patches = n.noise(n.coords(), 25.0, detail=2.0)
    shown = n.mix(n.math("MULTIPLY", crest, 0.4), color, color_of(params, "color_2", (0.3, 0.38, 0.16)))
    n.surface(n.shade(shown, n.remap(patches, 0.3, 0.7, (0.75, 1.1))), roughness=0.5)


SURFACES: dict[str, Builder] = {
    "blade": blade,
    "cactus_skin": cactus_skin,
    "leather": leather,
    "potting_soil": potting_soil,
    "terracotta": terracotta,
    "timber": timber,
    "upholstery": upholstery,
    "wicker": wicker,
}
"""Surface kinds of this module by name."""
