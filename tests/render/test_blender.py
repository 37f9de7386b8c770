"""Renders small scenes of known geometry and holds the passes against hand geometry.

bpy must not share a process with torch, which other tests import: this file runs itself as a script, once, to render.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from synthvis.camera.enclosing import enclosing_pinhole
from synthvis.camera.pinhole import K_from_focal_length, K_of, look_at, project
from synthvis.camera.spec import CameraSpec
from synthvis.geometry import invert_rigid, rigid, rotation_about, transform_points
from synthvis.labels.image import label_image
from synthvis.objects.fruit.banana import BANANA
from synthvis.objects.mesh.mesh import Mesh, Scatter
from synthvis.objects.spec import ObjectSpec, SurfaceSpec
from synthvis.scene.spec import LightSpec, RenderSpec, SceneSpec, SensorSpec, WorldSpec
from synthvis.scene.surroundings import (
    Block,
    Crown,
    Ground,
    Kerb,
    Road,
    RoadLine,
    Sheet,
    Studio,
    Surroundings,
    Tabletop,
    Tree,
    Wall,
    wall_slot,
)

pytestmark = pytest.mark.blender

LANDSCAPE, PORTRAIT = (96, 128), (128, 96)
FOCAL_MM, SENSOR_MM = 40.0, 36.0
FLOOR_RGB = (0.5, 0.25, 0.125)
SKY_RGB = (0.6, 0.8, 1.0)
SMALL_SCENES = 110
GROWTH_KB = 5_000
SPHERE_RADIUS_M = 0.08
BOX_SIZE_M = 0.12
BOX_POSE = rigid(rotation_about((0, 0, 1), 0.5), (0.1, 0.25, 0.0))
LEANING_POSE = rigid(rotation_about((0, 1, 0), -0.6), (0.0, -0.25, 0.08))
SPHERE_CENTER_M = (-0.2, 0.0, SPHERE_RADIUS_M)
DISTORTION = (-0.3, 0.1, 0.003, -0.004, 0.0)
EYE_M = (-1.3, 0.1, 0.7)
TARGET_M = (0.0, 0.0, 0.05)


def _mesh(vertices, faces, slot="a"):
    faces = np.array(faces, dtype=np.int32)
    slots = np.zeros(len(faces), dtype=np.int32)
    return Mesh(
        vertices_m=vertices, faces=faces, face_slots=slots, slots=(slot,), keypoints_m=np.zeros((0, 3)), smooth=False
    )


def box_corners():
    half = BOX_SIZE_M / 2
    return np.array([(x, y, z) for x in (-half, half) for y in (-half, half) for z in (0.0, BOX_SIZE_M)])


def box_mesh():
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    return _mesh(box_corners(), [t for a, b, c, d in quads for t in ((a, b, c), (a, c, d))])


def plate_mesh():
    half = BOX_SIZE_M
    corners = [(-half, -half, 0.0), (half, -half, 0.0), (half, half, 0.0), (-half, half, 0.0)]
    return _mesh(np.array(corners), [(0, 1, 2), (0, 2, 3)])


def sphere_mesh():
    polar, turn = np.meshgrid(np.linspace(0, np.pi, 49), np.arange(96) * 2 * np.pi / 96, indexing="ij")
    unit = np.stack([np.sin(polar) * np.cos(turn), np.sin(polar) * np.sin(turn), np.cos(polar)], axis=-1)
    faces = [
        triangle
        for row in range(48)
        for a, b in ((row * 96 + k, row * 96 + (k + 1) % 96) for k in range(96))
        for triangle in ((a, a + 96, b + 96), (a, b + 96, b))
    ]
    return _mesh(unit.reshape(-1, 3) * SPHERE_RADIUS_M, faces)


def _object(instance_id, pose, color=(0.3, 0.3, 0.3), emission=0.0):
    surface = SurfaceSpec(kind="plain", params={"color": color, "emission": emission})
    matrix = tuple(tuple(float(value) for value in row) for row in pose)
    return ObjectSpec(
        instance_id=instance_id, kind="box", category=None, params={}, surfaces={"a": surface}, world_from_object=matrix
    )


def camera(image_hw=LANDSCAPE, eye_m=EYE_M, target_m=TARGET_M):
    pose = tuple(tuple(float(value) for value in row) for row in look_at(eye_m, target_m, roll_rad=0.1))
    return CameraSpec(
        world_from_cam=pose,
        focal_mm=FOCAL_MM,
        sensor_width_mm=SENSOR_MM,
        image_hw=image_hw,
        f_number=None,
        focus_distance_m=1.0,
    )


DISTORTED = replace(camera(), intrinsics_px=(125.0, 130.0, 70.0, 45.0), distortion=DISTORTION)


def scene(objects=(), view=None, samples=1, hdri=None, denoise=False, lights=(), surroundings=None):
    floor = SurfaceSpec(kind="plain", params={"color": FLOOR_RGB, "specular": 0.0, "roughness": 1.0})
    return SceneSpec(
        schema_version=1,
        recipe_name="probe",
        seed=0,
        image_index=1,
        surroundings=surroundings or Surroundings(base=Studio(flat=True), surfaces={"backdrop": floor}),
        world=WorldSpec(group=0, hdri=hdri, strength=2.0 if hdri is None else 1.0, color_rgb=SKY_RGB),
        lights=lights,
        objects=objects,
        camera=view or camera(),
        sensor=SensorSpec(
            exposure_ev=0,
            white_balance_rgb=(1, 1, 1),
            contrast=1,
            saturation=1,
            blur_sigma_px=0,
            shot_noise=0,
            read_noise=0,
            vignette=0,
            jpeg_quality=90,
            noise_seed=0,
        ),
        render=RenderSpec(samples=samples, max_bounces=4, denoise=denoise, cycles_seed=7),
    )


def strewn_mesh():
    """A plate over which upright sails are scattered that reach far above it."""
    plate = plate_mesh()
    sail = _mesh(np.array([(0.0, -0.01, 0.0), (0.0, 0.01, 0.0), (0.0, 0.0, 0.1)]), [(0, 1, 2)])
    dense = {"dense": np.full(len(plate.vertices_m), 2000.0, dtype=np.float32)}
    sails = Scatter(meshes=(sail, sail), density="dense", seed=5, scale=(0.9, 1.0), normal_jitter=0.1)
    return replace(plate, attributes=dense, scatters=(sails,))


SCATTERED_POSE = rigid(np.eye(3), (0.0, 0.0, 0.01))
"""Above the floor: of two faces in one plane Cycles shows now one, now the other."""

FRUIT = BANANA.sample(np.random.default_rng(4))
BANANA_MESH = BANANA.build(FRUIT.params)
MESHES = {7: box_mesh(), 30000: sphere_mesh(), 3: plate_mesh(), 9: strewn_mesh(), 11: BANANA_MESH}
SHOWN = (
    _object(7, BOX_POSE),
    _object(30000, rigid(np.eye(3), SPHERE_CENTER_M)),
    _object(3, LEANING_POSE),
)


def banana():
    blank = _object(11, rigid(np.eye(3), (0.0, 0.0, 0.0)))
    return replace(blank, kind="banana", category="banana", params=FRUIT.params, surfaces=FRUIT.surfaces)


GLOWING = tuple(
    _object(number, pose, color=color, emission=3.0)
    for number, pose, color in (
        (7, BOX_POSE, (1.0, 0.2, 0.1)),
        (3, LEANING_POSE, (0.1, 0.3, 1.0)),
        (30000, rigid(np.eye(3), SPHERE_CENTER_M), (0.2, 1.0, 0.2)),
    )
)
"""Things that light the others. The order in which Cycles holds them decides which of them a ray asks."""

LAMP = LightSpec(
    position_m=(-1.0, 1.0, 2.0), target_m=(0.0, 0.0, 0.0), size_m=0.5, power_w=50.0, color_rgb=(1.0, 1.0, 1.0)
)
SURROUNDINGS = [
    Surroundings(
        base=Tabletop(is_round=True, cloth=Sheet(0.4, 0.3, 0.2, 0.0, 0.0)),
        walls=(Wall(slot=wall_slot(0), distance_m=2.0, height_m=3.0, width_m=6.0, base_m=-0.74),),
        surfaces={
            "top": SurfaceSpec(kind="wood", params={"plank_width_m": 0.1}),
            "backdrop_0": SurfaceSpec(kind="brick"),
        },
    ),
    Surroundings(
        base=Ground(road=Road(kerbs=(Kerb(2.0, 0.12),), lines=(RoadLine(1.0, 0.12, 3.0, 3.0),))),
        blocks=(Block(5.0, 1.0, 0.0, 2.0, 1.0, 1.5, 0.3),),
        trees=(Tree(6.0, -1.0, 0.0, 0.1, 3.0, (Crown(6.0, -1.0, 3.5, 1.0),)),),
        surfaces={"ground": SurfaceSpec(kind="asphalt"), "crown": SurfaceSpec(kind="foliage")},
    ),
]


def probes():
    """Every scene of this file by name, in the order in which one Blender renders them."""
    turned = tuple(_object(k, rigid(rotation_about((1, 1, 0), k), (0.1 * (k % 5), 0.05, 0.2))) for k in (7, 3))
    return {
        "known": scene(SHOWN),
        "stage_0": scene(SHOWN, surroundings=SURROUNDINGS[0], lights=(LAMP,), denoise=True, hdri="studio.exr"),
        "stage_1": scene(turned, surroundings=SURROUNDINGS[1], view=camera(PORTRAIT, (-2.0, 0.0, 1.0))),
        "scattered": scene((_object(9, SCATTERED_POSE),)),
        "again": scene(SHOWN),
        "scattered_again": scene((_object(9, SCATTERED_POSE),)),
        "glowing": scene(GLOWING),
        "glowing_again": scene(GLOWING),
        "portrait": scene(SHOWN, view=camera(PORTRAIT)),
        "glowing_after_others": scene(GLOWING),
        "sky": scene(view=camera(eye_m=(0.0, 0.0, 1.0), target_m=(1.0, 0.0, 2.5))),
        "floor": scene(samples=64),
        "lens": scene(SHOWN, view=replace(camera(), intrinsics_px=(150.0, 171.0, 80.5, 38.25))),
        "portrait_lens": scene(SHOWN, view=replace(camera(PORTRAIT), intrinsics_px=(160.0, 140.0, 44.0, 71.5))),
        "distorted": scene(SHOWN, view=enclosing_pinhole(DISTORTED)),
        "banana": scene((banana(),), view=camera(eye_m=(0.0, 0.3, 0.3), target_m=(0.0, 0.0, 0.0))),
    }


def render_all(folder: Path) -> None:
    """Render the probes, then many small scenes, and report the memory on stdout."""
    from synthvis.errors import RenderError
    from synthvis.render.blender import IMAGES_BETWEEN_RENEWALS, BlenderSession

    session = BlenderSession(device="cpu", threads=2)
    for name, spec in probes().items():
        session.render(spec, folder / f"{name}.exr", MESHES)
    rss_kb = []
    for turn in range(SMALL_SCENES):
        around = SURROUNDINGS[turn % 2]
        spec = scene(SHOWN, surroundings=around, view=camera((16, 16), (-1.0, 0.1 * turn, 0.7)))
        session.render(spec, folder / "small.exr", MESHES)
        rss_kb.append(_resident_kb())
    errors = []
    for bad in (
        Surroundings(base=Studio(), surfaces={"cellar": SurfaceSpec(kind="plain")}),
        Surroundings(base=Studio(), surfaces={"backdrop": SurfaceSpec(kind="fog")}),
    ):
        try:
            session.render(scene(surroundings=bad), folder / "bad.exr", {})
        except RenderError as error:
            errors.append(str(error))
    said = {"rss_kb": rss_kb, "renewal": IMAGES_BETWEEN_RENEWALS, "errors": errors, "torch": "torch" in sys.modules}
    print(json.dumps(said))  # noqa: T201


def _resident_kb():
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().split("VmRSS:")[1].split()[0])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    """The folder of EXRs and what the renderer said."""
    pytest.importorskip("OpenEXR")
    folder = tmp_path_factory.mktemp("exr")
    done = subprocess.run([sys.executable, __file__, str(folder)], capture_output=True, text=True, timeout=200)
    if "No module named 'bpy'" in done.stderr:
        pytest.skip("bpy is not installed")
    assert done.returncode == 0, done.stderr[-2000:]
    return folder, done.stdout


@pytest.fixture(scope="module")
def passes(rendered):
    from synthvis.render.passes import read_passes

    folder, _ = rendered
    return {name: read_passes(folder / f"{name}.exr", spec.camera.world_from_cam) for name, spec in probes().items()}


def _corner_rays(spec):
    """(H + 1, W + 1, 3) directions through pixel corners, camera frame, z = 1."""
    height, width = spec.image_hw
    K = K_of(spec)
    x, y = np.meshgrid(np.arange(width + 1), np.arange(height + 1))
    return np.stack([(x - K[0, 2]) / K[0, 0], (y - K[1, 2]) / K[1, 1], np.ones(x.shape)], axis=-1)


def _plane_depth_bounds(spec, normal_world, point_world):
    """Least and greatest depth of a plane within each pixel: its extremes lie at the pixel's corners."""
    cam_from_world = invert_rigid(spec.world_from_cam)
    normal = cam_from_world[:3, :3] @ normal_world
    point = transform_points(cam_from_world, [point_world])[0]
    depth = (normal @ point) / (_corner_rays(spec) @ normal)
    four = np.stack([depth[:-1, :-1], depth[:-1, 1:], depth[1:, :-1], depth[1:, 1:]])
    return four.min(axis=0), four.max(axis=0)


