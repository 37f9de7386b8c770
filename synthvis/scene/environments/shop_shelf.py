"""A shop: shelves with rows of the same goods, or a stall with trays of fruit, and sometimes customers."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from synthvis.draws import chance, pick, uniform
from synthvis.objects.furniture.shop_units import RIM_M, sample_shelves
from synthvis.objects.mesh.params import number, numbers
from synthvis.scene import palette
from synthvis.scene.environments.composer import SceneComposer, Span, Support
from synthvis.scene.environments.display import TO_CUSTOMER_RAD, Stock, ledge, variants_of
from synthvis.scene.environments.environment import Composition, Environment, View
from synthvis.scene.environments.walls import room
from synthvis.scene.placed_object import sample_object
from synthvis.scene.surroundings import Block, Surroundings, block_slot

__all__ = ["SHOP_SHELF"]

Weights = dict[str, float]
LIFT_M = 0.0005
"""Goods stand that far above their board, lest rounding put them into it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """What a shop sells.

    Attributes:
        goods: Kinds, by how often a stretch of shelf holds them.
        gap_m: From one shelf to the next.
        depth_m: Of a shelf.
        variants: How many different things a stretch may mix.
        stretch_m: Length of a stretch of one kind.
        second_row: How many stretches have a second row behind the first.
        most: Greatest count of objects.
    """

    goods: Weights
    gap_m: Span = (0.3, 0.42)
    depth_m: Span = (0.26, 0.42)
    variants: int = 2
    stretch_m: Span = (0.3, 1.2)
    second_row: float = 0.35
    most: int = 48


RANGES = {
    "bottles": Range(goods={"bottle": 1.0}, gap_m=(0.36, 0.42), variants=1, stretch_m=(0.2, 0.6), depth_m=(0.2, 0.34)),
    "books": Range(goods={"book_row": 6.0, "book_stack": 1.0, "book": 1.0, "vase": 0.2, "clock": 0.2,
                          "teddy_bear": 0.2, "potted_plant": 0.2}, gap_m=(0.33, 0.4), variants=3, most=58,
                   stretch_m=(0.3, 0.9), depth_m=(0.3, 0.36)),
    "crockery": Range(goods={"vase": 2.0, "bowl": 2.0, "cup": 3.0, "wine_glass": 1.0, "plate": 0.3},
                      gap_m=(0.3, 0.45), most=42),
    "vases": Range(goods={"vase": 4.0, "potted_plant": 0.7, "bowl": 0.3}, gap_m=(0.4, 0.55), variants=4, most=28),
    "bakery": Range(goods={"donut": 1.0}, gap_m=(0.18, 0.26), variants=2, stretch_m=(0.25, 0.7), most=56),
    "toys": Range(goods={"teddy_bear": 4.0, "sports_ball": 1.5, "book": 0.5, "box": 1.0, "frisbee": 0.3},
                  gap_m=(0.38, 0.5), variants=3, most=32),
    "balls": Range(goods={"sports_ball": 4.0, "frisbee": 0.6, "skateboard": 0.3, "bottle": 0.3},
                   gap_m=(0.36, 0.45), variants=4, depth_m=(0.34, 0.45), most=30),
    "small": Range(goods={"scissors": 1.0, "remote": 1.0, "cell_phone": 1.0, "mouse": 1.0, "clock": 2.0, "cup": 1.0,
                          "box": 1.0, "cylinder": 1.0, "keyboard": 0.6}, gap_m=(0.25, 0.4), variants=3, most=42),
    "pantry": Range(goods={"bottle": 3.0, "box": 1.5, "cylinder": 2.0, "bowl": 0.7, "cup": 0.7, "apple": 0.5,
                           "orange": 0.5, "banana_bunch": 0.3}, gap_m=(0.34, 0.4), variants=2, most=48),
}  # fmt: skip
SHOPS = {"stall": 3.5, "bottles": 1.6, "books": 1.3, "crockery": 1.2, "vases": 0.8, "bakery": 1.3, "toys": 1.2,
         "balls": 0.8, "small": 0.7, "pantry": 1.2}  # fmt: skip
