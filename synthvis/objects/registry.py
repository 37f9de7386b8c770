"""Every type of object by name: what comes along, what installed packages offer, and what the user brings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.metadata import EntryPoint

from synthvis.config.validate import nearest
from synthvis.errors import UsageError, quoted
from synthvis.objects.distractors import ground, open_box, tabletop
from synthvis.objects.electronics import cable, cell_phone, keyboard, laptop, mouse, remote, tv
from synthvis.objects.food import carrot, donut, table_fare
from synthvis.objects.fruit import apple, banana, cut_fruit, orange, sprig
from synthvis.objects.furniture import (
    bed,
    bench,
    cabinets,
    chair,
    couch,
    dining_table,
    kitchen_units,
    lamps,
    low_table,
    shop_units,
)
from synthvis.objects.household import book, clock, hangings, scissors, teddy_bear, umbrella
from synthvis.objects.mesh.mesh import Mesh, posed
from synthvis.objects.object_type import ObjectType
from synthvis.objects.people import holding_hand, person
from synthvis.objects.plants import bouquet, fruit_tree, greenery, potted_plant, vase
from synthvis.objects.spec import Category, ObjectSpec, Param
from synthvis.objects.sports import boards, frisbee, kite, sports_ball
from synthvis.objects.street import car, roadside_poles, stop_sign, traffic_cone, traffic_light
from synthvis.objects.tableware import bottle, bowl, cup, fork, knife, spoon, wine_glass
from synthvis.objects.vehicles import bicycle, bicycle_stand, motorcycle
from synthvis.plugins import entries_of, load_entry

__all__ = [
    "ENTRY_POINTS",
    "OBJECT_TYPES",
    "WITHOUT_OWN",
    "ObjectCatalogue",
    "categories_for",
    "mesh_of",
    "object_type_named",
    "object_type_names",
]

BuildMesh = Callable[[Mapping[str, Param]], Mesh]


def _by_name(*modules: tuple[ObjectType, ...]) -> dict[str, ObjectType]:
    every = [object_type for object_types in modules for object_type in object_types]
    found = {object_type.name: object_type for object_type in every}
    if len(found) < len(every):
        raise ValueError(f"two types of object share a name: {sorted(t.name for t in every)}")
    return found


OBJECT_TYPES: dict[str, ObjectType] = _by_name(
    apple.OBJECT_TYPES,
    orange.OBJECT_TYPES,
    banana.OBJECT_TYPES,
    sprig.OBJECT_TYPES,
    cut_fruit.OBJECT_TYPES,
    traffic_cone.OBJECT_TYPES,
    sports_ball.OBJECT_TYPES,
    cup.OBJECT_TYPES,
    bottle.OBJECT_TYPES,
    bowl.OBJECT_TYPES,
    carrot.OBJECT_TYPES,
    donut.OBJECT_TYPES,
    wine_glass.OBJECT_TYPES,
    fork.OBJECT_TYPES,
    knife.OBJECT_TYPES,
    spoon.OBJECT_TYPES,
    vase.OBJECT_TYPES,
    bouquet.OBJECT_TYPES,
    tv.OBJECT_TYPES,
    laptop.OBJECT_TYPES,
    stop_sign.OBJECT_TYPES,
    traffic_light.OBJECT_TYPES,
    roadside_poles.OBJECT_TYPES,
    umbrella.OBJECT_TYPES,
    frisbee.OBJECT_TYPES,
    kite.OBJECT_TYPES,
    boards.OBJECT_TYPES,
    chair.OBJECT_TYPES,
    couch.OBJECT_TYPES,
    dining_table.OBJECT_TYPES,
    bed.OBJECT_TYPES,
    bench.OBJECT_TYPES,
    potted_plant.OBJECT_TYPES,
    book.OBJECT_TYPES,
    keyboard.OBJECT_TYPES,
    mouse.OBJECT_TYPES,
    cable.OBJECT_TYPES,
    remote.OBJECT_TYPES,
    cell_phone.OBJECT_TYPES,
    scissors.OBJECT_TYPES,
    clock.OBJECT_TYPES,
    teddy_bear.OBJECT_TYPES,
    fruit_tree.OBJECT_TYPES,
    tabletop.OBJECT_TYPES,
    ground.OBJECT_TYPES,
    car.OBJECT_TYPES,
    person.OBJECT_TYPES,
    greenery.OBJECT_TYPES,
    kitchen_units.OBJECT_TYPES,
    table_fare.OBJECT_TYPES,
    shop_units.OBJECT_TYPES,
    cabinets.OBJECT_TYPES,
    low_table.OBJECT_TYPES,
    lamps.OBJECT_TYPES,
    hangings.OBJECT_TYPES,
    open_box.OBJECT_TYPES,
    holding_hand.OBJECT_TYPES,
    bicycle.OBJECT_TYPES,
    motorcycle.OBJECT_TYPES,
    bicycle_stand.OBJECT_TYPES,
)
"""What comes along, by name. Scenes draw from it in this order, so new modules go last."""

LISTING = "synthvis scenes ls"
ENTRY_POINTS = "synthvis.objects"
"""Group in which installed packages offer types of object; each entry has the name of its type."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ObjectCatalogue:
    """Every type of object that a recipe may name. Made once of a recipe, and passed to all who build its objects.

    Attributes:
        own: What the user brought, by name; these names hold a slash or an ending.
    """

    own: Mapping[str, ObjectType] = field(default_factory=dict)

    def named(self, name: str) -> ObjectType:
        """The type of that name.

        Raises:
            UsageError: There is none.
        """
        found = OBJECT_TYPES.get(name) or self.own.get(name)
        if found is not None:
            return found
        if name in _entry_points():
            return _installed(name)
        near = nearest(name, sorted({*object_type_names(), *self.own}), listed_by=LISTING)
        raise UsageError(f"no kind of object {quoted(name)}{near}", hint=f"`{LISTING}` lists them")

    def categories_for(self, names: Iterable[str]) -> tuple[Category, ...]:
        """The categories that objects of these types are labelled as, without repeats, by id.

        Raises:
            UsageError: No such type, or two of them disagree about a category.
        """
        found: dict[int, Category] = {}
        for kind in map(self.named, names):
            if kind.category is not None and found.setdefault(kind.category.id, kind.category) != kind.category:
                raise UsageError(
                    f"{kind.name} brings another class of id {kind.category.id} than {found[kind.category.id].name}",
                    hint="give it another category in assets.yaml, or in its Python file",
                )
        return tuple(found[category_id] for category_id in sorted(found))

    def mesh_of(self, obj: ObjectSpec) -> Mesh:
        """The mesh of an object, its joints as the object has them.

        Equal parameters yield the same (shared, not to be changed) mesh where no joint has an angle.

        Raises:
            UsageError: No such type.
            KeyError: The mesh has no such joint.
        """
        built = _built(self.named(obj.kind).build, tuple(sorted(obj.params.items())))
        return posed(built, obj.joints_rad) if obj.joints_rad else built


WITHOUT_OWN = ObjectCatalogue()
"""What comes along and what installed packages offer."""

object_type_named, categories_for, mesh_of = WITHOUT_OWN.named, WITHOUT_OWN.categories_for, WITHOUT_OWN.mesh_of


def object_type_names() -> tuple[str, ...]:
    """Names of what comes along, then of what installed packages offer."""
    return (*OBJECT_TYPES, *(name for name in sorted(_entry_points()) if name not in OBJECT_TYPES))


@cache
def _entry_points() -> Mapping[str, EntryPoint]:
    return {entry.name: entry for entry in entries_of(ENTRY_POINTS)}


@cache
def _installed(name: str) -> ObjectType:
    hint = f"make it an ObjectType with name={name!r}"
    found = load_entry(_entry_points()[name], ObjectType, what="object", hint=hint)
    if found.name != name:
        raise UsageError(f"the installed object {name} has the name {found.name}", hint=hint)
    return found


@lru_cache(maxsize=256)
def _built(build: BuildMesh, items: tuple[tuple[str, Param], ...]) -> Mesh:
    return build(dict(items))
