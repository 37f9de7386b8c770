"""Fruit trees: trunk, limbs, laterals and twigs from a seed; leaves scattered over the twigs when Blender builds them.

Thin stalks hang from the twigs, each with its end where a fruit's stem begins: `growth_of` says where.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.draws import pick, rounded
from synthvis.objects.clutter import UPRIGHT, distractor
from synthvis.objects.mesh.mesh import Mesh, Scatter
from synthvis.objects.mesh.meshes import merge
from synthvis.objects.mesh.params import number, shade_of, surface_seed, text
from synthvis.objects.object_type import ObjectType, Sample
from synthvis.objects.plants.boughs import Boughs, grown, resampled, swept
from synthvis.objects.plants.leaves import rosette
from synthvis.objects.spec import Param, SurfaceSpec

__all__ = ["FRUIT_TREE", "OBJECT_TYPES", "Growth", "draw_tree", "growth_of"]

Float = NDArray[np.float64]

FORMS: dict[str, dict[str, tuple[float, float]]] = {
    # Standing free, its limbs spread from the top of a short trunk; and trained to a slim spindle, as in plantations.
    "vase": {"trunk_m": (0.7, 1.3), "height_m": (2.6, 3.8), "reach_m": (1.1, 1.7), "limbs": (5, 7.99)},
    "spindle": {"trunk_m": (0.5, 0.8), "height_m": (2.4, 3.4), "reach_m": (0.6, 0.95), "limbs": (14, 20.99)},
}
LEAVES = {
    # Length, width over length, leaves a rosette, rosettes a metre of twig, rise; then colour and roughness.
    "apple": ((0.055, 0.085), (0.5, 0.62), (3, 6), (20.0, 38.0), 0.35, "#4c7a2a", (0.35, 0.6)),
    "orange": ((0.07, 0.1), (0.42, 0.52), (2, 5), (20.0, 38.0), 0.3, "#2f5a20", (0.2, 0.42)),
}
ROSETTES = 3
STALK_M = (0.03, 0.05)
STALK_RADIUS_M = 0.0013
HOOK_COUNT = 90


@dataclass(frozen=True, slots=True, eq=False)
class Growth:
    """The wood of a tree as lines, in the frame of its mesh.

    Attributes:
        wood_m: (N, 4) points along all branches and stalks, close together: x, y, z and radius.
        stalk_of: (N,) number of the stalk that a point belongs to, -1 for branches.
        hooks_m: (H, 3) lower ends of the stalks.
    """

    wood_m: Float
    stalk_of: NDArray[np.int64]
    hooks_m: Float


def growth_of(params: Mapping[str, Param]) -> Growth:
    """Where the tree of these parameters has wood, and where fruit may hang."""
    boughs = _boughs(*_shape(params))
    stalks = boughs[-1]
    lines = [resampled(level, 0.018) for level in boughs]
    owners = [np.full(len(line), -1) for line in lines]
    owners[-1] = np.repeat(np.arange(len(stalks.curves_m)), len(lines[-1]) // len(stalks.curves_m))
    return Growth(np.concatenate(lines), np.concatenate(owners), stalks.curves_m[:, -1])


def _shape(params: Mapping[str, Param]) -> tuple[str, int, float, float, float, int]:
    """What decides the wood."""
    return (
        text(params, "form"),
        int(number(params, "seed")),
        number(params, "trunk_m"),
        number(params, "height_m"),
        number(params, "reach_m"),
        int(number(params, "limbs")),
    )


# Wood


@lru_cache(maxsize=16)
def _boughs(form: str, seed: int, trunk_m: float, height_m: float, reach_m: float, limbs: int) -> tuple[Boughs, ...]:
    """Trunk, limbs, laterals, twigs, stalks."""
    rng = np.random.default_rng(seed)
    top_m = trunk_m + 0.15 if form == "vase" else height_m
    # A leader thins out to its top; a trunk that ends in limbs does not.
    trunk = _trunk(rng, top_m, 0.022 * height_m + 0.01, 0.45 if form == "vase" else 0.9)
    share: Float = np.linspace(trunk_m / top_m, 0.98 if form == "vase" else 0.93, limbs)
    yaw = np.arange(limbs) * 2.39996 + rng.uniform(-0.3, 0.3, limbs) + rng.uniform(0, 6.28)
    rise = rng.uniform(0.55, 1.2, limbs) if form == "vase" else rng.uniform(-0.05, 0.45, limbs)
    fall = 1.0 - (0.0 if form == "vase" else 0.55) * (share - share[0]) / (1 - share[0])
    span = (reach_m**2 + (0.8 * (height_m - top_m)) ** 2) ** 0.5
    long = span * fall * rng.uniform(0.75, 1.1, limbs)
    ahead = np.stack([np.cos(yaw) * np.cos(rise), np.sin(yaw) * np.cos(rise), np.sin(rise)], axis=1)
    limb = grown(rng, trunk.at(np.zeros(limbs, int), share), ahead, long, points=9, sag=0.2, wander=0.05)
    limb = limb.tapered(0.012 + 0.012 * long, 0.004)
    lateral = _side_shoots(rng, limb, per_m=8.0 if form == "vase" else 12.0, long_m=0.5, points=7, radius_m=0.0055)
    twig = _side_shoots(rng, lateral, per_m=9.0 if form == "vase" else 14.0, long_m=0.26, points=6, radius_m=0.0032)
    return trunk, limb, lateral, twig, _stalks(rng, twig)


def _trunk(rng: Generator, top_m: float, radius_m: float, taper: float) -> Boughs:
    height = np.linspace(0, top_m, 9)
    lean = rng.normal(0, 0.05, 2) * height[:, None] + 0.02 * np.sin(
        height[:, None] * rng.uniform(2, 4, 2) + rng.uniform(0, 6, 2)
    )
    lean -= lean[:1]
    lean[1] = 0.0  # It leaves the ground upright, so its foot is level.
    curve = np.concatenate([lean, height[:, None]], axis=1)
    flare = 1 + 0.5 * np.exp(-height / 0.08) - taper * height / top_m
    return Boughs(curve[None], (radius_m * flare)[None])


def _side_shoots(
    rng: Generator, parent: Boughs, *, per_m: float, long_m: float, points: int, radius_m: float
) -> Boughs:
    """Shoots from the outer part of each branch, shorter towards its end, and one that carries it on."""
    long = parent.lengths_m()
    counts = np.maximum((per_m * long).astype(int), 2)
    owner = np.repeat(np.arange(len(long)), counts)
    first = np.repeat(np.cumsum(counts) - counts, counts)
    share = 0.22 + 0.78 * (np.arange(len(owner)) - first + rng.uniform(0.0, 0.9, len(owner))) / np.repeat(
        counts, counts
    )
    share = np.minimum(share, 0.99)
    along = parent.directions(owner, share)
    across: Float = np.cross(along, rng.normal(size=(len(owner), 3)))
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    # Shoots turn to the light.
    across[:, 2] = 0.6 * across[:, 2] + 0.25
    ahead: Float = along * rng.uniform(0.3, 1.0, (len(owner), 1)) + across
    ahead /= np.linalg.norm(ahead, axis=1, keepdims=True)
    size = long_m * rng.uniform(0.5, 1.2, len(owner)) * (1.15 - 0.5 * share) * np.minimum(long[owner] / (2 * long_m), 1)
    shoots = grown(rng, parent.at(owner, share), ahead, size, points=points, sag=0.35, wander=0.08)
    return shoots.tapered(np.full(len(owner), radius_m), 0.0018)


def _stalks(rng: Generator, twig: Boughs) -> Boughs:
    """Thin stalks that leave twigs and bend down; below their ends is room for fruit."""
    owner = rng.permutation(len(twig.curves_m))[:HOOK_COUNT]
    start = twig.at(owner, rng.uniform(0.35, 0.97, len(owner)))
    aside = rng.normal(size=(len(owner), 3)) * (1, 1, 0)
    aside /= np.linalg.norm(aside, axis=1, keepdims=True)
    step = np.linspace(0, 1, 5)[None, :, None]
    drop = rng.uniform(*STALK_M, len(owner))[:, None, None]
    # The last half hangs straight, into the hollow at the top of an apple.
    out = 0.35 * drop * np.minimum(step * 1.8, 1) * aside[:, None]
    curves = start[:, None] + out - drop * step**1.3 * np.array([0.0, 0.0, 1.0])
    return Boughs(curves, np.full(curves.shape[:2], STALK_RADIUS_M))


# Mesh


def build(params: Mapping[str, Param]) -> Mesh:
    """Mesh with the slot "bark"; its scattered leaves wear "leaf" of the surfaces. The trunk's foot is the origin."""
    levels = _boughs(*_shape(params))
    sides = (12, 8, 5, 4, 4)
    rosettes_per_m = (0.0, 0.0, 0.45, 1.0, 0.0)
    dense = number(params, "rosettes_per_m")
    parts = [
        swept("bark", level, count, {"leafy": share * dense / (6.0 * level.radii_m)})
        for level, count, share in zip(levels, sides, rosettes_per_m, strict=True)
    ]
    mesh = merge(parts, np.zeros((0, 3)), floor_m=0.0)
    seed = int(number(params, "seed"))
    leaves = tuple(
        rosette(
            np.random.default_rng((seed, k)),
            int(number(params, "leaves")),
            number(params, "leaf_m"),
            number(params, "leaf_width"),
        )
        for k in range(ROSETTES)
    )
    scattered = Scatter(
        meshes=leaves,
        density="leafy",
        seed=seed,
        scale=(0.75, 1.2),
        normal_jitter=0.5,
        upward_bias=number(params, "rise"),
    )
    return Mesh(
        vertices_m=mesh.vertices_m,
        faces=mesh.faces,
        face_slots=mesh.face_slots,
        slots=mesh.slots,
        keypoints_m=mesh.keypoints_m,
        attributes=mesh.attributes,
        scatters=(scattered,),
    )


