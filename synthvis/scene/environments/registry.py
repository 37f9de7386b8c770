"""Every environment by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from synthvis.config.recipe import FREE, Recipe
from synthvis.config.validate import nearest
from synthvis.errors import UsageError, quoted
from synthvis.objects.registry import WITHOUT_OWN, ObjectCatalogue
from synthvis.objects.spec import Category
from synthvis.scene.environments.beach import BEACH
from synthvis.scene.environments.bedroom import BEDROOM
from synthvis.scene.environments.chaos import CHAOS
from synthvis.scene.environments.crossing import CROSSING
from synthvis.scene.environments.desk import DESK
from synthvis.scene.environments.environment import Environment
from synthvis.scene.environments.gathering import PEOPLE_INSIDE, PEOPLE_OUTSIDE
from synthvis.scene.environments.kitchen_table import KITCHEN_TABLE
from synthvis.scene.environments.living_room import LIVING_ROOM
from synthvis.scene.environments.orchard import ORCHARD
from synthvis.scene.environments.park import PARK
from synthvis.scene.environments.shop_shelf import SHOP_SHELF
from synthvis.scene.environments.street import STREET
from synthvis.scene.pictures import Folders

__all__ = ["ENVIRONMENTS", "NOTHING_OWN", "SceneCatalogue"]

ENVIRONMENTS: dict[str, Environment] = {
    environment.name: environment
    for environment in (
        KITCHEN_TABLE,
        DESK,
        LIVING_ROOM,
        BEDROOM,
        STREET,
        PARK,
        BEACH,
        SHOP_SHELF,
        ORCHARD,
        CHAOS,
        CROSSING,
        PEOPLE_OUTSIDE,
        PEOPLE_INSIDE,
    )
}
"""Environments by name that come along."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SceneCatalogue:
    """What the names in a recipe mean. Made once of a recipe, and passed to all who draw its scenes.

    Attributes:
        objects: Every type of object.
        own: Environments that the user brought, by name; their names end with a digest.
        pictures: Those of the user's folders, by NAME@DIGEST.
    """

    objects: ObjectCatalogue = WITHOUT_OWN
    own: Mapping[str, Environment] = field(default_factory=dict)
    pictures: Folders = field(default_factory=dict)

    def environment_named(self, name: str) -> Environment:
        """The environment of that name.

        Raises:
            UsageError: There is none.
        """
        found = ENVIRONMENTS.get(name) or self.own.get(name)
        if found is not None:
            return found
        near = nearest(name, sorted({FREE, *ENVIRONMENTS, *self.own}), listed_by="synthvis scenes ls")
        raise UsageError(f"no environment {quoted(name)}{near}", hint="`synthvis scenes ls` lists them")

    def kinds_in(self, recipe: Recipe) -> tuple[str, ...]:
        """Every type of object that a recipe may label: those of its environments, and its own where scenes are free.

        Raises:
            UsageError: The recipe names an environment that does not exist.
        """
        kinds = dict.fromkeys(recipe.free_objects.kinds) if recipe.has_free_scenes else {}
        for name, weight in recipe.environments.items():
            if name != FREE and weight > 0:
                kinds |= dict.fromkeys(self.environment_named(name).kinds)
        return tuple(kinds)

    def categories_of(self, recipe: Recipe) -> tuple[Category, ...]:
        """The classes of a recipe's datasets, by id.

        Raises:
            UsageError: The recipe names what does not exist, or types that disagree about a class.
        """
        return self.objects.categories_for(self.kinds_in(recipe))


NOTHING_OWN = SceneCatalogue()
"""For recipes that name nothing of the user's."""
