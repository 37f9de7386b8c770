"""Skin, faces, hair and worn cloth. Faces and prints lie on places in the head's and the upright body's frame."""

from __future__ import annotations

from blender_scenes.materials.nodes import Builder, Nodes, Socket, Value
from blender_scenes.materials.params import Color, Params, color_of, flag_of, number_of, text_of

__all__ = ["SURFACES"]

SKIN: Color = (0.6, 0.38, 0.28)
DARK: Color = (0.015, 0.01, 0.008)
EYE_Y, EYE_Z = 0.0315, 0.004
"""Middle of the left eye in the head's frame, metres."""
MOUTH_Z = -0.067


def _flesh(n: Nodes, params: Params) -> Socket:
    """Skin with redder and paler patches and fine spots."""
    color = color_of(params, "color", SKIN)
    patches = n.remap(n.noise(n.coords(), 9.0, detail=3.0), 0.35, 0.65, (0.0, 0.3))
    redder: Color = (min(color[0] * 1.04, 0.95), color[1] * 0.86, color[2] * 0.84)
    shown = n.mix(patches, color, redder)
    return n.shade(shown, n.remap(n.noise(n.coords(), 160.0, detail=1.0), 0.3, 0.7, (0.94, 1.05)))


def _end_of_skin(n: Nodes, color: Value, *, roughness: Value = 0.5, wrinkles: float = 0.0) -> None:
    pores = n.bump(n.noise(n.coords(), 420.0, detail=1.0), distance_m=0.0004, strength=0.35)
    normal = pores
    if wrinkles > 0.05:
        lines = n.noise(n.coords((40.0, 40.0, 170.0)), 1.0, detail=2.0, distortion=0.6)
        normal = n.bump(lines, distance_m=0.003, strength=0.6 * wrinkles, normal=pores)
    n.surface(color, roughness=roughness, specular=0.4, sheen=0.05, normal=normal)


def skin(n: Nodes, params: Params) -> None:
    """Bare skin of `color`."""
    _end_of_skin(n, _flesh(n, params))


def face(n: Nodes, params: Params) -> None:
    """A face over `face_x`, `face_y` and `face_z`: eyes with `iris`, `brows`, `lips`, `stubble` and `wrinkles`."""
    x, y, z = (n.attribute(f"face_{axis}") for axis in "xyz")
    side, front = n.math("ABSOLUTE", y), n.math("GREATER_THAN", x, 0.03)
    small = number_of(params, "small", 1.0)
    shown: Value = _flesh(n, params)
    shown = _stubble(n, params, shown, x, z)
    shown = _lips(n, params, shown, side, z, front, small)
    shown = _brows(n, params, shown, side, z, front)
    shown, wet = _eyes(n, params, shown, side, z, front)
    roughness = n.remap(wet, 0.0, 1.0, (0.48, 0.12), smooth=False)
    _end_of_skin(n, shown, roughness=roughness, wrinkles=number_of(params, "wrinkles", 0.0))


def _stubble(n: Nodes, params: Params, shown: Value, x: Value, z: Value) -> Value:
    strength = number_of(params, "stubble", 0.0)
    if strength <= 0:
        return shown
    low = n.math("MULTIPLY", n.remap(z, -0.056, -0.044, (1.0, 0.0)), n.remap(x, -0.005, 0.015))
    grain = n.remap(n.noise(n.coords(), 600.0, detail=0.0), 0.4, 0.6, (0.45, 0.8))
    factor = n.math("MULTIPLY", n.math("MULTIPLY", low, grain), strength)
    return n.mix(factor, shown, color_of(params, "brows", DARK))


