"""Damaged files of a run: the state that resumes, the weights and their sidecar."""

from __future__ import annotations

import copy
import io
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

import torch
from mutations import INPUTS, mutated_bytes, mutated_json, mutated_value, refusals
from safetensors.torch import save
from torch import Tensor, nn

from synthvis.data.derived.box_style import BOX_KINDS
from synthvis.errors import CheckpointError
from synthvis.train.backbones.weights import read_tensors
from synthvis.train.config import ModelConfig, TrainConfig
from synthvis.train.engine.average import Average
from synthvis.train.engine.checkpoint import not_resumable, resume_state
from synthvis.train.engine.run_state import take_up
from synthvis.train.engine.sidecar import read_sidecar

pytestmark = pytest.mark.train

BYTES_OF_ALL = 5
"""Every fifth input is damaged as bytes, the others as values."""


def parts() -> tuple[nn.Module, Average, torch.optim.Optimizer]:
    """A network of five numbers in two groups, as a run builds them."""
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(1, 1), nn.BatchNorm1d(1))
    groups = [{"params": list(part.parameters()), "peak_lr": 0.1, "weight_decay": 0.0} for part in network]
    return network, Average(network), torch.optim.AdamW(groups, lr=0.1)


def step(network: nn.Module, average: Average, optimizer: torch.optim.Optimizer) -> None:
    network(torch.tensor([[0.5], [1.0]])).square().sum().backward()
    optimizer.step()
    average.update(network, 0.5)


def state_after_a_step() -> dict[str, Any]:
    network, average, optimizer = parts()
    step(network, average, optimizer)
    content = {
        "step": 1,
        "config": TrainConfig().model_dump_json(),
        "data": "x",
        "start": "an untrained backbone",
        "best": 0.25,
    }
    content |= {"stale": 0, "evaluated": 0, "scaler": {}, "model": network.state_dict()}
    return content | {"average": average.tensors, "optimizer": optimizer.state_dict()}


def saved(state: object) -> bytes:
    content = io.BytesIO()
    torch.save(state, content)
    return content.getvalue()


def resume(path: Path) -> None:
    """Read a state and take a step with it, as `train` does."""
    state = resume_state(path.parent)
    assert state is not None
    network, average, optimizer = parts()
    try:
        take_up(state, network, average, optimizer, torch.device("cpu"))
    except (ValueError, KeyError, TypeError, RuntimeError, AttributeError) as error:
        raise not_resumable(path.parent, error) from error
    step(network, average, optimizer)


def damaged_states(inputs: int = INPUTS) -> Iterator[bytes]:
    state = state_after_a_step()
    yield from mutated_bytes(saved(state), inputs // BYTES_OF_ALL)
    for number in range(inputs - inputs // BYTES_OF_ALL):
        draw = random.Random(number)
        try:
            yield saved(mutated_value(copy.deepcopy(state), draw))
        except (OverflowError, UnicodeEncodeError):
            # A number or text that no file of torch can hold.
            continue


def test_states(tmp_path: Path) -> None:
    path = tmp_path / "last.pt"
    path.write_bytes(saved(state_after_a_step()))
    resume(path)
    assert refusals(resume, path, damaged_states()) > INPUTS // 2


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (("step",), None, "step"),
        (("step",), 601, "step 601 of 600"),
        (("model", "0.weight"), torch.tensor([[float("nan")]]), "0.weight holds nan"),
        (("average", "0.bias"), torch.zeros(2), r"0.bias has the shape \[2\]"),
        (("model", "more"), torch.zeros(1), "more is not part of this network"),
        (("optimizer", "param_groups", 0, "betas"), (0.9,), "betas of the optimizer"),
        (("optimizer", "param_groups", 1, "params"), [0], "other parameters"),
        (("optimizer", "state", 0, "exp_avg"), torch.tensor([[float("inf")]]), "exp_avg of the optimizer"),
        (("optimizer", "state", 0, "step"), torch.tensor(-1.0), "step of the optimizer"),
    ],
)
def test_what_is_wrong_with_a_state_is_said_with_the_way_out(
    tmp_path: Path, place: tuple[Any, ...], value: object, said: str
) -> None:
    state = copy.deepcopy(state_after_a_step())
    holder: Any = state
    for key in place[:-1]:
        holder = holder[key]
    holder[place[-1]] = value
    (tmp_path / "last.pt").write_bytes(saved(state))
    with pytest.raises(CheckpointError, match=said) as caught:
        resume(tmp_path / "last.pt")
    assert str(tmp_path / "last.pt") in caught.value.what and "delete" in str(caught.value.hint)


SIDECAR = {
    "task": "detection",
    "model": ModelConfig().model_dump(),
    "classes": ["cup", "bowl"],
    "train": {"dataset": "a", "split": "train", "images": 4, "steps": 2, "boxes": "modal", "box_margin": 0.02},
    "prior_baseline": [0.5, 0.5],
}


@pytest.mark.parametrize("kind", BOX_KINDS)
def test_every_style_of_boxes_that_a_run_may_have_is_read_back(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "best.json"
    path.write_text(json.dumps({**SIDECAR, "train": {**SIDECAR["train"], "boxes": kind}}))
    assert read_sidecar(path).train.boxes == kind


def test_sidecars(tmp_path: Path) -> None:
    def use(path: Path) -> None:
        sidecar = read_sidecar(path)
        assert len(set(sidecar.classes)) == len(sidecar.classes) and sidecar.model.input_size <= 2048
        assert 0 <= sidecar.train.box_style.margin <= 1

    assert refusals(use, tmp_path / "best.json", mutated_json(SIDECAR)) > INPUTS // 3


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"classes": ["cup", "cup"]}, "twice"),
        ({"model": {**SIDECAR["model"], "input_size": 1_000_000}}, "input_size"),
        ({"train": {"box_margin": float("nan")}}, "NaN"),
        ({"train": {"box_margin": "wide"}}, "box_margin"),
        ({"train": {"boxes": "round"}}, "train.boxes"),
        ({"train": {"seed": 2**63}}, "train.seed"),
        ({"train": {"images": -1}}, "train.images"),
        ({"train": {"ensemble": "a"}}, "train.ensemble"),
        ({"train": {"task_values": {"bins": [1]}}}, "train.task_values.bins"),
        ({"prior_baseline": [[1.0], [1.0, 2.0]]}, "prior_baseline|shape|sequence"),
    ],
)
def test_what_is_wrong_with_a_sidecar_is_said(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    path = tmp_path / "best.json"
    path.write_text(json.dumps({**SIDECAR, **changes}))
    with pytest.raises(CheckpointError, match=said) as caught:
        read_sidecar(path)
    assert str(path) in caught.value.what


@pytest.mark.parametrize("suffix", [".safetensors", ".pt"])
def test_weights(tmp_path: Path, suffix: str) -> None:
    tensors: dict[str, Tensor] = {"a": torch.ones(2, 3), "b": torch.zeros(4), "count": torch.tensor(3)}
    content = save(tensors) if suffix == ".safetensors" else saved(tensors)
    assert refusals(read_tensors, tmp_path / f"x{suffix}", mutated_bytes(content)) > INPUTS // 4


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1e30])
def test_weights_that_no_training_leaves_are_refused(tmp_path: Path, value: float) -> None:
    path = tmp_path / "x.safetensors"
    path.write_bytes(save({"fine": torch.ones(2), "head.bias": torch.tensor([0.0, value])}))
    with pytest.raises(CheckpointError, match=r"x\.safetensors is damaged: head\.bias holds"):
        read_tensors(path)
