"""Flying discs: for play, for disc golf, rings, and soft ones of cloth for dogs."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.random import Generator

from synthvis.draws import chance, pick, rounded
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import merge, revolve
from synthvis.objects.mesh.params import number, shade_of, surface_seed, text
from synthvis.objects.object_type import ObjectType, RestPose, Sample
from synthvis.objects.spec import Category, KeypointSymmetry, Param, SurfaceSpec
from synthvis.objects.symmetry import ROUND

__all__ = ["FRISBEE", "OBJECT_TYPES"]

_CATEGORY = Category(
    id=34,
    name="frisbee",
    supercategory="sports",
    keypoints=("rim_near", "rim_right", "rim_far", "rim_left"),
    skeleton=((0, 1), (1, 2), (2, 3), (3, 0)),
    flip_pairs=((1, 3),),
    symmetry=(KeypointSymmetry(cycles=((0, 1, 2, 3),), first="lowest"),),
)

_PLASTICS = {"#f4f4f2": 6.0, "#d8222a": 2.5, "#f2781c": 2.0, "#e8e81c": 2.0, "#2a62d0": 2.0, "#f060a0": 1.0,
             "#3ab84a": 1.3, "#101012": 0.7, "#7a3ab8": 0.5, "#38b8d0": 0.8, "#b8f01c": 1.0}  # fmt: skip
_INKS = ("#101012", "#1c3f9a", "#c81e28", "#1e8a4a", "#f2b41c", "#f4f4f2", "#7a3ab8")
_AROUND = 64


def _sample(rng: Generator) -> Sample:
    style = pick(rng, {"ultimate": 5.0, "golf": 1.5, "toy": 2.0, "ring": 0.8, "cloth": 0.7})
    radius_m = {
        "ultimate": rounded(rng, (0.134, 0.138)),
        "golf": rounded(rng, (0.105, 0.109)),
        "toy": rounded(rng, (0.1, 0.128)),
        "ring": rounded(rng, (0.125, 0.165)),
        "cloth": rounded(rng, (0.09, 0.13)),
    }[style]
    params: dict[str, Param] = {
        "style": style,
        "radius_m": radius_m,
        "height_m": {"golf": rounded(rng, (0.016, 0.022)), "ring": 0.006, "cloth": 0.016}.get(
            style, rounded(rng, (0.026, 0.036))
        ),
        "dome": rounded(rng, (0.0, 0.3)) if style != "toy" else rounded(rng, (0.1, 0.5)),
        "ridges": style in ("ultimate", "toy") and chance(rng, 0.7),
        "warp": rounded(rng, (0.02, 0.1)) if style == "cloth" else 0.0,
        "hole": rounded(rng, (0.68, 0.76)),
    }
    return Sample(params=params, surfaces=_surfaces(rng, params))


def _surfaces(rng: Generator, params: Mapping[str, Param]) -> dict[str, SurfaceSpec]:
    style = text(params, "style")
    color = pick(rng, _PLASTICS)
    ink = pick(rng, [code for code in _INKS if code != color])
    patterns = {"none": 1.0, "rings": 1.0, "star": 0.8, "lettering": 2.2, "blot": 1.0, "swirl": 0.6}
    disc: dict[str, Param] = {
        "color": shade_of(rng, color, value=0.12),
        "color_b": shade_of(rng, ink),
        "color_c": shade_of(rng, pick(rng, (color, *_INKS))),
        "pattern": "none" if style == "ring" else pick(rng, patterns),
        "count": float(rng.integers(3, 9)),
        "radius_m": number(params, "radius_m"),
        "dirt": rounded(rng, (0.0, 0.6)) if chance(rng, 0.35) else 0.0,
        "roughness": rounded(rng, (0.2, 0.45)) if style != "cloth" else 0.85,
        "seed": surface_seed(rng),
    }
    found = {"disc": SurfaceSpec(kind="disc_print", params=disc)}
    if style == "cloth":
        found["rim"] = SurfaceSpec(kind="plain", params={"color": shade_of(rng, ink), "roughness": 0.8})
    return found


def _profile(params: Mapping[str, Param]) -> tuple[list[float], list[float]]:
    """Radius and height, from the middle of the underside out over the rim and back over the crown."""
    r, h, dome, style = (
        number(params, "radius_m"),
        number(params, "height_m"),
        number(params, "dome"),
        text(params, "style"),
    )
    golf, wall = style == "golf", 0.0021
    if golf:
        under = [(0.79, 0.84 - wall / h), (0.82, 0.5), (0.84, 0.06), (0.86, 0.0), (0.9, 0.02)]
        over = [(0.985, 0.36), (1.0, 0.46), (0.99, 0.58), (0.93, 0.78), (0.84, 0.92)]
    else:
        under = [
            (0.84, 0.985 - 1.4 * wall / h),
            (0.91, 0.76),
            (0.955, 0.5),
            (0.965, 0.3),
            (0.96, 0.08),
            (0.97, 0.0),
            (0.985, 0.0),
        ]
        over = [(0.998, 0.12), (1.0, 0.3), (0.99, 0.58), (0.965, 0.8), (0.92, 0.92), (0.84, 0.985)]
    crown = [
        (a, 0.94 + (0.06 + 0.2 * dome) * (1 - a**2) if golf else 1 + 0.25 * dome * (1 - a**2))
        for a in (0.0, 0.3, 0.5, 0.64)
    ]
    rows = [(a * r, b * h - wall) for a, b in crown] + [(a * r, b * h) for a, b in (*under, *over)]
    if params["ridges"]:
        # Flight rings: steps of a millimetre that catch the light.
        rows += [(a * r, h + (0.0009 if k % 2 else 0.0)) for k, a in enumerate((0.8, 0.77, 0.74, 0.71, 0.68))]
    rows += [(a * r, b * h) for a, b in reversed(crown)]
    return [row[0] for row in rows], [row[1] for row in rows]


def _build(params: Mapping[str, Param]) -> Mesh:
    r, h, style = number(params, "radius_m"), number(params, "height_m"), text(params, "style")
    angle = np.arange(_AROUND) / _AROUND * 2 * np.pi
    warp = number(params, "warp") * r * np.cos(2 * angle)
    if style == "ring":
        inner = number(params, "hole") * r
        turn = np.arange(14) / 14 * 2 * np.pi
        half, mid = (r - inner) / 2, (r + inner) / 2
        parts = [
            revolve(
                "disc",
                mid + half * np.cos(turn),
                h / 2 + h / 2 * np.sin(turn) * (1 - 0.4 * np.cos(turn)),
                _AROUND,
                loop=True,
            )
        ]
    elif style == "cloth":
        share = np.array([0.0, 0.3, 0.6, 0.93, 0.93, 0.6, 0.3, 0.0])
        height = 0.5 * h + np.array([-1, -1, -1, -1, 1, 1, 1, 1]) * 0.001 + 0.1 * h * (1 - share)
        sag = height[:, None] + share[:, None] ** 2 * warp
        parts = [revolve("disc", share * r, sag, _AROUND)]
        turn = np.arange(10) / 10 * 2 * np.pi
        tube_z = 0.5 * h + 0.5 * h * np.sin(turn)[:, None] + warp
        parts.append(revolve("rim", 0.93 * r + 0.07 * r * np.cos(turn), tube_z, _AROUND, loop=True))
    else:
        parts = [revolve("disc", *_profile(params), _AROUND)]
    rim = np.stack([r * np.cos(angle), r * np.sin(angle), 0.4 * h + warp], axis=1)[:: _AROUND // 4]
    return merge(parts, rim)


FRISBEE = ObjectType(
    name="frisbee",
    category=_CATEGORY,
    sample=_sample,
    build=_build,
    rest_poses=(
        RestPose(name="upright", weight=3.0, tilt_rad=(0.0, 0.03)),
        RestPose(name="upside_down", weight=0.8, tilt_rad=(float(np.pi), float(np.pi))),
        RestPose(name="flying", weight=2.0, tilt_rad=(0.1, 0.9)),
        RestPose(name="on_edge", weight=1.2, tilt_rad=(1.1, 1.75)),
    ),
    symmetry=ROUND,
)
"""A flying disc, its crown up."""

OBJECT_TYPES: tuple[ObjectType, ...] = (FRISBEE,)
