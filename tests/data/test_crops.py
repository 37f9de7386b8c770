"""Crops out of a COCO split, by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthvis.data.derived.crops import crops_of, one_class_images
from synthvis.data.sample import LabelledObject, Sample
from synthvis.data.split import Split


def box(
    *xywh: float, name: str = "apple", crowd: bool = False, visible: float = 1.0, area: float = 1.0
) -> LabelledObject:
    return LabelledObject(class_name=name, bbox_xywh_px=xywh, area_px=area, is_crowd=crowd, visible_fraction=visible)  # type: ignore[arg-type]


def split_of(*images: tuple[LabelledObject, ...]) -> Split:
    """Images of 100 columns and 60 rows."""
    entries = tuple(
        Sample(id=number, path=Path(f"{number}.jpg"), labelled_hw=(60, 100), objects=boxes)
        for number, boxes in enumerate(images, start=1)
    )
    names = ("apple", "cup")
    return Split(
        name="case", kind="real", split="val", images=entries, class_names=names,
        category_ids={name: number for number, name in enumerate(names, start=1)},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("xywh", "region", "inner"),
    [
        ((40, 20, 20, 10), (38, 18, 62, 32), (2, 2, 22, 12)),  # a tenth of the longer side, 2 px, on every side
        ((40.6, 20.5, 20, 10), (38, 18, 63, 33), (2.6, 2.5, 22.6, 12.5)),  # outwards to whole pixels
        ((0, 0, 100, 60), (0, 0, 100, 60), (0, 0, 100, 60)),  # the full frame
        ((-10, 50, 30, 30), (0, 48, 22, 60), (0, 2, 20, 12)),  # cut at the frame before the margin
        ((90, 10, 10, 10), (89, 9, 100, 21), (1, 1, 11, 11)),  # touches the border
    ],
)
def test_a_crop_is_the_box_with_context_inside_the_frame(
    xywh: tuple[float, ...], region: tuple[int, ...], inner: tuple[float, ...]
) -> None:
    (crop,) = crops_of(split_of((box(*xywh),)))
    assert crop.region_xyxy_px == region
    assert crop.box_xyxy_px == pytest.approx(inner)


def test_crowds_small_hidden_and_outside_objects_are_left_out() -> None:
    boxes = (
        box(0, 0, 6, 40),
        box(10, 0, 5.9, 40),
        box(20, 0, 20, 20, crowd=True),
        box(40, 0, 20, 20, visible=0.149),
        box(60, 0, 20, 20, visible=0.15, name="cup"),
        box(98, 0, 20, 20),
        box(200, 0, 20, 20),
        box(0, 0, 0, 0),
    )
    kept = crops_of(split_of((), boxes), min_visible=0.15)
    assert [(crop.class_name, crop.image_index, crop.image.id) for crop in kept] == [("apple", 1, 2), ("cup", 1, 2)]
    assert len(crops_of(split_of((), boxes), min_side_px=1)) == 5


def test_whole_images_count_when_all_that_is_labelled_is_one_class() -> None:
    split = split_of(
        (box(0, 0, 9, 9), box(20, 0, 2, 2)),
        (box(0, 0, 9, 9), box(20, 0, 9, 9, name="cup")),
        (),
        (box(0, 0, 9, 9, name="cup", crowd=True),),
        (box(0, 0, 9, 9), box(20, 0, 9, 9, name="cup", crowd=True)),
    )
    found = one_class_images(split)
    assert [(crop.image.id, crop.class_name) for crop in found] == [(1, "apple"), (4, "cup")]
    assert {crop.region_xyxy_px for crop in found} == {(0, 0, 100, 60)}
