"""Flowers, leaves and twigs that stand in a vase, unlabelled."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.draws import pick, rounded
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import Part, ellipsoid, merge, moved, revolve, tube
from synthvis.objects.mesh.params import number, shade_of, surface_seed, text
from synthvis.objects.mesh.sheets import copies, spread_turns
from synthvis.objects.object_type import Attachment, ObjectType, RestPose, Sample
from synthvis.objects.spec import Param, SurfaceSpec

__all__ = ["BOUQUET", "OBJECT_TYPES", "draw_bouquet"]

Float = NDArray[np.float64]

_PETALS = {"#f4f0ea": 3.0, "#e8508c": 2.0, "#d8203a": 2.5, "#f6c82a": 2.5, "#f08030": 1.5, "#f4b8cc": 2.0,
           "#8a50b8": 1.5, "#5a74d0": 0.6}  # fmt: skip
_POINTS = 9


# Shape


def _stalks_m(params: Mapping[str, Param], rng: Generator) -> Float:
    """(K, P, 3) centre lines from the floor of the vase through its mouth and out."""
    count, height_m, mouth_m = int(number(params, "count")), number(params, "vase_m"), number(params, "mouth_m")
    angle = np.arange(count) * 2.4 + rng.uniform(0, 2 * np.pi)
    # The golden angle and a root spread them evenly over the mouth.
    out = np.sqrt((np.arange(count) + 0.5) / count)
    length_m = number(params, "length_m") * rng.uniform(0.75, 1.0, count) * (1.05 - 0.25 * out)
    across = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    foot = -across * min(0.5 * mouth_m, 0.6 * number(params, "floor_m")) * rng.uniform(0.2, 1.0, (count, 1))
    neck = across * (0.75 * mouth_m * out)[:, None]
    reach = across * (0.75 * mouth_m * out + number(params, "spread") * length_m * out)[:, None]
    t = np.linspace(0.0, 1.0, _POINTS - 3)
    inside = np.stack([foot + (neck - foot) * s for s in (0.0, 0.35, 0.7, 1.0)], axis=1)
    outside = neck[:, None] + (reach - neck)[:, None] * (t[1:, None] ** 1.3)[None]
    droop = number(params, "droop") * (length_m * out)[:, None] * t[1:] ** 2.5
    low_z = np.broadcast_to(height_m * np.array([0.05, 0.38, 0.7, 0.98]), (count, 4))
    high_z = height_m * 0.98 + length_m[:, None] * t[1:] - droop
    flat = np.concatenate([inside, outside], axis=1)
    z = np.concatenate([low_z, high_z], axis=1)
    stalks: Float = np.concatenate([flat, z[:, :, None]], axis=2)
    return stalks


def _daisy(size_m: float) -> list[Part]:
    turn = np.arange(24) / 24 * 2 * np.pi
    lobes = 0.6 + 0.4 * np.abs(np.cos(4 * turn + 0.4))
    radius = np.stack([0 * turn, 0.25 + 0 * turn, 0.75 * lobes, lobes, 0.72 * lobes, 0.2 + 0 * turn, 0 * turn])
    height = np.array([-0.02, -0.02, 0.08, 0.15, 0.13, 0.05, 0.05])
    eye = moved(ellipsoid("heart", (0.24, 0.24, 0.14), 10, 5), offset_m=(0, 0, 0.1))
    return [_scaled(revolve("petal", radius, height, 24), size_m), _scaled(eye, size_m)]


def _rose(size_m: float) -> list[Part]:
    """Nested cups of petals."""
    turn = np.arange(15) / 15 * 2 * np.pi
    cups = []
    for k, (wide, high) in enumerate(((1.0, 0.62), (0.72, 0.88), (0.42, 1.03))):
        wave = 1 + 0.12 * np.cos(3 * turn + 2.1 * k)
        radius = np.stack(
            [0 * turn, 0.45 * wide + 0 * turn, 0.9 * wide * wave, wide * wave, 0.86 * wide * wave, 0 * turn]
        )
        height = np.stack([0 * turn, 0 * turn + 0.05, 0.5 * high * wave, high * wave, high * wave - 0.04,
                           0 * turn + 0.45 * high])  # fmt: skip
        cups.append(_scaled(revolve("petal", radius, height, 15), size_m))
    return cups


def _tulip(size_m: float) -> list[Part]:
    turn = np.arange(18) / 18 * 2 * np.pi
    tips = 1 + 0.14 * np.cos(3 * turn) + 0.06 * np.cos(6 * turn)
    radius = np.array([0.0, 0.35, 0.62, 0.66, 0.55, 0.46, 0.42, 0.0])[:, None] * np.ones(18)
    height = np.array([0.0, 0.05, 0.4, 0.8, 1.15, 1.3, 1.2, 0.7])[:, None] * np.where(
        np.arange(8)[:, None] >= 4, tips, 1.0
    )
    return [_scaled(revolve("petal", radius, height, 18), size_m)]


def _plume(size_m: float) -> list[Part]:
    """The spike of lavender, pampas grass or a delphinium."""
    turn = np.arange(12) / 12 * 2 * np.pi
    along = np.linspace(0.0, 1.0, 14)[:, None]
    radius = 0.34 * np.sin(np.pi * along**0.7) ** 0.8 * (1 + 0.35 * np.cos(5 * turn + 9 * along * np.pi))
    radius[[0, -1]] = 0.0
    return [_scaled(revolve("petal", radius, 4.0 * along[:, 0] - 1.6, 12), size_m)]


_HEADS = {"daisy": _daisy, "rose": _rose, "tulip": _tulip, "plume": _plume}


def _scaled(part: Part, size_m: float) -> Part:
    return moved(part, rotation=np.eye(3) * size_m)


def _leaves(stalks_m: Float, size_m: float, each: int, rng: Generator) -> list[Part]:
    if not each:
        return []
    blade = revolve("leaf", [0.0, 0.5, 0.42, 0.0], [0.0, 0.35, 0.65, 1.0], 6)
    row = rng.integers(4, _POINTS, (len(stalks_m), each))
    start = np.take_along_axis(stalks_m, row[:, :, None], axis=1).reshape(-1, 3)
    ahead = np.repeat(stalks_m[:, -1] - stalks_m[:, 4], each, axis=0)
    ahead /= np.linalg.norm(ahead, axis=1, keepdims=True)
    forward = ahead * 0.7 + rng.normal(scale=0.6, size=start.shape)
    turns = spread_turns(forward, rng.uniform(0, np.pi, len(start)))
    lengths_m = size_m * rng.uniform(0.7, 1.2, len(start))
    turns = turns * (lengths_m[:, None] * np.array([0.75, 0.06, 1.0]))[:, None, :]
    return [copies(blade, turns, start, tone=rng.random(len(start)))]


def _build(params: Mapping[str, Param]) -> Mesh:
    """In the frame of the vase's mesh."""
    rng = np.random.default_rng(int(number(params, "shape_seed")))
    stalks_m = _stalks_m(params, rng)
    thick_m = number(params, "stalk_m")
    parts = [tube("stalk", line, thick_m * np.linspace(1.1, 0.7, _POINTS), 6, up=(1.0, 0.2, 0.0)) for line in stalks_m]
    style, size_m = text(params, "flower"), number(params, "flower_m")
    ends, tones = stalks_m[:, -1], rng.random(len(stalks_m))
    if style in _HEADS:
        ahead = ends - stalks_m[:, -2]
        lean = 0.25 if style in ("tulip", "plume") else 0.6
        forward = ahead / np.linalg.norm(ahead, axis=1, keepdims=True) + rng.normal(scale=lean / 2, size=ahead.shape)
        turns = spread_turns(forward, rng.uniform(0, 2 * np.pi, len(ends)))
        turns = turns * rng.uniform(0.8, 1.1, (len(ends), 1, 1))
        parts += [copies(head, turns, ends, tone=tones) for head in _HEADS[style](size_m)]
    elif style == "twig":
        bud = ellipsoid("petal", (0.4, 0.4, 0.8), 8, 4)
        row = rng.integers(4, _POINTS, (len(stalks_m), 7))
        places = np.take_along_axis(stalks_m, row[:, :, None], axis=1).reshape(-1, 3)
        places = places + rng.normal(scale=0.004, size=places.shape)
        turns = spread_turns(rng.normal(size=places.shape) + np.array([0.0, 0.0, 1.0]), 0.0) * size_m
        parts.append(copies(bud, turns, places, tone=rng.random(len(places))))
    parts += _leaves(stalks_m, number(params, "leaf_m"), int(number(params, "leaves")), rng)
    return merge(parts, floor_m=0.0)


