"""Which images count as made, and the books about those that are not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from synthvis.conventions import image_stem
from synthvis.dataset.assemble import ALL_FILES, assemble, made_images, read_quarantine, write_quarantine
from synthvis.dataset.layout import DatasetLayout
from synthvis.objects.spec import Category

CUP = Category(id=47, name="cup", supercategory="kitchen")


def split_of(image_index: int) -> str:
    return "val" if image_index % 2 == 0 else "train"


def put_image(root: Path, index: int) -> None:
    image = {"id": index, "file_name": f"{image_stem(index)}.jpg", "width": 8, "height": 8}
    record = {"split": split_of(index), "image": image}
    for folder, suffix in ALL_FILES:
        path = root / folder / split_of(index) / f"{image_stem(index)}.{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({**record, "annotations": []}))


@pytest.fixture
def layout(tmp_path: Path) -> DatasetLayout:
    for index in (1, 2, 3, 4):
        put_image(tmp_path, index)
    return DatasetLayout(tmp_path)


def test_complete_images_are_made(layout: DatasetLayout) -> None:
    assert made_images(layout, range(1, 7), split_of) == {1, 2, 3, 4}
    assert made_images(layout, [2], split_of) == {2}


def test_an_image_with_a_missing_empty_or_broken_file_is_not_made(layout: DatasetLayout) -> None:
    layout.depth("train", 1).unlink()
    layout.image("val", 2).write_bytes(b"")
    layout.record("train", 3).write_text('{"half": ')
    assert made_images(layout, range(1, 5), split_of) == {4}


def test_a_record_of_another_image_does_not_count(layout: DatasetLayout) -> None:
    layout.record("train", 1).write_bytes(layout.record("train", 3).read_bytes())
    assert made_images(layout, [1, 3], split_of) == {3}


@pytest.mark.parametrize("name", ["nocs", "boundary"])
def test_maps_on_request_belong_to_an_image_only_where_they_are_asked_for(layout: DatasetLayout, name: str) -> None:
    for index in (1, 2):
        path = layout.root / name / split_of(index) / f"{image_stem(index)}.png"
        path.parent.mkdir(parents=True)
        path.write_bytes(b"x" if index == 1 else b"")
    assert made_images(layout, range(1, 5), split_of) == {1, 2, 3, 4}
    assert made_images(layout, range(1, 5), split_of, [name, "box3d"]) == {1}


def test_assembling_writes_every_split_and_leaves_no_scratch(layout: DatasetLayout) -> None:
    assert assemble(layout, [CUP], {"description": "x"}) == {"train": 2, "val": 2}
    coco = json.loads(layout.annotations("instances", "val").read_bytes())
    assert [image["id"] for image in coco["images"]] == [2, 4]
    assert not list(layout.root.rglob(".*"))


def test_the_quarantine_is_a_file_only_when_needed(layout: DatasetLayout) -> None:
    write_quarantine(layout, {7: "SIGKILL", 3: "hung"})
    assert list(read_quarantine(layout).items()) == [(3, "hung"), (7, "SIGKILL")]
    write_quarantine(layout, {})
    assert not layout.quarantine.exists()
    assert read_quarantine(layout) == {}
