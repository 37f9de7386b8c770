"""Builds the surroundings of a scene: floors, tables, walls, blocks, trees, roads, the sea."""

from __future__ import annotations

import difflib

import numpy as np

from blender_scenes.materials.pool import MaterialPool
from blender_scenes.objects.meshes import add_mesh
from synthvis.errors import RenderError
from synthvis.geometry import rigid, rotation_about
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.patches import blob, box, extruded, join, post, rectangle, strip
from synthvis.objects.mesh.sea import sea
from synthvis.objects.spec import Mat4, SurfaceSpec
from synthvis.scene.surroundings import (
    Base,
    Ground,
    Kerb,
    Road,
    Room,
    Sheet,
    Studio,
    Surroundings,
    Tabletop,
    Wall,
    block_slot,
    wall_slot,
)

__all__ = ["add_surroundings", "surroundings_meshes"]

PAINT_LIFT_M = 0.0004
"""Road paint lies that far above the road: enough for the ray tracer, too little to lift an object."""

CLOTH_LIFT_M = 0.0006
GREY = SurfaceSpec(kind="plain", params={"color": (0.4, 0.4, 0.4)})

COMMON_SLOTS = frozenset({"trunk", "crown"}) | {slot(number) for slot in (wall_slot, block_slot) for number in range(3)}
SLOTS: dict[str, frozenset[str]] = {
    "studio": frozenset({"backdrop"}),
    "tabletop": frozenset({"top", "floor", "apron", "leg", "cloth"}),
    "room": frozenset({"floor", "rug"}),
    "ground": frozenset({"ground", "marking", "kerb", "verge", "sea"}),
}


def add_surroundings(spec: Surroundings, materials: MaterialPool) -> None:
    """Build surroundings in the current scene.

    Raises:
        RenderError: No such slot or surface.
    """
    _check_slots(spec)
    forward = rigid(rotation_about((0.0, 0.0, 1.0), spec.forward_rad), (0.0, 0.0, 0.0))
    for turn_rad, mesh in surroundings_meshes(spec):
        turned: Mat4 = tuple(map(tuple, forward @ rigid(rotation_about((0, 0, 1), turn_rad), (0, 0, 0))))  # type: ignore[assignment]
        slot = mesh.slots[0]
        add_mesh(f"surroundings.{slot}", mesh, materials, {slot: spec.surfaces.get(slot, GREY)}, turned)


def surroundings_meshes(spec: Surroundings) -> list[tuple[float, Mesh]]:
    """The parts of surroundings: (turn about z within their frame, mesh), one a slot."""
    return [*_base(spec.base), *((0.0, mesh) for mesh in _background(spec))]


def _check_slots(spec: Surroundings) -> None:
    slots = COMMON_SLOTS | SLOTS[spec.base.kind]
    unknown = sorted([*(spec.surfaces.keys() - slots), *({wall.slot for wall in spec.walls} - COMMON_SLOTS)])
    if unknown:
        near = difflib.get_close_matches(unknown[0], slots, n=1)
        hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(sorted(slots))}"
        raise RenderError(f"surroundings {spec.base.kind!r} have no slot {unknown[0]!r}", hint=hint)


def _background(spec: Surroundings) -> list[Mesh]:
    parts = [_wall(wall) for wall in spec.walls]
    blocks: dict[str, list[Mesh]] = {}
    for number, block in enumerate(spec.blocks):
        slot, size_m = block_slot(number), (block.depth_m, block.width_m, block.height_m)
        blocks.setdefault(slot, []).append(box((block.x_m, block.y_m), block.base_m, size_m, slot, block.yaw_rad))
    trunks = [post((tree.x_m, tree.y_m, tree.base_m), tree.radius_m, tree.height_m, "trunk") for tree in spec.trees]
    crowns = [
        blob((crown.x_m, crown.y_m, crown.z_m), crown.radius_m, "crown", seed=spec.crown_seed + number)
        for number, crown in enumerate(crown for tree in spec.trees for crown in tree.crowns)
    ]
    return parts + [join(group) for group in (*blocks.values(), trunks, crowns) if group]


def _wall(wall: Wall) -> Mesh:
    profile = np.array(wall.profile) if len(wall.profile) >= 2 else np.ones(2)
    return strip(wall.distance_m, wall.height_m, wall.width_m, wall.angle_rad, wall.base_m, profile, wall.slot)


def _base(base: Base) -> list[tuple[float, Mesh]]:
    if isinstance(base, Ground):
        return _ground(base)
    parts = _studio(base) if isinstance(base, Studio) else _room(base) if isinstance(base, Room) else _tabletop(base)
    return [(0.0, part) for part in parts]


