"""Precision and threads of a run: timed once at its start, kept, and without a trace in what is learnt."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("torch")

import torch

from synthvis.data.dataset import find_dataset
from synthvis.data.split import Split
from synthvis.errors import DatasetError
from synthvis.study.arithmetic import StudyArithmetic, StudyArithmeticFile, arithmetic_of_run
from synthvis.study.jobs import Data, Job
from synthvis.study.training import InProcess
from synthvis.train.config import STEPS_WORTH_TIMING, ModelConfig, TrainConfig
from synthvis.train.engine import arithmetic
from synthvis.train.engine.arithmetic import Arithmetic, candidates, choose, time_candidates, with_arithmetic
from synthvis.train.engine.checkpoint import resume_state
from synthvis.train.engine.loop import StepLog, TrainingJob, network_of, train_network
from synthvis.train.engine.run_state import RunState
from synthvis.train.engine.training_job import settled_job

pytestmark = pytest.mark.train

SMALL = ModelConfig(input_size=64, head_channels=32, head_convs=1)
ALL = candidates(TrainConfig(), 4, bf16=True)


def config(**changes: object) -> TrainConfig:
    fields = {"model": SMALL, "steps": STEPS_WORTH_TIMING, "batch": 2, "trainable_stages": 1, "device": "cpu"}
    return TrainConfig(**{**fields, **changes})


@pytest.fixture(scope="module")
def split(squares: Path) -> Split:
    return find_dataset(squares).read("train")


def on_a_machine(seconds: dict[tuple[str, int], Callable[[int], float]]) -> tuple[list, list[Arithmetic]]:
    """What is timed where the n-th step of a candidate takes so long, and the steps that it took."""
    taken: list[Arithmetic] = []

    def step(one: Arithmetic) -> float:
        taken.append(one)
        return seconds[one.precision, one.threads](taken.count(one))

    return time_candidates(step, ALL), taken


@pytest.mark.parametrize(
    ("steps_s", "best", "why"),
    [
        ((0.30, 0.19, 0.27, 0.15), ("bf16", 4), "a quiet machine"),
        ((0.55, 1.20, 0.50, 3.00), ("fp32", 1), "a busy one: bf16 is hardly faster"),
        ((0.55, 1.20, 0.40, 3.00), ("bf16", 1), "a busy one with fast bf16"),
        ((0.30, 0.29, 0.90, 0.90), ("fp32", 1), "threads bring nothing"),
    ],
)
def test_the_fastest_is_taken_and_of_equals_the_plainest(
    steps_s: tuple[float, ...], best: tuple[str, int], why: str
) -> None:
    names = [(one.precision, one.threads) for one in ALL]
    timed, _ = on_a_machine({name: lambda _, s=s: s for name, s in zip(names, steps_s, strict=True)})
    chosen = choose(timed).arithmetic
    assert (chosen.precision, chosen.threads) == best, why


def test_a_candidate_that_stands_still_costs_one_step_and_one_that_meets_a_burst_is_kept() -> None:
    burst = {1: 0.8, 2: 9.0}
    timed, taken = on_a_machine(
        {
            ("fp32", 1): lambda n: burst.get(n, 0.3),
            ("fp32", 4): lambda _: 10.0,
            ("bf16", 1): lambda _: 0.5,
            ("bf16", 4): lambda _: 100.0,
        }
    )
    counts = {(one.precision, one.threads): taken.count(one) for one in ALL}
    # In bf16 threads wait by spinning: what is hopeless in fp32 is not tried there.
    assert counts == {("fp32", 1): 5, ("fp32", 4): 1, ("bf16", 1): 5, ("bf16", 4): 0}
    assert choose(timed).arithmetic == Arithmetic(precision="fp32", threads=1)


def test_what_is_asked_for_is_not_timed_and_a_short_run_takes_fp32(split: Split, tmp_path: Path) -> None:
    def settled(**changes: object) -> TrainConfig:
        return settled_job(TrainingJob(config=config(**changes), data=split, run_dir=tmp_path))[0].config

    assert settled().precision == "auto"
    assert settled(steps=STEPS_WORTH_TIMING - 1).precision == "fp32"
    assert settled(precision="bf16").precision == "bf16"
    assert (settled(precision="fp32", threads=3).threads, settled(precision="fp32").threads) == (3, 0)
    assert {one.threads for one in candidates(config(threads=3), 8, bf16=True)} == {3}
    assert candidates(config(), 1, bf16=False) == (Arithmetic(precision="fp32", threads=1),)
    several = settled_job(TrainingJob(config=config(), data=split, run_dir=tmp_path), timing=False)[0].config
    assert several.precision == "fp32"


def test_timing_leaves_network_and_random_numbers_as_they_were(split: Split, tmp_path: Path) -> None:
    plan, _ = settled_job(TrainingJob(config=config(batchnorm="learn"), data=split, run_dir=tmp_path))
    network = network_of(plan)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    threads = torch.get_num_threads()
    chosen, said = with_arithmetic(plan, network)
    assert torch.equal(torch.rand(3), expected)
    assert torch.get_num_threads() == threads
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
    assert all(parameter.grad is None for parameter in network.parameters())
    assert chosen.config.precision in ("fp32", "bf16")
    best = Arithmetic(precision=chosen.config.precision, threads=chosen.config.threads)  # type: ignore[arg-type]
    assert best in candidates(config(), threads, bf16=True)
    assert said is not None and said.startswith(f"precision {best}: ")


def test_a_run_keeps_what_was_timed_and_learns_as_if_it_had_been_asked_for(
    split: Split, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Stopped and gone on with under another load it takes the first choice, to the same bytes."""
    caplog.set_level(logging.INFO, "synthvis")
    calls: list[int] = []

    def slow_after_first(step: object, among: object) -> list:
        calls.append(1)
        best = Arithmetic(precision="fp32", threads=1)
        return [arithmetic.TimedArithmetic(arithmetic=best, step_s=0.1)]

    monkeypatch.setattr(arithmetic, "time_candidates", slow_after_first)

    def stop(at: int) -> Callable[[StepLog], None]:
        def on_step(line: StepLog) -> None:
            if line.step == at:
                raise KeyboardInterrupt

        return on_step

    def train(name: str, at: int, **changes: object) -> RunState:
        plan = TrainingJob(config=config(workers=0, **changes), data=split, run_dir=tmp_path / name, on_step=stop(at))
        with pytest.raises(KeyboardInterrupt):
            train_network(plan)
        state = resume_state(tmp_path / name)
        assert state is not None
        return state

    train("timed", 1)
    state, asked = train("timed", 2), train("asked", 2, precision="fp32", threads=1)
    assert len(calls) == 1
    said = caplog.text
    assert "precision fp32 with 1 thread: 0.10 s a step" in said
    assert "precision fp32 with 1 thread: as this run began" in said
    kept = TrainConfig.model_validate_json(state.config)
    assert (kept.precision, kept.threads) == ("fp32", 1)
    assert all(torch.equal(value, asked.model[name]) for name, value in state.model.items())
    with pytest.raises(DatasetError, match="precision is fp32 there, bf16 asked"):
        train("timed", 3, precision="bf16")


