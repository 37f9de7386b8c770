"""What the detector loses between renders and photographs, by the cause of its errors, by size and by class."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from synthvis.gap.comparison import ClassScores, SideCauses, TaskGap
from synthvis.metrics.error_causes import CauseCost, ErrorCauses, SetErrorCauses
from synthvis.metrics.error_table import CAUSE_EXPLANATIONS, Cause
from synthvis.metrics.metric import MetricValue
from synthvis.report.page import Part, Section, hole
from synthvis.report.report_inputs import Material, SetGap
from synthvis.report.sections.comparing import gap_missing
from synthvis.report.wording import interval_text
from synthvis.viz.svg import Dots, dot_chart, on_every_screen

__all__ = ["causes_part"]

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
class PartRow:
    """A part of the objects, such as the small ones, with the AP50 that each cause would win."""

    name: str
    objects: int
    ap50: float | None
    gains: tuple[float | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassRow:
    """A class with what it loses, and the AP50 that each cause would win on photographs."""

    name: str
    objects: int
    scores: ClassScores
    gains: tuple[float | None, ...]


def causes_part(material: Material) -> Part:
    """A section for each comparison that has errors of this run."""
    if material.run is None:
        return Part()
    # Of a task whose predictions are no boxes there are no causes.
    tasks = [(gap, gap.task) for gap in material.gaps if gap.task is None or gap.task.causes]
    sections = tuple(_section(gap, task, len(tasks) > 1) for gap, task in tasks if task is not None)
    if sections or not material.run.gap.real:
        return Part(sections=sections)
    if not material.run.scores.has_error_causes:
        why = f"causes are told apart for detection only; this run is of {material.run.scores.task}"
        return Part(holes=(hole("Errors by cause", why, "train a detector for them"),))
    why = (
        "the comparison that was found is of another run or an earlier evaluation"
        if material.gaps
        else "no comparison was found"
    )
    return Part(holes=(gap_missing(material, "Causes of the gap", why),))


def _section(gap: SetGap, task: TaskGap, is_one_of_several: bool) -> Section:
    causes, cause_gap = task.causes, task.cause_gap
    if causes is None or cause_gap is None:
        raise ValueError("a section of causes needs causes")
    names = causes.real.by_gain()
    of = f": {gap.comparison.real.set}" if is_one_of_several else ""
    facts = {
        "task": task,
        "lead": _lead(causes, cause_gap),
        "chart": _chart(causes),
        "rows": [_row(name, causes, cause_gap) for name in names],
        "names": names,
        "parts": [
            (side, list(_parts(one, names))) for side, one in (("real", causes.real), ("synthetic", causes.synthetic))
        ],
        "class_rows": list(_classes(task, causes.real, names)),
    }
    return Section(name="causes", title=f"Why points are lost{of}", facts=facts, short="causes")


def _row(name: Cause, causes: SideCauses, cause_gap: CauseGap) -> CauseRow:
    return CauseRow(
        name=name,
        explanation=CAUSE_EXPLANATIONS[name],
        synthetic=causes.synthetic.causes[name],
        real=causes.real.causes[name],
        difference=cause_gap[name],
    )


def _lead(causes: SideCauses, cause_gap: CauseGap) -> str:
    worst = causes.real.by_gain()[0]
    gain = causes.real.causes[worst].ap50_gain
    if not gain.value:
        return "No cause of errors costs anything on these photographs."
    sentence = f"Most would be won on photographs if no error of {worst} were made: {interval_text(gain)} AP50"
    widest = max(cause_gap, key=lambda name: cause_gap[name].value or 0.0)
    lost = cause_gap[widest]
    if not lost.value or lost.value <= 0:
        return f"{sentence}. No cause costs more on photographs than on renders."
    more = f"What costs most more on photographs than on renders is {widest}: {interval_text(lost, sign=True)}"
    doubt = "" if lost.low is not None and lost.low > 0 else ", which may be chance"
    return f"{sentence}. {more}{doubt}."


def _chart(causes: SideCauses) -> str:
    names = causes.real.by_gain()
    dots = [
        Dots(title, [_ends(side.causes[name].ap50_gain) for name in names], tone)
        for title, side, tone in (("renders", causes.synthetic, 0), ("photographs", causes.real, 1))
    ]
    known = [value for series in dots for row in series.values for value in row if value is not None]
    longest = max([*known, MIN_AXIS_AP50])
    label = "AP50 that fixing it would win"
    return on_every_screen(lambda width: dot_chart(names, dots, width=width, x_label=label, x_max=longest), CHART_PX)


def _ends(value: MetricValue) -> tuple[float | None, float | None, float | None]:
    return value.value, value.low, value.high


def _gains(causes: ErrorCauses | None, names: Sequence[Cause]) -> tuple[float | None, ...]:
    return tuple(causes.causes[name].ap50_gain.value if causes else None for name in names)


def _parts(causes: SetErrorCauses, names: Sequence[Cause]) -> Iterator[PartRow]:
    """Small, medium and large objects, and those that are partly hidden where labels tell."""
    for part, found in causes.subsets.items():
        if found.objects:
            yield PartRow(name=part, objects=found.objects, ap50=found.ap50.value, gains=_gains(found, names))


def _classes(task: TaskGap, causes: SetErrorCauses, names: Sequence[Cause]) -> Iterator[ClassRow]:
    """Classes by the AP that they lose, and what each cause costs on photographs."""
    for name, scores in task.per_class.items():
        found = causes.per_class.get(name)
        objects = found.objects if found else 0
        yield ClassRow(name=name, objects=objects, scores=scores, gains=_gains(found, names))
