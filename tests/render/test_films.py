"""Frames of films in Blender: blur worked by hand, sharp labels, and frames that tell nothing of those before them.

bpy must not share a process with torch, which other tests import: this file runs itself as a script, once, to render.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from synthvis.api.explaining import explain_image
from synthvis.api.filming import film_sheet
from synthvis.camera.pinhole import K_of, look_at
from synthvis.camera.spec import CameraSpec
from synthvis.checks.gate import check_dataset
from synthvis.checks.labels import label_findings, neighbour_findings
from synthvis.config.load import load_recipe
from synthvis.dataset.assemble import assemble, coco_info
from synthvis.dataset.labelled_image import StoredImage, read_label
from synthvis.dataset.layout import DatasetLayout
from synthvis.dataset.manifest import manifest_of, reserve_dataset
from synthvis.errors import UsageError
from synthvis.formats.image_record import read_record
from synthvis.geometry import rigid, rotation_about
from synthvis.labels.flow.on_request import FLOW, FLOW_BACKWARD
from synthvis.objects.mesh.joints import Joint, Rig
from synthvis.objects.mesh.mesh import Mesh, posed
from synthvis.objects.spec import ObjectSpec, SurfaceSpec
from synthvis.render.job import RenderJob
from synthvis.scene.environments.registry import NOTHING_OWN
from synthvis.scene.serialise import scene_from_json
from synthvis.scene.spec import FilmFrame, Moving, RenderSpec, SceneSpec, SensorSpec, WorldSpec
from synthvis.scene.surroundings import Studio, Surroundings

pytestmark = pytest.mark.blender

IMAGE_HW = (16, 96)
DISTANCE_M, HALF_M = 2.0, 0.1
SHIFT_M = 0.3
"""How far the plate moves while the shutter is open."""
TURN_RAD = 0.12
"""How far the camera turns while the shutter is open."""
RECIPE = load_recipe(
    "tabletop",
    ["motion.frames=3", "motion.fps=10", "motion.moving_share=[1,1]", "motion.camera={pan: 1}", "image.width_px=64",
     "image.height_px=48", "render.samples=2", "objects.count=[2,3]", "objects.empty_share=0",
     "labels.extra=[flow,flow_backward]"],
)  # fmt: skip
SEED = 10
"""Its two films are drawn fast."""
COMPANIONS = ("images", "depth", "normals", "instances", "semantic", "scenes", "records", "flow", "flow_backward")


def mat4(pose):
    return tuple(tuple(float(value) for value in row) for row in pose)


def plate_mesh():
    corners = np.array([(-HALF_M, -HALF_M, 0), (HALF_M, -HALF_M, 0), (HALF_M, HALF_M, 0), (-HALF_M, HALF_M, 0.0)])
    nothing = np.zeros((0, 3))
    rig = Rig(
        joints=(Joint(name="turn", parent=None, pivot_m=(0.0, 0.0, 0.0), axis=(0.0, 0.0, 1.0)),),
        weigh=lambda: np.ones((4, 1), np.float32), vertices_m=corners, keypoint_joints=np.zeros(0, np.int64),
        keypoints_m=nothing,
    )  # fmt: skip
    return Mesh(
        vertices_m=corners, faces=np.array([(0, 1, 2), (0, 2, 3)], np.int32), face_slots=np.zeros(2, np.int32),
        slots=("a",), keypoints_m=nothing, smooth=False, rig=rig,
    )  # fmt: skip


def plate_pose(across_m):
    """Upright before the camera, which looks along +x from 1 m above the floor; +y is to its left."""
    return rigid(rotation_about((0, 1, 0), -np.pi / 2), (DISTANCE_M, -across_m, 1.0))


def camera_pose(turn_rad):
    return mat4(
        rigid(np.eye(3), (0, 0, 1.0))
        @ rigid(rotation_about((0, 0, 1), turn_rad), (0, 0, 0))
        @ look_at((0, 0, 0), (1, 0, 0))
    )


def scene(film):
    black = SurfaceSpec(kind="plain", params={"color": (0.0, 0.0, 0.0), "specular": 0.0, "roughness": 1.0})
    camera = CameraSpec(
        world_from_cam=camera_pose(0.0), focal_mm=36.0, sensor_width_mm=36.0, image_hw=IMAGE_HW, f_number=None,
        focus_distance_m=1.0,
    )  # fmt: skip
    sensor = SensorSpec(
        exposure_ev=0, white_balance_rgb=(1, 1, 1), contrast=1, saturation=1, blur_sigma_px=0, shot_noise=0,
        read_noise=0, vignette=0, jpeg_quality=90, noise_seed=0,
    )  # fmt: skip
    plate = ObjectSpec(
        instance_id=5, kind="box", category=None, params={}, surfaces={"a": black},
        world_from_object=mat4(plate_pose(0.0)),
    )  # fmt: skip
    return SceneSpec(
        schema_version=1, recipe_name="probe", seed=0, image_index=1, surroundings=Surroundings(base=Studio(flat=True)),
        world=WorldSpec(group=0, hdri=None, strength=1.0, color_rgb=(1.0, 1.0, 1.0)), lights=(), objects=(plate,),
        camera=camera, sensor=sensor, render=RenderSpec(samples=256, max_bounces=1, denoise=False, cycles_seed=3),
        film=film,
    )  # fmt: skip


def frame_with(*, shift_m=0.0, turn_rad=0.0):
    moving = Moving(
        instance_id=5, opened=mat4(plate_pose(-shift_m / 2)), closed=mat4(plate_pose(shift_m / 2)),
        velocity_world_mps=(0.0, 0.0, 0.0),
    )  # fmt: skip
    return FilmFrame(
        sequence=1, frame=1, frames=1, fps=10.0, exposure_s=0.05, objects=(moving,),
        camera_opened=camera_pose(-turn_rad / 2), camera_closed=camera_pose(turn_rad / 2),
    )  # fmt: skip


ROLLING = replace(frame_with(shift_m=SHIFT_M), exposure_s=0.0, readout_s=0.05)


def turned(film):
    """The scene with the plate on its corner, by its joint; while the shutter is open it turns by 1.2 rad."""
    (moving,) = film.objects
    turns = replace(moving, opened_joints_rad={"turn": np.pi / 4 - 0.6}, closed_joints_rad={"turn": np.pi / 4 + 0.6})
    spec = scene(replace(film, objects=(turns,)))
    return replace(spec, objects=(replace(spec.objects[0], joints_rad={"turn": np.pi / 4}),))


PROBES = {
    "still": frame_with(),
    "plate": frame_with(shift_m=SHIFT_M),
    "camera": frame_with(turn_rad=TURN_RAD),
    "rolling": ROLLING,
}


def render_all(folder: Path) -> None:
    """Render the probes, then frames of films in two orders."""
    from synthvis.render import worker
    from synthvis.render.blender import BlenderSession

    session = worker._session("cpu", 1)
    assert isinstance(session, BlenderSession)
    for name, film in PROBES.items():
        passes = worker._render(session, scene(film), {5: plate_mesh()}, folder / "probe.exr", worker._Stopwatch())
        np.savez(folder / f"{name}.npz", rgb=passes.rgb, depth_m=passes.depth_m, instance_id=passes.instance_id)
    on_corner = turned(PROBES["still"])
    for name, spec in (("corner", on_corner), ("level again", scene(PROBES["still"]))):
        mesh = posed(plate_mesh(), spec.objects[0].joints_rad)
        passes = worker._render(session, spec, {5: mesh}, folder / "probe.exr", worker._Stopwatch())
        np.savez(folder / f"{name}.npz", rgb=passes.rgb, depth_m=passes.depth_m, instance_id=passes.instance_id)
    for order, images in (("onward", (1, 2, 3, 4, 5, 6)), ("single", (6, 2))):
        worker._session.cache_clear()
        for image in images:
            job = RenderJob(
                recipe_json=RECIPE.model_dump_json(), seed=SEED, image_index=image, split="train",
                root=str(folder / order), scratch_exr=str(folder / "film.exr"), device="cpu", threads=1,
            )  # fmt: skip
            worker.run_job(job)
    print(json.dumps({"torch": "torch" in sys.modules}))  # noqa: T201


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    pytest.importorskip("OpenEXR")
    found = tmp_path_factory.mktemp("films")
    done = subprocess.run([sys.executable, __file__, str(found)], capture_output=True, text=True, timeout=220)
    assert done.returncode == 0, done.stderr[-3000:]
    assert not json.loads(done.stdout)["torch"]
    return found


@pytest.fixture(scope="module")
def probes(folder):
    return {name: np.load(folder / f"{name}.npz") for name in (*PROBES, "corner", "level again")}


def cover_of(probe):
    """(W,) how much of the sky the black plate hides in the middle row."""
    return 1.0 - probe["rgb"][IMAGE_HW[0] // 2, :, 0]


def test_a_plate_that_moves_is_a_trapezoid_worked_by_hand(probes):
    """Its edges are ramps as long as its way; the light that it takes is the same as at rest."""
    focal_px = K_of(scene(None).camera)[0, 0]
    width_px, way_px = focal_px * 2 * HALF_M / DISTANCE_M, focal_px * SHIFT_M / DISTANCE_M
    cover = cover_of(probes["plate"])
    x = np.arange(IMAGE_HW[1]) + 0.5 - IMAGE_HW[1] / 2
    expected = np.minimum(np.clip(((width_px + way_px) / 2 - np.abs(x)) / way_px, 0, None), min(1.0, width_px / way_px))
    assert np.abs(cover - expected).max() < 0.12
    assert cover.sum() == pytest.approx(width_px, rel=0.02)
    assert cover_of(probes["still"]).sum() == pytest.approx(width_px, rel=0.02)


def test_a_camera_that_turns_blurs_as_the_plate_would(probes):
    """The plate's middle sweeps over f tan of the angle."""
    focal_px = K_of(scene(None).camera)[0, 0]
    seen = np.flatnonzero(cover_of(probes["camera"]) > 0.02)
    width_px, way_px = focal_px * 2 * HALF_M / DISTANCE_M, 2 * focal_px * np.tan(TURN_RAD / 2)
    assert seen[-1] - seen[0] + 1 == pytest.approx(width_px + way_px, abs=2.0)


