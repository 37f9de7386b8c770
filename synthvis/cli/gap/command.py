"""`synthvis gap`: how far a synthetic set is from a real one, and why."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from synthvis.cli.shared.api_help import ApiOption, given
from synthvis.cli.shared.messages import say
from synthvis.cli.shared.options import echo_json, json_option, real_root_option
from synthvis.cli.shared.values import PATH, SEED, OutputFolder

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.progress import Progress

    from synthvis.gap.comparison import SetComparison
    from synthvis.gap.ranking import Ranking
    from synthvis.gap.sets import Pair

__all__ = ["command"]

option = partial(click.option, cls=ApiOption, of="synthvis.api.comparing:compare")

CHANGES = 6

EPILOG = """\b
Examples:
  synthvis gap data/fruit fruit
  synthvis gap data/coco coco:train --images 200 --run runs/coco
  synthvis gap fruit:train fruit:train      # two halves of one set: the result without a gap
  synthvis gap --rank data/a data/b data/c coco:train --run runs/a --run runs/b --run runs/c
"""


class FeaturesOption(click.Option):
    """An option whose help names every registered distance, also those of installed packages."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        from synthvis.gap.distances import distances

        titles = ", ".join(distance.title for distance in distances().values())
        self.help = f"Measure distances between the features of a network: {titles}.  [default: features]"
        return super().get_help_record(ctx)


@click.command(epilog=EPILOG)
@click.argument("sets", nargs=-1, required=True, metavar="DATA REAL")
@click.option(
    "--rank", is_flag=True, help="Rank several synthetic sets by their distance to the last set, which is the real one."
)
@click.option(
    "--run", "runs", type=PATH, multiple=True,
    help="A run that was evaluated on both sets; with --rank, one for each synthetic set, in their order.",
)  # fmt: skip
@option("--images", type=click.IntRange(min=4))
@option("--crops", type=click.IntRange(min=12))
@option("--classes", metavar="A,B")
@option("--backbone", metavar="NAME")
@click.option("--features/--no-features", cls=FeaturesOption, default=True)
@option("--size", "long_side_px", argument="long_side_px", type=click.IntRange(min=32), metavar="PX")
@option("--embedding", type=click.Choice(["pca", "tsne", "umap"]))
@option("--seed", type=SEED)
@real_root_option
@click.option(
    "--out",
    type=OutputFolder("COMPARISON"),
    help="The folder for the JSON file and the pictures.  [default: runs/gap-DATA-REAL]",
)
@json_option
def command(
    sets: tuple[str, ...], rank: bool, runs: tuple[Path, ...], as_json: bool, out: Path | None, real_root: Path | None,
    images: int | None, seed: int | None, classes: str | None, backbone: str | None, features: bool, **settings: Any,
) -> None:  # fmt: skip
    """Measure how far the set DATA is from the set REAL, and why.

    Sizes, positions, colours and classes are compared and ranked by how much they differ, each with what to change in
    the recipe. Further results are the distances between the features of a network and, with --run, what the trained
    network loses and, for a detector, to which errors. Only pictures and boxes are compared; the end of the output
    says what is not measured. The pictures under --out show photographs of the real set: keep them private.
    """
    _check_counts(sets, runs, rank)
    from synthvis.api.comparing import compare_pair, gap_options, pair_of, rank_pairs
    from synthvis.gap.comparison import FILE_NAME
    from synthvis.ui.left_out import show_left_out

    chosen = given(images=images, seed=seed)
    pairs = [pair_of(name, sets[-1], classes=classes, real_root=real_root, **chosen) for name in sets[:-1]]
    show_left_out(split for pair in pairs for split in (pair.synthetic, pair.real))
    with _progress() as progress:
        options = gap_options(
            notify=say, features=features, stage=lambda title, total: _stage(progress, title, total),
            **given(backbone=backbone, seed=seed, **settings),
        )  # fmt: skip
        if rank:
            ranking = rank_pairs(pairs, runs, options, out)
        else:
            folder = out or _default_folder(pairs[0])
            comparison = compare_pair(pairs[0], runs[0] if runs else None, options, folder)
            say(f"{folder / FILE_NAME} and pictures beside it")
    if as_json:
        echo_json((ranking if rank else comparison).to_dict())
    elif rank:
        _show_ranking(ranking)
    else:
        _show_comparison(comparison)


def _check_counts(sets: tuple[str, ...], runs: tuple[Path, ...], rank: bool) -> None:
    if rank and len(sets) < 3:
        raise click.UsageError("--rank needs at least two synthetic sets, and the real one last")
    if not rank and len(sets) != 2:
        raise click.UsageError(f"two sets are compared, DATA and REAL; {len(sets)} were named (for several: --rank)")
    if rank and runs and len(runs) != len(sets) - 1:
        raise click.UsageError(f"--rank needs one --run for each synthetic set, in their order: {len(sets) - 1}")
    if not rank and len(runs) > 1:
        raise click.UsageError("only one --run can be compared; several need --rank")


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


def _progress() -> AbstractContextManager[Progress | None]:
    from synthvis.ui.console import stderr_console

    if not stderr_console().is_terminal:
        return nullcontext(None)
    from rich.progress import Progress

    from synthvis.ui.fitting import counting_columns

    columns = counting_columns()
    return Progress(*columns, console=stderr_console(), transient=True)


def _stage(progress: Progress | None, title: str, total: int) -> Callable[[int], None]:
    """Show a piece of work: a bar on a terminal, else one line as it begins."""
    if progress is None:
        say(title)
        return lambda _done: None
    task = progress.add_task(title, total=total)
    return lambda done: progress.advance(task, done)
