"""`synthvis pipelines`: the recipes and pipelines that come along."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from synthvis.cli.shared.options import dry_run_option, echo_json, json_option
from synthvis.cli.shared.values import PATH

if TYPE_CHECKING:
    from synthvis.config.load import Shipped

__all__ = ["command"]

EPILOG = """\b
Examples:
  synthvis pipelines ls
  synthvis pipelines show fruit
  synthvis pipelines cp fruit my_fruit.yaml
"""

LS_EPILOG = """\b
Examples:
  synthvis pipelines ls
  synthvis pipelines ls --json
  synthvis pipelines ls --json | jq -r '.shipped[].name'
"""

SHOW_EPILOG = """\b
Examples:
  synthvis pipelines show fruit
  synthvis pipelines show fruit --resolved
  synthvis pipelines show smoke
  synthvis pipelines show my_fruit.yaml --resolved
"""

CP_EPILOG = """\b
Examples:
  synthvis pipelines cp fruit
  synthvis pipelines cp fruit my_fruit.yaml
  synthvis pipelines cp smoke ci.yaml --force
"""


KEYS_EPILOG = """\b
Examples:
  synthvis pipelines keys
  synthvis pipelines keys camera
  synthvis pipelines keys objects.count_mean --json
"""


@click.group("pipelines", epilog=EPILOG)
def command() -> None:
    """List, show and copy the shipped recipes and pipelines.

    A recipe says what to render; a pipeline says what to render, train and measure. Copy one, change it, and pass its
    path to `synthvis render --recipe` or `synthvis run`.
    """


@command.command("ls", epilog=LS_EPILOG)
@json_option
def ls(as_json: bool) -> None:
    """List the shipped recipes and pipelines: name, recipe or pipeline, description."""
    from synthvis.config.load import list_shipped

    shipped = list_shipped()
    if as_json:
        echo_json({"shipped": [_as_dict(one) for one in shipped]})
        return
    for one in shipped:
        click.echo(f"{one.name:<10} {one.what:<9} {one.description}")


@command.command("show", epilog=SHOW_EPILOG)
@click.argument("name", metavar="NAME|YAML")
@click.option("--resolved", is_flag=True, help="Show a recipe with all its values, defaults included.")
@json_option
def show(name: str, resolved: bool, as_json: bool) -> None:
    """Print a shipped recipe or pipeline by its NAME, or a YAML file after checking it."""
    from synthvis.config.load import dump_recipe, load_recipe
    from synthvis.errors import UsageError

    found = _file_at(name) or _named(name)
    if resolved and found.what != "recipe":
        raise UsageError(f"{name} is a pipeline; only recipes resolve", hint=f"`synthvis run {name} --dry-run`")
    text = dump_recipe(load_recipe(str(found.path))) if resolved else found.path.read_text(encoding="utf-8")
    if as_json:
        echo_json({**_as_dict(found), "text": text})
        return
    click.echo(text, nl=False)


@command.command("cp", epilog=CP_EPILOG)
@click.argument("name")
@click.argument("destination", required=False, type=PATH)
@click.option("--force", is_flag=True, help="Replace an existing file.")
@dry_run_option
def cp(name: str, destination: Path | None, force: bool, dry_run: bool) -> None:
    """Copy the shipped recipe or pipeline called NAME to DESTINATION, by default NAME.yaml."""
    from synthvis.errors import UsageError

    found = _named(name)
    target = destination or Path(f"{name}.yaml")
    if target.is_dir():
        target = target / f"{name}.yaml"
    if target.exists() and not force:
        raise UsageError(f"{target} is there already", hint="choose another name, or add --force to replace it")
    if not dry_run:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(found.path.read_bytes())
    click.echo(f"{'would copy' if dry_run else 'copied'} {found.what} {name} to {target}", err=True)
    use = ["render", "--recipe", _as_path(target)] if found.what == "recipe" else ["run", _as_path(target)]
    click.echo(f"use it: synthvis {shlex.join(use)}", err=True)


@command.command("keys", epilog=KEYS_EPILOG)
@click.argument("prefix", required=False)
@json_option
def keys(prefix: str | None, as_json: bool) -> None:
    """Explain the keys of a recipe: all, or those that begin with PREFIX, such as `camera` or `sensor.shake`.

    The page docs/reference/recipe.md has the same content.
    """
    from dataclasses import asdict

    from synthvis.config.recipe import Recipe
    from synthvis.config.reference import keys_of
    from synthvis.config.validate import nearest
    from synthvis.errors import UsageError

    known = keys_of(Recipe)
    found = [key for key in known if not prefix or f"{key.path}.".startswith(f"{prefix.rstrip('.')}.")]
    if not found:
        blocks = sorted({key.path.split(".")[0] for key in known} | {key.path for key in known})
        raise UsageError(f"no key '{prefix}'{nearest(str(prefix), blocks)}", hint="`synthvis pipelines keys`")
    if as_json:
        echo_json({"keys": [asdict(key) for key in found]})
        return
    for key in found:
        default = "must be given" if key.default is None else f"default {key.default}"
        click.echo(f"{key.path}\n    {key.values}; {default}")
        click.echo(click.wrap_text(key.meaning, width=76, initial_indent="    ", subsequent_indent="    "))


def _as_path(target: Path) -> str:
    """The path as it is told from the name of a shipped file: with a suffix, or with a slash."""
    return str(target) if target.suffix in (".yaml", ".yml") or "/" in str(target) else f"./{target}"


def _file_at(text: str) -> Shipped | None:
    """A file of the user's, checked; None where `text` is a name.

    Raises:
        RecipeError: The file is absent, or neither a recipe nor a pipeline; every wrong key is named.
    """
    from synthvis.config.load import Shipped, load_recipe
    from synthvis.config.pipeline import load_pipeline, pipeline_path
    from synthvis.config.yaml_reader import read_yaml

    if not (text.endswith((".yaml", ".yml")) or "/" in text):
        return None
    path = pipeline_path(text)
    values = read_yaml(path)
    # A pipeline names its recipe; a recipe does not.
    if isinstance(values, dict) and "recipe" in values and "content_hash" not in values:
        return Shipped(path.stem, "pipeline", path, load_pipeline(text).description)
    load_recipe(str(path))
    description = str(values.get("description", "")) if isinstance(values, dict) else ""
    return Shipped(path.stem, "recipe", path, description)


def _named(name: str) -> Shipped:
    from synthvis.config.load import list_shipped
    from synthvis.config.validate import nearest
    from synthvis.errors import UsageError

    shipped = {one.name: one for one in list_shipped()}
    if name not in shipped:
        raise UsageError(f"no recipe or pipeline '{name}'{nearest(name, shipped)}", hint="`synthvis pipelines ls`")
    return shipped[name]


def _as_dict(shipped: Shipped) -> dict[str, str]:
    return {
        "name": shipped.name,
        "what": shipped.what,
        "path": str(shipped.path),
        "description": shipped.description,
    }
