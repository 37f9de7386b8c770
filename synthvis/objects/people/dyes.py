"""Colours and surfaces of people: skin, hair, cloth, shoes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.random import Generator

from synthvis.draws import chance, pick, rounded
from synthvis.objects.mesh.params import number, shade_of, surface_seed
from synthvis.objects.object_type import Sample
from synthvis.objects.people.hair import BEARDS
from synthvis.objects.spec import Param, SurfaceSpec, Vec3

__all__ = ["in_other_colours", "surfaces_for"]

_SKINS = {
    "#f1cdb4": 2.0,
    "#e8b894": 3.0,
    "#d9a27a": 2.5,
    "#c08a62": 2.0,
    "#9a6a46": 1.6,
    "#75492e": 1.4,
    "#543422": 1.2,
    "#3c261a": 0.8,
}
"""From light to dark."""
_HAIRS = {
    "#14100e": 4.0,
    "#2c1c12": 3.0,
    "#4a2e1a": 2.5,
    "#6e4a2a": 1.5,
    "#a8804e": 1.2,
    "#d0b078": 0.8,
    "#7a3416": 0.5,
}
_GREYS = {"#6a6866": 1.0, "#a8a6a2": 1.5, "#d8d6d0": 1.2}
_CLOTHS = {"#f0efec": 2.2, "#16171a": 2.6, "#22283a": 1.8, "#2f4a78": 1.2, "#6c7076": 1.4, "#a0a3a6": 1.0,
           "#8a1f24": 0.9, "#c8322c": 0.9, "#34523a": 0.8, "#2f7d4f": 0.5, "#c9b48c": 0.9, "#5c4632": 0.7,
           "#e0a83a": 0.6, "#d97a9a": 0.6, "#6a4a86": 0.5, "#3aa0b8": 0.6, "#e8d8c4": 0.8, "#e86a24": 0.4}  # fmt: skip
_BELOW = {"#1b1c20": 3.0, "#2a3044": 2.0, "#3c4250": 1.4, "#6a5f50": 1.0, "#b8a888": 1.0, "#8a8c8e": 0.8,
          "#e6e4de": 0.5, "#4a3a2c": 0.7, "#3c4a34": 0.6}  # fmt: skip
_DENIM = {"#2c4468": 3.0, "#1e2e4a": 2.5, "#5f82ac": 2.0, "#92aac6": 0.8, "#1a1c22": 1.5}
_SHOES = {
    "#17171a": 3.0,
    "#ecebe6": 2.5,
    "#5a3a24": 1.4,
    "#8a8c90": 1.0,
    "#2b3a62": 0.8,
    "#a83232": 0.5,
    "#3aa070": 0.3,
    "#e0c860": 0.2,
}
_RIMS = {"#141414": 2.0, "#3a2416": 1.0, "#8a8a8e": 1.0}
_SOLES = {"#e8e6e0": 1.0, "#1a1a1a": 1.0, "#6a5a48": 1.0}
_HELMETS = {"#f2c414": 2.0, "#f0f0ee": 1.5, "#e2641c": 1.0, "#2a5aa8": 1.0}
_STRAWS = {"#e2d2a4": 1.0, "#c8b078": 1.0}


def surfaces_for(
    rng: Generator,
    body: Mapping[str, Param],
    worn: Mapping[str, Param],
    bottom: str,
    prints: Mapping[str, float],
) -> dict[str, SurfaceSpec]:
    """A surface for each slot of somebody's mesh.

    Args:
        rng: Source of the draws.
        body: As `draw_body` gives it.
        worn: As `draw_clothes` gives it.
        bottom: What is worn below, such as "jeans".
        prints: Those of what is worn above, weighted.
    """
    years = number(body, "age_years")
    skin = shade_of(rng, pick(rng, _SKINS), value=0.1, hue=0.04)
    dark = float(np.mean(skin)) < 0.22
    grey = chance(rng, min(max((years - 40) / 35, 0.0), 0.92))
    hair = shade_of(rng, pick(rng, _GREYS if grey else _darkest(_HAIRS) if dark else _HAIRS), value=0.2)
    flesh: dict[str, Param] = {"color": skin, "seed": surface_seed(rng)}
    found = {
        "skin": SurfaceSpec(kind="skin", params=flesh),
        "face": SurfaceSpec(kind="face", params={**flesh, **_face_paint(rng, body, worn, skin, hair)}),
        "hair": SurfaceSpec(kind="hair", params={"color": hair, "seed": surface_seed(rng)}),
        "beard": SurfaceSpec(kind="hair", params={"color": hair, "seed": surface_seed(rng), "curl": 1.0}),
        "hat": _hat(rng, worn),
        "glasses": _one_colour(rng, "plastic", _RIMS, 0.2),
        "lenses": SurfaceSpec(kind="plastic", params={"color": (0.01, 0.01, 0.012), "roughness": 0.05, "grain": 0.0}),
        "top": _top(rng, worn, prints),
        "trousers": _below(rng, bottom),
        "shoes": _one_colour(rng, "plastic", _SHOES, 0.3 if worn["shoe"] == "leather" else 0.6),
        "soles": _one_colour(rng, "plain", _SOLES, 0.8),
        "bag": _one_colour(rng, "worn_cloth", _CLOTHS, 0.6),
    }
    return {slot: found[slot] for slot in _slots(worn)}


def in_other_colours(rng: Generator, sample: Sample) -> Sample:
    """Somebody of the same shape in clothes of other colours: the mesh is the same, and not built again.

    Args:
        rng: Source of the draws.
        sample: Of a person.
    """
    dyes = {"top": _CLOTHS, "trousers": _BELOW, "shoes": _SHOES, "bag": _CLOTHS, "hat": _CLOTHS}
    changed = {}
    for slot, surface in sample.surfaces.items():
        params = dict(surface.params)
        if slot in dyes and params.get("pattern") not in ("denim", "safety"):
            params["color"] = shade_of(rng, pick(rng, dyes[slot]))
        changed[slot] = replace(surface, params=params)
    return replace(sample, surfaces=changed)


def _one_colour(rng: Generator, kind: str, colours: Mapping[str, float], roughness: float) -> SurfaceSpec:
    return SurfaceSpec(kind=kind, params={"color": shade_of(rng, pick(rng, colours)), "roughness": roughness})


def _slots(worn: Mapping[str, Param]) -> list[str]:
    """The slots of somebody's mesh."""
    slots = ["face", "skin"]
    if worn["hair"] != "bald" and worn["hat"] != "scarf":
        slots.append("hair")
    slots += ["beard"] if BEARDS[str(worn["beard"])] > 0 else []
    slots += ["hat"] if worn["hat"] != "none" else []
    slots += ["glasses"] if worn["glasses"] != "none" else []
    slots += ["lenses"] if worn["glasses"] == "dark" else []
    slots += ["top"] if worn["top"] != "none" else []
    slots += ["trousers"] if worn["outfit"] != "none" else []
    slots += ["shoes", "soles"] if worn["shoe"] != "bare" else []
    return [*slots, "bag"] if worn["bag"] != "none" else slots


