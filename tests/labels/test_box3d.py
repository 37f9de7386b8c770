from dataclasses import replace

import cv2
import numpy as np
import pytest
from fake_render import box_mesh, camera, cube_mesh
from fake_scene import at

from synthvis.camera.projector import projector_of
from synthvis.geometry import rigid, rotation_about
from synthvis.labels.box3d import EDGES, box3d_of
from synthvis.objects.mesh.mesh import Mesh

PINHOLE = projector_of(camera())
K = np.array([[64.0, 0, 32], [0, 64, 32], [0, 0, 1]])


def test_a_cube_by_hand():
    box = box3d_of(cube_mesh(0.5), np.array(at(0, 0, 1.25)), PINHOLE)
    assert box.centre_m == pytest.approx((0, 0, 0))
    assert box.size_m == pytest.approx((0.5, 0.5, 0.5))
    # Front face 1 m away: 64 px a metre. Back face 1.5 m away.
    near, far = 64 * 0.25, 64 * 0.25 / 1.5
    expected = [(32 + sx * d, 32 + sy * d) for sx in (-1, 1) for sy in (-1, 1) for d in (near, far)]
    assert box.corners_px == pytest.approx(np.array(expected))
    assert box.corners_cam_m[:, 2] == pytest.approx([1.0, 1.5] * 4)


def test_the_order_of_corners_and_a_box_off_its_origin():
    box = box3d_of(box_mesh((1, 2, 3), (10, 20, 30)), np.eye(4), PINHOLE)
    assert box.corners_cam_m.tolist() == [[x, y, z] for x in (1, 10) for y in (2, 20) for z in (3, 30)]
    assert box.centre_m.tolist() == [5.5, 11, 16.5]
    assert box.size_m.tolist() == [9, 18, 27]


def test_the_box_turns_with_its_object():
    # A quarter turn about the optical axis takes the object's x to the camera's y (down), and y to -x.
    pose = rigid(rotation_about((0, 0, 1), np.pi / 2), (0, 0, 2))
    box = box3d_of(box_mesh((0, 0, 0), (0.5, 0.25, 0)), pose, PINHOLE)
    assert box.size_m == pytest.approx((0.5, 0.25, 0))
    assert box.corners_cam_m[4] == pytest.approx((0, 0.5, 2))
    assert box.corners_px[4] == pytest.approx((32, 48))
    assert box.corners_px[2] == pytest.approx((24, 32))


def test_corners_behind_the_camera_have_no_pixel():
    box = box3d_of(cube_mesh(0.5), np.array(at(0.5, 0, 0.2)), PINHOLE)
    assert np.isfinite(box.corners_cam_m).all()
    assert box.corners_cam_m[:, 2] == pytest.approx([-0.05, 0.45] * 4)
    assert np.isnan(box.corners_px[0::2]).all()
    assert np.isfinite(box.corners_px[1::2]).all()
    wholly_behind = box3d_of(cube_mesh(0.5), np.array(at(0, 0, -3)), PINHOLE)
    assert np.isnan(wholly_behind.corners_px).all()


@pytest.mark.parametrize(("depth_m", "given"), [(0.0101, True), (0.0099, False), (0.0, False)])
def test_the_near_plane_is_the_limit(depth_m, given):
    box = box3d_of(box_mesh((0, 0, 0), (0.1, 0.1, 0.1)), np.array(at(0, 0, depth_m)), PINHOLE)
    assert np.isfinite(box.corners_px[0]).all() == given


def test_vertices_of_no_face_do_not_count():
    mesh = cube_mesh(0.5)
    stray = Mesh(
        vertices_m=np.vstack([mesh.vertices_m, [(9, 9, 9)]]),
        faces=mesh.faces,
        face_slots=mesh.face_slots,
        slots=mesh.slots,
        keypoints_m=mesh.keypoints_m,
    )
    assert box3d_of(stray, np.eye(4), PINHOLE).size_m == pytest.approx((0.5, 0.5, 0.5))


def test_edges_join_corners_that_differ_in_one_axis():
    assert len(EDGES) == len(set(EDGES)) == 12
    for axis, edges in enumerate((EDGES[:4], EDGES[4:8], EDGES[8:])):
        corners = np.array([(i, j, k) for i in (0, 1) for j in (0, 1) for k in (0, 1)])
        for low, high in edges:
            assert (corners[high] - corners[low]).tolist() == [int(axis == own) for own in range(3)]


def distorted(*coefficients):
    return projector_of(replace(camera(), distortion=coefficients))


def test_corners_behind_a_lens_by_hand():
    # At x / z = 0.5, y / z = 0.25 r^2 is 0.3125, so the radius shrinks to 1 - 0.2 * 0.3125 = 0.9375 of itself.
    box = box3d_of(box_mesh((0, 0, 0), (0.5, 0.25, 1)), np.array(at(0, 0, 1)), distorted(-0.2, 0.0, 0.0, 0.0, 0.0))
    assert box.corners_px[6] == pytest.approx((32 + 64 * 0.5 * 0.9375, 32 + 64 * 0.25 * 0.9375))
    # Twice as far away r^2 is a quarter of that.
    assert box.corners_px[7] == pytest.approx((32 + 32 * 0.5 * 0.984375, 32 + 32 * 0.25 * 0.984375))
    assert box.corners_px[0] == pytest.approx((32, 32))
    assert box.corners_cam_m[6] == pytest.approx((0.5, 0.25, 1))


@pytest.mark.parametrize("coefficients", [(-0.25, 0.06, 0.002, -0.003, 0.0), (0.3, 0.05, -0.002, 0.001, 0.02)])
def test_corners_are_where_opencv_projects_them(coefficients):
    pose = rigid(rotation_about((1, 2, 3), 0.8), (0.1, -0.05, 0.9))
    box = box3d_of(cube_mesh(0.4), pose, distorted(*coefficients))
    ends = np.array([(x, y, z) for x in (-0.2, 0.2) for y in (-0.2, 0.2) for z in (-0.2, 0.2)])
    turn = cv2.Rodrigues(pose[:3, :3])[0]
    wanted = cv2.projectPoints(ends, turn, pose[:3, 3], K, np.array(coefficients))[0][:, 0]
    assert box.corners_px == pytest.approx(wanted, abs=1e-9)


def test_coefficients_of_zero_are_a_pinhole():
    pose = np.array(at(0.1, -0.2, 1.25))
    bent, straight = box3d_of(cube_mesh(0.5), pose, distorted(*[0.0] * 5)), box3d_of(cube_mesh(0.5), pose, PINHOLE)
    assert bent.corners_px == pytest.approx(straight.corners_px, abs=1e-12)


def test_corners_that_the_formula_would_fold_back_have_no_pixel():
    # Under k1 = -0.25 alone x / z = 1.9 is put at 0.185, 12 pixels from the middle: in the picture.
    box = box3d_of(box_mesh((0, 0, 0), (1.9, 0.1, 2)), np.array(at(0, 0, 1)), distorted(-0.25, 0.0, 0.0, 0.0, 0.0))
    assert np.isnan(box.corners_px[[4, 6]]).all()
    assert np.isfinite(box.corners_px[[0, 1, 2, 3, 5, 7]]).all()
    assert np.isfinite(box.corners_cam_m).all()
