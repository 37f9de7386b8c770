"""What lies on a table: what each person has before them, and what stands in the middle, by meal."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from synthvis.draws import chance, pick, uniform
from synthvis.geometry import rotation_about
from synthvis.objects.object_type import Sample
from synthvis.objects.registry import object_type_named
from synthvis.objects.spec import Param
from synthvis.scene.environments.composer import SceneComposer, Support
from synthvis.scene.environments.seating import Seat
from synthvis.scene.placed_object import PlacedObject, oriented_object

__all__ = ["COMPOUND", "MEALS", "ON_TABLES", "Meal", "Tableware"]

Weights = dict[str, float]
Fits = Callable[[Mapping[str, Param]], bool]


@dataclass(frozen=True, slots=True)
class Item:
    """Something at a person's place.

    Attributes:
        kind: Registry name.
        in_m: From the edge of the table to its middle.
        left_m: To the sitter's left of the middle of the place.
        share: How many places have it.
        on_top: It may lie on what is there.
    """

    kind: str
    in_m: float
    left_m: float
    share: float
    on_top: bool = False


MAT, PLATE = Item("place_mat", 0.2, 0.0, 0.25), Item("plate", 0.2, 0.0, 0.92, on_top=True)
FORK, KNIFE = Item("fork", 0.19, 0.19, 0.8, on_top=True), Item("knife", 0.19, -0.18, 0.75, on_top=True)
SPOON, GLASS = Item("spoon", 0.19, -0.215, 0.35, on_top=True), Item("wine_glass", 0.36, -0.17, 0.6)
CUP, BOWL = Item("cup", 0.32, -0.2, 0.75), Item("bowl", 0.2, 0.0, 0.6, on_top=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meal:
    """How a table is laid.

    Attributes:
        setting: What each person has.
        food: What lies on their plates.
        food_count: Fewest and most pieces on a plate.
        middle: What stands between them.
        middle_count: Fewest and most.
        people: Fewest and most places.
        mess: Standard deviation of every shift, metres; ten times that is the turn in radians.
    """

    setting: tuple[Item, ...] = ()
    food: Weights
    food_count: tuple[int, int] = (0, 1)
    middle: Weights
    middle_count: tuple[int, int] = (2, 6)
    people: tuple[int, int] = (1, 6)
    mess: float = 0.008


FRUIT = {"apple": 2.0, "orange": 2.0, "banana": 1.5, "banana_bunch": 0.25, "carrot": 0.4}
MEALS = {
    "breakfast": Meal(
        setting=(MAT, Item("plate", 0.19, 0.0, 0.6, on_top=True), BOWL, CUP, SPOON, KNIFE),
        food={"slice": 2.0, "donut": 1.5, "banana": 0.6, "orange_cut": 0.6, "helping": 0.6, "banana_slice": 0.3},
        food_count=(0, 2),
        middle={"bottle": 2.0, "cup": 1.5, "fruit_bowl": 1.5, "orange": 1.2, "banana_bunch": 0.8, "banana": 0.6,
                "apple": 0.6, "bowl": 1.0, "vase": 0.7, "box": 0.8, "donut_plate": 0.7, "knife": 0.3,
                "cell_phone": 0.3},
    ),
    "dinner": Meal(
        setting=(MAT, PLATE, FORK, KNIFE, SPOON, GLASS, Item("cup", 0.34, -0.26, 0.3),
               Item("bowl", 0.2, 0.0, 0.15, True)),
        food={"helping": 4.0, "carrot_cut": 1.0, "slice": 0.7},
        food_count=(0, 3),
        middle={"bottle": 3.0, "bowl": 2.0, "wine_glass": 1.0, "vase": 1.2, "cup": 0.8, "fruit_bowl": 0.5,
                "cylinder": 0.6, "spoon": 0.5, "plate": 0.5, "potted_plant": 0.3, "food_plate": 1.2,
                "carrot_plate": 0.7},
        middle_count=(3, 8),
    ),
    "snack": Meal(
        setting=(PLATE, CUP, Item("fork", 0.19, 0.17, 0.3, True)),
        food={"donut": 5.0, "slice": 1.0, "apple_cut": 0.5, "orange_cut": 0.4},
        food_count=(1, 3),
        middle={"donut_plate": 3.5, "cup": 1.5, "donut": 0.8, "bottle": 1.0, "apple": 0.6, "cell_phone": 0.5,
                "box": 0.5, "fruit_bowl": 0.5, "book": 0.3},
        people=(1, 3),
        mess=0.02,
    ),
    "tea": Meal(
        setting=(Item("plate", 0.16, 0.03, 0.6), Item("cup", 0.22, -0.15, 1.0), Item("spoon", 0.2, -0.23, 0.6),
               Item("fork", 0.16, 0.15, 0.25, True)),
        food={"slice": 2.5, "donut": 2.0, "helping": 0.3},
        food_count=(0, 2),
        middle={"cup": 1.5, "vase": 1.5, "donut_plate": 0.8, "bowl": 0.8, "bottle": 0.5, "book": 0.6, "cell_phone": 0.6,
                "potted_plant": 0.4, "laptop": 0.2, "remote": 0.1},
        middle_count=(1, 4),
        people=(1, 2),
        mess=0.015,
    ),
    "messy": Meal(
        setting=(Item("plate", 0.22, 0.0, 0.85), Item("fork", 0.22, 0.05, 0.8, True),
               Item("knife", 0.2, -0.06, 0.7, True),
               Item("spoon", 0.2, 0.1, 0.4, True), Item("wine_glass", 0.38, -0.15, 0.5), Item("cup", 0.34, 0.18, 0.6),
               Item("bowl", 0.28, 0.16, 0.35)),
        food={"helping": 2.0, "slice": 1.0, "orange_cut": 0.6, "apple_cut": 0.6, "carrot_cut": 0.6},
        food_count=(0, 2),
        middle={"bottle": 3.0, "bowl": 2.0, "cup": 2.0, "plate": 1.0, "wine_glass": 1.0, "spoon": 0.8, "fork": 0.6,
                "food_plate": 1.0, "fruit_bowl": 0.6, "cell_phone": 0.5, "apple": 0.5, "vase": 0.4, "box": 0.4},
        middle_count=(3, 9),
        mess=0.05,
    ),
    "cooking": Meal(
        food={"carrot": 1.0},
        middle={"cutting_board": 3.0, "bowl": 2.0, "bottle": 1.5, "carrot": 1.2, "knife": 0.8, "spoon": 0.6, "cup": 0.8,
                "apple": 0.6, "orange": 0.5, "box": 0.5, "cylinder": 0.5, "plate": 0.6, "food_plate": 0.4,
                "fruit_bowl": 0.6, "banana": 0.4, "scissors": 0.3, "carrot_plate": 0.8},
        middle_count=(6, 12),
        people=(0, 1),
        mess=0.03,
    ),
    "fruit": Meal(
        food={"apple": 1.0},
        middle={"fruit_bowl": 4.0, "vase": 1.5, "apple": 0.8, "orange": 0.8, "banana": 0.6, "banana_bunch": 0.6,
                "cup": 0.6, "bottle": 0.5, "book": 0.4, "food_plate": 0.5, "bowl": 0.4},
        middle_count=(3, 6),
        people=(0, 1),
        mess=0.02,
    ),
}  # fmt: skip
COMPOUND = {"fruit_bowl": "bowl", "donut_plate": "plate", "carrot_plate": "plate", "food_plate": "plate",
            "cutting_board": "plank"}  # fmt: skip
"""Entries of `Meal.middle` that are several things, and what carries them."""

ON_TABLES = tuple(
    dict.fromkeys(
        kind
        for meal in MEALS.values()
        for kind in (*(item.kind for item in meal.setting), *meal.food, *meal.middle, *COMPOUND.values(), *FRUIT)
        if kind not in COMPOUND
    )
)
"""Every kind that may lie there."""

POSES = {"fork": ("tines_up",), "spoon": ("bowl_up",), "cup": ("upright",), "bowl": ("upright",), "donut": ("flat",),
         "wine_glass": ("upright",), "slice": ("upright",), "clock": ("upright",), "box": ("upright",)}  # fmt: skip
FITTING: dict[str, Fits] = {
    "plate": lambda params: float(params["radius_m"]) > 0.095,  # type: ignore[arg-type]  # a number
    "knife": lambda params: params["style"] in ("table", "butter", "steak"),
    "bottle": lambda params: params["style"] != "detergent",
    "fruit_bowl": lambda params: not params["fill"] and float(params["radius_m"]) > 0.1,  # type: ignore[arg-type]
    "plank": lambda params: float(params["depth_m"]) > 0.15,  # type: ignore[arg-type]
    "vase": lambda params: float(params["height_m"]) < 0.4,  # type: ignore[arg-type]
}  # fmt: skip
SPOON_LEFT_IN = {"bowl": 0.35, "cup": 0.12}
"""Share of bowls and cups with a spoon in them."""
MAX_AT_TABLE_M = 0.22
"""Longer spoons are for cooking."""


class Tableware:
    """A household's plates, cups and cutlery: most of a kind are alike.

    Args:
        composer: What it lies on is its support.
        meal: How the table is laid.
    """

    def __init__(self, composer: SceneComposer, meal: Meal) -> None:
        self.composer = composer
        self.meal = meal
        self._own: dict[str, Sample] = {}

    def sample(self, kind: str, *, alike: float = 0.85, fits: str | None = None) -> Sample:
        """A draw of a kind, with probability `alike` that of before; `fits` names an entry of FITTING."""
        rng = self.composer.rng
        name = fits or kind
        if name in self._own and chance(rng, alike):
            return self._own[name]
        for _ in range(12):
            drawn = self.composer.objects.named(kind).sample(rng)
            if name not in FITTING or FITTING[name](drawn.params):
                break
        return self._own.setdefault(name, drawn)

    def lay(self, seat: Seat, top: Support) -> None:
        """A person's place, with food on the plate."""
        rng, mess = self.composer.rng, self.meal.mess
        for item in self.meal.setting:
            if not chance(rng, item.share):
                continue
            facing = seat.inward_rad + 10 * mess * rng.normal() * (0.3 if mess < 0.01 else 1.0)
            sample = self.sample(item.kind)
            # Cutlery grows from the end of its handle.
            half_m = _length_m(sample) / 2 if item.kind in ("fork", "knife", "spoon") else 0.0
            x_m, y_m = seat.at(item.in_m, item.left_m)
            position = x_m - half_m * math.cos(facing), y_m - half_m * math.sin(facing)
            if item.kind in ("cup", "bottle"):
                facing = rng.normal() * 0.8 + seat.inward_rad - math.pi / 2
            laid = self._put(item.kind, top, position, facing, mess, sample=sample, stack=item.on_top)
            if laid and item.kind in ("plate", "bowl") and _is_open(laid):
                self.heap(
                    laid, top, self.meal.food, int(rng.integers(self.meal.food_count[0], self.meal.food_count[1] + 1))
                )
            if laid and chance(rng, SPOON_LEFT_IN.get(item.kind, 0.0)):
                self.leave_spoon_in(laid, top)

    def stand(self, name: str, top: Support, at_m: tuple[float, float]) -> None:
        """Something in the middle of the table, perhaps with more on it."""
        rng = self.composer.rng
        kind = COMPOUND.get(name, name)
        sample = self.sample(kind, alike=0.3, fits=name if name in FITTING else None)
        facing = (
            uniform(rng, (0, 2 * math.pi)) if kind not in ("laptop", "clock", "plank") else math.pi + rng.normal() * 0.5
        )
        carrier = self._put(kind, top, at_m, facing, 0.06, sample=sample)
        if carrier is None:
            return
        if chance(rng, SPOON_LEFT_IN.get(name, 0.0)):
            self.leave_spoon_in(carrier, top)
        if name == "fruit_bowl":
            one = pick(rng, FRUIT)
            self.heap(carrier, top, FRUIT if chance(rng, 0.5) else {one: 1.0}, int(rng.integers(2, 8)))
        elif name == "donut_plate":
            self.heap(carrier, top, {"donut": 1.0}, int(rng.integers(2, 8)))
        elif name == "carrot_plate":
            self.heap(carrier, top, {"carrot": 1.0}, int(rng.integers(3, 9)))
        elif name == "food_plate":
            self.heap(carrier, top, {"slice": 2.0, "helping": 1.0, "orange_cut": 1.0, "apple_cut": 1.0}, 3)
        elif name == "cutting_board":
            chopped = {"carrot": 2.5, "carrot_cut": 2.0, "apple_cut": 0.6, "orange_cut": 0.5, "banana_slice": 0.3}
            self._put(
                "knife", top, carrier.xyz_m[:2], facing, 0.05, sample=object_type_named("knife").sample(rng), stack=True
            )
            self.heap(carrier, top, chopped, int(rng.integers(2, 7)))

    def leave_spoon_in(self, carrier: PlacedObject, top: Support) -> None:
        """A spoon in a bowl or a cup, its handle over the rim."""
        rng = self.composer.rng
        spoon = self.sample("spoon", alike=0.7)
        low, high = carrier.box_m
        # On soup it lies across the rim; drinks hide a spoon.
        deep_m = high[2] - low[2] if _is_open(carrier) else 0.02
        if _length_m(spoon) > MAX_AT_TABLE_M or (carrier.sampled.parts[0][0].kind == "cup" and not _is_open(carrier)):
            return
        steep_rad = math.atan2(deep_m, 0.5 * min(high[0] - low[0], high[1] - low[1]))
        turn_rad = uniform(rng, (0, 2 * math.pi))
        dip = rotation_about((0, 0, 1), turn_rad) @ rotation_about((0, 1, 0), steep_rad + uniform(rng, (0.02, 0.15)))
        # Cutlery grows from the end of its handle; the other end is to be a little behind the middle.
        reach_m = _length_m(spoon) * math.cos(steep_rad) - 0.3 * (high[0] - low[0]) / 2
        middle = carrier.centre_m
        at_m = middle[0] - reach_m * math.cos(turn_rad), middle[1] - reach_m * math.sin(turn_rad)
        self.composer.place_sampled(oriented_object("spoon", spoon, dip), top, at_m, stack=True)

    def heap(self, carrier: PlacedObject, top: Support, food: Weights, count: int) -> None:
        """Food on a plate, in a bowl or on a board."""
        rng, middle = self.composer.rng, carrier.centre_m[:2]
        low, high = carrier.box_m
        # Close around the middle: what is dropped at the rim would stay there.
        spread = 0.16 * min(high[0] - low[0], high[1] - low[1])
        # A heap grows no taller than a piece or two above the rim; towers would topple.
        heaped = replace(top, clearance_m=high[2] - top.level_m + 0.065)
        for number in range(count):
            kind = pick(rng, food)
            position = middle if number == 0 else (middle[0] + spread * rng.normal(), middle[1] + spread * rng.normal())
            facing = uniform(rng, (0, 2 * math.pi))
            self._put(kind, heaped, position, facing, 0.012, sample=self.sample(kind, alike=0.5), stack=True)

    def _put(
        self,
        kind: str,
        top: Support,
        at_m: tuple[float, float],
        facing_rad: float,
        jitter_m: float,
        *,
        sample: Sample,
        stack: bool = False,
    ) -> PlacedObject | None:
        # In a mess things lie in any way.
        poses = () if self.meal.mess > 0.04 and chance(self.composer.rng, 0.4) else POSES.get(kind, ())
        return self.composer.place(
            kind,
            top,
            at_m,
            facing_rad=facing_rad,
            poses=poses,
            jitter_m=jitter_m,
            stack=stack,
            steady=stack,
            sample=sample,
        )


def _length_m(sample: Sample) -> float:
    length = sample.params["length_m"]
    return float(length) if isinstance(length, (int, float)) else 0.0


def _is_open(laid: PlacedObject) -> bool:
    """Whether there is room for food: a plate, or a bowl without soup."""
    return not laid.sampled.parts[0][0].params.get("fill")
