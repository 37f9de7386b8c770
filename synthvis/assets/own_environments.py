"""Own scenes: a Python function that the user names by path, or that an installed package offers.

Code is run when the user says so on the command line (`own_code`), or has installed it.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import inspect
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from synthvis.assets.own_code import DIGITS, allow, copy_of, last_line, module_of
from synthvis.config.recipe import FREE, Recipe, is_resolved
from synthvis.errors import RecipeError, SynthvisError, UsageError
from synthvis.objects.registry import ObjectCatalogue
from synthvis.scene.environments.composer import SceneComposer
from synthvis.scene.environments.environment import Composition, Environment
from synthvis.scene.environments.registry import ENVIRONMENTS
from synthvis.seeds import rng_for

__all__ = ["ENTRY_POINTS", "own_environments", "try_out"]

ENTRY_POINTS = "synthvis.environments"
HOW = "say where it is: --scene path/to/file.py:function"


def own_environments(recipe: Recipe, scenes: Sequence[str]) -> tuple[dict[str, float], dict[str, Environment]]:
    """Weights of the recipe's environments, own ones by name and digest, and those own ones.

    Args:
        recipe: Names environments that come along, FILE.py:FUNCTION, entry points, and own ones by digest.
        scenes: path/to/FILE.py:FUNCTION each, which the user wants to be run.

    Raises:
        UsageError: A scene is not there, or is no environment.
    """
    given = dict(_given(scene) for scene in scenes)
    if len(given) < len(scenes):
        raise UsageError("two scenes have one name", hint="rename a file or a function")
    weights: dict[str, float] = {}
    found: dict[str, Environment] = {}
    wanted = {**dict(recipe.environments), **{name: 1.0 for name in given if not _names(recipe.environments, name)}}
    for name, weight in wanted.items():
        if name == FREE or name in ENVIRONMENTS or not (is_own := _own(name, given)):
            weights[name] = weight
            continue
        full_name, environment = is_own
        weights[full_name] = weight
        found[full_name] = environment
    return weights, found


def try_out(environments: Mapping[str, Environment], objects: ObjectCatalogue) -> None:
    """Compose each environment once, so that what is wrong with it is said before anything is rendered.

    Raises:
        UsageError: It fails, returns something else, or puts up what it does not declare.
    """
    for name, environment in environments.items():
        composer = SceneComposer(
            rng_for(0, 1, "objects"),
            floor_m=environment.floor_m,
            level_m=environment.level_m,
            kinds=environment.kinds,
            objects=objects,
        )
        try:
            composition = environment.compose(composer)
        except SynthvisError as error:
            raise UsageError(f"scene {name}: {error.what}", hint=error.hint) from error
        except Exception as error:
            raise UsageError(f"scene {name} fails: {last_line(error)}") from error
        if not isinstance(composition, Composition):
            raise UsageError(f"scene {name} returns {type(composition).__name__}, not a Composition")
        used = {item.sampled.parts[0][0].kind for item in composition.placed}
        if foreign := sorted(used - set(environment.kinds)):
            raise UsageError(f"scene {name} puts up {foreign[0]}, which is not among its kinds", hint="add it there")


def _names(environments: Mapping[str, float], name: str) -> bool:
    return any(own == name or own.rpartition("@")[0] == name for own in environments)


def _given(scene: str) -> tuple[str, Path]:
    path, _, function = scene.rpartition(":")
    file = Path(path).expanduser()
    if not function.isidentifier() or file.suffix != ".py":
        raise UsageError(f"--scene {scene}: not a scene", hint="write it as path/to/file.py:function")
    if not file.is_file():
        raise UsageError(f"--scene {scene}: no file {file}")
    return f"{file.name}:{function}", file


def _own(name: str, given: Mapping[str, Path]) -> tuple[str, Environment] | None:
    """Full name and place of an own scene; None where the name is that of none."""
    plain, digest = name.rpartition("@")[::2] if is_resolved(name) else (name, "")
    if re.fullmatch(r"[^/\\:]+\.py:\w+", plain):
        return _from_file(plain, digest, given)
    for entry in importlib.metadata.entry_points(group=ENTRY_POINTS):
        if entry.name == plain:
            return _from_entry_point(entry, digest)
    return None


def _from_file(plain: str, digest: str, given: Mapping[str, Path]) -> tuple[str, Environment]:
    file_name, function = plain.split(":")
    if plain in given:
        now = allow(given[plain])
        if digest and digest != now:
            raise RecipeError(f"{given[plain]} is not the {plain} that the recipe was made with: it has changed")
        digest = now
    elif not digest:
        raise RecipeError(f"the recipe names the scene {plain}; code is run only when you say so", hint=HOW)
    path = copy_of(file_name, digest)
    if path is None:
        raise RecipeError(f"the recipe uses the scene {plain}, which this machine's cache does not have", hint=HOW)
    return f"{plain}@{digest}", _environment(getattr(module_of(path), function, None), plain)


def _from_entry_point(entry: importlib.metadata.EntryPoint, digest: str) -> tuple[str, Environment]:
    try:
        environment = _environment(entry.load(), entry.name)
    except SynthvisError:
        raise
    except Exception as error:
        raise UsageError(f"the installed scene {entry.name} cannot be loaded: {last_line(error)}") from error
    source = inspect.getsourcefile(environment.compose)
    now = hashlib.sha256(Path(source).read_bytes() if source else entry.value.encode()).hexdigest()[:DIGITS]
    if digest and digest != now:
        raise RecipeError(f"the installed scene {entry.name} is not the one that the recipe was made with")
    return f"{entry.name}@{now}", environment


def _environment(found: object, plain: str) -> Environment:
    if isinstance(found, Environment):
        return found
    hint = "put @environment(kinds=..., light=...) before the function; docs/how_to/own_scene.md has an example"
    what = "there is no such function" if found is None else f"it is a {type(found).__name__}"
    raise UsageError(f"{plain} is no environment: {what}", hint=hint)
