"""A small valid dataset on disk, made without Blender: real kinds, real meshes, rays cast in numpy."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
from fake_render import camera, cast_rays
from fake_scene import at, scene

from synthvis.camera.pinhole import look_at
from synthvis.conventions import image_stem
from synthvis.dataset.assemble import assemble, coco_info
from synthvis.dataset.labelled_image import write_label_maps
from synthvis.dataset.layout import DatasetLayout, write_bytes_atomic, write_json_atomic
from synthvis.dataset.manifest import manifest_of
from synthvis.formats.arrays import encode_normals
from synthvis.formats.depth import encoding_named
from synthvis.formats.image_record import dump_record, image_record
from synthvis.formats.images import as_stored, write_jpeg, write_png
from synthvis.labels.flow.around import FramesAround
from synthvis.labels.flow.frame import FrameGeometry
from synthvis.labels.image import label_image
from synthvis.labels.label import LabelInputs
from synthvis.labels.passes import Passes
from synthvis.labels.registry import compute_labels
from synthvis.labels.seen import seen_only
from synthvis.objects.registry import categories_for, mesh_of, object_type_named
from synthvis.objects.spec import ObjectSpec
from synthvis.scene.serialise import scene_to_json
from synthvis.scene.spec import FilmFrame, SceneSpec

KINDS = ("apple", "orange", "banana")
IMAGE_HW = (48, 64)
SPLIT_OF = {1: "train", 2: "train", 3: "val"}
FRAMES = 2
"""Of a film."""


@cache
def _rendered(image_index: int, crowded: bool, distortion: tuple[float, ...] | None = None) -> tuple[SceneSpec, Passes]:
    """A scene and its passes; where it is crowded the apple stands before the orange."""
    rng = np.random.default_rng(image_index)
    objects = [
        _object(1, "apple", (0.0, -0.08, 0.0) if crowded else (-0.09, 0.0, 0.0), rng),
        _object(2, "orange", (0.03, 0.02, 0.0), rng),
        _object(3, "banana", (0.0, -0.12, 0.0), rng),
        # Far below the floor: labelled, and never seen.
        _object(4, "orange", (0.0, 0.0, -3.0), rng),
    ][: image_index + 1 if image_index < 3 else 4]
    # Towards the border of the picture, where a lens bends most.
    target_m = (0, 0, 0.03) if distortion is None else (0.2, 0, 0.1)
    cam = camera(look_at((0.05 * image_index, -0.5, 0.35), target_m), image_hw=IMAGE_HW)
    spec = scene(replace(cam, distortion=distortion), *objects, image_index=image_index, seed=7)
    return spec, cast_rays(spec, {o.instance_id: mesh_of(o) for o in objects}, floor_z_m=0.0)


def _object(instance_id: int, kind: str, place_m, rng) -> ObjectSpec:
    drawn = object_type_named(kind).sample(rng)
    return ObjectSpec(
        instance_id=instance_id,
        kind=kind,
        category=object_type_named(kind).category.name,
        params=drawn.params,
        surfaces=drawn.surfaces,
        world_from_object=at(*place_m),
    )


def _film_frame(image_index: int) -> FilmFrame:
    return FilmFrame(
        sequence=(image_index + 1) // FRAMES, frame=2 - image_index % FRAMES, frames=FRAMES, fps=10.0, exposure_s=0.0
    )


def _around(spec: SceneSpec, distortion: tuple[float, ...] | None) -> FramesAround:
    """The frames of a film, of which the third image has no second one."""

    def geometry(image_index: int) -> FrameGeometry:
        scene_of, passes = _rendered(image_index, True, distortion)
        return FrameGeometry.of(scene_of, passes.depth_m, passes.instance_id)

    here = geometry(spec.image_index)
    return {
        1: lambda: FramesAround(here=here, after=geometry(2)),
        2: lambda: FramesAround(here=here, before=geometry(1)),
        3: lambda: FramesAround(here=here),
    }[spec.image_index]()


def write_fake_dataset(
    root: Path,
    extra: tuple[str, ...] = (),
    distortion: tuple[float, ...] | None = None,
    depth: str = "png_1mm",
    *,
    film: bool = False,
) -> Path:
    """Three images of 64 x 48 pixels, two to train on and one to validate with.

    With `extra` labels on request, and then with objects that hide parts of others. With OpenCV's `distortion`
    through a lens whose rays OpenCV bends. With `film` the first two images are the frames of one, with labels on
    request.
    """
    layout = DatasetLayout(root, encoding_named(depth))
    categories = categories_for(KINDS)
    recipe = {"name": "test", "objects": {"kinds": dict.fromkeys(KINDS, 1.0)}}
    if extra or depth != "png_1mm":
        recipe["labels"] = {"extra": list(extra), "depth": depth}
    if film:
        recipe["motion"] = {"frames": FRAMES}
    write_json_atomic(layout.manifest, manifest_of(recipe, 7, categories, {"synthvis": "0"}).to_dict())
    for image_index, split in SPLIT_OF.items():
        spec, passes = _rendered(image_index, bool(extra), distortion)
        meshes = {o.instance_id: mesh_of(o) for o in spec.objects}
        by_name = {category.name: category for category in categories}
        pixels = np.round(np.clip(passes.rgb, 0, 1) ** (1 / 2.2) * 255).astype(np.uint8)
        labels = seen_only(label_image(spec, meshes, passes, by_name), as_stored(pixels, 95))
        if film:
            spec = replace(spec, film=_film_frame(image_index))
        around = _around(spec, distortion) if film else None
        inputs = LabelInputs(spec=spec, meshes=meshes, passes=passes, labels=labels, around=around)
        on_request = compute_labels(extra, inputs)
        where = (split, image_index)
        write_bytes_atomic(layout.scene(*where), scene_to_json(spec))
        write_jpeg(layout.image(*where), pixels, 95)
        layout.depth_encoding.write(layout.depth(*where), passes.depth_m)
        write_png(layout.normals(*where), encode_normals(passes.normal_cam))
        write_png(layout.semantic(*where), labels.semantic)
        write_png(layout.instances(*where), passes.instance_id)
        write_label_maps(layout, *where, on_request)
        record = image_record(spec, labels, split, f"{image_stem(image_index)}.jpg", by_name, on_request)
        write_bytes_atomic(layout.record(*where), dump_record(record))
    assemble(layout, categories, coco_info("test", 7))
    return root
