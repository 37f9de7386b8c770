"""Flow as 16-bit pixels, number by number from the description of the KITTI benchmarks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthvis.labels.flow.pixels import MAX_FLOW_PX, decode_flow_pixels, encode_flow_pixels


def one(x: float, y: float, mark: int = 1) -> list[int]:
    return encode_flow_pixels(np.array([[[x, y]]], np.float32), np.array([[mark]], np.uint16))[0, 0].tolist()


@pytest.mark.parametrize(
    ("flow", "pixel"),
    [
        ((0, 0), [32768, 32768, 1]),
        ((1, -1), [32832, 32704, 1]),
        ((1 / 64, -1 / 64), [32769, 32767, 1]),
        ((0.01, 0.007), [32769, 32768, 1]),  # 0.64 and 0.448 steps
        ((-512, 511.984375), [0, 65535, 1]),
        ((512, 0), [0, 0, 0]),
        ((0, -513), [0, 0, 0]),
        ((np.nan, 0), [0, 0, 0]),
        ((np.inf, -np.inf), [0, 0, 0]),
    ],
)
def test_pixels_by_hand(flow, pixel):
    assert one(*flow) == pixel


def test_what_is_not_valid_is_black_and_the_mark_is_kept():
    assert one(3, 4, 0) == [0, 0, 0]
    assert one(3, 4, 2) == [32960, 33024, 2]
    assert MAX_FLOW_PX == 511.984375


@given(st.floats(-511.9, 511.9), st.floats(-511.9, 511.9))
def test_flow_is_kept_to_half_a_step(x, y):
    flow, mark = decode_flow_pixels(
        encode_flow_pixels(np.array([[[x, y]]], np.float32), np.ones((1, 1), dtype=np.uint16))
    )
    assert flow.dtype == np.float32 and mark.tolist() == [[1]]
    assert np.abs(flow[0, 0] - (x, y)).max() <= 1 / 128 + 1e-4


def test_pixels_that_hold_no_flow_come_back_as_zero():
    flow, mark = decode_flow_pixels(np.array([[[40000, 3, 0], [0, 0, 0]]], dtype=np.uint16))
    assert not flow.any() and not mark.any()
