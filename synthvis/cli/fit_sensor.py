"""`synthvis fit-sensor`: ranges of the sensor model from photographs."""

from __future__ import annotations

import shlex
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from synthvis.cli.shared.api_help import ApiOption, given
from synthvis.cli.shared.messages import say
from synthvis.cli.shared.options import echo_json, json_option, seed_option
from synthvis.cli.shared.progress import progress_bars
from synthvis.cli.shared.values import PATH, OutputFile

if TYPE_CHECKING:
    from synthvis.sensor_fit.ranges import SensorFit

__all__ = ["command"]

option = partial(click.option, cls=ApiOption, of="synthvis.api.sensor:fit_sensor")

MAX_LISTED = 10

EPILOG = """\b
Examples:
  synthvis fit-sensor photographs --out sensor.yaml
  synthvis fit-sensor photographs --size 320 --renders data/fruit
  synthvis fit-sensor photographs --renders data/fruit --strip strip.png
  synthvis fit-sensor photographs --json | jq .sensor
  synthvis render --recipe fruit --sensor sensor.yaml
"""


@click.command("fit-sensor", epilog=EPILOG)
@click.argument("folder", type=PATH, metavar="DIR")
@click.option("--out", type=OutputFile(), help="The YAML file to write.  [default: print it]")
@option("--n", type=click.IntRange(min=1))
@seed_option("the choice of photographs and of the strip's scenes")
@option("--size", "longest_px", argument="longest_px", type=click.IntRange(min=32), metavar="PX")
@option("--renders", type=PATH)
@click.option(
    "--strip", type=OutputFile(), help="A PNG file to write, with photographs and renders through both sensors."
)
@click.option(
    "--recipe", metavar="NAME|YAML", help="The recipe whose scenes the strip shows.  [default: that of --renders]"
)
@json_option
def command(
    folder: Path, out: Path | None, n: int | None, seed: int, longest_px: int | None, renders: Path | None,
    strip: Path | None, recipe: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Fit the sensor of a recipe to the photographs in DIR.

    Noise, sharpness, exposure, colour cast, contrast, saturation and JPEG quality are measured on up to N pictures,
    folders below included, and printed as the `sensor:` part of a recipe. A setting that cannot be told from what the
    photographs show is left out, with the reason. No label is read. Files that are broken are named and left out.
    """
    if strip is not None and renders is None and recipe is None:
        raise click.UsageError("--strip shows renders: add --recipe NAME or --renders DIR")
    from synthvis.api.sensor import draw_sensor_strip, fit_sensor

    with progress_bars(enabled=not as_json) as bar:
        fit = fit_sensor(
            folder, seed=seed, renders=renders, on_photograph=bar("photographs"), on_render=bar("renders"),
            **given(n=n, longest_px=longest_px),
        )  # fmt: skip
    if out is not None:
        fit.write(out)
    if strip is not None:
        from synthvis.ui.progress import ProgressDisplay

        draw_sensor_strip(
            fit, strip, recipe=recipe, renders=renders, seed=seed,
            display=lambda progress: ProgressDisplay(progress.view, enabled=not as_json),
        )  # fmt: skip
    if as_json:
        files = {"out": None if out is None else str(out), "strip": None if strip is None else str(strip)}
        echo_json({**fit.to_dict(), **files})
        return
    _show_left_out(fit)
    if out is None:
        click.echo(fit.to_yaml(), nl=False)
    else:
        say(f"next: synthvis render --sensor {shlex.quote(str(out))}")
        click.echo(out)


def _show_left_out(fit: SensorFit) -> None:
    for name, reason in fit.left_out[:MAX_LISTED]:
        say(f"left out {name}: {reason}")
    if len(fit.left_out) > MAX_LISTED:
        say(f"and {len(fit.left_out) - MAX_LISTED} more were left out")
