"""`synthvis render`: a labelled dataset from a recipe and a seed."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from synthvis.cli.check import print_report
from synthvis.cli.shared.api_help import ApiOption, given
from synthvis.cli.shared.help import LayeredCommand
from synthvis.cli.shared.messages import say
from synthvis.cli.shared.options import (
    assets_option,
    dry_run_option,
    echo_json,
    json_option,
    recipe_set_option,
    scene_option,
    shard_option,
    workers_option,
)
from synthvis.cli.shared.progress import counting
from synthvis.cli.shared.rendering import recipe_name
from synthvis.cli.shared.values import FILE, SEED, SIZE, ImageSize, OutputFolder
from synthvis.errors import SynthvisError, counted

if TYPE_CHECKING:
    from synthvis.api.rendering import RenderResult
    from synthvis.render.job import Device
    from synthvis.render.produce import RenderRequest

option = partial(click.option, cls=ApiOption, of="synthvis.api.rendering:render")

FIRST = (
    "n",
    "recipe",
    "out",
    "seed",
    "frames",
    "fps",
    "size",
    "overrides",
    "assets",
    "scenes",
    "workers",
    "dry_run",
    "as_json",
)
"""What --help shows; --help-all shows the rest too."""

EPILOG = """\b
Examples:
  synthvis render --n 600 --recipe fruit --out data/fruit
  synthvis render --n 8 --set camera.distance_m=[0.4,1.2] --size 320x240
  synthvis render --n 600 --recipe fruit --sensor sensor.yaml
  synthvis render --n 4 --recipe tabletop --frames 30 --fps 10
  synthvis render --n 10000 --shard 1/4 --out part1
  synthvis render --assets part.stl --n 600
  synthvis render --assets ~/meshes --set 'objects.kinds={"meshes/*": 1}'
  synthvis render --n 10000 --dry-run --probe 6
