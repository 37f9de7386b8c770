"""Weights: every tensor has its place, and a file can do no harm."""

from __future__ import annotations

import os
import pickle
import resource
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("torch")

import timm
import torch

from synthvis.conventions import MAX_SEED
from synthvis.data.derived.box_style import BoxStyle
from synthvis.errors import CheckpointError
from synthvis.metrics.training_facts import TrainingFacts
from synthvis.train.backbones.weights import load_backbone, packaged_lite0, read_tensors
from synthvis.train.config import ModelConfig
from synthvis.train.engine.checkpoint import load_trained, resume_state, save_state, save_trained
from synthvis.train.engine.run_state import RunState
from synthvis.train.engine.sidecar import read_sidecar

pytestmark = pytest.mark.train


class Bomb:
    """Touches a file when unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple:
        return (os.mkdir, (str(self.path),))


def test_what_a_network_was_trained_on_is_read_back_equal(tmp_path: Path) -> None:
    facts = TrainingFacts(
        dataset="fruit", split="train", images=4, steps=2, batch=2, seed=MAX_SEED, model="tf_efficientnet_lite0",
        boxes="amodal-body", box_margin=0.02, examples="images", min_visible=0.25, arch="heatmap", map_values="metres",
        weights="none", init_from="before", ensemble=("a", "b"), task_values={"bins": 3, "unit": "m", "log": True},
    )  # fmt: skip
    model = ModelConfig()
    for name, value in (("full", facts), ("empty", TrainingFacts())):
        path = tmp_path / f"{name}.safetensors"
        save_trained(path, {"a": torch.ones(1)}, task="detection", model=model, classes=("cup",), facts=value)
        assert read_sidecar(path.with_suffix(".json")).train == value
    assert facts.box_style == BoxStyle(kind="amodal-body", margin=0.02)


def test_every_packaged_tensor_has_its_place_in_timm() -> None:
    packaged = packaged_lite0()
    whole = timm.create_model("tf_efficientnet_lite0")
    assert packaged.keys() == whole.state_dict().keys()
    whole.load_state_dict(packaged)
    body = timm.create_model("tf_efficientnet_lite0", features_only=True)
    load_backbone(body, "tf_efficientnet_lite0", None)
    for name, tensor in body.state_dict().items():
        assert torch.equal(tensor, packaged[name]), name


def test_a_pickle_posing_as_a_checkpoint_is_not_run(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    for name in ("x.pt", "x.pth", "x.safetensors"):
        (tmp_path / name).write_bytes(pickle.dumps({"a": Bomb(trace)}))
        with pytest.raises(CheckpointError) as caught:
            read_tensors(tmp_path / name)
        assert "\n" not in caught.value.what
        assert not trace.exists()


@pytest.mark.parametrize("content", [b"", b"garbage", b"PK\x03\x04", b"\xff" * 64])
@pytest.mark.parametrize("name", ["x.pt", "x.safetensors"])
def test_damage_is_named(name: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CheckpointError):
        read_tensors(tmp_path / name)


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    torch.save({"conv_stem.weight": torch.zeros(1)}, tmp_path / "x.pt")
    body = timm.create_model("tf_efficientnet_lite0", features_only=True)
    with pytest.raises(CheckpointError, match="does not fit"):
        load_backbone(body, "tf_efficientnet_lite0", tmp_path / "x.pt")


def test_absent_run_says_what_to_name(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="no weights at"):
        load_trained(tmp_path)


@pytest.fixture
def small_files_only() -> Iterator[None]:
    """Files end at 64 KiB, as on a full disk: the write that reaches the limit fails."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handler)


def test_a_state_that_finds_no_room_leaves_the_one_before_whole_and_names_the_file(
    tmp_path: Path, small_files_only: None
) -> None:
    state = {"step": 3, "config": "{}", "data": "x", "model": {}, "average": {}, "optimizer": {}}
    state |= {"start": "an untrained backbone", "best": None, "stale": 0, "evaluated": 0, "scaler": {}}
    save_state(tmp_path, RunState.model_construct(**state))
    with pytest.raises(OSError, match=r"last\.pt"):
        large = {"step": 4, "model": {"weight": torch.zeros(1 << 16)}}
        save_state(tmp_path, RunState.model_construct(**state | large))
    kept = resume_state(tmp_path)
    assert kept is not None and kept.step == 3
    assert [path.name for path in tmp_path.iterdir()] == ["last.pt"]
