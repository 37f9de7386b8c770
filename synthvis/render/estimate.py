"""What a render will cost in time and disk, before it starts."""

from __future__ import annotations

from pathlib import Path

from synthvis.config.recipe import Recipe
from synthvis.errors import SynthvisError
from synthvis.formats.json_file import Count, FileModel, Number, read_json
from synthvis.render.lanes import Lanes

__all__ = ["estimated_bytes_per_image", "estimated_seconds_per_image"]

BYTES_PER_PIXEL = 4.0
"""Of all files of an image together, measured on the shipped recipes."""

NOCS_BYTES_PER_PIXEL = 0.6
"""Of desks with a sixth of the picture labelled; the other labels on request are small."""

RECORD_BYTES = 40_000
CPU_CORE_SECONDS_PER_SAMPLE = 2.1 / (320 * 320 * 8)
"""Of one pixel's sample with an environment map, measured on one AVX-512 machine."""

GPU_SPEEDUP = 20.0
MIN_IMAGES_TIMED = 10


def estimated_bytes_per_image(recipe: Recipe) -> float:
    """Rough size of all files of one image."""
    pixels: int = recipe.image.width_px * recipe.image.height_px
    per_pixel = BYTES_PER_PIXEL + NOCS_BYTES_PER_PIXEL * ("nocs" in recipe.labels.extra)
    return per_pixel * pixels + RECORD_BYTES


def estimated_seconds_per_image(recipe: Recipe, lanes: Lanes, run_facts: Path) -> tuple[float, bool]:
    """Seconds of wall time per image, and whether they were measured by an earlier run into the same folder."""
    measured = _measured(run_facts)
    if measured is not None:
        return measured, True
    samples = recipe.image.width_px * recipe.image.height_px * recipe.render.samples
    seconds = CPU_CORE_SECONDS_PER_SAMPLE * samples / (lanes.threads * lanes.count) + 0.05
    on_gpu = any(lanes.environments)
    return (seconds / GPU_SPEEDUP + 0.1 if on_gpu else seconds), False


class RunFacts(FileModel):
    """What run.json says of the speed of an earlier run; a merge writes none."""

    images_made: Count = 0
    images_per_s: Number = 0.0


def _measured(run_facts: Path) -> float | None:
    try:
        facts = read_json(run_facts, RunFacts, what="facts of a run", hint="")
    except SynthvisError:
        return None
    return 1 / facts.images_per_s if facts.images_per_s > 0 and facts.images_made >= MIN_IMAGES_TIMED else None
