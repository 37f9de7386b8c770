"""The quality gate knows the lens: labels through it pass, and labels of a pinhole do not."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from fake_render import camera, cast_rays, cube_mesh
from fake_scene import CATEGORIES, at, scene, thing

from synthvis.camera.pinhole import K_of
from synthvis.checks.scene import keypoint_findings, pose_findings
from synthvis.conventions import NAMESPACE
from synthvis.formats.coco_entries import AnnotationEntry, ImageEntry
from synthvis.formats.image_record import dump_record, image_record
from synthvis.labels.image import label_image
from synthvis.objects.spec import KeypointSymmetry

CAMERA = replace(camera(), intrinsics_px=(60.0, 62.0, 33.0, 30.0), distortion=(-0.25, 0.05, 0.001, 0.002, 0.0))
MESH = cube_mesh(0.5, ((-0.2, 0.1, -0.25), (0.0, 0.0, 0.25)))


@pytest.fixture
def record():
    spec = scene(CAMERA, thing(1, at(0.6, 0.3, 1.25)))
    passes = cast_rays(spec, {1: MESH})
    return spec, values_of(spec, label_image(spec, {1: MESH}, passes, CATEGORIES))


def values_of(spec, labels, categories=CATEGORIES):
    """The record of an image as it stands in its file."""
    return json.loads(dump_record(image_record(spec, labels, "train", "000001.jpg", categories)))


def findings(spec, made, symmetry=()):
    annotations = [AnnotationEntry.of({"id": 1, **entry}) for entry in made["annotations"]]
    return [
        *pose_findings(spec, ImageEntry.of(made["image"]), annotations),
        *keypoint_findings(spec, annotations, lambda _: MESH, {"box": symmetry}),
    ]


def test_a_record_through_a_lens_is_sound_and_says_so(record):
    spec, made = record
    assert findings(spec, made) == []
    facts = made["image"][NAMESPACE]
    assert facts["K"] == K_of(CAMERA).tolist() and facts["distortion"] == list(CAMERA.distortion)
    plain = scene(replace(CAMERA, distortion=None))
    empty = label_image(plain, {}, cast_rays(plain, {}), CATEGORIES)
    assert "distortion" not in values_of(plain, empty)["image"][NAMESPACE]


def test_keypoints_of_a_pinhole_are_found_out(record):
    spec, made = record
    pinhole = replace(spec, camera=replace(CAMERA, distortion=None))
    straight = label_image(pinhole, {1: MESH}, cast_rays(pinhole, {1: MESH}), CATEGORIES)
    flat = np.array(straight.instances[0].keypoints_xyv).ravel().tolist()
    made["annotations"][0]["keypoints"] = flat
    assert {rule for rule, _ in findings(spec, made)} == {"keypoints"}


@pytest.mark.parametrize("first", ["lowest", "left"])
def test_keypoints_with_names_of_another_view_are_found_out(record, first):
    """The points of the cube are exchanged by a turn, so that their names follow from the picture."""
    spec, _ = record
    turn = KeypointSymmetry(cycles=((0, 1),), first=first)
    categories = {"box": replace(CATEGORIES["box"], symmetry=(turn,))}
    labels = label_image(spec, {1: MESH}, cast_rays(spec, {1: MESH}), categories)
    named = values_of(spec, labels, categories)
    assert findings(spec, named, (turn,)) == []
    flat = named["annotations"][0]["keypoints"]
    named["annotations"][0]["keypoints"] = flat[3:] + flat[:3]
    assert {rule for rule, _ in findings(spec, named, (turn,))} == {"keypoints"}


@pytest.mark.parametrize("stored", [None, [0.0] * 5, "k1"])
def test_another_distortion_in_the_file_is_found_out(record, stored):
    spec, made = record
    made["image"][NAMESPACE]["distortion"] = stored
    assert [rule for rule, _ in findings(spec, made)] == ["pose"]
