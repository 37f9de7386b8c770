"""Surfaces that any object may wear: what man-made things are made of."""

from __future__ import annotations

from blender_scenes.materials.nodes import Builder, Nodes, Socket
from blender_scenes.materials.params import Color, Params, color_of, number_of, text_of

__all__ = ["SURFACES"]

GREY: Color = (0.8, 0.8, 0.8)


def plain(n: Nodes, params: Params) -> None:
    """One colour. `emission` lifts a white backdrop to pure white; `variation` adds soft patches."""
    color = color_of(params, "color", GREY)
    variation = number_of(params, "variation", 0.0)
    shown = n.shade(color, n.remap(n.noise(n.coords(), 1.5), 0.3, 0.7, (1 - variation, 1.0))) if variation else color
    n.surface(
        shown,
        roughness=number_of(params, "roughness", 0.6),
        specular=number_of(params, "specular", 0.5),
        emission=number_of(params, "emission", 0.0),
    )


def plastic(n: Nodes, params: Params) -> None:
    """Coloured plastic with a fine `grain`."""
    grain = number_of(params, "grain", 0.2)
    roughness = number_of(params, "roughness", 0.3)
    fine = n.noise(n.coords(), 900.0, detail=1.0)
    smudge = n.remap(n.noise(n.coords(), 12.0), 0.3, 0.7, (max(roughness - 0.08, 0.02), roughness + 0.1))
    n.surface(
        color_of(params, "color", (0.05, 0.2, 0.6)),
        roughness=smudge,
        coat=number_of(params, "coat", 0.0),
        normal=n.bump(fine, distance_m=0.0004, strength=grain) if grain else None,
    )


def rubber(n: Nodes, params: Params) -> None:
    """Matt rubber with dust."""
    color = color_of(params, "color", (0.03, 0.03, 0.03))
    dust = n.remap(n.noise(n.coords(), 25.0, detail=4.0), 0.45, 0.75, (0.0, 0.25))
    n.surface(n.mix(dust, color, (0.3, 0.28, 0.25)), roughness=number_of(params, "roughness", 0.7), specular=0.3)


def metal(n: Nodes, params: Params) -> None:
    """Bare metal; `wear` dulls it in patches."""
    roughness, wear = number_of(params, "roughness", 0.25), number_of(params, "wear", 0.3)
    patches = n.noise(n.coords(), 18.0, detail=4.0, roughness=0.6)
    dull = n.remap(patches, 0.35, 0.7, (roughness, roughness + 0.4 * wear))
    color = n.shade(color_of(params, "color", GREY), n.remap(patches, 0.3, 0.7, (1 - 0.3 * wear, 1.0)))
    n.surface(color, roughness=dull, metallic=1.0)


def brushed_metal(n: Nodes, params: Params) -> None:
    """Metal with fine lines along object x."""
    roughness = number_of(params, "roughness", 0.35)
    lines = n.noise(n.coords((4.0, 600.0, 600.0)), 1.0, detail=2.0)
    rough = n.remap(lines, 0.3, 0.7, (roughness * 0.7, roughness * 1.3))
    normal = n.bump(lines, distance_m=0.0002, strength=0.4)
    n.surface(color_of(params, "color", (0.6, 0.6, 0.62)), roughness=rough, metallic=1.0, normal=normal)


def glass(n: Nodes, params: Params) -> None:
    """Refracting glass that lets lamps through as if it were thin: true shadows of glass need caustics.

    Up to the height `drink_m` it shows `drink_color`: what is behind three more surfaces is beyond our longest paths.
    """
    color = color_of(params, "color", (0.95, 0.98, 0.96))
    solid, clear = n.add("ShaderNodeBsdfGlass"), n.add("ShaderNodeBsdfTransparent")
    roughness, ior = number_of(params, "roughness", 0.0), number_of(params, "ior", 1.45)
    n.feed(solid, Color=color, Roughness=roughness, IOR=ior)
    n.feed(clear, Color=tuple(0.9 * channel for channel in color))
    chooser = n.add("ShaderNodeMixShader")
    n.feed(chooser, n.add("ShaderNodeLightPath").out("Is Shadow Ray"), solid.out(), clear.out())
    drink_m = number_of(params, "drink_m", 0.0)
    if drink_m:
        filled = n.add("ShaderNodeBsdfPrincipled")
        n.feed(filled, **{"Base Color": color_of(params, "drink_color", GREY), "Roughness": 0.05, "Coat Weight": 0.3})
        level = n.add("ShaderNodeMixShader")
        n.feed(level, n.math("LESS_THAN", n.axes(n.position())[2], drink_m), chooser.out(), filled.out())
        n.output(level.out())
        return
    n.output(chooser.out())


