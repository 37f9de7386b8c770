"""What a shell offers for each value: recipes, datasets, runs, tasks, architectures, backbones, real sets.

Loads neither torch nor Blender, and nothing at all before something is completed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import click
from click.shell_completion import CompletionItem

__all__ = ["with_completion"]

Names = Callable[[click.Context], Iterable[str]]


def with_completion(command: click.Command, name: str) -> click.Command:
    """The command that is typed as `name`, whose parameters and those of its subcommands know what they may be."""
    for param in command.params:
        names = _names_for(name, param)
        if names is not None:
            param.shell_complete = partial(_offered, names)  # type: ignore[method-assign]
    if isinstance(command, click.Group):
        for inner_name, inner in command.commands.items():
            with_completion(inner, f"{name} {inner_name}")
    return command


def _names_for(command: str, param: click.Parameter) -> Names | None:
    """By command and argument, else by what the parameter is called on the command line."""
    if isinstance(param, click.Argument):
        return ARGUMENTS.get((command, param.name or ""))
    return next((OPTIONS[name] for name in param.opts if name in OPTIONS), None)


def _offered(names: Names, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
    """Names that begin so; where there is none, files and folders, as a path is welcome in each of these places."""
    found = [CompletionItem(name) for name in dict.fromkeys(names(ctx)) if name.startswith(incomplete)]
    return found or [CompletionItem(incomplete, type="file")]


def _recipes(_: click.Context) -> list[str]:
    from synthvis.config.load import shipped_folder

    return [path.stem for path in sorted((shipped_folder() / "recipes").glob("*.yaml"))]


def _pipelines(_: click.Context) -> list[str]:
    from synthvis.config.load import shipped_folder

    return [path.stem for path in sorted(shipped_folder().glob("*.yaml"))]


def _shipped(ctx: click.Context) -> list[str]:
    return [*_recipes(ctx), *_pipelines(ctx)]


def _datasets(_: click.Context) -> list[str]:
    return [str(path.parent) for path in sorted(Path("data").glob("*/dataset.json"))]


def _runs(_: click.Context) -> list[str]:
    return [str(path.parent) for path in sorted(Path("runs").glob("*/best.safetensors"))]


def _real_sets(_: click.Context) -> list[str]:
    from synthvis.data.benchmarks.known_sets import known_names

    return known_names()


def _sets(ctx: click.Context) -> list[str]:
    from synthvis.data.benchmarks.known_sets import measures_only

    trained = [f"{name}:train" for name in _real_sets(ctx) if not measures_only(name)]
    return [*_datasets(ctx), *_real_sets(ctx), *trained]


def _tasks(_: click.Context) -> list[str]:
    from synthvis.train.registry import tasks

    return list(tasks())


def _archs(ctx: click.Context) -> list[str]:
    from synthvis.train.config import DEFAULT_TASK
    from synthvis.train.registry import tasks

    task = tasks().get(ctx.params.get("task") or DEFAULT_TASK)
    return ["auto", *task.archs] if task else []


def _losses(ctx: click.Context) -> list[str]:
    from synthvis.train.config import DEFAULT_TASK
    from synthvis.train.registry import tasks

    task = tasks().get(ctx.params.get("task") or DEFAULT_TASK)
    return ["auto", *task.losses] if task else []


def _trackers(_: click.Context) -> list[str]:
    from synthvis.tracking.registry import trackers

    return list(trackers())


def _backbones(_: click.Context) -> list[str]:
    from synthvis.train.backbones.names import known_names

    return known_names()


def _families(_: click.Context) -> Iterable[str]:
    from synthvis.train.backbones.catalogue import FAMILIES

    return FAMILIES


def _backbones_and_runs(ctx: click.Context) -> list[str]:
    return [*_runs(ctx), *_backbones(ctx)]


def _fetched(_: click.Context) -> list[str]:
    from synthvis.data.benchmarks.known_sets import KNOWN_SETS

    return ["coco", *(name for name, known in KNOWN_SETS.items() if known.package is not None)]


def _scene_names(_: click.Context) -> list[str]:
    from synthvis.objects.registry import object_type_names
    from synthvis.scene.environments.registry import ENVIRONMENTS

    return [*object_type_names(), *ENVIRONMENTS]


OPTIONS: dict[str, Names] = {
    "--recipe": _recipes,
    "--data": _sets,
    "--real": _sets,
    "--mix": _sets,
    "--eval-on": _sets,
    "--task": _tasks,
    "--arch": _archs,
    "--loss": _losses,
    "--tracker": _trackers,
    "--backbone": _backbones,
    "--family": _families,
    "--run": _runs,
    "--init-from": _runs,
    "--boxes-from": _runs,
}
"""What an option takes, by its name: it means the same in every command."""

ARGUMENTS: dict[tuple[str, str], Names] = {
    ("check", "dataset"): _sets,
    ("preview", "dataset"): _sets,
    ("explain", "dataset"): _datasets,
    ("bench merge", "dataset"): _datasets,
    ("merge", "parts"): _datasets,
    ("stats", "sets"): _sets,
    ("gap", "sets"): _sets,
    ("track", "data"): _sets,
    ("report", "run"): _runs,
    ("evaluate", "runs"): _runs,
    ("predict", "run"): _runs,
    ("run", "pipeline"): _pipelines,
    ("models show", "name"): _backbones_and_runs,
    ("pipelines show", "name"): _shipped,
    ("pipelines cp", "name"): _shipped,
    ("scenes show", "names"): _scene_names,
    ("fetch", "name"): _fetched,
}
"""What an argument takes, by command and name."""
