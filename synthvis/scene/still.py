"""Draws a scene that stands still: everything that a picture shows, from (recipe, seed, number) with numpy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from numpy.random import Generator

from synthvis.config.recipe import FREE, Recipe, Sensor, Shake
from synthvis.conventions import SCHEMA_VERSION
from synthvis.draws import chance, log_uniform, uniform
from synthvis.objects.spec import Category, ObjectSpec
from synthvis.scene.camera import draw_distortion
from synthvis.scene.environments.layout import environment_layout
from synthvis.scene.environments.registry import SceneCatalogue
from synthvis.scene.free.layout import free_layout
from synthvis.scene.groups import environment_and_light
from synthvis.scene.layout import Layout
from synthvis.scene.light import OUTDOORS, draw_lights, draw_world
from synthvis.scene.pictures import Folders, with_background, with_own_light, with_textures
from synthvis.scene.spec import RenderSpec, SceneSpec, SensorSpec, ShakeSpec
from synthvis.scene.surroundings import Surroundings
from synthvis.seeds import integer_seed_for, rng_for

__all__ = ["Still", "draw_still"]

ROOM_LAMP_REACH_M, OPEN_LAMP_REACH_M = 0.5, 2.0
"""Lamps stand off by several times what they light; in a room that stays within its walls, outside beyond the trees."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Still:
    """A scene that stands still.

    Attributes:
        spec: The scene.
        carriers: Instance id of the object that carries each object that is part of another: flowers, by vase.
    """

    spec: SceneSpec
    carriers: Mapping[int, int]


def draw_still(recipe: Recipe, seed: int, number: int, group: int, catalogue: SceneCatalogue, redraw: int = 0) -> Still:
    """A scene.

    Args:
        recipe: The distribution.
        seed: Dataset seed, >= 0.
        number: Of the image or film, >= 1.
        group: Number of the group that shares its environment and world, >= 1.
        catalogue: What the recipe's names mean.
        redraw: How many earlier draws were not worth keeping; environment and world stay the same.

    Raises:
        UsageError: The recipe names an environment or a kind of object that does not exist.
    """

    def stream_of(name: str) -> str:
        return f"{name}, redraw {redraw}" if redraw else name

    def rng(stream: str) -> Generator:
        return rng_for(seed, number, stream_of(stream))

    environment, stage_kind = environment_and_light(recipe, seed, group, catalogue)
    world = draw_world(recipe.world, stage_kind, group, rng_for(seed, group, "world"))
    world = with_own_light(world, recipe.hdris, catalogue.pictures, rng_for(seed, group, "own light"))
    if environment == FREE:
        setting = free_layout(recipe, stage_kind, rng, catalogue.objects, seamless=world.hdri is None)
    else:
        setting = environment_layout(catalogue.environment_named(environment), recipe, rng, catalogue.objects)
    lamp_reach_m = setting.target_radius_m
    if environment != FREE:
        outside = stage_kind in OUTDOORS
        lamp_reach_m = max(lamp_reach_m, OPEN_LAMP_REACH_M) if outside else min(lamp_reach_m, ROOM_LAMP_REACH_M)
    spec = SceneSpec(
        schema_version=SCHEMA_VERSION,
        recipe_name=recipe.name,
        seed=seed,
        image_index=number,
        environment=environment,
        surroundings=_with_pictures(recipe, setting, catalogue.pictures, rng),
        world=world,
        lights=draw_lights(world, stage_kind, setting.target_m, lamp_reach_m, rng("lights")),
        objects=_labelled_as(setting.objects, catalogue.categories_of(recipe))
        if environment == FREE
        else setting.objects,
        camera=replace(setting.camera, distortion=draw_distortion(recipe.camera.distortion, rng("lens"))),
        sensor=replace(
            _draw_sensor(recipe.sensor, rng("sensor"), integer_seed_for(seed, number, stream_of("noise"))),
            shake=_draw_shake(recipe.sensor.shake, rng("shake")),
            least_mean=uniform(rng("metering"), recipe.sensor.least_mean) or None,
            sharpen=uniform(rng("sharpening"), recipe.sensor.sharpen) or None,
        ),
        render=RenderSpec(
            samples=recipe.render.samples,
            max_bounces=recipe.render.max_bounces,
            denoise=recipe.render.denoise,
            cycles_seed=integer_seed_for(seed, number, stream_of("cycles")),
        ),
    )
    return Still(spec=spec, carriers=setting.carriers)


def _labelled_as(objects: tuple[ObjectSpec, ...], labelled: tuple[Category, ...]) -> tuple[ObjectSpec, ...]:
    """Objects of a free scene, without the classes that the recipe does not label, such as a distracting cup."""
    names = {category.name for category in labelled}
    return tuple(item if item.category in names else replace(item, category=None) for item in objects)


def _with_pictures(recipe: Recipe, setting: Layout, folders: Folders, rng: Callable[[str], Generator]) -> Surroundings:
    surroundings = with_textures(setting.surroundings, recipe.textures, folders, rng("own textures"))
    eye_m = setting.camera.world_from_cam[2][3]
    radius_m, own = setting.target_radius_m, rng("own backgrounds")
    return with_background(surroundings, recipe.backgrounds, folders, radius_m, eye_m, own)


def _draw_shake(shake: Shake, rng: Generator) -> ShakeSpec | None:
    if not chance(rng, shake.share):
        return None
    return ShakeSpec(
        length_px=log_uniform(rng, shake.length_px),
        angle_deg=uniform(rng, shake.angle_deg),
        bend_deg=uniform(rng, shake.bend_deg),
    )


def _draw_sensor(sensor: Sensor, rng: Generator, noise_seed: int) -> SensorSpec:
    cast = uniform(rng, sensor.white_balance)
    return SensorSpec(
        exposure_ev=uniform(rng, sensor.exposure_ev),
        white_balance_rgb=(1 + cast, 1 + 0.15 * rng.normal() * abs(cast), 1 - cast),
        contrast=log_uniform(rng, sensor.contrast),
        saturation=0.0 if chance(rng, sensor.grey_share) else log_uniform(rng, sensor.saturation),
        blur_sigma_px=uniform(rng, sensor.blur_sigma_px),
        shot_noise=uniform(rng, sensor.shot_noise),
        read_noise=uniform(rng, sensor.read_noise),
        vignette=uniform(rng, sensor.vignette),
        jpeg_quality=int(rng.integers(sensor.jpeg_quality[0], sensor.jpeg_quality[1] + 1)),
        noise_seed=noise_seed,
    )
