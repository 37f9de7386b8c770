"""From a recipe, a seed and a folder to a finished dataset: plan, render what is missing, merge, keep the books."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from synthvis.assets.resolve import catalogue_of, resolve
from synthvis.camera.enclosing import MAX_WIDENING
from synthvis.config.recipe import Recipe
from synthvis.conventions import MAX_SEED
from synthvis.dataset.assemble import assemble, coco_info, made_images, read_quarantine, write_quarantine
from synthvis.dataset.layout import DatasetLayout, write_json_atomic
from synthvis.dataset.lock import hold_folder, remove_half_written
from synthvis.dataset.manifest import Manifest, deciding_versions, manifest_of, reserve_dataset
from synthvis.dataset.output import DATASET, check_output_folder
from synthvis.dataset.own_meshes import write_own_meshes
from synthvis.dataset.part import Part, images_of_shard, keep_part, part_facts, read_part
from synthvis.dataset.run_facts import Host, RunFacts
from synthvis.errors import DatasetError, SynthvisError, UsageError
from synthvis.objects.spec import Category
from synthvis.render.job import Device, RenderJob
from synthvis.render.pool import DiskFull, PoolSettings, make_images, slots_in
from synthvis.render.process import is_disk_full
from synthvis.render.progress import RenderProgress
from synthvis.render.rates import RunSpeed, keep_rate
from synthvis.render.worker import run_job
from synthvis.render.worker_slots import WorkerSlots, choose_worker_slots, scratch_folder, usable_cores
from synthvis.scene.groups import Grouping, groups_of

__all__ = ["RenderPlan", "RenderRequest", "RenderSummary", "plan_render", "render_dataset"]

MAX_IMAGES = 10_000_000

Watch = Callable[[RenderProgress], AbstractContextManager[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderRequest:
    """What the user wants.

    Attributes:
        recipe: The resolved recipe.
        seed: Dataset seed.
        root: Dataset folder.
        n: Images 1 to n are wanted.
        only: When not empty: make exactly these images, whether they are there or not.
        shard: i and n: make the i-th of n parts of the images; counts from 1.
        workers: Processes side by side, None for the default.
        device: "auto", "cpu" or "gpu".
        timeout_s: Time limit of one image.
        retries: Further attempts at an image that failed.
        recycle_after: Images after which a worker is replaced.
        command: Words of the command that asks for it, kept for whoever must repeat it.
    """

    recipe: Recipe
    seed: int
    root: Path
    n: int
    only: tuple[int, ...] = ()
    shard: tuple[int, int] = (1, 1)
    workers: int | None = None
    device: Device = "auto"
    timeout_s: float = 600.0
    retries: int = 2
    recycle_after: int = 250
    command: tuple[str, ...] = ()

    @property
    def wanted(self) -> Sequence[int]:
        """Numbers of the images to have at the end, ascending."""
        if self.only:
            return sorted(set(self.only))
        return images_of_shard(self.n, self.shard, Grouping.of(self.recipe), self.seed)

    def split_of(self, image_index: int) -> str:
        """The split of an image, which depends on its number alone."""
        every, motion = self.recipe.split.val_every, self.recipe.motion
        # All frames of a film are in one split.
        number = image_index if motion is None else (image_index - 1) // motion.frames + 1
        return "val" if every and number % every == 0 else "train"

    def made_images(self, wanted: Iterable[int]) -> set[int]:
        """Those of `wanted` that are there with all their files."""
        return made_images(DatasetLayout(self.root), wanted, self.split_of, self.recipe.labels.extra)


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderPlan:
    """What a render would do.

    Attributes:
        manifest: Content of dataset.json.
        categories: Classes of the dataset.
        missing: Images to make.
        made: Images of the request that are there already.
        slots: Workers.
    """

    manifest: Manifest
    categories: tuple[Category, ...]
    missing: tuple[int, ...]
    made: tuple[int, ...]
    slots: WorkerSlots


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderSummary:
    """What a render did.

    Attributes:
        made: Images made in this run.
        already_there: Images that earlier runs had made.
        by_split: Images of the whole dataset by split.
        quarantined: Images that could not be made, with the reason.
        facts: Content of run.json.
    """

    made: int
    already_there: int
    by_split: Mapping[str, int]
    quarantined: Mapping[int, str]
    facts: RunFacts


def plan_render(request: RenderRequest) -> RenderPlan:
    """Find out what is to be done, writing nothing.

    Raises:
        UsageError: The request makes no sense.
        DatasetError: The folder holds another dataset, or something else.
    """
    if request.n < 1 or any(index < 1 for index in request.only):
        raise UsageError("images count from 1: --n and --only must be at least 1")
    if max(request.n, *request.only, 0) > MAX_IMAGES:
        raise UsageError(f"--n and --only go up to {MAX_IMAGES:,}", hint="make several datasets, each with its --seed")
    if not 0 <= request.seed <= MAX_SEED:
        raise UsageError(f"--seed {str(request.seed)[:40]} is no seed: a whole number from 0 to {MAX_SEED}")
    if not request.timeout_s > 0 or request.retries < 0:
        raise UsageError("--timeout must be above 0 and --retries must not be negative")
    request = replace(request, recipe=resolve(request.recipe))
    categories = catalogue_of(request.recipe).categories_of(request.recipe)
    manifest = manifest_of(request.recipe.model_dump(mode="json"), request.seed, categories, deciding_versions())
    reserve_dataset(request.root, manifest, write=False)
    if not 1 <= request.shard[0] <= request.shard[1]:
        raise UsageError(f"--shard {request.shard[0]}/{request.shard[1]}: shards count from 1/n to n/n")
    wanted = request.wanted
    made = set() if request.only else request.made_images(wanted)
    missing = tuple(index for index in wanted if index not in made)
    return RenderPlan(
        manifest=manifest,
        categories=tuple(categories),
        missing=missing,
        made=tuple(sorted(made)),
        slots=choose_worker_slots(request.device, request.workers, len(missing)),
    )


def render_dataset(request: RenderRequest, watch: Watch) -> RenderSummary:
    """Make the dataset, or what is missing of it.

    Args:
        request: What the user wants.
        watch: Makes the context in which the images are rendered from the run's progress, e.g. a display.

    Raises:
        DatasetError: The folder is in use, holds something else, or cannot be written.
        DiskFull: No space is left; everything finished is kept.
        RenderError: No image can be made.
        KeyboardInterrupt: Ctrl-C; everything finished is kept and merged.
    """
    check_output_folder(request.root, DATASET)
    try:
        with hold_folder(request.root):
            return _Run(request).run(watch)
    except OSError as error:
        if is_disk_full(error):
            raise DiskFull(f"no space left on the disk for {request.root}") from error
        what = f"cannot write to {error.filename or request.root}: {error.strerror or error}"
        raise DatasetError(what, hint="check the folder's permissions, or choose another with --out") from error


class _Run:
    """One run over a folder that is held."""

    def __init__(self, request: RenderRequest) -> None:
        self.request = replace(request, recipe=resolve(request.recipe))
        self.plan = plan_render(self.request)
        self.layout = DatasetLayout(request.root)
        self.progress = RenderProgress(len(self.plan.missing), self.plan.slots.count, len(self.plan.made))
        self.started = datetime.now(UTC)

    def run(self, watch: Watch) -> RenderSummary:
        reserve_dataset(self.request.root, self.plan.manifest)
        remove_half_written(self.request.root)
        write_own_meshes(self.layout, self.request.recipe)
        quarantined: dict[int, str] = {}
        try:
            if self.plan.missing:
                with watch(self.progress):
                    quarantined = self._make_missing()
        except BaseException:
            # What is finished becomes part of a valid dataset; the trouble that stopped the run is the one to report.
            if self.progress.count("done"):
                with suppress(SynthvisError, OSError):
                    self._finish({})
            raise
        return self._finish(quarantined)

    def _make_missing(self) -> dict[int, str]:
        request, plan = self.request, self.plan
        image = request.recipe.image
        # A picture with distortion is rendered wider.
        widening = 1.0 if request.recipe.camera.distortion.is_none else MAX_WIDENING
        image_hw = (round(image.height_px * widening), round(image.width_px * widening))
        if request.only:
            for index in plan.missing:
                self.layout.record(request.split_of(index), index).unlink(missing_ok=True)
        with scratch_folder(request.root, plan.slots.count, image_hw) as scratch:
            settings = PoolSettings(
                slots=slots_in(scratch, plan.slots.environments),
                timeout_s=request.timeout_s,
                retries=request.retries,
                recycle_after=request.recycle_after,
            )
            groups = groups_of(plan.missing, Grouping.of(request.recipe), request.seed)
            return make_images(groups, run_job, self._job_maker(scratch), settings, self.progress)

    def _job_maker(self, scratch: Path) -> Callable[[int, int], RenderJob]:
        recipe_json = self.request.recipe.model_dump_json()
        root = str(self.request.root.resolve())

        def job_for(image_index: int, slot: int) -> RenderJob:
            return RenderJob(
                recipe_json=recipe_json,
                seed=self.request.seed,
                image_index=image_index,
                split=self.request.split_of(image_index),
                root=root,
                scratch_exr=str(scratch / f"worker-{slot}.exr"),
                device=self.plan.slots.device,
                threads=self.plan.slots.threads,
            )

        return job_for

    def _finish(self, quarantined: Mapping[int, str]) -> RenderSummary:
        reasons = {**read_quarantine(self.layout), **quarantined}
        still_missing = set(reasons) - self.request.made_images(reasons)
        write_quarantine(self.layout, {index: reasons[index] for index in still_missing})
        info = coco_info(self.request.recipe.name, self.request.seed)
        by_split = assemble(self.layout, self.plan.categories, info)
        facts = self._facts(by_split, quarantined)
        keep_rate(self.request.recipe, RunSpeed.of(facts))
        asked = self._asked()
        if self.plan.missing or not self.layout.run_facts.exists():
            written = facts.to_dict()
            write_json_atomic(self.layout.run_facts, {**written, "asked": part_facts(asked)} if asked else written)
        elif asked is not None:
            keep_part(self.layout, asked)
        return RenderSummary(
            made=self.progress.count("done"),
            already_there=len(self.plan.made),
            by_split=by_split,
            quarantined=quarantined,
            facts=facts,
        )

    def _asked(self) -> Part | None:
        """What the folder is to hold after this run: single images that are made anew change nothing about it."""
        before, request = read_part(self.layout), self.request
        if request.only:
            return before
        n = max(request.n, before.n if before else 0)
        index, count = request.shard
        grouping = Grouping.of(request.recipe)
        return Part(n=n, index=index, count=count, grouping=grouping, command=request.command)

    def _facts(self, by_split: Mapping[str, int], quarantined: Mapping[int, str]) -> RunFacts:
        progress, slots = self.progress, self.plan.slots
        done, seconds = progress.count("done"), progress.elapsed_s
        return RunFacts(
            started=self.started.isoformat(timespec="seconds"),
            finished=datetime.now(UTC).isoformat(timespec="seconds"),
            seconds=round(seconds, 2),
            host=Host(name=platform.node(), system=platform.platform(), cores=usable_cores()),
            python=platform.python_version(),
            versions=deciding_versions(),
            workers=slots.count,
            threads_per_worker=slots.threads,
            devices=tuple(sorted(progress.devices)),
            images_made=done,
            images_already_there=len(self.plan.made),
            images_by_split=dict(by_split),
            images_per_s=round(done / seconds, 4) if seconds else 0.0,
            stage_seconds_per_image={
                name: round(total / done, 4) for name, total in progress.stage_seconds.items() if done
            },
            peak_rss_mb=round(progress.peak_rss_mb, 1),
            attempts_failed={kind: progress.count(kind) for kind in ("error", "crash", "timeout")},
            workers_recycled=progress.count("recycled"),
            quarantined={str(index): reason for index, reason in sorted(quarantined.items())},
        )
