"""How the renders differ from the photographs: image statistics by their divergence, each with what to change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from synthvis.gap.comparison import StatisticDifference
from synthvis.gap.image_statistics import Quantiles, shown_quantiles
from synthvis.report.page import Part, Section, hole
from synthvis.report.report_inputs import Material, SetGap
from synthvis.report.sections.comparing import gap_missing, has_boxes, keys_now

__all__ = ["differences_part"]

UNSEEN = (
    "image statistics and features are of pictures, boxes and crops; what they cost a network is measured task by task"
)
BY_TASK = "train another task on the renders and evaluate it on photographs"


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceRow:
    """A statistic with the values of either set as text, and the values that its advice's keys have now."""

    difference: StatisticDifference
    synthetic: str
    real: str
    keys_now: tuple[str, ...]


def differences_part(material: Material) -> Part:
    """A section for each comparison; without one, the command that makes one."""
    if not material.gaps:
        if material.run is None or not material.run.gap.real:
            return Part()
        if not has_boxes(material):
            why = "sets are compared by their labelled boxes, which these photographs do not have"
            how = "compare the renders with photographs whose objects have boxes"
            what = "Image statistics and features of renders and photographs"
            return Part(holes=(hole(what, why, how, ("gap", "--help")),))
        what = "How renders and photographs differ, and how far their features are apart"
        return Part(holes=(gap_missing(material, what, "no comparison of the sets was found"),))
    several = len(material.gaps) > 1
    sections = tuple(_section(gap, material.recipe, several) for gap in material.gaps)
    unseen = hole("How their masks, keypoints, depth and normals differ", UNSEEN, BY_TASK, ("train", "--help"))
    return Part(sections=sections, holes=(unseen,))


def _section(gap: SetGap, recipe: Mapping[str, Any], is_one_of_several: bool) -> Section:
    comparison = gap.comparison
    rows = [_row(difference, recipe) for difference in comparison.differences]
    highest = max((row.difference.js_bits.value or 0.0 for row in rows), default=0.0)
    of = f": {comparison.real.set}" if is_one_of_several else ""
    facts = {
        "comparison": comparison,
        "above": [row for row in rows if row.difference.above_null],
        "within": [row for row in rows if not row.difference.above_null],
        "highest": highest or 1.0,
    }
    title = f"How the renders differ from the photographs{of}"
    return Section(name="differences", title=title, facts=facts, short="differences")


def _row(difference: StatisticDifference, recipe: Mapping[str, Any]) -> DifferenceRow:
    now = keys_now(difference.advice or "", recipe).items()
    return DifferenceRow(
        difference=difference,
        synthetic=_spread(difference, difference.synthetic),
        real=_spread(difference, difference.real),
        keys_now=tuple(f"{key}: {value}" for key, value in now if value),
    )


def _spread(difference: StatisticDifference, values: Quantiles | None) -> str:
    """Median and spread as text; empty for shares."""
    return shown_quantiles(difference.statistic, values) if values else ""
