"""Surfaces of walls, fronts and greenery: what stands behind a scene."""

from __future__ import annotations

from blender_scenes.materials.nodes import Builder, Nodes, Socket
from blender_scenes.materials.params import Params, color_of, number_of

__all__ = ["SURFACES"]


def painted_wall(n: Nodes, params: Params) -> None:
    """Emulsion paint on plaster, with dirt."""
    n.flatten()
    color = color_of(params, "color", (0.65, 0.62, 0.56))
    stain = n.remap(n.noise(n.coords(), 1.3, detail=5.0, roughness=0.6), 0.45, 0.75, (0.0, 1.0))
    dirty = n.mix(n.math("MULTIPLY", stain, number_of(params, "dirt", 0.2)), color, (0.12, 0.1, 0.08))
    peel = n.noise(n.coords(), 160.0, detail=2.0)
    normal = n.bump(peel, distance_m=0.002, strength=number_of(params, "texture", 0.4))
    n.surface(dirty, roughness=number_of(params, "roughness", 0.7), specular=0.3, normal=normal)


def tiles(n: Nodes, params: Params) -> None:
    """Glazed tiles in a grid (bond 0) or a running bond (bond 0.5)."""
    n.flatten()
    color = color_of(params, "color", (0.6, 0.6, 0.58))
    size_m, gap_m = number_of(params, "size_m", 0.2), number_of(params, "gap_m", 0.004)
    length_m = number_of(params, "length_m", size_m)
    tile, gap = _masonry(n, length_m, size_m, gap_m, number_of(params, "bond", 0.0))
    tone = n.axes(tile)[0]
    body = n.mix(n.remap(tone, 0.0, 1.0, smooth=False), color, color_of(params, "color_2", color))
    body = n.shade(body, n.remap(n.noise(n.coords(), 9.0, detail=4.0), 0.3, 0.7, (0.88, 1.05)))
    shown = n.mix(gap, body, color_of(params, "grout_color", (0.25, 0.24, 0.22)))
    rough = n.remap(gap, 0.0, 1.0, (number_of(params, "roughness", 0.2), 0.9))
    n.surface(shown, roughness=rough, normal=n.bump(gap, distance_m=-0.002, strength=0.6))


def brick(n: Nodes, params: Params) -> None:
    """A brick wall."""
    n.flatten()
    color, second = color_of(params, "color", (0.3, 0.09, 0.05)), color_of(params, "color_2", (0.2, 0.07, 0.045))
    block, gap = _masonry(n, 0.225, 0.075, 0.01, 0.5)
    rough = n.noise(n.coords(), 45.0, detail=4.0)
    body = n.shade(n.mix(n.axes(block)[0], color, second), n.remap(rough, 0.3, 0.7, (0.7, 1.2)))
    shown = n.mix(gap, body, color_of(params, "mortar_color", (0.35, 0.33, 0.3)))
    height = n.math("SUBTRACT", n.math("MULTIPLY", rough, 0.4), gap)
    n.surface(shown, roughness=number_of(params, "roughness", 0.85), normal=n.bump(height, distance_m=0.006))


def _masonry(n: Nodes, length_m: float, height_m: float, gap_m: float, bond: float) -> tuple[Socket, Socket]:
    """(a random colour a block, 1 in the joints)."""
    u, v, _ = n.axes(n.flat())
    row = n.math("FLOOR", n.math("DIVIDE", v, height_m))
    shifted = n.math("MULTIPLY_ADD", row, bond * length_m, u)
    column = n.math("FLOOR", n.math("DIVIDE", shifted, length_m))
    edges = [
        n.math("PINGPONG", n.math("ADD", n.math("FRACT", n.math("DIVIDE", t, size)), 0.0), 0.5)
        for t, size in ((shifted, length_m), (v, height_m))
    ]
    edge_m = n.math("MINIMUM", n.math("MULTIPLY", edges[0], length_m), n.math("MULTIPLY", edges[1], height_m))
    joint = n.remap(edge_m, 0.35 * gap_m, 0.65 * gap_m, (1.0, 0.0))
    return n.white_noise(n.combine(row, column), color=True), joint


def foliage(n: Nodes, params: Params) -> None:
    """A mass of leaves with dark gaps between them: hedges, crowns, bushes."""
    light, second = color_of(params, "color", (0.08, 0.16, 0.03)), color_of(params, "color_2", (0.16, 0.22, 0.05))
    dark = color_of(params, "dark_color", (0.008, 0.014, 0.004))
    scale = number_of(params, "scale", 25.0)
    at = n.coords()
    leaf = n.axes(n.cells(at, scale, output="color"))[0]
    inside = n.cells(at, scale)
    clumps = n.noise(n.coords(), scale * 0.12, detail=4.0, roughness=0.65)
    gap = n.math("MULTIPLY", n.remap(inside, 0.25, 0.75), n.remap(clumps, 0.7, 0.35))
    lit = n.shade(n.mix(leaf, light, second), n.remap(clumps, 0.3, 0.7, (0.45, 1.25)))
    holes = n.remap(n.noise(n.coords(), scale * 0.4, detail=3.0), 0.58, 0.7)
    shown = n.mix(n.math("ADD", gap, holes, clamp=True), lit, dark)
    height = n.math("ADD", n.math("MULTIPLY", inside, -0.4), clumps)
    n.surface(shown, roughness=0.6, specular=0.3, normal=n.bump(height, distance_m=2.5 / scale))


