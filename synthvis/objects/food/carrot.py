"""Carrots: whole roots, with a stub or with greens, alone or in a bunch; peeled, baby and cut ones.

Greens belong to their root as appendages, which boxes of the body leave out; in a bunch each root has its own.
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
from synthvis.objects.mesh.meshes import Part, merge, moved, revolve, ring_noise, tube
from synthvis.objects.mesh.params import number, shade_of, surface_seed, text
from synthvis.objects.mesh.sheets import copies, smooth_interp, spread_turns
from synthvis.objects.object_type import Appendages, Attachment, ObjectType, RestPose, Sample
from synthvis.objects.spec import Category, KeypointSymmetry, Mat4, Param, SurfaceSpec

__all__ = ["CARROT", "CARROT_CUT", "CARROT_GREENS", "OBJECT_TYPES"]

Float = NDArray[np.float64]

_CATEGORY = Category(
    id=57,
    name="carrot",
    supercategory="food",
    keypoints=("crown", "shoulder_left", "shoulder_right", "middle", "tip"),
    skeleton=((0, 1), (0, 2), (1, 3), (2, 3), (3, 4)),
    flip_pairs=((1, 2),),
    symmetry=(KeypointSymmetry(cycles=((1, 2),), first="left"),),
)

GREENS = Appendages(params=frozenset({"fronds", "frond_m", "lift_m", "spread", "greens_seed"}), slots=("stalk", "leaf"))
GREENS_START = -0.47
"""Where greens leave the root, as a share of its length from its middle."""
MIN_LIFT_M = 0.0003
"""Height of what lies flat on the ground."""

_SEGMENTS = 24
_KNOTS = (0.0, 0.015, 0.05, 0.12, 0.4, 0.7, 0.88, 0.96, 1.0)
# Radius at _KNOTS from the crown to the tip, as a share of the greatest.
_STYLES: dict[str, tuple[float, ...]] = {
    "slender": (0.42, 0.72, 0.94, 1.0, 0.83, 0.5, 0.26, 0.13, 0.05),
    "blunt": (0.42, 0.74, 0.95, 1.0, 0.95, 0.8, 0.62, 0.42, 0.07),
    "stout": (0.4, 0.7, 0.95, 1.0, 0.78, 0.47, 0.26, 0.14, 0.05),
    "baby": (0.5, 0.74, 0.92, 1.0, 0.97, 0.88, 0.78, 0.62, 0.3),
}
# Length and greatest diameter over length.
_SIZES = {
    "slender": ((0.15, 0.24), (0.115, 0.165)),
    "blunt": ((0.12, 0.19), (0.15, 0.21)),
    "stout": ((0.08, 0.14), (0.27, 0.4)),
    "baby": ((0.045, 0.075), (0.17, 0.25)),
}
_ORANGES = {"#ee7414": 5.0, "#f2841c": 4.0, "#e0621a": 3.0, "#f49030": 2.0}
_ODD = {"#5a2048": 1.5, "#e8b83a": 1.0, "#efe2bc": 0.7, "#b03030": 0.5}


# Shape


def _centre_m(params: Mapping[str, Param], share: Float) -> Float:
    """Centre line in the plane z = 0: a soft bow, and a tip that may turn aside."""
    length_m = number(params, "length_m")
    bow = number(params, "bow") * np.sin(np.pi * share**1.3)
    hook = number(params, "hook") * np.clip((share - 0.7) / 0.3, 0.0, 1.0) ** 2
    return np.stack([(share - 0.5) * length_m, (bow + hook) * length_m, 0.0 * share], axis=1)


def _radius_m(params: Mapping[str, Param], share: Float) -> Float:
    return number(params, "radius_m") * smooth_interp(share, _KNOTS, _STYLES[text(params, "style")])


def _root(params: Mapping[str, Param]) -> Part:
    share = np.concatenate([[0.0, 0.007, 0.015, 0.03, 0.05, 0.08, 0.12], np.linspace(0.16, 0.9, 26),
                            [0.93, 0.96, 0.98, 0.992, 1.0]])  # fmt: skip
    seed = int(number(params, "shape_seed"))
    wobble = 1 + number(params, "lumps") * ring_noise(seed, len(share), _SEGMENTS, waves=6, order=3)
    rng = np.random.default_rng(seed)
    # Narrow creases across the root, each around a part of it.
    angle = np.arange(_SEGMENTS) / _SEGMENTS * 2 * np.pi
    places, sides = rng.uniform(0.08, 0.85, 9), rng.uniform(0, 2 * np.pi, 9)
    dips = np.exp(-(((share[:, None] - places) / 0.012) ** 2))[:, None, :]
    arcs = 0.5 + 0.5 * np.cos(angle[:, None] - sides)
    creases = number(params, "creases") * (dips * arcs).sum(axis=2)
    facets = int(number(params, "facets"))
    cut = 1.0
    if facets:
        # A peeler leaves flat strips.
        step = 2 * np.pi / facets
        cut = 1 / np.cos((angle + 0.2 * np.sin(3 * angle)) % step - step / 2) * np.cos(step / 2) ** 0.5
    radius = _radius_m(params, share)[:, None] * wobble * (1 - creases) * cut
    root = tube("root", _centre_m(params, share), radius, _SEGMENTS)
    root.vertices_m[-2] = _centre_m(params, np.array([0.012]))[0]  # the crown is sunk
    return root


def _stubs(params: Mapping[str, Param]) -> list[Part]:
    """Short ends of the stalks that were cut off."""
    count = int(number(params, "stubs"))
    if not count:
        return []
    rng = np.random.default_rng(int(number(params, "shape_seed")) + 1)
    crown = _centre_m(params, np.array([0.02]))[0]
    thick_m = 0.16 * number(params, "radius_m")
    length_m = number(params, "stub_m") * rng.uniform(0.6, 1.0, count)
    aside = rng.normal(size=(count, 2)) * 0.25
    forward = np.concatenate([-np.ones((count, 1)), aside], axis=1)
    start = crown + np.concatenate([np.zeros((count, 1)), aside * 0.8 * number(params, "radius_m")], axis=1)
    stub = revolve("stub", thick_m * np.array([0.0, 1.0, 0.85, 0.8, 0.0]), [0.0, 0.0, 0.5, 1.0, 1.0], 7)
    scaled = spread_turns(forward, 0.0)
    scaled[:, :, 2] *= length_m[:, None]
    return [copies(stub, scaled, start)]


def _build(params: Mapping[str, Param]) -> Mesh:
    places = _centre_m(params, np.array([0.0, 0.12, 0.12, 0.5, 1.0]))
    radius_m = float(_radius_m(params, np.array([0.12]))[0])
    places[1, 1] += radius_m
    places[2, 1] -= radius_m
    places[3, 2] += float(_radius_m(params, np.array([0.5]))[0])
    body = [_root(params), *_stubs(params)]
    floor_m = min(float(part.vertices_m[:, 2].min()) for part in body)
    crown_m = (GREENS_START * number(params, "length_m"), 0.0, floor_m)
    greens = [moved(part, offset_m=crown_m) for part in _greens(params)] if "fronds" in params else []
    return merge([*body, *greens], places, floor_m=floor_m, appendage_slots=GREENS.slots)


def _build_greens(params: Mapping[str, Param]) -> Mesh:
    return merge(_greens(params), floor_m=0.0)


def _greens(params: Mapping[str, Param]) -> list[Part]:
    """Feathery fronds from the origin along -x; z = 0 is the ground under the root."""
    rng = np.random.default_rng(int(number(params, "greens_seed")))
    parts: list[Part] = []
    count = int(number(params, "fronds"))
    leaf = revolve("leaf", [0.0, 0.5, 0.0], [0.0, 0.45, 1.0], 4)
    for _ in range(count):
        curve = _frond_m(params, rng)
        parts.append(tube("stalk", curve, 0.0016 * np.linspace(1.2, 0.4, len(curve)), 5, up=(0.0, 0.3, 1.0)))
        parts.append(_leaflets(leaf, curve, number(params, "frond_m"), rng))
    # What would hang into the ground lies on it.
    return [replace(part, vertices_m=part.vertices_m.clip(min=(-np.inf, -np.inf, MIN_LIFT_M))) for part in parts]


def _frond_m(params: Mapping[str, Param], rng: Generator) -> Float:
    length_m, lift_m = number(params, "frond_m") * rng.uniform(0.65, 1.0), number(params, "lift_m")
    t = np.linspace(0.0, 1.0, 10)
    aside = rng.normal() * number(params, "spread")
    rise = rng.uniform(0.1, 0.35) * length_m
    x = -length_m * (t - 0.12 * abs(aside) * t**2)
    y = length_m * aside * t**1.4
    z = np.maximum(lift_m + rise * np.sin(np.pi * np.minimum(t * 1.1, 1.0)) * 0.6 - lift_m * t**2, 0.003)
    return np.stack([x, y, z], axis=1)


def _leaflets(leaf: Part, curve_m: Float, length_m: float, rng: Generator) -> Part:
    """Twigs of small leaflets on both sides of a frond's outer half."""
    twigs, each = 13, 5
    t = np.repeat(np.linspace(0.38, 1.0, twigs), each)
    along = t * (len(curve_m) - 1)
    base = np.stack([np.interp(along, np.arange(len(curve_m)), curve_m[:, axis]) for axis in range(3)], axis=1)
    ahead = curve_m[-1] - curve_m[-4]
    ahead /= np.linalg.norm(ahead)
    sideways = np.cross(ahead, (0.0, 0.0, 1.0))
    sign = np.repeat(np.where(np.arange(twigs) % 2, 1.0, -1.0), each)[:, None]
    reach = np.tile(np.linspace(0.15, 1.0, each), twigs)[:, None] * np.sqrt(1.15 - t)[:, None] * 0.24 * length_m
    direction = sign * sideways * 0.75 + ahead * 0.65
    start = base + direction * reach
    forward = direction + sign * np.tile([[0.5], [-0.6], [0.6], [-0.5], [0.0]], (twigs, 1)) * ahead
    forward += rng.normal(scale=0.3, size=forward.shape)
    turns = spread_turns(forward, rng.uniform(0, np.pi, len(forward)))
    size_m = length_m * 0.085 * rng.uniform(0.7, 1.2, len(t))
    turns = turns * (size_m[:, None] * np.array([0.7, 0.12, 1.0]))[:, None, :]
    start[:, 2] = np.maximum(start[:, 2], 0.0015)
    return copies(leaf, turns, start, tone=rng.random(len(t)))