def ceramic(n: Nodes, params: Params) -> None:
    """Glazed ceramic, plain or with `speckle`."""
    color = color_of(params, "color", (0.75, 0.73, 0.68))
    speckle = number_of(params, "speckle", 0.0)
    shown: Socket = n.shade(color, n.remap(n.noise(n.coords(), 20.0), 0.3, 0.7, (0.93, 1.0)))
    if speckle:
        dots = n.cells(n.coords(), 180.0)
        size = n.remap(n.noise(n.coords(), 60.0), 0.3, 0.7, (0.0, 0.5 * speckle))
        shown = n.mix(n.math("LESS_THAN", dots, size), shown, color_of(params, "speckle_color", (0.12, 0.08, 0.05)))
    normal = n.bump(n.noise(n.coords(), 30.0), distance_m=0.0008, strength=0.25)
    n.surface(shown, roughness=number_of(params, "roughness", 0.12), coat=0.4, normal=normal)


def wood(n: Nodes, params: Params) -> None:
    """Wood with its grain along object x: a veneer, or planks of `plank_width_m`."""
    light, dark = color_of(params, "color", (0.42, 0.24, 0.11)), color_of(params, "dark_color", (0.2, 0.1, 0.04))
    width_m = number_of(params, "plank_width_m", 0.0)
    at: Socket = n.coords()
    plank_tone: Socket | float = 0.5
    gap: Socket | float = 0.0
    if width_m:
        plank, gap = _planks(n, width_m, number_of(params, "plank_length_m", 1.2))
        plank_tone = n.axes(plank)[0]
        at = n.vector("MULTIPLY_ADD", plank, 7.0, at)  # each plank is cut from another place of the trunk
    color, fibre = _grain(n, at, light, dark, number_of(params, "ring_scale", 9.0))
    color = n.shade(color, n.remap(plank_tone, 0.0, 1.0, (0.72, 1.2), smooth=False))
    color = n.mix(gap, color, (0.02, 0.012, 0.008))
    wear = number_of(params, "wear", 0.2)
    roughness = number_of(params, "roughness", 0.45)
    scuffs = n.remap(
        n.noise(n.coords((6.0, 14.0, 14.0)), 1.0, detail=3.0), 0.4, 0.7, (roughness, roughness + 0.4 * wear)
    )
    height = n.math("SUBTRACT", n.math("MULTIPLY", fibre, 0.3), gap)
    n.surface(color, roughness=scuffs, normal=n.bump(height, distance_m=0.001, strength=0.5))


def _planks(n: Nodes, width_m: float, length_m: float) -> tuple[Socket, Socket]:
    """(a random colour a plank, 1 in the gaps)."""
    x, y, _ = n.axes(n.flat())
    row = n.math("FLOOR", n.math("DIVIDE", y, width_m))
    shifted = n.math("MULTIPLY_ADD", n.white_noise(row), length_m, x)
    column = n.math("FLOOR", n.math("DIVIDE", shifted, length_m))
    across, along = (
        n.math("MODULO", n.math("ADD", y, 1000 * width_m), width_m),
        n.math("FRACT", n.math("DIVIDE", shifted, length_m)),
    )
    edge = n.math("MINIMUM", across, n.math("MULTIPLY", along, length_m))
    return n.white_noise(n.combine(row, column), color=True), n.remap(edge, 0.0, 0.003, (1.0, 0.0))