def _lips(n: Nodes, params: Params, shown: Value, side: Value, z: Value, front: Value, small: float) -> Value:
    over = n.math("DIVIDE", n.math("SUBTRACT", z, MOUTH_Z * small), 0.0112)
    wide = n.math("DIVIDE", side, 0.0255 * small)
    away = n.math("ADD", n.math("MULTIPLY", over, over), n.math("MULTIPLY", wide, wide))
    mouth = n.math("MULTIPLY", n.remap(away, 0.7, 1.05, (0.85, 0.0)), front)
    shown = n.mix(mouth, shown, color_of(params, "lips", (0.4, 0.15, 0.14)))
    line = n.math("MULTIPLY", n.remap(n.math("ABSOLUTE", over), 0.06, 0.2, (0.8, 0.0)), n.math("LESS_THAN", wide, 1.0))
    return n.mix(n.math("MULTIPLY", line, front), shown, (0.06, 0.02, 0.02))


def _brows(n: Nodes, params: Params, shown: Value, side: Value, z: Value, front: Value) -> Value:
    off = n.math("DIVIDE", n.math("SUBTRACT", side, 0.031), 0.0215)
    bend = n.math("MULTIPLY_ADD", n.math("MULTIPLY", off, off), -0.0035, 0.0255)
    rough = n.noise(n.combine(n.math("MULTIPLY", side, 260.0), n.math("MULTIPLY", z, 260.0)), 1.0, detail=1.0)
    half = n.math(
        "MULTIPLY", n.remap(off, -1.1, 1.1, (0.0048, 0.0026), smooth=False), number_of(params, "brow_width", 1.0)
    )
    away = n.math("DIVIDE", n.math("ABSOLUTE", n.math("SUBTRACT", z, bend)), half)
    hairs = n.remap(n.math("MULTIPLY_ADD", rough, 0.9, away), 0.9, 1.5, (0.85, 0.0))
    ends = n.remap(n.math("ABSOLUTE", off), 0.85, 1.1, (1.0, 0.0))
    return n.mix(n.math("MULTIPLY", n.math("MULTIPLY", hairs, ends), front), shown, color_of(params, "brows", DARK))


def _eyes(n: Nodes, params: Params, shown: Value, side: Value, z: Value, front: Value) -> tuple[Value, Value]:
    """The colour with eyes, and where it is wet."""
    along, up = n.math("SUBTRACT", side, EYE_Y), n.math("SUBTRACT", z, EYE_Z)
    off = n.math("DIVIDE", along, 0.0150)
    lid = n.math("MULTIPLY", n.math("SUBTRACT", 1.0, n.math("MULTIPLY", off, off)), 0.0066)
    # An upper lid is more bent than a lower one.
    height = n.math("MULTIPLY", up, n.remap(up, -0.001, 0.001, (1.25, 1.0), smooth=False))
    over = n.math("SUBTRACT", n.math("ABSOLUTE", height), lid)
    opened = n.math("MULTIPLY", n.math("LESS_THAN", over, 0.0), front)
    reach = n.vector("LENGTH", n.combine(along, up))
    iris = n.mix(n.remap(reach, 0.0026, 0.0034), DARK, color_of(params, "iris", (0.05, 0.03, 0.02)))
    ball = n.mix(n.remap(reach, 0.0056, 0.0066), iris, (0.62, 0.58, 0.55))
    ball = n.shade(ball, n.remap(up, -0.001, 0.006, (1.0, 0.45)))
    shadow = n.math("MULTIPLY", n.remap(over, 0.0, 0.007, (0.38, 0.0)), front)
    shown = n.mix(shadow, shown, n.shade(color_of(params, "color", SKIN), 0.35))
    shown = n.mix(opened, shown, ball)
    lash = n.math(
        "MULTIPLY", n.remap(n.math("ABSOLUTE", over), 0.0007, 0.0022, (1.0, 0.0)), n.math("GREATER_THAN", up, 0.0004)
    )
    lash = n.math("MULTIPLY", n.math("MULTIPLY", lash, front), 0.45 + 0.5 * number_of(params, "lashes", 0.4))
    return n.mix(lash, shown, DARK), opened


