"""Exports to BOP: what comes back, what is chosen, resumed, shared and refused."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from bop_oracle import model
from fake_dataset import write_fake_dataset

from synthvis.data.dataset import Dataset, find_dataset
from synthvis.data.export.export import export_planned
from synthvis.data.export.settings import ExportSettings
from synthvis.data.formats.bop import format as bop_format
from synthvis.data.formats.bop import image_files, whole_set
from synthvis.dataset.manifest import open_rendered
from synthvis.errors import DatasetError, UsageError
from synthvis.formats.ply import ply_bytes


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """Objects that hide and cut others are in it: "extra" makes the set crowded."""
    return find_dataset(write_fake_dataset(tmp_path_factory.mktemp("made") / "set", extra=("box3d",)))


@pytest.fixture(scope="module")
def root(rendered: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rendered.export("bop", tmp_path_factory.mktemp("bop") / "set").root


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def files_in(root: Path) -> dict[str, bytes]:
    paths = sorted(path for path in root.rglob("*") if path.is_file() and path.name != "export.json")
    return {str(path.relative_to(root)): path.read_bytes() for path in paths}


def test_pictures_and_depth_maps_are_linked_under_their_numbers(rendered: Dataset, root: Path) -> None:
    for split in ("train", "val"):
        for image in rendered[split]:
            scene, name = root / split / "000000", f"{image.id:06d}"
            assert (scene / "rgb" / f"{name}.jpg").samefile(image.path)
            assert (scene / "depth" / f"{name}.png").samefile(image.maps["depth"].path)


def test_a_round_trip_keeps_all_that_bop_holds(rendered: Dataset, root: Path) -> None:
    back = find_dataset(root)
    assert (back.format.name, back.kind, back.splits) == ("bop", "synthetic", ("train", "val"))
    for split in back.splits:
        assert back[split].category_ids == rendered[split].category_ids
        assert back[split].class_names == rendered[split].class_names and not back[split].left_out
        for before, after in zip(rendered[split], back[split], strict=True):
            assert (after.id, after.image_hw) == (before.id, before.image_hw)
            assert np.array_equal(after.image, before.image) and np.array_equal(after.depth_m, before.depth_m)
            assert after.masks is not None and np.array_equal(after.masks, before.masks)
            for old, new in zip(before.objects, after.objects, strict=True):
                assert (new.class_name, new.bbox_xywh_px, new.area_px) == (
                    old.class_name, old.bbox_xywh_px, old.area_px
                )  # fmt: skip
                assert new.visible_fraction == pytest.approx(old.visible_fraction, abs=0.03)
                assert np.abs(np.subtract(new.amodal_bbox_xywh_px, old.amodal_bbox_xywh_px)).max() <= 1.0
                assert np.allclose(new.cam_from_object.matrix, old.cam_from_object.matrix, atol=1e-9)
            assert np.allclose(after.camera.K, before.camera.K) and after.camera.distortion is None
            assert np.allclose(after.camera.world_from_cam, before.camera.world_from_cam, atol=1e-8)


def test_bop_goes_on_to_coco_with_poses_and_cameras(root: Path, tmp_path: Path) -> None:
    before, after = find_dataset(root)["train"], find_dataset(root).export("coco", tmp_path / "coco")["train"]
    for old, new in zip(before, after, strict=True):
        assert np.array_equal(new.masks, old.masks) and np.allclose(new.camera.K, old.camera.K)
        assert [one.cam_from_object for one in new.objects] == [one.cam_from_object for one in old.objects]


def test_an_image_without_objects_is_an_empty_list(rendered: Dataset, tmp_path: Path) -> None:
    found = rendered.export("bop", tmp_path / "x", classes=["banana"])
    truth = read(found.root / "train" / "000000" / "scene_gt.json")
    assert [len(truth[key]) for key in ("1", "2")] == [len(image.objects) for image in found["train"]]
    assert 0 in [len(image.objects) for image in found["train"]]

    made = write_fake_dataset(tmp_path / "set")
    for path in (made / "annotations").iterdir():
        path.write_text(json.dumps({**read(path), "annotations": []}))
    empty = find_dataset(made).export("bop", tmp_path / "y")
    assert empty["train"].object_count == 0 and len(empty["train"]) == 2
    assert read(empty.root / "models" / "models_info.json") == {} and not list(empty.root.rglob("*.ply"))


def test_names_of_classes_may_be_anything(tmp_path: Path) -> None:
    made, odd = write_fake_dataset(tmp_path / "set"), "a/b: 50% <é> ../🍎"
    for split in ("train", "val"):
        path = made / "annotations" / f"instances_{split}.json"
        content = read(path)
        content["categories"] = [
            {**one, "name": odd if one["name"] == "apple" else one["name"]} for one in content["categories"]
        ]
        path.write_text(json.dumps(content))
    before = find_dataset(made)
    after = before.export("bop", tmp_path / "bop")
    assert after["train"].category_ids == before["train"].category_ids and odd in after["train"].class_names
    assert {path.parent for path in after.root.glob("models/*.ply")} == {after.root / "models"}


@pytest.mark.parametrize("place", ["first image", "during the merge", "after the merge"])
def test_a_stopped_export_resumes_to_equal_bytes(
    rendered: Dataset, tmp_path: Path, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = rendered.plan_export(ExportSettings(format="bop", models="class"))
    export_planned(plan, tmp_path / "x")
    expected = files_in(tmp_path / "x")
    shutil.rmtree(tmp_path / "x")

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    if place == "first image":
        with pytest.raises(KeyboardInterrupt):
            export_planned(plan, tmp_path / "x", on_images=stop)
    else:
        where = (whole_set, "_write_by_number") if place == "during the merge" else (whole_set.shutil, "rmtree")
        with monkeypatch.context() as patch:
            patch.setattr(*where, stop)
            with pytest.raises(KeyboardInterrupt):
                export_planned(plan, tmp_path / "x")
    assert any(path.name.startswith(".rows") for path in (tmp_path / "x").iterdir())
    export_planned(rendered.plan_export(ExportSettings(format="bop", models="class")), tmp_path / "x")
    assert files_in(tmp_path / "x") == expected


def test_scenes_have_a_thousand_images_at_most(
    rendered: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (bop_format, image_files, whole_set):
        monkeypatch.setattr(module, "SCENE_IMAGES", 1)
    found = rendered.export("bop", tmp_path / "x")
    assert sorted(path.name for path in (found.root / "train").iterdir()) == ["000000", "000001"]
    assert [list(read(scene / "scene_gt.json")) for scene in sorted((found.root / "train").iterdir())] == [["1"], ["2"]]
    assert [image.id for image in found["train"]] == [1, 2]
    assert [len(image.objects) for image in found["train"]] == [len(image.objects) for image in rendered["train"]]


def test_models_of_classes_stand_for_objects_that_differ(rendered: Dataset, tmp_path: Path) -> None:
    found = rendered.export("bop", tmp_path / "x", models="class")
    infos = read(found.root / "models" / "models_info.json")
    assert [infos[number]["name"] for number in sorted(infos)] == list(rendered["train"].category_ids)
    numbers = {one.model_id for split in found.splits for image in found[split] for one in image.objects}
    assert numbers == set(map(int, infos))
    # Each is one of the objects of its class.
    each = rendered.export("bop", tmp_path / "y", models="each")
    for number, info in infos.items():
        own = [
            other for other in read(each.root / "models" / "models_info.json").values() if other["name"] == info["name"]
        ]
        assert info in own, number
    names = [image.objects[k].class_name for image in found["val"] for k in range(len(image.objects))]
    assert names == [one.class_name for image in rendered["val"] for one in image.objects]


def test_many_objects_share_models_unless_asked_for(rendered: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    def remark(models: Any = None) -> str:
        return rendered.plan_export(ExportSettings(format="bop", models=models)).form.remarks[0]

    assert remark() == "models: one for each of 8 objects"
    monkeypatch.setattr("synthvis.data.formats.bop.model_plan.EACH_UP_TO", 7)
    assert remark().startswith("models: one a class, of a typical object") and "--models each" in remark()
    assert remark("each") == "models: one for each of 8 objects"


def test_meshes_of_the_user_are_models_once(tmp_path: Path) -> None:
    """Types of object that this machine does not have: their meshes lie in the dataset."""
    made = write_fake_dataset(tmp_path / "set")
    vertices, faces = np.array([[0, 0, 0], [0.1, 0, 0], [0, 0.2, 0], [0, 0, 0.3]]), np.array([[0, 2, 1], [0, 1, 3]])
    for path in made.rglob("scenes/**/*.json"):
        content = read(path)
        for one in content["objects"]:
            if one["kind"] == "orange":
                one |= {"kind": "mine/wedge", "params": {"content": "x"}}
        path.write_text(json.dumps(content))
    (made / "meshes" / "mine").mkdir(parents=True)
    (made / "meshes" / "mine" / "wedge.ply").write_bytes(ply_bytes(vertices, faces, "mine/wedge, metres, object frame"))
    frame = {"scale_m_per_unit": [1, 1, 1], "rotation": np.eye(3).tolist(), "shift_m": [0, 0, 0]}
    row = {"mesh": "mine/wedge.ply", "category": "orange", "source": "x", "triangles": 2, "notes": [], **frame}
    (made / "meshes" / "index.json").write_text(json.dumps({"mine/wedge": row}))
    plan = find_dataset(made).plan_export(ExportSettings(format="bop"))
    assert plan.form.remarks == ("models: one for each of 1 own mesh, and one for each other object",)
    found = find_dataset(made).export("bop", tmp_path / "bop")
    numbers = [(one.class_name, one.model_id) for split in found for image in found[split] for one in image.objects]
    assert {number for name, number in numbers if name == "orange"} == {1}
    others = [number for name, number in numbers if name != "orange"]
    assert len(set(others)) == len(others) and min(others) > 1
    stored, _ = model(found.root, 1)
    assert np.allclose(stored, vertices * 1000)
    info = read(found.root / "models" / "models_info.json")["1"]
    assert (info["name"], info["size_z"], info["diameter"]) == ("orange", 300.0, pytest.approx(np.hypot(200, 300)))
    (made / "meshes" / "mine" / "wedge.ply").write_bytes(b"ply")
    with pytest.raises(DatasetError, match=r"wedge\.ply is no mesh"):
        find_dataset(made).export("bop", tmp_path / "again")


@pytest.mark.parametrize(("depth", "scale"), [("png_0.1mm", 0.1), ("npy_m", 0.1), ("png_1mm", 1.0)])
def test_depth_of_every_form_has_16_bits_and_a_scale(tmp_path: Path, depth: str, scale: float) -> None:
    made = write_fake_dataset(tmp_path / "set", depth=depth)
    encoding, path = open_rendered(made).layout.depth_encoding, open_rendered(made).layout.depth("val", 3)
    depth_m = encoding.read(path)
    depth_m[:2] = np.inf
    depth_m[2:4] = 80.0
    encoding.write(path, depth_m)
    before = find_dataset(made)
    after = before.export("bop", tmp_path / "bop")
    cameras = read(after.root / "val" / "000000" / "scene_camera.json")
    far = 1.0 if depth == "npy_m" else scale
    assert cameras["3"]["depth_scale"] == far
    assert read(after.root / "train" / "000000" / "scene_camera.json")["1"]["depth_scale"] == scale
    stored = cv2.imread(str(after.root / "val" / "000000" / "depth" / "000003.png"), cv2.IMREAD_UNCHANGED)
    assert not stored[:4].any(), "nothing is known of what is farther than 16 bits reach"
    seen = after["val"][0].depth_m
    assert np.array_equal(np.isfinite(seen), np.isfinite(depth_m) & (depth_m < 80))
    known = np.isfinite(seen)
    assert np.abs(seen[known] - depth_m[known]).max() <= far / 2000 + 1e-6
    assert np.allclose(after["train"][0].depth_m, before["train"][0].depth_m, atol=scale / 2000 + 1e-6)


def test_what_cannot_be_written_is_refused_before_anything_is(rendered: Dataset, root: Path, tmp_path: Path) -> None:
    def refused(data: Dataset, **settings: Any) -> str:
        with pytest.raises(UsageError) as caught:
            data.export(settings.pop("form", "bop"), tmp_path / "x", **settings)
        assert not (tmp_path / "x").exists()
        return str(caught.value)

    assert "no rendered dataset" in refused(find_dataset(root))
    assert "no rendered dataset" in refused(rendered.export("coco", tmp_path / "coco"))
    assert "leave --boxes out" in refused(rendered, boxes="amodal")
    assert "yolo holds no 3D models" in refused(rendered, form="yolo", models="each")


@pytest.mark.parametrize("folder", ["records", "scenes", "depth"])
def test_a_dataset_with_a_hole_is_named(tmp_path: Path, folder: str) -> None:
    made = write_fake_dataset(tmp_path / "set")
    path = next(iter(sorted((made / folder / "train").iterdir())))
    path.unlink()
    with pytest.raises(DatasetError, match=path.name):
        find_dataset(made).export("bop", tmp_path / "x")


def test_an_object_that_its_scene_lacks_is_named(tmp_path: Path) -> None:
    made = write_fake_dataset(tmp_path / "set")
    path = made / "scenes" / "val" / "000003.json"
    content = read(path)
    content["objects"] = content["objects"][1:]
    path.write_text(json.dumps(content))
    with pytest.raises(DatasetError, match=r"object 1 of .*000003\.jpg has no pose"):
        find_dataset(made).export("bop", tmp_path / "x")


@pytest.fixture(autouse=True)
def _fresh_models() -> Iterator[None]:
    model.cache_clear()
    yield
    model.cache_clear()
