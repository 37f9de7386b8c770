"""Damaged COCO files, records and picture files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from mutations import INPUTS, mutated_bytes, mutated_json, refusals

from synthvis.data.coco.files import load_coco_json, parse_coco
from synthvis.data.coco.reader import read_coco_split
from synthvis.data.dataset import find_dataset
from synthvis.data.derived.crops import crops_of, one_class_images
from synthvis.data.maps.semantic import class_map, painted
from synthvis.data.picture_files import fault_of_picture
from synthvis.data.sample import mask_of
from synthvis.data.split import Split
from synthvis.data.statistics import statistics_of
from synthvis.errors import SynthvisError
from synthvis.formats.coco import merge_records
from synthvis.formats.images import read_image_rgb, read_png
from synthvis.formats.rle import encode_mask
from synthvis.objects.spec import Category

HW = (24, 32)
CATEGORIES = [Category(id=k, name=name, supercategory="x") for k, name in ((1, "cup"), (2, "apple"))]
MASK = np.zeros(HW, dtype=bool)
MASK[4:12, 6:20] = True


def coco_content() -> dict[str, Any]:
    """A small sound file with masks in all forms, a crowd, and keypoints."""
    forms = [[[6, 4, 20, 4, 20, 12, 6, 12]], encode_mask(MASK), {"size": list(HW), "counts": [100, 20, 648]}, []]
    points = [6, 4, 2, 20, 12, 1, 0, 0, 0]
    return {
        "info": {"description": "x"},
        "images": [{"id": k, "file_name": f"{k}.jpg", "width": HW[1], "height": HW[0]} for k in (1, 2, 3)],
        "annotations": [
            {"id": k, "image_id": 1 + k % 3, "category_id": 1 + k % 2, "bbox": [6, 4, 14, 8], "area": 100.5,
             "iscrowd": int(k == 4), "segmentation": form, "keypoints": points if k % 2 == 0 else None}
            for k, form in enumerate(forms, 1)
        ],
        "categories": [
            {"id": 1, "name": "cup", "keypoints": ["rim", "foot", "ear"], "flip_pairs": [[0, 1]], "sigmas": [1, 1, 1]},
            {"id": 2, "name": "apple"},
        ],
    }  # fmt: skip


def both(content: Any) -> Iterator[bytes]:
    """Half of the inputs are damaged values, half damaged bytes."""
    yield from mutated_json(content, INPUTS // 2)
    yield from mutated_bytes(json.dumps(content).encode(), INPUTS - INPUTS // 2)


def require_sound(split: Split) -> None:
    """What was read can be used without a second look."""
    for image in split.images:
        height, width = image.image_hw
        assert 0 < height * width <= 200_000_000
        assert image.path.is_relative_to(split.images[0].path.parent)
        for box in image.objects:
            x, y, box_width, box_height = box.bbox_xywh_px
            assert box_width > 0 and box_height > 0 and box.area_px > 0
            assert x >= -1 and y >= -1 and x + box_width <= width + 1 and y + box_height <= height + 1
            assert box.class_name in split.category_ids
            if box.segmentation is not None and image.image_hw == HW:
                mask_of(box.segmentation, HW)
    for row in split.left_out.rows:
        assert row.count > 0 and len(row.example) < 150
        row.example.encode("utf-8")
    statistics_of("x", [split])
    crops_of(split)
    one_class_images(split)


def test_coco_files(tmp_path: Path) -> None:
    def read(path: Path) -> None:
        require_sound(read_coco_split(path, tmp_path / "images", name="x", split="val", kind="real"))

    assert 0 < refusals(read, tmp_path / "instances_val.json", both(coco_content())) < INPUTS


def test_keypoint_files(tmp_path: Path) -> None:
    def read(path: Path) -> None:
        split = find_dataset(path, formats=("coco-keypoints",)).read()
        counts = {name: len(own.names) for name, own in split.keypoints.items()}
        for image in split.images:
            assert all(len(box.keypoints_xyv_px) == counts[box.class_name] for box in image.objects)

    assert 0 < refusals(read, tmp_path / "keypoints_val.json", both(coco_content())) < INPUTS


def test_files_under_the_quality_gate(tmp_path: Path) -> None:
    def read(path: Path) -> None:
        coco = parse_coco(load_coco_json(path))
        assert all(len(message) < 300 for _, _, message in coco.faults)

    assert 0 < refusals(read, tmp_path / "instances_val.json", both(coco_content())) < INPUTS


def test_records_and_their_merge(tmp_path: Path) -> None:
    content = coco_content()
    record = {
        "split": "val",
        "image": content["images"][0],
        "annotations": [{**entry, "image_id": 1} for entry in content["annotations"]],
        "hidden_instance_ids": [],
    }
    (tmp_path / "000001.json").write_bytes(json.dumps(record).encode())
    target = tmp_path / "out" / "instances.json"

    def merge(path: Path) -> None:
        merge_records(
            [tmp_path / "000001.json", path], CATEGORIES, {},
            instances_path=target, keypoints_path=tmp_path / "out" / "keypoints.json",
        )  # fmt: skip
        json.loads(target.read_bytes(), parse_constant=pytest.fail)

    assert 0 < refusals(merge, tmp_path / "000002.json", both(record)) < INPUTS


def picture_bytes(suffix: str) -> bytes:
    noise = np.random.default_rng(0).integers(0, 255, (*HW, 3), dtype=np.uint8)
    return bytes(cv2.imencode(suffix, noise)[1])


@pytest.mark.parametrize(("suffix", "read"), [(".jpg", read_image_rgb), (".png", read_image_rgb), (".png", read_png)])
def test_picture_files(suffix: str, read: Callable[[Path], Any], tmp_path: Path, capfd: Any) -> None:
    def look_and_read(path: Path) -> None:
        fault = fault_of_picture(path, HW)
        assert fault is None or len(fault) < 80
        assert read(path).dtype in (np.uint8, np.uint16)

    inputs = mutated_bytes(picture_bytes(suffix), INPUTS // 3)
    assert 0 < refusals(look_and_read, tmp_path / f"a{suffix}", inputs) <= INPUTS // 3
    capfd.readouterr()


def test_map_folders(tmp_path: Path, capfd: Any) -> None:
    depth = bytes(cv2.imencode(".png", np.full(HW, 900, dtype=np.uint16))[1])
    for folder in ("images", "depth", "labels"):
        (tmp_path / folder).mkdir()
    (tmp_path / "images" / "a.png").write_bytes(picture_bytes(".png"))

    def read(path: Path) -> None:
        split = find_dataset(tmp_path, formats=("depth-maps",)).read()
        assert read_png(path).shape[:2] == split.images[0].image_hw

    assert 0 < refusals(read, tmp_path / "depth" / "a.png", mutated_bytes(depth, INPUTS // 2)) <= INPUTS // 2
    capfd.readouterr()


def test_class_lists_and_class_maps(tmp_path: Path, capfd: Any) -> None:
    classes, labels = b"background\napple\ncup\n", bytes(cv2.imencode(".png", MASK.astype(np.uint8))[1])
    for folder in ("images", "labels"):
        (tmp_path / folder).mkdir()
    (tmp_path / "images" / "a.png").write_bytes(picture_bytes(".png"))
    (tmp_path / "classes.txt").write_bytes(classes)

    def read(_: Path) -> None:
        split = painted(find_dataset(tmp_path).read())
        class_map(split, split.images[0], split.class_names)

    for name, content in (("labels/a.png", labels), ("classes.txt", classes)):
        assert 0 < refusals(read, tmp_path / name, mutated_bytes(content, INPUTS // 4)) < INPUTS // 4
        (tmp_path / name).write_bytes(content)
    capfd.readouterr()


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"images": ' + b"9" * 5000 + b"}"])
def test_what_is_no_json_is_one_short_line(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "instances_val.json"
    path.write_bytes(content)
    for read in (load_coco_json, lambda path: read_coco_split(path, path.parent, name="x", split="v", kind="real")):
        with pytest.raises(SynthvisError) as caught:
            read(path)
        assert "\n" not in caught.value.what and len(caught.value.what) < 500
