"""The quality gate on labels on request behind a lens: renders with jitter, and boxes whose edges bulge."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from fake_render import box_mesh, camera, cast_rays, cube_mesh, turned
from fake_scene import CATEGORIES, scene, thing

from synthvis.camera.enclosing import enclosing_pinhole
from synthvis.camera.pinhole import look_at
from synthvis.checks.labels import label_findings
from synthvis.dataset.labelled_image import StoredImage, write_label_maps
from synthvis.dataset.layout import DatasetLayout
from synthvis.formats.coco_entries import AnnotationEntry, ImageEntry
from synthvis.formats.depth import PNG_1MM
from synthvis.formats.image_record import image_record
from synthvis.formats.images import write_png
from synthvis.labels.image import label_image
from synthvis.labels.label import LabelInputs
from synthvis.labels.registry import compute_labels, label_names, labels_named
from synthvis.render.distort import distort_passes

BARREL = (-0.28, 0.05, 0.002, -0.003, 0.0)
PINCUSHION = (0.5, 0.2, -0.002, 0.001, 0.0)
MESHES = {1: box_mesh((0, 0, 0), (0.5, 0.1, 0.3)), 2: cube_mesh(0.3), 3: box_mesh((-0.6, 0, 0), (0, 0.06, 0.06))}


@pytest.mark.parametrize("distortion", [BARREL, PINCUSHION])
@pytest.mark.parametrize("seed", range(6))
def test_jittered_renders_behind_a_lens_are_sound(tmp_path, seed, distortion):
    """The sample may be a whole pixel of the render from the centre of the pixel that shows it."""
    rng = np.random.default_rng(seed)
    view = camera(look_at((0.8, -0.7, 0.7), (0, 0, 0.1), roll_rad=0.4), image_hw=(96, 128))
    cam = replace(view, intrinsics_px=(130.0, 134.0, 60.0, 50.0), distortion=distortion)
    spec = scene(cam, *(thing(k, turned(rng, *rng.uniform(-0.3, 0.3, 3))) for k in MESHES))
    wide = enclosing_pinhole(cam)
    jitter = rng.uniform(0, 1, (2, *wide.image_hw))
    passes = distort_passes(cast_rays(replace(spec, camera=wide), MESHES, jitter=jitter), wide, cam)
    labels = label_image(spec, MESHES, passes, CATEGORIES)
    inputs = LabelInputs(spec=spec, meshes=MESHES, passes=passes, labels=labels)
    made = compute_labels(label_names(), inputs)
    layout = DatasetLayout(tmp_path)
    write_label_maps(layout, "train", 1, made)
    write_png(layout.depth("train", 1), PNG_1MM.encode(passes.depth_m))
    write_png(layout.instances("train", 1), passes.instance_id)
    record = image_record(spec, labels, "train", "000001.jpg", CATEGORIES, made)
    image = StoredImage(layout=layout, split="train", entry=record.image, annotations=record.annotations)
    assert list(label_findings(labels_named(["nocs", "box3d", "occlusion_order"]), image)) == []
    assert len(record.annotations) == 3


@pytest.mark.parametrize("distortion", [BARREL, PINCUSHION])
@pytest.mark.parametrize("widened_px", [0, 3])
def test_a_plate_seen_whole_bulges_over_its_corners_and_is_still_in_its_box(tmp_path, distortion, widened_px):
    K = np.array([[128.0, 0, 64], [0, 128, 48], [0, 0, 1]])
    corners = np.array([(x, y, z) for x in (-0.45, 0.45) for y in (-0.35, 0.35) for z in (1.0, 1.0)])

    def projected(points):
        return cv2.projectPoints(points, np.zeros(3), np.zeros(3), K, np.array(distortion))[0][:, 0]

    x, y = np.meshgrid(np.linspace(-0.45, 0.45, 181), np.linspace(-0.35, 0.35, 141))
    plate = projected(np.stack([x, y, np.ones_like(x)], axis=-1).reshape(-1, 3))
    low, high = plate.min(axis=0), plate.max(axis=0) + widened_px
    # What the plate bends by is more than the gate allows, and only a barrel bends it outwards.
    bulge = max(*(projected(corners).min(axis=0) - low), *(high - widened_px - projected(corners).max(axis=0)))
    assert bulge > 2 if distortion == BARREL else bulge < 0.1
    facts = {
        "cam_from_object": np.eye(4).tolist(),
        "amodal_bbox": [*low, *(high - low)],
        "box3d": {
            "centre_m": [0, 0, 1],
            "size_m": [0.9, 0.7, 0],
            "corners_cam_m": corners.tolist(),
            "corners_px": projected(corners).tolist(),
        },
    }
    camera_facts = {"K": K.tolist(), "distortion": list(distortion)}
    plate = {"id": 1, "image_id": 1, "category_id": 1, "bbox": facts["amodal_bbox"], "synthvis": facts}
    image = StoredImage(
        layout=DatasetLayout(tmp_path),
        split="train",
        entry=ImageEntry.of({"id": 1, "width": 128, "height": 96, "synthvis": camera_facts}),
        annotations=[AnnotationEntry.of(plate)],
    )
    found = label_findings(labels_named(["box3d"]), image)
    assert [message for _, message in found] == ["annotation 1: the silhouette leaves the box"] * (widened_px > 0)
