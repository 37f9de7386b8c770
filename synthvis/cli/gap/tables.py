"""What `gap` prints: ranked differences with what to change, distances, the task gap, the order of recipes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING

from synthvis.ui.tables import number_text, plain_table

if TYPE_CHECKING:
    from rich.table import Table

    from synthvis.gap.comparison import (
        ComparedSet,
        FeatureComparison,
        FeatureDistances,
        SetComparison,
        SideCauses,
        StatisticDifference,
        TaskGap,
    )
    from synthvis.gap.distances import Distance, DistanceResult
    from synthvis.gap.image_statistics import Quantiles
    from synthvis.gap.ranking import Ranking
    from synthvis.metrics.error_causes import SetErrorCauses
    from synthvis.metrics.metric import MetricValue

__all__ = ["comparison_lines", "comparison_tables", "ranking_table", "unmeasured_lines"]

MAX_CLASSES = 12
MAX_NAMED_CLASSES = 8
NULL_COLUMN = "null, 95%"


def comparison_tables(comparison: SetComparison) -> Iterator[Table]:
    """All tables of one comparison, the causes that can be acted on first."""
    yield _differences(comparison)
    if comparison.features:
        yield _distances(comparison.features)
        if comparison.features.crops_by_class:
            yield _classes(comparison.features.crops_by_class)
    if comparison.task:
        yield _gap(comparison.task)
        if comparison.task.causes:
            yield _causes(comparison.task, comparison.task.causes)
            yield from _subsets("synthetic", comparison.task.causes.synthetic)
            yield from _subsets("real", comparison.task.causes.real)


def comparison_lines(comparison: SetComparison, changes: int) -> Iterator[str]:
    """Sentences: how the pictures were made comparable, and what to change next."""
    form = comparison.common_form
    yield (
        f"Pictures were brought to a long side of {form.long_side_px} px and JPEG quality {form.jpeg_quality} "
        "first: resolution and codec are not what is measured."
    )
    if comparison.halves_of_one_set:
        yield "Both sides are random halves of one set, so this is the result where there is no gap."
    if comparison.only_real_classes:
        yield f"Not compared, as {comparison.synthetic.set} has none: {_some(comparison.only_real_classes)}."
    rows = list(comparison.advised())[:changes]
    yield f"{comparison.summary}."
    for number, row in enumerate(rows, start=1):
        yield f"{number}. {row.direction}\n   -> {row.advice}"
    if comparison.task and comparison.task.advice:
        yield f"{len(rows) + 1}. {comparison.task.advice}"


def unmeasured_lines(sentences: Sequence[str]) -> Iterator[str]:
    """What a comparison or a ranking does not measure."""
    return (f"Not measured: {sentence}." for sentence in sentences)


def ranking_table(ranking: Ranking) -> Table:
    """Recipes by each distance, and the rank correlations."""
    recipes, headline = ranking.recipes, ranking.headline
    titles = (f"rho with {headline} gap", f"with lost real {headline}") if headline else ()
    columns = ("distance", *(recipe.set for recipe in recipes), *titles)
    table = plain_table("Distance to the real set, the lowest is nearest", columns)
    for key, order in ranking.order.items():
        cells = [f"{recipe.distances[key]:.4f} ({order.index(recipe.set) + 1})" for recipe in recipes]
        if headline:
            found = ranking.spearman[key]
            cells += ["-" if rho is None else str(rho) for rho in (found.gap, found.lost_real)]
        table.add_row(key, *cells)
    if headline:
        table.add_row(f"{headline} gap", *(number_text(recipe.gap) for recipe in recipes), "", "")
        table.add_row(f"{headline} on the real set", *(number_text(recipe.real) for recipe in recipes), "", "")
    return table


def _differences(comparison: SetComparison) -> Table:
    ours, theirs = comparison.synthetic, comparison.real
    counts = " against ".join(f"{side.images:,} images, {side.objects:,} objects" for side in (ours, theirs))
    table = plain_table(
        f"{_place(ours)} against {_place(theirs)} ({counts}), {len(comparison.classes)} classes",
        ("image statistic", "JS bits [95%]", NULL_COLUMN, "Wasserstein z", *comparison.side_names),
    )
    for row in comparison.differences:
        table.add_row(
            row.title if row.above_null else f"({row.title})",
            _interval(row.js_bits),
            number_text(row.null_js_bits.high),
            number_text(row.wasserstein_z.value if row.wasserstein_z else None, digits=2),
            *(_spread(row, side) for side in (row.synthetic, row.real)),
        )
    table.caption = (
        f"null: 95% of the splits of {theirs.set} into two halves stay below it; statistics in brackets do not exceed "
        "it; values: median (10 to 90%)"
    )
    table.caption_justify = "left"
    return table


def _place(side: ComparedSet) -> str:
    return f"{side.set}:{side.split}"


def _spread(row: StatisticDifference, side: Quantiles | None) -> str:
    from synthvis.gap.image_statistics import shown_quantiles

    return shown_quantiles(row.statistic, side) if side else ""


def _distances(features: FeatureComparison) -> Table:
    from synthvis.gap.distances.registry import distances_of_names
    from synthvis.gap.neighbours import ManifoldScores

    columns = ("distance", "images [95%]", NULL_COLUMN, "objects [95%]", NULL_COLUMN)
    table = plain_table(f"Features of {features.backbone}", columns)
    parts = (features.images, features.crops)
    for distance in distances_of_names(features.distance_names):
        results = [part.distances.get(distance.name) for part in parts]
        table.add_row(distance.heading, *(cell for result in results for cell in _cells(distance, result)))
        for key, title in distance.detail_titles.items():
            details = [result.details.get(key) if result else None for result in results]
            table.add_row(title, *(cell for value in details for cell in (number_text(value, digits=2), "")))
    for field in fields(ManifoldScores):
        values = [getattr(part.manifold, field.name) if part.manifold else None for part in parts]
        table.add_row(field.name, *(cell for value in values for cell in (number_text(value), "")))
    rows = "; ".join(
        f"{what} {part.rows.synthetic:,} and {part.rows.real:,}"
        for what, part in zip(("images", "objects"), parts, strict=True)
    )
    table.caption = f"rows: {rows}; as many objects of each class from either set"
    table.caption_justify = "left"
    return table


def _cells(distance: Distance, result: DistanceResult | None) -> tuple[str, str]:
    """A distance with its interval, and its null level."""
    if result is None:
        return "-", "-"
    shown = result.times(distance.scale)
    return _interval(shown.estimate, distance.digits), number_text(shown.null.high, distance.digits)


def _interval(value: MetricValue | None, digits: int = 3) -> str:
    """A value with its interval, such as 0.412 [0.371, 0.455]; a dash where it is undefined."""
    if value is None or value.low is None or value.high is None:
        return number_text(value.value if value else None, digits)
    ends = ", ".join(number_text(end, digits) for end in (value.low, value.high))
    return f"{number_text(value.value, digits)} [{ends}]"


def _classes(by_class: Mapping[str, FeatureDistances]) -> Table:
    from synthvis.gap.distances.registry import RANKING_DISTANCE, distances_of_names

    names = dict.fromkeys(name for features in by_class.values() for name in features.distances)
    others = [distance for distance in distances_of_names(names) if distance.name != RANKING_DISTANCE.name]
    headings = (f"{RANKING_DISTANCE.heading} [95%]", *(distance.heading for distance in others))
    table = plain_table("Objects by class, the farthest first", ("class", "rows", *headings))
    ordered = sorted(by_class.items(), key=lambda item: -(item[1].value(RANKING_DISTANCE.name) or 0.0))
    for name, features in ordered[:MAX_CLASSES]:
        cells = [_value(distance, features) for distance in others]
        ranked = _cells(RANKING_DISTANCE, features.distances.get(RANKING_DISTANCE.name))[0]
        table.add_row(name, str(features.rows.synthetic), ranked, *cells)
    return table


def _value(distance: Distance, features: FeatureDistances) -> str:
    value = features.value(distance.name)
    return number_text(None if value is None else value * distance.scale, distance.digits)


def _gap(task: TaskGap) -> Table:
    titles = [f"{side.set}:{side.split} [95%]" for side in (task.synthetic, task.real)]
    # What is an error grows on the way to photographs, so that it is not called lost.
    change = "lost [95%]" if task.causes is not None else "synthetic - real [95%]"
    table = plain_table(f"{task.run} ({task.task})", ("metric", *titles, change))
    for name, lost in task.gap.items():
        both = (side.metrics[name] for side in (task.synthetic, task.real))
        table.add_row(name, *(_interval(value) for value in both), _interval(lost))
    return table


def _causes(task: TaskGap, causes: SideCauses) -> Table:
    columns = (
        "cause",
        "synthetic: errors",
        "AP50 to gain [95%]",
        "real: errors",
        "AP50 to gain [95%]",
        "real - synthetic [95%]",
    )
    table = plain_table("AP50 that correcting all errors of one cause would bring", columns)
    for name in causes.real.by_gain():
        costs = (causes.synthetic.causes[name], causes.real.causes[name])
        cells = [cell for cost in costs for cell in (f"{cost.count:,}", _interval(cost.ap50_gain))]
        table.add_row(name, *cells, _interval((task.cause_gap or {}).get(name)))
    return table


def _subsets(side: str, causes: SetErrorCauses) -> Iterator[Table]:
    if not causes.subsets:
        return
    names = list(causes.causes)
    table = plain_table(f"AP50 to gain by part of the objects: {side}", ("objects", "count", "AP50", *names))
    for part, found in causes.subsets.items():
        gains = [number_text(found.causes[name].ap50_gain.value) for name in names]
        table.add_row(part, f"{found.objects:,}", number_text(found.ap50.value), *gains)
    yield table


def _some(names: Sequence[str]) -> str:
    more = len(names) - MAX_NAMED_CLASSES
    return ", ".join(names[:MAX_NAMED_CLASSES]) + (f" and {more} more" if more > 0 else "")
