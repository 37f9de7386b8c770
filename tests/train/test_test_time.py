"""Test-time views of pictures and maps, by networks whose answers can be worked out by hand."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch")

import torch
from click.testing import CliRunner

from synthvis.cli.evaluate import command
from synthvis.formats.arrays import encode_normals
from synthvis.formats.depth import PNG_1MM
from synthvis.formats.images import write_png
from synthvis.metrics.training_facts import TrainingFacts
from synthvis.train.classification.network import Classifier
from synthvis.train.classification.predict import classify
from synthvis.train.config import ModelConfig
from synthvis.train.dense.predict import predicted_maps
from synthvis.train.engine.checkpoint import save_trained
from synthvis.train.normals.task import RULES as NORMAL_RULES
from synthvis.train.picture import Picture
from synthvis.train.registry import task_named
from synthvis.train.trained import Trained

pytestmark = pytest.mark.train

CPU = torch.device("cpu")
SIDE = 64


class Halves(torch.nn.Module):
    """Scores of two classes: how bright the left and the right half of a picture are."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        red = images[:, 0].float() / 50
        return torch.stack([red[..., : SIDE // 2].mean(dim=(1, 2)), red[..., SIDE // 2 :].mean(dim=(1, 2))], dim=1)


def test_probabilities_of_the_mirror_and_of_crops_are_averaged() -> None:
    """The same as those of pictures that were mirrored or cut before."""
    pixels = np.zeros((SIDE, SIDE, 3), np.uint8)
    pixels[:20, :10], pixels[40:, 30:] = 250, 180
    # Two windows of L px that overlap by a quarter: 64 = 2 L - L / 4, L = 36.6; they begin at 0 and 27.
    cuts = [pixels[top : top + 37, left : left + 37] for top in (0, 27) for left in (0, 27)]
    others = {"flip": [pixels[:, ::-1]], "crops": cuts}

    def answers(images: list[np.ndarray], tta: Any = None) -> np.ndarray:
        trained = Trained(
            task="classification", network=Halves(), model=ModelConfig(input_size=SIDE), classes=("left", "right"),
            facts=TrainingFacts(), tta=tta,
        )  # fmt: skip
        return np.stack([one.probabilities for one in classify(trained, list(map(picture, images)), CPU)])

    plain = answers([pixels])
    for kind, views in others.items():
        expected = np.concatenate([plain, answers(views)]).mean(axis=0)
        found = answers([pixels, pixels], tta=kind)
        np.testing.assert_allclose(found, [expected, expected], atol=1e-12)
        assert abs(found - plain).max() > 0.01
    assert answers([pixels], tta="flip") == pytest.approx(np.array([[0.5, 0.5]]))


def picture(pixels: np.ndarray) -> Picture:
    return Picture(pixels=np.ascontiguousarray(pixels))


def maps_folder(root: Path) -> Path:
    """Two grey pictures; everything is 2 m away and faces up by 45 degrees."""
    normals = np.zeros((SIDE, SIDE, 3), np.float32)
    normals[..., 1] = normals[..., 2] = -math.sqrt(0.5)
    for number in (1, 2):
        write_png(root / "images" / "val" / f"{number}.png", np.full((SIDE, SIDE, 3), 90 * number, np.uint8))
        write_png(root / "labels" / "val" / f"{number}.png", np.zeros((SIDE, SIDE), np.uint8))
        write_png(root / "depth" / "val" / f"{number}.png", PNG_1MM.encode(np.full((SIDE, SIDE), 2.0, np.float32)))
        write_png(root / "normals" / "val" / f"{number}.png", encode_normals(normals))
    (root / "classes.txt").write_text("wall\nfloor\n")
    return root


class Answer(torch.nn.Module):
    """Answers one vector in the left half and another in the right."""

    def __init__(self, left: tuple[float, ...], right: tuple[float, ...]) -> None:
        super().__init__()
        self.sides = torch.tensor([left, right])

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        row = self.sides.repeat_interleave(SIDE // 2, dim=0).T[None, :, None]
        return row.expand(len(images), -1, SIDE, SIDE)


CASES = [
    # 1 m and 3 m are half of 2 m off; their mean is right.
    ("depth", Answer((1.0,), (3.0,)), 0.5, 0.0),
    # What is turned to the right by mistake is turned to the left in the mirror.
    ("normals", Answer((0.6, 0, -0.8), (0.6, 0, -0.8)), math.degrees(math.acos(0.8 * math.sqrt(0.5))), 45.0),
    # Odds of e^2 for the wall and of e against it. The mean of probabilities, (0.881 + 0.269) / 2, is for the wall; the
    # floor, which is nowhere, stands in half of the answers without the mirror.
    ("semantic", Answer((2.0, 0.0), (0.0, 1.0)), 0.25, 1.0),
]


@pytest.mark.parametrize(("task", "network", "plain", "flipped"), CASES, ids=[case[0] for case in CASES])
def test_maps_are_averaged_with_those_of_the_mirror(
    task: str, network: torch.nn.Module, plain: float, flipped: float, tmp_path: Path
) -> None:
    chosen = task_named(task)
    split = chosen.description.read(chosen.description.find(maps_folder(tmp_path)), "val")
    for tta, expected in ((None, plain), ("flip", flipped)):
        trained = Trained(
            task=task,
            network=network,
            model=ModelConfig(input_size=SIDE),
            classes=("wall", "floor"),
            facts=TrainingFacts(),
            tta=tta,
        )
        evaluation, _ = chosen.evaluate(trained, split, CPU, resamples=0)
        # 8 bits of a normal are a third of a degree.
        assert evaluation.metrics[chosen.description.headline].value == pytest.approx(
            expected, abs=0.4 * (task == "normals")
        )
        assert evaluation.tta == tta


class Slopes(torch.nn.Module):
    """Answers how red grows to the right, and two numbers that do not know left from right."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        red = torch.nn.functional.pad(images[:, 0].float(), (1, 1), value=127.0)
        slope = red[..., 2:] - red[..., :-2]
        return torch.stack([slope, images[:, 1].float(), images[:, 2].float()], dim=1)


def test_what_a_mirror_does_not_change_comes_back_as_it_was() -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (SIDE, SIDE, 3)).astype(np.uint8)
    plain, both = (
        next(predicted_maps(Slopes(), [picture(pixels)], SIDE, CPU, mirrored=mirrored))
        for mirrored in (None, NORMAL_RULES.mirrored)
    )
    torch.testing.assert_close(both, plain)
    assert plain[0].abs().max() > 100


def test_the_command_takes_it_for_classes(tmp_path: Path) -> None:
    for kind in ("red", "blue"):
        colour = (220, 30, 30) if kind == "red" else (30, 30, 220)
        for number in range(2):
            pixels = np.full((SIDE, SIDE, 3), 127, np.uint8)
            pixels[10 : 30 + number, 4:30] = colour
            write_png(tmp_path / "photos" / kind / f"{number}.png", pixels)
    model, classes = ModelConfig(input_size=SIDE, head_channels=32), ("red", "blue")
    weights = Classifier(model, 2).state_dict()
    path = tmp_path / "run" / "best.safetensors"
    save_trained(path, weights, task="classification", model=model, classes=classes, facts=TrainingFacts())
    words = [
        str(tmp_path / "run"),
        "--eval-on",
        str(tmp_path / "photos"),
        "--split",
        "all",
        "--device",
        "cpu",
        "--json",
    ]
    rows = []
    for tta in ([], ["--tta", "flip"]):
        result = CliRunner().invoke(command, [*words, *tta])
        assert result.exit_code == 0, result.output
        folder = tmp_path / "run" / ("tta-flip" if tta else "")
        [evaluation] = [json.loads(file.read_bytes()) for file in folder.glob("eval_*.json")]
        assert evaluation["tta"] == ("flip" if tta else None)
        [file] = folder.glob("predictions_*.json")
        rows.append(json.loads(file.read_bytes()))
    assert [row["file"] for row in rows[0]] == [row["file"] for row in rows[1]] and rows[0] != rows[1]
