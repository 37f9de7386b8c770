import numpy as np
import pytest

from synthvis.camera.projector import Projector
from synthvis.labels.keypoints import keypoints_in_image

K = np.array([[64.0, 0, 32], [0, 64.0, 32], [0, 0, 1]])
HW = (64, 64)
PINHOLE = Projector(K, HW)
FAR = np.inf


def flat_surface(depth_m=1.0, rows=slice(16, 48), columns=slice(16, 48)):
    """A square plate before nothing."""
    depth = np.full(HW, FAR, dtype=np.float32)
    mask = np.zeros(HW, dtype=bool)
    depth[rows, columns], mask[rows, columns] = depth_m, True
    return depth, mask


@pytest.mark.parametrize(
    ("point", "expected"),
    [
        pytest.param((0, 0, 1), (32, 32, 2), id="on the surface"),
        pytest.param((0, 0, 1.001), (32, 32, 2), id="a millimetre inside"),
        pytest.param((0, 0, 1.07), (32, 32, 1), id="on the far side: hidden by the object itself"),
        pytest.param((0, 0, 0.9), (32, 32, 2), id="before the surface"),
        pytest.param((0.45, 0, 1), (60.8, 32, 1), id="in the frame where the object does not show"),
        pytest.param((0.5, 0, 1), (0, 0, 0), id="exactly on the right border: outside, half-open"),
        pytest.param((-0.5, -0.5, 1), (0, 0, 1), id="exactly on the first corner: inside"),
        pytest.param((2, 0, 1), (0, 0, 0), id="outside the frame"),
        pytest.param((0, 0, -1), (0, 0, 0), id="behind the camera"),
        pytest.param((0, 0, 0), (0, 0, 0), id="at the camera"),
        pytest.param((0, 0, 0.005), (0, 0, 0), id="nearer than the near plane"),
    ],
)
def test_visibility(point, expected):
    found = keypoints_in_image(np.array([point], dtype=float), PINHOLE, *flat_surface())
    assert found[0] == pytest.approx(expected)


@pytest.mark.parametrize(("under_m", "seen"), [(0.05, 1), (0.08, 2)])
def test_a_joint_is_seen_where_the_body_around_it_is(under_m, seen):
    """7 cm under the plate: too deep for 5 cm of flesh and not for 8; where the plate is not, no depth helps."""
    points, depths_m = np.array([(0.0, 0, 1.07), (0.45, 0, 1.07)]), np.array([under_m, under_m])
    found = keypoints_in_image(points, PINHOLE, *flat_surface(), under_m=depths_m)
    assert found[:, 2].tolist() == [seen, 1]


def test_none_at_all():
    assert keypoints_in_image(np.zeros((0, 3)), PINHOLE, *flat_surface()).shape == (0, 3)


def test_another_object_in_front():
    depth, mask = flat_surface()
    depth[:, :40] = 0.5
    mask[:, :40] = False
    found = keypoints_in_image(np.array([(0.0, 0, 1), (0.2, 0, 1)]), PINHOLE, depth, mask)
    assert found[:, 2].tolist() == [1, 2]


def test_a_wholly_hidden_object_has_no_visible_keypoint():
    depth, _ = flat_surface(0.5)
    found = keypoints_in_image(np.array([(0.0, 0, 1)]), PINHOLE, depth, np.zeros(HW, dtype=bool))
    assert found[0].tolist() == [32, 32, 1]


def test_a_steep_slope_hides_nothing():
    # Depth grows by 2 cm a pixel: far more than the tolerance, and the keypoint lies on the surface all the same.
    depth = (1 + 0.02 * (np.arange(64) - 31.5))[None].repeat(64, axis=0).astype(np.float32)
    mask = np.ones(HW, dtype=bool)
    for shift_px in (-0.4, 0.4):
        z = 1 + 0.02 * (shift_px + 0.5)
        point = ((32 + shift_px + 0.5 - 32) * z / 64, 0.0, z)
        assert keypoints_in_image(np.array([point]), PINHOLE, depth, mask)[0, 2] == 2
