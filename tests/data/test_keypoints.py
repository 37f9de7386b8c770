"""Keypoint files: categories, their points, and what a mirror does to them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fake_dataset import write_fake_dataset

from synthvis.data.dataset import find_dataset
from synthvis.data.export.settings import ExportSettings
from synthvis.data.keypoints import is_labelled
from synthvis.errors import RealDataError, UsageError

CUP = {"id": 1, "name": "cup", "keypoints": ["rim", "left", "right"], "flip_pairs": [[1, 2]], "sigmas": [0.1, 0.2, 0.3]}
FORK = {"id": 2, "name": "fork", "keypoints": ["tip", "end"]}


def annotation(number: int, category: int, keypoints: list[float] | None, **more: object) -> dict[str, object]:
    entry = {"id": number, "image_id": 1, "category_id": category, "bbox": [1, 2, 30, 20], "area": 600, **more}
    return entry if keypoints is None else {**entry, "keypoints": keypoints}


def write(path: Path, **changes: object) -> Path:
    content = {
        "images": [{"id": 1, "file_name": "a.jpg", "width": 40, "height": 30}],
        "annotations": [
            annotation(1, 1, [3, 4, 2, 5, 6, 1, 0, 0, 0]),
            annotation(2, 1, None),
            annotation(3, 1, [1, 1, 2] * 3, iscrowd=1),
            annotation(4, 2, [7, 8, 2, 9, 9, 2]),
            annotation(5, 3, None),
        ],
        "categories": [CUP, FORK, {"id": 3, "name": "table"}],
        **changes,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))
    return path


@pytest.mark.parametrize("name", ["keypoints_val.json", "person_keypoints_val2017.json"])
def test_categories_with_keypoints_are_read_and_others_left_out(name: str, tmp_path: Path) -> None:
    write(tmp_path / "annotations" / name)
    split = find_dataset(tmp_path, formats=("coco-keypoints",)).read()
    assert (split.split, split.kind) == ("val", "real")
    assert split.class_names == ("cup/rim", "cup/left", "cup/right", "fork/tip", "fork/end")
    boxes = split.images[0].objects
    assert [box.class_name for box in boxes] == ["cup", "cup", "cup", "fork"]
    assert boxes[0].keypoints_xyv_px == ((3, 4, 2), (5, 6, 1), (0, 0, 0))
    assert boxes[1].keypoints_xyv_px == ((0, 0, 0),) * 3
    assert [is_labelled(box) for box in boxes] == [True, False, False, True]
    assert split.label_count == 2
    assert (split.keypoints["cup"].flip_pairs, split.keypoints["cup"].sigmas) == (((1, 2),), (0.1, 0.2, 0.3))


def test_one_category_and_some_of_its_keypoints(tmp_path: Path) -> None:
    split = find_dataset(write(tmp_path / "keypoints_val.json"), formats=("coco-keypoints",)).read()
    cups = split.of_classes(["CUP"])
    assert cups.class_names == ("cup/rim", "cup/left", "cup/right") and len(cups.images[0].objects) == 3
    with pytest.raises(UsageError, match="no keypoints of 'cap'; did you mean 'cup'"):
        split.of_classes(["cap"])
    some = split.of_keypoints("Cup", ["right", "rim", "handle"])
    assert some.class_names == ("cup/rim", "cup/right")
    assert some.images[0].objects[0].keypoints_xyv_px == ((3, 4, 2), (0, 0, 0))
    assert (some.keypoints["cup"].flip_pairs, some.keypoints["cup"].sigmas) == ((), (0.1, 0.3))
    assert split.of_keypoints("cup", ["left", "right"]).keypoints["cup"].flip_pairs == ((0, 1),)
    with pytest.raises(RealDataError, match="no keypoints of 'bowl'"):
        split.of_keypoints("bowl", ["rim"])
    with pytest.raises(RealDataError, match="share no name"):
        split.of_keypoints("cup", ["foot"])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"categories": [{"id": n, "name": str(n)} for n in (1, 2, 3)]}, "names no keypoints"),
        ({"annotations": [annotation(1, 1, [3, 4, 2])]}, "keypoints are not as many as its category has"),
        ({"annotations": [annotation(1, 1, [3, 4])]}, "not x, y, visibility"),
        ({"categories": [{**CUP, "flip_pairs": [[1, 3]]}], "annotations": []}, "flip_pairs of cup"),
        ({"categories": [{**CUP, "sigmas": [0.1]}], "annotations": []}, "sigmas of cup"),
    ],
)
def test_files_that_cannot_be_right_are_refused(changes: dict[str, object], said: str, tmp_path: Path) -> None:
    with pytest.raises(RealDataError, match=said):
        find_dataset(write(tmp_path / "keypoints_val.json", **changes), formats=("coco-keypoints",)).read()


def test_mirror_pairs_of_a_render_come_from_its_manifest(tmp_path: Path) -> None:
    root = write_fake_dataset(tmp_path / "fake")
    split = find_dataset(root, formats=("coco-keypoints",)).read("train")
    manifest = {entry["name"]: entry for entry in json.loads((root / "dataset.json").read_text())["categories"]}
    assert split.kind == "synthetic" and split.label_count
    for name, own in split.keypoints.items():
        assert own.names == tuple(manifest[name]["keypoints"])
        assert own.flip_pairs == tuple(map(tuple, manifest[name]["flip_pairs"]))
    assert any(own.flip_pairs for own in split.keypoints.values())


def test_objects_with_one_box_keep_their_own_keypoints(tmp_path: Path) -> None:
    """Instances and keypoints stand in files of their own, and objects are known by their boxes."""
    write(tmp_path / "annotations" / "keypoints_val.json")
    path = write(tmp_path / "annotations" / "instances_val.json")
    content = json.loads(path.read_text())
    assert content["annotations"][0]["bbox"] == content["annotations"][1]["bbox"]
    plan = find_dataset(tmp_path, formats=("coco",)).plan_export(ExportSettings(format="coco"))
    cups = [one for one in plan.splits[0].split.images[0].objects if one.class_name == "cup"]
    assert [one.keypoints_xyv_px[0] for one in cups] == [(3, 4, 2), (0, 0, 0), (1, 1, 2)]
