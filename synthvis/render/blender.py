"""One Blender in this process that renders scene specs with Cycles."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import bpy

from blender_scenes.builder import SceneBuilder
from blender_scenes.motion import MIDDLE
from synthvis.errors import RenderError
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.object_type import IDENTITY
from synthvis.scene.spec import FilmFrame, RenderSpec, SceneSpec, WorldSpec

__all__ = ["BlenderSession", "RenderTimes"]

IMAGES_BETWEEN_RENEWALS = 50
"""What Cycles keeps between images grows by half a megabyte an image."""

GPU_BACKENDS = ("OPTIX", "CUDA", "HIP", "ONEAPI", "METAL")
"""Fastest first: OptiX beats CUDA on the same card."""


@dataclass(frozen=True, slots=True)
class RenderTimes:
    """Wall seconds of one render: building the scene, and Cycles with its file."""

    build_s: float
    cycles_s: float


class BlenderSession:
    """Renders one spec after the other; keep one a process.

    Args:
        device: "auto" takes a GPU when Cycles finds one; "cpu" or "gpu" insist.
        threads: CPU threads Cycles may use.

    Raises:
        RenderError: A GPU is asked for and Cycles finds none.
    """

    def __init__(self, device: str = "auto", threads: int = 1) -> None:
        with _quiet_stdout():
            self._builder = SceneBuilder()
            self.device_name = _choose_device(device)
            _set_up_once(threads, on_gpu=self.device_name != "CPU")
            _render_nothing()
        self._images = 0
        self._shown: SceneSpec | None = None

    def render(
        self, spec: SceneSpec, exr_path: Path, meshes: Mapping[int, Mesh] | None = None, *, percent: int = 100
    ) -> RenderTimes:
        """Render `spec` into a multilayer EXR with colour, depth, normal and object-index passes.

        Args:
            spec: What to show.
            exr_path: File to (over)write; its folder must exist.
            meshes: The mesh of each object by instance id; None builds them from the registered kinds.
            percent: Size of the picture, of the camera's.

        Raises:
            RenderError: The spec cannot be built, or Cycles wrote no image.
        """
        started = time.perf_counter()
        if meshes is None:
            meshes = _meshes_of(spec)
        with _quiet_stdout():
            if not self._show_next_frame(spec, meshes):
                self._renew_if_due(spec.world)
                self._builder.build(spec, meshes)
            self._shown = spec
            _set_up_render(spec.render)
            bpy.context.scene.render.resolution_percentage = percent
            built = time.perf_counter()
            self._run_cycles(spec, exr_path)
        return RenderTimes(build_s=built - started, cycles_s=time.perf_counter() - built)

    def render_blurred(self, spec: SceneSpec, exr_path: Path, meshes: Mapping[int, Mesh]) -> RenderTimes:
        """Render the scene that `render` has just shown once more, as it moves while the shutter is open.

        Only the colours of this render are of use: depth, normals and index come from any moment of the exposure.

        Raises:
            RenderError: Cycles wrote no image.
        """
        started = time.perf_counter()
        with _quiet_stdout():
            self._builder.open_shutter(spec, meshes)
            _set_up_render(spec.render)
            built = time.perf_counter()
            with _open_shutter(spec.film):
                self._run_cycles(spec, exr_path)
        return RenderTimes(build_s=built - started, cycles_s=time.perf_counter() - built)

    def _show_next_frame(self, spec: SceneSpec, meshes: Mapping[int, Mesh]) -> bool:
        """Move what is shown already, where this is another frame of its film; False where it is not."""
        if self._shown is None or not _is_same_film(self._shown, spec):
            return False
        self._builder.move(spec, meshes)
        return True

    def _renew_if_due(self, world: WorldSpec) -> None:
        """Let Cycles forget all it kept, at a new world, which costs it a second anyhow, and within long groups.

        In between it forgets the objects alone. It would fill the gaps that removed objects leave in its list with new
        ones, and the order of that list decides how things that glow are sampled: two lit screens would give the same
        image another noise after each other image.
        """
        if self._builder.shows_world(world) and self._images < IMAGES_BETWEEN_RENEWALS:
            self._builder.clear()
            _render_nothing()
            self._images += 1
            return
        self._builder.show_only_world(world)
        render = bpy.context.scene.render
        render.use_persistent_data = False  # Blender drops the data at this change, not at the next render.
        render.use_persistent_data = True
        _render_nothing()
        self._images = 1

    def _run_cycles(self, spec: SceneSpec, exr_path: Path) -> None:
        bpy.context.scene.render.filepath = str(exr_path.absolute())
        exr_path.unlink(missing_ok=True)
        try:
            bpy.ops.render.render(write_still=True)
        except RuntimeError as error:
            reason = str(error).strip().splitlines()[-1:] or ["unknown"]
            raise RenderError(f"image {spec.image_index}: Cycles failed: {reason[0]}") from error
        if not exr_path.is_file():
            raise RenderError(
                f"image {spec.image_index}: Cycles wrote no {exr_path}",
                hint="is the disk full, or the folder read-only?",
            )


def _is_same_film(one: SceneSpec, other: SceneSpec) -> bool:
    """Whether two scenes differ in poses alone: are frames of one film."""

    def without_poses(spec: SceneSpec) -> SceneSpec:
        objects = tuple(replace(item, world_from_object=IDENTITY, joints_rad={}) for item in spec.objects)
        camera = replace(spec.camera, world_from_cam=IDENTITY)
        return replace(
            spec, image_index=0, objects=objects, camera=camera, film=None, sensor=one.sensor, render=one.render
        )

    if one.film is None or other.film is None or one.film.sequence != other.film.sequence:
        return False
    return without_poses(one) == without_poses(other)


@contextmanager
def _open_shutter(film: FilmFrame | None) -> Iterator[None]:
    """Motion blur over the two frames of Blender that the keys of `blender_scenes.motion` span.

    With a rolling shutter, Cycles exposes each row for `rolling_shutter_duration` of that time, the first from its
    start, the last to its end.
    """
    scene = bpy.context.scene
    rolls = film is not None and film.readout_s > 0
    scene.cycles.rolling_shutter_type = "TOP" if rolls else "NONE"
    if film is not None and rolls:
        scene.cycles.rolling_shutter_duration = film.exposure_s / film.open_s
    scene.render.use_motion_blur, scene.render.motion_blur_shutter = True, 2.0
    scene.render.motion_blur_position = "CENTER"
    try:
        yield
    finally:
        scene.render.use_motion_blur = False


def _meshes_of(spec: SceneSpec) -> dict[int, Mesh]:
    from synthvis.objects.registry import mesh_of

    return {thing.instance_id: mesh_of(thing) for thing in spec.objects}


def _choose_device(device: str) -> str:
    """Point Cycles at a GPU or the CPU and name what it will use."""
    bpy.context.scene.render.engine = "CYCLES"
    names = [] if device == "cpu" else _enable_gpu()
    if device == "gpu" and not names:
        raise RenderError(
            "Cycles finds no GPU (OptiX, CUDA, HIP, oneAPI, Metal)", hint="use --device cpu, or check the GPU's driver"
        )
    bpy.context.scene.cycles.device = "GPU" if names else "CPU"
    return names[0] if names else "CPU"


def _enable_gpu() -> list[str]:
    """Switch on the GPUs of the first backend that has any; return their names."""
    preferences = bpy.context.preferences.addons["cycles"].preferences
    for backend in GPU_BACKENDS:
        try:
            preferences.compute_device_type = backend
        except TypeError:
            continue  # this build of Cycles does not know the backend
        preferences.refresh_devices()
        found = [entry for entry in preferences.devices if entry.type == backend]
        if found:
            for entry in preferences.devices:
                entry.use = entry.type == backend
            return [f"{backend}: {entry.name}" for entry in found]
    preferences.compute_device_type = "NONE"
    return []


def _set_up_once(threads: int, *, on_gpu: bool) -> None:
    """Everything about the scene that no spec decides."""
    scene = bpy.context.scene
    render, cycles, layer = scene.render, scene.cycles, scene.view_layers[0]
    scene.frame_set(MIDDLE)
    render.threads_mode, render.threads = "FIXED", threads
    render.use_compositing = render.use_sequencer = False
    render.use_persistent_data = True
    render.film_transparent = False
    render.use_file_extension = False
    layer.use_pass_combined = layer.use_pass_z = layer.use_pass_normal = layer.use_pass_object_index = True
    # A box one pixel wide keeps the single sample behind depth and index inside its pixel.
    cycles.pixel_filter_type, cycles.filter_width = "BOX", 1.0
    cycles.use_adaptive_sampling = False
    cycles.use_animated_seed = False
    cycles.caustics_reflective = cycles.caustics_refractive = False
    cycles.sample_clamp_indirect = 6.0
    cycles.use_light_tree = False
    cycles.denoiser = "OPENIMAGEDENOISE"
    cycles.denoising_quality, cycles.denoising_prefilter = "FAST", "FAST"
    cycles.denoising_use_gpu = on_gpu
    _set_up_file(render.image_settings)


def _render_nothing() -> None:
    """Let Cycles meet the world before any lamp.

    The order in which it first sees its lights stays until it forgets them and decides how they are sampled; without
    this, the noise of an image would tell whether it was the first since then.
    """
    scene = bpy.context.scene
    scene.render.resolution_x = scene.render.resolution_y = 8
    scene.render.resolution_percentage = 100
    scene.cycles.samples = 1
    bpy.ops.render.render(write_still=False)


def _set_up_file(settings: bpy.types.ImageFormatSettings) -> None:
    if bpy.app.version >= (5, 0):
        settings.media_type = "MULTI_LAYER_IMAGE"
    settings.file_format = "OPEN_EXR_MULTILAYER"
    settings.color_depth = "32"
    settings.exr_codec = "NONE"


def _set_up_render(spec: RenderSpec) -> None:
    cycles = bpy.context.scene.cycles
    cycles.samples, cycles.seed = spec.samples, spec.cycles_seed
    cycles.max_bounces = spec.max_bounces
    cycles.diffuse_bounces = min(spec.max_bounces, 2)
    cycles.glossy_bounces = cycles.transmission_bounces = spec.max_bounces
    cycles.transparent_max_bounces = 8
    cycles.use_denoising = spec.denoise


@contextmanager
def _quiet_stdout() -> Iterator[None]:
    """Send what Blender prints from C to nowhere: the user's stdout is for data."""
    sys.stdout.flush()
    kept = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)
