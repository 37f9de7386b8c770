from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from synthvis.cli import cli
from synthvis.data.benchmarks.known_sets import ROOMS
from synthvis.errors import UsageError

PIPELINE = """\
name: small
description: A test.
recipe: fruit
render: {n: 6, seed: 3}
train: {steps: 2, batch: 2}
eval_on: [fruit]
"""


@pytest.fixture
def pipeline(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "small.yaml"
    path.write_text(PIPELINE)
    return path


@pytest.mark.train
def test_a_dry_run_tells_the_steps_and_writes_nothing(pipeline):
    result = CliRunner().invoke(cli, ["run", str(pipeline), "--dry-run"], catch_exceptions=False)
    assert result.exit_code == 0
    assert "6 images to make, 0 there, into data/small" in result.stdout
    assert "2 steps of 2 images" in result.stdout
    assert "fruit (real)" in result.stdout
    assert os.listdir() == ["small.yaml"]


@pytest.mark.train
def test_a_dry_run_as_json_follows_the_overrides(pipeline):
    arguments = ["run", str(pipeline), "--set", "render.n=9", "--set", "train.steps=5", "--dry-run", "--json"]
    facts = json.loads(CliRunner().invoke(cli, arguments, catch_exceptions=False).stdout)
    assert facts["render"].startswith("9 images")
    assert facts["train"].startswith("5 steps")


@pytest.mark.train
@pytest.mark.parametrize("override", ["render.nn=3", "train.stepz=3", "train.steps=0"])
def test_typos_are_refused_before_any_work(pipeline, override):
    with pytest.raises(UsageError):
        CliRunner().invoke(cli, ["run", str(pipeline), "--set", override], catch_exceptions=False)
    assert os.listdir() == ["small.yaml"]


def run_smoke(folder, *more):
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": "", "NO_COLOR": "1"}
    environment.pop("SYNTHVIS_REAL", None)
    words = [sys.executable, "-m", "synthvis", "run", "pipelines/smoke.yaml", "--json", *more]
    environment["XDG_CACHE_HOME"] = str(folder / "cache")
    return subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, timeout=230, check=False)


@pytest.mark.slow
@pytest.mark.blender
@pytest.mark.train
@pytest.mark.timeout(300)
def test_the_smoke_pipeline_runs_end_to_end_and_only_once(tmp_path):
    small = ["--set", "render.n=8", "--set", "train.steps=4", "--set", "train.warmup=1"]
    first = run_smoke(tmp_path, *small)
    assert first.returncode == 0, first.stderr
    facts = json.loads(first.stdout)
    assert [step["step"] for step in facts["steps"]] == ["render", "check", "train", "evaluate", "report"]
    # The photographs of `rooms` are a package, which may be absent.
    assert [one["evaluation"]["set"] for one in facts["gap"]["real"]] == (["rooms"] if ROOMS.installed_folder() else [])
    page = (tmp_path / facts["report"]).read_text(encoding="utf-8")
    assert "not measured" in page
    assert "What the detector was shown" in page

    again = run_smoke(tmp_path, *small)
    assert again.returncode == 0, again.stderr
    messages = {step["step"]: step["message"] for step in json.loads(again.stdout)["steps"]}
    assert all(messages[step].startswith("up to date") for step in ("render", "check", "train", "evaluate"))
