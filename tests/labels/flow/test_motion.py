"""Flow of motions worked out by hand, behind OpenCV's lens, and against an exact picture of what hides what."""

from __future__ import annotations

import math
from dataclasses import replace

import cv2
import numpy as np
import pytest
from fake_film import BARREL, crowd, frame_of
from fake_render import box_mesh, camera, cast_rays, cube_mesh, turned
from fake_scene import at, scene, thing
from opencv_distortion import undistorted

from synthvis.camera.pinhole import look_at
from synthvis.camera.spec import CameraSpec
from synthvis.geometry import rigid, rotation_about
from synthvis.labels.flow.frame import FrameGeometry
from synthvis.labels.flow.motion import Motion, motion_between
from synthvis.labels.flow.surface import carried_points
from synthvis.labels.passes import Passes
from synthvis.objects.mesh.mesh import Mesh
from synthvis.scene.spec import SceneSpec

HW = (64, 64)
ROWS, COLUMNS = np.mgrid[:64, :64] + 0.5
WALL = box_mesh((-40, -40, 0), (40, 40, 1))
"""Larger than the picture at any distance that is used here."""

EXACT_PX = 1e-4
"""Depth and flow are of single precision: 6e-8 of up to 64 pixels, and then some."""


def frame(spec: SceneSpec, meshes: dict[int, Mesh], jitter=(0.5, 0.5)) -> FrameGeometry:
    return frame_of(spec, cast_rays(spec, meshes, jitter=jitter))


def moved(first: SceneSpec, second: SceneSpec, meshes: dict[int, Mesh]) -> Motion:
    return motion_between(frame(first, meshes), frame(second, meshes))


def turned_camera(turn: np.ndarray, place_m=(0.0, 0.0, 0.0), **changes) -> CameraSpec:
    return replace(camera(rigid(turn, place_m)), **changes)


def test_a_cube_that_moves_ten_pixels_before_a_wall():
    # The front face is 1 m away, where 64 pixels are 1 m; the wall stands still 4 m away.
    meshes = {1: cube_mesh(0.5), 2: WALL}
    first = scene(camera(), thing(1, at(0, 0, 1.25)), thing(2, at(0, 0, 4)))
    second = scene(camera(), thing(1, at(10 / 64, 0, 1.25)), thing(2, at(0, 0, 4)))
    found = moved(first, second, meshes)
    cube, wall = np.zeros(HW, dtype=bool), np.ones(HW, dtype=bool)
    cube[16:48, 16:48], wall[16:48, 16:48] = True, False
    assert found.flow.flow_xy_px.dtype == np.float32 and found.flow.is_valid.all()
    assert np.abs(found.flow.flow_xy_px[cube] - (10, 0)).max() < EXACT_PX
    assert np.abs(found.flow.flow_xy_px[wall]).max() < EXACT_PX
    assert np.abs(found.scene_flow_m[cube] - (10 / 64, 0, 0)).max() < 1e-6 and found.has_scene_flow.all()
    # The cube covers columns 26 to 57 then: of the wall that is seen now, it hides columns 48 to 57.
    hidden = np.zeros(HW, dtype=bool)
    hidden[16:48, 48:58] = True
    assert np.array_equal(found.flow.is_occluded, hidden)


def test_backward_flow_of_the_same_motion():
    meshes = {1: cube_mesh(0.5), 2: WALL}
    first = scene(camera(), thing(1, at(0, 0, 1.25)), thing(2, at(0, 0, 4)))
    second = scene(camera(), thing(1, at(10 / 64, 0, 1.25)), thing(2, at(0, 0, 4)))
    found = moved(second, first, meshes)
    assert np.abs(found.flow.flow_xy_px[16:48, 26:58] - (-10, 0)).max() < EXACT_PX
    # What comes into sight behind the cube was hidden before.
    hidden = np.zeros(HW, dtype=bool)
    hidden[16:48, 16:26] = True
    assert np.array_equal(found.flow.is_occluded, hidden)


