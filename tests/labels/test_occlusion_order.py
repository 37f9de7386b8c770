"""Who hides whom: scenes worked out by hand, and a slow renderer that knows the depth of each object alone."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from fake_render import box_mesh, camera, cast_rays, cube_mesh, turned
from fake_scene import CATEGORIES, at, scene, thing

from synthvis.camera.enclosing import enclosing_pinhole
from synthvis.camera.pinhole import K_of, look_at
from synthvis.camera.projector import Projector
from synthvis.labels.image import label_image
from synthvis.labels.label import LabelInputs
from synthvis.labels.occlusion_order import OCCLUSION_ORDER, Occlusion, occlusion_order, wholly_covered
from synthvis.labels.pose import cam_from_object
from synthvis.labels.silhouette import wholly_covered_pixels
from synthvis.render.distort import distort_passes

PLANE = box_mesh((-1, -1, 0), (1, 1, 0))
"""2 m away it fills the 64 x 64 pixels exactly."""


def pairs_of(meshes, *objects, cam=None, passes=None):
    spec = scene(cam or camera(), *objects)
    passes = passes or cast_rays(spec, meshes)
    labels = label_image(spec, meshes, passes, CATEGORIES)
    pairs = OCCLUSION_ORDER.compute(LabelInputs(spec=spec, meshes=meshes, passes=passes, labels=labels))
    return [(p.occluder, p.occluded, p.pixels) for p in pairs]


def test_a_cube_before_a_plane():
    # The front face is 1 m away and 0.25 m wide: 16 x 16 pixels.
    meshes = {1: cube_mesh(0.25), 2: PLANE}
    assert pairs_of(meshes, thing(1, at(0, 0, 1.125)), thing(2, at(0, 0, 2))) == [(1, 2, 256)]


def test_the_other_way_round_there_is_nothing_to_hide():
    # The cube behind the plane shows no pixel, so it has no annotation that a pair could name.
    meshes = {1: cube_mesh(0.25), 2: PLANE}
    assert pairs_of(meshes, thing(1, at(0, 0, 3)), thing(2, at(0, 0, 2))) == []


def test_half_hidden():
    # The near plate, 1 m away, covers columns 0 to 32 of rows 16 to 48; the far one, 2 m away, begins at 15.7.
    meshes = {1: box_mesh((-0.5, -0.25, 0), (0, 0.25, 0)), 2: box_mesh((-0.51, -0.51, 0), (0.51, 0.51, 0))}
    assert pairs_of(meshes, thing(1, at(0, 0, 1)), thing(2, at(0, 0, 2))) == [(1, 2, 16 * 32)]


def test_objects_side_by_side_hide_nothing():
    half = box_mesh((-0.25, -0.25, 0), (0, 0.25, 0)), box_mesh((0, -0.25, 0), (0.25, 0.25, 0))
    assert pairs_of({1: half[0], 2: half[1]}, thing(1, at(0, 0, 1)), thing(2, at(0, 0, 1.0))) == []
    assert pairs_of({1: half[0], 2: half[1]}, thing(1, at(0, 0, 1)), thing(2, at(0, 0, 1.5))) == []


def test_a_chain_in_order():
    meshes = {1: cube_mesh(0.1), 2: cube_mesh(0.25), 3: PLANE}
    pairs = pairs_of(meshes, thing(1, at(0, 0, 0.55)), thing(2, at(0, 0, 1.125)), thing(3, at(0, 0, 2)))
    # The nearest face, 0.5 m away, is 12.8 pixels wide: 12 pixel centres, all of them within the 16 x 16 of the second.
    assert pairs == [(1, 2, 144), (1, 3, 144), (2, 3, 256 - 144)]


def test_distractors_hide_and_are_not_hidden_and_the_stage_does_not_count():
    meshes = {1: cube_mesh(0.25), 2: PLANE, 3: PLANE}
    before = pairs_of(meshes, thing(1, at(0, 0, 1.125), category=None), thing(2, at(0, 0, 2)))
    assert before == [(1, 2, 256)]
    assert pairs_of(meshes, thing(1, at(0, 0, 1.125)), thing(3, at(0, 0, 2), category=None)) == []
    spec = scene(camera(), thing(2, at(0, 0, 2)))
    passes = cast_rays(spec, {2: PLANE})
    passes.instance_id[10:20, 10:20] = 0
    assert pairs_of({2: PLANE}, thing(2, at(0, 0, 2)), passes=passes) == []


def test_a_sample_that_passed_by_a_border_is_no_occlusion():
    # The near plate ends at column 32.6: the centre of column 32 is inside it, a sample at its right end is not.
    plate = box_mesh((-0.25, -0.25, 0), (0.6 / 64, 0.25, 0))
    objects = (thing(1, at(0, 0, 1)), thing(2, at(0, 0, 2)))
    passes = cast_rays(scene(camera(), *objects), {1: plate, 2: PLANE})
    assert (passes.instance_id[16:48, 32] == 1).all()
    passes.instance_id[16:48, 32] = 2
    passes.depth_m[16:48, 32] = 2.0
    assert pairs_of({1: plate, 2: PLANE}, *objects, passes=passes) == [(1, 2, 16 * 32)]


def test_behind_the_camera_and_empty():
    assert pairs_of({1: cube_mesh(0.25)}, thing(1, at(0, 0, -2))) == []
    assert pairs_of({}) == []
    assert occlusion_order(np.zeros((4, 4), np.uint16), {}) == ()
    assert occlusion_order(np.zeros((4, 4), np.uint16), {3: np.zeros((4, 4), bool)}) == ()


def test_one_pixel():
    ids = np.array([[5, 7]], dtype=np.uint16)
    covered = {7: np.array([[True, True]]), 5: np.array([[True, False]])}
    assert occlusion_order(ids, covered) == (Occlusion(occluder=5, occluded=7, pixels=1),)


def test_a_slab_that_the_camera_stands_in():
    # It reaches from behind the camera to 3 m before it, on the right; the cube stands before its wall.
    meshes = {1: cube_mesh(0.1), 2: box_mesh((0.4, -5, -1), (0.5, 5, 3))}
    pairs = pairs_of(meshes, thing(1, at(0.3, 0, 1)), thing(2, at(0, 0, 0)))
    assert [pair[:2] for pair in pairs] == [(1, 2)]


BARREL = (-0.25, 0.06, 0.002, -0.003, 0.0)
PINCUSHION = (0.3, 0.05, -0.002, 0.001, 0.02)


@pytest.mark.parametrize("distortion", [None, BARREL, PINCUSHION])
@pytest.mark.parametrize("seed", range(4))
def test_jittered_renders_of_turned_boxes(seed, distortion):
    """Each pair must be true at every pixel counted, and no pair that is plain to see may be missing."""
    rng = np.random.default_rng(seed)
    cam = replace(camera(look_at((0.9, -1.0, 0.8), (0, 0, 0), roll_rad=0.3)), distortion=distortion)
    wide = enclosing_pinhole(cam)
    objects = [thing(k, turned(rng, *rng.uniform(-0.25, 0.25, 3))) for k in range(1, 7)]
    meshes = {k: box_mesh(-rng.uniform(0.02, 0.2, 3), rng.uniform(0.02, 0.2, 3)) for k in range(1, 7)}
    jitter = rng.uniform(0, 1, (2, *wide.image_hw))

    def render(*shown):
        return distort_passes(cast_rays(scene(wide, *shown), meshes, jitter=jitter), wide, cam)

    passes = render(*objects)
    found = {pair[:2]: pair[2] for pair in pairs_of(meshes, *objects, cam=cam, passes=passes)}
    assert found
    for item in objects:
        i = item.instance_id
        alone = render(item).depth_m
        hidden_by = np.where(np.isfinite(alone) & (passes.depth_m < alone), passes.instance_id, 0)
        for j in set(range(1, 7)) - {i}:
            truth = int((hidden_by == j).sum()) if (passes.instance_id == i).any() else 0
            assert found.get((j, i), 0) <= truth
            assert found.get((j, i), 0) > 0 or truth < 30


def test_wholly_covered_pixels_by_hand():
    def covered(low, high):
        corners = np.array([(low, low, 1), (high, low, 1), (low, high, 1), (high, high, 1)], dtype=float)
        K = np.array([[1.0, 0, 0], [0, 1, 0], [0, 0, 1]])
        return wholly_covered_pixels(corners, np.array([(0, 1, 2), (1, 3, 2)], dtype=np.int32), Projector(K, (6, 6)))

    # A square from 1.4 to 4.6 has its border in pixels 1 and 4; their centres are inside, their far corners are not.
    assert np.argwhere(covered(1.4, 4.6)).tolist() == [[r, c] for r in (2, 3) for c in (2, 3)]
    assert covered(-9, 9).all()
    assert not covered(1.1, 1.9).any()


@pytest.mark.parametrize("distortion", [BARREL, PINCUSHION])
def test_pixels_that_a_plate_covers_behind_a_lens_are_within_its_outline_by_opencv(distortion):
    cam = replace(camera(), distortion=distortion)
    plate = box_mesh((-0.3, -0.2, 0), (0.4, 0.35, 0))
    item = thing(1, at(0, 0, 1))
    covered = wholly_covered(cam, {1: plate}, {1: cam_from_object(cam, item)})[1]
    side = np.linspace(0, 1, 200)[:, None]
    corners = np.array([(-0.3, -0.2, 1), (0.4, -0.2, 1), (0.4, 0.35, 1), (-0.3, 0.35, 1)])
    outline = np.concatenate([a + side * (b - a) for a, b in zip(corners, np.roll(corners, -1, axis=0), strict=True)])
    distorted = cv2.projectPoints(outline, np.zeros(3), np.zeros(3), K_of(cam), np.array(distortion))[0]
    polygon = distorted.astype(np.float32)
    rows, columns = np.mgrid[:64, :64] + 0.5
    # Distances from pixel centres to the outline, above 0 inside.
    inside = np.array(
        [cv2.pointPolygonTest(polygon, (x, y), True) for x, y in zip(columns.flat, rows.flat, strict=True)]
    ).reshape(64, 64)
    assert (inside[covered] > -0.01).all()
    assert covered[inside > 1.5].all()
    assert 0 < covered.sum() < (inside > 0).sum()


def test_coefficients_of_zero_cover_what_a_pinhole_covers():
    mesh, item = cube_mesh(0.5), thing(1, at(0.13, -0.21, 1.25))
    found = [
        wholly_covered(cam, {1: mesh}, {1: cam_from_object(cam, item)})[1]
        for cam in (camera(), replace(camera(), distortion=(0.0,) * 5))
    ]
    assert found[0].any() and np.array_equal(*found)
    assert wholly_covered(replace(camera(), distortion=BARREL), {}, {}) == {}


def test_a_cube_before_a_plane_behind_a_lens():
    # Under k1 = -0.2 the front face, x / z up to 0.125, ends at 32 +- 8 (1 - 0.2 * 0.03125) = 32 +- 7.95 in its
    # corners and +- 8 (1 - 0.2 * 0.015625) = 7.975 in the middle of its sides: the same 16 pixel centres.
    cam = replace(camera(), distortion=(-0.2, 0.0, 0.0, 0.0, 0.0))
    large = box_mesh((-1.6, -1.6, 0), (1.6, 1.6, 0))
    pairs = pairs_of({1: cube_mesh(0.25), 2: large}, thing(1, at(0, 0, 1.125)), thing(2, at(0, 0, 2)), cam=cam)
    assert pairs == [(1, 2, 256)]