# Sampling


def _draw(rng: Generator, style: str) -> dict[str, Param]:
    lengths_m, slimness = _SIZES[style]
    length_m = rounded(rng, lengths_m)
    peeled = style == "baby" or chance(rng, 0.15)
    return {
        "style": style,
        "length_m": length_m,
        "radius_m": length_m * rounded(rng, slimness) / 2,
        "bow": rounded(rng, (-0.05, 0.05)),
        "hook": rounded(rng, (-0.08, 0.08)) if style in ("slender", "stout") else 0.0,
        "lumps": rounded(rng, (0.01, 0.03)) if style == "baby" else rounded(rng, (0.02, 0.06)),
        "creases": 0.0 if peeled and style != "baby" else rounded(rng, (0.01, 0.05)),
        "facets": int(rng.integers(9, 13)) if peeled and style != "baby" else 0,
        "stubs": int(rng.integers(3, 8)) if not peeled and chance(rng, 0.6) else 0,
        "stub_m": rounded(rng, (0.006, 0.03)),
        "shape_seed": int(rng.integers(1 << 16)),
    }


def _root_surfaces(rng: Generator, params: Mapping[str, Param], tone: str) -> dict[str, SurfaceSpec]:
    peeled = bool(params["facets"]) or params["style"] == "baby"
    look: dict[str, Param] = {
        "color": shade_of(rng, tone, value=0.12, hue=0.05),
        "peeled": peeled and params["style"] != "baby",
        "dirt": rounded(rng, (0.2, 0.9)) if not peeled and chance(rng, 0.2) else 0.0,
        "green": rounded(rng, (0.0, 0.8)) if not peeled else 0.0,
        "roughness": rounded(rng, (0.3, 0.5)),
        "seed": surface_seed(rng),
    }
    found = {"root": SurfaceSpec(kind="carrot_skin", params=look)}
    if number(params, "stubs"):
        found["stub"] = _green(rng, dry=chance(rng, 0.3))
    return found


