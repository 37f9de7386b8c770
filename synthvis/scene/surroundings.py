"""What the objects of a scene stand on and in front of, as plain values.

The objects stand on z = 0 around the world origin. Surroundings have a frame of their own: x "forward" (where the
background is), y left, z up, turned about world z by `Surroundings.forward_rad`. Surfaces go by the names of slots; a
slot without a surface is plain grey.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from synthvis.objects.spec import SurfaceSpec

__all__ = [
    "Base",
    "Block",
    "Crest",
    "Crown",
    "Ground",
    "Kerb",
    "PaintedBar",
    "Road",
    "RoadLine",
    "Room",
    "Sea",
    "Sheet",
    "Studio",
    "Surroundings",
    "Tabletop",
    "Tree",
    "Wall",
    "block_slot",
    "wall_slot",
]

MAX_WALLS = 3


@dataclass(frozen=True, slots=True)
class Sheet:
    """A thin sheet on the floor or the table: a rug, a mat."""

    width_m: float
    depth_m: float
    yaw_rad: float
    x_m: float
    y_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Studio:
    """A sheet that sweeps up behind the objects. Slot "backdrop"."""

    kind: Literal["studio"] = "studio"
    flat: bool = False
    """An endless plane instead."""
    sweep_m: float = 1.2
    """Where the curve begins."""
    radius_m: float = 0.6
    height_m: float = 3.0
    width_m: float = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tabletop:
    """A table in a room, its top at z = 0. Slots "top", "floor", "apron", "leg", "cloth"."""

    kind: Literal["tabletop"] = "tabletop"
    width_m: float = 1.6
    """Along y."""
    depth_m: float = 0.9
    """Along x."""
    thickness_m: float = 0.03
    height_m: float = 0.74
    """The floor lies that far below the top."""
    is_round: bool = False
    x_m: float = 0.0
    y_m: float = 0.0
    cloth: Sheet | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A bare floor. Slots "floor", "rug"."""

    kind: Literal["room"] = "room"
    size_m: float = 12.0
    rug: Sheet | None = None


@dataclass(frozen=True, slots=True)
class Kerb:
    """Beyond the offset lies the verge, as high as the kerb; height 0: flush. Between two kerbs lies the road."""

    offset_m: float
    height_m: float


@dataclass(frozen=True, slots=True)
class RoadLine:
    """Paint along the road; dash 0: solid."""

    offset_m: float
    width_m: float
    dash_m: float
    gap_m: float


@dataclass(frozen=True, slots=True)
class PaintedBar:
    """A painted rectangle: a bar of a crossing, a blanket."""

    along_m: float
    offset_m: float
    length_m: float
    width_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Road:
    """What runs over the ground. Slots "marking", "kerb", "verge"."""

    heading_rad: float = 0.0
    """0: away from the camera."""
    kerbs: tuple[Kerb, ...] = ()
    lines: tuple[RoadLine, ...] = ()
    bars: tuple[PaintedBar, ...] = ()


@dataclass(frozen=True, slots=True)
class Crest:
    """A breaker, in the frame of the sea; its length is along y."""

    x_m: float
    y_m: float
    length_m: float
    height_m: float


@dataclass(frozen=True, slots=True)
class Sea:
    """Water beyond the shore, turned about z. Slot "sea"."""

    shore_m: float
    level_m: float
    turn_rad: float
    crests: tuple[Crest, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Out of doors, or a floor. Slot "ground"."""

    kind: Literal["ground"] = "ground"
    size_m: float = 120.0
    road: Road = field(default_factory=Road)
    sea: Sea | None = None


Base = Studio | Tabletop | Room | Ground
"""What the objects stand on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    """An upright strip that faces the origin: a wall, a hedge, a skyline. Its slot is named: see `wall_slot`."""

    slot: str
    distance_m: float
    height_m: float
    width_m: float
    angle_rad: float = 0.0
    """Off forward."""
    base_m: float = 0.0
    profile: tuple[float, ...] = ()
    """Heights 0..1 along its top; none: a straight one."""


@dataclass(frozen=True, slots=True)
class Block:
    """An upright box: a building, a car, a cupboard. Blocks take slots in turn: see `block_slot`."""

    x_m: float
    y_m: float
    base_m: float
    width_m: float
    depth_m: float
    height_m: float
    yaw_rad: float = 0.0


@dataclass(frozen=True, slots=True)
class Crown:
    """A lumpy ball of leaves. Slot "crown"."""

    x_m: float
    y_m: float
    z_m: float
    radius_m: float


@dataclass(frozen=True, slots=True)
class Tree:
    """A trunk and what it carries. Slot "trunk"."""

    x_m: float
    y_m: float
    base_m: float
    radius_m: float
    height_m: float
    crowns: tuple[Crown, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the objects of a scene stand on and in front of. Nothing of it has an instance id."""

    base: Base
    walls: tuple[Wall, ...] = ()
    """At most three."""
    blocks: tuple[Block, ...] = ()
    trees: tuple[Tree, ...] = ()
    crown_seed: int = 0
    """Decides the lumps of the crowns."""
    forward_rad: float = 0.0
    surfaces: Mapping[str, SurfaceSpec] = field(default_factory=dict)
    """By slot."""


def wall_slot(number: int) -> str:
    """Slot of wall 0, 1 or 2."""
    return f"backdrop_{number}"


def block_slot(number: int) -> str:
    """Slot of a block by its place in the list: three take turns."""
    return f"box_{number % 3}"
