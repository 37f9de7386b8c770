"""Every environment by name."""

from __future__ import annotations

from collections.abc import Mapping

from synthvis.config.recipe import FREE, Recipe
from synthvis.config.validate import nearest
from synthvis.errors import UsageError, quoted
from synthvis.scene.environments.beach import BEACH
from synthvis.scene.environments.bedroom import BEDROOM
from synthvis.scene.environments.chaos import CHAOS
from synthvis.scene.environments.desk import DESK
from synthvis.scene.environments.environment import Environment
from synthvis.scene.environments.kitchen_table import KITCHEN_TABLE
from synthvis.scene.environments.living_room import LIVING_ROOM
from synthvis.scene.environments.orchard import ORCHARD
from synthvis.scene.environments.park import PARK
from synthvis.scene.environments.shop_shelf import SHOP_SHELF
from synthvis.scene.environments.street import STREET

__all__ = ["ENVIRONMENTS", "environment_named", "kinds_in", "register_environments"]

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
    )
}
"""Environments by name that come along."""

_OWN: dict[str, Environment] = {}
"""Environments by name that the user brought; their names end with a digest."""


def register_environments(environments: Mapping[str, Environment]) -> None:
    """Make own environments known in this process."""
    _OWN.update(environments)


def environment_named(name: str) -> Environment:
    """The place of that name.

    Raises:
        UsageError: There is none.
    """
    found = ENVIRONMENTS.get(name) or _OWN.get(name)
    if found is not None:
        return found
    near = nearest(name, sorted({FREE, *ENVIRONMENTS, *_OWN}), listed_by="synthvis scenes ls")
    raise UsageError(f"no environment {quoted(name)}{near}", hint="`synthvis scenes ls` lists them")


def kinds_in(recipe: Recipe) -> tuple[str, ...]:
    """Every kind of object that a recipe may label: those of its environments, and its own where scenes are free.

    Raises:
        UsageError: The recipe names an environment that does not exist.
    """
    kinds = dict.fromkeys(recipe.free_objects.kinds) if recipe.has_free_scenes else {}
    for name, weight in recipe.environments.items():
        if name != FREE and weight > 0:
            kinds |= dict.fromkeys(environment_named(name).kinds)
    return tuple(kinds)
