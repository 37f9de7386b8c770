"""Groups of images that share a world: small sets show many places, large ones show them by their weights."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from synthvis.config.load import load_recipe
from synthvis.config.recipe import FREE, FreeEnvironment, Objects, Recipe, World
from synthvis.scene.environments.registry import NOTHING_OWN
from synthvis.scene.groups import SIDE_BY_SIDE, Grouping, environment_and_light, group_of, groups_in, groups_of
from synthvis.scene.sample import sample_scene

COCO = load_recipe("coco")
CHI_SQUARE_999 = {8: 26.12}
"""Quantile 0.999 of the chi-square distribution, by degrees of freedom (standard tables)."""


def shown(recipe: Recipe, seed: int, images: range) -> list[tuple[str, str]]:
    return [environment_and_light(recipe, seed, group_of(i, Grouping.of(recipe), seed), NOTHING_OWN) for i in images]


def test_the_first_dozen_images_of_the_default_recipe_show_six_places() -> None:
    counts = [len({place for place, _ in shown(COCO, seed, range(1, 13))}) for seed in range(200)]
    assert min(counts) >= 6
    assert np.mean(counts) > 7


def test_two_thousand_images_show_places_by_their_weights() -> None:
    total = sum(COCO.environments.values())
    statistics = []
    for seed in range(2):
        found = Counter(place for place, _ in shown(COCO, seed, range(1, 2001)))
        groups = {name: found[name] / COCO.world.group_size for name in COCO.environments}
        expected = {name: 200 * weight / total for name, weight in COCO.environments.items()}
        statistics.append(sum((groups[name] - each) ** 2 / each for name, each in expected.items()))
    # Independent draws of the 200 groups would be below this in 999 of 1,000 seeds; these are spread more evenly.
    assert max(statistics) < CHI_SQUARE_999[len(COCO.environments) - 1]


def test_single_images_show_places_by_their_weights_over_seeds() -> None:
    """The first image of 2,000 independent sets: here draws are independent, so the statistic must not be small."""
    found = Counter(shown(COCO, seed, range(1, 2))[0][0] for seed in range(2000))
    total = sum(COCO.environments.values())
    statistic = sum(
        (found[name] - 2000 * weight / total) ** 2 / (2000 * weight / total)
        for name, weight in COCO.environments.items()
    )
    # Quantiles 0.001 and 0.999 for 8 degrees of freedom.
    assert 0.857 < statistic < CHI_SQUARE_999[8]


def test_free_scenes_and_places_share_the_weights() -> None:
    recipe = Recipe(
        name="mixed",
        environments={"desk": 1.0, "free": 1.0},
        free_environment=FreeEnvironment(weights={"studio": 1.0, "ground": 3.0}),
        objects=Objects(kinds={"apple": 1.0}),
        world=World(group_size=4),
    )
    found = Counter(shown(recipe, 3, range(1, 1601)))
    assert found["desk", "tabletop"] == pytest.approx(800, abs=80)
    assert found[FREE, "studio"] == pytest.approx(200, abs=80)
    assert found[FREE, "ground"] == pytest.approx(600, abs=80)


@pytest.mark.parametrize("size", [1, 2, 10, 25])
def test_groups_are_of_the_size_asked_and_ten_images_are_of_ten_groups(size: int) -> None:
    numbers = [group_of(index, Grouping(size), 7) for index in range(1, 3 * SIDE_BY_SIDE * size + 1)]
    assert Counter(numbers) == dict.fromkeys(range(1, 3 * SIDE_BY_SIDE + 1), size)
    for start in range(0, len(numbers), SIDE_BY_SIDE):
        assert len(set(numbers[start : start + SIDE_BY_SIDE])) == SIDE_BY_SIDE


@pytest.mark.parametrize("every", [5, 9, 10, 11])
def test_validation_images_are_of_many_groups(every: int) -> None:
    assert len({group_of(index, Grouping(10), 2) for index in range(every, 2001, every)}) > 80


def test_the_first_ten_images_are_dealt_evenly_to_shards() -> None:
    assert [group_of(index, Grouping(4), 3) for index in range(1, 11)] == list(range(1, 11))


def test_groups_hold_each_image_once_and_in_order() -> None:
    groups = groups_of([9, 1, 2, 4, 31, 3], Grouping(4), 5)
    assert sorted(index for group in groups for index in group) == [1, 2, 3, 4, 9, 31]
    for group in groups:
        assert group == sorted(group)
        assert len({group_of(index, Grouping(4), 5) for index in group}) == 1


def test_a_scene_has_the_place_and_the_world_of_its_group() -> None:
    for index in (1, 14):
        spec = sample_scene(COCO, 4, index)
        assert spec.world.group == group_of(index, Grouping(10), 4)
        assert spec.environment == environment_and_light(COCO, 4, spec.world.group, NOTHING_OWN)[0]


def test_a_film_is_a_group_of_consecutive_images() -> None:
    films = Grouping(6, film=True)
    assert [group_of(index, films, 3) for index in (1, 6, 7, 12, 13)] == [1, 1, 2, 2, 3]
    assert groups_of([13, 2, 1, 8], films, 3) == [[1, 2], [8], [13]]
    assert [groups_in(n, films) for n in (1, 6, 7, 18)] == [1, 1, 2, 3]
    assert Grouping.of(load_recipe("tabletop", ["motion.frames=6"])) == films
    assert Grouping.of(COCO) == Grouping(COCO.world.group_size)
