"""Entries of COCO files by name: what is there, and None where what is there cannot be used."""

from __future__ import annotations

import numpy as np
import pytest
from pycocotools import mask as coco_mask

from synthvis.errors import DatasetError
from synthvis.formats.coco_entries import AnnotationEntry, ImageEntry

MASK = np.zeros((4, 6), dtype=bool)
MASK[1:3, 2:5] = True
RLE = coco_mask.encode(np.asfortranarray(MASK, dtype=np.uint8))
SEGMENTATION = {"size": [4, 6], "counts": RLE["counts"].decode()}
POSE = [[1, 0, 0, 0.5], [0, 1, 0, 0], [0, 0, 1, 2], [0, 0, 0, 1]]

ANNOTATION = {
    "id": 7,
    "image_id": 3,
    "category_id": 52,
    "bbox": [2, 1, 3.0, 2.0],
    "area": 6,
    "iscrowd": 0,
    "segmentation": SEGMENTATION,
    "keypoints": [1.5, 2.5, 2, 0, 0, 0],
    "num_keypoints": 1,
    "synthvis": {
        "instance_id": 4,
        "amodal_bbox": [0, 0, 6, 4],
        "amodal_segmentation": SEGMENTATION,
        "visible_fraction": 0.5,
        "truncation": 0,
        "contrast": 3.25,
        "cam_from_object": POSE,
        "box3d": {"size_m": [1, 2, 3]},
    },
}
IMAGE = {
    "id": 3,
    "file_name": "000003.jpg",
    "width": 6,
    "height": 4,
    "synthvis": {"K": [[5, 0, 3], [0, 5, 2], [0, 0, 1]], "world_from_cam": POSE, "occlusion_order": []},
}


def without(values, key):
    return {name: value for name, value in values.items() if name != key}


def with_facts(values, **facts):
    return {**values, "synthvis": {**values["synthvis"], **facts}}


def test_an_annotation_by_name():
    entry = AnnotationEntry.of(ANNOTATION)
    assert (entry.id, entry.image_id, entry.category_id, entry.area_px, entry.iscrowd) == (7, 3, 52, 6, 0)
    assert entry.bbox_xywh_px == (2, 1, 3, 2) and entry.amodal_bbox_xywh_px == (0, 0, 6, 4)
    assert (entry.instance_id, entry.visible_fraction, entry.truncation, entry.contrast) == (4, 0.5, 0, 3.25)
    assert entry.keypoints_xyv.tolist() == [[1.5, 2.5, 2], [0, 0, 0]] and entry.num_keypoints == 1
    assert entry.cam_from_object.tolist() == POSE
    assert np.array_equal(entry.mask((4, 6)), MASK) and np.array_equal(entry.amodal_mask((4, 6)), MASK)
    assert entry.label_facts("box3d") == {"size_m": [1, 2, 3]} and entry.label_facts("nocs") is None
    assert entry.name == "annotation 7" and entry.values is ANNOTATION


def test_an_annotation_without_the_facts_of_synthvis():
    entry = AnnotationEntry.of(without(without(ANNOTATION, "synthvis"), "keypoints"))
    assert (entry.instance_id, entry.cam_from_object, entry.contrast, entry.label_facts("box3d")) == (None,) * 4
    assert not entry.has_keypoints and entry.keypoints is None and entry.keypoints_xyv.shape == (0, 3)
    with pytest.raises(DatasetError, match="not RLE"):
        entry.amodal_mask((4, 6))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("instance_id", "4"),
        ("instance_id", True),
        ("instance_id", 4.0),
        ("contrast", None),
        ("contrast", [1]),
        ("visible_fraction", "half"),
        ("amodal_bbox", [1, 2, 3]),
        ("amodal_bbox", [1, 2, 3, "4"]),
        ("cam_from_object", [[1, 0], [0, 1]]),
        ("cam_from_object", "here"),
        ("cam_from_object", [[1, 2], [3]]),
    ],
)
def test_what_cannot_be_used_is_none(name, value):
    entry = AnnotationEntry.of(with_facts(ANNOTATION, **{name: value}))
    assert getattr(entry, "amodal_bbox_xywh_px" if name == "amodal_bbox" else name) is None


@pytest.mark.parametrize("facts", [None, [], "facts", 3])
def test_facts_that_are_no_object_are_none(facts):
    assert AnnotationEntry.of({**ANNOTATION, "synthvis": facts}).instance_id is None
    assert ImageEntry.of({**IMAGE, "synthvis": facts}).K is None


@pytest.mark.parametrize(
    "segmentation", [None, [[1, 1, 2, 2, 3, 3]], {"size": [4, 6]}, {"size": [4, 5], "counts": "0"}]
)
def test_a_mask_that_is_none(segmentation):
    with pytest.raises(DatasetError):
        AnnotationEntry.of({**ANNOTATION, "segmentation": segmentation}).mask((4, 6))


@pytest.mark.parametrize("values", [[1, 2, "3"], "1 2 2", {"x": 1}, [None] * 3])
def test_keypoints_that_are_no_numbers(values):
    entry = AnnotationEntry.of({**ANNOTATION, "keypoints": values})
    assert entry.has_keypoints and entry.keypoints is None and len(entry.keypoints_xyv) == 0


@pytest.mark.parametrize("key", ["image_id", "category_id", "bbox"])
def test_an_annotation_needs_image_class_and_box(key):
    with pytest.raises(DatasetError, match=key):
        AnnotationEntry.of(without(ANNOTATION, key))


def test_an_image_by_name():
    entry = ImageEntry.of(IMAGE)
    assert (entry.id, entry.file_name, entry.image_hw) == (3, "000003.jpg", (4, 6))
    assert entry.world_from_cam.tolist() == POSE and not entry.has_distortion
    # A point 2 m before the camera and 0.4 m to the right: 5 * 0.4 / 2 = 1 pixel right of the centre.
    assert entry.projector.project(np.array([[0.4, 0.0, 2.0]])).tolist() == [[4.0, 2.0]]
    # An empty list is something that is said of the image.
    assert entry.label_facts("occlusion_order") == [] and entry.label_facts("nocs") is None


@pytest.mark.parametrize("key", ["id", "width", "height"])
def test_an_image_needs_its_number_and_size(key):
    with pytest.raises(DatasetError, match=key):
        ImageEntry.of(without(IMAGE, key))
