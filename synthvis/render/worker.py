"""One image from job to record, inside a worker process: sample, render, label, sensor, write."""

from __future__ import annotations

import errno
import math
import os
import resource
import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from synthvis.assets.resolve import catalogue_of, resolve
from synthvis.camera.enclosing import enclosing_pinhole
from synthvis.config.recipe import Recipe
from synthvis.conventions import image_stem
from synthvis.dataset.labelled_image import write_label_maps
from synthvis.dataset.layout import DatasetLayout, write_bytes_atomic
from synthvis.errors import MissingDependency, RenderError
from synthvis.formats.arrays import encode_normals
from synthvis.formats.depth import encoding_named
from synthvis.formats.image_record import dump_record, image_record
from synthvis.formats.images import as_stored, write_jpeg, write_png
from synthvis.labels.flow.around import FramesAround
from synthvis.labels.flow.frame import FrameGeometry
from synthvis.labels.image import label_image
from synthvis.labels.label import LabelInputs, StoredLabel
from synthvis.labels.passes import Passes
from synthvis.labels.registry import compute_labels, labels_named
from synthvis.labels.seen import fault_of_picture, seen_only
from synthvis.objects.mesh.mesh import Mesh, posed
from synthvis.objects.spec import Category
from synthvis.render.distort import distort_passes
from synthvis.render.job import Device, JobResult, RenderJob
from synthvis.render.passes import read_passes
from synthvis.render.sensor import metered_gain, simulate_sensor
from synthvis.render.worker_slots import SCRATCH_BYTES_PER_PIXEL
from synthvis.scene.environments.registry import SceneCatalogue
from synthvis.scene.film import Film, frame_of, sample_film
from synthvis.scene.sample import sample_scene
from synthvis.scene.serialise import scene_to_json
from synthvis.scene.spec import SceneSpec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from synthvis.render.blender import BlenderSession

__all__ = ["render_passes", "run_beside_bare", "run_job"]

KILOBYTES_PER_MB = 1024.0
METERED_PX = 96
"""Longer side of the picture from which the exposure of a film is taken."""
REDRAWS = 4
"""A picture that shows none of its labelled objects, or too little light, is drawn again so often; each draw depends on
recipe, seed and image number alone, so the picture that is kept does too."""


class _Stopwatch:
    """Wall seconds by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a stage."""
        started = time.perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - started


def run_job(job: RenderJob) -> JobResult:
    """Make one image and all its files; its record comes last and says that the image is made.

    Raises:
        OSError: A file cannot be written, for instance because the disk is full.
        RenderError: Blender fails, or no draw of the image shows what it should.
    """
    watch = _Stopwatch()
    with watch.stage("start"):
        session = _session(job.device, job.threads)
        recipe = _recipe(job.recipe_json)
    categories = _categories(job.recipe_json)
    faults: list[str] = []
    while True:
        with watch.stage("sample"):
            spec, meshes = _scene(job, len(faults))
        with watch.stage("sensor"):
            spec = _with_exposure(job, spec)
        if spec.film is not None and _wants_frames(job.recipe_json):
            with watch.stage("cycles"):
                passes = _frame_passes(job)
        else:
            passes = _render(session, spec, meshes, Path(job.scratch_exr), watch)
        with watch.stage("sensor"):
            image_rgb = simulate_sensor(passes.rgb, passes.depth_m, spec.camera, spec.sensor)
            stored_rgb = as_stored(image_rgb, spec.sensor.jpeg_quality)
        with watch.stage("label"):
            labels = seen_only(label_image(spec, meshes, passes, categories), stored_rgb)
            # What a film shows was decided for all its frames.
            fault = None if spec.film else fault_of_picture(spec, len(labels.instances), stored_rgb)
        if fault is None:
            break
        faults.append(fault)
        if len(faults) > REDRAWS:
            raise RenderError(f"drawn {len(faults)} times, none is worth keeping; the last: {fault}")
    with watch.stage("label"):
        around = _frames_around(job, spec, meshes, passes) if _wants_frames(job.recipe_json) else None
        inputs = LabelInputs(spec=spec, meshes=meshes, passes=passes, labels=labels, around=around)
        on_request = compute_labels(recipe.labels.extra, inputs)
    with watch.stage("write"):
        _write(job, inputs, on_request, image_rgb, categories)
    return _result(job, session, watch)


def render_passes(job: RenderJob) -> tuple[SceneSpec, Passes, JobResult]:
    """The scene of an image's first draw, its passes and what they cost; nothing is written.

    Raises:
        OSError: The scratch file cannot be written.
        RenderError: Blender fails.
    """
    watch = _Stopwatch()
    session = _session(job.device, job.threads)
    spec, meshes = _scene(job)
    return spec, _render(session, spec, meshes, Path(job.scratch_exr), watch), _result(job, session, watch)


def _result(job: RenderJob, session: BlenderSession, watch: _Stopwatch) -> JobResult:
    return JobResult(
        image_index=job.image_index,
        pid=os.getpid(),
        stage_seconds=watch.seconds,
        rss_mb=_rss_mb(),
        peak_rss_mb=_peak_rss_mb(),
        device=session.device_name,
    )


