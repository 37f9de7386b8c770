"""How much of a set an export holds: labels of the image at hand, however many images there are."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from fake_dataset import write_fake_dataset

from synthvis.data.coco import reader
from synthvis.data.dataset import Dataset, find_dataset
from synthvis.data.derived.subset import some_images
from synthvis.data.export.export import export_planned
from synthvis.data.export.settings import ExportSettings
from synthvis.data.formats.registry import all_formats
from synthvis.data.formats.webdataset.format import WebDatasetFormat
from synthvis.data.sample import LabelledObject, Sample
from synthvis.errors import DatasetError
from synthvis.formats.atomic import link_or_copy
from synthvis.formats.images import write_jpeg

NEED_MORE = {"bop", "sintel", "kitti-flow"}
WRITABLE = tuple(name for name, one in all_formats().items() if one.can_write and name not in NEED_MORE)

IMAGES, OBJECTS = 40, 5
"""In the set, and in each image."""

IMAGES_AT_ONCE = 4
"""The one that is written, the one that was, and a copy of each with its keypoints."""


def write_set(root: Path) -> Path:
    """Objects with masks and keypoints; the annotations of an image do not stand together."""
    images = [
        {"id": 3 * k, "file_name": f"{k}.jpg", "width": 56, "height": 40, "video_id": 1, "frame_id": k}
        for k in range(IMAGES, 0, -1)
    ]
    annotations = [
        {
            "id": 1 + k + IMAGES * number, "image_id": 3 * (k + 1), "category_id": 1, "area": 72,
            "bbox": [9 * number, k % 30, 8, 9],
            "segmentation": [[9 * number, k % 30, 9 * number + 8, k % 30, 9 * number + 8, k % 30 + 9]],
            "keypoints": [9 * number + 1, k % 30, 2],
        }
        for number in range(OBJECTS) for k in range(IMAGES)
    ]  # fmt: skip
    categories = [{"id": 1, "name": "thing", "keypoints": ["top"]}]
    (root / "annotations").mkdir(parents=True)
    content = json.dumps({"annotations": annotations, "images": images, "categories": categories})
    for name in ("instances", "keypoints"):
        (root / "annotations" / f"{name}_train.json").write_text(content)
    write_jpeg(root / "images" / "train" / "1.jpg", np.full((40, 56, 3), 90, dtype=np.uint8), 90)
    for k in range(2, IMAGES + 1):
        link_or_copy(root / "images" / "train" / "1.jpg", root / "images" / "train" / f"{k}.jpg")
    return root


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return find_dataset(write_set(tmp_path_factory.mktemp("many") / "set"))


@pytest.fixture
def alive(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """How many labelled objects there are, beside those of before, whenever an image is read."""
    counts: list[int] = []
    whole = reader.sample_of

    def counted(*args: object, **options: bool) -> Sample:
        counts.append(objects_alive())
        return whole(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(reader, "sample_of", counted)
    gc.collect()
    # What is frozen is not looked at.
    gc.freeze()
    yield counts
    gc.unfreeze()


def objects_alive() -> int:
    return sum(isinstance(one, LabelledObject) for one in gc.get_objects())


@pytest.mark.parametrize("form", WRITABLE)
def test_an_export_holds_the_labels_of_an_image_at_a_time(
    many: Dataset, tmp_path: Path, form: str, alive: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(WebDatasetFormat, "images_at_once", 1)
    plan = many.plan_export(ExportSettings(format=form, min_visible=0.1))
    assert objects_alive() == 0 and len(alive) >= IMAGES
    result = export_planned(plan, tmp_path / "x")
    assert result.written == IMAGES and len(alive) >= 2 * IMAGES
    assert max(alive) <= IMAGES_AT_ONCE * OBJECTS < IMAGES * OBJECTS
    assert objects_alive() == 0


@pytest.mark.parametrize("models", ["each", "class"])
def test_so_does_one_of_poses(tmp_path: Path, alive: list[int], models: str) -> None:
    plan = find_dataset(write_fake_dataset(tmp_path / "set")).plan_export(ExportSettings(format="bop", models=models))
    assert objects_alive() == 0
    export_planned(plan, tmp_path / "x")
    assert alive and objects_alive() == 0


def test_a_split_that_was_read_is_held(many: Dataset, alive: list[int]) -> None:
    """The other way to read, for those who go over a set again and again; it also shows that the count counts."""
    split = many.read("train")
    assert objects_alive() == IMAGES * OBJECTS and split[3] is split[3]


def test_changes_of_what_lies_on_disk_leave_it_there(many: Dataset) -> None:
    held, on_disk = many.read("train"), many.index("train")
    chosen = [some_images(split, 7, seed=1).of_classes(["thing"]) for split in (held, on_disk)]
    assert tuple(chosen[0]) == tuple(chosen[1]) and chosen[1][2] is not chosen[1][2]
    assert on_disk.images[3:5] == held.images[3:5] and on_disk[-1] == held[-1]
    assert (on_disk.object_count, len(on_disk)) == (IMAGES * OBJECTS, IMAGES)


def test_annotations_that_change_on_the_way_are_named(tmp_path: Path) -> None:
    root = write_set(tmp_path / "set")
    plan = find_dataset(root).plan_export(ExportSettings(format="coco"))
    for file in (root / "annotations").iterdir():
        content = file.read_bytes()
        file.write_bytes(b" " + content[:-1])
    with pytest.raises(DatasetError, match="were changed while they were read"):
        export_planned(plan, tmp_path / "x")
