"""What a render will cost in time and disk, before it starts."""

from __future__ import annotations

import json
from pathlib import Path

from synthvis.config.recipe import Recipe
from synthvis.render.lanes import Lanes

__all__ = ["estimated_bytes_per_image", "estimated_seconds_per_image"]

BYTES_PER_PIXEL = 4.0
"""Of all files of an image together, measured on the shipped recipes."""

NOCS_BYTES_PER_PIXEL = 0.6
"""Of desks with a sixth of the picture labelled; the other labels on request are small."""

DEPTH_BYTES_PER_PIXEL = {"png_1mm": 0.0, "png_0.1mm": 0.15, "npy_m": 3.8}
"""What an encoding of depth takes beyond the default, measured on ten pictures of an own mesh."""

RECORD_BYTES = 40_000
CPU_CORE_SECONDS_PER_SAMPLE = 2.1 / (320 * 320 * 8)
"""Of one pixel's sample with an environment map, measured on one AVX-512 machine."""

GPU_SPEEDUP = 20.0


def estimated_bytes_per_image(recipe: Recipe) -> float:
    """Rough size of all files of one image."""
    pixels: int = recipe.image.width_px * recipe.image.height_px
    per_pixel = BYTES_PER_PIXEL + NOCS_BYTES_PER_PIXEL * ("nocs" in recipe.labels.extra)
    per_pixel += DEPTH_BYTES_PER_PIXEL[recipe.labels.depth]
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


def _measured(run_facts: Path) -> float | None:
    try:
        facts = json.loads(run_facts.read_bytes())
        speed = float(facts["images_per_s"]) if facts["images_made"] >= 10 else 0.0
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return 1 / speed if speed > 0 else None
