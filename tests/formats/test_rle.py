import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from pycocotools import mask as coco_mask

from synthvis.errors import DatasetError
from synthvis.formats.rle import CompressedRle, decode_mask, encode_mask


@given(arrays(bool, array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=40)))
def test_round_trip(mask):
    rle = encode_mask(mask)
    assert rle["size"] == list(mask.shape)
    assert isinstance(rle["counts"], str)
    assert np.array_equal(decode_mask(rle), mask)
    assert coco_mask.area({"size": rle["size"], "counts": rle["counts"].encode()}) == mask.sum()


def column_major_runs(mask):
    """COCO's run lengths, counted one pixel at a time."""
    runs, value = [0], False
    for pixel in mask.T.reshape(-1):
        if pixel != value:
            runs.append(0)
            value = not value
        runs[-1] += 1
    return runs


@given(st.integers(0, 2**20 - 1))
def test_counts_are_those_of_the_uncompressed_form(bits):
    mask = np.array([bits >> i & 1 for i in range(20)], dtype=bool).reshape(4, 5)
    theirs = coco_mask.frPyObjects({"size": [4, 5], "counts": column_major_runs(mask)}, 4, 5)
    assert encode_mask(mask)["counts"] == theirs["counts"].decode()


@pytest.mark.parametrize("layout", ["C", "F"])
def test_memory_layout_does_not_matter(layout):
    mask = np.zeros((5, 7), dtype=bool, order=layout)
    mask[1, 2:6] = True
    assert np.array_equal(decode_mask(encode_mask(mask)), mask)


@pytest.mark.parametrize(
    "rle",
    [
        {},
        {"size": [4, 4]},
        {"size": None, "counts": "0"},
        {"size": [4], "counts": "0"},
        {"size": [4, 4], "counts": None},
        {"size": [4, 4], "counts": "ä"},
        {"size": [4, 4], "counts": ""},
        {"size": [4, 4], "counts": "5220"},
        {"size": [4, 5], "counts": "52203"},
        {"size": [4, 4], "counts": "PPPPPPPPPPP"},
        {"size": [4, 4], "counts": "o3o3o3"},
        {"size": [-4, 4], "counts": "@0"},
        {"size": ["a", 4], "counts": "@0"},
    ],
)
def test_damaged_masks_are_refused(rle):
    with pytest.raises(DatasetError, match="RLE"):
        decode_mask(rle)


def test_runs_of_nothing_are_joined():
    # Two such runs at the same place end pycocotools' loops: it finds no overlap of a mask with itself.
    as_stored = coco_mask.frPyObjects({"size": [4, 5], "counts": [5, 3, 0, 2, 3, 0, 7]}, 4, 5)
    mask = np.zeros(20, dtype=bool)
    mask[5:10] = True
    checked = CompressedRle((4, 5), bytes(as_stored["counts"]))
    assert checked.to_json() == encode_mask(mask.reshape(5, 4).T)
    assert checked == CompressedRle.of_runs([5, 3, 0, 2, 3, 0, 7], (4, 5))
    assert coco_mask.iou([checked.to_json()], [checked.to_json()], [0])[0, 0] == 1


@pytest.mark.parametrize("hw", [(0, 0), (-4, -4), (100_000, 10_000), (2**40, 2**40)])
def test_sizes_of_no_picture_ask_for_no_memory(hw):
    with pytest.raises(DatasetError, match="size of no picture"):
        CompressedRle.of_runs([hw[0] * hw[1]], hw)
    with pytest.raises(DatasetError, match="size of no picture"):
        CompressedRle.of_polygons([[0, 0, 4, 0, 4, 4]], hw)
