"""A whole study on coloured squares, with the real trainer, stopped in the middle."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

pytest.importorskip("torch")

from synthvis.api.studying import _study_settings
from synthvis.cli import cli
from synthvis.cli.shared.training_display import TrainingDisplay
from synthvis.cli.study import command as study
from synthvis.train import run as training_run
from synthvis.train.engine.loop import StepLog

pytestmark = pytest.mark.train

STEPS = 4
SMALL = ("input_size=96", "head_channels=32", "head_convs=1", "batch=2", "warmup=1", "trainable_stages=1", "workers=0")


@pytest.fixture
def sets(squares: Path, tmp_path: Path) -> tuple[Path, Path]:
    renders, photos = tmp_path / "renders", tmp_path / "photos"
    for folder in (renders, photos):
        shutil.copytree(squares, folder)
    (renders / "dataset.json").write_text("{}")
    return renders, photos


def command(sets: tuple[Path, Path], out: Path, *more: str) -> list[str]:
    words = ["study", "--data", str(sets[0]), "--real", str(sets[1]), "--out", str(out), "--steps", str(STEPS)]
    words += ["--seeds", "0", "--fractions", "100", "--device", "cpu", *more]
    return [*words, *(word for one in SMALL for word in ("--set", one))]


def steps_logged(out: Path) -> dict[str, list[int]]:
    paths = sorted((out / "runs").glob("*/metrics.jsonl"))
    return {
        path.parent.name.rpartition("-")[0]: [json.loads(line)["step"] for line in path.read_text().splitlines()]
        for path in paths
    }


@pytest.mark.slow
def test_a_study_that_is_stopped_goes_on_to_its_end(
    sets: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five trainings; the second is stopped in its middle, and the same command takes the other half of it."""
    out, taken = tmp_path / "study", []

    def on_step(display: TrainingDisplay, line: StepLog) -> None:
        taken.append(line.step)
        if len(taken) == STEPS + STEPS // 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(TrainingDisplay, "on_step", on_step)
    # Pictures of five learning curves are a third of the time, and tested elsewhere.
    monkeypatch.setattr(training_run, "draw_curves", lambda run_dir: None)
    stopped = CliRunner().invoke(cli, command(sets, out))
    assert isinstance(stopped.exception, KeyboardInterrupt) or stopped.exit_code
    assert "To resume:" in stopped.stderr
    before = {path: path.stat().st_mtime_ns for path in (out / "runs").glob("*/best.safetensors")}
    assert len(before) == 1

    result = CliRunner().invoke(cli, command(sets, out), catch_exceptions=False)
    assert result.exit_code == 0
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert len(taken) == 3 * STEPS + STEPS, "no step is taken twice: real, synthetic, mixed, and two halves"
    assert steps_logged(out) == {
        "mixed-4-seed0": [1, 2, 3, 4],
        "pretrain-seed0": [1, 2],
        "real-4-seed0": [1, 2, 3, 4],
        "synthetic-real-4-seed0": [1, 2],
        "synthetic-seed0": [1, 2, 3, 4],
    }
    assert "photos:val, 4 photographs" in result.stdout

    content = json.loads((out / "study.json").read_text())
    assert {row["state"] for row in content["trials"]} == {"done"}
    assert [row["steps"] for row in content["table"]] == [[4], [4], [2, 2], [4]]
    assert content["setup"]["classes"] == ["red square", "blue square"]
    assert content["gap"] is not None
    assert all(row["score"] is not None for row in content["table"])
    assert (out / "study.html").is_file()
    assert (out / "study.svg").is_file()
    assert not list(out.glob("runs/*/last.pt"))

    again = CliRunner().invoke(cli, command(sets, out, "--dry-run"), catch_exceptions=False)
    assert "0 of 5 runs to do" in again.stdout
    assert len(taken) == 4 * STEPS


def test_a_dry_run_times_a_few_steps_and_leaves_nothing(sets: tuple[Path, Path], tmp_path: Path) -> None:
    words = command(sets, tmp_path / "study", "--regimes", "synthetic", "--dry-run", "--json")
    facts = json.loads(CliRunner().invoke(cli, words, catch_exceptions=False).stdout)
    assert [row["name"] for row in facts["runs"]] == ["synthetic-seed0"]
    assert facts["runs_left"] == 1
    assert facts["minutes_of_training"] >= 0
    assert "steps just now" in facts["measured_on"]
    assert not (tmp_path / "study").exists()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--regimes", "reel"), "no such regime"),
        (("--seeds", "a"), "numbers with commas"),
        (("--shard", "2"), "is not a shard; write it as I/N"),
        (("--shard", "3/2"), "shards count from"),
        (("--ablate", "lightning"), "did you mean 'lighting'"),
        (("--set", "steps=3"), "expected KEY=VALUE of another setting"),
        (("--set", "bach=3"), "did you mean 'batch'"),
        (("--eval-on", "NOWHERE:train"), "no set called"),
    ],
)
def test_wrong_options_are_named_before_a_minute_is_spent(
    sets: tuple[Path, Path], tmp_path: Path, more: tuple[str, ...], said: str
) -> None:
    result = CliRunner().invoke(cli, command(sets, tmp_path / "study", *more))
    assert said in f"{result.output} {result.exception}"
    assert result.exit_code != 0
    assert not (tmp_path / "study").exists()


def test_what_is_measured_on_is_never_trained_on(sets: tuple[Path, Path], tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, command(sets, tmp_path / "study", "--eval-on", f"{sets[1]}:train"))
    assert "both trained on and measured on" in str(result.exception)


@pytest.mark.parametrize(("more", "expected"), [((), "partial"), (("--set", "transfer=full"), "full")])
def test_all_arms_learn_the_same_part_of_the_backbone(more: tuple[str, ...], expected: str) -> None:
    """The trainer's own choice depends on the number of photographs, which differs between regimes."""
    options = study.command.make_context("study", ["--data", "a", "--real", "b", *more]).params
    settings = _study_settings(study._settings(options["overrides"]), options["weights"])
    assert settings["transfer"] == expected