def _grain(n: Nodes, at: Socket, light: Color, dark: Color, ring_scale: float) -> tuple[Socket, Socket]:
    """(colour of year rings and fibres, fibre height): rings bent by slow noise, stretched along x."""
    stretched = n.vector("MULTIPLY", at, (0.6, 5.0, 5.0))
    bent = n.noise(stretched, 1.1, detail=3.0, distortion=0.4)
    rings = n.math("PINGPONG", n.math("MULTIPLY", bent, ring_scale), 0.5)
    fibre = n.noise(n.vector("MULTIPLY", at, (8.0, 260.0, 260.0)), 1.0, detail=3.0)
    mottled = n.math("ADD", n.math("MULTIPLY", rings, 1.3), n.remap(fibre, 0.3, 0.75, (-0.15, 0.35)))
    middle: Color = tuple((a * b) ** 0.5 for a, b in zip(light, dark, strict=True))
    return n.ramp(mottled, [(0.05, light), (0.5, middle), (0.95, dark)]), fibre


def fabric(n: Nodes, params: Params) -> None:
    """Woven cloth: plain, stripes, checks or gingham."""
    first, second = color_of(params, "color", (0.6, 0.55, 0.45)), color_of(params, "color_2", (0.35, 0.05, 0.05))
    size_m = number_of(params, "size_m", 0.04)
    u, v, _ = n.axes(n.flat())
    pattern = text_of(params, "pattern", "plain")
    bands_u, bands_v = (n.math("GREATER_THAN", n.math("FRACT", n.math("DIVIDE", t, 2 * size_m)), 0.5) for t in (u, v))
    factor: Socket | float = {
        "stripes": bands_u,
        "checks": n.math("ABSOLUTE", n.math("SUBTRACT", bands_u, bands_v)),
        "gingham": n.math("MULTIPLY", n.math("ADD", bands_u, bands_v), 0.5),
    }.get(pattern, 0.0)
    threads = [n.math("ABSOLUTE", n.math("SINE", n.math("MULTIPLY", t, 1600.0))) for t in (u, v)]
    weave = n.math("MULTIPLY", *threads)
    soft = n.remap(n.noise(n.coords(), 6.0, detail=3.0), 0.3, 0.7, (0.85, 1.05))
    color = n.shade(n.shade(n.mix(factor, first, second), soft), n.remap(weave, 0.0, 1.0, (0.8, 1.05)))
    folds = n.bump(n.noise(n.coords(), 5.0), distance_m=0.01, strength=0.3)
    normal = n.bump(weave, distance_m=0.0006, strength=number_of(params, "weave", 0.5), normal=folds)
    n.surface(color, roughness=number_of(params, "roughness", 0.9), specular=0.2, sheen=0.2, normal=normal)


def paper(n: Nodes, params: Params) -> None:
    """Print: blocks of four colours of which a share `text` holds lines of small print."""
    colors = [color_of(params, f"color{tail}", GREY) for tail in ("", "_2", "_3", "_4")]
    block_m = number_of(params, "block_m", 0.05)
    at = n.flat()
    block = n.vector("FLOOR", n.vector("DIVIDE", at, (block_m, 0.6 * block_m, 1.0)))
    chance = n.white_noise(block)
    color = n.ramp(chance, [(k * 0.25, one) for k, one in enumerate(colors)], interpolation="CONSTANT")
    u, v, _ = n.axes(at)
    line_m = 0.09 * block_m
    line = n.math("LESS_THAN", n.math("FRACT", n.math("DIVIDE", v, line_m)), 0.55)
    word = n.combine(n.math("FLOOR", n.math("DIVIDE", u, line_m * 0.6)), n.math("FLOOR", n.math("DIVIDE", v, line_m)))
    printed = n.math("MULTIPLY", line, n.math("GREATER_THAN", n.white_noise(word), 0.25))
    has_text = n.math("LESS_THAN", n.white_noise(n.vector("ADD", block, 31.7)), number_of(params, "text", 0.3))
    ink = n.mix(n.math("GREATER_THAN", chance, 0.5), (0.03, 0.03, 0.04), (0.8, 0.8, 0.78))
    shown = n.mix(n.math("MULTIPLY", printed, has_text), color, ink)
    n.surface(shown, roughness=number_of(params, "roughness", 0.6))