def hair(n: Nodes, params: Params) -> None:
    """Strands of `color` that run down, or curls (`curl` 1)."""
    color = color_of(params, "color", (0.05, 0.03, 0.02))
    if number_of(params, "curl", 0.0) > 0.5:
        strands = n.noise(n.coords(), 330.0, detail=2.0, distortion=0.8)
    else:
        at = n.combine(
            *(
                n.math("MULTIPLY", n.attribute(f"face_{axis}"), scale)
                for axis, scale in zip("xyz", (210.0, 210.0, 22.0), strict=True)
            )
        )
        strands = n.noise(n.vector("ADD", at, n.offset), 1.0, detail=3.0, roughness=0.65, distortion=0.3)
    locks = n.noise(n.coords(), 45.0, detail=2.0)
    tone = n.math("ADD", n.remap(strands, 0.3, 0.7, (0.35, 1.25)), n.remap(locks, 0.3, 0.7, (-0.25, 0.35)))
    normal = n.bump(strands, distance_m=0.004, strength=0.9)
    n.surface(n.shade(color, tone), roughness=0.42, specular=0.35, sheen=0.1, normal=normal)


def worn_cloth(n: Nodes, params: Params) -> None:
    """Cloth on a body: `pattern` of up to three colours in the upright body, folds, `weave`; a hat's where `head`."""
    first = color_of(params, "color", (0.3, 0.3, 0.32))
    on_head = flag_of(params, "head", False)
    shown: Value = first
    faded: Value = 1.0
    if not on_head:
        xyz = tuple(n.attribute(f"rest_{axis}") for axis in "xyz")
        shown, faded = _printed(n, params, xyz)
    soft = n.remap(n.noise(n.coords(), 7.0, detail=3.0), 0.3, 0.7, (0.86, 1.06))
    fine = n.noise(n.coords(), 900.0, detail=0.0)
    folds = n.bump(
        n.noise(n.coords((13.0, 13.0, 6.0)), 1.0, detail=2.0, distortion=0.7), distance_m=0.018, strength=0.4
    )
    weave = number_of(params, "weave", 0.4)
    knit = n.noise(n.coords(), 240.0, detail=1.0) if weave > 0.9 else fine
    normal = n.bump(knit, distance_m=0.0012 if weave > 0.9 else 0.0005, strength=min(weave, 1.0), normal=folds)
    color = n.shade(n.shade(n.shade(shown, soft), faded), n.remap(fine, 0.3, 0.7, (0.9, 1.08)))
    n.surface(color, roughness=number_of(params, "roughness", 0.9), specular=0.25, sheen=0.15, normal=normal)


def _bands(n: Nodes, value: Value, size_m: float) -> Value:
    return n.math("GREATER_THAN", n.math("FRACT", n.math("DIVIDE", n.math("ADD", value, 7.0), 2 * size_m)), 0.5)


