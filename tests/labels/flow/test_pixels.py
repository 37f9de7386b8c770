"""Flow as 16-bit pixels, number by number from the description of the KITTI benchmarks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthvis.errors import UsageError
from synthvis.labels.flow.flow_map import FlowMap
from synthvis.labels.flow.pixels import MAX_FLOW_PX, decode_flow_pixels, encode_flow_pixels


def flow_of(x: float, y: float, is_valid: bool = True, is_occluded: bool = False) -> FlowMap:
    return FlowMap(
        flow_xy_px=np.array([[[x, y]]], np.float32),
        is_valid=np.array([[is_valid]]),
        is_occluded=np.array([[is_occluded]]),
    )


def one(*values) -> list[int]:
    return encode_flow_pixels(flow_of(*values))[0, 0].tolist()


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


def test_what_has_no_flow_is_black_and_what_is_occluded_is_marked():
    assert one(3, 4, False) == [0, 0, 0] == one(3, 4, False, True)
    assert one(3, 4, True, True) == [32960, 33024, 2]
    assert MAX_FLOW_PX == 511.984375


@given(st.floats(-511.9, 511.9), st.floats(-511.9, 511.9), st.booleans())
def test_flow_is_kept_to_half_a_step(x, y, is_occluded):
    back = decode_flow_pixels(encode_flow_pixels(flow_of(x, y, True, is_occluded)), has_occlusion=True)
    assert back.flow_xy_px.dtype == np.float32 and back.is_valid.all()
    assert np.abs(back.flow_xy_px[0, 0] - (x, y)).max() <= 1 / 128 + 1e-4
    assert back.is_occluded.tolist() == [[is_occluded]] and back.is_matched.tolist() == [[not is_occluded]]


def test_pixels_without_flow_come_back_as_zero_and_the_benchmarks_say_nothing_of_occlusion():
    back = decode_flow_pixels(np.array([[[40000, 3, 0], [0, 0, 0]]], dtype=np.uint16), has_occlusion=False)
    assert not back.flow_xy_px.any() and not back.is_valid.any() and back.is_occluded is None


def test_no_flow_at_all():
    nothing = FlowMap.of_nothing((2, 3))
    assert not encode_flow_pixels(nothing).any() and not nothing.is_matched.any()


@pytest.mark.parametrize("shape", [(4, 5), (4, 5, 3), (5, 4, 2), (0, 5, 2)])
def test_arrays_of_several_pictures(shape):
    mask = np.ones((0, 5) if 0 in shape else (4, 5), dtype=bool)
    with pytest.raises(UsageError, match="a flow of shape"):
        FlowMap(flow_xy_px=np.zeros(shape, np.float32), is_valid=mask)
    with pytest.raises(UsageError, match="a flow of shape"):
        FlowMap(flow_xy_px=np.zeros((4, 5, 2), np.float32), is_valid=np.ones((4, 5), bool), is_occluded=mask.T)
