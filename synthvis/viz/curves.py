"""Precision-recall and learning curves from what a run wrote down."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from synthvis.metrics.evaluation import Evaluation
from synthvis.metrics.measures import PrecisionRecall
from synthvis.metrics.training_log import StepMetrics, read_training_log
from synthvis.viz.svg import Point, Series, line_chart, on_every_screen

__all__ = ["learning_charts", "precision_recall_charts"]

NO_LOSS = ("epoch", "lr", "seconds")
"""What a log has beside losses and scores."""
WIDTH_PX = 420

SMOOTHED_OVER = 0.02
"""Share of the steps over which a training loss is averaged."""


def precision_recall_charts(evaluations: Sequence[Evaluation]) -> dict[str, Any]:
    """Charts for IoU .50 and .75: the mean over classes of every set, and each class on its own.

    Returns:
        {"mean": [svg, svg], "classes": [(class, svg, svg)], "legend": [(set, tone)]}.
    """
    sets = sorted((one for one in evaluations if one.pr_curves), key=lambda one: one.kind != "synthetic")
    names = list(dict.fromkeys(name for one in sets for name in one.pr_curves))
    return {
        "legend": [(one.set, tone) for tone, one in enumerate(sets)],
        "mean": [_chart(sets, names, iou) for iou in ("50", "75")],
        "classes": [(name, *(_chart(sets, [name], iou) for iou in ("50", "75"))) for name in names],
    }


def _chart(sets: Sequence[Evaluation], names: Sequence[str], iou: str) -> str:
    series = [Series(one.set, _mean_curve(one.pr_curves, names, iou), tone) for tone, one in enumerate(sets)]
    ranges: dict[str, Any] = {"x_range": (0.0, 1.0), "y_range": (0.0, 1.0)}
    words: dict[str, Any] = {"x_label": f"recall (IoU .{iou})", "y_label": "precision"}
    return on_every_screen(lambda width: line_chart(series, width=width, **words, **ranges), WIDTH_PX)


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


def learning_charts(path: Path, headline: str = "AP") -> list[dict[str, Any]]:
    """Losses, headline metric and learning rate over steps as `{"chart", "legend"}`; empty without a log."""
    rows = read_training_log(path).rows
    keys = list(dict.fromkeys(key for row in rows for key in row.values))
    scores = [key for key in keys if _is_score(key, headline)]
    losses = [key for key in keys if key not in scores and not key.lower().startswith(NO_LOSS)]
    best = max((row.values[key] for row in rows for key in scores if key in row.values), default=0.0)
    plans: list[tuple[list[str], str, dict[str, Any]]] = [
        (losses, "training loss", {}),
        (scores, headline, {"y_range": (0.0, 1.0)} if best <= 1 else {}),
        (["lr"], "learning rate", {}),
    ]
    charts = []
    for names, label, ranges in plans:
        series = _series(rows, names, smooth=names is losses)
        draw = partial(line_chart, series, x_label="step", y_label=label, **ranges)
        chart = on_every_screen(partial(_of_width, draw), WIDTH_PX)
        legend = [(one.name, one.tone) for one in series if len(one.points) > 1]
        charts += [{"chart": chart, "legend": legend}] if chart else []
    return charts


def _of_width(draw: Callable[..., str], width: int) -> str:
    return draw(width=width)


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
