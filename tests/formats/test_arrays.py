import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthvis.formats.arrays import (
    decode_normals,
    encode_normals,
)


@given(st.floats(-1, 1), st.floats(0, 2 * np.pi))
def test_normals_are_kept_to_a_degree(z, turn):
    radius = np.sqrt(1 - z * z)
    normal = np.array([[[radius * np.cos(turn), radius * np.sin(turn), z]]], dtype=np.float32)
    back = decode_normals(encode_normals(normal))
    assert np.degrees(np.arccos(np.clip((back * normal).sum(), -1, 1))) < 1
    assert np.linalg.norm(back) == pytest.approx(1, abs=1e-5)


def test_no_surface_is_black_and_comes_back_as_zero():
    nothing = np.zeros((1, 1, 3), dtype=np.float32)
    assert encode_normals(nothing).tolist() == [[[0, 0, 0]]]
    assert not decode_normals(encode_normals(nothing)).any()


def test_axes_by_hand():
    axes = np.array([[(1, 0, 0), (0, 1, 0), (0, 0, -1)]], dtype=np.float32)
    assert encode_normals(axes).tolist() == [[[255, 128, 128], [128, 255, 128], [128, 128, 0]]]