def _hull_masks(spec, points_world):
    """Pixels surely inside, and surely outside, the convex hull of projected points."""
    cam = transform_points(invert_rigid(spec.world_from_cam), points_world)
    pixels = project(cam, K_of(spec))
    hull = cv2.convexHull(pixels.astype(np.float32))
    height, width = spec.image_hw
    distance = np.array(
        [[cv2.pointPolygonTest(hull, (x + 0.5, y + 0.5), True) for x in range(width)] for y in range(height)]
    )
    return distance > 0.75, distance < -0.75


@pytest.mark.parametrize("name", ["known", "portrait", "lens", "portrait_lens"])
def test_depth_of_the_floor_is_that_of_the_plane(passes, name):
    view = probes()[name].camera
    low, high = _plane_depth_bounds(view, np.array([0.0, 0.0, 1.0]), (0.0, 0.0, 0.0))
    floor = (passes[name].instance_id == 0) & np.isfinite(passes[name].depth_m)
    depth = passes[name].depth_m
    assert floor.mean() > 0.5
    assert np.all(depth[floor] >= low[floor] * (1 - 1e-5))
    assert np.all(depth[floor] <= high[floor] * (1 + 1e-5))


@pytest.mark.parametrize("name", ["known", "portrait", "lens", "portrait_lens"])
def test_normals_and_depth_of_a_leaning_plate(passes, name):
    view, found = probes()[name].camera, passes[name]
    normal_world = LEANING_POSE[:3, 2]
    plate = found.instance_id == 3
    low, high = _plane_depth_bounds(view, normal_world, LEANING_POSE[:3, 3])
    expected = invert_rigid(view.world_from_cam)[:3, :3] @ normal_world
    assert plate.sum() > 50
    assert np.abs(found.normal_cam[plate] - expected).max() < 1e-3
    assert np.all((found.depth_m[plate] >= low[plate] - 1e-5) & (found.depth_m[plate] <= high[plate] + 1e-5))


