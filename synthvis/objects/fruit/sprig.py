"""Stem and leaves of a fruit: appendages of its mesh, or a loose sprig for decoration without a label.

Their parameters lie among those of the fruit; a fruit without them has neither stem nor leaf.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray

from synthvis.draws import chance, rounded
from synthvis.geometry import rotation_about
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import Part, leaf_blade, merge, moved, tube
from synthvis.objects.mesh.params import jitter_color, linear_rgb, number, numbers, surface_seed
from synthvis.objects.object_type import Appendages, ObjectType, RestPose, Sample
from synthvis.objects.spec import Param, SurfaceSpec

__all__ = ["OBJECT_TYPES", "SPRIG", "SPRIG_APPENDAGES", "draw_sprig", "fruit_mesh", "leaf_surface"]

Float = NDArray[np.float64]
_CURVE_POINTS = 8

SPRIG_APPENDAGES = Appendages(
    params=frozenset(
        {
            "base_m",
            "stem_length_m",
            "stem_radius_m",
            "stem_bend_rad",
            "stem_turn_rad",
            "leaf_lengths_m",
            "leaf_angles_rad",
            "leaf_width",
            "leaf_droop_rad",
            "leaf_rise_rad",
        }
    ),
    slots=("stem", "leaf"),
)
"""For kinds of fruit that may have a sprig."""


def build(params: Mapping[str, Param]) -> Mesh:
    """Mesh of a loose sprig with the slots "stem" and, if it has leaves, "leaf"; z = 0 is the ground under a fruit."""
    return merge(_sprig_parts(params), floor_m=0.0)


def _sprig_parts(params: Mapping[str, Param]) -> list[Part]:
    """Stem and leaves in the frame in which a fruit with these parameters rests on z = 0; none, if it has no stem."""
    if "stem_length_m" not in params:
        return []
    curve = _stem_curve(params)
    radius = number(params, "stem_radius_m") * np.array([1.3, 1.05, 0.95, 0.9, 0.9, 0.95, 1.1, 1.35])
    parts = [tube("stem", curve, radius, 10, up=(0, 1, 0))]
    lengths, angles = numbers(params, "leaf_lengths_m"), numbers(params, "leaf_angles_rad")
    for index, (length, angle) in enumerate(zip(lengths, angles, strict=True)):
        parts.append(_leaf(params, curve, length, angle, index))
    return parts


def fruit_mesh(body: Sequence[Part], keypoints_m: ArrayLike, params: Mapping[str, Param]) -> Mesh:
    """Mesh of a fruit that rests on z = 0, with the sprig that its parameters name.

    Args:
        body: The parts of the fruit itself.
        keypoints_m: (K, 3) in the frame of those parts.
        params: Of the fruit.
    """
    floor_m = min(float(part.vertices_m[:, 2].min()) for part in body)
    sprig = [moved(part, offset_m=(0.0, 0.0, floor_m)) for part in _sprig_parts(params)]
    return merge([*body, *sprig], keypoints_m, floor_m=floor_m, appendage_slots=SPRIG_APPENDAGES.slots)


def _stem_curve(params: Mapping[str, Param]) -> Float:
    """Centre line from just inside the fruit; it leans over more and more."""
    steps = np.linspace(0, 1, _CURVE_POINTS)
    length, bend, turn = (number(params, name) for name in ("stem_length_m", "stem_bend_rad", "stem_turn_rad"))
    out = length * bend / 2 * steps**2
    curve = np.stack([out * np.cos(turn), out * np.sin(turn), length * steps - 0.1 * length], axis=1)
    placed: Float = np.asarray(numbers(params, "base_m")) + curve
    return placed


def _leaf(params: Mapping[str, Param], curve: Float, length_m: float, angle_rad: float, index: int) -> Part:
    droop, rise = number(params, "leaf_droop_rad"), number(params, "leaf_rise_rad")
    blade = leaf_blade("leaf", length_m, length_m * number(params, "leaf_width"), droop_rad=droop, fold=0.15)
    turn = rotation_about((0, 0, 1), angle_rad) @ rotation_about((0, 1, 0), -rise)
    return moved(blade, rotation=turn, offset_m=curve[-1 - index % 2])


def leaf_surface(rng: Generator) -> SurfaceSpec:
    """Glossy green of one leaf."""
    fresh, dark = linear_rgb("5f9a2c"), linear_rgb("1f4a18")
    color = fresh if chance(rng, 0.5) else dark
    params: dict[str, Param] = {
        "color": jitter_color(rng, color, value=0.35, hue=0.15),
        "roughness": rounded(rng, (0.25, 0.55)),
        "seed": surface_seed(rng),
    }
    return SurfaceSpec(kind="leaf", params=params)


def _stem_surface(rng: Generator) -> SurfaceSpec:
    color = linear_rgb("6b4a2a" if chance(rng, 0.6) else "70702c")
    params: dict[str, Param] = {"color": jitter_color(rng, color, value=0.4, hue=0.1), "seed": surface_seed(rng)}
    return SurfaceSpec(kind="stem", params=params)


def draw_sprig(
    rng: Generator,
    base_m: ArrayLike,
    *,
    leaf_share: float,
    stem_share: float,
    stem_length_m: tuple[float, float],
    stem_radius_m: tuple[float, float],
    rim_m: float,
) -> Sample:
    """Parameters and surfaces to add to those of a fruit; none, where it has no stem.

    Args:
        rng: Source of chance.
        base_m: (3,) where the stem leaves the fruit.
        leaf_share: Share of fruits with one to three leaves.
        stem_share: Share of the others with a stem.
        stem_length_m: Range, from the base.
        stem_radius_m: Range.
        rim_m: Height that a stem with leaves must clear.
    """
    leafy = chance(rng, leaf_share)
    if not leafy and not chance(rng, stem_share):
        return Sample(params={}, surfaces={})
    base = np.asarray(base_m, dtype=np.float64)
    length = rounded(rng, stem_length_m)
    count = int(rng.choice((1, 2, 3), p=(0.7, 0.24, 0.06))) if leafy else 0
    angle, rise = rounded(rng, (0, 2 * np.pi)), rounded(rng, (0.15, 1.0))
    params: dict[str, Param] = {
        "base_m": tuple(float(v) for v in base),
        "stem_length_m": max(length, rim_m - float(base[2]) + 0.008) if leafy else length,
        "stem_radius_m": rounded(rng, stem_radius_m),
        "stem_bend_rad": rounded(rng, (0.05, 1.1)),
        "stem_turn_rad": rounded(rng, (0, 2 * np.pi)),
        "leaf_lengths_m": tuple(rounded(rng, (0.03, 0.075)) for _ in range(count)),
        "leaf_angles_rad": tuple(angle + 2.3 * k + rounded(rng, (-0.5, 0.5)) for k in range(count)),
        "leaf_width": rounded(rng, (0.38, 0.6)),
        "leaf_droop_rad": rise + rounded(rng, (-0.1, 0.45)),
        "leaf_rise_rad": rise,
    }
    surfaces = {"stem": _stem_surface(rng), "leaf": leaf_surface(rng)}
    return Sample(
        params=params, surfaces={slot: surfaces[slot] for slot in SPRIG_APPENDAGES.slots if count or slot == "stem"}
    )


def _sample(rng: Generator) -> Sample:
    """A loose sprig with leaves, as decoration."""
    return draw_sprig(
        rng,
        (0, 0, 0.004),
        leaf_share=1.0,
        stem_share=1.0,
        stem_length_m=(0.01, 0.03),
        stem_radius_m=(0.001, 0.002),
        rim_m=0.0,
    )


SPRIG = ObjectType(
    name="sprig",
    category=None,
    sample=_sample,
    build=build,
    rest_poses=(RestPose(name="lying", weight=1.0, tilt_rad=(1.2, 1.7)),),
)

OBJECT_TYPES: tuple[ObjectType, ...] = (SPRIG,)
