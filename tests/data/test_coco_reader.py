"""COCO files from outside: what is kept is what pycocotools reads, and what is left out is named and counted."""

from __future__ import annotations

import contextlib
import io
import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pycocotools.coco import COCO

from synthvis.data.dataset import find_dataset
from synthvis.data.sample import mask_of
from synthvis.data.split import Split
from synthvis.errors import RealDataError
from synthvis.formats.rle import encode_mask

HW = (30, 40)
SQUARE = [[5, 6, 15, 6, 15, 16, 5, 16]]


def image(number: int = 1, **changes: Any) -> dict[str, Any]:
    return {"id": number, "file_name": f"{number}.jpg", "width": 40, "height": 30, **changes}


def annotation(number: int = 1, **changes: Any) -> dict[str, Any]:
    sound = {"image_id": 1, "category_id": 7, "bbox": [5, 6, 10, 10], "area": 100, "iscrowd": 0}
    return {"id": number, **sound, "segmentation": SQUARE, **changes}


def read(folder: Path, **changes: Any) -> Split:
    content = {
        "images": [image()],
        "annotations": [annotation()],
        "categories": [{"id": 7, "name": "traffic cone"}],
        **changes,
    }
    path = folder / "instances_val.json"
    path.write_text(json.dumps(content))
    found = find_dataset(path)
    split, on_disk = found.read(), found.index()
    # What stays in the file is the same, sample by sample, however odd the file.
    assert replace(on_disk, images=tuple(on_disk)) == split
    return split


def test_a_sound_file_is_what_pycocotools_reads(tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    mask = draw.random(HW) < 0.3
    runs = {"size": list(HW), "counts": [7, 3, 1190]}
    forms = [SQUARE, [*SQUARE, [20, 20, 30, 20, 25, 29.5]], encode_mask(mask), runs]
    annotations = [
        annotation(
            number,
            image_id=1 + number % 3,
            category_id=7 + number % 2,
            bbox=[float(value) for value in draw.uniform(1, 14, 4)],
            area=float(draw.uniform(1, 200)),
            iscrowd=int(number % 4 == 3),
            segmentation=forms[number % 4],
        )
        for number in range(1, 41)
    ]
    categories = [{"id": 7, "name": "cone"}, {"id": 8, "name": "cup"}]
    split = read(tmp_path, images=[image(k) for k in (1, 2, 3)], annotations=annotations, categories=categories)
    with contextlib.redirect_stdout(io.StringIO()):
        theirs = COCO(str(tmp_path / "instances_val.json"))
    assert not split.left_out
    for entry in split.images:
        reference = theirs.loadAnns(theirs.getAnnIds(imgIds=[entry.id]))
        assert len(entry.objects) == len(reference) > 0
        for box, other in zip(entry.objects, reference, strict=True):
            assert (list(box.bbox_xywh_px), box.area_px) == (other["bbox"], other["area"])
            assert (split.category_ids[box.class_name], box.is_crowd) == (other["category_id"], other["iscrowd"])
            assert box.segmentation is not None
            assert np.array_equal(mask_of(box.segmentation, HW), theirs.annToMask(other).astype(bool))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"bbox": [math.nan, 2, 3, 4]}, "numbers of no picture"),
        ({"bbox": [1, 2, math.inf, 4]}, "numbers of no picture"),
        ({"bbox": [1, 2, 10**400, 4]}, "not four numbers"),
        ({"bbox": [1, 2, "3", 4]}, "not four numbers"),
        ({"bbox": [1, 2, 3]}, "not four numbers"),
        ({"bbox": None}, "not four numbers"),
        ({"bbox": [1, 2, -3, 4]}, "no area"),
        ({"bbox": [1, 2, 3, 0]}, "no area"),
        ({"bbox": [40, 2, 3, 4]}, "outside its picture"),
        ({"bbox": [1, -9, 3, 4]}, "outside its picture"),
        ({"area": -5}, "area is not"),
        ({"area": math.nan}, "area is not"),
        ({"area": "9"}, "area is not"),
        ({"iscrowd": "0"}, "iscrowd"),
        ({"iscrowd": 2}, "iscrowd"),
        ({"iscrowd": None}, "iscrowd"),
        ({"id": "2"}, "id is not a whole number"),
        ({"id": 2.0}, "id is not a whole number"),
        ({"id": True}, "id is not a whole number"),
        ({"id": 1}, "id is taken"),
        ({"image_id": 9}, "image_id"),
        ({"image_id": "1"}, "image_id"),
        ({"image_id": 1.0}, "image_id"),
        ({"category_id": 77}, "category_id"),
        ({"category_id": [7]}, "category_id"),
        ({"segmentation": [[1, 2, math.nan, 4, 5, 6]]}, "not finite"),
        ({"segmentation": [[1, 2, None, 4, 5, 6]]}, "no number"),
        ({"segmentation": [[0, 0, 1e30, 0, 1e30, 1e30]]}, "far out"),
        ({"segmentation": [[1, 2, 3]]}, "three corners"),
        ({"segmentation": {"size": [10**5, 10**4], "counts": [10**9]}}, "another size"),
        ({"segmentation": {"size": list(HW), "counts": "o" * 30}}, "damaged runs"),
        ({"segmentation": {"size": list(HW), "counts": [7]}}, "damaged runs"),
        ({"segmentation": "mask"}, "none of COCO's forms"),
        ({"keypoints": [1, 2]}, "x, y, visibility"),
        ({"keypoints": [1, 2, 3]}, "visibility of a keypoint"),
        ({"keypoints": [1, math.nan, 2]}, "no number"),
    ],
)
def test_one_bad_annotation_is_left_out_and_the_others_stay(changes: Any, reason: str, tmp_path: Path) -> None:
    split = read(tmp_path, annotations=[annotation(), annotation(**{"id": 2, **changes})])
    assert split.object_count == 1
    (row,) = split.left_out.rows
    assert (row.part, row.treatment, row.count) == ("annotations", "left out", 1)
    assert reason in row.reason
    assert len(row.example) < 130 and row.example.isprintable()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"id": "2"}, "id is not"),
        ({"id": 2.0}, "id is not"),
        ({"file_name": "../a.jpg"}, "leads out"),
        ({"file_name": "/etc/passwd"}, "leads out"),
        ({"file_name": "..\\a.jpg"}, "leads out"),
        ({"file_name": "C:\\a.jpg"}, "leads out"),
        ({"file_name": "a\0.jpg"}, "leads out"),
        ({"file_name": "\ud800.jpg"}, "cannot be shown"),
        ({"file_name": ""}, "leads out"),
        ({"file_name": 7}, "not text"),
        ({"width": 0}, "of no picture"),
        ({"width": 40.0}, "of no picture"),
        ({"width": 10**5, "height": 10**5}, "of no picture"),
        ({"id": 1, "file_name": "1.jpg"}, "listed twice"),
    ],
)
def test_one_bad_image_is_left_out_with_its_annotations(changes: Any, reason: str, tmp_path: Path) -> None:
    pair = [annotation(), annotation(2, image_id=2)]
    split = read(tmp_path, images=[image(), image(2, **changes)], annotations=pair)
    assert [one.id for one in split.images] == [1] and split.object_count == 1
    images, annotations = split.left_out.rows
    assert (images.part, images.count, annotations.part) == ("images", 1, "annotations")
    assert reason in images.reason


