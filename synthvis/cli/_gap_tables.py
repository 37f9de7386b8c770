"""What `gap` prints: ranked differences with what to change, distances, the task gap, the order of recipes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from synthvis.ui.tables import interval_text, number_text, plain_table

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["comparison_lines", "comparison_tables", "ranking_tables", "unmeasured_lines"]

Facts = Mapping[str, Any]
DISTANCE_NAMES = {
    "frechet": "Frechet distance",
    "kid": "KID x 1000",
    "mmd_rbf": "MMD^2 (RBF) x 1000",
    "proxy_a": "proxy A-distance, 0..2",
}
THOUSANDFOLD = ("kid", "mmd_rbf")
WORST_CLASSES = 12


def comparison_tables(result: Facts) -> Iterator[Table]:
    """All tables of one comparison, the causes that can be acted on first."""
    yield _differences(result)
    if result["features"]:
        yield _distances(result["features"])
        if result["features"]["crops_by_class"]:
            yield _classes(result["features"]["crops_by_class"])
    if result["task"]:
        yield _gap(result["task"])
        if result["task"]["causes"]:
            yield _causes(result["task"])
            yield from _subsets(result["task"])


def comparison_lines(result: Facts, changes: int) -> Iterator[str]:
    """Sentences: how the pictures were made comparable, and what to change next."""
    form = result["common_form"]
    yield (
        f"Pictures were brought to a long side of {form['long_side_px']} px and JPEG quality {form['jpeg_quality']} "
        "first: resolution and codec are not what is measured."
    )
    if result["halves_of_one_set"]:
        yield "Both sides are halves of one set by chance: this is what no gap looks like."
    if result["only_real_classes"]:
        yield f"Not compared, as the synthetic set has none: {_some(result['only_real_classes'])}."
    rows = [row for row in result["differences"] if row["advice"]][:changes]
    summary = result["summary"]
    yield f"{summary['above_chance']} of {summary['traits']} traits differ by more than chance."
    for number, row in enumerate(rows, start=1):
        yield f"{number}. {row['direction']}\n   -> {row['advice']}"
    if result["task"] and result["task"]["advice"]:
        yield f"{len(rows) + 1}. {result['task']['advice']}"


def unmeasured_lines(result: Facts) -> Iterator[str]:
    """What a comparison or a ranking does not measure."""
    for sentence in (*result["not_measured"], *((result.get("task") or {}).get("not_measured") or ())):
        yield f"Not measured: {sentence}."


def ranking_tables(ranking: Facts) -> Iterator[Table]:
    """Recipes by each distance, and the rank correlations."""
    recipes = ranking["recipes"]
    headline = ranking["headline"]
    correlated = (f"{headline}_gap", f"lost_real_{headline}") if headline else ()
    titles = (f"rho with {headline} gap", f"with lost real {headline}") if headline else ()
    columns = ("distance", *(one["set"] for one in recipes), *titles)
    table = plain_table("Distance to the real set, least is nearest", columns)
    for key, order in ranking["order"].items():
        cells = [f"{one['distances'][key]:.4f} ({order.index(one['set']) + 1})" for one in recipes]
        found = ranking["spearman"].get(key) or {}
        cells += [_rho(found.get(name)) for name in correlated]
        table.add_row(key, *cells)
    if headline:
        for key, title in ((f"{headline}_gap", f"{headline} gap"), (f"real_{headline}", f"{headline} on the real set")):
            table.add_row(title, *(number_text(one[key]) for one in recipes), "", "")
    yield table


def _differences(result: Facts) -> Table:
    ours, theirs = result["synthetic"], result["real"]
    counts = " against ".join(f"{one['images']:,} images, {one['objects']:,} objects" for one in (ours, theirs))
    table = plain_table(
        f"{_place(ours)} against {_place(theirs)} ({counts}), {len(result['classes'])} classes",
        ("trait", "JS bits [95%]", "by chance", "Wasserstein z", "synthetic", "real"),
    )
    for row in result["differences"]:
        table.add_row(
            row["title"] if row["above_chance"] else f"({row['title']})",
            interval_text(row["js_bits"]),
            number_text(row["chance_js_bits"]["high"]),
            number_text((row.get("wasserstein_z") or {}).get("value"), digits=2),
            *(_spread(row, side) for side in ("synthetic", "real")),
        )
    table.caption = (
        "traits in brackets differ by no more than two halves of the real set do; values: median (10 to 90%)"
    )
    table.caption_justify = "left"
    return table


def _place(side: Facts) -> str:
    return f"{side['set']}:{side['split']}"


def _spread(row: Facts, side: str) -> str:
    facts = row.get(side)
    if not facts:
        return ""
    undo = (lambda value: 2**value) if row["trait"] == "aspect" else float
    return f"{undo(facts['median']):.2f} ({undo(facts['q10']):.2f} to {undo(facts['q90']):.2f})"


def _distances(features: Facts) -> Table:
    columns = ("distance", "images [95%]", "by chance", "objects [95%]", "by chance")
    table = plain_table(f"Features of {features['backbone']}", columns)
    parts = [features[what] for what in ("images", "crops")]
    for name, title in DISTANCE_NAMES.items():
        cells = [cell for part in parts for cell in _distance_cells(part["distances"].get(name), name in THOUSANDFOLD)]
        table.add_row(title, *cells)
    infinity = [(part["distances"].get("frechet") or {}).get("infinity") or {} for part in parts]
    if any(infinity):
        cells = [cell for one in infinity for cell in (number_text(one.get("value"), digits=2), "")]
        table.add_row("Frechet, extrapolated to endless sets", *cells)
    for name in ("precision", "recall", "density", "coverage"):
        cells = [cell for part in parts for cell in (number_text((part["manifold"] or {}).get(name)), "")]
        table.add_row(name, *cells)
    rows = "; ".join(
        f"{what} {p['rows']['synthetic']:,} and {p['rows']['real']:,}"
        for what, p in zip(("images", "objects"), parts, strict=True)
    )
    table.caption = f"rows: {rows}; as many objects of each class from either set"
    table.caption_justify = "left"
    return table


def _distance_cells(facts: Facts | None, thousandfold: bool) -> tuple[str, str]:
    if not facts:
        return "-", "-"
    factor = 1000.0 if thousandfold else 1.0
    scaled = {name: None if facts[name] is None else facts[name] * factor for name in ("value", "low", "high")}
    chance = facts["chance"]["high"]
    digits = 2
    value = number_text(scaled["value"], digits)
    if scaled["low"] is not None:
        value += f" [{number_text(scaled['low'], digits)}, {number_text(scaled['high'], digits)}]"
    return value, number_text(None if chance is None else chance * factor, digits)


def _classes(by_class: Facts) -> Table:
    table = plain_table(
        "Objects by class, the farthest first", ("class", "rows", "KID x 1000 [95%]", "Frechet", "proxy A")
    )
    ordered = sorted(by_class.items(), key=lambda item: -(item[1]["distances"]["kid"]["value"] or 0.0))
    for name, facts in ordered[:WORST_CLASSES]:
        found = facts["distances"]
        table.add_row(
            name,
            str(facts["rows"]["synthetic"]),
            _distance_cells(found["kid"], True)[0],
            number_text(found["frechet"]["value"], 1),
            number_text(found["proxy_a"]["value"], 2),
        )
    return table


def _gap(task: Facts) -> Table:
    titles = [f"{task[side]['set']}:{task[side]['split']} [95%]" for side in ("synthetic", "real")]
    # What is an error grows on the way to photographs, so that it is not called lost.
    change = "lost [95%]" if task["task"] == "detection" else "synthetic - real [95%]"
    table = plain_table(f"{task['run']} ({task['task']})", ("metric", *titles, change))
    for name, lost in task["gap"].items():
        table.add_row(
            name, *(interval_text(task[side]["metrics"][name]) for side in ("synthetic", "real")), interval_text(lost)
        )
    return table


def _causes(task: Facts) -> Table:
    columns = (
        "cause",
        "synthetic: errors",
        "AP50 to win [95%]",
        "real: errors",
        "AP50 to win [95%]",
        "real - synthetic [95%]",
    )
    table = plain_table("What a perfect fix of each cause would win", columns)
    ours, theirs = (task["causes"][side]["causes"] for side in ("synthetic", "real"))
    for name in sorted(theirs, key=lambda name: -(theirs[name]["dAP50"]["value"] or 0.0)):
        cells = [
            cell for one in (ours, theirs) for cell in (f"{one[name]['count']:,}", interval_text(one[name]["dAP50"]))
        ]
        table.add_row(name, *cells, interval_text(task["cause_gap"][name]))
    return table


def _subsets(task: Facts) -> Iterator[Table]:
    for side in ("synthetic", "real"):
        found = task["causes"][side]["subsets"]
        names = list(next(iter(found.values()))["causes"]) if found else []
        table = plain_table(f"AP50 to win by part of the objects: {side}", ("objects", "count", "AP50", *names))
        for part, facts in found.items():
            won = [number_text(facts["causes"][name]["dAP50"]["value"]) for name in names]
            table.add_row(part, f"{facts['objects']:,}", number_text(facts["AP50"]["value"]), *won)
        if found:
            yield table


def _rho(facts: Facts | None) -> str:
    if not facts or facts["rho"] is None:
        return "-"
    chance = "" if facts["p"] is None else f", p {facts['p']:.2f}"
    return f"{facts['rho']:+.2f} (n {facts['n']}{chance})"


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
