"""Options that mean the same in every command."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

from synthvis.cli.shared.values import PATH, SEED, SHARD, WEIGHTS, WORKERS

__all__ = [
    "assets_option",
    "dry_run_option",
    "echo_json",
    "json_option",
    "real_root_option",
    "recipe_set_option",
    "scene_option",
    "seed_option",
    "shard_option",
    "weights_option",
    "workers_option",
]

Function = TypeVar("Function", bound=Callable[..., Any])

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout.")
dry_run_option = click.option("--dry-run", is_flag=True, help="Show what the command would do, and exit.")

assets_option = click.option(
    "--assets",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="A mesh file of yours, a folder of them, or a Python file with types of object, which is run; the types are "
    "called FOLDER/FILE and FILE.py/NAME; repeatable.",
)
scene_option = click.option(
    "--scene",
    "scenes",
    multiple=True,
    metavar="FILE.py:FUNCTION",
    help="Run this file and render the environment that this function of it defines; repeatable.",
)
recipe_set_option = click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="KEY=VALUE",
    help="Change a value of the recipe (`synthvis pipelines keys` lists the keys); repeatable.",
)
workers_option = click.option(
    "--workers",
    type=WORKERS,
    default="auto",
    show_default=True,
    metavar="N|auto",
    help="The number of worker processes.",
)
weights_option = click.option(
    "--weights",
    type=WEIGHTS,
    metavar="FILE|none",
    help="A file of backbone weights; none: train from scratch.  [default: ImageNet weights]",
)
real_root_option = click.option(
    "--real-root", type=PATH, help="The folder of the named real sets.  [default: $SYNTHVIS_REAL, then the cache]"
)


def seed_option(what: str) -> Callable[[Function], Function]:
    """`--seed`: the seed of `what`, which begins with an article or a possessive."""
    return click.option("--seed", type=SEED, default=0, show_default=True, help=f"The seed of {what}.")


def shard_option(what: str) -> Callable[[Function], Function]:
    """`--shard`: do a part only; `what` says in a sentence what happens to the parts."""
    return click.option("--shard", type=SHARD, default="1/1", show_default=True, metavar="I/N", help=what)


def echo_json(value: Mapping[str, object]) -> None:
    """Print `value` as one JSON object on stdout."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))
