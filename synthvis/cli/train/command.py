"""`synthvis train`: fine-tune a network, then measure it on synthetic and on real images."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from synthvis.cli.shared.api_help import ApiOption
from synthvis.cli.shared.help import LayeredCommand, SettingOption
from synthvis.cli.shared.options import dry_run_option, echo_json, json_option, real_root_option, weights_option
from synthvis.cli.shared.values import SEED, OutputFolder
from synthvis.cli.train.toolbox import SECTIONS, toolbox_options
from synthvis.data.derived.box_style import BOX_KINDS

if TYPE_CHECKING:
    from synthvis.train.run import Request

__all__ = ["command", "command_again"]

option = partial(click.option, cls=ApiOption, of="synthvis.api.training:train")

FIRST = (
    "task", "data", "eval_on", "out", "init_from", "steps", "batch", "input_size", "backbone", "arch", "augment",
    "seed", "device", "overwrite", "dry_run", "as_json",
)  # fmt: skip
"""What --help shows; --help-all shows the rest too."""

EPILOG = """\b
Examples:
  synthvis train --data data/fruit --eval-on fruit
  synthvis train --eval-on coco                  # the newest dataset in ./data
  synthvis train --data fruit:train --eval-on fruit --init-from runs/fruit --out runs/fruit-then-real
  synthvis train --data data/fruit --mix fruit:train --eval-on fruit
"""


@click.command(cls=LayeredCommand, first=FIRST, sections=SECTIONS, epilog=EPILOG)
@click.option("--task", cls=SettingOption)
@click.option(
    "--data", metavar="NAME|DIR|JSON",
    help="A dataset, a COCO folder, or a split of a real set such as fruit:train.  [default: the newest in ./data]",
)  # fmt: skip
@option("--eval-on", multiple=True, metavar="NAME|DIR|JSON")
@real_root_option
@option("--classes", metavar="A,B|NAME")
@option("--images", type=int, metavar="N")
@option("--mix", metavar="NAME|DIR|JSON")
@option("--real-share", type=float)
@option("--out", type=OutputFolder("RUN"))
@option("--init-from", metavar="RUN|FILE")
@weights_option
@click.option("--steps", type=int, cls=SettingOption)
@click.option("--batch", type=int, cls=SettingOption)
@click.option("--lr", type=float, cls=SettingOption)
@click.option("--backbone-lr-factor", type=float, cls=SettingOption)
@click.option("--warmup", type=int, cls=SettingOption)
@click.option("--weight-decay", type=float, cls=SettingOption)
@click.option("--seed", type=SEED, cls=SettingOption)
@click.option("--augment", type=float, cls=SettingOption)
@click.option("--augment-recipe", metavar="NAME|FILE", cls=SettingOption)
@click.option("--match-photos", metavar="DIR", cls=SettingOption)
@click.option("--boxes", type=click.Choice(BOX_KINDS), cls=SettingOption)
@click.option("--box-margin", type=float, cls=SettingOption)
@click.option("--min-visible", type=float, cls=SettingOption)
@click.option("--tracker", metavar="NAME", cls=SettingOption)
@click.option("--tracker-score", type=float, cls=SettingOption)
@click.option("--ema", type=float, cls=SettingOption)
@click.option("--backbone", cls=SettingOption)
@click.option("--arch", cls=SettingOption)
@click.option("--loss", cls=SettingOption)
@click.option("--input-size", type=int, cls=SettingOption)
@click.option("--head-channels", type=int, cls=SettingOption)
@click.option("--head-convs", type=int, cls=SettingOption)
@click.option("--trainable-stages", type=int, cls=SettingOption)
@click.option("--eval-every", type=int, cls=SettingOption)
@click.option("--examples", type=click.Choice(["crops", "images"]), cls=SettingOption)
@click.option("--workers", type=int, cls=SettingOption)
@click.option("--precision", type=click.Choice(["auto", "fp32", "bf16", "fp16"]), cls=SettingOption)
@click.option("--threads", type=int, cls=SettingOption)
@click.option("--device", type=click.Choice(["auto", "cpu", "cuda"]), cls=SettingOption)
@click.option(
    "--nproc", type=click.IntRange(1), default=1, show_default=True, help="The number of processes on this machine."
)
@toolbox_options
@option("--overwrite", is_flag=True)
@json_option
@dry_run_option
def command(
    data: str | None,
    eval_on: tuple[str, ...],
    real_root: Path | None,
    classes: str | None,
    images: int | None,
    mix: str | None,
    real_share: float | None,
    out: Path | None,
    init_from: str | None,
    weights: Path | str | None,
    overwrite: bool,
    nproc: int,
    as_json: bool,
    dry_run: bool,
    **settings: Any,
) -> None:
    """Fine-tune a network on a dataset and evaluate it on synthetic and real images.

    Run the same command again to resume a training that was stopped.
    """
    _end_with_first_process()
    from synthvis.api.training import training_of, weights_of
    from synthvis.cli.shared import training_display
    from synthvis.cli.shared.torch_start import start_torch
    from synthvis.ui.left_out import show_left_out

    training_display.checked_config({**settings, **weights_of(weights)[1]})
    chosen = data or training_display.newest_data()
    job = training_of(
        chosen, eval_on=eval_on, real_root=real_root, classes=classes, images=images, mix=mix,
        real_share=real_share, out=out, init_from=init_from, weights=weights, overwrite=overwrite, settings=settings,
    )  # fmt: skip
    show_left_out(job.splits)
    start_torch()
    request = job.request()
    _note_unmeasured(request)
    if dry_run:
        _show_plan(request, as_json)
        return
    _train(request, command_again(chosen, named=data is not None), nproc, as_json)


def _train(request: Request, again: str, nproc: int, as_json: bool) -> None:
    """Train and evaluate before the user's eyes; `again` is the command that goes on after Ctrl-C."""
    from dataclasses import replace

    from synthvis.cli.shared import training_display
    from synthvis.train.engine.processes import is_first_process
    from synthvis.train.run import train_and_evaluate

    with processes(nproc, again), training_display.TrainingDisplay(request.config, request.run_dir, again) as display:
        evaluations = train_and_evaluate(replace(request, on_step=display.on_step, on_evaluation=display.on_evaluation))
    if is_first_process():
        training_display.report(request.run_dir, evaluations, as_json)


