"""Boxes with and without what grows on an object, worked out by hand, and by a render of a banana."""

from dataclasses import replace

import numpy as np
import pytest
from fake_render import box_mesh, camera, cast_rays
from fake_scene import CATEGORIES, at, scene, thing

from synthvis.camera.projector import Projector
from synthvis.labels.body import body_boxes
from synthvis.labels.box3d import box3d_of
from synthvis.labels.image import label_image
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import cylinder, ellipsoid, merge, moved

# 1 m from a camera of 64 px a metre: the body covers columns 16 to 48, the stalk 48 to 60 in rows 28 to 36.
BODY = box_mesh((-0.25, -0.25, 0.0), (0.25, 0.25, 0.2))
STALK = box_mesh((0.25, -0.0625, 0.0), (0.4375, 0.0625, 0.1))


def with_stalk(appendage_slots=("stalk",)) -> Mesh:
    return Mesh(
        vertices_m=np.concatenate([BODY.vertices_m, STALK.vertices_m]),
        faces=np.concatenate([BODY.faces, STALK.faces + len(BODY.vertices_m)]),
        face_slots=np.repeat([0, 1], [len(BODY.faces), len(STALK.faces)]).astype(np.int32),
        slots=("skin", "stalk"),
        keypoints_m=np.zeros((2, 3)),
        appendage_slots=appendage_slots,
    )


def label_of(mesh, *others, meshes=None):
    spec = scene(camera(), thing(1, at(0, 0, 1.0)), *others)
    meshes = {1: mesh, **(meshes or {})}
    return label_image(spec, meshes, cast_rays(spec, meshes), CATEGORIES).instances[0]


def test_labels_hold_the_stalk_and_the_body_boxes_do_not():
    label = label_of(with_stalk())
    assert label.bbox_xywh_px == (16, 16, 44, 32)
    assert label.area_px == 32 * 32 + 12 * 8
    assert label.mask[28:36, 48:60].all()
    assert label.amodal_bbox_xywh_px == pytest.approx((16, 16, 44, 32))
    assert label.visible_fraction == 1.0
    assert label.body_bbox_xywh_px == (16, 16, 32, 32)
    assert label.amodal_body_bbox_xywh_px == pytest.approx((16, 16, 32, 32))
    box = box3d_of(with_stalk(), np.eye(4), Projector(np.diag([64.0, 64.0, 1.0]), (64, 64)))
    assert box.size_m == pytest.approx((0.6875, 0.5, 0.2))


def test_an_object_without_appendages_has_no_body_boxes():
    assert label_of(with_stalk(())).body_bbox_xywh_px is None
    assert label_of(BODY).amodal_body_bbox_xywh_px is None


def test_what_hides_the_body_cuts_its_box_but_not_the_amodal_one():
    # Half a metre from the camera, 128 px a metre: it covers columns up to 32, so the left half of the body.
    wall = box_mesh((-0.5, -0.5, 0.0), (0.0, 0.5, 0.01))
    label = label_of(with_stalk(), thing(2, at(0, 0, 0.5)), meshes={2: wall})
    assert label.body_bbox_xywh_px == (32, 16, 16, 32)
    assert label.amodal_body_bbox_xywh_px == pytest.approx((16, 16, 32, 32))
    # Up to column 48: the stalk alone is seen.
    wall = box_mesh((-0.5, -0.5, 0.0), (0.125, 0.5, 0.01))
    label = label_of(with_stalk(), thing(2, at(0, 0, 0.5)), meshes={2: wall})
    assert label.bbox_xywh_px == (48, 28, 12, 8)
    assert label.body_bbox_xywh_px == (0, 0, 0, 0)


def test_a_ball_with_a_peg():
    # A ball of radius r at distance d is seen as a disc of 64 px * r / sqrt(d^2 - r^2).
    ball = ellipsoid("skin", (0.25, 0.25, 0.25), 96, 64)
    peg = moved(cylinder("stalk", 0.02, 0.6, 24), rotation=[[0, 0, 1], [0, 1, 0], [-1, 0, 0]])
    mesh = merge([ball, peg], floor_m=0.0, appendage_slots=("stalk",))
    at_m = mesh.vertices_m + np.array([0.0, 0.0, 2.0])
    projector = Projector(np.array([[64.0, 0, 32], [0, 64, 32], [0, 0, 1]]), (64, 64))
    visible, amodal = body_boxes(mesh, at_m, np.ones((64, 64), dtype=bool), projector)
    half = 64 * 0.25 / np.sqrt(2.0**2 - 0.25**2)
    assert amodal == pytest.approx((32 - half, 32 - half, 2 * half, 2 * half), abs=0.03)
    # Pixel centres within the disc: those of columns and rows 24 to 39.
    assert visible == (24, 24, 16, 16)
    _, peg_box = body_boxes(replace(mesh, appendage_slots=("skin",)), at_m, np.ones((64, 64), dtype=bool), projector)
    # The end of the peg is 0.6 m beside the axis; its near edge, 0.02 m closer, is seen farthest out.
    assert sum(peg_box[::2]) == pytest.approx(32 + 64 * 0.6 / 1.98, abs=0.3)
