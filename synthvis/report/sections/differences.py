"""How the renders differ from the photographs: traits by their divergence, each with what to change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from synthvis.report.material import Material, SetGap
from synthvis.report.page import Part, Section, hole
from synthvis.report.sections.comparing import gap_missing, has_boxes, keys_now

__all__ = ["differences_part"]

Facts = Mapping[str, Any]
LOGARITHMS = ("aspect",)
"""Traits whose values are logarithms to base 2."""

UNSEEN = "traits and features are of pictures, boxes and crops; what they cost a network is measured task by task"
BY_TASK = "train another task on the renders and evaluate it on photographs"


def differences_part(material: Material) -> Part:
    """A section for each comparison; without one, the command that makes one."""
    if not material.gaps:
        if material.run is None or not material.run.gap.real:
            return Part()
        if not has_boxes(material):
            why = "sets are compared by their labelled boxes, which these photographs do not have"
            how = "compare the renders with photographs whose objects have boxes"
            what = "Traits and features of renders and photographs"
            return Part(holes=(hole(what, why, how, ("gap", "--help")),))
        what = "How renders and photographs differ, and how far their features are apart"
        return Part(holes=(gap_missing(material, what, "no comparison of the sets was found"),))
    several = len(material.gaps) > 1
    sections = tuple(_section(one, material.recipe, several) for one in material.gaps)
    unseen = hole("How their masks, keypoints, depth and normals differ", UNSEEN, BY_TASK, ("train", "--help"))
    return Part(sections=sections, holes=(unseen,))


def _section(found: SetGap, recipe: Facts, is_one_of_several: bool) -> Section:
    content = found.content
    rows = [{**row, **_shown(row), "now": _values(row["advice"] or "", recipe)} for row in content["differences"]]
    highest = max((row["js_bits"]["value"] or 0.0 for row in rows), default=0.0)
    of = f": {content['real']['set']}" if is_one_of_several else ""
    facts = {
        "content": content,
        "above": [row for row in rows if row["above_chance"]],
        "within": [row for row in rows if not row["above_chance"]],
        "highest": highest or 1.0,
    }
    title = f"How the renders differ from the photographs{of}"
    return Section(name="differences", title=title, facts=facts, short="differences")


def _values(advice: str, recipe: Facts) -> list[str]:
    return [f"{key}: {value}" for key, value in keys_now(advice, recipe).items() if value]


def _shown(row: Facts) -> dict[str, str]:
    """Median and spread of either side as text; empty for shares."""
    return {f"{side}_said": _spread(row, side) for side in ("synthetic", "real")}


def _spread(row: Facts, side: str) -> str:
    facts = row.get(side)
    if not facts:
        return ""
    low, middle, high = (
        2 ** facts[key] if row["trait"] in LOGARITHMS else facts[key] for key in ("q10", "median", "q90")
    )
    return f"{middle:.2f} ({low:.2f} to {high:.2f})"
