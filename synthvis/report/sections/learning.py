"""Curves: precision over recall, and how the network learned."""

from __future__ import annotations

from synthvis.metrics.training_log import read_training_log
from synthvis.report.page import Part, Section
from synthvis.report.report_inputs import Material
from synthvis.report.scores import has_boxes
from synthvis.viz.curves import learning_charts, precision_recall_charts

__all__ = ["learning_part"]


def learning_part(material: Material) -> Part:
    """Up to two sections, where there is something to draw."""
    run = material.run
    if run is None:
        return Part()
    sections = []
    curves = precision_recall_charts([one for one in run.evaluations if has_boxes(one)])
    if any(curves["mean"]):
        sections.append(Section(name="precision", title="Precision and recall", facts=curves))
    learning = learning_charts(run.folder / "metrics.jsonl", run.scores.headline)
    note = read_training_log(run.folder / "metrics.jsonl").note
    if learning:
        sections.append(Section(name="learning", title="How it learned", facts={"charts": learning, "note": note}))
    return Part(sections=tuple(sections))