def cardboard(n: Nodes, params: Params) -> None:
    """Brown card with flutes that show through."""
    color = color_of(params, "color", (0.38, 0.24, 0.12))
    fibre = n.noise(n.coords((60.0, 60.0, 300.0)), 1.0, detail=4.0)
    shown = n.shade(color, n.remap(fibre, 0.25, 0.75, (0.8, 1.15)))
    flutes = n.wave(n.flat(), 60.0, axis="X")
    normal = n.bump(flutes, distance_m=0.0004, strength=0.25)
    n.surface(shown, roughness=number_of(params, "roughness", 0.8), specular=0.2, normal=normal)


def marble(n: Nodes, params: Params) -> None:
    """Polished marble with veins."""
    color, vein = color_of(params, "color", (0.75, 0.74, 0.72)), color_of(params, "vein_color", (0.2, 0.19, 0.19))
    scale = number_of(params, "scale", 3.0)
    at = n.coords()
    field = n.noise(at, scale, detail=6.0, roughness=0.6, distortion=1.2)
    veins = n.remap(n.math("ABSOLUTE", n.math("SUBTRACT", field, 0.5)), 0.0, 0.06, (1.0, 0.0))
    strength = n.math("MULTIPLY", veins, n.remap(n.noise(at, scale * 1.7, detail=3.0), 0.35, 0.65, (0.05, 0.8)))
    clouds = n.shade(color, n.remap(n.noise(at, scale * 0.8, detail=4.0), 0.3, 0.7, (0.85, 1.02)))
    n.surface(n.mix(strength, clouds, vein), roughness=number_of(params, "roughness", 0.2))


def granite(n: Nodes, params: Params) -> None:
    """Speckled stone of three colours."""
    colors = [
        color_of(params, "color", (0.35, 0.33, 0.32)),
        color_of(params, "color_2", (0.06, 0.06, 0.06)),
        color_of(params, "color_3", (0.6, 0.57, 0.52)),
    ]
    scale = number_of(params, "scale", 150.0)
    at = n.coords()
    grains = n.axes(n.cells(at, scale, output="color"))[0]
    coarse = n.noise(n.coords(), scale * 0.15, detail=3.0)
    mixed = n.math("ADD", n.math("MULTIPLY", grains, 0.75), n.math("MULTIPLY", coarse, 0.4))
    stops = [(0.0, colors[1]), (0.33, colors[0]), (0.72, colors[2])]
    n.surface(n.ramp(mixed, stops, interpolation="CONSTANT"), roughness=number_of(params, "roughness", 0.25))


def random(n: Nodes, params: Params) -> None:
    """Three colours over noise, soft or hard: a texture of nothing, for domain randomisation."""
    colors = [color_of(params, f"color{tail}", GREY) for tail in ("", "_2", "_3")]
    scale, half = number_of(params, "scale", 8.0), 0.02 + 0.13 * (1 - number_of(params, "sharpness", 0.5))
    field = n.noise(n.coords(), scale, detail=3.0, distortion=0.6)
    first = n.mix(n.remap(field, 0.43 - half, 0.43 + half), colors[0], colors[1])
    color = n.mix(n.remap(field, 0.57 - half, 0.57 + half), first, colors[2])
    bump = number_of(params, "bump", 0.0)
    normal = n.bump(field, distance_m=0.02 / scale * 8, strength=bump) if bump else None
    n.surface(color, roughness=number_of(params, "roughness", 0.5), normal=normal)


SURFACES: dict[str, Builder] = {
    "brushed_metal": brushed_metal,
    "cardboard": cardboard,
    "ceramic": ceramic,
    "fabric": fabric,
    "glass": glass,
    "granite": granite,
    "marble": marble,
    "metal": metal,
    "paper": paper,
    "plain": plain,
    "plastic": plastic,
    "random": random,
    "rubber": rubber,
    "wood": wood,
}
"""Surface kinds of this module by name."""
