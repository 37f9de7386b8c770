"""Masks in all forms that COCO files have."""

from __future__ import annotations

import numpy as np
import pytest
from pycocotools.coco import COCO

from synthvis.data.masks import box_rle
from synthvis.data.sample import mask_of, rle_of
from synthvis.errors import DatasetError
from synthvis.formats.rle import encode_mask

HW = (6, 8)
EXPECTED = np.zeros(HW, bool)
EXPECTED[1:4, 2:5] = True
RUNS = [13, 3, 3, 3, 3, 3, 20]
"""The same rectangle, column by column: two columns and a pixel of nothing, three of it, three of nothing ..."""


@pytest.mark.parametrize(
    "segmentation",
    [
        [[2, 1, 5, 1, 5, 4, 2, 4]],
        [[2, 1, 3, 1, 3, 4, 2, 4], [3.0, 1.0, 5.0, 1.0, 5.0, 4.0, 3.0, 4.0]],
        {"size": [6, 8], "counts": RUNS},
        encode_mask(EXPECTED),
        {"size": [6, 8], "counts": encode_mask(EXPECTED)["counts"].encode()},
    ],
    ids=["polygon", "two polygons", "runs", "string", "bytes"],
)
def test_every_form_gives_the_same_rectangle(segmentation: object) -> None:
    assert (mask_of(segmentation, HW) == EXPECTED).all()
    assert rle_of(segmentation, HW).to_json() == encode_mask(EXPECTED)


def test_slanted_polygons_are_filled_as_pycocotools_fills_them() -> None:
    polygons = [[0.5, 0.5, 7.3, 2.2, 3.1, 5.9], [6.0, 4.0, 7.9, 4.0, 7.0, 5.9]]
    coco = COCO()
    coco.imgs = {1: {"height": 6, "width": 8}}
    assert (mask_of(polygons, HW) == coco.annToMask({"image_id": 1, "segmentation": polygons}).astype(bool)).all()


@pytest.mark.parametrize(
    ("segmentation", "said"),
    [
        ([], "three corners"),
        ([[1, 1, 5, 1]], "three corners"),
        ([[1, 1, 5, 1, 5, 5, 2]], "three corners"),
        ([[1, 1, 5, 1, float("nan"), 5]], "not finite"),
        ({"size": [8, 6], "counts": RUNS}, "made for"),
        ({"size": [6, 8], "counts": [13, 3]}, "do not add up"),
        ({"size": [6, 8], "counts": [-4, 52]}, "do not add up"),
        ({"size": [6, 8]}, "counts"),
        ({"size": [6.0, 8.0], "counts": RUNS}, "height, width"),
        ({"size": [6, 8], "counts": [True] * 48}, "do not add up"),
        ([[0, 0, 1e30, 0, 1e30, 1e30]], "far out of"),
        ([[0, 0, 8, 0, 8, 6] * 100], "longer than"),
        ([["a", "b", "c", "d", "e", "f"]], "not a COCO segmentation"),
    ],
)
def test_what_is_no_mask_is_refused(segmentation: object, said: str) -> None:
    with pytest.raises(DatasetError, match=said):
        mask_of(segmentation, HW)


def test_a_box_is_a_mask_that_ends_at_the_frame() -> None:
    assert (box_rle((2, 1, 3, 3), HW).decode() == EXPECTED).all()
    corner = np.zeros(HW, bool)
    corner[4:, 6:] = True
    assert (box_rle((6, 4, 30, 30), HW).decode() == corner).all()