def test_an_id_of_two_files_tells_of_neither(tmp_path: Path) -> None:
    split = read(
        tmp_path, images=[image(), image(2), image(2, file_name="b.jpg")], annotations=[annotation(image_id=1)]
    )
    assert [one.id for one in split.images] == [1]
    assert [(row.reason, row.count) for row in split.left_out.rows] == [("one id for several files", 2)]


def test_boxes_that_reach_out_are_clipped_and_counted(tmp_path: Path) -> None:
    boxes = [[30, 20, 20, 20], [-5, -6, 10, 10], [29.5, 5, 11, 5], [0, 0, 40, 30]]
    split = read(tmp_path, annotations=[annotation(k, bbox=box, area=None) for k, box in enumerate(boxes, 1)])
    kept = [box.bbox_xywh_px for box in split.images[0].objects]
    # The third reaches out by half a pixel: exporters round.
    assert kept == [(30, 20, 10, 10), (0, 0, 5, 4), (29.5, 5, 11, 5), (0, 0, 40, 30)]
    (row,) = split.left_out.rows
    assert (row.treatment, row.count, row.example) == ("clipped", 2, "annotation 1: [30.0, 20.0, 20.0, 20.0]")


def test_crowds_stay_crowds(tmp_path: Path) -> None:
    flags = [0, 1, False, True]
    split = read(tmp_path, annotations=[annotation(k, iscrowd=flag) for k, flag in enumerate(flags, 1)])
    assert [box.is_crowd for box in split.images[0].objects] == [False, True, False, True]


@pytest.mark.parametrize(
    "change",
    [
        lambda: {"images": [image(file_name="../a.jpg")], "annotations": []},
        lambda: {"annotations": [annotation(bbox=[0, 0, 0, 0])]},
        lambda: {"categories": [{"id": "7", "name": "cone"}]},
        lambda: {"categories": [{"id": 7, "name": "  "}]},
        lambda: {"categories": [{"id": 7, "name": "cone"}, {"id": 7, "name": "cup"}]},
        lambda: {"categories": [{"id": 7, "name": "cone"}, {"id": 8, "name": "Cone"}]},
    ],
)
def test_nothing_left_is_an_error_in_one_line(change: Callable[[], Any], tmp_path: Path) -> None:
    with pytest.raises(RealDataError) as caught:
        read(tmp_path, **change())
    assert "\n" not in caught.value.what and caught.value.hint
