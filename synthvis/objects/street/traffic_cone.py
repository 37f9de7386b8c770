"""Traffic cones: a hollow body on a base, with collars, wear, lamps, and cones nested into a stack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.draws import chance, pick, rounded
from synthvis.geometry import rotation_about
from synthvis.objects.mesh.loft import Painted, Profile, assemble, cross_section, painted, skin
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import box, moved, revolve
from synthvis.objects.mesh.params import linear_rgb, number, numbers, shade_of, surface_seed, text
from synthvis.objects.object_type import ObjectType, RestPose, Sample
from synthvis.objects.spec import Category, KeypointSymmetry, Param, SurfaceSpec, Vec3
from synthvis.objects.symmetry import ROUND_ON_A_SQUARE

__all__ = ["OBJECT_TYPES", "TRAFFIC_CONE"]

_CORNERS = ("corner_near", "corner_right", "corner_far", "corner_left")

_CATEGORY = Category(
    id=91,
    name="traffic cone",
    supercategory="outdoor",
    keypoints=("tip", *_CORNERS),
    skeleton=((0, 1), (0, 2), (0, 3), (0, 4), (1, 2), (2, 3), (3, 4), (4, 1)),
    flip_pairs=((2, 4),),
    symmetry=(KeypointSymmetry(cycles=((1, 2, 3, 4),), first="lowest"),),
)

_SLOT_NAMES = ("body", "collar", "base", "lamp")
_BODY, _COLLAR, _BASE, _LAMP = range(4)
_AROUND = 48

_BODY_COLORS = {
    "#ff5a14": 6.0, "#ff6f1a": 4.0, "#f4461c": 6.0, "#e83420": 6.0, "#d7261e": 4.0, "#c4242a": 2.0, "#ff8420": 2.0,
    "#e0702c": 1.5, "#d86a4a": 1.0, "#f2c01a": 0.5, "#2f9e44": 0.15, "#1c5fb8": 0.2, "#b8d62a": 0.25, "#7a2a1c": 0.4,
}  # fmt: skip
_COLLAR_COLORS = {"#f4f4f2": 8.0, "#dcdcda": 5.0, "#c2c6c8": 3.0, "#e6e2d2": 2.0, "#ffd21e": 0.5, "#202020": 0.3}
_BASE_COLORS = {"#141414": 9.0, "#262524": 4.0, "#38342f": 2.0, "#1f6b3a": 0.7, "#e2e2de": 0.4, "#c8431c": 0.6}


# Sampling


def _collars(rng: Generator) -> tuple[float, ...]:
    """Start and end of each collar as shares of the body's height."""
    style = pick(rng, {"none": 2.6, "wide": 2.8, "two": 3.0, "three": 1.0, "one": 1.3, "stripes": 0.5})
    if style == "none":
        return ()
    if style == "wide":
        start = rounded(rng, (0.28, 0.5))
        return (start, min(start + rounded(rng, (0.28, 0.42)), 0.86))
    if style == "one":
        start = rounded(rng, (0.35, 0.68))
        return (start, start + rounded(rng, (0.1, 0.24)))
    if style == "two":
        lower, upper = rounded(rng, (0.26, 0.46)), rounded(rng, (0.63, 0.75))
        return (lower, lower + rounded(rng, (0.1, 0.17)), upper, upper + rounded(rng, (0.09, 0.17)))
    count = 3 if style == "three" else int(rng.integers(4, 6))
    low, high, duty = (
        rounded(rng, (0.12, 0.22)),
        rounded(rng, (0.85, 0.95)),
        rounded(rng, (0.42, 0.6)),
    )
    step = (high - low) / count
    return tuple(float(low + step * (k + edge)) for k in range(count) for edge in (0.0, duty))


