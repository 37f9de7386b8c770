"""An orchard: apple or orange trees with fruit among their leaves, more on the ground and in crates, rows behind."""

from __future__ import annotations

import math

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.draws import chance, log_uniform, pick, uniform
from synthvis.geometry import rotation_about
from synthvis.objects.fruit.apple import draw_apple, skin_surface
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.object_type import Sample
from synthvis.objects.plants.fruit_tree import Growth, draw_tree, growth_of
from synthvis.objects.registry import object_type_named
from synthvis.objects.spec import SurfaceSpec
from synthvis.scene import palette
from synthvis.scene.environments.composer import SceneComposer
from synthvis.scene.environments.environment import Composition, Environment, View
from synthvis.scene.placed_object import PlacedObject, oriented_object
from synthvis.scene.surroundings import Crown, Ground, Surroundings, Tree, Wall, wall_slot

__all__ = ["ORCHARD"]

Float = NDArray[np.float64]

VARIETIES = {"red": 3.0, "dark_red": 2.0, "bright_red": 2.5, "striped": 2.5, "blushed": 2.0, "pink": 1.5, "green": 1.5,
             "yellow": 0.7}  # fmt: skip
FORMS = {"vase": 1.6, "spindle": 1.0}
NEIGHBOURS = {"0": 1.0, "1": 1.2, "2": 1.5}
FRUIT_COUNT = (10, 40)
PICKERS = {"0": 3.0, "1": 0.8, "2": 0.2}
NEAR_SHARE = 0.75
"""Share of the fruit on the tree in the middle."""
CLEAR_M, THICK_M = 0.004, 0.1
"""Free room about fruit, and the radius of the thickest wood."""
MIN_M = 0.025
"""Radius of the smallest fruit."""
LOW_M, FENCE_M = 0.8, 0.1
"""Height of what may stand under branches, and the side of the cells that lower branches take."""
STALK_GAP_M, STALK_REACH_M = 0.0025, 0.004
"""Between the end of a stalk and the fruit, below it and about its axis: nothing touches."""


def _compose(composer: SceneComposer) -> Composition:
    rng = composer.rng
    fruit = pick(rng, {"apple": 2.2, "orange": 1.0})
    variety = pick(rng, VARIETIES)
    form = pick(rng, FORMS)
    spacing_m = uniform(rng, (2.8, 3.8)) if form == "vase" else uniform(rng, (1.3, 2.0))
    trees = [_plant(composer, fruit, form)]
    for number in range(int(pick(rng, NEIGHBOURS))):
        trees.append(_plant(composer, fruit, form, beside=trees[0], side=1.0 if number else -1.0))
    _ground(composer, trees[0], fruit, variety)
    count = round(log_uniform(rng, FRUIT_COUNT))
    for number, tree in enumerate(trees):
        share = 1.0 if len(trees) == 1 else NEAR_SHARE if number == 0 else (1 - NEAR_SHARE) / (len(trees) - 1)
        _hang_fruit(composer, tree, fruit, variety, max(round(share * count), 1))
    return Composition(
        surroundings=_surroundings(rng, form, spacing_m),
        placed=tuple(composer.placed),
        view=View(
            azimuth_deg=55,
            elevation_deg=(-28, 14),
            height_m=(0.35, 2.1),
            fill=(0.35, 1.3),
            distance_m=(0.6, 4.5),
            open_kinds=("fruit_tree",),
        ),
    )


def _plant(
    composer: SceneComposer, fruit: str, form: str, beside: PlacedObject | None = None, side: float = 1.0
) -> PlacedObject:
    """A tree in the middle, or one whose crown begins where that of another ends."""
    rng = composer.rng
    turn = rotation_about((0.0, 0.0, 1.0), uniform(rng, (0, 2 * math.pi)))
    sampled = oriented_object("fruit_tree", draw_tree(rng, fruit, form), turn)
    x_m, y_m = rng.normal() * 0.2, 0.0
    if beside is not None:
        edge, near = (1, 0) if side > 0 else (0, 1)
        y_m = beside.box_m[edge][1] - sampled.box_m[near][1] + side * uniform(rng, (0.01, 0.3))
    # Nothing else is there yet, and the crowns of neighbours do not meet.
    composer.hang(sampled, (x_m, y_m, 0.0))
    _fence_off(composer, composer.placed[-1])
    return composer.placed[-1]