FRUIT = {"apple": 3.0, "red_apple": 0.7, "green_apple": 0.3, "orange": 3.0, "banana_bunch": 2.0, "carrot": 2.2,
         "donut": 0.5, "banana": 0.4}  # fmt: skip
POSES = {"bottle": ("upright",), "cup": ("upright",), "bowl": ("upright",), "book": ("standing", "lying"),
         "clock": ("upright",), "donut": ("flat", "leaning"), "cell_phone": ("propped", "face_up"),
         "frisbee": ("upright", "on_edge"), "skateboard": ("on_its_side", "upright"), "box": ("upright",),
         "cylinder": ("upright",), "teddy_bear": ("upright",), "apple": ("upright",)}  # fmt: skip


def _compose(composer: SceneComposer) -> Composition:
    rng = composer.rng
    shop = pick(rng, SHOPS)
    depth_m = _stall(composer) if shop == "stall" else _shelves(composer, RANGES[shop])
    back_m = depth_m / 2 + (uniform(rng, (0.3, 2.0)) if shop == "stall" else uniform(rng, (0.03, 0.15)))
    surroundings = room(rng, back_m=back_m)
    if chance(rng, 0.6):
        surroundings = _neighbours(composer, surroundings, back_m)
    _customers(composer, depth_m, behind=shop == "stall" and back_m > depth_m / 2 + 0.9)
    low = 20.0 if shop == "stall" else -8.0
    return Composition(
        surroundings=surroundings,
        placed=tuple(composer.placed),
        view=View(
            azimuth_deg=40,
            elevation_deg=(low, low + uniform(rng, (15, 35))),
            height_m=(0.7, 2.1),
            fill=(0.7, 1.8),
            distance_m=(0.7, 4.0),
        ),
    )


def _shelves(composer: SceneComposer, goods: Range) -> float:
    """A unit with goods on every shelf; returns its depth."""
    rng = composer.rng
    sample = sample_shelves(rng, gap_m=goods.gap_m, depth_m=goods.depth_m)
    composer.place("shelf_unit", composer.floor, (0.0, 0.0), facing_rad=TO_CUSTOMER_RAD, sample=sample)
    depth_m, width_m = number(sample.params, "depth_m"), number(sample.params, "width_m")
    levels = numbers(sample.params, "levels_m")
    clear_m = levels[1] - levels[0] - number(sample.params, "thick_m") - 0.025
    stock = Stock(composer, goods.most)
    half_m = depth_m / 2, width_m / 2
    # Those before the eyes first: the lowest may stay empty.
    for level_m in sorted(levels, key=lambda level: abs(level - 1.2)):
        shelf = ledge(level_m + LIFT_M, (-half_m[0], half_m[0]), (-half_m[1], half_m[1]), clear_m)
        _fill(stock, goods, shelf)
    return depth_m


def _fill(stock: Stock, goods: Range, shelf: Support) -> None:
    """Stretches of one kind each along a shelf, some with a second row behind."""
    rng = stock.composer.rng
    start_m, last_m = -shelf.half_m[1], shelf.half_m[1]
    gone = uniform(rng, (0.0, 0.2)) if chance(rng, 0.85) else 0.6
    misses = 0
    while start_m < last_m - 0.06 and misses < 4 and not stock.is_full:
        kind = pick(rng, goods.goods)
        objects = variants_of(
            stock.composer,
            kind,
            variants=int(rng.integers(1, goods.variants + 1)),
            turn_rad=0.06 if chance(rng, 0.6) else 0.3,
            poses=POSES.get(kind, ()),
        )
        until_m = min(start_m + uniform(rng, goods.stretch_m), last_m)
        end_m = stock.row(objects, shelf, (start_m, until_m), depth_at=uniform(rng, (0.0, 0.3)), gone=gone)
        if chance(rng, goods.second_row):
            stock.row(objects, shelf, (start_m, until_m), depth_at=1.0, gone=gone)
        misses += end_m == start_m
        start_m = end_m + uniform(rng, (0.0, 0.03))


