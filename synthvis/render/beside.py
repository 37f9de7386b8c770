"""Pictures of one scene as two sensors store it, from one render."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synthvis.assets.resolve import catalogue_of, resolve
from synthvis.config.recipe import Recipe
from synthvis.errors import RenderError
from synthvis.formats.images import as_stored
from synthvis.render.job import JobResult, RenderJob
from synthvis.render.pool import PoolSettings, make_images, slots_in
from synthvis.render.progress import RenderProgress
from synthvis.render.sensor import simulate_sensor
from synthvis.render.worker import render_passes
from synthvis.render.worker_slots import choose_worker_slots, scratch_folder
from synthvis.scene.sample import sample_scene

__all__ = ["BesideJob", "render_beside", "simulate_sensor_beside"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BesideJob(RenderJob):
    """A render job with the recipes whose sensors store the picture; all else is the first one's."""

    recipes_json: tuple[str, ...] = ()


def render_beside(
    recipes: Sequence[Recipe],
    images: Sequence[int],
    seed: int,
    watch: Callable[[RenderProgress], AbstractContextManager[object]],
) -> list[list[NDArray[np.uint8]]]:
    """Each image as the sensor of each recipe stores it, rendered once.

    Args:
        recipes: Equal but for their sensors.
        images: Image numbers.
        seed: Dataset seed.
        watch: Makes the context in which the images are rendered from the run's progress, e.g. a display.

    Returns:
        For each image one (H, W, 3) uint8 picture a recipe.

    Raises:
        RenderError: An image could not be made.
    """
    slots = choose_worker_slots("auto", None, len(images))
    progress = RenderProgress(len(images), slots.count)
    texts = tuple(resolve(recipe).model_dump_json() for recipe in recipes)
    image = recipes[0].image
    with (
        tempfile.TemporaryDirectory() as home,
        scratch_folder(Path(home), slots.count, (image.height_px, image.width_px)) as scratch,
    ):

        def job_for(image_index: int, slot: int) -> BesideJob:
            return BesideJob(
                recipe_json=texts[0],
                seed=seed,
                image_index=image_index,
                split="train",
                root=home,
                scratch_exr=str(scratch / f"worker-{slot}.exr"),
                device=slots.device,
                threads=slots.threads,
                recipes_json=texts,
            )

        settings = PoolSettings(slots=slots_in(scratch, slots.environments))
        with watch(progress):
            failed = make_images([tuple(images)], simulate_sensor_beside, job_for, settings, progress)
        if failed:
            number = min(failed)
            raise RenderError(f"image {number} could not be made: {failed[number]}")
        return [[np.load(_path(home, index, position)) for position in range(len(recipes))] for index in images]


def simulate_sensor_beside(job: BesideJob) -> JobResult:
    """Render the scene of an image once and store it as each of the sensors does."""
    spec, passes, result = render_passes(job)
    for position, text in enumerate(job.recipes_json):
        recipe = Recipe.model_validate_json(text)
        sensor = sample_scene(recipe, job.seed, job.image_index, catalogue=catalogue_of(recipe)).sensor
        rgb = simulate_sensor(passes.rgb, passes.depth_m, spec.camera, sensor)
        np.save(_path(job.root, job.image_index, position), as_stored(rgb, sensor.jpeg_quality))
    return result


def _path(root: str, image_index: int, position: int) -> Path:
    return Path(root) / f"{image_index}-{position}.npy"
