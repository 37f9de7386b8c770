"""`preview --as-trained`: the sheet shows exactly what the loader feeds."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

from click.testing import CliRunner

from synthvis.cli.preview import command
from synthvis.dataset.real import find_real, read_split
from synthvis.errors import UsageError
from synthvis.formats.images import read_image_rgb
from synthvis.report.fed_sheet import fed_sheet
from synthvis.report.kind_sheet import BACKGROUND, GAP_PX
from synthvis.report.legend import legend_strip
from synthvis.train.config import ModelConfig, TrainConfig
from synthvis.train.registry import task_named
from synthvis.train.views.letterbox import PAD_VALUE
from synthvis.train.views.loader import train_loader
from synthvis.train.views.shown import _class_text, first_views

pytestmark = pytest.mark.train


def test_the_views_are_those_of_the_loader(squares: Path) -> None:
    split = read_split(find_real(squares), "train")
    recipe = {"mixup": {"share": 0.5}, "flip": {"share": 0.5}}
    config = TrainConfig(model=ModelConfig(image_size=64), batch=2, steps=50, augment_recipe=recipe)  # type: ignore[arg-type]
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
    words = [str(squares), "--as-trained", "--augment", "0", "--image-size", "64", "--batch", "2", "--n", "4"]
    result = CliRunner().invoke(command, [*words, "--tile", "128", "--out", str(out), "--json"])
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
    split = read_split(find_real(squares), "train")
    config = TrainConfig(
        model=ModelConfig(image_size=64), batch=2, augment_recipe={"scale": {"share": 1, "factor": [0.3, 0.3]}}  # type: ignore[arg-type]
    )  # fmt: skip
    shown = first_views(task_named("detection"), split, config, 2)
    assert all((one.image_rgb == PAD_VALUE).all(axis=2).mean() > 0.85 for one in shown)
    sheet = fed_sheet(shown, 64)
    assert (sheet == PAD_VALUE).all(axis=2).mean() > 0.4


def test_what_is_no_dataset_needs_a_file_and_training_options_need_the_flag(squares: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(command, [str(squares), "--as-trained"])
    assert isinstance(result.exception, UsageError) and "--out" in str(result.exception)
    result = CliRunner().invoke(command, [str(squares), "--image-size", "64"])
    assert isinstance(result.exception, UsageError) and "--image-size is for --as-trained" in str(result.exception)
    result = CliRunner().invoke(
        command, [str(squares), "--as-trained", "--augment-recipe", "lihgt", "--out", str(tmp_path / "x.png")]
    )
    assert "did you mean 'light'" in str(result.exception)


def test_classes_are_named_with_their_probabilities() -> None:
    names = ("apple", "pear", "plum")
    assert _class_text([0.0, 1.0, 0.0], names) == "pear 1.00"
    assert _class_text([0.3, 0.68, 0.02], names) == "pear 0.68, apple 0.30"
