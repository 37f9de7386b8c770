"""All labels of one image against a slow renderer that asks every triangle at every pixel centre."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from fake_render import camera, cast_rays, cube_mesh, pixel_of
from fake_scene import CATEGORIES, at, scene, thing

from synthvis.camera.pinhole import K_of, look_at
from synthvis.camera.projector import projector_of
from synthvis.geometry import rigid, rotation_about, transform_points
from synthvis.labels.image import label_image
from synthvis.labels.passes import Passes
from synthvis.labels.silhouette import silhouette_of

SIDE_M = 0.5
FRONT = (-0.2, 0.0, -SIDE_M / 2)
BACK = (0.0, 0.0, SIDE_M / 2)


def labels_of(*objects, cam=None, sides=None):
    spec = scene(cam or camera(), *objects)
    meshes = {o.instance_id: cube_mesh((sides or {}).get(o.instance_id, SIDE_M), (FRONT, BACK)) for o in objects}
    passes = cast_rays(spec, meshes)
    return label_image(spec, meshes, passes, CATEGORIES), passes


def test_empty_scene():
    labels, _ = labels_of()
    assert labels.instances == ()
    assert labels.hidden_instance_ids == ()
    assert not labels.semantic.any()
    assert labels.image_hw == (64, 64)


def test_cube_by_hand():
    labels, _ = labels_of(thing(1, at(0, 0, 1.25)))
    (label,) = labels.instances
    # The front face is 1 m away and 0.5 m wide; 64 px a metre.
    assert label.bbox_xywh_px == (16, 16, 32, 32)
    assert label.area_px == 32 * 32
    assert label.amodal_bbox_xywh_px == pytest.approx((16, 16, 32, 32))
    assert np.array_equal(label.amodal_mask, label.mask)
    assert (label.visible_fraction, label.truncation) == (1.0, 0.0)
    assert label.cam_from_object == pytest.approx(np.array(at(0, 0, 1.25)))
    assert label.keypoints_xyv == pytest.approx(np.array([(32 - 64 * 0.2, 32, 2), (32, 32, 1)]))
    assert set(np.unique(labels.semantic)) == {0, 7}


def test_full_frame():
    labels, _ = labels_of(thing(1, at(0, 0, 0.5)))
    (label,) = labels.instances
    assert label.bbox_xywh_px == (0, 0, 64, 64)
    # The front face is 0.25 m away: 128 px wide, of which a quarter of the area is in the frame.
    assert label.truncation == pytest.approx(0.75)
    assert label.amodal_bbox_xywh_px == pytest.approx((-32, -32, 128, 128))
    assert label.visible_fraction == 1.0


def test_touching_the_border():
    labels, _ = labels_of(thing(1, at(-0.25, 0, 1.25)))
    (label,) = labels.instances
    assert label.bbox_xywh_px[:2] == (0, 16)
    assert label.truncation == 0.0


def test_fully_occluded_object_is_recorded_as_hidden():
    labels, _ = labels_of(thing(1, at(0, 0, 3)), thing(2, at(0, 0, 1.25)))
    assert [label.instance_id for label in labels.instances] == [2]
    assert labels.hidden_instance_ids == (1,)


def test_split_by_an_occluder():
    labels, _ = labels_of(thing(1, at(0, 0, 2.25)), thing(2, at(0, 0, 0.8)), sides={1: 0.9, 2: 0.1})
    behind, before = labels.instances
    assert not (behind.mask & before.mask).any()
    assert behind.bbox_xywh_px[2] > before.bbox_xywh_px[2]
    expected = behind.area_px / (behind.area_px + before.area_px)
    assert behind.visible_fraction == pytest.approx(expected)
    assert before.visible_fraction == 1.0
    assert (behind.amodal_mask == behind.mask | before.mask).all()


def test_behind_the_camera():
    labels, _ = labels_of(thing(1, at(0, 0, -3)))
    assert labels.instances == ()
    assert labels.hidden_instance_ids == (1,)


def test_half_behind_the_near_plane():
    # A cube around the camera's right shoulder: its inner side passes the camera at 0.1 m.
    labels, passes = labels_of(thing(1, at(0.35, 0, 0)))
    (label,) = labels.instances
    assert label.area_px == int((passes.instance_id == 1).sum()) > 0
    assert np.isfinite(label.amodal_bbox_xywh_px).all()
    assert label.truncation > 0.5
    assert label.keypoints_xyv[0].tolist() == [0, 0, 0]


def test_distractors_occlude_and_are_not_labelled():
    labels, _ = labels_of(thing(1, at(0, 0, 2.25)), thing(2, at(0, 0, 0.8), category=None), sides={1: 0.9, 2: 0.1})
    (label,) = labels.instances
    assert label.instance_id == 1
    assert label.visible_fraction < 1
    assert labels.semantic[32, 32] == 0


def test_a_turned_camera_and_turned_objects_agree_with_the_slow_renderer():
    rng = np.random.default_rng(1)
    cam = camera(look_at((1.2, -0.9, 1.0), (0, 0, 0.1), roll_rad=0.3))
    poses = []
    for k in range(4):
        turn = np.linalg.qr(rng.normal(size=(3, 3)))[0]
        pose = np.eye(4)
        pose[:3, :3], pose[:3, 3] = turn * np.sign(np.linalg.det(turn)), rng.uniform(-0.4, 0.4, 3)
        poses.append(thing(k + 1, tuple(map(tuple, pose.tolist())), category=("box", "plain")[k % 2]))
    labels, passes = labels_of(*poses, cam=cam, sides=dict.fromkeys(range(1, 5), 0.3))
    assert len(labels.instances) + len(labels.hidden_instance_ids) == 4
    assert (sum(label.mask.astype(int) for label in labels.instances) == (passes.instance_id > 0)).all()
    for label in labels.instances:
        alone, _ = labels_of(poses[label.instance_id - 1], cam=cam, sides={label.instance_id: 0.3})
        # Rendered alone, an object shows its whole silhouette, up to pixels whose centre lies on an edge.
        assert np.count_nonzero(alone.instances[0].mask ^ label.amodal_mask) <= 2
        pose = np.array(poses[label.instance_id - 1].world_from_object)
        for point, (x, y, visibility) in zip((FRONT, BACK), label.keypoints_xyv, strict=True):
            px = pixel_of(cam, pose[:3, :3] @ np.array(point) + pose[:3, 3])
            if visibility:
                assert (x, y) == pytest.approx(px[:2])


BARREL = (-0.25, 0.06, 0.002, -0.003, 0.0)
PINCUSHION = (0.2, 0.05, -0.002, 0.001, 0.0)


def lens(distortion, **changes):
    return replace(camera(**changes), distortion=distortion, intrinsics_px=(70.0, 66.0, 35.0, 30.0))


@pytest.mark.parametrize("distortion", [None, BARREL, PINCUSHION])
def test_a_lens_with_distortion_agrees_with_rays_that_opencv_bends(distortion):
    """Cubes of a few large triangles: straight edges of metres, coefficients over half of the picture."""
    cam = lens(distortion, world_from_cam=look_at((1.0, -0.8, 0.9), (0, 0, 0.1), roll_rad=0.3), image_hw=(60, 72))
    rng = np.random.default_rng(3)
    things = []
    for k in range(3):
        pose = rigid(rotation_about(rng.normal(size=3), rng.uniform(0, 3)), rng.uniform(-0.3, 0.3, 3))
        things.append(thing(k + 1, tuple(map(tuple, pose.tolist()))))
    sides = {1: 0.5, 2: 0.35, 3: 0.9}
    labels, passes = labels_of(*things, cam=cam, sides=sides)
    K, coefficients = K_of(cam), np.zeros(5) if distortion is None else np.array(distortion)
    for label in labels.instances:
        assert np.array_equal(label.mask, passes.instance_id == label.instance_id)
        item = things[label.instance_id - 1]
        alone, _ = labels_of(item, cam=cam, sides={item.instance_id: sides[item.instance_id]})
        # Rays meet the true surface; the silhouette is exact to 0.02 pixels.
        assert np.count_nonzero(alone.instances[0].mask ^ label.amodal_mask) <= 3
        box = alone.instances[0].bbox_xywh_px
        if box[0] > 0 and box[1] > 0 and box[0] + box[2] < 72 and box[1] + box[3] < 60:
            assert np.allclose(label.amodal_bbox_xywh_px, box, atol=1.1)
        points_cam = transform_points(label.cam_from_object, [FRONT, BACK])
        wanted = cv2.projectPoints(points_cam, np.zeros(3), np.zeros(3), K, coefficients)[0][:, 0]
        for pixel, (x, y, visibility) in zip(wanted, label.keypoints_xyv, strict=True):
            assert visibility == 0 or (x, y) == pytest.approx(pixel, abs=1e-9)


def test_what_is_far_outside_a_barrel_lens_has_no_label_in_the_frame():
    """OpenCV's formula alone would fold the cube, at x / z = 2, back into the picture."""
    cam = lens((-0.25, 0.0, 0.0, 0.0, 0.0))
    labels, _ = labels_of(thing(1, at(0, 0, 1.25)), thing(2, at(4.0, 0, 2.0)), cam=cam)
    assert [label.instance_id for label in labels.instances] == [1]
    mesh = cube_mesh(SIDE_M)
    seen = silhouette_of(mesh.vertices_m + np.array([4.0, 0, 2.0]), mesh.faces, projector_of(cam))
    assert not seen.mask.any()