def _base(rng: Generator) -> dict[str, Param]:
    """The base's style and proportions, lengths as shares of the height."""
    style = pick(rng, {"one_piece": 5.0, "rubber": 4.0, "round": 0.7, "flat": 1.0})
    if style == "round":
        section, thickness = "round", rounded(rng, (0.012, 0.03))
    else:
        section = pick(rng, {"square": 6.0, "chamfered": 3.0, "octagon": 1.2, "hexagon": 0.4})
        thickness = rounded(rng, (0.045, 0.085)) if style == "rubber" else rounded(rng, (0.014, 0.045))
    return {
        "base_style": style,
        "base_section": section,
        "base_roundness": rounded(rng, (0.12, 0.4)),
        "base_thickness": thickness,
        "base_bevel": rounded(rng, (0.1, 0.4)),
        "base_rise": rounded(rng, (0.0, 0.03)) if chance(rng, 0.5) else 0.0,
        "foot_height": rounded(rng, (0.008, 0.022)) if style != "round" and chance(rng, 0.35) else 0.0,
    }


def _body(rng: Generator, collars: tuple[float, ...]) -> dict[str, Param]:
    foot = rounded(rng, (0.16, 0.255))
    top_style = pick(rng, {"open": 6.0, "dome": 1.5, "flat": 2.0})
    return {
        "foot_radius": foot,
        "top_radius": foot * rounded(rng, (0.19, 0.36)),
        "top_style": top_style,
        "neck": rounded(rng, (0.05, 0.1)) if chance(rng, 0.35) else 0.0,
        "neck_shrink": rounded(rng, (0.72, 0.95)),
        "fillet": rounded(rng, (0.012, 0.055)),
        "bulge": rounded(rng, (-0.03, 0.05)),
        "skirt": rounded(rng, (0.06, 0.2)) if chance(rng, 0.3) else 0.0,
        "collars": collars,
        "collar_step": rounded(rng, (-0.004, 0.006)) if chance(rng, 0.6) else 0.0,
        "bend": rounded(rng, (0.01, 0.09)) if chance(rng, 0.18) else 0.0,
        "bend_toward_rad": rounded(rng, (0.0, 2 * np.pi)),
        "squeeze": rounded(rng, (0.02, 0.14)) if chance(rng, 0.25) else 0.0,
        "dent": rounded(rng, (0.1, 0.45)) if chance(rng, 0.15) else 0.0,
        "dent_height": rounded(rng, (0.2, 0.7)),
    }


def _sample_params(rng: Generator) -> dict[str, Param]:
    height_m = rounded(rng, (0.28, 0.55)) if chance(rng, 0.35) else rounded(rng, (0.45, 1.02))
    params: dict[str, Param] = {"height_m": height_m, **_base(rng), **_body(rng, _collars(rng))}
    foot = number(params, "foot_radius")
    params["base_half_width"] = max(rounded(rng, (0.235, 0.345)), foot * 1.12 + 0.02)
    params["stack"] = int(rng.integers(2, 6)) if chance(rng, 0.05) else 1
    params["lamp"] = bool(chance(rng, 0.035)) and params["stack"] == 1
    params["two_tone"] = params["base_style"] == "rubber" or chance(rng, 0.12)
    return params


def _wear(rng: Generator) -> dict[str, Param]:
    """How used a cone is: new ones are clean and glossy, old ones faded, scuffed and dusty."""
    used = float(rng.beta(1.1, 1.6))
    return {
        "dirt": used * rounded(rng, (0.2, 1.0)),
        "scuff": used * rounded(rng, (0.0, 1.0)),
        "fade": used * rounded(rng, (0.0, 0.9)),
        "roughness": rounded(rng, (0.28, 0.45)) + 0.35 * used,
        "seed": surface_seed(rng),
    }


