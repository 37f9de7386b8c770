"""The task of naming pictures: its sets, its views, its network, and a whole run on coloured shapes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

pytest.importorskip("torch")

import torch
from margins import assert_above
from torch.nn import functional

from synthvis.errors import DatasetError, RealDataError, UsageError
from synthvis.formats.images import write_png
from synthvis.train.backbones.freezing import freeze_backbone
from synthvis.train.classification.data import ClassViews
from synthvis.train.classification.description import DESCRIPTION
from synthvis.train.classification.examples import examples_of, read_example
from synthvis.train.classification.network import Classifier
from synthvis.train.config import ModelConfig, TrainConfig
from synthvis.train.engine.checkpoint import load_trained, start_from
from synthvis.train.run import Request, evaluate_run, train_and_evaluate
from synthvis.train.sets import resolve_splits

pytestmark = pytest.mark.train

SMALL = ModelConfig(input_size=64)
SHAPES = ("disc", "square", "triangle")
COLOURS = ("red", "blue")
CLASSES = [f"{colour} {shape}" for colour in COLOURS for shape in SHAPES]


def config(**changes: object) -> TrainConfig:
    return TrainConfig(
        **{
            "task": "classification", "model": SMALL, "steps": 2, "batch": 4, "warmup": 2, "trainable_stages": 0,
            "device": "cpu", **changes,
        }
    )  # fmt: skip


def draw_shape(pixels: np.ndarray, name: str, box_xywh_px: tuple[int, int, int, int]) -> None:
    """Fill a box with a shape of a colour, as in "red disc"."""
    colour, shape = name.split()
    x, y, width, height = box_xywh_px
    rgb = (210, 40, 40) if colour == "red" else (40, 60, 210)
    if shape == "disc":
        cv2.circle(pixels, (x + width // 2, y + height // 2), min(width, height) // 2, rgb, -1)
    elif shape == "square":
        pixels[y : y + height, x : x + width] = rgb
    else:
        corners = np.array([[x, y + height - 1], [x + width - 1, y + height - 1], [x + width // 2, y]])
        cv2.fillPoly(pixels, [corners], rgb)


def make_scenes(root: Path, images: int, seed: int = 0) -> Path:
    """A COCO folder with different train and val: in each image four of the six kinds of shape."""
    rng = np.random.default_rng(seed)
    (root / "annotations").mkdir(parents=True)
    categories = [{"id": number, "name": name} for number, name in enumerate(CLASSES, start=1)]
    for split in ("train", "val"):
        entries, annotations = [], []
        for image_id in range(1, images + 1):
            pixels = np.full((96, 96, 3), rng.integers(90, 190, 3), np.uint8)
            for place, label in enumerate(rng.permutation(6)[:4]):
                size = int(rng.integers(26, 40))
                x, y = (48 * (place % 2) + int(rng.integers(0, 8)), 48 * (place // 2) + int(rng.integers(0, 8)))
                draw_shape(pixels, CLASSES[label], (x, y, size, size))
                box = {"bbox": [x, y, size, size], "area": size * size, "iscrowd": 0}
                annotations.append({"id": len(annotations), "image_id": image_id, "category_id": int(label) + 1, **box})
            write_png(root / "images" / split / f"{image_id}.png", pixels)
            entries.append({"id": image_id, "file_name": f"{image_id}.png", "width": 96, "height": 96})
        content = {"images": entries, "annotations": annotations, "categories": categories}
        (root / "annotations" / f"instances_{split}.json").write_text(json.dumps(content))
    # By this a set counts as rendered.
    (root / "dataset.json").write_text("{}")
    return root


def make_pictures(root: Path, names: list[str], count: int) -> Path:
    """Class folders of one shape a picture, in val."""
    rng = np.random.default_rng(1)
    for name in names:
        for number in range(count):
            pixels = np.full((60, 80, 3), rng.integers(90, 190, 3), np.uint8)
            draw_shape(pixels, name, (int(rng.integers(5, 30)), int(rng.integers(2, 12)), 44, 44))
            write_png(root / "val" / name.replace(" ", "_") / f"{number}.png", pixels)
    return root


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """COCO folder of 24 images a split."""
    return make_scenes(tmp_path_factory.mktemp("data") / "shapes", 24)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Class folders of two kinds of shape that are known, and of one that is not."""
    return make_pictures(tmp_path_factory.mktemp("data") / "photos", ["red disc", "blue square", "red star"], 5)


