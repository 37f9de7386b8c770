"""Tables of results: the headline metric with its interval, the gap, the classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["class_table", "evaluation_table", "gap_table", "interval_text", "number_text", "plain_table", "print_gap"]

Facts = Mapping[str, Any]
NOT_MEASURED = "not measured"


def number_text(value: float | None, digits: int = 3) -> str:
    """A number, or a dash where there is none."""
    return "-" if value is None else f"{value:.{digits}f}"


def interval_text(metric: Facts | None) -> str:
    """Value with its interval, e.g. "0.412 [0.371, 0.455]"."""
    if not metric or metric.get("value") is None:
        return "-"
    if metric.get("low") is None or metric.get("high") is None:
        return number_text(metric["value"])
    return f"{number_text(metric['value'])} [{number_text(metric['low'])}, {number_text(metric['high'])}]"


def gap_table(gap: Facts) -> Table:
    """One row a set: two metrics with 95% intervals, difference (synthetic - real) and ratio (real / synthetic).

    The metrics are AP and AP50 of a detector, of another task its headline and the next that it has.
    """
    names, count = _shown_metrics(gap), _count_name(gap)
    blind = (f"{names[0]} without looking",) if any(one.get("blind") for one in _evaluations(gap)) else ()
    columns = ("set", "images", count, *(f"{name} [95%]" for name in names), *blind, "difference", "ratio")
    table = plain_table("The gap", columns)
    if gap.get("synthetic"):
        ours = gap["synthetic"]
        table.add_row(*_set_cells(ours, names, count), *_blind_cells(ours, names, blind), "", "")
    for real in gap.get("real", ()):
        difference, ratio = real["difference"].get(names[0]), real["ratio"].get(names[0])
        cells = (*_set_cells(real, names, count), *_blind_cells(real, names, blind))
        table.add_row(*cells, number_text(difference), number_text(ratio, digits=2))
    if not gap.get("real"):
        table.add_row("real photographs", "", "", *[NOT_MEASURED] * (len(names) + 2 + len(blind)))
    return table


def class_table(gap: Facts) -> Table:
    """One row a class: its first metric on synthetic and on each real set, with the count of real labels."""
    real = list(gap.get("real", ()))
    ours = (gap.get("synthetic") or {}).get("per_class") or {}
    metric, count = _class_metric(gap), _count_name(gap)
    titles = ["class", f"synthetic {metric}", *(f"{one['set']} {metric} ({count})" for one in real)]
    table = plain_table("By class", titles)
    for name in dict.fromkeys([*ours, *(label for one in real for label in one["per_class"])]):
        cells = [number_text((ours.get(name) or {}).get(metric))]
        for one in real:
            facts = one["per_class"].get(name)
            cells.append(f"{number_text(facts.get(metric))} ({facts.get(count, 0):,})" if facts else "-")
        table.add_row(_plain(name), *cells)
    return table


def evaluation_table(evaluation: Facts) -> Table:
    """All metrics of one evaluation."""
    title = f"{evaluation['set']} {evaluation.get('split') or ''}: {evaluation['images']:,} images"
    table = plain_table(title, ("metric", "value [95%]"))
    for name, metric in evaluation["metrics"].items():
        table.add_row(name, interval_text(metric))
    return table


def print_gap(gap: Facts) -> None:
    """Print the gap, the classes and how to measure what was not, on stdout."""
    from synthvis.ui.console import data_console

    console = data_console()
    console.print(gap_table(gap))
    classes = class_table(gap)
    if classes.row_count:
        console.print(classes)
    if not gap.get("real") and gap.get("not_measured"):
        missing = next((one for one in gap["not_measured"] if "real" in one["what"]), None)
        if missing is not None:
            console.print(f"to measure it: {missing['command']}", markup=False, soft_wrap=True)
            console.print(f"({missing['how']})", markup=False, highlight=False)


def _evaluations(gap: Facts) -> list[Facts]:
    return [one for one in (gap.get("synthetic"), *gap.get("real", ())) if one]


def _shown_metrics(gap: Facts) -> list[str]:
    """The headline, and the metric after it; evaluations of detectors do not say theirs."""
    told = next((one for one in _evaluations(gap) if "headline" in one), None)
    return ["AP", "AP50"] if told is None else list(dict.fromkeys([told["headline"], *told["metrics"]]))[:2]


def _count_name(gap: Facts) -> str:
    return next((name for one in _evaluations(gap) for name in ("boxes", "labels", "pixels") if name in one), "boxes")


def _class_metric(gap: Facts) -> str:
    """What is told of each class: the headline where classes have it, else the first that is no count."""
    headline, count = _shown_metrics(gap)[0], _count_name(gap)
    rows = [row for one in _evaluations(gap) for row in (one.get("per_class") or {}).values()]
    names = dict.fromkeys(key for row in rows for key in row if key != count)
    return headline if headline in names else next(iter(names), headline)


def _set_cells(facts: Facts, names: Sequence[str], count: str) -> tuple[Any, ...]:
    name = f"{facts['set']} {facts.get('split') or ''} ({facts['kind']})"
    counts = (f"{facts['images']:,}", f"{facts.get(count) or 0:,}")
    return (_plain(name), *counts, *(interval_text(facts["metrics"].get(metric)) for metric in names))


def _blind_cells(facts: Facts, names: Sequence[str], blind: Sequence[str]) -> list[str]:
    """What the headline would be of an answer that does not look at the picture."""
    return [number_text((facts.get("blind") or {}).get(names[0])) for _ in blind]


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
