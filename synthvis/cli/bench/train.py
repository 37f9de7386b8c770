"""`synthvis bench train`: speed of the training loop."""

from __future__ import annotations

from typing import Any

import click

from synthvis.cli.bench.output import echo_json_of, echo_lines
from synthvis.cli.shared.help import SettingOption
from synthvis.cli.shared.options import dry_run_option, echo_json, json_option, weights_option

__all__ = ["command"]

EPILOG = """\b
Examples:
  synthvis bench train --data data/fruit
  synthvis bench train --data data/fruit --device cpu --device cuda --steps 50 --json
"""


@click.command("train", epilog=EPILOG)
@click.option("--task", cls=SettingOption)
@click.option(
    "--data", metavar="NAME|DIR|JSON", help="The data, as in `synthvis train`.  [default: the newest in ./data]"
)
@click.option("--steps", default=20, show_default=True, help="The number of steps; the first three are not timed.")
@click.option("--batch", type=int, cls=SettingOption)
@click.option("--backbone", cls=SettingOption)
@weights_option
@click.option("--input-size", type=int, cls=SettingOption)
@click.option("--transfer", type=click.Choice(["auto", "linear", "partial", "full"]), cls=SettingOption)
@click.option("--workers", type=int, cls=SettingOption)
@click.option("--precision", type=click.Choice(["auto", "fp32", "bf16", "fp16"]), cls=SettingOption)
@click.option("--threads", type=int, cls=SettingOption)
@click.option("--compile", type=click.Choice(["auto", "on", "off"]), cls=SettingOption)
@click.option(
    "--device",
    "devices",
    multiple=True,
    type=click.Choice(["auto", "cpu", "cuda"]),
    default=["auto"],
    show_default=True,
    help="The device to train on; repeatable.",
)
@dry_run_option
@json_option
def command(
    task: str | None,
    data: str | None,
    weights: Any,
    devices: tuple[str, ...],
    dry_run: bool,
    as_json: bool,
    **settings: Any,
) -> None:
    """Train for a few steps in a temporary folder: images/s, headroom of the loader, memory, ratio to a plain loop.

    The plain loop is that of torchvision's reference scripts over the same network: fp32, SGD with momentum.
    """
    from synthvis.api.training import weights_of
    from synthvis.cli.shared.torch_start import start_torch
    from synthvis.cli.shared.training_display import checked_config, config_from, newest_data
    from synthvis.train.sets import resolve_splits

    weights, start = weights_of(weights)
    typed = [{**settings, **start, "task": task, "device": device, "warmup": 0} for device in devices]
    checked = [checked_config(one) for one in typed]
    split, _, _ = resolve_splits(data or newest_data(), (), task=checked[0].task)
    if dry_run:
        plan = {"train": f"{split.name}:{split.split}", "images": len(split.images), "devices": list(devices)}
        echo_json(plan) if as_json else click.echo(", ".join(f"{key}: {value}" for key, value in plan.items()))
        return
    start_torch()
    from synthvis.bench.train import bench_train

    configs = [config_from(one) for one in typed]
    results = [bench_train(config, split, weights) for config in configs]
    echo_json_of(results) if as_json else echo_lines(results)
