"""Speed of a render: images/s, where the time goes, and whether memory stays flat."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from synthvis.bench.render_case import RenderCase
from synthvis.bench.result import BenchResult
from synthvis.config.recipe import Recipe
from synthvis.errors import RenderError
from synthvis.render.job import JobResult, RenderJob
from synthvis.render.pool import PoolSettings, make_images, slots_in
from synthvis.render.worker import run_beside_bare, run_job
from synthvis.render.worker_slots import WorkerSlots, choose_worker_slots, scratch_folder
from synthvis.scene.groups import Grouping, groups_of

__all__ = ["RenderBench", "bench_render", "memory_growth_mb"]

WARM_UP_IMAGES = 1
"""The first image of a worker pays for starting Blender, loading kernels and building the world."""

STAGES = ("sample", "build", "cycles", "read", "label", "sensor", "write", "start", "pool")
OUTSIDE_CYCLES_TARGET = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderBench(BenchResult):
    """What was rendered, and figures of the images after each worker's first.

    Attributes:
        recipe, size, samples, labels: As in `RenderCase`.
        images: Images that count.
        workers: Processes side by side.
        threads: CPU threads of each.
        device: What Cycles used.
        images_per_s: Steady speed of all workers together.
        samples_per_s: The same in samples of pixels.
        wall_s_per_image: Wall time of one worker per image, the pool's own share included.
        stage_s_per_image: Mean seconds by stage; "pool" is what no stage accounts for.
        floor_s_per_image: Mean seconds of the bare render call for the same scenes, where it was asked for.
        ratio_to_floor: Wall time over the bare render call.
        outside_cycles: Share of the wall time that is not Cycles, in 0..1.
        peak_rss_mb: Highest memory of any worker.
        rss_growth_mb: Largest growth of a worker's memory, from the median of the run's second quarter to that of its
            last: single images differ by their scenes, and Cycles' store is emptied now and then.
    """

    recipe: str
    size: str
    samples: int
    labels: str
    images: int
    workers: int
    threads: int
    device: str
    images_per_s: float
    samples_per_s: float
    wall_s_per_image: float
    stage_s_per_image: Mapping[str, float]
    floor_s_per_image: float | None
    ratio_to_floor: float | None
    outside_cycles: float
    peak_rss_mb: float
    rss_growth_mb: float

    def lines(self) -> Sequence[str]:
        """Speed, one line a stage, memory and the ratio to the bare render call."""
        wall = self.wall_s_per_image
        found = [
            f"{self.images_per_s:.2f} images/s, {self.samples_per_s / 1e6:.2f} million samples/s: "
            f"{self.images} images of {self.recipe}, {self.size}, {self.samples} samples, {self.labels} labels, "
            f"{self.workers} x {self.threads} threads, {self.device}"
        ]
        stages = self.stage_s_per_image
        found += [
            f"  {name:<8} {stages[name] * 1000:8.1f} ms  {stages[name] / wall:6.1%}"
            for name in STAGES
            if name in stages
        ]
        verdict = "within" if self.outside_cycles <= OUTSIDE_CYCLES_TARGET else "above"
        target = f"({verdict} the target of {OUTSIDE_CYCLES_TARGET:.0%})"
        found.append(f"outside Cycles: {self.outside_cycles:.1%} of the wall time {target}")
        grown = f"{self.rss_growth_mb:+.1f} MB from the second quarter to the last"
        found.append(f"memory: peak {self.peak_rss_mb:.0f} MB, {grown}")
        if self.floor_s_per_image is not None:
            found.append(
                f"bare render call: {self.floor_s_per_image:.3f} s/image; with all labels {wall:.3f} s/image, "
                f"{self.ratio_to_floor:.2f} times the floor"
            )
        return found


def bench_render(case: RenderCase) -> RenderBench:
    """Make the images of a case in a temporary folder, as `synthvis render` does, and measure.

    Raises:
        RenderError: An image could not be made, or fewer than two images per worker leave nothing to measure.
        UsageError, RecipeError: As `RenderCase.load_recipe`.
    """
    recipe, n, seed = case.load_recipe(), case.images, case.seed
    slots = choose_worker_slots(case.device, case.workers, n)
    recorder = _Recorder(slots.count)
    size = (recipe.image.height_px, recipe.image.width_px)
    function = run_beside_bare if case.against_floor else run_job
    with tempfile.TemporaryDirectory() as root, scratch_folder(Path(root), slots.count, size) as scratch:
        job_for = _job_maker(recipe, seed, slots, root, scratch)
        groups = groups_of(range(1, n + 1), Grouping.of(recipe), seed)
        failed = make_images(groups, function, job_for, _settings(slots, scratch, n), recorder)
    if failed:
        raise RenderError(f"image {min(failed)} could not be made: {failed[min(failed)]}")
    return _summarise(case, recipe, recorder.by_slot, slots.threads)


def _job_maker(
    recipe: Recipe, seed: int, slots: WorkerSlots, root: str, scratch: Path
) -> Callable[[int, int], RenderJob]:
    recipe_json = recipe.model_dump_json()

    def job_for(image_index: int, slot: int) -> RenderJob:
        return RenderJob(
            recipe_json=recipe_json,
            seed=seed,
            image_index=image_index,
            split="train",
            root=root,
            scratch_exr=str(scratch / f"worker-{slot}.exr"),
            device=slots.device,
            threads=slots.threads,
        )

    return job_for


def _settings(slots: WorkerSlots, scratch: Path, n: int) -> PoolSettings:
    return PoolSettings(
        slots=slots_in(scratch, slots.environments),
        retries=0,
        recycle_after=n + 1,
    )


class _Recorder:
    """Keeps every result with the time it came."""

    def __init__(self, slots: int) -> None:
        self.by_slot: list[list[tuple[float, JobResult]]] = [[] for _ in range(slots)]

    def image_done(self, slot: int, result: JobResult) -> None:
        """Keep it."""
        self.by_slot[slot].append((time.perf_counter(), result))

    def image_started(self, slot: int, image_index: int) -> None:
        """Of no interest."""

    def attempt_failed(self, slot: int, kind: str) -> None:
        """Of no interest."""

    def image_quarantined(self, slot: int) -> None:
        """Of no interest."""

    def slot_idle(self, slot: int) -> None:
        """Of no interest."""


def _summarise(
    case: RenderCase, recipe: Recipe, by_slot: Sequence[Sequence[tuple[float, JobResult]]], threads: int
) -> RenderBench:
    slots = [slot for slot in by_slot if len(slot) > WARM_UP_IMAGES]
    if not slots:
        raise RenderError("too few images to measure", hint="give a larger --n")
    results = [result for slot in slots for _, result in slot[WARM_UP_IMAGES:]]
    walls = [_wall_s(slot) for slot in slots]
    wall = sum(walls) / len(results)
    names = sorted({name for result in results for name in result.stage_seconds})
    stages = {name: sum(r.stage_seconds.get(name, 0.0) for r in results) / len(results) for name in names}
    floor = stages.pop("floor", None)
    stages.pop("beside", None)
    stages["pool"] = wall - sum(stages.values())
    images_per_s = sum((len(slot) - WARM_UP_IMAGES) / seconds for slot, seconds in zip(slots, walls, strict=True))
    return RenderBench(
        recipe=case.recipe,
        size=case.size,
        samples=case.samples,
        labels=case.labels,
        images=len(results),
        workers=len(slots),
        threads=threads,
        device=results[0].device,
        images_per_s=images_per_s,
        samples_per_s=images_per_s * recipe.image.width_px * recipe.image.height_px * recipe.render.samples,
        wall_s_per_image=wall,
        stage_s_per_image=stages,
        floor_s_per_image=floor,
        ratio_to_floor=None if floor is None else wall / floor,
        outside_cycles=1 - stages["cycles"] / wall,
        peak_rss_mb=max(result.peak_rss_mb for result in results),
        rss_growth_mb=max(memory_growth_mb([result.rss_mb for _, result in slot]) for slot in slots),
    )


def memory_growth_mb(rss_mb: Sequence[float]) -> float:
    """Median of the last quarter less median of the second; 0 with fewer than four values."""
    quarter = len(rss_mb) // 4
    return statistics.median(rss_mb[-quarter:]) - statistics.median(rss_mb[quarter : 2 * quarter]) if quarter else 0.0


def _wall_s(slot: Sequence[tuple[float, JobResult]]) -> float:
    """Seconds from the end of the warm-up to the end of the last image, less what the comparison took."""
    beside = sum(result.stage_seconds.get("beside", 0.0) for _, result in slot[WARM_UP_IMAGES:])
    return slot[-1][0] - slot[WARM_UP_IMAGES - 1][0] - beside
