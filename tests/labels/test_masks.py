import numpy as np
import pytest

from synthvis.labels.masks import instance_mask, semantic_map, visible_ids
from synthvis.labels.occlusion import visible_fraction

IDS = np.array([[0, 1, 1], [3, 3, 1]], dtype=np.uint16)


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        pytest.param(np.zeros((2, 2), dtype=np.uint16), (), id="empty"),
        pytest.param(np.array([[0, 9]], dtype=np.uint16), (9,), id="one pixel"),
        pytest.param(np.full((2, 2), 4, dtype=np.uint16), (4,), id="full frame"),
        pytest.param(np.full((2, 2), 65535, dtype=np.uint16), (65535,), id="largest id"),
        pytest.param(IDS, (1, 3), id="two"),
    ],
)
def test_visible_ids(ids, expected):
    assert visible_ids(ids) == expected


def test_masks_are_a_partition():
    ids = np.random.default_rng(0).integers(0, 6, (20, 30)).astype(np.uint16)
    count = sum(instance_mask(ids, i).astype(int) for i in range(6))
    assert (count == 1).all()


def test_semantic_leaves_distractors_to_the_background():
    assert semantic_map(IDS, {1: 53}).tolist() == [[0, 53, 53], [0, 0, 53]]


def test_semantic_has_sixteen_bits_only_where_an_id_needs_them():
    assert semantic_map(IDS, {1: 255}).dtype == np.uint8
    assert semantic_map(IDS, {1: 1001}).dtype == np.uint16
    assert semantic_map(IDS, {1: 1001}).max() == 1001


@pytest.mark.parametrize("category", [0, -1, 65536])
def test_semantic_refuses_ids_that_do_not_fit(category):
    with pytest.raises(ValueError, match="do not fit"):
        semantic_map(IDS, {1: category})


@pytest.mark.parametrize(
    ("seen", "whole", "fraction"),
    [
        pytest.param(0, 0, 0.0, id="nothing of nothing"),
        pytest.param(0, 5, 0.0, id="fully occluded"),
        pytest.param(1, 0, 1.0, id="too small for a pixel centre, seen all the same"),
        pytest.param(5, 5, 1.0, id="free"),
        pytest.param(6, 5, 1.0, id="jitter adds a pixel"),
        pytest.param(2, 8, 0.25, id="quarter"),
    ],
)
def test_visible_fraction(seen, whole, fraction):
    mask, silhouette = np.zeros((4, 4), dtype=bool), np.zeros((4, 4), dtype=bool)
    mask.flat[:seen] = True
    silhouette.flat[:whole] = True
    assert visible_fraction(mask, silhouette) == fraction
