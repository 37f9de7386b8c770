"""`synthvis gap`: how far a synthetic set is from a real one, and why."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from synthvis.cli.shared.options import PATH, SEED, OutputFolder, echo_json, json_option

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.progress import Progress

    from synthvis.gap.comparison import SetComparison
    from synthvis.gap.ranking import Ranking
    from synthvis.gap.sets import Pair

__all__ = ["command"]

CHANGES = 6

EPILOG = """\b
Examples:
  synthvis gap data/fruit fruit
  synthvis gap data/coco coco:train --images 200 --run runs/coco
  synthvis gap fruit:train fruit:train      # two halves: what no gap looks like
  synthvis gap --rank data/a data/b data/c coco:train --run runs/a --run runs/b --run runs/c
"""


class FeaturesOption(click.Option):
    """An option whose help names every registered distance, also those of installed packages."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        from synthvis.gap.distances import distances

        titles = ", ".join(distance.title for distance in distances().values())
        self.help = f"Distances of a network's features: {titles}."
        return super().get_help_record(ctx)


@click.command(epilog=EPILOG)
@click.argument("sets", nargs=-1, required=True, metavar="DATA REAL")
@click.option("--rank", is_flag=True, help="Order several synthetic sets by their distance to the last one, REAL.")
@click.option("--run", "runs", type=PATH, multiple=True, help="Run evaluated on both sets; with --rank, one a set.")
@click.option("--images", type=click.IntRange(min=4), default=500, show_default=True, help="Most images of a set.")
@click.option("--crops", type=click.IntRange(min=12), default=600, show_default=True, help="Most objects of a set.")
@click.option("--classes", metavar="A,B", help="Compare these only.  [default: all that both sets have]")
@click.option(
    "--backbone",
    default="tf_efficientnet_lite0",
    show_default=True,
    metavar="NAME",
    help="Network of the features: a timm name, or inception-v3-fid.",
)
@click.option("--features/--no-features", cls=FeaturesOption, default=True, show_default=True)
@click.option(
    "--size",
    "long_side_px",
    type=click.IntRange(min=32),
    metavar="PX",
    help="Longer side to which all pictures are brought, in pixels.  [default: from the sets]",
)
@click.option(
    "--embedding",
    type=click.Choice(["pca", "tsne", "umap"]),
    default="pca",
    show_default=True,
    help="Draw this map of the features, too.",
)
@click.option("--seed", type=SEED, default=0, show_default=True, help="Seed of all draws.")
@click.option("--real-root", type=PATH, help="Folder of the named real sets.")
@click.option(
    "--out",
    type=OutputFolder("COMPARISON"),
    help="Folder for the JSON file and the pictures.  [default: runs/gap-DATA-REAL]",
)
@json_option
def command(
    sets: tuple[str, ...], rank: bool, runs: tuple[Path, ...], as_json: bool, out: Path | None, real_root: Path | None,
    images: int, seed: int, classes: str | None, backbone: str, features: bool, **settings: Any,
) -> None:  # fmt: skip
    """Say how far the set DATA is from the set REAL, and why.

    Sizes, places, colours and classes side by side, ranked by how much they differ, each with what to change in the
    recipe; distances of a network's features; with --run, what the trained network loses, and a detector to which
    errors. All of it is about pictures and boxes; what is not measured is said at the end. Pictures under --out show
    photographs of the real set: they are for yourself.
    """
    _require_counts(sets, runs, rank)
    from synthvis.api.comparing import compare_pair, gap_options, rank_pairs
    from synthvis.gap.comparison import FILE_NAME
    from synthvis.gap.sets import find_pair
    from synthvis.ui.left_out import show_left_out

    pairs = [
        find_pair(name, sets[-1], images=images, seed=seed, classes=classes, real_root=real_root) for name in sets[:-1]
    ]
    show_left_out(split for pair in pairs for split in (pair.synthetic, pair.real))
    with _progress() as progress:
        options = gap_options(
            backbone=backbone if features else None, seed=seed, notify=_say,
            stage=lambda title, total: _stage(progress, title, total), **settings,
        )  # fmt: skip
        if rank:
            ranking = rank_pairs(pairs, runs, options, out)
        else:
            folder = out or _default_folder(pairs[0])
            comparison = compare_pair(pairs[0], runs[0] if runs else None, options, folder)
            _say(f"{folder / FILE_NAME} and pictures beside it")
    if as_json:
        echo_json((ranking if rank else comparison).to_dict())
    elif rank:
        _show_ranking(ranking)
    else:
        _show_comparison(comparison)


def _require_counts(sets: tuple[str, ...], runs: tuple[Path, ...], rank: bool) -> None:
    if rank and len(sets) < 3:
        raise click.UsageError("--rank wants at least two synthetic sets, and the real one last")
    if not rank and len(sets) != 2:
        raise click.UsageError(f"two sets are compared, DATA and REAL; {len(sets)} were named (several: --rank)")
    if rank and runs and len(runs) != len(sets) - 1:
        raise click.UsageError(f"--rank wants one --run a synthetic set, in their order: {len(sets) - 1}")
    if not rank and len(runs) > 1:
        raise click.UsageError("one --run is compared; several go with --rank")


def _default_folder(pair: Pair) -> Path:
    return Path("runs") / f"gap-{pair.synthetic.name}-{pair.real.name}"


def _show_comparison(comparison: SetComparison) -> None:
    from synthvis.cli.gap.tables import comparison_lines, comparison_tables, unmeasured_lines
    from synthvis.ui.console import data_console

    console = data_console()
    for table in comparison_tables(comparison):
        console.print(table)
    of_task = comparison.task.not_measured if comparison.task else ()
    lines = [*comparison_lines(comparison, CHANGES), *unmeasured_lines((*comparison.not_measured, *of_task))]
    for line in lines:
        console.print(line, markup=False)


def _show_ranking(ranking: Ranking) -> None:
    from synthvis.cli.gap.tables import ranking_table, unmeasured_lines
    from synthvis.ui.console import data_console

    console = data_console()
    console.print(ranking_table(ranking))
    for line in unmeasured_lines(ranking.not_measured):
        console.print(line, markup=False)


def _say(text: str) -> None:
    from synthvis.ui.console import talk_console

    talk_console().print(text, soft_wrap=True)


def _progress() -> AbstractContextManager[Progress | None]:
    from synthvis.ui.console import talk_console

    if not talk_console().is_terminal:
        return nullcontext(None)
    from rich.progress import Progress

    from synthvis.ui.fitting import counting_columns

    columns = counting_columns()
    return Progress(*columns, console=talk_console(), transient=True)


def _stage(progress: Progress | None, title: str, total: int) -> Callable[[int], None]:
    """Show a piece of work: a bar on a terminal, else one line as it begins."""
    if progress is None:
        _say(title)
        return lambda _done: None
    task = progress.add_task(title, total=total)
    return lambda done: progress.advance(task, done)
