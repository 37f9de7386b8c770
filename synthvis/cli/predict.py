"""`synthvis predict`: a trained run on pictures, videos or a camera."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from synthvis.cli.shared.api_help import ApiOption, given
from synthvis.cli.shared.network_texts import describe_inputs, describe_network, show_failed
from synthvis.cli.shared.options import dry_run_option, echo_json, json_option
from synthvis.cli.shared.values import PATH, OutputFolder
from synthvis.errors import counted

if TYPE_CHECKING:
    from synthvis.api.measuring import TestTime
    from synthvis.api.predicting import PredictionRequest, Predictions

__all__ = ["command"]

option = partial(click.option, cls=ApiOption, of="synthvis.api.runs:Run.predict")

EPILOG = """\b
Examples:
  synthvis predict runs/fruit photos
  synthvis predict runs/fruit a.jpg 'more/*.png' --score 0.5
  synthvis predict runs/fruit clip.mp4 --out predictions/clip
  synthvis predict runs/people clip.mp4 --tracker bytetrack   # follow what is found
  synthvis predict runs/fruit 0                       # the first camera, until Ctrl-C
  synthvis predict runs/points photos --boxes-from runs/fruit
  synthvis predict runs/part photos --camera camera.json
"""


@click.command(epilog=EPILOG)
@click.argument("run", type=PATH)
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@option("--out", type=OutputFolder("PREDICTIONS"))
@option("--score", type=click.FloatRange(0, 1))
@option("--tta", type=click.Choice(["flip", "crops"]))
@option("--boxes-from", type=PATH, metavar="RUN")
@option("--tracker", metavar="NAME|FILE.py:NAME")
@option("--camera", type=PATH, metavar="FILE")
@option("--frames", type=click.IntRange(min=1), metavar="N")
@click.option("--no-draw", is_flag=True, help="Draw no pictures and videos.")
@option("--device", type=click.Choice(["auto", "cpu", "cuda"]))
@json_option
@dry_run_option
def command(
    run: Path, inputs: tuple[str, ...], out: Path | None, score: float | None, tta: TestTime | None,
    boxes_from: Path | None, tracker: str | None, camera: Path | None, frames: int | None, no_draw: bool,
    device: str | None, as_json: bool, dry_run: bool,
) -> None:  # fmt: skip
    """Predict on pictures, folders of them, patterns, videos, or a camera by its number; print the folder of results.

    The folder gets drawn pictures and videos in drawn/, predictions.json and images.json in COCO's form,
    predictions.csv, poses in BOP's form, the maps of tasks that predict for each pixel in maps/, and the tracks of
    videos, where they are followed, in tracks/. Run the same command again to go on with the inputs that are not done.
    Exit code 3 when an input could not be used.
    """
    from synthvis.api.predicting import prediction_request
    from synthvis.cli.shared.messages import say
    from synthvis.cli.shared.progress import counting_at_a_rate
    from synthvis.cli.shared.torch_start import start_torch

    request = prediction_request(
        run, inputs, out=out, score=score, tta=tta, boxes_from=boxes_from, tracker=tracker,
        camera=camera, frames=frames,
        draw=not no_draw,
    )  # fmt: skip
    say(describe_network(request.network))
    say(f"{describe_inputs(request.inputs)} -> {request.out}")
    if dry_run:
        if as_json:
            echo_json(_plan(request))
        return
    start_torch()
    try:
        with counting_at_a_rate("predicting", "pictures and frames") as on_progress:
            found = request.carry_out(on_progress=on_progress, notify=say, **given(device=device))
    except KeyboardInterrupt:
        say(f"stopped; the finished results are in {request.out}: run the same command again to resume")
        raise
    show_failed(found.failed)
    _report(request, found, as_json)
    found.raise_for_failures()


def _report(request: PredictionRequest, found: Predictions, as_json: bool) -> None:
    from synthvis.cli.shared.messages import say

    done = found.summary
    if as_json:
        echo_json(
            {
                **_plan(request),
                "pictures": done.pictures,
                "frames": done.frames,
                "objects": done.objects,
                "already_there": done.already_there,
                "seconds": round(done.seconds, 3),
                "failed": [one.to_dict() for one in done.failed],
            }
        )
        return
    objects = done.objects if request.network.threshold.why else 0
    parts = [(done.pictures, "picture"), (done.frames, "frame"), (objects, "object")]
    what = ", ".join(counted(count, noun) for count, noun in parts if count) or "nothing"
    there = f", {done.already_there:,} there before" if done.already_there else ""
    rate = f"; {done.per_second:.1f} a second" if done.pictures + done.frames > done.already_there else ""
    say(f"{what}{there}{rate}")
    click.echo(request.out)


def _plan(request: PredictionRequest) -> dict[str, object]:
    network = request.network
    return {
        "run": str(network.run),
        "task": network.task.name,
        "score": network.threshold.score if network.threshold.why else None,
        "score_from": network.threshold.why or None,
        "inputs": len(request.inputs),
        "out": str(request.out),
    }
