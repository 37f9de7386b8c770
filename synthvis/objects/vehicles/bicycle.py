"""Bicycles: city, step-through, racing, mountain and children's ones, with spokes, chain, cables, lights and bags."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.draws import chance, pick, rounded
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import merge
from synthvis.objects.mesh.params import linear_rgb, number, shade_of, surface_seed, text
from synthvis.objects.object_type import FACES_MINUS_X, ObjectType, RestPose, Sample
from synthvis.objects.spec import Category, Param, SurfaceSpec
from synthvis.objects.vehicles.bicycle_geometry import Geometry, geometry_of
from synthvis.objects.vehicles.bicycle_parts import (
    controls,
    drivetrain,
    equipment,
    frame_parts,
    saddle,
    wheel_parts,
)

__all__ = ["BICYCLE", "OBJECT_TYPES"]

Float = NDArray[np.float64]

_CATEGORY = Category(
    id=2,
    name="bicycle",
    supercategory="vehicle",
    keypoints=("front_axle", "rear_axle", "crank", "saddle", "left_grip", "right_grip"),
    skeleton=((0, 1), (0, 2), (1, 2), (2, 3), (0, 4), (0, 5)),
    flip_pairs=((4, 5),),
)

STYLES = {"city": 4.0, "step": 3.5, "racing": 2.5, "mountain": 2.5, "child": 1.5}
"""And how often each comes: bicycles that stand in streets are plain ones for the most part."""

_WHEELS_M = {"city": (0.335, 0.35), "step": (0.33, 0.35), "racing": (0.332, 0.338), "mountain": (0.335, 0.368),
             "child": (0.15, 0.255)}  # fmt: skip
_TYRES_M = {"city": (0.034, 0.044), "step": (0.036, 0.046), "racing": (0.023, 0.03), "mountain": (0.05, 0.062),
            "child": (0.04, 0.05)}  # fmt: skip
_PAINTS = {"#141416": 5.0, "#b8bcc0": 2.0, "#8a1a1c": 1.6, "#1c3a6a": 1.6, "#24503a": 1.2, "#e8e8e4": 1.8,
           "#5a5e62": 1.5, "#c8a878": 0.6, "#7aa4a0": 0.8, "#d86a20": 0.5, "#6a2030": 0.6, "#c8b820": 0.3}  # fmt: skip
_CHILD_PAINTS = {"#d82028": 2.0, "#e8508a": 2.0, "#2a6ad0": 2.0, "#f0c020": 1.0, "#38a050": 1.0, "#e8e8e8": 0.8,
                 "#8a40b0": 0.7, "#38b0c8": 0.8}  # fmt: skip
_SADDLES = {"#161618": 6.0, "#5a3420": 1.6, "#2e2e30": 1.0, "#8a5a34": 0.8}


def _sample(rng: Generator) -> Sample:
    style = pick(rng, STYLES)
    radius_m = rounded(rng, _WHEELS_M[style])
    grown = style != "child"
    plain = style in ("city", "step")
    params: dict[str, Param] = {
        "style": style,
        "radius_m": radius_m,
        "tyre_m": rounded(rng, _TYRES_M[style]),
        "size": rounded(rng, (0.93, 1.06)),
        "saddle_m": rounded(rng, (0.1, 0.24)) if grown else rounded(rng, (0.05, 0.12)),
        "steer_rad": rounded(rng, (-0.5, 0.3)) if chance(rng, 0.6) else 0.0,
        "crank_rad": rounded(rng, (0.0, 6.28)),
        "spokes": int(pick(rng, {"28": 1.0, "32": 2.0, "36": 1.0})) if grown else 20,
        "mudguards": plain or (style == "child" and chance(rng, 0.5)),
        "rack": plain and chance(rng, 0.85),
        "guard": (plain and chance(rng, 0.75)) or (not grown and chance(rng, 0.6)),
        "lights": (plain and chance(rng, 0.9)) or chance(rng, 0.3),
        "basket": pick(rng, {"wire": 1.0, "none": 2.5}) if plain else "none",
        "trainers": radius_m < 0.2 and chance(rng, 0.55),
        "stand": (plain and chance(rng, 0.9)) or chance(rng, 0.4),
        "bottle": style in ("racing", "mountain") and chance(rng, 0.6),
        "discs": (style == "mountain" and chance(rng, 0.8)) or chance(rng, 0.2),
    }
    return Sample(params=params, surfaces=_surfaces(rng, params))


def _plastic(color: tuple[float, float, float], roughness: float, coat: float = 0.0) -> SurfaceSpec:
    return SurfaceSpec(kind="plastic", params={"color": color, "roughness": roughness, "coat": coat, "grain": 0.0})


def _surfaces(rng: Generator, params: Mapping[str, Param]) -> dict[str, SurfaceSpec]:
    paint = shade_of(rng, pick(rng, _PAINTS if params["style"] != "child" else _CHILD_PAINTS))
    dark = linear_rgb("#161618")
    bright = chance(rng, 0.6)
    metal = SurfaceSpec(
        kind="metal",
        params={"color": linear_rgb("#c2c4c6" if bright else "#303234"), "roughness": rounded(rng, (0.18, 0.4))},
    )
    saddle_color = shade_of(rng, pick(rng, _SADDLES))
    whitewall = params["style"] in ("city", "step") and chance(rng, 0.12)
    tread = linear_rgb("#b8ac94") if whitewall else linear_rgb("#1a1a1c")
    surfaces = {
        "frame": _plastic(paint, rounded(rng, (0.2, 0.42)), 0.7),
        "tyres": SurfaceSpec(kind="rubber", params={"color": tread, "roughness": 0.75, "seed": surface_seed(rng)}),
        "rims": metal,
        "metal": SurfaceSpec(kind="metal", params={"color": linear_rgb("#b4b6b8"), "roughness": 0.3}),
        "black": _plastic(dark, 0.45),
        "saddle": SurfaceSpec(kind="plastic", params={"color": saddle_color, "roughness": 0.5, "grain": 0.4}),
        "grips": _plastic(saddle_color if chance(rng, 0.5) else dark, 0.6),
        "chain": SurfaceSpec(kind="metal", params={"color": linear_rgb("#6a6258"), "roughness": 0.45}),
        "reflector": _plastic(linear_rgb("#c01410"), 0.15, 1.0),
        "lamp": _plastic(linear_rgb("#d8dade"), 0.08, 1.0),
        "guards": _plastic(paint if chance(rng, 0.55) else dark, 0.3, 0.6),
        "bottle": _plastic(shade_of(rng, pick(rng, ("#e8e8e8", "#1a4a9a", "#c82020", "#202022"))), 0.35),
    }
    absent = {
        "reflector": params["style"] == "racing",
        "lamp": not params["lights"],
        "guards": not (params["mudguards"] or params["guard"]),
        "bottle": not params["bottle"],
    }
    return {slot: surface for slot, surface in surfaces.items() if not absent.get(slot, False)}


def _build(params: Mapping[str, Param]) -> Mesh:
    shape: Geometry = geometry_of(
        text(params, "style"), number(params, "radius_m"), number(params, "tyre_m"), number(params, "size"),
        number(params, "saddle_m"),
    )  # fmt: skip
    steer_rad = number(params, "steer_rad")
    cockpit, grips_m = controls(shape, bool(params["lights"]), text(params, "basket"))
    front = [*wheel_parts(shape, params, front=True), *cockpit]
    parts = [
        *frame_parts(shape),
        *wheel_parts(shape, params, front=False),
        *shape.steered(front, steer_rad),
        *saddle(shape),
        *drivetrain(shape, number(params, "crank_rad"), guard=bool(params["guard"])),
        *equipment(shape, params),
    ]
    front_axle = shape.steered_points(shape.front_axle_m[None], steer_rad)[0]
    grips = shape.steered_points(grips_m, steer_rad)
    return merge(parts, [front_axle, shape.rear_axle_m, shape.crank_m, shape.saddle_m, *grips])


BICYCLE = ObjectType(
    name="bicycle",
    category=_CATEGORY,
    sample=_sample,
    build=_build,
    rest_poses=(
        RestPose(name="upright", weight=1.0, tilt_rad=(0.0, 0.09), tilt_axis="x"),
        RestPose(name="lying", weight=0.05, tilt_rad=(1.4, 1.5), tilt_axis="x"),
    ),
    front_rad=FACES_MINUS_X,
)
"""A bicycle that drives to -x; it leans to its left, -y, as on a stand."""

OBJECT_TYPES: tuple[ObjectType, ...] = (BICYCLE,)
