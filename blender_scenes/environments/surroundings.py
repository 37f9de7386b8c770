"""What the objects stand on and in front of.

The objects stand on z = 0 around the world origin. A stage has its own frame: x "forward" (where its background is),
y left, z up, turned about world z by `forward_rad`. Set it near the azimuth of the camera's horizontal viewing
direction, then the background is behind the objects. Lists of things are flat tuples with a fixed count of numbers a
thing. A surface slot without a surface is plain grey. No part of a stage has an instance id.

Every stage takes
    forward_rad                             0
    backdrop_0, backdrop_1, backdrop_2      (distance_m, height_m, width_m, angle_rad[, base_z_m]) an upright strip that
                                            faces the origin from `angle_rad` off forward; slots of the same names
    profile_0, profile_1, profile_2         heights 0..1 along the strip's top (a skyline); else a straight top
    boxes                                   (x_m, y_m, base_z_m, width_m, depth_m, height_m, yaw_rad) each;
                                            slots "box_0", "box_1", "box_2" in turn
    trunks                                  (x_m, y_m, base_z_m, radius_m, height_m) each; slot "trunk"
    crowns, crown_seed                      (x_m, y_m, z_m, radius_m) each, lumpy balls; slot "crown"

"studio": a sheet that sweeps up behind the objects. Slot "backdrop".
    flat (False; True: an endless plane), sweep_m 1.2 (where the curve begins), radius_m 0.6, height_m 3, width_m 10

"tabletop": a table in a room. Slots "top", "floor", "apron", "leg", "cloth".
    width_m 1.6 (along y), depth_m 0.9 (along x), thickness_m 0.03, height_m 0.74 (the floor lies that far below),
    round (False), offset_x_m 0, offset_y_m 0 (centre of the table),
    cloth_m (width_m, depth_m, yaw_rad, x_m, y_m): a mat on the table

"room": a bare floor. Slots "floor", "rug".
    size_m 12, rug_m (width_m, depth_m, yaw_rad, x_m, y_m)

"ground": out of doors, or a floor. Slots "ground", "marking", "kerb", "verge", "sea".
    size_m 120, road_rad 0 (direction of the road, 0: away from the camera), lines (offset_m, width_m, dash_m, gap_m)
    each (dash 0: solid), rects (along_m, offset_m, length_m, width_m) each, painted,
    kerb_m (offset_m, height_m): beyond that offset lies the verge, as high as the kerb (height 0: flush);
                                            two kerbs: the road lies between them
    sea_m (shore_m, level_m, turn_rad), crests (x_m, y_m, length_m, height_m) each: see `mesh.sea`; slot "sea"
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping

import numpy as np

from blender_scenes.materials.pool import MaterialPool
from blender_scenes.objects import add_mesh
from synthvis.errors import RenderError
from synthvis.geometry import rigid, rotation_about
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.patches import Float, blob, box, extruded, join, post, rectangle, strip
from synthvis.objects.mesh.sea import sea
from synthvis.objects.spec import Mat4, Param, SurfaceSpec
from synthvis.scene.spec import StageSpec

__all__ = ["STAGES", "add_stage", "stage_meshes"]

Params = Mapping[str, Param]

PAINT_LIFT_M = 0.0004
"""Road paint lies that far above the road: enough for the ray tracer, too little to lift an object."""

CLOTH_LIFT_M = 0.0006
GREY = SurfaceSpec(kind="plain", params={"color": (0.4, 0.4, 0.4)})
STRIPS = (0, 1, 2)

COMMON_PARAMS = frozenset({"forward_rad", "boxes", "trunks", "crowns", "crown_seed"}) | {
    f"{name}_{number}" for name in ("backdrop", "profile") for number in STRIPS
}
COMMON_SLOTS = frozenset({"trunk", "crown"}) | {f"{name}_{number}" for name in ("backdrop", "box") for number in STRIPS}
PARAMS: dict[str, frozenset[str]] = {
    "studio": frozenset({"flat", "sweep_m", "radius_m", "height_m", "width_m"}),
    "tabletop": frozenset(
        {"width_m", "depth_m", "thickness_m", "height_m", "round", "offset_x_m", "offset_y_m", "cloth_m"}
    ),
    "room": frozenset({"size_m", "rug_m"}),
    "ground": frozenset({"size_m", "road_rad", "lines", "rects", "kerb_m", "sea_m", "crests"}),
}
SLOTS: dict[str, frozenset[str]] = {
    "studio": frozenset({"backdrop"}),
    "tabletop": frozenset({"top", "floor", "apron", "leg", "cloth"}),
    "room": frozenset({"floor", "rug"}),
    "ground": frozenset({"ground", "marking", "kerb", "verge", "sea"}),
}


def add_stage(spec: StageSpec, materials: MaterialPool) -> None:
    """Build a stage in the current scene.

    Raises:
        RenderError: No such stage kind, parameter, slot or surface.
    """
    _refuse_unknown(spec)
    forward = rigid(rotation_about((0.0, 0.0, 1.0), _number(spec.params, "forward_rad", 0.0)), (0.0, 0.0, 0.0))
    for turn_rad, mesh in stage_meshes(spec):
        turned: Mat4 = tuple(map(tuple, forward @ rigid(rotation_about((0, 0, 1), turn_rad), (0, 0, 0))))  # type: ignore[assignment]
        slot = mesh.slots[0]
        add_mesh(f"stage.{slot}", mesh, materials, {slot: spec.surfaces.get(slot, GREY)}, turned)


def _refuse_unknown(spec: StageSpec) -> None:
    if spec.kind not in STAGES:
        return
    params = COMMON_PARAMS | PARAMS[spec.kind]
    slots = COMMON_SLOTS | SLOTS[spec.kind]
    for what, given, known in (("parameter", spec.params, params), ("slot", spec.surfaces, slots)):
        if unknown := sorted(given.keys() - known):
            near = difflib.get_close_matches(unknown[0], known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(sorted(known))}"
            raise RenderError(f"stage {spec.kind!r} has no {what} {unknown[0]!r}", hint=hint)


def stage_meshes(spec: StageSpec) -> list[tuple[float, Mesh]]:
    """The parts of a stage: (turn about z within the stage frame, mesh), one a slot.

    Raises:
        RenderError: No such stage kind.
    """
    if spec.kind not in STAGES:
        raise RenderError(f"no stage kind {spec.kind!r}", hint=f"known kinds: {', '.join(sorted(STAGES))}")
    return [*STAGES[spec.kind](spec.params), *_background(spec.params)]


def _number(params: Params, name: str, default: float) -> float:
    value = params.get(name, default)
    return float(value) if isinstance(value, (int, float)) else default


def _rows(params: Params, name: str, columns: int) -> Float:
    """A flat tuple as (N, columns) float64.

    Raises:
        RenderError: The count of numbers is no multiple of `columns`.
    """
    value = params.get(name, ())
    flat = np.array(value if isinstance(value, (tuple, list)) else (value,), dtype=np.float64)
    if len(flat) % columns:
        raise RenderError(f"stage parameter {name!r} holds {len(flat)} numbers, not a multiple of {columns}")
    return flat.reshape(-1, columns)


def _background(params: Params) -> list[tuple[float, Mesh]]:
    parts = [(0.0, mesh) for index in STRIPS for mesh in _backdrop(params, index)]
    boxes: dict[str, list[Mesh]] = {}
    for index, (x, y, base, width, depth, height, yaw) in enumerate(_rows(params, "boxes", 7)):
        slot = f"box_{index % 3}"
        boxes.setdefault(slot, []).append(box((x, y), base, (depth, width, height), slot, yaw))
    parts += [(0.0, join(group)) for group in boxes.values()]
    trunks = [post((x, y, z), radius, height, "trunk") for x, y, z, radius, height in _rows(params, "trunks", 5)]
    first = int(_number(params, "crown_seed", 0))
    crowns = [
        blob((x, y, z), radius, "crown", seed=first + index)
        for index, (x, y, z, radius) in enumerate(_rows(params, "crowns", 4))
    ]
    return parts + [(0.0, join(group)) for group in (trunks, crowns) if group]


def _backdrop(params: Params, index: int) -> list[Mesh]:
    name = f"backdrop_{index}"
    values = params.get(name)
    if not isinstance(values, (tuple, list)):
        return []
    distance, height, width, angle, base = (*values, 0.0)[:5]
    heights = _rows(params, f"profile_{index}", 1)[:, 0]
    profile = heights if len(heights) >= 2 else np.ones(2)
    return [strip(distance, height, width, angle, base, profile, name)]


def _studio(params: Params) -> list[tuple[float, Mesh]]:
    half = _number(params, "width_m", 10.0) / 2
    if params.get("flat", False):
        return [(0.0, rectangle((-60.0, 60.0), (-60.0, 60.0), 0.0, "backdrop"))]
    start, radius = _number(params, "sweep_m", 1.2), _number(params, "radius_m", 0.6)
    angle = np.linspace(0, np.pi / 2, 24)
    curve = np.stack([start + radius * np.sin(angle), radius * (1 - np.cos(angle))], axis=1)
    top = max(_number(params, "height_m", 3.0), radius + 0.01)
    profile = np.vstack([[-half, 0.0], curve, [start + radius, top]])
    return [(0.0, extruded(profile, half, "backdrop"))]


def _tabletop(params: Params) -> list[tuple[float, Mesh]]:
    width, depth = _number(params, "width_m", 1.6), _number(params, "depth_m", 0.9)
    thick, height = _number(params, "thickness_m", 0.03), _number(params, "height_m", 0.74)
    x, y = _number(params, "offset_x_m", 0.0), _number(params, "offset_y_m", 0.0)
    floor = rectangle((-8.0, 8.0), (-8.0, 8.0), -height, "floor")
    parts = [floor, *(_round_table if params.get("round", False) else _square_table)(x, y, width, depth, thick, height)]
    return [(0.0, part) for part in [*parts, *_sheet(params, "cloth")]]


def _sheet(params: Params, slot: str) -> list[Mesh]:
    """A thin sheet on the floor or the table, if there is one."""
    sheet = params.get(f"{slot}_m")
    if not isinstance(sheet, (tuple, list)):
        return []
    width, depth, yaw, x, y = sheet
    return [box((x, y), 0.0, (depth, width, CLOTH_LIFT_M), slot, yaw)]


def _room(params: Params) -> list[tuple[float, Mesh]]:
    half = _number(params, "size_m", 12.0) / 2
    return [(0.0, part) for part in (rectangle((-half, half), (-half, half), 0.0, "floor"), *_sheet(params, "rug"))]


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


def _ground(params: Params) -> list[tuple[float, Mesh]]:
    half = _number(params, "size_m", 120.0) / 2
    road = _number(params, "road_rad", 0.0)
    painted = _paint(params, half)
    parts = _road(params, half) + ([join(painted)] if painted else [])
    return [*((road, part) for part in parts), *_sea(params)]


def _sea(params: Params) -> list[tuple[float, Mesh]]:
    values = params.get("sea_m")
    if not isinstance(values, (tuple, list)):
        return []
    shore, level, turn = values
    return [(turn, sea(shore, level, _rows(params, "crests", 4)))]


def _road(params: Params, half: float) -> list[Mesh]:
    kerb = _rows(params, "kerb_m", 2)
    if not len(kerb):
        return [rectangle((-half, half), (-half, half), 0.0, "ground")]
    low, high = -half, half
    verges, stones = [], []
    for (offset, height), side in zip(kerb, _sides(kerb), strict=True):
        back = offset + side * 0.15 if height > 0 else offset
        verges.append(rectangle((-half, half), (back, half) if side > 0 else (-half, back), height, "verge"))
        if height > 0:
            stones.append(box((0.0, (offset + back) / 2), -0.05, (2 * half, 0.15, height + 0.05), "kerb"))
        low, high = (low, offset) if side > 0 else (offset, high)
    road = rectangle((-half, half), (low, high), 0.0, "ground")
    return [road, *(join(group) for group in (verges, stones) if group)]


def _sides(kerb: Float) -> list[float]:
    """1 where the verge lies at larger offsets: away from the origin, or from the other kerb."""
    if len(kerb) == 1:
        return [1.0 if kerb[0, 0] >= 0 else -1.0]
    return [1.0 if offset == kerb[:, 0].max() else -1.0 for offset in kerb[:, 0]]


def _paint(params: Params, half: float) -> list[Mesh]:
    painted = []
    for offset, width, dash, gap in _rows(params, "lines", 4):
        starts = np.arange(-half, half, dash + gap) if dash > 0 else np.array([-half])
        length = dash if dash > 0 else 2 * half
        across = (offset - width / 2, offset + width / 2)
        painted += [rectangle((s, min(s + length, half)), across, PAINT_LIFT_M, "marking") for s in starts]
    for along, offset, length, width in _rows(params, "rects", 4):
        x, y = (along - length / 2, along + length / 2), (offset - width / 2, offset + width / 2)
        painted.append(rectangle(x, y, PAINT_LIFT_M, "marking"))
    return painted


STAGES: dict[str, Callable[[Params], list[tuple[float, Mesh]]]] = {
    "studio": _studio,
    "tabletop": _tabletop,
    "room": _room,
    "ground": _ground,
}
"""The builders of stage parts by kind."""
