"""What is switched off to find out what a randomiser is worth: one table of overrides of the recipe.

A range is held at its middle, geometric where it is drawn in the logarithm, and a share of special cases becomes 0:
what goes is the variation, not the thing. docs/explanation/study.md says what else of a scene moves with each of them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from synthvis.config.effect import unused_keys
from synthvis.config.load import recipe_from
from synthvis.config.recipe import Recipe
from synthvis.config.validate import nearest
from synthvis.errors import UsageError

__all__ = ["FACTORS", "Factor", "factor_named", "overrides_of", "shown_overrides", "without"]

PLAIN_FOLDER = Path(__file__).parent / "plain"
"""Holds one picture, all of one grey."""

IN_CHAOS = {"chaos": 1.0}

Values = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """One randomiser.

    Attributes:
        name: As in `--ablate`.
        effect: What becomes of the images without it.
        remains: What still varies of it, since no recipe can hold it.
        held: Keys of a recipe, with dots, and the values that switch it off.
    """

    name: str
    effect: str
    remains: str
    held: Callable[[Recipe], Values]


def _lighting(recipe: Recipe) -> Values:
    return {"world.hdri_share": 0.0, "world.strength": _even(recipe.world.strength), "hdris": None}


def _texture(recipe: Recipe) -> Values:
    return {"textures": {"folder": str(PLAIN_FOLDER), "share": 1.0}}


def _camera(recipe: Recipe) -> Values:
    camera = recipe.camera
    values: Values = {
        "camera.roll_deg": _middle(camera.roll_deg),
        "camera.off_centre": 0.0,
        "camera.defocus_share": 0.0,
    }
    if camera.intrinsics is None:
        values["camera.focal_mm"] = _even(camera.focal_mm)
    if recipe.has_free_scenes:
        values |= {"camera.fill": _even(camera.fill), "camera.elevation_deg": _middle(camera.elevation_deg)}
    return values


def _distractors(recipe: Recipe) -> Values:
    if not recipe.has_free_scenes:
        return {}
    kinds = {"count": recipe.distractors.kinds, "background_count": recipe.distractors.background_kinds}
    return {f"distractors.{key}": [0, 0] for key, weights in kinds.items() if any(weights.values())}


def _context(recipe: Recipe) -> Values:
    environments = {name for name, weight in recipe.environments.items() if weight}
    surroundings = {"environments": IN_CHAOS} if environments else {"free_environment.weights": {"studio": 1.0}}
    now = environments if environments else {name for name, weight in recipe.free_environment.weights.items() if weight}
    if now == set(next(iter(surroundings.values()))):
        surroundings = {}
    # Where free scenes go as well, what they alone read goes with them.
    unread = unused_keys(recipe.model_copy(update={"environments": IN_CHAOS})) if environments else {}
    return {**surroundings, **{key: _plain(value) for key, value in unread.items()}, "backgrounds": None}


def _sensor(recipe: Recipe) -> Values:
    sensor = recipe.sensor
    linear = (
        "exposure_ev",
        "white_balance",
        "blur_sigma_px",
        "shot_noise",
        "read_noise",
        "vignette",
        "least_mean",
        "sharpen",
    )
    values: Values = {f"sensor.{name}": _middle(getattr(sensor, name)) for name in linear}
    values |= {f"sensor.{name}": _even(getattr(sensor, name)) for name in ("contrast", "saturation")}
    quality = sum(sensor.jpeg_quality) // 2
    values |= {"sensor.jpeg_quality": [quality, quality], "sensor.grey_share": 0.0, "sensor.shake.share": 0.0}
    return values


FACTORS = (
    Factor(
        name="lighting",
        effect="a plain sky of one brightness lights every picture",
        remains="a tint of that sky, and the lamps of each picture",
        held=_lighting,
    ),
    Factor(
        name="texture",
        effect="tables, floors, walls and grounds are all of one grey",
        remains="the surfaces of the objects, and road markings, kerbs and trees",
        held=_texture,
    ),
    Factor(
        name="camera",
        effect="one lens, level, aimed at the middle and sharp all over; in free scenes one height angle and size too",
        remains="the side from which it looks; in environments, where people stand",
        held=_camera,
    ),
    Factor(
        name="distractors",
        effect="nothing unlabelled stands among the objects or behind them",
        remains="in environments, what one holds that has no label",
        held=_distractors,
    ),
    Factor(
        name="context",
        effect="things fly in chaos instead of standing in environments; free scenes are all in the studio",
        remains="where scenes are free, how objects are arranged",
        held=_context,
    ),
    Factor(
        name="sensor",
        effect="exposure, colour, blur, noise and JPEG quality are the same in every picture",
        remains="automatic exposure, and each picture's own noise",
        held=_sensor,
    ),
)
"""Every randomiser that can be switched off."""


def factor_named(name: str) -> Factor:
    """The factor of that name.

    Raises:
        UsageError: There is none.
    """
    for factor in FACTORS:
        if factor.name == name:
            return factor
    raise UsageError(f"no randomiser {name!r}{nearest(name, [factor.name for factor in FACTORS])}")


def overrides_of(factor: Factor, recipe: Recipe) -> tuple[str, ...]:
    """`key=value` of each key that changes, as `synthvis render --set` takes them; none: it has no such randomiser."""
    now = recipe.model_dump(mode="json")
    changed = {key: value for key, value in factor.held(recipe).items() if _at(now, key) != value}
    return tuple(f"{key}={json.dumps(value)}" for key, value in changed.items())


def shown_overrides(overrides: Sequence[str]) -> tuple[str, ...]:
    """Overrides as a report may show them: of the folder with the grey picture only its name."""
    return tuple(one.replace(str(PLAIN_FOLDER), PLAIN_FOLDER.name) for one in overrides)


def without(recipe: Recipe, overrides: Sequence[str]) -> Recipe:
    """The recipe with overrides applied.

    Raises:
        RecipeError: One does not fit.
    """
    return recipe_from(recipe.model_dump(mode="json"), overrides, where=f"recipe {recipe.name}")


def _plain(value: Any) -> Any:
    return value.model_dump(mode="json") if isinstance(value, BaseModel) else value


def _middle(bounds: tuple[float, float]) -> list[float]:
    return [round(sum(bounds) / 2, 6)] * 2


def _even(bounds: tuple[float, float]) -> list[float]:
    return [round(math.sqrt(bounds[0] * bounds[1]), 6)] * 2


def _at(values: Mapping[str, Any], key: str) -> Any:
    """What is at a key with dots; fields that a dump leaves out while they say nothing count as None or 0."""
    value: Any = values
    for part in key.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    if value is None and key in LEFT_OUT:
        return LEFT_OUT[key]
    return value


LEFT_OUT = {"sensor.least_mean": [0.0, 0.0], "sensor.sharpen": [0.0, 0.0], "sensor.shake.share": 0.0}
"""What recipes do not write down while it is so."""
