"""6D poses end to end on cards of four colours, and each step between a pose and its points."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

import cv2
import torch
from margins import assert_above, assert_below
from posed_cards import CAMERA, CARD_M, write_posed_cards
from scipy.spatial.transform import Rotation

from synthvis.api.runs import Run
from synthvis.data.camera import Camera
from synthvis.data.camera_file import read_camera_file
from synthvis.data.object_models import ObjectModel, PoseSplit
from synthvis.errors import RealDataError, UsageError
from synthvis.geometry import rigid, transform_points
from synthvis.metrics.pose_errors import rotation_error_deg
from synthvis.objects.symmetry import AnyTurn, Symmetries
from synthvis.train.config import ModelConfig, TrainConfig
from synthvis.train.engine.checkpoint import load_trained
from synthvis.train.pose6d.data import PoseViews
from synthvis.train.pose6d.description import DESCRIPTION
from synthvis.train.pose6d.model_keypoints import KEYPOINTS, canonical_pose, model_keypoints_m, project_px
from synthvis.train.pose6d.network import PEAKS
from synthvis.train.pose6d.same_models import shared_models
from synthvis.train.pose6d.solve import solve_pose
from synthvis.train.run import Request, train_and_evaluate
from synthvis.train.sets import resolve_splits

pytestmark = pytest.mark.train

CAMERA_OF_TESTS = Camera(K=np.array([[500.0, 0, 320], [0, 510, 240], [0, 0, 1]]), distortion=None, world_from_cam=None)
BOX = np.array([[x, y, z] for z in (-0.03, 0.03) for y in (-0.05, 0.05) for x in (-0.1, 0.1)])


def small(size: int = 64) -> ModelConfig:
    return ModelConfig(input_size=size, head_channels=32, head_convs=1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_posed_cards(tmp_path_factory.mktemp("cards") / "cards")


@pytest.fixture(scope="module")
def split(folder: Path) -> PoseSplit:
    found = DESCRIPTION.read(DESCRIPTION.find(folder), "train")
    assert isinstance(found, PoseSplit)
    return found


@pytest.fixture(scope="module")
def run_dir(folder: Path, seed: int, tmp_path_factory: pytest.TempPathFactory) -> Path:
    config = TrainConfig(
        task="pose6d", model=small(96), steps=45, batch=4, lr=5e-3, warmup=3, augment=0.0, ema=0.8,
        trainable_stages=0, device="cpu", precision="fp32", seed=seed,
    )  # fmt: skip
    train, val, _ = resolve_splits(str(folder), [], task="pose6d")
    out = tmp_path_factory.mktemp("run") / "run"
    train_and_evaluate(Request(config=config, train=train, own_val=val, real=(), run_dir=out))
    return out


def test_poses_of_cards_are_learnt(run_dir: Path, folder: Path) -> None:
    """A pose is right when points of the card, 24 cm across, are off by less than 2.4 cm on average."""
    [evaluation] = Run(run_dir).evaluations
    assert (evaluation.task, evaluation.headline, evaluation.classes) == ("pose6d", "ADD(-S)-0.1d", ("card",))
    assert evaluation.counts == {"poses": 4}
    assert_above("posed", evaluation.metrics["posed"].value, 0.9)
    assert_above("AR_MSPD", evaluation.metrics["AR_MSPD"].value, 0.75)
    assert_below("rotation_error", evaluation.metrics["rotation_error"].value or 999, 8)
    assert evaluation.metrics["AR_VSD"].value is None
    rows = json.loads((run_dir / f"predictions_{folder.name}.json").read_text())
    assert all(len(row["rotation"]) == 9 and len(row["translation_m"]) == 3 for row in rows)


def test_the_network_keeps_the_points_of_its_model(run_dir: Path, split: PoseSplit) -> None:
    kept = load_trained(run_dir).network.keypoints_m[0].numpy()
    assert kept == pytest.approx(model_keypoints_m(split.models["card"]), abs=1e-7)


def test_predictions_have_poses_drawn_listed_and_in_the_form_of_bop(
    run_dir: Path, folder: Path, tmp_path: Path
) -> None:
    photos = folder / "val" / "000001" / "rgb"
    found = Run(run_dir).predict(photos, out=tmp_path / "out", score=0.0, camera=folder / "camera.json")
    pictures = list(found)
    assert len(pictures) == 4 and any(one.objects for one in pictures)
    one = next(one for picture in pictures for one in picture.objects)
    rotation = np.array(one.rotation).reshape(3, 3)
    assert np.allclose(rotation @ rotation.T, np.eye(3), atol=1e-6) and one.translation_m[2] > 0
    head, *lines = (tmp_path / "out" / "poses_bop.csv").read_text().splitlines()
    assert head == "scene_id,im_id,obj_id,score,R,t,time" and len(lines) == sum(len(p.objects) for p in pictures)
    scene, image, number, _, turn, shift, seconds = lines[0].split(",")
    assert (scene, image, number, seconds) == ("0", "1", "1", "-1") and len(turn.split()) == 9
    assert [float(value) / 1000 for value in shift.split()] == pytest.approx(
        next(p for p in pictures if p.objects).objects[0].translation_m, rel=1e-4
    )
    drawn = cv2.imread(str(tmp_path / "out" / "drawn" / "000001.jpg"))
    assert drawn is not None and drawn.shape[0] >= 480


def test_a_camera_is_needed_and_only_by_poses(run_dir: Path, folder: Path, tmp_path: Path) -> None:
    photos = folder / "val" / "000001" / "rgb"
    with pytest.raises(UsageError, match="a pose needs the camera") as error:
        Run(run_dir).predict(photos, out=tmp_path / "a")
    assert "--camera" in str(error.value.hint)
    with pytest.raises(UsageError, match="no such file"):
        Run(run_dir).predict(photos, out=tmp_path / "b", camera=tmp_path / "none.json")


def test_a_camera_file_holds_for_pictures_of_its_shape(tmp_path: Path) -> None:
    path = tmp_path / "camera.json"
    path.write_text(json.dumps(CAMERA | {"depth_scale": 1.0}))
    half = read_camera_file(path).for_picture((48, 48))
    # BOP's 47.5 is our 48, the middle of the picture.
    assert half.K.tolist() == [[55, 0, 24], [0, 55, 24], [0, 0, 1]]
    with pytest.raises(UsageError, match="96x96 px, and one has 64x48"):
        read_camera_file(path).for_picture((48, 64))
    for bad in ("[]", "{", '{"fx": 1}', json.dumps(CAMERA | {"fx": -1}), json.dumps(CAMERA | {"width": 0})):
        path.write_text(bad)
        with pytest.raises(UsageError, match="camera"):
            read_camera_file(path)


def a_pose(seed: int) -> np.ndarray:
    turn = Rotation.random(random_state=seed).as_matrix()
    return rigid(turn, (0.05, -0.08, 0.9))


@pytest.mark.parametrize("points", [BOX, BOX * (1, 1, 0), BOX[:6]], ids=["solid", "flat", "six points"])
def test_exact_points_give_the_pose_back(points: np.ndarray) -> None:
    for seed in range(4):
        truth = a_pose(seed)
        pixels, ahead = project_px(points, truth, CAMERA_OF_TESTS)
        assert ahead.all()
        # Two of them are far off, which is seen by the others.
        found = np.concatenate([pixels, np.ones((len(points), 1))], axis=1)
        if len(points) == 8 and np.ptp(points[:, 2]):
            found[[1, 6], :2] += (40, -35)
        pose = solve_pose(found, points, CAMERA_OF_TESTS, tolerance_px=2)
        assert pose is not None and np.allclose(pose, truth, atol=1e-4)


def test_a_lens_is_undone() -> None:
    bent = Camera(K=CAMERA_OF_TESTS.K, distortion=np.array([-0.2, 0.05, 0.001, -0.002, 0]), world_from_cam=None)
    pixels, _ = project_px(BOX, a_pose(1), bent)
    own = cv2.projectPoints(BOX, cv2.Rodrigues(a_pose(1)[:3, :3])[0], a_pose(1)[:3, 3], bent.K, bent.distortion)[0]
    assert np.allclose(pixels, own.reshape(-1, 2))
    pose = solve_pose(np.concatenate([pixels, np.ones((8, 1))], axis=1), BOX, bent, tolerance_px=2)
    assert pose is not None and np.allclose(pose, a_pose(1), atol=1e-4)


@pytest.mark.parametrize(
    "points",
    [
        np.zeros((0, 3)),
        np.full((8, 3), np.nan),
        np.ones((8, 3)),
        np.concatenate([300 + np.random.default_rng(1).uniform(0, 1e-7, (8, 2)), np.ones((8, 1))], axis=1),
        np.random.default_rng(0).uniform(0, 1e4, (8, 3)),
        np.concatenate([np.zeros((8, 2)), np.zeros((8, 1))], axis=1),
    ],
)
def test_points_without_a_pose_have_none(points: np.ndarray) -> None:
    pose = solve_pose(points, BOX[: len(points)], CAMERA_OF_TESTS, tolerance_px=1)
    assert pose is None or (np.isfinite(pose).all() and np.abs(pose[:3, 3]).max() < 1e4)
    assert solve_pose(points[:3], BOX[: len(points[:3])], CAMERA_OF_TESTS, tolerance_px=1) is None


def test_poses_that_look_alike_have_one_target() -> None:
    round_one = Symmetries(continuous=(AnyTurn(axis=(0.0, 0.0, 1.0), offset_m=(0.01, 0.0, 0.0)),))
    half = ((-1.0, 0.0, 0.0, 0.0), (0.0, -1.0, 0.0, 0.0), (0.0, 0.0, 1.0, 0.0), (0.0, 0.0, 0.0, 1.0))
    for seed in range(5):
        truth = a_pose(seed)
        wanted = canonical_pose(truth, round_one)
        point = np.array([[0.01, 0, 0.3]])
        for angle in (0.4, 2.0, -1.3):
            turn = Rotation.from_rotvec([0, 0, angle]).as_matrix()
            spun = truth @ rigid(turn, np.array([0.01, 0, 0]) - turn @ (0.01, 0, 0))
            assert np.allclose(canonical_pose(spun, round_one), wanted, atol=1e-9)
        assert np.allclose(transform_points(wanted, point), transform_points(truth, point))
        assert rotation_error_deg(wanted, truth, round_one) == pytest.approx(0, abs=1e-5)
        other = canonical_pose(truth @ np.array(half), Symmetries(discrete=(half,)))
        assert np.allclose(other, canonical_pose(truth, Symmetries(discrete=(half,))))
        assert canonical_pose(truth, Symmetries()) is truth


def test_views_put_the_keypoints_on_the_corners_of_the_card(split: PoseSplit) -> None:
    """The targets hold x, y of all corners; inside the card is colour, outside it grey."""
    views = PoseViews(split, ("card",), TrainConfig(model=small(96), augment=0.01))
    assert len(views) == 4
    checked = 0
    for epoch in range(6):
        for index in range(len(views)):
            view = views[(epoch, index)]
            assert view["boxes"].shape == (1, 4) and view["keypoints"].shape == (KEYPOINTS, 3)
            corners = view["keypoints"][:4]
            if not (corners[:, 2] > 0).all():
                continue
            middle = corners[:, :2].mean(dim=0)
            grey = (view["crop"].float() - 127).abs().amax(dim=0) < 30
            for x, y in corners[:, :2].tolist():
                inner = [round(a + 0.15 * (b - a) - 0.5) for a, b in zip((x, y), middle.tolist(), strict=True)]
                outer = [round(a - 0.12 * (b - a) - 0.5) for a, b in zip((x, y), middle.tolist(), strict=True)]
                assert not grey[inner[1], inner[0]]
                if all(0 <= value < 96 for value in outer):
                    assert grey[outer[1], outer[0]]
                    checked += 1
    assert checked > 30


def test_the_model_is_that_of_the_file_in_metres(split: PoseSplit) -> None:
    model = split.models["card"]
    assert model.diameter_m == pytest.approx(float(np.hypot(*CARD_M))) and split.label_count == 4
    assert np.ptp(model.vertices_m, axis=0) == pytest.approx([*CARD_M, 0])
    assert len(model_keypoints_m(model)) == KEYPOINTS


def test_classes_are_matched_by_name_or_alone(split: PoseSplit, tmp_path: Path) -> None:
    assert shared_models(split, ("CARD", "cup")) == {"card": "CARD"}
    assert shared_models(split, ("playing card",)) == {"card": "playing card"}
    with pytest.raises(RealDataError, match="has poses of card, and not of cup, fork"):
        DESCRIPTION.require_comparable(split, ("cup", "fork"))
    bare = write_posed_cards(tmp_path / "bare", 1)
    (bare / "models" / "obj_000001.ply").unlink()
    with pytest.raises(RealDataError, match="there is no model"):
        DESCRIPTION.read(DESCRIPTION.find(bare), "train")


def test_losses_fall_where_nothing_is_to_be_seen(split: PoseSplit) -> None:
    """A picture without an object has a crop without targets."""
    from dataclasses import replace

    empty = replace(split, images=tuple(replace(image, objects=()) for image in split.images))
    view = PoseViews(empty, ("card",), TrainConfig(model=small(64)))[(0, 0)]
    assert not view["keypoints"].any() and not len(view["boxes"])
    network = DESCRIPTION.learner().build(small(64), ("card",), pretrained=False).train()
    losses = network(view["image"][None], [{name: value for name, value in view.items() if name != "image"}])
    assert float(losses["heatmap"].detach()) == 0.0 and torch.isfinite(losses["classification"])


def test_models_of_several_classes_have_their_own_points() -> None:
    task = DESCRIPTION.learner()
    network = task.build(small(64), ("a", "b"), pretrained=False).eval()
    models = {
        name: ObjectModel(vertices_m=BOX * scale, faces=np.array([[0, 1, 2]], dtype=np.int32))
        for name, scale in (("b", 2.0), ("a", 1.0))
    }
    split = PoseSplit(name="x", kind="real", split="val", images=(), class_names=("a", "b"), models=models)
    task.inform(network, split, ("a", "b"))
    assert torch.allclose(network.keypoints_m[1], 2 * network.keypoints_m[0])
    crops = torch.randint(0, 255, (2, 3, 64, 64), dtype=torch.uint8)
    with torch.inference_mode():
        both = network.points_in(crops, torch.tensor([0, 1]))
        swapped = network.points_in(crops, torch.tensor([1, 0]))
    assert both.shape == (2, KEYPOINTS, PEAKS, 3) and not torch.allclose(both[:, :, 0], swapped[:, :, 0])