def _surfaces(rng: Generator, params: Mapping[str, Param]) -> dict[str, SurfaceSpec]:
    wear = _wear(rng)
    body = shade_of(rng, pick(rng, _BODY_COLORS), value=0.15)
    collar = shade_of(rng, pick(rng, _COLLAR_COLORS), value=0.1, hue=0.03)
    base = shade_of(rng, pick(rng, _BASE_COLORS), value=0.3) if params["two_tone"] else body
    found = {
        "body": SurfaceSpec(kind="cone_plastic", params={**wear, "color": body, "lettering": chance(rng, 0.08)}),
        "collar": SurfaceSpec(kind="cone_collar", params={**wear, **_collar_pattern(rng), "color": collar}),
        "base": SurfaceSpec(
            kind="cone_plastic",
            params={**wear, "color": base, "dirt": min(1.0, 1.4 * number(wear, "dirt") + 0.1), "base": True},
        ),
        "lamp": SurfaceSpec(kind="cone_lamp", params={"color": linear_rgb("#ff9a1a"), "seed": number(wear, "seed")}),
    }
    return {name: found[name] for name in _slots(params)}


def _collar_pattern(rng: Generator) -> dict[str, Param]:
    dark: Vec3 = linear_rgb(pick(rng, {"#141414": 1.0, "#c81e1e": 1.0, "#e8501e": 1.0}))
    return {
        "diagonal": int(rng.integers(6, 13)) if chance(rng, 0.05) else 0,
        "color_b": dark,
        "sheeting": rounded(rng, (0.2, 1.0)) if chance(rng, 0.5) else 0.0,
        "retroreflective": rounded(rng, (0.0, 0.35)),
    }


def _sample(rng: Generator) -> Sample:
    params = _sample_params(rng)
    return Sample(params=params, surfaces=_surfaces(rng, params))


# Building


def _slots(params: Mapping[str, Param]) -> tuple[str, ...]:
    """The slots a cone with these parameters has."""
    present = (True, len(numbers(params, "collars")) > 0, True, bool(params["lamp"]))
    return tuple(name for name, is_there in zip(_SLOT_NAMES, present, strict=True) if is_there)


def _base_rows(profile: Profile, params: Mapping[str, Param], wall: float) -> float:
    """Rows of the base from its hole, under it, over its edge to the body's foot; returns where the body starts."""
    foot_height = number(params, "foot_height")
    half, foot = number(params, "base_half_width"), number(params, "foot_radius")
    low, top = foot_height, foot_height + number(params, "base_thickness")
    bevel = number(params, "base_bevel") * (top - low)
    profile.add(foot - wall, low, slot=_BASE)
    # Rows in pairs close to an edge keep smooth shading from rounding the flat faces beside it.
    for radius, z in (
        (half - 3 * bevel, low), (half - bevel, low), (half, low + bevel), (half, top - bevel),
        (half - bevel * 0.35, top - bevel * 0.35), (half - bevel, top), (half - 2.5 * bevel - 0.004, top),
    ):  # fmt: skip
        profile.add(radius, z, blend=1.0, slot=_BASE)
    fillet, rise = number(params, "fillet"), number(params, "base_rise")
    rubber = params["base_style"] == "rubber"
    reach = min(fillet, 0.8 * (half - 2.5 * bevel - 0.004 - foot))
    profile.add(foot + reach, top + rise, blend=0.15, slot=_BASE)
    profile.add(foot + 0.35 * reach, top + rise + 0.25 * fillet, slot=_BASE if rubber else _BODY)
    profile.add(foot + 0.08 * reach, top + rise + 0.65 * fillet, slot=_BASE if rubber else _BODY)
    return top + rise + fillet


def _body_radius(params: Mapping[str, Param], share: NDArray[np.float64]) -> NDArray[np.float64]:
    """Outer radius of the body at shares 0..1 of its height, in heights."""
    foot, top = number(params, "foot_radius"), number(params, "top_radius")
    radius = foot + (top - foot) * share + number(params, "bulge") * foot * np.sin(np.pi * share)
    neck, skirt = number(params, "neck"), number(params, "skirt")
    if neck:
        radius = np.where(share > 1 - neck, np.minimum(radius, top * 1.15) * number(params, "neck_shrink"), radius)
    if skirt:
        radius = np.where(share < skirt, radius, radius * 0.965)
    collars = np.asarray(numbers(params, "collars")).reshape(-1, 2)
    worn = ((share[:, None] > collars[:, 0]) & (share[:, None] < collars[:, 1])).any(axis=1)
    return np.where(worn, radius + number(params, "collar_step"), radius)


