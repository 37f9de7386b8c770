"""Every kind of object by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from synthvis.config.validate import nearest
from synthvis.errors import UsageError, quoted
from synthvis.objects.distractors.tabletop import DISTRACTORS
from synthvis.objects.electronics.cable import CABLE
from synthvis.objects.electronics.cell_phone import CELL_PHONE
from synthvis.objects.electronics.keyboard import KEYBOARD
from synthvis.objects.electronics.laptop import LAPTOP
from synthvis.objects.electronics.mouse import MOUSE
from synthvis.objects.electronics.remote import REMOTE
from synthvis.objects.electronics.tv import TV
from synthvis.objects.food.carrot import CARROT, CARROT_CUT, CARROT_GREENS
from synthvis.objects.food.donut import DONUT
from synthvis.objects.food.table_fare import TABLE_FARE
from synthvis.objects.fruit.apple import APPLE, GREEN_APPLE, RED_APPLE
from synthvis.objects.fruit.banana import BANANA, BANANA_BUNCH
from synthvis.objects.fruit.cut_fruit import CUT_FRUIT
from synthvis.objects.fruit.orange import ORANGE
from synthvis.objects.fruit.sprig import SPRIG
from synthvis.objects.furniture.bed import BED
from synthvis.objects.furniture.bench import BENCH
from synthvis.objects.furniture.cabinets import CABINETS
from synthvis.objects.furniture.chair import CHAIR
from synthvis.objects.furniture.couch import COUCH
from synthvis.objects.furniture.dining_table import DINING_TABLE
from synthvis.objects.furniture.kitchen_units import KITCHEN_UNITS
from synthvis.objects.furniture.lamps import CUSHION, FLOOR_LAMP, TABLE_LAMP
from synthvis.objects.furniture.low_table import LOW_TABLE, SIDE_TABLE
from synthvis.objects.furniture.shop_units import SHOP_UNITS
from synthvis.objects.household.book import BOOK, BOOK_OPEN, BOOK_ROW, BOOK_STACK
from synthvis.objects.household.clock import CLOCK
from synthvis.objects.household.hangings import HANGINGS
from synthvis.objects.household.scissors import SCISSORS
from synthvis.objects.household.teddy_bear import TEDDY_BEAR
from synthvis.objects.household.umbrella import UMBRELLA
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.object_type import ObjectType
from synthvis.objects.plants.bouquet import BOUQUET
from synthvis.objects.plants.fruit_tree import FRUIT_TREE
from synthvis.objects.plants.potted_plant import POTTED_PLANT
from synthvis.objects.plants.vase import VASE
from synthvis.objects.spec import Category, ObjectSpec, Param
from synthvis.objects.sports.boards import SKATEBOARD, SURFBOARD
from synthvis.objects.sports.frisbee import FRISBEE
from synthvis.objects.sports.kite import KITE
from synthvis.objects.sports.sports_ball import SPORTS_BALL
from synthvis.objects.street.roadside_poles import ROADSIDE_POLES
from synthvis.objects.street.stop_sign import STOP_SIGN
from synthvis.objects.street.traffic_cone import TRAFFIC_CONE
from synthvis.objects.street.traffic_light import TRAFFIC_LIGHT
from synthvis.objects.tableware.bottle import BOTTLE
from synthvis.objects.tableware.bowl import BOWL
from synthvis.objects.tableware.cup import CUP
from synthvis.objects.tableware.fork import FORK
from synthvis.objects.tableware.knife import KNIFE
from synthvis.objects.tableware.spoon import SPOON
from synthvis.objects.tableware.wine_glass import WINE_GLASS

__all__ = ["OBJECT_TYPES", "categories_for", "mesh_of", "object_type_named", "register_object_types"]


OBJECT_TYPES: dict[str, ObjectType] = {
    kind.name: kind
    for kind in (
        APPLE,
        RED_APPLE,
        GREEN_APPLE,
        ORANGE,
        BANANA,
        BANANA_BUNCH,
        SPRIG,
        *CUT_FRUIT,
        TRAFFIC_CONE,
        SPORTS_BALL,
        CUP,
        BOTTLE,
        BOWL,
        CARROT,
        CARROT_GREENS,
        CARROT_CUT,
        DONUT,
        WINE_GLASS,
        FORK,
        KNIFE,
        SPOON,
        VASE,
        BOUQUET,
        TV,
        LAPTOP,
        STOP_SIGN,
        TRAFFIC_LIGHT,
        *ROADSIDE_POLES,
        UMBRELLA,
        FRISBEE,
        KITE,
        SURFBOARD,
        SKATEBOARD,
        CHAIR,
        COUCH,
        DINING_TABLE,
        BED,
        BENCH,
        POTTED_PLANT,
        BOOK,
        BOOK_OPEN,
        BOOK_STACK,
        BOOK_ROW,
        KEYBOARD,
        MOUSE,
        CABLE,
        REMOTE,
        CELL_PHONE,
        SCISSORS,
        CLOCK,
        TEDDY_BEAR,
        FRUIT_TREE,
        *DISTRACTORS,
        *KITCHEN_UNITS,
        *TABLE_FARE,
        *SHOP_UNITS,
        *CABINETS,
        LOW_TABLE,
        SIDE_TABLE,
        FLOOR_LAMP,
        TABLE_LAMP,
        CUSHION,
        *HANGINGS,
    )
}
"""Kinds by name that come along."""

_OWN: dict[str, ObjectType] = {}
LISTING = "synthvis scenes ls"
"""Kinds by name that the user brought; their names hold a slash."""


def register_object_types(kinds: Iterable[ObjectType]) -> None:
    """Make own kinds known, in this process, in place of earlier ones of their names."""
    _OWN.update({kind.name: kind for kind in kinds})


def object_type_named(name: str) -> ObjectType:
    """The kind of that name.

    Raises:
        UsageError: There is none.
    """
    kind = OBJECT_TYPES.get(name) or _OWN.get(name)
    if kind is not None:
        return kind
    near = nearest(name, sorted({*OBJECT_TYPES, *_OWN}), listed_by=LISTING)
    raise UsageError(f"no kind of object {quoted(name)}{near}", hint=f"`{LISTING}` lists them")


def categories_for(kind_names: Iterable[str]) -> tuple[Category, ...]:
    """The categories that objects of these kinds are labelled as, without repeats, by id.

    Raises:
        UsageError: No such kind, or two of them disagree about a category.
    """
    found: dict[int, Category] = {}
    for kind in map(object_type_named, kind_names):
        if kind.category is not None and found.setdefault(kind.category.id, kind.category) != kind.category:
            raise UsageError(
                f"{kind.name} brings another class of id {kind.category.id} than {found[kind.category.id].name}",
                hint="give it another category in assets.yaml",
            )
    return tuple(found[category_id] for category_id in sorted(found))


def mesh_of(obj: ObjectSpec) -> Mesh:
    """The mesh of an object; equal parameters yield the same (shared, not to be changed) mesh."""
    return _built(obj.kind, tuple(sorted(obj.params.items())))


@lru_cache(maxsize=256)
def _built(kind: str, items: tuple[tuple[str, Param], ...]) -> Mesh:
    params: Mapping[str, Param] = dict(items)
    return object_type_named(kind).build(params)
