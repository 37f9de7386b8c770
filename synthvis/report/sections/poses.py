"""6D poses in numbers: every metric by class with its interval."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from synthvis.metrics.evaluation import Evaluation
from synthvis.metrics.metric import MetricValue
from synthvis.metrics.pose_definitions import HEADLINE
from synthvis.metrics.predictions import PosePrediction
from synthvis.metrics.registry import metric_named
from synthvis.report.page import BuiltSections, Section
from synthvis.report.report_inputs import ReportInputs

__all__ = ["PosesData", "poses_sections"]

SHARES = (HEADLINE, "ADD(-S)_AUC", "AR", "AR_MSSD", "AR_MSPD", "posed")
MEDIANS = ("rotation_error", "translation_error", "reprojection_error")
ALL_CLASSES = "all classes"


@dataclass(frozen=True, slots=True, kw_only=True)
class PoseRow:
    """One class, or all of them.

    Attributes:
        name: Of the class.
        poses: How many objects were measured.
        metrics: By name.
    """

    name: str
    poses: int
    metrics: Mapping[str, MetricValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class PosesData:
    """What the section shows.

    Attributes:
        sets: The name of each set with its rows, all classes first.
        shares: Metrics that are shares.
        medians: Metrics that are median errors.
    """

    sets: tuple[tuple[str, tuple[PoseRow, ...]], ...]
    shares: tuple[str, ...] = SHARES
    medians: tuple[str, ...] = MEDIANS

    def title(self, name: str) -> str:
        """The heading of a metric with its unit."""
        metric = metric_named(name)
        return f"{metric.title}, {metric.unit}" if metric.unit else metric.title


def poses_sections(inputs: ReportInputs) -> BuiltSections:
    """One section, of a run of the task pose6d."""
    run = inputs.run
    if run is None or not run.scores.predicts(PosePrediction):
        return BuiltSections()
    sets = tuple((f"{one.set} ({one.kind})", _rows(one)) for one in run.scores.sets)
    section = Section(template="poses", title="Poses by class", data=PosesData(sets=sets), short="poses")
    return BuiltSections(sections=(section,))


def _rows(one: Evaluation) -> tuple[PoseRow, ...]:
    """The worst class first."""
    classes = [
        PoseRow(name=name, poses=row.counts.get("poses", 0), metrics=row.metrics) for name, row in one.per_class.items()
    ]
    whole = PoseRow(name=ALL_CLASSES, poses=one.counts.get("poses", 0), metrics=one.metrics)
    return (whole, *sorted(classes, key=_headline)) if len(classes) > 1 else (whole,)


def _headline(row: PoseRow) -> float:
    value = row.metrics[HEADLINE].value if HEADLINE in row.metrics else None
    return 1.0 if value is None else value