@contextmanager
def processes(count: int, again: str) -> Iterator[None]:
    """Be the first of `count` processes that train, or one that was started by it or by torchrun."""
    from synthvis.train.engine.processes import is_first_process, starting_ranks
    from synthvis.ui.console import stderr_console

    if not is_first_process():
        stderr_console().quiet = True
        yield
    elif count > 1:
        with starting_ranks(count, without_option(shlex.split(again)[1:], "--nproc")):
            yield
    else:
        yield


def without_option(words: list[str], name: str) -> list[str]:
    """Words of a command without an option and its value."""
    for place, word in enumerate(words):
        if word == name:
            return words[:place] + words[place + 2 :]
        if word.startswith(f"{name}="):
            return words[:place] + words[place + 1 :]
    return words


def command_again(data: str, named: bool) -> str:
    """The command that goes on with this training: as typed, on the data it took, and without starting anew."""
    words = [word for word in sys.argv[1:] if word != "--overwrite"]
    return shlex.join(["synthvis", *words, *([] if named else ["--data", data])])


def _end_with_first_process() -> None:
    """Before the imports that take seconds, for the first process may be gone by then."""
    from synthvis.train.engine.child_processes import end_with_first_process

    end_with_first_process()


def _note_unmeasured(request: Request) -> None:
    from synthvis.train.engine.processes import is_first_process
    from synthvis.train.run import unmeasured

    if is_first_process() and (note := unmeasured(request)) is not None:
        click.echo(note, err=True)


def _show_plan(request: Request, as_json: bool) -> None:
    from synthvis.data.left_out import splits_that_lost
    from synthvis.train.registry import description_of
    from synthvis.train.run import prepared

    ready, train = prepared(request), request.train
    labels = f"{train.label_count} {description_of(ready.config.task).labels}"
    sets = (*([request.own_val] if request.own_val else []), *request.real)
    plan = {
        "train": f"{train.name}:{train.split}, {len(train.images)} images, {labels}",
        "classes": list(train.class_names),
        "evaluate": list(dict.fromkeys(f"{one.name}:{one.split}" for one in sets)),
        "out": str(request.run_dir),
        "network": f"{ready.network}, {ready.parameters:,} parameters",
        "chosen": ready.why,
        "left_out": {name: lost.to_json() for name, lost in splits_that_lost((train, *sets)).items()} or None,
        "config": ready.config.model_dump(),
    }
    if as_json:
        echo_json(plan)
        return
    for key, value in plan.items():
        if value is not None:
            click.echo(f"{key}: {value}")
