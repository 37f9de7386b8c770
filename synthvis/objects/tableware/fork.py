"""Forks: dinner, dessert and serving forks of steel, plastic or wood, with two to four tines."""

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

__all__ = ["FORK", "OBJECT_TYPES"]

Float = NDArray[np.float64]

_CATEGORY = Category(
    id=48,
    name="fork",
    supercategory="kitchen",
    keypoints=("handle_end", "neck", "root_left", "root_right", "tip_left", "tip_right"),
    skeleton=((0, 1), (1, 2), (1, 3), (2, 4), (3, 5)),
    flip_pairs=((2, 3), (4, 5)),
)


def _sample(rng: Generator) -> Sample:
    style = pick(rng, {"dinner": 6.0, "dessert": 2.0, "grip": 1.6, "plastic": 2.0, "wood": 0.6, "carving": 0.4})
    params = {"style": style, **draw_handle(rng, grip_share=0.0), **_shape(rng)}
    if style == "dessert":
        params |= {"length_m": rounded(rng, (0.13, 0.17)), "tines": int(rng.choice((3, 4)))}
        params["head_half_m"] = rounded(rng, (0.009, 0.0115))
    elif style == "grip":
        params |= {"grip": True, "grip_half_m": rounded(rng, (0.0085, 0.0115))}
    elif style in ("plastic", "wood"):
        params |= {"length_m": rounded(rng, (0.14, 0.18)), "thick_m": rounded(rng, (0.0022, 0.0028))}
        params["curve"] = rounded(rng, (0.1, 0.4)) if style == "wood" else rounded(rng, (0.5, 0.9))
        params["tines"] = int(rng.choice((3, 4)))
    elif style == "carving":
        params |= {"length_m": rounded(rng, (0.24, 0.3)), "tines": 2, "grip": True, "head": 0.34, "tine": 0.74}
        params["head_half_m"] = rounded(rng, (0.009, 0.013))
    if params["grip"]:
        return Sample(params=params, surfaces={"metal": metal_surface(rng), "grip": handle_surface(rng)})
    material = style if style in ("plastic", "wood") else "metal"
    return Sample(params=params, surfaces={"metal": one_piece_surface(rng, material)})


def _shape(rng: Generator) -> dict[str, Param]:
    return {
        "length_m": rounded(rng, (0.175, 0.215)),
        "thick_m": rounded(rng, (0.0016, 0.0024)),
        "head_half_m": rounded(rng, (0.0115, 0.0142)),
        "head": rounded(rng, (0.33, 0.39)),
        "tine": rounded(rng, (0.54, 0.68)),
        "tines": 3 if rng.random() < 0.1 else 4,
        "gap": rounded(rng, (0.75, 1.15)),
        "neck_half_m": rounded(rng, (0.0024, 0.0034)),
        "curve": rounded(rng, (0.6, 1.15)),
    }


def _height_m(params: Mapping[str, Param], share: Float) -> Float:
    """The fork from the side: the handle arches, the head dips and its tips rise again."""
    rise = np.array([0.003, 0.006, 0.013, 0.010, 0.002, 0.0, 0.009]) * number(params, "curve")
    rise[1:3] += number(params, "arch_m")
    return smooth_interp(share, (0.0, 0.25, 0.6, 0.7, 0.83, 0.88, 1.0), rise)


def _root(params: Mapping[str, Param]) -> float:
    """Where the tines part, as a share of the length."""
    return 1 - number(params, "head") * number(params, "tine")


def _body(params: Mapping[str, Param]) -> Part:
    length_m, neck, root = number(params, "length_m"), 1 - number(params, "head"), _root(params)
    start = 0.4 * neck if params["grip"] else 0.0
    handle = np.linspace(start, neck, 12)
    if not params["grip"]:
        handle = np.concatenate([[0.0, 0.004, 0.014, 0.03], handle[1:]])
    share = np.concatenate([handle, neck + (root - neck) * np.linspace(0.1, 1.0, 8)])
    narrow = number(params, "neck_half_m")
    half = np.maximum(grip_half_m(params, share * length_m, neck * length_m), narrow)
    if params["grip"]:
        half[:] = narrow * 1.2
    elif start == 0.0:
        half[:3] = grip_half_m(params, share[:3] * length_m, neck * length_m)
    reach = np.clip((share - neck) / (root - neck), 0.0, 1.0)
    ease = 1 - (1 - reach) ** 2.2
    half = np.where(share > neck, narrow + (number(params, "head_half_m") - narrow) * ease, half)
    # The neck is the thickest place, the head the thinnest.
    thick = number(params, "thick_m") * smooth_interp(share, (0.0, neck - 0.1, neck, root), (1.0, 1.2, 1.5, 0.9))
    return bar("metal", share * length_m, half, thick, z_m=_height_m(params, share))


def _tine_width_m(params: Mapping[str, Param]) -> float:
    count = int(number(params, "tines"))
    gap = number(params, "gap") * (2.2 if count == 2 else 1.0)
    return 2 * number(params, "head_half_m") / (count + (count - 1) * gap)


def _tines(params: Mapping[str, Param]) -> list[Part]:
    length_m, count = number(params, "length_m"), int(number(params, "tines"))
    width_m, outer_m = _tine_width_m(params), number(params, "head_half_m")
    root = _root(params)
    # Each starts a little inside the head, so that no gap shows.
    share = root - 0.012 + (1 - root + 0.012) * np.array([0.0, 0.1, 0.25, 0.45, 0.65, 0.8, 0.9, 0.95, 0.98, 1.0])
    taper = np.array([1.0, 1.0, 0.97, 0.93, 0.87, 0.8, 0.7, 0.58, 0.42, 0.2])
    thick = number(params, "thick_m") * np.array([0.8, 0.9, 0.9, 0.9, 0.88, 0.85, 0.8, 0.7, 0.6, 0.4])
    places = np.linspace(-1, 1, count) * (outer_m - width_m / 2)
    z = _height_m(params, share)
    return [
        bar("metal", share * length_m, width_m / 2 * taper, thick, y_m=float(y) * (1 - 0.04 * (share - root)), z_m=z)
        for y in places
    ]


def _build(params: Mapping[str, Param]) -> Mesh:
    length_m, neck, root = number(params, "length_m"), 1 - number(params, "head"), _root(params)
    parts = [_body(params), *_tines(params)]
    if params["grip"]:
        reach = 0.75 * neck
        stations = np.linspace(0.0, reach, 14)
        parts.append(grip_part("grip", params, 0.0, reach * length_m, _height_m(params, stations)))
    y_m = number(params, "head_half_m") - _tine_width_m(params) / 2
    spots = ((0.0, 0.0), (neck, 0.0), (root, y_m), (root, -y_m), (1.0, y_m), (1.0, -y_m))
    keypoints = [(share * length_m, y, float(_height_m(params, np.array([share]))[0])) for share, y in spots]
    return merge(parts, keypoints)


FORK = ObjectType(
    name="fork",
    category=_CATEGORY,
    sample=_sample,
    build=_build,
    rest_poses=(
        RestPose(name="tines_up", weight=0.85, tilt_rad=(0.0, 0.0)),
        RestPose(name="tines_down", weight=0.15, tilt_rad=(float(np.pi), float(np.pi)), tilt_axis="x"),
    ),
)

OBJECT_TYPES: tuple[ObjectType, ...] = (FORK,)
