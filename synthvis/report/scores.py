"""Which numbers of an evaluation the report shows, whatever the task: the headline, the next metric, the classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from synthvis.evaluation.gap_table import Comparison, GapTable
from synthvis.metrics.evaluation import Evaluation
from synthvis.metrics.metric import MetricValue
from synthvis.metrics.predictions import Prediction
from synthvis.metrics.registry import metric_named
from synthvis.train.config import DEFAULT_TASK
from synthvis.train.registry import tasks
from synthvis.train.task import TaskDescription
from synthvis.viz.svg import Dots, dot_chart, on_every_screen

__all__ = ["Scores", "has_boxes", "scores_of"]

SECOND = {"AP": "AP50", "mask_AP": "mask_AP50"}
CLASS_COLUMNS = 2
CHART_PX = 620
UNKNOWN = MetricValue(None)
NOT_COMPARED = Comparison.of(None, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """What is shown of the sets of one run."""

    task: str
    gap: GapTable
    metrics: tuple[str, ...]
    """The headline, and another one where there is one."""
    class_metrics: tuple[str, ...]
    """What is told of each class, the one that classes are ordered by first; empty for a task without classes."""
    count: str | None
    """What is counted beside images."""

    @property
    def description(self) -> TaskDescription | None:
        """What is known of the task; None where it is not installed here."""
        return tasks().get(self.task)

    @property
    def has_error_causes(self) -> bool:
        """Whether errors are told apart by cause."""
        return self.description is not None and self.description.has_error_causes

    @property
    def has_more_metrics(self) -> bool:
        """Whether metrics are worth a table of their own: of a task that names none to compare."""
        return self.description is None or not self.description.compared

    def predicts(self, kind: type[Prediction]) -> bool:
        """Whether the predictions are of that kind."""
        return self.description is not None and issubclass(self.description.prediction, kind)

    @property
    def sets(self) -> tuple[Evaluation, ...]:
        """The synthetic set first, then the real ones."""
        return self.gap.evaluations

    @property
    def headline(self) -> str:
        """The metric that the task is judged by."""
        return self.metrics[0]

    @property
    def lower_is_better(self) -> bool:
        """Whether the headline is an error."""
        return metric_named(self.headline).lower_is_better

    @property
    def every_metric(self) -> tuple[str, ...]:
        """Names of all metrics of all sets."""
        return tuple(dict.fromkeys(name for one in self.sets for name in one.metrics))

    def digits(self, name: str) -> int:
        """Decimals with which a metric is shown."""
        return metric_named(name).digits

    def metric(self, one: Evaluation, name: str) -> MetricValue:
        """A metric of a set; without a value where it was not measured."""
        return one.metrics.get(name, UNKNOWN)

    def baseline(self, one: Evaluation) -> float | None:
        """The headline of a prediction that ignores the image; None where the task has none."""
        return one.prior_baseline.get(self.headline, UNKNOWN).value

    def bound(self, one: Evaluation) -> float | None:
        """The headline of the same tracker on labelled boxes; None where the task has none."""
        return one.perfect_boxes.get(self.headline, UNKNOWN).value

    def is_no_better_than_baseline(self, one: Evaluation) -> bool:
        """Whether chance could have made the network better than that prediction on this set."""
        baseline, found = self.baseline(one), self.metric(one, self.headline)
        end = found.high if self.lower_is_better else found.low
        worst = found.value if end is None else end
        if baseline is None or worst is None:
            return False
        return worst >= baseline if self.lower_is_better else worst <= baseline

    def beats_baseline(self, real: Evaluation) -> bool:
        """Whether a share of the synthetic score means anything: both sides beat a prediction that ignores the image.

        Also where the task has no such baseline.
        """
        synthetic = [self.gap.synthetic] if self.gap.synthetic else []
        return not any(self.is_no_better_than_baseline(one) for one in (real, *synthetic))

    def count_of(self, one: Evaluation) -> int:
        """How many boxes, labels or pixels a set has."""
        return one.counts.get(self.count, 0) if self.count else 0

    def difference(self, real: Evaluation, name: str) -> float | None:
        """Synthetic minus real."""
        return self._compared(real, name).difference

    def ratio(self, real: Evaluation, name: str) -> float | None:
        """Real over synthetic."""
        return self._compared(real, name).ratio

    def class_value(self, one: Evaluation, name: str, metric: str) -> MetricValue:
        """A metric of a class; without a value where the set does not have it."""
        row = one.per_class.get(name)
        return row.metrics.get(metric, UNKNOWN) if row else UNKNOWN

    def class_count(self, one: Evaluation, name: str) -> int | None:
        """How many boxes, labels or pixels of a class a set has; None where it does not say."""
        row = one.per_class.get(name)
        return row.counts.get(self.count) if row and self.count else None

    def class_compared(self, real: Evaluation, name: str) -> Comparison:
        """The first metric of a class on renders and on photographs."""
        rows = next((row.per_class for row in self.gap.real if row.evaluation == real), {})
        return rows.get(name, {}).get(self.class_metrics[0], NOT_COMPARED)

    def class_difference(self, real: Evaluation, name: str) -> float | None:
        """Synthetic minus real, of the first metric of a class."""
        return self.class_compared(real, name).difference

    def class_ratio(self, real: Evaluation, name: str) -> float | None:
        """Real over synthetic, of the first metric of a class."""
        return self.class_compared(real, name).ratio

    def class_names(self) -> list[str]:
        """All classes, worst first: by the real set where there is one."""
        names = dict.fromkeys(name for one in self.sets for name in one.per_class)
        return sorted(names, key=lambda name: (self._badness(name), name))

    def class_chart(self) -> str:
        """A dot a class and set; empty where there are no classes, or values outside 0 to 1."""
        names = self.class_names()
        if not names or not self.class_metrics:
            return ""
        first = self.class_metrics[0]
        whole = "all classes" if first == self.headline else f"all classes: {self.headline}"
        dots = [Dots(one.set, self._dots(one, names), tone % 8) for tone, one in enumerate(self.sets)]
        known = [value for series in dots for row in series.values for value in row if value is not None]
        if not all(0 <= value <= 1 for value in known):
            return ""
        rows, label = [whole, *names], f"{first} (0 to 1)"
        return on_every_screen(lambda width: dot_chart(rows, dots, x_label=label, width=width), CHART_PX)

    def _dots(self, one: Evaluation, names: Sequence[str]) -> list[tuple[float | None, float | None, float | None]]:
        first = self.class_metrics[0]
        values = [self.metric(one, self.headline), *(self.class_value(one, name, first) for name in names)]
        return [(value.value, value.low, value.high) for value in values]

    def _compared(self, real: Evaluation, name: str) -> Comparison:
        rows = next((row.metrics for row in self.gap.real if row.evaluation == real), {})
        return rows.get(name, NOT_COMPARED)

    def _badness(self, name: str) -> float:
        if not self.class_metrics:
            return float("inf")
        first = self.class_metrics[0]
        for one in sorted(self.sets, key=lambda one: one.kind != "real"):
            value = self.class_value(one, name, first).value
            if value is not None:
                return -value if metric_named(first).lower_is_better else value
        return float("inf")


def scores_of(evaluations: Sequence[Evaluation], gap: GapTable) -> Scores:
    """What to show of a run.

    Args:
        evaluations: Of the run.
        gap: Renders beside photographs.
    """
    headline = next((one.headline for one in evaluations), "AP")
    others = [name for one in gap.evaluations for name in one.metrics if name != headline]
    second = SECOND.get(headline) or next(iter(others), None)
    return Scores(
        task=next((one.task for one in evaluations), DEFAULT_TASK),
        gap=gap,
        metrics=(headline, second) if second else (headline,),
        class_metrics=_class_metrics(gap.evaluations, headline, second),
        count=next((name for one in gap.evaluations for name in one.counts), None),
    )


def _class_metrics(sets: Sequence[Evaluation], headline: str, second: str | None) -> tuple[str, ...]:
    names = dict.fromkeys(name for one in sets for row in one.per_class.values() for name in row.metrics)
    first = [name for name in (headline, second) if name in names]
    return tuple(dict.fromkeys([*first, *names]))[:CLASS_COLUMNS]


def has_boxes(evaluation: Evaluation) -> bool:
    """Whether the predictions behind an evaluation are boxes, so that errors can be drawn."""
    return "boxes" in evaluation.counts or bool(evaluation.pr_curves)
