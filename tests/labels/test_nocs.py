"""Normalised object coordinates of bodies whose surface has a formula."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from fake_render import box_mesh, camera, cast_rays, cube_mesh, turned
from fake_scene import at, scene, thing
from hypothesis import given
from hypothesis import strategies as st
from opencv_distortion import undistorted

from synthvis.camera.enclosing import enclosing_pinhole
from synthvis.camera.pinhole import look_at
from synthvis.camera.projector import Projector, projector_of
from synthvis.geometry import rigid, rotation_about
from synthvis.labels.box3d import box3d_of
from synthvis.labels.nocs import back_projected, decode_nocs, encode_nocs, nocs_map, points_of_nocs
from synthvis.labels.pose import cam_from_object
from synthvis.render.distort import distort_passes

K = np.array([[64.0, 0, 32], [0, 64, 32], [0, 0, 1]])
PINHOLE = Projector(K, (64, 64))
ROWS, COLUMNS = np.mgrid[:64, :64]
RAYS = np.stack([(COLUMNS + 0.5 - 32) / 64, (ROWS + 0.5 - 32) / 64, np.ones((64, 64))], axis=-1)


def single(mesh, pose, depth_m, ids=None):
    """The map of one object, whose pixels are those with a depth unless `ids` says otherwise."""
    ids = np.where(np.isfinite(depth_m), 1, 0) if ids is None else ids
    box = box3d_of(mesh, np.asarray(pose), PINHOLE)
    return nocs_map(depth_m.astype(np.float32), ids.astype(np.uint16), PINHOLE, {1: np.asarray(pose)}, {1: box}), box


def test_a_cube_by_hand():
    spec = scene(camera(), thing(1, at(0, 0, 1.25)))
    found, _ = single(cube_mesh(0.5), at(0, 0, 1.25), cast_rays(spec, {1: cube_mesh(0.5)}).depth_m)
    diagonal = 0.5 * 3**0.5
    # Pixel (40, 20) looks at x = 8.5 / 64 m, y = -11.5 / 64 m on the front face, 1 m away: object z = -0.25.
    expected = (0.5 + 8.5 / 64 / diagonal, 0.5 - 11.5 / 64 / diagonal, 0.5 - 0.25 / diagonal)
    assert found[20, 40] == pytest.approx(expected, abs=1e-6)
    assert not found[:, :16].any() and not found[:16].any()
    assert found[16:48, 16:48].all()


def test_the_diagonal_has_length_one_and_the_centre_is_one_half():
    mesh = box_mesh((0.1, -0.2, 0.0), (0.4, 0.2, 1.2))
    box = box3d_of(mesh, np.eye(4), PINHOLE)
    assert box.diagonal_m == pytest.approx(1.3)  # 0.3, 0.4, 1.2
    assert box.centre_m == pytest.approx((0.25, 0.0, 0.6))
    ends = (mesh.vertices_m - box.centre_m) / box.diagonal_m + 0.5
    assert np.linalg.norm(ends.max(axis=0) - ends.min(axis=0)) == pytest.approx(1.0)
    assert (ends.max(axis=0) + ends.min(axis=0)) / 2 == pytest.approx((0.5, 0.5, 0.5))


def test_a_sphere_stays_a_sphere():
    centre, radius = np.array([0.1, -0.05, 1.5]), 0.3
    # |t r - c| = R, the nearer root.
    a, b = (RAYS**2).sum(axis=-1), RAYS @ centre
    inside = b**2 - a * (centre @ centre - radius**2)
    depth = np.where(inside > 0, (b - np.sqrt(np.maximum(inside, 0))) / a, np.inf)
    found, box = single(box_mesh([-radius] * 3, [radius] * 3), rigid(np.eye(3), centre), depth)
    seen = np.isfinite(depth)
    assert seen.sum() > 300
    points = points_of_nocs(found[seen], box.centre_m, box.diagonal_m)
    assert np.linalg.norm(points, axis=1) == pytest.approx(radius, abs=1e-5)
    assert not found[~seen].any()


def test_a_tilted_plane_has_one_coordinate_constant():
    # The plane z = 0 of its object, turned by 50 degrees about x and 2 m away.
    pose = rigid(rotation_about((1, 0, 0), np.radians(50)), (0, 0, 2))
    normal = pose[:3, 2]
    depth = (normal @ pose[:3, 3]) / (RAYS @ normal)
    found, box = single(box_mesh((-2, -3, 0), (2, 3, 0)), pose, depth)
    assert found[..., 2] == pytest.approx(0.5, abs=1e-6)
    # On the row next to the axis x is the ray's slope times its depth.
    diagonal = (4**2 + 6**2) ** 0.5
    assert found[32, 60, 0] == pytest.approx(0.5 + RAYS[32, 60, 0] * depth[32, 60] / diagonal, abs=1e-6)
    assert box.diagonal_m == pytest.approx(diagonal)


def test_stored_points_land_on_their_pixels_wherever_camera_and_objects_are():
    rng = np.random.default_rng(3)
    cam = camera(look_at((1.2, -0.9, 1.0), (0, 0, 0.1), roll_rad=0.4), image_hw=(48, 64))
    things = [thing(k, turned(rng, *rng.uniform(-0.4, 0.4, 3))) for k in (1, 2, 3)]
    spec = scene(cam, *things)
    meshes = {1: box_mesh((0, 0, 0), (0.5, 0.1, 0.3)), 2: cube_mesh(0.3), 3: box_mesh((-0.6, 0, 0), (0, 0.06, 0.06))}
    jitter = rng.uniform(0, 1, (2, 48, 64))
    passes = cast_rays(spec, meshes, jitter=jitter)
    projector = projector_of(cam)
    poses = {t.instance_id: cam_from_object(cam, t) for t in things}
    boxes = {i: box3d_of(meshes[i], pose, projector) for i, pose in poses.items()}
    stored = encode_nocs(nocs_map(passes.depth_m, passes.instance_id, projector, poses, boxes))
    normalised = decode_nocs(stored)
    is_object = stored.any(axis=2)
    assert np.array_equal(is_object, passes.instance_id > 0)
    for i, pose in poses.items():
        rows, columns = np.nonzero(passes.instance_id == i)
        assert len(rows) > 20
        points = points_of_nocs(normalised[rows, columns], boxes[i].centre_m, boxes[i].diagonal_m)
        x, y, z = (points @ pose[:3, :3].T + pose[:3, 3]).T
        # Written out; the formula of the project is not asked.
        assert np.abs(64 * x / z + 32 - columns - 0.5).max() < 0.75
        assert np.abs(64 * y / z + 24 - rows - 0.5).max() < 0.75
        assert np.abs(z - passes.depth_m[rows, columns]).max() < 0.02
        low, high = meshes[i].vertices_m.min(axis=0), meshes[i].vertices_m.max(axis=0)
        # The sample is up to half a pixel from the centre: 1.5 m / 64 / 2.
        assert (points > low - 0.03).all() and (points < high + 0.03).all()


def test_only_the_objects_asked_for_and_only_where_there_is_depth():
    ids = np.zeros((64, 64))
    ids[10, 10], ids[20, 20], ids[30, 30] = 1, 2, 1
    depth = np.full((64, 64), np.inf)
    depth[10, 10] = depth[20, 20] = 1.25
    found, _ = single(cube_mesh(2.0), at(0, 0, 1.25), depth, ids)
    assert np.argwhere(found.any(axis=2)).tolist() == [[10, 10]]


def test_an_empty_image():
    found = nocs_map(np.full((4, 6), np.inf, np.float32), np.zeros((4, 6), np.uint16), PINHOLE, {}, {})
    assert found.shape == (4, 6, 3)
    assert not found.any()


def test_nothing_leaves_the_unit_cube():
    # A rod of length 1 along x; the depth says that the object goes on far beyond its end.
    depth = np.full((64, 64), 1.0)
    found, _ = single(box_mesh((-0.1, -0.001, -0.001), (0.1, 0.001, 0.001)), at(0, 0, 1), depth)
    assert found.min() == 0.0 and found.max() == 1.0
    assert found.any(axis=2).all()


def test_back_projection_by_hand():
    points = back_projected(np.array([31, 0]), np.array([31, 63]), np.array([2.0, 4.0]), PINHOLE)
    assert points == pytest.approx(np.array([(-0.5 / 64 * 2, -0.5 / 64 * 2, 2), (31.5 / 64 * 4, -31.5 / 64 * 4, 4)]))


BARREL = (-0.25, 0.06, 0.002, -0.003, 0.0)
PINCUSHION = (0.3, 0.05, -0.002, 0.001, 0.02)


def test_back_projection_behind_a_lens_by_hand():
    # The direction (0.5, 0.25) is seen at 0.9375 of itself under k1 = -0.2, as r^2 is 0.3125: with this K at pixel
    # centre (62.5, 46.5). Its depth is along the axis, which the lens leaves alone.
    cam = replace(camera(), intrinsics_px=(64.0, 64.0, 32.5, 31.5), distortion=(-0.2, 0.0, 0.0, 0.0, 0.0))
    (point,) = back_projected(np.array([46]), np.array([62]), np.array([2.0]), projector_of(cam))
    assert point == pytest.approx((1.0, 0.5, 2.0), abs=1e-9)


@pytest.mark.parametrize("distortion", [BARREL, PINCUSHION])
def test_back_projection_is_along_the_rays_of_opencv(distortion):
    cam = replace(camera(), distortion=distortion)
    rows, columns = ROWS.ravel(), COLUMNS.ravel()
    depth = np.random.default_rng(0).uniform(0.5, 3, rows.size)
    points = back_projected(rows, columns, depth, projector_of(cam))
    pixels = np.stack([columns + 0.5, rows + 0.5], axis=1)[:, None]
    rays = undistorted(pixels, K, distortion)
    assert points[:, :2] / points[:, 2:] == pytest.approx(rays, abs=1e-7)
    assert points[:, 2] == pytest.approx(depth)
    back = cv2.projectPoints(points, np.zeros(3), np.zeros(3), K, np.array(distortion))[0]
    assert back == pytest.approx(pixels, abs=1e-6)


def test_a_tilted_plane_behind_a_lens_has_one_coordinate_constant():
    pose = rigid(rotation_about((1, 0, 0), np.radians(50)), (0, 0, 2))
    cam = replace(camera(), distortion=BARREL)
    pixels = np.stack([COLUMNS + 0.5, ROWS + 0.5], axis=-1).reshape(-1, 1, 2)
    flat = undistorted(pixels, K, BARREL).reshape(64, 64, 2)
    depth = (pose[:3, 2] @ pose[:3, 3]) / (np.dstack([flat, np.ones((64, 64))]) @ pose[:3, 2])
    box = box3d_of(box_mesh((-3, -6, 0), (3, 6, 0)), pose, PINHOLE)
    ids = np.ones((64, 64), np.uint16)
    found = nocs_map(depth.astype(np.float32), ids, projector_of(cam), {1: pose}, {1: box})
    assert found[..., 2] == pytest.approx(0.5, abs=1e-6)
    assert found[32, 60, 0] == pytest.approx(0.5 + flat[32, 60, 0] * depth[32, 60] / box.diagonal_m, abs=1e-6)
    # Without the lens the plane would be no plane.
    straight = nocs_map(depth.astype(np.float32), ids, PINHOLE, {1: pose}, {1: box})
    assert np.abs(straight[..., 2] - 0.5).max() > 0.005


def test_coefficients_of_zero_are_a_pinhole():
    cam = replace(camera(), distortion=(0.0,) * 5)
    depth = np.random.default_rng(0).uniform(0.5, 3, ROWS.size)
    distorted = back_projected(ROWS.ravel(), COLUMNS.ravel(), depth, projector_of(cam))
    assert np.array_equal(distorted, back_projected(ROWS.ravel(), COLUMNS.ravel(), depth, PINHOLE))


@pytest.mark.parametrize("distortion", [BARREL, PINCUSHION])
def test_stored_points_of_a_distorted_render_land_on_their_pixels(distortion):
    """Samples anywhere in the pixels of the pinhole picture, as Blender takes them."""
    rng = np.random.default_rng(5)
    view = camera(look_at((1.2, -0.9, 1.0), (0, 0, 0.1), roll_rad=0.4), image_hw=(48, 64))
    cam = replace(view, intrinsics_px=(60.0, 62.0, 33.0, 23.0), distortion=distortion)
    things = [thing(k, turned(rng, *rng.uniform(-0.4, 0.4, 3))) for k in (1, 2, 3)]
    meshes = {1: box_mesh((0, 0, 0), (0.5, 0.1, 0.3)), 2: cube_mesh(0.3), 3: box_mesh((-0.6, 0, 0), (0, 0.06, 0.06))}
    wide = enclosing_pinhole(cam)
    jitter = rng.uniform(0, 1, (2, *wide.image_hw))
    passes = distort_passes(cast_rays(scene(wide, *things), meshes, jitter=jitter), wide, cam)
    projector = projector_of(cam)
    poses = {t.instance_id: cam_from_object(cam, t) for t in things}
    boxes = {i: box3d_of(meshes[i], pose, projector) for i, pose in poses.items()}
    stored = encode_nocs(nocs_map(passes.depth_m, passes.instance_id, projector, poses, boxes))
    normalised, is_object = decode_nocs(stored), stored.any(axis=2)
    assert np.array_equal(is_object, passes.instance_id > 0)
    for i, pose in poses.items():
        rows, columns = np.nonzero(passes.instance_id == i)
        assert len(rows) > 20
        points = points_of_nocs(normalised[rows, columns], boxes[i].centre_m, boxes[i].diagonal_m)
        turn = cv2.Rodrigues(pose[:3, :3])[0]
        landed = cv2.projectPoints(points, turn, pose[:3, 3], projector.K, np.array(distortion))[0][:, 0]
        miss = np.abs(landed - np.stack([columns + 0.5, rows + 0.5], axis=1))
        # All but those at outlines, which are put back into the box, are exact.
        assert np.median(miss) < 0.005 and miss.max() < 1.5
        assert np.abs(points @ pose[2, :3] + pose[2, 3] - passes.depth_m[rows, columns]).max() < 0.04


@given(st.tuples(*[st.floats(0, 1)] * 3))
def test_object_coordinates_are_kept_to_a_hundred_thousandth(normalised):
    value = np.array([[normalised]])
    stored = encode_nocs(value)
    back = decode_nocs(stored)
    assert np.abs(back - value).max() <= 0.5 / 65535 + 1e-12
    assert stored.any() == (value.max() >= 0.5 / 65535)


def test_object_coordinates_by_hand():
    encoded = encode_nocs(np.array([[(0.0, 0.5, 1.0), (0.0, 0.0, 0.0), (-0.1, 1.1, 0.25)]]))
    assert encoded.dtype == np.uint16
    assert encoded.tolist() == [[[0, 32768, 65535], [0, 0, 0], [0, 65535, 16384]]]
    assert decode_nocs(encoded)[0, 1].tolist() == [0, 0, 0] and decode_nocs(encoded)[0, 0, 2] == 1
