"""Groups of parameters, what of a backbone learns, and what is chosen where nothing is asked."""

from __future__ import annotations

from typing import get_args

import pytest

pytest.importorskip("torch")

import torch
from torch import nn

from synthvis.cli.train.command import command, without_option
from synthvis.cli.train.toolbox import CHOICES, SECTIONS
from synthvis.errors import UsageError
from synthvis.train import config as config_module
from synthvis.train.backbones.features import PyramidBackbone, feature_body
from synthvis.train.backbones.freezing import freeze_backbone, set_training_mode
from synthvis.train.config import ModelConfig, OptimizerName, TrainConfig
from synthvis.train.engine.devices import compile_pays, loader_workers
from synthvis.train.engine.optimizers import build_optimizer, parameter_groups
from synthvis.train.engine.regularisation import check_has_effect
from synthvis.train.engine.stopping import EarlyStopping
from synthvis.train.engine.transfer import auto_transfer, settled

pytestmark = pytest.mark.train

CLASSES = {
    "sgd": torch.optim.SGD,
    "momentum": torch.optim.SGD,
    "adagrad": torch.optim.Adagrad,
    "rmsprop": torch.optim.RMSprop,
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
}


class Stages(nn.Module):
    """A body of three convolutions with a norm each, named as timm names stages."""

    def __init__(self) -> None:
        super().__init__()
        widths = [3, 4, 4, 4]
        for stage in range(3):
            block = nn.Sequential(nn.Conv2d(widths[stage], 4, 1), nn.BatchNorm2d(4), nn.Dropout(0.5))
            self.add_module(f"stage{stage}", block)
        self.feature_info = type("Info", (), {"info": [{"module": f"stage{stage}"} for stage in range(3)]})()


