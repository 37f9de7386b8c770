"""`synthvis fit-sensor`: ranges of the sensor model from photographs."""

from __future__ import annotations

import shlex
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from synthvis.cli._options import FILE, PATH, echo_json, json_option

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.progress import Progress

    from synthvis.fit.ranges import SensorFit

__all__ = ["command"]

LISTED = 10

EPILOG = """\b
Examples:
  synthvis fit-sensor photographs --out sensor.yaml
  synthvis fit-sensor photographs --longest 320 --renders data/fruit
  synthvis fit-sensor photographs --json | jq .sensor
  synthvis render --recipe fruit --sensor sensor.yaml
"""


@click.command("fit-sensor", epilog=EPILOG)
@click.argument("folder", type=PATH, metavar="DIR")
@click.option("--out", type=FILE, help="Write the YAML there.  [default: print it]")
@click.option("--n", type=click.IntRange(min=1), default=300, show_default=True, help="Most photographs to measure.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Which, where there are more.")
@click.option("--longest", type=click.IntRange(min=32), metavar="PX", help="Scale longer sides down to PX first.")
@click.option("--renders", type=PATH, help="A rendered dataset of like scenes, to tell scenes from sensor.")
@json_option
def command(
    folder: Path, out: Path | None, n: int, seed: int, longest: int | None, renders: Path | None, as_json: bool
) -> None:
    """Fit the sensor of a recipe to the photographs in DIR.

    Noise, sharpness, exposure, colour cast, contrast, saturation and JPEG quality are measured on up to N pictures,
    folders below included, and printed as the `sensor:` part of a recipe. No label is read. Files that are broken are
    named and left out.
    """
    from synthvis.fit.ranges import fit_folder, sensor_yaml
    from synthvis.fit.reference import SHIPPED, reference_from

    with _progress(enabled=not as_json) as progress:
        reference = reference_from(renders, _shown(progress, "renders")) if renders else SHIPPED
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
    if as_json:
        echo_json(_facts(fit, out))
        return
    _talk(fit, out)
    click.echo(str(out) if out is not None else sensor_yaml(fit, folder), nl=out is not None)


def _facts(fit: SensorFit, out: Path | None) -> dict[str, Any]:
    return {
        "sensor": dict(fit.sensor),
        "told_by": dict(fit.told_by),
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
