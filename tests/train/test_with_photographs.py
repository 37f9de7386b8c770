"""`train --mix`: renders and photographs in one training, and never the photographs that are measured on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("torch")

from click.testing import CliRunner

from synthvis.cli.train.command import command
from synthvis.data.dataset import find_dataset
from synthvis.data.split import Split
from synthvis.errors import RealDataError, UsageError
from synthvis.train.config import TrainConfig
from synthvis.train.with_photographs import with_photographs

pytestmark = pytest.mark.train


@pytest.fixture
def renders(squares: Path, tmp_path: Path) -> Path:
    """The squares again, as renders that know one class more and call another by another name."""
    root = tmp_path / "renders"
    for split in ("train", "val"):
        (root / "images" / split).mkdir(parents=True)
        for path in (squares / "images" / split).iterdir():
            (root / "images" / split / path.name).write_bytes(path.read_bytes())
        content = json.loads((squares / "annotations" / f"instances_{split}.json").read_text())
        content["categories"] = [{"id": 1, "name": "Red_Square"}, {"id": 2, "name": "lamp"}]
        (root / "annotations").mkdir(exist_ok=True)
        (root / "annotations" / f"instances_{split}.json").write_text(json.dumps(content))
    (root / "dataset.json").write_text("{}")
    return root


def test_classes_are_those_of_the_renders_and_the_share_is_kept(squares: Path, renders: Path) -> None:
    ours = find_dataset(renders).read("train")
    both = with_photographs(ours, str(squares), 0.8, TrainConfig())
    assert both.class_names == ("Red_Square", "lamp")
    counts = {
        name: sum(box.class_name == name for image in both.images for box in image.objects) for name in both.class_names
    }
    # Four renders to sixteen photographs; a blue square is no class of the renders.
    assert len(both.images) == 20 and counts == {"Red_Square": 20, "lamp": 4}


def test_photographs_that_are_measured_on_are_not_learnt(squares: Path, renders: Path) -> None:
    ours, measured = find_dataset(renders).read("train"), find_dataset(squares).read("val")
    with pytest.raises(RealDataError, match="both trained on and measured on"):
        with_photographs(ours, f"{squares}:val", 0.5, TrainConfig(), measured=[measured])
    assert with_photographs(ours, str(squares), 0.5, TrainConfig(), measured=[measured]).label_count


def test_maps_cannot_be_mixed_yet(squares: Path) -> None:
    with pytest.raises(UsageError, match="sets of depth cannot be mixed"):
        with_photographs(
            Split(name="room", kind="synthetic", split="train", images=(), label_form="pixels"),
            str(squares),
            0.5,
            TrainConfig(task="depth"),
        )


def test_the_command_mixes_what_is_left_of_the_renders(squares: Path, renders: Path, tmp_path: Path) -> None:
    words = ["--data", str(renders), "--images", "2", "--mix", str(squares), "--eval-on", str(squares)]
    words += ["--device", "cpu", "--dry-run", "--json"]
    result = CliRunner().invoke(command, words, catch_exceptions=False)
    plan = json.loads(result.stdout)
    assert plan["train"] == f"renders+{squares.name}:train, 8 images, 12 boxes"
    assert plan["out"] == f"runs/renders+{squares.name}"


def test_a_share_without_photographs_is_a_slip(renders: Path) -> None:
    with pytest.raises(UsageError, match="--mix adds"):
        CliRunner().invoke(command, ["--data", str(renders), "--real-share", "0.2"], catch_exceptions=False)