def test_a_rolling_shutter_shears_what_moves_and_labels_are_those_of_the_middle_row(probes):
    """Row r is exposed at (r + 0.5) / H of the readout: there the plate is that far on its way, and sharp."""
    focal_px = K_of(scene(None).camera)[0, 0]
    x = np.arange(IMAGE_HW[1]) + 0.5 - IMAGE_HW[1] / 2
    for row in range(4, 8):  # before the sky
        cover = 1.0 - probes["rolling"]["rgb"][row, :, 0]
        on_way = (row + 0.5) / IMAGE_HW[0] - 0.5
        assert (cover * x).sum() / cover.sum() == pytest.approx(focal_px * SHIFT_M / DISTANCE_M * on_way, abs=0.6)
        assert ((cover > 0.05) & (cover < 0.95)).sum() <= 4
    np.testing.assert_array_equal(probes["rolling"]["instance_id"], probes["still"]["instance_id"])


def test_a_joint_turns_what_follows_it_and_blurs_it(probes):
    """On its corner the plate is as wide as its diagonal; the corners are blurred, the middle is not."""
    diagonal_px = K_of(scene(None).camera)[0, 0] * 2 * np.sqrt(2) * HALF_M / DISTANCE_M
    row = probes["corner"]["instance_id"][IMAGE_HW[0] // 2] == 5
    # The row is half a pixel from the corners, on average, where a side is as much nearer on either side.
    assert row.sum() == pytest.approx(diagonal_px - 1, abs=1.1)
    cover = cover_of(probes["corner"])
    assert cover[IMAGE_HW[1] // 2] == pytest.approx(1.0, abs=0.01)
    # 5.5 pixels from the centre, a side of 4.8 reaches there within acos(4.8 / 5.5) = 0.51 of its normal: for 0.28 of
    # the 0.6 that it turns to either side.
    tip = np.flatnonzero(row)[[0, -1]]
    assert ((cover[tip] > 0.2) & (cover[tip] < 0.8)).all()


def test_a_joint_that_turns_back_leaves_no_trace(probes):
    for name in ("rgb", "depth_m", "instance_id"):
        np.testing.assert_array_equal(probes["level again"][name], probes["still"][name])


def test_labels_are_those_of_the_middle_of_the_exposure_and_sharp(probes):
    still = probes["still"]
    assert (still["instance_id"] == 5).any()
    for name in ("plate", "camera"):
        # One sample for each pixel lies anywhere in it: a row of pixels at the edge may fall to either side.
        differ = (probes[name]["instance_id"] == 5) != (still["instance_id"] == 5)
        assert differ.sum() <= 0.06 * (still["instance_id"] == 5).sum()
        on_plate = probes[name]["instance_id"] == 5
        assert probes[name]["depth_m"][on_plate] == pytest.approx(DISTANCE_M, abs=1e-4)


def test_a_frame_by_itself_is_the_frame_of_the_film(folder):
    for image in (6, 2):
        for name in COMPANIONS:
            (onward,) = (folder / "onward" / name / "train").glob(f"{image:06d}.*")
            (single,) = (folder / "single" / name / "train").glob(f"{image:06d}.*")
            assert onward.read_bytes() == single.read_bytes(), f"{name} of image {image}"


def test_flow_agrees_with_the_files_of_both_frames(folder):
    layout, seen = DatasetLayout(folder / "onward"), 0
    for image in range(1, 7):
        record = read_record(layout.record("train", image))
        stored = StoredImage(layout=layout, split="train", entry=record.image, annotations=record.annotations)
        spec = scene_from_json(layout.scene("train", image).read_bytes())
        assert list(label_findings((FLOW, FLOW_BACKWARD), stored)) == []
        assert list(neighbour_findings((FLOW, FLOW_BACKWARD), stored, spec)) == []
        for label, frame_without in ((FLOW, 3), (FLOW_BACKWARD, 1)):
            flow = read_label(label, stored)
            assert flow.is_valid.any() == (record.image.values["frame_id"] != frame_without)
            seen += int((flow.is_matched & (np.abs(flow.flow_xy_px).max(axis=2) > 0.5)).sum())
    assert seen > 1000


def test_flow_of_another_frame_contradicts_the_files(folder):
    layout = DatasetLayout(folder / "onward")
    record = read_record(layout.record("train", 2))
    stored = StoredImage(layout=layout, split="train", entry=record.image, annotations=record.annotations)
    spec = scene_from_json(layout.scene("train", 2).read_bytes())
    wrong = replace(FLOW, name="flow_backward")
    assert [rule for rule, _ in neighbour_findings((wrong,), stored, spec)][:1] == ["flow_backward"]


def test_records_say_which_frame_of_which_film_and_which_object(folder):
    records = [json.loads((folder / f"onward/records/train/{image:06d}.json").read_text()) for image in range(1, 7)]
    assert [(one["image"]["video_id"], one["image"]["frame_id"]) for one in records] == [
        (1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3),
    ]  # fmt: skip
    for record in records:
        assert record["annotations"]
        for entry in record["annotations"]:
            assert entry["track_id"] == entry["synthvis"]["instance_id"] >= 1
            assert len(entry["synthvis"]["velocity_world_mps"]) == 3
    first, last = ({one["track_id"]: one["category_id"] for one in record["annotations"]} for record in records[:3:2])
    assert all(last[name] == first[name] for name in first.keys() & last.keys())


def test_the_exposure_is_one_throughout_a_film(folder):
    """As the scene and the record of each frame say, and as a single frame has it too."""
    layout = DatasetLayout(folder / "onward")
    gains = [read_record(layout.record("train", image)).image.values["synthvis"]["gain"] for image in range(1, 7)]
    assert gains[0] == gains[1] == gains[2] != gains[3] == gains[4] == gains[5]
    assert gains == [scene_from_json(layout.scene("train", image).read_bytes()).sensor.gain for image in range(1, 7)]


def test_scenes_of_other_films_are_no_frames_of_this_one():
    one = scene(PROBES["still"])
    assert one.film is not None
    assert not one.film.is_blurred
    assert PROBES["plate"].is_blurred
    assert not replace(PROBES["plate"], exposure_s=0.0).is_blurred


# The dataset that they make


@pytest.fixture(scope="module")
def dataset(folder):
    """The films with their manifest and annotation files."""
    root = folder / "onward"
    categories = NOTHING_OWN.categories_of(RECIPE)
    whole = folder / "dataset"
    reserve_dataset(whole, manifest_of(RECIPE.model_dump(mode="json"), SEED, categories, {}))
    (whole / "dataset.json").rename(root / "dataset.json")
    assemble(DatasetLayout(root), categories, coco_info(RECIPE.name, SEED))
    return root


def test_the_annotation_file_names_its_films_and_passes_the_gate(dataset):
    content = json.loads((dataset / "annotations/instances_train.json").read_text())
    assert content["videos"] == [{"id": 1, "name": "000001", "fps": 10.0}, {"id": 2, "name": "000002", "fps": 10.0}]
    report = check_dataset(dataset)
    assert report.problems == ()
    assert report.images == 6


def test_a_film_becomes_a_video_and_a_strip(dataset, tmp_path):
    video, strip = film_sheet(dataset, 2, views=("rgb", "boxes"), tile_px=64, out=tmp_path / "two.mp4").write()
    assert strip == tmp_path / "two.png"
    capture = cv2.VideoCapture(str(video))
    assert (capture.get(cv2.CAP_PROP_FRAME_COUNT), capture.get(cv2.CAP_PROP_FPS)) == (3, 10)
    assert (capture.get(cv2.CAP_PROP_FRAME_WIDTH), capture.get(cv2.CAP_PROP_FRAME_HEIGHT)) == (128, 48)
    read, frame = capture.read()
    assert read
    stored = cv2.imread(str(dataset / "images/train/000004.jpg"))
    assert np.abs(frame[:, :64].astype(int) - stored).mean() < 12
    with pytest.raises(UsageError, match="no film 3"):
        film_sheet(dataset, 3)


def test_explain_says_which_frame_it_is(dataset):
    seed = explain_image(dataset, 5).to_dict()["seed"]
    assert (seed["film"], seed["frame"], seed["generator"]) == (2, "2 of 3", f"rng_for({SEED}, 2, stream)")


if __name__ == "__main__":
    render_all(Path(sys.argv[1]))
