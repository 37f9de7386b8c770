"""What unlabelled things have in common: any colour, any surface, no keypoints."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.random import Generator

from synthvis.draws import pick, rounded
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import Part, merge, revolve, ring_noise
from synthvis.objects.mesh.params import shade_of, surface_seed
from synthvis.objects.object_type import ObjectType, RestPose, Sample
from synthvis.objects.spec import Param, SurfaceSpec, Vec3

__all__ = ["ANYHOW", "LYING", "UPRIGHT", "any_color", "any_surface", "blob", "distractor", "joined"]

_EVERYDAY = {"plastic": 4, "ceramic": 2, "rubber": 1, "wood": 1.5, "metal": 1, "fabric": 1.5, "paper": 2,
             "cardboard": 1, "random": 2}  # fmt: skip
_HUES = ("#d8262a", "#2a5fd0", "#f2c01e", "#34a04a", "#e85a9a", "#202020", "#f0f0f0", "#8a3ac0", "#e8741e", "#7a5230",
         "#18a0a8", "#9a9a96", "#e8dcc0", "#2c3e50")  # fmt: skip

UPRIGHT = RestPose(name="upright", weight=1.0, tilt_rad=(0.0, 0.0))
LYING = RestPose(name="lying", weight=0.4, tilt_rad=(float(np.pi / 2), float(np.pi / 2)), tilt_axis="x")
ANYHOW = RestPose(name="anyhow", weight=1.0, tilt_rad=(0.0, float(np.pi)))


def any_color(rng: Generator) -> Vec3:
    """A colour of manufactured things."""
    return shade_of(rng, pick(rng, _HUES), value=0.3, hue=0.15)


def any_surface(rng: Generator, weights: Mapping[str, float] | None = None) -> SurfaceSpec:
    """A surface of everyday things, two-coloured where its kind allows."""
    kind = pick(rng, weights or _EVERYDAY)
    color, second = any_color(rng), any_color(rng)
    params: dict[str, Param] = {"color": color, "seed": surface_seed(rng)}
    if kind == "wood":
        params |= {"color": shade_of(rng, "#b98a58", value=0.35), "dark_color": shade_of(rng, "#6e4526", value=0.35)}
    elif kind == "paper":
        params |= {
            "color_2": second,
            "color_3": any_color(rng),
            "color_4": any_color(rng),
            "block_m": rounded(rng, (0.02, 0.08)),
        }
    elif kind in ("fabric", "random"):
        params |= {"color_2": second, "color_3": any_color(rng)}
    if kind == "fabric":
        params["pattern"] = pick(rng, ("plain", "stripes", "checks"))
    if kind == "random":
        params |= {"scale": rounded(rng, (5.0, 60.0)), "sharpness": rounded(rng, (0.0, 1.0))}
    if kind in ("plastic", "metal", "random"):
        params["roughness"] = rounded(rng, (0.1, 0.6))
    if kind in ("concrete", "granite"):
        params["color"] = shade_of(rng, pick(rng, ("#8c8a84", "#a8a49a", "#c4c0b8", "#6e6c68")), value=0.2)
    if kind == "cardboard":
        params["color"] = shade_of(rng, "#a5784c", value=0.25)
    return SurfaceSpec(kind=kind, params=params)


def distractor(
    name: str,
    sample: Callable[[Generator], Sample],
    build: Callable[[Mapping[str, Param]], Mesh],
    rest_poses: tuple[RestPose, ...] = (UPRIGHT,),
    front_rad: float | None = None,
) -> ObjectType:
    """A kind without a category."""
    return ObjectType(name=name, category=None, sample=sample, build=build, rest_poses=rest_poses, front_rad=front_rad)


def joined(parts: Sequence[Part]) -> Mesh:
    """One mesh of parts, without keypoints."""
    return merge(parts, np.zeros((0, 3)))


def blob(slot: str, radius_m: float, stretch: float, lumps: float, noise_seed: int, segments: int = 40) -> Part:
    """A lumpy ball about the origin."""
    rings = segments // 2 + 5
    polar = np.linspace(-np.pi / 2, np.pi / 2, rings)
    fade = np.cos(polar)[:, None]
    swell = 1 + lumps * fade * ring_noise(noise_seed, rings, segments)
    radius = radius_m * np.cos(polar)[:, None] * swell
    radius[[0, -1]] = 0.0
    return revolve(slot, radius, radius_m * stretch * np.sin(polar), segments)
