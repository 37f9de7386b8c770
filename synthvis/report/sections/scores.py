"""The headline gap: every set's score, the classes, and all metrics of another task."""

from __future__ import annotations

from synthvis.report.errors.panel import panel_of
from synthvis.report.page import Part, Section
from synthvis.report.report_inputs import Material
from synthvis.report.scores import has_boxes
from synthvis.report.wording import left_out

__all__ = ["scores_part"]


def scores_part(material: Material) -> Part:
    """One section; none without a run."""
    run = material.run
    if run is None:
        return Part()
    has_curves = any(has_boxes(one) for one in run.evaluations)
    facts = {
        "scores": run.scores,
        "class_chart": run.scores.class_chart(),
        "all_metrics": run.scores.has_more_metrics,
        "left_out": left_out(run.scores, curves=has_curves) if panel_of(run.scores.description) else None,
    }
    return Part(
        sections=(Section(name="scores", title="The gap", facts=facts, short="gap"),),
        holes=run.gap.not_measured,
    )
