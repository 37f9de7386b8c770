"""Every place by name."""

from __future__ import annotations

from collections.abc import Mapping

from synthvis.config.recipe import FREE, Recipe
from synthvis.config.validate import nearest
from synthvis.errors import UsageError, quoted
from synthvis.scene.places.beach import BEACH
from synthvis.scene.places.bedroom import BEDROOM
from synthvis.scene.places.chaos import CHAOS
from synthvis.scene.places.desk import DESK
from synthvis.scene.places.kitchen_table import KITCHEN_TABLE
from synthvis.scene.places.living_room import LIVING_ROOM
from synthvis.scene.places.orchard import ORCHARD
from synthvis.scene.places.park import PARK
from synthvis.scene.places.place import Place
from synthvis.scene.places.shop_shelf import SHOP_SHELF
from synthvis.scene.places.street import STREET

__all__ = ["PLACES", "kinds_in", "place_named", "register_places"]

PLACES: dict[str, Place] = {
    place.name: place
    for place in (
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
"""Places by name that come along."""

_OWN: dict[str, Place] = {}
"""Places by name that the user brought; their names end with a digest."""


def register_places(places: Mapping[str, Place]) -> None:
    """Make own places known in this process."""
    _OWN.update(places)


def place_named(name: str) -> Place:
    """The place of that name.

    Raises:
        UsageError: There is none.
    """
    found = PLACES.get(name) or _OWN.get(name)
    if found is not None:
        return found
    near = nearest(name, sorted({FREE, *PLACES, *_OWN}), listed_by="synthvis scenes ls")
    raise UsageError(f"no place {quoted(name)}{near}", hint="`synthvis scenes ls` lists them")


def kinds_in(recipe: Recipe) -> tuple[str, ...]:
    """Every kind of object that a recipe may label: those of its places, and its own where scenes are free.

    Raises:
        UsageError: The recipe names a place that does not exist.
    """
    kinds = dict.fromkeys(recipe.free_objects.kinds) if recipe.has_free_scenes else {}
    for name, weight in recipe.places.items():
        if name != FREE and weight > 0:
            kinds |= dict.fromkeys(place_named(name).kinds)
    return tuple(kinds)
