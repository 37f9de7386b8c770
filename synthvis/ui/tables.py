"""Tables of results: the headline metric with its interval, the gap, the classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.table import Table

    from synthvis.evaluation.gap_table import GapTable
    from synthvis.metrics.evaluation import Evaluation
    from synthvis.metrics.measures import ClassMeasures
    from synthvis.metrics.metric import MetricValue

__all__ = ["class_table", "evaluation_table", "gap_table", "interval_text", "number_text", "plain_table", "print_gap"]

NOT_MEASURED = "not measured"


def number_text(value: float | None, digits: int = 3) -> str:
    """A number, or a dash where there is none."""
    return "-" if value is None else f"{value:.{digits}f}"


def interval_text(metric: MetricValue | Mapping[str, float | None] | None) -> str:
    """Value with its interval, e.g. "0.412 [0.371, 0.455]", or a dash where there is none."""
    from synthvis.metrics.metric import MetricValue

    found = MetricValue(metric["value"], metric["low"], metric["high"]) if isinstance(metric, Mapping) else metric
    return "-" if found is None or found.value is None else str(found)


def gap_table(gap: GapTable) -> Table:
    """One row a set: two metrics with 95% intervals, difference (synthetic - real) and ratio (real / synthetic).

    The metrics are the headline of the task and the next that it has.
    """
    names, count = _shown_metrics(gap), _count_name(gap)
    baseline = (f"baseline {names[0]}",) if any(one.prior_baseline for one in gap.evaluations) else ()
    columns = ("set", "images", count, *(f"{name} [95%]" for name in names), *baseline, "difference", "ratio")
    table = plain_table("The gap", columns)
    if gap.synthetic:
        table.add_row(*_set_cells(gap.synthetic, names, count), *_baseline_cells(gap.synthetic, baseline), "", "")
    for real in gap.real:
        cells = (*_set_cells(real.evaluation, names, count), *_baseline_cells(real.evaluation, baseline))
        table.add_row(*cells, number_text(real.headline.difference), number_text(real.headline.ratio, digits=2))
    if not gap.real:
        table.add_row("real photographs", "", "", *[NOT_MEASURED] * (len(names) + 2 + len(baseline)))
    return table


def class_table(gap: GapTable) -> Table:
    """One row a class: its first metric on synthetic and on each real set, with the count of real labels."""
    ours = gap.synthetic.per_class if gap.synthetic else {}
    reals = [one.evaluation for one in gap.real]
    metric, count = _class_metric(gap), _count_name(gap)
    titles = ["class", f"synthetic {metric}", *(f"{one.set} {metric} ({count})" for one in reals)]
    table = plain_table("By class", titles)
    for name in dict.fromkeys([*ours, *(label for one in reals for label in one.per_class)]):
        cells = [_class_value(ours.get(name), metric)]
        for one in reals:
            row = one.per_class.get(name)
            cells.append(f"{_class_value(row, metric)} ({row.counts.get(count, 0):,})" if row else "-")
        table.add_row(_plain(name), *cells)
    return table


def evaluation_table(evaluation: Evaluation) -> Table:
    """All metrics of one evaluation."""
    title = f"{evaluation.set} {evaluation.split or ''}: {evaluation.images:,} images"
    table = plain_table(title, ("metric", "value [95%]"))
    for name, metric in evaluation.metrics.items():
        table.add_row(name, interval_text(metric))
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
    return next(
        (name for one in gap.evaluations for name in ("boxes", "labels", "pixels") if name in one.counts), "boxes"
    )


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


def _baseline_cells(evaluation: Evaluation, baseline: Sequence[str]) -> list[str]:
    """What the headline would be of a prediction that ignores the image."""
    found = evaluation.prior_baseline.get(evaluation.headline)
    return [number_text(found.value if found else None) for _ in baseline]


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
