"""Bananas: a five-sided tube bent along an arc with a stalk; a bunch is several bananas on one crown.

Photographs' labels box each banana of a bunch by itself, so every banana is an object. The stalk belongs to it; as many
annotators end their boxes at the neck, it is an appendage, which boxes of the body leave out.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.draws import chance, pick, rounded
from synthvis.geometry import rigid, rotation_about
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import Part, merge, ring_noise, tube
from synthvis.objects.mesh.params import jitter_color, linear_rgb, number, surface_seed
from synthvis.objects.object_type import FACES_MINUS_Y, Attachment, ObjectType, RestPose, Sample
from synthvis.objects.spec import Category, Mat4, Param, SurfaceSpec

__all__ = ["BANANA", "BANANA_BUNCH", "OBJECT_TYPES"]

Float = NDArray[np.float64]

_CATEGORY = Category(
    id=52,
    name="banana",
    supercategory="food",
    keypoints=("stem_end", "back_upper", "back_middle", "back_lower", "blossom_tip"),
    skeleton=((0, 1), (1, 2), (2, 3), (3, 4)),
)

_SEGMENTS = 30
_RINGS = 48
_NECK_RINGS = 9

# Colour of the middle, colour towards the ends, weight, and ranges of spots, streaks and blotches.
_RIPENESS: dict[str, tuple[str, str, float, tuple[float, float]]] = {
    "green": ("8fa83a", "6d9030", 0.6, (0.0, 0.1)),
    "turning": ("cfc83e", "9fb040", 1.4, (0.0, 0.2)),
    "yellow": ("f3cd2c", "d8c838", 4.5, (0.0, 0.35)),
    "golden": ("f0bc24", "d8aa2c", 2.5, (0.1, 0.5)),
    "pale": ("ecd678", "dccb6c", 1.1, (0.0, 0.3)),
    "spotted": ("e6b62e", "c89a2c", 1.2, (0.5, 1.0)),
}


# Shape


def _curve_m(params: Mapping[str, Param], steps: Float) -> Float:
    """Centre line at `steps` (0 crown, 1 tip), (R, 3): from -x to +x, bent towards +y.

    It lies in the plane z = 0 but for a sway to the side behind the neck, which bananas of a bunch have.
    """
    fine = np.linspace(0, 1, 201)
    # The neck turns more sharply than the body.
    turning = 1 + number(params, "hook") * np.exp(-(((fine - 0.16) / 0.1) ** 2)) + number(params, "skew") * (0.5 - fine)
    heading = np.cumsum(turning) / turning.sum() * number(params, "bend_rad")
    stride = number(params, "length_m") / 200
    x, y = (np.concatenate([[0.0], np.cumsum(f(heading[:-1]) * stride)]) for f in (np.cos, np.sin))
    turn = -np.arctan2(y[-1], x[-1])
    across, along = x * np.sin(turn) + y * np.cos(turn), x * np.cos(turn) - y * np.sin(turn)
    centred = (along - along.mean(), across - across.mean())
    sway = number(params, "sway_m") * _soft(steps / 0.4)
    return np.stack([np.interp(steps, fine, centred[0]), np.interp(steps, fine, centred[1]), sway], axis=1)


def _radius_m(params: Mapping[str, Param], steps: Float) -> Float:
    neck, stalk, tip = (number(params, name) for name in ("neck", "stalk_radius", "tip_radius"))
    rise = _soft((steps - 0.72 * neck) / 0.24) ** 0.8
    left = ((0.985 - steps) / number(params, "tip_taper")).clip(0, 1)
    fall = 0.5 * _soft(left) + 0.5 * np.sqrt(1 - (1 - left) ** 2)
    crown = 0.35 * stalk * np.exp(-((steps / 0.035) ** 2))
    nub = 1 - 0.2 * _soft((steps - 0.985) / 0.015)
    radius: Float = (stalk + (1 - stalk) * rise + crown) * (tip + (1 - tip) * fall) * nub * number(params, "radius_m")
    return radius


def _soft(value: Float) -> Float:
    t = value.clip(0, 1)
    soft: Float = t * t * (3 - 2 * t)
    return soft


def _section(params: Mapping[str, Param]) -> Float:
    """Radius over angle of the rounded pentagon, (S,), about 1."""
    angle = np.arange(_SEGMENTS) / _SEGMENTS * 2 * np.pi + number(params, "section_turn_rad")
    fifth = 2 * np.pi / 5
    polygon = 1 / np.cos((angle + fifth / 2) % fifth - fifth / 2)
    section: Float = 1 + number(params, "ridges") * (polygon - 1.08)
    return section


def _body(params: Mapping[str, Param]) -> Part:
    steps = np.linspace(number(params, "neck"), 1, _RINGS)
    wobble = 1 + 0.025 * ring_noise(int(number(params, "shape_seed")), _RINGS, _SEGMENTS, order=3)
    radius = _radius_m(params, steps)[:, None] * _section(params) * wobble
    return tube("skin", _curve_m(params, steps), radius, _SEGMENTS)


def build(params: Mapping[str, Param]) -> Mesh:
    """Mesh of one banana lying on its side, its body on z = 0, with the slots "skin" and "stalk", 1,700 vertices."""
    body, stalk = _body(params), _stalk(params)
    rings = body.vertices_m[:-2].reshape(_RINGS, _SEGMENTS, 3)
    # The back is the convex side, -y.
    backs = [rings[row, rings[row, :, 1].argmin()] for row in (_RINGS // 4, _RINGS // 2, 3 * _RINGS // 4)]
    return merge(
        [body, stalk],
        np.stack([stalk.vertices_m[-2], *backs, body.vertices_m[-1]]),
        # In a bunch the crown may be lower than the body.
        floor_m=float(body.vertices_m[:, 2].min()),
        appendage_slots=("stalk",),
    )


def _stalk(params: Mapping[str, Param]) -> Part:
    """From the crown to a little below the neck."""
    neck = number(params, "neck")
    steps = np.append(np.linspace(0, neck, _NECK_RINGS), neck + 0.02)
    radius = _radius_m(params, steps)
    radius[-1] = 0.8 * radius[-2]
    return tube("stalk", _curve_m(params, steps), radius[:, None] * _section(params), _SEGMENTS)


# Sampling


def _draw(rng: Generator) -> dict[str, Param]:
    length = rounded(rng, (0.15, 0.235))
    return {
        "length_m": length,
        "radius_m": length * rounded(rng, (0.074, 0.098)),
        "bend_rad": rounded(rng, (1.3, 3.1)),
        "hook": rounded(rng, (0.0, 1.5)),
        "skew": rounded(rng, (-0.6, 1.0)),
        "neck": rounded(rng, (0.11, 0.2)),
        "stalk_radius": rounded(rng, (0.32, 0.46)),
        "tip_radius": rounded(rng, (0.16, 0.28)),
        "tip_taper": rounded(rng, (0.2, 0.36)),
        "ridges": rounded(rng, (0.15, 0.65)),
        "section_turn_rad": int(rng.integers(6)) * 2 * np.pi / _SEGMENTS,
        "sway_m": 0.0,
        "shape_seed": int(rng.integers(1 << 16)),
    }


def _surfaces(rng: Generator) -> tuple[SurfaceSpec, SurfaceSpec]:
    """Skin, and the stalk that goes with it."""
    middle, ends, _, spots = _RIPENESS[pick(rng, {name: row[2] for name, row in _RIPENESS.items()})]
    color = jitter_color(rng, linear_rgb(middle), value=0.15, hue=0.06)
    end_color = jitter_color(rng, linear_rgb(ends), value=0.2, hue=0.08)
    share = rounded(rng, (0.0, 1.0))
    # Where the skin ends its colour has gone this far towards the end colour; the stalk takes it up there.
    red, green, blue = (c + (e - c) * share for c, e in zip(color, end_color, strict=True))
    skin: dict[str, Param] = {
        "color": color,
        "end_color": end_color,
        "ends": share,
        "spots": rounded(rng, spots) if chance(rng, 0.7) else 0.0,
        "spot_scale": rounded(rng, (120.0, 420.0)),
        "streaks": rounded(rng, (0.0, 0.8)) if chance(rng, 0.6) else 0.0,
        "tip_color": jitter_color(rng, linear_rgb("241a10" if chance(rng, 0.75) else "5a5228"), value=0.3),
        "tip_size": rounded(rng, (0.025, 0.05)),
        "roughness": rounded(rng, (0.32, 0.6)),
        "seed": surface_seed(rng),
    }
    stalk: dict[str, Param] = {
        "color": (red, green, blue),
        "cut_color": jitter_color(rng, linear_rgb("2e2216" if chance(rng, 0.6) else "8a7440"), value=0.4),
        "cut_size": rounded(rng, (0.08, 0.5)),
        "seed": surface_seed(rng),
    }
    return SurfaceSpec(kind="banana_skin", params=skin), SurfaceSpec(kind="banana_stalk", params=stalk)


def _sample(rng: Generator) -> Sample:
    params, (skin, stalk) = _draw(rng), _surfaces(rng)
    return Sample(params=params, surfaces={"skin": skin, "stalk": stalk})


def _sample_bunch(rng: Generator) -> Sample:
    drawn, (skin, stalk) = _draw(rng), _surfaces(rng)
    count = int(rng.choice((2, 3, 4, 5, 6), p=(0.28, 0.28, 0.22, 0.14, 0.08)))
    spread, fan = number(drawn, "radius_m") * rounded(rng, (0.85, 1.25)), rounded(rng, (0.0, 0.1))
    # The outer bananas sway away from the middle of the crown and then run on beside the others.
    sways = [(index - (count - 1) / 2) * spread for index in range(count)]
    first: dict[str, Param] = {**drawn, "sway_m": sways[0]}
    attachments = []
    for index in range(1, count):
        other = {**_sibling(rng, drawn), "sway_m": sways[index]}
        place = _place(first, other, index * fan + rounded(rng, (-0.02, 0.05)), rounded(rng, (-0.1, 0.1)), index)
        surfaces = {"skin": _reseeded(rng, skin), "stalk": _reseeded(rng, stalk)}
        attachments.append(Attachment(kind="banana", params=other, surfaces=surfaces, object_from_part=place))
    return Sample(params=first, surfaces={"skin": skin, "stalk": stalk}, attachments=tuple(attachments))


def _sibling(rng: Generator, params: Mapping[str, Param]) -> dict[str, Param]:
    """Parameters of a banana from the same bunch."""
    scale = rounded(rng, (0.88, 1.08))
    return {
        **params,
        "length_m": number(params, "length_m") * scale,
        "radius_m": number(params, "radius_m") * scale,
        "bend_rad": number(params, "bend_rad") * rounded(rng, (0.85, 1.15)),
        "ridges": number(params, "ridges") * rounded(rng, (0.7, 1.2)),
        "section_turn_rad": int(rng.integers(6)) * 2 * np.pi / _SEGMENTS,
        "shape_seed": int(rng.integers(1 << 16)),
    }


def _reseeded(rng: Generator, surface: SurfaceSpec) -> SurfaceSpec:
    return SurfaceSpec(kind=surface.kind, params={**surface.params, "seed": surface_seed(rng)})


def _place(first: Mapping[str, Param], other: Mapping[str, Param], lift_rad: float, yaw_rad: float, index: int) -> Mat4:
    """Transform of banana `index` of a bunch: its crown beside the first one's, lifted and turned about it."""
    beside = np.array([0.0, 0.0, index * 1.6 * number(first, "stalk_radius") * number(first, "radius_m")])
    turn = rotation_about((0, 1, 0), -lift_rad) @ rotation_about((0, 0, 1), yaw_rad)
    transform = rigid(turn, _crown_m(first) + beside - turn @ _crown_m(other))
    a, b, c, d = ((float(w), float(x), float(y), float(z)) for w, x, y, z in transform)
    return (a, b, c, d)