# Sampling


def draw_tree(rng: Generator, fruit: str, form: str) -> Sample:
    """A tree that bears "apple" or "orange", of the form "vase" or "spindle"."""
    length, width, leaves, dense, rise, color, rough = LEAVES[fruit]
    params: dict[str, Param] = {name: rounded(rng, bounds) for name, bounds in FORMS[form].items()}
    params |= {
        "form": form,
        "seed": int(rng.integers(1 << 30)),
        "limbs": int(number(params, "limbs")),
        "leaf_m": rounded(rng, length),
        "leaf_width": rounded(rng, width),
        "leaves": int(rng.integers(*leaves)),
        "rosettes_per_m": rounded(rng, dense),
        "rise": rise,
    }
    leaf: dict[str, Param] = {
        "color": shade_of(rng, color, value=0.35, hue=0.15),
        "roughness": rounded(rng, rough),
        "seed": surface_seed(rng),
    }
    bark: dict[str, Param] = {
        "color": shade_of(rng, pick(rng, {"#6a5a4c": 3.0, "#4c4038": 2.0, "#8a7f72": 1.5}), value=0.25),
        "seed": surface_seed(rng),
    }
    return Sample(params=params, surfaces={"bark": SurfaceSpec(kind="bark", params=bark),
                                           "leaf": SurfaceSpec(kind="tree_leaf", params=leaf)})  # fmt: skip


def _sample(rng: Generator) -> Sample:
    return draw_tree(rng, pick(rng, ("apple", "orange")), pick(rng, ("vase", "spindle")))


FRUIT_TREE = distractor("fruit_tree", _sample, build, (UPRIGHT,))
"""A tree in leaf without its fruit."""

OBJECT_TYPES: tuple[ObjectType, ...] = (FRUIT_TREE,)
