"""Labels on request: what is asked for, and nothing else."""

import numpy as np
import pytest
from fake_render import camera, cast_rays, cube_mesh
from fake_scene import CATEGORIES, at, scene, thing

from synthvis.conventions import EXTRA_LABELS
from synthvis.formats.coco import dump_record, image_record
from synthvis.labels.extra import extra_labels
from synthvis.labels.image import label_image

MESHES = {1: cube_mesh(0.5), 2: cube_mesh(0.5), 3: cube_mesh(0.5)}


def labelled(names, *objects):
    spec = scene(camera(), *objects)
    passes = cast_rays(spec, MESHES)
    labels = label_image(spec, MESHES, passes, CATEGORIES)
    extra = extra_labels(names, spec, MESHES, passes, labels)
    return extra, image_record(spec, labels, "train", "000001.jpg", CATEGORIES, extra), spec, labels


TWO = (thing(1, at(0, 0, 1.25)), thing(2, at(0.6, 0, 3)))


@pytest.mark.parametrize("name", EXTRA_LABELS)
def test_each_alone(name):
    extra, record, _, _ = labelled([name], *TWO)
    assert extra.names == (name,)
    assert (extra.nocs is not None) == (name == "nocs")
    assert (extra.boundary is not None) == (name == "boundary")
    assert ("occlusion_order" in record["image"]["synthvis"]) == (name == "occlusion_order")
    for entry in record["annotations"]:
        assert ({"nocs", "box3d"} & entry["synthvis"].keys()) == ({name} & {"nocs", "box3d"})


def test_none_leaves_the_record_as_it_was():
    _, record, spec, labels = labelled([], *TWO)
    assert dump_record(record) == dump_record(image_record(spec, labels, "train", "000001.jpg", CATEGORIES))


def test_the_facts_of_a_cube_by_hand():
    _, record, _, _ = labelled(EXTRA_LABELS, TWO[0])
    (entry,) = record["annotations"]
    facts = entry["synthvis"]
    assert facts["nocs"] == {"centre_m": [0.0, 0.0, 0.0], "diagonal_m": round(0.5 * 3**0.5, 9)}
    box = facts["box3d"]
    assert (box["centre_m"], box["size_m"]) == ([0.0, 0.0, 0.0], [0.5, 0.5, 0.5])
    assert box["corners_cam_m"][0] == [-0.25, -0.25, 1.0] and box["corners_cam_m"][7] == [0.25, 0.25, 1.5]
    assert box["corners_px"][0] == [16.0, 16.0] and box["corners_px"][7] == [42.667, 42.667]
    assert record["image"]["synthvis"]["occlusion_order"] == []


def test_a_corner_behind_the_camera_is_null():
    _, record, _, _ = labelled(["box3d"], thing(1, at(0.35, 0, 0)))
    (entry,) = record["annotations"]
    assert entry["synthvis"]["box3d"]["corners_px"][0::2] == [None] * 4
    assert None not in entry["synthvis"]["box3d"]["corners_px"][1::2]
    assert b"NaN" not in dump_record(record)


def test_pairs_name_instances():
    _, record, _, _ = labelled(EXTRA_LABELS, *TWO)
    (pair,) = record["image"]["synthvis"]["occlusion_order"]
    assert (pair["occluder"], pair["occluded"]) == (1, 2)
    assert pair["pixels"] > 0


def test_distractors_have_no_coordinates():
    extra, _, _, _ = labelled(["nocs"], thing(1, at(0, 0, 1.25), category=None))
    assert not extra.nocs.any()
    assert extra.boxes == {}


def test_an_empty_image_and_one_with_all_behind_the_camera():
    for objects in ((), (thing(1, at(0, 0, -3)),)):
        extra, record, _, _ = labelled(EXTRA_LABELS, *objects)
        assert not extra.nocs.any() and not extra.boundary.any()
        assert (extra.boxes, extra.occlusion_order, record["annotations"]) == ({}, (), [])
        assert record["image"]["synthvis"]["occlusion_order"] == []
        assert extra.nocs.shape == (64, 64, 3) and extra.boundary.dtype == np.uint8
