"""`synthvis bench`: speed, and where the time goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import click

from synthvis.cli._options import dry_run_option, echo_json, json_option
from synthvis.cli._rendering import need_blender, size_overrides, worker_count
from synthvis.errors import UsageError

if TYPE_CHECKING:
    from synthvis.config.recipe import Recipe
    from synthvis.render.job import Device

EPILOG = """\b
Examples:
  synthvis bench render
  synthvis bench render --n 300 --recipe fruit
  synthvis bench render --against-floor --json
"""

STAGES = ("sample", "build", "cycles", "read", "label", "develop", "write", "start", "pool")
OUTSIDE_CYCLES_TARGET = 0.05
MIN_IMAGES = 2


@click.group(epilog=EPILOG)
def command() -> None:
    """Measure speed: images/s and where the time goes."""


@command.command(epilog=EPILOG)
@click.option(
    "--n", default=20, show_default=True, metavar="N", help="Images to make; a worker's first is not counted."
)
@click.option("--recipe", default="tabletop", show_default=True, help="Name of a shipped recipe, or a YAML file.")
@click.option("--size", default="320x320", show_default=True, metavar="WxH", help="Image size in pixels.")
@click.option("--samples", default=8, show_default=True, help="Cycles samples per pixel.")
@click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Change a recipe value; repeatable.")
@click.option("--seed", default=0, show_default=True, help="Dataset seed.")
@click.option("--workers", default="auto", show_default=True, metavar="N|auto", help="Worker processes side by side.")
@click.option("--device", type=click.Choice(["auto", "cpu", "gpu"]), default="auto", show_default=True)
@click.option("--against-floor", is_flag=True, help="Also time the bare Blender render call of the same scenes.")
@dry_run_option
@json_option
def render(**typed: Any) -> None:
    """Render into a temporary folder and measure: images/s, seconds by stage, memory.

    At 320x320 and 8 samples, what is not Cycles should cost at most 5% of the wall time.
    """
    _refuse(typed)
    facts = _measure(typed) if not typed["dry_run"] else _intention(typed)
    if typed["as_json"]:
        echo_json(facts)
    elif typed["dry_run"]:
        click.echo(f"would render {facts['images']} images of {facts['recipe']} into a temporary folder")
    else:
        _tell(facts)


def _intention(typed: dict[str, Any]) -> dict[str, Any]:
    return {"recipe": typed["recipe"], "images": typed["n"], "size": typed["size"], "samples": typed["samples"]}


def _recipe(typed: dict[str, Any]) -> Recipe:
    from synthvis.config.load import load_recipe

    overrides = [*size_overrides(typed["size"]), f"render.samples={typed['samples']}", *typed["overrides"]]
    return load_recipe(typed["recipe"], overrides)


def _refuse(typed: dict[str, Any]) -> None:
    """Refuse what cannot be measured, also on a dry run."""
    if typed["n"] < MIN_IMAGES or typed["seed"] < 0:
        raise UsageError(f"--n must be at least {MIN_IMAGES} and --seed must not be negative")
    worker_count(typed["workers"])
    _recipe(typed)


def _measure(typed: dict[str, Any]) -> dict[str, Any]:
    need_blender()
    from dataclasses import asdict

    from synthvis.render.bench import bench_render

    result = bench_render(
        _recipe(typed),
        n=typed["n"],
        seed=typed["seed"],
        workers=worker_count(typed["workers"]),
        device=cast("Device", typed["device"]),
        against_floor=typed["against_floor"],
    )
    facts = {**_intention(typed), **asdict(result)}
    if result.floor_s_per_image is not None:
        facts["ratio_to_floor"] = result.wall_s_per_image / result.floor_s_per_image
    return facts


def _tell(facts: dict[str, Any]) -> None:
    wall = facts["wall_s_per_image"]
    click.echo(
        f"{facts['images_per_s']:.2f} images/s: {facts['images']} images of {facts['recipe']}, {facts['size']}, "
        f"{facts['samples']} samples, {facts['workers']} x {facts['threads']} threads, {facts['device']}"
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
