"""`synthvis fit-sensor`: ranges of the sensor model from photographs."""

from __future__ import annotations

import shlex
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from synthvis.cli.shared.options import PATH, SEED, OutputFile, echo_json, json_option
from synthvis.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.progress import Progress

    from synthvis.sensor_fit.ranges import SensorFit

__all__ = ["command"]

LISTED = 10

EPILOG = """\b
Examples:
  synthvis fit-sensor photographs --out sensor.yaml
  synthvis fit-sensor photographs --longest 320 --renders data/fruit
  synthvis fit-sensor photographs --renders data/fruit --strip strip.png
  synthvis fit-sensor photographs --json | jq .sensor
  synthvis render --recipe fruit --sensor sensor.yaml
"""


@click.command("fit-sensor", epilog=EPILOG)
@click.argument("folder", type=PATH, metavar="DIR")
@click.option("--out", type=OutputFile(), help="Write the YAML there.  [default: print it]")
@click.option("--n", type=click.IntRange(min=1), default=300, show_default=True, help="Most photographs to measure.")
@click.option("--seed", type=SEED, default=0, show_default=True, help="Which, where there are more.")
@click.option("--longest", type=click.IntRange(min=32), metavar="PX", help="Scale longer sides down to PX first.")
@click.option("--renders", type=PATH, help="A rendered dataset of like scenes, to tell scenes from sensor.")
@click.option("--strip", type=OutputFile(), help="Write a PNG of photographs and of renders with both sensors there.")
@click.option("--recipe", help="The recipe whose scenes the strip shows.  [default: that of --renders]")
@json_option
def command(
    folder: Path,
    out: Path | None,
    n: int,
    seed: int,
    longest: int | None,
    renders: Path | None,
    strip: Path | None,
    recipe: str | None,
    as_json: bool,
) -> None:
    """Fit the sensor of a recipe to the photographs in DIR.

    Noise, sharpness, exposure, colour cast, contrast, saturation and JPEG quality are measured on up to N pictures,
    folders below included, and printed as the `sensor:` part of a recipe. A setting that cannot be told from what the
    photographs show is left out, with the reason. No label is read. Files that are broken are named and left out.
    """
    if strip is not None and renders is None and recipe is None:
        raise UsageError("--strip shows renders: of which recipe?", hint="add --recipe NAME or --renders DIR")
    from synthvis.sensor_fit.ranges import fit_folder, sensor_yaml
    from synthvis.sensor_fit.reference import WITHOUT_RENDERS, reference_from

    with _progress(enabled=not as_json) as progress:
        reference = reference_from(renders, _shown(progress, "renders")) if renders else WITHOUT_RENDERS
        fit = fit_folder(
            folder,
            n=n,
            seed=seed,
            longest_px=longest,
            reference=reference,
            on_progress=_shown(progress, "photographs"),
        )
    if out is not None:
        from synthvis.formats.atomic import write_bytes_atomic

        write_bytes_atomic(out, sensor_yaml(fit, folder).encode())
    if strip is not None:
        _write_strip(strip, fit, folder, recipe or _recipe_of(renders), seed=seed, n=n, quiet=as_json)
    if as_json:
        echo_json({**_facts(fit, out), "strip": None if strip is None else str(strip)})
        return
    _talk(fit, out)
    click.echo(str(out) if out is not None else sensor_yaml(fit, folder), nl=out is not None)


def _recipe_of(renders: Path | None) -> str:
    from synthvis.dataset.manifest import open_rendered

    if renders is None:
        raise UsageError("--strip needs --recipe or --renders")
    return str(open_rendered(renders).layout.manifest)


def _write_strip(path: Path, fit: SensorFit, folder: Path, recipe: str, *, seed: int, n: int, quiet: bool) -> None:
    import json

    from synthvis.config.load import load_recipe
    from synthvis.sensor_fit.photographs import find_photographs
    from synthvis.sensor_fit.strip import write_strip
    from synthvis.ui.progress import ProgressDisplay

    fitted = [f"sensor.{field}={json.dumps(value)}" for field, value in fit.sensor.items()]
    write_strip(
        path,
        (load_recipe(recipe), load_recipe(recipe, fitted)),
        find_photographs(folder, n, seed)[0],
        seed,
        lambda progress: ProgressDisplay(progress.view, enabled=not quiet),
    )


def _facts(fit: SensorFit, out: Path | None) -> dict[str, Any]:
    return {
        "sensor": dict(fit.sensor),
        "told_by": dict(fit.told_by),
        "known_to": dict(fit.known_to),
        "untold": dict(fit.untold),
        "found": fit.found,
        "used": fit.used,
        "left_out": [{"file": name, "reason": reason} for name, reason in fit.left_out],
        "out": None if out is None else str(out),
    }


def _talk(fit: SensorFit, out: Path | None) -> None:
    from synthvis.ui.console import talk_console

    talk = talk_console()
    for name, reason in fit.left_out[:LISTED]:
        talk.print(f"left out {name}: {reason}", soft_wrap=True)
    if len(fit.left_out) > LISTED:
        talk.print(f"and {len(fit.left_out) - LISTED} more were left out")
    if out is not None:
        talk.print(f"next: synthvis render --sensor {shlex.quote(str(out))}", soft_wrap=True)


def _progress(*, enabled: bool) -> AbstractContextManager[Progress | None]:
    if not enabled:
        return nullcontext(None)
    from rich.progress import Progress

    from synthvis.ui.console import talk_console
    from synthvis.ui.fitting import counting_columns

    columns = counting_columns()
    # Where nobody watches, it would leave empty lines.
    return Progress(*columns, console=talk_console(), transient=True, disable=not talk_console().is_terminal)


def _shown(progress: Progress | None, title: str) -> Callable[[int, int], None]:
    if progress is None:
        return lambda _done, _total: None
    task = progress.add_task(title, total=None)

    def show(done: int, total: int) -> None:
        progress.update(task, completed=done, total=total)

    return show
