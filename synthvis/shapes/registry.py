"""Every kind of object by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from synthvis.config.validate import nearest
from synthvis.errors import UsageError, quoted
from synthvis.shapes.apple import APPLE, GREEN_APPLE, RED_APPLE
from synthvis.shapes.banana import BANANA, BANANA_BUNCH
from synthvis.shapes.bed import BED
from synthvis.shapes.bench import BENCH
from synthvis.shapes.boards import SKATEBOARD, SURFBOARD
from synthvis.shapes.book import BOOK, BOOK_OPEN, BOOK_ROW, BOOK_STACK
from synthvis.shapes.bottle import BOTTLE
from synthvis.shapes.bouquet import BOUQUET
from synthvis.shapes.bowl import BOWL
from synthvis.shapes.cabinets import CABINETS
from synthvis.shapes.cable import CABLE
from synthvis.shapes.carrot import CARROT, CARROT_CUT, CARROT_GREENS
from synthvis.shapes.cell_phone import CELL_PHONE
from synthvis.shapes.chair import CHAIR
from synthvis.shapes.clock import CLOCK
from synthvis.shapes.couch import COUCH
from synthvis.shapes.cup import CUP
from synthvis.shapes.cut_fruit import CUT_FRUIT
from synthvis.shapes.dining_table import DINING_TABLE
from synthvis.shapes.distractors import DISTRACTORS
from synthvis.shapes.donut import DONUT
from synthvis.shapes.fork import FORK
from synthvis.shapes.frisbee import FRISBEE
from synthvis.shapes.fruit_tree import FRUIT_TREE
from synthvis.shapes.hangings import HANGINGS
from synthvis.shapes.keyboard import KEYBOARD
from synthvis.shapes.kind import Kind
from synthvis.shapes.kitchen_units import KITCHEN_UNITS
from synthvis.shapes.kite import KITE
from synthvis.shapes.knife import KNIFE
from synthvis.shapes.lamps import CUSHION, FLOOR_LAMP, TABLE_LAMP
from synthvis.shapes.laptop import LAPTOP
from synthvis.shapes.low_table import LOW_TABLE, SIDE_TABLE
from synthvis.shapes.mouse import MOUSE
from synthvis.shapes.orange import ORANGE
from synthvis.shapes.potted_plant import POTTED_PLANT
from synthvis.shapes.remote import REMOTE
from synthvis.shapes.roadside_poles import ROADSIDE_POLES
from synthvis.shapes.scissors import SCISSORS
from synthvis.shapes.shop_units import SHOP_UNITS
from synthvis.shapes.spoon import SPOON
from synthvis.shapes.sports_ball import SPORTS_BALL
from synthvis.shapes.sprig import SPRIG
from synthvis.shapes.stop_sign import STOP_SIGN
from synthvis.shapes.table_fare import TABLE_FARE
from synthvis.shapes.teddy_bear import TEDDY_BEAR
from synthvis.shapes.traffic_cone import TRAFFIC_CONE
from synthvis.shapes.traffic_light import TRAFFIC_LIGHT
from synthvis.shapes.tv import TV
from synthvis.shapes.umbrella import UMBRELLA
from synthvis.shapes.vase import VASE
from synthvis.shapes.wine_glass import WINE_GLASS
from synthvis.types import Category, Mesh, ObjectSpec, Param

__all__ = ["KINDS", "categories_for", "kind_named", "mesh_of", "register_kinds"]


KINDS: dict[str, Kind] = {
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

_OWN: dict[str, Kind] = {}
LISTING = "synthvis scenes ls"
"""Kinds by name that the user brought; their names hold a slash."""


def register_kinds(kinds: Iterable[Kind]) -> None:
    """Make own kinds known, in this process, in place of earlier ones of their names."""
    _OWN.update({kind.name: kind for kind in kinds})


def kind_named(name: str) -> Kind:
    """The kind of that name.

    Raises:
        UsageError: There is none.
    """
    kind = KINDS.get(name) or _OWN.get(name)
    if kind is not None:
        return kind
    near = nearest(name, sorted({*KINDS, *_OWN}), listed_by=LISTING)
    raise UsageError(f"no kind of object {quoted(name)}{near}", hint=f"`{LISTING}` lists them")


def categories_for(kind_names: Iterable[str]) -> tuple[Category, ...]:
    """The categories that objects of these kinds are labelled as, without repeats, by id.

    Raises:
        UsageError: No such kind, or two of them disagree about a category.
    """
    found: dict[int, Category] = {}
    for kind in map(kind_named, kind_names):
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
    return kind_named(kind).build(params)
