"""The headline gap: every set's score, the classes, and all metrics of another task."""

from __future__ import annotations

from dataclasses import dataclass

from synthvis.report.errors.panel import panel_of
from synthvis.report.page import BuiltSections, Section
from synthvis.report.report_inputs import ReportInputs
from synthvis.report.scores import Scores, has_boxes
from synthvis.report.wording import left_out

__all__ = ["scores_sections"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoresData:
    """What the section shows.

    Attributes:
        scores: Of every set.
        class_chart: A dot for each class and set, SVG; empty without classes.
        all_metrics: Whether a table lists every metric.
        left_out: What the page of this task does not show, in a sentence.
    """

    scores: Scores
    class_chart: str
    all_metrics: bool
    left_out: str | None


def scores_sections(inputs: ReportInputs) -> BuiltSections:
    """One section; none without a run."""
    run = inputs.run
    if run is None:
        return BuiltSections()
    has_curves = any(has_boxes(one) for one in run.evaluations)
    data = ScoresData(
        scores=run.scores,
        class_chart=run.scores.class_chart(),
        all_metrics=run.scores.has_more_metrics,
        left_out=left_out(run.scores, curves=has_curves) if panel_of(run.scores.description) else None,
    )
    return BuiltSections(
        sections=(Section(template="scores", title="The gap", data=data, short="gap"),),
        missing=run.gap.not_measured,
    )