# Sampling


def draw_bouquet(rng: Generator, vase_m: float, mouth_m: float, floor_m: float) -> Attachment:
    """Flowers for a vase.

    Args:
        rng: Source of chance.
        vase_m: Height of the vase.
        mouth_m: Radius of its narrowest place.
        floor_m: Radius inside, near its floor.
    """
    flower = pick(rng, {"daisy": 2.2, "rose": 2.5, "tulip": 2.2, "plume": 1.2, "twig": 1.0, "leaves": 1.5})
    room = max(1, int(20 * mouth_m / 0.03))
    few, many = {"rose": (1, 12), "plume": (3, 11), "twig": (2, 6), "leaves": (2, 9)}.get(flower, (1, 13))
    count = min(int(rng.integers(few, many)), room)
    leaves = {"leaves": (9, 14), "twig": (0, 2), "plume": (0, 3)}.get(flower, (1, 5))
    sizes_m = {"daisy": (0.02, 0.045), "rose": (0.02, 0.038), "tulip": (0.026, 0.04), "plume": (0.02, 0.035)}
    size_m = rounded(rng, sizes_m.get(flower, (0.006, 0.01)))
    params: dict[str, Param] = {
        "vase_m": vase_m,
        "mouth_m": mouth_m,
        "floor_m": floor_m,
        "flower": flower,
        "flower_m": size_m * min(1.0, 0.5 + vase_m / 0.4),
        "count": count,
        "length_m": vase_m * rounded(rng, (0.45, 1.1)),
        "spread": rounded(rng, (0.15, 0.7)),
        "droop": rounded(rng, (0.0, 0.3)),
        "stalk_m": min(rounded(rng, (0.0014, 0.0028)), 0.4 * mouth_m),
        "leaves": int(rng.integers(*leaves)),
        "leaf_m": rounded(rng, (0.03, 0.07)) * min(1.0, 0.4 + vase_m / 0.35),
        "shape_seed": int(rng.integers(1 << 16)),
    }
    surfaces = _surfaces(rng, flower)
    slots = _slots(params)
    return Attachment(kind="bouquet", params=params, surfaces={name: surfaces[name] for name in slots})