def _printed(n: Nodes, params: Params, xyz: tuple[Value, ...]) -> tuple[Value, Value]:
    """Colour of a print at places in the upright body, and by what it is faded."""
    x, y, z = xyz
    first, second, third = (color_of(params, f"color{tail}", (0.5, 0.5, 0.5)) for tail in ("", "_2", "_3"))
    pattern, size_m = text_of(params, "pattern", "plain"), number_of(params, "size_m", 0.03)
    at = n.vector("ADD", n.combine(x, y, z), n.offset)
    ahead = n.math("GREATER_THAN", x, 0.0)
    if pattern == "stripes":
        return n.mix(_bands(n, y, 0.35 * size_m), first, second), 1.0
    if pattern == "hoops":
        return n.mix(_bands(n, z, size_m), first, second), 1.0
    if pattern == "checks":
        both = n.math("MULTIPLY", n.math("ADD", _bands(n, y, 0.4 * size_m), _bands(n, z, 0.4 * size_m)), 0.5)
        return n.mix(both, first, second), 1.0
    if pattern == "plaid":
        broad = n.math("MULTIPLY", n.math("ADD", _bands(n, y, size_m), _bands(n, z, size_m)), 0.5)
        thin = [
            n.math("LESS_THAN", n.math("FRACT", n.math("DIVIDE", n.math("ADD", v, 7.0), 2 * size_m)), 0.08)
            for v in (y, z)
        ]
        return n.mix(n.math("MAXIMUM", *thin), n.mix(broad, first, second), third), 1.0
    if pattern == "dots":
        return n.mix(n.math("LESS_THAN", n.cells(at, 0.5 / size_m, randomness=0.0), 0.3), first, second), 1.0
    if pattern == "flowers":
        away = n.cells(at, 0.5 / size_m)
        bloom = n.mix(n.math("LESS_THAN", away, 0.14), second, third)
        return n.mix(n.math("LESS_THAN", away, 0.34), first, bloom), 1.0
    if pattern == "blocks":
        return n.mix(n.math("GREATER_THAN", z, 0.3 + 2.5 * (size_m - 0.036)), first, second), 1.0
    if pattern == "logo":
        return _logo(n, y, z, ahead, size_m, (first, second)), 1.0
    if pattern == "opened":
        gap = n.math("ABSOLUTE", n.math("MULTIPLY_ADD", z, -0.05, n.math("ABSOLUTE", y)))
        inside = n.math("MULTIPLY", n.math("LESS_THAN", gap, 0.012 + 0.7 * size_m), ahead)
        return n.mix(inside, first, second), n.remap(n.math("MULTIPLY", inside, gap), 0.0, 0.01, (1.0, 0.9))
    if pattern == "safety":
        bands = [n.math("COMPARE", z, level, 0.024) for level in (0.1, 0.24)]
        straps = n.math(
            "MULTIPLY", n.math("COMPARE", n.math("ABSOLUTE", y), 0.1, 0.022), n.math("GREATER_THAN", z, 0.1)
        )
        return n.mix(n.math("MAXIMUM", n.math("MAXIMUM", *bands), straps), first, second), 1.0
    if pattern == "side_stripe":
        return n.mix(n.math("GREATER_THAN", n.math("ABSOLUTE", y), 0.142), first, second), 1.0
    if pattern == "denim":
        worn = n.math(
            "MULTIPLY",
            n.remap(x, 0.02, 0.08),
            n.remap(n.math("ABSOLUTE", n.math("ADD", z, 0.3)), 0.05, 0.35, (1.0, 0.0)),
        )
        grain = n.noise(n.vector("MULTIPLY", at, (500.0, 500.0, 60.0)), 1.0, detail=1.0)
        return first, n.math("ADD", n.remap(worn, 0.0, 1.0, (0.92, 1.5)), n.remap(grain, 0.3, 0.7, (-0.14, 0.14)))
    return first, 1.0


def _logo(n: Nodes, y: Value, z: Value, ahead: Value, size_m: float, colors: tuple[Color, Color]) -> Value:
    """Bars and letters on the chest, more or less large."""
    half = 0.035 + 1.1 * size_m
    place = n.combine(
        n.math("DIVIDE", n.math("ADD", y, 4.0), 0.25 * half), n.math("DIVIDE", n.math("ADD", z, 4.0), 0.5 * half)
    )
    cells = n.math("GREATER_THAN", n.white_noise(n.vector("FLOOR", n.vector("ADD", place, n.offset))), 0.42)
    box = n.math("MULTIPLY", n.math("COMPARE", y, 0.0, half), n.math("COMPARE", z, 0.35, 0.5 * half))
    return n.mix(n.math("MULTIPLY", n.math("MULTIPLY", box, cells), ahead), *colors)


SURFACES: dict[str, Builder] = {"face": face, "hair": hair, "skin": skin, "worn_cloth": worn_cloth}
"""Surface kinds of this module by name."""
