"""Poses of objects that look alike from two sides: points in two places each, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch")

import torch
from scipy.spatial.transform import Rotation

from synthvis.data.camera import Camera
from synthvis.geometry import rigid
from synthvis.train.keypoints.heatmap import several_peaks
from synthvis.train.pose6d.model_keypoints import project_px
from synthvis.train.pose6d.solve import likely_poses

CAMERA = Camera(K=np.array([[500.0, 0, 160], [0, 500, 120], [0, 0, 1]]), distortion=None, world_from_cam=None)
HALF_TURN = np.diag([-1.0, -1.0, 1.0, 1.0])
TRUTH = rigid(Rotation.from_euler("xyz", [180 - 25, 15, 40], degrees=True).as_matrix(), np.array([0.01, 0.0, 0.6]))
CARD_M = np.array([[x, y, 0.0] for x in (-0.1, 0.0, 0.1) for y in (-0.06, 0.0, 0.06)])


def test_points_in_two_places_give_a_pose_that_a_mixture_hides() -> None:
    """Half of the points were found first where a half turn has them: both places together hold all of one pose."""
    points = np.concatenate([CARD_M, CARD_M[:, [1, 0, 2]] * 0.7 + [0, 0, 0.02]])
    here, there = (project_px(points, pose, CAMERA)[0] for pose in (TRUTH, TRUTH @ HALF_TURN))
    swapped = np.arange(len(points)) % 2 == 0
    first, second = np.where(swapped[:, None], there, here), np.where(swapped[:, None], here, there)
    peaks = np.stack([np.column_stack([one, np.full(len(points), 0.4)]) for one in (first, second)], axis=1)
    pose = likely_poses(peaks, points, CAMERA, 2.0)[0]
    assert min(np.abs(pose - TRUTH).max(), np.abs(pose - TRUTH @ HALF_TURN).max()) < 1e-3


def test_two_peaks_of_a_heatmap_come_by_their_height() -> None:
    """Cells (2, 3) and (10, 12) of a 16 x 16 map with 0.6 and 0.4 of the mass; centres are at (c + 0.5) * 4 pixels."""
    share = torch.full((16, 16), 1e-9)
    share[2, 3], share[10, 12] = 0.6, 0.4
    found = several_peaks(share.log()[None, None], 2)[0, 0]
    assert found[0].tolist() == pytest.approx([14, 10, 0.6], abs=1e-2)
    assert found[1].tolist() == pytest.approx([50, 42, 0.4], abs=1e-2)
