"""`synthvis study`: how many photographs a synthetic set is worth, and whether more renders would help."""

from __future__ import annotations

import shlex
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from synthvis.cli.shared.api_help import ApiOption, given
from synthvis.cli.shared.help import SettingOption
from synthvis.cli.shared.options import dry_run_option, json_option, real_root_option, shard_option, weights_option
from synthvis.cli.shared.values import NAMES, NumbersType, OutputFolder

if TYPE_CHECKING:
    from synthvis.train.settings import Settings

__all__ = ["command"]

option = partial(click.option, cls=ApiOption, of="synthvis.api.studying:study")

EPILOG = """\b
Examples:
  synthvis study --data data/cones --real cones --steps 600
  synthvis study --data data/cones --real cones --steps 600 --dry-run
  synthvis study --data data/cones --real cones --regimes synthetic --sizes 100,200,400,800
  synthvis study --data data/cones --real cones --regimes synthetic --ablate lighting,texture,camera
  synthvis study --data data/cones --real cones --regimes synthetic --vary steps=1200,2400 --vary input_size=320
  synthvis study --data data/cones --real cones --shard 1/2 --out studies/cones
"""


@click.command("study", epilog=EPILOG)
@option("--data", required=True, metavar="DIR")
@option("--real", required=True, metavar="NAME|DIR")
@option("--eval-on", metavar="NAME|DIR|JSON")
@real_root_option
@option("--out", type=OutputFolder("STUDY"))
@option("--regimes", type=NAMES, metavar="A,B")
@option("--fractions", type=NumbersType(float), metavar="N,N")
@option("--seeds", type=NumbersType(int), metavar="N,N")
@option("--sizes", type=NumbersType(int), metavar="N,N,N")
@option("--ablate", type=NAMES, metavar="A,B")
@option("--ablate-images", type=click.IntRange(min=2))
@option("--vary", multiple=True, metavar="KEY=V,V")
@click.option("--steps", type=int, cls=SettingOption)
@option("--budget", type=click.Choice(["total", "stage"]))
@option("--finetune-share", type=float)
@option("--finetune-lr", type=float)
@option("--real-share", type=float)
@click.option("--task", cls=SettingOption)
@weights_option
@click.option("--device", type=click.Choice(["auto", "cpu", "cuda"]), cls=SettingOption)
@click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE",
              help="Any other setting of `synthvis train`, such as batch=8; repeatable.")  # fmt: skip
@shard_option("Do part I of N of the work only.")
@json_option
@dry_run_option
def command(
    data: str, real: str, eval_on: str | None, real_root: Path | None, out: Path | None, shard: tuple[int, int],
    weights: Path | str | None, overrides: tuple[str, ...], steps: int | None, task: str | None, device: str | None,
    ablate: tuple[str, ...] | None, ablate_images: int | None, vary: tuple[str, ...], as_json: bool, dry_run: bool,
    **config: Any,
) -> None:  # fmt: skip
    """Train with photographs, with renders and with both, and measure what the renders are worth.

    The command writes study.json, study.svg and study.html. Run the same command again to resume: what is finished is
    never done again. Shards write into one folder, or into copies whose runs/ are merged; the command without --shard
    then collects them.
    """
    from synthvis.api.studying import StudyDraft
    from synthvis.cli.shared.torch_start import start_torch
    from synthvis.cli.study.tables import callbacks_of, show_plan, show_results
    from synthvis.ui.left_out import show_left_out

    settings = {**_settings(overrides), "steps": steps, "task": task, "device": device}
    draft = StudyDraft(
        data, real, eval_on=eval_on, real_root=real_root, out=out, weights=weights, settings=settings,
        ablate=ablate or (), vary=vary, **given(**config),
    )  # fmt: skip
    sets = draft.sets
    show_left_out((sets.synthetic, sets.synthetic_val, sets.real, sets.real_eval))
    start_torch()
    callbacks = callbacks_of(draft.out, quiet=as_json)
    run = draft.prepare(shard=shard, ablate_images=ablate_images, callbacks=callbacks, command=_typed_words())
    if dry_run:
        show_plan(run, as_json=as_json)
        return
    try:
        result = run.run()
    except KeyboardInterrupt:
        again = shlex.join(["synthvis", *sys.argv[1:]])
        run.callbacks.say(f"stopped; everything finished is kept. To resume:\n  {again}")
        raise
    show_results(run, result, as_json=as_json)


def _typed_words() -> tuple[str, ...]:
    """The command as it was typed, without what only decides how its results are printed."""
    words = tuple(word for word in sys.argv[1:] if word != "--json")
    return words if words[:1] == ("study",) else ()


def _settings(overrides: tuple[str, ...]) -> Settings:
    """Settings of each training, as `train` takes them."""
    from synthvis.config.yaml_reader import parse_yaml
    from synthvis.errors import UsageError

    settings: dict[str, object] = {}
    for override in overrides:
        key, equals, value = override.partition("=")
        if not equals or key in ("seed", "steps", "eval_every", "task", "device"):
            raise UsageError(f"--set {override}: expected KEY=VALUE of another setting", hint="such as --set batch=8")
        settings[key.strip()] = parse_yaml(value, where=f"--set {key}")
    return settings
