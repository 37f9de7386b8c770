"""Photographs that a phone stored on their side, as Pillow, OpenCV and the sizes of labels say they are meant."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageOps

from synthvis.data.dataset import find_dataset
from synthvis.data.picture_files import fault_of_picture, with_sound_pictures
from synthvis.data.picture_lists import picture_size_hw
from synthvis.formats.images import read_image_rgb

HW = (30, 40)


def picture() -> NDArray[np.uint8]:
    noise = np.random.default_rng(0).integers(0, 255, (*HW, 3), dtype=np.uint8)
    return cv2.GaussianBlur(noise, (9, 9), 3)


def with_orientation(path: Path, orientation: int, pixels: NDArray[np.uint8]) -> Path:
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(pixels).save(path, exif=exif, quality=100)
    return path


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_turned_as_pillow_and_opencv_turn_it(tmp_path: Path, orientation: int) -> None:
    path = with_orientation(tmp_path / "a.jpg", orientation, picture())
    found = read_image_rgb(path)
    assert np.array_equal(found, cv2.imread(str(path))[:, :, ::-1])
    with Image.open(path) as opened:
        theirs = np.asarray(ImageOps.exif_transpose(opened).convert("RGB")).astype(int)
    assert found.shape == theirs.shape and np.abs(found - theirs).max() <= 3
    assert picture_size_hw(path) == found.shape[:2] and fault_of_picture(path, found.shape[:2]) is None


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("hw", [HW, (32, 32)])
def test_the_size_of_the_labels_tells_which_way_up_they_are_meant(
    tmp_path: Path, orientation: int, hw: tuple[int, int]
) -> None:
    """Only a picture that lies on its side and has two different sides may have been labelled as it is stored."""
    pixels = np.zeros((*hw, 3), np.uint8)
    # A quarter of the picture at its top left corner as stored.
    pixels[: hw[0] // 2, : hw[1] // 2] = 255
    path = with_orientation(tmp_path / "a.jpg", orientation, pixels)
    corner_of = {1: (0, 0), 2: (0, -1), 3: (-1, -1), 4: (-1, 0), 5: (0, 0), 6: (0, -1), 7: (-1, -1), 8: (-1, 0)}
    is_stored = orientation >= 5 and hw[0] != hw[1]
    for labelled_hw, corner in ((hw, (0, 0) if is_stored else corner_of[orientation]), (None, corner_of[orientation])):
        found = read_image_rgb(path, labelled_hw)
        bright = [place for place in ((0, 0), (0, -1), (-1, -1), (-1, 0)) if found[place][0] > 128]
        assert bright == [corner]
        assert picture_size_hw(path, labelled_hw) == found.shape[:2]
    assert fault_of_picture(path, hw) is None
    assert fault_of_picture(path, (hw[0] + 1, hw[1])) == "size differs from what the labels say"


@pytest.mark.parametrize("form", ["coco", "yolo", "voc", "imagefolder"])
@pytest.mark.parametrize("is_labelled_as_stored", [True, False])
def test_boxes_lie_on_their_objects_however_a_set_means_them(
    tmp_path: Path, form: str, is_labelled_as_stored: bool
) -> None:
    """A white square in a black picture that a phone stored on its side, and what other tools see of an export."""
    upright = np.zeros((64, 48, 3), np.uint8)
    upright[8:24, 4:20] = 255
    (tmp_path / "images" / "val").mkdir(parents=True)
    with_orientation(tmp_path / "images" / "val" / "a.jpg", 6, np.ascontiguousarray(np.rot90(upright)))
    # 90 degrees counterclockwise, columns become rows from the last on: 48 - 20 to 48 - 4.
    (height, width), box = ((48, 64), [8, 28, 16, 16]) if is_labelled_as_stored else ((64, 48), [4, 8, 16, 16])
    content = {
        "images": [{"id": 1, "file_name": "a.jpg", "width": width, "height": height}],
        "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": box, "area": 256, "iscrowd": 0}],
        "categories": [{"id": 1, "name": "square"}],
    }
    (tmp_path / "annotations").mkdir()
    (tmp_path / "annotations" / "instances_val.json").write_text(json.dumps(content))
    source = find_dataset(tmp_path)
    read = with_sound_pictures(source["val"])
    x, y, *_ = box
    assert read[0].image[y : y + 16, x : x + 16].min() > 200 and not read.left_out
    copy = source.export(form, tmp_path / "copy")
    [picture_path] = (path for path in copy.root.rglob("*") if path.suffix in (".jpg", ".png"))
    with Image.open(picture_path) as opened:
        plain = np.asarray(opened.convert("RGB"))
    if form == "imagefolder":
        assert plain[4:-4, 4:-4].min() > 200
    else:
        assert plain.shape == (height, width, 3) and plain[y : y + 16, x : x + 16].min() > 200
        assert copy["val"][0].objects[0].bbox_xywh_px == pytest.approx(box, abs=1e-5)
