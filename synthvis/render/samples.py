"""A few pictures of each of several recipes by one set of workers: for sheets, not for datasets."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synthvis.assets.resolve import resolve
from synthvis.config.recipe import Recipe
from synthvis.dataset.layout import DatasetLayout
from synthvis.errors import RenderError
from synthvis.formats.image_record import read_record
from synthvis.formats.images import read_image_rgb
from synthvis.render.job import RenderJob
from synthvis.render.pool import PoolSettings, make_images, slots_in
from synthvis.render.progress import RenderProgress
from synthvis.render.worker import run_job
from synthvis.render.worker_slots import choose_worker_slots, scratch_folder

__all__ = ["Sample", "render_samples"]

SPLIT = "train"


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """One picture and where its labelled objects are.

    Attributes:
        image_rgb: (H, W, 3) uint8.
        boxes_xywh_px: (N, 4) float, of what is in sight of each object.
    """

    image_rgb: NDArray[np.uint8]
    boxes_xywh_px: NDArray[np.float64]


def render_samples(
    recipes: Mapping[str, Recipe],
    *,
    count: int,
    seed: int,
    workers: int | None,
    watch: Callable[[RenderProgress], AbstractContextManager[object]],
) -> list[list[Sample]]:
    """Images 1 to `count` of each recipe.

    Args:
        recipes: All of them, under names for messages; a worker goes from one to the next without starting anew.
        count: Images of each.
        seed: Seed of every recipe.
        workers: Processes side by side; None: as many as the cores allow.
        watch: Makes the context in which the images are rendered from the run's progress, e.g. a display.

    Raises:
        RenderError: An image could not be made.
    """
    slots = choose_worker_slots("auto", workers, len(recipes) * count)
    progress = RenderProgress(len(recipes) * count, slots.count)
    texts = [resolve(recipe).model_dump_json() for recipe in recipes.values()]
    largest_hw = (
        max(recipe.image.height_px for recipe in recipes.values()),
        max(recipe.image.width_px for recipe in recipes.values()),
    )
    with tempfile.TemporaryDirectory() as home, scratch_folder(Path(home), slots.count, largest_hw) as scratch:
        roots = [Path(home) / str(number) for number in range(len(recipes))]

        def job_for(number: int, slot: int) -> RenderJob:
            position, image = divmod(number - 1, count)
            return RenderJob(
                recipe_json=texts[position],
                seed=seed,
                image_index=image + 1,
                split=SPLIT,
                root=str(roots[position]),
                scratch_exr=str(scratch / f"worker-{slot}.exr"),
                device=slots.device,
                threads=slots.threads,
            )

        settings = PoolSettings(slots=slots_in(scratch, slots.environments))
        groups = [tuple(range(position * count + 1, (position + 1) * count + 1)) for position in range(len(recipes))]
        with watch(progress):
            failed = make_images(groups, run_job, job_for, settings, progress)
        if failed:
            number = min(failed)
            name, image = list(recipes)[(number - 1) // count], (number - 1) % count + 1
            raise RenderError(f"image {image} of {name} could not be made: {failed[number]}")
        return [[_sample(DatasetLayout(root), index) for index in range(1, count + 1)] for root in roots]


def _sample(layout: DatasetLayout, index: int) -> Sample:
    boxes = [one.bbox_xywh_px for one in read_record(layout.record(SPLIT, index)).annotations]
    return Sample(read_image_rgb(layout.image(SPLIT, index)), np.array(boxes, dtype=np.float64).reshape(-1, 4))
