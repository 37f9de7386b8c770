"""Tables of results: the headline metric with its interval, the gap, the classes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.table import Table

    from synthvis.evaluation.gap_table import GapTable
    from synthvis.metrics.evaluation import Evaluation
    from synthvis.metrics.measures import ClassMeasures
    from synthvis.metrics.metric import MetricValue

__all__ = ["class_table", "evaluation_table", "gap_table", "interval_text", "number_text", "plain_table", "print_gap"]

NOT_MEASURED = "not measured"

BESIDE: Mapping[str, Callable[[Evaluation], Mapping[str, MetricValue]]] = {
    "baseline": lambda one: one.prior_baseline,
    "perfect boxes": lambda one: one.perfect_boxes,
}
"""What is measured beside a network: a prediction that ignores the image, a tracker on labelled boxes."""


def number_text(value: float | None, digits: int = 3) -> str:
    """A number, or a dash where there is none."""
    return "-" if value is None else f"{value:.{digits}f}"


def interval_text(metric: MetricValue | Mapping[str, float | None] | None, digits: int = 3) -> str:
    """Value with its interval, e.g. "0.412 [0.371, 0.455]", or a dash where there is none."""
    from synthvis.metrics.metric import MetricValue

    found = MetricValue(metric["value"], metric["low"], metric["high"]) if isinstance(metric, Mapping) else metric
    return "-" if found is None or found.value is None else found.text(digits)


def gap_table(gap: GapTable) -> Table:
    """One row a set: two metrics with 95% intervals, difference (synthetic - real) and ratio (real / synthetic).

    The metrics are the headline of the task and the next that it has.
    """
    names, count = _shown_metrics(gap), _count_name(gap)
    beside = [title for title, of in BESIDE.items() if any(of(one) for one in gap.evaluations)]
    titles = [f"{title} {names[0]}" for title in beside]
    columns = ("set", "images", count, *(f"{name} [95%]" for name in names), *titles, "difference", "ratio")
    table = plain_table("The gap", columns)
    if gap.synthetic:
        table.add_row(*_set_cells(gap.synthetic, names, count), *_cells_beside(gap.synthetic, beside), "", "")
    for other in gap.other_renders:
        table.add_row(*_set_cells(other, names, count), *_cells_beside(other, beside), "", "")
    for real in gap.real:
        cells = (*_set_cells(real.evaluation, names, count), *_cells_beside(real.evaluation, beside))
        table.add_row(*cells, number_text(real.headline.difference), number_text(real.headline.ratio, digits=2))
    if not gap.real:
        table.add_row("real photographs", "", "", *[NOT_MEASURED] * (len(names) + 2 + len(beside)))
    return table


def class_table(gap: GapTable) -> Table:
    """One row a class: its first metric on synthetic and on each other set, with the count of labels there."""
    ours = gap.synthetic.per_class if gap.synthetic else {}
    others = [*gap.other_renders, *(one.evaluation for one in gap.real)]
    metric, count = _class_metric(gap), _count_name(gap)
    titles = ["class", f"synthetic {metric}", *(f"{one.set} {metric} ({count})" for one in others)]
    table = plain_table("By class", titles)
    for name in dict.fromkeys([*ours, *(label for one in others for label in one.per_class)]):
        cells = [_class_value(ours.get(name), metric)]
        for one in others:
            row = one.per_class.get(name)
            cells.append(f"{_class_value(row, metric)} ({row.counts.get(count, 0):,})" if row else "-")
        table.add_row(_plain(name), *cells)
    return table


def evaluation_table(evaluation: Evaluation) -> Table:
    """All metrics of one evaluation."""
    from synthvis.metrics.registry import metric_named

    title = f"{evaluation.set} {evaluation.split or ''}: {evaluation.images:,} images"
    table = plain_table(title, ("metric", "value [95%]"))
    for name, metric in evaluation.metrics.items():
        table.add_row(name, interval_text(metric, metric_named(name).digits))
    return table


def print_gap(gap: GapTable) -> None:
    """Print the gap, the classes and how to measure what was not, on stdout."""
    from synthvis.ui.console import data_console

    console = data_console()
    console.print(gap_table(gap))
    classes = class_table(gap)
    if classes.row_count:
        console.print(classes)
    if not gap.real:
        missing = next((one for one in gap.not_measured if "real" in one.what), None)
        if missing is not None:
            console.print(f"to measure it: {missing.command}", markup=False, soft_wrap=True)
            console.print(f"({missing.how})", markup=False, highlight=False)


def _shown_metrics(gap: GapTable) -> list[str]:
    """The headline, and the metric after it."""
    first = next(iter(gap.evaluations), None)
    return ["AP", "AP50"] if first is None else list(dict.fromkeys([first.headline, *first.metrics]))[:2]


def _count_name(gap: GapTable) -> str:
    names = ("boxes", "labels", "pixels", "poses")
    return next((name for one in gap.evaluations for name in names if name in one.counts), "boxes")


def _class_metric(gap: GapTable) -> str:
    """What is told of each class: the headline where classes have it, else the first."""
    headline = _shown_metrics(gap)[0]
    names = dict.fromkeys(name for one in gap.evaluations for row in one.per_class.values() for name in row.metrics)
    return headline if headline in names else next(iter(names), headline)


def _class_value(row: ClassMeasures | None, metric: str) -> str:
    found = row.metrics.get(metric) if row else None
    return number_text(found.value if found else None)


def _set_cells(evaluation: Evaluation, names: Sequence[str], count: str) -> tuple[Any, ...]:
    name = f"{evaluation.set} {evaluation.split or ''} ({evaluation.kind})"
    counts = (f"{evaluation.images:,}", f"{evaluation.counts.get(count, 0):,}")
    return (_plain(name), *counts, *(interval_text(evaluation.metrics.get(metric)) for metric in names))


def _cells_beside(evaluation: Evaluation, titles: Sequence[str]) -> list[str]:
    """What the headline would be of what stands beside the network."""
    found = [BESIDE[title](evaluation).get(evaluation.headline) for title in titles]
    return [number_text(one.value if one else None) for one in found]


def plain_table(title: str, columns: Sequence[str]) -> Table:
    """An empty table whose first column is words and whose others are numbers."""
    from rich import box

    from synthvis.ui.fitting import FittingTable

    table = FittingTable(title=_plain(title), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for number, name in enumerate(columns):
        table.add_column(_plain(name), justify="left" if number == 0 else "right")
    return table


def _plain(text: str) -> Any:
    """Text that rich does not read as markup: names come from files."""
    from rich.text import Text

    return Text(text)
