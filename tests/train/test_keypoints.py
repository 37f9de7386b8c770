"""Keypoints end to end on the corners of squares."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

import torch
from labelled_squares import CORNERS, write_labelled_squares
from margins import assert_above

from synthvis.data.keypoints import KeypointSplit
from synthvis.data.sample import KeypointNames, LabelledObject, Sample
from synthvis.errors import CheckpointError, RealDataError, UsageError
from synthvis.metrics.keypoints import keypoint_metrics
from synthvis.metrics.training_facts import TrainingFacts
from synthvis.train.config import ModelConfig, TrainConfig
from synthvis.train.engine.checkpoint import save_trained, start_from
from synthvis.train.keypoints.crops import Crop
from synthvis.train.keypoints.data import CropViews, KeypointViews
from synthvis.train.keypoints.description import DESCRIPTION
from synthvis.train.keypoints.heatmap import heatmap_targets, peaks
from synthvis.train.keypoints.predict import places_among
from synthvis.train.keypoints.prior_baseline import rows_of_usual_places, usual_places
from synthvis.train.keypoints.task import NETWORKS
from synthvis.train.run import Request, train_and_evaluate
from synthvis.train.sets import resolve_splits

pytestmark = pytest.mark.train

TASK = DESCRIPTION.learner()


def small(arch: str, size: int = 96) -> ModelConfig:
    return ModelConfig(arch=arch, input_size=size, head_channels=32, head_convs=1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_labelled_squares(tmp_path_factory.mktemp("corners"))


@pytest.fixture
def split(folder: Path) -> KeypointSplit:
    return DESCRIPTION.read(DESCRIPTION.find(folder), "train")


@pytest.mark.parametrize(
    ("arch", "steps", "lr", "pck"),
    [("heatmap", 20, 5e-3, 0.9), pytest.param("keypointrcnn", 40, 5e-3, 0.3, marks=pytest.mark.slow)],
)
def test_corners_are_learnt(
    arch: str, steps: int, lr: float, pck: float, seed: int, folder: Path, tmp_path: Path
) -> None:
    """A guess in the box is within a fifth of its side of a corner in 3% of the cases."""
    config = TrainConfig(
        task="keypoints", model=small(arch, 64), steps=steps, batch=2, lr=lr, warmup=3, augment=0.0, ema=0.8,
        trainable_stages=0, device="cpu", precision="fp32", seed=seed,
    )  # fmt: skip
    train, val, _ = resolve_splits(str(folder), [], task="keypoints")
    [evaluation] = train_and_evaluate(Request(config=config, train=train, own_val=val, real=(), run_dir=tmp_path))
    assert (evaluation.task, evaluation.headline, evaluation.classes) == ("keypoints", "AP", ("red square",))
    assert evaluation.keypoints == tuple(CORNERS) and evaluation.sigmas == (0.05,) * 4
    assert evaluation.found_in == ("labelled boxes" if arch == "heatmap" else "images")
    assert_above("PCK@0.2", evaluation.metrics["PCK@0.2"].value, pck)
    if arch == "heatmap":
        # AP of the other falls from 1 to 0.1 when a score of one box moves: with four objects it says nothing.
        assert_above("AP50", evaluation.metrics["AP50"].value, 0.3)
    assert bool(evaluation.prior_baseline) == (arch == "heatmap"), "who has no boxes has no places in them either"
    assert len(evaluation.bootstrap.draws["AP"]) == 200
    rows = json.loads((tmp_path / f"predictions_{folder.name}.json").read_text())
    assert all(len(row["keypoints"]) == 12 and len(row["bbox"]) == 4 for row in rows)


def test_views_of_single_objects_show_the_corners(split: KeypointSplit) -> None:
    """Two pixels inside each corner the square is red, two pixels outside it is grey; mirrored or not."""
    views = CropViews(split, TrainConfig(model=small("heatmap"), augment=0.01))
    assert len(views) == 4
    inward = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]]) * 3
    checked = 0
    for epoch in range(15):
        view = views[(epoch, 0)]
        red = view["image"][0].float() - view["image"][2].float() > 60
        for (x, y, visibility), (dx, dy) in zip(view["keypoints"].tolist(), inward.tolist(), strict=True):
            if visibility and 4 <= x < 92 and 4 <= y < 92:
                checked += 1
                assert red[int(y + dy), int(x + dx)] and not red[int(y - dy), int(x - dx)]
    assert checked > 20


def test_views_of_whole_images_keep_boxes_and_keypoints_together(split: KeypointSplit) -> None:
    views = KeypointViews(split, TrainConfig(model=small("keypointrcnn"), augment=0.0))
    for index, image in enumerate(split.images):
        view = views[(0, index)]
        [box] = image.objects
        assert view["keypoints"].tolist() == [[list(map(float, point)) for point in box.keypoints_xyv_px]]
        x, y, w, h = box.bbox_xywh_px
        assert view["boxes"].tolist() == [[x, y, x + w, y + h]] and view["labels"].tolist() == [0]


@pytest.mark.parametrize("bbox", [(10.0, 20.0, 30.0, 12.0), (-5.0, 50.0, 40.0, 30.0), (3.3, 4.4, 0.2, 0.1)])
def test_crops_there_and_back(bbox: tuple[float, float, float, float]) -> None:
    crop = Crop.around(bbox)
    points = np.array([[bbox[0], bbox[1]], [bbox[0] + bbox[2], bbox[1] + bbox[3]]])
    np.testing.assert_allclose(crop.to_image(crop.to_crop(points, 64), 64), points, atol=1e-9)
    assert (crop.to_crop(points, 64) >= 0).all() and (crop.to_crop(points, 64) <= 64).all()


def test_a_crop_shows_its_place_and_grey_beyond_the_frame() -> None:
    image = np.zeros((40, 60, 3), np.uint8)
    image[:, :, 0], image[:, :, 1] = np.arange(60)[None], np.arange(40)[:, None]
    square = Crop(-4, 30, 20).pixels(image, 20)
    assert square.shape == (20, 20, 3)
    assert (square[10:] == 127).all() and (square[:, :4] == 127).all()
    assert square[3, 9].tolist() == [5, 33, 0]
    assert (Crop(100, 100, 5).pixels(image, 10) == 127).all()


def test_heatmaps_of_truth_give_the_truth_back() -> None:
    """The answer is not bound to the cells of four pixels."""
    points = torch.tensor([[30.0, 20.0, 2.0], [31.3, 47.9, 1.0], [17.0, 33.3, 2.0]])
    bells = heatmap_targets(points, (16, 16))
    assert torch.allclose(bells.sum(dim=(1, 2)), torch.ones(3))
    found = peaks(bells.log()[None])[0]
    assert torch.allclose(found[:, :2], points[:, :2], atol=0.35)
    assert (found[:, 2] > 0.9).all()
    flat = peaks(torch.zeros((1, 1, 16, 16)))[0, 0]
    assert flat[2] < 0.05


def test_unlabelled_keypoints_cost_nothing() -> None:
    torch.manual_seed(0)
    network = TASK.build(small("heatmap", 64), ("a/x", "a/y"), pretrained=False).train()
    images = torch.randint(0, 255, (2, 3, 64, 64), dtype=torch.uint8)
    known = [{"keypoints": torch.tensor([[20.0, 30, 2], [0, 0, 0]])}, {"keypoints": torch.zeros((2, 3))}]
    moved = [{"keypoints": torch.tensor([[20.0, 30, 2], [50, 9, 0]])}, {"keypoints": torch.zeros((2, 3))}]
    assert torch.equal(network(images, known)["heatmap"], network(images, moved)["heatmap"])
    nothing = network(images, [known[1]] * 2)["heatmap"]
    nothing.backward()
    assert float(nothing.detach()) == 0.0


@pytest.mark.parametrize("arch", list(NETWORKS))
def test_outputs_go_over_by_the_names_of_the_keypoints(arch: str, tmp_path: Path) -> None:
    theirs = TASK.build(small(arch), ("cup/rim", "cup/foot", "cup/grip"), pretrained=False)
    path = tmp_path / "best.safetensors"
    classes = ("cup/rim", "cup/foot", "cup/grip")
    save_trained(path, theirs.state_dict(), task="keypoints", model=small(arch), classes=classes, facts=TrainingFacts())
    mine = TASK.build(small(arch), ("cup/grip", "cup/lid"), pretrained=False)
    start_from(mine, path, task="keypoints", model=small(arch), classes=("cup/grip", "cup/lid"))
    layer, axis = ("heatmaps.out", 0) if arch == "heatmap" else ("roi_heads.keypoint_predictor.kps_score_lowres", 1)
    found, expected = mine.state_dict()[f"{layer}.weight"], theirs.state_dict()[f"{layer}.weight"]
    assert torch.equal(found.select(axis, 0), expected.select(axis, 2))
    assert torch.equal(mine.state_dict()[f"{layer}.bias"][0], theirs.state_dict()[f"{layer}.bias"][2])


def test_what_cannot_be_learnt_or_measured_is_refused(split: KeypointSplit) -> None:
    with pytest.raises(UsageError, match="one category at a time; here are cup, fork"):
        TASK.build(small("heatmap"), ("cup/rim", "fork/tip"), pretrained=False)
    with pytest.raises(RealDataError, match="no keypoints of 'cup'"):
        DESCRIPTION.require_comparable(split, ("cup/rim",))
    DESCRIPTION.require_comparable(split, ("Red_Square/top_left", "red square/handle"))
    with pytest.raises(UsageError, match="keypoints has no architecture 'keypointrnn'; did you mean 'keypointrcnn'"):
        TASK.build(small("keypointrnn"), ("cup/rim",), pretrained=False)


def an_object(image_id: int, box: tuple[float, float, float, float], *points: tuple[float, float, int]) -> Sample:
    made = LabelledObject(class_name="cup", bbox_xywh_px=box, area_px=100.0, is_crowd=False, keypoints_xyv_px=points)
    return Sample(id=image_id, path=Path(f"{image_id}.png"), labelled_hw=(100, 100), objects=(made,))


def cups(*images: Sample) -> KeypointSplit:
    names = KeypointNames(names=("rim", "foot", "grip"))
    return KeypointSplit(
        name="cups", kind="real", split="val", images=images, keypoints={"cup": names}, category_ids={"cup": 47}
    )


def test_the_answer_without_looking_is_the_usual_place_in_the_box() -> None:
    """Worked by hand: the median of 0.1, 0.2 and 0.9 of the width; hidden points count, unlabelled ones do not."""
    usual = usual_places(
        cups(
            an_object(1, (0.0, 0.0, 10.0, 20.0), (1, 0, 2), (5, 20, 1), (0, 0, 0)),
            an_object(2, (10.0, 50.0, 20.0, 20.0), (14, 50, 2), (0, 0, 0), (0, 0, 0)),
            an_object(3, (0.0, 0.0, 40.0, 40.0), (36, 20, 2), (20, 40, 2), (0, 0, 0)),
            an_object(4, (0.0, 0.0, 40.0, 40.0), (0, 0, 0), (0, 0, 0), (0, 0, 0)),
        )
    )
    assert usual == pytest.approx(np.array([(0.2, 0.0), (0.5, 1.0), (0.5, 0.5)]))
    shown = cups(an_object(9, (10.0, 20.0, 50.0, 10.0), (20, 20, 2), (35, 30, 2), (0, 0, 0)))
    [row] = rows_of_usual_places(shown, usual, places_among(["rim", "foot", "grip"], ["grip", "RIM"]))
    assert row.keypoints == pytest.approx([35, 25, 1, 20, 20, 1])
    found = keypoint_metrics(shown, rows_of_usual_places(shown, usual, [0, 1, 2]), (0.05,) * 3, resamples=0)
    assert found.metrics["AP"].value == pytest.approx(1.0)
    with pytest.raises(CheckpointError, match="two numbers a keypoint"):
        rows_of_usual_places(shown, usual[:2], [0, 1, 2])
