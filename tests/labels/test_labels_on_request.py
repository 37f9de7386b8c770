"""Labels on request: what is asked for, and nothing else."""

import json

import numpy as np
import pytest
from fake_render import camera, cast_rays, cube_mesh
from fake_scene import CATEGORIES, at, scene, thing

from synthvis.formats.image_record import dump_record, image_record
from synthvis.labels.image import label_image
from synthvis.labels.label import LabelInputs
from synthvis.labels.registry import compute_labels, label_names

MESHES = {1: cube_mesh(0.5), 2: cube_mesh(0.5), 3: cube_mesh(0.5)}


def labelled(names, *objects):
    spec = scene(camera(), *objects)
    passes = cast_rays(spec, MESHES)
    labels = label_image(spec, MESHES, passes, CATEGORIES)
    made = compute_labels(names, LabelInputs(spec=spec, meshes=MESHES, passes=passes, labels=labels))
    record = image_record(spec, labels, "train", "000001.jpg", CATEGORIES, made)
    return made, json.loads(dump_record(record)), spec, labels


TWO = (thing(1, at(0, 0, 1.25)), thing(2, at(0.6, 0, 3)))


@pytest.mark.parametrize("name", label_names())
def test_each_alone(name):
    made, record, _, _ = labelled([name], *TWO)
    assert made.keys() == {name}
    assert (made[name].map is not None) == (name in ("nocs", "boundary", "flow", "flow_backward", "scene_flow"))
    assert ("occlusion_order" in record["image"]["synthvis"]) == (name == "occlusion_order")
    for entry in record["annotations"]:
        assert ({"nocs", "box3d"} & entry["synthvis"].keys()) == ({name} & {"nocs", "box3d"})


def test_none_leaves_the_record_as_it_was():
    made, record, spec, labels = labelled([], *TWO)
    assert made == {}
    plain = dump_record(image_record(spec, labels, "train", "000001.jpg", CATEGORIES))
    assert record == json.loads(plain)
    for facts in (record["image"]["synthvis"], *(entry["synthvis"] for entry in record["annotations"])):
        assert not facts.keys() & set(label_names())


def test_the_facts_of_a_cube_by_hand():
    _, record, _, _ = labelled(label_names(), TWO[0])
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
    assert "NaN" not in json.dumps(record)


def test_pairs_name_instances():
    _, record, _, _ = labelled(label_names(), *TWO)
    (pair,) = record["image"]["synthvis"]["occlusion_order"]
    assert (pair["occluder"], pair["occluded"]) == (1, 2)
    assert pair["pixels"] > 0


def test_distractors_have_no_coordinates():
    made, _, _, _ = labelled(["nocs"], thing(1, at(0, 0, 1.25), category=None))
    assert not made["nocs"].map.any()
    assert made["nocs"].object_facts == {}


def test_an_empty_image_and_one_with_all_behind_the_camera():
    for objects in ((), (thing(1, at(0, 0, -3)),)):
        made, record, _, _ = labelled(label_names(), *objects)
        nocs, boundary = made["nocs"].map, made["boundary"].map
        assert not nocs.any() and not boundary.any()
        assert (made["box3d"].object_facts, made["occlusion_order"].image_facts, record["annotations"]) == ({}, [], [])
        assert record["image"]["synthvis"]["occlusion_order"] == []
        assert nocs.shape == (64, 64, 3) and boundary.dtype == np.uint8
