"""Oranges: a near-sphere with a button where the stem was; some have a stem with leaves, which are appendages."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.draws import pick, rounded
from synthvis.objects.fruit.sprig import SPRIG_APPENDAGES, draw_sprig, fruit_mesh
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import revolve, ring_noise
from synthvis.objects.mesh.params import jitter_color, linear_rgb, number, surface_seed
from synthvis.objects.object_type import ObjectType, RestPose, Sample
from synthvis.objects.spec import Category, KeypointSymmetry, Param, SurfaceSpec
from synthvis.objects.symmetry import BALL

__all__ = ["OBJECT_TYPES", "ORANGE", "draw_orange", "orange_profile_m", "peel_surface"]

Float = NDArray[np.float64]

_CATEGORY = Category(
    id=55,
    name="orange",
    supercategory="food",
    keypoints=("stem_base", "navel", "equator_near", "equator_right", "equator_far", "equator_left"),
    skeleton=((0, 2), (0, 3), (0, 4), (0, 5), (1, 2), (1, 3), (1, 4), (1, 5), (2, 3), (3, 4), (4, 5), (5, 2)),
    flip_pairs=((3, 5),),
    symmetry=(KeypointSymmetry(cycles=((2, 3, 4, 5),), first="lowest"),),
)

_SEGMENTS = 44
_RINGS = 36
_COLORS = {"f58a0c": 4.0, "f07a0a": 4.0, "e8640c": 2.5, "f8a016": 2.0, "d95410": 1.0, "f6b42c": 0.7}


def orange_profile_m(params: Mapping[str, Param]) -> tuple[Float, Float]:
    """Radius and height of the peel from the navel to the stem, (R,) each; height 0 is the centre."""
    radius, height = number(params, "diameter_m") / 2, number(params, "height_m")
    angle = np.linspace(-np.pi / 2, np.pi / 2, _RINGS)
    rise = np.sin(angle)
    r = np.cos(angle).clip(0) ** 0.97
    r[0] = r[-1] = 0.0
    neck = number(params, "neck") * np.exp(-((r / 0.3) ** 2)) * (rise > 0)
    dimple = number(params, "dimple") * np.exp(-((r / 0.16) ** 2))
    z = rise + neck - np.sign(rise) * dimple
    return r * radius, z / np.ptp(z) * height


def build(params: Mapping[str, Param]) -> Mesh:
    """Mesh of one orange with the slots "peel", "button" and, if it has them, "stem" and "leaf"."""
    radius, height = orange_profile_m(params)
    seed = int(number(params, "shape_seed"))
    bulge = 1 + number(params, "irregularity") * ring_noise(seed, _RINGS, _SEGMENTS, order=3)
    # Furrows run from the button over the shoulder of the fruit.
    around = np.arange(_SEGMENTS) / _SEGMENTS * 2 * np.pi
    near_stem = np.exp(-(((np.linspace(1, 0, _RINGS) - 0.09) / 0.06) ** 2))[:, None]
    furrows = number(params, "furrows") * np.cos(9 * around + seed % 11) * near_stem
    body = revolve("peel", radius[:, None] * (bulge + furrows), height, _SEGMENTS)
    top = height[-1]
    size = number(params, "button_m")
    button = revolve(
        "button",
        np.array([[0.0], [0.8], [1.0], [0.75], [0.0]]) * size * (1 + 0.25 * np.cos(5 * around)),
        top + size * np.array([-0.3, -0.2, 0.1, 0.35, 0.3]),
        _SEGMENTS,
    )
    rings = body.vertices_m[:-2].reshape(-1, _SEGMENTS, 3)
    equator = rings[len(rings) // 2, :: _SEGMENTS // 4]
    return fruit_mesh([body, button], np.stack([body.vertices_m[-1], body.vertices_m[-2], *equator]), params)


def draw_orange(rng: Generator) -> dict[str, Param]:
    """Shape parameters of one orange."""
    diameter = rounded(rng, (0.055, 0.095))
    return {
        "diameter_m": diameter,
        "height_m": diameter * rounded(rng, (0.86, 1.06)),
        "neck": rounded(rng, (0.0, 0.06)) if rng.random() < 0.8 else rounded(rng, (0.06, 0.16)),
        "dimple": rounded(rng, (0.01, 0.06)),
        "irregularity": rounded(rng, (0.005, 0.025)),
        "furrows": rounded(rng, (0.0, 0.05)) if rng.random() < 0.6 else 0.0,
        "button_m": diameter * rounded(rng, (0.025, 0.055)),
        "shape_seed": int(rng.integers(1 << 16)),
    }


def peel_surface(rng: Generator) -> SurfaceSpec:
    """Peel of one orange."""
    return SurfaceSpec(
        kind="orange_peel",
        params={
            "color": jitter_color(rng, linear_rgb(pick(rng, _COLORS)), value=0.2, hue=0.06),
            "pores": rounded(rng, (0.3, 1.0)),
            "pore_scale": rounded(rng, (380.0, 700.0)),
            "mottling": rounded(rng, (0.0, 0.35)),
            "green": rounded(rng, (0.1, 0.5)) if rng.random() < 0.12 else 0.0,
            "roughness": rounded(rng, (0.28, 0.55)),
            "seed": surface_seed(rng),
        },
    )


def _button_surface(rng: Generator) -> SurfaceSpec:
    color = linear_rgb("5a6420" if rng.random() < 0.6 else "6e5426")
    return SurfaceSpec(kind="stem", params={"color": jitter_color(rng, color, value=0.4), "seed": surface_seed(rng)})


def _sample(rng: Generator) -> Sample:
    params = draw_orange(rng)
    mesh = build(params)
    sprig = draw_sprig(
        rng,
        mesh.keypoints_m[0],
        leaf_share=0.35,
        stem_share=0.12,
        stem_length_m=(0.003, 0.012),
        stem_radius_m=(0.001, 0.0018),
        rim_m=float(mesh.vertices_m[:, 2].max()),
    )
    surfaces = {"peel": peel_surface(rng), "button": _button_surface(rng), **sprig.surfaces}
    return Sample(params={**params, **sprig.params}, surfaces=surfaces)


ORANGE = ObjectType(
    name="orange",
    category=_CATEGORY,
    sample=_sample,
    build=build,
    rest_poses=(
        RestPose(name="upright", weight=0.45, tilt_rad=(0.0, 0.5)),
        RestPose(name="rolled", weight=0.55, tilt_rad=(0.5, 3.14)),
    ),
    appendages=SPRIG_APPENDAGES,
    symmetry=BALL,
)

OBJECT_TYPES: tuple[ObjectType, ...] = (ORANGE,)