def _stall(composer: SceneComposer) -> float:
    """Trays of fruit in steps; returns the depth of the stall."""
    rng = composer.rng
    sampled = sample_object("stall", rng, facing_rad=TO_CUSTOMER_RAD)
    composer.place_sampled(sampled, composer.floor, (0.0, 0.0))
    params = sampled.parts[0][0].params
    step_m, width_m = number(params, "step_m"), number(params, "width_m")
    levels, trays = numbers(params, "levels_m"), numbers(params, "trays")
    front_m = -len(levels) * step_m / 2
    stock = Stock(composer, 58)
    share = round(stock.most / sum(trays))
    for index, (level_m, count) in enumerate(zip(levels, trays, strict=True)):
        x_m = front_m + index * step_m + RIM_M, front_m + (index + 1) * step_m - RIM_M
        for tray in range(int(count)):
            low_m, high_m = (width_m * (position / count - 0.5) for position in (tray, tray + 1))
            support = ledge(level_m + LIFT_M, x_m, (low_m + RIM_M, high_m - RIM_M))
            _fill_tray(stock, support, share)
    return -2 * front_m


def _fill_tray(stock: Stock, support: Support, share: int) -> None:
    rng = stock.composer.rng
    kind = pick(rng, FRUIT)
    aligned = kind in ("carrot", "banana", "banana_bunch")
    objects = variants_of(
        stock.composer,
        kind,
        variants=3,
        turn_count=1 if aligned else 2,
        turn_rad=0.25 if aligned else math.inf,
        poses=("flat", "leaning") if kind == "donut" else (),
        dressed_share=0.3,
    )
    # A bunch is many objects.
    parts = sum(len(sampled.parts) for sampled in objects) / len(objects)
    stock.pile(objects, support, most=max(2, round(uniform(rng, (0.6, 1.3)) * share / parts)))


def _neighbours(composer: SceneComposer, surroundings: Surroundings, back_m: float) -> Surroundings:
    """Further units along the wall, as boxes printed with goods."""
    rng = composer.rng
    blocks: list[Block] = []
    edge_m = max(abs(corner[1]) for item in composer.placed for corner in item.box_m) + 0.06
    for side in (1.0, -1.0):
        if chance(rng, 0.7):
            wide_m, deep_m = uniform(rng, (0.6, 1.8)), uniform(rng, (0.3, 0.6))
            at_m = side * (edge_m + wide_m / 2 + uniform(rng, (0.0, 0.5)))
            blocks.append(Block(back_m - deep_m / 2 - 0.01, at_m, 0.0, wide_m, deep_m, uniform(rng, (1.2, 2.2))))
    surfaces = {block_slot(index): palette.box_surface(rng, outdoors=False) for index in range(2)}
    return replace(surroundings, blocks=tuple(blocks), surfaces={**surroundings.surfaces, **surfaces})


def _customers(composer: SceneComposer, depth_m: float, *, behind: bool) -> None:
    rng = composer.rng
    if behind and chance(rng, 0.4):
        position = (depth_m / 2 + 0.5, rng.normal() * 0.3)
        composer.place(
            "person", composer.floor, position, facing_rad=TO_CUSTOMER_RAD + rng.normal() * 0.4, jitter_m=0.05
        )
    if chance(rng, 0.3):
        side = 1.0 if chance(rng, 0.5) else -1.0
        position = (-depth_m / 2 - uniform(rng, (0.5, 1.0)), side * uniform(rng, (0.3, 1.1)))
        composer.place("person", composer.floor, position, facing_rad=rng.normal() * 0.5, jitter_m=0.1)


SHOP_SHELF = Environment(
    name="shop_shelf",
    description="Shelves with rows of bottles, books, crockery, donuts or toys, or a stall with trays of fruit.",
    kinds=tuple(
        dict.fromkeys(
            ("shelf_unit", "stall", "person", *FRUIT, *(kind for goods in RANGES.values() for kind in goods.goods))
        )
    ),
    light="tabletop",
    compose=_compose,
    floor_m=3.0,
)
