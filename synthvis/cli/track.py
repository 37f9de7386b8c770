"""`synthvis track`: trackers on labelled boxes."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from synthvis.cli.shared.api_help import ApiOption
from synthvis.cli.shared.options import echo_json, json_option, real_root_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from synthvis.api.tracking import TrackedLabels

__all__ = ["command"]

option = partial(click.option, cls=ApiOption, of="synthvis.api.tracking:track")

EPILOG = """\b
Examples:
  synthvis track pets
  synthvis track data/street --tracker sort --tracker bytetrack       # side by side
  synthvis track path/to/MOT17/train --classes person --json
"""


@click.command("track", epilog=EPILOG)
@click.argument("data", metavar="NAME|DIR|JSON")
@option("--tracker", "trackers", argument="tracker", multiple=True, metavar="NAME|FILE.py:NAME")
@option("--classes", metavar="A,B")
@option("--split")
@real_root_option
@json_option
def command(
    data: str, trackers: tuple[str, ...], classes: str | None, split: str | None, real_root: Path | None, as_json: bool
) -> None:
    """Measure a tracker on the labelled boxes of films, as if a detector had found them all and nothing else.

    What is missing to 1 is the tracker's own fault. `synthvis evaluate` measures a detector with a tracker behind it,
    and names this bound beside it.
    """
    from synthvis.api.tracking import film_split, measured_with
    from synthvis.tracking.tracker import DEFAULT_TRACKER
    from synthvis.ui.left_out import show_left_out

    films = film_split(data, classes=classes, split=split, real_root=real_root)
    show_left_out([films])
    found = [measured_with(films, name) for name in trackers or (DEFAULT_TRACKER,)]
    if as_json:
        echo_json({"set": found[0].set, "trackers": [_plain(one) for one in found]})
        return
    _show(found)


def _plain(one: TrackedLabels) -> dict[str, object]:
    return {"tracker": one.tracker, "classes": list(one.classes), **one.measures.to_dict()}


def _show(found: Sequence[TrackedLabels]) -> None:
    from synthvis.errors import counted
    from synthvis.metrics.registry import metric_named
    from synthvis.ui.console import data_console
    from synthvis.ui.tables import interval_text, plain_table

    first = found[0].measures
    counts = ", ".join(
        [
            counted(first.counts["films"], "film"),
            counted(first.images, "frame"),
            counted(first.counts["tracks"], "track"),
        ]
    )
    table = plain_table(f"Perfect boxes of {found[0].set}: {counts}", ("metric [95%]", *(one.tracker for one in found)))
    for name in first.metrics:
        digits = metric_named(name).digits
        table.add_row(name, *(interval_text(one.measures[name], digits) for one in found))
    data_console().print(table)
