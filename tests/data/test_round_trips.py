"""Whatever a set holds, an export to a format that can hold it and back leaves as it was."""

from __future__ import annotations

import json
import math
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from drawn_sets import GREY_STEP, DrawnObject, DrawnPicture, DrawnSet, box_of, drawn_sets, masks, string_of
from fake_dataset import IMAGE_HW, write_fake_dataset
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from synthvis.data.contents import Content
from synthvis.data.dataset import Dataset, find_dataset
from synthvis.data.formats.base import DataFormat
from synthvis.data.formats.registry import all_formats, format_named
from synthvis.data.formats.webdataset.format import WebDatasetFormat
from synthvis.data.keypoints import KeypointSplit
from synthvis.data.sample import LabelledObject, Sample, mask_of
from synthvis.dataset.layout import DatasetLayout

FORMS = (
    ("coco", "coco"),
    ("coco", "coco-keypoints"),
    ("yolo", "yolo"),
    ("yolo-seg", "yolo-seg"),
    ("yolo-pose", "yolo-pose"),
    ("yolo-obb", "yolo-obb"),
    ("voc", "voc"),
    ("voc", "voc-seg"),
    ("webdataset", "webdataset"),
    ("webdataset", "webdataset-keypoints"),
)
"""Written as, read as, of formats of objects."""

NOT_OBJECTS = {"masks", "imagefolder"}
NEED_RENDERS = {"bop"}
NEED_FILMS = {"mot", "sintel", "kitti-flow"}
"""See test_mot.py and test_flow_folders.py."""

few_sets = settings(max_examples=15, derandomize=True)
fewer_sets = settings(max_examples=4, derandomize=True)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seen:
    """An object as tests compare it; None where the format does not hold the label."""

    class_name: str
    bbox_xywh_px: tuple[float, float, float, float]
    is_crowd: bool
    mask: NDArray[np.bool_] | None
    keypoints: tuple[tuple[float, float, int], ...]


def test_every_format_that_can_be_written_is_here() -> None:
    able = {name for name, one in all_formats().items() if one.can_write}
    assert able == {written for written, _ in FORMS} | NOT_OBJECTS | NEED_RENDERS | NEED_FILMS


def exported(drawn: DrawnSet, folder: str, form: str) -> Dataset:
    return find_dataset(drawn.write(Path(folder) / "set")).export(form, Path(folder) / "copy")


def by_number(images: Sequence[Sample]) -> dict[int, Sample]:
    """Pictures by the number that their grey tells."""
    return {round(float(image.image.mean()) / GREY_STEP): image for image in images}


@pytest.mark.parametrize(("written", "read"), FORMS)
@few_sets
@given(drawn=drawn_sets())
def test_objects_come_back(written: str, read: str, drawn: DrawnSet) -> None:
    form, reader = format_named(written), format_named(read)
    if Content.KEYPOINTS in reader.serves and not drawn.keypoints:
        return
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(WebDatasetFormat, "images_at_once", 2)
        copy = find_dataset(exported(drawn, folder, written).root, formats=(read,))
        splits = {name: pictures_of(pictures, read) for name, pictures in drawn.splits.items()}
        for name, pictures in splits.items():
            if not pictures:
                continue
            split = copy[name]
            assert not split.left_out
            assert dict(split.category_ids) == ids_of(drawn, reader)
            if isinstance(split, KeypointSplit):
                assert {key: (own.names, own.flip_pairs) for key, own in split.keypoints.items()} == drawn.keypoints
            found = by_number(split.images)
            assert found.keys() == {one.number for one in pictures}
            for picture in pictures:
                image = found[picture.number]
                assert image.image_hw == picture.image_hw
                wanted = [one for one in expected(picture, form, reader) if of_keypoints(one, drawn, reader)]
                check_alike([seen(one, picture.image_hw, reader) for one in image.objects], wanted, read)


def pictures_of(pictures: Sequence[DrawnPicture], read: str) -> list[DrawnPicture]:
    """Those that the format lists: VOC has masks of all objects of a picture, or none."""
    if read != "voc-seg":
        return list(pictures)
    return [one for one in pictures if all(each.is_crowd or each.mask is not None for each in one.objects)]


def ids_of(drawn: DrawnSet, reader: DataFormat) -> dict[str, int]:
    """Numbers of the classes; those of VOC are in the order of the set's own."""
    own = {name: drawn.category_ids[name] for name in sorted(drawn.category_ids, key=drawn.category_ids.__getitem__)}
    if reader.name.startswith("voc"):
        return {name.strip(): number for number, name in enumerate(own, start=1)}
    if Content.KEYPOINTS in reader.serves:
        return {name: number for name, number in own.items() if name in drawn.keypoints}
    return own


