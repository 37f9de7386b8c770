"""Sentences of docs/reference/conventions.md about the camera frame, held by geometry worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from synthvis.camera.pinhole import K_from_focal_length, look_at, project


def test_intrinsics_of_a_full_frame_50_mm_lens() -> None:
    K = K_from_focal_length(50.0, 36.0, (240, 320))
    focal_px = 50 / 36 * 320
    assert K.tolist() == [[focal_px, 0, 160], [0, focal_px, 120], [0, 0, 1]]


def test_portrait_image_spans_the_sensor_with_its_height() -> None:
    assert K_from_focal_length(36.0, 36.0, (400, 100))[0, 0] == 400


@pytest.mark.parametrize(
    ("point_m", "pixel"),
    [
        ((0.0, 0.0, 2.0), (50.0, 50.0)),  # on the axis: the principal point
        ((1.0, 0.0, 2.0), (100.0, 50.0)),  # x is right
        ((0.0, 1.0, 2.0), (50.0, 100.0)),  # y is down
        ((0.0, 0.0, -2.0), (np.nan, np.nan)),  # behind the camera
        ((0.0, 0.0, 0.0), (np.nan, np.nan)),  # in its centre
    ],
)
def test_projection(point_m: tuple[float, ...], pixel: tuple[float, ...]) -> None:
    K = np.array([[100.0, 0, 50], [0, 100, 50], [0, 0, 1]])
    np.testing.assert_allclose(project([point_m], K), [pixel])


def test_projecting_nothing_gives_nothing() -> None:
    assert project(np.empty((0, 3)), np.eye(3)).shape == (0, 2)


def test_camera_that_looks_along_world_y() -> None:
    world_from_cam = look_at((0, -3, 1), (0, 0, 1))
    # z forward is world +y, x right is world +x, y down is world -z.
    np.testing.assert_allclose(world_from_cam[:3, :3], [[1, 0, 0], [0, 0, 1], [0, -1, 0]], atol=1e-12)
    np.testing.assert_allclose(world_from_cam[:3, 3], [0, -3, 1])


def test_positive_roll_turns_the_camera_clockwise_seen_from_behind() -> None:
    rolled = look_at((0, -3, 0), (0, 0, 0), roll_rad=np.pi / 2)
    # A right-handed turn about forward takes x (right) to y (down).
    np.testing.assert_allclose(rolled[:3, 0], [0, 0, -1], atol=1e-12)


def test_looking_straight_down_is_defined() -> None:
    world_from_cam = look_at((0, 0, 5), (0, 0, 0))
    np.testing.assert_allclose(world_from_cam[:3, 2], [0, 0, -1])
    np.testing.assert_allclose(np.linalg.det(world_from_cam), 1)


def test_eye_on_target_is_refused() -> None:
    with pytest.raises(ValueError, match="coincide"):
        look_at((1, 2, 3), (1, 2, 3))
