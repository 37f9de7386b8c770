"""Finding and reading labelled sets, friendly and hostile."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from synthvis.data.dataset import find_dataset
from synthvis.data.split import class_key
from synthvis.errors import RealDataError


def coco_file(path: Path, **changes: object) -> Path:
    content = {
        "images": [{"id": 1, "file_name": "a.jpg", "width": 40, "height": 30}],
        "annotations": [{"id": 0, "image_id": 1, "category_id": 7, "bbox": [1, 2, 3, 4], "area": 12, "iscrowd": 0}],
        "categories": [{"id": 7, "name": "traffic cone"}],
        **changes,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))
    return path


def test_known_name_is_found_below_the_root_and_below_the_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    coco_file(tmp_path / "cones" / "annotations" / "instances_val.json")
    (tmp_path / "cones" / "images" / "val").mkdir(parents=True)
    split = find_dataset("cones", tmp_path).read()
    assert (split.name, split.split, split.kind, split.object_count) == ("cones", "val", "real", 1)
    assert split.images[0].path == tmp_path / "cones" / "images" / "val" / "a.jpg"
    monkeypatch.setenv("SYNTHVIS_REAL", str(tmp_path))
    assert find_dataset("cones").read().images == split.images
    assert find_dataset("cones:val").default_split == "val"


def test_masks_of_coco_lie_in_its_folder(tmp_path: Path) -> None:
    mask = [[1, 2, 4, 2, 4, 6, 1, 6]]
    box = {"image_id": 1, "category_id": 7, "bbox": [1, 2, 3, 4]}
    annotations = [{"id": 1, **box, "segmentation": mask}, {"id": 2, **box, "iscrowd": 1}]
    coco_file(tmp_path / "coco" / "annotations" / "instances_val2017.json")
    with pytest.raises(RealDataError, match="no photographs of 'coco-masks'"):
        find_dataset("coco-masks", tmp_path)
    coco_file(tmp_path / "coco" / "annotations" / "instances_masks2017.json", annotations=annotations)
    (tmp_path / "coco" / "masks2017").mkdir()
    split = find_dataset("coco-masks", tmp_path).read()
    assert (split.name, split.split, split.kind, split.object_count) == ("coco-masks", "val", "real", 1)
    assert split.images[0].path == tmp_path / "coco" / "masks2017" / "a.jpg"
    assert [found.segmentation for found in split.images[0].objects] == [mask, None]


def test_coco_layout_with_years(tmp_path: Path) -> None:
    for split in ("train2017", "val2017"):
        coco_file(tmp_path / "annotations" / f"instances_{split}.json")
        (tmp_path / split).mkdir()
    found = find_dataset(tmp_path)
    pictures = {name: files.pictures for name, files in found.files.items()}
    assert pictures == {
        "train": tmp_path / "train2017",
        "val": tmp_path / "val2017",
    }
    alone = find_dataset(tmp_path / "annotations" / "instances_train2017.json")
    assert (alone.default_split, alone.files["train"].pictures) == ("train", tmp_path / "train2017")


@pytest.mark.parametrize(
    ("name", "said"),
    [("coen", "did you mean 'cones'"), ("zebra", "names: coco, fruit, cones"), ("fruit:train", "SYNTHVIS_REAL")],
)
def test_absent_sets_say_what_to_type(name: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SYNTHVIS_REAL", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(RealDataError) as caught:
        find_dataset(name)
    assert said in str(caught.value)


def test_a_known_set_with_other_labels_is_no_unknown_one() -> None:
    with pytest.raises(RealDataError, match="rooms has other labels: 37 photographs of interiors") as caught:
        find_dataset("rooms", formats=("depth-maps",))
    assert "names: nyu-mini; or a folder with" in (caught.value.hint or "")
    with pytest.raises(RealDataError, match="grocery has other labels"):
        find_dataset("grocery:val", formats=("coco",))


def test_missing_split_is_named(tmp_path: Path) -> None:
    coco_file(tmp_path / "annotations" / "instances_val.json")
    with pytest.raises(RealDataError, match="no split 'test'"):
        find_dataset(f"{tmp_path}:test")


@pytest.mark.parametrize("name", ["../a.jpg", "/etc/passwd", "x/../../a.jpg", "..\\a.jpg"])
def test_file_names_that_leave_the_folder_are_refused(name: str, tmp_path: Path) -> None:
    path = coco_file(tmp_path / "instances_val.json", images=[{"id": 1, "file_name": name, "width": 4, "height": 3}])
    with pytest.raises(RealDataError, match="out of the image folder"):
        find_dataset(path).read()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"images": None}, "no list 'images'"),
        ({"images": []}, "lists no image"),
        ({"categories": []}, "category_id is of no category"),
        (
            {"annotations": [{"id": 1, "image_id": 1, "category_id": 7}]},
            "bbox is not four numbers (annotation 1: None)",
        ),
        (
            {"annotations": [{"id": 1, "image_id": 9, "category_id": 7, "bbox": [0, 0, 1, 1]}]},
            "image_id is of no image that can be used (annotation 1: 9)",
        ),
        ({"annotations": [{"id": 1, "image_id": 1, "category_id": 7, "bbox": [0, 0, "x", 1]}]}, "not four numbers"),
        (
            {"annotations": [{"id": 1, "image_id": 1, "category_id": 7, "bbox": [0, 0, float("nan"), 1]}]},
            "numbers of no picture",
        ),
        ({"annotations": [5]}, "not an object"),
        ({"images": [{"id": 1, "width": 4, "height": 3}]}, "file_name is not text"),
    ],
)
def test_what_is_not_coco_is_named_in_one_line(changes: dict, said: str, tmp_path: Path) -> None:
    path = coco_file(tmp_path / "instances_val.json", **changes)
    with pytest.raises(RealDataError) as caught:
        find_dataset(path).read()
    assert said in caught.value.what
    assert "\n" not in caught.value.what


@pytest.mark.parametrize("content", ["", "{", "[]", "3", "[" * 100_000])
def test_garbage_is_not_coco(content: str, tmp_path: Path) -> None:
    path = tmp_path / "instances_val.json"
    path.write_text(content)
    with pytest.raises(RealDataError):
        find_dataset(path).read()


def test_class_names_are_compared_without_case_and_separators() -> None:
    assert class_key("Traffic_Cone") == class_key("traffic cone") == class_key("traffic-cone")
    assert class_key("apple") != class_key("orange")


def test_a_set_that_is_not_there_is_told_each_form_once() -> None:
    """Several formats share a layout of folders."""
    with pytest.raises(RealDataError) as refused:
        find_dataset("nowhere")
    ways = str(refused.value.hint).split("; or ")
    assert len(ways) > 5 and len(set(ways)) == len(ways)
