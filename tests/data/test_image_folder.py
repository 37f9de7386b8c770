"""Class folders: found by name and path, read with what is broken left out or named."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from synthvis.data.dataset import Dataset, find_dataset
from synthvis.data.derived.subset import some_images
from synthvis.data.formats.image_folder import class_folder, class_of_folder
from synthvis.data.split import EmptySplit
from synthvis.errors import RealDataError, UsageError
from synthvis.formats.images import write_png


def find_folders(place: str | Path, root: Path | None = None) -> Dataset:
    return find_dataset(place, root, formats=("imagefolder",))


def make_folders(root: Path, **pictures: int) -> Path:
    """`split__class=count` folders of 4x4 pictures."""
    for name, count in pictures.items():
        folder = root.joinpath(*name.split("__"))
        folder.mkdir(parents=True)
        for number in range(count):
            write_png(folder / f"{number}.png", np.zeros((4, 4, 3), np.uint8))
    return root


def test_splits_and_classes_are_folders(tmp_path: Path) -> None:
    make_folders(tmp_path, train__apple=3, train__pear=1, val__pear=2)
    found = find_folders(tmp_path)
    assert (found.name, found.kind, found.splits, found.default_split) == (
        tmp_path.name, "real", ("train", "val"), "val",
    )  # fmt: skip
    split = found.read("train")
    assert (split.class_names, split.label_count) == (("apple", "pear"), 4)
    assert [(image.class_name, image.path.name) for image in split.images] == [
        ("apple", "0.png"), ("apple", "1.png"), ("apple", "2.png"), ("pear", "0.png"),
    ]  # fmt: skip
    assert found.read().class_names == ("pear",)


def test_the_default_split_can_be_named(tmp_path: Path) -> None:
    make_folders(tmp_path, train__apple=3, val__apple=2)
    found = find_folders(f"{tmp_path}:train")
    assert found.default_split == "train"
    assert found.read().label_count == 3
    with pytest.raises(RealDataError, match="no split 'test'"):
        find_folders(f"{tmp_path}:test")


def test_a_folder_without_splits_is_one(tmp_path: Path) -> None:
    found = find_folders(make_folders(tmp_path, apple=1, pear=1))
    assert found.splits == ("all",)
    assert found.read().class_names == ("apple", "pear")


def test_a_dataset_of_synthvis_is_synthetic(tmp_path: Path) -> None:
    make_folders(tmp_path, train__apple=1)
    (tmp_path / "dataset.json").write_text("{}")
    found = find_folders(tmp_path)
    assert found.kind == "synthetic" and found.default_split == "train"


def test_the_named_set_is_found_below_the_root_and_below_the_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_folders(tmp_path / "grocery", train__Kiwi=1, val__Kiwi=2)
    found = find_folders("grocery", tmp_path)
    assert found.name == "grocery" and found.read().label_count == 2
    monkeypatch.setenv("SYNTHVIS_REAL", str(tmp_path))
    named = find_folders("grocery:train")
    assert named.read().label_count == 1
    monkeypatch.setenv("SYNTHVIS_REAL", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "elsewhere"))
    with pytest.raises(RealDataError, match="no photographs of 'grocery'") as caught:
        find_folders("grocery")
    assert "SYNTHVIS_REAL" in str(caught.value)


@pytest.mark.parametrize("name", ["zebra", "zebra:val", "", ":val"])
def test_what_is_no_folder_says_what_to_type(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RealDataError, match=r"no set called '(zebra|:val)?', and no such folder") as caught:
        find_folders(name)
    assert "train/CLASS" in str(caught.value)


def test_hidden_and_other_files_and_empty_folders_are_left_out_and_counted(tmp_path: Path) -> None:
    make_folders(tmp_path, val__apple=1, val__pear=0)
    make_folders(tmp_path / "val", **{".cache": 2})
    for name in (".DS_Store", ".hidden.png", "notes.txt", "UPPER.PNG"):
        (tmp_path / "val" / "apple" / name).write_bytes(b"x")
    (tmp_path / "val" / "apple" / "inner.png").mkdir()
    (tmp_path / "val" / "readme.md").write_text("x")
    found = find_folders(tmp_path)
    split = found.read()
    assert [image.path.name for image in split.images] == ["0.png", "UPPER.PNG"]
    assert split.class_names == ("apple",)
    assert [(row.part, row.reason, row.count, row.example) for row in split.left_out.rows] == [
        ("images", "not a picture", 2, "apple/inner.png"),
        ("categories", "its folder holds no picture", 1, "pear"),
    ]


def test_a_split_without_class_folders_is_refused(tmp_path: Path) -> None:
    (tmp_path / "val").mkdir()
    write_png(tmp_path / "val" / "0.png", np.zeros((4, 4, 3), np.uint8))
    found = find_folders(tmp_path)
    with pytest.raises(RealDataError, match="has no class folders") as caught:
        found.read()
    assert "FOLDER/train/CLASS" in str(caught.value)


def test_a_split_without_pictures_is_empty(tmp_path: Path) -> None:
    found = find_folders(make_folders(tmp_path, val__apple=0, val__pear=0))
    with pytest.raises(EmptySplit, match="no class folder holds a picture"):
        found.read()


def test_two_folders_of_one_class_are_refused(tmp_path: Path) -> None:
    found = find_folders(make_folders(tmp_path, **{"val__red-beet": 1, "val__Red_Beet": 1}))
    with pytest.raises(RealDataError, match="are one class"):
        found.read()


@pytest.mark.parametrize("name", ["a/b: 50% <é> 🍎", "..", ".x", "%2F", "100%", "a%20b", "x" * 255])
def test_a_class_comes_back_from_the_name_of_its_folder(name: str) -> None:
    folder = class_folder(name)
    assert "/" not in folder and not folder.startswith(".")
    assert class_of_folder(folder) == name


@pytest.mark.parametrize("folder", ["50%", "a%20b", "a%2fb", "x%0Ay", "%FF"])
def test_a_folder_of_another_name_is_the_class(folder: str) -> None:
    """Not as we write names: no escape, of what needs none, in lower case, of what cannot be shown."""
    assert class_of_folder(folder) == folder


def test_a_class_whose_name_no_folder_may_have_is_refused(tmp_path: Path) -> None:
    (tmp_path / "annotations").mkdir()
    long = "名" * 90
    content = {
        "images": [{"id": 1, "file_name": "a.png", "width": 8, "height": 8}],
        "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [0, 0, 8, 8]}],
        "categories": [{"id": 1, "name": long}],
    }
    (tmp_path / "annotations" / "instances_val.json").write_text(json.dumps(content))
    with pytest.raises(UsageError, match="too long for the name of a folder"):
        find_dataset(tmp_path).export("imagefolder", tmp_path / "out")


def test_some_classes_and_some_images(tmp_path: Path) -> None:
    found = find_folders(make_folders(tmp_path, train__apple=3, train__Oat_Milk=2, train__pear=1))
    split = found.read("train")
    kept = split.of_classes(["pear", "oat-milk"])
    assert (kept.class_names, kept.label_count) == (("Oat_Milk", "pear"), 3)
    with pytest.raises(UsageError, match="no class 'peer'; did you mean 'pear'"):
        split.of_classes(["peer"])
    few, more = some_images(split, 2, 0), some_images(split, 4, 0)
    assert len(few.images) == 2 and set(few.images) < set(more.images)


def test_the_photographs_of_shops(real_root: Path) -> None:
    if not (real_root / "grocery").is_dir():
        pytest.skip(f"no grocery below {real_root}")
    found = find_folders("grocery", real_root)
    assert found.splits == ("train", "val")
    train, val = (found.read(name) for name in found.splits)
    assert len(train.class_names) == 43 and train.kind == val.kind == "real"
    assert set(val.class_names) < set(train.class_names)  # six classes have no picture in val
    assert min(len(train.images), len(val.images)) > 200