def of_keypoints(one: Seen, drawn: DrawnSet, reader: DataFormat) -> bool:
    return Content.KEYPOINTS not in reader.serves or one.class_name in drawn.keypoints


def expected(picture: DrawnPicture, form: DataFormat, reader: DataFormat) -> list[Seen]:
    """What the format holds of the objects of a picture, by what it says of itself and docs/reference/formats.md."""
    keeps_crowds = Content.IGNORE_REGIONS in form.holds
    return [_expected(one, picture, reader) for one in picture.objects if keeps_crowds or not one.is_crowd]


def _expected(one: DrawnObject, picture: DrawnPicture, reader: DataFormat) -> Seen:
    name, box, mask, points = one.class_name, one.bbox_xywh_px, one.mask, one.keypoints_xyv_px
    if reader.name.startswith("voc") or reader.name == "yolo-obb":
        # They hold nothing of a box that lies beyond the picture.
        box = _cut(box, picture.image_hw)
    if reader.name.startswith("voc"):
        # Its texts have no spaces around them.
        name, mask = name.strip(), None if one.is_crowd else on_top(one, picture)
    if reader.name == "yolo-pose":
        points = tuple(point if point[2] else (0.0, 0.0, 0) for point in points)
    return Seen(
        class_name=name, bbox_xywh_px=box, is_crowd=one.is_crowd,
        mask=mask if Content.MASKS in reader.serves else None,
        keypoints=points if Content.KEYPOINTS in reader.serves else (),
    )  # fmt: skip


def _cut(box: tuple[float, float, float, float], image_hw: tuple[int, int]) -> tuple[float, float, float, float]:
    x0, y0 = max(box[0], 0.0), max(box[1], 0.0)
    return x0, y0, min(box[0] + box[2], image_hw[1]) - x0, min(box[1] + box[3], image_hw[0]) - y0


def on_top(one: DrawnObject, picture: DrawnPicture) -> NDArray[np.bool_] | None:
    """Pixels of an object where no smaller one lies on it, nor a later one of its size."""
    if one.mask is None:
        return None
    place = picture.objects.index(one)
    hidden = np.zeros(picture.image_hw, dtype=bool)
    for other_place, other in enumerate(picture.objects):
        if other.mask is not None and not other.is_crowd and other is not one:
            is_above = (other.area_px, -other_place) < (one.area_px, -place)
            hidden |= other.mask & is_above
    return one.mask & ~hidden


def seen(one: LabelledObject, image_hw: tuple[int, int], reader: DataFormat) -> Seen:
    has_mask = one.segmentation is not None and Content.MASKS in reader.serves
    return Seen(
        class_name=one.class_name, bbox_xywh_px=one.bbox_xywh_px, is_crowd=one.is_crowd,
        mask=mask_of(one.segmentation, image_hw) if has_mask else None,
        keypoints=one.keypoints_xyv_px if Content.KEYPOINTS in reader.serves else (),
    )  # fmt: skip


def check_alike(found: Sequence[Seen], wanted: Sequence[Seen], read: str) -> None:
    assert [(one.class_name, one.is_crowd) for one in found] == [(one.class_name, one.is_crowd) for one in wanted]
    for one, other in zip(found, wanted, strict=True):
        if read == "yolo-obb":
            assert _holds(one.bbox_xywh_px, other.bbox_xywh_px)
        else:
            assert one.bbox_xywh_px == pytest.approx(other.bbox_xywh_px, abs=2e-6)
        assert (one.mask is None) == (other.mask is None)
        assert one.mask is None or np.array_equal(one.mask, other.mask)
        assert np.array(one.keypoints) == pytest.approx(np.array(other.keypoints), abs=2e-6)


def _holds(outer: tuple[float, float, float, float], inner: tuple[float, float, float, float]) -> bool:
    """Whether a box holds another but for rounding."""
    return all(
        outer[k] <= inner[k] + 1e-3 and outer[k] + outer[k + 2] >= inner[k] + inner[k + 2] - 1e-3 for k in (0, 1)
    )


@few_sets
@given(drawn=drawn_sets(always_masked=True))
def test_classes_of_pixels_come_back(drawn: DrawnSet) -> None:
    with TemporaryDirectory() as folder:
        copy = exported(drawn, folder, "masks")
        own = [name.strip() for name in sorted(drawn.category_ids, key=drawn.category_ids.__getitem__)]
        names = own if "background" in own else ["background", *own]
        for name, pictures in drawn.splits.items():
            assert list(copy[name].class_names) == names
            found = by_number(copy[name].images)
            for picture in pictures:
                wanted = np.full(picture.image_hw, names.index("background"), dtype=np.uint8)
                for one in picture.objects:
                    if one.is_crowd and one.class_name != "background":
                        wanted[one.mask] = 255
                for one in picture.objects:
                    if not one.is_crowd:
                        wanted[on_top(one, picture)] = names.index(one.class_name.strip())
                assert np.array_equal(found[picture.number].maps["class"].read_pixels(), wanted)