def _green(rng: Generator, *, dry: bool = False) -> SurfaceSpec:
    low, high = ("#8a7a3a", "#a89a58") if dry else ("#4c8a26", "#7fb03e")
    params: dict[str, Param] = {"color": shade_of(rng, low), "color_b": shade_of(rng, high), "seed": surface_seed(rng)}
    return SurfaceSpec(kind="petal", params=params)


def _draw_greens(rng: Generator, root: Mapping[str, Param], fronds: int) -> dict[str, Param]:
    return {
        "fronds": fronds,
        "frond_m": number(root, "length_m") * rounded(rng, (0.65, 1.15)),
        "lift_m": number(root, "radius_m"),
        "spread": rounded(rng, (0.12, 0.3)),
        "greens_seed": int(rng.integers(1 << 16)),
    }


def _greens_surfaces(rng: Generator) -> dict[str, SurfaceSpec]:
    return {"stalk": _green(rng), "leaf": _green(rng)}


def _shift(x_m: float, y_m: float, z_m: float, turn_rad: float = 0.0) -> Mat4:
    turn = rotation_about((0.0, 0.0, 1.0), turn_rad)
    rows = [(*(float(v) for v in turn[k]), d) for k, d in enumerate((x_m, y_m, z_m))]
    return (rows[0], rows[1], rows[2], (0.0, 0.0, 0.0, 1.0))  # type: ignore[return-value]  # three rows of four


