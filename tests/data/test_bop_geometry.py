"""Exports to BOP as OpenCV, trimesh, numpy and the formulas of BOP's toolkit see them: poses, models, depth, boxes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import fake_dataset
import numpy as np
import pytest
from bop_oracle import DrawnObject, draw, drawn_objects, model, z_buffer
from fake_dataset import IMAGE_HW, write_fake_dataset

from synthvis.camera.pinhole import look_at
from synthvis.data.dataset import Dataset, find_dataset
from synthvis.data.export.settings import ExportSettings
from synthvis.dataset.layout import DatasetLayout
from synthvis.objects.registry import mesh_of
from synthvis.scene.serialise import scene_from_json

LENS = (-0.25, 0.05, 0.002, -0.001, 0.0)
OUT_MM = 0.51
"""Half a unit of the depth maps, and a hair."""


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """Objects that hide and cut others are in it: "extra" makes the set crowded."""
    return find_dataset(write_fake_dataset(tmp_path_factory.mktemp("made") / "set", extra=("box3d",)))


@pytest.fixture(scope="module")
def root(rendered: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rendered.export("bop", tmp_path_factory.mktemp("bop") / "set").root


@pytest.fixture(scope="module")
def drawn(root: Path) -> list[DrawnObject]:
    """All objects of the set, drawn from its files."""
    return [one for split in ("train", "val") for one in drawn_objects(root, split)]


@pytest.fixture(scope="module")
def cut(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """The camera looks aside, so that the left border cuts objects."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fake_dataset, "look_at", lambda eye_m, _: look_at(eye_m, (0.29, 0, 0.03)))
        fake_dataset._rendered.cache_clear()
        made = write_fake_dataset(tmp_path_factory.mktemp("cut") / "set")
    fake_dataset._rendered.cache_clear()
    return find_dataset(made)


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def test_models_in_their_poses_cover_the_whole_silhouettes(drawn: list[DrawnObject]) -> None:
    assert len(drawn) == 8
    assert min(one.iou for one in drawn) > 0.99
    assert any(one.visible.sum() < one.mask.sum() for one in drawn), "something is hidden"


def test_half_a_pixel_would_be_seen(root: Path, drawn: list[DrawnObject]) -> None:
    """The middle of the top left pixel is (0, 0) in cam_K, as OpenCV has it, and not (0.5, 0.5)."""
    cameras, shifted = read(root / "train" / "000000" / "scene_camera.json"), []
    for one in (one for one in drawn if str(one.image) in cameras):
        camera = cameras[str(one.image)]
        K = np.array(camera["cam_K"]).reshape(3, 3)
        K[:2, 2] += 0.5
        moved = np.isfinite(draw(root, one.ground_truth, K, IMAGE_HW)[0])
        shifted.append((moved & one.mask).sum() / (moved | one.mask).sum())
    assert max(shifted) < 0.97
    camera = read(root / "camera.json")
    assert camera == {
        "cx": 31.5, "cy": 23.5, "depth_scale": 1.0, "fx": 64.0, "fy": 64.0, "height": 48, "width": 64
    }  # fmt: skip


def test_depth_of_the_models_is_that_of_the_maps_where_they_show(drawn: list[DrawnObject]) -> None:
    misses = [one.miss_mm for one in drawn]
    assert all(len(miss) and miss.max() <= OUT_MM for miss in misses)


@pytest.mark.parametrize("which", ["hidden", "cut"])
def test_the_facts_of_objects_are_those_of_the_toolkit(root: Path, cut: Dataset, tmp_path: Path, which: str) -> None:
    """By the formulas of bop_toolkit: calc_gt_info.py on a canvas of three pictures a side, calc_2d_bbox of pixels."""
    height, width = IMAGE_HW
    root = root if which == "hidden" else cut.export("bop", tmp_path / "cut").root
    outside = []
    for one in (one for split in ("train", "val") for one in drawn_objects(root, split)):
        vertices, faces = model(root, one.ground_truth["obj_id"])
        z = (vertices @ np.array(one.ground_truth["cam_R_m2c"]).reshape(3, 3).T)[:, 2]
        canvas_px = one.points_px + np.array([width, height])
        z = z + one.ground_truth["cam_t_m2c"][2]
        canvas = np.isfinite(z_buffer(canvas_px, z, faces, (3 * height, 3 * width)))
        info = one.info
        assert info["px_count_visib"] == one.visible.sum()
        assert info["px_count_frame"] == one.mask.sum()
        assert abs(info["px_count_all"] - canvas.sum()) <= 1
        outside.append(info["px_count_all"] - info["px_count_frame"])
        assert info["px_count_valid"] == (one.mask & (one.depth_mm > 0)).sum()
        assert info["visib_fract"] == pytest.approx(one.visible.sum() / info["px_count_all"], abs=1e-6)
        for key, pixels, shift in (("bbox_visib", one.visible, (0, 0)), ("bbox_obj", canvas, (width, height))):
            rows, columns = pixels.nonzero()
            left, top = columns.min() - shift[0], rows.min() - shift[1]
            expected = [left, top, np.ptp(columns), np.ptp(rows)]
            tolerance = 0 if key == "bbox_visib" else 1
            assert np.abs(np.array(info[key]) - expected).max() <= tolerance, key
    assert (max(outside) > 10) == (which == "cut")


