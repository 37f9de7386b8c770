"""Teddy bears: sitting or standing, furry, with a bow, a shirt or a heart; also pandas and pale or grey ones.

The bear looks along -y.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray

from synthvis.draws import chance, pick, rounded
from synthvis.geometry import rotation_about
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import Part, ellipsoid, merge, moved, tube
from synthvis.objects.mesh.outlines import hoop
from synthvis.objects.mesh.params import number, shade_of, surface_seed, text
from synthvis.objects.object_type import FACES_MINUS_Y, ObjectType, RestPose, Sample
from synthvis.objects.spec import Category, Param, SurfaceSpec, Vec3

__all__ = ["OBJECT_TYPES", "TEDDY_BEAR"]

Float = NDArray[np.float64]

_CATEGORY = Category(
    id=88,
    name="teddy bear",
    supercategory="indoor",
    keypoints=(
        "nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_paw", "right_paw", "left_foot", "right_foot",
    ),
    skeleton=((0, 1), (0, 2), (1, 3), (2, 4), (0, 5), (0, 6), (5, 7), (6, 8)),
    flip_pairs=((1, 2), (3, 4), (5, 6), (7, 8)),
)  # fmt: skip

_SLOTS = ("fur", "limbs", "muzzle", "soles", "eyes", "nose", "cloth")
_FURS = {
    "#8a5a30": 3.0, "#b98850": 3.0, "#d6ae78": 2.4, "#5a3620": 1.6, "#e8d8ba": 1.6, "#f2eee6": 1.3, "#a8703c": 1.6,
    "#9a948c": 0.6, "#e8a8b8": 0.7, "#2c2420": 0.3, "#a8c0d8": 0.3,
}  # fmt: skip
_CLOTHS = ("#b81c24", "#b81c24", "#1c3a8a", "#e8e6e0", "#2a6a3a", "#e86a98", "#f0c040", "#58348a", "#3a9ac0", "#202024")


def _sample(rng: Generator) -> Sample:
    build = pick(rng, {"classic": 4.0, "chubby": 2.0, "old": 1.3})
    head, limb, belly = {"classic": (1.0, 1.0, 1.0), "chubby": (1.18, 0.85, 1.12), "old": (0.88, 1.25, 0.92)}[build]
    params: dict[str, Param] = {
        "style": build,
        "pose": pick(rng, {"sitting": 4.0, "standing": 1.0}),
        "height_m": rounded(rng, (0.6, 0.95)) if chance(rng, 0.07) else rounded(rng, (0.16, 0.45)),
        "head": head * rounded(rng, (0.92, 1.1)),
        "limb": limb * rounded(rng, (0.9, 1.1)),
        "belly": belly * rounded(rng, (0.9, 1.12)),
        "ear": rounded(rng, (0.8, 1.25)),
        "muzzle": rounded(rng, (0.82, 1.05)),
        "splay_rad": rounded(rng, (0.2, 0.6)),
        "left_arm_rad": rounded(rng, (0.3, 1.3)),
        "right_arm_rad": rounded(rng, (0.3, 1.3)),
        "nod_rad": rounded(rng, (-0.1, 0.25)),
        "turn_rad": rounded(rng, (-0.3, 0.3)),
        "fuzz": rounded(rng, (0.001, 0.005)),
        "fuzz_seed": int(rng.integers(0, 10_000)),
        "wears": pick(rng, {"none": 4.0, "bow": 2.6, "shirt": 1.6, "heart": 0.6, "scarf": 0.6}),
        "panda": chance(rng, 0.05),
    }
    return Sample(params=params, surfaces=_surfaces(rng, params))


def _surfaces(rng: Generator, params: Mapping[str, Param]) -> dict[str, SurfaceSpec]:
    fur = shade_of(rng, "#f2eee8" if params["panda"] else pick(rng, _FURS), value=0.15)
    pile_m = number(params, "height_m") * rounded(rng, (0.008, 0.03))
    pale: Vec3 = tuple(round(0.45 * channel + 0.38, 5) for channel in fur)  # type: ignore[assignment]
    muzzle = pale if chance(rng, 0.5) else fur
    pads = pick(rng, {"pale": 2.0, "same": 1.0, "dark": 1.0})
    pad_color = {"pale": pale, "same": fur, "dark": tuple(round(0.5 * channel, 5) for channel in fur)}[pads]
    black = shade_of(rng, "#1c1a1a")
    # Black button eyes catch the light.
    button = SurfaceSpec(kind="plain", params={"color": (0.008, 0.006, 0.005), "roughness": 0.08})
    cloth: dict[str, Param] = {
        "color": shade_of(rng, pick(rng, _CLOTHS)),
        "color_2": shade_of(rng, pick(rng, _CLOTHS)),
        "pattern": pick(rng, {"plain": 3.0, "stripes": 0.7, "checks": 0.5, "gingham": 0.4}),
        "size_m": number(params, "height_m") * rounded(rng, (0.03, 0.07)),
        "seed": surface_seed(rng),
    }
    seed = surface_seed(rng)

    def plush(color: object, *, short: float = 1.0) -> SurfaceSpec:
        values: dict[str, Param] = {"color": color, "pile_m": round(pile_m * short, 5), "seed": seed}  # type: ignore[dict-item]
        return SurfaceSpec(kind="plush", params=values)

    found = {
        "fur": plush(fur),
        "limbs": plush(black if params["panda"] else fur),
        "muzzle": plush(muzzle, short=0.6),
        "soles": plush(pad_color, short=0.5),
        "eyes": button,
        "nose": button if chance(rng, 0.6) else plush(shade_of(rng, "#2a1a14"), short=0.4),
        "cloth": SurfaceSpec(kind="fabric", params=cloth),
    }
    absent = {"cloth"} if text(params, "wears") == "none" else set()
    absent |= {"soles"} if text(params, "pose") == "standing" else set()
    return {name: spec for name, spec in found.items() if name not in absent}


def _ball(slot: str, centre: ArrayLike, radii: ArrayLike, segments: int = 16, rings: int = 9) -> Part:
    return moved(replace(ellipsoid(slot, radii, segments, rings), attributes={}), offset_m=centre)


def _limb(slot: str, start: Float, end: Float, radius: float, *, tip: float = 1.15) -> Part:
    """A stuffed sausage that ends in a thicker paw."""
    share = np.array([-0.06, 0.0, 0.12, 0.35, 0.6, 0.8, 0.93, 1.0, 1.03])
    width = radius * np.array([0.3, 0.75, 1.0, 0.95, 0.95, tip, 1.02 * tip, 0.7 * tip, 0.25])
    curve = start + share[:, None] * (end - start)
    # Limbs sag a little.
    curve[:, 2] -= 0.05 * np.sin(np.pi * np.clip(share, 0, 1))
    return replace(tube(slot, curve, width, 14, up=(1.0, 0.3, 0.2)), attributes={})


def _head(params: Mapping[str, Param]) -> tuple[list[Part], dict[str, Float]]:
    """The head about its own centre, and where its features are; units are the sitting bear's body."""
    size, ear, muzzle = (number(params, name) for name in ("head", "ear", "muzzle"))
    parts = [_ball("fur", (0, 0, 0), (0.235, 0.205, 0.205), 22, 11)]
    points: dict[str, Float] = {"nose": np.array([0.0, -0.165 - 0.095 * muzzle, 0.01])}
    snout = (0.12 * muzzle, 0.092 * muzzle, 0.092 * muzzle)
    parts += [_ball("muzzle", (0, -0.165, -0.04), snout), _ball("nose", points["nose"], (0.036, 0.022, 0.025), 12, 7)]
    parts.append(_ball("nose", (0, -0.158 - 0.09 * muzzle, -0.05), (0.006, 0.008, 0.03), 6, 4))
    for side, sign in (("left", 1.0), ("right", -1.0)):
        points[f"{side}_eye"] = np.array([sign * 0.085, -0.186, 0.065])
        points[f"{side}_ear"] = np.array([sign * 0.175, 0.01, 0.17])
        if params["panda"]:
            parts.append(_ball("limbs", (sign * 0.09, -0.168, 0.055), (0.052, 0.03, 0.06), 14, 8))
        parts.append(_ball("eyes", points[f"{side}_eye"], (0.024, 0.02, 0.026), 12, 7))
        outer = np.array([0.085, 0.045, 0.09]) * ear
        parts.append(_ball("limbs", points[f"{side}_ear"], outer, 14, 8))
        parts.append(_ball("muzzle", points[f"{side}_ear"] - (0, 0.022 * ear, 0.004), outer * (0.66, 0.7, 0.66), 12, 7))
    grown = [replace(part, vertices_m=part.vertices_m * size) for part in parts]
    return grown, {name: point * size for name, point in points.items()}


