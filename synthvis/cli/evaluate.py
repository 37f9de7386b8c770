"""`synthvis evaluate`: measure a trained run on another set."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from synthvis.cli._options import PATH, OutputFolder, dry_run_option, echo_json, json_option

if TYPE_CHECKING:
    from synthvis.train.description import TaskDescription
    from synthvis.train.views.multicrop import TestTime

__all__ = ["command"]

EPILOG = """\b
Examples:
  synthvis evaluate runs/fruit --on fruit
  synthvis evaluate runs/cones --on cones --split train
  synthvis evaluate runs/fruit-0 runs/fruit-1 --on fruit        # both as one
  synthvis evaluate runs/fruit --on fruit --tta flip
  synthvis evaluate runs/fruit --on path/to/coco/annotations/instances_val.json --json
"""


@click.command(epilog=EPILOG)
@click.argument("runs", type=PATH, nargs=-1, required=True, metavar="RUN...")
@click.option("--on", "names", multiple=True, required=True, metavar="NAME|DIR|JSON", help="Set; repeatable.")
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
    from dataclasses import replace

    from synthvis.cli._torch import start_torch
    from synthvis.cli._training import report
    from synthvis.dataset.output import RUN, reserve_folder

    _refuse_early(runs, names, tta, split, real_root)
    start_torch()
    from synthvis.train.engine.checkpoint import load_trained, task_of
    from synthvis.train.engine.devices import device_of
    from synthvis.train.engine.ensemble import combined, snapshots_of
    from synthvis.train.run import evaluate_run
    from synthvis.ui.console import talk_console
    from synthvis.ui.left_out import show_left_out

    members = [path for run in runs for path in (snapshots_of(run) if snapshots else [run])]
    task = task_of(members[0])
    _require_tta(task, tta)
    sets = [task.read(task.find(name, real_root), split) for name in names]
    show_left_out(sets)
    trained = combined([load_trained(path) for path in members], [_name(path) for path in members])
    trained = replace(trained, tta=tta)
    run_dir = out or _home(runs[0], len(members), tta)
    for chosen in sets:
        talk_console().print(f"{chosen.name}:{chosen.split}: {len(chosen.images)} images -> {run_dir}", soft_wrap=True)
    if dry_run:
        if as_json:
            names_images = {f"{chosen.name}:{chosen.split}": len(chosen.images) for chosen in sets}
            echo_json({"sets": names_images, "out": str(run_dir), "classes": list(trained.classes)})
        return
    reserve_folder(run_dir, RUN)
    report(run_dir, evaluate_run(trained, run_dir, sets, device_of(device)), as_json)  # type: ignore[arg-type]


def _refuse_early(
    runs: tuple[Path, ...], names: tuple[str, ...], tta: str | None, split: str | None, real_root: Path | None
) -> None:
    """Refuse what is absent before torch is loaded; what is damaged turns out when it is read."""
    from synthvis.errors import CheckpointError
    from synthvis.train.registry import description_of_run

    for run in runs:
        if not run.exists():
            raise CheckpointError(
                f"no weights at {run}: there is no such run", hint="name the folder of a run, or its best.safetensors"
            )
    task = description_of_run(runs[0])
    if task is None:
        return
    _require_tta(task, tta)
    for name in names:
        found = task.find(name, real_root)
        if split is not None and split not in found.splits:
            task.read(found, split)


def _name(path: Path) -> str:
    return path.name if path.is_dir() else f"{path.parent.name}/{path.stem}"


def _home(run: Path, members: int, tta: str | None) -> Path:
    """Where results go: into the run, or a folder of their own in it for an ensemble or test-time views."""
    home = run if run.is_dir() else run.parent
    home = home if members == 1 else home / "ensemble"
    return home / f"tta-{tta}" if tta else home


def _require_tta(task: TaskDescription, tta: str | None) -> None:
    from synthvis.errors import UsageError

    known = task.test_time
    if tta is not None and tta not in known:
        hint = f"it has {', '.join(known)}" if known else "leave --tta out"
        raise UsageError(f"--tta {tta}: the task {task.name} has no such test-time views", hint=hint)