def run_beside_bare(job: RenderJob) -> JobResult:
    """Make one image, and also only render its scene: stage "floor" is the time of that bare render call.

    The two take turns in going first, so that neither profits from what the other warmed up. Stage "beside" is all the
    time that making the image alone would not have taken.

    Raises:
        OSError: A file cannot be written.
        RenderError: Blender fails.
    """
    bare_first = job.image_index % 2 == 0
    started = time.perf_counter()
    floor_s = _bare_seconds(job) if bare_first else 0.0
    result = run_job(job)
    floor_s = floor_s if bare_first else _bare_seconds(job)
    beside_s = time.perf_counter() - started - sum(result.stage_seconds.values())
    return replace(result, stage_seconds={**result.stage_seconds, "floor": floor_s, "beside": beside_s})


def _bare_seconds(job: RenderJob) -> float:
    spec, meshes = _scene(job)
    session = _session(job.device, job.threads)
    return session.render(_as_pinhole(spec), Path(job.scratch_exr), meshes).cycles_s


def _render(
    session: BlenderSession, spec: SceneSpec, meshes: Mapping[int, Mesh], exr_path: Path, watch: _Stopwatch
) -> Passes:
    started, read_before_s = time.perf_counter(), watch.seconds.get("read", 0.0)
    shown = _as_pinhole(spec)
    try:
        is_blurred = spec.film is not None and spec.film.is_blurred
        labels_only = replace(shown, render=replace(shown.render, samples=1, max_bounces=0, denoise=False))
        times = [session.render(labels_only if is_blurred else shown, exr_path, meshes)]
        with watch.stage("read"):
            passes = read_passes(exr_path, spec.camera.world_from_cam)
        if is_blurred:
            # Labels are those of the middle of the exposure; they come from a render of one sample without blur.
            times.append(session.render_blurred(shown, exr_path, meshes))
            with watch.stage("read"):
                passes = replace(passes, rgb=read_passes(exr_path, spec.camera.world_from_cam).rgb)
        with watch.stage("read"):
            passes = distort_passes(passes, shown.camera, spec.camera)
        watch.seconds["cycles"] = sum(one.cycles_s for one in times)
        read_s = watch.seconds["read"] - read_before_s
        watch.seconds["build"] = time.perf_counter() - started - watch.seconds["cycles"] - read_s
        return passes
    except RenderError as error:
        # Blender does not say why it wrote no file, or half of one.
        if shutil.disk_usage(exr_path.parent).free < SCRATCH_BYTES_PER_PIXEL * math.prod(shown.camera.image_hw):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(exr_path)) from error
        raise
    finally:
        exr_path.unlink(missing_ok=True)


def _with_exposure(job: RenderJob, spec: SceneSpec) -> SceneSpec:
    """The scene of a frame with the exposure of its film, which is that of the frame in the middle; others as they are.

    It is measured on a small picture of that frame, whether it has been made or not.
    """
    film = spec.film
    if film is None:
        return spec
    metered = job.image_index - film.frame + (film.frames + 1) // 2
    return replace(spec, sensor=replace(spec.sensor, gain=_film_gain(replace(job, image_index=metered))))


@lru_cache(maxsize=1)
def _film_gain(job: RenderJob) -> float:
    spec, meshes = _scene(job)
    shown, exr_path = _as_pinhole(spec), Path(job.scratch_exr)
    percent = min(100, math.ceil(100 * METERED_PX / max(shown.camera.image_hw)))
    try:
        _session(job.device, job.threads).render(shown, exr_path, meshes, percent=percent)
        return metered_gain(read_passes(exr_path, spec.camera.world_from_cam).rgb, spec.sensor)
    finally:
        exr_path.unlink(missing_ok=True)


def _frames_around(job: RenderJob, spec: SceneSpec, meshes: Mapping[int, Mesh], passes: Passes) -> FramesAround | None:
    """The geometry of a frame of a film and of its neighbours; None of a still image."""
    if spec.film is None:
        return None
    frame, last = spec.film.frame, spec.film.frames
    return FramesAround(
        here=FrameGeometry.of(spec, passes.depth_m, passes.instance_id, meshes),
        before=None if frame == 1 else _geometry(replace(job, image_index=job.image_index - 1)),
        after=None if frame == last else _geometry(replace(job, image_index=job.image_index + 1)),
    )


def _geometry(job: RenderJob) -> FrameGeometry:
    """The geometry of a frame, whether it has been made or not, so that labels depend on no other image's files."""
    spec, meshes = _scene(job)
    passes = _frame_passes(job)
    return FrameGeometry.of(spec, passes.depth_m, passes.instance_id, meshes)


@lru_cache(maxsize=3)
def _frame_passes(job: RenderJob) -> Passes:
    """The passes of a frame of a film, kept while its neighbours, and it itself, are made."""
    spec, meshes = _scene(job)
    return _render(_session(job.device, job.threads), spec, meshes, Path(job.scratch_exr), _Stopwatch())