def _body(params: Mapping[str, Param]) -> tuple[list[Part], dict[str, Float], Float]:
    """Trunk and limbs, their ends, and the middle of the neck."""
    belly, limb = number(params, "belly"), number(params, "limb")
    wide = np.array([0.225 * belly, 0.19 * belly, 0.27])
    clothed = text(params, "wears") == "shirt"
    parts = [_ball("fur", (0, 0, 0.27), wide, 22, 11), _ball("fur", (0, 0.0, 0.45), (0.15, 0.135, 0.13))]
    if clothed:
        parts += [_ball("cloth", (0, 0, 0.31), (*(wide[:2] * 1.09), 0.232), 22, 11)]
        parts += [_ball("cloth", (0, 0, 0.44), (0.178, 0.162, 0.135))]
    points: dict[str, Float] = {}
    sitting = text(params, "pose") == "sitting"
    for side, sign in (("left", 1.0), ("right", -1.0)):
        raised = number(params, f"{side}_arm_rad")
        shoulder = np.array([sign * 0.15 * belly**0.5, -0.01, 0.44])
        way = np.array([sign * 0.62, -np.sin(raised) * 0.8, -np.cos(raised)])
        hand: Float = shoulder + way * (0.36 * limb / float(np.linalg.norm(way)))
        points[f"{side}_paw"] = hand
        parts.append(_limb("limbs", shoulder, hand, 0.075))
        if clothed:
            parts.append(_limb("cloth", shoulder, shoulder + 0.45 * (hand - shoulder), 0.09, tip=1.0))
        hip = np.array([sign * 0.13 * belly, -0.03, 0.1])
        splay = number(params, "splay_rad")
        aim = (
            np.array([sign * np.sin(splay), -np.cos(splay), -0.02]) if sitting else np.array([sign * 0.16, -0.06, -1.0])
        )
        aim = aim / float(np.linalg.norm(aim))
        foot: Float = hip + aim * (0.38 * limb)
        parts.append(_limb("limbs", hip, foot, 0.098, tip=1.05))
        parts += _foot(foot, aim, sitting=sitting)
        points[f"{side}_foot"] = foot
    return parts, points, np.array([0.0, -0.01, 0.535])


