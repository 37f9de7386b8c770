"""A task, a metric and a data format from outside the package: seen wherever those of synthvis are."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner
from installed_toy import TOY_PACKAGE, forget_toy_package, install_toy_package
from labelled_squares import write_labelled_squares

import synthvis as sv
from synthvis.cli import COMPLETE_VARIABLE, cli
from synthvis.errors import UsageError
from synthvis.metrics.registry import metric_named
from synthvis.report.build import write_report
from synthvis.train.registry import description_of, tasks

PAGE = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "extending.md"


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    install_toy_package(tmp_path / "site", monkeypatch)
    yield
    monkeypatch.undo()
    forget_toy_package()


@pytest.fixture
def squares(tmp_path: Path) -> Path:
    """Four pictures of two squares each, train and val."""
    (tmp_path / "squares").mkdir()
    return write_labelled_squares(tmp_path / "squares")


def test_without_the_package_nothing_is_known_of_it() -> None:
    assert "counting" not in tasks()
    with pytest.raises(UsageError, match="no task 'counting'"):
        description_of("counting")
    assert metric_named("count_error").title == "count_error"
    with pytest.raises(UsageError, match="no data format 'box-csv'"):
        sv.open_dataset("anywhere", format="box-csv")


def test_a_set_is_exported_to_the_form_and_read_back(installed: None, squares: Path, tmp_path: Path) -> None:
    source = sv.open_dataset(squares)
    copy = source.export("box-csv", tmp_path / "copy")
    assert copy.splits == ("train", "val")
    for name in copy.splits:
        for sample, other in zip(source[name], copy[name], strict=True):
            assert np.array_equal(sample.image, other.image)
            assert [one.bbox_xywh_px for one in sample.objects] == [one.bbox_xywh_px for one in other.objects]
            assert [one.class_name for one in sample.objects] == [one.class_name for one in other.objects]
    found = sv.open_dataset(tmp_path / "copy")
    assert found.format.name == sv.open_dataset(tmp_path / "copy:val", format="box-csv").format.name == "box-csv"
    with pytest.raises(UsageError, match=r"nothing can be exported") as refused:
        source.export("depth-maps", tmp_path / "other")
    assert "box-csv" in str(refused.value.hint) and "coco" in str(refused.value.hint)


def test_help_completion_and_slips_know_the_task(installed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    text = " ".join(CliRunner().invoke(cli, ["train", "--help"]).output.split())
    assert "counting (the number of objects)" in text
    monkeypatch.setenv(COMPLETE_VARIABLE, "bash_complete")
    complete = ShellComplete(cli, {}, "synthvis", COMPLETE_VARIABLE)
    assert "counting" in [item.value for item in complete.get_completions(["train", "--task"], "cou")]
    archs = complete.get_completions(["train", "--task", "counting", "--arch"], "")
    assert [item.value for item in archs] == ["auto", "two-convolutions"]
    slip = CliRunner().invoke(cli, ["train", "--task", "countin", "--data", "."])
    assert slip.exit_code != 0
    program = (
        "import sys; from synthvis.train.registry import tasks; print('counting' in tasks(), 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "False"]


@pytest.mark.train
def test_the_task_is_trained_measured_and_reported(installed: None, squares: Path, tmp_path: Path) -> None:
    sv.open_dataset(squares).export("box-csv", tmp_path / "squares-csv")
    run = sv.train(
        tmp_path / "squares-csv", task="counting", out=tmp_path / "run", weights="none", steps=5, batch=2,
        input_size=64, device="cpu", precision="fp32", workers=0, warmup=0,
    )  # fmt: skip
    content = json.loads((tmp_path / "run" / "eval_squares-csv.json").read_text())
    rows = json.loads((tmp_path / "run" / "predictions_squares-csv.json").read_text())
    errors = [row["metrics"]["count_error"] for row in rows]
    measured = content["metrics"]["count_error"]
    assert measured["value"] == pytest.approx(np.mean(errors), abs=1e-6)
    assert min(errors) <= measured["low"] <= measured["value"] <= measured["high"] <= max(errors)
    assert content["task"] == "counting" and content["counts"] == {"objects": 8}
    page = re.sub(r"\s+", " ", write_report(tmp_path / "run").read_text())
    assert "the predicted and the true number of objects. Lower is better." in page
    assert f"{measured['value']:.3f}" in page
    again = run.evaluate(squares / "annotations" / "instances_val.json")
    assert again.score.value == pytest.approx(measured["value"], abs=1e-6)
    found = list(run.predict(squares / "images" / "val", out=tmp_path / "found"))
    by_name = {Path(one.file).name: one.numbers["count"] for one in found}
    counts = {one.path.name: len(one.objects) for one in sv.open_dataset(squares)["val"]}
    off = [abs(by_name[name] - count) for name, count in counts.items()]
    assert np.mean(off) == pytest.approx(measured["value"], abs=1e-4)


def test_the_table_of_files_to_touch_counts_the_package() -> None:
    told = dict(re.findall(r"`(\w+\.py)` \((\d+) lines\)", PAGE.read_text()))
    modules = [path for path in (TOY_PACKAGE / "toy_package").glob("*.py") if path.name != "__init__.py"]
    counted = {path.name: sum(bool(line.strip()) for line in path.read_text().splitlines()) for path in modules}
    assert {name: int(lines) for name, lines in told.items()} == counted
    assert sum(" = " in line for line in (TOY_PACKAGE / "entry_points.txt").read_text().splitlines()) == 3
