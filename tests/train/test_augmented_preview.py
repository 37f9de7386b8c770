"""`preview --augmented`: the sheet shows exactly what the loader feeds."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

from click.testing import CliRunner
from labelled_squares import COLOURS, CORNERS, write_labelled_squares

from synthvis.cli.preview import command
from synthvis.data.dataset import find_dataset
from synthvis.errors import UsageError
from synthvis.formats.images import read_image_rgb, write_png
from synthvis.train.config import ModelConfig, TrainConfig
from synthvis.train.registry import task_named
from synthvis.train.views.letterbox import PAD_VALUE
from synthvis.train.views.loader import train_loader
from synthvis.train.views.shown import _class_text, first_views
from synthvis.viz.batch_sheet import batch_sheet
from synthvis.viz.grouped_sheet import BACKGROUND, GAP_PX
from synthvis.viz.legend import legend_strip
from synthvis.viz.palette import class_colors

pytestmark = pytest.mark.train


def test_the_views_are_those_of_the_loader(squares: Path) -> None:
    split = find_dataset(squares).read("train")
    recipe = {"mixup": {"share": 0.5}, "flip": {"share": 0.5}}
    config = TrainConfig(model=ModelConfig(input_size=64), batch=2, steps=50, augment_recipe=recipe)  # type: ignore[arg-type]
    task = task_named("detection")
    shown = first_views(task, split, config, 5)
    assert [one.step for one in shown] == [0, 0, 1, 1, 2]
    loader = iter(train_loader(task.views(split, split.class_names, config), config, 0, 0))
    for step in range(2):
        images, targets = next(loader)
        for k in range(2):
            one = shown[2 * step + k]
            np.testing.assert_array_equal(one.image_rgb, images[k].permute(1, 2, 0).numpy())
            np.testing.assert_array_equal(one.boxes_xyxy_px, targets[k]["boxes"].numpy())
            assert list(one.names) == [split.class_names[label] for label in targets[k]["labels"]]


def test_the_command_draws_tiles_with_padding_and_prints_the_path(squares: Path, tmp_path: Path) -> None:
    out = tmp_path / "sheet.png"
    words = [str(squares), "--augmented", "--augment", "0", "--input-size", "64", "--batch", "2", "--n", "4"]
    result = CliRunner().invoke(command, [*words, "--size", "128", "--out", str(out), "--json"])
    assert result.exit_code == 0, result.output
    assert json.loads(result.output) == {"path": str(out)}
    sheet = read_image_rgb(out)
    # Below the tiles the legend names the classes in one row.
    pictures = 2 * (128 + GAP_PX) + GAP_PX
    assert sheet.shape == (pictures + legend_strip(["a"], {"a": (1, 2, 3)}, 300).shape[0], pictures, 3)
    # Without augmentation the square image fills the square: grey of its own, with a coloured frame for each object.
    assert (sheet[:GAP_PX] == BACKGROUND).all()
    saturated = sheet.max(axis=2).astype(int) - sheet.min(axis=2) > 150
    assert saturated.sum() > 500


def test_padding_is_shown(squares: Path) -> None:
    split = find_dataset(squares).read("train")
    config = TrainConfig(
        model=ModelConfig(input_size=64), batch=2, augment_recipe={"scale": {"share": 1, "factor": [0.3, 0.3]}}  # type: ignore[arg-type]
    )  # fmt: skip
    shown = first_views(task_named("detection"), split, config, 2)
    assert all((one.image_rgb == PAD_VALUE).all(axis=2).mean() > 0.85 for one in shown)
    sheet = batch_sheet(shown, 64)
    assert (sheet == PAD_VALUE).all(axis=2).mean() > 0.4


def test_what_is_no_dataset_needs_a_file_and_training_options_need_the_flag(squares: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(command, [str(squares), "--augmented"])
    assert isinstance(result.exception, UsageError) and "--out" in str(result.exception)
    result = CliRunner().invoke(command, [str(squares), "--input-size", "64"])
    assert result.exit_code == 2 and "--input-size needs --augmented" in result.output
    result = CliRunner().invoke(
        command, [str(squares), "--augmented", "--augment-recipe", "lihgt", "--out", str(tmp_path / "x.png")]
    )
    assert "did you mean 'light'" in str(result.exception)


def test_classes_are_named_with_their_probabilities() -> None:
    names = ("apple", "pear", "plum")
    assert _class_text([0.0, 1.0, 0.0], names) == "pear 1.00"
    assert _class_text([0.3, 0.68, 0.02], names) == "pear 0.68, apple 0.30"


@pytest.fixture(scope="module")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Squares with masks and keypoints, and the same pictures with depth and normals: left near and facing right."""
    root = write_labelled_squares(tmp_path_factory.mktemp("labelled") / "set", images=2)
    depth = np.full((96, 96), 4000, np.uint16)
    normals = np.broadcast_to(np.array([128, 128, 0], np.uint8), (96, 96, 3)).copy()
    depth[:, :48], normals[:, :48] = 1000, (255, 128, 128)
    for number in (1, 2):
        write_png(root / "depth" / "train" / f"{number}.png", depth)
        write_png(root / "normals" / "train" / f"{number}.png", normals)
    return root


