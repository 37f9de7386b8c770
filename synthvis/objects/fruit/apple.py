"""Apples: a lobed body with a dimple at either end, mostly with a stem, sometimes with leaves.

Stem and leaves belong to the fruit. Photographs' labels mostly box its body, so they are appendages, which boxes of the
body leave out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.draws import chance, pick, rounded
from synthvis.objects.fruit.sprig import SPRIG_APPENDAGES, draw_sprig, fruit_mesh
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import Part, revolve, ring_noise
from synthvis.objects.mesh.params import jitter_color, linear_rgb, number, surface_seed
from synthvis.objects.object_type import ObjectType, RestPose, Sample
from synthvis.objects.spec import Category, KeypointSymmetry, Param, SurfaceSpec
from synthvis.objects.symmetry import ROUND

__all__ = ["APPLE", "GREEN_APPLE", "OBJECT_TYPES", "RED_APPLE", "apple_profile_m", "draw_apple", "skin_surface"]

Float = NDArray[np.float64]

_CATEGORY = Category(
    id=53,
    name="apple",
    supercategory="food",
    keypoints=("stem_base", "calyx", "equator_near", "equator_right", "equator_far", "equator_left"),
    skeleton=((0, 2), (0, 3), (0, 4), (0, 5), (1, 2), (1, 3), (1, 4), (1, 5), (2, 3), (3, 4), (4, 5), (5, 2)),
    flip_pairs=((3, 5),),
    symmetry=(KeypointSymmetry(cycles=((2, 3, 4, 5),), first="lowest"),),
)

_SEGMENTS = 44
_RINGS = 40

# Ground colour, blush, how much of the skin blushes (low, high), streakiness (low, high), colour in the stem cavity.
_VARIETIES: dict[str, tuple[str, str, tuple[float, float], tuple[float, float], str]] = {
    "red": ("c8321e", "9c0d16", (0.75, 1.0), (0.2, 0.6), "a8862a"),
    "dark_red": ("8c1018", "4c060c", (0.7, 1.0), (0.1, 0.5), "6e3a18"),
    "bright_red": ("e0261a", "c40c14", (0.8, 1.0), (0.05, 0.3), "c07828"),
    "striped": ("e4b04a", "c0281c", (0.45, 0.8), (0.6, 1.0), "b8a03c"),
    "blushed": ("ecc85a", "d2282a", (0.3, 0.7), (0.2, 0.5), "c8b848"),
    "pink": ("e8a878", "c43a42", (0.55, 0.95), (0.2, 0.6), "c4a850"),
    "green": ("86ac24", "a0bc3c", (0.2, 0.6), (0.0, 0.12), "6a8a20"),
    "yellow": ("e6cc50", "e8b848", (0.1, 0.5), (0.0, 0.3), "b0a038"),
}
_RED = {"red": 4.0, "dark_red": 2.5, "bright_red": 3.0, "striped": 2.5, "blushed": 1.3, "pink": 1.5}
_GREEN = {"green": 3.0, "yellow": 1.0}


# Shape


def apple_profile_m(params: Mapping[str, Param]) -> tuple[Float, Float]:
    """Radius and height of the skin from the calyx to the stem, (R,) each; height 0 is the middle of the core."""
    radius, height = number(params, "diameter_m") / 2, number(params, "height_m")
    angle = np.linspace(-np.pi / 2, np.pi / 2, _RINGS)
    rise = np.sin(angle)
    r = np.cos(angle).clip(0) ** number(params, "fullness") * (1 + number(params, "taper") * (rise - rise**3))
    top = number(params, "top_dimple") * np.exp(-((r / number(params, "top_width")) ** 2)) * (rise > 0)
    bottom = number(params, "bottom_dimple") * np.exp(-((r / 0.3) ** 2)) * (rise < 0)
    r[0] = r[-1] = 0.0
    z = np.sign(rise) * np.abs(rise) ** 0.92 - top + bottom
    return r / r.max() * radius, z / np.ptp(z) * height


def build(params: Mapping[str, Param]) -> Mesh:
    """Mesh of one apple with the slots "skin" and, if it has them, "stem" and "leaf"; about 1,900 vertices."""
    part = _body(params)
    keypoints = np.stack([part.vertices_m[-1], part.vertices_m[-2], *_equator(part)])
    return fruit_mesh([part], keypoints, params)


def _build_green(params: Mapping[str, Param]) -> Mesh:
    return replace(build(params), keypoints_m=np.zeros((0, 3)))


def _body(params: Mapping[str, Param]) -> Part:
    radius, height = apple_profile_m(params)
    rings, around = np.arange(_RINGS)[:, None], np.arange(_SEGMENTS) / _SEGMENTS * 2 * np.pi
    seed = int(number(params, "shape_seed"))
    low = 1 - rings / (_RINGS - 1)
    lobes = np.cos(5 * around + seed % 7) * number(params, "lobes")
    bulge = 1 + number(params, "irregularity") * ring_noise(seed, _RINGS, _SEGMENTS, order=3) + 0.5 * lobes * low**2
    feet = number(params, "height_m") * 0.5 * lobes * np.exp(-(((low - 0.9) / 0.08) ** 2))
    part = revolve("skin", radius[:, None] * bulge, height[:, None] - feet, _SEGMENTS)
    # A sheared, not a tilted axis: the fruit stands as it did, but leans.
    lean = number(params, "lean") * part.vertices_m[:, 2]
    return replace(part, vertices_m=part.vertices_m + np.stack([lean, 0 * lean, 0 * lean], axis=1))


def _equator(part: Part) -> Float:
    ring = part.vertices_m[:-2].reshape(-1, _SEGMENTS, 3)
    widest = int(np.linalg.norm(ring[..., :2], axis=2).mean(axis=1).argmax())
    quarters: Float = ring[widest, :: _SEGMENTS // 4]
    return quarters


# Sampling


def draw_apple(rng: Generator, variety: str) -> dict[str, Param]:
    """Shape parameters of one apple of a variety."""
    diameter = rounded(rng, (0.06, 0.095))
    tall = rounded(rng, (0.95, 1.12)) if variety == "dark_red" else rounded(rng, (0.8, 1.02))
    return {
        "diameter_m": diameter,
        "height_m": diameter * tall,
        "fullness": rounded(rng, (0.66, 0.86)),
        "taper": rounded(rng, (-0.02, 0.2)) if variety != "dark_red" else rounded(rng, (0.12, 0.34)),
        "top_dimple": rounded(rng, (0.25, 0.45)),
        "top_width": rounded(rng, (0.26, 0.42)),
        "bottom_dimple": rounded(rng, (0.1, 0.28)),
        "lobes": rounded(rng, (0.0, 0.06)) if variety != "dark_red" else rounded(rng, (0.03, 0.1)),
        "irregularity": rounded(rng, (0.01, 0.05)),
        "lean": rounded(rng, (-0.12, 0.12)),
        "shape_seed": int(rng.integers(1 << 16)),
    }


def skin_surface(rng: Generator, variety: str) -> SurfaceSpec:
    """Skin of one apple of a variety."""
    ground, blush, amount, streaks, cavity = _VARIETIES[variety]
    return SurfaceSpec(
        kind="apple_skin",
        params={
            "ground": jitter_color(rng, linear_rgb(ground), value=0.25, hue=0.1),
            "blush": jitter_color(rng, linear_rgb(blush), value=0.3, hue=0.07),
            "cavity": jitter_color(rng, linear_rgb(cavity), value=0.3),
            "blush_amount": rounded(rng, amount),
            "streaks": rounded(rng, streaks),
            "cavity_size": rounded(rng, (0.02, 0.16)),
            "lenticels": rounded(rng, (0.1, 0.9)) if chance(rng, 0.75) else 0.0,
            "roughness": rounded(rng, (0.12, 0.42)),
            "wax": rounded(rng, (0.0, 0.6)) if chance(rng, 0.6) else 0.0,
            "seed": surface_seed(rng),
        },
    )


def _sample(rng: Generator, varieties: Mapping[str, float]) -> Sample:
    variety = pick(rng, varieties)
    params = draw_apple(rng, variety)
    mesh = build(params)
    sprig = draw_sprig(
        rng,
        mesh.keypoints_m[0],
        leaf_share=0.3,
        stem_share=0.92,
        stem_length_m=(0.01, 0.032),
        stem_radius_m=(0.0009, 0.0017),
        rim_m=float(mesh.vertices_m[:, 2].max()),
    )
    skin = skin_surface(rng, variety)
    return Sample(params={**params, **sprig.params}, surfaces={"skin": skin, **sprig.surfaces})


def _sample_any(rng: Generator) -> Sample:
    return _sample(rng, _RED | {name: weight * 0.6 for name, weight in _GREEN.items()})


def _sample_red(rng: Generator) -> Sample:
    return _sample(rng, _RED)


def _sample_green(rng: Generator) -> Sample:
    return _sample(rng, _GREEN)


_POSES = (
    RestPose(name="upright", weight=0.6, tilt_rad=(0.0, 0.3)),
    RestPose(name="tilted", weight=0.25, tilt_rad=(0.3, 1.2)),
    RestPose(name="lying", weight=0.12, tilt_rad=(1.2, 2.0)),
    RestPose(name="upside_down", weight=0.03, tilt_rad=(2.6, 3.14)),
)

APPLE = ObjectType(
    name="apple",
    category=_CATEGORY,
    sample=_sample_any,
    build=build,
    rest_poses=_POSES,
    appendages=SPRIG_APPENDAGES,
    symmetry=ROUND,
)
RED_APPLE = ObjectType(
    name="red_apple",
    category=_CATEGORY,
    sample=_sample_red,
    build=build,
    rest_poses=_POSES,
    appendages=SPRIG_APPENDAGES,
    symmetry=ROUND,
)
"""Apples of the red and blushed varieties only."""
GREEN_APPLE = ObjectType(
    name="green_apple",
    category=None,
    sample=_sample_green,
    build=_build_green,
    rest_poses=_POSES,
    appendages=SPRIG_APPENDAGES,
    symmetry=ROUND,
)
"""Green and yellow apples without a label, for benchmarks that leave them out."""

OBJECT_TYPES: tuple[ObjectType, ...] = (APPLE, RED_APPLE, GREEN_APPLE)