def _sample(rng: Generator) -> Sample:
    style = pick(rng, {"slender": 4.5, "blunt": 3.5, "stout": 1.0, "baby": 0.8})
    tone = pick(rng, _ODD) if chance(rng, 0.07) else pick(rng, _ORANGES)
    params = _draw(rng, style)
    greens: dict[str, SurfaceSpec] = {}
    if style != "baby" and not params["facets"]:
        if chance(rng, 0.13):
            return _bunch(rng, params, tone)
        if chance(rng, 0.22):
            params["stubs"] = 0
            params |= _draw_greens(rng, params, int(rng.integers(4, 8)))
            greens = _greens_surfaces(rng)
    return Sample(params=params, surfaces=_root_surfaces(rng, params, tone) | greens)


def _bunch(rng: Generator, params: dict[str, Param], tone: str) -> Sample:
    """Three to six roots side by side, their crowns close together, each with greens of its own."""
    params |= {"stubs": 0, "hook": 0.0, "bow": 0.0}
    count = int(rng.integers(3, 7))
    length_m, radius_m = number(params, "length_m"), number(params, "radius_m")
    crown_m, fan = -0.5 * length_m, rounded(rng, (0.02, 0.1))
    lower = (count + 1) // 2 + (count > 3)
    greens, parts = _greens_surfaces(rng), []
    params |= _draw_greens(rng, params, int(rng.integers(2, 4)))
    for k in range(1, count):
        other = {**_draw(rng, text(params, "style")), "stubs": 0, "hook": 0.0, "bow": 0.0, "facets": 0}
        other |= {
            "length_m": length_m * rounded(rng, (0.85, 1.05)),
            "radius_m": radius_m * rounded(rng, (0.85, 1.0)),
        }
        other["creases"] = params["creases"]
        on_top = k >= lower
        # Sides alternate about the first; the second layer lies in the grooves of the first.
        place = (k + 1) // 2 * (1 if k % 2 else -1) if not on_top else (k - lower) + 0.5 - (count - lower) // 2
        turn = fan * place
        reach_m = number(other, "length_m") / 2
        x_m, y_m = crown_m + reach_m * float(np.cos(turn)), 2.04 * radius_m * place + reach_m * float(np.sin(turn))
        frame = _shift(x_m, y_m, 1.72 * radius_m if on_top else 0.0, turn)
        other |= _draw_greens(rng, other, int(rng.integers(2, 4)))
        surfaces = {**_root_surfaces(rng, other, tone), **greens}
        parts.append(Attachment(kind="carrot", params=other, surfaces=surfaces, object_from_part=frame))
    return Sample(params=params, surfaces=_root_surfaces(rng, params, tone) | greens, attachments=tuple(parts))


