"""What kitchen tables and shop shelves need of the composer: whole tops, edges, chairs under tables, rows."""

from __future__ import annotations

import math

import numpy as np
import pytest

from synthvis.geometry import rotation_about
from synthvis.objects.mesh.params import number
from synthvis.objects.object_type import Sample
from synthvis.objects.registry import OBJECT_TYPES
from synthvis.scene.environments.composer import SceneComposer
from synthvis.scene.environments.display import Stock, ledge, variants_of
from synthvis.scene.environments.registry import ENVIRONMENTS
from synthvis.scene.environments.seating import TableFloor, seats_at
from synthvis.scene.placed_object import PlacedObject, oriented_object, sample_object
from synthvis.seeds import rng_for


def table(rng: np.random.Generator, top: str, turn_rad: float = 0.0) -> PlacedObject:
    drawn = next(s for _ in range(400) if (s := OBJECT_TYPES["dining_table"].sample(rng)).params["top"] == top)
    bare = Sample(params=drawn.params, surfaces=drawn.surfaces)
    return PlacedObject(oriented_object("dining_table", bare, rotation_about((0, 0, 1), turn_rad)), (0.0, 0.0, 0.0))


@pytest.mark.parametrize("top", ["rectangle", "round", "oval", "square"])
def test_a_cup_stands_anywhere_on_a_table_top(top: str) -> None:
    rng = rng_for(4, 1, "objects")
    for _ in range(4):
        carrier = table(rng, top, turn_rad=0.4)
        level = number(carrier.sampled.parts[0][0].params, "height_m")
        for x, y in rng.uniform(-0.2, 0.2, (6, 2)):
            composer = SceneComposer(rng)
            support = composer.top_of(carrier, level_m=level)
            assert composer.place("cup", support, (x, y), poses=("upright",)) is not None


def test_chairs_go_under_the_top_but_not_into_the_table() -> None:
    rng, tucked = rng_for(4, 2, "objects"), 0
    for _ in range(12):
        composer = SceneComposer(rng)
        carrier = table(rng, "rectangle")
        floor = TableFloor(composer, carrier)
        seat = seats_at(carrier, 0.0)[2]
        chair = floor.push_in(sample_object("chair", rng, facing_rad=seat.inward_rad), seat)
        assert chair is not None
        tucked += chair.box_m[1][1] > carrier.box_m[0][1] + 0.05
        floor.close()
        assert composer.place("chair", composer.floor, (0.0, 0.0)) is None
    assert tucked >= 4


def test_seats_lie_on_the_edge_and_look_inward() -> None:
    rng = rng_for(4, 3, "objects")
    for top in ("rectangle", "round", "oval", "square"):
        carrier = table(rng, top, turn_rad=0.7)
        for seat in seats_at(carrier, 0.7):
            inner, outer = seat.at(0.2, 0.0), seat.at(-0.2, 0.0)
            assert math.hypot(*inner) < math.hypot(*seat.edge_m) < math.hypot(*outer)


def test_nothing_overhangs_a_ledge() -> None:
    composer = SceneComposer(rng_for(4, 4, "objects"))
    shelf = ledge(1.0, (-0.15, 0.15), (-0.6, 0.6), 0.3)
    assert composer.place("bowl", shelf, (0.14, 0.0), poses=("upright",)) is None
    stock = Stock(composer, 12)
    several = variants_of(composer, "cup", variants=2, poses=("upright",))
    end_m = stock.row(several, shelf, (-0.6, 0.6), gone=0.0)
    assert 4 <= len(composer.placed) <= stock.count <= 12 and end_m <= 0.6
    for item in composer.placed:
        (low_x, low_y, low_z), (high_x, high_y, _) = item.box_m
        assert low_x >= -0.15 and high_x <= 0.15 and low_y >= -0.6 and high_y <= 0.6
        assert low_z == pytest.approx(1.0, abs=0.002)


@pytest.mark.parametrize(("name", "most"), [("shop_shelf", 66), ("kitchen_table", 85)])
@pytest.mark.slow
def test_places_are_neither_bare_nor_overcrowded(name: str, most: int) -> None:
    place = ENVIRONMENTS[name]
    for number_ in range(12):
        composer = SceneComposer(rng_for(6, number_, "objects"), floor_m=place.floor_m)
        placed = place.compose(composer).placed
        assert sum(item.is_labelled for item in placed) >= 3
        assert sum(len(item.sampled.parts) for item in placed) <= most
