"""Pascal VOC, read by torchvision, which knows nothing of synthvis."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from odd_set import CLASSES, HW, odd_masks, write_odd_set
from PIL import Image

from synthvis.data.dataset import find_dataset
from synthvis.data.formats.voc.annotation_xml import read_annotation
from synthvis.data.formats.voc.class_list import read_class_list, text_of_class_list
from synthvis.data.sample import mask_of
from synthvis.errors import DatasetError, RealDataError
from synthvis.formats.images import write_jpeg
from synthvis.formats.palette_png import read_palette_png, voc_palette

ROOT = Path("VOCdevkit/VOC2012")
EDGES = ("xmin", "ymin", "xmax", "ymax")
NAMES = [CLASSES[number] for number in sorted(CLASSES)]


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_odd_set(tmp_path_factory.mktemp("odd") / "set")


@pytest.fixture(scope="module")
def exported(odd: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return find_dataset(odd).export("voc", tmp_path_factory.mktemp("voc") / "voc").root


@pytest.mark.train
def test_torchvision_reads_the_boxes(odd: Path, exported: Path) -> None:
    from torchvision.datasets import VOCDetection

    for split in ("train", "val"):
        source = find_dataset(odd)[split]
        read = VOCDetection(str(exported), year="2012", image_set=split)
        assert len(read) == len(source)
        for sample, (picture, content) in zip(source, read, strict=True):
            assert picture.size == (HW[1], HW[0])
            objects = content["annotation"].get("object", [])
            found = [
                (
                    one["name"],
                    one["difficult"],
                    *(float(one["bndbox"][key]) for key in ("xmin", "ymin", "xmax", "ymax")),
                )
                for one in objects
            ]
            # Pixels count from 1, and the last belongs to the box.
            wanted = [
                (one.class_name, str(int(one.is_crowd)), x + 1, y + 1, x + width, y + height)
                for one in sample.objects
                for x, y, width, height in [one.bbox_xywh_px]
            ]
            assert found == wanted


@pytest.mark.train
def test_torchvision_reads_the_masks(odd: Path, exported: Path) -> None:
    from torchvision.datasets import VOCSegmentation

    read = VOCSegmentation(str(exported), year="2012", image_set="train")
    masks, classes = odd_masks(), {name: value for value, name in enumerate(NAMES, start=1)}
    _, target = read[0]
    assert target.mode == "P" and len(read) == 3
    values = np.array(target)
    assert np.array_equal(values == classes["traffic light"], masks["holes"])
    assert np.array_equal(values == classes["a/b: 50% <é> 🍎"], masks["parts"])
    objects = np.array(Image.open(exported / ROOT / "SegmentationObject" / "train_A.b.png"))
    assert [np.array_equal(objects == k, masks[name]) for k, name in ((1, "pixel"), (2, "line"), (3, "corner"))] == [
        True, True, True
    ]  # fmt: skip


def test_ignore_regions_are_difficult_and_void(odd: Path, exported: Path) -> None:
    name = (exported / ROOT / "ImageSets" / "Main" / "val.txt").read_text().strip()
    values = np.array(Image.open(exported / ROOT / "SegmentationClass" / f"{name}.png"))
    masks = odd_masks()
    void = values == 255
    assert void.any() and not (void & (masks["holes"] | masks["border"])).any()
    split = find_dataset(exported)["val"]
    assert [one.is_crowd for one in split[0].objects] == [False, False, True]
    assert split[0].objects[2].bbox_xywh_px == (30, 8.25, 9.5, 7)


def test_it_comes_back_equal_to_what_it_holds(odd: Path, exported: Path) -> None:
    source, boxes, masks = find_dataset(odd), find_dataset(exported), find_dataset(exported, formats=("voc-seg",))
    assert boxes.format.name == "voc" and boxes.splits == masks.splits == ("train", "val")
    for name in source.splits:
        assert set(boxes[name].class_names) == set(CLASSES.values())
        for before, after, masked in zip(source[name], boxes[name], masks[name], strict=True):
            assert [(one.class_name, one.bbox_xywh_px, one.is_crowd) for one in after.objects] == [
                (one.class_name, one.bbox_xywh_px, one.is_crowd) for one in before.objects
            ]
            for one, other in zip(before.objects, masked.objects, strict=True):
                if not one.is_crowd:
                    assert np.array_equal(mask_of(one.segmentation, HW), mask_of(other.segmentation, HW))


def test_the_palette_is_that_of_the_development_kit() -> None:
    """Colours that the documentation of VOC shows: aeroplane, bicycle, person and the border of objects."""
    colours = np.frombuffer(voc_palette(), np.uint8).reshape(256, 3)
    assert colours[[0, 1, 2, 15, 255]].tolist() == [
        [0, 0, 0], [128, 0, 0], [0, 128, 0], [192, 128, 128], [224, 224, 192]
    ]  # fmt: skip


def test_pictures_are_linked_and_others_become_jpeg(odd: Path, exported: Path) -> None:
    there = exported / ROOT / "JPEGImages"
    assert (there / "a.b.jpg").samefile(odd / "images" / "train" / "a.b.jpg")
    with Image.open(there / "train_A.b.jpg") as picture:
        assert picture.format == "JPEG"
    assert sorted(path.suffix for path in there.iterdir()) == [".jpg"] * 4


def write_foreign(root: Path, xml: str) -> Path:
    write_jpeg(root / "JPEGImages" / "a.jpg", np.zeros((*HW, 3), np.uint8), 90)
    (root / "Annotations").mkdir(exist_ok=True)
    (root / "Annotations" / "a.xml").write_text(xml, encoding="utf-8")
    return root


def one_object(box: str, name: str = "cat") -> str:
    return f"<annotation><object><name>{name}</name><bndbox>{box}</bndbox></object></annotation>"


SOUND = "<xmin>11</xmin><ymin>6</ymin><xmax>30</xmax><ymax>20</ymax>"


def test_a_folder_without_lists_is_one_split(tmp_path: Path) -> None:
    found = find_dataset(write_foreign(tmp_path, one_object(SOUND)))
    assert found.splits == ("all",) and found["all"].class_names == ("cat",)
    assert found["all"][0].objects[0].bbox_xywh_px == (10, 5, 20, 15)


@pytest.mark.parametrize(
    ("box", "reason"),
    [
        ("<xmin>x</xmin><ymin>6</ymin><xmax>30</xmax><ymax>20</ymax>", "xmin is 'x', no number"),
        ("<xmin>nan</xmin><ymin>6</ymin><xmax>30</xmax><ymax>20</ymax>", "xmin is no number of a picture"),
        ("<ymin>6</ymin><xmax>30</xmax><ymax>20</ymax>", "xmin is ''|xmin is None"),
        ("<xmin>30</xmin><ymin>6</ymin><xmax>11</xmax><ymax>20</ymax>", "its box has no area"),
        ("<xmin>300</xmin><ymin>6</ymin><xmax>311</xmax><ymax>20</ymax>", "box lies outside its picture"),
    ],
)
def test_an_object_that_cannot_be_used_is_left_out(tmp_path: Path, box: str, reason: str) -> None:
    both = one_object(SOUND).replace("</annotation>", "") + one_object(box).removeprefix("<annotation>")
    split = find_dataset(write_foreign(tmp_path, both))["all"]
    assert split.object_count == 1
    (row,) = split.left_out.rows
    assert any(part in row.reason for part in reason.split("|"))


@pytest.mark.parametrize(
    "xml",
    [
        "<annotation>",
        "",
        '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><annotation><filename>&c;</filename></annotation>',
        '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><annotation><filename>&b;</filename></annotation>',
        "<a>" * 100_000,
    ],
)
def test_xml_that_is_broken_or_defines_entities_is_refused(tmp_path: Path, xml: str) -> None:
    root = write_foreign(tmp_path, xml)
    with pytest.raises(RealDataError, match=r"a\.xml is no XML of VOC"):
        read_annotation(root / "Annotations" / "a.xml")
    with pytest.raises(RealDataError, match=r"nothing of .* can be used: its labels cannot be read"):
        find_dataset(root).read("all")


def test_a_name_in_a_list_cannot_lead_elsewhere(tmp_path: Path) -> None:
    root = write_foreign(tmp_path / "set", one_object(SOUND))
    (root / "ImageSets" / "Main").mkdir(parents=True)
    (root / "ImageSets" / "Main" / "train.txt").write_text("a\n../secret\n/etc/passwd\na\n\n")
    (root / "ImageSets" / "Main" / "cat_train.txt").write_text("a 1\n")
    found = find_dataset(root)
    assert found.splits == ("train",)
    assert [(row.reason, row.count) for row in found["train"].left_out.rows] == [
        ("a name in a list that is no file name", 2), ("listed twice", 1)
    ]  # fmt: skip


def test_masks_of_another_kind_are_refused(tmp_path: Path) -> None:
    Image.fromarray(np.zeros((4, 4, 3), np.uint8)).save(tmp_path / "rgb.png")
    with pytest.raises(DatasetError, match="masks of VOC have a palette"):
        read_palette_png(tmp_path / "rgb.png")
    Image.fromarray(np.zeros((4, 4), np.uint8)).convert("P").save(tmp_path / "p.png")
    damaged = (tmp_path / "p.png").read_bytes()[:-45]
    (tmp_path / "p.png").write_bytes(damaged)
    with pytest.raises(DatasetError, match="cannot be decoded"):
        read_palette_png(tmp_path / "p.png")


def test_classes_of_labelmap_may_have_names_that_mean_something_there(tmp_path: Path) -> None:
    """A name that begins as comments do, and that of the background, which every list has besides."""
    names = ("#1", "background", "a:b")
    path = tmp_path / "labelmap.txt"
    path.write_text(text_of_class_list(names))
    assert read_class_list(path) == names
    path.write_text("# label:color_rgb:parts:actions\n# by a tool\ncat:1,2,3::\nbackground:0,0,0::\n\n")
    assert read_class_list(path) == ("cat",)
