"""A sample of a rendered dataset and of photographs, read by the public names, against cv2, pycocotools, numpy."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from fake_dataset import write_fake_dataset
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO

from synthvis.conventions import NAMESPACE
from synthvis.data.dataset import Dataset, find_dataset
from synthvis.errors import DatasetError, RealDataError, UsageError

LENS = (-0.2, 0.05, 0.001, -0.002, 0.0)


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return find_dataset(write_fake_dataset(tmp_path_factory.mktemp("data") / "made", distortion=LENS))


def oracle(dataset: Dataset, split: str) -> COCO:
    return COCO(str(dataset.root / "annotations" / f"instances_{split}.json"))


def photographs(root: Path, annotations: list[dict[str, object]], images: int = 1) -> Path:
    """A COCO folder of pictures of 8 x 6 pixels."""
    (root / "images" / "val").mkdir(parents=True)
    for number in range(1, images + 1):
        cv2.imwrite(str(root / "images" / "val" / f"{number}.png"), np.full((6, 8, 3), (1, 2, 3), np.uint8))
    content = {
        "images": [{"id": n, "file_name": f"{n}.png", "width": 8, "height": 6} for n in range(1, images + 1)],
        "annotations": [
            {"id": number, "image_id": 1, "category_id": 3, **one} for number, one in enumerate(annotations)
        ],
        "categories": [{"id": 3, "name": "cone"}],
    }
    (root / "annotations").mkdir()
    (root / "annotations" / "instances_val.json").write_text(json.dumps(content))
    return root


def test_a_dataset_gives_its_splits_and_a_split_its_samples(rendered: Dataset) -> None:
    assert (list(rendered), len(rendered), "train" in rendered, "test" in rendered) == (
        ["train", "val"],
        2,
        True,
        False,
    )
    assert rendered["train"] is rendered["train"], "a split is read once"
    split = rendered["train"]
    assert len(split) == 2 and [sample.id for sample in split] == [1, 2] and split[-1].id == 2
    assert (rendered.kind, rendered.default_split, find_dataset(f"{rendered.root}:train").default_split) == (
        "synthetic", "val", "train",
    )  # fmt: skip
    with pytest.raises(RealDataError, match="no split 'test'"):
        rendered["test"]


def test_pixels_boxes_and_masks_are_those_of_the_files(rendered: Dataset) -> None:
    for name in rendered:
        coco = oracle(rendered, name)
        for sample in rendered[name]:
            assert np.array_equal(sample.image, cv2.imread(str(sample.path))[:, :, ::-1])
            entries = coco.loadAnns(coco.getAnnIds(imgIds=sample.id))
            boxes = np.array([entry["bbox"] for entry in entries])
            assert np.array_equal(sample.boxes.xywh_px, boxes) and len(sample.boxes) == len(entries) > 0
            assert np.array_equal(sample.boxes.xyxy_px[:, 2:], boxes[:, :2] + boxes[:, 2:])
            names = [coco.cats[entry["category_id"]]["name"] for entry in entries]
            assert sample.boxes.class_names == tuple(names) and not sample.boxes.is_crowd.any()
            assert sample.masks is not None and sample.masks.dtype == bool
            assert np.array_equal(sample.masks, [coco.annToMask(entry) for entry in entries])


def test_maps_and_masks_of_a_render_agree(rendered: Dataset) -> None:
    for sample in rendered["train"]:
        stem = f"train/{sample.path.stem}.png"
        millimetres = cv2.imread(str(rendered.root / "depth" / stem), cv2.IMREAD_UNCHANGED)
        assert sample.depth_m is not None and sample.depth_m.dtype == np.float32
        known = np.isfinite(sample.depth_m)
        assert np.array_equal(known, millimetres > 0) and known.any()
        assert np.allclose(sample.depth_m[known], millimetres[known] / 1000, atol=1e-6)
        assert sample.normals is not None
        lengths = np.linalg.norm(sample.normals, axis=2)
        assert np.all((lengths == 0) | np.isclose(lengths, 1, atol=1e-5)) and (lengths > 0).any()
        assert sample.instance_ids is not None and sample.semantic is not None and sample.masks is not None
        for one, mask in zip(sample.objects, sample.masks, strict=True):
            assert np.array_equal(sample.instance_ids == one.instance_id, mask)
        assert np.array_equal(sample.semantic > 0, sample.masks.any(axis=0))


def test_the_camera_is_that_of_the_annotations(rendered: Dataset) -> None:
    coco = oracle(rendered, "val")
    for sample in rendered["val"]:
        facts = coco.imgs[sample.id][NAMESPACE]
        assert sample.camera is not None and sample.camera.distortion is not None
        assert sample.camera.K.tolist() == facts["K"]
        assert tuple(sample.camera.distortion) == LENS
        assert sample.camera.world_from_cam.tolist() == facts["world_from_cam"]
        assert np.allclose(sample.camera.world_from_cam[:3, :3] @ sample.camera.world_from_cam[:3, :3].T, np.eye(3))


def test_an_image_without_objects_has_empty_arrays(tmp_path: Path) -> None:
    empty = find_dataset(photographs(tmp_path / "a", [{"bbox": [1, 1, 1, 1]}], images=2))["val"][1]
    assert empty.objects == () and len(empty.boxes) == 0 and empty.keypoints_xyv_px == ()
    assert (empty.boxes.xyxy_px.shape, empty.boxes.xywh_px.shape, empty.boxes.is_crowd.shape) == ((0, 4), (0, 4), (0,))
    assert empty.masks is not None and empty.masks.shape == (0, 6, 8)
    assert (empty.depth_m, empty.normals, empty.semantic, empty.instance_ids, empty.camera) == (None,) * 5


def test_crowds_and_boxes_of_one_pixel_are_kept(tmp_path: Path) -> None:
    runs = coco_mask.encode(np.asfortranarray(np.ones((6, 8), np.uint8)))
    crowd = {"bbox": [0, 0, 8, 6], "iscrowd": 1, "segmentation": {"size": [6, 8], "counts": runs["counts"].decode()}}
    pixel = {"bbox": [7, 5, 1, 1], "segmentation": [[7, 5, 8, 5, 8, 6, 7, 6]]}
    sample = find_dataset(photographs(tmp_path / "a", [crowd, pixel]))["val"][0]
    assert sample.boxes.is_crowd.tolist() == [True, False]
    assert sample.boxes.xyxy_px.tolist() == [[0, 0, 8, 6], [7, 5, 8, 6]]
    assert sample.masks is not None and sample.masks.sum(axis=(1, 2)).tolist() == [48, 1] and sample.masks[1, 5, 7]


def test_masks_that_only_some_objects_have_are_refused_and_none_are_none(tmp_path: Path) -> None:
    bare, masked = {"bbox": [1, 1, 2, 2]}, {"bbox": [1, 1, 2, 2], "segmentation": [[1, 1, 3, 1, 3, 3, 1, 3]]}
    assert find_dataset(photographs(tmp_path / "a", [bare]))["val"][0].masks is None
    with pytest.raises(DatasetError, match=r"1 of 2 objects of .*1\.png have no mask"):
        _ = find_dataset(photographs(tmp_path / "b", [bare, masked]))["val"][0].masks


def test_a_broken_picture_is_named_when_it_is_read(tmp_path: Path) -> None:
    root = photographs(tmp_path / "a", [{"bbox": [1, 1, 2, 2]}])
    sample, path = find_dataset(root)["val"][0], root / "images" / "val" / "1.png"
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(DatasetError, match=r"val/1\.png"):
        _ = sample.image
    cv2.imwrite(str(path), np.zeros((5, 8, 3), np.uint8))
    with pytest.raises(DatasetError, match=r"1\.png is 8x5 px, its annotations say 8x6"):
        _ = sample.image
    path.unlink()
    with pytest.raises(DatasetError, match=r"cannot read image .*1\.png"):
        _ = sample.image
    assert sample.image_hw == (6, 8), "the size is known from the labels"


def test_a_camera_that_is_none_is_named(tmp_path: Path) -> None:
    root = photographs(tmp_path / "a", [{"bbox": [1, 1, 2, 2]}])
    path = root / "annotations" / "instances_val.json"
    content = json.loads(path.read_text())
    for K, said in (([[1, 0], [0, 1]], "3 x 3"), ("x", "not numbers"), ([[1, 0, 0], [0, 1, 0], [0, 0, None]], "3 x 3")):
        content["images"][0][NAMESPACE] = {"K": K, "world_from_cam": np.eye(4).tolist()}
        path.write_text(json.dumps(content))
        with pytest.raises(DatasetError, match=rf"camera of .*1\.png: K is .*{said}|camera of .*1\.png: K is {said}"):
            _ = find_dataset(root)["val"][0].camera


def test_an_export_is_read_back_by_pycocotools_and_equal(rendered: Dataset, tmp_path: Path) -> None:
    copy = rendered.export("coco", tmp_path / "copy")
    assert copy.splits == rendered.splits
    for name in rendered:
        before, after = oracle(rendered, name), oracle(copy, name)
        assert before.cats.keys() == after.cats.keys() and before.imgs.keys() == after.imgs.keys()
        for number in before.imgs:
            old, new = (coco.loadAnns(coco.getAnnIds(imgIds=number)) for coco in (before, after))
            for key in ("bbox", "area", "iscrowd", "category_id"):
                assert [entry[key] for entry in new] == [entry[key] for entry in old]
            assert all(np.array_equal(before.annToMask(a), after.annToMask(b)) for a, b in zip(old, new, strict=True))
        for old_sample, new_sample in zip(rendered[name], copy[name], strict=True):
            assert new_sample.path.read_bytes() == old_sample.path.read_bytes()
            assert new_sample.objects == old_sample.objects
            assert new_sample.camera is not None and old_sample.camera is not None
            assert np.array_equal(new_sample.camera.K, old_sample.camera.K)


def entries(path: Path) -> dict[str, list[dict[str, object]]]:
    """A COCO file without what an export decides anew: where pictures lie, and the numbers of annotations."""
    content = json.loads(path.read_text())
    annotations = [{key: one[key] for key in one if key != "id"} for one in content["annotations"]]
    return {"images": content["images"], "annotations": annotations, "categories": content["categories"]}


def test_nothing_that_a_render_says_is_lost_by_exporting_it_and_the_copy_again(tmp_path: Path) -> None:
    made = write_fake_dataset(tmp_path / "made", extra=("box3d", "occlusion_order"), distortion=LENS)
    once = find_dataset(made).export("coco", tmp_path / "once")
    twice = once.export("coco", tmp_path / "twice")
    for split in ("train", "val"):
        name = Path("annotations") / f"instances_{split}.json"
        before = entries(made / name)
        facts = before["annotations"][0][NAMESPACE]
        assert {
            "amodal_bbox",
            "amodal_segmentation",
            "visible_fraction",
            "cam_from_object",
            "truncation",
        } <= facts.keys()
        assert {"K", "distortion", "world_from_cam", "seed"} <= before["images"][0][NAMESPACE].keys()
        assert entries(once.root / name) == before == entries(twice.root / name)
        assert json.loads((once.root / name).read_text())["info"] == json.loads((made / name).read_text())["info"]


def test_an_export_of_some_classes_keeps_what_their_objects_say(rendered: Dataset, tmp_path: Path) -> None:
    copy = rendered.export("coco", tmp_path / "copy", splits=["train"], classes=["orange"])
    whole = entries(rendered.root / "annotations" / "instances_train.json")["annotations"]
    own = {(one["image_id"], one[NAMESPACE]["instance_id"]): one[NAMESPACE] for one in whole}
    wanted = {number: facts for number, facts in own.items() if facts["kind"] == "orange"}
    found = entries(copy.root / "annotations" / "instances_train.json")["annotations"]
    assert {(one["image_id"], one[NAMESPACE]["instance_id"]): one[NAMESPACE] for one in found} == wanted != {}


def test_only_what_can_be_written_is_exported_and_nothing_is_overwritten(rendered: Dataset, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no data format 'yol'.*yolo"):
        rendered.export("yol", tmp_path / "a")
    with pytest.raises(UsageError, match="nothing can be exported to the format depth-maps") as caught:
        rendered.export("depth-maps", tmp_path / "a")
    assert "coco" in str(caught.value)
    rendered.export("coco", tmp_path / "a", splits=["val"])
    assert find_dataset(tmp_path / "a").splits == ("val",)
    with pytest.raises(DatasetError, match="holds an export of other images"):
        rendered.export("coco", tmp_path / "a")
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "mine.txt").write_text("mine")
    with pytest.raises(DatasetError, match="is not empty"):
        rendered.export("coco", tmp_path / "b")
    assert (tmp_path / "b" / "mine.txt").read_text() == "mine"
