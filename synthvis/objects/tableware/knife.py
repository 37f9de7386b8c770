"""Knives: table and butter knives, steak, chef's, santoku, bread and paring knives, cleavers and plastic ones."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.draws import chance, pick, rounded
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import Part, cylinder, merge, moved
from synthvis.objects.mesh.params import linear_rgb, number, surface_seed, text
from synthvis.objects.mesh.sheets import slab, smooth_interp
from synthvis.objects.object_type import ObjectType, RestPose, Sample
from synthvis.objects.spec import Category, Param, SurfaceSpec
from synthvis.objects.tableware.cutlery import (
    bar,
    draw_handle,
    grip_half_m,
    handle_surface,
    metal_surface,
    one_piece_surface,
)

__all__ = ["KNIFE", "OBJECT_TYPES"]

Float = NDArray[np.float64]

_CATEGORY = Category(
    id=49,
    name="knife",
    supercategory="kitchen",
    keypoints=("handle_end", "neck", "heel", "tip"),
    skeleton=((0, 1), (1, 2), (1, 3), (2, 3)),
)

# (places, heights of the spine) and (places, heights of the edge), both over the blade's length and in its height.
_Line = tuple[tuple[float, ...], tuple[float, ...]]
_OUTLINES: dict[str, tuple[_Line, _Line]] = {
    "table": (
        ((0.0, 0.06, 0.6, 0.93, 1.0), (-0.14, 0.0, 0.04, 0.0, -0.2)),
        ((0.0, 0.1, 0.55, 0.88, 1.0), (-0.78, -0.84, -1.0, -0.78, -0.32)),
    ),
    "butter": (
        ((0.0, 0.16, 0.6, 0.9, 1.0), (-0.3, -0.1, 0.05, -0.08, -0.4)),
        ((0.0, 0.16, 0.6, 0.9, 1.0), (-0.62, -0.8, -1.0, -0.92, -0.6)),
    ),
    "steak": (
        ((0.0, 0.2, 0.6, 0.9, 1.0), (-0.12, 0.0, -0.03, 0.0, 0.04)),
        ((0.0, 0.1, 0.5, 0.85, 1.0), (-0.7, -0.95, -1.0, -0.62, -0.06)),
    ),
    "chef": (
        ((0.0, 0.5, 0.8, 1.0), (0.0, -0.02, -0.13, -0.5)),
        ((0.0, 0.3, 0.7, 0.9, 1.0), (-1.0, -0.99, -0.9, -0.73, -0.53)),
    ),
    "paring": (
        ((0.0, 0.6, 0.85, 1.0), (0.0, -0.03, -0.16, -0.52)),
        ((0.0, 0.5, 0.85, 1.0), (-0.95, -1.0, -0.88, -0.57)),
    ),
    "santoku": (
        ((0.0, 0.6, 0.85, 0.95, 1.0), (0.0, -0.02, -0.18, -0.45, -0.84)),
        ((0.0, 0.5, 0.85, 1.0), (-1.0, -1.0, -0.97, -0.89)),
    ),
    "bread": (
        ((0.0, 0.6, 0.93, 1.0), (0.0, 0.0, -0.05, -0.42)),
        ((0.0, 0.6, 0.9, 1.0), (-1.0, -1.0, -0.93, -0.52)),
    ),
    "cleaver": (
        ((0.0, 0.5, 0.97, 1.0), (0.0, 0.0, 0.0, -0.05)),
        ((0.0, 0.5, 0.97, 1.0), (-1.0, -1.02, -0.98, -0.95)),
    ),
}

# Ranges of the whole length, of the blade's share of it and of the blade's height (metres).
_SIZES: dict[str, tuple[tuple[float, float], tuple[float, float], tuple[float, float]]] = {
    "table": ((0.2, 0.245), (0.48, 0.56), (0.017, 0.021)),
    "butter": ((0.14, 0.18), (0.46, 0.55), (0.019, 0.025)),
    "steak": ((0.2, 0.24), (0.5, 0.56), (0.017, 0.022)),
    "chef": ((0.28, 0.36), (0.58, 0.65), (0.04, 0.052)),
    "paring": ((0.16, 0.21), (0.44, 0.52), (0.018, 0.024)),
    "santoku": ((0.27, 0.32), (0.54, 0.6), (0.042, 0.05)),
    "bread": ((0.3, 0.36), (0.58, 0.65), (0.027, 0.036)),
    "cleaver": ((0.26, 0.33), (0.54, 0.62), (0.07, 0.095)),
}
_WEIGHTS = {"table": 3.2, "butter": 0.8, "steak": 2.0, "chef": 3.5, "paring": 1.8, "santoku": 1.0, "bread": 1.0,
            "cleaver": 0.4}  # fmt: skip


# Sampling


def _sample(rng: Generator) -> Sample:
    style = pick(rng, _WEIGHTS)
    lengths_m, blades, heights_m = _SIZES[style]
    dining = style in ("table", "butter")
    params: dict[str, Param] = {
        "style": style,
        **draw_handle(rng, grip_share=0.15 if dining else 0.92),
        "length_m": rounded(rng, lengths_m),
        "blade": rounded(rng, blades),
        "height_m": rounded(rng, heights_m),
        "spine_m": rounded(rng, (0.0014, 0.0028)),
        "side": 1 if chance(rng, 0.5) else -1,
        "rivets": 0,
        "bolster": 0.0,
        "teeth": style == "bread",
    }
    thin_plastic = style == "table" and chance(rng, 0.18)
    if dining:
        params |= {
            "grip_half_m": rounded(rng, (0.0075, 0.0098)),
            "grip_style": pick(rng, ("straight", "flare", "square")),
        }
    else:
        params |= _working_handle(rng, style)
    if params["grip"]:
        blade = metal_surface(rng) if dining else _blade_surface(rng)
        return Sample(params=params, surfaces={"blade": blade, "grip": handle_surface(rng)})
    if thin_plastic:
        params["length_m"] = rounded(rng, (0.15, 0.19))
    return Sample(
        params=params,
        surfaces={"blade": one_piece_surface(rng, "plastic") if thin_plastic else metal_surface(rng, tinted=dining)},
    )


def _working_handle(rng: Generator, style: str) -> dict[str, Param]:
    big = style in ("chef", "santoku", "bread", "cleaver")
    return {
        "grip_half_m": rounded(rng, (0.0115, 0.0145)) if big else rounded(rng, (0.0085, 0.011)),
        "grip_thick_m": rounded(rng, (0.015, 0.021)) if big else rounded(rng, (0.011, 0.015)),
        "grip_style": pick(rng, {"straight": 3.0, "square": 2.0, "teardrop": 0.6}),
        "rivets": int(rng.choice((2, 3))) if chance(rng, 0.5) else 0,
        "bolster": rounded(rng, (0.05, 0.12)) if chance(rng, 0.4) else 0.0,
    }


def _blade_surface(rng: Generator) -> SurfaceSpec:
    """Mostly steel; some blades are coated or of ceramic."""
    if chance(rng, 0.92):
        return metal_surface(rng, tinted=False)
    tone = pick(rng, {"#f2f2f0": 2.0, "#202022": 2.0, "#c83a3a": 1.0, "#4a9a5a": 1.0, "#3a74c0": 1.0})
    return SurfaceSpec(
        kind="plastic",
        params={"color": linear_rgb(tone), "roughness": 0.3, "grain": 0.0, "seed": surface_seed(rng)},
    )


# Building


def _neck_m(params: Mapping[str, Param]) -> float:
    return number(params, "length_m") * (1 - number(params, "blade"))


def _outline_m(params: Mapping[str, Param], share: Float) -> tuple[Float, Float]:
    """Heights of spine and edge at shares of the blade, before it is turned to its side."""
    spine, edge = _OUTLINES[text(params, "style")]
    height_m = number(params, "height_m")
    lower = smooth_interp(share, *edge)
    if params["teeth"]:
        lower = lower + 0.05 * (np.arange(len(share)) % 2) * (share > 0.06)
    return height_m * smooth_interp(share, *spine), height_m * lower


def _drop_m(params: Mapping[str, Param]) -> float:
    """How far the tip lies below the middle of the handle, as a knife that lies touches with both."""
    return 0.5 * number(params, "grip_thick_m") - 0.001 if params["grip"] else 0.0012


def _blade(params: Mapping[str, Param]) -> Part:
    neck_m, side = _neck_m(params), number(params, "side")
    count = 56 if params["teeth"] else 26
    share = 1 - (1 - np.linspace(0.0, 1.0, count)) ** 1.5
    spine, edge = _outline_m(params, share)
    across = np.array([0.0, 0.06, 0.3, 0.6, 0.85, 0.97, 1.0])[:: int(side)]
    y = side * (spine[:, None] + (edge - spine)[:, None] * across)
    x = neck_m + share * (number(params, "length_m") - neck_m)
    z = -_drop_m(params) * share
    wedge = np.array([0.85, 1.0, 0.95, 0.8, 0.5, 0.2, 0.1])[:: int(side)]
    taper = smooth_interp(share, (0.0, 0.7, 1.0), (1.0, 0.8, 0.35))
    middle = np.stack([np.broadcast_to(x[:, None], y.shape), y, np.broadcast_to(z[:, None], y.shape)], axis=2)
    return slab("blade", middle, number(params, "spine_m") * wedge * taper[:, None])


def _axis_m(params: Mapping[str, Param]) -> float:
    """Where the handle's centre line lies across the blade: in line with the spine of a large knife."""
    height_m = number(params, "height_m")
    return -number(params, "side") * min(0.5 * height_m, 0.95 * number(params, "grip_half_m"))


