"""Options of the training toolbox, and the sections of the help of `train`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from synthvis.cli.shared.help import SettingOption

__all__ = ["CHOICES", "SECTIONS", "toolbox_options"]

Function = TypeVar("Function", bound=Callable[..., Any])

SECTIONS: Mapping[str, tuple[str, ...]] = {
    "Data": ("task", "data", "eval_on", "real_root", "classes", "images", "mix", "real_share", "examples"),
    "Run": ("out", "init_from", "weights", "overwrite", "as_json", "dry_run"),
    "Labels and augmentation": ("boxes", "box_margin", "min_visible", "augment", "augment_recipe", "match_photos"),
    "Network": ("backbone", "arch", "loss", "input_size", "head_channels", "head_convs"),
    "Tracking": ("tracker", "tracker_score"),
    "Transfer": ("transfer", "trainable_stages", "batchnorm", "backbone_lr_factor", "layer_decay"),
    "Optimiser": (
        "steps",
        "batch",
        "accumulate",
        "optimizer",
        "lr",
        "momentum",
        "nesterov",
        "weight_decay",
        "clip_norm",
    ),
    "Schedule": ("schedule", "warmup", "final_lr", "lr_milestones", "lr_drop"),
    "Regularisation and averaging": (
        "label_smoothing",
        "drop_rate",
        "drop_path_rate",
        "ema",
        "snapshots",
        "eval_every",
        "patience",
    ),
    "Device": ("device", "precision", "threads", "compile", "nproc", "workers", "seed"),
}
"""Options by section in the help of `train`; what is in none of them comes last."""


# As in the config, whose module is not imported for a help text.
CHOICES: Mapping[str, tuple[str, ...]] = {
    "optimizer": ("sgd", "momentum", "adagrad", "rmsprop", "adam", "adamw"),
    "schedule": ("constant", "step", "linear", "cosine", "inverse-sqrt", "exponential"),
    "transfer": ("auto", "linear", "partial", "full"),
    "batchnorm": ("auto", "frozen", "learn", "statistics"),
    "compile": ("auto", "on", "off"),
}

TOOLBOX = (
    click.option("--accumulate", type=int, cls=SettingOption),
    click.option("--optimizer", type=click.Choice(CHOICES["optimizer"]), cls=SettingOption),
    click.option("--momentum", type=float, cls=SettingOption),
    click.option("--nesterov", is_flag=True, default=None, cls=SettingOption),
    click.option("--clip-norm", type=float, cls=SettingOption),
    click.option("--transfer", type=click.Choice(CHOICES["transfer"]), cls=SettingOption),
    click.option("--batchnorm", type=click.Choice(CHOICES["batchnorm"]), cls=SettingOption),
    click.option("--layer-decay", type=float, cls=SettingOption),
    click.option("--schedule", type=click.Choice(CHOICES["schedule"]), cls=SettingOption),
    click.option("--final-lr", type=float, cls=SettingOption),
    click.option("--lr-milestones", metavar="A,B", cls=SettingOption),
    click.option("--lr-drop", type=float, cls=SettingOption),
    click.option("--label-smoothing", type=float, cls=SettingOption),
    click.option("--drop-rate", type=float, cls=SettingOption),
    click.option("--drop-path-rate", type=float, cls=SettingOption),
    click.option("--snapshots", type=int, cls=SettingOption),
    click.option("--patience", type=int, cls=SettingOption),
    click.option("--compile", type=click.Choice(CHOICES["compile"]), cls=SettingOption),
)


def toolbox_options(function: Function) -> Function:
    """All options of the toolbox that are fields of the config."""
    for option in reversed(TOOLBOX):
        function = option(function)
    return function
