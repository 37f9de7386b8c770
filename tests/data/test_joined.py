"""Splits read as one, on a set of three pictures that is written out."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from synthvis.data.dataset import find_dataset
from synthvis.data.derived.joined import joined
from synthvis.data.film import Film
from synthvis.errors import RealDataError


def coco_of(names: dict[int, str], boxes: list[tuple[int, int]]) -> dict:
    """An image a pair of image id and category id, with one box of 4 x 5 px."""
    return {
        "images": [{"id": image, "file_name": f"{image}.png", "width": 20, "height": 10} for image, _ in boxes],
        "categories": [{"id": number, "name": name} for number, name in names.items()],
        "annotations": [
            {
                "id": image,
                "image_id": image,
                "category_id": category,
                "bbox": [image, 1, 4, 5],
                "area": 20,
                "iscrowd": 0,
            }
            for image, category in boxes
        ],
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """`train` calls 1 a cup and 2 a dog, `val` 1 a Cup and 2 a cat; both have a picture of id 7."""
    root = tmp_path / "odds"
    (root / "annotations").mkdir(parents=True)
    sets = {"train": coco_of({1: "cup", 2: "dog"}, [(7, 1), (8, 2)]), "val": coco_of({1: "Cup", 2: "cat"}, [(7, 2)])}
    for split, content in sets.items():
        (root / "annotations" / f"instances_{split}.json").write_text(json.dumps(content))
        (root / "images" / split).mkdir(parents=True)
        for image in content["images"]:
            cv2.imwrite(str(root / "images" / split / image["file_name"]), np.full((10, 20, 3), 90, np.uint8))
    return root


def test_two_splits_are_one_with_ids_of_their_own(folder: Path) -> None:
    both = find_dataset(f"{folder}:train+val").read()
    assert (both.name, both.split, both.source) == ("odds", "train+val", None)
    assert [image.id for image in both.images] == [1, 2, 3]
    assert [image.path.parent.name for image in both.images] == ["train", "train", "val"]
    assert [image.objects[0].bbox_xywh_px[0] for image in both.images] == [7, 8, 7]
    assert [image.objects[0].class_name for image in both.images] == ["cup", "dog", "cat"]
    # The cat's own id is taken by the dog.
    assert dict(both.category_ids) == {"cup": 1, "dog": 2, "cat": 3}
    assert find_dataset(folder).read("val+train").images[0].objects[0].class_name == "cat"


@pytest.mark.parametrize(
    ("typed", "message"), [("train+test", "no split 'test'"), ("val+val", "a split twice"), ("train+", "no split ''")]
)
def test_what_is_no_list_of_splits_is_named(folder: Path, typed: str, message: str) -> None:
    with pytest.raises(RealDataError, match=message):
        find_dataset(f"{folder}:{typed}")


def test_films_stay_apart(folder: Path) -> None:
    one = find_dataset(folder).read("train")
    film = replace(one, films={1: Film(id=1, name="a")})
    with pytest.raises(RealDataError, match="one by one"):
        joined([one, film])


def test_pixels_of_other_classes_are_not_joined(folder: Path) -> None:
    one = replace(find_dataset(folder).read("train"), label_form="pixels")
    assert len(joined([one, replace(one, split="more")])) == 4
    with pytest.raises(RealDataError, match="other classes"):
        joined([one, replace(one, class_names=("cup",))])
