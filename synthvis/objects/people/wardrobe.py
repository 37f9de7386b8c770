"""What people wear, where: cuts of garments, hair, hats, shoes and bags."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from numpy.random import Generator

from synthvis.draws import chance, pick, rounded
from synthvis.objects.mesh.params import number
from synthvis.objects.people.dyes import surfaces_for
from synthvis.objects.spec import Param, SurfaceSpec

__all__ = ["CLOTHES", "draw_clothes"]

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
    "tank": _Top(sleeve=(0.0, 0.0), hem=(0.08, 0.2), ease=(0.0045, 0.007), neckline=(0.7, 1.0), drape=(0.0, 0.4),
                 collar=(1.0, 1.03)),
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
    """Bounds of what is worn below: where it ends in bones of the leg, its distance from the legs and widening."""

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
    return worn, surfaces_for(rng, body, worn, bottom, _TOPS[top].patterns or _PRINTS)


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
