"""Which images share the light from infinity, and which environment each of these groups shows.

A changed world costs Cycles some tenths of a second, so images share worlds in groups. A group is not a run of
consecutive images: ten groups lie side by side, and ten consecutive images belong to all ten. So a small set shows ten
worlds and the environments that their weights allow, and a large one pays for as few worlds as before. The frames of a
film are a group too, one after the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from synthvis.config.recipe import FREE, Recipe
from synthvis.draws import at_share
from synthvis.scene.environments.registry import SceneCatalogue
from synthvis.seeds import rng_for

__all__ = ["SIDE_BY_SIDE", "Grouping", "environment_and_light", "group_of", "groups_in", "groups_of"]

SIDE_BY_SIDE = 10
"""Groups that lie side by side."""


@dataclass(frozen=True, slots=True)
class Grouping:
    """How images are grouped.

    Attributes:
        size: Images of a group.
        film: The groups are films, of consecutive images.
    """

    size: int
    film: bool = False

    @classmethod
    def of(cls, recipe: Recipe) -> Grouping:
        """Of the images of a recipe."""
        return cls(recipe.world.group_size) if recipe.motion is None else cls(recipe.motion.frames, film=True)


def group_of(image_index: int, grouping: Grouping, seed: int) -> int:
    """Number of the group of an image, from 1; it depends on nothing else.

    Args:
        image_index: Image number, >= 1.
        grouping: Of the dataset.
        seed: Dataset seed.
    """
    if grouping.film:
        return (image_index - 1) // grouping.size + 1
    row, column = divmod(image_index - 1, SIDE_BY_SIDE)
    if row % grouping.size:
        # By chance, so that no regular choice of images, such as those for validation, meets a few groups only. In the
        # first row in turn, so that shards of few images are of one size.
        column = int(rng_for(seed, row, "groups").permutation(SIDE_BY_SIDE)[column])
    return row // grouping.size * SIDE_BY_SIDE + column + 1


def groups_in(n: int, grouping: Grouping) -> int:
    """How many groups images 1 to n belong to."""
    if grouping.film:
        return -(-n // grouping.size)
    blocks, rest = divmod(n, SIDE_BY_SIDE * grouping.size)
    return blocks * SIDE_BY_SIDE + min(rest, SIDE_BY_SIDE)


def groups_of(image_indices: Iterable[int], grouping: Grouping, seed: int) -> list[list[int]]:
    """Image numbers by group, in ascending order of groups and of images."""
    groups: dict[int, list[int]] = {}
    for index in sorted(image_indices):
        groups.setdefault(group_of(index, grouping, seed), []).append(index)
    return [groups[number] for number in sorted(groups)]


def environment_and_light(recipe: Recipe, seed: int, group: int, catalogue: SceneCatalogue) -> tuple[str, str]:
    """Environment of a group, or "free", and the surroundings whose light it has.

    Groups side by side share one draw (systematic sampling, Madow 1944): cut into ten equal parts, the weights decide
    how many of the ten groups show an environment, up to one more or less, and on average they show it as often as it
    weighs.

    Raises:
        UsageError: The recipe names an environment that does not exist.
    """
    environments = {name: weight for name, weight in recipe.environments.items() if weight > 0} or {FREE: 1.0}
    stages = recipe.free_environment.weights
    shares: dict[tuple[str, str], float] = {}
    for name, weight in environments.items():
        if name != FREE:
            shares[name, catalogue.environment_named(name).light] = weight
            continue
        for stage, stage_weight in stages.items():
            shares[FREE, stage] = weight * stage_weight / sum(stages.values())
    block, column = divmod(group - 1, SIDE_BY_SIDE)
    rng = rng_for(seed, block, "places")
    start, ranks = rng.random(), rng.permutation(SIDE_BY_SIDE)
    return at_share(shares, (int(ranks[column]) + start) / SIDE_BY_SIDE)