@few_sets
@given(drawn=drawn_sets())
def test_crops_come_back_in_the_folders_of_their_classes(drawn: DrawnSet) -> None:
    """Of each object with sides of 6 px in the picture, with a tenth of its longer side around it."""
    wanted = {
        name: Counter(crop for picture in pictures for crop in crops_of(picture))
        for name, pictures in drawn.splits.items()
    }
    if not any(wanted.values()):
        return
    with TemporaryDirectory() as folder:
        copy = exported(drawn, folder, "imagefolder")
        for name in (name for name, crops in wanted.items() if crops):
            found = [
                (one.class_name, one.image.shape[:2], round(float(one.image.mean()) / GREY_STEP)) for one in copy[name]
            ]
            assert Counter(found) == wanted[name]


def crops_of(picture: DrawnPicture) -> list[tuple[str, tuple[int, int], int]]:
    """Class, height and width, and number of the picture of each crop."""
    found = []
    height, width = picture.image_hw
    for one in picture.objects:
        x, y, box_width, box_height = _cut(one.bbox_xywh_px, picture.image_hw)
        if one.is_crowd or min(box_width, box_height) < 6:
            continue
        around = max(box_width, box_height) / 10
        left, top = max(math.floor(x - around), 0), max(math.floor(y - around), 0)
        right, bottom = min(math.ceil(x + box_width + around), width), min(math.ceil(y + box_height + around), height)
        found.append((one.class_name, (bottom - top, right - left), picture.number))
    return found


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_fake_dataset(tmp_path_factory.mktemp("made") / "set")


@fewer_sets
@given(data=st.data())
def test_masks_and_poses_of_renders_come_back_from_bop(made: Path, data: st.DataObject) -> None:
    with TemporaryDirectory() as folder:
        root = Path(shutil.copytree(made, Path(folder) / "set"))
        drawn = {split: redrawn(root, split, data) for split in ("train", "val")}
        copy = find_dataset(root).export("bop", Path(folder) / "copy", models="class")
        for split, objects in drawn.items():
            found = [(image, one) for image in copy[split] for one in image.objects]
            assert not copy[split].left_out and len(found) == len(objects)
            for (image, one), wanted in zip(found, objects, strict=True):
                assert np.array_equal(mask_of(one.segmentation, image.image_hw), wanted.visible)
                assert (one.bbox_xywh_px, one.area_px) == (box_of(wanted.visible), wanted.visible.sum())
                assert one.visible_fraction == pytest.approx(wanted.visible.sum() / wanted.whole.sum())
                assert one.amodal_bbox_xywh_px == box_of(wanted.whole)
                assert np.allclose(one.cam_from_object.matrix, wanted.cam_from_object, atol=1e-9)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Redrawn:
    """What is labelled of a rendered object: (H, W) bool masks, and a (4, 4) pose."""

    visible: NDArray[np.bool_]
    whole: NDArray[np.bool_]
    cam_from_object: NDArray[np.float64]


def redrawn(root: Path, split: str, data: st.DataObject) -> list[Redrawn]:
    """Give every object of a rendered split other masks and another pose, in the COCO file and in the records."""
    path = root / "annotations" / f"instances_{split}.json"
    content, found = json.loads(path.read_text()), []
    for entry in content["annotations"]:
        visible, hidden = data.draw(masks(IMAGE_HW)), data.draw(masks(IMAGE_HW))
        turn = np.linalg.qr(np.array(data.draw(st.lists(st.integers(-9, 9), min_size=9, max_size=9))).reshape(3, 3))[0]
        pose = np.eye(4)
        pose[:3, :3] = turn * np.sign(np.linalg.det(turn))
        pose[:3, 3] = [data.draw(st.integers(-(10**6), 10**6)) / 1e5 for _ in range(3)]
        one = Redrawn(visible=visible, whole=visible | hidden, cam_from_object=pose)
        entry |= {"bbox": box_of(visible), "area": int(visible.sum()), "segmentation": string_of(visible)}
        entry["synthvis"] |= {
            "amodal_bbox": box_of(one.whole), "amodal_segmentation": string_of(one.whole), "truncation": 0.0,
            "visible_fraction": visible.sum() / one.whole.sum(), "cam_from_object": pose.tolist(),
        }  # fmt: skip
        found.append(one)
    path.write_text(json.dumps(content))
    by_image = {
        image["id"]: [one for one in content["annotations"] if one["image_id"] == image["id"]]
        for image in content["images"]
    }
    for number, entries in by_image.items():
        record = DatasetLayout(root).record(split, number)
        record.write_text(json.dumps({**json.loads(record.read_text()), "annotations": entries}))
    return found