@pytest.mark.parametrize("name", ["known", "portrait", "lens", "portrait_lens"])
def test_ids_land_where_geometry_projects_them(passes, name):
    view, ids = probes()[name].camera, passes[name].instance_id
    inside, outside = _hull_masks(view, transform_points(BOX_POSE, box_corners()))
    assert inside.sum() > 50
    assert np.all(ids[inside] == 7)
    assert not np.any(ids[outside] == 7)
    assert set(np.unique(ids)) == {0, 3, 7, 30000}


def test_every_pixel_of_a_banana_is_in_its_label_stalk_included(passes):
    spec, found = probes()["banana"], passes["banana"]
    (label,) = label_image(spec, {11: BANANA_MESH}, found, {"banana": BANANA.category}).instances
    assert set(np.unique(found.instance_id)) == {0, 11}
    assert np.array_equal(label.mask, found.instance_id == 11)
    # The middle of the stalk, from the skin to the crown, shows the banana, also beyond the body.
    stalk = np.unique(BANANA_MESH.faces[BANANA_MESH.face_slots == BANANA_MESH.slots.index("stalk")])
    middle_m = BANANA_MESH.vertices_m[stalk[:-2]].reshape(-1, 30, 3).mean(axis=1)
    cam_m = transform_points(invert_rigid(spec.camera.world_from_cam), middle_m[1:])
    x, y = np.floor(project(cam_m, K_of(spec.camera))).astype(int).T
    assert label.mask[y, x].all()
    left, top, width, height = label.body_bbox_xywh_px
    beyond = (x < left) | (x >= left + width) | (y < top) | (y >= top + height)
    assert beyond.sum() > len(x) / 3


