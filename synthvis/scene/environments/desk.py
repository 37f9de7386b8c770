"""A desk: a screen or a laptop, keyboard and mouse before it, books, papers and a cup around it, a chair in front."""

from __future__ import annotations

import math

from synthvis.draws import chance, pick, uniform
from synthvis.scene import palette
from synthvis.scene.environments.composer import SceneComposer, Support
from synthvis.scene.environments.environment import Composition, Environment, View
from synthvis.scene.environments.interior import SPINE_BEHIND
from synthvis.scene.environments.walls import with_walls
from synthvis.scene.surroundings import Surroundings, Tabletop

__all__ = ["DESK"]

FLOOR_M = -0.74
USER_RAD = math.pi
"""Where the user sits, and so where screens look: the camera's side."""

AROUND = {
    "book": 2.0, "book_stack": 1.6, "book_open": 0.8, "book_row": 1.0, "cup": 2.0, "bottle": 1.2, "cell_phone": 1.6,
    "remote": 0.5, "scissors": 0.8, "potted_plant": 0.8, "vase": 0.5, "clock": 0.8, "teddy_bear": 0.3, "bowl": 0.4,
    "apple": 0.3, "banana": 0.3, "wine_glass": 0.2, "mouse": 0.2, "box": 0.6, "cylinder": 0.6, "plate": 0.3,
    "stick": 0.6,
}  # fmt: skip
TALL = frozenset({"book_row", "potted_plant", "vase", "clock", "bottle", "teddy_bear"})
"""What people put at the back."""


def _compose(composer: SceneComposer) -> Composition:
    rng = composer.rng
    width_m, depth_m = uniform(rng, (1.1, 1.9)), uniform(rng, (0.6, 0.85))
    table = Surroundings(
        base=Tabletop(width_m=width_m, depth_m=depth_m, height_m=-FLOOR_M),
        surfaces={
            "top": palette.table_surface(rng),
            "apron": palette.table_surface(rng),
            "leg": palette.table_surface(rng),
            "floor": palette.floor_surface(rng),
        },
    )
    back_m = depth_m / 2 + uniform(rng, (0.02, 0.3))
    top = composer.board(0.0, (-depth_m / 2, depth_m / 2), (-width_m / 2, width_m / 2))
    _work_place(composer, top, depth_m)
    _clutter(composer, top, width_m, depth_m)
    _floor(composer, width_m, depth_m)
    if chance(rng, 0.25):
        at_m = (back_m - 0.03, uniform(rng, (-0.8, 0.8)), uniform(rng, (0.6, 1.2)))
        composer.attach("clock", at_m, facing_rad=USER_RAD, poses=("upright",))
    return Composition(
        surroundings=with_walls(table, rng, back_m=back_m, floor_m=FLOOR_M),
        placed=tuple(composer.placed),
        view=View(azimuth_deg=60, elevation_deg=(8, 60), height_m=(0.1, 1.6), fill=(0.5, 1.4)),
    )


def _work_place(composer: SceneComposer, top: Support, depth_m: float) -> None:
    """What stands before the user: screens, a laptop, keyboard and mouse."""
    rng = composer.rng
    y_m = uniform(rng, (-0.25, 0.25))
    facing = USER_RAD + rng.normal() * 0.15
    style = pick(rng, {"screen": 3.0, "laptop": 3.0, "both": 1.5, "two": 0.8, "none": 0.5})
    if style in ("screen", "both", "two"):
        composer.place("tv", top, (depth_m / 2 - 0.16, y_m), facing_rad=facing, jitter_m=0.03)
        composer.place("keyboard", top, (-depth_m / 2 + 0.22, y_m), facing_rad=facing, jitter_m=0.03)
        aside_m = -uniform(rng, (0.32, 0.42))
        composer.place("mouse", top, (-depth_m / 2 + 0.22, y_m + aside_m), facing_rad=rng.normal() * 0.3, jitter_m=0.03)
    if style == "two":
        turned = facing + 0.35
        composer.place("tv", top, (depth_m / 2 - 0.16, y_m + 0.6), facing_rad=turned, jitter_m=0.05)
    if style in ("laptop", "both"):
        aside_m = 0.55 if style == "both" else 0.0
        turned = facing + (0.4 if style == "both" else 0.0)
        composer.place("laptop", top, (-0.02, y_m + aside_m), facing_rad=turned, jitter_m=0.05)
        if chance(rng, 0.5):
            position = (-0.1, y_m + aside_m - 0.3)
            composer.place("mouse", top, position, facing_rad=rng.normal() * 0.3, jitter_m=0.04)


def _clutter(composer: SceneComposer, top: Support, width_m: float, depth_m: float) -> None:
    rng = composer.rng
    for _ in range(int(rng.integers(2, 10))):
        kind = pick(rng, AROUND)
        x_m = uniform(rng, (0.1, 0.4)) * depth_m if kind in TALL else uniform(rng, (-0.42, 0.35)) * depth_m
        y_m = uniform(rng, (-0.45, 0.45)) * width_m
        # The spine of a book is at its -x, so it looks to the user when the book faces away.
        facing = (0.0 if kind in SPINE_BEHIND else USER_RAD) + rng.normal() * 0.5
        composer.place(kind, top, (x_m, y_m), facing_rad=facing, jitter_m=0.08, stack=chance(rng, 0.2))


def _floor(composer: SceneComposer, width_m: float, depth_m: float) -> None:
    rng = composer.rng
    floor = composer.floor
    floor.field.block((-depth_m / 2, depth_m / 2), (-width_m / 2, width_m / 2), -FLOOR_M)
    if chance(rng, 0.7):
        position = (-depth_m / 2 - uniform(rng, (0.35, 0.7)), rng.normal() * 0.2)
        composer.place("chair", floor, position, facing_rad=rng.normal() * 0.5, jitter_m=0.08)
    if chance(rng, 0.2):
        side = 1.0 if chance(rng, 0.5) else -1.0
        composer.place("potted_plant", floor, (0.0, side * (width_m / 2 + 0.4)), jitter_m=0.1)


DESK = Environment(
    name="desk",
    description="A desk with screen or laptop, keyboard, mouse, books and what else lies about.",
    kinds=("tv", "laptop", "keyboard", "mouse", "chair", *AROUND),
    light="tabletop",
    compose=_compose,
    floor_m=3.0,
    level_m=FLOOR_M,
)
