"""What grows in the pots of `potted_plant`; each form is scaled to a height of 1 above the soil at z = 0."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.objects.mesh.joinery import copies, curved, rod
from synthvis.objects.mesh.meshes import Part, loft, moved, revolve
from synthvis.objects.mesh.params import number
from synthvis.objects.plants.flower_forms import bulbs, flowers
from synthvis.objects.plants.foliage import GOLDEN_RAD, frond_of, leaf_of, rotations, scatter, spiral
from synthvis.objects.spec import Param

__all__ = ["PLANT_FORMS"]

Float = NDArray[np.float64]
Params = Mapping[str, Param]


def rubber(params: Params, rng: Generator) -> list[Part]:
    """One to three upright stems with large leaves all the way up."""
    stems, spread = int(number(params, "stems")), number(params, "spread")
    found: list[Part] = []
    size = number(params, "leaf_size")
    leaf = leaf_of("leaf", 1.0, number(params, "leaf_width"), droop=0.5, fold=0.18, rows=7, widest=0.5, blunt=0.7)
    for k in range(stems):
        turn, tall = rng.uniform(0, 6.28), 1.0 if k == 0 else rng.uniform(0.6, 0.9)
        lean = spread * 0.25 * (0.4 if stems == 1 else 1.0)
        c, s = np.cos(turn) * lean, np.sin(turn) * lean
        curve = curved([(0.04 * c, 0.04 * s, -0.05), (0.4 * c, 0.4 * s, 0.45 * tall), (c, s, tall * 0.9)], 9)
        found.append(rod("stem", curve, 0.014 * np.linspace(1.3, 0.6, 9), 7))
        count = int(number(params, "leaves")) // stems
        share = np.linspace(0.12 if number(params, "bare") < 0.2 else number(params, "bare"), 1.0, count)
        at = np.stack([np.interp(share * 8, np.arange(9), curve[:, axis]) for axis in range(3)], axis=1)
        pitch = 0.1 + 1.1 * share**3 + rng.uniform(-0.15, 0.25, count)
        scale = size * (1.05 - 0.45 * share) * rng.uniform(0.85, 1.1, count)
        found.append(scatter(rng, leaf, spiral(rng, count), pitch, at, scale))
    return found


def tree(params: Params, rng: Generator) -> list[Part]:
    """A bare trunk, single or plaited, under a crown of many small leaves."""
    bare, wide, count = number(params, "bare"), number(params, "spread") * 0.5, int(number(params, "leaves")) * 6
    found: list[Part] = []
    up = np.linspace(0, 1, 13)
    for k in range(int(number(params, "stems"))):
        turn = k * 2.094 + up * (9.0 if params["stems"] != 1 else 1.0)
        curve = np.column_stack([0.016 * np.cos(turn), 0.016 * np.sin(turn), -0.05 + up * (bare + 0.3)])
        found.append(rod("stem", curve, 0.017 * np.linspace(1.1, 0.7, 13), 6))
    leaf = leaf_of("leaf", 1.0, number(params, "leaf_width"), droop=0.7, fold=0.15, rows=4)
    middle, tall = (1 + bare) / 2, (1 - bare) / 2
    ball = rng.normal(size=(count, 3))
    ball /= np.linalg.norm(ball, axis=1, keepdims=True)
    deep = rng.uniform(0.45, 1.0, count) ** 0.5
    lumps = 1 + 0.18 * np.sin(3 * ball[:, 0] * 2 + rng.uniform(0, 6)) * np.sin(5 * ball[:, 2])
    at = ball * (deep * lumps)[:, None] * (wide, wide, tall) * 0.9 + (0, 0, middle)
    yaw = np.arctan2(ball[:, 1], ball[:, 0]) + rng.uniform(-0.9, 0.9, count)
    scale = number(params, "leaf_size") * 0.42 * rng.uniform(0.8, 1.2, count)
    return [*found, scatter(rng, leaf, yaw, 0.5 * ball[:, 2] - 0.25 + rng.uniform(-0.5, 0.5, count), at, scale)]


def palm(params: Params, rng: Generator) -> list[Part]:
    """Arching feathered fronds from the soil or from the top of a short trunk."""
    bare, count = number(params, "bare"), int(number(params, "leaves"))
    frond = frond_of(15, number(params, "leaf_width"), number(params, "droop"), 0.045, 1.1)
    share = np.linspace(0, 1, count)
    pitch = 1.45 - 0.85 * share**0.8 * number(params, "spread") + rng.uniform(-0.08, 0.08, count)
    scale = (1.12 - bare) * rng.uniform(0.78, 1.05, count)
    at = np.column_stack([rng.uniform(-0.02, 0.02, (count, 2)), np.full(count, bare - 0.02)])
    found = [scatter(rng, frond, spiral(rng, count), pitch, at, scale)]
    if bare > 0.1:
        ridges = 1 + 0.12 * np.tile([0, 1], 8)
        found.append(
            moved(
                revolve("stem", 0.035 * ridges * np.linspace(1.3, 0.8, 16), np.linspace(-0.05, bare, 16), 10),
                offset_m=(0, 0, 0),
            )
        )
    return found


def fern(params: Params, rng: Generator) -> list[Part]:
    """A fountain of soft fronds that hang over the rim."""
    count = int(number(params, "leaves"))
    frond = frond_of(13, 0.19, 1.5, 0.13, 1.35)
    share = (np.arange(count) + 0.5) / count
    pitch = 1.45 - 1.15 * share**0.9 + rng.uniform(-0.1, 0.1, count)
    scale = 1.25 * number(params, "spread") * rng.uniform(0.75, 1.05, count)
    at = np.column_stack([rng.uniform(-0.03, 0.03, (count, 2)), np.zeros(count)])
    return [scatter(rng, frond, spiral(rng, count), pitch, at, scale)]


def snake(params: Params, rng: Generator) -> list[Part]:
    """Stiff upright blades."""
    count = int(number(params, "leaves"))
    blade = leaf_of(
        "leaf", 1.0, number(params, "leaf_width"), droop=0.12, fold=0.35, rows=9, widest=0.42, blunt=0.38, thick=0.05
    )
    yaw = spiral(rng, count)
    away = 0.11 * np.sqrt(np.arange(count) / count)
    at = np.column_stack([away * np.cos(yaw), away * np.sin(yaw), np.full(count, -0.02)])
    pitch = np.pi / 2 - rng.uniform(0.02, 0.3, count) * number(params, "spread")
    scale = rng.uniform(0.45, 1.0, count)
    scale[0] = 1.0
    table = np.column_stack([scale, np.full((count, 2), 0.8)])
    return [
        copies(blade, rotations(yaw, pitch, rng.uniform(-1.5, 1.5, count)), at, table, rng.uniform(0.3, 0.8, count))
    ]


def rosette(params: Params, rng: Generator) -> list[Part]:
    """An aloe or an agave: thick pointed leaves in a whorl; an echeveria when they are short and broad."""
    count = int(number(params, "leaves"))
    leaf = leaf_of(
        "leaf",
        1.0,
        number(params, "leaf_width"),
        droop=-0.5,
        fold=0.32,
        rows=7,
        widest=number(params, "widest"),
        blunt=0.6,
        thick=0.13,
    )
    share = np.linspace(0, 1, count)
    pitch = 1.4 - 1.2 * number(params, "spread") * share**0.7
    scale = (0.5 + 0.55 * share) / max(np.sin(1.1), 0.5)
    at = np.column_stack([np.zeros((count, 2)), 0.06 - 0.05 * share])
    return [scatter(rng, leaf, np.arange(count) * GOLDEN_RAD, pitch, at, scale * number(params, "leaf_size"))]


def broad(params: Params, rng: Generator) -> list[Part]:
    """Broad leaves, each on a stalk of its own: peace lily, calathea, philodendron."""
    count = int(number(params, "leaves"))
    leaf = leaf_of("leaf", 1.0, number(params, "leaf_width"), droop=0.9, fold=0.16, rows=7, widest=0.4, blunt=0.65)
    yaw, share = spiral(rng, count), np.linspace(0, 1, count)
    reach = number(params, "spread") * (0.1 + 0.38 * share) * rng.uniform(0.8, 1.1, count)
    tall = (0.85 - 0.55 * share) * rng.uniform(0.85, 1.1, count)
    found: list[Part] = []
    tips = np.column_stack([reach * np.cos(yaw), reach * np.sin(yaw), tall])
    for tip in tips:
        curve = curved([(0.05 * tip[0], 0.05 * tip[1], -0.03), (0.4 * tip[0], 0.4 * tip[1], 0.62 * tip[2]), tip], 5)
        found.append(rod("stem", curve, 0.007, 4, up=(0, 0, 1)))
    pitch = 0.55 - 0.75 * share + rng.uniform(-0.2, 0.2, count)
    found.append(scatter(rng, leaf, yaw, pitch, tips, number(params, "leaf_size") * rng.uniform(0.75, 1.15, count)))
    return found


def cactus(params: Params, rng: Generator) -> list[Part]:
    """A ribbed column or ball with spines, or flat pads that grow from one another."""
    if params["cactus"] == "pads":
        return _pads(params, rng)
    found, spines = [], []
    columns = [(0.0, 0.0, 1.0)]
    for _ in range(int(number(params, "stems")) - 1):
        turn = rng.uniform(0, 6.28)
        columns.append((np.cos(turn), np.sin(turn), rng.uniform(0.4, 0.75)))
    ribs, radius = int(number(params, "ribs")), number(params, "girth")
    around, up = np.arange(4 * ribs) / (4 * ribs) * 2 * np.pi, np.linspace(0, 1, 11)
    wave = 0.5 + 0.5 * np.cos(ribs * around)
    for x, y, tall in columns:
        size = radius * (1.0 if tall == 1.0 else 0.75)
        dome = min(size, 0.5 * tall) if params["cactus"] == "column" else 0.55 * tall
        profile = np.sqrt(np.clip(1 - (np.clip(up * tall - (tall - dome), 0, None) / dome) ** 2, 0, None))
        profile = profile * (
            0.82 + 0.18 * np.clip(up * tall / (0.25 if params["cactus"] == "column" else 0.4 * tall), 0, 1)
        )
        table = size * profile[:, None] * (0.8 + 0.2 * wave)
        body = revolve("skin", table, up * tall, 4 * ribs)
        # The topmost ring is a point, or by rounding not quite one; then it counts as a ring of its own.
        crest = np.append(np.tile(wave, (len(body.vertices_m) - 2) // len(wave)), [0.0, 0.0])
        body = replace(body, attributes={"crest": crest})
        place = (x * radius * 1.6, y * radius * 1.6, -0.02)
        found.append(moved(body, offset_m=place))
        rows = np.linspace(0.1, 0.97, 7)
        yaw = np.tile(np.arange(ribs) / ribs * 2 * np.pi, 7)
        level = np.repeat(rows, ribs)
        out = size * np.interp(level, up, profile)
        spot = np.column_stack([out * np.cos(yaw), out * np.sin(yaw), level * tall]) + place
        spines.append((yaw, np.full(len(yaw), 0.25) + 0.8 * (level > 0.9), spot))
    thorn = loft(
        "spine",
        np.array([[(0.02, 0.03, -0.02), (0.02, 0.0, 0.04), (0.02, -0.03, -0.02)]]),
        start_m=(-0.05, 0, 0),
        end_m=(1.0, 0, 0),
    )
    yaw, pitch, spot = (np.concatenate([row[k] for row in spines]) for k in range(3))
    spread = np.concatenate([yaw - 0.5, yaw + 0.5])
    both = np.concatenate([pitch, pitch - 0.3])
    found.append(copies(thorn, rotations(spread, both), np.tile(spot, (2, 1)), radius * 0.28))
    return found


def _pads(params: Params, rng: Generator) -> list[Part]:
    """A prickly pear."""
    turn = np.linspace(-np.pi / 2, np.pi / 2, 11)
    round_off = np.where(np.abs(np.sin(turn)) > 0.9999, 0.0, np.cos(turn))
    pad = revolve("skin", round_off, np.sin(turn) * 0.5 + 0.5, 18)
    pad = replace(
        pad, vertices_m=pad.vertices_m * (0.1, 0.36, 1.0), attributes={"crest": np.zeros(len(pad.vertices_m))}
    )
    spins, places, sizes = [np.eye(3)], [np.array([0.0, 0.0, -0.05])], [0.52]
    for k in range(1, int(number(params, "leaves"))):
        parent = (k - 1) // 2
        yaw, lean = rng.uniform(-0.5, 0.5), rng.uniform(0.3, 0.85) * (1 if k % 2 else -1)
        roll = np.array([(1, 0, 0), (0, np.cos(lean), -np.sin(lean)), (0, np.sin(lean), np.cos(lean))])
        spin = np.array([(np.cos(yaw), -np.sin(yaw), 0), (np.sin(yaw), np.cos(yaw), 0), (0, 0, 1)])
        side = np.array([0.0, -0.24 * np.sin(lean) / 0.6, 0.84])
        places.append(places[parent] + spins[parent] @ side * sizes[parent])
        spins.append(spins[parent] @ spin @ roll)
        sizes.append(sizes[parent] * rng.uniform(0.68, 0.92))
    body = copies(pad, np.stack(spins), np.stack(places), np.array(sizes))
    thorn = loft(
        "spine",
        np.array([[(0.02, 0.03, -0.02), (0.02, 0.0, 0.04), (0.02, -0.03, -0.02)]]),
        start_m=(-0.05, 0, 0),
        end_m=(1.0, 0, 0),
    )
    pick = rng.choice(len(body.vertices_m), 150)
    out = rng.uniform(0, 6.28, 150)
    return [body, copies(thorn, rotations(out, rng.uniform(-0.3, 0.9, 150)), body.vertices_m[pick], 0.035)]


PLANT_FORMS: dict[str, Callable[[Params, Generator], list[Part]]] = {
    "rubber": rubber,
    "tree": tree,
    "palm": palm,
    "fern": fern,
    "snake": snake,
    "rosette": rosette,
    "broad": broad,
    "cactus": cactus,
    "flowers": flowers,
    "bulbs": bulbs,
}
"""Builders by the style of the plant."""