class Network(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body = Stages()
        self.head = nn.Linear(4, 2)


def config(**changes: object) -> TrainConfig:
    fields = {"lr": 1.0, "backbone_lr_factor": 0.1, "weight_decay": 0.5}
    return TrainConfig(**{**fields, **changes})


@pytest.mark.parametrize("name", get_args(OptimizerName))
def test_an_optimizer_is_torchs(name: str) -> None:
    network, twin = Network(), Network()
    twin.load_state_dict(network.state_dict())
    ours = build_optimizer(network, config(optimizer=name, lr=0.1, backbone_lr_factor=1, weight_decay=0, momentum=0.7))
    assert type(ours) is CLASSES[name]
    extra = {"momentum": {"momentum": 0.7}, "adamw": {"weight_decay": 0}}.get(name, {})
    theirs = CLASSES[name](twin.parameters(), lr=0.1, **extra)
    for optimizer, its in ((ours, network), (theirs, twin)):
        for step in range(3):
            sum(((parameter - step) ** 2).sum() for parameter in its.parameters()).backward()
            optimizer.step()
            optimizer.zero_grad()
    for mine, other in zip(network.parameters(), twin.parameters(), strict=True):
        torch.testing.assert_close(mine, other)


def test_nesterov_reaches_torch() -> None:
    assert build_optimizer(Network(), config(optimizer="momentum", nesterov=True)).defaults["nesterov"]


def rates_by_name(network: Network, chosen: TrainConfig) -> dict[str, tuple[float, float]]:
    names = {id(parameter): name for name, parameter in network.named_parameters()}
    return {
        names[id(parameter)]: (group["peak_lr"], group["weight_decay"])
        for group in parameter_groups(network, chosen)
        for parameter in group["params"]
    }


def test_the_backbone_learns_slower_and_norms_and_biases_do_not_decay() -> None:
    found = rates_by_name(Network(), config())
    assert len(found) == 14
    assert found["body.stage0.0.weight"] == (0.1, 0.5)
    assert found["body.stage2.0.bias"] == found["body.stage2.1.weight"] == (0.1, 0.0)
    assert found["head.weight"] == (1.0, 0.5) and found["head.bias"] == (1.0, 0.0)


def test_each_stage_further_down_learns_slower_and_frozen_ones_are_in_no_group() -> None:
    network = Network()
    freeze_backbone(network.body, 2)
    found = rates_by_name(network, config(layer_decay=0.5))
    assert "body.stage0.0.weight" not in found and "body.stage1.1.weight" not in found
    assert found["body.stage1.0.weight"][0] == pytest.approx(0.05)
    assert found["body.stage2.0.weight"][0] == pytest.approx(0.1)
    assert found["head.weight"][0] == 1.0


@pytest.mark.parametrize(
    ("mode", "learning", "measuring"),
    [
        ("frozen", set(), set()),
        ("learn", {"stage1", "stage2"}, {"stage1", "stage2"}),
        ("statistics", set(), {"stage0", "stage1", "stage2"}),
    ],
)
def test_batchnorm_learns_and_measures_as_asked(mode: str, learning: set[str], measuring: set[str]) -> None:
    body = Stages().train()
    freeze_backbone(body, 2, mode)
    norms = {name: getattr(body, name)[1] for name in ("stage0", "stage1", "stage2")}
    assert {name for name, norm in norms.items() if norm.weight.requires_grad} == learning
    before = {name: norm.running_mean.clone() for name, norm in norms.items()}
    images = torch.randn(5, 3, 4, 4, generator=torch.Generator().manual_seed(0)) + 3
    for stage in ("stage0", "stage1", "stage2"):
        images = getattr(body, stage)(images)
    assert {name for name, norm in norms.items() if not torch.equal(norm.running_mean, before[name])} == measuring
    # What is frozen drops nothing.
    assert [getattr(body, name)[2].training for name in norms] == [False, True, True]


def test_training_mode_can_be_put_back() -> None:
    body = Stages()
    freeze_backbone(body, 1, "learn")
    body.eval()
    set_training_mode(body, "learn")
    assert [body.stage0[1].training, body.stage2[1].training] == [False, True]


@pytest.mark.parametrize(
    ("images", "labels", "device", "expected"),
    [
        (0, 0, "cpu", "linear"),
        (49, 199, "cuda", "linear"),
        (50, 10, "cuda", "partial"),
        (49, 200, "cpu", "partial"),
        (4_999, 9_000, "cuda", "partial"),
        (5_000, 9_000, "cuda", "full"),
        (100_000, 900_000, "cpu", "partial"),
    ],
)
def test_auto_follows_data_and_device(images: int, labels: int, device: str, expected: str) -> None:
    policy, reason = auto_transfer(images, labels, device)
    assert policy == expected
    assert f"{images:,} images with {labels:,} labels" in reason


def test_what_is_asked_stays_and_what_is_chosen_is_said() -> None:
    few = {"images": 10, "labels": 20, "device": "cpu"}
    chosen, why = settled(TrainConfig(), **few)
    assert (chosen.trainable_stages, chosen.backbone_lr_factor, chosen.lr) == (0, 0.2, 1e-3)
    assert why is not None and why.startswith("transfer linear: 10 images with 20 labels")
    chosen, why = settled(TrainConfig(trainable_stages=3), **few)
    assert (chosen.trainable_stages, why) == (3, None)
    chosen, why = settled(TrainConfig(transfer="full", optimizer="sgd"), **few)
    assert (chosen.trainable_stages, chosen.backbone_lr_factor, chosen.lr, why) == (8, 0.1, 1e-2, None)


def test_a_run_that_goes_on_keeps_what_it_began_with() -> None:
    there = TrainConfig(trainable_stages=2, backbone_lr_factor=0.3, lr=5e-4)
    few = {"images": 10, "labels": 20, "device": "cuda"}
    chosen, why = settled(TrainConfig(), **few, there=there)
    assert (chosen.trainable_stages, chosen.backbone_lr_factor, chosen.lr, why) == (2, 0.3, 5e-4, None)
    chosen, _ = settled(TrainConfig(transfer="linear"), **few, there=there)
    assert chosen.trainable_stages == 0


def test_watching_a_made_up_sequence() -> None:
    watch = EarlyStopping(lower_is_better=False, patience=3)
    seen = [(0.1, True, 0), (0.3, True, 0), (0.2, False, 1), (0.3, True, 2), (None, False, 3)]
    for value, kept, stale in seen:
        assert not watch.is_over
        assert (watch.observe(value), watch.stale) == (kept, stale)
    assert watch.is_over and watch.best == 0.3
    lower = EarlyStopping(lower_is_better=True)
    assert [lower.observe(value) for value in (2.0, 1.0, float("nan"), 1.5, 1.0, 0.5)] == [
        True, True, False, False, True, True,
    ]  # fmt: skip
    assert not lower.is_over


def test_regularisers_without_effect_are_refused() -> None:
    bare = nn.Conv2d(3, 3, 1)
    for field, message in (("drop_rate", "dropout"), ("drop_path_rate", "depth"), ("label_smoothing", "smooth")):
        with pytest.raises(UsageError, match=message):
            check_has_effect(bare, ModelConfig(**{field: 0.1}))
    check_has_effect(bare, ModelConfig())
    check_has_effect(nn.Sequential(bare, nn.Dropout(0.1)), ModelConfig(drop_rate=0.1))


def test_dropout_and_stochastic_depth_reach_the_backbone() -> None:
    plain = feature_body("tf_efficientnet_lite0", (8, 16, 32))
    with_both = PyramidBackbone("tf_efficientnet_lite0", 32, drop_rate=0.3, drop_path_rate=0.2)
    check_has_effect(with_both, ModelConfig(drop_rate=0.3, drop_path_rate=0.2))
    assert with_both.body.state_dict().keys() == plain.state_dict().keys()
    rates = [module.drop_prob for module in with_both.modules() if type(module).__name__ == "DropPath"]
    assert rates == sorted(rates) and rates[0] > 0 and rates[-1] <= 0.2
    with pytest.raises(UsageError, match="no stochastic depth"):
        feature_body("vgg11", (8, 16, 32), 0.2)


def test_compiling_waits_for_a_gpu_and_a_long_run() -> None:
    cpu = torch.device("cpu")
    assert compile_pays(TrainConfig(compile="on"), cpu)
    assert not compile_pays(TrainConfig(steps=10_000), cpu)
    cuda = torch.device("cuda")
    assert not compile_pays(TrainConfig(steps=100), cuda)
    assert not compile_pays(TrainConfig(steps=10_000, compile="off"), cuda)


def test_a_gpu_gets_a_loader_for_each_core_that_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(16)), raising=False)
    cuda = torch.device("cuda")
    assert [loader_workers(TrainConfig(), cuda, processes) for processes in (1, 2, 4, 16)] == [8, 7, 3, 1]
    assert loader_workers(TrainConfig(workers=3), cuda, 4) == 3


def test_options_and_config_are_of_one_mind() -> None:
    names = {"optimizer": "OptimizerName", "schedule": "ScheduleName", "transfer": "TransferName"}
    names |= {"batchnorm": "BatchNormMode", "compile": "CompileMode"}
    for option, name in names.items():
        assert get_args(getattr(config_module, name)) == CHOICES[option]
    listed = [name for section in SECTIONS.values() for name in section]
    assert len(listed) == len(set(listed))
    assert set(listed) <= {parameter.name for parameter in command.params}
    fields = set(TrainConfig.model_fields) | set(ModelConfig.model_fields)
    assert {"optimizer", "schedule", "snapshots", "drop_path_rate"} <= fields & set(listed)


def test_an_option_is_taken_out_with_its_value() -> None:
    assert without_option(["train", "--nproc", "2", "--lr", "1"], "--nproc") == ["train", "--lr", "1"]
    assert without_option(["train", "--nproc=2"], "--nproc") == ["train"]
    assert without_option(["train"], "--nproc") == ["train"]