def test_what_the_border_cuts_is_not_hidden_here_and_is_in_bop(cut: Dataset, tmp_path: Path) -> None:
    found = cut.export("bop", tmp_path / "x")
    for split in found.splits:
        infos = read(found.root / split / "000000" / "scene_gt_info.json")
        for before, after in zip(cut[split], found[split], strict=True):
            for old, new, info in zip(before.objects, after.objects, infos[str(after.id)], strict=True):
                assert new.visible_fraction == pytest.approx(old.visible_fraction, abs=0.03)
                assert np.abs(np.subtract(new.amodal_bbox_xywh_px, old.amodal_bbox_xywh_px)).max() <= 1.0
                if info["px_count_all"] > info["px_count_frame"]:
                    assert info["visib_fract"] < new.visible_fraction and new.amodal_bbox_xywh_px[0] < 0


def test_models_are_the_meshes_of_the_scenes_in_millimetres(rendered: Dataset, root: Path) -> None:
    layout, infos = DatasetLayout(rendered.root), read(root / "models" / "models_info.json")
    ids = []
    for split in ("train", "val"):
        truth = read(root / split / "000000" / "scene_gt.json")
        for image in rendered[split]:
            scene = {
                one.instance_id: one for one in scene_from_json(layout.scene(split, image.id).read_bytes()).objects
            }
            for labelled, one in zip(image.objects, truth[str(image.id)], strict=True):
                vertices, faces = model(root, one["obj_id"])
                mesh = mesh_of(scene[labelled.instance_id])
                assert np.allclose(vertices, mesh.vertices_m * 1000, atol=1e-9) and np.array_equal(faces, mesh.faces)
                info = infos[str(one["obj_id"])]
                assert [info[f"min_{axis}"] for axis in "xyz"] == pytest.approx(vertices.min(axis=0), abs=1e-5)
                assert [info[f"size_{axis}"] for axis in "xyz"] == pytest.approx(np.ptp(vertices, axis=0), abs=1e-5)
                apart = max(
                    float(np.linalg.norm(vertices[k:] - vertices[k], axis=1).max()) for k in range(len(vertices))
                )
                assert info["diameter"] == pytest.approx(apart, abs=1e-5)
                assert (info["name"], info["category_id"]) == (
                    labelled.class_name, rendered[split].category_ids[labelled.class_name]
                )  # fmt: skip
                ids.append(one["obj_id"])
    assert ids == list(range(1, 9)) and sorted(map(int, infos)) == ids
    assert len(list((root / "models").glob("*.ply"))) == len(ids)


def test_a_lens_is_named_with_the_pixels_that_it_makes(tmp_path: Path) -> None:
    found = find_dataset(write_fake_dataset(tmp_path / "set", distortion=LENS))
    plan = found.plan_export(ExportSettings(format="bop"))
    # Corners are bent most; OpenCV says where a pinhole would show what is seen there.
    camera = found["val"][0].camera
    corners = np.array([[0, 0], [64, 0], [0, 48], [64, 48]], dtype=np.float64)
    straight = cv2.undistortPoints(corners[:, None], camera.K, np.array(LENS), P=camera.K)[:, 0]
    pixels = np.linalg.norm(straight - corners, axis=1).max()
    assert f"by up to {pixels:.1f} px" in plan.form.remarks[1] and pixels > 1
    assert {one.content.value for one in plan.lost} >= {"lens distortion"}
    copy = found.export("bop", tmp_path / "bop")
    ious = [one.iou for one in drawn_objects(copy.root, "val")]
    assert min(ious) < 0.97, "the pictures and masks stay bent"
    assert all(np.array_equal(a.masks, b.masks) for a, b in zip(found["val"], copy["val"], strict=True))


@pytest.mark.blender
@pytest.mark.slow
def test_what_blender_renders_is_where_the_models_are(tmp_path: Path) -> None:
    """60 renders of `fruit` gave IoUs from 0.9995 on, and 0.2% of an object's depth at most beyond half a unit."""
    import synthvis as sv

    recipe = sv.load_recipe("fruit", set={"image.width_px": 96, "image.height_px": 96, "objects.empty_share": 0})
    made = sv.render(recipe, n=4, out=tmp_path / "set", workers=1)
    root = made.export("bop", tmp_path / "bop").root
    large = [one for one in drawn_objects(root, "train") if one.mask.sum() >= 200]
    assert large and min(one.iou for one in large) > 0.99
    assert max(np.mean(one.miss_mm > OUT_MM) for one in large if len(one.miss_mm)) < 0.02


@pytest.fixture(autouse=True)
def _fresh_models() -> Iterator[None]:
    model.cache_clear()
    yield
    model.cache_clear()
