"""`synthvis bench`: speed, and where the time goes."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any, cast

import click

from synthvis.cli.bench.start import start
from synthvis.cli.bench.train import train
from synthvis.cli.shared.options import SEED, dry_run_option, echo_json, json_option
from synthvis.cli.shared.render_options import (
    assets_option,
    need_blender,
    scene_option,
    size_overrides,
    tell,
    worker_count,
)
from synthvis.conventions import EXTRA_LABELS
from synthvis.errors import UsageError
from synthvis.ui.console import data_console
from synthvis.ui.tables import plain_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from synthvis.config.recipe import Recipe
    from synthvis.render.job import Device

EPILOG = """\b
Examples:
  synthvis bench render
  synthvis bench render --n 300 --recipe fruit
  synthvis bench render --against-floor --json
  synthvis bench render --size 320x320 --size 640x480 --samples 4 --samples 16
  synthvis bench render --labels standard --labels nocs,boundary --labels all
  synthvis bench render --scene my_bench.py:workbench --assets ~/meshes
  synthvis bench merge data/coco --n 10000
  synthvis bench train --data data/fruit
  synthvis bench start
"""

STAGES = ("sample", "build", "cycles", "read", "label", "sensor", "write", "start", "pool")
OUTSIDE_CYCLES_TARGET = 0.05
MIN_IMAGES = 2


@click.group(epilog=EPILOG)
def command() -> None:
    """Measure speed: images/s, where the time goes, how long annotations take to merge and commands to answer."""


command.add_command(train)
command.add_command(start)


@command.command(epilog=EPILOG)
@click.option(
    "--n", default=20, show_default=True, metavar="N", help="Images to make; a worker's first is not counted."
)
@click.option("--recipe", default="tabletop", show_default=True, help="Name of a shipped recipe, or a YAML file.")
@click.option("--size", "sizes", multiple=True, default=["320x320"], show_default=True, metavar="WxH", help="Pixels.")
@click.option("--samples", multiple=True, type=int, default=[8], show_default=True, help="Cycles samples per pixel.")
@click.option(
    "--labels",
    "label_sets",
    multiple=True,
    default=["standard"],
    show_default=True,
    metavar="SET",
    help="standard, all, or further labels with commas.",
)
@click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Change a recipe value; repeatable.")
@assets_option
@scene_option
@click.option("--seed", type=SEED, default=0, show_default=True, help="Dataset seed.")
@click.option("--workers", default="auto", show_default=True, metavar="N|auto", help="Worker processes side by side.")
@click.option(
    "--device",
    "devices",
    multiple=True,
    type=click.Choice(["auto", "cpu", "gpu"]),
    default=["auto"],
    show_default=True,
)
@click.option("--against-floor", is_flag=True, help="Also time the bare Blender render call of the same scenes.")
@dry_run_option
@json_option
def render(as_json: bool, dry_run: bool, **typed: Any) -> None:
    """Render into a temporary folder and measure: images/s, seconds by stage, memory.

    --size, --samples, --labels and --device may be repeated: every combination is measured, and a table compares them.
    At 320x320 and 8 samples, what is not Cycles should cost at most 5% of the wall time.
    """
    cases = _cases(typed)
    for case in cases:
        _refuse(case)
    if dry_run:
        _say_plan(cases, as_json)
        return
    measured = []
    for number, case in enumerate(cases, start=1):
        if len(cases) > 1:
            click.echo(f"{number} of {len(cases)}: {_name(case)}", err=True)
        measured.append(_measure(case))
    if as_json:
        echo_json(measured[0] if len(measured) == 1 else {"cases": measured})
    elif len(measured) == 1:
        _tell(measured[0])
    else:
        _tell_all(measured)


@command.command(epilog="Example: synthvis bench merge data/coco --n 10000")
@click.argument("dataset")
@click.option("--n", type=click.IntRange(1), default=10_000, show_default=True, help="Images to merge.")
@json_option
def merge(dataset: str, n: int, as_json: bool) -> None:
    """Repeat the annotations of DATASET for N images and merge them into COCO files: seconds and memory."""
    from dataclasses import asdict

    from synthvis.dataset.manifest import open_rendered
    from synthvis.dataset.merge_bench import bench_merge

    found = bench_merge(open_rendered(dataset), n)
    if as_json:
        echo_json(asdict(found))
        return
    click.echo(
        f"{found.images:,} images with {found.objects:,} objects: {found.seconds:.1f} s, {found.megabytes:.0f} MB of "
        f"instances; copying the records takes {found.copy_s:.1f} s"
    )
    click.echo(f"memory: {found.memory_growth_mb:+.1f} MB")


def _cases(typed: dict[str, Any]) -> list[dict[str, Any]]:
    """One set of options for every combination of what may be repeated."""
    lists = {name: typed.pop(name) for name in ("sizes", "samples", "label_sets", "devices")}
    return [
        {**typed, "size": size, "samples": samples, "labels": labels, "device": device}
        for size, samples, labels, device in product(*lists.values())
    ]


def _intention(case: dict[str, Any]) -> dict[str, Any]:
    return {"recipe": case["recipe"], "images": case["n"], **{key: case[key] for key in ("size", "samples", "labels")}}


def _name(case: dict[str, Any]) -> str:
    return f"{case['size']}, {case['samples']} samples, {case['labels']} labels, {case['device']}"


def _say_plan(cases: list[dict[str, Any]], as_json: bool) -> None:
    plans = [_intention(case) for case in cases]
    if as_json:
        echo_json(plans[0] if len(plans) == 1 else {"cases": plans})
        return
    for case in cases:
        click.echo(f"would render {case['n']} images of {case['recipe']} into a temporary folder: {_name(case)}")


def _recipe(case: dict[str, Any], say: Callable[[str], None] = lambda text: None) -> Recipe:
    from synthvis.assets.resolve import resolve
    from synthvis.config.load import load_recipe

    overrides = [*size_overrides(case["size"]), f"render.samples={case['samples']}", *case["overrides"]]
    if case["labels"] != "standard":
        names = ",".join(EXTRA_LABELS) if case["labels"] == "all" else case["labels"]
        overrides.append(f"labels.extra=[{names}]")
    return resolve(load_recipe(case["recipe"], overrides), case["assets"], say, scenes=case["scenes"])


def _refuse(case: dict[str, Any]) -> None:
    """Refuse what cannot be measured, also on a dry run."""
    if case["n"] < MIN_IMAGES:
        raise UsageError(f"--n must be at least {MIN_IMAGES}")
    worker_count(case["workers"])
    _recipe(case, tell)


def _measure(case: dict[str, Any]) -> dict[str, Any]:
    need_blender()
    from dataclasses import asdict

    from synthvis.render.bench import bench_render

    recipe = _recipe(case)
    result = bench_render(
        recipe,
        n=case["n"],
        seed=case["seed"],
        workers=worker_count(case["workers"]),
        device=cast("Device", case["device"]),
        against_floor=case["against_floor"],
    )
    pixels = recipe.image.width_px * recipe.image.height_px
    facts = {**_intention(case), **asdict(result)}
    facts["samples_per_s"] = result.images_per_s * pixels * recipe.render.samples
    if result.floor_s_per_image is not None:
        facts["ratio_to_floor"] = result.wall_s_per_image / result.floor_s_per_image
    return facts


def _tell_all(measured: list[dict[str, Any]]) -> None:
    """One line a case."""
    with_floor = "ratio_to_floor" in measured[0]
    titles = ["size", "samples", "labels", "device", "images/s", "Msamples/s", "outside Cycles", "peak MB"]
    table = plain_table("", [*titles, *(["x floor"] if with_floor else [])])
    for facts in measured:
        table.add_row(
            facts["size"],
            str(facts["samples"]),
            facts["labels"],
            facts["device"],
            f"{facts['images_per_s']:.2f}",
            f"{facts['samples_per_s'] / 1e6:.2f}",
            f"{facts['outside_cycles']:.1%}",
            f"{facts['peak_rss_mb']:.0f}",
            *([f"{facts['ratio_to_floor']:.2f}"] if with_floor else []),
        )
    data_console().print(table)


def _tell(facts: dict[str, Any]) -> None:
    wall = facts["wall_s_per_image"]
    click.echo(
        f"{facts['images_per_s']:.2f} images/s, {facts['samples_per_s'] / 1e6:.2f} million samples/s: "
        f"{facts['images']} images of {facts['recipe']}, {facts['size']}, {facts['samples']} samples, "
        f"{facts['labels']} labels, {facts['workers']} x {facts['threads']} threads, {facts['device']}"
    )
    stages = facts["stage_s_per_image"]
    for name in (name for name in STAGES if name in stages):
        click.echo(f"  {name:<8} {stages[name] * 1000:8.1f} ms  {stages[name] / wall:6.1%}")
    outside = facts["outside_cycles"]
    verdict = "within" if outside <= OUTSIDE_CYCLES_TARGET else "above"
    click.echo(f"outside Cycles: {outside:.1%} of the wall time ({verdict} the target of {OUTSIDE_CYCLES_TARGET:.0%})")
    grown = f"{facts['rss_growth_mb']:+.1f} MB from the second quarter to the last"
    click.echo(f"memory: peak {facts['peak_rss_mb']:.0f} MB, {grown}")
    if "ratio_to_floor" in facts:
        click.echo(
            f"bare render call: {facts['floor_s_per_image']:.3f} s/image; with all labels {wall:.3f} s/image, "
            f"{facts['ratio_to_floor']:.2f} times the floor"
        )
