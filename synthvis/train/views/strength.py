"""One number for all of augmentation: the default recipe, done more or less."""

from __future__ import annotations

from pydantic import BaseModel

from synthvis.train.views.recipe import AugmentRecipe, load_augment_recipe

__all__ = ["recipe_of_strength"]

MIN_FACTOR = 0.25
"""So small a picture becomes in its square at most."""


def recipe_of_strength(strength: float) -> AugmentRecipe:
    """The default recipe with its chances, amounts of colour and shrinkage times `strength`; 0: resized, no more."""
    if strength <= 0:
        return AugmentRecipe(name="none", random_offset=False, min_left=0.0)
    default = load_augment_recipe("default")
    parts = {name: part for name in AugmentRecipe.model_fields if isinstance(part := getattr(default, name), BaseModel)}
    changes = {name: _times(part, strength, _KEYS.get(name, ())) for name, part in parts.items()}
    if default.scale is not None:
        low = max(1 - strength * (1 - default.scale.factor[0]), MIN_FACTOR)
        changes["scale"] = default.scale.model_copy(update={"factor": (low, default.scale.factor[1])})
    return default.model_copy(update={**changes, "name": f"strength{strength:g}"})


_KEYS = {
    "iou_crop": ("share",),
    "jitter": ("brightness", "contrast", "saturation", "hue"),
    "greyscale": ("share",),
    "blur": ("share",),
    "jpeg": ("share",),
}
"""What grows with the strength, by part; how much a blur or a codec takes away stays as it is."""


def _times(part: BaseModel, strength: float, keys: tuple[str, ...]) -> BaseModel:
    return part.model_copy(update={key: min(getattr(part, key) * strength, 1.0) for key in keys})