def test_a_camera_that_turns_sideways_moves_every_depth_alike():
    angle = np.radians(10)
    meshes = {1: cube_mesh(0.5), 2: WALL}
    things = (thing(1, at(0.1, 0, 1.25)), thing(2, at(0, 0, 4)))
    found = moved(scene(camera(), *things), scene(turned_camera(rotation_about((0, 1, 0), angle)), *things), meshes)
    # Towards +x, so what is at the angle a off the axis is at a - 10 degrees then; on its way it stays in one plane
    # through the y axis, where its height goes with the cosine.
    before = np.arctan2(COLUMNS - 32, 64)
    x = 32 + 64 * np.tan(before - angle)
    y = 32 + (ROWS - 32) * np.cos(before) / np.cos(before - angle)
    expected = np.stack([x - COLUMNS, y - ROWS], axis=-1)
    assert found.flow.is_valid.all() and np.abs(found.flow.flow_xy_px - expected).max() < EXACT_PX
    left = (x < 0) | (x >= 64) | (y < 0) | (y >= 64)
    # A turn hides nothing. A point of the wall beside the cube may share a pixel with the cube in the other frame.
    is_cube = cast_rays(scene(camera(), *things), meshes).instance_id == 1
    beside = (cv2.dilate(is_cube.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0) & ~is_cube
    assert np.array_equal(found.flow.is_occluded[~beside], left[~beside])
    assert 0 < found.flow.is_occluded[beside].sum() < 0.6 * beside.sum()


def test_a_camera_that_rolls_turns_the_picture():
    angle = np.radians(5)
    things = (thing(2, at(0, 0, 4)),)
    found = moved(scene(camera(), *things), scene(turned_camera(rotation_about((0, 0, 1), angle)), *things), {2: WALL})
    x, y = COLUMNS - 32, ROWS - 32
    expected = np.stack([np.cos(angle) * x + np.sin(angle) * y - x, np.cos(angle) * y - np.sin(angle) * x - y], axis=-1)
    assert np.abs(found.flow.flow_xy_px - expected).max() < EXACT_PX


def test_a_camera_that_comes_nearer_and_one_that_zooms():
    meshes = {1: cube_mesh(0.5), 2: WALL}
    things = (thing(1, at(0, 0, 2.25)), thing(2, at(0, 0, 5)))
    still = scene(camera(), *things)
    nearer = moved(still, scene(turned_camera(np.eye(3), (0, 0, 1.0)), *things), meshes)
    is_cube = cast_rays(still, meshes).instance_id == 1
    # x' = x z / (z - 1): twice as far from the middle on the cube's face 2 m away, 5 / 4 on the wall.
    grows = np.where(is_cube, 1.0, 0.25)
    expected = np.stack([(COLUMNS - 32) * grows, (ROWS - 32) * grows], axis=-1)
    assert np.abs(nearer.flow.flow_xy_px - expected).max() < EXACT_PX
    assert np.abs(nearer.scene_flow_m[..., 2] + 1).max() < 1e-6
    zoomed = moved(still, scene(replace(camera(), focal_mm=54.0), *things), meshes)
    expected = np.stack([(COLUMNS - 32) * 0.5, (ROWS - 32) * 0.5], axis=-1)
    assert np.abs(zoomed.flow.flow_xy_px - expected).max() < EXACT_PX
    assert not zoomed.scene_flow_m.any() and not zoomed.flow.is_occluded[12:52, 12:52].any()


def test_an_object_that_goes_behind_another_and_one_that_leaves():
    # Both 2 m away, of 8 pixels; the post 1 m away covers columns 40 to 47 from top to bottom.
    meshes = {1: box_mesh((-0.125, -0.125, 0), (0.125, 0.125, 0.01)), 2: box_mesh((0.125, -1, 0), (0.25, 1, 0.01))}
    meshes[3] = meshes[1]
    first = scene(camera(), thing(1, at(-0.125, 0, 2)), thing(2, at(0, 0, 1)), thing(3, at(0.825, 0.5, 2)))
    second = scene(camera(), thing(1, at(0.3, 0, 2)), thing(2, at(0, 0, 1)), thing(3, at(1.2, 0.5, 2)))
    found, ids = moved(first, second, meshes), cast_rays(first, meshes).instance_id
    assert np.array_equal(found.flow.is_valid, ids > 0)  # sky elsewhere
    # From columns 24 to 31 by 13.6 pixels to 37.6 to 45.6: what ends at 40 and more is hidden.
    assert np.abs(found.flow.flow_xy_px[ids == 1] - (13.6, 0)).max() < EXACT_PX
    rows, columns = np.nonzero((ids == 1) & found.flow.is_occluded)
    assert sorted(set(columns)) == [26, 27, 28, 29, 30, 31] and len(rows) == 6 * 8
    # By 12 pixels to the right, from columns 54.4 to 62.4: what is beyond 64 then has left.
    assert np.abs(found.flow.flow_xy_px[ids == 3] - (12, 0)).max() < EXACT_PX
    assert set(np.nonzero((ids == 3) & found.flow.is_occluded)[1]) == set(range(54, 62)) - {51}
    assert not found.flow.is_occluded[ids == 2].any()


def test_sky_things_that_are_gone_and_what_gets_behind_the_camera():
    meshes = {1: cube_mesh(0.5), 2: cube_mesh(0.5)}
    first = scene(camera(), thing(1, at(-0.6, 0, 2)), thing(2, at(0.6, 0, 2)))
    second = scene(camera(), thing(1, at(-0.6, 0, -2)))
    found, ids = moved(first, second, meshes), cast_rays(first, meshes).instance_id
    assert {0, 1, 2} == set(np.unique(ids))
    assert not found.flow.is_valid.any() and not found.flow.is_occluded.any() and not found.flow.flow_xy_px.any()
    # Behind the camera there is no flow in the picture, but one in space.
    assert np.array_equal(found.has_scene_flow, ids == 1)
    assert np.abs(found.scene_flow_m[ids == 1] - (0, 0, -4)).max() < 1e-6


def test_an_object_of_the_picture_without_a_pose():
    spec = scene(camera(), thing(1, at(0, 0, 2)))
    seen = frame(spec, {1: cube_mesh(0.5)})
    with pytest.raises(ValueError, match=r"instance 1 .* no pose"):
        motion_between(replace(seen, world_from_object={}), seen)


def test_two_frames_that_are_one():
    spec = scene(replace(camera(), distortion=BARREL), thing(1, at(0, 0, 2)), thing(2, at(0, 0, 4)))
    seen = frame(spec, {1: cube_mesh(0.5), 2: WALL})
    found = motion_between(seen, seen)
    assert found.flow.is_valid.all() and not found.flow.is_occluded.any()
    assert np.abs(found.flow.flow_xy_px).max() < EXACT_PX


def test_one_pixel_and_frames_of_nothing():
    one = frame(scene(camera(image_hw=(1, 1)), thing(1, at(0, 0, 2))), {1: cube_mesh(0.5)})
    assert motion_between(one, one).flow.is_valid.tolist() == [[True]]
    sky = frame(scene(camera(image_hw=(3, 2))), {})
    found = motion_between(sky, sky)
    assert (
        found.flow.flow_xy_px.shape == (3, 2, 2)
        and found.scene_flow_m.shape == (3, 2, 3)
        and not found.flow.is_valid.any()
    )


@pytest.mark.parametrize("lens", [BARREL, (0.3, 0.05, -0.002, 0.001, 0.02)])
def test_flow_behind_a_lens_is_where_opencv_puts_the_point(lens):
    rng = np.random.default_rng(5)
    first = replace(camera(), distortion=lens)
    pose = look_at((0.2, -0.1, 0.3), (0.3, 0.1, 4), roll_rad=-1.5)
    second = replace(camera(pose), distortion=lens, intrinsics_px=(60.0, 66.0, 30.0, 33.0))
    meshes = {1: box_mesh((-0.3, -0.2, -0.1), (0.3, 0.2, 0.1)), 2: WALL}
    poses = [np.asarray(turned(rng, *place)) for place in ((0, 0, 1.6), (0.15, 0.05, 1.5))]
    specs = [
        scene(cam, thing(1, tuple(map(tuple, place.tolist()))), thing(2, at(0, 0, 4)))
        for cam, place in zip((first, second), poses, strict=True)
    ]
    frames = [frame(spec, meshes) for spec in specs]
    found = motion_between(*frames)
    for number, motion in ((1, poses[1] @ np.linalg.inv(poses[0])), (2, np.eye(4))):
        rows, columns = np.nonzero(frames[0].instance_id == number)
        assert len(rows) > 50
        K = np.array([[64.0, 0, 32], [0, 64, 32], [0, 0, 1]])
        K2 = np.array([[60.0, 0, 30], [0, 66, 33], [0, 0, 1]])
        pixels = np.stack([columns + 0.5, rows + 0.5], axis=1)
        flat = undistorted(pixels, K, lens)
        depth = frames[0].depth_m[rows, columns].astype(float)
        points = np.column_stack([flat * depth[:, None], depth, np.ones(len(depth))]) @ motion.T @ np.linalg.inv(pose).T
        ends, _ = cv2.projectPoints(np.ascontiguousarray(points[:, :3]), np.zeros(3), np.zeros(3), K2, np.array(lens))
        is_valid = found.flow.is_valid[rows, columns]
        assert is_valid.mean() > 0.9
        miss = found.flow.flow_xy_px[rows, columns] + pixels - ends[:, 0]
        assert np.abs(miss[is_valid]).max() < EXACT_PX


def exact_depth(there: SceneSpec, meshes: dict[int, Mesh], ends: np.ndarray) -> Passes:
    """What the other frame shows exactly where points end, not at the centres of its pixels."""
    height, width = ends.shape[:2]
    columns, rows = np.meshgrid(np.arange(width), np.arange(height))
    return cast_rays(there, meshes, jitter=(ends[..., 0] - columns, ends[..., 1] - rows))


@pytest.mark.parametrize("lens", [None, BARREL])
def test_occlusion_of_a_crowd_against_rays_to_the_points_themselves(lens):
    wrong = wrong_within = checked = hidden_count = 0
    for seed in range(3):
        rng = np.random.default_rng(seed)
        first, second, meshes = crowd(rng, lens)
        passes = [cast_rays(spec, meshes, jitter=rng.uniform(0, 1, (2, 60, 80))) for spec in (first, second)]
        frames = [frame_of(spec, one) for spec, one in zip((first, second), passes, strict=True)]
        found = motion_between(*frames)
        centre = np.stack(np.meshgrid(np.arange(80) + 0.5, np.arange(60) + 0.5), axis=-1)
        ends = centre + found.flow.flow_xy_px
        z = (frames[0].projector.rays(centre) * frames[0].depth_m[..., None])[..., 2] + found.scene_flow_m[..., 2]
        inside = found.flow.is_valid & (ends >= 0).all(axis=2) & (ends[..., 0] < 80) & (ends[..., 1] < 60)
        assert (found.flow.is_occluded | inside | ~found.flow.is_valid).all()
        shown = exact_depth(second, meshes, np.where(inside[..., None], ends, centre))
        # A clear case: 10 cm and more behind something, or within a centimetre of what is seen there. Half a pixel of
        # jitter on the far floor is 7 cm of depth.
        hidden, seen = inside & (shown.depth_m < z - 0.1), inside & (np.abs(shown.depth_m - z) < 0.01)
        is_wrong = (hidden & ~found.flow.is_occluded) | (seen & found.flow.is_occluded)
        wrong += int(is_wrong.sum())
        beside = (face_borders(passes[0]) > 0) | (fetched(face_borders(passes[1]), found) > 0)
        wrong_within += int((is_wrong & ~beside).sum())
        checked += int((hidden | seen).sum())
        hidden_count += int(hidden.sum())
    assert checked > 8000 and hidden_count > 250, (wrong, checked, hidden_count)
    # The depth of a pixel is that of one jittered sample: along outlines, it may be that of the other side.
    assert wrong_within == 0 and wrong / checked < 0.02, (wrong_within, wrong, checked, hidden_count)


@pytest.mark.parametrize(("lens", "most"), [(None, 0.015), (BARREL, 0.02)])
def test_the_next_frame_warped_by_the_flow_is_the_first_one(lens, most):
    first, second, meshes = crowd(np.random.default_rng(11), lens)
    passes = [cast_rays(spec, meshes) for spec in (first, second)]
    frames = [frame_of(spec, one) for spec, one in zip((first, second), passes, strict=True)]
    found = motion_between(*frames)
    pictures = [textured(spec, one) for spec, one in zip((first, second), frames, strict=True)]
    warped = fetched(pictures[1], found)
    # A bilinear value where two faces meet, or at the border of the picture, is a mixture.
    compared = found.flow.is_valid & ~found.flow.is_occluded & (fetched(face_borders(passes[1]), found) == 0)
    assert compared.mean() > 0.6
    error, unmoved = np.abs(warped - pictures[0])[compared], np.abs(pictures[1] - pictures[0])[compared]
    assert unmoved.mean() > 0.02
    assert error.mean() < 0.1 * unmoved.mean(), (error.mean(), unmoved.mean())
    # Bilinear interpolation is off by an eighth of the second derivative, for each axis (a / 8) (2 pi d / 1 m)^2 with
    # an amplitude a of 1/6 and d metres a pixel: on the far floor 0.11 m down and 0.055 m across, 0.0125 together. The
    # lens shows farther floor at its corners.
    assert error.max() < most, (error.max(), error.mean(), unmoved.mean(), compared.mean())


def fetched(picture: np.ndarray, motion: Motion) -> np.ndarray:
    """Bilinear values of the other frame's picture where the points of this one are in it, by OpenCV."""
    height, width = picture.shape
    # OpenCV counts from the centre of the first pixel, as array indices do.
    columns, rows = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    places = columns + motion.flow.flow_xy_px[..., 0], rows + motion.flow.flow_xy_px[..., 1]
    return cv2.remap(picture, *places, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=1)


def textured(spec: SceneSpec, seen: FrameGeometry) -> np.ndarray:
    """A picture whose colour at each pixel is a wave of 1 m in the coordinates of the object that is seen."""
    centre = np.stack(np.meshgrid(np.arange(80) + 0.5, np.arange(60) + 0.5), axis=-1)
    points = seen.projector.rays(centre) * seen.depth_m[..., None].astype(float)
    pose = np.array(spec.camera.world_from_cam)
    world = points @ pose[:3, :3].T + pose[:3, 3]
    value = np.zeros(seen.depth_m.shape)
    for item in spec.objects:
        own = np.linalg.inv(np.array(item.world_from_object))
        local = world @ own[:3, :3].T + own[:3, 3]
        wave = np.sin(2 * np.pi * local / 1.0).sum(axis=-1) / 6 + 0.5
        value = np.where(seen.instance_id == item.instance_id, wave, value)
    return value.astype(np.float32)


def face_borders(passes: Passes) -> np.ndarray:
    """1 for pixels beside one that shows another face."""
    face = np.concatenate([passes.normal_cam, passes.instance_id[..., None]], axis=-1)
    found = np.zeros(passes.depth_m.shape, dtype=np.float32)
    for here, there in ((np.s_[:, 1:], np.s_[:, :-1]), (np.s_[1:], np.s_[:-1])):
        differs = np.abs(face[here] - face[there]).max(axis=-1) > 1e-3
        found[here][differs] = 1
        found[there][differs] = 1
    return found


# Surfaces that change


def folded(angle_rad: float) -> np.ndarray:
    """(6, 3) two unit squares that meet at the y axis; the right one is turned up by an angle."""
    x, z = math.cos(angle_rad), math.sin(angle_rad)
    return np.array([(-1, 0, 0), (-1, 1, 0), (0, 0, 0), (0, 1, 0), (x, 0, z), (x, 1, z)], np.float64)


FOLDED_FACES = np.array([(0, 2, 1), (1, 2, 3), (2, 4, 3), (3, 4, 5)], np.int32)


def test_a_point_goes_with_the_face_it_is_on_and_keeps_its_distance():
    # On the left, on the right, 1 cm above the right, and beyond its far edge.
    points = np.array([(-0.5, 0.5, 0), (0.4, 0.25, 0), (0.4, 0.25, 0.01), (1.02, 0.5, 0.0)])
    c, s = math.cos(0.7), math.sin(0.7)
    expected = [
        (-0.5, 0.5, 0),
        (0.4 * c, 0.25, 0.4 * s),
        (0.4 * c - 0.01 * s, 0.25, 0.4 * s + 0.01 * c),
        (1.02 * c, 0.5, 1.02 * s),
    ]
    assert np.abs(carried_points(points, folded(0.0), folded(0.7), FOLDED_FACES) - expected).max() < 1e-9
    back = carried_points(np.array(expected), folded(0.7), folded(0.0), FOLDED_FACES)
    assert np.abs(back - points).max() < 1e-9


def test_a_surface_that_changes_has_the_flow_of_its_faces():
    """A wall seen from 2 m whose right side moves out by 0.1 m, and takes the front with it."""
    at_rest = box_mesh((-1, -0.5, 0), (1, 0.5, 0.01))
    spec = scene(camera(), thing(1, at(0, 0, 2)))
    first = frame(spec, {1: at_rest})
    right = at_rest.vertices_m[:, 0] > 0
    swung = at_rest.vertices_m.copy()
    swung[right] += (0.1, 0, 0)
    moved_mesh = replace(at_rest, vertices_m=swung)
    here, there = replace(first, changing={1: at_rest}), replace(first, changing={1: moved_mesh})
    found = motion_between(here, there)
    # The front stretches from -1..1 to -1..1.1: a point at x goes by 0.1 (x + 1) / 2; 64 pixels are 1 m at 1 m.
    on = (first.instance_id == 1) & (np.abs(COLUMNS - 32) < 25) & (np.abs(ROWS - 32) < 14)
    depth_m = first.depth_m[on]
    x_m = (COLUMNS[on] - 32) / 64 * depth_m
    assert on.sum() > 500
    assert np.abs(found.flow.flow_xy_px[on, 0] - 0.1 * (x_m + 1) / 2 * 64 / depth_m).max() < 1e-3
    assert np.abs(found.flow.flow_xy_px[..., 1])[on].max() < 1e-3
