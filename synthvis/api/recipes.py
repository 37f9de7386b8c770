"""Recipes, and the scenes that they describe; numpy only."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from synthvis.api.talk import Notify, notify_of
from synthvis.config.recipe import Recipe
from synthvis.scene.spec import SceneSpec

__all__ = ["load_recipe", "override_texts", "sample_scene"]


def load_recipe(
    name: str | Path,
    *,
    set: Mapping[str, object] | Sequence[str] = (),
    sensor: Path | str | None = None,
    assets: Sequence[Path | str] = (),
    scenes: Sequence[str] = (),
    notify: Notify | None = None,
) -> Recipe:
    """Load a recipe, with the own meshes and own scenes that belong to it.

    Args:
        name: Name of a shipped recipe, a YAML file, or the dataset.json of a dataset to repeat.
        set: Values to change, by dotted key such as {"image.width_px": 256}; or "KEY=VALUE" strings, as `--set` takes.
        sensor: YAML file with the sensor ranges that `synthvis fit-sensor` writes.
        assets: Own meshes, folders of them, or Python files with own types of object; these files are run.
        scenes: "path/to/FILE.py:FUNCTION" of own scenes; the files are run.
        notify: Takes sentences about what was left out or has no effect; None: the logger `synthvis`.

    Returns:
        The resolved recipe: a frozen pydantic model, see docs/reference/recipe.md.

    Raises:
        RecipeError: There is no such recipe, or a key or value of it is wrong; all of them are named.
        UsageError: An own scene is not there or does not work.

    Examples:
        >>> import synthvis as sv
        >>> recipe = sv.load_recipe("fruit", set={"image.width_px": 256})
        >>> recipe.image.width_px
        256
    """
    from synthvis.assets.resolve import resolve
    from synthvis.config import load
    from synthvis.config.effect import idle_keys

    say = notify_of(notify)
    fitted = load.sensor_overrides(Path(sensor)) if sensor else []
    recipe = load.load_recipe(str(name), [*fitted, *override_texts(set)])
    recipe = resolve(recipe, [Path(folder) for folder in assets], say, scenes=scenes)
    for sentence in idle_keys(recipe):
        say(sentence)
    return recipe


def override_texts(values: Mapping[str, object] | Sequence[str]) -> list[str]:
    """Values to change as `--set` takes them."""
    if isinstance(values, Mapping):
        return [f"{key}={json.dumps(value)}" for key, value in values.items()]
    return list(values)


def sample_scene(recipe: Recipe | str, *, seed: int = 0, index: int = 1) -> SceneSpec:
    """Draw the scene of one image, as rendering would, without Blender.

    Args:
        recipe: From `load_recipe`, or the name of a shipped recipe.
        seed: Seed of the dataset, from 0 to 2^63 - 1.
        index: Number of the image, from 1.

    Returns:
        All that the image shows: objects with their poses (4 x 4, metres), lights, the camera, the sensor. The same
        arguments give the same scene on every machine.

    Raises:
        RecipeError: There is no such recipe.
        UsageError: The recipe names an environment or a kind of object that does not exist, or `index` is below 1.

    Examples:
        >>> import synthvis as sv
        >>> scene = sv.sample_scene("fruit", seed=0, index=42)
        >>> scene.image_index, len(scene.objects) > 0
        (42, True)
    """
    from synthvis.assets.resolve import catalogue_of
    from synthvis.errors import UsageError
    from synthvis.scene import sample

    if index < 1:
        raise UsageError(f"images count from 1: there is no image {index}")
    known = load_recipe(recipe) if isinstance(recipe, str) else recipe
    return sample.sample_scene(known, seed, index, catalogue=catalogue_of(known))