@pytest.fixture(scope="module")
def run(
    seed: int, scenes: Path, pictures: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, list[dict[str, Any]]]:
    """A run on crops, measured on its own val and on the class folders: its folder and evaluations."""
    torch.set_num_threads(1)
    train, own_val, real = resolve_splits(str(scenes), [str(pictures)], task="classification")
    steps = {"steps": 25, "batch": 8, "seed": seed, "precision": "fp32"}
    chosen = config(**steps, lr=8e-3, backbone_lr_factor=0.1, trainable_stages=1, ema=0.8, augment=0.2)
    run_dir = tmp_path_factory.mktemp("runs")
    return run_dir, train_and_evaluate(Request(config=chosen, train=train, own_val=own_val, real=real, run_dir=run_dir))


def test_shapes_are_named_far_above_chance_on_crops_and_in_class_folders(
    run: tuple[Path, list[dict[str, Any]]],
) -> None:
    ours, theirs = run[1]
    assert (ours.images, ours.counts["labels"], len(ours.classes)) == (24, 96, 6)
    assert 1 / 10 < ours.prior_baseline["accuracy"].value < 0.3  # chance is 1/6
    assert_above("low end of accuracy", ours.metrics["accuracy"].low, 0.5)
    assert_above("accuracy", ours.metrics["accuracy"].value, 0.7)
    assert ours.metrics["top5"].value >= ours.metrics["accuracy"].value
    assert theirs.classes == ("red disc", "blue square")
    assert (theirs.images, theirs.skipped["other_classes"]) == (10, 5)
    assert_above("accuracy on folders", theirs.metrics["accuracy"].value, 0.4)
    assert all(len(one.bootstrap.draws["accuracy"]) == 200 for one in (ours, theirs))


def test_a_run_writes_predictions_and_a_gap_in_accuracy(run: tuple[Path, list[dict[str, Any]]]) -> None:
    run_dir, (ours, theirs) = run
    accuracies = [one.metrics["accuracy"].value for one in (ours, theirs)]
    gap = json.loads((run_dir / "gap.json").read_text())
    assert list(gap["real"][0]["metrics"]) == ["accuracy", "balanced_accuracy", "top5", "ece"]
    assert gap["real"][0]["metrics"]["accuracy"]["difference"] == pytest.approx(accuracies[0] - accuracies[1])
    rows = json.loads((run_dir / "predictions_photos.json").read_text())
    assert rows[0]["file"] == "blue_square/0.png"
    assert set(rows[0]) == {"file", "ground_truth", "prediction", "score"}
    assert np.mean([row["ground_truth"] == row["prediction"] for row in rows]) == pytest.approx(accuracies[1])
    assert all((run_dir / file).is_file() for file in ("best.safetensors", "curves.png", "eval_photos.json"))


def test_a_linear_probe_moves_the_linear_layer_only_and_a_full_run_moves_all(scenes: Path, tmp_path: Path) -> None:
    train, _, _ = resolve_splits(str(scenes), [], task="classification")
    start = DESCRIPTION.learner().build(SMALL, train.class_names).state_dict()
    for stages, moved in ((0, {"classifier"}), (8, {"classifier", "body"})):
        run_dir = tmp_path / str(stages)
        request = Request(
            config=config(trainable_stages=stages, ema=0.0), train=train, own_val=None, real=(), run_dir=run_dir
        )
        train_and_evaluate(request)
        after = load_trained(run_dir).network.state_dict()
        changed = {key.partition(".")[0] for key in after if not torch.equal(after[key], start[key])}
        assert changed == moved | {"classifier"}
        stem_moved = not torch.equal(after["body.conv_stem.weight"], start["body.conv_stem.weight"])
        assert stem_moved == (stages == 8)