def _darkest(weights: Mapping[str, float]) -> dict[str, float]:
    return dict(list(weights.items())[:2])


def _face_paint(
    rng: Generator, body: Mapping[str, Param], worn: Mapping[str, Param], skin: Vec3, hair: Vec3
) -> dict[str, Param]:
    years, female = number(body, "age_years"), body["sex"] == "female"
    painted = female and years > 15 and chance(rng, 0.35)
    lips = tuple(float(np.clip(c * f, 0, 1)) for c, f in zip(skin, (0.88, 0.5, 0.5), strict=True))
    if painted:
        lips = shade_of(rng, pick(rng, ("#b02a38", "#c2566a", "#8a2a3a")))
    iris = pick(
        rng,
        {"#3a2414": 5.0, "#2a1a10": 3.0, "#5a6a3a": 1.0, "#4a7090": 1.2}
        if float(np.mean(skin)) > 0.3
        else {"#24140c": 1.0},
    )
    brows = tuple(0.6 * channel for channel in hair)
    return {
        "lips": lips,
        "iris": shade_of(rng, iris),
        "brows": brows,
        "brow_width": 0.8 if female else 1.2,
        "small": round(1 - 0.16 * float(np.clip((17.0 - years) / 15.0, 0.0, 1.0)), 4),
        "lashes": 1.0 if painted else 0.5 if female else 0.25,
        "stubble": rounded(rng, (0.3, 0.8)) if worn["beard"] in ("stubble", "short", "full", "long") else 0.0,
        "wrinkles": round(float(np.clip((years - 35) / 45, 0.0, 1.0)), 3),
    }


def _hat(rng: Generator, worn: Mapping[str, Param]) -> SurfaceSpec:
    if worn["hat"] == "helmet":
        return _one_colour(rng, "plastic", _HELMETS, 0.3)
    color = shade_of(rng, pick(rng, _STRAWS if worn["hat"] == "sun_hat" else _CLOTHS))
    return SurfaceSpec(kind="worn_cloth", params={"color": color, "weave": 1.0, "roughness": 0.9, "head": True})


def _top(rng: Generator, worn: Mapping[str, Param], prints: Mapping[str, float]) -> SurfaceSpec:
    params: dict[str, Param] = {
        "color": shade_of(rng, pick(rng, _CLOTHS)),
        "color_2": shade_of(rng, pick(rng, _CLOTHS)),
        "color_3": shade_of(rng, pick(rng, _CLOTHS)),
        "pattern": pick(rng, prints),
        "size_m": rounded(rng, (0.012, 0.06)),
        "weave": 1.2 if worn["top"] == "sweater" else 0.4,
        "roughness": 0.55 if worn["top"] == "jacket" and chance(rng, 0.5) else 0.9,
        "seed": surface_seed(rng),
    }
    if params["pattern"] == "safety":
        params |= {"color": shade_of(rng, pick(rng, ("#d8f01e", "#f5701e"))), "color_2": (0.6, 0.6, 0.6)}
    return SurfaceSpec(kind="worn_cloth", params=params)


def _below(rng: Generator, bottom: str) -> SurfaceSpec:
    denim = bottom == "jeans"
    params: dict[str, Param] = {
        "color": shade_of(rng, pick(rng, _DENIM if denim else _CLOTHS if bottom in ("skirt", "briefs") else _BELOW)),
        "color_2": shade_of(rng, pick(rng, _CLOTHS)),
        "color_3": shade_of(rng, pick(rng, _CLOTHS)),
        "pattern": "denim" if denim else pick(rng, {"plain": 8.0, "side_stripe": 0.8, "plaid": 0.4}),
        "size_m": rounded(rng, (0.015, 0.05)),
        "weave": 0.6,
        "roughness": 0.9,
        "seed": surface_seed(rng),
    }
    if bottom == "skirt":
        params["pattern"] = pick(rng, {"plain": 5.0, "plaid": 1.0, "flowers": 1.0, "dots": 0.6})
    return SurfaceSpec(kind="worn_cloth", params=params)
