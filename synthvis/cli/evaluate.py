"""`synthvis evaluate`: measure a trained run on another set."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from synthvis.cli.shared.options import PATH, OutputFolder, dry_run_option, echo_json, json_option

if TYPE_CHECKING:
    from synthvis.api.runs import TestTime

__all__ = ["command"]

EPILOG = """\b
Examples:
  synthvis evaluate runs/fruit --eval-on fruit
  synthvis evaluate runs/cones --eval-on cones --split train
  synthvis evaluate runs/fruit-0 runs/fruit-1 --eval-on fruit        # both as one
  synthvis evaluate runs/fruit --eval-on fruit --tta flip
  synthvis evaluate runs/fruit --eval-on path/to/coco/annotations/instances_val.json --json
"""


@click.command(epilog=EPILOG)
@click.argument("runs", type=PATH, nargs=-1, required=True, metavar="RUN...")
@click.option(
    "--eval-on", "names", multiple=True, required=True, metavar="NAME|DIR|JSON", help="Set to measure on; repeatable."
)
@click.option("--snapshots", is_flag=True, help="The snapshots of each run instead of its best weights.")
@click.option("--split", help="Split of the set.  [default: val]")
@click.option("--real-root", type=PATH, help="Folder of the named real sets.")
@click.option("--device", type=click.Choice(["auto", "cpu", "cuda"]), default="auto", show_default=True)
@click.option(
    "--tta",
    type=click.Choice(["flip", "crops"]),
    help="Predict on the mirror image too, or on 2x2 crops; results go to RUN/tta-....",
)
@click.option(
    "--out",
    type=OutputFolder("RUN"),
    help="Folder for the results.  [default: the run's; of several: ensemble/ in the first]",
)
@json_option
@dry_run_option
def command(
    runs: tuple[Path, ...],
    names: tuple[str, ...],
    snapshots: bool,
    split: str | None,
    real_root: Path | None,
    device: str,
    tta: TestTime | None,
    out: Path | None,
    as_json: bool,
    dry_run: bool,
) -> None:
    """Evaluate a trained run on a real set, a COCO folder or a dataset; classes are matched by name.

    Several runs answer together: boxes are fused, probabilities averaged.
    """
    from synthvis.api.runs import measurement_of, refuse_early
    from synthvis.cli.shared.torch_start import start_torch
    from synthvis.cli.shared.training_display import report
    from synthvis.ui.console import talk_console
    from synthvis.ui.left_out import show_left_out

    refuse_early(runs, names, tta, split, real_root)
    start_torch()
    found = measurement_of(runs, names, split=split, snapshots=snapshots, tta=tta, real_root=real_root, out=out)
    show_left_out(found.sets)
    for chosen in found.sets:
        where = f"{chosen.name}:{chosen.split}: {len(chosen.images)} images -> {found.run_dir}"
        talk_console().print(where, soft_wrap=True)
    if dry_run:
        if as_json:
            names_images = {f"{chosen.name}:{chosen.split}": len(chosen.images) for chosen in found.sets}
            echo_json({"sets": names_images, "out": str(found.run_dir), "classes": list(found.trained.classes)})
        return
    report(found.run_dir, found.carry_out(device), as_json)
