"""Damaged files of BOP sets: every JSON file, masks and depth maps, and the rows of an export."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from fake_dataset import write_fake_dataset
from mutations import INPUTS, mutated_bytes, mutated_json, refusals

from synthvis.data.dataset import Dataset, find_dataset
from synthvis.data.export.export import export_planned
from synthvis.data.export.settings import ExportSettings
from synthvis.data.sample import mask_of
from synthvis.data.split import Split
from synthvis.data.statistics import statistics_of

HALF, QUARTER = INPUTS // 2, INPUTS // 4
HW = (48, 64)


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return find_dataset(write_fake_dataset(tmp_path_factory.mktemp("made") / "set"))


@pytest.fixture
def root(rendered: Dataset, tmp_path: Path) -> Path:
    return rendered.export("bop", tmp_path / "set", models="class").root


def require_sound(split: Split) -> None:
    """What was read can be used without a second look."""
    for image in split.images:
        assert image.image_hw == HW and image.id >= 0
        assert image.camera is None or np.isfinite(image.camera.K).all()
        for one in image.objects:
            x, y, width, height = one.bbox_xywh_px
            assert width > 0 and height > 0 and one.area_px > 0
            assert x >= 0 and y >= 0 and x + width <= HW[1] and y + height <= HW[0]
            assert one.class_name in split.category_ids and 0 <= one.visible_fraction <= 1
            if one.cam_from_object is not None:
                assert np.isfinite(one.cam_from_object.matrix).all()
    for row in split.left_out.rows:
        assert row.count > 0 and len(row.example) < 200
        row.example.encode("utf-8")
    statistics_of("x", [split])


@pytest.mark.parametrize(
    "file", ["train/000000/scene_gt.json", "train/000000/scene_gt_info.json", "train/000000/scene_camera.json",
             "models/models_info.json"],
)  # fmt: skip
def test_json_files(root: Path, file: str) -> None:
    path, left_out = root / file, []
    content = json.loads(path.read_text())

    def read(_: Path) -> None:
        split = find_dataset(root, formats=("bop",)).read("train")
        require_sound(split)
        left_out.append(bool(split.left_out))

    refused = refusals(read, path, mutated_json(content, INPUTS - QUARTER))
    refused += refusals(read, path, mutated_bytes(json.dumps(content).encode(), QUARTER))
    assert 0 < refused < INPUTS and 0 < sum(left_out) < INPUTS


def test_masks_and_depth_maps(root: Path, capfd: pytest.CaptureFixture[str]) -> None:
    scene = root / "train" / "000000"

    def read(_: Path) -> None:
        split = find_dataset(root, formats=("bop",)).read("train")
        require_sound(split)
        for one in split[0].objects:
            mask_of(one.segmentation, HW)
        assert split[0].depth_m.shape == HW or split[0].depth_m.ndim == 2

    for path in (scene / "mask_visib" / "000001_000000.png", scene / "depth" / "000001.png"):
        content = path.read_bytes()
        path.unlink()
        assert 0 < refusals(read, path, mutated_bytes(content, HALF)) < HALF
        path.write_bytes(content)
    capfd.readouterr()


def test_rows_of_a_stopped_export(rendered: Dataset, tmp_path: Path) -> None:
    plan = rendered.plan_export(ExportSettings(format="bop", models="each"))
    folder = tmp_path / "set"

    def stop(done: int, total: int) -> None:
        if done == total:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export_planned(plan, folder, on_images=stop)
    rows, kept = folder / ".rows", tmp_path / "rows"
    shutil.copytree(rows, kept)
    content = json.loads((rows / "train" / "000001.json").read_text())

    def finish(path: Path) -> None:
        if not rows.is_dir():
            shutil.copytree(kept, rows)
        shutil.copyfile(path, rows / "train" / "000001.json")
        plan.form.finish(plan.splits, folder)

    inputs = QUARTER
    assert 0 < refusals(finish, tmp_path / "row.json", mutated_json(content, inputs)) < inputs
