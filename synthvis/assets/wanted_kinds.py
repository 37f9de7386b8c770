"""The kinds of object that a recipe and its own environments name, patterns written out."""

from __future__ import annotations

import difflib
import fnmatch
from collections.abc import Mapping
from dataclasses import dataclass

from synthvis.assets.folder import AssetFile
from synthvis.config.recipe import Recipe
from synthvis.errors import RecipeError
from synthvis.objects.registry import object_type_names
from synthvis.scene.environments.environment import Environment

__all__ = ["WantedKinds"]

NAMED = "own meshes need --assets PATH"
LISTED = "`synthvis scenes ls` lists all kinds, with --assets PATH own ones"


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedKinds:
    """The kinds that a recipe names, patterns written out, each with its weight."""

    objects: Mapping[str, float]
    others: Mapping[str, float]
    behind: Mapping[str, float]
    standing: Mapping[str, Mapping[str, float]]

    @classmethod
    def of(cls, recipe: Recipe, environments: Mapping[str, Environment], files: Mapping[str, AssetFile]) -> WantedKinds:
        """Of a recipe, its own environments by name and the files that may hold meshes, by kind."""
        return cls(
            objects=_written_out(recipe.objects.kinds, files) if recipe.objects else {},
            others=_written_out(recipe.distractors.kinds, files),
            behind=_written_out(recipe.distractors.background_kinds, files),
            standing={
                name: _written_out(dict.fromkeys(environment.kinds, 1.0), files)
                for name, environment in environments.items()
            },
        )

    @property
    def labelled(self) -> set[str]:
        """Those that keep their class."""
        return {*self.objects, *(kind for kinds in self.standing.values() for kind in kinds)}

    @property
    def every(self) -> list[str]:
        """All of them, in an order that depends on the recipe alone."""
        standing = (kind for kinds in self.standing.values() for kind in kinds)
        return list(dict.fromkeys([*self.objects, *standing, *self.others, *self.behind]))

    @property
    def seen(self) -> set[str]:
        """Those with a weight."""
        weighted = (self.objects, self.others, self.behind, *self.standing.values())
        return {kind for weights in weighted for kind, weight in weights.items() if weight > 0}

    def written_into(self, recipe: Recipe, usable: set[str]) -> Recipe:
        """The recipe with these kinds in place of its own, as far as they are usable."""
        distractors = {"kinds": _kept(self.others, usable), "background_kinds": _kept(self.behind, usable)}
        objects = recipe.objects and recipe.objects.model_copy(update={"kinds": _kept(self.objects, usable)})
        return recipe.model_copy(
            update={"objects": objects, "distractors": recipe.distractors.model_copy(update=distractors)}
        )


def _kept(weights: Mapping[str, float], usable: set[str]) -> dict[str, float]:
    return {kind: weight for kind, weight in weights.items() if kind in usable}


def _written_out(weights: Mapping[str, float], files: Mapping[str, AssetFile]) -> dict[str, float]:
    """Weights by kind, patterns replaced by the kinds they match, among which their weight is shared."""
    plain: dict[str, float] = {}
    known = {*object_type_names(), *files}
    for name, weight in weights.items():
        if name in known or not set(name) & set("*?["):
            if name not in known:
                _check_known(name, files)
            plain[name] = plain.get(name, 0.0) + weight
            continue
        matches = [kind for kind in sorted(files) if fnmatch.fnmatchcase(kind, name)]
        if not matches:
            hint = f"{LISTED}; *, ? and [ ] stand for own meshes only" if files else f"{NAMED}, and {LISTED}"
            raise RecipeError(f"no own mesh matches {name:.80}", hint=hint)
        for kind in matches:
            plain[kind] = plain.get(kind, 0.0) + weight / len(matches)
    return plain


def _check_known(name: str, files: Mapping[str, AssetFile]) -> None:
    near = difflib.get_close_matches(name, [*object_type_names(), *files], n=3)
    hint = f"did you mean {' or '.join(near)}? {LISTED}" if near else LISTED
    if "/" in name and not files:
        hint = f"{NAMED}; {hint}"
    raise RecipeError(f"unknown kind of object: {name:.80}", hint=hint)