def test_all_trainings_of_a_study_take_one_choice(split: Split, tmp_path: Path) -> None:
    asked: list[str] = []
    file = StudyArithmeticFile(tmp_path / "study")

    def first() -> StudyArithmetic:
        asked.append("first")
        return StudyArithmetic(precision="bf16", threads=2)

    assert file.settle(first) == file.settle(lambda: StudyArithmetic(precision="fp32"))
    assert asked == ["first"] and sorted(path.name for path in file.folder.iterdir()) == ["arithmetic.json"]
    job = Job(name="a", config=config(steps=1), data=Data(key="k", real=0, synthetic=4, split=split))
    # The key of a job is what was asked for, so that another load does not make finished trainings strange.
    assert replace(job, config=job.config.model_copy(update={"threads": 2})).key == job.key
    trainer = InProcess.__new__(InProcess)
    trainer.__init__(FakeSets(), None, lambda _: StudyArithmetic(precision="bf16", threads=1))  # type: ignore[misc]
    trainer.train(job, tmp_path / "run", None)
    written = json.loads((tmp_path / "run" / "config.json").read_text())["train"]
    assert (written["precision"], written["threads"]) == ("bf16", 1)
    assert arithmetic_of_run(tmp_path / "run") == StudyArithmetic(precision="bf16", threads=1)
    file.path.write_text('{"precision": "fp64"}')
    with pytest.raises(DatasetError, match=r"arithmetic\.json is damaged"):
        file.read()


class FakeSets:
    """Enough of StudySets for a training that measures nothing."""

    real_eval = type("Nothing", (), {"name": "none", "split": "val"})()
