"""Decides a scene: everything that a picture shows, drawn from (recipe, seed, image number) before it is rendered."""

from __future__ import annotations

from synthvis.config.recipe import Recipe
from synthvis.scene.environments.registry import NOTHING_OWN, SceneCatalogue
from synthvis.scene.film import frame_of, sample_film
from synthvis.scene.groups import Grouping, group_of
from synthvis.scene.spec import SceneSpec
from synthvis.scene.still import draw_still

__all__ = ["sample_scene"]


def sample_scene(
    recipe: Recipe, seed: int, image_index: int, redraw: int = 0, *, catalogue: SceneCatalogue = NOTHING_OWN
) -> SceneSpec:
    """The scene of one image.

    Args:
        recipe: The distribution.
        seed: Dataset seed, >= 0.
        image_index: Image number, >= 1; of a film the frames count on from film to film.
        redraw: How many earlier draws of this image were not worth keeping; its environment and world stay the same.
            A film is drawn once.
        catalogue: What the recipe's names mean, of `synthvis.assets.resolve.catalogue_of` where it names own things.

    Raises:
        UsageError: The recipe names an environment or a kind of object that does not exist.
        MissingDependency: Things move by physics, and MuJoCo is not installed.
    """
    if recipe.motion is not None:
        sequence, frame = frame_of(image_index, recipe.motion.frames)
        return sample_film(recipe, seed, sequence, catalogue=catalogue).frame(frame)
    group = group_of(image_index, Grouping.of(recipe), seed)
    return draw_still(recipe, seed, image_index, group, catalogue, redraw).spec
