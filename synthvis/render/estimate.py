"""What a render will cost in time and disk, before it starts."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from synthvis.config.recipe import Recipe
from synthvis.labels.registry import labels_named
from synthvis.render.rates import Rate, RunSpeed, known_rates
from synthvis.render.worker_slots import WorkerSlots

__all__ = ["Estimate", "estimated_bytes_per_image", "estimated_time", "measured_estimate"]

BYTES_PER_PIXEL = 4.0
"""Of all files of an image together, measured on the shipped recipes."""

DEPTH_BYTES_PER_PIXEL = {"png_1mm": 0.0, "png_0.1mm": 0.15, "npy_m": 3.8}
"""What an encoding of depth takes beyond the default, measured on ten pictures of an own mesh."""

RECORD_BYTES = 40_000

CORE_SECONDS_PER_SAMPLE = 2.1 / (320 * 320 * 8)
"""Of one pixel's sample with an environment map, measured on one AVX-512 machine."""

CORE_SECONDS_PER_IMAGE = 1.5
"""Of everything else: building the scene, labels, files. With it come the 0.56 images/s of docs/results/speed.md
(tabletop, 320x320, 8 samples) and the 0.69 of docs/results/reliability.md (coco, 320x240, 4 samples), each on
two cores."""

GPU_SPEEDUP = 20.0
MIN_IMAGES_TIMED = 10

LATEST = 5
"""Runs that a measured estimate rests on."""

MIN_OF_RUN = 10
"""Images of this folder's own last run that tell more than other runs."""

MEASURED_SPREAD = (0.75, 1.35)
SCALED_SPREAD = (0.6, 1.7)
OTHER_SPREAD = (0.4, 2.5)
GUESSED_SPREAD = (0.5, 4.0)
"""Factors from the estimate to the ends of its range: images of one recipe differ, machines more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """Wall time of one image.

    Attributes:
        seconds: The estimate.
        low: It is hardly less.
        high: It is hardly more, unless other work takes the cores.
        source: What it rests on, in words.
        is_measured: Whether this recipe was measured on this machine.
    """

    seconds: float
    low: float
    high: float
    source: str
    is_measured: bool


def estimated_bytes_per_image(recipe: Recipe) -> float:
    """Rough size of all files of one image."""
    pixels: int = recipe.image.width_px * recipe.image.height_px
    per_pixel = BYTES_PER_PIXEL + sum(label.bytes_per_pixel for label in labels_named(recipe.labels.extra))
    per_pixel += DEPTH_BYTES_PER_PIXEL[recipe.labels.depth]
    return per_pixel * pixels + RECORD_BYTES


def estimated_time(recipe: Recipe, slots: WorkerSlots, run_facts: Path) -> Estimate:
    """Wall time of an image, from the best that is known.

    That is the last run of this folder, else runs of this recipe on this machine, at this size or at another, else runs
    of other recipes on this machine, else a model that was calibrated on another machine.
    """
    cores, on_gpu = slots.threads * slots.count, any(slots.environments)
    own = _of_folder(run_facts)
    if own is not None:
        return _estimate(own / cores, MEASURED_SPREAD, "measured by the last run in this folder", is_measured=True)
    rates = known_rates(on_gpu=on_gpu)
    same = [rate for rate in rates if rate.recipe == recipe.name]
    equal = [rate for rate in same if _form(rate) == _form_of(recipe)]
    if equal:
        return measured_estimate([rate.core_seconds for rate in equal[-LATEST:]], cores, "measured by earlier runs")
    model = _model(*_form_of(recipe), on_gpu=on_gpu)
    if same or rates:
        factor = statistics.median(_to_model(rate, on_gpu) for rate in (same or rates)[-LATEST:])
        spread, source = (
            (SCALED_SPREAD, "from runs of this recipe at another size or number of samples")
            if same
            else (OTHER_SPREAD, "from runs of other recipes on this machine")
        )
        return _estimate(model * factor / cores, spread, source, is_measured=False)
    return _estimate(model / cores, GUESSED_SPREAD, "a rough guess", is_measured=False)


def measured_estimate(core_seconds: Sequence[float], cores: int, source: str) -> Estimate:
    """The estimate that measurements of this very recipe, size and number of samples give."""
    low, high = min(core_seconds), max(core_seconds)
    middle = statistics.median(core_seconds)
    spread = (min(MEASURED_SPREAD[0], low / middle), max(MEASURED_SPREAD[1], high / middle))
    return _estimate(middle / cores, spread, source, is_measured=True)


def _estimate(seconds: float, spread: tuple[float, float], source: str, *, is_measured: bool) -> Estimate:
    low, high = seconds * spread[0], seconds * spread[1]
    return Estimate(seconds=seconds, low=low, high=high, source=source, is_measured=is_measured)


def _form(rate: Rate) -> tuple[int, int, int]:
    return rate.width_px, rate.height_px, rate.samples


def _form_of(recipe: Recipe) -> tuple[int, int, int]:
    return recipe.image.width_px, recipe.image.height_px, recipe.render.samples


def _model(width_px: int, height_px: int, samples: int, *, on_gpu: bool) -> float:
    """Core seconds of an image."""
    cycles = CORE_SECONDS_PER_SAMPLE * width_px * height_px * samples
    return (cycles / GPU_SPEEDUP if on_gpu else cycles) + CORE_SECONDS_PER_IMAGE


def _to_model(rate: Rate, on_gpu: bool) -> float:
    return rate.core_seconds / _model(*_form(rate), on_gpu=on_gpu)


def _of_folder(run_json: Path) -> float | None:
    speed = RunSpeed.of_file(run_json)
    return None if speed is None or speed.images < MIN_OF_RUN else speed.core_seconds
