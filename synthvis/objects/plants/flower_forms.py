"""Plants in bloom for `potted_plant`, of height 1 above the soil at z = 0."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.objects.mesh.joinery import copies, curved, rod
from synthvis.objects.mesh.meshes import Part, loft, revolve
from synthvis.objects.mesh.params import number
from synthvis.objects.plants.foliage import leaf_of, rotations, scatter, spiral
from synthvis.objects.spec import Param

__all__ = ["bulbs", "flowers"]

Float = NDArray[np.float64]
Params = Mapping[str, Param]


def _bloom(petals: int, width: float, rise: float, slot: str = "petal") -> Part:
    """An open flower of radius 1 that faces +x."""
    petal = leaf_of(slot, 1.0, width, droop=0.5, fold=0.12, rows=3, widest=0.6, blunt=0.6)
    turn = np.arange(petals) / petals * 2 * np.pi
    ring = copies(petal, rotations(turn, np.full(petals, rise)), np.zeros((petals, 3)))
    # z becomes x, so that `rotations` can aim it.
    vertices = ring.vertices_m @ np.array([(0, 0, -1.0), (0, 1, 0), (1, 0, 0)])
    return replace(ring, vertices_m=vertices)


def _eye() -> Part:
    ball = revolve("eye", [0.0, 0.24, 0.2, 0.0], [-0.05, 0.0, 0.12, 0.16], 8)
    return replace(ball, vertices_m=ball.vertices_m @ np.array([(0, 0, -1.0), (0, 1, 0), (1, 0, 0)]))


def flowers(params: Params, rng: Generator) -> list[Part]:
    """A dome of leaves and open flowers: geranium, petunia, daisy, chrysanthemum."""
    count, blooms, wide = (
        int(number(params, "leaves")) * 3,
        int(number(params, "blooms")),
        number(params, "spread") * 0.62,
    )
    leaf = leaf_of("leaf", 1.0, number(params, "leaf_width"), droop=0.7, fold=0.15, rows=4, widest=0.5, blunt=0.6)
    found = []
    for kind, number_of, lift in (("leaf", count, 0.78), ("petal", blooms, 1.0)):
        yaw = spiral(rng, number_of)
        polar = np.sqrt((np.arange(number_of) + 0.5) / number_of) * 1.5
        ball = np.column_stack([np.sin(polar) * np.cos(yaw), np.sin(polar) * np.sin(yaw), np.cos(polar)])
        at = ball * (wide, wide, 0.86) * (lift * rng.uniform(0.8, 1.05, number_of))[:, None] + (0, 0, 0.05)
        if kind == "leaf":
            found.append(
                scatter(
                    rng,
                    leaf,
                    yaw + rng.uniform(-0.6, 0.6, number_of),
                    0.5 - 0.5 * polar,
                    at * 0.92,
                    number(params, "leaf_size") * rng.uniform(0.7, 1.1, number_of),
                )
            )
            continue
        flower = _bloom(int(number(params, "petals")), number(params, "petal_width"), 0.35)
        pitch, scale = (
            np.pi / 2 - 0.9 * polar + rng.uniform(-0.3, 0.3, number_of),
            number(params, "bloom_size") * rng.uniform(0.8, 1.15, number_of),
        )
        spins = rotations(yaw, pitch, rng.uniform(0, 6, number_of))
        tones = rng.uniform(0.35, 0.9, number_of)
        found += [copies(flower, spins, at, scale, tones), copies(_eye(), spins, at, scale, tones)]
        stalk = loft(
            "stem",
            np.array(
                [
                    [(0, 0.008, 0), (0, -0.004, 0.007), (0, -0.004, -0.007)],
                    [(0.92, 0.008, 0), (0.92, -0.004, 0.007), (0.92, -0.004, -0.007)],
                ]
            ),
        )
        reach = np.linalg.norm(at, axis=1)
        found.append(
            copies(stalk, rotations(yaw, np.arcsin(np.clip(at[:, 2] / reach, -1, 1))), np.zeros((number_of, 3)), reach)
        )
    return found


def bulbs(params: Params, rng: Generator) -> list[Part]:
    """Tulips or hyacinths: cups on upright stalks among strap leaves; an orchid's bow when `arch` is set."""
    blooms = int(number(params, "blooms"))
    strap = leaf_of(
        "leaf", 1.0, number(params, "leaf_width") * 0.35, droop=0.9, fold=0.4, rows=7, widest=0.35, blunt=0.6
    )
    count = int(number(params, "leaves"))
    yaw = spiral(rng, count)
    away = np.column_stack([0.08 * np.cos(yaw), 0.08 * np.sin(yaw), np.full(count, -0.02)])
    flat = bool(params["arch"])
    found = [
        scatter(
            rng,
            strap if not flat else replace(strap, vertices_m=strap.vertices_m * (0.8, 1.9, 1.0)),
            yaw,
            rng.uniform(0.15, 0.6, count) if flat else rng.uniform(0.9, 1.4, count),
            away,
            rng.uniform(0.45, 0.75, count) * (0.75 if flat else 1.0),
        )
    ]
    if flat:
        return found + _orchid(params, rng)
    cup = revolve(
        "petal",
        np.array([0.0, 0.3, 0.43, 0.44, 0.36, 0.26, 0.2, 0.0]),
        np.array([0.0, 0.06, 0.35, 0.65, 1.15, 1.35, 1.0, 0.9]),
        12,
    )
    # Six petals: every second point of the rim stands higher.
    x, y, z = cup.vertices_m.T
    tips = 1 - 0.22 * (z > 0.8) * (np.cos(3 * np.arctan2(y, x)) < 0)
    cup = replace(cup, vertices_m=np.stack([x, y, z * tips], axis=1), attributes={})
    turn, out = spiral(rng, blooms), 0.2 * np.sqrt(np.arange(blooms) / max(blooms, 1)) * number(params, "spread")
    heads = np.column_stack([out * 1.6 * np.cos(turn), out * 1.6 * np.sin(turn), rng.uniform(0.68, 0.86, blooms)])
    upright = np.broadcast_to(np.eye(3), (blooms, 3, 3))
    found.append(copies(cup, upright, heads, 0.15, rng.uniform(0.3, 0.8, blooms)))
    found += [
        rod("stem", [(0.45 * x, 0.45 * y, -0.03), (0.8 * x, 0.8 * y, 0.5 * z), (x, y, z + 0.02)], 0.011, 5)
        for x, y, z in heads
    ]
    return found


def _orchid(params: Params, rng: Generator) -> list[Part]:
    found: list[Part] = []
    for k in range(int(number(params, "stems"))):
        turn = rng.uniform(0, 1.0) + 2.6 * k
        c, s = np.cos(turn), np.sin(turn)
        bow = curved(
            [
                (0, 0, 0),
                (0.08 * c, 0.08 * s, 0.55),
                (0.22 * c, 0.22 * s, 0.92),
                (0.48 * c, 0.48 * s, 0.94),
                (0.64 * c, 0.64 * s, 0.76),
            ],
            15,
        )
        found.append(rod("stem", bow, 0.007, 5))
        at = bow[7:] - (0, 0, 0.02)
        count = len(at)
        yaw = turn + np.where(np.arange(count) % 2, 0.8, -0.8) + rng.uniform(-0.3, 0.3, count)
        spins = rotations(yaw, rng.uniform(-0.3, 0.15, count))
        out = at + 0.04 * spins[:, :, 0]
        scale = 0.105 * np.linspace(1.1, 0.75, count)
        found += [copies(_bloom(5, 0.85, 0.15), spins, out, scale, 0.6), copies(_eye(), spins, out, scale, 0.6)]
    return found
