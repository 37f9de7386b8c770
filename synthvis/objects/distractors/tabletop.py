"""Unlabelled clutter for a table top."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.random import Generator

from synthvis.draws import chance, pick, rounded
from synthvis.geometry import rotation_about
from synthvis.objects.clutter import ANYHOW, LYING, UPRIGHT, any_color, any_surface, blob, distractor, joined
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import box, cylinder, leaf_blade, loft, moved, revolve
from synthvis.objects.mesh.params import jitter_color, linear_rgb, number, shade_of, surface_seed
from synthvis.objects.object_type import ObjectType, RestPose, Sample
from synthvis.objects.spec import Param, SurfaceSpec

__all__ = ["OBJECT_TYPES", "PLATE"]

# Boxes, slabs


def _sample_box(rng: Generator) -> Sample:
    weights = {"paper": 5.0, "cardboard": 2.0, "plastic": 1.0, "wood": 0.7, "random": 1.0}
    params: dict[str, Param] = {
        "width_m": rounded(rng, (0.03, 0.22)),
        "depth_m": rounded(rng, (0.02, 0.12)),
        "height_m": rounded(rng, (0.02, 0.26)),
    }
    return Sample(params=params, surfaces={"sides": any_surface(rng, weights)})


def _build_box(params: Mapping[str, Param]) -> Mesh:
    return joined([box("sides", (number(params, "width_m"), number(params, "depth_m"), number(params, "height_m")))])


def _sample_plank(rng: Generator) -> Sample:
    params: dict[str, Param] = {
        "width_m": rounded(rng, (0.15, 0.45)),
        "depth_m": rounded(rng, (0.02, 0.25)),
        "height_m": rounded(rng, (0.006, 0.03)),
    }
    return Sample(params=params, surfaces={"sides": any_surface(rng, {"wood": 5.0, "plastic": 1.0, "metal": 0.5})})


# Round things


def _sample_can(rng: Generator) -> Sample:
    params: dict[str, Param] = {
        "radius_m": rounded(rng, (0.02, 0.055)),
        "height_m": rounded(rng, (0.03, 0.2)),
    }
    metal = SurfaceSpec(
        kind="metal", params={"color": (0.75, 0.76, 0.78), "roughness": 0.25, "seed": surface_seed(rng)}
    )
    side = any_surface(rng, {"paper": 4.0, "plastic": 1.5, "metal": 1.0, "random": 1.0})
    return Sample(params=params, surfaces={"ends": metal, "side": side})


def _build_can(params: Mapping[str, Param]) -> Mesh:
    r, h = number(params, "radius_m"), number(params, "height_m")
    lip = 0.06 * r
    wrap = revolve("side", [r * 0.9, r * 0.985, r * 0.985, r * 0.9], [0.03 * h, 0.03 * h, 0.97 * h, 0.97 * h], 40)
    can = revolve(
        "ends",
        [0, 0.85 * r, 0.9 * r, r - lip, r, r, 0.975 * r, 0.975 * r, r, r, r - lip, 0.9 * r, 0.85 * r, 0],
        [
            0.02 * h,
            0.02 * h,
            0,
            0,
            0.3 * lip,
            lip,
            2 * lip,
            h - 2 * lip,
            h - lip,
            h - 0.3 * lip,
            h,
            h,
            0.98 * h,
            0.98 * h,
        ],
        40,
    )
    return joined([can, wrap])


def _sample_blob(rng: Generator) -> Sample:
    params: dict[str, Param] = {
        "radius_m": rounded(rng, (0.015, 0.08)),
        "stretch": rounded(rng, (0.5, 1.8)),
        "lumps": rounded(rng, (0.03, 0.35)),
        "noise_seed": int(rng.integers(0, 100_000)),
    }
    return Sample(params=params, surfaces={"skin": any_surface(rng)})


def _build_blob(params: Mapping[str, Param]) -> Mesh:
    shape = (number(params, "radius_m"), number(params, "stretch"), number(params, "lumps"))
    return joined([blob("skin", *shape, int(number(params, "noise_seed")))])


def _sample_ring(rng: Generator) -> Sample:
    radius_m = rounded(rng, (0.02, 0.09))
    params: dict[str, Param] = {"radius_m": radius_m, "tube_m": radius_m * rounded(rng, (0.12, 0.5))}
    return Sample(params=params, surfaces={"skin": any_surface(rng)})


def _build_ring(params: Mapping[str, Param]) -> Mesh:
    r, tube_m = number(params, "radius_m"), number(params, "tube_m")
    turn = np.arange(20) / 20 * 2 * np.pi
    return joined([revolve("skin", r + tube_m * np.cos(turn), tube_m * np.sin(turn), 48, loop=True)])


def _sample_prism(rng: Generator) -> Sample:
    params: dict[str, Param] = {
        "radius_m": rounded(rng, (0.015, 0.08)),
        "height_m": rounded(rng, (0.01, 0.2)),
        "sides": int(rng.integers(3, 9)),
        "taper": rounded(rng, (0.5, 1.0)) if chance(rng, 0.5) else 1.0,
    }
    return Sample(params=params, surfaces={"sides": any_surface(rng)})


def _build_prism(params: Mapping[str, Param]) -> Mesh:
    sides, r = int(number(params, "sides")), number(params, "radius_m")
    # Doubled corners, a hair apart, keep the edges crisp under smooth shading.
    angle = np.repeat(np.arange(sides) / sides * 2 * np.pi, 2) + np.tile([-0.015, 0.015], sides)
    reach = np.cos(np.pi / sides) / np.cos((angle % (2 * np.pi / sides)) - np.pi / sides)
    h, top = number(params, "height_m"), number(params, "taper")
    sizes = np.array(
        [0.96, 0.985, 1.0, 1 + 0.02 * (top - 1), top * 1.0 + 0.02 * (1 - top), top, top * 0.985, top * 0.96]
    )
    heights = h * np.array([0, 0, 0.006, 0.02, 0.98, 0.994, 1, 1])
    rings = np.empty((len(sizes), len(angle), 3))
    rings[..., 0] = r * sizes[:, None] * reach * np.cos(angle)
    rings[..., 1] = r * sizes[:, None] * reach * np.sin(angle)
    rings[..., 2] = heights[:, None]
    return joined([loft("sides", rings)])


def _sample_plate(rng: Generator) -> Sample:
    params: dict[str, Param] = {
        "radius_m": rounded(rng, (0.07, 0.15)),
        "depth": rounded(rng, (0.08, 0.2)),
        "well": rounded(rng, (0.55, 0.75)),
    }
    glaze: dict[str, Param] = {
        "color": shade_of(
            rng, pick(rng, ("#f5f4f0", "#f0ece0", "#2c4a86", "#9fb8c8", "#303030", "#c8d0b8")), value=0.1
        ),
        "color_b": any_color(rng),
        "pattern": pick(rng, {"none": 3.0, "band": 1.5, "speckle": 1.0, "dots": 0.5}),
        "count": int(rng.integers(2, 6)),
        "roughness": rounded(rng, (0.08, 0.3)),
        "seed": surface_seed(rng),
    }
    return Sample(params=params, surfaces={"glaze": SurfaceSpec(kind="glazed", params=glaze)})


def _build_plate(params: Mapping[str, Param]) -> Mesh:
    r, depth_m, well = (
        number(params, "radius_m"),
        number(params, "depth") * number(params, "radius_m"),
        number(params, "well"),
    )
    thick_m = 0.004
    radii = r * np.array(
        [0, 0.9 * well, 0.95 * well, well, 0.5 + 0.5 * well, 1.0, 1.0, 0.5 + 0.5 * well, well, 0.9 * well, 0]
    )
    lower = depth_m * np.array([0.08, 0.08, 0, 0.05, 0.65, 0.94])
    upper = depth_m * np.array([1.0, 0.72, 0.2, 0.12, 0.1]) + np.array([0.4, 1, 1, 1, 1]) * thick_m
    return joined([revolve("glaze", radii, np.concatenate([lower, upper]), 56)])


# Leaves and sticks


def _sample_leaf(rng: Generator) -> Sample:
    params: dict[str, Param] = {
        "length_m": rounded(rng, (0.04, 0.14)),
        "width": rounded(rng, (0.3, 0.75)),
        "droop_rad": rounded(rng, (0.0, 0.8)),
        "fold": rounded(rng, (0.0, 0.4)),
        "count": int(rng.integers(1, 5)),
        "spread_rad": rounded(rng, (0.3, 1.4)),
    }
    hue = pick(rng, {"#4a7a2a": 4.0, "#8a9a2a": 1.5, "#b0762a": 1.0, "#8a3a1e": 1.0, "#c8a83a": 1.0})
    color = linear_rgb(hue)
    colors: dict[str, Param] = {
        "color": jitter_color(rng, color, value=0.3),
        "color_2": jitter_color(rng, color, value=0.5),
    }
    return Sample(
        params=params, surfaces={"leaf": SurfaceSpec(kind="leaf", params={**colors, "seed": surface_seed(rng)})}
    )


def _build_leaf(params: Mapping[str, Param]) -> Mesh:
    length_m, count = number(params, "length_m"), int(number(params, "count"))
    blade = leaf_blade(
        "leaf",
        length_m,
        length_m * number(params, "width"),
        droop_rad=number(params, "droop_rad"),
        fold=number(params, "fold"),
    )
    turns = [rotation_about((0.0, 0.0, 1.0), k * number(params, "spread_rad")) for k in range(count)]
    return joined([moved(blade, rotation=turn, offset_m=(0.0, 0.0, 0.001 * k)) for k, turn in enumerate(turns)])


def _sample_stick(rng: Generator) -> Sample:
    params: dict[str, Param] = {
        "radius_m": rounded(rng, (0.003, 0.012)),
        "height_m": rounded(rng, (0.1, 0.25)),
    }
    return Sample(params=params, surfaces={"side": any_surface(rng, {"wood": 2.0, "plastic": 2.0, "metal": 2.0})})


def _build_stick(params: Mapping[str, Param]) -> Mesh:
    return joined([cylinder("side", number(params, "radius_m"), number(params, "height_m"), 20)])


PLATE = distractor("plate", _sample_plate, _build_plate)

OBJECT_TYPES: tuple[ObjectType, ...] = (
    distractor("box", _sample_box, _build_box, (UPRIGHT, LYING)),
    distractor("plank", _sample_plank, _build_box),
    distractor("cylinder", _sample_can, _build_can, (UPRIGHT, LYING)),
    distractor("blob", _sample_blob, _build_blob, (ANYHOW,)),
    distractor("ring", _sample_ring, _build_ring),
    distractor("prism", _sample_prism, _build_prism),
    PLATE,
    distractor("leaf", _sample_leaf, _build_leaf),
    distractor(
        "stick", _sample_stick, _build_stick, (RestPose(name="lying", weight=1.0, tilt_rad=(np.pi / 2, np.pi / 2)),)
    ),
)
"""Clutter of 2 to 45 cm, for tables, shelves and floors."""
