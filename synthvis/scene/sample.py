"""Decides a scene: everything that a picture shows, drawn with numpy from (recipe, seed, image number)."""

from __future__ import annotations

import math

from numpy.random import Generator

from synthvis.config.recipe import Distractors, Recipe, Sensor
from synthvis.conventions import SCHEMA_VERSION
from synthvis.scene.arrange import arrange, draw_drafts, draw_labelled
from synthvis.scene.camera import draw_camera, target_of
from synthvis.scene.draft import Group, Placed, specs_of
from synthvis.scene.draw import chance, log_uniform, pick, uniform
from synthvis.scene.light import draw_lights, draw_world
from synthvis.scene.stage import draw_stage
from synthvis.seeds import integer_seed_for, rng_for
from synthvis.types import RenderSpec, SceneSpec, SensorSpec

__all__ = ["sample_scene"]

BARE_RADIUS_M = {"studio": (0.1, 0.4), "tabletop": (0.1, 0.4), "ground": (0.5, 4.0)}
"""What the camera looks at in a picture without objects."""


def sample_scene(recipe: Recipe, seed: int, image_index: int) -> SceneSpec:
    """The scene of one image.

    Args:
        recipe: The distribution.
        seed: Dataset seed, >= 0.
        image_index: Image number, >= 1.

    Raises:
        UsageError: The recipe names a kind of object that does not exist.
    """

    def rng(stream: str) -> Generator:
        return rng_for(seed, image_index, stream)

    group_number = (image_index - 1) // recipe.world.group_size + 1
    world_rng = rng_for(seed, group_number, "world")
    stage_kind = pick(world_rng, recipe.stages.weights)
    world = draw_world(recipe.world, stage_kind, group_number, world_rng)

    camera_rng = rng("camera")
    azimuth_rad = uniform(camera_rng, (0, 2 * math.pi))
    group, labelled_count = _draw_group(recipe, azimuth_rad, rng("objects"), rng("placement"))
    target = target_of(
        group, labelled_count, camera_rng, empty_radius_m=log_uniform(camera_rng, BARE_RADIUS_M[stage_kind])
    )
    radius_m = max(group.radius_m, target.radius_m)
    behind = _draw_background(recipe.distractors, radius_m, azimuth_rad + math.pi, rng("background"))
    image_hw = (recipe.image.height_px, recipe.image.width_px)
    return SceneSpec(
        schema_version=SCHEMA_VERSION,
        recipe_name=recipe.name,
        seed=seed,
        image_index=image_index,
        stage=draw_stage(
            recipe.stages, stage_kind, radius_m, azimuth_rad + math.pi, rng("stage"), seamless=world.hdri is None
        ),
        world=world,
        lights=draw_lights(world, stage_kind, target.centre_m, target.radius_m, rng("lights")),
        objects=specs_of((*group.placed, *behind), first_id=1),
        camera=draw_camera(recipe.camera, target, image_hw, azimuth_rad, camera_rng),
        sensor=_draw_sensor(recipe.sensor, rng("sensor"), integer_seed_for(seed, image_index, "noise")),
        render=RenderSpec(
            samples=recipe.render.samples,
            max_bounces=recipe.render.max_bounces,
            denoise=recipe.render.denoise,
            cycles_seed=integer_seed_for(seed, image_index, "cycles"),
        ),
    )


def _draw_group(recipe: Recipe, camera_rad: float, rng: Generator, placement_rng: Generator) -> tuple[Group, int]:
    """Labelled objects and the distractors among them, and how many of the group's first are labelled."""
    labelled = draw_labelled(recipe.objects, camera_rad, rng)
    others = draw_drafts(recipe.distractors.kinds, recipe.distractors.count, camera_rad, rng)
    group = arrange([*labelled, *others], pick(placement_rng, recipe.objects.layouts), placement_rng)
    chosen = {id(draft) for draft in labelled}
    return group, sum(id(item.draft) in chosen for item in group.placed)


def _draw_background(
    distractors: Distractors, radius_m: float, forward_rad: float, rng: Generator
) -> tuple[Placed, ...]:
    """Distractors beyond the group as the camera sees it, each in a sector of its own so that none meet."""
    drafts = draw_drafts(distractors.background_kinds, distractors.background_count, forward_rad + math.pi, rng)
    placed: list[Placed] = []
    near_m = radius_m
    for draft in drafts:
        near_m += log_uniform(rng, (0.3, 6.0)) + draft.radius_m
        angle = forward_rad + rng.normal() * 0.45
        placed.append(Placed(draft, (near_m * math.cos(angle), near_m * math.sin(angle), -draft.bottom_m)))
        near_m += draft.radius_m
    return tuple(placed)


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
