"""Options of the training toolbox, and help in sections."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

__all__ = ["SectionedCommand", "toolbox_options"]

Function = TypeVar("Function", bound=Callable[..., Any])

SECTIONS: Mapping[str, tuple[str, ...]] = {
    "Data": ("task", "data", "eval_on", "real_root", "classes", "images", "examples"),
    "Run": ("out", "init_from", "weights", "overwrite", "as_json", "dry_run"),
    "Network": ("backbone", "arch", "loss", "input_size", "head_channels", "head_convs"),
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


class SectionedCommand(click.Command):
    """A command whose help lists its options in the sections of the toolbox."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, section by section."""
        records = {
            parameter.name: record
            for parameter in self.get_params(ctx)
            if (record := parameter.get_help_record(ctx)) is not None
        }
        for title, names in SECTIONS.items():
            rows = [records.pop(name) for name in names if name in records]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)
        with formatter.section("Other options"):
            formatter.write_dl(list(records.values()))


# As in the config, whose module is not imported for a help text.
CHOICES: Mapping[str, tuple[str, ...]] = {
    "optimizer": ("sgd", "momentum", "adagrad", "rmsprop", "adam", "adamw"),
    "schedule": ("constant", "step", "linear", "cosine", "inverse-sqrt", "exponential"),
    "transfer": ("auto", "linear", "partial", "full"),
    "batchnorm": ("auto", "frozen", "learn", "statistics"),
    "compile": ("auto", "on", "off"),
}

TOOLBOX = (
    click.option("--accumulate", type=int, help="Pieces of a batch that is too large for memory.  [default: 1]"),
    click.option("--optimizer", type=click.Choice(CHOICES["optimizer"]), help="Update rule.  [default: adamw]"),
    click.option("--momentum", type=float, help="Of the optimizer momentum.  [default: 0.9]"),
    click.option("--nesterov", is_flag=True, default=None, help="Nesterov's form of it."),
    click.option("--clip-norm", type=float, help="Largest norm of the gradient.  [default: 5]"),
    click.option(
        "--transfer", type=click.Choice(CHOICES["transfer"]), help="What of the backbone learns.  [default: auto]"
    ),
    click.option(
        "--batchnorm",
        type=click.Choice(CHOICES["batchnorm"]),
        help="Batch normalisation of the backbone.  [default: auto]",
    ),
    click.option("--layer-decay", type=float, help="Factor on lr for each stage further down.  [default: 1]"),
    click.option(
        "--schedule", type=click.Choice(CHOICES["schedule"]), help="Learning rate over steps.  [default: cosine]"
    ),
    click.option("--final-lr", type=float, help="Last learning rate, as a share of lr.  [default: 0.01]"),
    click.option("--lr-milestones", metavar="A,B", help="Falls of step, shares of the run.  [default: 0.62,0.85]"),
    click.option("--lr-drop", type=float, help="Factor of each fall.  [default: 0.1]"),
    click.option("--label-smoothing", type=float, help="Share of a label spread over the classes.  [default: 0]"),
    click.option("--drop-rate", type=float, help="Dropout between body and head.  [default: 0]"),
    click.option("--drop-path-rate", type=float, help="Stochastic depth of the backbone.  [default: 0]"),
    click.option("--snapshots", type=int, help="Cosine cycles that each leave weights.  [default: 0, none]"),
    click.option("--patience", type=int, help="Evaluations without a better one, then stop.  [default: 0, never]"),
    click.option("--compile", type=click.Choice(CHOICES["compile"]), help="Compile the backbone.  [default: auto]"),
)


def toolbox_options(function: Function) -> Function:
    """All options of the toolbox that are fields of the config."""
    for option in reversed(TOOLBOX):
        function = option(function)
    return function
