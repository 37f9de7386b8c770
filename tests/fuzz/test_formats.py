"""Damaged files of YOLO, Pascal VOC, MOTChallenge and webdataset sets, and damaged records of exports."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_films import HW as MOT_HW
from made_films import Mover, write_mot_film
from mutations import INPUTS, mutated_bytes, mutated_json, refusals
from odd_set import HW, write_odd_set
from yaml import safe_load

from synthvis.data.dataset import Dataset, find_dataset
from synthvis.data.export.settings import ExportSettings
from synthvis.data.sample import mask_of
from synthvis.data.split import Split
from synthvis.data.statistics import statistics_of

HALF, QUARTER = INPUTS // 2, INPUTS // 4


@pytest.fixture
def odd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Dataset:
    monkeypatch.setenv("SYNTHVIS_CACHE", str(tmp_path / "cache"))
    return find_dataset(write_odd_set(tmp_path / "odd"))


def require_sound(split: Split, hw: tuple[int, int] = HW) -> None:
    """What was read can be used without a second look."""
    for image in split.images:
        assert image.image_hw == hw
        for one in image.objects:
            x, y, width, height = one.bbox_xywh_px
            assert width > 0 and height > 0 and one.area_px > 0
            assert x < hw[1] and y < hw[0] and x + width > 0 and y + height > 0
            assert one.class_name in split.category_ids
            if one.segmentation is not None:
                mask_of(one.segmentation, hw)
    assert all(row.count > 0 and len(row.example) < 200 for row in split.left_out.rows)
    statistics_of("x", [split])


@pytest.mark.parametrize(("form", "inputs"), [("yolo", HALF), ("yolo-pose", HALF)])
def test_descriptions_of_yolo_sets(odd: Dataset, tmp_path: Path, form: str, inputs: int) -> None:
    root = odd.export(form, tmp_path / "set").root
    path = root / "data.yaml"

    def read(_: Path) -> None:
        found = find_dataset(path, formats=(form,))
        for name in found.splits:
            require_sound(found.read(name))

    assert 0 < refusals(read, path, mutated_bytes(path.read_bytes(), inputs)) < inputs


def test_json_as_the_description_of_a_yolo_set(odd: Dataset, tmp_path: Path) -> None:
    """Every JSON text is YAML: odd values in every place."""
    root = odd.export("yolo-pose", tmp_path / "set").root
    path = root / "data.yaml"
    content = safe_load(path.read_text(encoding="utf-8"))
    content["names"] = list(content["names"].values())

    def read(_: Path) -> None:
        found = find_dataset(path, formats=("yolo-pose",))
        require_sound(found.read(found.splits[0]))

    assert 0 < refusals(read, path, mutated_json(content, HALF)) < HALF


@pytest.mark.parametrize("form", ["yolo", "yolo-seg", "yolo-pose", "yolo-obb"])
def test_rows_of_yolo_sets(odd: Dataset, tmp_path: Path, form: str) -> None:
    root = odd.export(form, tmp_path / "set").root
    path = root / "labels" / "train" / "train_A.b.txt"
    left_out = []

    def read(_: Path) -> None:
        split = find_dataset(root, formats=(form,)).read("train")
        require_sound(split)
        left_out.append(bool(split.left_out))

    assert refusals(read, path, mutated_bytes(path.read_bytes(), QUARTER)) == 0
    assert 0 < sum(left_out) < QUARTER


@pytest.mark.parametrize(
    ("file", "form"),
    [
        ("Annotations/a.b.xml", "voc"),
        ("ImageSets/Main/train.txt", "voc"),
        ("labelmap.txt", "voc"),
        ("SegmentationObject/a.b.png", "voc-seg"),
    ],
)
def test_files_of_voc_sets(
    odd: Dataset, tmp_path: Path, file: str, form: str, capfd: pytest.CaptureFixture[str]
) -> None:
    root = odd.export("voc", tmp_path / "set").root
    path = root / "VOCdevkit" / "VOC2012" / file
    changed = []
    before = find_dataset(root, formats=(form,)).read("train")

    def read(_: Path) -> None:
        split = find_dataset(root, formats=(form,)).read("train")
        require_sound(split)
        changed.append(split != before)

    refused = refusals(read, path, mutated_bytes(path.read_bytes(), HALF))
    assert refused + sum(changed) > 0
    capfd.readouterr()


@pytest.mark.parametrize("file", ["gt/gt.txt", "gt/labels.txt", "seqinfo.ini"])
def test_files_of_films(tmp_path: Path, file: str) -> None:
    walkers = (Mover(3, 10, 20, 4), Mover(9, 90, 30, -4, class_number=2), Mover(5, 40, 60, 0, is_ignored=True))
    path = write_mot_film(tmp_path / "set" / "walk", walkers, 3, labels=("dog", "cat")) / file
    changed = []
    before = find_dataset(tmp_path / "set").read()

    def read(_: Path) -> None:
        split = find_dataset(tmp_path / "set", formats=("mot",)).read()
        require_sound(split, MOT_HW)
        numbers = [(one.video_id, one.frame_id) for one in split]
        assert numbers == [(1, 1), (1, 2), (1, 3)]
        for image in split:
            ids = [one.track_id for one in image.objects if one.track_id is not None]
            assert len(set(ids)) == len(ids) and all(number >= 0 for number in ids)
        changed.append(split != before)

    refused = refusals(read, path, mutated_bytes(path.read_bytes(), HALF))
    assert refused + sum(changed) > 0


def test_films_in_coco_files(tmp_path: Path) -> None:
    write_mot_film(tmp_path / "set" / "walk", (Mover(3, 10, 20, 4), Mover(9, 90, 30, -4)), 3)
    root = find_dataset(tmp_path / "set").export("coco", tmp_path / "copy").root
    path = root / "annotations" / "instances_all.json"
    content = safe_load(path.read_text(encoding="utf-8"))

    def read(_: Path) -> None:
        split = find_dataset(root).read("all")
        for image in split:
            assert (image.video_id is None) == (image.frame_id is None)
            assert image.video_id is None or image.video_id in split.films

    assert 0 < refusals(read, path, mutated_json(content, HALF)) < HALF


def test_indices_of_shards(odd: Dataset, tmp_path: Path) -> None:
    root = odd.export("webdataset", tmp_path / "set").root
    path = root / "webdataset.json"
    content = safe_load(path.read_text(encoding="utf-8"))

    def read(_: Path) -> None:
        found = find_dataset(root, formats=("webdataset",))
        require_sound(found.read(found.splits[0]))

    assert 0 < refusals(read, path, mutated_json(content, HALF)) < HALF


def test_shards(odd: Dataset, tmp_path: Path) -> None:
    root = odd.export("webdataset", tmp_path / "set").root
    path = root / "train-000000.tar"
    before = {file for file in tmp_path.iterdir() if file.name != "cache"}

    def read(_: Path) -> None:
        split = find_dataset(root, formats=("webdataset",)).read("train")
        require_sound(split)

    assert 0 < refusals(read, path, mutated_bytes(path.read_bytes(), QUARTER)) < QUARTER
    assert {file for file in tmp_path.iterdir() if file.name != "cache"} == before


def test_records_of_exports(odd: Dataset, tmp_path: Path) -> None:
    root = odd.export("yolo", tmp_path / "set").root
    path = root / "export.json"
    content = safe_load(path.read_text(encoding="utf-8"))

    def again(_: Path) -> None:
        assert find_dataset(root).kind in ("real", "synthetic")
        odd.export("yolo", root)

    assert 0 < refusals(again, path, mutated_json(content, HALF)) < HALF
    assert ExportSettings(format="yolo").to_dict().keys() <= content["export"].keys()
