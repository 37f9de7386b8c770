"""Each rule of the quality gate, proven by damaging a small valid dataset."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from fake_dataset import write_fake_dataset

from synthvis.checks.gate import check_dataset
from synthvis.data.coco.files import is_safe_file_name
from synthvis.dataset.layout import DatasetLayout
from synthvis.errors import DatasetError
from synthvis.formats.images import read_image_rgb, read_png, write_jpeg, write_png
from synthvis.formats.rle import encode_mask
from synthvis.objects.registry import ObjectCatalogue

TRAIN = "annotations/instances_train.json"
KEYPOINTS = "annotations/keypoints_train.json"


@pytest.fixture(scope="module")
def sound(tmp_path_factory) -> Path:
    return write_fake_dataset(tmp_path_factory.mktemp("sound") / "fruit")


@pytest.fixture
def dataset(sound, tmp_path) -> Path:
    return Path(shutil.copytree(sound, tmp_path / "fruit"))


def edit(path: Path, change) -> None:
    value = json.loads(path.read_bytes())
    change(value)
    path.write_text(json.dumps(value))


def edit_both(root: Path, change) -> None:
    """Change an annotation in the annotation file and in the record, so that they still agree."""

    def in_file(value):
        change(next(a for a in value["annotations"] if a["image_id"] == 1))

    edit(root / TRAIN, in_file)
    edit(root / "records/train/000001.json", lambda value: change(value["annotations"][0]))


def rules(root: Path, **options) -> set[str]:
    return {problem.rule for problem in check_dataset(root, **options).problems}


def first(value):
    return value["annotations"][0]


def image(value):
    return value["images"][0]


def test_a_sound_dataset_passes(sound):
    report = check_dataset(sound)
    assert report.problems == ()
    assert report.ok
    assert report.by_rule == {}
    assert (report.images, report.annotations) == (3, 8)


def test_progress_is_told(sound):
    steps = []
    check_dataset(sound, on_image=lambda done, total: steps.append((done, total)))
    assert steps == [(1, 3), (2, 3), (3, 3)]


IN_THE_ANNOTATIONS = {
    "an annotation without a box": ("structure", lambda v: first(v).pop("bbox")),
    "a box of three": ("structure", lambda v: first(v).update(bbox=[1, 2, 3])),
    "an id that is text": ("structure", lambda v: first(v).update(id="1")),
    "an annotation that is a list": ("structure", lambda v: v["annotations"].append([1])),
    "a crowd": ("structure", lambda v: first(v).update(iscrowd=1)),
    "the same annotation id twice": ("ids", lambda v: v["annotations"][1].update(id=first(v)["id"])),
    "annotation id 0": ("ids", lambda v: first(v).update(id=0)),
    "the same image twice": ("ids", lambda v: v["images"].append(image(v))),
    "an annotation of no image": ("ids", lambda v: first(v).update(image_id=77)),
    "an unknown category": ("ids", lambda v: first(v).update(category_id=77)),
    "a file name that climbs": ("file-name", lambda v: image(v).update(file_name="../../../etc/passwd")),
    "an absolute file name": ("file-name", lambda v: image(v).update(file_name="/etc/passwd")),
    "a Windows file name": ("file-name", lambda v: image(v).update(file_name="C:\\x.jpg")),
    "a file that is not there": ("image-file", lambda v: image(v).update(file_name="nothing.jpg")),
    "a wrong size": ("image-size", lambda v: image(v).update(width=65)),
    "a mask that is a polygon": ("mask", lambda v: first(v).update(segmentation=[[0, 0, 5, 0, 5, 5]])),
    "a mask that is garbage": ("mask", lambda v: first(v)["segmentation"].update(counts="garbage")),
    "a mask of a huge size": ("mask", lambda v: first(v)["segmentation"].update(size=[10**9, 10**9])),
    "an empty mask": ("mask", lambda v: first(v).update(segmentation=encode_mask(np.zeros((48, 64), dtype=bool)))),
    "a wrong area": ("area", lambda v: first(v).update(area=first(v)["area"] + 1)),
    "a box a pixel too wide": ("box", lambda v: first(v)["bbox"].__setitem__(2, first(v)["bbox"][2] + 1)),
    "a box of NaN": ("structure", lambda v: first(v).update(bbox=[float("nan")] * 4)),
    "two masks on one pixel": ("overlap", lambda v: v["annotations"][1].update(segmentation=first(v)["segmentation"])),
    "an annotation left out": ("records", lambda v: v["annotations"].pop(0)),
    "an image left out": ("missing", lambda v: v["images"].pop(0)),
    "no image at all": ("missing", lambda v: v.update(images=[], annotations=[])),
    "another category": ("semantic", lambda v: first(v).update(category_id=55)),
    "another instance": ("instances", lambda v: first(v)["synthvis"].update(instance_id=9)),
    "no camera": ("pose", lambda v: image(v)["synthvis"].pop("K")),
    "a camera elsewhere": ("pose", lambda v: image(v)["synthvis"]["world_from_cam"][0].__setitem__(3, 0.3)),
    "another focal length": ("pose", lambda v: image(v)["synthvis"]["K"][0].__setitem__(0, 80.0)),
    "no pose": ("pose", lambda v: first(v)["synthvis"].pop("cam_from_object")),
    "a moved pose": ("pose", lambda v: first(v)["synthvis"]["cam_from_object"][1].__setitem__(3, 0.1)),
    "no facts": ("pose", lambda v: image(v).update(synthvis=None)),
}


@pytest.mark.parametrize("name", IN_THE_ANNOTATIONS)
def test_damage_in_the_annotations(dataset, name):
    rule, damage = IN_THE_ANNOTATIONS[name]
    edit(dataset / TRAIN, damage)
    assert rule in rules(dataset)


IN_THE_KEYPOINTS = {
    "the file is gone": ("json", None),
    "too few numbers": ("keypoints", lambda v: first(v)["keypoints"].pop()),
    "visibility 3": ("keypoints", lambda v: first(v)["keypoints"].__setitem__(2, 3)),
    "a wrong count": ("keypoints", lambda v: first(v).update(num_keypoints=99)),
    "text for a keypoint": ("keypoints", lambda v: first(v)["keypoints"].__setitem__(0, "x")),
    "a box of another object": ("keypoints", lambda v: first(v)["bbox"].__setitem__(0, 0)),
    "an image left out": ("keypoints", lambda v: v["images"].pop()),
    "not what was recorded": (
        "records",
        lambda v: first(v)["keypoints"].__setitem__(0, first(v)["keypoints"][0] + 0.01),
    ),
    "no keypoints": ("keypoints", lambda v: first(v).pop("keypoints")),
}


@pytest.mark.parametrize("name", IN_THE_KEYPOINTS)
def test_damage_in_the_keypoints(dataset, name):
    rule, damage = IN_THE_KEYPOINTS[name]
    if damage is None:
        (dataset / KEYPOINTS).unlink()
    else:
        edit(dataset / KEYPOINTS, damage)
    assert rule in rules(dataset)


def paint(level):
    def damage(path):
        write_jpeg(path, np.full_like(read_image_rgb(path), level), 95)

    return damage


def speckled(level):
    """A frame with noise in the background and nothing but `level` on the objects."""

    def damage(path):
        rng = np.random.default_rng(0)
        frame = rng.integers(0, 255, read_image_rgb(path).shape).astype(np.uint8)
        frame[10:40, 10:54] = level
        write_jpeg(path, frame, 100)

    return damage


def with_values(change):
    def damage(path):
        pixels = read_png(path).copy()
        change(pixels)
        write_png(path, pixels)

    return damage


IN_THE_FILES = {
    "image deleted": ("image-file", "images/train/000001.jpg", Path.unlink),
    "image empty": ("image-file", "images/train/000001.jpg", lambda p: p.write_bytes(b"")),
    "image cut short": ("image-file", "images/train/000001.jpg", lambda p: p.write_bytes(p.read_bytes()[:20])),
    "image is text": ("image-file", "images/train/000001.jpg", lambda p: p.write_text("hello")),
    "image of another size": (
        "image-size",
        "images/train/000001.jpg",
        lambda p: write_jpeg(p, np.zeros((5, 5, 3), np.uint8), 90),
    ),
    "flat frame": ("frame", "images/train/000001.jpg", paint(128)),
    "black frame": ("frame", "images/train/000001.jpg", speckled(0)),
    "blown frame": ("frame", "images/train/000001.jpg", speckled(255)),
    "depth deleted": ("depth", "depth/train/000001.png", Path.unlink),
    "depth damaged": ("depth", "depth/train/000001.png", lambda p: p.write_bytes(b"x")),
    "depth without values": ("depth", "depth/train/000001.png", with_values(lambda d: d.fill(0))),
    "depth of 8 bits": ("depth", "depth/train/000001.png", lambda p: write_png(p, np.ones((48, 64), np.uint8))),
    "depth of another size": ("depth", "depth/train/000001.png", lambda p: write_png(p, np.ones((4, 4), np.uint16))),
    "normals deleted": ("normals", "normals/train/000001.png", Path.unlink),
    "semantic of another class": ("semantic", "semantic/train/000001.png", with_values(lambda d: d.fill(9))),
    "instances of nobody": ("instances", "instances/train/000001.png", with_values(lambda d: d.fill(0))),
    "scene deleted": ("scene", "scenes/train/000001.json", Path.unlink),
    "scene damaged": ("scene", "scenes/train/000001.json", lambda p: p.write_bytes(b"{")),
    "record deleted": ("records", "records/train/000001.json", Path.unlink),
    "record damaged": ("records", "records/train/000001.json", lambda p: p.write_bytes(b"{}")),
    "annotations deleted": ("json", TRAIN, Path.unlink),
    "annotations cut short": ("json", TRAIN, lambda p: p.write_bytes(p.read_bytes()[:500])),
    "annotations are a list": ("json", TRAIN, lambda p: p.write_text("[]")),
    "annotations are not COCO": ("json", TRAIN, lambda p: p.write_text('{"images": {}}')),
    "annotations are not text": ("json", TRAIN, lambda p: p.write_bytes(b"\xff\xfe\x00")),
}


@pytest.mark.parametrize("name", IN_THE_FILES)
def test_damage_in_the_files(dataset, name):
    rule, file, damage = IN_THE_FILES[name]
    damage(dataset / file)
    found = [problem for problem in check_dataset(dataset).problems if problem.rule == rule]
    assert found
    assert all("\n" not in problem.message for problem in found)


def test_an_image_that_nobody_annotated(dataset):
    shutil.copy(dataset / "images/train/000001.jpg", dataset / "images/train/000009.jpg")
    assert rules(dataset) == {"extra"}


def test_images_in_quarantine_are_no_problem(dataset):
    shutil.copy(dataset / "images/train/000001.jpg", dataset / "images/train/000009.jpg")
    (dataset / "quarantine.json").write_text('{"images": [{"image_index": 9, "reason": "timed out"}]}')
    assert rules(dataset) == set()


def test_half_written_files_of_a_running_render_are_no_problem(dataset):
    (dataset / "images/train/.000009.jpg.x.tmp").write_bytes(b"")
    assert rules(dataset) == set()


def test_one_image_in_two_splits(dataset):
    extra = json.loads((dataset / "annotations/instances_val.json").read_bytes())["images"]
    edit(dataset / TRAIN, lambda value: value["images"].extend(extra))
    assert "ids" in rules(dataset)


def test_an_object_that_is_neither_annotated_nor_hidden(dataset):
    edit(dataset / TRAIN, lambda value: value["annotations"].pop(0))
    edit(dataset / "records/train/000001.json", lambda value: value["annotations"].pop(0))
    messages = [p.message for p in check_dataset(dataset).problems if p.rule == "unlabelled"]
    assert messages == ["objects 1 (apple) are neither annotated nor hidden"]


def test_hidden_objects_are_accounted_for(dataset):
    record = dataset / "records/val/000003.json"
    assert json.loads(record.read_bytes())["hidden_instance_ids"] == [4]
    edit(record, lambda value: value.update(hidden_instance_ids=[]))
    assert "unlabelled" in rules(dataset)


def test_an_object_annotated_twice(dataset):
    def twice(value):
        entry = next(a for a in value["annotations"] if a["image_id"] == 1)
        value["annotations"].append({**entry, "id": 99})

    edit(dataset / TRAIN, twice)
    assert {"unlabelled", "overlap"} <= rules(dataset)


def move_keypoint(pixels):
    def change(value):
        points = value["annotations"][0]["keypoints"]
        index = next(i for i in range(0, len(points), 3) if points[i + 2] > 0)
        points[index] += pixels

    return change


@pytest.mark.parametrize(("pixels", "found"), [(0.3, False), (0.8, True), (-30, True)])
def test_keypoints_off_their_projection(dataset, pixels, found):
    edit(dataset / "records/train/000001.json", move_keypoint(pixels))
    edit(dataset / KEYPOINTS, move_keypoint(pixels))
    assert ("keypoints" in rules(dataset)) == found


def test_a_keypoint_in_the_frame_that_nobody_labelled(dataset):
    def forget(value):
        entry = value["annotations"][0]
        place = next(i for i in range(0, len(entry["keypoints"]), 3) if entry["keypoints"][i + 2] > 0)
        entry["keypoints"][place : place + 3] = [0, 0, 0]
        entry["num_keypoints"] -= 1

    edit(dataset / KEYPOINTS, forget)
    edit(dataset / "records/train/000001.json", forget)
    assert rules(dataset) == {"keypoints"}


def test_visible_keypoints_must_be_on_the_mask(dataset):
    def away(value):
        points = value["annotations"][0]["keypoints"]
        index = next(i for i in range(0, len(points), 3) if points[i + 2] == 2)
        points[index : index + 2] = [1, 1]

    # The scene is not looked at here, only the mask.
    edit(dataset / KEYPOINTS, away)
    messages = [p.message for p in check_dataset(dataset, mesh_checked_images=0).problems]
    assert any("off its mask" in message for message in messages)


def test_meshes_are_rebuilt_for_as_many_images_as_asked(dataset, monkeypatch):
    built = []
    real = ObjectCatalogue.mesh_of
    monkeypatch.setattr(ObjectCatalogue, "mesh_of", lambda own, item: built.append(item) or real(own, item))
    for wanted, images in ((0, 0), (1, 1), (2, 2), (None, 3)):
        built.clear()
        check_dataset(dataset, mesh_checked_images=wanted)
        assert len({str(item.params) for item in built} - {None}) >= images
        assert bool(built) == bool(images)


def test_a_file_that_pycocotools_refuses(dataset, monkeypatch):
    import pycocotools.coco

    def refuse(*_):
        raise AssertionError("no")

    monkeypatch.setattr(pycocotools.coco, "COCO", refuse)
    assert rules(dataset) == {"pycocotools"}


def test_a_name_that_leads_outside_is_never_opened(dataset, monkeypatch):
    opened = []
    real = np.fromfile
    monkeypatch.setattr(np, "fromfile", lambda path, **options: opened.append(str(path)) or real(path, **options))
    edit(dataset / TRAIN, lambda value: image(value).update(file_name="../../../secret.jpg"))
    check_dataset(dataset)
    assert opened
    assert not any("secret" in path for path in opened)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("000001.jpg", True),
        ("sub/folder/1.jpg", True),
        ("images/train/1.jpg", True),
        ("a..b.jpg", True),
        ("", False),
        ("..", False),
        ("../1.jpg", False),
        ("a/../../1.jpg", False),
        ("/1.jpg", False),
        ("\\1.jpg", False),
        ("a\\..\\1.jpg", False),
        ("C:1.jpg", False),
        ("//server/1.jpg", False),
        ("a\0b", False),
        ("x" * 251 + ".jpg", True),
        ("x" * 252 + ".jpg", False),
        ("é" * 126 + ".jpg", False),
        ("xy/" * 400 + "1.jpg", False),
    ],
)
def test_safe_names(name, safe):
    assert is_safe_file_name(name) == safe


def test_no_dataset(tmp_path):
    for root in (tmp_path, tmp_path / "absent"):
        with pytest.raises(DatasetError, match="no dataset"):
            check_dataset(root)


def test_annotated_objects_that_cannot_be_seen_are_found(dataset):
    """The first image as dark as a cellar: a fiftieth of its values, no more than five levels of 255."""
    layout = DatasetLayout(dataset)
    path = layout.image("train", 1)
    annotations = json.loads((dataset / TRAIN).read_bytes())["annotations"]
    frame = (read_image_rgb(path) // 50).astype(np.uint8)
    frame[:12] = 200
    write_jpeg(path, frame, 95)
    found = [p for p in check_dataset(dataset).problems if p.rule == "contrast"]
    assert len(found) == sum(a["image_id"] == 1 for a in annotations)
    assert all(p.image_id == 1 and "cannot be seen" in p.message for p in found)


def test_stated_contrasts_are_those_of_the_picture(dataset):
    edit_both(dataset, lambda entry: entry["synthvis"].update(contrast=entry["synthvis"]["contrast"] * 2))
    assert "contrast" in rules(dataset)


def test_a_picture_of_nothing_and_one_with_too_little_light_are_found(dataset):
    """Objects that are all behind a plank, and a recipe that asks for more light than there is."""
    edit(
        dataset / TRAIN, lambda value: value.update(annotations=[a for a in value["annotations"] if a["image_id"] != 1])
    )
    edit(
        dataset / KEYPOINTS,
        lambda value: value.update(annotations=[a for a in value["annotations"] if a["image_id"] != 1]),
    )
    edit(dataset / "records/train/000001.json", lambda value: value.update(annotations=[], hidden_instance_ids=[1, 2]))
    edit(dataset / "scenes/train/000002.json", lambda value: value["sensor"].update(least_mean=0.99))
    found = {(p.rule, p.image_id) for p in check_dataset(dataset).problems}
    assert found == {("sight", 1), ("sight", 2)}


def test_the_frame_rule_lets_white_studios_pass(dataset):
    layout = DatasetLayout(dataset)
    path = layout.image("train", 1)
    frame = read_image_rgb(path)
    ids = read_png(layout.instances("train", 1))
    frame[ids == 0] = 255
    assert cv2.imwrite(str(path), frame)
    # Their contrasts are no longer those that the annotations state.
    assert rules(dataset) == {"contrast"}
