"""Spoons: table, tea and soup spoons, wooden cooking spoons, plastic ones and the china spoons of noodle shops."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.draws import pick, rounded
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import Part, merge
from synthvis.objects.mesh.params import number
from synthvis.objects.mesh.sheets import smooth_interp
from synthvis.objects.object_type import ObjectType, RestPose, Sample
from synthvis.objects.spec import Category, Param
from synthvis.objects.tableware.cutlery import (
    bar,
    draw_handle,
    grip_half_m,
    grip_part,
    handle_surface,
    metal_surface,
    one_piece_surface,
)

__all__ = ["OBJECT_TYPES", "SPOON"]

Float = NDArray[np.float64]

_CATEGORY = Category(
    id=50,
    name="spoon",
    supercategory="kitchen",
    keypoints=("handle_end", "neck", "bowl_left", "bowl_right", "tip", "bowl_bottom"),
    skeleton=((0, 1), (1, 2), (1, 3), (2, 4), (3, 4), (1, 5)),
    flip_pairs=((2, 3),),
)


def _sample(rng: Generator) -> Sample:
    style = pick(
        rng,
        {"table": 4.0, "tea": 2.5, "soup": 1.5, "grip": 1.0, "plastic": 1.5, "wood": 2.6, "serving": 1.0, "china": 0.6},
    )
    params = {"style": style, **draw_handle(rng, grip_share=0.0), **_shape(rng), **_SHAPES.get(style, _none)(rng)}
    if params["grip"]:
        return Sample(params=params, surfaces={"metal": metal_surface(rng), "grip": handle_surface(rng)})
    material = {"plastic": "plastic", "wood": "wood", "china": "ceramic"}.get(style, "metal")
    if style == "china" and rng.random() < 0.3:
        material = "plastic"
    return Sample(params=params, surfaces={"metal": one_piece_surface(rng, material)})


def _shape(rng: Generator) -> dict[str, Param]:
    """A table spoon."""
    return {
        "length_m": rounded(rng, (0.18, 0.215)),
        "thick_m": rounded(rng, (0.0016, 0.0024)),
        "bowl_half_m": rounded(rng, (0.019, 0.0225)),
        "bowl": rounded(rng, (0.31, 0.36)),
        "egg": rounded(rng, (0.78, 0.95)),
        "depth_m": rounded(rng, (0.007, 0.01)),
        "neck_half_m": rounded(rng, (0.0026, 0.0034)),
        "curve": rounded(rng, (0.8, 1.2)),
        "rod": 0.0,
    }


def _none(_rng: Generator) -> dict[str, Param]:
    return {}


def _tea(rng: Generator) -> dict[str, Param]:
    return {
        "length_m": rounded(rng, (0.115, 0.15)), "bowl_half_m": rounded(rng, (0.0125, 0.0165)), "grip_half_m": 0.0065,
        "depth_m": rounded(rng, (0.005, 0.007)), "neck_half_m": 0.0022,
    }  # fmt: skip


def _soup(rng: Generator) -> dict[str, Param]:
    return {"bowl_half_m": rounded(rng, (0.021, 0.025)), "bowl": rounded(rng, (0.26, 0.29)), "egg": 1.0}


def _grip(rng: Generator) -> dict[str, Param]:
    return {"grip": True, "grip_half_m": rounded(rng, (0.0085, 0.011))}


def _plastic(rng: Generator) -> dict[str, Param]:
    return {
        "length_m": rounded(rng, (0.12, 0.17)), "thick_m": rounded(rng, (0.002, 0.0026)),
        "curve": rounded(rng, (0.5, 0.9)),
        "bowl_half_m": rounded(rng, (0.015, 0.019)), "depth_m": rounded(rng, (0.006, 0.009)),
    }  # fmt: skip


def _wood(rng: Generator) -> dict[str, Param]:
    length_m = rounded(rng, (0.2, 0.34))
    return {
        "length_m": length_m, "bowl_half_m": rounded(rng, (0.022, 0.033)),
        "bowl": rounded(rng, (0.075, 0.09)) / length_m,
        "egg": rounded(rng, (0.8, 1.25)), "depth_m": rounded(rng, (0.004, 0.009)),
        "thick_m": rounded(rng, (0.0045, 0.0065)),
        "neck_half_m": rounded(rng, (0.0048, 0.0065)), "rod": rounded(rng, (0.0055, 0.0085)), "curve": 0.0,
    }  # fmt: skip


def _serving(rng: Generator) -> dict[str, Param]:
    return {
        "length_m": rounded(rng, (0.24, 0.32)), "bowl_half_m": rounded(rng, (0.027, 0.034)),
        "bowl": rounded(rng, (0.3, 0.36)),
        "depth_m": rounded(rng, (0.01, 0.015)), "grip": rng.random() < 0.35,
        "neck_half_m": rounded(rng, (0.0034, 0.0048)),
    }  # fmt: skip


def _china(rng: Generator) -> dict[str, Param]:
    return {
        "length_m": rounded(rng, (0.12, 0.145)), "bowl_half_m": rounded(rng, (0.02, 0.023)),
        "bowl": rounded(rng, (0.48, 0.55)),
        "depth_m": rounded(rng, (0.013, 0.017)), "thick_m": 0.0034, "neck_half_m": rounded(rng, (0.008, 0.01)),
        "curve": 1.0, "egg": rounded(rng, (0.9, 1.1)), "grip_half_m": 0.0085, "grip_style": "straight",
    }  # fmt: skip


_SHAPES = {"tea": _tea, "soup": _soup, "grip": _grip, "plastic": _plastic, "wood": _wood, "serving": _serving,
           "china": _china}  # fmt: skip


def _reach(params: Mapping[str, Param], share: Float) -> Float:
    """Place in the bowl, 0 at the neck and 1 at the tip, pulled so that 0.5 is its widest place."""
    bowl = number(params, "bowl")
    inside = np.clip((share - 1 + bowl) / bowl, 0.0, 1.0)
    pulled: Float = inside ** number(params, "egg")
    return pulled


def _height_m(params: Mapping[str, Param], share: Float) -> Float:
    """Height of the rim of the bowl and of the handle; the deepest place of the bowl is near 0."""
    rim_m, start = number(params, "depth_m"), 1 - number(params, "bowl")
    if params["style"] == "china":
        return smooth_interp(share, (0.0, 0.25, start, 0.7, 1.0), (0.034, 0.024, rim_m + 0.002, rim_m, rim_m + 0.002))
    if number(params, "rod"):
        return smooth_interp(share, (0.0, start, 1.0), (number(params, "rod"), rim_m + 0.001, rim_m + 0.002))
    arch_m, curve = number(params, "arch_m"), number(params, "curve")
    rise = (0.003, 0.005 + arch_m, rim_m + 0.004 * curve + 0.6 * arch_m, rim_m + 0.003 * curve, rim_m, rim_m)
    return smooth_interp(share, (0.0, 0.25, start - 0.08, start + 0.02, start + 0.12, 1.0), rise)


def _half_m(params: Mapping[str, Param], share: Float) -> Float:
    length_m, start = number(params, "length_m"), 1 - number(params, "bowl")
    reach = _reach(params, share)
    bowl = number(params, "bowl_half_m") * np.sqrt(np.maximum(1 - (2 * reach - 1) ** 2, 0.0015))
    narrow, rod = number(params, "neck_half_m"), number(params, "rod")
    from_end = share * length_m
    if rod:
        handle = rod + (narrow - rod) * np.clip(share / start, 0.0, 1.0)
        handle = handle * np.sqrt(1 - 0.8 * np.clip(1 - from_end / (0.8 * rod), 0.0, 1.0) ** 2)
    else:
        handle = grip_half_m(params, from_end, start * length_m)
        handle = np.where(from_end > number(params, "grip_cap_m"), np.maximum(handle, narrow), handle)
    if params["grip"]:
        handle = np.full_like(share, narrow * 1.15)
    # A soft maximum lets the handle flow into the bowl.
    widest = np.where(share > start, (bowl**3 + (narrow * np.clip(1 - 2 * reach, 0, 1)) ** 3) ** (1 / 3), handle)
    return np.asarray(np.where(share >= 0.999, np.minimum(widest, 0.002), widest))


def _body(params: Mapping[str, Param]) -> Part:
    start, bowl = 1 - number(params, "bowl"), number(params, "bowl")
    low = 0.4 * start if params["grip"] else 0.0
    handle = np.linspace(low, start, 12)
    if not params["grip"]:
        handle = np.concatenate([[0.0, 0.004, 0.014, 0.03], handle[1:]])
    turn = np.linspace(0.0, np.pi, 19)[1:]
    share = np.concatenate([handle, start + bowl * (1 - np.cos(turn)) / 2])
    reach = _reach(params, share)
    half = _half_m(params, share)
    thick_m, rod = number(params, "thick_m"), number(params, "rod")
    if rod:
        ease = np.clip((share - start) / (0.3 * bowl), 0.0, 1.0)
        thick = 2 * half * (1 - ease) + thick_m * ease
        thick = np.where(share < start, 1.9 * half, np.minimum(thick, 1.9 * number(params, "neck_half_m")))
        roundness = 1 - 0.8 * ease
    else:
        thick = thick_m * smooth_interp(share, (0.0, start - 0.1, start, start + 0.1, 1.0), (1.0, 1.25, 1.5, 0.9, 0.9))
        roundness = np.zeros_like(share)
    sag = number(params, "depth_m") * np.sin(np.pi * reach) ** 0.75
    if params["style"] == "china":
        sag = np.maximum(sag, 0.003 * np.clip(share / 0.1, 0.0, 1.0))
    z = _height_m(params, share)
    return bar("metal", share * number(params, "length_m"), half, thick, z_m=z, sag_m=sag, roundness=roundness)


def _build(params: Mapping[str, Param]) -> Mesh:
    length_m, start, bowl = number(params, "length_m"), 1 - number(params, "bowl"), number(params, "bowl")
    parts = [_body(params)]
    if params["grip"]:
        reach = 0.75 * start
        heights = _height_m(params, np.linspace(0.0, reach, 14))
        parts.append(grip_part("grip", params, 0.0, reach * length_m, heights))
    widest = start + bowl * 0.5 ** (1 / number(params, "egg"))
    half, sag = number(params, "bowl_half_m"), number(params, "depth_m")
    spots = ((0.0, 0.0, 0.0), (start, 0.0, 0.0), (widest, half, 0.0), (widest, -half, 0.0), (1.0, 0.0, 0.0),
             (widest, 0.0, sag))  # fmt: skip
    keypoints = [(s * length_m, y, float(_height_m(params, np.array([s]))[0]) - down) for s, y, down in spots]
    return merge(parts, keypoints)


SPOON = ObjectType(
    name="spoon",
    category=_CATEGORY,
    sample=_sample,
    build=_build,
    rest_poses=(
        RestPose(name="bowl_up", weight=0.8, tilt_rad=(0.0, 0.0)),
        RestPose(name="bowl_down", weight=0.2, tilt_rad=(float(np.pi), float(np.pi)), tilt_axis="x"),
    ),
)

OBJECT_TYPES: tuple[ObjectType, ...] = (SPOON,)
