"""What a new user types first: from scratch, few steps, few images, huge seeds."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

import torch
from click.testing import CliRunner

from synthvis.cli import cli, main
from synthvis.cli.train.command import command
from synthvis.conventions import MAX_SEED
from synthvis.errors import UsageError
from synthvis.train.config import ModelConfig, TrainConfig
from synthvis.train.engine.loop import TrainingJob, network_of
from synthvis.train.engine.training_job import settled_job
from synthvis.train.run import Request, unmeasured
from synthvis.train.sets import resolve_splits
from synthvis.train.settings import config_from

pytestmark = pytest.mark.train

SMALL = ModelConfig(input_size=64, head_channels=32, head_convs=1)


def dry_run(folder: Path, *words: str) -> dict[str, Any]:
    options = ["--data", str(folder), "--device", "cpu", "--dry-run", "--json", *words]
    result = CliRunner().invoke(command, options, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    plan: dict[str, Any] = json.loads(result.stdout)
    return plan


def test_weights_none_begins_at_random_and_all_of_it_learns(squares: Path, tmp_path: Path) -> None:
    plan = dry_run(squares, "--weights", "none", "--out", str(tmp_path / "run"))
    config = plan["config"]
    assert (config["pretrained"], config["trainable_stages"], config["backbone_lr_factor"]) == (False, 8, 1.0)
    assert config["batchnorm"] == "learn" and "untrained backbone" in plan["chosen"]
    train, _, _ = resolve_splits(str(squares), ())

    def network(**changes: object) -> Any:
        config = TrainConfig(model=SMALL, device="cpu", steps=2, **changes)
        settled, _ = settled_job(TrainingJob(config=config, data=train, run_dir=tmp_path))
        return network_of(settled), settled

    (fresh, settled), (trained, _) = network(pretrained=False), network()
    name = "conv_stem.weight"
    random, imagenet = fresh.body.state_dict()[name], trained.body.state_dict()[name]
    assert not torch.equal(random, imagenet)
    assert all(parameter.requires_grad for parameter in fresh.body.parameters())
    assert settled.facts.weights == "none"


@pytest.mark.parametrize("words", [("--transfer", "linear"), ("--trainable-stages", "1"), ("--init-from", "runs/x")])
def test_weights_none_with_what_contradicts_it_is_refused(squares: Path, words: tuple[str, ...]) -> None:
    with pytest.raises(UsageError, match=r"weights none|untrained backbone"):
        dry_run(squares, "--weights", "none", *words)


@pytest.mark.parametrize(("steps", "warmup"), [(20, 5), (100, 25), (199, 49), (200, 50), (600, 50), (1, 0)])
def test_the_default_warm_up_leaves_three_quarters_of_a_short_run(steps: int, warmup: int) -> None:
    assert config_from({"steps": steps, "device": "cpu"}).warmup_steps == warmup


@pytest.mark.parametrize("warmup", [20, 50])
def test_a_warm_up_as_long_as_the_run_is_refused(warmup: int) -> None:
    with pytest.raises(UsageError, match=f"--warmup {warmup} with --steps 20"):
        config_from({"steps": 20, "warmup": warmup, "device": "cpu"})
    assert config_from({"steps": 21, "warmup": 20, "device": "cpu"}).warmup == 20


def test_renders_without_val_are_told_before_the_training(squares: Path, tmp_path: Path) -> None:
    train, val, _ = resolve_splits(str(squares), ())
    request = Request(config=TrainConfig(), train=train, own_val=None, real=(), run_dir=tmp_path)
    # A set of photographs without val is nothing that a render could mend.
    assert unmeasured(request) is None
    rendered = replace(request, train=replace(train, kind="synthetic"))
    said = unmeasured(rendered)
    assert said is not None and "no val split (4 images in train)" in said and "split.val_every" in said
    assert "no --eval-on either" in said
    assert "its own val split" in str(unmeasured(replace(rendered, real=(val,))))
    assert unmeasured(replace(rendered, own_val=val)) is None


@pytest.mark.parametrize(
    "words",
    [
        ("train", "--dry-run"),
        ("render", "--dry-run"),
        ("bench", "render", "--dry-run"),
        ("scenes", "show", "banana"),
        ("gap", "a", "b"),
        ("fit-sensor", "a"),
        ("preview", "a", "--augmented"),
    ],
)
@pytest.mark.parametrize("seed", [str(2**63), "-1", "1.5", "9" * 5000])
def test_no_command_takes_a_seed_that_generators_do_not(words: tuple[str, ...], seed: str) -> None:
    result = CliRunner().invoke(cli, [*words, "--seed", seed])
    assert result.exit_code == 2
    assert "is no seed: a whole number from 0 to 9223372036854775807" in result.output.replace("\n", " ")
    assert len(result.output) < 1000


@pytest.mark.parametrize("seeds", [str(2**63), "9" * 5000, "1,-1"])
def test_seeds_of_a_study_have_the_same_bounds(
    seeds: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["synthvis", "study", "--data", "a", "--real", "b", "--seeds", seeds])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr().err
    assert ended.value.code == 2 and "--seeds" in said and len(said) < 500


def test_the_largest_seed_draws_and_trains() -> None:
    assert torch.manual_seed(config_from({"seed": MAX_SEED, "device": "cpu"}).seed).initial_seed() == MAX_SEED
    with pytest.raises(UsageError, match="--seed 9223372036854775808"):
        config_from({"seed": MAX_SEED + 1, "device": "cpu"})
