"""Classes of pixels painted from masks and read from maps, on pictures of a few pixels."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from synthvis.data.dataset import find_dataset
from synthvis.data.derived.subset import some_images
from synthvis.data.maps.semantic import IGNORE, SemanticSplit, class_map, painted
from synthvis.errors import DatasetError, RealDataError, UsageError
from synthvis.formats.images import write_png
from synthvis.formats.rle import encode_mask

NAMES = ("background", "apple", "dining table")


def rectangle(x: int, y: int, width: int, height: int) -> list[list[float]]:
    return [[x, y, x + width, y, x + width, y + height, x, y + height]]


def annotation(number: int, category: int, segmentation: Any, area: float, *, crowd: bool = False) -> dict[str, Any]:
    facts = {"bbox": [0, 0, 8, 6], "area": area, "iscrowd": int(crowd)}
    bare = {"id": number, "image_id": 1, "category_id": category, **facts}
    return bare if segmentation is None else {**bare, "segmentation": segmentation}


def coco_set(root: Path, annotations: list[dict[str, Any]]) -> SemanticSplit:
    """One picture of 8x6 px with apples (1) and tables (2)."""
    write_png(root / "images" / "val" / "x.png", np.zeros((6, 8, 3), np.uint8))
    content = {
        "images": [{"id": 1, "file_name": "x.png", "width": 8, "height": 6}],
        "annotations": annotations,
        "categories": [{"id": 1, "name": "apple"}, {"id": 2, "name": "dining table"}],
    }
    (root / "annotations").mkdir()
    (root / "annotations" / "instances_val.json").write_text(json.dumps(content))
    return painted(find_dataset(root).read())


def test_masks_are_painted_and_smaller_objects_lie_on_larger_ones(tmp_path: Path) -> None:
    apple, table = rectangle(2, 1, 3, 2), rectangle(0, 0, 8, 4)
    split = coco_set(tmp_path, [annotation(1, 1, apple, 6), annotation(2, 2, table, 32)])
    assert split.class_names == NAMES and split.label_count == 2
    expected = np.zeros((6, 8), np.uint8)
    expected[:4] = 2
    expected[1:3, 2:5] = 1
    np.testing.assert_array_equal(class_map(split, split.images[0], NAMES), expected)


def test_all_three_forms_of_masks_are_read(tmp_path: Path) -> None:
    mask = np.zeros((6, 8), bool)
    mask[1:3, 2:5] = True
    # Column by column, as COCO runs go: 13 off (columns 0, 1 and one pixel), then 2 on, 4 off, twice, then 2 on.
    runs = {"size": [6, 8], "counts": [13, 2, 4, 2, 4, 2, 21]}
    maps = []
    for number, form in enumerate((rectangle(2, 1, 3, 2), encode_mask(mask), runs)):
        split = coco_set(tmp_path / str(number), [annotation(1, 1, form, 6)])
        maps.append(class_map(split, split.images[0], NAMES))
    for found in maps:
        np.testing.assert_array_equal(found, mask.astype(np.uint8))


def test_crowds_are_ignored_where_no_object_is(tmp_path: Path) -> None:
    crowd = annotation(1, 1, rectangle(0, 0, 8, 2), 16, crowd=True)
    single = annotation(2, 1, rectangle(0, 0, 3, 6), 18)
    unknown = annotation(3, 2, rectangle(0, 4, 8, 2), 16, crowd=True)
    split = coco_set(tmp_path, [single, crowd, unknown])
    found = class_map(split, split.images[0], ("background", "apple"))
    expected = np.zeros((6, 8), np.uint8)
    expected[:2] = IGNORE
    expected[:, :3] = 1
    np.testing.assert_array_equal(found, expected)


def test_a_crowd_without_a_mask_is_its_box(tmp_path: Path) -> None:
    split = coco_set(tmp_path, [{**annotation(1, 1, None, 4, crowd=True), "bbox": [1, 2, 3, 2]}])
    expected = np.zeros((6, 8), np.uint8)
    expected[2:4, 1:4] = IGNORE
    np.testing.assert_array_equal(class_map(split, split.images[0], NAMES), expected)
    assert split.label_count == 0


def test_classes_that_are_not_asked_for_become_background_and_hide_what_is_below(tmp_path: Path) -> None:
    apple, table = rectangle(2, 1, 3, 2), rectangle(0, 0, 8, 4)
    split = coco_set(tmp_path, [annotation(1, 1, apple, 6), annotation(2, 2, table, 32)])
    found = class_map(split, split.images[0], ("background", "dining_table"))
    assert found[1:3, 2:5].max() == 0 and (found == 1).sum() == 32 - 6
    without = class_map(split, split.images[0], ("apple",))
    assert (without == 0).sum() == 6 and (without == IGNORE).sum() == 48 - 6


def test_parts_of_a_split(tmp_path: Path) -> None:
    split = coco_set(tmp_path, [annotation(1, 1, rectangle(2, 1, 3, 2), 6), annotation(2, 2, rectangle(0, 0, 8, 4), 9)])
    chosen = split.of_classes(["Apple"])
    assert chosen.class_names == ("background", "apple") and chosen.label_count == 1
    assert some_images(split, 1, 0).images == split.images
    with pytest.raises(UsageError, match="no class 'aple'"):
        split.of_classes(["aple"])


def test_a_set_with_boxes_only_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RealDataError, match=r"1 of the 2 objects .* have no mask"):
        coco_set(tmp_path, [annotation(1, 1, rectangle(0, 0, 2, 2), 4), annotation(2, 1, None, 4)])


def test_a_damaged_mask_is_told_by_its_image(tmp_path: Path) -> None:
    split = coco_set(tmp_path, [annotation(1, 1, rectangle(0, 0, 2, 2), 4)])
    box = replace(split.images[0].objects[0], segmentation=[[0, 0, 1, 1]])
    split = replace(split, images=(replace(split.images[0], objects=(box,)),))
    with pytest.raises(DatasetError, match=r"apple in x\.png"):
        class_map(split, split.images[0], NAMES)


def label_folder(root: Path, values: np.ndarray, classes: str = "background\napple\ncup\n") -> Path:
    write_png(root / "images" / "val" / "x.png", np.zeros((*values.shape[:2], 3), np.uint8))
    write_png(root / "labels" / "val" / "x.png", values)
    (root / "classes.txt").write_text(classes)
    return root


def test_maps_beside_pictures(tmp_path: Path) -> None:
    split = painted(find_dataset(label_folder(tmp_path, np.array([[0, 1, 2, 255]], np.uint8))).read())
    assert split.class_names == ("background", "apple", "cup") and split.label_count == 1
    assert class_map(split, split.images[0], split.class_names).tolist() == [[0, 1, 2, 255]]
    assert class_map(split, split.images[0], ("cup", "background")).tolist() == [[1, 1, 0, 255]]
    assert class_map(split, split.images[0], ("cup",)).tolist() == [[255, 255, 0, 255]]


def test_maps_that_do_not_fit_their_classes_are_refused(tmp_path: Path) -> None:
    split = painted(find_dataset(label_folder(tmp_path / "a", np.array([[0, 3]], np.uint8))).read())
    with pytest.raises(DatasetError, match=r"x\.png has the value 3, classes\.txt names 3 classes"):
        class_map(split, split.images[0], split.class_names)
    with pytest.raises(DatasetError, match=r"x\.png is a 16-bit grey PNG"):
        painted(find_dataset(label_folder(tmp_path / "b", np.array([[0, 3]], np.uint16))).read())
    folder = label_folder(tmp_path / "c", np.array([[0]], np.uint8), classes="cup\nCup\n")
    with pytest.raises(RealDataError, match="names a class twice"):
        painted(find_dataset(folder).read())
    (folder / "classes.txt").unlink()
    with pytest.raises(RealDataError, match=r"classes\.txt"):
        painted(find_dataset(folder).read())


@pytest.mark.real
def test_coco_masks_are_offered(real_root: Path) -> None:
    if not (real_root / "coco" / "annotations" / "instances_masks2017.json").is_file():
        pytest.skip(f"no masks of COCO in {real_root}")
    split = painted(find_dataset("coco-masks", real_root).read())
    assert (split.name, split.split, len(split.images), split.class_names[0]) == (
        "coco-masks",
        "val",
        175,
        "background",
    )
    found = class_map(split, split.images[0], split.class_names)
    assert found.shape == split.images[0].image_hw and len(np.unique(found)) > 1
    with pytest.raises(RealDataError, match="have no mask"):
        painted(find_dataset("coco", real_root).read())
