"""Names beside boxes, the strip below a sheet, and what a contact sheet of hand-made sets shows."""

from __future__ import annotations

import json

import numpy as np
import pytest

from synthvis.data.dataset import find_dataset
from synthvis.errors import DatasetError
from synthvis.formats.images import write_png
from synthvis.viz import chips, legend
from synthvis.viz.annotated_images import select_set_images
from synthvis.viz.chips import draw_chips, fitted, plain_text, text_width
from synthvis.viz.contact_sheet import contact_sheet, image_view
from synthvis.viz.legend import captioned, legend_strip
from synthvis.viz.palette import class_colors

GREY = np.full((200, 300, 3), 100, dtype=np.uint8)
RED, BLUE = (255, 0, 0), (0, 0, 255)


def covered(drawn, box):
    x, y, w, h = box
    part = slice(y, y + h), slice(x, x + w)
    return int((drawn[part] != GREY[part]).any(axis=2).sum())


def test_a_name_stands_beside_a_large_object_and_covers_none_of_it():
    box = (60, 60, 100, 80)
    drawn = draw_chips(GREY, [box], [RED], ["apple"])
    assert (drawn == RED).all(axis=2).any()
    assert covered(drawn, box) == 0


@pytest.mark.parametrize("box", [(60, 60, 20, 20), (60, 60, 1, 1), (299, 199, 1, 1), (0, 0, 12, 150)])
def test_an_object_that_is_narrower_than_its_name_has_none(box):
    assert np.array_equal(draw_chips(GREY, [box], [RED], ["apple"]), GREY)


def test_a_name_never_covers_a_small_object_nor_another_name():
    large, small = (60, 60, 100, 80), (65, 48, 10, 10)
    drawn = draw_chips(GREY, [large, small], [RED, BLUE], ["apple", "orange"])
    assert covered(drawn, small) == 0 and (drawn == RED).all(axis=2).any()
    twice = draw_chips(GREY, [large, (62, 61, 98, 78)], [RED, BLUE], ["apple", "apple"])
    red, blue = ((twice == color).all(axis=2) for color in (RED, BLUE))
    assert red.sum() and blue.sum() and not (red & blue).any()


def test_of_a_picture_full_of_one_object_its_name_covers_little():
    drawn = draw_chips(GREY, [(0, 0, 300, 200)], [RED], ["dining table"])
    assert 0 < covered(drawn, (0, 0, 300, 200)) < 0.12 * 300 * 200


def test_long_names_are_cut_and_other_scripts_drawn_as_marks():
    name = "a class whose name is as long as sixty letters can make it be"
    assert fitted(name, 10_000, 0.36) == name
    cut = fitted(name, 120, 0.36)
    assert cut.endswith("..") and name.startswith(cut[:-2]) and text_width(cut, 0.36) <= 120
    assert fitted(name, 30, 0.36) == ""
    assert plain_text("Äpfel") == "A?pfel" and set(plain_text("りんご")) == {"?"}


def written(monkeypatch):
    """Every text that is drawn into a strip."""
    texts = []
    real = legend.cv2.putText
    monkeypatch.setattr(
        legend.cv2, "putText", lambda image, text, *rest: (texts.append(text), real(image, text, *rest))[1]
    )
    return texts


def test_the_legend_has_each_class_once_with_its_number(monkeypatch):
    texts = written(monkeypatch)
    names = ["banana", "apple", "apple", "pear", "apple", "pear"]
    colors = class_colors({*names, "absent"})
    strip = legend_strip(names, colors, 400)
    assert texts == ["apple 3", "pear 2", "banana 1"]
    for name in set(names):
        assert (strip == colors[name]).all(axis=2).sum() == legend.SWATCH_PX**2
    assert not (strip == colors["absent"]).all(axis=2).any()


def test_the_legend_of_eighty_long_names_stays_inside_the_sheet(monkeypatch):
    texts = written(monkeypatch)
    names = [f"{number} " + "long name " * 6 for number in range(80)]
    for width in (72, 1000):
        texts.clear()
        strip = legend_strip(names, class_colors(names), width)
        assert len(texts) == 80 and strip.shape[1] == width
        assert (strip[:, -1] == legend.BACKGROUND).all()


def test_without_classes_and_notes_there_is_no_legend():
    assert legend_strip([], {}, 100).shape == (0, 100, 3)
    assert legend_strip([], {}, 100, ["a note of many words that goes on"]).shape[0] > 2 * legend.ROW_PX


def test_a_caption_is_below_the_picture():
    tile = captioned(GREY, "12 train")
    assert tile.shape == (200 + legend.CAPTION_PX, 300, 3)
    assert np.array_equal(tile[:200], GREY) and (tile[200:] != legend.BACKGROUND).any()


@pytest.fixture
def foreign(tmp_path):
    """A COCO set that synthvis did not write: 80 classes with names of 60 letters, polygons, no masks, no objects."""
    side = 160
    names = [f"{number:02d} " + "x" * 57 for number in range(80)]
    square = {"bbox": [20, 20, 40, 40], "segmentation": [[20, 20, 60, 20, 60, 60, 20, 60]]}
    shapes = [square, {"bbox": [100, 100, 1, 1]}, {"bbox": [150, 0, 10, 10], "segmentation": []}]
    annotations = [
        {"id": number, "image_id": 7, "category_id": number, "iscrowd": 0, **shape}
        for number, shape in enumerate(shapes, start=1)
    ]
    images = [{"id": number, "file_name": f"{number}.png", "width": side, "height": side} for number in (7, 9)]
    categories = [{"id": number, "name": name} for number, name in enumerate(names, start=1)]
    folder = tmp_path / "set" / "annotations"
    folder.mkdir(parents=True)
    content = {"images": images, "annotations": annotations, "categories": categories}
    (folder / "instances_val.json").write_text(json.dumps(content))
    for image in images:
        write_png(tmp_path / "set" / "images" / "val" / image["file_name"], np.full((side, side, 3), 100, np.uint8))
    return tmp_path / "set"


def test_a_set_of_others_with_eighty_classes(foreign):
    images = select_set_images(find_dataset(foreign), 0)
    assert [one.image_id for one in images] == [7, 9]
    for view in ("boxes", "labels"):
        drawn = image_view(images[0], view, 160)
        assert (drawn[100, 100] == 100).all()  # the object of one pixel
        assert (drawn[102, 102] == 100).all() and not (drawn[101, 101] == 100).all()
    assert (image_view(images[0], "masks", 160)[40, 40] != 100).any()
    assert np.array_equal(image_view(images[1], "labels", 160), np.full((160, 160, 3), 100, np.uint8))
    for tile_px in (64, 160, 1000):
        sheet = contact_sheet(images, ["boxes"], tile_px=tile_px)
        assert sheet.shape[1] == 2 * (tile_px + 4) + 4
    with pytest.raises(DatasetError, match="has no depth: it is not a dataset that synthvis rendered"):
        image_view(images[0], "depth")


def test_only_empty_images_make_a_sheet_too(foreign):
    assert contact_sheet(select_set_images(find_dataset(foreign), 0)[1:], ["boxes"], tile_px=64).shape == (
        64 + 16 + 8,
        72,
        3,
    )


def test_words_do_not_pass_the_border_of_the_picture():
    assert chips.PAD_PX > 0
    for corner in ((0, 0), (200, 0), (0, 150), (200, 150)):
        drawn = draw_chips(GREY, [(*corner, 100, 50)], [RED], ["apple"])
        assert drawn.shape == GREY.shape and (drawn == RED).all(axis=2).any()
