"""Which numbers of an evaluation the report shows, whatever the task: the headline, the next metric, the classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from synthvis.report.svg import Dots, dot_chart, on_every_screen

__all__ = ["Scores", "answers_boxes", "scores_of"]

COUNTS = ("boxes", "labels", "instances", "pixels")
"""What an evaluation or a class may count; no metrics."""

LOWER_IS_BETTER = frozenset(
    {"AbsRel", "SqRel", "RMSE", "RMSE_log", "log10", "SILog", "mean_deg", "median_deg", "ece", "MAE"}
)
SECOND = {"AP": "AP50", "mask_AP": "mask_AP50"}
CLASS_COLUMNS = 2
CHART_PX = 620

Facts = Mapping[str, Any]
Metric = Mapping[str, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """What is shown of the sets of one run."""

    task: str
    sets: tuple[Facts, ...]
    """The synthetic set first, then the real ones, as gap.json has them."""
    metrics: tuple[str, ...]
    """The headline, and another one where there is one."""
    class_metrics: tuple[str, ...]
    """What is told of each class, the one that classes are ordered by first; empty for a task without classes."""
    count: str | None
    """What is counted beside images."""

    @property
    def headline(self) -> str:
        """The metric that the task is judged by."""
        return self.metrics[0]

    @property
    def lower_is_better(self) -> bool:
        """Whether the headline is an error."""
        told = next((one["lower_is_better"] for one in self.sets if "lower_is_better" in one), None)
        return self.headline in LOWER_IS_BETTER if told is None else bool(told)

    @property
    def every_metric(self) -> tuple[str, ...]:
        """Names of all metrics of all sets."""
        return tuple(dict.fromkeys(name for one in self.sets for name in one["metrics"]))

    def metric(self, one: Facts, name: str) -> Metric:
        """Value and interval of a metric of a set: "value", "low", "high", None where unknown."""
        found = one["metrics"].get(name)
        facts = found if isinstance(found, Mapping) else {"value": found}
        return {key: _number(facts.get(key)) for key in ("value", "low", "high")}

    def blind(self, one: Facts) -> float | None:
        """The headline of an answer that does not look at the picture; None where the task has none."""
        return _number((one.get("blind") or {}).get(self.headline))

    def is_no_better_than_blind(self, one: Facts) -> bool:
        """Whether chance could have made the network better than that answer on this set."""
        blind, found = self.blind(one), self.metric(one, self.headline)
        ends = (found["high"], found["low"]) if self.lower_is_better else (found["low"], found["high"])
        worst = found["value"] if ends[0] is None else ends[0]
        if blind is None or worst is None:
            return False
        return worst >= blind if self.lower_is_better else worst <= blind

    def beats_baseline(self, real: Facts) -> bool:
        """Whether a share of the synthetic score means anything: both sides beat a prediction that ignores the image.

        Also where the task has no such baseline.
        """
        synthetic = (one for one in self.sets if one["kind"] == "synthetic")
        return not any(self.is_no_better_than_blind(one) for one in (real, *synthetic))

    def count_of(self, one: Facts) -> int:
        """How many boxes, labels or pixels a set has."""
        return int(one.get(self.count) or 0) if self.count else 0

    def difference(self, real: Facts, name: str) -> float | None:
        """Synthetic minus real."""
        ours, theirs = self._pair(real, name)
        return None if ours is None or theirs is None else ours - theirs

    def ratio(self, real: Facts, name: str) -> float | None:
        """Real over synthetic."""
        ours, theirs = self._pair(real, name)
        return None if not ours or theirs is None else theirs / ours

    def class_row(self, one: Facts, name: str) -> Facts:
        """What a set says of a class; empty where it does not have it."""
        row = (one.get("per_class") or {}).get(name)
        return row if isinstance(row, Mapping) else {}

    def class_difference(self, real: Facts, name: str) -> float | None:
        """Synthetic minus real, of the first metric of a class."""
        return _number((self.class_row(real, name).get("difference") or {}).get(self.class_metrics[0]))

    def class_ratio(self, real: Facts, name: str) -> float | None:
        """Real over synthetic, of the first metric of a class."""
        return _number((self.class_row(real, name).get("ratio") or {}).get(self.class_metrics[0]))

    def class_names(self) -> list[str]:
        """All classes, worst first: by the real set where there is one."""
        names = dict.fromkeys(name for one in self.sets for name in one.get("per_class") or {})
        return sorted(names, key=lambda name: (self._badness(name), name))

    def class_chart(self) -> str:
        """A dot a class and set; empty where there are no classes, or values outside 0 to 1."""
        names = self.class_names()
        if not names or not self.class_metrics:
            return ""
        first = self.class_metrics[0]
        whole = "all classes" if first == self.headline else f"all classes: {self.headline}"
        dots = [Dots(str(one["set"]), self._dots(one, names), tone % 8) for tone, one in enumerate(self.sets)]
        known = [value for series in dots for row in series.values for value in row if value is not None]
        if not all(0 <= value <= 1 for value in known):
            return ""
        rows, label = [whole, *names], f"{first} (0 to 1)"
        return on_every_screen(lambda width: dot_chart(rows, dots, x_label=label, width=width), CHART_PX)

    def _dots(self, one: Facts, names: Sequence[str]) -> list[tuple[float | None, float | None, float | None]]:
        first, total = self.class_metrics[0], self.metric(one, self.headline)
        rows = [self.class_row(one, name) for name in names]
        values = [tuple(_number(row.get(first + end)) for end in ("", "_low", "_high")) for row in rows]
        return [(total.get("value"), total.get("low"), total.get("high")), *((a, b, c) for a, b, c in values)]

    def _pair(self, real: Facts, name: str) -> tuple[float | None, float | None]:
        synthetic = next((one for one in self.sets if one["kind"] == "synthetic"), None)
        ours = None if synthetic is None else _number(self.metric(synthetic, name).get("value"))
        return ours, _number(self.metric(real, name).get("value"))

    def _badness(self, name: str) -> float:
        real_first = sorted(self.sets, key=lambda one: one["kind"] != "real")
        for one in real_first:
            value = _number(self.class_row(one, name).get(self.class_metrics[0])) if self.class_metrics else None
            if value is not None:
                return -value if self.class_metrics[0] in LOWER_IS_BETTER else value
        return float("inf")


def scores_of(evaluations: Sequence[Facts], gap: Facts) -> Scores:
    """What to show of a run.

    Args:
        evaluations: Contents of eval_*.json; those of detectors may leave out "task" and "headline".
        gap: Content of gap.json.
    """
    sets = tuple(one for one in (gap["synthetic"], *gap["real"]) if one)
    headline = next((str(one["headline"]) for one in evaluations if one.get("headline")), "AP")
    there = [name for one in sets for name in one["metrics"] if name != headline]
    second = SECOND.get(headline) or next(iter(there), None)
    return Scores(
        task=next((str(one["task"]) for one in evaluations if one.get("task")), "detection"),
        sets=sets,
        metrics=(headline, second) if second else (headline,),
        class_metrics=_class_metrics(sets, headline, second),
        count=next((name for name in COUNTS if any(name in one for one in sets)), None),
    )


def _class_metrics(sets: Sequence[Facts], headline: str, second: str | None) -> tuple[str, ...]:
    rows = [row for one in sets for row in (one.get("per_class") or {}).values() if isinstance(row, Mapping)]
    names = dict.fromkeys(key for row in rows for key, value in row.items() if _is_metric(key, value))
    ends = ("_low", "_high")
    plain = [name for name in names if not (name.endswith(ends) and name.rpartition("_")[0] in names)]
    first = [name for name in (headline, second) if name in plain]
    return tuple(dict.fromkeys([*first, *plain]))[:CLASS_COLUMNS]


def _is_metric(key: str, value: Any) -> bool:
    return key not in (*COUNTS, "images") and (value is None or _number(value) is not None)


def answers_boxes(evaluation: Facts) -> bool:
    """Whether the predictions behind an evaluation are boxes, so that errors can be drawn."""
    return evaluation.get("task", "detection") == "detection" or "boxes" in evaluation


def _number(value: Any) -> float | None:
    return None if isinstance(value, bool) or not isinstance(value, int | float) else float(value)