def _slots(params: Mapping[str, Param]) -> tuple[str, ...]:
    flower = text(params, "flower")
    present = {
        "stalk": True,
        "petal": flower != "leaves",
        "heart": flower == "daisy",
        "leaf": number(params, "leaves") > 0,
    }
    return tuple(name for name, is_there in present.items() if is_there)


def _surfaces(rng: Generator, flower: str) -> dict[str, SurfaceSpec]:
    dry = flower == "twig" or (flower == "plume" and rng.random() < 0.5)
    green, petal = pick(rng, {"#3c6a2c": 3.0, "#5a8a3a": 2.0, "#7a9a7c": 1.5}), pick(rng, _PETALS)
    if dry:
        petal = pick(rng, {"#d8c4a0": 2.0, "#e8e0d4": 1.5, "#a8845c": 1.0})
    return {
        "stalk": _shaded(rng, "#6a4a30" if dry else green, "#8a6a48" if dry else green),
        "leaf": _shaded(rng, green, green),
        "petal": _shaded(rng, petal, petal),
        "heart": _shaded(rng, "#c88a1c", "#e0b02a"),
    }


def _shaded(rng: Generator, low: str, high: str) -> SurfaceSpec:
    params: dict[str, Param] = {
        "color": shade_of(rng, low, value=0.25),
        "color_b": shade_of(rng, high, value=0.15),
        "seed": surface_seed(rng),
    }
    return SurfaceSpec(kind="petal", params=params)


def _sample(rng: Generator) -> Sample:
    """Cut flowers without a vase."""
    part = draw_bouquet(rng, 0.2, 0.03, 0.03)
    return Sample(params=part.params, surfaces=part.surfaces)


BOUQUET = ObjectType(
    name="bouquet",
    category=None,
    sample=_sample,
    build=_build,
    rest_poses=(RestPose(name="lying", weight=1.0, tilt_rad=(1.5, 1.57)),),
)

OBJECT_TYPES: tuple[ObjectType, ...] = (BOUQUET,)