def test_ids_through_a_lens_land_where_opencv_projects_them(passes):
    """The box's outline, its edges cut into short pieces, each end projected by OpenCV."""
    from synthvis.render.distort import distort_passes

    ids = distort_passes(passes["distorted"], enclosing_pinhole(DISTORTED), DISTORTED).instance_id
    corners = transform_points(invert_rigid(DISTORTED.world_from_cam), transform_points(BOX_POSE, box_corners()))
    hull = corners[cv2.convexHull(project(corners, K_of(DISTORTED)).astype(np.float32), returnPoints=False)[:, 0]]
    share = np.linspace(0, 1, 50, endpoint=False)[:, None]
    outline = np.concatenate([a + share * (b - a) for a, b in zip(hull, np.roll(hull, -1, axis=0), strict=True)])
    bent = cv2.projectPoints(outline, np.zeros(3), np.zeros(3), K_of(DISTORTED), np.array(DISTORTION))[0]
    height, width = DISTORTED.image_hw
    polygon = bent[:, 0].astype(np.float32)
    distance = np.array(
        [[cv2.pointPolygonTest(polygon, (x + 0.5, y + 0.5), True) for x in range(width)] for y in range(height)]
    )
    assert ids.shape == (height, width) and (distance > 1.25).sum() > 50
    assert np.all(ids[distance > 1.25] == 7)
    assert not np.any(ids[distance < -1.25] == 7)


