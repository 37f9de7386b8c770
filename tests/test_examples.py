"""The scripts of examples/ run with small settings, from another folder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from fake_dataset import write_fake_dataset

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"


def output_of(folder: Path, name: str, *words: str) -> str:
    command = [sys.executable, str(EXAMPLES / name), *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_examples_are_short() -> None:
    scripts = sorted(EXAMPLES.glob("*.py"))
    assert len(scripts) == 8
    assert [path.name for path in scripts if path.read_text().count("\n") > 30] == []


def test_two_recipes_are_compared(tmp_path: Path) -> None:
    for folder in ("first", "second", "real"):
        write_fake_dataset(tmp_path / folder)
    said = output_of(tmp_path, "compare_two_recipes.py", "./first:train", "./second:train", "./real:val")
    assert said.count("bits on average") == 2
    # They are alike to the last pixel.
    assert said.splitlines()[-1] == "nearer to ./real:val: ./first:train"


@pytest.mark.blender
@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "words", "made"),
    [
        ("render_and_look.py", ("--n", "2", "--width", "96", "--out", "data/look"), "data/look/dataset.json"),
        ("own_object.py", ("--n", "1", "--out", "data/pyramid"), "data/pyramid/dataset.json"),
        ("own_object_type.py", ("--n", "1"), "data/crates/dataset.json"),
        ("own_scene.py", ("--n", "1"), "data/side_table/dataset.json"),
    ],
)
def test_datasets_are_rendered(tmp_path: Path, name: str, words: tuple[str, ...], made: str) -> None:
    output_of(tmp_path, name, *words)
    assert (tmp_path / made).is_file()


@pytest.mark.train
@pytest.mark.slow
def test_a_detector_is_trained_reported_and_used(tmp_path: Path) -> None:
    write_fake_dataset(tmp_path / "made")
    said = output_of(tmp_path, "train_and_measure.py", "./made", "--steps", "2", "--input-size", "64")
    assert said.splitlines()[-1].endswith("report.html")
    said = output_of(tmp_path, "predict.py", "runs/example", "made/images/val", "--score", "0")
    assert said.splitlines()[-1] == "predictions/val/drawn" and "made/images/val/" in said