def tiles_of(root: Path, task: str, tmp_path: Path, *words: str) -> tuple[np.ndarray, np.ndarray]:
    """The first view of 96 px, and what stands to its right."""
    out = tmp_path / f"{task}.png"
    typed = [str(root), "--augmented", "--task", task, "--augment", "0", "--input-size", "96", "--batch", "1"]
    result = CliRunner().invoke(command, [*typed, "--n", "1", "--size", "96", "--out", str(out), *words])
    assert result.exit_code == 0, f"{result.output} {result.exception}"
    sheet = read_image_rgb(out)[GAP_PX:]
    return sheet[:96, GAP_PX : GAP_PX + 96], sheet[:96, GAP_PX + 98 : GAP_PX + 194]


def test_depth_stands_beside_its_view(labelled: Path, tmp_path: Path) -> None:
    view, target = tiles_of(labelled, "depth", tmp_path)
    assert (view[2, 2] == 127).all()
    near, far = target[48, 10].astype(int), target[48, 90].astype(int)
    assert near[0] > near[2] and far[2] > far[0]


def test_normals_stand_beside_their_view_in_the_colours_of_the_file(labelled: Path, tmp_path: Path) -> None:
    _, target = tiles_of(labelled, "normals", tmp_path)
    # Reading makes them unit vectors: (1, 0, 0) and (0, 0, -1), whose colours docs/reference/conventions.md gives.
    assert np.abs(target[48, 10].astype(int) - (255, 128, 128)).max() <= 1
    assert np.abs(target[48, 90].astype(int) - (128, 128, 0)).max() <= 1


def test_a_class_map_stands_beside_its_view(labelled: Path, tmp_path: Path) -> None:
    view, target = tiles_of(labelled, "semantic", tmp_path)
    colors = class_colors(["background", *COLOURS])
    for name, pixel in COLOURS.items():
        inside = (np.abs(view.astype(int) - pixel).max(axis=2) < 8).astype(bool)
        assert inside.sum() > 300
        assert (target[inside] == colors[name]).all(axis=1).mean() > 0.98
    assert (target[2, 50] == 24).all()


def test_keypoints_are_drawn_and_named(labelled: Path, tmp_path: Path) -> None:
    colors = class_colors(CORNERS)
    view, _ = tiles_of(labelled, "keypoints", tmp_path, "--classes", "red square")
    places = [np.argwhere((view == colors[name]).all(axis=2)).mean(axis=0) for name in CORNERS]
    top_left, top_right, bottom_right, bottom_left = places
    assert top_left[1] < top_right[1] and bottom_left[1] < bottom_right[1]
    assert top_left[0] < bottom_left[0] and top_right[0] < bottom_right[0]


def test_whole_images_with_keypoints_name_the_category_of_their_boxes(labelled: Path) -> None:
    config = TrainConfig(task="keypoints", model=ModelConfig(input_size=96, arch="keypointrcnn"), batch=1, augment=0)
    task = task_named("keypoints")
    view = first_views(task, task.description.read(task.description.find(labelled), "train"), config, 1)[0]
    assert (view.names, view.keypoint_names) == (("red square",), CORNERS)
    assert view.keypoints_xyv is not None and view.keypoints_xyv.shape == (1, 4, 3)
    assert (batch_sheet([view], 96) == class_colors(CORNERS)["top_left"]).all(axis=2).any()


def test_masks_are_tinted_in_the_colours_of_their_classes(labelled: Path, tmp_path: Path) -> None:
    boxes, _ = tiles_of(labelled, "detection", tmp_path, "--classes", "blue square")
    masks, _ = tiles_of(labelled, "instances", tmp_path, "--classes", "blue square")
    blue = np.abs(boxes.astype(int) - COLOURS["blue square"]).max(axis=2) < 8
    changed = (masks != boxes).any(axis=2)
    assert changed[blue].mean() > 0.9 and changed[~blue].mean() < 0.05
    # Only that class is learnt, so only it is framed.
    frame = class_colors(COLOURS)["red square"]
    assert not (boxes == frame).all(axis=2).any()


def test_the_class_of_a_picture_is_its_caption(labelled: Path) -> None:
    split = find_dataset(labelled).read("train")
    config = TrainConfig(task="classification", model=ModelConfig(input_size=64), batch=2, augment=0)
    task = task_named("classification")
    shown = first_views(task, task.description.read(task.description.find(labelled), "train"), config, 2)
    assert {one.caption.removesuffix(" 1.00") for one in shown} <= set(split.class_names)
    assert batch_sheet(shown, 64).shape[0] > 64 + 2 * GAP_PX