def test_depth_and_normal_at_the_nearest_point_of_a_sphere(passes):
    view, found = probes()["known"].camera, passes["known"]
    center = transform_points(invert_rigid(view.world_from_cam), [SPHERE_CENTER_M])
    x, y = project(center, K_from_focal_length(FOCAL_MM, SENSOR_MM, LANDSCAPE))[0]
    toward = center[0] / np.linalg.norm(center[0])
    nearest_z = (center[0] - SPHERE_RADIUS_M * toward)[2]
    assert found.instance_id[int(y), int(x)] == 30000
    assert found.depth_m[int(y), int(x)] == pytest.approx(nearest_z, abs=3e-3)
    assert found.normal_cam[int(y), int(x)] @ -toward > 0.98


def test_no_trace_of_scenes_rendered_between(passes):
    first, second = passes["known"], passes["again"]
    assert np.array_equal(first.depth_m, second.depth_m)
    assert np.array_equal(first.instance_id, second.instance_id)
    assert np.array_equal(first.normal_cam, second.normal_cam)
    assert np.array_equal(first.rgb, second.rgb)


@pytest.mark.parametrize("later", ["glowing_again", "glowing_after_others"])
def test_noise_of_things_that_glow_does_not_tell_what_was_rendered_before(passes, later):
    assert np.array_equal(passes["glowing"].rgb, passes[later].rgb)


def test_what_is_strewn_has_the_id_of_its_carrier_and_falls_alike_every_time(passes):
    first, second = passes["scattered"], passes["scattered_again"]
    assert set(np.unique(first.instance_id)) == {0, 9}
    view = probes()["scattered"].camera
    plate_m = plate_mesh().vertices_m + SCATTERED_POSE[:3, 3]
    _, outside = _hull_masks(view, plate_m)
    assert (first.instance_id[outside] == 9).sum() > 50, "sails stand above the plate"
    reach = np.concatenate([plate_m * (1.25, 1.25, 1.0) + (0, 0, z) for z in (-0.03, 0.13)])
    assert not (first.instance_id[_hull_masks(view, reach)[1]] == 9).any()
    assert np.array_equal(first.rgb, second.rgb)
    assert np.array_equal(first.instance_id, second.instance_id)


def test_sky_has_the_worlds_light_and_nothing_else(passes):
    found = passes["sky"]
    assert np.all(np.isinf(found.depth_m))
    assert not found.normal_cam.any()
    assert not found.instance_id.any()
    assert np.allclose(found.rgb, np.array(SKY_RGB) * 2.0, rtol=1e-4)


def test_matt_floor_under_an_even_sky_reflects_its_albedo(passes):
    mean = passes["floor"].rgb.reshape(-1, 3).mean(axis=0)
    assert mean == pytest.approx(np.array(FLOOR_RGB) * np.array(SKY_RGB) * 2.0, rel=0.03)


@pytest.mark.parametrize("name", ["stage_0", "stage_1"])
def test_stages_stand_under_the_objects(passes, name):
    found = passes[name]
    assert np.isfinite(found.rgb).all()
    assert found.rgb.std() > 0.01
    assert np.isfinite(found.depth_m).mean() > 0.5
    assert found.instance_id.any()
    assert np.allclose(np.linalg.norm(found.normal_cam, axis=-1)[np.isfinite(found.depth_m)], 1.0, atol=1e-3)


def test_memory_stays_flat_and_stdout_belongs_to_the_caller(rendered):
    lines = rendered[1].splitlines()
    assert len(lines) == 1, lines[:3]
    said = json.loads(lines[0])
    # As long after a renewal, so that what Cycles keeps meanwhile is the same.
    assert said["rss_kb"][-1] - said["rss_kb"][-1 - said["renewal"]] < GROWTH_KB
    assert not said["torch"]


def test_errors_name_what_is_wrong(rendered):
    errors = json.loads(rendered[1])["errors"]
    assert len(errors) == 2
    assert "cellar" in errors[0]
    assert "backdrop" in errors[0]
    assert "fog" in errors[1]


if __name__ == "__main__":
    render_all(Path(sys.argv[1]))
