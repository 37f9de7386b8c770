"""What the detector loses between renders and photographs, by the cause of its errors, by size and by class."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from synthvis.gap.comparison import ClassScores, SideCauses, TaskGap
from synthvis.metrics.error_causes import CauseCost, ErrorCauses, SetErrorCauses
from synthvis.metrics.error_table import CAUSE_EXPLANATIONS, Cause
from synthvis.metrics.metric import MetricValue
from synthvis.metrics.missing import missing_result
from synthvis.report.page import BuiltSections, Section
from synthvis.report.report_inputs import ReportInputs, SetGap
from synthvis.report.sections.comparison_hints import gap_missing
from synthvis.report.wording import interval_text
from synthvis.train.registry import tasks
from synthvis.viz.svg import Dots, dot_chart, on_every_screen

__all__ = ["causes_sections"]

CHART_PX = 560
MIN_AXIS_AP50 = 0.01

CauseGap = Mapping[Cause, MetricValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseRow:
    """A cause on both sets."""

    name: Cause
    explanation: str
    synthetic: CauseCost
    real: CauseCost
    difference: MetricValue


@dataclass(frozen=True, slots=True, kw_only=True)
class SubsetRow:
    """A subset of the objects, such as the small ones, with the AP50 that correcting each cause would bring."""

    name: str
    objects: int
    ap50: float | None
    gains: tuple[float | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubsetTable:
    """The subsets of one side's objects."""

    kind: Literal["real", "synthetic"]
    rows: tuple[SubsetRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassRow:
    """A class with what it loses, and the AP50 that correcting each cause would bring on photographs."""

    name: str
    objects: int
    scores: ClassScores
    gains: tuple[float | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CausesData:
    """What the section shows.

    Attributes:
        task: What the run loses between the sets.
        side_names: What the images of either set are called, as `SetComparison.side_names`.
        lead: Its first sentence.
        chart: The gain of each cause on both sides, SVG.
        rows: The causes, the most costly on photographs first.
        names: Their names in that order.
        subsets: By size and visible share, on photographs and on renders.
        class_rows: By class, the most lost first.
    """

    task: TaskGap
    side_names: tuple[str, str]
    lead: str
    chart: str
    rows: tuple[CauseRow, ...]
    names: tuple[Cause, ...]
    subsets: tuple[SubsetTable, ...]
    class_rows: tuple[ClassRow, ...]


def causes_sections(inputs: ReportInputs) -> BuiltSections:
    """A section for each comparison that has errors of this run."""
    if inputs.run is None:
        return BuiltSections()
    # Of a task whose predictions are no boxes there are no causes.
    compared = [(gap, gap.task) for gap in inputs.gaps if gap.task is None or gap.task.causes]
    sections = tuple(_section(gap, task, len(compared) > 1) for gap, task in compared if task is not None)
    if sections or not inputs.run.gap.real:
        return BuiltSections(sections=sections)
    if not inputs.run.scores.has_error_causes:
        known = " and ".join(name for name, task in tasks().items() if task.has_error_causes)
        why = f"causes of errors are known of {known} only; this run is of {inputs.run.scores.task}"
        return BuiltSections(missing=(missing_result("Errors by cause", why, "train a detector for them"),))
    why = (
        "the comparison that was found is of another run or an earlier evaluation"
        if inputs.gaps
        else "no comparison was found"
    )
    return BuiltSections(missing=(gap_missing(inputs, "Causes of the gap", why),))


def _section(gap: SetGap, task: TaskGap, is_one_of_several: bool) -> Section:
    causes, cause_gap = task.causes, task.cause_gap
    if causes is None or cause_gap is None:
        raise ValueError("a section of causes needs causes")
    names, names_of_sides = tuple(causes.real.by_gain()), gap.comparison.side_names
    of = f": {gap.comparison.real.set}" if is_one_of_several else ""
    data = CausesData(
        task=task,
        side_names=names_of_sides,
        lead=_lead(causes, cause_gap, names_of_sides),
        chart=_chart(causes, names_of_sides),
        rows=tuple(_row(name, causes, cause_gap) for name in names),
        names=names,
        subsets=(
            SubsetTable(kind="real", rows=tuple(_subsets(causes.real, names))),
            SubsetTable(kind="synthetic", rows=tuple(_subsets(causes.synthetic, names))),
        ),
        class_rows=tuple(_classes(task, causes.real, names)),
    )
    return Section(template="causes", title=f"Causes of the errors{of}", data=data, short="causes")


def _row(name: Cause, causes: SideCauses, cause_gap: CauseGap) -> CauseRow:
    return CauseRow(
        name=name,
        explanation=CAUSE_EXPLANATIONS[name],
        synthetic=causes.synthetic.causes[name],
        real=causes.real.causes[name],
        difference=cause_gap[name],
    )


def _lead(causes: SideCauses, cause_gap: CauseGap, side_names: tuple[str, str]) -> str:
    ours, theirs = side_names
    worst = causes.real.by_gain()[0]
    gain = causes.real.causes[worst].ap50_gain
    if not gain.value:
        return f"No cause of errors costs AP50 on these {theirs}."
    sentence = f"Correcting all {worst} errors would bring the most on {theirs}: {interval_text(gain)} AP50"
    widest = max(cause_gap, key=lambda name: cause_gap[name].value or 0.0)
    lost = cause_gap[widest]
    if not lost.value or lost.value <= 0:
        return f"{sentence}. No cause costs more on {theirs} than on {ours}."
    more = f"The largest increase from {ours} to {theirs} is that of {widest} errors: {interval_text(lost, sign=True)}"
    doubt = "" if lost.low is not None and lost.low > 0 else ", which may be chance"
    return f"{sentence}. {more}{doubt}."


def _chart(causes: SideCauses, side_names: tuple[str, str]) -> str:
    names = causes.real.by_gain()
    dots = [
        Dots(title, [_ends(side.causes[name].ap50_gain) for name in names], tone)
        for title, side, tone in zip(side_names, (causes.synthetic, causes.real), (0, 1), strict=True)
    ]
    known = [value for series in dots for row in series.values for value in row if value is not None]
    longest = max([*known, MIN_AXIS_AP50])
    label = "AP50 that correcting it would bring"
    lowest = min([*known, 0.0])
    return on_every_screen(
        lambda width: dot_chart(names, dots, width=width, x_label=label, x_max=longest, x_min=lowest), CHART_PX
    )


def _ends(value: MetricValue) -> tuple[float | None, float | None, float | None]:
    return value.value, value.low, value.high


def _gains(causes: ErrorCauses | None, names: Sequence[Cause]) -> tuple[float | None, ...]:
    return tuple(causes.causes[name].ap50_gain.value if causes else None for name in names)


def _subsets(causes: SetErrorCauses, names: Sequence[Cause]) -> Iterator[SubsetRow]:
    """Small, medium and large objects, and those that are partly hidden where labels tell."""
    for name, found in causes.subsets.items():
        if found.objects:
            yield SubsetRow(name=name, objects=found.objects, ap50=found.ap50.value, gains=_gains(found, names))


def _classes(task: TaskGap, causes: SetErrorCauses, names: Sequence[Cause]) -> Iterator[ClassRow]:
    """Classes by the AP that they lose, and what each cause costs on photographs."""
    for name, scores in task.per_class.items():
        found = causes.per_class.get(name)
        objects = found.objects if found else 0
        yield ClassRow(name=name, objects=objects, scores=scores, gains=_gains(found, names))
