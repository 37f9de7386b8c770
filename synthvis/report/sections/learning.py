"""Curves: precision over recall, and how the network learned."""

from __future__ import annotations

from dataclasses import dataclass

from synthvis.metrics.training_log import read_training_log
from synthvis.report.page import BuiltSections, Section
from synthvis.report.report_inputs import ReportInputs
from synthvis.report.scores import has_boxes
from synthvis.viz.curves import LearningChart, learning_charts, precision_recall_charts

__all__ = ["learning_sections"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningData:
    """Charts of the training, and what its log does not hold."""

    charts: tuple[LearningChart, ...]
    note: str | None


def learning_sections(inputs: ReportInputs) -> BuiltSections:
    """Up to two sections, where there is something to draw."""
    run = inputs.run
    if run is None:
        return BuiltSections()
    sections = []
    curves = precision_recall_charts([one for one in run.evaluations if has_boxes(one)])
    if any(curves.mean):
        sections.append(Section(template="precision", title="Precision and recall", data=curves))
    log = read_training_log(run.folder / "metrics.jsonl")
    charts = learning_charts(log.rows, run.scores.headline)
    if charts:
        data = LearningData(charts=charts, note=log.note)
        sections.append(Section(template="learning", title="How it learned", data=data))
    return BuiltSections(sections=tuple(sections))