def _studio(studio: Studio) -> list[Mesh]:
    if studio.flat:
        return [rectangle((-60.0, 60.0), (-60.0, 60.0), 0.0, "backdrop")]
    half, start, radius = studio.width_m / 2, studio.sweep_m, studio.radius_m
    angle = np.linspace(0, np.pi / 2, 24)
    curve = np.stack([start + radius * np.sin(angle), radius * (1 - np.cos(angle))], axis=1)
    top = max(studio.height_m, radius + 0.01)
    profile = np.vstack([[-half, 0.0], curve, [start + radius, top]])
    return [extruded(profile, half, "backdrop")]


def _tabletop(table: Tabletop) -> list[Mesh]:
    floor = rectangle((-8.0, 8.0), (-8.0, 8.0), -table.height_m, "floor")
    build = _round_table if table.is_round else _square_table
    parts = build(table.x_m, table.y_m, table.width_m, table.depth_m, table.thickness_m, table.height_m)
    return [floor, *parts, *_sheet(table.cloth, "cloth")]


def _sheet(sheet: Sheet | None, slot: str) -> list[Mesh]:
    if sheet is None:
        return []
    return [box((sheet.x_m, sheet.y_m), 0.0, (sheet.depth_m, sheet.width_m, CLOTH_LIFT_M), slot, sheet.yaw_rad)]


def _room(room: Room) -> list[Mesh]:
    half = room.size_m / 2
    return [rectangle((-half, half), (-half, half), 0.0, "floor"), *_sheet(room.rug, "rug")]


def _square_table(x: float, y: float, width: float, depth: float, thick: float, height: float) -> list[Mesh]:
    top = box((x, y), -thick, (depth, width, thick), "top")
    inset = 0.06
    apron = box((x, y), -thick - 0.08, (depth - 2 * inset, width - 2 * inset, 0.08), "apron")
    legs = [
        box((x + sx * (depth / 2 - inset), y + sy * (width / 2 - inset)), -height, (0.06, 0.06, height - thick), "leg")
        for sx in (-1, 1)
        for sy in (-1, 1)
    ]
    return [top, apron, join(legs)]


def _round_table(x: float, y: float, width: float, depth: float, thick: float, height: float) -> list[Mesh]:
    top = post((x, y, -thick), width / 2, thick, "top", sides=96)
    return [top, post((x, y, -height), 0.05, height - thick, "leg")]


def _ground(ground: Ground) -> list[tuple[float, Mesh]]:
    half = ground.size_m / 2
    painted = _paint(ground.road, half)
    parts = [*_road(ground.road.kerbs, half), *([join(painted)] if painted else [])]
    found = [(ground.road.heading_rad, part) for part in parts]
    if ground.sea is not None:
        crests = [(crest.x_m, crest.y_m, crest.length_m, crest.height_m) for crest in ground.sea.crests]
        water = sea(ground.sea.shore_m, ground.sea.level_m, np.array(crests, dtype=np.float64).reshape(-1, 4))
        found.append((ground.sea.turn_rad, water))
    return found


def _road(kerbs: tuple[Kerb, ...], half: float) -> list[Mesh]:
    if not kerbs:
        return [rectangle((-half, half), (-half, half), 0.0, "ground")]
    low, high = -half, half
    verges, stones = [], []
    for kerb, side in zip(kerbs, _sides(kerbs), strict=True):
        offset, height = kerb.offset_m, kerb.height_m
        back = offset + side * 0.15 if height > 0 else offset
        verges.append(rectangle((-half, half), (back, half) if side > 0 else (-half, back), height, "verge"))
        if height > 0:
            stones.append(box((0.0, (offset + back) / 2), -0.05, (2 * half, 0.15, height + 0.05), "kerb"))
        low, high = (low, offset) if side > 0 else (offset, high)
    road = rectangle((-half, half), (low, high), 0.0, "ground")
    return [road, *(join(group) for group in (verges, stones) if group)]


def _sides(kerbs: tuple[Kerb, ...]) -> list[float]:
    """1 where the verge lies at larger offsets: away from the origin, or from the other kerb."""
    if len(kerbs) == 1:
        return [1.0 if kerbs[0].offset_m >= 0 else -1.0]
    farthest = max(kerb.offset_m for kerb in kerbs)
    return [1.0 if kerb.offset_m == farthest else -1.0 for kerb in kerbs]


def _paint(road: Road, half: float) -> list[Mesh]:
    painted = []
    for line in road.lines:
        is_dashed = line.dash_m > 0
        starts = np.arange(-half, half, line.dash_m + line.gap_m) if is_dashed else np.array([-half])
        length = line.dash_m if is_dashed else 2 * half
        across = (line.offset_m - line.width_m / 2, line.offset_m + line.width_m / 2)
        painted += [rectangle((s, min(s + length, half)), across, PAINT_LIFT_M, "marking") for s in starts]
    for bar in road.bars:
        x = (bar.along_m - bar.length_m / 2, bar.along_m + bar.length_m / 2)
        y = (bar.offset_m - bar.width_m / 2, bar.offset_m + bar.width_m / 2)
        painted.append(rectangle(x, y, PAINT_LIFT_M, "marking"))
    return painted
