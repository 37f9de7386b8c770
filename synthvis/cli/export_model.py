"""`synthvis export-model`: the network of a run for another runtime."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from synthvis.cli.shared.api_help import ApiOption, given
from synthvis.cli.shared.messages import say
from synthvis.cli.shared.options import echo_json, json_option, real_root_option
from synthvis.cli.shared.values import PATH, OutputFolder

if TYPE_CHECKING:
    from synthvis.train.deploy.export import ExportedModel

__all__ = ["command"]

option = partial(click.option, cls=ApiOption, of="synthvis.api.exporting_models:export_model")

EPILOG = """\b
Examples:
  synthvis export-model runs/fruit
  synthvis export-model runs/fruit --precision int8 --pictures photos/ --out models/fruit-int8
  synthvis export-model runs/fruit --format torchscript --json
"""


@click.command("export-model", epilog=EPILOG)
@click.argument("run", type=PATH)
@option("--format", type=click.Choice(["onnx", "torchscript", "safetensors"]))
@option("--precision", type=click.Choice(["fp32", "fp16", "int8"]))
@option("--out", type=OutputFolder("MODEL"))
@option("--pictures", multiple=True, type=PATH, metavar="PATH")
@real_root_option
@json_option
def command(
    run: Path,
    format: str | None,
    precision: str | None,
    out: Path | None,
    pictures: tuple[Path, ...],
    real_root: Path | None,
    as_json: bool,
) -> None:
    """Write the network of a run for another runtime, and check it against torch.

    The largest difference to torch on pictures and the milliseconds of both for an image are printed and stored in
    model.json. Beside an ONNX file lies run_onnx.py, which runs it with numpy, cv2 and onnxruntime alone.
    """
    from synthvis.api.exporting_models import check_model_export, export_model
    from synthvis.cli.shared.torch_start import start_torch

    check_model_export(run, format or "onnx", precision or "fp32")
    start_torch()
    options = given(format=format, precision=precision, out=out, real_root=real_root)
    model = export_model(run, pictures=pictures, **options)
    if as_json:
        echo_json(model.to_dict())
        return
    _say(model)
    click.echo(model.path)


def _say(model: ExportedModel) -> None:
    check = model.check
    if check is None:
        say("weights alone: nothing to compare")
        return
    for one in check.differences:
        odd = f"; {one.shapes_differ} of {check.pictures} pictures give another number" if one.shapes_differ else ""
        say(f"{one.output}: at most {one.largest:.2g} from torch (values up to {one.magnitude:.3g}){odd}")
    say(f"checked with {check.pictures_from}")
    threads = "1 thread" if check.threads == 1 else f"{check.threads} threads"
    say(f"{check.milliseconds:.1f} ms an image, torch {check.torch_milliseconds:.1f} ms, each with {threads}")
