"""BOP sets that others wrote, sound and hostile, worked by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from synthvis.checks.foreign import check_foreign, is_foreign_set
from synthvis.data.contents import Content, contents_of
from synthvis.data.dataset import Dataset, find_dataset
from synthvis.data.mask_files import MaskFile
from synthvis.data.split import EmptySplit, Split
from synthvis.errors import DatasetError, RealDataError, UsageError
from synthvis.formats.images import write_png
from synthvis.train.depth.description import DESCRIPTION as DEPTH
from synthvis.train.detection.description import DESCRIPTION as DETECTION

HW = (24, 32)
CAMERA = {"cam_K": [100, 0, 15.5, 0, 110, 11.5, 0, 0, 1], "depth_scale": 0.1}
TURNED = {"obj_id": 5, "cam_R_m2c": [0, -1, 0, 1, 0, 0, 0, 0, 1], "cam_t_m2c": [0, 0, 1000]}
"""A quarter turn about the optical axis, a metre away."""

INFO = {
    "bbox_obj": [4, 6, 9, 9], "bbox_visib": [4, 8, 9, 7], "px_count_all": 100, "px_count_valid": 100,
    "px_count_visib": 80, "visib_fract": 0.8,
}  # fmt: skip
HIDDEN = {**INFO, "bbox_visib": [-1, -1, -1, -1], "px_count_visib": 0, "visib_fract": 0.0}


def write(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))


def mask() -> np.ndarray:
    """The visible part: rows 8 to 15, columns 4 to 13."""
    found = np.zeros(HW, dtype=np.uint8)
    found[8:16, 4:14] = 255
    return found


def scene(
    folder: Path,
    objects: Any = (TURNED,),
    info: Any = (INFO,),
    camera: Any = CAMERA,
    images: tuple[int, ...] = (3,),
    *,
    masks: bool = True,
    suffix: str = ".png",
    rgb: str = "rgb",
) -> Path:
    """A scene whose images are alike."""
    write(folder / "scene_gt.json", {str(k): list(objects) for k in images})
    write(folder / "scene_camera.json", {str(k): camera for k in images})
    if info is not None:
        write(folder / "scene_gt_info.json", {str(k): list(info) for k in images})
    for number in images:
        (folder / rgb).mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(folder / rgb / f"{number:06d}{suffix}"), np.full((*HW, 3), 90, np.uint8))
        write_png(folder / "depth" / f"{number:06d}.png", np.full(HW, 12345, np.uint16))
        for position in range(len(objects)) if masks else ():
            write_png(folder / "mask_visib" / f"{number:06d}_{position:06d}.png", mask())
    return folder


def read(root: Path, split: str = "test") -> Split:
    return find_dataset(root).read(split)


def reasons(split: Split) -> list[tuple[str, str, int]]:
    return [(row.part, row.reason, row.count) for row in split.left_out.rows]


def test_a_pose_worked_by_hand(tmp_path: Path) -> None:
    scene(tmp_path / "test" / "000001")
    (image,) = read(tmp_path)
    (one,) = image.objects
    assert (image.id, image.image_hw, image.path.name) == (3, HW, "000003.png")
    assert (one.class_name, one.model_id, one.is_crowd) == ("obj_000005", 5, False)
    pose = one.cam_from_object.matrix
    assert pose.tolist() == [[0, -1, 0, 0], [1, 0, 0, 0], [0, 0, 1, 1], [0, 0, 0, 1]]
    # 0.1 m along the object's x lies 0.1 m below the optical axis: 11 px below the middle, which is at 15.5, 11.5 in
    # BOP, where pixels have their middles at whole numbers, and at 16, 12 here.
    x, y, z = (image.camera.K @ (pose @ (0.1, 0, 0, 1))[:3]).tolist()
    assert (x / z, y / z) == pytest.approx((16.0, 12.0 + 11.0))
    points_px, _ = cv2.projectPoints(
        np.array([[100.0, 0, 0]]),
        cv2.Rodrigues(np.array(TURNED["cam_R_m2c"], float).reshape(3, 3))[0],
        np.array(TURNED["cam_t_m2c"], float),
        np.array(CAMERA["cam_K"], float).reshape(3, 3),
        None,
    )
    assert points_px.ravel() + 0.5 == pytest.approx((x / z, y / z))
    assert image.camera.world_from_cam is None and image.camera.distortion is None


def test_boxes_masks_shares_and_depth(tmp_path: Path) -> None:
    scene(tmp_path / "test" / "000001")
    (image,) = read(tmp_path)
    (one,) = image.objects
    # The toolkit's width leads from the middle of the first pixel to that of the last one.
    assert (one.bbox_xywh_px, one.amodal_bbox_xywh_px) == ((4, 8, 10, 8), (4, 6, 10, 10))
    assert (one.area_px, one.visible_fraction) == (80, 0.8)
    assert isinstance(one.segmentation, MaskFile) and np.array_equal(image.masks[0], mask() > 0)
    assert np.allclose(image.depth_m, 1.2345)
    assert contents_of(read(tmp_path)) == {
        Content.BOXES: 1, Content.MASKS: 1, Content.VISIBLE_SHARES: 1, Content.AMODAL: 1, Content.POSES: 1,
        Content.CAMERAS: 1, Content.DEPTH: 1,
    }  # fmt: skip


def test_the_camera_in_the_world(tmp_path: Path) -> None:
    turn, shift_mm = np.array([[0.0, 0, 1], [1, 0, 0], [0, 1, 0]]), np.array([100.0, -200, 300])
    camera = {**CAMERA, "cam_R_w2c": turn.ravel().tolist(), "cam_t_w2c": shift_mm.tolist()}
    scene(tmp_path / "test" / "000001", camera=camera)
    found = read(tmp_path)[0].camera.world_from_cam
    assert found is not None and np.allclose(found[:3, :3], turn.T)
    assert np.allclose(found[:3, 3], -turn.T @ shift_mm / 1000)


def test_without_info_boxes_are_those_of_masks(tmp_path: Path) -> None:
    scene(tmp_path / "test" / "000001", info=None)
    (one,) = read(tmp_path)[0].objects
    assert (one.bbox_xywh_px, one.area_px, one.visible_fraction, one.amodal_bbox_xywh_px) == (
        (4, 8, 10, 8), 80, 1.0, None,
    )  # fmt: skip
    write_png(tmp_path / "test" / "000001" / "mask_visib" / "000003_000000.png", np.zeros(HW, np.uint8))
    assert read(tmp_path)[0].objects == () and not read(tmp_path).left_out


def test_without_masks_boxes_are_those_of_the_info(tmp_path: Path) -> None:
    scene(tmp_path / "test" / "000001", masks=False)
    split = read(tmp_path)
    assert split[0].objects[0].bbox_xywh_px == (4, 8, 10, 8) and split[0].masks is None and not split.left_out
    scene(tmp_path / "other" / "test" / "000001", info=None, masks=False)
    assert reasons(read(tmp_path / "other")) == [
        ("annotations", "neither bbox_visib nor mask_visib says where it is", 1)
    ]


def test_what_is_hidden_is_no_object_and_not_counted(tmp_path: Path) -> None:
    scene(tmp_path / "test" / "000001", objects=(TURNED, TURNED), info=(HIDDEN, INFO))
    split = read(tmp_path)
    assert split.object_count == 1 and not split.left_out
    assert split[0].objects[0].segmentation.path.name == "000003_000001.png"


def test_splits_without_ground_truth_are_passed_over(tmp_path: Path) -> None:
    scene(tmp_path / "train_pbr" / "000000")
    scene(tmp_path / "val" / "000007")
    scene(tmp_path / "test" / "000001")
    (tmp_path / "test" / "000001" / "scene_gt.json").unlink()
    scene(tmp_path / "models_eval" / "000000")
    scene(tmp_path / ".hidden" / "000000")
    (tmp_path / "train_pbr" / "000001").mkdir()
    found = find_dataset(tmp_path)
    assert (found.format.name, found.splits, found.default_split) == ("bop", ("train_pbr", "val"), "val")
    assert len(found["train_pbr"]) == 1


def test_images_of_several_scenes_have_ids_of_their_own(tmp_path: Path) -> None:
    scene(tmp_path / "test" / "000002", images=(1, 2))
    scene(tmp_path / "test" / "000001", images=(1, 5))
    split = read(tmp_path)
    assert [(image.id, image.path.parent.parent.name, image.path.stem) for image in split] == [
        (1, "000001", "000001"), (2, "000001", "000005"), (3, "000002", "000001"), (4, "000002", "000002"),
    ]  # fmt: skip
    scene(tmp_path / "other" / "test" / "000002", images=(10,))
    scene(tmp_path / "other" / "test" / "000001", images=(900, 7))
    assert [image.id for image in read(tmp_path / "other")] == [7, 10, 900]
    scene(tmp_path / "zero" / "test" / "000000", images=(0, 1))
    assert [image.id for image in read(tmp_path / "zero")] == [1, 2]


@pytest.mark.parametrize(("suffix", "rgb"), [(".jpg", "rgb"), (".png", "gray"), (".tif", "gray")])
def test_pictures_of_colour_or_grey(tmp_path: Path, suffix: str, rgb: str) -> None:
    scene(tmp_path / "test" / "000001", suffix=suffix, rgb=rgb)
    assert read(tmp_path)[0].image.shape == (*HW, 3)


@pytest.mark.parametrize(
    ("infos", "names", "ids"),
    [
        (None, ("obj_000005", "obj_000009"), [5, 9]),
        ({"5": {}, "9": {}, "11": {}}, ("obj_000005", "obj_000009", "obj_000011"), [5, 9, 11]),
        ({"5": {"name": "cup", "category_id": 47}, "9": {"name": "é 🍎 ../x"}}, ("é 🍎 ../x", "cup"), [9, 47]),
        ({"5": {"name": "cup"}, "9": {"name": "cup"}}, ("cup",), [5]),
        ({"5": {"name": "cup", "category_id": 9}, "9": {"name": "pot"}}, ("cup", "pot"), [1, 2]),
        ({"5": {"name": "a\nb"}, "9": {"name": 3}, "x": {}, "7": []}, ("obj_000005", "obj_000009"), [5, 9]),
    ],
)
def test_classes_have_names_from_models_info_or_numbers(
    tmp_path: Path, infos: Any, names: tuple[str, ...], ids: list[int]
) -> None:
    scene(tmp_path / "test" / "000001", objects=(TURNED, {**TURNED, "obj_id": 9}), info=(INFO, INFO))
    if infos is not None:
        write(tmp_path / "models" / "models_info.json", infos)
    split = read(tmp_path)
    assert (split.class_names, list(split.category_ids.values())) == (names, ids)
    assert {one.class_name for one in split[0].objects} <= set(names)
    assert bool(split.left_out) == ("x" in (infos or {}))


def test_two_spellings_of_a_class_are_refused(tmp_path: Path) -> None:
    scene(tmp_path / "test" / "000001")
    write(tmp_path / "models" / "models_info.json", {"5": {"name": "Tea Cup"}, "9": {"name": "tea_cup"}})
    with pytest.raises(RealDataError, match="two classes share a name"):
        read(tmp_path)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("x", "not an object"),
        ({"obj_id": "5"}, "obj_id is no number of an object"),
        ({"obj_id": -1}, "obj_id is no number of an object"),
        ({"obj_id": 10**18}, "obj_id is no number of an object"),
        ({"obj_id": True}, "obj_id is no number of an object"),
        ({"cam_R_m2c": [1] * 9}, "cam_R_m2c and cam_t_m2c: it does not turn rigidly"),
        ({"cam_R_m2c": [1] * 8}, "cam_R_m2c and cam_t_m2c are not nine and three numbers"),
        ({"cam_R_m2c": None}, "cam_R_m2c and cam_t_m2c are not nine and three numbers"),
        ({"cam_t_m2c": [0, 0, "1"]}, "cam_R_m2c and cam_t_m2c are not nine and three numbers"),
        ({"cam_t_m2c": [0, 0, 1e14]}, "cam_R_m2c and cam_t_m2c: it is too far away"),
    ],
)
def test_objects_that_cannot_be_used_are_left_out_by_reason(tmp_path: Path, change: Any, reason: str) -> None:
    bad = {**TURNED, **change} if isinstance(change, dict) else change
    scene(tmp_path / "test" / "000001", objects=(bad, TURNED), info=(INFO, INFO))
    split = read(tmp_path)
    assert reasons(split) == [("annotations", reason, 1)] and split.object_count == 1
    assert split.left_out.rows[0].example == "'000001: 3, object 0'"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"bbox_visib": [4, 8, -9, 7]}, "bbox_visib is no box"),
        ({"bbox_visib": [4, 8, 9]}, "bbox_visib is no box"),
        ({"bbox_visib": [4, 8, 9, 1e9]}, "bbox_visib is no box"),
        ({"bbox_visib": [40, 8, 9, 7]}, "its box lies outside its picture"),
        ({"bbox_obj": "x"}, "bbox_obj is no box"),
        ({"px_count_visib": -3}, "px_count_visib is no count"),
        ({"px_count_all": 1.5}, "px_count_all is no count"),
        ({"visib_fract": 1.5}, "visib_fract is no share"),
        ({"visib_fract": -1}, "visib_fract is no share"),
        ({"visib_fract": "1"}, "visib_fract is no share"),
    ],
)
def test_infos_that_cannot_be_used_leave_their_object_out(tmp_path: Path, change: Any, reason: str) -> None:
    scene(tmp_path / "test" / "000001", objects=(TURNED, TURNED), info=({**INFO, **change}, INFO))
    split = read(tmp_path)
    assert reasons(split) == [("annotations", reason, 1)] and split.object_count == 1


def test_boxes_are_cut_at_the_border_and_may_be_a_pixel(tmp_path: Path) -> None:
    infos = [{**INFO, "bbox_visib": box} for box in ([-3, 20, 10, 30], [31, 23, 0, 0], [0, 0, 31, 23])]
    scene(tmp_path / "test" / "000001", objects=[TURNED] * 3, info=infos)
    assert [one.bbox_xywh_px for one in read(tmp_path)[0].objects] == [(0, 20, 8, 4), (31, 23, 1, 1), (0, 0, 32, 24)]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (None, "not an object"),
        ({"cam_K": [1] * 9}, "cam_K is no matrix of a camera"),
        ({"cam_K": [0, 0, 1, 0, 1, 1, 0, 0, 1]}, "cam_K is no matrix of a camera"),
        ({"cam_K": None}, "cam_K is no matrix of a camera"),
        ({"depth_scale": 0}, "depth_scale is no positive number"),
        ({"depth_scale": "0.1"}, "depth_scale is no positive number"),
        ({"cam_R_w2c": [1, 0, 0, 0, 1, 0, 0, 0, 1]}, "cam_R_w2c and cam_t_w2c are not nine and three numbers"),
    ],
)
def test_images_with_a_camera_that_is_none_are_left_out(tmp_path: Path, change: Any, reason: str) -> None:
    folder = scene(tmp_path / "test" / "000001", images=(3, 4))
    bad = None if change is None else {**CAMERA, **change}
    write(folder / "scene_camera.json", {"3": bad, "4": CAMERA})
    split = read(tmp_path)
    assert reasons(split) == [("images", reason, 1)] and [image.id for image in split] == [4]


def test_images_without_picture_camera_or_depth(tmp_path: Path) -> None:
    folder = scene(tmp_path / "test" / "000001", images=(3, 4, 5))
    (folder / "rgb" / "000003.png").unlink()
    (folder / "depth" / "000004.png").unlink()
    write(folder / "scene_camera.json", {"4": CAMERA})
    write(folder / "scene_gt.json", {"3": [TURNED], "4": [TURNED], "5": [TURNED], "-1": [], "1e3": [], "../4": []})
    split = read(tmp_path)
    assert reasons(split) == [("images", "no number of an image", 3), ("images", "no such picture", 1)]
    assert [(image.id, bool(image.maps), image.camera is None) for image in split] == [
        (4, False, False),
        (5, False, True),
    ]
    (folder / "scene_camera.json").unlink()
    assert [image.camera for image in read(tmp_path)] == [None, None]


def test_masks_that_are_missing_or_broken(tmp_path: Path) -> None:
    folder = scene(tmp_path / "test" / "000001", objects=(TURNED, TURNED), info=(INFO, INFO))
    first, second = (folder / "mask_visib" / f"000003_00000{k}.png" for k in (0, 1))
    first.unlink()
    split = read(tmp_path)
    assert reasons(split) == [("annotations", "its mask_visib is missing", 1)] and split.object_count == 1
    second.write_bytes(second.read_bytes()[:30])
    with pytest.raises(DatasetError, match=r"000003_000001\.png"):
        _ = read(tmp_path)[0].masks
    write_png(second, np.zeros((5, 5), np.uint8))
    with pytest.raises(DatasetError, match=r"000003_000001\.png is no grey picture of 32x24 px"):
        _ = read(tmp_path)[0].masks
    (folder / "scene_gt_info.json").unlink()
    assert ("annotations", "its mask cannot be read", 1) in reasons(read(tmp_path))


@pytest.mark.parametrize("file", ["scene_gt.json", "scene_gt_info.json", "scene_camera.json"])
@pytest.mark.parametrize("content", ["", '{"3": [', "[]", "3", '{"3": NaN}', "[" * 100_000, '{"3": "x"}', '{"3": 1}'])
def test_files_that_are_not_what_they_should_be_are_one_line(tmp_path: Path, file: str, content: str) -> None:
    folder = scene(tmp_path / "test" / "000001", images=(3, 4))
    write(folder / file, content)
    try:
        split = read(tmp_path)
    except RealDataError as error:
        assert file in error.what and "\n" not in error.what and len(error.what) < 400
    else:
        assert file != "scene_gt.json" and content.startswith('{"3": ') and len(split) in (1, 2)


def test_nothing_that_can_be_used_is_an_error(tmp_path: Path) -> None:
    folder = scene(tmp_path / "test" / "000001")
    (folder / "rgb" / "000003.png").unlink()
    with pytest.raises(RealDataError, match=r"no image of .*test can be used: no such picture"):
        read(tmp_path)
    write(folder / "scene_gt.json", {})
    with pytest.raises(EmptySplit, match="lists no image"):
        read(tmp_path)
    write(tmp_path / "models" / "models_info.json", "[]")
    with pytest.raises(RealDataError, match=r"models_info\.json"):
        read(tmp_path)


def test_other_folders_are_not_taken(tmp_path: Path) -> None:
    write(tmp_path / "a" / "train" / "apple" / "scene_gt.json", {})
    write(tmp_path / "b" / "000001" / "scene_gt.json", {})
    (tmp_path / "c" / "train" / "000001" / "rgb").mkdir(parents=True)
    write(tmp_path / "d" / "train" / "000001", "a file")
    for name in ("a", "b", "c", "d", "absent"):
        with pytest.raises(RealDataError, match=r"not in the form bop|no set called"):
            find_dataset(tmp_path / name, formats=("bop",))


def test_the_quality_gate_reads_it_as_training_would(tmp_path: Path) -> None:
    folder = scene(tmp_path / "test" / "000001", images=(3, 4))
    assert is_foreign_set(tmp_path) and check_foreign(tmp_path).ok
    (folder / "rgb" / "000004.png").write_bytes(b"x")
    report = check_foreign(tmp_path)
    assert not report.ok and (report.images, report.annotations) == (1, 1)


def test_tasks_learn_from_it_what_it_has(tmp_path: Path) -> None:
    folder = scene(tmp_path / "test" / "000001")
    found: Dataset = DEPTH.find(tmp_path)
    assert found.format.name == DETECTION.find(tmp_path).format.name == "bop"
    seen = DEPTH.read(found, "test")
    assert (seen.label_form, seen.class_names, seen[0].objects, seen.label_count) == ("pixels", (), (), 1)
    assert DETECTION.read(found, "test").object_count == 1
    (folder / "depth" / "000003.png").unlink()
    with pytest.raises(RealDataError, match=r"1 of 1 images of .*:test have no depth map"):
        DEPTH.read(found, "test")


def test_depth_in_a_unit_without_a_name_does_not_get_into_shards(tmp_path: Path) -> None:
    scene(tmp_path / "set" / "test" / "000001")
    shards = find_dataset(tmp_path / "set").export("webdataset", tmp_path / "a")
    assert np.allclose(shards["test"][0].depth_m, 1.2345)
    scene(tmp_path / "set" / "test" / "000001", camera={**CAMERA, "depth_scale": 0.25})
    with pytest.raises(UsageError, match=r"here are png_0\.25mm"):
        find_dataset(tmp_path / "set").export("webdataset", tmp_path / "b")


@pytest.mark.real
def test_the_chessboard_is_where_its_corners_are(real_root: Path) -> None:
    """The model's squares end where the picture turns from dark to bright."""
    root = real_root / "chessboard"
    if not root.is_dir():
        pytest.skip(f"no chessboard in {real_root}")
    split = find_dataset(root)["test"]
    assert (len(split), split.class_names, split.object_count) == (13, ("obj_000001",), 13) and not split.left_out
    inner_m = np.array([((i - 4) * 0.03, (j - 2.5) * 0.03, 0, 1) for j in range(6) for i in range(9)])
    for image in split:
        seen, corners = cv2.findChessboardCorners(cv2.cvtColor(image.image, cv2.COLOR_RGB2GRAY), (9, 6))
        assert seen
        camera = (image.objects[0].cam_from_object.matrix @ inner_m.T)[:3]
        px = (image.camera.K @ camera)[:2] / camera[2]
        nearest = np.linalg.norm(px.T[:, None] - (corners.reshape(1, -1, 2) + 0.5), axis=2).min(axis=1)
        assert np.median(nearest) < 0.5
