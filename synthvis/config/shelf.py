"""The recipe that shows one kind of object by itself, as `synthvis scenes show` draws it."""

from __future__ import annotations

from synthvis.config.load import recipe_from
from synthvis.config.recipe import Recipe

__all__ = ["place_recipe", "shelf_recipe"]


def shelf_recipe(kind: str, side_px: int) -> Recipe:
    """One object of `kind` to a picture, alone, large and in focus, on plain studio backgrounds.

    Raises:
        RecipeError: `side_px` is out of bounds.
    """
    values = {
        "name": "shelf",
        "image": {"width_px": side_px, "height_px": side_px},
        "render": {"samples": 8},
        "world": {"group_size": 3, "hdri_share": 0.4, "strength": [0.7, 1.1]},
        "free_environment": {"weights": {"studio": 1}, "white_share": 0.35},
        "objects": {"kinds": {kind: 1}, "count": [1, 1], "empty_share": 0, "layouts": {"scatter": 1}},
        "distractors": {"count": [0, 0]},
        "camera": {
            "fill": [0.75, 0.95],
            "off_centre": 0.02,
            "elevation_deg": [10, 45],
            "roll_deg": [-3, 3],
            "defocus_share": 0,
        },
        "sensor": {"exposure_ev": [-0.2, 0.3], "grey_share": 0, "vignette": [0, 0.1], "jpeg_quality": [92, 95]},
        "split": {"val_every": 0},
    }
    return recipe_from(values, where=f"the shelf of {kind}")


def place_recipe(name: str, tile_px: int) -> Recipe:
    """One place, as a dataset shows it, in square pictures.

    Args:
        name: Name of an environment.
        tile_px: Side of the pictures, pixels.
    """
    return Recipe.model_validate(
        {
            "name": "environment",
            "image": {"width_px": tile_px, "height_px": tile_px},
            "world": {"group_size": 3},
            "environments": {name: 1.0},
            "split": {"val_every": 0},
        }
    )
