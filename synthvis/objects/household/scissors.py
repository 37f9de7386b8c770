"""Scissors, shut or open: for the office, children, the kitchen, sewing, and all of steel.

They lie with the pivot at the origin and the blades along +x.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.draws import chance, pick, rounded
from synthvis.geometry import rotation_about
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import Part, cylinder, loft, merge, moved
from synthvis.objects.mesh.outlines import hoop
from synthvis.objects.mesh.params import number, shade_of, surface_seed, text
from synthvis.objects.object_type import ObjectType, RestPose, Sample
from synthvis.objects.spec import Category, Param, SurfaceSpec

__all__ = ["OBJECT_TYPES", "SCISSORS"]

Float = NDArray[np.float64]

_CATEGORY = Category(
    id=87,
    name="scissors",
    supercategory="indoor",
    keypoints=("left_tip", "right_tip", "pivot", "left_ring", "right_ring"),
    skeleton=((0, 2), (1, 2), (2, 3), (2, 4)),
    flip_pairs=((0, 1), (3, 4)),
)

_MIRRORED = np.array([1.0, -1.0, 1.0])
_AROUND = 30
# Length, blade over length, blade width over length, grip thickness over length, bluntness.
_STYLES: dict[str, tuple[tuple[float, float], ...]] = {
    "office": ((0.15, 0.23), (0.44, 0.54), (0.045, 0.06), (0.02, 0.028), (0.02, 0.2)),
    "children": ((0.115, 0.14), (0.38, 0.46), (0.06, 0.075), (0.026, 0.034), (0.75, 1.0)),
    "kitchen": ((0.19, 0.24), (0.4, 0.48), (0.058, 0.075), (0.024, 0.032), (0.1, 0.4)),
    "steel": ((0.12, 0.22), (0.4, 0.52), (0.045, 0.062), (0.013, 0.019), (0.0, 0.3)),
    "tailor": ((0.2, 0.28), (0.46, 0.54), (0.055, 0.07), (0.024, 0.032), (0.0, 0.15)),
    "embroidery": ((0.09, 0.115), (0.38, 0.48), (0.04, 0.055), (0.018, 0.024), (0.0, 0.05)),
}
_WEIGHTS = {"office": 4.5, "children": 1.4, "kitchen": 1.2, "steel": 1.4, "tailor": 1.2, "embroidery": 0.4}
_GRIPS = {
    "office": {"#161618": 4.0, "#d8581c": 1.6, "#b81c24": 1.5, "#1c4aa8": 1.3, "#3a8a4a": 0.5, "#7a7c80": 0.5},
    "children": {"#d02030": 1.5, "#2468d0": 1.5, "#38a84a": 1.0, "#f0c020": 1.0, "#e868a8": 0.8, "#7840b0": 0.8},
    "kitchen": {"#161618": 3.0, "#b81c24": 1.2, "#e8e8e4": 0.8, "#5a5c60": 0.6},
    "tailor": {"#161618": 3.0, "#d8581c": 2.0, "#b81c24": 0.6},
}  # fmt: skip


def _sample(rng: Generator) -> Sample:
    style = pick(rng, _WEIGHTS)
    length, blade, width, grip, blunt = (rounded(rng, span) for span in _STYLES[style])
    two_sizes = style in ("kitchen", "tailor") or (style == "office" and chance(rng, 0.6))
    params: dict[str, Param] = {
        "style": style,
        "length_m": length,
        "blade": blade,
        "blade_width": width,
        "grip": grip,
        "blunt": blunt,
        "ring": rounded(rng, (0.17, 0.22)) if style != "children" else rounded(rng, (0.19, 0.24)),
        "ring_round": rounded(rng, (0.58, 0.8)),
        "large": rounded(rng, (1.15, 1.45)) if two_sizes else 1.0,
        "steel_m": rounded(rng, (0.0014, 0.0026)),
        "open_rad": rounded(rng, (0.0, 0.08)) if chance(rng, 0.42) else rounded(rng, (0.25, 1.25)),
    }
    return Sample(params=params, surfaces=_surfaces(rng, style))


def _surfaces(rng: Generator, style: str) -> dict[str, SurfaceSpec]:
    seed = surface_seed(rng)
    gold = style == "embroidery" and chance(rng, 0.7)
    tone = shade_of(rng, "#c8a050" if gold else pick(rng, ("#b8babc", "#9a9c9e", "#c8c8c6")), value=0.15, hue=0.02)
    steel: dict[str, Param] = {
        "color": tone,
        "roughness": rounded(rng, (0.18, 0.38)),
        "wear": rounded(rng, (0.0, 0.6)),
    }
    coated = style == "office" and chance(rng, 0.08)
    blades = SurfaceSpec(kind="metal", params={**steel, "seed": seed})
    if coated:
        blades = SurfaceSpec(kind="plain", params={"color": shade_of(rng, "#1c1c1e"), "roughness": 0.35})
    grips = blades
    if style in _GRIPS:
        color = shade_of(rng, pick(rng, _GRIPS[style]), value=0.15)
        plastic: dict[str, Param] = {"color": color, "roughness": rounded(rng, (0.2, 0.55)), "seed": seed}
        grips = SurfaceSpec(kind="plastic", params=plastic)
    screw: dict[str, Param] = {"color": shade_of(rng, "#8a8c8e"), "roughness": 0.3, "seed": seed}
    return {"steel": blades, "grip": grips, "screw": SurfaceSpec(kind="metal", params=screw)}


def _half(params: Mapping[str, Param], size: float) -> tuple[list[Part], Float]:
    """The half whose blade opens towards +y and whose ring is at -y, in the plane z = 0; its tip and ring's end."""
    length_m, blade, steel_m = number(params, "length_m"), number(params, "blade"), number(params, "steel_m")
    tip_m, width_m = blade * length_m, number(params, "blade_width") * length_m
    grip_m = number(params, "grip") * length_m
    half_x, half_y = _ring_radii_m(params, size)
    centre = np.array([half_x + grip_m - (1 - blade) * length_m, -half_y - 1.1 * grip_m, 0.0])
    turn = np.arange(_AROUND) / _AROUND * 2 * np.pi
    pear = 1 - 0.16 * np.cos(turn)
    oval = np.stack([half_x * np.cos(turn), half_y * pear * np.sin(turn), np.zeros(_AROUND)], axis=1)
    # The ring leans outwards at its far end, as the fingers do.
    lean = rotation_about((0, 0, 1), 0.16)
    ring = hoop("grip", centre + oval @ lean.T, grip_m * (1 + 0.15 * np.cos(turn - 2.4)), 9, flat=0.9)
    near = centre + np.array([half_x * 0.93, 0.3 * half_y, 0.0])
    parts = [_blade(tip_m, width_m, steel_m, number(params, "blunt"), near), ring]
    parts.append(_neck(near, grip_m, 0.55 if text(params, "style") == "steel" else 0.8, width_m))
    tip = np.array([tip_m, -0.28 * width_m, 0.0])
    return parts, np.stack([tip, centre - (half_x + grip_m, 0.0, 0.0)])


