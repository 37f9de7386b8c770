"""`synthvis stats`: what is in sets, side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from synthvis.cli.shared.options import echo_json, json_option, real_root_option

if TYPE_CHECKING:
    from rich.table import Table

    from synthvis.data.statistics import ClassStatistics, SetStatistics

__all__ = ["command"]

EPILOG = """\b
Examples:
  synthvis stats data/fruit
  synthvis stats data/fruit fruit:train
  synthvis stats path/to/coco --split val --json | jq .sets[0].classes
"""


@click.command("stats", epilog=EPILOG)
@click.argument("sets", nargs=-1, required=True, metavar="NAME|DIR|JSON...")
@click.option("--split", help="The split to count.  [default: the one that is named, else all]")
@real_root_option
@json_option
def command(sets: tuple[str, ...], split: str | None, real_root: Path | None, as_json: bool) -> None:
    """Count what is in datasets, rendered or real: classes, sizes, occlusion, positions, pairs of classes.

    Several sets are shown side by side.
    """
    from synthvis.api.statistics import splits_to_count
    from synthvis.data.statistics import statistics_of
    from synthvis.ui.left_out import show_left_out

    splits = {name: splits_to_count(name, split, real_root) for name in sets}
    for read in splits.values():
        show_left_out(read)
    found = [statistics_of(name, read) for name, read in splits.items()]
    if as_json:
        echo_json({"sets": [one.to_dict() for one in found]})
        return
    from synthvis.ui.console import data_console

    console = data_console()
    for table in (_overview(found), _classes(found), _positions(found), _pairs(found)):
        console.print(table)


def _table(title: str, columns: tuple[str, ...]) -> Table:
    from rich import box

    from synthvis.ui.fitting import FittingTable

    table = FittingTable(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    for number, column in enumerate(columns):
        table.add_column(column, justify="left" if number == 0 else "right")
    return table


def _overview(found: list[SetStatistics]) -> Table:
    table = _table("Sets", ("", *(one.name for one in found)))
    rows: dict[str, list[str]] = {
        "images": [f"{one.images:,}" for one in found],
        "  without objects": [_percent(one.empty_images / one.images) for one in found],
        "objects": [f"{one.every.objects:,}" for one in found],
        "  an image": [f"{one.every.objects / one.images:.2f}" for one in found],
        "images with one object": [_percent(one.objects_per_image.get(1, 0) / one.images) for one in found],
        "images with ten and more": [
            _percent(sum(n for count, n in one.objects_per_image.items() if count >= 10) / one.images) for one in found
        ],
        "small, under 32x32 px": [_percent(one.coco_sizes["small"]) for one in found],
        "medium": [_percent(one.coco_sizes["medium"]) for one in found],
        "large, over 96x96 px": [_percent(one.coco_sizes["large"]) for one in found],
        "occluded, under 90% visible": [_percent(one.every.occluded_share) for one in found],
        "cut by the frame": [_percent(one.every.cut_share) for one in found],
    }
    for name, cells in rows.items():
        table.add_row(name, *cells)
    return table


def _classes(found: list[SetStatistics]) -> Table:
    table = _table(
        "Classes (size: square root of box area over image area, at 10, 50 and 90%)",
        ("class", "set", "objects", "images", "one alone", "size", "width/height", "occluded", "cut"),
    )
    for name in dict.fromkeys(name for one in found for name in one.classes):
        for number, one in enumerate(found):
            if name in one.classes:
                table.add_row(
                    name if number == 0 or name not in found[0].classes else "", one.name, *_cells(one.classes[name])
                )
    return table


def _cells(one: ClassStatistics) -> tuple[str, ...]:
    return (
        f"{one.objects:,}",
        f"{one.images:,}",
        _percent(one.single_share),
        " ".join(f"{value:.2f}" for value in one.size_quantiles or ()),
        "-" if one.aspect_median is None else f"{one.aspect_median:.2f}",
        _percent(one.occluded_share),
        _percent(one.cut_share),
    )


def _positions(found: list[SetStatistics]) -> Table:
    table = _table("Positions of the box centres", ("third from the top", *(one.name for one in found)))
    for row, name in enumerate(("top: left, middle, right", "middle", "bottom")):
        table.add_row(name, *("  ".join(f"{share:4.0%}" for share in one.position_shares[row]) for one in found))
    return table


def _pairs(found: list[SetStatistics]) -> Table:
    table = _table("Pairs of classes in one image", ("pair", "set", "images"))
    for one in found:
        for first, second, count in one.pairs:
            table.add_row(f"{first} + {second}", one.name, f"{count:,}")
    return table


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.0%}"
