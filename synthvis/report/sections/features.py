"""How far the features of renders and photographs lie apart."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from synthvis.report.material import Material, SetGap
from synthvis.report.page import Part, Section
from synthvis.report.pictures import image_uri
from synthvis.report.sections.comparing import gap_missing

__all__ = ["features_part"]

Facts = Mapping[str, Any]

DISTANCES = {
    "frechet": ("Frechet distance", 1.0, 1),
    "kid": ("KID × 1000", 1000.0, 1),
    "mmd_rbf": ("MMD² (RBF) × 1000", 1000.0, 1),
    "proxy_a": ("proxy A-distance, 0 to 2", 1.0, 2),
}
"""Title, factor and decimals of each."""
WORST_CLASSES = 10
SHEET_PX = 640
MAPS = (("embedding_images_pca.svg", "images"), ("embedding_crops_pca.svg", "objects"))


def features_part(material: Material) -> Part:
    """A section for each comparison that has features."""
    several = len(material.gaps) > 1
    with_features = [one for one in material.gaps if one.content["features"]]
    sections = tuple(_section(one, several, embed_real=material.embed_real) for one in with_features)
    holes = [
        gap_missing(material, f"Feature distances to {one.content['real']['set']}", "the comparison left them out")
        for one in material.gaps
        if not one.content["features"]
    ]
    return Part(sections=sections, holes=tuple(holes))


def _section(found: SetGap, is_one_of_several: bool, *, embed_real: bool) -> Section:
    features = found.content["features"]
    of = f": {found.content['real']['set']}" if is_one_of_several else ""
    facts = {
        "features": features,
        "lead": _lead(features),
        "rows": list(_rows(features)),
        "manifold": list(_manifold(features)),
        "class_rows": list(_classes(features)),
        "maps": list(_maps(found.folder)),
        "sheet": image_uri(found.folder / "missing.jpg", SHEET_PX) if embed_real else None,
        "has_sheets": (found.folder / "missing.jpg").is_file(),
    }
    return Section(name="features", title=f"How far their features are apart{of}", facts=facts, short="features")


def _lead(features: Facts) -> str:
    said = []
    proxy = features["crops"]["distances"].get("proxy_a") or features["images"]["distances"].get("proxy_a")
    if proxy and proxy["value"] is not None:
        wrong = (2 - proxy["value"]) / 4
        said.append(f"A linear classifier on these features mistakes {100 * wrong:.0f}% of renders and photographs")
    share = (features["neighbours"] or {}).get("far_real_share")
    if share is not None:
        said.append(
            f"{100 * share:.0f}% of the real objects are farther from every render of their class than real objects "
            "usually are from each other; 5% would be chance"
        )
    return ". ".join(said) + "." if said else ""


def _rows(features: Facts) -> Iterator[Facts]:
    for name, (title, factor, digits) in DISTANCES.items():
        cells = [_cell(features[part]["distances"].get(name), factor) for part in ("images", "crops")]
        if any(cells):
            yield {"title": title, "digits": digits, "cells": cells}


def _cell(facts: Facts | None, factor: float) -> Facts | None:
    if not facts or facts["value"] is None:
        return None
    scaled = {key: None if facts[key] is None else facts[key] * factor for key in ("value", "low", "high")}
    chance = facts["chance"]["high"]
    return {**scaled, "chance": None if chance is None else chance * factor}


def _manifold(features: Facts) -> Iterator[Facts]:
    parts = [features[part]["manifold"] or {} for part in ("images", "crops")]
    for name in ("precision", "recall", "density", "coverage"):
        if any(name in part for part in parts):
            yield {"title": name, "cells": [part.get(name) for part in parts]}


def _classes(features: Facts) -> Iterator[Facts]:
    found = features["crops_by_class"].items()
    known = [(name, facts) for name, facts in found if facts["distances"]["kid"]["value"] is not None]
    for name, facts in sorted(known, key=lambda item: -item[1]["distances"]["kid"]["value"])[:WORST_CLASSES]:
        yield {"name": name, "objects": facts["rows"]["synthetic"], **(_cell(facts["distances"]["kid"], 1000.0) or {})}


def _maps(folder: Path) -> Iterator[Facts]:
    """Maps of the features as pictures, in which a browser runs nothing."""
    for name, of in MAPS:
        path = folder / name
        if path.is_file():
            content = base64.b64encode(path.read_bytes()).decode("ascii")
            yield {"uri": f"data:image/svg+xml;base64,{content}", "of": of}
