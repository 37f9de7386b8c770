"""A projector of a camera against OpenCV, and against geometry worked by hand."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from fake_render import camera
from opencv_distortion import undistorted

from synthvis.camera.pinhole import K_of
from synthvis.camera.projector import Projector, projector_of, projector_through
from synthvis.errors import UsageError

BARREL = (-0.25, 0.06, 0.002, -0.003, 0.0)
PINCUSHION = (0.3, 0.05, -0.002, 0.001, 0.02)
CAMERA = replace(camera(image_hw=(48, 64)), intrinsics_px=(60.0, 62.0, 33.0, 23.0))
SQUARE = np.array([[64.0, 0, 32], [0, 64, 32], [0, 0, 1]])


def seen_points(count=200):
    rng = np.random.default_rng(4)
    depth_m = rng.uniform(0.3, 9, count)
    return np.stack([rng.uniform(-0.5, 0.5, count) * depth_m, rng.uniform(-0.35, 0.35, count) * depth_m, depth_m], 1)


@pytest.mark.parametrize("distortion", [None, BARREL, PINCUSHION])
def test_points_land_where_opencv_projects_them(distortion):
    projector = projector_of(replace(CAMERA, distortion=distortion))
    coefficients = np.zeros(5) if distortion is None else np.array(distortion)
    wanted = cv2.projectPoints(seen_points(), np.zeros(3), np.zeros(3), K_of(CAMERA), coefficients)[0][:, 0]
    np.testing.assert_allclose(projector.project(seen_points()), wanted, atol=1e-9)
    assert projector.image_hw == (48, 64)


@pytest.mark.parametrize("distortion", [BARREL, PINCUSHION])
def test_rays_are_those_of_opencv_and_lead_back_to_their_pixels(distortion):
    projector = projector_of(replace(CAMERA, distortion=distortion))
    pixels = np.stack(np.meshgrid(np.arange(64) + 0.5, np.arange(48) + 0.5), axis=-1)
    rays = projector.rays(pixels)
    assert rays.shape == (48, 64, 3) and (rays[..., 2] == 1).all()
    wanted = undistorted(pixels.reshape(-1, 2), projector.K, distortion)
    np.testing.assert_allclose(rays[..., :2].reshape(-1, 2), wanted, atol=1e-7)
    points = (rays * np.random.default_rng(0).uniform(0.5, 3, (48, 64, 1))).reshape(-1, 3)
    back = cv2.projectPoints(points, np.zeros(3), np.zeros(3), projector.K, np.array(distortion))[0]
    np.testing.assert_allclose(back.reshape(48, 64, 2), pixels, atol=1e-6)


def test_rays_of_a_pinhole_by_hand():
    assert Projector(SQUARE, (64, 64)).rays(np.array([(32.0, 32.0), (64.0, 0.0)])).tolist() == [
        [0, 0, 1],
        [0.5, -0.5, 1],
    ]


def test_what_no_camera_sees_has_no_pixel():
    points = np.array([(0.0, 0, 1), (0.0, 0, -1), (0.0, 0, 0)])
    found = Projector(SQUARE, (64, 64)).project(points)
    assert found[0].tolist() == [32, 32] and np.isnan(found[1:]).all()


def test_an_edge_of_a_pinhole_is_its_two_ends():
    found = Projector(SQUARE, (64, 64)).project_edge(np.array([(0.0, 0, 1), (0.5, 0, 1)]))
    assert found.tolist() == [[32, 32], [64, 32]]


def test_a_distorted_edge_runs_through_the_points_of_the_straight_one():
    projector = projector_of(replace(CAMERA, distortion=BARREL))
    ends = np.array([(-0.4, -0.25, 1.0), (0.6, -0.25, 1.2)])
    curve = projector.project_edge(ends)
    assert len(curve) > 3
    line = ends[0] + np.linspace(0, 1, 4001)[:, None] * (ends[1] - ends[0])
    wanted = cv2.projectPoints(line, np.zeros(3), np.zeros(3), projector.K, np.array(BARREL))[0][:, 0]
    distances = np.linalg.norm(curve[:, None] - wanted[None], axis=2).min(axis=1)
    # Points of the line lie less than 64 / 4000 pixels apart.
    assert distances.max() < 0.01


@pytest.mark.parametrize("coefficients", [None, BARREL])
def test_triangles_cover_what_the_dense_points_of_the_mesh_cover(coefficients):
    """Area by the shoelace formula, against the polygon of OpenCV's projections of its dense outline."""
    projector = projector_through(SQUARE, (64, 64), coefficients)
    vertices = np.array([(-0.4, -0.4, 1.0), (0.4, -0.4, 1.0), (0.4, 0.4, 1.0), (-0.4, 0.4, 1.0)])
    corners = projector.project_triangles(vertices, np.array([(0, 1, 2), (0, 2, 3)]))
    (ax, ay), (bx, by), (cx, cy) = np.moveaxis(corners, (1, 2), (0, 1))
    area = np.abs((bx - ax) * (cy - ay) - (cx - ax) * (by - ay)).sum() / 2
    shares = np.linspace(0, 1, 500, endpoint=False)[:, None]
    outline = np.concatenate([a + shares * (b - a) for a, b in zip(vertices, np.roll(vertices, -1, 0), strict=True)])
    given = np.zeros(5) if coefficients is None else np.array(coefficients)
    polygon = cv2.projectPoints(outline, np.zeros(3), np.zeros(3), SQUARE, given)[0][:, 0]
    x, y = polygon.T
    wanted = abs(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y)) / 2
    # Edges stay within 0.02 pixels of the outline, which is some 4 x 51 pixels long.
    assert area == pytest.approx(wanted, abs=0.02 * 4 * 52)


def test_an_enlarged_image_shows_a_point_at_so_many_times_its_pixel():
    projector = projector_of(replace(CAMERA, distortion=PINCUSHION))
    twice = projector.resized(2.0)
    assert twice.image_hw == (96, 128)
    np.testing.assert_allclose(twice.project(seen_points()), 2 * projector.project(seen_points()), rtol=1e-12)


def test_a_distortion_that_folds_the_picture_over_is_refused():
    with pytest.raises(UsageError, match="folds the picture over"):
        projector_of(replace(CAMERA, distortion=(-0.9, 0.0, 0.0, 0.0, 0.0)))
