"""How the images of both sets differ: image statistics by their divergence, each with what to change."""

from __future__ import annotations

from dataclasses import dataclass

from synthvis.gap.comparison import SetComparison, StatisticDifference
from synthvis.gap.image_statistics import Quantiles, shown_quantiles
from synthvis.metrics.missing import missing_result
from synthvis.report.page import BuiltSections, Section
from synthvis.report.report_inputs import RecipeValues, ReportInputs, SetGap
from synthvis.report.sections.comparison_hints import gap_missing, has_boxes, keys_now

__all__ = ["differences_sections"]

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


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferencesData:
    """What the section shows.

    Attributes:
        comparison: Of the sets.
        above: Statistics that differ by more than the split-half null, the most first.
        within: The others.
        max_js_bits: The largest divergence, the full length of a bar.
    """

    comparison: SetComparison
    above: tuple[DifferenceRow, ...]
    within: tuple[DifferenceRow, ...]
    max_js_bits: float


def differences_sections(inputs: ReportInputs) -> BuiltSections:
    """A section for each comparison; without one, the command that makes one."""
    if not inputs.gaps:
        if inputs.run is None or not inputs.run.gap.real:
            return BuiltSections()
        if not has_boxes(inputs):
            why = "sets are compared by their labelled boxes, which these photographs do not have"
            how = "compare the renders with photographs whose objects have boxes"
            what = "Image statistics and features of renders and photographs"
            return BuiltSections(missing=(missing_result(what, why, how, ("gap", "--help")),))
        what = "How renders and photographs differ, and how far their features are apart"
        return BuiltSections(missing=(gap_missing(inputs, what, "no comparison of the sets was found"),))
    several = len(inputs.gaps) > 1
    sections = tuple(_section(gap, inputs.recipe, several) for gap in inputs.gaps)
    unseen = missing_result(
        "How their masks, keypoints, depth and normals differ", UNSEEN, BY_TASK, ("train", "--help")
    )
    return BuiltSections(sections=sections, missing=(unseen,))


def _section(gap: SetGap, recipe: RecipeValues, is_one_of_several: bool) -> Section:
    comparison = gap.comparison
    rows = [_row(difference, recipe) for difference in comparison.differences]
    highest = max((row.difference.js_bits.value or 0.0 for row in rows), default=0.0)
    of = f": {comparison.real.set}" if is_one_of_several else ""
    data = DifferencesData(
        comparison=comparison,
        above=tuple(row for row in rows if row.difference.above_null),
        within=tuple(row for row in rows if not row.difference.above_null),
        max_js_bits=highest or 1.0,
    )
    ours, theirs = comparison.side_names
    title = f"How the {ours} differ from the {theirs}{of}"
    return Section(template="differences", title=title, data=data, short="differences")


def _row(difference: StatisticDifference, recipe: RecipeValues) -> DifferenceRow:
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
