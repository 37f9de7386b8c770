"""`synthvis study`: what a synthetic set is worth in photographs, whether more would help, and what makes it good."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click

from synthvis.cli.shared.options import PATH, WEIGHTS, OutputFolder, dry_run_option, json_option

__all__ = ["command"]

Number = TypeVar("Number", int, float)

EPILOG = """\b
Examples:
  synthvis study --data data/cones --real cones --steps 600
  synthvis study --data data/cones --real cones --steps 600 --dry-run
  synthvis study --data data/cones --real cones --regimes synthetic --sizes 100,200,400,800
  synthvis study --data data/cones --real cones --regimes synthetic --ablate lighting,texture,camera
  synthvis study --data data/cones --real cones --shard 1/2 --out studies/cones
"""


@click.command("study", epilog=EPILOG)
@click.option("--data", required=True, metavar="DIR", help="The rendered dataset in question.")
@click.option("--real", required=True, metavar="NAME|DIR", help="Photographs; its train split is trained on.")
@click.option("--eval-on", metavar="SET:SPLIT", help="Set to measure on.  [default: val of --real]")
@click.option("--real-root", type=PATH, help="Folder of the named real sets.")
@click.option("--out", type=OutputFolder("STUDY"), help="Folder of the study.  [default: studies/DATA-REAL]")
@click.option("--regimes", default="real,synthetic,synthetic+real,mixed", show_default=True, help="Ways to train.")
@click.option("--fractions", default="1,10,50,100", show_default=True, help="Shares of the photographs, per cent.")
@click.option("--seeds", default="0,1", show_default=True, help="Training seeds.")
@click.option("--sizes", default="", metavar="N,N,N", help="Train on so many renders alone; 3 sizes for a fit.")
@click.option("--ablate", default="", metavar="NAMES", help="lighting,texture,camera,distractors,context,sensor.")
@click.option("--ablate-images", type=click.IntRange(min=2), help="Renders of each ablation.  [default: as DATA]")
@click.option("--steps", type=int, help="Steps of a regime.  [default: 600]")
@click.option("--budget", type=click.Choice(["total", "stage"]), default="total", show_default=True,
              help="Steps are those of a regime in all, or of each of its stages.")  # fmt: skip
@click.option("--finetune-share", type=float, default=0.5, show_default=True,
              help="Share of a total budget that synthetic+real keeps for photographs.")  # fmt: skip
@click.option("--finetune-lr", type=float, help="Learning rate of that stage.  [default: the same]")
@click.option("--real-share", type=float, default=0.5, show_default=True,
              help="Share of photographs among the views of the mixed regime.")  # fmt: skip
@click.option("--task", help="What to learn.  [default: detection]")
@click.option("--weights", type=WEIGHTS, metavar="FILE|none", help="Backbone weights; none: train from scratch.")
@click.option("--device", type=click.Choice(["auto", "cpu", "cuda"]), help="Where to train.  [default: auto]")
@click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE",
              help="Any other setting of `train`, as in --set batch=8; repeatable.")  # fmt: skip
@click.option("--shard", default="1/1", show_default=True, metavar="I/N", help="Do the I-th of N parts of the work.")
@json_option
@dry_run_option
def command(
    data: str, real: str, eval_on: str | None, real_root: Path | None, out: Path | None, shard: str,
    as_json: bool, dry_run: bool, **options: Any,
) -> None:  # fmt: skip
    """Train with photographs, with renders and with both, and say what the renders are worth.

    Writes study.json, study.svg and study.html. Stop it with Ctrl-C: the same command goes on, and what is finished is
    never done again. Shards write into one folder, or into copies whose runs/ are put together; the command without
    --shard then gathers them.
    """
    from synthvis.api.studying import StudyDraft
    from synthvis.cli.shared.torch_start import start_torch
    from synthvis.cli.study.tables import callbacks_of, tell_plan, tell_results
    from synthvis.ui.left_out import show_left_out

    draft = StudyDraft(
        data, real, eval_on=eval_on, real_root=real_root, out=out, weights=options["weights"],
        settings=_settings(options), ablate=_words(options["ablate"]), **_study_values(options),
    )  # fmt: skip
    sets = draft.sets
    show_left_out((sets.synthetic, sets.synthetic_val, sets.real, sets.real_eval))
    place = _shard(shard)
    start_torch()
    callbacks = callbacks_of(draft.out, quiet=as_json)
    run = draft.prepare(
        shard=place, ablate_images=options["ablate_images"], callbacks=callbacks, command=_typed_words()
    )
    if dry_run:
        tell_plan(run, as_json=as_json)
        return
    try:
        result = run.run()
    except KeyboardInterrupt:
        run.callbacks.say(
            f"stopped; everything finished is kept. To go on:\n  {shlex.join(['synthvis', *sys.argv[1:]])}"
        )
        raise
    tell_results(run, result, as_json=as_json)


def _typed_words() -> tuple[str, ...]:
    """The command as it was typed, without what only decides how its results are printed."""
    words = tuple(word for word in sys.argv[1:] if word != "--json")
    return words if words[:1] == ("study",) else ()


def _settings(options: dict[str, Any]) -> dict[str, Any]:
    """Settings of each training, as `train` takes them."""
    from synthvis.config.yaml_reader import parse_yaml
    from synthvis.errors import UsageError

    settings: dict[str, Any] = {}
    for override in options["overrides"]:
        key, equals, value = override.partition("=")
        if not equals or key in ("seed", "steps", "eval_every", "task", "device"):
            raise UsageError(f"--set {override}: expected KEY=VALUE of another setting", hint="such as --set batch=8")
        settings[key.strip()] = parse_yaml(value, where=f"--set {key}")
    return {**settings, **{key: options[key] for key in ("steps", "task", "device")}}


def _study_values(options: dict[str, Any]) -> dict[str, Any]:
    """Values of a `StudyConfig`, but for its trainings."""
    return {
        "regimes": tuple(_words(options["regimes"])),
        "fractions": tuple(_numbers(options["fractions"], float, "--fractions")),
        "seeds": tuple(_numbers(options["seeds"], int, "--seeds")),
        "sizes": tuple(_numbers(options["sizes"], int, "--sizes")),
        **{name: options[name] for name in ("budget", "finetune_share", "finetune_lr", "real_share")},
    }


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _numbers(text: str, kind: Callable[[str], Number], option: str) -> Iterable[Number]:
    from synthvis.errors import UsageError

    try:
        return [kind(word) for word in _words(text)]
    except ValueError as error:
        raise UsageError(f"{option} {text[:80]}: numbers with commas between") from error


def _shard(text: str) -> tuple[int, int]:
    from synthvis.errors import UsageError

    first, slash, count = text.partition("/")
    if not (slash and first.isdigit() and count.isdigit()):
        raise UsageError(f"--shard {text}: expected I/N, such as 1/2")
    return int(first), int(count)
