"""Stop signs: an octagon that says STOP, sometimes bent, faded or dirty; its post is an unlabelled part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.draws import chance, pick, rounded
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import Part, loft, merge
from synthvis.objects.mesh.params import number, shade_of, surface_seed, text
from synthvis.objects.mesh.plates import facing, split, stroke
from synthvis.objects.object_type import FACES_MINUS_Y, ObjectType, RestPose, Sample
from synthvis.objects.spec import Category, Param, SurfaceSpec
from synthvis.objects.street.roadside_poles import SIGN_POST, carried_by, sample_sign_post

__all__ = ["OBJECT_TYPES", "STOP_SIGN"]

Float = NDArray[np.float64]

_CATEGORY = Category(
    id=13,
    name="stop sign",
    supercategory="outdoor",
    keypoints=("top_left", "top_right", "right_upper", "right_lower", "bottom_right", "bottom_left", "left_lower",
               "left_upper"),
    skeleton=((0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 6), (6, 7), (7, 0)),
    flip_pairs=((0, 1), (2, 7), (3, 6), (4, 5)),
)  # fmt: skip

_REDS = {"#b4161e": 6.0, "#c41e1e": 4.0, "#a01820": 2.0, "#cc3a2a": 1.0}
_WORDS = {"STOP": 20.0, "PARE": 0.8, "ALTO": 0.8}
_PLATE_M = 0.003

# Letters in a box of width 1 and height 2, as strokes; curves are cut to corners.
_GLYPHS: Mapping[str, tuple[tuple[tuple[float, float], ...], ...]] = {
    "S": (((0.95, 1.55), (0.93, 1.75), (0.75, 1.88), (0.3, 1.88), (0.1, 1.72), (0.1, 1.38), (0.25, 1.18), (0.78, 0.88),
           (0.92, 0.68), (0.92, 0.3), (0.75, 0.12), (0.27, 0.12), (0.08, 0.27), (0.06, 0.47)),),
    "T": (((0.0, 1.87), (1.0, 1.87)), ((0.5, 0.0), (0.5, 1.85))),
    "O": (((0.5, 0.12), (0.27, 0.12), (0.1, 0.32), (0.1, 1.68), (0.27, 1.88), (0.73, 1.88), (0.9, 1.68), (0.9, 0.32),
           (0.73, 0.12), (0.49, 0.12)),),
    "P": (((0.12, 0.0), (0.12, 1.88), (0.72, 1.88), (0.9, 1.7), (0.9, 1.12), (0.72, 0.94), (0.13, 0.94)),),
    "A": (((0.02, 0.0), (0.5, 1.86)), ((0.5, 1.86), (0.98, 0.0)), ((0.22, 0.55), (0.78, 0.55))),
    "R": (((0.12, 0.0), (0.12, 1.88), (0.72, 1.88), (0.9, 1.7), (0.9, 1.15), (0.72, 0.97), (0.13, 0.97)),
          ((0.5, 0.97), (0.92, 0.0))),
    "E": (((0.95, 1.88), (0.12, 1.88), (0.12, 0.12), (0.95, 0.12)), ((0.12, 1.02), (0.8, 1.02))),
    "L": (((0.12, 2.0), (0.12, 0.12), (0.95, 0.12)),),
}  # fmt: skip


def _sample(rng: Generator) -> Sample:
    size_m = float(pick(rng, {"0.6096": 2.0, "0.762": 6.0, "0.9144": 1.5, "0.45": 0.4}))
    params: dict[str, Param] = {
        "size_m": size_m,
        "word": pick(rng, _WORDS),
        "border": rounded(rng, (0.02, 0.035)),
        "rim": 0.006 if chance(rng, 0.3) else 0.0,
        "bend_per_m": rounded(rng, (-0.9, 0.9)) if chance(rng, 0.2) else 0.0,
        "bend_toward_rad": rounded(rng, (0.0, float(np.pi))),
        "dent_m": rounded(rng, (0.01, 0.04)) if chance(rng, 0.1) else 0.0,
    }
    low_m = round(float(rng.triangular(0.9, 1.7, 2.3)), 5)
    post = sample_sign_post(rng, back_m=0.006, low_m=low_m, top_m=low_m + size_m)
    parts = (carried_by(SIGN_POST, post, low_m),) if chance(rng, 0.96) else ()
    return Sample(params=params, surfaces=_surfaces(rng), attachments=parts)


def _surfaces(rng: Generator) -> dict[str, SurfaceSpec]:
    used = float(rng.beta(1.0, 2.2))
    wear: dict[str, Param] = {
        "fade": round(used * rounded(rng, (0.0, 0.9)), 5),
        "dirt": round(used * rounded(rng, (0.0, 1.0)), 5),
        "rust": round(used * rounded(rng, (0.0, 1.0)), 5) if chance(rng, 0.25) else 0.0,
        "seed": surface_seed(rng),
        "roughness": rounded(rng, (0.3, 0.5)),
    }
    red, white = shade_of(rng, pick(rng, _REDS), value=0.15), shade_of(rng, "#ecebe6", value=0.08, hue=0.03)
    back: dict[str, Param] = {"color": shade_of(rng, "#9b9da0", value=0.15, hue=0.03), "roughness": 0.45, "wear": 0.5}
    return {
        "red": SurfaceSpec(kind="sheeting", params={**wear, "color": red}),
        "white": SurfaceSpec(kind="sheeting", params={**wear, "color": white}),
        "back": SurfaceSpec(kind="metal", params=back),
    }


def _octagon(count: int = 48) -> Float:
    """(count, 2) outline of a regular octagon whose flat sides are at distance 1, corners included."""
    angle = np.arange(count) / count * 2 * np.pi + np.pi / 8
    half = np.pi / 8
    reach = 1 / np.cos((angle + half) % (2 * half) - half)
    outline: Float = reach[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return outline


def _plate(params: Mapping[str, Param]) -> list[Part]:
    """White in front with red rings raised by nothing: bands of one sheet, so that a bend cannot tear them."""
    half_m, border, rim = (
        number(params, "size_m") / 2,
        number(params, "border") * 2,
        max(number(params, "rim") * 2, 0.002),
    )
    inner = 1 - rim - border
    shares = [0.02, 0.35, 0.7, 1.0, 1.0, 1 - rim, inner, 0.9 * inner, 0.7 * inner, 0.45 * inner, 0.2 * inner]
    outline = _octagon()
    rings = np.empty((len(shares), len(outline), 3))
    rings[:, :, :2] = half_m * np.array(shares)[:, None, None] * outline
    rings[:4, :, 2], rings[4:, :, 2] = -_PLATE_M / 2, _PLATE_M / 2
    plate = loft("plate", rings)
    row = np.concatenate([np.repeat(np.arange(len(shares) - 1), 48)] * 2 + [np.full(48, -1), np.full(48, 99)])
    slots = np.select([row < 4, (row == 4) & (rim > 0.002), row <= 5], [2, 0, 1], 0)
    return split(plate, slots, ("red", "white", "back"))


def _legend(params: Mapping[str, Param]) -> list[Part]:
    """The word, a third of the sign high."""
    word, size_m = text(params, "word"), number(params, "size_m")
    height_m = 0.335 * size_m
    wide_m, gap_m = 0.172 * size_m, 0.037 * size_m
    thick_m, found = 0.15 * height_m, []
    start = -(len(word) * wide_m + (len(word) - 1) * gap_m) / 2
    for k, letter in enumerate(word):
        for line in _GLYPHS[letter]:
            path = np.array(line) * (wide_m, height_m / 2) + (start + k * (wide_m + gap_m), -height_m / 2)
            step = np.linspace(0, 1, 3)[:-1]
            dense = (path[:-1, None] + step[:, None] * (path[1:] - path[:-1])[:, None]).reshape(-1, 2)
            found.append(stroke("white", np.concatenate([dense, path[-1:]]), thick_m, 0.0, _PLATE_M / 2 + 0.0012))
    return found


def _bent(part: Part, params: Mapping[str, Param]) -> Part:
    """Rolled about a line through the middle, with one corner knocked back."""
    turn, half_m = number(params, "bend_toward_rad"), number(params, "size_m") / 2
    x, y, z = part.vertices_m.T
    across = x * np.cos(turn) + y * np.sin(turn)
    knocked = np.maximum(x * np.sin(turn) - y * np.cos(turn) - 0.5 * half_m, 0.0) / (0.5 * half_m)
    lift = number(params, "bend_per_m") / 2 * across**2 - number(params, "dent_m") * knocked**2
    return replace(part, vertices_m=np.stack([x, y, z + lift], axis=1))


def _build(params: Mapping[str, Param]) -> Mesh:
    half_m = number(params, "size_m") / 2
    angle = np.radians([112.5, 67.5, 22.5, -22.5, -67.5, -112.5, -157.5, 157.5])
    corners = half_m / np.cos(np.pi / 8) * np.stack([np.cos(angle), np.sin(angle), np.zeros(8)], axis=1)
    points = Part(slot="", vertices_m=corners, faces=np.zeros((0, 3), np.int32))
    parts = [facing(_bent(part, params), (0, 0, half_m)) for part in (*_plate(params), *_legend(params))]
    return merge(parts, facing(_bent(points, params), (0, 0, half_m)).vertices_m)


STOP_SIGN = ObjectType(
    name="stop_sign",
    category=_CATEGORY,
    sample=_sample,
    build=_build,
    rest_poses=(
        RestPose(name="upright", weight=0.85, tilt_rad=(0.0, 0.03)),
        RestPose(name="leaning", weight=0.15, tilt_rad=(0.03, 0.16)),
    ),
    front_rad=FACES_MINUS_Y,
)
"""The plate of a stop sign, which faces -y; the post rides along without a label."""

OBJECT_TYPES: tuple[ObjectType, ...] = (STOP_SIGN,)
