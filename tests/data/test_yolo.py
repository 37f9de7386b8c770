"""YOLO in its four forms, read by a reader that is written from the description of the format alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from odd_set import CLASSES, HW, odd_masks, write_odd_set

from synthvis.data.dataset import Dataset, find_dataset
from synthvis.data.formats.yolo.keypoint_rows import KeypointRows, names_from_shape
from synthvis.data.formats.yolo.oriented import oriented_corners_px
from synthvis.data.formats.yolo.outlines import mask_of_outline, outline_of_mask
from synthvis.data.formats.yolo.reader import label_path
from synthvis.data.formats.yolo.rows import BadRow, box_of_shares, numbers_of, shares_of_box, text_row
from synthvis.data.keypoints import KeypointSplit
from synthvis.data.sample import KeypointNames, Sample, mask_of
from synthvis.errors import RealDataError, UsageError
from synthvis.formats.images import write_png
from synthvis.formats.rle import encode_mask

FORMS = ("yolo", "yolo-seg", "yolo-pose", "yolo-obb")
HEIGHT, WIDTH = HW
NAMES = [CLASSES[number] for number in sorted(CLASSES)]


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_odd_set(tmp_path_factory.mktemp("odd") / "set")


def pairs(source: Dataset, copy: Dataset, split: str) -> Iterator[tuple[Sample, Sample]]:
    """Images of a split and of its copy: YOLO has them in order of their names, COCO of their ids."""
    by_pixels = {image.image.tobytes(): image for image in copy[split]}
    for image in source[split]:
        yield image, by_pixels[image.image.tobytes()]


def rows_of(root: Path, split: str) -> dict[str, list[list[float]]]:
    """What a tool of the format sees: for each picture of images/SPLIT the rows of labels/SPLIT/NAME.txt."""
    content = yaml.safe_load((root / "data.yaml").read_text(encoding="utf-8"))
    pictures = sorted((Path(content["path"]) / content[split]).iterdir())
    found = {}
    for picture in pictures:
        text = (root / "labels" / split / f"{picture.stem}.txt").read_text()
        found[picture.name] = [[float(word) for word in line.split()] for line in text.splitlines()]
    return found


def filled(shares: list[float]) -> NDArray[np.bool_]:
    """An outline as the tools of the format fill it: whole numbers of pixels, by OpenCV."""
    points = (np.array(shares).reshape(-1, 2) * [WIDTH, HEIGHT]).astype(np.int32)
    canvas = np.zeros(HW, np.uint8)
    cv2.fillPoly(canvas, [points], 1)
    return canvas.astype(bool)


@pytest.mark.parametrize("form", FORMS)
def test_data_yaml_is_what_the_format_asks_for(odd: Path, tmp_path: Path, form: str) -> None:
    copy = find_dataset(odd).export(form, tmp_path / form)
    content = yaml.safe_load((copy.root / "data.yaml").read_text(encoding="utf-8"))
    assert content["names"] == dict(enumerate(NAMES))
    assert Path(content["path"]) == copy.root.resolve()
    assert {name: len(list((copy.root / content[name]).iterdir())) for name in ("train", "val")} == {
        "train": 3,
        "val": 1,
    }
    if form == "yolo-pose":
        assert content["kpt_shape"] == [4, 3] and content["flip_idx"] == [0, 2, 1, 3]
        assert content["kpt_names"][1][:3] == [f"traffic light/{name}" for name in ("top", "left", "right")]
    assert find_dataset(copy.root).format.name == form
    assert find_dataset(copy.root / "data.yaml").format.name == form


def test_boxes_come_back_exactly_and_empty_pictures_have_empty_files(odd: Path, tmp_path: Path) -> None:
    source = find_dataset(odd)
    copy = source.export("yolo", tmp_path / "yolo")
    rows = rows_of(copy.root, "train")
    assert rows["no objects.jpg"] == [] and sorted(map(len, rows.values())) == [0, 2, 3]
    # The corner: columns 50 to 55 and rows 0 to 4 of 56 x 40, of the class with the lowest id.
    assert [0, 53 / 56, 2.5 / 40, 6 / 56, 5 / 40] in [pytest.approx(row) for row in rows["train_A.b.png"]]
    for name in source.splits:
        for before, after in pairs(source, copy, name):
            own = [one for one in before.objects if not one.is_crowd]
            assert [(one.class_name, one.bbox_xywh_px) for one in own] == [
                (one.class_name, one.bbox_xywh_px) for one in after.objects
            ]
    assert copy["val"].category_ids == {CLASSES[number]: number for number in sorted(CLASSES)}


def test_outlines_fill_to_the_masks(odd: Path, tmp_path: Path) -> None:
    source = find_dataset(odd)
    copy = source.export("yolo-seg", tmp_path / "seg")
    masks = odd_masks()
    rows = rows_of(copy.root, "train")["a.b.jpg"]
    assert np.array_equal(filled(rows[0][1:]), masks["holes"])
    # Parts are joined by bridges one pixel wide, which a tool of the format fills: nothing else may differ.
    parts = filled(rows[1][1:])
    extra = parts & ~masks["parts"]
    assert not (masks["parts"] & ~parts).any() and extra.any()
    assert not cv2.erode(extra.astype(np.uint8), np.ones((2, 2), np.uint8)).any()
    for name in source.splits:
        for before, after in pairs(source, copy, name):
            own = [one for one in before.objects if not one.is_crowd]
            assert [mask_of(one.segmentation, HW).tolist() for one in after.objects] == [
                mask_of(one.segmentation, HW).tolist() for one in own
            ]
            assert [one.bbox_xywh_px for one in after.objects] == [one.bbox_xywh_px for one in own]


def test_oriented_boxes_are_the_smallest_rectangles_around_the_pixels() -> None:
    """A diamond: its smallest rectangle stands on its corner, half as large as the upright one."""
    side = 41
    rows, columns = np.mgrid[:side, :side]
    diamond = abs(rows - 20) + abs(columns - 20) <= 15
    corners = oriented_corners_px(diamond, (5, 5, 31, 31))
    lengths = np.linalg.norm(corners - np.roll(corners, 1, axis=0), axis=1)
    # From edge to edge of a row of squares on their corners: 15 steps of sqrt(2), and a square's own diagonal.
    assert lengths == pytest.approx(np.full(4, 16 * np.sqrt(2)), abs=0.1)
    assert corners.mean(axis=0) == pytest.approx([20.5, 20.5], abs=0.05)


def write_half_hidden(root: Path, *, synthetic: bool = True) -> Path:
    """A diamond of 15 px around (20, 20) of which the right half is hidden, as renders have it."""
    rows, columns = np.mgrid[:41, :41]
    diamond = abs(rows - 20) + abs(columns - 20) <= 15
    shown = diamond & (columns <= 20)
    annotation = {
        "id": 1, "image_id": 1, "category_id": 1, "bbox": [5, 5, 16, 31], "area": int(shown.sum()), "iscrowd": 0,
        "segmentation": encode_mask(shown),
        "synthvis": {
            "instance_id": 1, "amodal_bbox": [5, 5, 31, 31], "amodal_segmentation": encode_mask(diamond),
            "body_bbox": [5, 5, 16, 31], "visible_fraction": float(shown.sum() / diamond.sum()),
        },
    }  # fmt: skip
    content = {
        "images": [{"id": 1, "file_name": "a.png", "width": 41, "height": 41}],
        "annotations": [annotation],
        "categories": [{"id": 1, "name": "kite"}],
    }
    write_png(root / "images" / "val" / "a.png", np.zeros((41, 41, 3), np.uint8))
    (root / "annotations").mkdir()
    (root / "annotations" / "instances_val.json").write_text(json.dumps(content))
    if synthetic:
        (root / "dataset.json").write_text("{}")
    return root


def corners_of(copy: Dataset) -> NDArray[np.float64]:
    [row] = rows_of(copy.root, "val")["a.png"]
    return np.array(row[1:]).reshape(4, 2) * 41


def test_oriented_boxes_are_those_of_what_shows_or_of_the_whole_object(tmp_path: Path) -> None:
    """The whole diamond has a square on its corner; its left half a triangle with a right angle, and its rectangles.

    The pixels' outer corners of the half are (5, 20), (5, 21), (20, 5), (21, 5), (20, 36), (21, 36) and between: across
    the diagonal x + y from 25 to 57, across y - x from -16 to 16. That is the square again, of 2 x 16 x 16 = 512; an
    upright rectangle of 16 x 31 = 496 is smaller.
    """
    source = find_dataset(write_half_hidden(tmp_path / "set"))
    shown = corners_of(source.export("yolo-obb", tmp_path / "modal"))
    assert sorted(map(tuple, shown.round(3).tolist())) == [(5, 5), (5, 36), (21, 5), (21, 36)]
    whole = corners_of(source.export("yolo-obb", tmp_path / "amodal", boxes="amodal"))
    # Across x + y from 25 to 57 and across y - x from -16 to 16, around (20.5, 20.5).
    assert sorted(map(tuple, whole.round(2).tolist())) == [(4.5, 20.5), (20.5, 4.5), (20.5, 36.5), (36.5, 20.5)]


def test_photographs_have_oriented_boxes_of_what_shows(tmp_path: Path) -> None:
    source = find_dataset(write_half_hidden(tmp_path / "set", synthetic=False))
    found = corners_of(source.export("yolo-obb", tmp_path / "obb", boxes="amodal"))
    assert found.max(axis=0).round(3).tolist() == [21, 36]


def test_oriented_boxes_that_have_no_mask_to_be_drawn_around_are_refused(tmp_path: Path) -> None:
    root = write_half_hidden(tmp_path / "set")
    with pytest.raises(UsageError, match="none of bodies"):
        find_dataset(root).export("yolo-obb", tmp_path / "obb", boxes="body")
    path = root / "annotations" / "instances_val.json"
    content = json.loads(path.read_text())
    del content["annotations"][0]["synthvis"]["amodal_segmentation"]
    path.write_text(json.dumps(content))
    with pytest.raises(UsageError, match="1 of 1 objects of set:val have no mask of the whole object"):
        find_dataset(root).export("yolo-obb", tmp_path / "obb", boxes="amodal")


def test_oriented_boxes_lie_in_the_picture(odd: Path, tmp_path: Path) -> None:
    copy = find_dataset(odd).export("yolo-obb", tmp_path / "obb")
    numbers = np.array([row for rows in rows_of(copy.root, "train").values() for row in rows])
    assert numbers.shape == (5, 9) and numbers[:, 1:].min() >= 0 and numbers[:, 1:].max() <= 1
    for before, after in pairs(find_dataset(odd), copy, "train"):
        for one, other in zip(before.objects, after.objects, strict=True):
            x, y, width, height = one.bbox_xywh_px
            u, v, wide, high = other.bbox_xywh_px
            assert u <= x + 0.01 and v <= y + 0.01 and u + wide >= x + width - 0.01 and v + high >= y + height - 0.01


def test_keypoints_of_two_classes_have_places_of_their_own(odd: Path, tmp_path: Path) -> None:
    source = find_dataset(odd, formats=("coco-keypoints",))
    copy = find_dataset(odd).export("yolo-pose", tmp_path / "pose")
    first = rows_of(copy.root, "train")["a.b.jpg"]
    assert [len(row) for row in first] == [5 + 4 * 3] * 2
    assert first[0][14:] == [0, 0, 0] and first[1][5:14] == [0] * 9
    # The top of the first: a third of 18 columns from column 2 on, a seventh of 16 rows from row 2 on; visible.
    assert first[0][5:8] == pytest.approx([(2 + 18 / 3) / 56, (2 + 16 / 7) / 40, 2], abs=1e-9)
    for name in source.splits:
        before, after = source[name], copy[name]
        assert isinstance(before, KeypointSplit) and isinstance(after, KeypointSplit)
        assert after.keypoints == before.keypoints and after.class_names == before.class_names
        for old, new in pairs(source, copy, name):
            mine = [one for one in old.objects if not one.is_crowd]
            theirs = [one for one in new.objects if one.class_name in before.keypoints]
            for one, other in zip(mine, theirs, strict=True):
                assert np.array(other.keypoints_xyv_px) == pytest.approx(np.array(one.keypoints_xyv_px), abs=1e-6)


def test_keypoints_may_have_slashes_in_their_names() -> None:
    """Which keypoints are whose cannot be told by names: a/b has c, and a has b/c."""
    for own in ({"a": ("a/b", "eye/left")}, {"a/b": ("c", "d"), "a": ("b/c",)}):
        keypoints = {name: KeypointNames(names=names) for name, names in own.items()}
        classes = ["a", "none", "a/b"]
        shape = KeypointRows(keypoints, classes).shape
        found = names_from_shape(shape, classes)
        assert {name: names.names for name, (_, names) in found.items()} == own
        assert {name: start for name, (start, _) in found.items()} == (
            {"a": 0} if len(own) == 1 else {"a/b": 0, "a": 2}
        )


@pytest.mark.parametrize("stated", ["x", [[0, 4]], [[-1, 2]], [[0, True]], [3]])
def test_places_of_keypoints_that_cannot_be_are_not_used(tmp_path: Path, stated: object) -> None:
    content = {"names": ["cat"], "kpt_shape": [3, 3], "synthvis": {"labels": "yolo-pose", "keypoints": stated}}
    split = find_dataset(write_foreign(tmp_path, "0 .5 .5 .2 .2 .5 .5 2 0 0 0 0 0 0\n", content))["train"]
    assert split.keypoints["cat"].names == ("keypoint 0", "keypoint 1", "keypoint 2")


def write_foreign(root: Path, rows: str, content: dict[str, object], pictures: int = 1) -> Path:
    """As an annotation tool exports it: train/images and train/labels, data.yaml with a path by way of the parent."""
    for number in range(pictures):
        write_png(root / "train" / "images" / f"{number}.png", np.zeros((*HW, 3), np.uint8))
        (root / "train" / "labels").mkdir(exist_ok=True)
        (root / "train" / "labels" / f"{number}.txt").write_text(rows)
    (root / "data.yaml").write_text(yaml.safe_dump({"train": "../train/images", "nc": 2, **content}))
    return root


def test_sets_of_annotation_tools_are_read(tmp_path: Path) -> None:
    names = {"names": ["cat", "dog"]}
    boxes = find_dataset(write_foreign(tmp_path / "a", "1 0.5 0.5 0.25 0.5\n", names))
    (one,) = boxes["train"][0].objects
    assert boxes.format.name == "yolo" and (one.class_name, one.bbox_xywh_px) == ("dog", (21, 10, 14, 20))
    outlines = find_dataset(write_foreign(tmp_path / "b", "0 0 0 0.5 0 0.5 0.5\n0 .1 .1 .2 .1 .2 .2 .1 .2\n", names))
    assert outlines.format.name == "yolo-seg" and outlines["train"][0].masks is not None
    quads = find_dataset(write_foreign(tmp_path / "c", "0 .1 .1 .2 .1 .2 .2 .1 .2\n", names))
    assert quads.format.name == "yolo-obb"
    pose = find_dataset(write_foreign(tmp_path / "d", "0 .5 .5 .2 .2 .5 .5\n", {**names, "kpt_shape": [1, 2]}))
    split = pose["train"]
    assert isinstance(split, KeypointSplit) and split[0].objects[0].keypoints_xyv_px == ((28, 20, 2),)
    assert split.keypoints["dog"].names == ("keypoint 0",)


def test_a_list_of_pictures_and_pictures_without_rows(tmp_path: Path) -> None:
    root = write_foreign(tmp_path, "0 .5 .5 .2 .2\n", {"names": {0: "cat"}, "train": "list.txt"}, pictures=2)
    (root / "list.txt").write_text("./train/images/1.png\ntrain/images/0.png\ntrain/images/gone.png\n")
    (root / "train" / "labels" / "1.txt").unlink()
    split = find_dataset(root)["train"]
    assert [len(image.objects) for image in split] == [0, 1]
    assert [(row.reason, row.count) for row in split.left_out.rows] == [("cannot be read", 1)]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("0 0.5 0.5 nan 0.2", "not finite numbers"),
        ("0 0.5 0.5 0.2", "not 4 numbers after the class"),
        ("5 0.5 0.5 0.2 0.2", "the class is not among the names"),
        ("-1 0.5 0.5 0.2 0.2", "the class is not among the names"),
        ("0.5 0.5 0.5 0.2 0.2", "the class is not a whole number"),
        ("cat 0.5 0.5 0.2 0.2", "not numbers"),
        ("0 300 200 50 50", "coordinates are not shares of the picture"),
        ("0 0.5 0.5 0 0.2", "the box has no area"),
        ("0 0.5 0.5 -0.2 0.2", "the box has no area"),
        ("0 1.5 0.5 0.2 0.2", "the box lies outside its picture"),
    ],
)
def test_a_row_that_cannot_be_used_is_left_out_with_the_reason(tmp_path: Path, row: str, reason: str) -> None:
    root = write_foreign(tmp_path, f"{row}\n0 0.5 0.5 0.25 0.5\n", {"names": ["cat"]})
    split = find_dataset(root)["train"]
    assert split.object_count == 1
    assert [(one.part, one.reason) for one in split.left_out.rows] == [("annotations", reason)]
    assert split.left_out.rows[0].example.startswith("'0.txt' line 1")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"names": []}, "names is no list of classes"),
        ({"names": ["a", "a"]}, "one twice"),
        ({"names": {0: "a", 2: "b"}}, "not numbered from 0"),
        ({"names": ["a"], "kpt_shape": [3]}, "kpt_shape"),
        ({"names": ["a"], "kpt_shape": [2, 3], "flip_idx": [0, 0]}, "flip_idx"),
        ({"names": ["a"], "train": 5}, "no folder or list"),
    ],
)
def test_a_description_that_cannot_be_used_is_refused(tmp_path: Path, content: dict[str, object], said: str) -> None:
    root = write_foreign(tmp_path, "", content)
    with pytest.raises(RealDataError, match=said):
        find_dataset(root / "data.yaml", formats=("yolo",)).read("train")


def test_yaml_cannot_run_code(tmp_path: Path) -> None:
    path = tmp_path / "data.yaml"
    path.write_text("names: !!python/object/apply:os.system ['touch /tmp/never']\ntrain: x\n")
    with pytest.raises(RealDataError, match=r"data\.yaml:1"):
        find_dataset(path, formats=("yolo",))


def test_labels_are_where_the_last_images_folder_says() -> None:
    assert label_path(Path("/images/x/images/train/a.b.jpg")) == Path("/images/x/labels/train/a.b.txt")
    assert label_path(Path("/x/a.jpg")) == Path("/x/a.txt")


@settings(max_examples=150, deadline=None)
@given(mask=arrays(bool, st.tuples(st.integers(1, 14), st.integers(1, 14))))
def test_every_mask_comes_back_from_its_outline(mask: NDArray[np.bool_]) -> None:
    hw = (mask.shape[0], mask.shape[1])
    outline = outline_of_mask(mask)
    _, shares = numbers_of(text_row(0, (outline / [hw[1], hw[0]]).ravel().tolist(), 6)) if len(outline) else (0, [])
    back = np.array(shares).reshape(-1, 2) * [hw[1], hw[0]]
    if mask.any():
        assert np.array_equal(mask_of_outline(back, hw), mask)
    else:
        assert not len(outline)


@given(
    hw=st.tuples(st.integers(1, 10_000), st.integers(1, 10_000)),
    corners=st.lists(st.floats(0, 1), min_size=4, max_size=4),
)
def test_every_box_comes_back_from_its_row(hw: tuple[int, int], corners: list[float]) -> None:
    height, width = hw
    x, y = round(corners[0] * (width - 1), 2), round(corners[1] * (height - 1), 2)
    box = (x, y, round(max(corners[2] * (width - x), 0.01), 2), round(max(corners[3] * (height - y), 0.01), 2))
    _, shares = numbers_of(text_row(3, shares_of_box(box, hw)))
    assert box_of_shares(shares, hw) == pytest.approx(box, abs=2e-6)


def test_a_row_of_too_many_numbers_is_not_read() -> None:
    with pytest.raises(BadRow, match="too many"):
        numbers_of("0 " + "0.5 " * 300_000)
