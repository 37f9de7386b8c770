"""What carries signs and signals: posts, arms and plates of their own, which no label counts as part of them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.random import Generator

from synthvis.draws import chance, pick, rounded
from synthvis.objects.clutter import distractor
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import Part, box, cylinder, merge, moved
from synthvis.objects.mesh.params import linear_rgb, number, shade_of, surface_seed, text
from synthvis.objects.mesh.plates import facing, frusta, limb, prism, rounded_rectangle
from synthvis.objects.object_type import Attachment, ObjectType, Sample
from synthvis.objects.spec import Param, SurfaceSpec

__all__ = [
    "OBJECT_TYPES",
    "SIGNAL_POLE",
    "SIGN_POST",
    "carried_by",
    "sample_sign_post",
    "sample_signal_pole",
]

# Posts of signs


def sample_sign_post(rng: Generator, *, back_m: float, low_m: float, top_m: float) -> Sample:
    """A post behind a sign.

    Args:
        rng: Source of the draw.
        back_m: How far behind the origin its front is.
        low_m: Height of the sign's lower edge above the ground.
        top_m: Height of the sign's upper edge.
    """
    style = pick(rng, {"pipe": 3.0, "channel": 3.0, "square": 2.5, "wood": 1.0})
    params: dict[str, Param] = {
        "style": style,
        "height_m": top_m + rounded(rng, (-0.12, 0.12)),
        "back_m": back_m,
        "plaque_z_m": low_m - rounded(rng, (0.1, 0.14)) if chance(rng, 0.2) else 0.0,
        "street_names": chance(rng, 0.15),
    }
    if params["street_names"]:
        params["height_m"] = top_m + 0.2
    color = pick(rng, {"#9a9c9e": 5.0, "#3e5a40": 2.0, "#7a7066": 1.0, "#2a2a2a": 0.7})
    post = SurfaceSpec(kind="metal", params={"color": shade_of(rng, color), "roughness": 0.5, "wear": 0.6})
    if style == "wood":
        wood: dict[str, Param] = {"color": shade_of(rng, "#8a7458", value=0.3), "dark_color": shade_of(rng, "#4e3c28")}
        post = SurfaceSpec(kind="wood", params={**wood, "seed": surface_seed(rng)})
    found = {"post": post}
    if number(params, "plaque_z_m"):
        color = pick(rng, {"#a81c1c": 3.0, "#ecebe6": 1.5, "#e8b41c": 0.7})
        found["plaque"] = SurfaceSpec(kind="sheeting", params={"color": shade_of(rng, color), "roughness": 0.4})
        found["print"] = SurfaceSpec(
            kind="plain", params={"color": linear_rgb("#e8e8e4" if color == "#a81c1c" else "#202020")}
        )
    if params["street_names"]:
        color = pick(rng, {"#1c6a3c": 4.0, "#1c3f7a": 1.5, "#e8e8e4": 0.5})
        found["blade"] = SurfaceSpec(kind="sheeting", params={"color": shade_of(rng, color), "roughness": 0.4})
        found["name"] = SurfaceSpec(
            kind="plain", params={"color": linear_rgb("#eceae4" if color != "#e8e8e4" else "#202020")}
        )
    return Sample(params=params, surfaces=found)


def _letters(slot: str, width_m: float, height_m: float) -> Part:
    """Blocks that from afar look like a line of writing, drawn to face the viewer."""
    count = 6
    x = (np.arange(count) - count / 2) * width_m / count
    low = np.stack([x, np.full(count, -height_m / 2)], axis=1)
    wide = width_m / count * np.array([0.7, 0.5, 0.75, 0.65, 0.4, 0.7])
    return frusta(slot, low, low + np.stack([wide, np.full(count, height_m)], axis=1), 0.003, 0.0)


def _build_sign_post(params: Mapping[str, Param]) -> Mesh:
    style, h, back_m = text(params, "style"), number(params, "height_m"), number(params, "back_m")
    half_m = {"pipe": 0.03, "channel": 0.03, "square": 0.025, "wood": 0.045}[style]
    y = back_m + half_m
    if style == "pipe":
        parts = [moved(cylinder("post", 0.03, h, 14, bevel_m=0.003), offset_m=(0, y, 0))]
    elif style == "channel":
        parts = [moved(box("post", size), offset_m=(x, y + dy, 0)) for size, x, dy in (
            ((0.04, 0.005, h), 0.0, -half_m), ((0.005, 0.03, h), -0.02, -0.013), ((0.005, 0.03, h), 0.02, -0.013),
            ((0.02, 0.005, h), -0.03, 0.002), ((0.02, 0.005, h), 0.03, 0.002))]  # fmt: skip
    else:
        parts = [moved(box("post", (2 * half_m, 2 * half_m, h)), offset_m=(0, y, 0))]
    if number(params, "plaque_z_m"):
        plate = prism("plaque", rounded_rectangle(0.2, 0.08, 0.012), 0.0, 0.003)
        place = (0, back_m, number(params, "plaque_z_m"))
        parts += [facing(plate, place), facing(_letters("print", 0.3, 0.07), (0, back_m - 0.003, place[2]))]
    if params["street_names"]:
        parts += [moved(box("blade", (0.75, 0.006, 0.16)), offset_m=(0, y, h)),
                  moved(box("blade", (0.006, 0.65, 0.16)), offset_m=(0, y, h + 0.17)),
                  facing(_letters("name", 0.55, 0.08), (0, y - 0.003, h + 0.08))]  # fmt: skip
    return merge(parts)


# Posts and arms of signals


def sample_signal_pole(rng: Generator, *, mount: str, low_m: float, height_m: float, back_m: float) -> Sample:
    """What holds a signal's head.

    Args:
        rng: Source of the draw.
        mount: "top" of a post, "side" of a post, "arm" over the road, or "hanging" from one.
        low_m: Height of the head's lower edge above the ground.
        height_m: Height of the head.
        back_m: Depth of the head.
    """
    params: dict[str, Param] = {
        "mount": mount,
        "low_m": low_m,
        "head_m": height_m,
        "back_m": back_m,
        "radius_m": rounded(rng, (0.05, 0.075)) if mount in ("top", "side") else rounded(rng, (0.08, 0.12)),
        "reach_m": rounded(rng, (0.8, 2.5)) * (1.0 if chance(rng, 0.5) else -1.0),
    }
    color = pick(rng, {"#8e9092": 4.0, "#2a2c2e": 2.0, "#2f4a3a": 1.2, "#c8a020": 0.8, "#d8d8d4": 0.5})
    paint: dict[str, Param] = {"color": shade_of(rng, color), "roughness": 0.5, "dirt": rounded(rng, (0.0, 0.6)),
                               "seed": surface_seed(rng)}  # fmt: skip
    return Sample(params=params, surfaces={"post": SurfaceSpec(kind="sheeting", params=paint)})


def _build_signal_pole(params: Mapping[str, Param]) -> Mesh:
    mount, low, head, r = text(params, "mount"), *(number(params, k) for k in ("low_m", "head_m", "radius_m"))
    back, reach = number(params, "back_m"), number(params, "reach_m")
    foot = cylinder("post", 2.2 * r, 0.06, 20, bevel_m=0.006)
    if mount == "top":
        return merge([limb("post", (0, 0.5 * back, 0), (0, 0.5 * back, low + 0.01), r, 16),
                      moved(foot, offset_m=(0, 0.5 * back, 0))])  # fmt: skip
    if mount == "side":
        y = back + r + 0.09
        parts = [limb("post", (0, y, 0), (0, y, low + head + 0.25), r, 16), moved(foot, offset_m=(0, y, 0))]
        return merge(
            [
                *parts,
                *(limb("post", (0, y, low + k * head), (0, 0.8 * back, low + k * head), 0.025) for k in (0.15, 0.85)),
            ]
        )
    if mount == "arm":
        y, z = back + 0.08, low + 0.55 * head
        post = limb("post", (reach, y, 0), (reach, y, z + 0.6), r, 16)
        arm = limb("post", (reach, y, z), (-0.35 * np.sign(reach), y, z), 0.6 * r, 14)
        return merge(
            [post, arm, limb("post", (0, y, z), (0, 0.9 * back, z), 0.03), moved(foot, offset_m=(reach, y, 0))]
        )
    y, top = 0.5 * back, low + head
    drop = limb("post", (0, y, top - 0.01), (0, y, top + 0.4), 0.022)
    arm = limb("post", (reach, y, top + 0.3), (-0.3 * np.sign(reach), y, top + 0.42), 0.5 * r, 14)
    post = limb("post", (reach, y, 0), (reach, y, top + 0.55), r, 16)
    return merge([drop, arm, post, moved(foot, offset_m=(reach, y, 0))])


SIGN_POST = distractor(
    "sign_post", lambda rng: sample_sign_post(rng, back_m=0.0, low_m=1.8, top_m=2.5), _build_sign_post
)
SIGNAL_POLE = distractor(
    "signal_pole",
    lambda rng: sample_signal_pole(rng, mount="side", low_m=2.2, height_m=0.9, back_m=0.2),
    _build_signal_pole,
)
OBJECT_TYPES: tuple[ObjectType, ...] = (SIGN_POST, SIGNAL_POLE)
"""Posts by themselves; they also ride on stop signs and traffic lights."""


def carried_by(kind: ObjectType, sample: Sample, low_m: float) -> Attachment:
    """The post as a part of an object whose lowest point is `low_m` above the ground."""
    down = ((1.0, 0.0, 0.0, 0.0), (0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 1.0, -low_m), (0.0, 0.0, 0.0, 1.0))
    return Attachment(kind=kind.name, params=sample.params, surfaces=sample.surfaces, object_from_part=down)