def _ring_radii_m(params: Mapping[str, Param], size: float) -> tuple[float, float]:
    length_m = number(params, "length_m")
    across = number(params, "ring") * length_m / 2
    return across / number(params, "ring_round") * size, across * (1 + 0.35 * (size - 1))


def _blade(tip_m: float, width_m: float, thick_m: float, blunt: float, near: Float) -> Part:
    """Blade and shank as one loft along x: a straight cutting edge below, a spine that comes down to the tip above."""
    share = np.array([-0.06, 0.0, 0.1, 0.3, 0.5, 0.7, 0.82, 0.9, 0.96, 1.0])
    fall = 0.35 * np.clip(share, 0, 1) + (0.65 - 0.35 * blunt) * np.clip((share - 0.35) / 0.65, 0, 1) ** 1.6
    rounded = blunt * 0.35 * np.clip((share - 0.9) / 0.1, 0, 1) ** 2
    low = np.full(len(share), -0.3 * width_m)
    high = low + width_m * np.maximum(1.1 - fall - rounded, 0.04)
    back = np.linspace(near[0] - 0.01 * tip_m, -0.1 * tip_m, 5)
    middle = np.interp(back, [near[0], 0.0], [near[1], 0.0])
    x = np.concatenate([back, share * tip_m])
    low, high = (np.concatenate([middle + sign * 0.36 * width_m, edge]) for sign, edge in ((-1, low), (1, high)))
    rings = np.empty((len(x), 4, 3))
    rings[..., 0] = x[:, None]
    rings[..., 1] = np.stack([low, high, high, low], axis=1)
    # Ground thinner towards the cutting edge.
    half = thick_m / 2
    edge_half = np.where(x > 0, 0.35 * half, half)
    rings[..., 2] = np.stack([-edge_half, np.full(len(x), -half), np.full(len(x), half), edge_half], axis=1)
    return replace(loft("steel", rings), attributes={})


