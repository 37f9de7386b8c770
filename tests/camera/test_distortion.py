"""Lens distortion held against OpenCV and against the formula worked by hand."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from opencv_distortion import undistorted

from synthvis.camera.distortion import distort, distortion_of, frame_view, stretch, undistort
from synthvis.camera.enclosing import enclosing_pinhole, pinhole_pixels
from synthvis.camera.pinhole import K_of, pixels_of, project
from synthvis.camera.projector import projector_of
from synthvis.camera.spec import CameraSpec
from synthvis.errors import UsageError

HW = (120, 160)
BARREL = (-0.28, 0.09, 0.001, -0.0015, -0.01)
PINCUSHION = (0.12, 0.02, -0.002, 0.001, 0.0)
WAVY = (-0.3, 0.35, 0.0, 0.0, 0.0)
DISTORTIONS = [BARREL, PINCUSHION, WAVY]


def camera(distortion=BARREL, intrinsics_px=(150.0, 148.0, 84.0, 57.0), image_hw=HW) -> CameraSpec:
    return CameraSpec(
        world_from_cam=((1.0, 0, 0, 0), (0, 1.0, 0, 0), (0, 0, 1.0, 0), (0, 0, 0, 1.0)),
        focal_mm=35.0,
        sensor_width_mm=36.0,
        image_hw=image_hw,
        f_number=None,
        focus_distance_m=1.0,
        intrinsics_px=intrinsics_px,
        distortion=distortion,
    )


def points_in_view(count=400):
    rng = np.random.default_rng(0)
    depth_m = rng.uniform(0.3, 20, count)
    return np.stack([rng.uniform(-0.5, 0.5, count) * depth_m, rng.uniform(-0.4, 0.4, count) * depth_m, depth_m], axis=1)


@pytest.mark.parametrize("coefficients", DISTORTIONS)
def test_points_land_where_opencv_projects_them(coefficients):
    cam = camera(coefficients)
    points = points_in_view()
    wanted, _ = cv2.projectPoints(points, np.zeros(3), np.zeros(3), K_of(cam), np.array(coefficients))
    found = projector_of(cam).project(points)
    np.testing.assert_allclose(found, wanted[:, 0], atol=1e-9)


@pytest.mark.parametrize("coefficients", DISTORTIONS)
def test_undoing_agrees_with_opencv(coefficients):
    K = K_of(camera())
    pixels = np.stack(np.meshgrid(np.linspace(0, 160, 33), np.linspace(0, 120, 25)), axis=-1).reshape(-1, 2)
    wanted = undistorted(pixels, K, coefficients)
    found = undistort((pixels - K[:2, 2]) / (K[0, 0], K[1, 1]), coefficients)
    np.testing.assert_allclose(found, wanted, atol=1e-7)


@pytest.mark.parametrize("coefficients", DISTORTIONS)
def test_light_comes_from_where_opencv_undistorts_pixels_to(coefficients):
    cam = camera(coefficients)
    pixels = np.stack(np.meshgrid(np.linspace(0, 160, 33), np.linspace(0, 120, 25)), axis=-1)
    wanted = undistorted(pixels, K_of(cam), coefficients).reshape(25, 33, 2)
    np.testing.assert_allclose(projector_of(cam).directions(pixels), wanted, atol=1e-7)
    wide = enclosing_pinhole(cam)
    rows, columns = pinhole_pixels(cam, wide)
    assert rows.shape == columns.shape == HW
    # Pixel (112, 7) by OpenCV, in the pinhole picture.
    x, y = pixels_of(undistorted([[7.5, 112.5]], K_of(cam), coefficients), K_of(wide))[0]
    assert (columns[112, 7], rows[112, 7]) == (int(x), int(y))


def test_light_of_a_pinhole_comes_straight():
    cam = camera(None)
    pixels = np.array([[84.0, 57.0], [159.0, -17.0]])
    assert projector_of(cam).directions(pixels).tolist() == [[0, 0], [0.5, -0.5]]


@given(x=st.floats(-0.5, 0.5), y=st.floats(-0.4, 0.4), which=st.sampled_from(DISTORTIONS))
def test_there_and_back(x, y, which):
    np.testing.assert_allclose(undistort(distort((x, y), which), which), (x, y), atol=1e-10)


def test_a_straight_line_bends_as_the_formula_says():
    """The line y = 0.2 under k1 alone: y_d = 0.2 (1 + k1 (x^2 + 0.04)), a parabola over x."""
    x = np.linspace(-0.5, 0.5, 11)
    curve = distort(np.stack([x, np.full(11, 0.2)], axis=1), (-0.3, 0.0, 0.0, 0.0, 0.0))
    np.testing.assert_allclose(curve[:, 1], 0.2 * (1 - 0.3 * (x**2 + 0.04)), atol=1e-15)
    # Its middle stays 0.06 x^2 = 0.015 further out than its ends: a barrel.
    assert curve[5, 1] - curve[0, 1] == pytest.approx(0.2 * 0.3 * 0.25)


def test_no_coefficients_change_no_bit():
    points = points_in_view()
    assert np.array_equal(distort(points[:, :2], (0.0,) * 5), points[:, :2])
    assert np.array_equal(undistort(points[:, :2], (0.0,) * 5), points[:, :2])
    cam = camera(None)
    assert distortion_of(cam) is None and enclosing_pinhole(cam) is cam
    assert np.array_equal(projector_of(cam).project(points), project(points, K_of(cam)))


def test_stretch_is_that_of_finite_differences():
    points = np.random.default_rng(1).uniform(-0.5, 0.5, (50, 2))
    step = 1e-6
    columns = [(distort(points + d, BARREL) - distort(points - d, BARREL)) / (2 * step) for d in np.eye(2) * step]
    singular = np.linalg.svd(np.stack(columns, axis=-1), compute_uv=False)
    least, most = stretch(points, BARREL)
    np.testing.assert_allclose(np.stack([most, least], axis=1), singular, atol=1e-8)


@pytest.mark.parametrize("coefficients", DISTORTIONS)
def test_the_pinhole_picture_holds_all_that_the_lens_sees(coefficients):
    cam = camera(coefficients)
    wide = enclosing_pinhole(cam)
    height, width = HW
    border = [(x, y) for x in np.linspace(0, width, 200) for y in (0, height)]
    border += [(x, y) for y in np.linspace(0, height, 200) for x in (0, width)]
    directions = undistorted(border, K_of(cam), coefficients)
    seen = pixels_of(directions, K_of(wide))
    assert (seen >= 1).all() and (seen <= np.array(wide.image_hw[::-1]) - 1).all()
    # And not much more than that.
    scale = K_of(wide)[0, 0] / K_of(cam)[0, 0]
    assert (seen.min(axis=0) < 6 * scale).all() and (np.array(wide.image_hw[::-1]) - seen.max(axis=0) < 6 * scale).all()


def test_points_far_outside_do_not_fold_back_into_the_frame():
    """Under k1 = -0.25 the formula puts x / z = 1.9 at 0.19: cv2 projects it into the picture, and no lens does."""
    cam = camera((-0.25, 0.0, 0.0, 0.0, 0.0))
    far = np.array([[1.9, 0.0, 1.0]])
    folded = cv2.projectPoints(far, np.zeros(3), np.zeros(3), K_of(cam), np.array(cam.distortion))[0][0, 0]
    assert 0 < folded[0] < 160
    assert np.isnan(projector_of(cam).project(far)).all()


@pytest.mark.parametrize(
    "coefficients", [(-0.9, 0, 0, 0, 0), (0.0, -2.5, 0, 0, 0), (0, 0, 0.9, 0, 0), (0.5, 0, 0, 0, -9.0)]
)
def test_a_picture_that_folds_over_is_refused(coefficients):
    with pytest.raises(UsageError, match="folds the picture over"):
        distortion_of(camera(tuple(map(float, coefficients))))


def test_a_fold_just_outside_the_frame_is_allowed_and_just_inside_is_not():
    """Under k1 alone the map turns back at r = 1 / sqrt(-3 k1), where its image has radius 2 / 3 r.

    The farthest corner of a frame of 200 x 200 pixels at f = 200 has r_d = sqrt(0.5), so k1 = -4 / 27 / 0.5 = -0.296.
    """
    square = (200.0, 200.0, 100.0, 100.0)
    assert frame_view((-0.28, 0.0, 0.0, 0.0, 0.0), square, (200, 200))[2] > 0.5
    with pytest.raises(UsageError):
        frame_view((-0.30, 0.0, 0.0, 0.0, 0.0), square, (200, 200))


def test_a_picture_from_a_giant_one_is_refused():
    with pytest.raises(UsageError, match="needs a render of"):
        enclosing_pinhole(camera((-0.404, 0.083, 0.0, 0.0, -0.0015), intrinsics_px=(95.7, 95.7, 80.0, 60.0)))
