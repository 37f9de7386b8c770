"""Bushes and trees as lumpy crowns, unlabelled, for the far side of a scene."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.random import Generator

from synthvis.draws import pick, rounded
from synthvis.objects.clutter import blob, distractor, joined
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import Part, moved, ring_noise, tube
from synthvis.objects.mesh.params import linear_rgb, number, numbers, shade_of, surface_seed
from synthvis.objects.object_type import ObjectType, Sample
from synthvis.objects.spec import Param, SurfaceSpec

__all__ = ["OBJECT_TYPES"]


def _foliage(rng: Generator) -> SurfaceSpec:
    light = pick(rng, {"#5a8a2e": 4.0, "#7a9a30": 2.0, "#3a6a2a": 3.0, "#b0802a": 0.7, "#a04a1e": 0.5})
    params: dict[str, Param] = {
        "color": shade_of(rng, light, value=0.25),
        "color_2": shade_of(rng, "#4a7026", value=0.3),
        "dark_color": shade_of(rng, "#16260c", value=0.3),
        "scale": rounded(rng, (12.0, 40.0)),
        "seed": surface_seed(rng),
    }
    return SurfaceSpec(kind="foliage", params=params)


def _sample_bush(rng: Generator) -> Sample:
    params: dict[str, Param] = {
        "radius_m": rounded(rng, (0.25, 0.9)),
        "stretch": rounded(rng, (0.6, 1.2)),
        "noise_seed": int(rng.integers(0, 100_000)),
        "blobs": int(rng.integers(1, 5)),
    }
    return Sample(params=params, surfaces={"foliage": _foliage(rng)})


def _crown(radius_m: float, stretch: float, noise_seed: int, blobs: int) -> list[Part]:
    """Overlapping lumpy balls about the origin."""
    found = []
    for k in range(blobs):
        turn = 2.4 * k
        away = 0.0 if k == 0 else 0.65 * radius_m
        ball = blob("foliage", radius_m * (1.0 if k == 0 else 0.7), stretch, 0.28, noise_seed + k)
        rough = 1 + 0.07 * np.append(
            ring_noise(noise_seed + 50 + k, len(ball.vertices_m) // 40, 40, order=15, waves=8), [0, 0]
        )
        shifted = (away * np.cos(turn), away * np.sin(turn), 0.3 * radius_m * stretch * np.sin(1.7 * k))
        found.append(Part(slot="foliage", vertices_m=ball.vertices_m * rough[:, None] + shifted, faces=ball.faces))
    return found


def _build_bush(params: Mapping[str, Param]) -> Mesh:
    shape = number(params, "radius_m"), number(params, "stretch")
    return joined(_crown(*shape, int(number(params, "noise_seed")), int(number(params, "blobs"))))


def _sample_tree(rng: Generator) -> Sample:
    height_m = rounded(rng, (2.5, 8.0))
    params: dict[str, Param] = {
        "height_m": height_m,
        "trunk_m": height_m * rounded(rng, (0.015, 0.03)),
        "lean": tuple(rounded(rng, (-0.06, 0.06)) for _ in range(4)),
        "crown": rounded(rng, (0.2, 0.38)),
        "stretch": rounded(rng, (0.7, 1.5)),
        "noise_seed": int(rng.integers(0, 100_000)),
        "blobs": int(rng.integers(2, 6)),
    }
    bark: dict[str, Param] = {
        "color": shade_of(rng, "#5a4632", value=0.3),
        "dark_color": linear_rgb("#2a2018"),
        "roughness": 0.9,
    }
    surfaces = {"bark": SurfaceSpec(kind="wood", params=bark), "foliage": _foliage(rng)}
    return Sample(params=params, surfaces=surfaces)


def _build_tree(params: Mapping[str, Param]) -> Mesh:
    h, trunk_m, lean = number(params, "height_m"), number(params, "trunk_m"), numbers(params, "lean")
    crown_m = number(params, "crown") * h
    stretch = min(number(params, "stretch"), 0.7 / number(params, "crown"))
    top = h - crown_m * stretch
    share = np.linspace(0, 1, 8)
    sway = np.stack([(lean[k] * share + lean[k + 2] * share**2) * top for k in (0, 1)], axis=1)
    curve = np.column_stack([sway, share * top])
    trunk = tube("bark", curve, trunk_m * np.array([1.6, 1.15, 1, 0.95, 0.9, 0.8, 0.7, 0.5]), 14, up=(0, 1, 0))
    crown = _crown(crown_m, stretch, int(number(params, "noise_seed")), int(number(params, "blobs")))
    return joined([trunk, *(moved(part, offset_m=curve[-1]) for part in crown)])


OBJECT_TYPES: tuple[ObjectType, ...] = (
    distractor("bush", _sample_bush, _build_bush),
    distractor("tree", _sample_tree, _build_tree),
)