def _foot(end: Float, aim: Float, *, sitting: bool) -> list[Part]:
    """The upturned foot of a sitting bear shows its sole; a standing bear's points forward."""
    if not sitting:
        return [_ball("limbs", end + np.array([0.0, -0.05, 0.02]), (0.1, 0.14, 0.07), 14, 8)]
    turn = rotation_about((0, 0, 1), float(np.arctan2(aim[0], -aim[1])))
    foot = _ball("limbs", (0, 0, 0.045), (0.1, 0.06, 0.135), 14, 8)
    sole = _ball("soles", (0, -0.035, 0.05), (0.075, 0.034, 0.105), 14, 8)
    return [moved(part, rotation=turn, offset_m=end) for part in (foot, sole)]


def _worn(params: Mapping[str, Param], neck: Float) -> list[Part]:
    wears = text(params, "wears")
    turn = np.arange(24) / 24 * 2 * np.pi
    collar = np.stack([0.15 * np.cos(turn), 0.14 * np.sin(turn), np.zeros(24)], axis=1) + neck - (0, 0, 0.02)
    if wears == "scarf":
        ends = _limb(
            "cloth", neck + np.array([0.05, -0.16, -0.02]), neck + np.array([0.08, -0.2, -0.26]), 0.04, tip=1.2
        )
        return [hoop("cloth", collar, 0.045, 8), ends]
    if wears == "bow":
        front = neck + np.array([0.0, -0.175, -0.03])
        loops = [
            moved(_ball("cloth", (sign * 0.075, 0, 0), (0.08, 0.03, 0.05), 14, 8),
                  rotation=rotation_about((0, 1, 0), sign * 0.25), offset_m=front)
            for sign in (1.0, -1.0)
        ]  # fmt: skip
        return [
            hoop("cloth", collar, 0.018, 7),
            *loops,
            _ball("cloth", front - (0, 0.015, 0), (0.026, 0.026, 0.03), 10, 6),
        ]
    if wears == "heart":
        middle = np.array([0.0, -0.19 * number(params, "belly") - 0.06, 0.29])
        return [
            moved(_ball("cloth", (0, 0, 0.045), (0.07, 0.045, 0.115), 14, 8),
                  rotation=rotation_about((0, 1, 0), sign * 0.7), offset_m=middle - np.array([sign * 0.006, 0.0, 0.06]))
            for sign in (1.0, -1.0)
        ]  # fmt: skip
    return []