def test_tiny_object_seen_by_jitter_alone():
    spec = scene(camera(), thing(1, at(0.004, 0.004, 1)))
    ids = np.zeros((64, 64), dtype=np.uint16)
    ids[32, 32] = 1
    depth = np.where(ids > 0, 1.0, np.inf).astype(np.float32)
    passes = Passes(
        rgb=np.zeros((64, 64, 3), np.float32),
        depth_m=depth,
        normal_cam=np.zeros((64, 64, 3), np.float32),
        instance_id=ids,
    )
    (label,) = label_image(spec, {1: cube_mesh(0.001)}, passes, CATEGORIES).instances
    assert label.area_px == 1
    assert label.visible_fraction == 1.0
    assert label.amodal_mask.sum() == 1
    assert label.truncation == 0.0
    assert min(label.amodal_bbox_xywh_px[2:]) > 0


def test_passes_of_another_scene_are_refused():
    spec = scene(camera(), thing(1, at(0, 0, 1.25)))
    passes = cast_rays(spec, {1: cube_mesh(0.5)})
    with pytest.raises(ValueError, match="does not have"):
        label_image(scene(camera()), {}, passes, CATEGORIES)
    with pytest.raises(ValueError, match="image is"):
        label_image(scene(camera(image_hw=(32, 32))), {}, passes, CATEGORIES)


def test_nothing_is_changed():
    spec = scene(camera(), thing(1, at(0, 0, 1.25)))
    meshes = {1: cube_mesh(0.5)}
    passes = cast_rays(spec, meshes)
    for array in (passes.rgb, passes.depth_m, passes.normal_cam, passes.instance_id, meshes[1].vertices_m):
        array.setflags(write=False)
    before = passes.instance_id.copy()
    label_image(spec, meshes, passes, CATEGORIES)
    assert np.array_equal(passes.instance_id, before)
