"""`synthvis render`: a labelled dataset from a recipe and a seed."""

from __future__ import annotations

import shlex
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from synthvis.cli.check import print_report
from synthvis.cli.shared.help import LayeredCommand
from synthvis.cli.shared.options import FILE, SEED, OutputFolder, dry_run_option, echo_json, json_option
from synthvis.cli.shared.progress import counting
from synthvis.cli.shared.render_options import (
    assets_option,
    need_blender,
    recipe_name,
    scene_option,
    size_overrides,
    tell,
    worker_count,
)
from synthvis.errors import SynthvisError, UsageError, counted

if TYPE_CHECKING:
    from synthvis.api.rendering import RenderOutcome
    from synthvis.render.estimate import Estimate
    from synthvis.render.job import Device
    from synthvis.render.produce import RenderPlan, RenderRequest

FIRST = ("n", "recipe", "out", "seed", "size", "overrides", "assets", "scenes", "workers", "dry_run", "as_json")
"""What --help shows; --help-all shows the rest too."""

EPILOG = """\b
Examples:
  synthvis render --n 600 --recipe fruit --out data/fruit
  synthvis render --n 8 --set camera.distance_m=[0.4,1.2] --size 320x240
  synthvis render --n 600 --recipe fruit --sensor sensor.yaml
  synthvis render --n 10000 --shard 1/4 --out part1
  synthvis render --assets part.stl --n 600
  synthvis render --assets ~/meshes --set 'objects.kinds={"meshes/*": 1}'
  synthvis render --n 10000 --dry-run --probe 6
"""

DEFAULT_RECIPE = "coco"
INTERRUPTED_EXIT_CODE = 130
PROBED = 6