def leaf(n: Nodes, params: Params) -> None:
    """One leaf, veined along object x."""
    color, second = color_of(params, "color", (0.1, 0.22, 0.03)), color_of(params, "color_2", (0.2, 0.22, 0.04))
    _, y, _ = n.axes(n.position())
    side = n.math("ABSOLUTE", y)
    rib = n.remap(side, 0.0, 0.002, (0.6, 0.0))
    x = n.axes(n.position())[0]
    veins = n.math("SINE", n.math("MULTIPLY", n.math("SUBTRACT", x, side), 700.0))
    blotch = n.remap(n.noise(n.coords(), 60.0, detail=3.0), 0.4, 0.7)
    shown = n.mix(rib, n.mix(blotch, color, second), (0.35, 0.4, 0.15))
    normal = n.bump(veins, distance_m=0.0008, strength=0.3)
    n.surface(shown, roughness=number_of(params, "roughness", 0.5), normal=normal)


def facade(n: Nodes, params: Params) -> None:
    """The front of a building: bays of framed windows, floor by floor."""
    n.flatten()
    bay_m, storey_m = number_of(params, "bay_m", 2.5), number_of(params, "storey_m", 3.0)
    u, v, _ = n.axes(n.flat())
    cell = n.combine(n.math("FLOOR", n.math("DIVIDE", u, bay_m)), n.math("FLOOR", n.math("DIVIDE", v, storey_m)))
    across = n.math(
        "MULTIPLY", n.math("ABSOLUTE", n.math("SUBTRACT", n.math("FRACT", n.math("DIVIDE", u, bay_m)), 0.5)), bay_m
    )
    up = n.math(
        "MULTIPLY",
        n.math("ABSOLUTE", n.math("SUBTRACT", n.math("FRACT", n.math("DIVIDE", v, storey_m)), 0.5)),
        storey_m,
    )
    half_m = number_of(params, "window_width_m", 1.2) / 2
    panes, frames = (
        n.math("MULTIPLY", n.math("LESS_THAN", across, half_m + add), n.math("LESS_THAN", up, 0.28 * storey_m + add))
        for add in (0.0, 0.09)
    )
    mullion = n.math("GREATER_THAN", n.math("ABSOLUTE", n.math("SUBTRACT", across, 0.0)), 0.03)
    pane_color = n.shade(
        color_of(params, "window_color", (0.06, 0.08, 0.1)), n.remap(n.white_noise(cell), 0.0, 1.0, (0.3, 2.0))
    )
    weather = n.remap(n.noise(n.coords((1.0, 0.3, 1.0)), 1.2, detail=5.0), 0.3, 0.7, (0.8, 1.08))
    wall = n.shade(color_of(params, "color", (0.5, 0.44, 0.36)), weather)
    framed = n.mix(frames, wall, color_of(params, "frame_color", (0.6, 0.6, 0.58)))
    glass = n.math("MULTIPLY", panes, mullion)
    n.surface(n.mix(glass, framed, pane_color), roughness=n.remap(glass, 0.0, 1.0, (0.8, 0.08)))


def shelf(n: Nodes, params: Params) -> None:
    """Rows of books or goods, as seen from far."""
    n.flatten()
    row_m, item_m = number_of(params, "row_m", 0.3), number_of(params, "item_m", 0.12)
    colors = [color_of(params, f"color{tail}", (0.4, 0.3, 0.2)) for tail in ("", "_2", "_3", "_4")]
    u, v, _ = n.axes(n.flat())
    row, height = n.math("FLOOR", n.math("DIVIDE", v, row_m)), n.math("FRACT", n.math("DIVIDE", v, row_m))
    shifted = n.math("MULTIPLY_ADD", n.white_noise(row), 5.0, u)
    # Widths vary because the position is bent before it is cut into items.
    bent = n.math("MULTIPLY_ADD", n.math("SINE", n.math("MULTIPLY", shifted, 11.0)), 0.5 * item_m, shifted)
    item = n.combine(n.math("FLOOR", n.math("DIVIDE", bent, item_m)), row)
    within = n.math("FRACT", n.math("DIVIDE", bent, item_m))
    chance = n.axes(n.white_noise(item, color=True))
    color = n.ramp(chance[0], [(k * 0.25, one) for k, one in enumerate(colors)], interpolation="CONSTANT")
    label = n.math(
        "MULTIPLY",
        n.math("GREATER_THAN", chance[1], 0.4),
        n.math("LESS_THAN", n.math("ABSOLUTE", n.math("SUBTRACT", height, 0.45)), 0.1),
    )
    labelled = n.mix(label, n.shade(color, n.remap(chance[2], 0.0, 1.0, (0.5, 1.2))), (0.7, 0.68, 0.6))
    is_item = n.math("LESS_THAN", height, n.remap(chance[2], 0.0, 1.0, (0.6, 0.88)))
    seen = n.math("MULTIPLY", is_item, n.math("GREATER_THAN", within, 0.06))
    board = n.math("GREATER_THAN", height, 0.93)
    back = n.mix(board, (0.02, 0.018, 0.015), color_of(params, "board_color", (0.3, 0.2, 0.12)))
    n.surface(n.mix(seen, back, labelled), roughness=0.6)


SURFACES: dict[str, Builder] = {
    "brick": brick,
    "facade": facade,
    "foliage": foliage,
    "leaf": leaf,
    "painted_wall": painted_wall,
    "shelf": shelf,
    "tiles": tiles,
}
"""Surface kinds of this module by name."""
