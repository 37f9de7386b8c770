"""The z-buffer against a plain loop over triangles, and VSD by hand."""

from __future__ import annotations

import numpy as np
import pytest
from bop_oracle import z_buffer
from fake_render import box_mesh

from synthvis.geometry import rigid, rotation_about
from synthvis.metrics.surface_discrepancy import VSD_TAUS, model_depth_m, vsd

HW = (48, 64)
K = np.array([[60.0, 0, 32], [0, 60, 24], [0, 0, 1]])
FACING = np.eye(3)
PLATE = np.array([[-0.2, -0.2, 0], [0.2, -0.2, 0], [0.2, 0.2, 0], [-0.2, 0.2, 0]])
TWO = np.array([[0, 1, 2], [0, 2, 3]], dtype=np.int32)


def at(z_m: float, x_m: float = 0.0) -> np.ndarray:
    return rigid(FACING, (x_m, 0, z_m))


def plate_m(pose: np.ndarray) -> np.ndarray:
    return model_depth_m(PLATE, TWO, pose, K, HW)


def test_a_box_has_the_depth_that_a_plain_z_buffer_finds() -> None:
    mesh = box_mesh((-0.2, -0.1, -0.3), (0.15, 0.2, 0.1))
    pose = rigid(rotation_about((1, 2, 3), 1.1), (0.05, -0.03, 1.2))
    found = model_depth_m(mesh.vertices_m, mesh.faces, pose, K, HW)
    cam = mesh.vertices_m @ pose[:3, :3].T + pose[:3, 3]
    pixels = cam @ K.T
    expected = z_buffer(pixels[:, :2] / pixels[:, 2:] - 0.5, cam[:, 2], mesh.faces, HW)
    assert np.array_equal(np.isfinite(found), np.isfinite(expected))
    assert np.allclose(found[np.isfinite(found)], expected[np.isfinite(expected)], rtol=1e-12)


def test_a_model_behind_beside_or_without_a_pose_is_nowhere() -> None:
    for pose in (at(-1), at(1, 50), np.full((4, 4), np.nan)):
        assert not np.isfinite(plate_m(pose)).any()
    assert not np.isfinite(model_depth_m(PLATE, TWO[:0], at(1), K, HW)).any()
    # One that reaches through the camera is cut at the near plane.
    through = model_depth_m(PLATE, TWO, rigid(rotation_about((1, 0, 0), np.pi / 2), (0, 0.05, 0.1)), K, HW)
    assert np.isfinite(through).any() and through.min() >= 0.01


def test_vsd_counts_what_lies_elsewhere() -> None:
    nothing, everywhere = np.full(HW, np.inf), (0.0,) * len(VSD_TAUS)
    truth = plate_m(at(1))
    assert vsd(truth, truth, truth, K, 0.5) == everywhere
    # 24 px wide; a shift by 6 px leaves 18 of 30 columns to both.
    shifted = vsd(plate_m(at(1, 0.1)), truth, nothing, K, 0.5)
    assert shifted == pytest.approx((12 / 30,) * len(VSD_TAUS))
    # Farther by 0.13 m on the axis and a little more beside it: wrong for tolerances up to 25% of 0.5 m, and the plate
    # looks smaller.
    farther = plate_m(at(1.13))
    found = vsd(farther, truth, nothing, K, 0.5)
    small = int(np.isfinite(farther).sum()) / int(np.isfinite(truth).sum())
    assert found[:5] == pytest.approx((1.0,) * 5)
    assert found[5:] == pytest.approx((1 - small,) * 5)
    assert vsd(nothing, nothing, nothing, K, 0.5) == (1.0,) * len(VSD_TAUS)


def test_what_is_hidden_counts_in_neither() -> None:
    truth, scene = plate_m(at(1)), plate_m(at(1))
    scene[:, :32] = 0.4
    # Wrong on the hidden left half only.
    estimate = truth.copy()
    estimate[:, :32] = np.inf
    assert vsd(estimate, truth, scene, K, 0.5) == (0.0,) * len(VSD_TAUS)