@click.command(cls=LayeredCommand, first=FIRST, epilog=EPILOG)
@click.option("--n", default=100, show_default=True, metavar="N", help="Make images 1 to N.")
@click.option(
    "--recipe", help="Name of a shipped recipe, or a YAML file.  [default: coco; meshes where --assets is given]"
)
@click.option("--out", type=OutputFolder("DATASET"), help="Dataset folder.  [default: data/NAME of the recipe]")
@click.option("--seed", type=SEED, default=0, show_default=True, help="Another seed gives other images.")
@click.option("--size", metavar="WxH", help="Image size in pixels.  [default: the recipe's]")
@click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="KEY=VALUE",
    help="Change a value of the recipe (see `synthvis pipelines keys`); repeatable.",
)
@assets_option
@scene_option
@click.option("--sensor", type=FILE, metavar="YAML", help="Sensor ranges, as `synthvis fit-sensor` writes them.")
@click.option("--only", multiple=True, type=int, metavar="I", help="Make just image I (again); repeatable.")
@click.option("--shard", default="1/1", metavar="I/N", help="Make part I of N only; `synthvis merge` joins them.")
@click.option("--workers", default="auto", show_default=True, metavar="N|auto", help="Worker processes side by side.")
@click.option("--device", type=click.Choice(["auto", "cpu", "gpu"]), default="auto", show_default=True)
@click.option("--timeout", "timeout_s", default=600.0, show_default=True, help="Seconds one image may take.")
@click.option("--retries", default=2, show_default=True, help="Further attempts at an image that fails.")
@click.option("--no-check", is_flag=True, help="Skip the quality gate at the end.")
@dry_run_option
@click.option("--probe", default=0, metavar="N", help="With --dry-run: make N images first, to time them.")
@json_option
def command(**typed: Any) -> None:
    """Render a labelled dataset from a recipe and a seed.

    The same command resumes what was interrupted, and a larger --n extends what is there. The quality gate runs at the
    end. Exit code: 0 when all is well, 1 when images could not be made, 3 when the gate found something.
    """
    options = RenderOptions(**typed)
    request = _request(options)
    if options.dry_run:
        _tell_plan(request, options.probe, as_json=options.as_json)
        return
    if options.probe:
        raise UsageError("--probe measures for --dry-run", hint="add --dry-run, or leave --probe out")
    again = _command_again(request, options)
    request = replace(request, command=tuple(shlex.split(again)))
    if not request.wanted:
        _tell_empty(request, as_json=options.as_json)
    outcome = _render(request, again, checks=not options.no_check, quiet=options.as_json)
    _tell_summary(outcome, as_json=options.as_json)
    outcome.raise_for_problems(
        hint=f"to try them again: {again}",
        check_hint=f"`synthvis check {shlex.quote(str(request.root))}` shows them all",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderOptions:
    """The command line as typed."""

    n: int
    recipe: str | None
    out: Path | None
    seed: int
    size: str | None
    overrides: tuple[str, ...]
    assets: tuple[Path, ...]
    scenes: tuple[str, ...]
    sensor: Path | None
    only: tuple[int, ...]
    shard: str
    workers: str
    device: str
    timeout_s: float
    retries: int
    no_check: bool
    dry_run: bool
    probe: int
    as_json: bool


def _request(options: RenderOptions) -> RenderRequest:
    from synthvis.api.recipes import load_recipe
    from synthvis.render.produce import RenderRequest

    name = recipe_name(options.recipe, options.assets, DEFAULT_RECIPE)
    if options.recipe is None and options.assets:
        tell(f"recipe {name}: all meshes labelled, on tables, floors and in studios, among unlabelled things")
    recipe = load_recipe(
        name,
        set=[*options.overrides, *size_overrides(options.size)],
        sensor=options.sensor,
        assets=options.assets,
        scenes=options.scenes,
        notify=tell,
    )
    return RenderRequest(
        recipe=recipe,
        seed=options.seed,
        root=options.out or Path("data") / recipe.name,
        n=options.n,
        only=options.only,
        shard=_shard(options.shard),
        workers=worker_count(options.workers),
        device=cast("Device", options.device),
        timeout_s=options.timeout_s,
        retries=options.retries,
    )


def _shard(text: str) -> tuple[int, int]:
    first, slash, count = text.partition("/")
    if not (slash and first.isdigit() and count.isdigit()):
        raise UsageError(f"--shard {text}: not a shard", hint="write it as I/N, e.g. --shard 2/4")
    return int(first), int(count)


def _tell_empty(request: RenderRequest, *, as_json: bool) -> None:
    from synthvis.ui.console import talk_console

    if as_json:
        return
    index, count = request.shard
    talk_console().print(
        f"shard {index}/{count} of {counted(request.n, 'image')} is empty: there is nothing to render. "
        f"{request.root} becomes an empty part, so that `synthvis merge` of all parts works",
        soft_wrap=True,
    )


def _render(request: RenderRequest, again: str, *, checks: bool, quiet: bool) -> RenderOutcome:
    from synthvis.api.rendering import render_and_check
    from synthvis.render.pool import DiskFull
    from synthvis.ui.console import talk_console
    from synthvis.ui.progress import ProgressDisplay

    try:
        with counting("checking") as on_checked:
            return render_and_check(
                request,
                checks=checks,
                display=lambda progress: ProgressDisplay(progress.view, enabled=not quiet),
                on_checked=on_checked,
            )
    except KeyboardInterrupt:
        talk_console().print(f"stopped; everything finished is kept. To go on:\n  {again}", soft_wrap=True)
        raise click.exceptions.Exit(INTERRUPTED_EXIT_CODE) from None
    except DiskFull as error:
        raise SynthvisError(error.what, hint=f"nothing is lost; make room, then: {again}") from error


def _tell_plan(request: RenderRequest, probe: int, *, as_json: bool) -> None:
    from synthvis.render.produce import plan_render
    from synthvis.ui.progress import duration_text

    plan = plan_render(request)
    estimate = _estimate(request, plan, probe)
    facts = _plan_facts(request, plan, estimate)
    if as_json:
        echo_json(facts)
        return
    click.echo(f"images       {facts['images_to_make']:,} to make, {facts['images_there']:,} there already")
    click.echo(f"folder       {facts['folder']}")
    click.echo(f"workers      {facts['workers']} with {facts['threads_per_worker']} threads, device {facts['device']}")
    click.echo(f"content      {facts['content_hash']}")
    click.echo(f"disk         about {_size_text(facts['estimated_mb'])}, {_size_text(facts['free_mb'])} free")
    middle, low, high = (
        duration_text(len(plan.missing) * seconds) for seconds in (estimate.seconds, estimate.low, estimate.high)
    )
    click.echo(f"time         about {middle} ({low} to {high}): {estimate.source}")
    if not estimate.is_measured and plan.missing:
        click.echo(f"             --dry-run --probe {PROBED} makes {PROBED} images to measure it")


def _size_text(megabytes: float) -> str:
    return f"{megabytes:.0f} MB" if megabytes < 1000 else f"{megabytes / 1000:,.1f} GB"


def _estimate(request: RenderRequest, plan: RenderPlan, images: int) -> Estimate:
    from synthvis.dataset.layout import DatasetLayout
    from synthvis.render.estimate import estimated_time

    if images < 0:
        raise UsageError(f"--probe must not be negative, got {images}")
    if not images or not plan.missing:
        return estimated_time(request.recipe, plan.slots, DatasetLayout(request.root).run_facts)
    from synthvis.render.probe import probe

    need_blender()
    return probe(request, plan.slots, images)


def _plan_facts(request: RenderRequest, plan: RenderPlan, estimate: Estimate) -> dict[str, Any]:
    from synthvis.render.estimate import estimated_bytes_per_image

    images = len(plan.missing)
    existing = next(folder for folder in (request.root, *request.root.absolute().parents) if folder.exists())
    return {
        "recipe": request.recipe.name,
        "seed": request.seed,
        "folder": str(request.root),
        "images_to_make": images,
        "images_there": len(plan.made),
        "workers": plan.slots.count,
        "threads_per_worker": plan.slots.threads,
        "device": plan.slots.device,
        "content_hash": plan.manifest.content_hash,
        "estimated_mb": round(images * estimated_bytes_per_image(request.recipe) / 1e6, 1),
        "free_mb": round(shutil.disk_usage(existing).free / 1e6),
        "estimated_minutes": round(images * estimate.seconds / 60, 1),
        "estimated_minutes_low": round(images * estimate.low / 60, 1),
        "estimated_minutes_high": round(images * estimate.high / 60, 1),
        "estimate_measured": estimate.is_measured,
        "estimate_source": estimate.source,
    }


def _tell_summary(outcome: RenderOutcome, *, as_json: bool) -> None:
    from synthvis.ui.console import talk_console

    request, summary, report = outcome.request, outcome.summary, outcome.report
    if as_json:
        problems = report.problems if report else ()
        found = [{"rule": p.rule, "image_id": p.image_id, "message": p.message} for p in problems]
        echo_json({"folder": str(request.root), **summary.facts.to_dict(), "problems": found})
        return
    talk = talk_console()
    total = sum(summary.by_split.values())
    parts = ", ".join(f"{count} {split}" for split, count in summary.by_split.items())
    speed = f" at {summary.facts.images_per_s:.2f} images/s" if summary.made else ""
    talk.print(
        f"{counted(summary.made, 'image')} made{speed}, {summary.already_there} there before; "
        f"the dataset has {total}: {parts}",
        soft_wrap=True,
    )
    if total > request.n and not request.only:
        talk.print(f"it has more than the {request.n} images asked for: earlier ones are kept", soft_wrap=True)
    if report is not None and not report.ok:
        print_report(report)
        return
    if report is not None:
        counts = f"{counted(report.images, 'image')}, {counted(report.annotations, 'annotation')}"
        talk.print(f"the quality gate passed: {counts}, no problems", soft_wrap=True)
    if not summary.quarantined and total:
        folder = shlex.quote(str(request.root))
        talk.print(f"next: {_next_commands(request, folder)}", soft_wrap=True)
    click.echo(request.root)


def _next_commands(request: RenderRequest, folder: str) -> str:
    if request.shard[1] > 1:
        return "render the other shards, then put all of them together with `synthvis merge`"
    return f"synthvis preview {folder}\n      synthvis train --data {folder}"


def _command_again(request: RenderRequest, options: RenderOptions) -> str:
    name = recipe_name(options.recipe, options.assets, DEFAULT_RECIPE)
    words = ["synthvis", "render", "--n", str(request.n), "--recipe", name, "--out", str(request.root)]
    words += ["--seed", str(request.seed), *(["--size", options.size] if options.size else [])]
    words += ["--sensor", str(options.sensor)] if options.sensor else []
    for override in options.overrides:
        words += ["--set", override]
    for folder in options.assets:
        words += ["--assets", str(folder)]
    for scene in options.scenes:
        words += ["--scene", scene]
    for index in request.only:
        words += ["--only", str(index)]
    words += [] if options.shard == "1/1" else ["--shard", options.shard]
    words += [] if options.workers == "auto" else ["--workers", options.workers]
    words += [] if request.device == "auto" else ["--device", request.device]
    return shlex.join(words)