"""

INTERRUPTED_EXIT_CODE = 130


@click.command(cls=LayeredCommand, first=FIRST, epilog=EPILOG)
@option("--n", type=int, metavar="N")
@click.option(
    "--recipe",
    metavar="NAME|YAML",
    help="The name of a shipped recipe, or a YAML file.  [default: coco; with --assets, meshes]",
)
@option("--out", type=OutputFolder("DATASET"))
@option("--seed", type=SEED)
@option("--frames", type=click.IntRange(min=1), metavar="N")
@option("--fps", type=float, metavar="R")
@click.option(
    "--size", type=SIZE, metavar="WxH", help="The size of the images, in pixels.  [default: that of the recipe]"
)
@recipe_set_option
@assets_option
@scene_option
@click.option(
    "--sensor", type=FILE, metavar="YAML", help="A file of sensor ranges, as `synthvis fit-sensor` writes it."
)
@click.option(
    "--only", multiple=True, type=int, metavar="I", help="Render only the image of this number, again; repeatable."
)
@shard_option("Render only part I of N parts of the images; `synthvis merge` joins the parts.")
@workers_option
@option("--device", type=click.Choice(["auto", "cpu", "gpu"]))
@option("--timeout", "timeout_s", argument="timeout_s", type=float)
@option("--retries", type=int)
@click.option("--no-check", is_flag=True, help="Skip the quality gate at the end.")
@dry_run_option
@click.option(
    "--probe", type=click.IntRange(min=0), metavar="N", help="With --dry-run: render N images first, to time them."
)
@json_option
def command(
    recipe: str | None, size: ImageSize | None, overrides: tuple[str, ...], sensor: Path | None,
    assets: tuple[Path, ...], scenes: tuple[str, ...], no_check: bool, dry_run: bool, probe: int | None, as_json: bool,
    **asked: Any,
) -> None:  # fmt: skip
    """Render a labelled dataset from a recipe and a seed.

    Run the same command again to resume; a larger --n extends what is there. The quality gate runs at the end. Exit
    code: 0 when all is well, 1 when images could not be rendered, 3 when the gate found something.
    """
    if probe and not dry_run:
        raise click.UsageError("--probe needs --dry-run")
    source = RecipeSource(
        name=recipe_name(recipe, assets), size=size, overrides=overrides, assets=assets, scenes=scenes, sensor=sensor
    )
    if recipe is None and assets:
        say(f"recipe {source.name}: all meshes labelled, on tables, floors and in studios, among unlabelled things")
    request = _request(source, **asked)
    if dry_run:
        from synthvis.cli.render.plan import show_plan

        show_plan(request, probe or 0, as_json=as_json)
        return
    again = _command_again(request, source)
    request = replace(request, command=tuple(shlex.split(again)))
    if not request.wanted and not as_json:
        _show_empty(request)
    result = _render(request, again, checks=not no_check, quiet=as_json)
    _show_outcome(result, as_json=as_json)
    result.raise_for_problems(
        hint=f"to try them again: {again}",
        check_hint=f"`synthvis check {shlex.quote(str(request.root))}` shows them all",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeSource:
    """The recipe as typed: its name, and what changes it."""

    name: str
    size: ImageSize | None
    overrides: tuple[str, ...]
    assets: tuple[Path, ...]
    scenes: tuple[str, ...]
    sensor: Path | None

    @property
    def words(self) -> list[str]:
        """The options that name this recipe again."""
        words = ["--recipe", self.name, *(["--size", str(self.size)] if self.size else [])]
        words += ["--sensor", str(self.sensor)] if self.sensor else []
        lists = {"--set": self.overrides, "--assets": self.assets, "--scene": self.scenes}
        return [*words, *(word for name, values in lists.items() for one in values for word in (name, str(one)))]


def _request(
    source: RecipeSource, *, n: int | None, seed: int | None, frames: int | None, fps: float | None, out: Path | None,
    only: tuple[int, ...], shard: tuple[int, int], workers: int | None, device: Device | None, timeout_s: float | None,
    retries: int | None,
) -> RenderRequest:  # fmt: skip
    from synthvis.api.recipes import load_recipe
    from synthvis.api.rendering import request_of

    recipe = load_recipe(
        source.name,
        set=[*source.overrides, *(source.size.overrides if source.size else ())],
        sensor=source.sensor,
        assets=source.assets,
        scenes=source.scenes,
        notify=say,
    )
    chosen = given(n=n, seed=seed, frames=frames, fps=fps, device=device, timeout_s=timeout_s, retries=retries)
    return request_of(recipe, out=out, only=only, shard=shard, workers=workers, **chosen)


def _show_empty(request: RenderRequest) -> None:
    index, count = request.shard
    say(
        f"shard {index}/{count} of {counted(request.n, 'image')} is empty: there is nothing to render. "
        f"{request.root} becomes an empty part, so that `synthvis merge` of all parts works"
    )


def _render(request: RenderRequest, again: str, *, checks: bool, quiet: bool) -> RenderResult:
    from synthvis.api.rendering import render_and_check
    from synthvis.render.pool import DiskFull
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
        say(f"stopped; everything finished is kept. To resume:\n  {again}")
        raise click.exceptions.Exit(INTERRUPTED_EXIT_CODE) from None
    except DiskFull as error:
        raise SynthvisError(error.what, hint=f"nothing is lost; make room, then: {again}") from error


def _show_outcome(result: RenderResult, *, as_json: bool) -> None:
    request, summary, report = result.request, result.summary, result.report
    if as_json:
        problems = report.problems if report else ()
        found = [{"rule": p.rule, "image_id": p.image_id, "message": p.message} for p in problems]
        echo_json({"folder": str(request.root), **summary.facts.to_dict(), "problems": found})
        return
    total = sum(summary.by_split.values())
    parts = ", ".join(f"{count} {split}" for split, count in summary.by_split.items())
    speed = f" at {summary.facts.images_per_s:.2f} images/s" if summary.made else ""
    say(
        f"{counted(summary.made, 'image')} made{speed}, {summary.already_there} there before; "
        f"the dataset has {total}: {parts}"
    )
    if total > request.n and not request.only:
        say(f"it has more than the {request.n} images asked for: earlier ones are kept")
    if report is not None and not report.ok:
        print_report(report)
        return
    if report is not None:
        counts = f"{counted(report.images, 'image')}, {counted(report.annotations, 'annotation')}"
        say(f"the quality gate passed: {counts}, no problems")
    if not summary.quarantined and total:
        folder = shlex.quote(str(request.root))
        say(f"next: {_next_commands(request, folder)}")
    click.echo(request.root)


def _next_commands(request: RenderRequest, folder: str) -> str:
    if request.shard[1] > 1:
        return "render the other shards, then put all of them together with `synthvis merge`"
    return f"synthvis preview {folder}\n      synthvis train --data {folder}"


def _command_again(request: RenderRequest, source: RecipeSource) -> str:
    motion = request.recipe.motion
    words = [
        "synthvis",
        "render",
        "--n",
        str(request.n // request.recipe.frames),
        "--out",
        str(request.root),
        "--seed",
        str(request.seed),
    ]
    words += source.words
    words += [] if motion is None else ["--frames", str(motion.frames), "--fps", f"{motion.fps:g}"]
    for index in request.only:
        words += ["--only", str(index)]
    words += [] if request.shard == (1, 1) else ["--shard", "/".join(map(str, request.shard))]
    words += [] if request.workers is None else ["--workers", str(request.workers)]
    words += [] if request.device == "auto" else ["--device", request.device]
    return shlex.join(words)