def _fence_off(composer: SceneComposer, tree: PlacedObject) -> None:
    """Nothing is put down where low wood is; higher up the field would take the crown for a solid."""
    part, pose = tree.sampled.parts[0]
    wood = growth_of(part.params).wood_m[:, :3] @ pose[:3, :3].T + tree.xyz_m
    low = np.unique(np.floor(wood[wood[:, 2] < LOW_M, :2] / FENCE_M), axis=0) * FENCE_M
    for x_m, y_m in low.tolist():
        composer.floor.field.block((x_m, x_m + FENCE_M), (y_m, y_m + FENCE_M), LOW_M)


def _hang_fruit(composer: SceneComposer, tree: PlacedObject, fruit: str, variety: str, count: int) -> None:
    """Fruit at the ends of stalks, most on the side of the camera, clear of all wood but its own stalk."""
    rng = composer.rng
    part, pose = tree.sampled.parts[0]
    growth = growth_of(part.params)
    wood = _Wood(growth, pose, tree)
    hooks = growth.hooks_m @ pose[:3, :3].T + tree.xyz_m
    # What hangs behind the tree is seen by nobody.
    order = np.argsort(hooks[:, 0] - tree.xyz_m[0] + rng.normal(size=len(hooks)) * 0.5)
    hung = 0
    for hook in order.tolist():
        if not wood.is_clear(hooks[hook] - (0, 0, MIN_M + CLEAR_M), np.full(3, MIN_M), hook):
            continue  # Not even the smallest fruit has room.
        sample = _sample(rng, fruit, variety)
        tilt = rotation_about(_level(rng), rng.normal() * 0.1) @ rotation_about((0, 0, 1), uniform(rng, (0, 6.28)))
        sampled = oriented_object(fruit, sample, tilt)
        stem = tilt @ _stem_m(sampled.meshes[0])
        x_m, y_m, z_m = (float(value) for value in hooks[hook] - stem - (0, 0, STALK_GAP_M))
        low, high = (np.array(corner) for corner in PlacedObject(sampled, (x_m, y_m, z_m)).box_m)
        if low[2] < 0.15 or not wood.is_clear((low + high) / 2, (high - low) / 2, hook):
            continue
        hung += composer.hang(sampled, (x_m, y_m, z_m), within=(tree,)) is not None
        if hung >= count:
            return


class _Wood:
    """The wood of a placed tree, by height."""

    def __init__(self, growth: Growth, pose: Float, tree: PlacedObject) -> None:
        points = growth.wood_m[:, :3] @ pose[:3, :3].T + tree.xyz_m
        order = np.argsort(points[:, 2])
        self._points_m, self._radius_m = points[order], growth.wood_m[order, 3:]
        self._stalk = growth.stalk_of[order]

    def is_clear(self, centre_m: Float, half_m: Float, stalk: int) -> bool:
        """Whether a ball with flattened sides keeps clear of all wood but the stalk that it hangs from."""
        margin = half_m[2] + CLEAR_M + THICK_M
        first, last = np.searchsorted(self._points_m[:, 2], (centre_m[2] - margin, centre_m[2] + margin))
        offset = np.abs(self._points_m[first:last] - centre_m)
        reach = half_m + self._radius_m[first:last] + CLEAR_M
        near = (offset < reach).all(axis=1) & (self._stalk[first:last] != stalk)
        return not bool((((offset[near] / reach[near]) ** 3).sum(axis=1) < 1).any())


def _stem_m(mesh: Mesh) -> Float:
    """Where a stalk ends above a fruit: over its stem's base and whatever is as near to the axis as the stalk."""
    base: Float = mesh.keypoints_m[0].copy()
    near = np.linalg.norm(mesh.vertices_m[:, :2] - base[:2], axis=1) < STALK_REACH_M
    base[2] = mesh.vertices_m[near, 2].max(initial=base[2], where=mesh.vertices_m[near, 2] > 0.5 * base[2])
    return base


def _level(rng: Generator) -> tuple[float, float, float]:
    heading = uniform(rng, (0, 2 * math.pi))
    return math.cos(heading), math.sin(heading), 0.0


def _sample(rng: Generator, fruit: str, variety: str) -> Sample:
    """A fruit without stem or leaf of its own: the tree has them."""
    if fruit == "apple":
        return Sample(params=draw_apple(rng, variety), surfaces={"skin": skin_surface(rng, variety)})
    kind = object_type_named(fruit)
    return kind.bare(kind.sample(rng))


