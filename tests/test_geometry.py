"""Every sentence of docs/reference/conventions.md about frames, held by geometry worked by hand."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from synthvis.geometry import invert_rigid, rigid, rotation_about, transform_points


def test_quarter_turn_about_z() -> None:
    np.testing.assert_allclose(rotation_about((0, 0, 2), np.pi / 2) @ [1, 0, 0], [0, 1, 0], atol=1e-12)


angles = st.floats(-3.1, 3.1)
lengths = st.floats(-10, 10)


@given(angles, st.tuples(lengths, lengths, lengths))
def test_inverse_undoes(angle_rad: float, translation_m: tuple[float, float, float]) -> None:
    a_from_b = rigid(rotation_about((1, 2, 3), angle_rad), translation_m)
    np.testing.assert_allclose(invert_rigid(a_from_b), np.linalg.inv(a_from_b), atol=1e-9)
    points_b = np.array([[0.0, 0, 0], [1, 2, 3]])
    there_and_back = transform_points(invert_rigid(a_from_b), transform_points(a_from_b, points_b))
    np.testing.assert_allclose(there_and_back, points_b, atol=1e-9)