def _neck(near: Float, grip_m: float, reach: float, width_m: float) -> Part:
    """The grip's stem over the shank."""
    x = near[0] + np.array([-0.05, 0.0, 0.5, 0.9, 1.0]) * reach * abs(near[0])
    middle = np.interp(x, [near[0], 0.0], [near[1], 0.0])
    half_y = np.array([1.0, 1.05, 0.9, 0.75, 0.6]) * max(grip_m, 0.5 * width_m)
    half_z = np.array([0.7, 0.85, 0.75, 0.6, 0.45]) * grip_m
    turn = np.arange(10) / 10 * 2 * np.pi
    rings = np.empty((len(x), 10, 3))
    rings[..., 0] = x[:, None]
    rings[..., 1] = middle[:, None] + half_y[:, None] * np.cos(turn)
    rings[..., 2] = half_z[:, None] * np.sin(turn)
    return replace(loft("grip", rings), attributes={})


def _build(params: Mapping[str, Param]) -> Mesh:
    steel_m, width_m = number(params, "steel_m"), number(params, "blade_width") * number(params, "length_m")
    parts: list[Part] = []
    found = []
    for sign, size in ((1.0, 1.0), (-1.0, number(params, "large"))):
        pieces, points = _half(params, size)
        turn = rotation_about((0, 0, 1), sign * number(params, "open_rad") / 2)
        lift = np.array([0.0, 0.0, sign * 0.51 * steel_m])
        for piece in pieces:
            # Both grips lie in one plane; only the blades pass over each other.
            raised = lift if piece.slot == "steel" else 0 * lift
            parts.append(moved(piece if sign > 0 else _mirrored(piece), rotation=turn, offset_m=raised))
        found.append((points * (_MIRRORED if sign < 0 else 1.0)) @ turn.T)
    screw = cylinder("screw", 0.3 * width_m, 2.9 * steel_m, 16, bevel_m=0.0003)
    parts.append(moved(replace(screw, attributes={}), offset_m=(0.0, 0.0, -1.45 * steel_m)))
    keypoints = [found[0][0], found[1][0], (0.0, 0.0, 0.0), found[1][1], found[0][1]]
    return merge(parts, np.array(keypoints))


def _mirrored(part: Part) -> Part:
    return replace(part, vertices_m=part.vertices_m * _MIRRORED, faces=part.faces[:, ::-1])


SCISSORS = ObjectType(
    name="scissors",
    category=_CATEGORY,
    sample=_sample,
    build=_build,
    rest_poses=(
        RestPose(name="lying", weight=0.6, tilt_rad=(0.0, 0.0)),
        RestPose(name="lying_over", weight=0.25, tilt_rad=(float(np.pi), float(np.pi)), tilt_axis="x"),
        # As in a pot of pens or in a hand.
        RestPose(name="tip_up", weight=0.08, tilt_rad=(-1.5, -1.0), tilt_axis="y"),
        RestPose(name="tip_down", weight=0.07, tilt_rad=(1.0, 1.5), tilt_axis="y"),
    ),
)

OBJECT_TYPES: tuple[ObjectType, ...] = (SCISSORS,)
