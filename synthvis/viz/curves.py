"""Charts of precision over recall and of a training's log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from synthvis.metrics.evaluation import Evaluation
from synthvis.metrics.measures import PrecisionRecall
from synthvis.metrics.training_log import StepMetrics
from synthvis.viz.svg import Point, Series, line_chart, on_every_screen

__all__ = ["LearningChart", "PrecisionRecallCharts", "learning_charts", "precision_recall_charts"]

NO_LOSS = ("epoch", "lr", "seconds")
"""What a log has beside losses and scores."""
WIDTH_PX = 420
UNIT = (0.0, 1.0)

SMOOTHED_OVER = 0.02
"""Share of the steps over which a training loss is averaged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrecisionRecallCharts:
    """Charts for IoU .50 and .75, SVG each, empty where there is no curve.

    Attributes:
        legend: Name and tone of each set.
        mean: The mean over classes.
        classes: Each class on its own: its name and both charts.
    """

    legend: tuple[tuple[str, int], ...]
    mean: tuple[str, str]
    classes: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningChart:
    """A chart over the steps of a training, SVG, with the name and tone of each of its lines."""

    chart: str
    legend: tuple[tuple[str, int], ...]


def precision_recall_charts(evaluations: Sequence[Evaluation]) -> PrecisionRecallCharts:
    """Precision over recall of every set: the mean over classes, and each class on its own."""
    sets = sorted((one for one in evaluations if one.pr_curves), key=lambda one: one.kind != "synthetic")
    names = list(dict.fromkeys(name for one in sets for name in one.pr_curves))
    return PrecisionRecallCharts(
        legend=tuple((one.set, tone) for tone, one in enumerate(sets)),
        mean=(_chart(sets, names, "50"), _chart(sets, names, "75")),
        classes=tuple((name, _chart(sets, [name], "50"), _chart(sets, [name], "75")) for name in names),
    )


def _chart(sets: Sequence[Evaluation], names: Sequence[str], iou: str) -> str:
    series = [Series(one.set, _mean_curve(one.pr_curves, names, iou), tone) for tone, one in enumerate(sets)]
    return on_every_screen(
        lambda width: line_chart(
            series, x_label=f"recall (IoU .{iou})", y_label="precision", x_range=UNIT, y_range=UNIT, width=width
        ),
        WIDTH_PX,
    )


def _mean_curve(curves: Mapping[str, PrecisionRecall], names: Sequence[str], iou: str) -> list[Point]:
    found = [curves[name] for name in names if name in curves]
    precisions = [one.precision_50 if iou == "50" else one.precision_75 for one in found]
    precisions = [one for one in precisions if one]
    if not precisions:
        return []
    points = []
    for index, recall in enumerate(found[0].recall):
        known = [value for one in precisions if (value := one[index]) is not None]
        if known:
            points.append((recall, sum(known) / len(known)))
    return points


def learning_charts(rows: Sequence[StepMetrics], headline: str = "AP") -> tuple[LearningChart, ...]:
    """Losses, headline metric and learning rate over steps, as far as a log has them."""
    keys = list(dict.fromkeys(key for row in rows for key in row.values))
    scores = [key for key in keys if _is_score(key, headline)]
    losses = [key for key in keys if key not in scores and not key.lower().startswith(NO_LOSS)]
    best = max((row.values[key] for row in rows for key in scores if key in row.values), default=0.0)
    charts = (
        _learning_chart(_series(rows, losses, smooth=True), "training loss"),
        _learning_chart(_series(rows, scores, smooth=False), headline, y_range=UNIT if best <= 1 else None),
        _learning_chart(_series(rows, ["lr"], smooth=False), "learning rate"),
    )
    return tuple(chart for chart in charts if chart.chart)


def _learning_chart(series: Sequence[Series], label: str, *, y_range: Point | None = None) -> LearningChart:
    chart = on_every_screen(
        lambda width: line_chart(series, x_label="step", y_label=label, y_range=y_range, width=width), WIDTH_PX
    )
    return LearningChart(chart=chart, legend=tuple((one.name, one.tone) for one in series if len(one.points) > 1))


def _is_score(key: str, headline: str) -> bool:
    last = key.rsplit("/", 1)[-1]
    return last == headline or last.endswith(f"_{headline}") or last.rsplit("_", 1)[-1] in ("AP", "AP50", "ap", "ap50")


def _series(rows: Sequence[StepMetrics], keys: Sequence[str], *, smooth: bool) -> list[Series]:
    series = []
    for tone, key in enumerate(keys):
        points = [(float(row.step), row.values[key]) for row in rows if key in row.values]
        series.append(Series(key, _smoothed(points) if smooth else points, tone % 8))
    return series


def _smoothed(points: Sequence[Point]) -> list[Point]:
    width = max(1, round(len(points) * SMOOTHED_OVER))
    return [
        (points[k][0], sum(y for _, y in points[max(0, k - width + 1) : k + 1]) / min(width, k + 1))
        for k in range(len(points))
    ]
