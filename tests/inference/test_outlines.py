"""Polygons of masks, filled again by pycocotools."""

from __future__ import annotations

import numpy as np
import pytest

from synthvis.formats.rle import CompressedRle
from synthvis.inference.outlines import polygons_of_mask


def filled(polygons: list[list[float]], hw: tuple[int, int]) -> np.ndarray:
    return CompressedRle.of_polygons(polygons, hw).decode()


def area(polygon: list[float]) -> float:
    """Gauss's formula."""
    x, y = np.array(polygon[0::2]), np.array(polygon[1::2])
    return abs(float(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1)))) / 2


def test_a_square_has_its_corners_between_the_pixels() -> None:
    mask = np.zeros((50, 60), bool)
    mask[10:30, 20:45] = True
    [polygon] = polygons_of_mask(mask)
    assert len(polygon) == 8
    # The corners are an eighth of a pixel inside those of the square.
    assert sorted(polygon[0::2]) == pytest.approx([20.12, 20.12, 44.88, 44.88], abs=0.01)
    assert sorted(polygon[1::2]) == pytest.approx([10.12, 10.12, 29.88, 29.88], abs=0.01)
    assert (filled([polygon], mask.shape) == mask).all()


@pytest.mark.parametrize("seed", range(5))
def test_blobs_come_back(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[:120, :160]
    mask = np.zeros((120, 160), bool)
    for _ in range(4):
        x, y, a, b = *rng.uniform(30, 90, 2), *rng.uniform(8, 30, 2)
        mask |= ((columns - x) / a) ** 2 + ((rows - y) / b) ** 2 < 1
    found = filled(polygons_of_mask(mask), mask.shape)
    assert (found & mask).sum() / (found | mask).sum() > 0.96
    assert sum(map(area, polygons_of_mask(mask))) == pytest.approx(mask.sum(), rel=0.03)


def test_small_parts_holes_and_masks_without_an_outline() -> None:
    mask = np.zeros((80, 80), bool)
    assert polygons_of_mask(mask) == []
    mask[10:50, 10:50] = True
    mask[20:30, 20:30] = False
    mask[70, 70] = True
    [polygon] = polygons_of_mask(mask)
    assert filled([polygon], mask.shape).sum() == pytest.approx(1600, abs=8)
    mask[60:75, 5:30] = True
    assert len(polygons_of_mask(mask)) == 2
    for point in (np.s_[7:8, 9:10], np.s_[0:1, 0:20], np.s_[79:80, 79:80]):
        alone = np.zeros((80, 80), bool)
        alone[point] = True
        assert filled(polygons_of_mask(alone), alone.shape).sum() >= 1
        assert all(len(one) >= 6 for one in polygons_of_mask(alone))


def test_a_large_mask_is_not_enlarged() -> None:
    mask = np.zeros((2000, 2500), bool)
    mask[100:1900, 100:2400] = True
    found = filled(polygons_of_mask(mask), mask.shape)
    assert (found & mask).sum() / (found | mask).sum() > 0.99
