"""The largest unlabelled things: cars, people (of `person.py`), bushes and trees."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.geometry import rotation_about
from synthvis.objects.clutter import blob, distractor, joined
from synthvis.objects.mesh.draws import linear_rgb, number, numbers, pick, shade_of, surface_seed, uniform
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import Part, cylinder, loft, moved, revolve, ring_noise, tube
from synthvis.objects.object_type import ObjectType, Sample
from synthvis.objects.people.person import PERSON
from synthvis.objects.spec import Param, SurfaceSpec

__all__ = ["BLACK_RUBBER", "DISTRACTORS_LARGE", "STEEL", "tyre"]

Float = NDArray[np.float64]

STEEL = SurfaceSpec(kind="metal", params={"color": (0.5, 0.51, 0.53), "roughness": 0.4})
BLACK_RUBBER = SurfaceSpec(kind="rubber", params={"color": (0.02, 0.02, 0.022), "roughness": 0.75})


def tyre(slot: str, radius_m: float, width_m: float, hole: float = 0.58) -> Part:
    """A tyre around the z axis, centred."""
    w = width_m / 2
    half = np.array([(hole, 0.8), (hole + 0.03, 0.95), (0.8, 1.05), (0.95, 0.95), (1, 0.7)])
    profile = np.concatenate([half * (1, -1), half[::-1]])
    return revolve(slot, radius_m * profile[:, 0], w * profile[:, 1], 40, loop=True)


# A car


def _sample_car(rng: Generator) -> Sample:
    params: dict[str, Param] = {
        "length_m": uniform(rng, 3.6, 4.9),
        "width_m": uniform(rng, 1.65, 1.95),
        "height_m": uniform(rng, 1.4, 1.95),
        "bonnet": uniform(rng, 0.05, 0.3),
        "boot": uniform(rng, 0.0, 0.2),
        "belt": uniform(rng, 0.5, 0.62),
    }
    paint = shade_of(
        rng, pick(rng, ("#f2f2f2", "#c8cacc", "#6a6e72", "#161618", "#8a1518", "#1c3a7a", "#3a5a48", "#d8c8a0"))
    )
    surfaces = {
        "paint": SurfaceSpec(kind="plastic", params={"color": paint, "roughness": 0.2, "coat": 0.8, "grain": 0.0}),
        "glass": SurfaceSpec(kind="plastic", params={"color": (0.015, 0.018, 0.022), "roughness": 0.06}),
        "tyres": BLACK_RUBBER,
        "rims": STEEL,
    }
    return Sample(params=params, surfaces=surfaces)


def _hull(slot: str, x_m: Float, half_m: Float, low_m: Float, high_m: Float) -> Part:
    """Loft along x of rounded rectangles, each with its half width and its lowest and highest z."""
    turn = np.arange(28) / 28 * 2 * np.pi
    c, s = np.cos(turn), np.sin(turn)
    # Superellipse of power 5: a rectangle with soft corners.
    reach = (np.abs(c) ** 5 + np.abs(s) ** 5) ** (-1 / 5)
    rings = np.empty((len(x_m), 28, 3))
    rings[..., 0] = x_m[:, None]
    rings[..., 1] = half_m[:, None] * reach * c
    rings[..., 2] = ((low_m + high_m) / 2)[:, None] + ((high_m - low_m) / 2)[:, None] * reach * s
    return loft(slot, rings)


def _build_car(params: Mapping[str, Param]) -> Mesh:
    length_m, w, h, bonnet, boot, belt = (
        number(params, k) for k in ("length_m", "width_m", "height_m", "bonnet", "boot", "belt")
    )
    share = np.array([0, 0.01, 0.05, 0.2, 0.5, 0.8, 0.95, 0.99, 1.0])
    top = belt * h * np.array([0.55, 0.7, 0.86, 0.95, 1.0, 1.02, 0.98, 0.85, 0.7])
    half = w / 2 * np.array([0.8, 0.9, 0.97, 1, 1, 1, 0.97, 0.9, 0.82])
    body = _hull("paint", (share - 0.5) * length_m, half, np.full(9, 0.2), top)
    start, end = -0.5 + 0.12 + bonnet, 0.5 - 0.04 - boot
    cabin_x = np.array([start, start + 0.1, start + 0.17, end - 0.1, end]) * length_m
    high = np.array([belt * h, 0.8 * h, 0.97 * h, 0.96 * h, belt * h])
    cabin = _hull("glass", cabin_x, w / 2 * np.array([0.9, 0.86, 0.78, 0.76, 0.86]), np.full(5, 0.45 * h), high)
    roof_x = np.linspace(cabin_x[2] - 0.05, cabin_x[3] + 0.05, 3)
    roof = _hull("paint", roof_x, np.full(3, 0.385 * w), np.full(3, 0.93 * h), np.array([0.985, 1.0, 0.98]) * h)
    return joined([body, cabin, roof, *_wheels(length_m, w)])


def _wheels(length_m: float, width_m: float) -> list[Part]:
    side = rotation_about((1, 0, 0), np.pi / 2)
    found: list[Part] = []
    for x in (-0.3 * length_m, 0.3 * length_m):
        for y in (-0.44 * width_m, 0.44 * width_m):
            found.append(moved(tyre("tyres", 0.32, 0.21), rotation=side, offset_m=(x, y, 0.32)))
            rim = moved(cylinder("rims", 0.2, 0.17, 20), offset_m=(0, 0, -0.085))
            found.append(moved(rim, rotation=side, offset_m=(x, y, 0.32)))
    return found


# Plants


def _foliage(rng: Generator) -> SurfaceSpec:
    light = pick(rng, {"#5a8a2e": 4.0, "#7a9a30": 2.0, "#3a6a2a": 3.0, "#b0802a": 0.7, "#a04a1e": 0.5})
    params: dict[str, Param] = {
        "color": shade_of(rng, light, value=0.25),
        "color_2": shade_of(rng, "#4a7026", value=0.3),
        "dark_color": shade_of(rng, "#16260c", value=0.3),
        "scale": uniform(rng, 12.0, 40.0),
        "seed": surface_seed(rng),
    }
    return SurfaceSpec(kind="foliage", params=params)


def _sample_bush(rng: Generator) -> Sample:
    params: dict[str, Param] = {
        "radius_m": uniform(rng, 0.25, 0.9),
        "stretch": uniform(rng, 0.6, 1.2),
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
    height_m = uniform(rng, 2.5, 8.0)
    params: dict[str, Param] = {
        "height_m": height_m,
        "trunk_m": height_m * uniform(rng, 0.015, 0.03),
        "lean": tuple(uniform(rng, -0.06, 0.06) for _ in range(4)),
        "crown": uniform(rng, 0.2, 0.38),
        "stretch": uniform(rng, 0.7, 1.5),
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


DISTRACTORS_LARGE: tuple[ObjectType, ...] = (
    distractor("car", _sample_car, _build_car),
    PERSON,
    distractor("bush", _sample_bush, _build_bush),
    distractor("tree", _sample_tree, _build_tree),
)
"""Things of 0.5 to 8 m."""
