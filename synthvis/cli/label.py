"""`synthvis label`: first labels for photographs, by a trained run."""

from __future__ import annotations

import shlex
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from synthvis.cli.shared.api_help import ApiOption, given
from synthvis.cli.shared.network_texts import describe_inputs, describe_network, show_failed
from synthvis.cli.shared.options import dry_run_option, echo_json, json_option
from synthvis.cli.shared.values import PATH, OutputFolder
from synthvis.errors import SomeInputsFailed, counted

if TYPE_CHECKING:
    from synthvis.api.labelling import FirstLabels, LabelRequest
    from synthvis.api.measuring import TestTime

__all__ = ["command"]

option = partial(click.option, cls=ApiOption, of="synthvis.api.runs:Run.label")

EPILOG = """\b
Examples:
  synthvis label photos --run runs/fruit
  synthvis label photos --run runs/fruit --format yolo --out labels/fruit-yolo
  synthvis label photos --run runs/fruit --score 0.2 --dry-run
"""


@click.command(epilog=EPILOG)
@click.argument("inputs", nargs=-1, required=True, metavar="DIR...")
@click.option("--run", type=PATH, required=True, help="The run that labels.")
@option("--format", metavar="NAME")
@option("--out", type=OutputFolder("EXPORT"))
@option("--split", metavar="NAME")
@option("--score", type=click.FloatRange(0, 1))
@option("--tta", type=click.Choice(["flip", "crops"]))
@option("--boxes-from", type=PATH, metavar="RUN")
@option("--device", type=click.Choice(["auto", "cpu", "cuda"]))
@json_option
@dry_run_option
def command(
    inputs: tuple[str, ...], run: Path, format: str | None, out: Path | None, split: str | None, score: float | None,
    tta: TestTime | None, boxes_from: Path | None, device: str | None, as_json: bool, dry_run: bool,
) -> None:  # fmt: skip
    """Write what a run finds on the pictures of DIR as their first labels, and print the folder.

    The folder holds the pictures and labels in the format of an annotation tool, to be corrected there and then trained
    on. `synthvis export --formats` lists the formats. Exit code 3 when a picture could not be read.
    """
    from synthvis.api.labelling import label_request
    from synthvis.cli.shared.messages import say
    from synthvis.cli.shared.progress import counting_at_a_rate
    from synthvis.cli.shared.torch_start import start_torch

    asked = given(format=format, split=split)
    request = label_request(run, inputs, out=out, score=score, tta=tta, boxes_from=boxes_from, **asked)
    say(describe_network(request.network))
    say(f"{describe_inputs(request.pictures)} -> {request.out} ({request.format}, split {request.split})")
    if dry_run:
        if as_json:
            echo_json(_plan(request))
        return
    start_torch()
    with counting_at_a_rate("labelling", "pictures") as on_progress:
        made = request.carry_out(on_progress=on_progress, notify=say, **given(device=device))
    show_failed(made.failed)
    _report(request, made, as_json)
    if made.failed:
        raise SomeInputsFailed(f"{counted(len(made.failed), 'picture')} could not be read; the others are labelled")


def _report(request: LabelRequest, made: FirstLabels, as_json: bool) -> None:
    from synthvis.cli.shared.messages import say
    from synthvis.data.contents import Content
    from synthvis.train.config import DEFAULT_TASK

    plan = made.exported.plan
    if as_json:
        failed = [one.to_dict() for one in made.failed]
        echo_json({**_plan(request), **plan.to_dict(), "upright_copies": made.upright, "failed": failed})
        return
    objects = f", {counted(plan.objects, 'object')}" if plan.objects else ""
    say(f"{counted(plan.images, 'picture')}{objects} written as {plan.form.name}")
    if made.upright:
        say(f"{counted(made.upright, 'picture')} stored on the side: upright copies were taken")
    if plan.lost:
        say(f"{plan.form.name} cannot hold: {', '.join(f'{one.content.value} ({one.count:,})' for one in plan.lost)}")
    folder = shlex.quote(str(request.out))
    learnt = request.network.task.name
    task = "" if learnt == DEFAULT_TASK else f" --task {learnt}"
    say("correct them, then:")
    if Content.PICTURE_CLASSES not in plan.form.holds:
        say(f"  synthvis check {folder}")
    say(f"  synthvis train --data {folder}{task}")
    click.echo(request.out)


def _plan(request: LabelRequest) -> dict[str, object]:
    network = request.network
    return {
        "run": str(network.run),
        "task": network.task.name,
        "score": network.threshold.score if network.threshold.why else None,
        "score_from": network.threshold.why or None,
        "pictures": len(request.pictures),
        "out": str(request.out),
        "format": request.format,
        "split": request.split,
    }
