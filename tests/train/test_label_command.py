"""`synthvis label` and `Run.label`: what is written is read back, whatever the task and the format."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch")

import torch
from click.testing import CliRunner
from coloured_squares import COLOURS, SIZE, Says, SeesColours, predictor_with, square_picture, write_pictures
from pycocotools.coco import COCO

import synthvis as sv
from synthvis.api.labelling import LabelRequest
from synthvis.api.predicting import NetworkChoice
from synthvis.cli import cli
from synthvis.formats.images import read_image_rgb, write_jpeg
from synthvis.inference.first_labels import format_of_labels
from synthvis.inference.inputs import PictureFile, find_inputs
from synthvis.inference.predictor import Predictor
from synthvis.inference.threshold import ScoreThreshold
from synthvis.train.registry import description_of

pytestmark = pytest.mark.train


class MadeChoice(NetworkChoice):
    """A network that is there without a run."""

    made: Predictor

    @property
    def digest(self) -> str:
        return "0" * 64

    def load(self, device: str = "auto") -> Predictor:
        return self.made


def label(task: str, predictor: Predictor, photos: Path, out: Path, form: str | None = None) -> Any:
    description = description_of(task)
    choice = MadeChoice(run=Path("made"), task=description, threshold=ScoreThreshold(score=0.0, why=""))
    object.__setattr__(choice, "made", predictor)
    pictures = tuple(one for one in find_inputs([str(photos)]) if isinstance(one, PictureFile))
    request = LabelRequest(
        network=choice, pictures=pictures, out=out, format=format_of_labels(description, form), split="train"
    )
    return request.carry_out("cpu")


@pytest.mark.parametrize("form", [None, "yolo", "voc"])
def test_boxes_are_read_back_where_they_were_found(tmp_path: Path, form: str | None) -> None:
    write_pictures(tmp_path / "photos", 4)
    made = label("detection", predictor_with(SeesColours()), tmp_path / "photos", tmp_path / "out", form)
    split = made.dataset["train"]
    assert (split.kind, len(split), made.upright, made.failed) == ("real", 4, 0, ())
    for sample in split:
        number = int(sample.path.stem)
        expected = [(list(COLOURS)[name], box) for name, box in square_picture(number)[1]]
        assert [one.class_name for one in sample.objects] == [name for name, _ in expected]
        for one, (_, box) in zip(sample.objects, expected, strict=True):
            assert one.bbox_xywh_px == pytest.approx(box, abs=4)


class SaysHalves(Says):
    """Each object is the left half of its box."""

    def forward(self, images: torch.Tensor) -> list[dict[str, torch.Tensor]]:
        found = super().forward(images)
        for one in found:
            one["masks"] = torch.zeros((len(one["boxes"]), 1, 28, 28))
            one["masks"][..., :14] = 1
        return found


def test_masks_become_polygons_that_pycocotools_fills(tmp_path: Path) -> None:
    write_pictures(tmp_path / "photos", 1)
    predictor = predictor_with(SaysHalves([(16, 6, 48, 40)], [0], [0.9]), task="instances")
    label("instances", predictor, tmp_path / "photos", tmp_path / "out")
    coco = COCO(str(tmp_path / "out" / "annotations" / "instances_train.json"))
    [entry] = coco.dataset["annotations"]
    assert isinstance(entry["segmentation"], list) and "score" not in entry
    expected = np.zeros((90, 120), bool)
    expected[11:75, 30:60] = True
    mask = coco.annToMask(entry).astype(bool)
    assert (mask & expected).sum() / (mask | expected).sum() > 0.9
    assert sv.open_dataset(tmp_path / "out")["train"][0].masks is not None


class SaysPoints(torch.nn.Module):
    """A Keypoint R-CNN that finds one object with two keypoints."""

    def forward(self, images: torch.Tensor) -> list[dict[str, torch.Tensor]]:
        one = {
            "boxes": torch.tensor([[16.0, 8, 48, 40]]), "labels": torch.tensor([0]), "scores": torch.tensor([0.9]),
            "keypoints": torch.tensor([[[16.0, 24, 1], [32, 8, 1]]]), "keypoints_scores": torch.tensor([[9.0, 9]]),
        }  # fmt: skip
        return [one for _ in images]


@pytest.mark.parametrize("form", [None, "yolo-pose"])
def test_keypoints_are_read_back(tmp_path: Path, form: str | None) -> None:
    write_pictures(tmp_path / "photos", 1)
    predictor = predictor_with(SaysPoints(), task="keypoints", classes=("cup/handle", "cup/rim"))
    label("keypoints", predictor, tmp_path / "photos", tmp_path / "out", form)
    split = sv.open_dataset(tmp_path / "out", task="keypoints")["train"]
    [one] = split[0].objects
    # A pixel of the square of 64 is 120 / 64 of the picture.
    assert one.class_name == "cup" and split.keypoints["cup"].names == ("handle", "rim")
    assert np.array(one.keypoints_xyv_px) == pytest.approx(np.array([[30, 45, 2], [60, 15, 2]]), abs=0.1)


class SaysLeft(torch.nn.Module):
    """Class 0 in the left half, class 1 in the right; as a classifier, class 1."""

    def __init__(self, for_pixels: bool) -> None:
        super().__init__()
        self._for_pixels = for_pixels

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        maps = torch.zeros((len(images), 2, SIZE, SIZE))
        maps[:, 0, :, : SIZE // 2], maps[:, 1, :, SIZE // 2 :] = 1, 1
        return maps if self._for_pixels else torch.tensor([[0.0, 1.0]]).expand(len(images), -1)


def test_classes_of_pixels_and_of_pictures(tmp_path: Path) -> None:
    write_pictures(tmp_path / "photos", 2)
    label("semantic", predictor_with(SaysLeft(True), task="semantic"), tmp_path / "photos", tmp_path / "maps")
    values = sv.open_dataset(tmp_path / "maps", format="masks")["train"][0].maps["class"].read_pixels()
    assert values.shape == (90, 120) and (values[:, :58] == 0).all() and (values[:, 62:] == 1).all()
    label("classification", predictor_with(SaysLeft(False), task="classification"), tmp_path / "photos", tmp_path / "f")
    assert {one.class_name for one in sv.open_dataset(tmp_path / "f", format="imagefolder")["train"]} == {"blue"}


def test_a_picture_on_its_side_is_copied_upright_and_its_labels_are_those_of_the_copy(tmp_path: Path) -> None:
    upright = np.full((120, 90, 3), 127, np.uint8)
    upright[20:40, 10:30] = COLOURS["red"]
    path = tmp_path / "photos" / "phone.jpg"
    write_jpeg(path, np.ascontiguousarray(np.rot90(upright)), 95)
    segment = b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<HHHII", 1, 0x0112, 3, 1, 6) + b"\0\0\0\0"
    stored = path.read_bytes()
    path.write_bytes(stored[:2] + b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + stored[2:])
    before = path.read_bytes()
    made = label("detection", predictor_with(SeesColours()), tmp_path / "photos", tmp_path / "out")
    assert made.upright == 1 and path.read_bytes() == before
    [sample] = made.dataset["train"]
    assert sample.image.shape == (120, 90, 3)
    assert np.abs(sample.image.astype(int) - read_image_rgb(path)).max() < 30
    assert sample.objects[0].bbox_xywh_px == pytest.approx((10, 20, 20, 20), abs=4)


def test_the_command_refuses_before_it_predicts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_pictures(tmp_path / "photos", 1)
    run = tmp_path / "run"
    run.mkdir()
    sidecar = {"task": "depth", "model": {}, "classes": []}
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "corrected.txt").touch()
    (tmp_path / "clip.mp4").touch()
    for task, words, said in (
        ("depth", ("photos",), "is nothing that people correct"),
        ("detection", ("photos", "--format", "masks"), "masks holds no boxes"),
        ("detection", ("photos", "--format", "voc-seg"), "nothing can be exported"),
        ("detection", ("photos", "--format", "yollo"), "no data format 'yollo'"),
        ("detection", ("photos", "--out", "taken"), "is not empty"),
        ("detection", ("clip.mp4",), "clip.mp4 is no picture"),
        ("detection", ("photos", "--split", "a/b"), "no folder can be called so"),
        ("classification", ("photos", "--format", "coco"), "coco holds no classes of pictures"),
    ):
        (run / "best.json").write_text(json.dumps({**sidecar, "task": task}))
        done = CliRunner().invoke(cli, ["label", *words, "--run", "run"])
        assert said in f"{done.exception} {done.output}", words
    (run / "best.json").write_text(json.dumps({**sidecar, "task": "detection"}))
    plan = CliRunner().invoke(cli, ["label", "photos", "--run", "run", "--dry-run", "--json"])
    assert json.loads(plan.stdout)["format"] == "coco" and not (tmp_path / "labels").exists()
