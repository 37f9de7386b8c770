"""`synthvis bench render`: speed of a render, of several side by side."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

import click

from synthvis.cli.bench.output import echo_json_of, echo_lines
from synthvis.cli.shared.messages import say
from synthvis.cli.shared.options import (
    assets_option,
    dry_run_option,
    json_option,
    recipe_set_option,
    scene_option,
    seed_option,
    workers_option,
)
from synthvis.cli.shared.values import SIZE, ImageSize

if TYPE_CHECKING:
    from synthvis.bench.render import RenderBench
    from synthvis.bench.render_case import RenderCase

__all__ = ["command"]

EPILOG = """\b
Examples:
  synthvis bench render
  synthvis bench render --n 300 --recipe fruit
  synthvis bench render --against-floor --json
  synthvis bench render --size 320x320 --size 640x480 --samples 4 --samples 16
  synthvis bench render --labels standard --labels nocs,boundary --labels all
  synthvis bench render --scene my_bench.py:workbench --assets ~/meshes
"""


@click.command("render", epilog=EPILOG)
@click.option(
    "--n", "images", default=20, show_default=True, metavar="N",
    help="The number of images to render; the first of each worker is not timed.",
)  # fmt: skip
@click.option(
    "--recipe", default="tabletop", show_default=True, metavar="NAME|YAML",
    help="The name of a shipped recipe, or a YAML file.",
)  # fmt: skip
@click.option(
    "--size", "sizes", type=SIZE, multiple=True, default=["320x320"], show_default=True, metavar="WxH",
    help="The size of the images, in pixels; repeatable.",
)  # fmt: skip
@click.option(
    "--samples", multiple=True, type=int, default=[8], show_default=True,
    help="The number of Cycles samples per pixel; repeatable.",
)  # fmt: skip
@click.option(
    "--labels", "label_sets", multiple=True, default=["standard"], show_default=True, metavar="SET",
    help="standard, all, or the names of further labels with commas between; repeatable.",
)  # fmt: skip
@recipe_set_option
@assets_option
@scene_option
@seed_option("the dataset")
@workers_option
@click.option(
    "--device", "devices", multiple=True, type=click.Choice(["auto", "cpu", "gpu"]), default=["auto"],
    show_default=True, help="The device to render on; repeatable.",
)  # fmt: skip
@click.option("--against-floor", is_flag=True, help="Also time the bare render call of Blender for the same scenes.")
@dry_run_option
@json_option
def command(as_json: bool, dry_run: bool, **typed: Any) -> None:
    """Render into a temporary folder and measure: images/s, seconds by stage, memory.

    --size, --samples, --labels and --device may be repeated: every combination is measured, and a table compares them.
    At 320x320 and 8 samples, what is not Cycles should cost at most 5% of the wall time.
    """
    cases = _cases(**typed)
    for case in cases:
        # What cannot be measured is refused, also on a dry run.
        case.load_recipe(say)
    if dry_run:
        _echo_plans(cases, as_json)
        return
    results = _measured(cases)
    if as_json:
        echo_json_of(results)
    elif len(results) == 1:
        echo_lines(results)
    else:
        _print_table(results)


def _cases(
    sizes: Sequence[ImageSize], samples: Sequence[int], label_sets: Sequence[str], devices: Sequence[Any],
    **shared: Any,
) -> list[RenderCase]:  # fmt: skip
    """One case for every combination of what may be repeated."""
    from synthvis.bench.render_case import RenderCase

    return [
        RenderCase(
            width_px=size.width_px, height_px=size.height_px, samples=sample_count, labels=labels, device=device,
            **shared,
        )
        for size, sample_count, labels, device in product(sizes, samples, label_sets, devices)
    ]  # fmt: skip


def _echo_plans(cases: Sequence[RenderCase], as_json: bool) -> None:
    if as_json:
        echo_json_of([case.plan for case in cases])
        return
    for case in cases:
        click.echo(f"would render {case.images} images of {case.recipe} into a temporary folder: {case}")


def _measured(cases: Sequence[RenderCase]) -> list[RenderBench]:
    from synthvis.bench.render import bench_render
    from synthvis.render.needs import need_blender

    need_blender()
    results = []
    for number, case in enumerate(cases, start=1):
        if len(cases) > 1:
            click.echo(f"{number} of {len(cases)}: {case}", err=True)
        results.append(bench_render(case))
    return results


def _print_table(results: Sequence[RenderBench]) -> None:
    """One line a case."""
    from synthvis.ui.console import data_console
    from synthvis.ui.tables import plain_table

    with_floor = results[0].ratio_to_floor is not None
    titles = ["size", "samples", "labels", "device", "images/s", "Msamples/s", "outside Cycles", "peak MB"]
    table = plain_table("", [*titles, *(["x floor"] if with_floor else [])])
    for result in results:
        table.add_row(
            result.size,
            str(result.samples),
            result.labels,
            result.device,
            f"{result.images_per_s:.2f}",
            f"{result.samples_per_s / 1e6:.2f}",
            f"{result.outside_cycles:.1%}",
            f"{result.peak_rss_mb:.0f}",
            *([f"{result.ratio_to_floor:.2f}"] if with_floor else []),
        )
    data_console().print(table)
