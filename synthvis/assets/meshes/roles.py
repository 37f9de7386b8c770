"""Whether the user's meshes appear in the pictures: what they are where a recipe does not say, and what is refused."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from synthvis.assets.folder import AssetFolder
from synthvis.config.recipe import Recipe
from synthvis.errors import RecipeError
from synthvis.objects.registry import object_type_names

__all__ = ["check_folders_used", "labelled_by_default"]

NAMES_SHOWN = 3


def labelled_by_default(
    recipe: Recipe, folders: Sequence[AssetFolder], standing: Collection[str], say: Callable[[str], None]
) -> Recipe:
    """A recipe that names none of the meshes that were given, with all of them as its labelled objects.

    Args:
        recipe: With its own environments known.
        folders: The meshes.
        standing: Kinds, or patterns of them, in the user's own environments.
        say: Told what was decided.
    """
    kinds = [file.kind for folder in folders for file in folder.files]
    named = {*standing, *_names(recipe)}
    if recipe.objects is None or not kinds or not named <= set(object_type_names()):
        return recipe  # it has environments alone, or names own meshes, or what nobody knows
    say(f"labelled: {_listed(kinds)}, in place of {_listed(list(recipe.objects.kinds))} of the recipe {recipe.name}; "
        "name kinds in objects.kinds to choose")  # fmt: skip
    objects = recipe.objects.model_copy(update={"kinds": dict.fromkeys(kinds, 1.0)})
    return recipe.model_copy(update={"objects": objects})


def check_folders_used(recipe: Recipe, folders: Sequence[AssetFolder], seen: Collection[str]) -> None:
    """Refuse folders of which no mesh can be in any picture.

    Args:
        recipe: The recipe.
        folders: The meshes.
        seen: Kinds that pictures may show.

    Raises:
        RecipeError: Names the folder and the way out.
    """
    for folder in folders:
        if any(file.kind in seen for file in folder.files):
            continue
        pattern = folder.name if folder.files[0].kind == folder.name else f"{folder.name}/*"
        setting = f"""--set 'objects.kinds={{"{pattern}": 1}}'"""
        if recipe.has_free_scenes:
            raise RecipeError(f"no picture can show a mesh of {folder.name}: the recipe names none",
                              hint=f"{setting} makes them the labelled objects; or leave it out")  # fmt: skip
        environments = _listed([name for name, weight in recipe.environments.items() if weight > 0])
        raise RecipeError(
            f"no picture can show a mesh of {folder.name}: the recipe {recipe.name} shows only environments "
            f"({environments}), which bring their own objects",
            hint=f"use --recipe meshes, made for own meshes; or add free scenes: --set environments.free=1 {setting}",
        )


def _names(recipe: Recipe) -> set[str]:
    others = recipe.distractors
    weights = [recipe.objects.kinds if recipe.objects else {}, others.kinds, others.background_kinds]
    return {name for kinds in weights for name, weight in kinds.items() if weight > 0}


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
    return f"{', '.join(names[:NAMES_SHOWN])}{more}"
