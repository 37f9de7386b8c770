"""What people wear, where: cuts of garments, hair, shoes, and the surfaces of all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from synthvis.draws import chance, pick, rounded
from synthvis.objects.mesh.params import number, shade_of, surface_seed
from synthvis.objects.people.hair import BEARDS
from synthvis.objects.spec import Param, SurfaceSpec, Vec3

__all__ = ["CLOTHES", "draw_clothes", "surfaces_for"]

Range = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Top:
    """Bounds of a kind of top.

    Attributes:
        sleeve: Where sleeves end, in bones of the arm; 0: none.
        hem: Where it ends over the legs, in bones of the leg; 0: tucked in.
        ease: Distance from the body over stature.
        drape: How far it hangs straight.
        collar: Where it ends at the neck, from the hips (0) to the shoulders (1).
        neckline: How far it falls off ahead of the neck.
        folds: Depth of its folds over stature.
        flare: Widening of hem and sleeves over stature.
        patterns: Prints, weighted.
    """

    sleeve: Range
    hem: Range
    ease: Range
    drape: Range = (0.15, 0.6)
    collar: Range = (1.04, 1.07)
    neckline: Range = (0.5, 0.8)
    folds: Range = (0.0015, 0.003)
    flare: Range = (0.0, 0.008)
    patterns: Mapping[str, float] | None = None


_PRINTS = {
    "plain": 5.0,
    "logo": 1.6,
    "stripes": 1.0,
    "hoops": 1.2,
    "checks": 0.4,
    "plaid": 0.5,
    "flowers": 0.3,
    "blocks": 0.5,
}
_TOPS: Mapping[str, _Top] = {
    "t_shirt": _Top(sleeve=(0.4, 0.75), hem=(0.1, 0.24), ease=(0.0045, 0.009), flare=(0.004, 0.014)),
    "tank": _Top(sleeve=(0.0, 0.0), hem=(0.08, 0.2), ease=(0.0045, 0.007), neckline=(0.7, 1.0), drape=(0.0, 0.4), collar=(1.0, 1.03)),
    "shirt": _Top(sleeve=(1.2, 1.97), hem=(0.0, 0.2), ease=(0.0055, 0.009), collar=(1.1, 1.14), neckline=(0.25, 0.4),
                  patterns={"plain": 4.0, "stripes": 2.0, "checks": 1.0, "plaid": 2.0}),
    "sweater": _Top(sleeve=(1.8, 1.98), hem=(0.08, 0.2), ease=(0.007, 0.011), collar=(1.07, 1.12), neckline=(0.3, 0.45),
                    folds=(0.002, 0.004)),
    "jacket": _Top(sleeve=(1.88, 1.98), hem=(0.1, 0.28), ease=(0.009, 0.014), collar=(1.12, 1.2), neckline=(0.3, 0.5),
                   folds=(0.0025, 0.0045), patterns={"plain": 5.0, "opened": 3.0, "blocks": 1.0}),
    "coat": _Top(sleeve=(1.9, 1.98), hem=(0.5, 1.1), ease=(0.010, 0.015), collar=(1.12, 1.22), neckline=(0.3, 0.5),
                 folds=(0.0025, 0.004), flare=(0.0, 0.02), patterns={"plain": 4.0, "opened": 3.0, "plaid": 0.5}),
    "vest": _Top(sleeve=(0.0, 0.12), hem=(0.12, 0.25), ease=(0.009, 0.014), patterns={"safety": 1.0}),
    "dress": _Top(sleeve=(0.0, 0.6), hem=(0.65, 1.6), ease=(0.004, 0.008), drape=(0.0, 0.2), neckline=(0.6, 0.9),
                  flare=(0.01, 0.05), patterns={"plain": 3.0, "flowers": 2.5, "dots": 1.0, "stripes": 0.6}),
    "swimsuit": _Top(sleeve=(0.0, 0.0), hem=(0.02, 0.05), ease=(0.002, 0.003), drape=(0.0, 0.0), folds=(0.0, 0.0003),
                     neckline=(0.8, 1.1)),
    "none": _Top(sleeve=(0.0, 0.0), hem=(0.0, 0.0), ease=(0.0, 0.0), folds=(0.0, 0.001)),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bottom:
    """Bounds of a kind of what is worn below: where it ends in bones of the leg, its distance from the legs and widening."""

    outfit: str
    end: Range
    ease: Range
    flare: Range = (0.0, 0.0)


_BOTTOMS: Mapping[str, _Bottom] = {
    "jeans": _Bottom(outfit="trousers", end=(1.9, 1.97), ease=(0.004, 0.007), flare=(0.0, 0.005)),
    "trousers": _Bottom(outfit="trousers", end=(1.9, 1.98), ease=(0.007, 0.012), flare=(0.0, 0.01)),
    "shorts": _Bottom(outfit="trousers", end=(0.45, 1.1), ease=(0.007, 0.012), flare=(0.003, 0.014)),
    "tights": _Bottom(outfit="tights", end=(1.7, 1.97), ease=(0.0015, 0.002)),
    "skirt": _Bottom(outfit="skirt", end=(0.5, 1.6), ease=(0.005, 0.008), flare=(0.0, 0.045)),
    "briefs": _Bottom(outfit="tights", end=(0.12, 0.3), ease=(0.002, 0.003)),
    "none": _Bottom(outfit="none", end=(0.05, 0.05), ease=(0.0, 0.0)),
}

CLOTHES: Mapping[str, tuple[Mapping[str, float], Mapping[str, float]]] = {
    "street": (
        {
            "t_shirt": 3.0,
            "shirt": 1.6,
            "sweater": 2.0,
            "jacket": 2.2,
            "coat": 1.0,
            "tank": 0.4,
            "vest": 0.25,
            "dress": 0.0,
        },
        {"jeans": 4.0, "trousers": 2.5, "shorts": 1.4, "tights": 0.2, "skirt": 0.0},
    ),
    "winter": ({"jacket": 3.0, "coat": 2.5, "sweater": 0.6}, {"jeans": 3.0, "trousers": 2.0}),
    "summer": (
        {"t_shirt": 4.0, "tank": 1.2, "shirt": 0.7},
        {"shorts": 3.0, "jeans": 1.0, "trousers": 0.6, "skirt": 0.0},
    ),
    "sport": ({"t_shirt": 4.0, "tank": 1.5, "jacket": 0.4}, {"shorts": 4.0, "tights": 1.0, "trousers": 0.6}),
    "work": ({"vest": 3.0, "jacket": 1.0}, {"trousers": 3.0, "jeans": 1.0}),
    "swim": ({"none": 3.0, "t_shirt": 1.0, "tank": 0.6}, {"shorts": 3.0, "briefs": 1.0}),
    "wetsuit": ({"wetsuit": 1.0}, {"tights": 1.0}),
}
"""Tops and what is worn below, weighted, by occasion."""
_HERS = {
    "street": ({"dress": 2.2, "tank": 0.6}, {"skirt": 1.8, "tights": 1.6}),
    "winter": ({"coat": 1.0}, {"tights": 1.5, "skirt": 0.5}),
    "summer": ({"dress": 3.0, "tank": 1.0}, {"skirt": 2.0}),
    "swim": ({"swimsuit": 9.0, "none": -3.0, "dress": 0.6}, {"briefs": 2.0}),
}

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
_CLOTHS = {"#f0efec": 2.2, "#16171a": 2.6, "#22283a": 1.8, "#2f4a78": 1.2, "#6c7076": 1.4, "#a0a3a6": 1.0, "#8a1f24": 0.9, "#c8322c": 0.9,
           "#34523a": 0.8, "#2f7d4f": 0.5, "#c9b48c": 0.9, "#5c4632": 0.7, "#e0a83a": 0.6, "#d97a9a": 0.6, "#6a4a86": 0.5, "#3aa0b8": 0.6,
           "#e8d8c4": 0.8, "#e86a24": 0.4}  # fmt: skip
_BELOW = {"#1b1c20": 3.0, "#2a3044": 2.0, "#3c4250": 1.4, "#6a5f50": 1.0, "#b8a888": 1.0, "#8a8c8e": 0.8, "#e6e4de": 0.5, "#4a3a2c": 0.7,
          "#3c4a34": 0.6}  # fmt: skip
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


def draw_clothes(
    rng: Generator, body: Mapping[str, Param], clothes: str
) -> tuple[dict[str, Param], dict[str, SurfaceSpec]]:
    """What a body wears, its hair, and a surface for each slot of its mesh.

    Args:
        rng: Source of the draws.
        body: As `draw_body` gives it.
        clothes: One of `CLOTHES`.

    Raises:
        KeyError: No such clothes.
    """
    tops, bottoms = CLOTHES[clothes]
    own_tops, own_bottoms = _HERS.get(clothes, ({}, {})) if body["sex"] == "female" else ({}, {})
    if clothes == "wetsuit":
        top, bottom = "sweater", "tights"
    else:
        top, bottom = pick(rng, _added(tops, own_tops)), pick(rng, _added(bottoms, own_bottoms))
    if top == "none" and body["sex"] == "female":
        top = "swimsuit"
    if top in ("dress", "swimsuit"):
        bottom = "none" if top == "dress" or chance(rng, 0.8) else "shorts"
    worn = {**_garments(rng, top, bottom, tight=clothes == "wetsuit"), **_head(rng, body, clothes)}
    worn |= {"bag": "none", "shoe": pick(rng, {"sneakers": 4.0, "leather": 1.5, "boots": 0.8})}
    if clothes in ("swim", "wetsuit"):
        worn["shoe"] = "bare"
    elif clothes not in ("sport", "work") and top != "none":
        worn["bag"] = pick(rng, {"none": 7.0, "rucksack": 1.3, "shoulder_bag": 1.0, "handbag": 0.6})
    return worn, surfaces_for(rng, body, worn, bottom)


def _added(weights: Mapping[str, float], more: Mapping[str, float]) -> dict[str, float]:
    names = dict.fromkeys((*weights, *more))
    return {name: max(weights.get(name, 0.0) + more.get(name, 0.0), 0.0) for name in names}


def _garments(rng: Generator, top: str, bottom: str, *, tight: bool) -> dict[str, Param]:
    cut, below = _TOPS[top], _BOTTOMS[bottom]
    flare = rounded(rng, cut.flare)
    params: dict[str, Param] = {
        "top": top,
        "outfit": below.outfit,
        "sleeve": rounded(rng, cut.sleeve),
        "sleeve_flare": round(0.6 * flare, 5) if cut.sleeve[1] < 1 else 0.0,
        "hem": rounded(rng, cut.hem),
        "hem_flare": flare,
        "ease": rounded(rng, cut.ease),
        "drape": rounded(rng, cut.drape),
        "collar": rounded(rng, cut.collar),
        "neckline": rounded(rng, cut.neckline),
        "folds": rounded(rng, cut.folds),
        "leg_end": rounded(rng, below.end),
        "leg_ease": rounded(rng, below.ease),
        "leg_flare": rounded(rng, below.flare),
        "cloth_seed": int(rng.integers(0, 10_000)),
        "curl_rad": rounded(rng, (0.15, 0.6)),
    }
    if top == "shirt" and chance(rng, 0.5):
        params["hem"] = 0.0
    if tight:
        params |= {"ease": 0.003, "drape": 0.0, "hem": 0.02, "hem_flare": 0.0, "folds": 0.0006, "leg_ease": 0.0025}
    return params


def _head(rng: Generator, body: Mapping[str, Param], clothes: str) -> dict[str, Param]:
    male, years = body["sex"] == "male", number(body, "age_years")
    if male:
        hair = {"crop": 1.5, "short": 4.0, "quiff": 1.2, "messy": 1.2, "curly": 0.7, "afro": 0.25, "long": 0.2}
        if years > 30:
            hair |= {"bald": 0.02 * (years - 25), "balding": 0.04 * (years - 28)}
    else:
        hair = {
            "long": 3.0,
            "very_long": 1.2,
            "bob": 2.0,
            "ponytail": 2.0,
            "bun": 1.3,
            "short": 0.8,
            "curly": 0.9,
            "afro": 0.3,
        }
    hats = {"none": 8.0, "cap": 1.0, "beanie": 0.4, "hood": 0.3}
    hats |= {"winter": {"beanie": 3.0, "hood": 1.5, "none": 4.0}, "work": {"helmet": 4.0, "none": 2.0}}.get(clothes, {})
    if clothes in ("summer", "swim"):
        hats |= {"sun_hat": 1.2, "cap": 1.6, "beanie": 0.0, "hood": 0.0}
    if not male:
        hats |= {"scarf": 0.3}
    beards = (
        {"none": 5.0, "stubble": 2.0, "short": 1.4, "full": 0.8, "long": 0.15} if male and years > 19 else {"none": 1.0}
    )
    return {
        "hair": pick(rng, hair),
        "hair_seed": int(rng.integers(0, 10_000)),
        "recede": rounded(rng, (-0.2, 0.3 + 0.012 * max(years - 30, 0.0) * male)),
        "beard": pick(rng, beards),
        "hat": pick(rng, hats),
        "glasses": pick(rng, {"none": 7.0, "clear": 1.2 + 0.02 * years, "dark": 1.0 if clothes != "winter" else 0.2}),
        "face_seed": int(rng.integers(0, 10_000)),
    }


def surfaces_for(
    rng: Generator, body: Mapping[str, Param], worn: Mapping[str, Param], bottom: str
) -> dict[str, SurfaceSpec]:
    """A surface for each slot of somebody's mesh.

    Args:
        rng: Source of the draws.
        body: As `draw_body` gives it.
        worn: As `draw_clothes` gives it.
        bottom: What is worn below, such as "jeans".
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
        "glasses": SurfaceSpec(kind="plastic", params={"color": shade_of(rng, pick(rng, ("#141414", "#3a2416", "#8a8a8e"))), "roughness": 0.2}),
        "lenses": SurfaceSpec(kind="plastic", params={"color": (0.01, 0.01, 0.012), "roughness": 0.05, "grain": 0.0}),
        "top": _top(rng, worn),
        "trousers": _below(rng, bottom),
        "shoes": SurfaceSpec(kind="plastic", params={"color": shade_of(rng, pick(rng, _SHOES)), "roughness": 0.3 if worn["shoe"] == "leather" else 0.6}),
        "soles": SurfaceSpec(kind="plain", params={"color": shade_of(rng, pick(rng, ("#e8e6e0", "#1a1a1a", "#6a5a48"))), "roughness": 0.8}),
        "bag": SurfaceSpec(kind="worn_cloth", params={"color": shade_of(rng, pick(rng, _CLOTHS)), "roughness": 0.6, "weave": 0.6}),
    }  # fmt: skip
    return {slot: found[slot] for slot in _slots(worn)}


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
        params: dict[str, Param] = {
            "color": shade_of(rng, pick(rng, ("#f2c414", "#f0f0ee", "#e2641c", "#2a5aa8"))),
            "roughness": 0.3,
            "grain": 0.0,
        }
        return SurfaceSpec(kind="plastic", params=params)
    color = shade_of(rng, pick(rng, {"#e2d2a4": 1.0, "#c8b078": 1.0} if worn["hat"] == "sun_hat" else _CLOTHS))
    return SurfaceSpec(kind="worn_cloth", params={"color": color, "weave": 1.0, "roughness": 0.9, "head": True})


def _top(rng: Generator, worn: Mapping[str, Param]) -> SurfaceSpec:
    cut = _TOPS[str(worn["top"])]
    params: dict[str, Param] = {
        "color": shade_of(rng, pick(rng, _CLOTHS)),
        "color_2": shade_of(rng, pick(rng, _CLOTHS)),
        "color_3": shade_of(rng, pick(rng, _CLOTHS)),
        "pattern": pick(rng, cut.patterns or _PRINTS),
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
