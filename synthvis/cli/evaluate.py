"""`synthvis evaluate`: measure a trained run on another set."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from synthvis.cli.shared.api_help import ApiOption, given
from synthvis.cli.shared.options import dry_run_option, echo_json, json_option, real_root_option
from synthvis.cli.shared.values import PATH, OutputFolder

if TYPE_CHECKING:
    from synthvis.api.measuring import TestTime

__all__ = ["command"]

option = partial(click.option, cls=ApiOption, of="synthvis.api.runs:Run.evaluate")

EPILOG = """\b
Examples:
  synthvis evaluate runs/fruit --eval-on fruit
  synthvis evaluate runs/cones --eval-on cones --split train
  synthvis evaluate runs/fruit-0 runs/fruit-1 --eval-on fruit        # an ensemble of both
  synthvis evaluate runs/fruit --eval-on fruit --tta flip
  synthvis evaluate runs/people --eval-on pets --tracker sort        # of the task tracking
  synthvis evaluate runs/fruit --eval-on path/to/coco/annotations/instances_val.json --json
"""


@click.command(epilog=EPILOG)
@click.argument("runs", type=PATH, nargs=-1, required=True, metavar="RUN...")
@click.option(
    "--eval-on", "names", multiple=True, required=True, metavar="NAME|DIR|JSON",
    help="A set to measure on, such as fruit; repeatable.",
)  # fmt: skip
@option("--snapshots", is_flag=True)
@option("--split")
@real_root_option
@option("--device", type=click.Choice(["auto", "cpu", "cuda"]))
@option("--tta", type=click.Choice(["flip", "crops"]))
@option("--tracker", metavar="NAME|FILE.py:NAME")
@option("--tracker-score", type=click.FloatRange(0, 1))
@click.option(
    "--out", type=OutputFolder("RUN"),
    help="The folder for the results.  [default: that of the run; its folders ensemble/, tta-NAME/, tracker-NAME/]",
)  # fmt: skip
@json_option
@dry_run_option
def command(
    runs: tuple[Path, ...], names: tuple[str, ...], snapshots: bool, split: str | None, real_root: Path | None,
    device: str | None, tta: TestTime | None, tracker: str | None, tracker_score: float | None, out: Path | None,
    as_json: bool, dry_run: bool,
) -> None:  # fmt: skip
    """Evaluate a trained run on a real set, a COCO folder or a dataset; classes are matched by name.

    Several runs are evaluated as an ensemble: their boxes are fused, their probabilities averaged.
    """
    from synthvis.api.measuring import check_measurement, measurement_of
    from synthvis.cli.shared.messages import say
    from synthvis.cli.shared.torch_start import start_torch
    from synthvis.cli.shared.training_display import report
    from synthvis.ui.left_out import show_left_out

    check_measurement(
        runs, names, tta=tta, split=split, real_root=real_root, tracker=tracker, tracker_score=tracker_score
    )
    start_torch()
    found = measurement_of(
        runs, names, split=split, snapshots=snapshots, tta=tta, tracker=tracker, tracker_score=tracker_score,
        real_root=real_root, out=out,
    )  # fmt: skip
    show_left_out(found.sets)
    for chosen in found.sets:
        say(f"{chosen.name}:{chosen.split}: {len(chosen.images)} images -> {found.run_dir}")
    if dry_run:
        if as_json:
            names_images = {f"{chosen.name}:{chosen.split}": len(chosen.images) for chosen in found.sets}
            echo_json({"sets": names_images, "out": str(found.run_dir), "classes": list(found.trained.classes)})
        return
    report(found.run_dir, found.carry_out(**given(device=device)), as_json)