def _crown_m(params: Mapping[str, Param]) -> Float:
    """Start of the centre line in the frame of the mesh."""
    crown: Float = _curve_m(params, np.zeros(1))[0] - np.array([0.0, 0.0, _floor_m(params)])
    return crown


def _floor_m(params: Mapping[str, Param]) -> float:
    """Lowest height of the body before `build` sets it on the ground."""
    return _floor_of(tuple(sorted(params.items())))


@lru_cache(maxsize=64)
def _floor_of(items: tuple[tuple[str, Param], ...]) -> float:
    # The place of each banana of a bunch asks for it again.
    return float(_body(dict(items)).vertices_m[:, 2].min())


_POSES = (
    RestPose(name="on its side", weight=0.45, tilt_rad=(-0.15, 0.15), tilt_axis="x"),
    RestPose(name="on its back", weight=0.4, tilt_rad=(0.7, 1.75), tilt_axis="x"),
    RestPose(name="arched", weight=0.15, tilt_rad=(-1.75, -1.1), tilt_axis="x"),
)

# People lay bananas, and photograph them, with the outer side of the bend towards them.
BANANA = ObjectType(
    name="banana",
    category=_CATEGORY,
    sample=_sample,
    build=build,
    rest_poses=_POSES,
    front_rad=FACES_MINUS_Y,
)
BANANA_BUNCH = ObjectType(
    name="banana_bunch",
    category=_CATEGORY,
    sample=_sample_bunch,
    build=build,
    rest_poses=_POSES,
    front_rad=FACES_MINUS_Y,
)
"""Two to six bananas on one crown, each labelled by itself; the object is the lowest one, the others ride on it."""

OBJECT_TYPES: tuple[ObjectType, ...] = (BANANA, BANANA_BUNCH)
