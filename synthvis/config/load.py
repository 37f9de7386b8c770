"""Finds and loads recipes: by the name of one that comes along, or by path."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from synthvis.config.recipe import Recipe, Sensor, is_resolved
from synthvis.config.validate import apply_overrides, nearest, validate
from synthvis.config.yaml_reader import read_yaml
from synthvis.errors import RecipeError

__all__ = [
    "Shipped",
    "dump_recipe",
    "list_shipped",
    "load_recipe",
    "recipe_from",
    "sensor_overrides",
    "shipped_folder",
    "shipped_path",
]


@dataclass(frozen=True, slots=True)
class Shipped:
    """A recipe or pipeline that comes with the package."""

    name: str
    what: str
    """"recipe" or "pipeline"."""
    path: Path
    description: str


def shipped_folder() -> Path:
    """Folder of the shipped files: inside the package when installed, beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "pipelines"
    return installed if installed.is_dir() else package.parent / "pipelines"


def list_shipped() -> list[Shipped]:
    """All shipped recipes and pipelines, by kind and name."""
    folder = shipped_folder()
    found = [("recipe", path) for path in sorted((folder / "recipes").glob("*.yaml"))]
    found += [("pipeline", path) for path in sorted(folder.glob("*.yaml"))]
    return [Shipped(path.stem, what, path, str(read_yaml(path).get("description", ""))) for what, path in found]


def shipped_path(name: str, what: str) -> Path:
    """File of a shipped recipe or pipeline.

    Raises:
        RecipeError: There is none of that name.
    """
    folder = shipped_folder() / ("recipes" if what == "recipe" else ".")
    names = [path.stem for path in sorted(folder.glob("*.yaml"))]
    if name not in names:
        raise RecipeError(
            f"no {what} '{name}'{nearest(name, names)}",
            hint=f"`synthvis pipelines ls`, or give a path to a {what}.yaml",
        )
    return folder / f"{name}.yaml"


def resolve(name_or_path: str, what: str) -> Path:
    """Path of a file given by shipped name or by path.

    Raises:
        RecipeError: Neither exists.
    """
    looks_like_path = "/" in name_or_path or "\\" in name_or_path or name_or_path.endswith((".yaml", ".yml", ".json"))
    if not looks_like_path:
        return shipped_path(name_or_path, what)
    path = Path(name_or_path)
    if not path.is_file():
        raise RecipeError(f"no file {name_or_path}", hint="`synthvis pipelines ls` lists what comes along")
    return path


def load_recipe(name_or_path: str, overrides: Sequence[str] = ()) -> Recipe:
    """The recipe of that shipped name or path, with `a.b=c` overrides; the path may be a dataset's dataset.json.

    Raises:
        RecipeError: Names the file and every wrong key.
    """
    path = resolve(name_or_path, "recipe")
    values = read_yaml(path)
    if isinstance(values, dict) and values.keys() >= {"content_hash", "recipe"}:
        values = values["recipe"]
    return recipe_from(_anchored(values, path.parent), overrides, where=str(path))


def recipe_from(values: Any, overrides: Sequence[str] = (), *, where: str) -> Recipe:
    """A recipe from loose values.

    Raises:
        RecipeError: Names every wrong key.
    """
    if isinstance(values, dict):
        values = apply_overrides(Recipe, values, overrides)
    return validate(Recipe, values, where=where)


def _anchored(values: Any, folder: Path) -> Any:
    """A recipe whose paths, which count from its own folder, hold from the current one."""
    if not isinstance(values, dict):
        return values
    anchored = dict(values)
    if isinstance(values.get("assets"), list):
        anchored["assets"] = [_from(folder, path) for path in values["assets"]]
    for role in ("textures", "hdris", "backgrounds"):
        if isinstance(values.get(role), dict) and "folder" in values[role]:
            anchored[role] = {**values[role], "folder": _from(folder, values[role]["folder"])}
    return anchored


def _from(folder: Path, path: Any) -> Any:
    return path if not isinstance(path, str) or is_resolved(path) else str(folder / Path(path).expanduser())


def sensor_overrides(path: Path) -> list[str]:
    """`sensor.KEY=VALUE` for every key of a file with a `sensor:` block and nothing else.

    Raises:
        RecipeError: Names the file and every wrong key.
    """
    values = read_yaml(path)
    if not isinstance(values, dict) or values.keys() != {"sensor"} or not isinstance(values["sensor"], dict):
        raise RecipeError(
            f"{path}: expected a `sensor:` block alone", hint="`synthvis fit-sensor` writes it with --out"
        )
    validate(Sensor, values["sensor"], where=str(path))
    return [f"sensor.{key}={json.dumps(value)}" for key, value in values["sensor"].items()]


def dump_recipe(recipe: Recipe) -> str:
    """The resolved recipe as YAML, every value in it; loading it gives the same recipe."""
    values = {**recipe.model_dump(mode="json"), "labels": recipe.labels.model_dump(mode="json")}
    return yaml.safe_dump(values, sort_keys=False, allow_unicode=True)
