"""A street: houses or lawns on both sides, traffic lights or a stop sign, cars, people, benches, plants, a terrace."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

from numpy.random import Generator

from synthvis.draws import chance, log_uniform, pick, uniform
from synthvis.objects.spec import Param, SurfaceSpec
from synthvis.scene import palette
from synthvis.scene.environments.composer import SceneComposer
from synthvis.scene.environments.environment import Composition, Environment, View
from synthvis.scene.environments.outdoors import (
    BENCH_THINGS,
    CAMERA_RAD,
    altered,
    around,
    close_view,
    furnish_bench,
    put_outside,
    put_walker,
    umbrella,
)
from synthvis.scene.environments.parking import CYCLES, park_bicycles, park_motorcycles
from synthvis.scene.environments.people import OUTDOORS
from synthvis.scene.free.surroundings import road_paint
from synthvis.scene.placed_object import sample_object
from synthvis.scene.surroundings import Block, Crown, Ground, Kerb, PaintedBar, RoadLine, Tree, block_slot
from synthvis.scene.surroundings_builder import SurroundingsBuilder

__all__ = ["STREET"]

FLOOR_M = 24.0
KERB_M = 0.01
"""A kerb that things beside it may ignore."""

NEAR_M, FAR_M = -3.0, 20.0
"""Where things stand along the street, from the point that the camera is drawn around."""

VIEWS = {
    "sky": View(azimuth_deg=28, elevation_deg=(-32, -5), height_m=(0.8, 1.8), fill=(0.2, 1.1), distance_m=(1.5, 45)),
    "pavement": View(
        azimuth_deg=28, elevation_deg=(-1, 14), height_m=(1.0, 2.1), fill=(0.5, 1.5), distance_m=(1.5, 22)
    ),
    "afar": View(azimuth_deg=20, elevation_deg=(-6, 8), height_m=(1.4, 3.5), fill=(0.35, 1.1), distance_m=(4, 35)),
}
CONTROLS = ("traffic_light", "stop_sign")
SUBJECTS = ("bench", "umbrella", "dining_table", "chair", "clock", "traffic_cone", "skateboard", "bicycle",
            "motorcycle")  # fmt: skip
"""What people take pictures of where no light or sign is the subject."""

TABLE_THINGS = {"cup": 3.0, "wine_glass": 1.6, "bottle": 1.6, "plate": 1.2, "bowl": 0.5, "fork": 0.5, "knife": 0.5,
                "cell_phone": 0.5, "vase": 0.4, "book": 0.2, "spoon": 0.3}  # fmt: skip
LITTER = {"bottle": 2.0, "cup": 1.5, "skateboard": 1.0, "sports_ball": 0.5, "umbrella": 0.3, "crate": 0.5}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Street:
    """Where the road is.

    Attributes:
        along: It leads away from the camera; else it passes before it.
        half_m: Half the width of the road.
        pavement_m: Width of each pavement.
        middle_m: Distance of its middle from the x axis (along), or from the y axis.
        city: Houses line it; else lawns and hedges.
        builder: What stands along it.
    """

    along: bool
    half_m: float
    pavement_m: float
    middle_m: float
    city: bool
    builder: SurroundingsBuilder = field(default_factory=lambda: SurroundingsBuilder(base=Ground(size_m=200.0)))

    def at(self, along_m: float, across_m: float) -> tuple[float, float]:
        """The x and y of a point that far along the street and across it from its middle."""
        position = (along_m, across_m + self.middle_m)
        return position if self.along else (position[1], position[0] - (NEAR_M + FAR_M) / 2)

    def heading_rad(self, turn_rad: float = 0.0) -> float:
        """Direction of the street, and `turn_rad` from it towards positive `across_m`."""
        return turn_rad if self.along else math.pi / 2 - turn_rad

    @property
    def edge_m(self) -> float:
        """From the middle to the houses."""
        return self.half_m + self.pavement_m


def _compose(composer: SceneComposer) -> Composition:
    rng = composer.rng
    along, city = chance(rng, 0.7), chance(rng, 0.62)
    half_m, pavement_m = uniform(rng, (2.8, 5.5)), uniform(rng, (2.2, 5.0)) if city else uniform(rng, (1.5, 3.0))
    middle_m = rng.normal() * 0.5 if along else uniform(rng, (1.0, 3.0)) + half_m
    street = _Street(along=along, half_m=half_m, pavement_m=pavement_m, middle_m=middle_m, city=city)
    rain = chance(rng, 0.2)
    _lay(street, rng, wet=rain)
    _line(street, rng)
    _cars(composer, street)
    _cycles(composer, street)
    if city and chance(rng, 0.3):
        _terrace(composer, street)
    _furniture(composer, street)
    _people(composer, street, rain=rain)
    control = pick(
        rng, {"lights": 4.5, "stop": 3.5, "none": 1.5} if city else {"lights": 2.5, "stop": 5.0, "none": 1.5}
    )
    if control == "stop":
        _stop_signs(composer, street)
    elif control == "lights":
        _lights(composer, street)
    view = _view(rng, street, control)
    return Composition(surroundings=street.builder.build(), placed=tuple(composer.placed), view=view)


def _view(rng: Generator, street: _Street, control: str) -> View:
    name = pick(rng, {"sky": 0.0 if control == "none" else 4.0, "pavement": 3.0, "afar": 3.0})
    view = VIEWS[name]
    if name == "sky" or (control != "none" and chance(rng, 0.5)):
        view = replace(view, anchors=CONTROLS, alone_share=0.4)
    elif chance(rng, 0.6):
        view = replace(view, anchors=SUBJECTS, alone_share=0.3)
    else:
        view = replace(view, alone_share=0.2)
    if not street.along:
        return view
    reach_m = street.edge_m - 0.9 if street.city else street.edge_m + 2.0
    return replace(view, aisle_m=(street.middle_m - reach_m, street.middle_m + reach_m))


# What does not move


def _lay(street: _Street, rng: Generator, *, wet: bool) -> None:
    """Road, kerbs, pavements and paint."""
    surfaces, change_road = street.builder.surfaces, street.builder.change_road
    low, high = street.middle_m - street.half_m, street.middle_m + street.half_m
    change_road(heading_rad=0.0 if street.along else -math.pi / 2, kerbs=(Kerb(low, KERB_M), Kerb(high, KERB_M)))
    road = palette.road(rng)
    if wet and road.kind == "asphalt":
        road = SurfaceSpec(kind=road.kind, params={**road.params, "wet": uniform(rng, (0.4, 1.0))})
    surfaces |= {"ground": road, "kerb": palette.plain(rng, (0.35, 0.34, 0.33)), "marking": road_paint(rng)}
    surfaces["verge"] = palette.paving(rng) if street.city else palette.verge(rng)
    lines: list[RoadLine] = []
    if not chance(rng, 0.15):
        lines.append(RoadLine(street.middle_m, 0.12, *((0.0, 1.0) if chance(rng, 0.4) else (3.0, 4.0))))
    if chance(rng, 0.4):
        lines += [RoadLine(edge, 0.1, 0.0, 1.0) for edge in (low + 0.2, high - 0.2)]
    change_road(lines=tuple(lines))
    if chance(rng, 0.4):
        # Offsets of paint count from the road's own axis, along it from the origin.
        start_m, count = uniform(rng, (-2.0, 8.0)), int(2 * street.half_m / 1.0)
        bars = (PaintedBar(start_m, low + 0.75 + 1.0 * number, 3.0, 0.5) for number in range(count))
        change_road(bars=tuple(bars))


def _line(street: _Street, rng: Generator) -> None:
    """Houses or trees on both sides, and what closes the view."""
    builder = street.builder
    for side in (1.0, -1.0) if street.along else (1.0,):
        builder.blocks += _houses(street, rng, side)
        if chance(rng, 0.45 if street.city else 0.8):
            builder.trees += _trees(street, rng, side)
    if builder.blocks:
        for number in range(3):
            builder.surfaces[block_slot(number)] = palette.facade(rng)
    if builder.trees:
        builder.crown_seed = int(rng.integers(0, 2**31))
        builder.surfaces["trunk"] = palette.plain(rng, (0.09, 0.07, 0.05))
        builder.surfaces["crown"] = palette.foliage(rng)
    if not street.city or chance(rng, 0.6):
        close_view(builder, 40.0 if street.along else street.middle_m + street.edge_m + 10.0, rng)


def _houses(street: _Street, rng: Generator, side: float) -> list[Block]:
    houses: list[Block] = []
    start_m, end_m = (-45.0, 60.0) if street.along else (-30.0, 50.0)
    back_m = 0.0 if street.city else uniform(rng, (5.0, 14.0))
    density = 0.93 if street.city else uniform(rng, (0.0, 0.7))
    while start_m < end_m:
        long_m, deep_m = uniform(rng, (8.0, 26.0)) if street.city else uniform(rng, (7.0, 14.0)), 9.0
        high_m = log_uniform(rng, (6.0, 20.0)) if street.city else uniform(rng, (3.5, 7.0))
        if chance(rng, density):
            front_m = street.edge_m + back_m + uniform(rng, (0.0, 0.5))
            x_m, y_m = street.at(start_m + long_m / 2, side * (front_m + deep_m / 2))
            size = (deep_m, long_m) if street.along else (long_m, deep_m)
            houses.append(Block(x_m, y_m, 0.0, *size, high_m))
        start_m += long_m + (uniform(rng, (0.0, 0.2)) if street.city else uniform(rng, (3.0, 12.0)))
    return houses


def _trees(street: _Street, rng: Generator, side: float) -> list[Tree]:
    """A row of them between pavement and lawn, or along the kerb."""
    across_m = side * (street.half_m + 0.7 if street.city else street.edge_m + uniform(rng, (0.5, 4.0)))
    step_m, size_m = uniform(rng, (6.0, 14.0)), uniform(rng, (1.2, 2.6))
    trees = []
    for number in range(int(rng.integers(2, 7))):
        x_m, y_m = street.at(uniform(rng, (1.0, 4.0)) + step_m * number, across_m + rng.normal() * 0.1)
        high_m = uniform(rng, (3.0, 6.0))
        radius_m = uniform(rng, (0.08, 0.2))
        crowns: tuple[Crown, ...] = ()
        if chance(rng, 0.9):
            crowns = (Crown(x_m, y_m, high_m + 0.6 * size_m, size_m * uniform(rng, (0.8, 1.2))),)
        trees.append(Tree(x_m, y_m, 0.0, radius_m, high_m, crowns))
    return trees


# What stands and moves


def _place(
    composer: SceneComposer, kind: str, at_m: tuple[float, float], facing_rad: float | None, jitter_m: float
) -> bool:
    return composer.place(kind, composer.floor, at_m, facing_rad=facing_rad, jitter_m=jitter_m) is not None


def _block_trunks(composer: SceneComposer, street: _Street) -> None:
    for x_m, y_m in ((tree.x_m, tree.y_m) for tree in street.builder.trees):
        composer.floor.field.block((x_m - 0.3, x_m + 0.3), (y_m - 0.3, y_m + 0.3), 4.0)


def _cars(composer: SceneComposer, street: _Street) -> None:
    """Parked at the kerbs and driving; their bonnets are at -x."""
    rng = composer.rng
    _block_trunks(composer, street)
    parked = uniform(rng, (0.0, 0.7))
    for side in (1.0, -1.0):
        for along_m in (0.5, 6.3, 12.1, 17.9):
            if chance(rng, parked):
                at_m = street.at(along_m + rng.normal() * 0.2, side * (street.half_m - 1.1))
                _place(composer, "car", at_m, street.heading_rad(math.pi if side > 0 else 0.0), 0.0)
    for _ in range(int(rng.integers(0, 4))):
        side = 1.0 if chance(rng, 0.5) else -1.0
        at_m = street.at(uniform(rng, (3.0, FAR_M)), side * uniform(rng, (0.25, 0.5)) * street.half_m)
        _place(composer, "car", at_m, street.heading_rad(0.0 if side > 0 else math.pi) + rng.normal() * 0.03, 0.5)


def _cycles(composer: SceneComposer, street: _Street) -> None:
    """Bicycles and motorcycles on the pavements and at the kerbs."""
    rng = composer.rng
    for side in (1.0, -1.0):
        if chance(rng, 0.5):
            across_m = street.edge_m - 0.5 if chance(rng, 0.3) else street.half_m + uniform(rng, (0.95, 1.3))
            at_m = street.at(uniform(rng, (0.0, 11.0)), side * across_m)
            park_bicycles(composer, at_m, street.heading_rad())
        if chance(rng, 0.35):
            at_m = street.at(uniform(rng, (0.0, 13.0)), side * (street.half_m + (1.15 if chance(rng, 0.5) else -1.15)))
            park_motorcycles(composer, at_m, street.heading_rad())
    if chance(rng, 0.25):
        # On the road, as if it drove: who sits on it is not there.
        side = 1.0 if chance(rng, 0.5) else -1.0
        at_m = street.at(uniform(rng, (2.0, 14.0)), side * uniform(rng, (0.2, 0.6)) * street.half_m)
        _place(composer, "motorcycle", at_m, street.heading_rad(math.pi if side > 0 else 0.0), 0.4)


def _terrace(composer: SceneComposer, street: _Street) -> None:
    """Tables of a café before the houses, with chairs, what is on them, and parasols."""
    rng = composer.rng
    side = 1.0 if chance(rng, 0.5) or not street.along else -1.0
    spots = [street.at(uniform(rng, (1.0, 3.0)) + 2.4 * number, side * (street.edge_m - 1.1)) for number in range(3)]
    spots = spots[: int(rng.integers(1, 4))]
    for at_m in spots:
        objects = [sample_object("dining_table", rng, facing_rad=street.heading_rad()) for _ in range(3)]
        table = composer.place_sampled(
            min(objects, key=lambda sampled: sampled.radius_m), composer.floor, at_m, jitter_m=0.1
        )
        if table is None:
            continue
        top = composer.top_of(table)
        for _ in range(int(rng.integers(1, 6))):
            position = (at_m[0] + rng.normal() * 0.2, at_m[1] + rng.normal() * 0.2)
            composer.place(pick(rng, TABLE_THINGS), top, position, jitter_m=0.1)
        for number in range(int(rng.integers(1, 4))):
            turn_rad = street.heading_rad() + math.pi * number * (1.0 if number < 2 else 0.5) + rng.normal() * 0.2
            reach_m = 0.75 * table.sampled.radius_m + 0.35
            position = (table.xyz_m[0] + reach_m * math.cos(turn_rad), table.xyz_m[1] + reach_m * math.sin(turn_rad))
            put_outside(composer, "chair", position, facing_rad=turn_rad + math.pi, jitter_m=0.1)
    if chance(rng, 0.7):
        for x_m, y_m in spots:
            sampled = umbrella(rng, ("parasol",))
            composer.place_sampled(sampled, composer.floor, (x_m + 0.7, y_m + 0.5), jitter_m=0.25)


def _furniture(composer: SceneComposer, street: _Street) -> None:
    """Benches, plants, cones, a clock on its post, what someone has left."""
    rng = composer.rng
    sides = (1.0, -1.0)
    for _ in range(int(rng.integers(0, 4))):
        side = sides[int(rng.integers(2))]
        outer = chance(rng, 0.6)
        at_m = street.at(uniform(rng, (NEAR_M, 14.0)), side * (street.edge_m - 0.6 if outer else street.half_m + 0.8))
        bench = composer.place(
            "bench", composer.floor, at_m, facing_rad=street.heading_rad(-side * math.pi / 2), jitter_m=0.3
        )
        if bench is not None and chance(rng, 0.3):
            furnish_bench(composer, bench, int(rng.integers(1, 3)))
    for _ in range(int(rng.integers(-1, 5))):
        at_m = street.at(uniform(rng, (NEAR_M, 14.0)), sides[int(rng.integers(2))] * (street.edge_m - 0.5))
        _place(composer, "potted_plant", at_m, None, 0.2)
    if chance(rng, 0.2):
        start_m, across_m = uniform(rng, (0.0, 8.0)), sides[int(rng.integers(2))] * uniform(rng, (0.3, 1.2))
        for number in range(int(rng.integers(2, 6))):
            at_m = street.at(start_m + 1.6 * number, across_m * street.half_m)
            _place(composer, "traffic_cone", at_m, None, 0.15)
    for _ in range(int(rng.integers(-1, 3))):
        at_m = street.at(uniform(rng, (NEAR_M, 8.0)), sides[int(rng.integers(2))] * (street.half_m + 1.0))
        _place(composer, pick(rng, LITTER), at_m, None, 0.5)
    for _ in range(int(rng.integers(0, 3))):
        at_m = street.at(uniform(rng, (NEAR_M, 18.0)), sides[int(rng.integers(2))] * (street.half_m + 0.5))
        _place(composer, pick(rng, {"post": 2.0, "sign": 2.0, "barrel": 1.0, "barrier": 0.5}), at_m, CAMERA_RAD, 0.3)
    if chance(rng, 0.15):
        _clock(composer, street)


def _clock(composer: SceneComposer, street: _Street) -> None:
    """A large clock on a post."""
    rng = composer.rng
    at_m = street.at(uniform(rng, (0.0, 8.0)), (1.0 if chance(rng, 0.5) else -1.0) * (street.half_m + 0.8))
    post = altered("post", rng, {"height_m": uniform(rng, (2.4, 3.6)), "radius_m": uniform(rng, (0.05, 0.09))})
    placed = composer.place_sampled(post, composer.floor, at_m, jitter_m=0.4)
    if placed is None:
        return
    radius_m = uniform(rng, (0.28, 0.5))
    size: dict[str, Param] = {"style": "round", "radius_m": radius_m, "depth_m": 0.3 * radius_m, "two_faced": True}
    clock = altered("clock", rng, size, facing_rad=around(rng, CAMERA_RAD, 0.4))
    composer.place_sampled(clock, composer.floor, placed.xyz_m[:2], stack=True)


def _people(composer: SceneComposer, street: _Street, *, rain: bool) -> None:
    rng = composer.rng
    for _ in range(int(rng.integers(1, 10))):
        across_m = uniform(rng, (-street.edge_m + 0.4, street.edge_m - 0.4))
        if abs(across_m) < street.half_m and chance(rng, 0.6):
            across_m = math.copysign(street.half_m + uniform(rng, (0.4, 1.6)), across_m)
        heading = street.heading_rad(math.pi * int(rng.integers(2))) + rng.normal() * 0.4
        at_m = street.at(uniform(rng, (NEAR_M, FAR_M)), across_m)
        put_walker(composer, at_m, heading, sheltered=chance(rng, 0.75 if rain else 0.04))


# What the street is known for


def _stop_signs(composer: SceneComposer, street: _Street) -> None:
    rng = composer.rng
    for number in range(1 if chance(rng, 0.85) else 2):
        side = -1.0 if number == 0 and chance(rng, 0.75) else 1.0
        at_m = street.at(uniform(rng, (-1.0, 9.0)) + 3.0 * number, side * (street.half_m + uniform(rng, (0.3, 1.0))))
        facing = CAMERA_RAD + math.radians(uniform(rng, (0, 50))) * (1.0 if chance(rng, 0.5) else -1.0)
        _place(composer, "stop_sign", at_m, facing, 0.4)


def _lights(composer: SceneComposer, street: _Street) -> None:
    """Heads at the near and the far side of a junction, most of them turned to the camera."""
    rng = composer.rng
    near_m = uniform(rng, (-1.0, 8.0))
    rows = (near_m, near_m + uniform(rng, (7.0, 11.0)))
    for _ in range(int(rng.integers(1, 8))):
        side = -1.0 if chance(rng, 0.6) else 1.0
        along_m = rows[0 if chance(rng, 0.55) else 1]
        at_m = street.at(along_m + rng.normal() * 0.6, side * (street.half_m + uniform(rng, (0.2, 1.2))))
        if chance(rng, 0.3):
            # Over the road, on an arm whose post is at the side or, seen from here, in the way of nobody.
            at_m = street.at(along_m, side * uniform(rng, (0.2, 0.9)) * street.half_m)
        facing = around(rng, CAMERA_RAD, 0.3)
        if chance(rng, 0.2):
            facing = street.heading_rad((0.5 if chance(rng, 0.5) else -0.5) * math.pi)
        _place(composer, "traffic_light", at_m, facing, 0.3)


STREET = Environment(
    name="street",
    description="A street with traffic lights or a stop sign, vehicles, people, benches, plants, sometimes a terrace.",
    kinds=tuple(
        dict.fromkeys(
            (
                "traffic_light", "stop_sign", "bench", "potted_plant", "umbrella", "traffic_cone", "clock",
                "chair", "dining_table", "car", *CYCLES, "person", *OUTDOORS, "post", "sign", "barrel", "barrier",
                *LITTER, *TABLE_THINGS, *BENCH_THINGS,
            )
        )
    ),
    light="ground",
    compose=_compose,
    floor_m=FLOOR_M,
)  # fmt: skip
