"""Own scenes: a Python function that the user names by path, or that an installed package offers.

Code is run when the user says so on the command line, or has installed it. A recipe may name a scene and never brings
one: its file is copied into the cache under its digest when it is given with --scene, and workers take it from there.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import inspect
import re
import traceback
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from synthvis.cache import cache_folder
from synthvis.config.recipe import FREE, Recipe, is_resolved
from synthvis.errors import RecipeError, SynthvisError, UsageError
from synthvis.formats.atomic import write_bytes_atomic
from synthvis.scene.places.composer import Composer
from synthvis.scene.places.place import Composition, Place
from synthvis.scene.places.registry import PLACES
from synthvis.seeds import rng_for

__all__ = ["ENTRY_POINTS", "own_places", "try_out"]

ENTRY_POINTS = "synthvis.places"
DIGITS = 16
HOW = "say where it is: --scene path/to/file.py:function"


def own_places(recipe: Recipe, scenes: Sequence[str]) -> tuple[dict[str, float], dict[str, Place]]:
    """Weights of the recipe's places, own ones by name and digest, and those own ones.

    Args:
        recipe: Names places that come along, FILE.py:FUNCTION, entry points, and own ones by digest.
        scenes: path/to/FILE.py:FUNCTION each, which the user wants to be run.

    Raises:
        UsageError: A scene is not there, or is no place.
    """
    given = dict(_given(scene) for scene in scenes)
    if len(given) < len(scenes):
        raise UsageError("two scenes have one name", hint="rename a file or a function")
    weights: dict[str, float] = {}
    found: dict[str, Place] = {}
    wanted = {**dict(recipe.places), **{name: 1.0 for name in given if not _names(recipe.places, name)}}
    for name, weight in wanted.items():
        if name == FREE or name in PLACES or not (is_own := _own(name, given)):
            weights[name] = weight
            continue
        full_name, place = is_own
        weights[full_name] = weight
        found[full_name] = place
    return weights, found


def try_out(places: Mapping[str, Place]) -> None:
    """Compose each place once, so that what is wrong with it is said before anything is rendered.

    Raises:
        UsageError: It fails, returns something else, or puts up what it does not declare.
    """
    for name, place in places.items():
        composer = Composer(rng_for(0, 1, "objects"), floor_m=place.floor_m, level_m=place.level_m, kinds=place.kinds)
        try:
            composition = place.compose(composer)
        except SynthvisError as error:
            raise UsageError(f"scene {name}: {error.what}", hint=error.hint) from error
        except Exception as error:
            raise UsageError(f"scene {name} fails: {_last_line(error)}") from error
        if not isinstance(composition, Composition):
            raise UsageError(f"scene {name} returns {type(composition).__name__}, not a Composition")
        used = {item.draft.parts[0][0].kind for item in composition.placed}
        if foreign := sorted(used - set(place.kinds)):
            raise UsageError(f"scene {name} puts up {foreign[0]}, which is not among its kinds", hint="add it there")


def _names(places: Mapping[str, float], name: str) -> bool:
    return any(own == name or own.rpartition("@")[0] == name for own in places)


def _given(scene: str) -> tuple[str, Path]:
    path, _, function = scene.rpartition(":")
    file = Path(path).expanduser()
    if not function.isidentifier() or file.suffix != ".py":
        raise UsageError(f"--scene {scene}: not a scene", hint="write it as path/to/file.py:function")
    if not file.is_file():
        raise UsageError(f"--scene {scene}: no file {file}")
    return f"{file.name}:{function}", file


def _own(name: str, given: Mapping[str, Path]) -> tuple[str, Place] | None:
    """Full name and place of an own scene; None where the name is that of none."""
    plain, digest = name.rpartition("@")[::2] if is_resolved(name) else (name, "")
    if re.fullmatch(r"[^/\\:]+\.py:\w+", plain):
        return _from_file(plain, digest, given)
    for entry in importlib.metadata.entry_points(group=ENTRY_POINTS):
        if entry.name == plain:
            return _from_entry_point(entry, digest)
    return None


def _from_file(plain: str, digest: str, given: Mapping[str, Path]) -> tuple[str, Place]:
    file_name, function = plain.split(":")
    if plain in given:
        content = given[plain].read_bytes()
        now = hashlib.sha256(content).hexdigest()[:DIGITS]
        if digest and digest != now:
            raise RecipeError(f"{given[plain]} is not the {plain} that the recipe was made with: it has changed")
        digest = now
        path = cache_folder() / "scenes" / digest / file_name
        if not path.is_file():
            write_bytes_atomic(path, content)
    elif not digest:
        raise RecipeError(f"the recipe names the scene {plain}; code is run only when you say so", hint=HOW)
    path = cache_folder() / "scenes" / digest / file_name
    if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest()[:DIGITS] != digest:
        raise RecipeError(f"the recipe uses the scene {plain}, which this machine's cache does not have", hint=HOW)
    return f"{plain}@{digest}", _loaded(path, function, plain)


def _loaded(path: Path, function: str, plain: str) -> Place:
    spec = importlib.util.spec_from_file_location(f"synthvis_scene_{path.parent.name}", path)
    if spec is None or spec.loader is None:
        raise UsageError(f"{plain} cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise UsageError(f"{plain} cannot be loaded: {_last_line(error)}") from error
    return _place(getattr(module, function, None), plain)


def _from_entry_point(entry: importlib.metadata.EntryPoint, digest: str) -> tuple[str, Place]:
    try:
        place = _place(entry.load(), entry.name)
    except SynthvisError:
        raise
    except Exception as error:
        raise UsageError(f"the installed scene {entry.name} cannot be loaded: {_last_line(error)}") from error
    source = inspect.getsourcefile(place.compose)
    now = hashlib.sha256(Path(source).read_bytes() if source else entry.value.encode()).hexdigest()[:DIGITS]
    if digest and digest != now:
        raise RecipeError(f"the installed scene {entry.name} is not the one that the recipe was made with")
    return f"{entry.name}@{now}", place


def _place(found: object, plain: str) -> Place:
    if isinstance(found, Place):
        return found
    hint = "put @place(kinds=..., light=...) before the function; docs/how_to/own_scene.md has an example"
    what = "there is no such function" if found is None else f"it is a {type(found).__name__}"
    raise UsageError(f"{plain} is no place: {what}", hint=hint)


def _last_line(error: Exception) -> str:
    frames: Iterator[traceback.FrameSummary] = iter(traceback.extract_tb(error.__traceback__)[-1:])
    where = next((f" (line {frame.lineno} of {Path(frame.filename).name})" for frame in frames), "")
    return f"{type(error).__name__}: {error}{where}"