def _sample_greens(rng: Generator) -> Sample:
    params = _draw_greens(rng, _draw(rng, "slender"), int(rng.integers(4, 10)))
    return Sample(params=params, surfaces=_greens_surfaces(rng))


# Sticks and slices


def _sample_cut(rng: Generator) -> Sample:
    stick = chance(rng, 0.5)
    params: dict[str, Param] = {
        "stick": stick,
        "radius_m": rounded(rng, (0.0045, 0.0075)) if stick else rounded(rng, (0.009, 0.017)),
        "length_m": rounded(rng, (0.05, 0.1)) if stick else rounded(rng, (0.003, 0.012)),
        "taper": rounded(rng, (0.75, 1.0)),
        "shape_seed": int(rng.integers(1 << 16)),
    }
    color = shade_of(rng, pick(rng, _ORANGES), value=0.1)
    look: dict[str, Param] = {"color": color, "peeled": True, "roughness": 0.35, "seed": surface_seed(rng)}
    return Sample(params=params, surfaces={"root": SurfaceSpec(kind="carrot_skin", params=look)})


def _build_cut(params: Mapping[str, Param]) -> Mesh:
    radius_m, length_m, taper = (number(params, name) for name in ("radius_m", "length_m", "taper"))
    bevel = min(0.06 * radius_m, 0.1 * length_m)
    radii = np.array([0.0, radius_m - 3 * bevel, radius_m - bevel, radius_m, taper * radius_m,
                      taper * radius_m - bevel, taper * radius_m - 3 * bevel, 0.0])  # fmt: skip
    heights = np.array([0.0, 0.0, 0.0, bevel, length_m - bevel, length_m, length_m, length_m])
    sides = 24
    angle = np.arange(sides) / sides * 2 * np.pi
    square = np.minimum(1 / np.maximum(np.abs(np.cos(angle)), np.abs(np.sin(angle))), 1.33)
    round_ = 1 + 0.04 * ring_noise(int(number(params, "shape_seed")), 1, sides, order=4)[0]
    return merge([revolve("root", radii[:, None] * (square if params["stick"] else round_), heights, sides)])


CARROT = ObjectType(
    name="carrot",
    category=_CATEGORY,
    sample=_sample,
    build=_build,
    rest_poses=(RestPose(name="lying", weight=1.0, tilt_rad=(0.0, 0.0)),),
    appendages=GREENS,
)
CARROT_GREENS = ObjectType(
    name="carrot_greens",
    category=None,
    sample=_sample_greens,
    build=_build_greens,
    rest_poses=(RestPose(name="lying", weight=1.0, tilt_rad=(0.0, 0.0)),),
)
"""Cut leaves of a carrot, unlabelled."""
CARROT_CUT = ObjectType(
    name="carrot_cut",
    category=None,
    sample=_sample_cut,
    build=_build_cut,
    rest_poses=(
        RestPose(name="flat", weight=0.5, tilt_rad=(0.0, 0.0)),
        RestPose(name="lying", weight=0.5, tilt_rad=(float(np.pi / 2), float(np.pi / 2)), tilt_axis="x"),
    ),
)
"""Sticks and slices without a label."""

OBJECT_TYPES: tuple[ObjectType, ...] = (CARROT, CARROT_GREENS, CARROT_CUT)