def _as_pinhole(spec: SceneSpec) -> SceneSpec:
    """The scene for Blender, which knows no lens distortion."""
    return replace(spec, camera=enclosing_pinhole(spec.camera))


def _write(
    job: RenderJob,
    inputs: LabelInputs,
    on_request: Mapping[str, StoredLabel],
    image_rgb: NDArray[np.uint8],
    categories: Mapping[str, Category],
) -> None:
    layout = DatasetLayout(Path(job.root), encoding_named(_recipe(job.recipe_json).labels.depth))
    where, spec, passes, labels = (job.split, job.image_index), inputs.spec, inputs.passes, inputs.labels
    write_bytes_atomic(layout.scene(*where), scene_to_json(spec))
    write_jpeg(layout.image(*where), image_rgb, spec.sensor.jpeg_quality)
    layout.depth_encoding.write(layout.depth(*where), passes.depth_m)
    write_png(layout.normals(*where), encode_normals(passes.normal_cam))
    write_png(layout.semantic(*where), labels.semantic)
    write_png(layout.instances(*where), passes.instance_id)
    write_label_maps(layout, *where, on_request)
    record = image_record(spec, labels, job.split, f"{image_stem(job.image_index)}.jpg", categories, on_request)
    write_bytes_atomic(layout.record(*where), dump_record(record))


@lru_cache(maxsize=1)
def _session(device: Device, threads: int) -> BlenderSession:
    # The only way in which bpy enters: the module is imported by a worker process when its first job comes.
    try:
        with _few_cores(threads):
            from synthvis.render.blender import BlenderSession

            return BlenderSession(device=device, threads=threads)
    except ImportError as error:
        raise MissingDependency(f"Blender cannot be loaded: {error}", hint="`synthvis doctor` names the fix") from error
    except RenderError as error:
        # Unlike the failure of one image, this would meet every image.
        raise MissingDependency(error.what, hint=error.hint) from error


@contextmanager
def _few_cores(count: int) -> Iterator[None]:
    """Show Blender `count` cores while it starts, where the system has a say in that.

    Its task scheduler makes one thread for each core it sees at first use, whatever the scene's thread count says,
    and threads without work spin: that took half as much CPU time again as the rendering itself.
    """
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(cores)[:count])
    try:
        yield
    finally:
        # Threads that started meanwhile, Cycles' own among them, inherited the narrow choice.
        for thread in Path("/proc/self/task").iterdir():
            with suppress(ProcessLookupError):
                os.sched_setaffinity(int(thread.name), cores)


@lru_cache(maxsize=4)
def _recipe(recipe_json: str) -> Recipe:
    return resolve(Recipe.model_validate_json(recipe_json))


@lru_cache(maxsize=4)
def _catalogue(recipe_json: str) -> SceneCatalogue:
    return catalogue_of(_recipe(recipe_json))


def _scene(job: RenderJob, redraw: int = 0) -> tuple[SceneSpec, dict[int, Mesh]]:
    """The scene of an image, and its meshes by instance id."""
    catalogue, recipe = _catalogue(job.recipe_json), _recipe(job.recipe_json)
    if recipe.motion is not None:
        sequence, frame = frame_of(job.image_index, recipe.motion.frames)
        film, built = _film(job.recipe_json, job.seed, sequence)
        spec = film.frame(frame)
        joints = {item.instance_id: item.joints_rad for item in spec.objects}
        return spec, {name: posed(mesh, joints[name]) if joints[name] else mesh for name, mesh in built.items()}
    spec = sample_scene(recipe, job.seed, job.image_index, redraw, catalogue=catalogue)
    return spec, {item.instance_id: catalogue.objects.mesh_of(item) for item in spec.objects}


@lru_cache(maxsize=1)
def _film(recipe_json: str, seed: int, sequence: int) -> tuple[Film, dict[int, Mesh]]:
    """A film, and its meshes as they are built by instance id: the same in all its frames."""
    catalogue = _catalogue(recipe_json)
    film = sample_film(_recipe(recipe_json), seed, sequence, catalogue=catalogue)
    return film, {item.instance_id: catalogue.objects.mesh_of(item) for item in film.base.objects}


@lru_cache(maxsize=4)
def _wants_frames(recipe_json: str) -> bool:
    """Whether a label that the recipe asks for is made of neighbouring frames."""
    return any(label.needs_film for label in labels_named(_recipe(recipe_json).labels.extra))


@lru_cache(maxsize=4)
def _categories(recipe_json: str) -> dict[str, Category]:
    return {category.name: category for category in _catalogue(recipe_json).categories_of(_recipe(recipe_json))}


def _rss_mb() -> float:
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return _peak_rss_mb()
    return pages * os.sysconf("SC_PAGE_SIZE") / KILOBYTES_PER_MB**2


def _peak_rss_mb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Linux counts in kilobytes, macOS in bytes.
    return peak / KILOBYTES_PER_MB**2 if sys.platform == "darwin" else peak / KILOBYTES_PER_MB
