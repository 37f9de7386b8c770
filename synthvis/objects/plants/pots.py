"""Flower pots with soil in them: tapered, straight, bowls, bellies and square ones, on a saucer or not."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from synthvis.objects.mesh.joinery import rectangle
from synthvis.objects.mesh.meshes import Part, loft, revolve
from synthvis.objects.mesh.params import number, text
from synthvis.objects.spec import Param

__all__ = ["pot_parts"]

Params = Mapping[str, Param]


def pot_parts(params: Params) -> list[Part]:
    """The vessel, open above, and the soil in it."""
    r, h, foot, rim = (number(params, k) for k in ("radius_m", "pot_height_m", "foot", "rim"))
    shape, wall = text(params, "pot"), 0.07 * r
    up = np.linspace(0, 1, 8)
    outer = (
        r
        * {
            "taper": foot + (1 - foot) * up,
            "straight": 0.97 + 0.03 * up,
            "bowl": 0.55 + 0.45 * np.sqrt(np.clip(1 - (1 - up) ** 2, 0, 1)),
            "belly": 0.72 + 0.4 * np.sin(np.pi * (0.12 + 0.68 * up)) - 0.08 * up,
            "square": 0.86 * (foot + (1 - foot) * up) if foot < 0.72 else 0.84 + 0.03 * up,
        }[shape]
    )
    z = up * h
    if rim:
        low = outer[-1] * (1 - rim * (1 - foot))
        outer = np.concatenate([outer[:-1] * 0.93, [0.93 * low, low, 1.02 * r]])
        z = np.concatenate([0.97 * z[:-1] * (1 - rim), [h * (1 - rim) - 0.002, h * (1 - rim), h]])
    top = outer[-1]
    level = 0.86 * h
    radii = [
        0.0,
        0.9 * outer[0],
        *outer,
        top - 0.3 * wall,
        top - 0.8 * wall,
        top - wall,
        min(np.interp(level, z, outer), top) - 1.15 * wall,
        0.0,
    ]
    zs = [0.0, 0.0, 0.012 * h, *z[1:], h + 0.006 * r, h + 0.004 * r, h - 0.01 * r, level - 0.02 * h, level - 0.02 * h]
    mound = [0.0, radii[-2] + 0.12 * wall, radii[-2] + 0.12 * wall, 0.6 * radii[-2], 0.0]
    bed = [level - 0.03 * h, level - 0.03 * h, level, level + 0.012 * r, level + 0.03 * r]
    if shape == "square":
        found = [_squared("pot", radii, zs), _squared("soil", mound, bed)]
    else:
        found = [revolve("pot", radii, zs, 32), revolve("soil", mound, bed, 20)]
    if params["saucer"]:
        s = outer[0]
        found.append(
            revolve(
                "pot",
                [0, 1.1 * s, 1.36 * s, 1.42 * s, 1.38 * s, 1.3 * s, 1.05 * s, 0],
                np.array([0, 0, 0.13, 0.16, 0.165, 0.08, 0.03, 0.03]) * s - 0.02 * s,
                32,
            )
        )
    return found


def _squared(slot: str, radii: list[float], heights: list[float]) -> Part:
    """The rows of a profile as rounded squares instead of circles; its ends lie on the axis."""
    rows = zip(radii[1:-1], heights[1:-1], strict=True)
    rings = [np.column_stack([plan := rectangle(2 * r, 2 * r, 0.14 * r, 4, 1), np.full(len(plan), z)]) for r, z in rows]
    return loft(slot, np.stack(rings), start_m=(0, 0, heights[0]), end_m=(0, 0, heights[-1]))
