"""Keys of a recipe that decide nothing in its pictures: what is refused, and what is only mentioned."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel

from synthvis.config.recipe import Recipe
from synthvis.errors import RecipeError

__all__ = ["FREE_ONLY_KEYS", "check_unused_keys", "idle_keys", "unused_keys", "without_unused_keys"]

FREE_ONLY_KEYS = (
    "objects",
    "distractors",
    "free_environment",
    "camera.fill",
    "camera.distance_m",
    "camera.height_m",
    "camera.elevation_deg",
)
"""Keys that only free scenes read: an environment brings its own objects, its own stage and its own views."""


def unused_keys(recipe: Recipe) -> dict[str, object]:
    """Keys that the recipe sets although no picture of it reads them, with their defaults."""
    if recipe.has_free_scenes:
        return {}
    return {key: _default(key) for key in FREE_ONLY_KEYS if _value(recipe, key) != _default(key)}


def check_unused_keys(recipe: Recipe) -> None:
    """Refuse a recipe that sets keys which none of its pictures reads, or that has pictures which are never shown.

    Raises:
        RecipeError: Names the keys and the way out.
    """
    if keys := unused_keys(recipe):
        shown = [name for name, weight in recipe.environments.items() if weight > 0]
        environments = f"{', '.join(shown[:3])}{f' and {len(shown) - 3} more' if len(shown) > 3 else ''}"
        raise RecipeError(
            f"{', '.join(keys)}: no effect, because the recipe shows only environments ({environments}), "
            "which bring their own",
            hint="add free scenes with --set environments.free=1, start from another recipe "
            "(`synthvis pipelines ls`), or "
            "remove the keys",
        )
    for role in ("textures", "hdris", "backgrounds"):
        pictures = getattr(recipe, role)
        if pictures is not None and not pictures.share:
            raise RecipeError(f"{role}: none of {pictures.folder} is shown, because {role}.share is 0",
                              hint=f"--set {role}.share=0.5, or remove {role}")  # fmt: skip
    if recipe.backgrounds is not None and not _shows_backgrounds(recipe):
        raise RecipeError(
            "backgrounds: none of the photographs is shown, because all scenes are in the studio, which has no "
            "background",
            hint="--set free_environment.weights.tabletop=1 (or ground), add an environment, or remove backgrounds",
        )


def without_unused_keys(recipe: Recipe) -> Recipe:
    """The recipe with the keys that none of its pictures reads at their defaults."""
    changes: dict[str, object] = unused_keys(recipe)
    camera = {key.partition(".")[2]: changes.pop(key) for key in list(changes) if key.startswith("camera.")}
    return recipe.model_copy(update={**changes, "camera": recipe.camera.model_copy(update=camera)})


def idle_keys(recipe: Recipe) -> list[str]:
    """A sentence for each key that another one of the recipe switches off."""
    return [
        f"{key} has no effect: {reason}"
        for key, (is_idle, reason) in _SWITCHED_OFF.items()
        if _value(recipe, key) != _default(key) and is_idle(recipe)
    ]


def _shows_backgrounds(recipe: Recipe) -> bool:
    has_environments = any(weight > 0 for name, weight in recipe.environments.items() if name != "free")
    return has_environments or any(
        weight > 0 for kind, weight in recipe.free_environment.weights.items() if kind != "studio"
    )


def _lacks_stage(*kinds: str) -> Callable[[Recipe], bool]:
    return lambda recipe: (
        recipe.has_free_scenes and not any(recipe.free_environment.weights.get(kind) for kind in kinds)
    )


_SWITCHED_OFF: Mapping[str, tuple[Callable[[Recipe], bool], str]] = {
    "finish.materials": (lambda recipe: not recipe.assets, "the recipe has no own meshes"),
    "finish.colors": (lambda recipe: not recipe.assets, "the recipe has no own meshes"),
    "camera.f_number": (lambda recipe: not recipe.camera.defocus_share, "camera.defocus_share is 0"),
    "camera.focal_mm": (lambda recipe: recipe.camera.intrinsics is not None, "camera.intrinsics is given"),
    "camera.sensor_width_mm": (lambda recipe: recipe.camera.intrinsics is not None, "camera.intrinsics is given"),
    "free_environment.white_share": (_lacks_stage("studio"), "free_environment.weights has no studio"),
    "free_environment.road_share": (_lacks_stage("ground"), "free_environment.weights has no ground"),
    "free_environment.clutter": (_lacks_stage("tabletop", "ground"), "the studio has no background"),
    "distractors.count": (lambda recipe: not any(recipe.distractors.kinds.values()), "distractors.kinds names none"),
    "distractors.background_count": (
        lambda recipe: not any(recipe.distractors.background_kinds.values()),
        "distractors.background_kinds names none",
    ),
    "distractors.background_kinds": (
        lambda recipe: not recipe.distractors.background_count[1],
        "distractors.background_count ends at 0",
    ),
    "sensor.shake.length_px": (lambda recipe: not recipe.sensor.shake.share, "sensor.shake.share is 0"),
    "sensor.shake.angle_deg": (lambda recipe: not recipe.sensor.shake.share, "sensor.shake.share is 0"),
    "sensor.shake.bend_deg": (lambda recipe: not recipe.sensor.shake.share, "sensor.shake.share is 0"),
}
"""By key: when it is switched off, and by what."""


def _value(recipe: Recipe, key: str) -> Any:
    value: Any = recipe
    for name in key.split("."):
        value = getattr(value, name)
    return value


def _default(key: str) -> Any:
    model: type[BaseModel] = Recipe
    *parents, last = key.split(".")
    for name in parents:
        inner = model.model_fields[name].annotation
        if not isinstance(inner, type) or not issubclass(inner, BaseModel):
            raise TypeError(f"{key} is no key of a recipe")
        model = inner
    return model.model_fields[last].get_default(call_default_factory=True)