def _handle(params: Mapping[str, Param]) -> list[Part]:
    neck_m, y_m = _neck_m(params), _axis_m(params)
    length_m = neck_m * (1 - number(params, "bolster"))
    from_end = length_m * np.concatenate([[0.0, 0.01, 0.03, 0.07, 0.13], np.linspace(0.2, 0.97, 10), [0.99, 1.0]])
    half = np.maximum(grip_half_m(params, from_end, length_m), 0.62 * number(params, "grip_half_m"))
    half[:3] *= (0.78, 0.9, 0.97)
    if not params["grip"]:
        thick = smooth_interp(from_end / length_m, (0.0, 0.1, 0.8, 1.0), (0.003, 0.0045, 0.005, 0.0024))
        # The bare handle reaches into the blade, which is thinner.
        x = np.append(from_end[:-1], neck_m * 1.03)
        return [bar("blade", x, half * 0.95, thick, y_m=y_m, roundness=0.3)]
    if number(params, "rivets"):
        # Below a full tang's scales the handle droops to hold the little finger.
        half = half * smooth_interp(from_end / length_m, (0.0, 0.15, 0.5, 1.0), (1.08, 1.1, 0.92, 0.97))
    thick = number(params, "grip_thick_m") * np.array([0.5, 0.75, 0.92, 1.0, *([1.0] * 11), 0.96, 0.8])
    parts = [bar("grip", from_end, half, thick, y_m=y_m, roundness=0.55)]
    collar_x = np.linspace(length_m - 0.002, neck_m + 0.004, 5)
    grow = np.array([0.92, 0.96, 0.95, 0.9, 0.6]) * half[-2]
    collar = number(params, "grip_thick_m") * np.array([0.7, 0.82, 0.78, 0.5, 0.2])
    if number(params, "bolster"):
        parts.append(bar("blade", collar_x, grow, collar, y_m=y_m, roundness=0.4))
    return [*parts, *_rivets(params, length_m, y_m)]


