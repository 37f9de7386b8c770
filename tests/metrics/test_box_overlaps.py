"""Overlaps of boxes, worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from synthvis.metrics.box_overlaps import box_iou, box_overlaps


@pytest.mark.parametrize(
    ("first", "second", "value"),
    [
        ((0, 0, 0, 0), (0, 0, 0, 0), 0.0),
        ((0, 0, 0, 0), (0, 0, 2, 2), 0.0),
        ((0, 0, 2, 2), (0, 0, 2, 2), 1.0),
        ((0, 0, 2, 2), (2, 0, 2, 2), 0.0),
        ((0, 0, 2, 2), (1, 0, 2, 2), 1 / 3),
        ((-1.5, 0, 2, 4), (0, 1, 0.5, 3), 1.5 / 8),
    ],
)
def test_iou(first: tuple[float, ...], second: tuple[float, ...], value: float) -> None:
    assert box_iou(first, second) == pytest.approx(value)


def test_of_a_crowd_it_is_the_share_of_the_box_that_lies_in_it() -> None:
    boxes, others = [(0, 0, 2, 2), (9, 9, 1, 1)], [(1, 0, 2, 2), (1, 0, 20, 2), (0, 0, 1, 2)]
    found = box_overlaps(boxes, others, [False, True, True])
    assert found == pytest.approx(np.array([[1 / 3, 0.5, 0.5], [0, 0, 0]]))


@pytest.mark.parametrize(("boxes", "others"), [([], []), ([], [(0, 0, 1, 1)]), ([(0, 0, 1, 1)], [])])
def test_of_no_boxes_there_are_no_overlaps(boxes: list[object], others: list[object]) -> None:
    assert box_overlaps(boxes, others).shape == (len(boxes), len(others))
