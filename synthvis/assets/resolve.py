"""A recipe with all that the user brings found, read and named by content instead of by path; what its names mean."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from synthvis.assets.folder import absolute
from synthvis.assets.meshes.roles import check_folders_used, labelled_by_default
from synthvis.assets.object_import import ImportResult, import_folders
from synthvis.assets.own_environments import own_environments, try_out
from synthvis.assets.pictures.importing import import_pictures
from synthvis.assets.references import found_assets
from synthvis.assets.wanted_kinds import WantedKinds
from synthvis.cache import cache_folder
from synthvis.config.effect import check_unused_keys, unused_keys, without_unused_keys
from synthvis.config.recipe import FREE, Recipe
from synthvis.config.validate import nearest
from synthvis.errors import RecipeError
from synthvis.labels.registry import label_names
from synthvis.objects.registry import ObjectCatalogue
from synthvis.scene.environments.environment import Environment
from synthvis.scene.environments.registry import ENVIRONMENTS, NOTHING_OWN, SceneCatalogue

__all__ = ["catalogue_of", "resolve"]

Say = Callable[[str], None]


def resolve(
    recipe: Recipe, folders: Sequence[Path] = (), say: Say = lambda text: None, *, scenes: Sequence[str] = ()
) -> Recipe:
    """A recipe as datasets and workers hold it; `catalogue_of` says what its names mean, in any process.

    Folders are named NAME@DIGEST, patterns are written out, and what cannot be read is left out.

    Args:
        recipe: May name folders by path, or by digest when the cache has them.
        folders: More folders, mesh files or Python files, which are run; what the recipe names by digest must be the
            very same.
        say: Told what was left out and what was assumed.
        scenes: path/to/FILE.py:FUNCTION of own scenes, which are run.

    Raises:
        RecipeError: A folder is not there or not the same, a kind or a label is unknown, nothing is left of the
            recipe's objects, or something of the recipe or the folders would not be seen in any picture.
        UsageError: An own scene or type of object is not there or does not work.
        SynthvisError: The cache cannot be written.
    """
    return _resolved(recipe, folders, say, scenes)[0]


def catalogue_of(recipe: Recipe) -> SceneCatalogue:
    """What the names of a recipe mean: its types of object and its environments, own ones from this machine's cache.

    Args:
        recipe: As `resolve` gave it, in this process or another.

    Raises:
        RecipeError: The cache does not have something of the user's.
        UsageError: Code of the user's does not work.
    """
    environments = [name for name, weight in recipe.environments.items() if weight > 0 and name != FREE]
    pictures = (recipe.textures, recipe.hdris, recipe.backgrounds)
    if not recipe.assets and not any(pictures) and all(name in ENVIRONMENTS for name in environments):
        return NOTHING_OWN
    return _catalogue_of(recipe.model_dump_json(), cache_folder())


@lru_cache(maxsize=8)
def _catalogue_of(recipe_json: str, cache: Path) -> SceneCatalogue:
    return _resolved(Recipe.model_validate_json(recipe_json), (), lambda text: None, ())[1]


def _resolved(
    recipe: Recipe, folders: Sequence[Path], say: Say, scenes: Sequence[str]
) -> tuple[Recipe, SceneCatalogue]:
    check_unused_keys(recipe)
    recipe = _with_known_labels(recipe)
    known = {value.folder.rpartition("@")[0] for value in (recipe.textures, recipe.hdris, recipe.backgrounds) if value}
    pictures = import_pictures(recipe, say, {absolute(folder).name: folder for folder in folders})
    recipe = recipe.model_copy(update=dict(pictures.settings))
    found = tuple(found_assets(recipe.assets, [folder for folder in folders if absolute(folder).name not in known]))
    recipe, environments = _with_own_environments(recipe, scenes, say)
    files = {file.kind: file for folder in found for file in folder.files}
    recipe = labelled_by_default(
        recipe, found, {kind for environment in environments.values() for kind in environment.kinds}, say
    )
    wanted = WantedKinds.of(recipe, environments, files)
    check_folders_used(recipe, found, wanted.seen)
    if not found and not environments:
        return recipe, SceneCatalogue(pictures=pictures.folders)
    named = [kind for kind in wanted.every if kind in files]
    result = import_folders(found, named, labelled=wanted.labelled, finish=recipe.finish)
    _tell(result, say)
    catalogue = ObjectCatalogue(own=result.kinds)
    usable = {kind for kind in wanted.every if kind not in files or kind in result.kinds}
    if recipe.objects is not None and not usable & wanted.objects.keys():
        reasons = "; ".join(f"{kind}: {reason}" for kind, reason in list(result.left_out.items())[:3])
        raise RecipeError(f"nothing is left of the recipe's objects: {reasons or 'no file matches'}")
    environments = {
        name: replace(environment, kinds=_only(wanted.standing[name], usable))
        for name, environment in environments.items()
    }
    if scenes:
        try_out(environments, catalogue)
    recipe = recipe.model_copy(update={"assets": tuple(f"{folder.name}@{folder.digest}" for folder in found)})
    return wanted.written_into(recipe, usable), SceneCatalogue(
        objects=catalogue, own=environments, pictures=pictures.folders
    )


def _with_known_labels(recipe: Recipe) -> Recipe:
    """The recipe with its labels on request in one order and each once, so that equal wishes are equal recipes."""
    known, wanted = label_names(), recipe.labels.extra
    of_stills = label_names(of_films=False)
    for name in wanted:
        if name not in known:
            raise RecipeError(f"labels.extra: no label '{name:.60}'{nearest(name, known)}")
        if name not in of_stills and recipe.motion is None:
            what = f"labels.extra: {name} is made of neighbouring frames, and the recipe makes no films"
            raise RecipeError(what, hint="add --frames 30 to render films, or leave the label out")
    ordered = tuple(name for name in known if name in wanted)
    return recipe.model_copy(update={"labels": recipe.labels.model_copy(update={"extra": ordered})})


def _only(kinds: Iterable[str], usable: set[str]) -> tuple[str, ...]:
    return tuple(kind for kind in kinds if kind in usable)


def _with_own_environments(recipe: Recipe, scenes: Sequence[str], say: Say) -> tuple[Recipe, dict[str, Environment]]:
    """The recipe with its environments by full name, and those of them that are the user's."""
    weights, environments = own_environments(recipe, scenes)
    placed = recipe.model_copy(update={"environments": weights})
    if dropped := unused_keys(placed):
        say(f"only {', '.join(scenes)} is shown; of the recipe, {', '.join(dropped)} go unused; to have both, add "
            "--set environments.free=1")  # fmt: skip
    return without_unused_keys(placed), environments


def _tell(result: ImportResult, say: Say) -> None:
    for name, reason in result.left_out.items():
        say(f"left out: {name}: {reason}")
    for name, notes in result.notes.items():
        if notes:
            say(f"{name}: {'; '.join(notes)}")