def _body_shares(params: Mapping[str, Param]) -> NDArray[np.float64]:
    """Where the body's rows lie: evenly, and on both sides of each step."""
    edges = [*numbers(params, "collars"), number(params, "skirt"), 1 - number(params, "neck")]
    inner = [edge for edge in edges if 0.0 < edge < 1.0]
    both = [edge + side for edge in inner for side in (-0.002, 0.002)]
    shares: NDArray[np.float64] = np.unique(np.clip(np.concatenate([np.linspace(0.0, 1.0, 9), both]), 0.0, 1.0))
    return shares


def _body_rows(profile: Profile, params: Mapping[str, Param], start: float, wall: float) -> None:
    """Rows up the outer wall and over the top."""
    shares = _body_shares(params)
    radius = _body_radius(params, shares)
    middle = (shares[:-1] + shares[1:]) / 2
    collars = np.asarray(numbers(params, "collars")).reshape(-1, 2)
    worn = ((middle[:, None] > collars[:, 0]) & (middle[:, None] < collars[:, 1])).any(axis=1)
    top = float(radius[-1])
    crown = {"open": 0.3 * wall, "flat": 0.25 * top, "dome": 0.9 * top}[text(params, "top_style")]
    height = 1.0 - start - crown
    for share, r, is_collar in zip(shares, radius, [*worn, False], strict=True):
        profile.add(float(r), start + height * float(share), slot=_COLLAR if is_collar else _BODY)
    if params["top_style"] == "open":
        profile.add(top - 0.3 * wall, 1.0, slot=_BODY)
        profile.add(top - wall, 1.0, slot=_BODY)
        return
    for turn in (0.4, 0.8, 1.2, 1.45):
        profile.add(top - crown * (1 - np.cos(turn)) if crown < top * 0.5 else top * np.cos(turn),
                    1.0 - crown * (1 - np.sin(turn)), slot=_BODY)  # fmt: skip


def _shell(params: Mapping[str, Param], around: int = _AROUND) -> Painted:
    """One cone of height 1: a closed shell, hollow and open below."""
    wall = 0.012
    is_open = params["top_style"] == "open"
    inner_top = number(params, "top_radius") * (number(params, "neck_shrink") if number(params, "neck") else 1.0) - wall
    profile = Profile.empty()
    if not is_open:
        profile.add(inner_top * 0.5, 0.93, slot=_BODY)
    profile.add(inner_top if is_open else inner_top * 0.9, 0.9, slot=_BODY)
    profile.add(number(params, "foot_radius") * 0.93 - wall, number(params, "foot_height") + 0.1, slot=_BODY)
    start = _base_rows(profile, params, wall)
    _body_rows(profile, params, start, wall)
    section = cross_section(text(params, "base_section"), around, roundness=number(params, "base_roundness"))
    piece = skin(profile, section, loop=is_open)
    return replace(piece, part=replace(piece.part, vertices_m=_deform(piece.part.vertices_m, params)))


def _pads(params: Mapping[str, Param]) -> list[Painted]:
    """The feet under the base, in heights."""
    height, half = number(params, "foot_height"), number(params, "base_half_width")
    if height <= 0:
        return []
    # On a square the feet stand near the corners; any other base has its edge closer there.
    reach = (0.68 if params["base_section"] == "square" else 0.5) * half
    size = 0.26 * half
    pad = box("base", (size, size, height * 1.2))
    return [painted(moved(pad, offset_m=(x, y, 0.0)), _BASE) for x in (-reach, reach) for y in (-reach, reach)]


