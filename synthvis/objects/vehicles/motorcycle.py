"""Motorcycles: scooters, roadsters, cruisers, sports ones, with engines, exhausts, mirrors, lamps and plates."""

from __future__ import annotations

from collections.abc import Mapping

from numpy.random import Generator

from synthvis.draws import chance, pick, rounded
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import merge
from synthvis.objects.mesh.params import linear_rgb, shade_of, surface_seed, text
from synthvis.objects.object_type import FACES_MINUS_X, ObjectType, RestPose, Sample
from synthvis.objects.spec import Category, Param, SurfaceSpec
from synthvis.objects.vehicles.motorcycle_body import motorcycle_parts
from synthvis.objects.vehicles.motorcycle_forms import Chassis, chassis_of
from synthvis.objects.vehicles.scooter import scooter_parts

__all__ = ["MOTORCYCLE", "OBJECT_TYPES"]

_CATEGORY = Category(
    id=4,
    name="motorcycle",
    supercategory="vehicle",
    keypoints=("front_axle", "rear_axle", "headlamp", "seat", "tail_lamp", "left_grip", "right_grip"),
    skeleton=((0, 1), (0, 2), (2, 3), (3, 4), (1, 4), (2, 5), (2, 6)),
    flip_pairs=((5, 6),),
)

STYLES = {"scooter": 4.0, "roadster": 3.0, "cruiser": 2.0, "sport": 2.0}

_PAINTS = {"#141416": 4.0, "#9a1418": 2.5, "#e6e6e4": 2.0, "#1c3a78": 1.5, "#5a5e62": 1.5, "#b8bcc0": 1.0,
           "#c85a14": 0.8, "#1e5a34": 0.8, "#d8b020": 0.5}  # fmt: skip
_SCOOTER_PAINTS = {"#e8e6e0": 3.0, "#1a1a1c": 2.5, "#b01c20": 1.5, "#a8c4bc": 1.2, "#2a4a7a": 1.2, "#8a8e92": 1.5,
                   "#d8cca8": 1.2, "#4a5c46": 0.6, "#d89020": 0.4}  # fmt: skip


def _sample(rng: Generator) -> Sample:
    style = pick(rng, STYLES)
    params: dict[str, Param] = {
        "style": style,
        "wheelbase_m": rounded(
            rng,
            {"scooter": (1.22, 1.36), "roadster": (1.36, 1.46), "cruiser": (1.55, 1.7), "sport": (1.37, 1.44)}[style],
        ),
        "radius_m": rounded(
            rng,
            {"scooter": (0.215, 0.26), "roadster": (0.3, 0.325), "cruiser": (0.31, 0.34), "sport": (0.298, 0.312)}[
                style
            ],
        ),
        "seat_m": rounded(
            rng,
            {"scooter": (0.74, 0.8), "roadster": (0.77, 0.83), "cruiser": (0.66, 0.71), "sport": (0.8, 0.84)}[style],
        ),
        "steer_rad": rounded(rng, (-0.25, 0.55)) if chance(rng, 0.6) else 0.0,
        "wire_wheels": style in ("cruiser", "roadster") and chance(rng, 0.45),
        "screen": style == "sport" or chance(rng, 0.25),
        "case": style in ("scooter", "roadster") and chance(rng, 0.28),
        "plate": chance(rng, 0.9),
    }
    return Sample(params=params, surfaces=_surfaces(rng, params))


def _plastic(hex_code: str, roughness: float, coat: float = 0.0, grain: float = 0.0) -> SurfaceSpec:
    params: dict[str, Param] = {"color": linear_rgb(hex_code), "roughness": roughness, "coat": coat, "grain": grain}
    return SurfaceSpec(kind="plastic", params=params)


def _metal(hex_code: str, roughness: float) -> SurfaceSpec:
    return SurfaceSpec(kind="metal", params={"color": linear_rgb(hex_code), "roughness": roughness})


def _surfaces(rng: Generator, params: Mapping[str, Param]) -> dict[str, SurfaceSpec]:
    scooter = params["style"] == "scooter"
    paint = shade_of(rng, pick(rng, _SCOOTER_PAINTS if scooter else _PAINTS))
    chrome = params["style"] == "cruiser" or chance(rng, 0.3)
    surfaces = {
        "paint": SurfaceSpec(
            kind="plastic", params={"color": paint, "roughness": rounded(rng, (0.18, 0.32)), "coat": 0.9, "grain": 0.0}
        ),
        "tyres": SurfaceSpec(
            kind="rubber", params={"color": (0.016, 0.016, 0.017), "roughness": 0.75, "seed": surface_seed(rng)}
        ),
        "rims": _metal("#c4c6c8", 0.22) if chrome else _metal(pick(rng, ("#26282a", "#9a9ca0", "#8a6a30")), 0.35),
        "metal": _metal("#c8cacc", 0.16 if chrome else 0.28),
        "engine": _metal("#8c8e92", 0.38) if chance(rng, 0.6) else _metal("#2a2b2d", 0.45),
        "black": _plastic("#161618", 0.42),
        "seat": _plastic(pick(rng, {"#161617": 5.0, "#4a2c1a": 1.0, "#2c2a2a": 1.0}), 0.55, grain=0.5),
        "lamp": _plastic("#d4d8dc", 0.06, 1.0),
        "rear_lamp": _plastic("#9c100c", 0.12, 1.0),
        "amber": _plastic("#d06408", 0.15, 1.0),
        "mirror": _metal("#c8ccd0", 0.03),
        "screen": SurfaceSpec(
            kind="plastic", params={"color": (0.05, 0.055, 0.06), "roughness": 0.03, "coat": 1.0, "grain": 0.0}
        ),
        "plate": SurfaceSpec(kind="plain", params={"color": (0.72, 0.72, 0.66), "roughness": 0.4}),
    }
    absent = {
        "mirror": params["style"] == "sport",
        "screen": not params["screen"],
        "plate": not params["plate"],
    }
    return {slot: surface for slot, surface in surfaces.items() if not absent.get(slot, False)}


def _build(params: Mapping[str, Param]) -> Mesh:
    shape: Chassis = chassis_of(params)
    parts, keypoints = (scooter_parts if text(params, "style") == "scooter" else motorcycle_parts)(shape, params)
    return merge(parts, keypoints)


MOTORCYCLE = ObjectType(
    name="motorcycle",
    category=_CATEGORY,
    sample=_sample,
    build=_build,
    rest_poses=(RestPose(name="upright", weight=1.0, tilt_rad=(0.03, 0.16), tilt_axis="x"),),
    front_rad=FACES_MINUS_X,
)
"""A motorcycle that drives to -x; it leans to its left, -y, on its side stand."""

OBJECT_TYPES: tuple[ObjectType, ...] = (MOTORCYCLE,)