def _rivets(params: Mapping[str, Param], length_m: float, y_m: float) -> list[Part]:
    count = int(number(params, "rivets"))
    if not count:
        return []
    through_m = number(params, "grip_thick_m") + 0.0006
    pin = cylinder("blade", 0.0034, through_m, 12)
    return [
        moved(pin, offset_m=(length_m * float(place), y_m, -through_m / 2)) for place in np.linspace(0.2, 0.82, count)
    ]


def _build(params: Mapping[str, Param]) -> Mesh:
    length_m, neck_m, side = number(params, "length_m"), _neck_m(params), number(params, "side")
    spine, edge = _outline_m(params, np.array([0.12, 1.0]))
    tip = side * float(spine[1] + edge[1]) / 2
    keypoints = [
        (0.0, _axis_m(params), 0.0),
        (neck_m, _axis_m(params), 0.0),
        (neck_m + 0.12 * (length_m - neck_m), side * float(edge[0]), -0.12 * _drop_m(params)),
        (length_m, tip, -_drop_m(params)),
    ]
    return merge([_blade(params), *_handle(params)], keypoints)


KNIFE = ObjectType(
    name="knife",
    category=_CATEGORY,
    sample=_sample,
    build=_build,
    # Either side is up by the parameter `side`: the blade's tip touches the table in both.
    rest_poses=(RestPose(name="lying", weight=1.0, tilt_rad=(0.0, 0.0)),),
)

OBJECT_TYPES: tuple[ObjectType, ...] = (KNIFE,)
