"""Unlabelled things of a laid table: a helping of food, a slice of bread or cake, a place mat."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.random import Generator

from synthvis.draws import chance, pick, rounded
from synthvis.objects.clutter import distractor, joined
from synthvis.objects.mesh.finishes import cloth
from synthvis.objects.mesh.joinery import board, cushion, oval, rectangle
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import revolve, ring_noise
from synthvis.objects.mesh.params import number, shade_of, surface_seed, text
from synthvis.objects.object_type import ObjectType, Sample
from synthvis.objects.spec import Param, SurfaceSpec

__all__ = ["OBJECT_TYPES"]

Params = Mapping[str, Param]

_FOODS = ("#a03818", "#d89a2c", "#5a3a1c", "#d8c89a", "#4a7a24", "#e8e0cc", "#7a1c14", "#c8741c", "#b8a050")
_BAKED = ("#c88a44", "#8a4f22", "#e0c08a", "#3a1c0e", "#e8d8b4")


def _sample_helping(rng: Generator) -> Sample:
    params: dict[str, Param] = {
        "radius_m": rounded(rng, (0.035, 0.085)),
        "height_m": rounded(rng, (0.012, 0.04)),
        "lumps": rounded(rng, (0.05, 0.3)),
        "noise_seed": int(rng.integers(0, 100_000)),
    }
    food: dict[str, Param] = {"color": shade_of(rng, pick(rng, _FOODS), value=0.3), "seed": surface_seed(rng)}
    return Sample(params=params, surfaces={"food": SurfaceSpec(kind="food", params=food)})


def _build_helping(params: Params) -> Mesh:
    radius, high = number(params, "radius_m"), number(params, "height_m")
    share = np.array([0.0, 0.9, 1.0, 0.97, 0.82, 0.55, 0.25, 0.0])
    level = np.array([0.0, 0.0, 0.12, 0.35, 0.7, 0.92, 1.0, 1.0])
    noise = 1 + number(params, "lumps") * ring_noise(int(number(params, "noise_seed")), len(share), 32)
    return joined([revolve("food", radius * share[:, None] * noise, high * level, 32)])


def _sample_slice(rng: Generator) -> Sample:
    params: dict[str, Param] = {
        "length_m": rounded(rng, (0.07, 0.15)),
        "width_m": rounded(rng, (0.05, 0.1)),
        "height_m": rounded(rng, (0.012, 0.05)),
        "corner_m": rounded(rng, (0.004, 0.03)),
    }
    baked: dict[str, Param] = {"color": shade_of(rng, pick(rng, _BAKED), value=0.25), "seed": surface_seed(rng)}
    return Sample(params=params, surfaces={"crumb": SurfaceSpec(kind="food", params=baked)})


def _build_slice(params: Params) -> Mesh:
    size = [number(params, name) for name in ("length_m", "width_m", "height_m")]
    return joined([cushion("crumb", size, edge_m=0.2 * size[2], crown_m=0.003, corner_m=number(params, "corner_m"))])


def _sample_mat(rng: Generator) -> Sample:
    params: dict[str, Param] = {
        "shape": pick(rng, {"rectangle": 4.0, "oval": 1.0}),
        "length_m": rounded(rng, (0.38, 0.48)),
        "width_m": rounded(rng, (0.28, 0.34)),
        "height_m": rounded(rng, (0.0015, 0.004)),
    }
    woven = SurfaceSpec(kind="wicker", params={"color": shade_of(rng, "#b08a54", value=0.4), "seed": surface_seed(rng)})
    return Sample(params=params, surfaces={"mat": woven if chance(rng, 0.3) else cloth(rng, pattern_share=0.5)})


def _build_mat(params: Params) -> Mesh:
    size = number(params, "width_m"), number(params, "length_m")
    outline = oval(*size, 40) if text(params, "shape") == "oval" else rectangle(*size, 0.012)
    return joined([board("mat", outline, 0.0, number(params, "height_m"), bevel_m=0.001)])


OBJECT_TYPES: tuple[ObjectType, ...] = (
    distractor("helping", _sample_helping, _build_helping),
    distractor("slice", _sample_slice, _build_slice),
    distractor("place_mat", _sample_mat, _build_mat),
)
"""What makes a table look eaten at; a mat's longer side runs along y."""