def test_crops_are_cut_where_the_box_is(scenes: Path) -> None:
    split = DESCRIPTION.read(DESCRIPTION.find(scenes), "train")
    found = examples_of(split, CLASSES)
    assert found.left_out == {"small_or_hidden": 0, "other_classes": 0}
    for example in found.known[:12]:
        pixels = read_example(example)
        x0, y0, x1, y1 = example.crop.region_xyxy_px
        assert pixels.shape[:2] == (y1 - y0, x1 - x0)
        # The centre of each shape has its colour.
        red, _, blue = pixels[pixels.shape[0] // 2, pixels.shape[1] // 2].tolist()
        assert (red > blue) == (example.label < 3)


def test_a_view_depends_on_seed_epoch_and_index_only(scenes: Path) -> None:
    split = DESCRIPTION.read(DESCRIPTION.find(scenes), "train")
    first, second = (ClassViews(split, CLASSES, config()) for _ in range(2))
    torch.manual_seed(1)
    expected = first[(3, 1)]
    torch.manual_seed(2)
    second[(0, 0)]
    again = second[(3, 1)]
    assert all(torch.equal(expected[key], again[key]) for key in expected)
    assert not torch.equal(expected["image"], first[(4, 1)]["image"])
    assert expected["image"].shape == (3, 64, 64) and expected["image"].dtype == torch.uint8
    assert expected["probabilities"].shape == (6,)
    assert float(expected["probabilities"].sum()) == pytest.approx(1)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_the_loss_is_torch_s_cross_entropy_with_its_label_smoothing(smoothing: float) -> None:
    torch.manual_seed(0)
    network = Classifier(SMALL.model_copy(update={"label_smoothing": smoothing}), 4).eval()
    images, labels = torch.randint(0, 255, (5, 3, 64, 64), dtype=torch.uint8), [0, 3, 1, 1, 2]
    targets = [{"probabilities": torch.eye(4)[label]} for label in labels]
    with torch.no_grad():
        loss, logits = network(images, targets)["cross_entropy"], network(images)
    expected = functional.cross_entropy(logits, torch.tensor(labels), label_smoothing=smoothing)
    assert logits.shape == (5, 4)
    assert float(loss) == pytest.approx(float(expected), rel=1e-5)


def test_another_body_gives_one_row_an_image() -> None:
    network = Classifier(ModelConfig(backbone="resnet18", input_size=64), 3).eval()
    freeze_backbone(network.body, 1)
    learning = {name[:6] for name, parameter in network.body.named_parameters() if parameter.requires_grad}
    assert learning == {"layer4"}
    with torch.no_grad():
        assert network(torch.zeros((2, 3, 64, 64), dtype=torch.uint8)).shape == (2, 3)
    with pytest.raises(UsageError, match="'resnet19'"):
        Classifier(ModelConfig(backbone="resnet19", input_size=64), 3)


def test_maps_of_swin_are_averaged_over_the_picture() -> None:
    """timm gives them with the channels last: 768 channels over 2 x 2 places."""
    network = Classifier(ModelConfig(backbone="swin_tiny", input_size=64), 3).eval()
    assert network.classifier.in_features == 768
    with torch.no_grad():
        assert network(torch.zeros((2, 3, 64, 64), dtype=torch.uint8)).shape == (2, 3)


def test_a_run_can_start_from_another_with_classes_by_name(run: tuple[Path, list[dict[str, Any]]]) -> None:
    fresh = Classifier(SMALL, 3)
    other = SMALL.model_copy(update={"drop_rate": 0.5})
    start_from(fresh, str(run[0]), task="classification", model=other, classes=("Blue_Disc", "cup", "red square"))
    theirs = load_trained(run[0]).network.classifier
    assert torch.equal(fresh.classifier.weight[0], theirs.weight[CLASSES.index("blue disc")])
    assert torch.equal(fresh.classifier.bias[2], theirs.bias[CLASSES.index("red square")])


def test_a_set_without_a_shared_class_is_refused(scenes: Path, tmp_path: Path) -> None:
    make_pictures(tmp_path, ["green star"], 1)
    with pytest.raises(RealDataError, match="share no class"):
        resolve_splits(str(scenes), [str(tmp_path)], task="classification")


def test_whole_images_need_one_class_and_say_when_there_is_none(scenes: Path) -> None:
    split = DESCRIPTION.read(DESCRIPTION.find(scenes), "train")
    with pytest.raises(DatasetError, match="no example to learn from: 24 none or several classes"):
        ClassViews(split, CLASSES, config(examples="images"))
    alone = replace(split, images=tuple(replace(image, objects=image.objects[:1]) for image in split.images))
    views = ClassViews(alone, CLASSES, config(examples="images", augment=0.0))
    assert len(views) == 24
    assert int(views[(0, 0)]["probabilities"].argmax()) == CLASSES.index(split.images[0].objects[0].class_name)


def test_a_broken_picture_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "val" / "red_disc" / "broken.jpg"
    broken.parent.mkdir(parents=True)
    broken.write_bytes(b"no picture")
    with pytest.raises(RealDataError, match=r"broken\.jpg"):
        DESCRIPTION.read(DESCRIPTION.find(tmp_path))


def test_a_set_whose_known_classes_have_no_example_is_undefined(
    run: tuple[Path, list[dict[str, Any]]], scenes: Path, tmp_path: Path
) -> None:
    split = DESCRIPTION.read(DESCRIPTION.find(scenes))
    bare = replace(split, images=tuple(replace(image, objects=()) for image in split.images))
    (evaluation,) = evaluate_run(load_trained(run[0]), tmp_path, [bare], torch.device("cpu"))
    assert evaluation.images == evaluation.counts["labels"] == 0
    assert all(metric.value is None for metric in evaluation.metrics.values())


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("grocey", "did you mean 'grocery'"),
        ("zebra", "names: coco, fruit, cones, rooms, coco-masks, grocery"),
        ("fruit:val", "SYNTHVIS_REAL"),
        ("grocery:train", "SYNTHVIS_REAL"),
    ],
)
def test_absent_sets_say_what_to_type(name: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SYNTHVIS_REAL", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RealDataError) as caught:
        DESCRIPTION.find(name)
    assert said in str(caught.value)
