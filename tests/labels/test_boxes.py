import numpy as np
import pytest

from synthvis.labels.boxes import bbox_of_mask, bbox_of_points


def mask_of(rows, columns, hw=(6, 8)):
    mask = np.zeros(hw, dtype=bool)
    mask[rows, columns] = True
    return mask


@pytest.mark.parametrize(
    ("mask", "box"),
    [
        pytest.param(np.zeros((6, 8), dtype=bool), (0, 0, 0, 0), id="empty"),
        pytest.param(mask_of(3, 5), (5, 3, 1, 1), id="one pixel"),
        pytest.param(mask_of(0, 0), (0, 0, 1, 1), id="first pixel"),
        pytest.param(mask_of(5, 7), (7, 5, 1, 1), id="last pixel"),
        pytest.param(np.ones((6, 8), dtype=bool), (0, 0, 8, 6), id="full frame"),
        pytest.param(mask_of(slice(2, 4), 0), (0, 2, 1, 2), id="touching the border"),
        pytest.param(mask_of([1, 4], [1, 6]), (1, 1, 6, 4), id="split in two"),
    ],
)
def test_box_of_mask(mask, box):
    assert bbox_of_mask(mask) == box


@pytest.mark.parametrize(
    ("points", "limits", "box"),
    [
        pytest.param([], None, (0, 0, 0, 0), id="empty"),
        pytest.param([(1, 2), (4, 8)], None, (1, 2, 3, 6), id="two points"),
        pytest.param([(-5, -5), (5, 5)], None, (-5, -5, 10, 10), id="outside stays outside"),
        pytest.param([(-1e9, 0), (5, 1e9)], (-10.0, -10.0, 20.0, 20.0), (-10, 0, 15, 20), id="clamped"),
        pytest.param([(30, 0), (40, 5)], (-10.0, -10.0, 20.0, 20.0), (0, 0, 0, 0), id="wholly beyond the limits"),
    ],
)
def test_box_of_points(points, limits, box):
    assert bbox_of_points(np.array(points, dtype=float).reshape(-1, 2), limits) == box