def _ground(composer: SceneComposer, tree: PlacedObject, fruit: str, variety: str) -> None:
    """Windfalls, and sometimes pickers beside the tree and crates of fruit."""
    rng = composer.rng
    for _ in range(int(pick(rng, PICKERS))):
        at_m = (tree.box_m[0][0] - uniform(rng, (0.4, 0.9)), math.copysign(uniform(rng, (0.5, 1.6)), rng.normal()))
        composer.place("person", composer.floor, at_m, jitter_m=0.3)
    if chance(rng, 0.35):
        for _ in range(int(rng.integers(1, 4))):
            _crate(composer, fruit, variety)
    if chance(rng, 0.6):
        for _ in range(int(rng.integers(1, 9))):
            at_m = (uniform(rng, (-1.6, 0.6)), rng.normal() * 1.0)
            turn = composer.anyhow()
            composer.place_sampled(
                oriented_object(fruit, _sample(rng, fruit, variety), turn), composer.floor, at_m, jitter_m=0.1
            )


def _crate(composer: SceneComposer, fruit: str, variety: str) -> None:
    rng = composer.rng
    at_m = (uniform(rng, (-1.8, -0.5)), rng.normal() * 0.9)
    crate = composer.place("crate", composer.floor, at_m, facing_rad=rng.normal() * 0.4, jitter_m=0.2)
    if crate is None or chance(rng, 0.3):
        return
    inside = composer.top_of(crate, 0.02)
    for _ in range(int(rng.integers(4, 14))):
        low, high = crate.box_m
        spot = tuple(a + (b - a) * uniform(rng, (0.25, 0.75)) for a, b in zip(low[:2], high[:2], strict=True))
        sampled = oriented_object(fruit, _sample(rng, fruit, variety), composer.anyhow())
        composer.place_sampled(sampled, inside, (spot[0], spot[1]), jitter_m=0.05, stack=chance(rng, 0.2))


def _surroundings(rng: Generator, form: str, spacing_m: float) -> Surroundings:
    """Grass, rows of trees behind, woods or hills beyond."""
    trees: list[Tree] = []
    reach_m, rise_m = (1.0, 0.5) if form == "vase" else (0.3, 1.1)
    row_m = uniform(rng, (4.5, 7.0))
    for row in range(1, int(rng.integers(2, 5))):
        for step in range(-4, 5):
            if chance(rng, 0.1):
                continue
            x_m, y_m = row * row_m + rng.normal() * 0.2, step * spacing_m * 1.2 + rng.normal() * 0.2
            middle_m = uniform(rng, (1.4, 2.0))
            trunk_m = uniform(rng, (0.04, 0.09))
            crowns: list[Crown] = []
            for offset in rng.uniform(-1, 1, (5, 3)) * (reach_m, reach_m, rise_m):
                size_m = uniform(rng, (0.35, 0.65)) * (1.0 if form == "vase" else 0.7)
                z_m = max(middle_m + offset[2], size_m + 0.2)
                crowns.append(Crown(float(x_m + offset[0]), float(y_m + offset[1]), float(z_m), size_m))
            trees.append(Tree(x_m, y_m, 0.0, trunk_m, middle_m, tuple(crowns)))
    crown_seed = int(rng.integers(0, 2**31))
    walls: list[Wall] = []
    surfaces = {
        "ground": palette.meadow(rng),
        "trunk": SurfaceSpec(kind="plain", params={"color": (0.09, 0.07, 0.05), "seed": uniform(rng, (0, 1000))}),
        "crown": palette.foliage(rng),
    }
    if chance(rng, 0.7):
        distance_m = uniform(rng, (20.0, 60.0))
        walls = [
            Wall(
                slot=wall_slot(0),
                distance_m=distance_m,
                height_m=distance_m * log_uniform(rng, (0.06, 0.3)),
                width_m=4.0 * distance_m,
                profile=tuple(float(1 - 0.3 * value) for value in rng.random(24)),
            )
        ]
        surfaces[wall_slot(0)] = (
            palette.foliage(rng) if chance(rng, 0.6) else palette.backdrop_surface(rng, outdoors=True)
        )
    return Surroundings(
        base=Ground(size_m=160.0),
        walls=tuple(walls),
        trees=tuple(trees),
        crown_seed=crown_seed,
        surfaces=surfaces,
    )


ORCHARD = Environment(
    name="orchard",
    description="Apple or orange trees with fruit among the leaves, windfalls, crates, rows of trees behind.",
    kinds=("apple", "orange", "fruit_tree", "crate", "person"),
    light="ground",
    compose=_compose,
    floor_m=4.0,
)