def _lamp(params: Mapping[str, Param]) -> list[Painted]:
    """A round warning lamp on the tip: a disc on edge, in heights."""
    if not params["lamp"]:
        return []
    radius = 0.09
    shape = np.array([(0.2, -0.25), (0.75, -0.22), (1.0, -0.1), (1.0, 0.1), (0.75, 0.22), (0.2, 0.25)]) * radius
    disc = revolve("lamp", shape[:, 0], shape[:, 1] * 1.6, 32)
    quarter = rotation_about((0.0, 1.0, 0.0), np.pi / 2)
    return [painted(moved(disc, rotation=quarter, offset_m=(0.0, 0.0, 1.0 + 0.8 * radius)), _LAMP)]


def _stack_step(params: Mapping[str, Param]) -> float:
    """How far apart nested cones sit, in heights: base on base, or wall on wall."""
    return max(number(params, "base_thickness") + number(params, "base_rise"), 0.035) + 0.003


def _deform(vertices: NDArray[np.float64], params: Mapping[str, Param]) -> NDArray[np.float64]:
    """Bend, squeeze and dent the body; the base stays flat."""
    x, y, z = vertices.T
    up = np.clip((z - number(params, "base_thickness") - number(params, "foot_height")) / 0.9, 0.0, None)
    squeeze = number(params, "squeeze") * np.clip(up * 2.0, 0.0, 1.0)
    toward = number(params, "bend_toward_rad")
    dent_center = number(params, "foot_radius") * np.array([np.cos(toward), np.sin(toward)])
    near = ((x - dent_center[0]) ** 2 + (y - dent_center[1]) ** 2 + (z - number(params, "dent_height")) ** 2) / 0.02
    shrink = 1.0 - number(params, "dent") * np.exp(-near) * np.clip(up * 8, 0.0, 1.0)
    bend = number(params, "bend") * up**2
    across, aside = x * (1 - squeeze) * shrink, y * (1 + 0.6 * squeeze) * shrink
    deformed: NDArray[np.float64] = np.stack([across + bend * np.cos(toward), aside + bend * np.sin(toward), z], axis=1)
    return deformed


def _build(params: Mapping[str, Param]) -> Mesh:
    height_m, count = number(params, "height_m"), int(number(params, "stack"))
    step = _stack_step(params)
    # Of the lower cones of a stack only the bases show.
    shells = [_shell(params, _AROUND if k == count - 1 else _AROUND // 2) for k in range(count)]
    stack = [replace(shell, part=moved(shell.part, offset_m=(0.0, 0.0, k * step))) for k, shell in enumerate(shells)]
    pieces = [*stack, *_pads(params), *_lamp(params)]
    mesh = assemble(pieces, _SLOT_NAMES, _keypoints(params, (count - 1) * step))
    return replace(mesh, vertices_m=mesh.vertices_m * height_m, keypoints_m=mesh.keypoints_m * height_m)


def _keypoints(params: Mapping[str, Param], lift: float) -> NDArray[np.float64]:
    tip = _deform(np.array([[0.0, 0.0, 1.0]]), params)[0] + np.array([0.0, 0.0, lift])
    section = cross_section(text(params, "base_section"), 8, roundness=number(params, "base_roundness"))
    reach = number(params, "base_half_width") * section[1] / np.sqrt(2)
    z = number(params, "foot_height") + number(params, "base_thickness") / 2
    corners = [(reach * x, reach * y, z) for x, y in ((1, 1), (-1, 1), (-1, -1), (1, -1))]
    return np.array([tuple(tip), *corners])


TRAFFIC_CONE = ObjectType(
    name="traffic_cone",
    category=_CATEGORY,
    sample=_sample,
    build=_build,
    rest_poses=(
        RestPose(name="upright", weight=0.85, tilt_rad=(0.0, 0.03)),
        # A cone on its side rests on an edge of the base and on the tip, so its axis points a little down.
        RestPose(name="lying", weight=0.15, tilt_rad=(1.78, 1.85), tilt_axis="x"),
    ),
    symmetry=ROUND_ON_A_SQUARE,
)

OBJECT_TYPES: tuple[ObjectType, ...] = (TRAFFIC_CONE,)