def _fuzzy(part: Part, amount: float, rng: Generator) -> Part:
    """Fur has no sharp outline: every point a little in or out."""
    if part.slot not in ("fur", "limbs", "muzzle", "soles"):
        return part
    middle = part.vertices_m.mean(axis=0)
    out = part.vertices_m - middle
    out /= np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-9)
    return replace(part, vertices_m=part.vertices_m + amount * rng.standard_normal((len(out), 1)) * out)


def _build(params: Mapping[str, Param]) -> Mesh:
    body, points, neck = _body(params)
    head, features = _head(params)
    turn = rotation_about((0, 0, 1), number(params, "turn_rad")) @ rotation_about((1, 0, 0), number(params, "nod_rad"))
    middle = neck + np.array([0.0, 0.0, 0.165 * number(params, "head")])
    parts = [*body, *(moved(part, rotation=turn, offset_m=middle) for part in head), *_worn(params, neck)]
    points |= {name: turn @ point + middle for name, point in features.items()}
    rng = np.random.default_rng(int(number(params, "fuzz_seed")))
    parts = [_fuzzy(part, number(params, "fuzz"), rng) for part in parts]
    z = np.concatenate([part.vertices_m[:, 2] for part in parts])
    scale = number(params, "height_m") / float(np.ptp(z))
    grown = [replace(part, vertices_m=part.vertices_m * scale) for part in parts]
    worn = {part.slot for part in parts}
    slots = tuple(name for name in _SLOTS if name in worn)
    return merge(grown, np.stack([points[name] for name in _CATEGORY.keypoints]) * scale, slots=slots)


TEDDY_BEAR = ObjectType(
    name="teddy_bear",
    category=_CATEGORY,
    sample=_sample,
    build=_build,
    rest_poses=(
        RestPose(name="upright", weight=0.82, tilt_rad=(-0.12, 0.06), tilt_axis="x"),
        RestPose(name="on_its_back", weight=0.12, tilt_rad=(-1.6, -1.3), tilt_axis="x"),
        RestPose(name="on_its_side", weight=0.06, tilt_rad=(1.3, 1.6), tilt_axis="y"),
    ),
    front_rad=FACES_MINUS_Y,
)

OBJECT_TYPES: tuple[ObjectType, ...] = (TEDDY_BEAR,)
